//! Writes one docket into a case: everything internal, nothing released, nobody a participant.
//!
//! Importing is idempotent: the case is found by court and number, a line by its key, an event by its uid or a line that
//! speaks of it, a change by the line that it was read in. What is there is never overwritten; a line whose words changed
//! is told and left to a person.
use std::collections::{HashMap, HashSet};

use diesel::{ExpressionMethods, QueryDsl, insert_into};

use super::{
    Outcome, Target, docket_entries, docket_reviews,
    entry::NewEntry,
    party::{NewParty, parties},
    review::NewReview,
    words::{event_kind, filing, kind, new_case, notes, place},
};
use crate::{
    calendar,
    cases::cases,
    documents::{NewDocument, Seal, documents},
    error::Fault,
    firms::firms,
    id::{Tag, random},
    import::{
        chain::{Facts, Life, Status},
        docket::Entry,
        document::{Content, Origin},
        key::digest,
        plan::{Plan, Planned},
        report::{Code, Issue, Severity},
    },
    store::Transaction,
};

crate::table! {
    dockets (firm_id, court, number) {
        firm_id -> Text,
        court -> Text,
        number -> Text,
        case_id -> Text,
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

/// Writes a docket; on a fault what was begun has to be taken back.
pub(super) async fn write(
    transaction: &mut Transaction<'_>,
    target: &Target,
    file: &str,
    plan: &mut Plan,
) -> Result<Outcome, Fault> {
    let mut writer = Writer { transaction, target, case: String::new(), outcome: Outcome::default() };
    writer.case(plan).await?;
    writer.entries(file, plan).await?;
    writer.events(plan).await?;
    writer.reviews(plan).await?;
    let Writer { transaction, outcome, case, .. } = writer;
    if outcome.has_news() {
        transaction.touch(&target.firm, &case);
    }
    Ok(outcome)
}

/// Waits for others who take dockets in for this firm, since each adds what is not there yet: a row of theirs that can't be
/// seen would be added twice. The firm's row is held until the transaction ends, unchanged.
pub(super) async fn alone(transaction: &mut Transaction<'_>, firm: &str) -> Result<(), Fault> {
    let firm = firms::table.filter(firms::id.eq(firm.to_owned()));
    let held = diesel::update(firm).set(firms::time_zone.eq(firms::time_zone));
    transaction.execute(held).await.map(drop)
}

struct Writer<'w, 's> {
    transaction: &'w mut Transaction<'s>,
    target: &'w Target,
    case: String,
    outcome: Outcome,
}

impl Writer<'_, '_> {
    async fn case(&mut self, plan: &Plan) -> Result<(), Fault> {
        let (court, number) = (plan.docket.court.clone(), plan.docket.number.clone());
        let known = dockets::table
            .filter(dockets::firm_id.eq(self.target.firm.clone()))
            .filter(dockets::court.eq(court.clone()))
            .filter(dockets::number.eq(number.clone()))
            .select(dockets::case_id);
        let known: Vec<String> = self.transaction.load(known).await?;
        if let Some(case) = known.into_iter().next() {
            self.case = case;
            return Ok(());
        }
        self.case = random(Tag::Case);
        let row = new_case(&self.target.firm, &self.case, plan);
        self.transaction.execute(insert_into(cases::table).values(row)).await?;
        let docket = (
            dockets::firm_id.eq(self.target.firm.clone()),
            dockets::court.eq(court),
            dockets::number.eq(number),
            dockets::case_id.eq(self.case.clone()),
        );
        self.transaction.execute(insert_into(dockets::table).values(docket)).await?;
        self.outcome.cases += 1;
        for (position, party) in (0_i64..).zip(&plan.docket.parties) {
            let row = NewParty {
                firm_id: self.target.firm.clone(),
                case_id: self.case.clone(),
                position,
                name: party.name.clone(),
                kind: party.kind.clone(),
                remark: party.extra.clone(),
                ended_on: party.ended_on,
            };
            self.transaction.execute(insert_into(parties::table).values(row)).await?;
            self.outcome.parties += 1;
        }
        Ok(())
    }

    async fn entries(&mut self, file: &str, plan: &mut Plan) -> Result<(), Fault> {
        let known = docket_entries::table
            .filter(docket_entries::firm_id.eq(self.target.firm.clone()))
            .filter(docket_entries::case_id.eq(self.case.clone()))
            .select((docket_entries::entry_key, docket_entries::text));
        let known: Vec<(String, String)> = self.transaction.load(known).await?;
        let known: HashMap<String, String> = known.into_iter().collect();
        let mut changed = Vec::new();
        for (entry, planned) in plan.docket.entries.iter().zip(&plan.entries) {
            if let Some(text) = known.get(&planned.key) {
                self.outcome.known_entries += 1;
                if text != entry.words() {
                    changed.push(changed_words(file, entry));
                }
                continue;
            }
            let document_id = self.document(plan, entry.number.clone(), planned).await?;
            let row = NewEntry {
                firm_id: self.target.firm.clone(),
                case_id: self.case.clone(),
                entry_key: planned.key.clone(),
                position: i64::try_from(entry.position).unwrap_or(i64::MAX),
                number: entry.number.clone(),
                filed_on: entry.filed_on,
                entered_on: entry.entered_on,
                text: entry.words().to_owned(),
                document_id,
            };
            self.transaction.execute(insert_into(docket_entries::table).values(row)).await?;
            self.outcome.entries += 1;
        }
        plan.issues.extend(changed);
        Ok(())
    }

    async fn document(
        &mut self,
        plan: &Plan,
        number: Option<String>,
        planned: &Planned,
    ) -> Result<Option<String>, Fault> {
        let Content::Document(document) = &planned.content else { return Ok(None) };
        let id = random(Tag::Document);
        let place = number.clone().unwrap_or_else(|| document.filed_on.to_string());
        let row = NewDocument {
            firm_id: self.target.firm.clone(),
            id: id.clone(),
            case_id: self.case.clone(),
            kind: kind(document.kind).to_owned(),
            origin: match document.origin {
                Origin::Court => "COURT",
                Origin::Other => "UNKNOWN",
            }
            .to_owned(),
            legal_title: Some(document.legal_title.clone()),
            filing_status: filing(document).to_owned(),
            filed_on: Some(document.filed_on),
            delivered_on: None,
            court_entry: number,
            seal: Seal::none(),
            protective: "NONE".to_owned(),
            privilege: None,
            file_name: format!("{}-{}-{place}.pdf", plan.docket.court, plan.docket.number.replace(':', "-")),
            folder: "Court file".to_owned(),
            review_notes: planned
                .restriction
                .as_ref()
                .map(|found| found.words.join(", "))
                .unwrap_or_default(),
        };
        self.transaction.execute(insert_into(documents::table).values(row)).await?;
        self.outcome.documents += 1;
        Ok(Some(id))
    }

    async fn events(&mut self, plan: &Plan) -> Result<(), Fault> {
        let known = docket_events::table
            .filter(docket_events::firm_id.eq(self.target.firm.clone()))
            .filter(docket_events::case_id.eq(self.case.clone()))
            .select((docket_events::entry_key, docket_events::event_id));
        let told: Vec<(String, String)> = self.transaction.load(known).await?;
        let uids = calendar::events::table
            .filter(calendar::events::firm_id.eq(self.target.firm.clone()))
            .filter(calendar::events::case_id.eq(self.case.clone()))
            .select((calendar::events::uid, calendar::events::id));
        let uids: Vec<(String, String)> = self.transaction.load(uids).await?;
        let mut links: HashSet<(String, String)> = told.into_iter().collect();
        let uids: HashMap<String, String> = uids.into_iter().collect();
        for life in &plan.lives {
            let known = uids.get(&self.uid(life)).cloned().or_else(|| told_of(life, &links));
            let event = match known {
                Some(event) => event,
                None => self.event(plan, life).await?,
            };
            self.changes(plan, life, &event).await?;
            for key in &life.told_by {
                if links.insert((key.clone(), event.clone())) {
                    self.link(key, &event).await?;
                }
            }
        }
        Ok(())
    }

    /// Unique in the firm: a docket's uid is unique in its docket.
    fn uid(&self, life: &Life) -> String {
        format!("{}@{}", life.uid, self.case)
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
            uid: Some(self.uid(life)),
        };
        let event = calendar::create(self.transaction, &self.target.firm, planned).await.map_err(unfit)?;
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
                    at: self.target.at,
                }
            } else {
                calendar::ProposedChange::Move(calendar::Move {
                    timing: self.timing(life, &step.after),
                    is_tentative: step.after.time.is_none(),
                    place: Some(place(plan, &step.after)),
                    reason: format!("The court set another time (docket entry {said})."),
                    at: self.target.at,
                })
            };
            let source = step.entry_key.clone();
            let firm = self.target.firm.clone();
            calendar::propose(self.transaction, (&firm, event), source, change).await.map_err(unfit)?;
            self.outcome.proposed_changes += 1;
        }
        Ok(())
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

    async fn reviews(&mut self, plan: &Plan) -> Result<(), Fault> {
        let known = docket_reviews::table
            .filter(docket_reviews::firm_id.eq(self.target.firm.clone()))
            .filter(docket_reviews::case_id.eq(self.case.clone()))
            .select((
                docket_reviews::place,
                docket_reviews::code,
                docket_reviews::sentence,
                docket_reviews::entry_key,
            ));
        let known: Vec<(String, String, String, String)> = self.transaction.load(known).await?;
        let mut known: HashSet<_> = known.into_iter().map(same).collect();
        for issue in plan.issues.iter().filter(|issue| issue.severity == Severity::Review) {
            let row = self.review(plan, issue);
            let (place, code) = (row.place.clone(), row.code.clone());
            if known.insert(same((place, code, row.sentence.clone(), row.entry_key.clone()))) {
                self.transaction.execute(insert_into(docket_reviews::table).values(row)).await?;
                self.outcome.reviews += 1;
            }
        }
        Ok(())
    }

    fn review(&self, plan: &Plan, issue: &Issue) -> NewReview {
        let mut lines = plan.docket.entries.iter().zip(&plan.entries);
        let line = lines.find(|(entry, _)| issue.row == Some(entry.position)).map(|(_, planned)| planned);
        let restriction = line.and_then(|planned| planned.restriction.as_ref());
        NewReview {
            firm_id: self.target.firm.clone(),
            case_id: self.case.clone(),
            place: match (&issue.entry, issue.row) {
                (Some(entry), _) => format!("entry {entry}"),
                (None, Some(row)) => format!("row {row}"),
                (None, None) => "docket".to_owned(),
            },
            code: issue.code.name(),
            sentence: issue.sentence.clone(),
            restricted_on: restriction
                .filter(|_| issue.code == Code::SealedWords)
                .and_then(|found| found.until),
            entry_key: line.map(|planned| planned.key.clone()).unwrap_or_default(),
        }
    }
}

