//! A firm of the tests' own, with a rival: their people, their cases, and functions that add papers. What nobody outside
//! may read holds the word canary.
use std::collections::HashMap;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::insert_into;
use portico::{
    cases::{
        self, CaseWording, NewCase, NewItemGrant, NewStaff, NewWall, case_staff, ethical_walls, item_grants,
    },
    documents::{
        self, Bar, NewDocument, NewVersion, Seal, Told, Unreleased, document_versions, documents::dsl,
    },
    firms::{NewFirm, firms},
    id::{Tag, random},
    people::{NewParticipant, NewPerson, participants, people},
    policy::Role,
    releasing::{Audience, Terms},
    store::Transaction,
};

use crate::harness::{Answer, World, day, today};

pub type Who = (&'static str, Role);

pub const ANN: Who = ("ann@office.example", Role::Attorney);
/// Kept away from the first case by a wall.
pub const WALT: Who = ("walt@office.example", Role::Attorney);
/// On the staff of the first case alone.
pub const PAT: Who = ("pat@office.example", Role::Paralegal);
pub const BILL: Who = ("bill@office.example", Role::Billing);
pub const ADA: Who = ("ada@office.example", Role::Admin);
pub const AUDREY: Who = ("audrey@office.example", Role::Auditor);
pub const MIA: Who = ("mia@office.example", Role::Client);
pub const BEN: Who = ("ben@office.example", Role::CoClient);
/// A contact who may see status and calendar.
pub const CON: Who = ("con@office.example", Role::AuthorizedContact);
/// A contact who may see papers, too.
pub const DORA: Who = ("dora@office.example", Role::AuthorizedContact);
pub const PAM: Who = ("pam@office.example", Role::BillPayer);
pub const EVE: Who = ("eve@office.example", Role::Expert);
pub const COLE: Who = ("cole@office.example", Role::CoCounsel);
/// The client of the second case.
pub const ZOE: Who = ("zoe@office.example", Role::Client);
/// The rival's.
pub const ROY: Who = ("roy@rival.example", Role::Attorney);
pub const RITA: Who = ("rita@rival.example", Role::Client);

pub const OUTSIDE: [Who; 9] = [MIA, BEN, CON, DORA, PAM, EVE, COLE, ZOE, RITA];

pub struct Office<'w> {
    pub world: &'w World,
    /// Ids of people by address, of their parts in cases, and of the cases ("one", "two", "rival").
    people: HashMap<&'static str, (String, String)>,
    parts: HashMap<&'static str, String>,
    cases: HashMap<&'static str, (String, String)>,
}

pub fn ago(days: i64) -> NaiveDateTime {
    today() - TimeDelta::days(days)
}

impl<'w> Office<'w> {
    pub async fn open(world: &'w World) -> Self {
        let mut office =
            Office { world, people: HashMap::new(), parts: HashMap::new(), cases: HashMap::new() };
        let mut transaction = office.begin().await;
        let t = &mut transaction;
        let (firm, rival) = (firm(t, "office").await, firm(t, "rival-office").await);
        for (email, role) in [ANN, WALT, PAT, BILL, ADA, AUDREY] {
            office.person(t, &firm, email, Some(role)).await;
        }
        office.person(t, &rival, ROY.0, Some(ROY.1)).await;
        for (case, firm, lawyer) in [("one", &firm, ANN), ("two", &firm, ANN), ("rival", &rival, ROY)] {
            office.case(t, case, firm, lawyer).await;
        }
        for (case, firm, (email, role)) in [
            ("one", &firm, MIA),
            ("one", &firm, BEN),
            ("one", &firm, CON),
            ("one", &firm, DORA),
            ("one", &firm, PAM),
            ("one", &firm, EVE),
            ("one", &firm, COLE),
            ("two", &firm, ZOE),
            ("rival", &rival, RITA),
        ] {
            office.person(t, firm, email, None).await;
            office.part(t, case, (email, role)).await;
        }
        staff(t, &office.cases["one"], &office.people[PAT.0].1, false).await;
        t.execute(insert_into(ethical_walls::table).values(NewWall {
            firm_id: firm.clone(),
            id: random(Tag::EthicalWall),
            case_id: office.cases["one"].1.clone(),
            person_id: office.people[WALT.0].1.clone(),
            reason: "canary: worked for the other side".into(),
            since: ago(100),
        }))
        .await
        .unwrap();
        transaction.commit().await.unwrap();
        office
    }

