//! A change of an event: what was, what is, when and why, in plain words.
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{ExpressionMethods, Insertable};

use super::{Event, EventRow, EventStatus, event::local, event_releases, events};
use crate::{
    cases,
    graph::{Describe, Entity, Here, Key, cell},
    policy::Role,
    releasing,
    scalars::LocalDateTime,
    store::{Expr, Predicate, Row, all, always, any, exists},
};

crate::table! {
    event_changes (firm_id, event_id, position) {
        firm_id -> Text,
        event_id -> Text,
        position -> BigInt,
        at -> Timestamp,
        reason -> Text,
        old_status -> Text,
        new_status -> Text,
        old_day -> Nullable<Date>,
        new_day -> Nullable<Date>,
        old_starts_at -> Nullable<Timestamp>,
        new_starts_at -> Nullable<Timestamp>,
        old_local_start -> Nullable<Timestamp>,
        new_local_start -> Nullable<Timestamp>,
        old_ends_at -> Nullable<Timestamp>,
        new_ends_at -> Nullable<Timestamp>,
        old_place -> Nullable<Text>,
        new_place -> Nullable<Text>,
        old_room -> Nullable<Text>,
        new_room -> Nullable<Text>,
    }
}

/// A change to be written.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = event_changes)]
pub(super) struct NewChange {
    firm_id: String,
    event_id: String,
    position: i64,
    at: NaiveDateTime,
    reason: String,
    old_status: String,
    new_status: String,
    old_day: Option<NaiveDate>,
    new_day: Option<NaiveDate>,
    old_starts_at: Option<NaiveDateTime>,
    new_starts_at: Option<NaiveDateTime>,
    old_local_start: Option<NaiveDateTime>,
    new_local_start: Option<NaiveDateTime>,
    old_ends_at: Option<NaiveDateTime>,
    new_ends_at: Option<NaiveDateTime>,
    old_place: Option<String>,
    new_place: Option<String>,
    old_room: Option<String>,
    new_room: Option<String>,
}

impl NewChange {
    /// What lies between two states of an event.
    pub(super) fn between(old: &EventRow, new: &EventRow, at: NaiveDateTime, reason: String) -> Self {
        let day = |row: &EventRow| {
            let start = if row.is_all_day { row.given_start } else { row.local_start };
            start.map(|clock| clock.date())
        };
        let timed = |row: &EventRow, time: Option<NaiveDateTime>| time.filter(|_| !row.is_all_day);
        NewChange {
            firm_id: new.firm_id.clone(),
            event_id: new.id.clone(),
            position: new.sequence,
            at,
            reason,
            old_status: old.status.clone(),
            new_status: new.status.clone(),
            old_day: day(old),
            new_day: day(new),
            old_starts_at: timed(old, old.starts_at),
            new_starts_at: timed(new, new.starts_at),
            old_local_start: timed(old, old.local_start),
            new_local_start: timed(new, new.local_start),
            old_ends_at: timed(old, old.ends_at),
            new_ends_at: timed(new, new.ends_at),
            old_place: old.place.clone(),
            new_place: new.place.clone(),
            old_room: old.room.clone(),
            new_room: new.room.clone(),
        }
    }
}

/// A change of an event.
pub struct EventChange;

impl Entity for EventChange {
    const NAME: &'static str = "EventChange";
    const ABOUT: &'static str = "A change of an event: what was, what is, when it was changed and why.";
    type Item = event_changes::table;
    type Release = event_changes::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.field("at", "When it was changed.", |c| c.item.col(event_changes::at));
        ty.field("reason", "Why, in plain words.", |c| c.item.col(event_changes::reason));
        ty.field("oldStatus", "Where the event stood.", |c| c.item.col(event_changes::old_status))
            .typed::<EventStatus>();
        ty.field("newStatus", "Where it stands since.", |c| c.item.col(event_changes::new_status))
            .typed::<EventStatus>();
        times(ty);
        ty.field("oldPlace", "Where it was to be.", |c| c.item.col(event_changes::old_place));
        ty.field("newPlace", "Where it is to be since.", |c| c.item.col(event_changes::new_place));
        ty.field("oldRoom", "In which room it was to be.", |c| c.item.col(event_changes::old_room));
        ty.field("newRoom", "In which room it is to be since.", |c| c.item.col(event_changes::new_room));
        ty.part(
            |c| vec![c.item.from().into()],
            |c| Expr::of(c.item.col(event_changes::firm_id).eq(c.viewer.firm().to_owned())),
            |c| vec![Key::ascending(c.item.col(event_changes::position))],
        );
    }
}

