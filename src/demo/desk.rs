//! What a scene's firm keeps to itself: tasks, notes, letters, records, the other side, walls and single grants.
use diesel::insert_into;

use super::scene::Scene;
use crate::{
    cases::{NewItemGrant, NewWall, ethical_walls, item_grants},
    error::Fault,
    graph::Enumeration as _,
    id::{Tag, random},
    internal::{
        Direction, NewAdverseParty, NewChecklistItem, NewCorrespondence, NewRiskFlag, NewStrategyNote,
        NewTask, NewThirdPartyRecord, RiskFlag, ThirdPartyKind, adverse_parties, case_risk_flags,
        checklist_items, correspondence, strategy_notes, tasks, third_party_records,
    },
};

/// A letter to or from the other side.
pub(super) struct Letter<'a> {
    pub(super) way: Direction,
    pub(super) with: &'a str,
    pub(super) subject: &'a str,
    pub(super) body: &'a str,
    /// How many days ago.
    pub(super) days: i64,
    /// Cents, and for how many days from now on.
    pub(super) offer: Option<(i64, i64)>,
}

impl Scene<'_, '_> {
    /// A work item: due in so many days or done, and its steps, the first so many of them done.
    pub(super) async fn task(
        &mut self,
        title: &str,
        (assignee, due): (&str, Option<i64>),
        (steps, done): (&[&str], usize),
    ) -> Result<(), Fault> {
        let id = random(Tag::Task);
        let row = NewTask {
            firm_id: self.firm.clone(),
            id: id.clone(),
            case_id: self.case.clone(),
            title: title.into(),
            is_done: !steps.is_empty() && done >= steps.len(),
            due_on: due.map(|days| self.workday(days)),
            assignee_id: Some(assignee.into()),
        };
        self.t.execute(insert_into(tasks::table).values(row)).await?;
        for ((position, text), nth) in (1..).zip(steps).zip(0..) {
            let row = NewChecklistItem {
                firm_id: self.firm.clone(),
                task_id: id.clone(),
                position,
                text: (*text).into(),
                is_done: nth < done,
            };
            self.t.execute(insert_into(checklist_items::table).values(row)).await?;
        }
        Ok(())
    }

    /// A note on how to go about the case.
    pub(super) async fn strategy(&mut self, author: &str, body: &str, days: i64) -> Result<(), Fault> {
        let row = NewStrategyNote {
            firm_id: self.firm.clone(),
            id: random(Tag::StrategyNote),
            case_id: self.case.clone(),
            body: body.into(),
            author_id: author.into(),
            created_at: self.at(-days),
        };
        self.t.execute(insert_into(strategy_notes::table).values(row)).await?;
        Ok(())
    }

    /// A letter.
    pub(super) async fn letter(&mut self, letter: Letter<'_>) -> Result<String, Fault> {
        let id = random(Tag::Correspondence);
        let row = NewCorrespondence {
            firm_id: self.firm.clone(),
            id: id.clone(),
            case_id: self.case.clone(),
            direction: letter.way.word().into(),
            counterparty: letter.with.into(),
            subject: letter.subject.into(),
            body: letter.body.into(),
            sent_at: self.at(-letter.days),
            offer_amount: letter.offer.map(|(cents, _)| cents),
            offer_currency: letter.offer.map(|_| "USD".into()),
            offer_expires_on: letter.offer.map(|(_, days)| self.day(days)),
        };
        self.t.execute(insert_into(correspondence::table).values(row)).await?;
        Ok(id)
    }

    /// A record of somebody who is not the client.
    pub(super) async fn record(
        &mut self,
        kind: ThirdPartyKind,
        (subject, source): (&str, &str),
        days: i64,
    ) -> Result<String, Fault> {
        let id = random(Tag::ThirdPartyRecord);
        let row = NewThirdPartyRecord {
            firm_id: self.firm.clone(),
            id: id.clone(),
            case_id: self.case.clone(),
            kind: kind.word().into(),
            subject: subject.into(),
            received_on: self.day(-days),
            source: source.into(),
        };
        self.t.execute(insert_into(third_party_records::table).values(row)).await?;
        Ok(id)
    }

    /// Somebody on the other side.
    pub(super) async fn against(&mut self, name: &str, kind: &str) -> Result<(), Fault> {
        let row = NewAdverseParty {
            firm_id: self.firm.clone(),
            case_id: self.case.clone(),
            id: random(Tag::Person),
            name: name.into(),
            kind: kind.into(),
        };
        self.t.execute(insert_into(adverse_parties::table).values(row)).await?;
        Ok(())
    }

    /// What the case has to be watched for.
    pub(super) async fn flag(&mut self, flag: RiskFlag) -> Result<(), Fault> {
        let row =
            NewRiskFlag { firm_id: self.firm.clone(), case_id: self.case.clone(), flag: flag.word().into() };
        self.t.execute(insert_into(case_risk_flags::table).values(row)).await?;
        Ok(())
    }

    /// Somebody of the firm is kept away from the case.
    pub(super) async fn wall(&mut self, person: &str, reason: &str, days: i64) -> Result<(), Fault> {
        let row = NewWall {
            firm_id: self.firm.clone(),
            id: random(Tag::EthicalWall),
            case_id: self.case.clone(),
            person_id: person.into(),
            reason: reason.into(),
            since: self.at(-days),
        };
        self.t.execute(insert_into(ethical_walls::table).values(row)).await?;
        Ok(())
    }

    /// A participant may read a single item.
    pub(super) async fn grant(&mut self, participant: &str, item: &str, days: i64) -> Result<(), Fault> {
        let row = NewItemGrant {
            firm_id: self.firm.clone(),
            participant_id: participant.into(),
            item_id: item.into(),
            granted_by: self.lead.clone(),
            granted_at: self.at(-days),
        };
        self.t.execute(insert_into(item_grants::table).values(row)).await?;
        Ok(())
    }
}