    pub async fn begin(&self) -> Transaction<'w> {
        self.world.store.unscoped("a test writes its rows").begin().await.unwrap()
    }

    /// The firm's and the case's id.
    pub fn case_id(&self, case: &str) -> (String, String) {
        self.cases[case].clone()
    }

    pub fn person_id(&self, (email, _): Who) -> String {
        self.people[email].1.clone()
    }

    pub fn part_id(&self, (email, _): Who) -> String {
        self.parts[email].clone()
    }

    /// The firm of somebody.
    pub fn firm_id(&self, (email, _): Who) -> String {
        self.people[email].0.clone()
    }

    async fn person(&mut self, t: &mut Transaction<'_>, firm: &str, email: &'static str, role: Option<Role>) {
        let id = random(Tag::Person);
        let row = NewPerson {
            firm_id: firm.into(),
            id: id.clone(),
            kind: if role.is_some() { "STAFF" } else { "PORTAL" }.into(),
            name: email.split('@').next().unwrap().into(),
            email: email.into(),
            staff_role: role.map(Role::word),
            is_active: true,
        };
        t.execute(insert_into(people::table).values(row)).await.unwrap();
        self.people.insert(email, (firm.into(), id));
    }

    async fn case(&mut self, t: &mut Transaction<'_>, name: &'static str, firm: &str, lawyer: Who) {
        let id = random(Tag::Case);
        let row = NewCase {
            firm_id: firm.into(),
            id: id.clone(),
            reference: format!("REF-{name}"),
            number: format!("canary {name}"),
            internal_title: "canary".into(),
            description: "canary".into(),
            practice_area: "Contracts".into(),
            status: "OPEN".into(),
            court_name: Some("Central District of California".into()),
            court_docket_number: None,
            court_judge: None,
            court_time_zone: Some("America/Los_Angeles".into()),
            opened_on: Some(day(2026, 1, 2)),
            closed_on: None,
            statute_of_limitations_on: None,
            conflict_notes: "canary".into(),
            settlement_low: Some(2_500_000),
            settlement_high: Some(4_000_050),
            settlement_currency: Some("USD".into()),
        };
        t.execute(insert_into(cases::cases::table).values(row)).await.unwrap();
        self.cases.insert(name, (firm.into(), id.clone()));
        let lawyer = self.people[lawyer.0].1.clone();
        staff(t, &(firm.into(), id.clone()), &lawyer, true).await;
        let terms = terms(&lawyer, Audience::Clients, ago(90));
        CaseWording { title: format!("Case {name}") }.approve(t, (firm, &id), &terms).await.unwrap();
    }

    async fn part(&mut self, t: &mut Transaction<'_>, case: &str, (email, role): Who) {
        let id = self.add_part(t, case, (email, role)).await;
        self.parts.insert(email, id);
    }

    /// Gives somebody a part in a case, beside those that he has.
    pub async fn add_part(&self, t: &mut Transaction<'_>, case: &str, (email, role): Who) -> String {
        let (firm_id, case_id) = self.cases[case].clone();
        let id = random(Tag::Participant);
        let row = NewParticipant {
            firm_id,
            id: id.clone(),
            case_id,
            person_id: self.people[email].1.clone(),
            role: role.word(),
            state: "ACTIVE".into(),
            has_status: true,
            has_calendar: true,
            has_documents: ![CON.0, PAM.0].contains(&email),
            has_billing: true,
            has_messages: false,
            active_from: chrono::DateTime::UNIX_EPOCH.naive_utc(),
            active_until: Some(today() + TimeDelta::days(10_000)),
        };
        t.execute(insert_into(participants::table).values(row)).await.unwrap();
        id
    }

    /// An order of the court, entered; a test changes what it is about.
    pub fn paper(&self, case: &str) -> NewDocument {
        let (firm_id, case_id) = self.case_id(case);
        NewDocument {
            firm_id,
            id: random(Tag::Document),
            case_id,
            kind: "ORDER".into(),
            origin: "COURT".into(),
            legal_title: Some("Order on the motion".into()),
            filing_status: "ENTERED".into(),
            filed_on: Some(day(2026, 3, 4)),
            delivered_on: None,
            court_entry: Some("52".into()),
            seal: Seal::none(),
            protective: "NONE".into(),
            privilege: Some("WORK_PRODUCT".into()),
            file_name: "canary.pdf".into(),
            folder: "canary".into(),
            review_notes: "canary".into(),
        }
    }

    /// Writes a document with its first version and answers its id.
    pub async fn add(&self, paper: NewDocument) -> String {
        let (firm, id) = (paper.firm_id.clone(), paper.id.clone());
        let mut t = self.begin().await;
        t.execute(insert_into(dsl::documents).values(paper)).await.unwrap();
        t.commit().await.unwrap();
        self.add_version(&firm, &id, 1, ago(80)).await;
        id
    }

    /// Writes a version of so many hundred bytes and so many pages as its number.
    pub async fn add_version(&self, firm: &str, document: &str, number: i32, added_at: NaiveDateTime) {
        let row = NewVersion {
            firm_id: firm.into(),
            document_id: document.into(),
            number,
            media_type: "application/pdf".into(),
            size_bytes: i64::from(number) * 100,
            page_count: Some(number),
            sha256: "0".repeat(64),
            added_at,
        };
        let mut t = self.begin().await;
        t.execute(insert_into(document_versions::table).values(row)).await.unwrap();
        t.commit().await.unwrap();
    }

    /// Releases version 1 of a document from an instant on, or says which gate is shut.
    pub async fn try_release(
        &self,
        document: &str,
        label: &str,
        (audience, from): (Audience, NaiveDateTime),
    ) -> Result<String, Bar> {
        let told = Told { label: label.into(), explanation: "What it is for".into(), version: 1 };
        self.try_tell(document, told, &self.terms(audience, from)).await
    }

    pub async fn try_tell(&self, document: &str, told: Told, terms: &Terms) -> Result<String, Bar> {
        let mut t = self.begin().await;
        match documents::release(&mut t, (&self.firm_id(ANN), document), told, terms).await {
            Ok(release) => {
                t.commit().await.unwrap();
                Ok(release)
            }
            Err(Unreleased::Barred(bar)) => Err(bar),
            Err(other @ (Unreleased::Unapproved(_) | Unreleased::Fault(_))) => panic!("{other:?}"),
        }
    }

    /// Terms that Ann approves.
    pub fn terms(&self, audience: Audience, from: NaiveDateTime) -> Terms {
        terms(&self.person_id(ANN), audience, from)
    }

    /// Releases a document to clients, long ago.
    pub async fn release(&self, document: &str, label: &str) -> String {
        self.try_release(document, label, (Audience::Clients, ago(70))).await.unwrap()
    }

    /// Grants somebody a single item.
    pub async fn grant(&self, who: Who, item: &str, granted_at: NaiveDateTime) {
        let row = NewItemGrant {
            firm_id: self.firm_id(ANN),
            participant_id: self.part_id(who),
            item_id: item.into(),
            granted_by: self.person_id(ANN),
            granted_at,
        };
        let mut t = self.begin().await;
        t.execute(insert_into(item_grants::table).values(row)).await.unwrap();
        t.commit().await.unwrap();
    }

    /// Asks; what an outside role reads holds no canary.
    pub async fn ask(&self, who: Who, query: &str) -> Answer {
        let answer = self.world.ask(who, query).await;
        assert!(who.1.is_staff() || !answer.body.contains("canary"), "{who:?} reads {}", answer.body);
        answer
    }

    /// The role's schema has not all that the query names.
    pub async fn assert_unknown(&self, who: Who, query: &str) {
        let answer = self.ask(who, query).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "GRAPHQL_VALIDATION_FAILED"),
            "{who:?} {query}"
        );
    }
}

