//! Changes that an import read out of a docket: they wait until staff confirm them, and nobody outside reads them.
use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, insert_into, update};

use super::{
    Event, EventStatus, Move, Place, Span, Timing, Unfit, Wall, cancel,
    clock::{self, Overlap},
    event::local,
    events, reschedule,
    write::locked,
};
use crate::{
    cases,
    error::Fault,
    graph::{Describe, Entity, Enumeration as _, Here, Key, cell},
    id::{self, Tag},
    scalars::{LocalDateTime, TimeZone},
    store::{Expr, Predicate, Row, Transaction, all},
};

crate::table! {
    proposed_event_changes (firm_id, id) {
        firm_id -> Text,
        id -> Text,
        event_id -> Text,
        state -> Text,
        source -> Text,
        proposed_at -> Timestamp,
        reason -> Text,
        new_status -> Text,
        is_all_day -> Bool,
        given_start -> Nullable<Timestamp>,
        given_end -> Nullable<Timestamp>,
        start_overlap -> Text,
        end_overlap -> Text,
        time_zone -> Text,
        place -> Nullable<Text>,
        room -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
    }
}

/// A proposal's row.
#[derive(Queryable, Insertable, Clone, Debug)]
#[diesel(table_name = proposed_event_changes)]
struct Proposal {
    firm_id: String,
    id: String,
    event_id: String,
    state: String,
    source: String,
    proposed_at: NaiveDateTime,
    reason: String,
    new_status: String,
    is_all_day: bool,
    given_start: Option<NaiveDateTime>,
    given_end: Option<NaiveDateTime>,
    start_overlap: String,
    end_overlap: String,
    time_zone: String,
    place: Option<String>,
    room: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<NaiveDateTime>,
}

/// What is proposed.
#[derive(Clone, Debug)]
pub enum ProposedChange {
    /// Another time, and perhaps another place and room.
    Move(Move),
    /// That it is called off.
    Cancel {
        /// Why, in plain words.
        reason: String,
        /// When this was read, UTC.
        at: NaiveDateTime,
    },
}

/// Notes a change that waits for staff, and where it was read; answers its id.
pub async fn propose(
    transaction: &mut Transaction<'_>,
    (firm, event): (&str, &str),
    source: String,
    change: ProposedChange,
) -> Result<String, Unfit> {
    let row = locked(transaction, (firm, event)).await?;
    let id = id::random(Tag::ProposedEventChange);
    let (status, to) = match change {
        ProposedChange::Move(to) if to.timing.span == Span::Open => (EventStatus::ToBeSet, to),
        ProposedChange::Move(to) if to.is_tentative => (EventStatus::Tentative, to),
        ProposedChange::Move(to) => (EventStatus::Confirmed, to),
        ProposedChange::Cancel { reason, at } => {
            let timing = Timing { zone: row.time_zone.clone(), span: Span::Open };
            (EventStatus::Cancelled, Move { timing, is_tentative: false, place: None, reason, at })
        }
    };
    if to.reason.trim().is_empty() {
        return Err(Unfit::Reason);
    }
    let zone = clock::zone(&to.timing.zone).ok_or_else(|| Unfit::Zone(to.timing.zone.clone()))?;
    let (start, end) = to.timing.span.walls()?;
    let place = to.place.unwrap_or_default();
    let proposal = Proposal {
        firm_id: firm.to_owned(),
        id: id.clone(),
        event_id: event.to_owned(),
        state: "WAITING".to_owned(),
        source,
        proposed_at: to.at,
        reason: to.reason,
        new_status: status.word().to_owned(),
        is_all_day: matches!(to.timing.span, Span::Days { .. }),
        given_start: start.map(|wall| wall.local),
        given_end: end.map(|wall| wall.local),
        start_overlap: start.map(|wall| wall.overlap).unwrap_or_default().word().to_owned(),
        end_overlap: end.map(|wall| wall.overlap).unwrap_or_default().word().to_owned(),
        time_zone: zone.name().to_owned(),
        place: place.place,
        room: place.room,
        decided_by: None,
        decided_at: None,
    };
    transaction.execute(insert_into(proposed_event_changes::table).values(proposal)).await?;
    Ok(id)
}

/// Where the changes that were proposed for an event, decided or not, were read.
pub async fn sources(
    transaction: &mut Transaction<'_>,
    (firm, event): (&str, &str),
) -> Result<HashSet<String>, Fault> {
    let sources = proposed_event_changes::table
        .filter(proposed_event_changes::firm_id.eq(firm.to_owned()))
        .filter(proposed_event_changes::event_id.eq(event.to_owned()))
        .select(proposed_event_changes::source);
    Ok(transaction.load::<String, _>(sources).await?.into_iter().collect())
}

/// Staff confirm what was proposed: the event is changed as of now. False where it stood so already.
pub async fn confirm(
    transaction: &mut Transaction<'_>,
    proposal: (&str, &str),
    (by, at): (&str, NaiveDateTime),
) -> Result<bool, Unfit> {
    let proposal = decided(transaction, proposal, "CONFIRMED", (by, at)).await?;
    let (firm, event) = (proposal.firm_id.clone(), proposal.event_id.clone());
    if proposal.new_status == EventStatus::Cancelled.word() {
        return cancel(transaction, (&firm, &event), (at, proposal.reason)).await;
    }
    let current = locked(transaction, (&firm, &event)).await?;
    let is_placed = proposal.place.is_some() || proposal.room.is_some();
    let place = is_placed.then(|| Place {
        place: proposal.place.clone().or(current.place),
        room: proposal.room.clone(),
        remote_url: current.remote_url,
        dial_in: current.dial_in,
    });
    let to = Move {
        timing: proposal.timing(),
        is_tentative: proposal.new_status == EventStatus::Tentative.word(),
        place,
        reason: proposal.reason,
        at,
    };
    reschedule(transaction, (&firm, &event), to).await
}

