//! What kinds of events there are, where one stands, and the filter by both.
use async_graphql::InputObject;
use diesel::ExpressionMethods;

use super::{Event, events};
use crate::{
    graph::Here,
    store::{Expr, Predicate, any},
};

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$meaning])* $variant,)+ }

        impl $name {
            /// Its word in the database, which is the API's too.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// What the database's word means.
            pub fn of(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

words! {
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
}

words! {
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
    kind: Option<Vec<EventKind>>,
    /// In one of these states; an empty list finds nothing.
    status: Option<Vec<EventStatus>>,
}

impl EventFilter {
    /// The conditions on a row.
    pub fn conditions(self, event: &Here<'_, Event>) -> Vec<Predicate> {
        let kinds = self.kind.map(|kinds| {
            let is_of = |kind: EventKind| Expr::of(event.item.col(events::kind).eq(kind.word()));
            any(kinds.into_iter().map(is_of).collect())
        });
        let states = self.status.map(|states| {
            let is_in = |state: EventStatus| Expr::of(event.item.col(events::status).eq(state.word()));
            any(states.into_iter().map(is_in).collect())
        });
        kinds.into_iter().chain(states).collect()
    }
}
