//! An event: facts for everybody who may know of it, wording by release, preparation for the firm.
use async_graphql::Value;
use chrono::{NaiveDateTime, TimeDelta};
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, NullableExpressionMethods, Queryable,
    sql_types::{BigInt, Nullable, Text, Timestamp},
};

use super::{
    EventChange, EventKind, EventStatus, ProposedEventChange, change, event_changes, kind, proposal,
};
use crate::{
    cases::{self, Case, Section},
    graph::{Describe, Entity, Enumeration as _, Here, Key, cell},
    id::Tag,
    people::{Person, people},
    release_table, releasing,
    scalars::{self, Day, LocalDateTime, TimeZone, Url},
    sql,
    store::{self, Expr, Predicate, all, always, any, exists},
};

crate::table! {
    events (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        version -> BigInt,
        case_id -> Text,
        uid -> Text,
        sequence -> BigInt,
        kind -> Text,
        status -> Text,
        is_all_day -> Bool,
        given_start -> Nullable<Timestamp>,
        given_end -> Nullable<Timestamp>,
        start_overlap -> Text,
        end_overlap -> Text,
        local_start -> Nullable<Timestamp>,
        local_end -> Nullable<Timestamp>,
        starts_at -> Nullable<Timestamp>,
        ends_at -> Nullable<Timestamp>,
        sorts_at -> Timestamp,
        time_zone -> Text,
        tz_version -> Text,
        was_in_gap -> Bool,
        place -> Nullable<Text>,
        room -> Nullable<Text>,
        remote_url -> Nullable<Text>,
        dial_in -> Nullable<Text>,
        internal_title -> Text,
        prep_notes -> Text,
    }
}

/// An event's row, read whole before it is changed.
#[derive(Queryable, Insertable, AsChangeset, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = events, primary_key(firm_id, id), treat_none_as_null = true)]
#[allow(missing_docs, reason = "the table's columns, which the type's description explains")]
pub struct EventRow {
    pub firm_id: String,
    pub id: String,
    pub version: i64,
    pub case_id: String,
    pub uid: String,
    pub sequence: i64,
    pub kind: String,
    pub status: String,
    pub is_all_day: bool,
    pub given_start: Option<NaiveDateTime>,
    pub given_end: Option<NaiveDateTime>,
    pub start_overlap: String,
    pub end_overlap: String,
    pub local_start: Option<NaiveDateTime>,
    pub local_end: Option<NaiveDateTime>,
    pub starts_at: Option<NaiveDateTime>,
    pub ends_at: Option<NaiveDateTime>,
    pub sorts_at: NaiveDateTime,
    pub time_zone: String,
    pub tz_version: String,
    pub was_in_gap: bool,
    pub place: Option<String>,
    pub room: Option<String>,
    pub remote_url: Option<String>,
    pub dial_in: Option<String>,
    pub internal_title: String,
    pub prep_notes: String,
}

release_table! {
    event_releases of event_id in events by case_id, named in event_release_audiences,
    worded EventWording, pub(super) approve {
        /// The event in a few plain words.
        title -> Text as String,
        /// What to bring.
        bring -> MaybeText as Option<String>,
        /// Whether the client should come.
        you_should_attend -> Bool as bool,
    }
}

crate::table! {
    event_attendees (firm_id, event_id, person_id) {
        firm_id -> Text,
        event_id -> Text,
        person_id -> Text,
    }
}

/// An event.
pub struct Event;

impl Entity for Event {
    const NAME: &'static str = "Event";
    const ABOUT: &'static str = "A hearing, mediation, deposition, meeting or deadline of a case.";
    type Item = events::table;
    type Release = event_releases::table;

