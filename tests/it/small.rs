//! A small world, for tests that count: one firm, an attorney, a client, and a case with three steps and two tasks.
use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use diesel::insert_into;

use portico::{
    cases::{self, CaseWording, MilestoneWording, NewCase, NewMilestone, NewStaff},
    error::Fault,
    firms::{NewFirm, firms},
    id::{Tag, random},
    internal::{NewTask, tasks},
    people::{NewParticipant, NewPerson, participants, people},
    releasing::{Audience, Terms},
    store::{Store, Transaction},
};

/// Writes everything, as of this instant, in one transaction.
#[allow(clippy::too_many_lines, reason = "a list of rows")]
pub async fn load(store: &Store, at: NaiveDateTime) -> Result<(), Fault> {
    let mut transaction = store.unscoped("tests write a small world").begin().await?;
    let firm = random(Tag::Firm);
    let t = &mut transaction;
    t.execute(insert_into(firms::table).values(NewFirm {
        id: firm.clone(),
        slug: "castellan".into(),
        name: "Castellan & Pryce LLP".into(),
        time_zone: "America/New_York".into(),
        display_name: "Castellan & Pryce".into(),
        logo_url: None,
        primary_color: "#1f4e79".into(),
        background_color: "#ffffff".into(),
        text_color: "#1b1b1b".into(),
        phone: Some("+1 212 555 0100".into()),
        privacy_url: None,
        terms_url: None,
    }))
    .await?;
    let nora = person(t, &firm, "Nora Castellan", "nora@castellan.example", Some("ATTORNEY")).await?;
    let mia = person(t, &firm, "Mia Okafor", "mia@okafor.example", None).await?;
    let case = random(Tag::Case);
    t.execute(insert_into(cases::cases::table).values(NewCase {
        firm_id: firm.clone(),
        id: case.clone(),
        reference: "7Q4K-M2".into(),
        number: "2026-0113".into(),
        internal_title: "Okafor v. Brightline Logistics - personal injury".into(),
        description: "Rear-end collision".into(),
        practice_area: "Personal injury".into(),
        status: "OPEN".into(),
        court_name: Some("Supreme Court, New York County".into()),
        court_docket_number: Some("150113/2026".into()),
        court_judge: None,
        court_time_zone: Some("America/New_York".into()),
        opened_on: NaiveDate::from_ymd_opt(2026, 1, 13),
        closed_on: None,
        statute_of_limitations_on: None,
        conflict_notes: "none".into(),
        settlement_low: None,
        settlement_high: None,
        settlement_currency: None,
    }))
    .await?;
    t.execute(insert_into(cases::case_staff::table).values(NewStaff {
        firm_id: firm.clone(),
        case_id: case.clone(),
        person_id: nora.clone(),
        role: "Attorney".into(),
        phone: None,
        photo_url: None,
        is_responsible: true,
    }))
    .await?;
    t.execute(insert_into(participants::table).values(NewParticipant {
        firm_id: firm.clone(),
        id: random(Tag::Participant),
        case_id: case.clone(),
        person_id: mia,
        role: "CLIENT".into(),
        state: "ACTIVE".into(),
        has_status: true,
        has_calendar: true,
        has_documents: true,
        has_billing: true,
        has_messages: true,
        active_from: at - TimeDelta::days(200),
        active_until: None,
    }))
    .await?;
    let terms = Terms {
        audience: Audience::Clients,
        from: at - Days::new(100),
        expires_at: None,
        approved_by: nora,
        approved_at: at - Days::new(101),
        withheld_reason: None,
    };
    CaseWording { title: "Your injury claim".into() }.approve(t, (&firm, &case), &terms).await.unwrap();
    for position in 1..4 {
        let milestone = random(Tag::Milestone);
        t.execute(insert_into(cases::milestones::table).values(NewMilestone {
            firm_id: firm.clone(),
            id: milestone.clone(),
            case_id: case.clone(),
            position,
            internal_title: format!("Step {position}"),
            internal_notes: "secret".into(),
        }))
        .await?;
        if position < 3 {
            let wording = MilestoneWording {
                title: format!("Step {position} for you"),
                what_happened: "Your case has been formally filed with the court.".into(),
                what_comes_next: None,
                occurred_on: NaiveDate::from_ymd_opt(2026, 2, 2),
                expected_on: None,
                expected_precision: None,
                progress: if position == 2 { "CURRENT" } else { "DONE" }.into(),
            };
            wording.approve(t, (&firm, &milestone), &terms).await.unwrap();
        }
    }
    for title in ["Prepare witness outline", "Review discovery responses"] {
        t.execute(insert_into(tasks::table).values(NewTask {
            firm_id: firm.clone(),
            id: random(Tag::Task),
            case_id: case.clone(),
            title: title.into(),
            is_done: false,
            due_on: None,
            assignee_id: None,
        }))
        .await?;
    }
    transaction.commit().await
}

async fn person(
    transaction: &mut Transaction<'_>,
    firm: &str,
    name: &str,
    email: &str,
    staff_role: Option<&str>,
) -> Result<String, Fault> {
    let id = random(Tag::Person);
    transaction
        .execute(insert_into(people::table).values(NewPerson {
            firm_id: firm.to_owned(),
            id: id.clone(),
            kind: if staff_role.is_some() { "STAFF" } else { "PORTAL" }.into(),
            name: name.to_owned(),
            email: email.to_owned(),
            staff_role: staff_role.map(str::to_owned),
            is_active: true,
        }))
        .await?;
    Ok(id)
}
