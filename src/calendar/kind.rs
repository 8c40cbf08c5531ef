//! What kinds of events there are, where one stands, and the filter by both.
use async_graphql::InputObject;
use diesel::ExpressionMethods;

use super::{Event, events};
use crate::{
    graph::{Enumeration, Here, Only, is_chosen},
    store::{Expr, Predicate, any},
};

crate::enumeration! {
    /// What kind of event it is.
    EventKind {
        /// Before a court.
        Hearing = "HEARING",
        /// Before a mediator.
        Mediation = "MEDIATION",
        /// Testimony that is taken down outside the court.
        Deposition = "DEPOSITION",
        /// People meet.
        Meeting = "MEETING",
        /// The day by which the client has to do something.
        ClientDeadline = "CLIENT_DEADLINE",
        /// The day by which the firm has to do something before the court.
        CourtDeadlineInternal = "COURT_DEADLINE_INTERNAL",
        /// What the firm reminds itself of.
        FirmReminder = "FIRM_REMINDER",
    }

    /// Where an event stands.
    EventStatus {
        /// It will be, and has no time yet.
        ToBeSet = "TO_BE_SET",
        /// It has a time that may still move.
        Tentative = "TENTATIVE",
        /// It has a time that holds.
        Confirmed = "CONFIRMED",
        /// It will not be.
        Cancelled = "CANCELLED",
        /// It has been.
        Held = "HELD",
    }
}

/// The kinds that may be shared; the others are the firm's own, released or granted by mistake or not.
const SHAREABLE: [EventKind; 5] = [
    EventKind::Hearing,
    EventKind::Mediation,
    EventKind::Deposition,
    EventKind::Meeting,
    EventKind::ClientDeadline,
];

impl EventKind {
    /// Somebody outside the firm may be told of such an event.
    pub(super) fn is_shareable(self) -> bool {
        SHAREABLE.contains(&self)
    }
}

/// The event is of a kind that may be shared.
pub(super) fn is_shareable(event: &Here<'_, Event>) -> Predicate {
    any(SHAREABLE.map(|kind| Expr::of(event.item.col(events::kind).eq(kind.word()))).into())
}

/// Which events.
#[derive(InputObject)]
pub struct EventFilter {
    /// Of one of these kinds; an empty list finds nothing.
    kind: Only<Vec<EventKind>>,
    /// In one of these states; an empty list finds nothing.
    status: Only<Vec<EventStatus>>,
}

impl EventFilter {
    /// The conditions on a row.
    pub fn conditions(self, event: &Here<'_, Event>) -> Vec<Predicate> {
        let kinds = self.kind.0.map(|list| is_chosen(Expr::of(event.item.col(events::kind)), &list));
        let states = self.status.0.map(|list| is_chosen(Expr::of(event.item.col(events::status)), &list));
        kinds.into_iter().chain(states).collect()
    }
}