    fn describe(ty: &mut Describe<Self>) {
        ty.node(Tag::Event, events::id);
        ty.certain::<Case>("case", "The case.", |e, case| {
            Expr::of(case.item.col(cases::cases::id).eq(e.item.col(events::case_id)))
        });
        facts(ty);
        times(ty);
        wording(ty);
        internal(ty);
        ty.rows(
            |e| releasing::with_viewers_release(e, Expr::of(e.item.col(events::id))),
            |e| cases::fence(e, Expr::of(e.item.col(events::firm_id)), case_of(e), Section::Calendar),
            |e| vec![Key::ascending(e.item.col(events::sorts_at)), Key::ascending(e.item.col(events::id))],
        );
        ty.released_scope("released_to_viewer", |e| {
            all(vec![releasing::is_there(e.release), kind::is_shareable(e)])
        });
        ty.scope("granted_to_viewer", |e| {
            let granted = cases::is_granted_to_viewer(e, Expr::of(e.item.col(events::id)), case_of(e));
            all(vec![granted, kind::is_shareable(e)])
        });
        ty.scope("whole_firm", |_| always());
        ty.scope("whole_firm_shareable", kind::is_shareable);
        ty.scope("on_case_staff", |e| cases::is_on_staff(e, case_of(e)));
    }
}

pub(super) fn case_of(here: &Here<'_, Event>) -> impl Fn() -> Expr<Text> + use<> {
    let key = here.item.col(events::case_id);
    move || Expr::of(key)
}

/// Neither cancelled nor held, and not begun at the viewer's instant; one of whole days is not over.
pub fn is_to_come(event: &Here<'_, Event>) -> Predicate {
    let at = event.viewer.at;
    let status = |word: EventStatus| Expr::of(event.item.col(events::status).ne(word.word()));
    let lasts = all(vec![
        Expr::of(event.item.col(events::is_all_day).eq(true)),
        Expr::of(event.item.col(events::ends_at).assume_not_null().gt(at)),
    ]);
    let begins = Expr::of(event.item.col(events::starts_at).assume_not_null().ge(at));
    all(vec![status(EventStatus::Cancelled), status(EventStatus::Held), any(vec![begins, lasts])])
}

fn facts(ty: &mut Describe<Event>) {
    ty.field("uid", "What calendars know the event by: the same however often it moves.", |e| {
        e.item.col(events::uid)
    });
    ty.field("sequence", "How often it was changed since it was first shared.", sequence);
    ty.field("kind", "What kind of event it is.", |e| e.item.col(events::kind)).typed::<EventKind>();
    ty.field("status", "Where it stands.", |e| e.item.col(events::status)).typed::<EventStatus>();
    ty.field("place", "Where it is.", |e| e.item.col(events::place));
    ty.field("room", "In which room.", |e| e.item.col(events::room));
    ty.field("remoteUrl", "Where to join from afar.", |e| e.item.col(events::remote_url)).typed::<Url>();
    ty.field("dialIn", "The number to call, and what to say or press.", |e| e.item.col(events::dial_in));
    ty.list::<EventChange>("changes", "What was changed since it was first shared, in order.", |e, c| {
        change::is_told(e, c.item)
    });
}

fn times(ty: &mut Describe<Event>) {
    ty.field("startsAt", "When it begins; null while that is to be set, and for whole days.", |e| {
        by_the_clock(e, e.item.col(events::starts_at))
    });
    ty.field("endsAt", "When it ends, if that is known; null for whole days.", |e| {
        by_the_clock(e, e.item.col(events::ends_at))
    });
    ty.made::<LocalDateTime>(
        "localStart",
        "When it begins, as the clock of its zone shows it; null where startsAt is.",
        |e| vec![cell(by_the_clock(e, e.item.col(events::local_start)))],
        local,
    )
    .nullable();
    ty.made::<LocalDateTime>(
        "localEnd",
        "When it ends, as the clock of its zone shows it; null where endsAt is.",
        |e| vec![cell(by_the_clock(e, e.item.col(events::local_end)))],
        local,
    )
    .nullable();
    ty.field("timeZone", "The zone whose clock counts.", |e| e.item.col(events::time_zone))
        .typed::<TimeZone>();
    ty.field("isAllDay", "It lasts whole days, whatever the clock.", |e| e.item.col(events::is_all_day));
    ty.made::<Day>(
        "day",
        "The day on which it begins, in its zone; null while that is to be set.",
        |e| vec![cell(on_the_calendar(e, e.item.col(events::given_start), e.item.col(events::local_start)))],
        day,
    )
    .nullable();
    ty.made::<Day>(
        "lastDay",
        "The last day of it, in its zone; null where no end is known.",
        |e| {
            let start = on_the_calendar(e, e.item.col(events::given_start), e.item.col(events::local_start));
            let end = on_the_calendar(e, e.item.col(events::given_end), e.item.col(events::local_end));
            vec![cell(start), cell(end)]
        },
        last_day,
    )
    .nullable();
}