fn times(ty: &mut Describe<EventChange>) {
    ty.field("oldDay", "The day on which it was to begin, in its zone, if there was one.", |c| {
        c.item.col(event_changes::old_day)
    });
    ty.field("newDay", "The day on which it begins since, in its zone, if there is one.", |c| {
        c.item.col(event_changes::new_day)
    });
    ty.field("oldStart", "When it was to begin; null where that was open, and for whole days.", |c| {
        c.item.col(event_changes::old_starts_at)
    });
    ty.field("newStart", "When it begins since; null where that is open, and for whole days.", |c| {
        c.item.col(event_changes::new_starts_at)
    });
    ty.made::<LocalDateTime>(
        "oldLocalStart",
        "When it was to begin, as the clock of its zone showed it; null where oldStart is.",
        |c| vec![cell(c.item.col(event_changes::old_local_start))],
        local,
    )
    .nullable();
    ty.made::<LocalDateTime>(
        "newLocalStart",
        "When it begins since, as the clock of its zone shows it; null where newStart is.",
        |c| vec![cell(c.item.col(event_changes::new_local_start))],
        local,
    )
    .nullable();
    ty.field("oldEnd", "When it was to end, if that was known.", |c| c.item.col(event_changes::old_ends_at));
    ty.field("newEnd", "When it ends since, if that is known.", |c| c.item.col(event_changes::new_ends_at));
}

/// It is a change of the event that the viewer is told: staff all of them, outside roles those that came after the
/// event was first shared, by a release that ran or by a grant to the viewer.
pub(super) fn is_told(event: &Here<'_, Event>, change: Row<event_changes::table>) -> Predicate {
    let is_of_event = all(vec![
        Expr::of(change.col(event_changes::firm_id).eq(event.item.col(events::firm_id))),
        Expr::of(change.col(event_changes::event_id).eq(event.item.col(events::id))),
    ]);
    let is_late_enough = match event.viewer.role {
        Role::Attorney | Role::Paralegal | Role::Billing | Role::Admin | Role::Auditor => always(),
        Role::Anonymous | Role::Client | Role::CoClient | Role::AuthorizedContact | Role::BillPayer => {
            follows_release(event, change)
        }
        Role::Expert | Role::CoCounsel => {
            let id = Expr::of(event.item.col(events::id));
            let granted = cases::has_grant(event, id, super::event::case_of(event), |grant| {
                Expr::of(grant.col(cases::item_grants::granted_at).lt(change.col(event_changes::at)))
            });
            any(vec![follows_release(event, change), granted])
        }
    };
    all(vec![is_of_event, is_late_enough])
}

/// A release of the event to the viewer ran before the change, whether or not it still runs. What ran for others alone is
/// not counted, or it would tell that they were told first.
fn follows_release(event: &Here<'_, Event>, change: Row<event_changes::table>) -> Predicate {
    let release = event.row::<event_releases::table>();
    exists(
        release,
        all(vec![
            Expr::of(release.col(event_releases::firm_id).eq(event.item.col(events::firm_id))),
            Expr::of(release.col(event_releases::event_id).eq(event.item.col(events::id))),
            Expr::of(
                release.col(event_releases::released_from).lt(release.col(event_releases::released_until)),
            ),
            Expr::of(release.col(event_releases::released_from).le(event.viewer.at)),
            Expr::of(release.col(event_releases::released_from).lt(change.col(event_changes::at))),
            releasing::is_released_to_viewer(event, release),
        ]),
    )
}
