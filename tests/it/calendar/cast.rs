//! Who looks at the calendar in these tests, and the writing that they look at.
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::{ExpressionMethods, QueryDsl, delete, insert_into, update};
use portico::{
    calendar::{self, EventKind, EventWording, Move, Place, Planned, Span, Timing, Unfit},
    cases::{self, CaseWording, NewCase, NewItemGrant, NewStaff},
    firms::{NewFirm, firms},
    id::{Tag, random},
    people::{NewParticipant, NewPerson, participants, people},
    policy::Role,
    releasing::{Audience, Terms},
    store::Transaction,
};
use serde_json::Value;

use crate::harness::World;

pub const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
pub const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);
pub const PAUL: (&str, Role) = ("paul@castellan.example", Role::Paralegal);
pub const BELA: (&str, Role) = ("bela@castellan.example", Role::Billing);
pub const EDDA: (&str, Role) = ("edda@expert.example", Role::Expert);
pub const COLE: (&str, Role) = ("cole@counsel.example", Role::CoCounsel);
/// A contact without the section.
pub const OTIS: (&str, Role) = ("otis@okafor.example", Role::AuthorizedContact);
/// Of another firm, on a case whose hearing was shared there.
pub const ZOE: (&str, Role) = ("zoe@elsewhere.example", Role::Client);
pub const YURI: (&str, Role) = ("yuri@elsewhere.example", Role::Attorney);

pub const ZONE: &str = "America/New_York";

/// The instant around which these tests are written: noon in UTC on this day of 2026.
pub fn on(month: u32, day: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap().and_hms_opt(12, 0, 0).unwrap()
}

pub fn wall(month: u32, day: u32, hour: u32, minute: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap().and_hms_opt(hour, minute, 0).unwrap()
}

pub fn clock(start: NaiveDateTime) -> Timing {
    Timing { zone: ZONE.into(), span: Span::Clock { start: start.into(), end: None } }
}

pub fn open() -> Timing {
    Timing { zone: ZONE.into(), span: Span::Open }
}

pub fn days(first: NaiveDate, last: NaiveDate) -> Timing {
    Timing { zone: ZONE.into(), span: Span::Days { first, last } }
}

pub fn microsecond() -> TimeDelta {
    TimeDelta::microseconds(1)
}

/// The world with everybody in it.
pub struct Docket {
    pub world: World,
    pub firm: String,
    pub case: String,
    pub nora: String,
    pub parts: Parts,
    /// The other firm, its case and its attorney.
    pub other: [String; 3],
}

/// The participations by which something is granted or withheld.
pub struct Parts {
    pub mia: String,
    pub edda: String,
    pub cole: String,
}

impl Docket {
    pub async fn new(world: World) -> Self {
        let mut transaction = world.store.unscoped("tests").begin().await.unwrap();
        let t = &mut transaction;
        let mut find = async |email: &str| -> (String, String) {
            let who = people::table.filter(people::email.eq(email.to_owned()));
            t.load(who.select((people::firm_id, people::id))).await.unwrap().remove(0)
        };
        let (firm, nora) = find(NORA.0).await;
        let (_, mia) = find(MIA.0).await;
        let case: Vec<String> = t.load(cases::cases::table.select(cases::cases::id)).await.unwrap();
        let case = case[0].clone();
        let mine: Vec<String> = t
            .load(participants::table.filter(participants::person_id.eq(mia)).select(participants::id))
            .await
            .unwrap();
        // The demo is written as of today; these tests have instants of their own.
        let since = on(1, 1) - TimeDelta::days(400);
        t.execute(delete(cases::case_releases::table)).await.unwrap();
        let terms = Terms {
            audience: Audience::Clients,
            from: since,
            expires_at: None,
            approved_by: nora.clone(),
            approved_at: since,
            withheld_reason: None,
        };
        CaseWording { title: "Your injury claim".into() }.approve(t, (&firm, &case), &terms).await.unwrap();
        t.execute(update(participants::table).set(participants::active_from.eq(since))).await.unwrap();
        person(t, &firm, PAUL).await;
        person(t, &firm, BELA).await;
        let edda = outsider(t, &firm, &case, EDDA, true).await;
        let cole = outsider(t, &firm, &case, COLE, true).await;
        outsider(t, &firm, &case, OTIS, false).await;
        let other = other_firm(t).await;
        transaction.commit().await.unwrap();
        let parts = Parts { mia: mine[0].clone(), edda, cole };
        Docket { world, firm, case, nora, parts, other }
    }

    pub fn planned(&self, kind: EventKind, timing: Timing) -> Planned {
        Planned {
            case: self.case.clone(),
            kind,
            is_tentative: false,
            timing,
            place: Place {
                place: Some("60 Centre Street".into()),
                room: Some("218".into()),
                ..Place::default()
            },
            internal_title: "canary internal title".into(),
            prep_notes: "canary notes".into(),
            attendees: vec![self.nora.clone()],
            uid: None,
        }
    }