/// Each wording is a review of its own, since whoever settled an earlier one has not seen this one; so the sentence names it.
fn changed_words(file: &str, entry: &Entry) -> Issue {
    let wording: String = digest(entry.words()).chars().take(12).collect();
    let sentence = format!(
        "The words differ from those of an earlier import, which stay; a person decides (wording {wording})."
    );
    Issue::of_file(Severity::Review, Code::EntryChanged, file, sentence)
        .at_row(entry.position)
        .of_entry(entry.number.as_deref())
}

/// What makes two reviews one: the line, wherever it stands in a later copy of the docket, or else the place.
fn same((place, code, sentence, key): (String, String, String, String)) -> (String, String, String, String) {
    (if key.is_empty() { place } else { String::new() }, code, sentence, key)
}

/// The one event that the lines of a life already speak of; where they speak of several, none is certain.
fn told_of(life: &Life, links: &HashSet<(String, String)>) -> Option<String> {
    let mut events = links.iter().filter(|(key, _)| life.told_by.contains(key)).map(|(_, event)| event);
    let first = events.next()?;
    events.all(|event| event == first).then(|| first.clone())
}

fn unfit(unfit: calendar::Unfit) -> Fault {
    if let calendar::Unfit::Broken(fault) = unfit { fault } else { Fault::new(unfit.to_string()) }
}
