//! The calendar: hearings, mediations, depositions, meetings and deadlines, and how they move.
//!
//! * **Facts are live**: time, place, link, status and changes stand on the event; whoever may read it reads them as
//!   they are now, with no new release.
//! * **Wording is frozen**: title, what to bring and whether to come are a release's ([`EventWording`]).
//! * **A time** is what the zone's wall clock shows. The wall clock and the zone are kept as they were said, the instant
//!   is derived ([`clock`]); after another edition of the zone data, [`derive_again`] is to be called.
//! * **A change** keeps the uid, raises the sequence and leaves a row that says what was and what is. For outside roles
//!   changes count from the first sharing of the event; staff read all. What an import read is **proposed**, and waits.
//! * Deadlines that the court sets the firm, and the firm's reminders, are internal: no scope of an outside role has them.
mod change;
pub mod clock;
mod event;
mod kind;
mod proposal;
mod timing;
mod write;

pub use change::{EventChange, event_changes};
pub use event::{
    Event, EventRow, EventWording, event_attendees, event_release_audiences, event_releases, events,
    is_to_come,
};
pub use kind::{EventFilter, EventKind, EventStatus};
pub use proposal::{
    ProposedChange, ProposedEventChange, confirm, dismiss, propose, proposed_event_changes, sources,
};
pub use timing::{Span, Timing, Wall};
pub use write::{Move, Place, Planned, Unfit, cancel, create, derive_again, hold, release, reschedule};

use crate::{
    cases::{Case, cases},
    graph::{Describe, DescribedRelation, Here, Query},
    scalars::Instant,
    store::{Expr, Predicate, all, any},
};
use diesel::{ExpressionMethods, NullableExpressionMethods};

/// What a case has of this room.
pub fn of_case(case: &mut Describe<Case>) {
    let about = "The next event to come: neither cancelled nor held, and not begun; one that lasts whole days, not over.";
    case.first::<Event>("nextEvent", about, |c, e| all(vec![is_event_of(c, e), is_to_come(e)])).within_case();
    narrowed(
        case.connection::<Event>("events", "Its events by their begin, those to be set last.", is_event_of)
            .within_case(),
    );
}

fn is_event_of(case: &Here<'_, Case>, event: &Here<'_, Event>) -> Predicate {
    all(vec![
        Expr::of(event.item.col(events::firm_id).eq(case.item.col(cases::firm_id))),
        Expr::of(event.item.col(events::case_id).eq(case.item.col(cases::id))),
    ])
}

/// The roots of this room.
pub fn roots(query: &mut Describe<Query>) {
    narrowed(query.connection::<Event>(
        "events",
        "The events of the viewer's cases by their begin, those to be set last.",
        |_, _| crate::store::always(),
    ));
}

/// The arguments that narrow events.
fn narrowed(relation: DescribedRelation<'_, Event>) {
    relation
        .narrowed::<Instant>(
            "from",
            "Only what has a time and begins at this instant or later, or is not over by then.",
            |Instant(from), e| {
                vec![any(vec![
                    Expr::of(e.item.col(events::starts_at).assume_not_null().ge(from)),
                    Expr::of(e.item.col(events::ends_at).assume_not_null().gt(from)),
                ])]
            },
        )
        .narrowed::<Instant>(
            "to",
            "Only what has a time and begins before this instant.",
            |Instant(to), e| vec![Expr::of(e.item.col(events::starts_at).assume_not_null().lt(to))],
        )
        .narrowed("filter", "Only such.", EventFilter::conditions);
}