    /// Writes something and keeps it.
    pub async fn write<T>(&self, work: impl AsyncFnOnce(&mut Transaction<'_>) -> T) -> T {
        let mut transaction = self.world.store.unscoped("tests").begin().await.unwrap();
        let done = work(&mut transaction).await;
        transaction.commit().await.unwrap();
        done
    }

    pub async fn plan(&self, kind: EventKind, timing: Timing) -> String {
        let planned = self.planned(kind, timing);
        self.write(async |t| calendar::create(t, &self.firm, planned).await.unwrap()).await
    }

    pub fn terms(&self, from: NaiveDateTime) -> Terms {
        Terms {
            audience: Audience::Clients,
            from,
            expires_at: None,
            approved_by: self.nora.clone(),
            approved_at: from,
            withheld_reason: None,
        }
    }

    pub async fn release(&self, event: &str, title: &str, terms: Terms) -> String {
        let wording = EventWording { title: title.into(), bring: None, you_should_attend: true };
        let at = (self.firm.as_str(), event);
        self.write(async |t| calendar::release(t, at, wording, &terms).await.unwrap()).await
    }

    /// An event that clients read from an instant on.
    pub async fn shared(&self, title: &str, timing: Timing, from: NaiveDateTime) -> String {
        let event = self.plan(EventKind::Hearing, timing).await;
        self.release(&event, title, self.terms(from)).await;
        event
    }

    pub async fn grant(&self, part: &str, event: &str, at: NaiveDateTime) {
        let grant = NewItemGrant {
            firm_id: self.firm.clone(),
            participant_id: part.to_owned(),
            item_id: event.to_owned(),
            granted_by: self.nora.clone(),
            granted_at: at,
        };
        self.write(async |t| {
            t.execute(insert_into(cases::item_grants::table).values(grant)).await.unwrap();
        })
        .await;
    }

    pub async fn reschedule(&self, event: &str, timing: Timing, at: NaiveDateTime) -> Result<bool, Unfit> {
        let to = moved(timing, at);
        self.write(async |t| calendar::reschedule(t, (&self.firm, event), to).await).await
    }

    pub async fn cancel(&self, event: &str, at: NaiveDateTime) -> Result<bool, Unfit> {
        let why = (at, "The judge took it off.".to_owned());
        self.write(async |t| calendar::cancel(t, (&self.firm, event), why).await).await
    }

    /// The events that somebody finds at an instant.
    pub async fn events(&self, who: (&str, Role), at: NaiveDateTime, fields: &str) -> Value {
        let query = format!("{{ events {{ nodes {{ {fields} }} }} }}");
        self.world.ask_at(who, at, &query).await.data()["events"]["nodes"].clone()
    }

    /// The one event that somebody finds at an instant.
    #[track_caller]
    pub fn only(found: &Value) -> Value {
        assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
        found[0].clone()
    }
}

pub fn moved(timing: Timing, at: NaiveDateTime) -> Move {
    Move { timing, is_tentative: false, place: None, reason: "The court moved it.".into(), at }
}

async fn person(t: &mut Transaction<'_>, firm: &str, (email, role): (&str, Role)) -> String {
    let id = random(Tag::Person);
    let person = NewPerson {
        firm_id: firm.to_owned(),
        id: id.clone(),
        kind: if role.is_outside() { "PORTAL" } else { "STAFF" }.into(),
        name: email.into(),
        email: email.into(),
        staff_role: (!role.is_outside()).then(|| role.word()),
        is_active: true,
    };
    t.execute(insert_into(people::table).values(person)).await.unwrap();
    id
}

async fn outsider(
    t: &mut Transaction<'_>,
    firm: &str,
    case: &str,
    who: (&str, Role),
    has_calendar: bool,
) -> String {
    let person = person(t, firm, who).await;
    let id = random(Tag::Participant);
    let part = NewParticipant {
        firm_id: firm.to_owned(),
        id: id.clone(),
        case_id: case.to_owned(),
        person_id: person,
        role: who.1.word(),
        state: "ACTIVE".into(),
        has_status: true,
        has_calendar,
        has_documents: true,
        has_billing: false,
        has_messages: false,
        active_from: on(1, 1) - TimeDelta::days(400),
        active_until: Some(on(1, 1) + TimeDelta::days(400_000)),
    };
    t.execute(insert_into(participants::table).values(part)).await.unwrap();
    id
}

async fn other_firm(t: &mut Transaction<'_>) -> [String; 3] {
    let firm = random(Tag::Firm);
    t.execute(insert_into(firms::table).values(NewFirm {
        id: firm.clone(),
        slug: "elsewhere".into(),
        name: "Elsewhere".into(),
        time_zone: ZONE.into(),
        display_name: "Elsewhere".into(),
        logo_url: None,
        primary_color: "#000000".into(),
        background_color: "#ffffff".into(),
        text_color: "#000000".into(),
        phone: None,
        privacy_url: None,
        terms_url: None,
    }))
    .await
    .unwrap();
    let case = random(Tag::Case);
    t.execute(insert_into(cases::cases::table).values(NewCase {
        firm_id: firm.clone(),
        id: case.clone(),
        reference: "AAAA-AA".into(),
        number: "1".into(),
        internal_title: "canary".into(),
        description: "canary".into(),
        practice_area: "Family".into(),
        status: "OPEN".into(),
        court_name: None,
        court_docket_number: None,
        court_judge: None,
        court_time_zone: None,
        opened_on: None,
        closed_on: None,
        statute_of_limitations_on: None,
        conflict_notes: String::new(),
        settlement_low: None,
        settlement_high: None,
        settlement_currency: None,
    }))
    .await
    .unwrap();
    let yuri = person(t, &firm, YURI).await;
    outsider(t, &firm, &case, ZOE, true).await;
    t.execute(insert_into(cases::case_staff::table).values(NewStaff {
        firm_id: firm.clone(),
        case_id: case.clone(),
        person_id: yuri.clone(),
        role: "Attorney".into(),
        phone: None,
        photo_url: None,
        is_responsible: true,
    }))
    .await
    .unwrap();
    let terms = Terms {
        audience: Audience::Clients,
        from: on(1, 1),
        expires_at: None,
        approved_by: yuri.clone(),
        approved_at: on(1, 1),
        withheld_reason: None,
    };
    CaseWording { title: "Elsewhere".into() }.approve(t, (&firm, &case), &terms).await.unwrap();
    [firm, case, yuri]
}