fn wording(ty: &mut Describe<Event>) {
    ty.field("title", "The event in a few plain words.", |e| e.release.col(event_releases::title)).released();
    ty.field("bring", "What to bring, if anything.", |e| e.release.col(event_releases::bring));
    ty.field("youShouldAttend", "Whether you should come.", |e| {
        e.release.col(event_releases::you_should_attend)
    })
    .released();
    ty.field("releasedAt", "When this wording was shared.", |e| e.release.col(event_releases::released_from))
        .released();
}

fn internal(ty: &mut Describe<Event>) {
    ty.field("internalTitle", "The event in the firm's words.", |e| e.item.col(events::internal_title));
    ty.field("prepNotes", "How the firm prepares for it.", |e| e.item.col(events::prep_notes));
    ty.field("wasInGap", "The clock never shows the time that was said, so it was moved forward.", |e| {
        e.item.col(events::was_in_gap)
    });
    ty.list::<Person>("attendees", "Who of the firm and its clients comes.", |e, person| {
        let attends = e.row::<event_attendees::table>();
        exists(
            attends,
            all(vec![
                Expr::of(attends.col(event_attendees::firm_id).eq(e.item.col(events::firm_id))),
                Expr::of(attends.col(event_attendees::event_id).eq(e.item.col(events::id))),
                Expr::of(attends.col(event_attendees::person_id).eq(person.item.col(people::id))),
            ]),
        )
    });
    ty.list::<ProposedEventChange>("proposedChanges", "Changes that wait to be confirmed.", |e, p| {
        proposal::waits_for(e, p.item)
    });
    releasing::publication(ty, "Where the event stands on its way to clients.", |e| {
        Expr::of(e.item.col(events::id))
    });
}

/// Staff read the event's own; outside roles the number of the changes that they are told.
fn sequence(here: &Here<'_, Event>) -> Expr<BigInt> {
    if !here.viewer.role.is_outside() {
        return Expr::of(here.item.col(events::sequence));
    }
    let change = here.row::<event_changes::table>();
    sql!["(SELECT count(*) FROM ", change.from(), " WHERE ", change::is_told(here, change), ")"]
}

/// A time, but none for whole days.
fn by_the_clock<C>(here: &Here<'_, Event>, time: store::Column<C>) -> Expr<Nullable<Timestamp>>
where
    C: diesel::Column<Table = events::table, SqlType = Nullable<Timestamp>> + 'static,
{
    sql!["CASE WHEN ", here.item.col(events::is_all_day), " THEN NULL ELSE ", time, " END"]
}

/// Whole days are those that were said, even where a clock skips their midnight.
fn on_the_calendar<G, L>(
    here: &Here<'_, Event>,
    given: store::Column<G>,
    local: store::Column<L>,
) -> Expr<Nullable<Timestamp>>
where
    G: diesel::Column<Table = events::table, SqlType = Nullable<Timestamp>> + 'static,
    L: diesel::Column<Table = events::table, SqlType = Nullable<Timestamp>> + 'static,
{
    sql!["CASE WHEN ", here.item.col(events::is_all_day), " THEN ", given, " ELSE ", local, " END"]
}

/// A wall clock's time as the API writes it.
pub(super) fn local(cells: &mut [store::Value]) -> Value {
    match cells.first() {
        Some(store::Value::Instant(clock)) => Value::String(scalars::local(*clock)),
        _ => Value::Null,
    }
}

/// The day of a wall clock's time.
fn day(cells: &mut [store::Value]) -> Value {
    match cells.first() {
        Some(store::Value::Instant(start)) => Value::String(start.date().to_string()),
        _ => Value::Null,
    }
}

/// The last day of a span, begin and end given: an end at midnight is the first instant behind it.
fn last_day(cells: &mut [store::Value]) -> Value {
    let (Some(store::Value::Instant(start)), Some(store::Value::Instant(end))) =
        (cells.first(), cells.get(1))
    else {
        return Value::Null;
    };
    let last = end.checked_sub_signed(TimeDelta::seconds(1)).unwrap_or(*end);
    Value::String(last.max(*start).date().to_string())
}
