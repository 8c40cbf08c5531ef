//! Writes one docket into a case: everything internal, nothing released, nobody a participant.
//!
//! Importing is idempotent: the case is found by court and number, a line by its key, an event by the line that began it or
//! one that speaks of it, a change by the line that it was read in. What is there is never overwritten; a head or a line
//! whose words changed is told and left to a person.
use std::collections::{HashMap, HashSet};

use diesel::{ExpressionMethods, QueryDsl, insert_into};

use super::{
    Outcome, Target, docket_entries, docket_reviews,
    entry::NewEntry,
    party::{NewParty, parties},
    review::NewReview,
    words::{filing, kind, new_case},
};
use crate::{
    cases::cases,
    documents::{NewDocument, Seal, documents},
    error::Fault,
    firms::firms,
    id::{Tag, random},
    import::{
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

/// Writes a docket; on a fault what was begun has to be taken back.
pub(super) async fn write(
    transaction: &mut Transaction<'_>,
    target: &Target,
    file: &str,
    plan: &mut Plan,
) -> Result<Outcome, Fault> {
    let mut writer = Writer { transaction, target, case: String::new(), outcome: Outcome::default() };
    writer.case(plan).await?;
    writer.head(file, plan).await?;
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

pub(super) struct Writer<'w, 's> {
    pub(super) transaction: &'w mut Transaction<'s>,
    pub(super) target: &'w Target,
    pub(super) case: String,
    pub(super) outcome: Outcome,
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
