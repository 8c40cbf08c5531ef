//! Writing events: each function works in the caller's transaction and raises the event's version first.
use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, QueryDsl, insert_into, update};

use super::{
    EventKind, EventRow, EventStatus, EventWording, Span, Timing, change::NewChange, clock, event_attendees,
    event_changes, events,
};
use crate::{
    error::Fault,
    graph::Enumeration as _,
    id::{self, Tag},
    releasing::{Terms, Unapproved},
    store::Transaction,
};

/// Why something can't be written.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// The firm has no such event, or no such proposal that waits.
    #[error("there is nothing of that id")]
    Absent,
    /// No zone is called so.
    #[error("no time zone is called {0:?}; IANA names look like America/New_York")]
    Zone(String),
    /// The time is outside of what calendars know.
    #[error("the time is outside of the years 1 to 9998")]
    Time,
    /// The end is before the begin.
    #[error("the event ends before it begins")]
    Order,
    /// A change says why.
    #[error("a change needs a reason in plain words")]
    Reason,
    /// What stands so can't be changed like this.
    #[error("what is {0:?} can't be changed so")]
    Standing(EventStatus),
    /// It is the firm's own: a deadline or a reminder is told nobody.
    #[error("what is {0:?} is not shared")]
    Internal(EventKind),
    /// The release is not approved.
    #[error("{0:?}")]
    Unapproved(Unapproved),
    /// The database failed.
    #[error("{0:?}")]
    Broken(Fault),
}

impl From<Fault> for Unfit {
    fn from(fault: Fault) -> Self {
        Unfit::Broken(fault)
    }
}

impl From<Unapproved> for Unfit {
    fn from(why: Unapproved) -> Self {
        Unfit::Unapproved(why)
    }
}

/// Where an event is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The building or the address.
    pub place: Option<String>,
    /// The room in it.
    pub room: Option<String>,
    /// Where to join from afar.
    pub remote_url: Option<String>,
    /// The number to call.
    pub dial_in: Option<String>,
}

/// An event that is to be written down.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The case.
    pub case: String,
    /// What kind of event it is.
    pub kind: EventKind,
    /// Its time may still move.
    pub is_tentative: bool,
    /// When it is.
    pub timing: Timing,
    /// Where it is.
    pub place: Place,
    /// The event in the firm's words.
    pub internal_title: String,
    /// How the firm prepares for it.
    pub prep_notes: String,
    /// The ids of the people who come.
    pub attendees: Vec<String>,
    /// What other calendars know it by; a new one where there is none.
    pub uid: Option<String>,
}

/// Another time, and perhaps another place.
#[derive(Clone, Debug)]
pub struct Move {
    /// When it is since.
    pub timing: Timing,
    /// Its new time may still move.
    pub is_tentative: bool,
    /// Where it is since; nothing where that stays.
    pub place: Option<Place>,
    /// Why, in plain words: whoever is told of the event reads it.
    pub reason: String,
    /// When this was decided, UTC.
    pub at: NaiveDateTime,
}

/// Writes a new event and answers its id.
pub async fn create(transaction: &mut Transaction<'_>, firm: &str, event: Planned) -> Result<String, Unfit> {
    let event_id = id::random(Tag::Event);
    let mut row = EventRow {
        firm_id: firm.to_owned(),
        id: event_id.clone(),
        version: 0,
        case_id: event.case,
        uid: event.uid.unwrap_or_else(|| id::random(Tag::Event)),
        sequence: 0,
        kind: event.kind.word().to_owned(),
        status: standing(&event.timing, event.is_tentative).word().to_owned(),
        is_all_day: false,
        given_start: None,
        given_end: None,
        start_overlap: String::new(),
        end_overlap: String::new(),
        local_start: None,
        local_end: None,
        starts_at: None,
        ends_at: None,
        sorts_at: NaiveDateTime::default(),
        time_zone: String::new(),
        tz_version: String::new(),
        was_in_gap: false,
        place: event.place.place,
        room: event.place.room,
        remote_url: event.place.remote_url,
        dial_in: event.place.dial_in,
        internal_title: event.internal_title,
        prep_notes: event.prep_notes,
    };
    row.set(&event.timing)?;
    transaction.touch(firm, &row.case_id);
    transaction.execute(insert_into(events::table).values(row)).await?;
    for person in event.attendees {
        let attends = (
            event_attendees::firm_id.eq(firm.to_owned()),
            event_attendees::event_id.eq(event_id.clone()),
            event_attendees::person_id.eq(person),
        );
        transaction.execute(insert_into(event_attendees::table).values(attends)).await?;
    }
    Ok(event_id)
}

/// Moves an event: the same uid, the next sequence, a row that says what was changed. One that was cancelled takes place
/// after all. False where nothing was changed.
pub async fn reschedule(
    transaction: &mut Transaction<'_>,
    event: (&str, &str),
    to: Move,
) -> Result<bool, Unfit> {
    let old = locked(transaction, event).await?;
    if old.status()? == EventStatus::Held {
        return Err(Unfit::Standing(EventStatus::Held));
    }
    let mut new = old.clone();
    new.set(&to.timing)?;
    standing(&to.timing, to.is_tentative).word().clone_into(&mut new.status);
    if let Some(place) = to.place {
        new.move_to(place);
    }
    changed(transaction, &old, new, (to.at, to.reason)).await
}