fn terms(approver: &str, audience: Audience, from: NaiveDateTime) -> Terms {
    // Of two joint clients one is named more often than not, and then somebody says why.
    let withheld_reason = matches!(audience, Audience::Named(_)).then(|| "canary: only hers".into());
    let approved_by = approver.into();
    Terms { audience, from, expires_at: None, approved_by, approved_at: from, withheld_reason }
}

async fn staff(t: &mut Transaction<'_>, (firm, case): &(String, String), person: &str, is_responsible: bool) {
    let row = NewStaff {
        firm_id: firm.clone(),
        case_id: case.clone(),
        person_id: person.into(),
        role: "Works on it".into(),
        phone: None,
        photo_url: None,
        is_responsible,
    };
    t.execute(insert_into(case_staff::table).values(row)).await.unwrap();
}

async fn firm(t: &mut Transaction<'_>, slug: &str) -> String {
    let id = random(Tag::Firm);
    let row = NewFirm {
        id: id.clone(),
        slug: slug.into(),
        name: slug.into(),
        time_zone: "America/New_York".into(),
        display_name: slug.into(),
        logo_url: None,
        primary_color: "#000000".into(),
        background_color: "#ffffff".into(),
        text_color: "#000000".into(),
        phone: None,
        privacy_url: None,
        terms_url: None,
    };
    t.execute(insert_into(firms::table).values(row)).await.unwrap();
    id
}