/// Staff put aside what was proposed.
pub async fn dismiss(
    transaction: &mut Transaction<'_>,
    proposal: (&str, &str),
    by: (&str, NaiveDateTime),
) -> Result<(), Unfit> {
    decided(transaction, proposal, "DISMISSED", by).await.map(drop)
}

/// Decides a proposal that waits; of two who decide it at once, one.
async fn decided(
    transaction: &mut Transaction<'_>,
    (firm, id): (&str, &str),
    state: &'static str,
    (by, at): (&str, NaiveDateTime),
) -> Result<Proposal, Unfit> {
    use proposed_event_changes as proposals;
    let (firm, id) = (firm.to_owned(), id.to_owned());
    let waiting = proposals::table
        .filter(proposals::firm_id.eq(firm.clone()))
        .filter(proposals::id.eq(id.clone()))
        .filter(proposals::state.eq("WAITING"));
    let decision = (
        proposals::state.eq(state),
        proposals::decided_by.eq(Some(by.to_owned())),
        proposals::decided_at.eq(Some(at)),
    );
    if transaction.execute(update(waiting).set(decision)).await? == 0 {
        return Err(Unfit::Absent);
    }
    let this = proposals::table.filter(proposals::firm_id.eq(firm)).filter(proposals::id.eq(id));
    let rows: Vec<Proposal> = transaction.load(this).await?;
    let proposal = rows.into_iter().next().ok_or(Unfit::Absent)?;
    cases::touch(transaction, &proposal.firm_id, &proposal.event_id).await?;
    Ok(proposal)
}

impl Proposal {
    fn timing(&self) -> Timing {
        let wall = |local: NaiveDateTime, overlap: &str| Wall { local, overlap: Overlap::of(overlap) };
        let end = self.given_end.map(|local| wall(local, &self.end_overlap));
        let span = match (self.given_start, end) {
            (None, _) => Span::Open,
            (Some(start), Some(end)) if self.is_all_day => {
                let last = end.local.date();
                Span::Days { first: start.date(), last: last.pred_opt().unwrap_or(last) }
            }
            (Some(start), end) => Span::Clock { start: wall(start, &self.start_overlap), end },
        };
        Timing { zone: self.time_zone.clone(), span }
    }
}

/// A change that waits.
pub struct ProposedEventChange;

impl Entity for ProposedEventChange {
    const NAME: &'static str = "ProposedEventChange";
    const ABOUT: &'static str = "A change of an event that waits to be confirmed.";
    type Item = proposed_event_changes::table;
    type Release = proposed_event_changes::table;

    fn describe(ty: &mut Describe<Self>) {
        use proposed_event_changes as proposals;
        ty.field("id", "What it is confirmed by.", |p| p.item.col(proposals::id))
            .typed::<async_graphql::ID>();
        ty.field("source", "Where it was read.", |p| p.item.col(proposals::source));
        ty.field("proposedAt", "When it was read.", |p| p.item.col(proposals::proposed_at));
        ty.field("reason", "Why, in plain words.", |p| p.item.col(proposals::reason));
        ty.field("newStatus", "Where the event would stand.", |p| p.item.col(proposals::new_status))
            .typed::<EventStatus>();
        ty.field("isAllDay", "It would last whole days.", |p| p.item.col(proposals::is_all_day));
        ty.made::<LocalDateTime>(
            "newLocalStart",
            "When it would begin, as the clock of its zone shows it.",
            |p| vec![cell(p.item.col(proposals::given_start))],
            local,
        )
        .nullable();
        ty.made::<LocalDateTime>(
            "newLocalEnd",
            "When it would end, as the clock of its zone shows it.",
            |p| vec![cell(p.item.col(proposals::given_end))],
            local,
        )
        .nullable();
        ty.field("timeZone", "The zone whose clock counts.", |p| p.item.col(proposals::time_zone))
            .typed::<TimeZone>();
        ty.field("newPlace", "Where it would be; null where that stays.", |p| p.item.col(proposals::place));
        ty.field("newRoom", "In which room it would be; null where that stays.", |p| {
            p.item.col(proposals::room)
        });
        ty.part(
            |p| vec![p.item.from().into()],
            |p| Expr::of(p.item.col(proposals::firm_id).eq(p.viewer.firm().to_owned())),
            |p| {
                vec![
                    Key::ascending(p.item.col(proposals::proposed_at)),
                    Key::ascending(p.item.col(proposals::id)),
                ]
            },
        );
    }
}

/// It is a change of the event that waits.
pub(super) fn waits_for(event: &Here<'_, Event>, change: Row<proposed_event_changes::table>) -> Predicate {
    all(vec![
        Expr::of(change.col(proposed_event_changes::firm_id).eq(event.item.col(events::firm_id))),
        Expr::of(change.col(proposed_event_changes::event_id).eq(event.item.col(events::id))),
        Expr::of(change.col(proposed_event_changes::state).eq("WAITING")),
    ])
}