/// Calls an event off; it stays, with the time that it had. False where it was off already.
pub async fn cancel(
    transaction: &mut Transaction<'_>,
    event: (&str, &str),
    (at, reason): (NaiveDateTime, String),
) -> Result<bool, Unfit> {
    let old = locked(transaction, event).await?;
    if old.status()? == EventStatus::Held {
        return Err(Unfit::Standing(EventStatus::Held));
    }
    let mut new = old.clone();
    EventStatus::Cancelled.word().clone_into(&mut new.status);
    changed(transaction, &old, new, (at, reason)).await
}

/// Notes that an event took place. Nobody's plans change by that, so it is no change of the event.
pub async fn hold(transaction: &mut Transaction<'_>, event: (&str, &str)) -> Result<(), Unfit> {
    let mut row = locked(transaction, event).await?;
    match row.status()? {
        EventStatus::Tentative | EventStatus::Confirmed => {}
        other @ (EventStatus::ToBeSet | EventStatus::Cancelled | EventStatus::Held) => {
            return Err(Unfit::Standing(other));
        }
    }
    EventStatus::Held.word().clone_into(&mut row.status);
    save(transaction, row).await
}

/// Approves what is told of an event and answers the release's id; of the firm's own deadlines nothing is told.
pub async fn release(
    transaction: &mut Transaction<'_>,
    (firm, event): (&str, &str),
    wording: EventWording,
    terms: &Terms,
) -> Result<String, Unfit> {
    let row = locked(transaction, (firm, event)).await?;
    let kind = EventKind::of(&row.kind).ok_or_else(|| Fault::new("an event is of no kind"))?;
    if !kind.is_shareable() {
        return Err(Unfit::Internal(kind));
    }
    Ok(wording.approve(transaction, (firm, event), terms).await?)
}

/// Derives the instants of a firm's events anew where they were derived by another edition of the zone data, and answers
/// the ids of those that moved. The wall clock is what was said, so that is no change of the event.
pub async fn derive_again(transaction: &mut Transaction<'_>, firm: &str) -> Result<Vec<String>, Unfit> {
    let stale = events::table
        .filter(events::firm_id.eq(firm.to_owned()))
        .filter(events::tz_version.ne(clock::ZONE_DATA))
        .order(events::id)
        .select(events::id);
    let stale: Vec<String> = transaction.load(stale).await?;
    let mut moved = Vec::new();
    for id in stale {
        let old = locked(transaction, (firm, &id)).await?;
        let mut new = old.clone();
        new.derive()?;
        if (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at) {
            moved.push(id);
        }
        save(transaction, new).await?;
    }
    Ok(moved)
}

/// Where an event of this time stands.
fn standing(timing: &Timing, is_tentative: bool) -> EventStatus {
    match timing.span {
        Span::Open => EventStatus::ToBeSet,
        Span::Clock { .. } | Span::Days { .. } if is_tentative => EventStatus::Tentative,
        Span::Clock { .. } | Span::Days { .. } => EventStatus::Confirmed,
    }
}

impl EventRow {
    pub(super) fn status(&self) -> Result<EventStatus, Unfit> {
        EventStatus::of(&self.status).ok_or_else(|| Fault::new("an event stands as no event does").into())
    }

    fn move_to(&mut self, place: Place) {
        self.place = place.place;
        self.room = place.room;
        self.remote_url = place.remote_url;
        self.dial_in = place.dial_in;
    }
}

/// The event's row, its version raised first, so that of two who change it at once the second sees the first's work.
pub(super) async fn locked(
    transaction: &mut Transaction<'_>,
    (firm, id): (&str, &str),
) -> Result<EventRow, Unfit> {
    let (firm, id) = (firm.to_owned(), id.to_owned());
    let this = events::table.filter(events::firm_id.eq(firm.clone())).filter(events::id.eq(id.clone()));
    transaction.execute(update(this).set(events::version.eq(events::version + 1))).await?;
    let this = events::table.filter(events::firm_id.eq(firm)).filter(events::id.eq(id));
    let rows: Vec<EventRow> = transaction.load(this).await?;
    let row = rows.into_iter().next().ok_or(Unfit::Absent)?;
    transaction.touch(&row.firm_id, &row.case_id);
    Ok(row)
}

/// Writes what is new with a row that says what was; nothing where nothing is.
async fn changed(
    transaction: &mut Transaction<'_>,
    old: &EventRow,
    mut new: EventRow,
    (at, reason): (NaiveDateTime, String),
) -> Result<bool, Unfit> {
    if *old == new {
        return Ok(false);
    }
    if reason.trim().is_empty() {
        return Err(Unfit::Reason);
    }
    new.sequence += 1;
    let change = NewChange::between(old, &new, at, reason);
    transaction.execute(insert_into(event_changes::table).values(change)).await?;
    save(transaction, new).await?;
    Ok(true)
}

async fn save(transaction: &mut Transaction<'_>, row: EventRow) -> Result<(), Unfit> {
    transaction.touch(&row.firm_id, &row.case_id);
    let this =
        events::table.filter(events::firm_id.eq(row.firm_id.clone())).filter(events::id.eq(row.id.clone()));
    transaction.execute(update(this).set(row)).await?;
    Ok(())
}
