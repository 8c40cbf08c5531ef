//! The events of a docket as they are written: found again or begun, and whatever changes them left waiting for staff.
use std::collections::{HashMap, HashSet};

use chrono::{NaiveDateTime, TimeDelta};
use diesel::{ExpressionMethods, QueryDsl, insert_into};

use super::{
    words::{event_kind, notes, place},
    write::Writer,
};
use crate::{
    calendar,
    error::Fault,
    import::{
        chain::{Facts, Life, Status},
        plan::Plan,
    },
};

crate::table! {
    docket_lives (firm_id, case_id, life) {
        firm_id -> Text,
        case_id -> Text,
        life -> Text,
        event_id -> Text,
    }
}

crate::table! {
    docket_events (firm_id, case_id, entry_key, event_id) {
        firm_id -> Text,
        case_id -> Text,
        entry_key -> Text,
        event_id -> Text,
    }
}

impl Writer<'_, '_> {
    pub(super) async fn events(&mut self, plan: &Plan) -> Result<(), Fault> {
        let known = docket_events::table
            .filter(docket_events::firm_id.eq(self.target.firm.clone()))
            .filter(docket_events::case_id.eq(self.case.clone()))
            .select((docket_events::entry_key, docket_events::event_id));
        let told: Vec<(String, String)> = self.transaction.load(known).await?;
        let lives = docket_lives::table
            .filter(docket_lives::firm_id.eq(self.target.firm.clone()))
            .filter(docket_lives::case_id.eq(self.case.clone()))
            .select((docket_lives::life, docket_lives::event_id));
        let lives: Vec<(String, String)> = self.transaction.load(lives).await?;
        let lives: HashMap<String, String> = lives.into_iter().collect();
        let mut links: HashSet<(String, String)> = told.iter().cloned().collect();
        // One line may set several hearings: an event is that of one life, and what another has is not looked at.
        let mut taken: HashSet<String> =
            plan.lives.iter().filter_map(|life| lives.get(&life.digest)).cloned().collect();
        for life in &plan.lives {
            let known = lives.get(&life.digest).cloned().or_else(|| told_of(life, &told, &taken));
            let event = match known {
                Some(event) => event,
                None => self.event(plan, life).await?,
            };
            taken.insert(event.clone());
            self.changes(plan, life, &event).await?;
            for key in &life.told_by {
                if links.insert((key.clone(), event.clone())) {
                    self.link(key, &event).await?;
                }
            }
        }
        Ok(())
    }

    async fn link(&mut self, key: &str, event: &str) -> Result<(), Fault> {
        let link = (
            docket_events::firm_id.eq(self.target.firm.clone()),
            docket_events::case_id.eq(self.case.clone()),
            docket_events::entry_key.eq(key.to_owned()),
            docket_events::event_id.eq(event.to_owned()),
        );
        self.transaction.execute(insert_into(docket_events::table).values(link)).await?;
        Ok(())
    }

    /// The event as its first line has it; what came later waits as changes.
    async fn event(&mut self, plan: &Plan, life: &Life) -> Result<String, Fault> {
        let facts = life.steps.first().map_or(&life.facts, |step| &step.after);
        let planned = calendar::Planned {
            case: self.case.clone(),
            kind: event_kind(life.kind),
            is_tentative: facts.time.is_none(),
            timing: self.timing(life, facts),
            place: place(plan, facts),
            internal_title: life.label.clone(),
            prep_notes: notes(life, facts),
            attendees: Vec::new(),
            uid: None,
        };
        let event = calendar::create(self.transaction, &self.target.firm, planned).await.map_err(unfit)?;
        let lived = (
            docket_lives::firm_id.eq(self.target.firm.clone()),
            docket_lives::case_id.eq(self.case.clone()),
            docket_lives::life.eq(life.digest.clone()),
            docket_lives::event_id.eq(event.clone()),
        );
        self.transaction.execute(insert_into(docket_lives::table).values(lived)).await?;
        self.outcome.events += 1;
        Ok(event)
    }

    async fn changes(&mut self, plan: &Plan, life: &Life, event: &str) -> Result<(), Fault> {
        if life.steps.len() < 2 {
            return Ok(());
        }
        let known = calendar::sources(self.transaction, (&self.target.firm, event)).await?;
        for step in life.steps.iter().skip(1).filter(|step| !known.contains(&step.entry_key)) {
            let said = step
                .entry
                .as_ref()
                .map_or_else(|| step.on.to_string(), |entry| format!("{entry} of {}", step.on));
            let change = if step.after.status == Status::Cancelled {
                calendar::ProposedChange::Cancel {
                    reason: format!("The court called it off (docket entry {said})."),
                    at: self.read_at(),
                }
            } else {
                calendar::ProposedChange::Move(calendar::Move {
                    timing: self.timing(life, &step.after),
                    is_tentative: step.after.time.is_none(),
                    place: Some(place(plan, &step.after)),
                    reason: format!("The court set another time (docket entry {said})."),
                    at: self.read_at(),
                })
            };
            let source = step.entry_key.clone();
            let firm = self.target.firm.clone();
            calendar::propose(self.transaction, (&firm, event), source, change).await.map_err(unfit)?;
            self.outcome.proposed_changes += 1;
        }
        Ok(())
    }

    /// Changes are told in the order of their instants, which is that of the lines that they were read in.
    fn read_at(&self) -> NaiveDateTime {
        let before = i64::try_from(self.outcome.proposed_changes).unwrap_or_default();
        self.target.at + TimeDelta::microseconds(before)
    }

    /// By the court's clock, or by the firm's where the court is not known; a day without an hour is the whole day.
    fn timing(&self, life: &Life, facts: &Facts) -> calendar::Timing {
        let zone = life.zone.map_or_else(|| self.target.time_zone.clone(), |zone| zone.name().to_owned());
        let span = match (facts.status, facts.day, facts.time) {
            (Status::ToBeSet, _, _) | (_, None, _) => calendar::Span::Open,
            (Status::Confirmed | Status::Cancelled, Some(day), Some(time)) => {
                calendar::Span::Clock { start: day.and_time(time).into(), end: None }
            }
            (Status::Confirmed | Status::Cancelled, Some(day), None) => {
                calendar::Span::Days { first: day, last: day }
            }
        };
        calendar::Timing { zone, span }
    }
}

/// The one event, of those that nobody has, that the lines of a life already spoke of; where they spoke of several, none is
/// certain.
fn told_of(life: &Life, told: &[(String, String)], taken: &HashSet<String>) -> Option<String> {
    let spoken = told.iter().filter(|(key, event)| life.told_by.contains(key) && !taken.contains(event));
    let mut events = spoken.map(|(_, event)| event);
    let first = events.next()?;
    events.all(|event| event == first).then(|| first.clone())
}

fn unfit(unfit: calendar::Unfit) -> Fault {
    if let calendar::Unfit::Broken(fault) = unfit { fault } else { Fault::new(unfit.to_string()) }
}
