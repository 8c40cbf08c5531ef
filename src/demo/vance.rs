//! Vance: a criminal defence that the accused's sister pays for. She sees sums and payments and nothing of the defence; the
//! court holds one filing back until a day.
use super::{
    desk::Letter,
    diary::Date,
    firm::Staff,
    money::{Bill, Line},
    papers::Paper,
    scene::{ALL, Brief, MONEY, Scene, Told, When},
};
use crate::{
    calendar::EventKind,
    documents::{DocumentKind as Kind, DocumentOrigin as Origin, Seal},
    error::Fault,
    internal::{Direction, RiskFlag, ThirdPartyKind},
    policy::Role,
    releasing::Terms,
};

pub(super) async fn write(s: &mut Scene<'_, '_>, staff: &Staff, grace: &str) -> Result<(), Fault> {
    s.case(Brief {
        reference: "B6RN-8V",
        number: "2026-0240",
        title: "People v. Vance - criminal defense",
        told: "Your defense",
        about: "Charge of reckless endangerment after an incident at a building site.",
        area: "Criminal defense",
        status: "OPEN",
        court: Some(("Criminal Court, New York County", "CR-004417-26", "Hon. Paul Isidore")),
        opened: 95,
        barred_in: None,
        conflicts: "None. Fees are paid by the client's sister; consent of both is in the file.",
        range: None,
        lead: &staff.julian,
        phone: "+1 212 555 0143",
    })
    .await?;
    let theo = s.person("Theo Vance", "theo@vance.example").await?;
    s.part(&theo, Role::Client, ALL).await?;
    s.part(grace, Role::BillPayer, MONEY).await?;
    for (stage, days) in [("Intake", 95), ("Pre-trial", 60)] {
        s.stage(stage, days).await?;
    }
    let told = Told {
        title: "First appearance",
        happened: "You appeared before the judge and were released without bail.",
        next: "The prosecution now has to show us its evidence.",
        when: When::Done(90),
    };
    s.milestone(("Arraignment", "ROR. Judge was visibly unimpressed by the complaint."), Some(told)).await?;
    let told = Told {
        title: "Reviewing the evidence",
        happened: "We received the first part of the evidence and are going through it.",
        next: "We will ask the judge to dismiss the charge.",
        when: When::Current(34),
    };
    s.milestone(("Discovery from the People", "Certificate of compliance looks premature."), Some(told))
        .await?;
    s.milestone(("Motion to dismiss", "Facial insufficiency first; hold speedy trial in reserve."), None)
        .await?;
    papers(s).await?;
    calendar(s, staff, &theo).await?;
    money(s, grace).await?;
    desk(s, staff).await
}

async fn papers(s: &mut Scene<'_, '_>) -> Result<(), Fault> {
    let complaint = s
        .paper(Paper::filed(Kind::Pleading, Origin::Opposing, "MISDEMEANOR COMPLAINT", ("1", 92)).sized(3, 1))
        .await?;
    s.tell(
        &complaint,
        ("The charge", "What the prosecution says that you did. It is an accusation, not a finding."),
        90,
    )
    .await?;
    let order = s
        .paper(Paper::entered(Kind::Order, "ORDER SETTING CONDITIONS OF RELEASE", ("3", 90)).sized(2, 1))
        .await?;
    s.tell(
        &order,
        ("What you must do until the next hearing", "Please read each point. Call us before you travel."),
        89,
    )
    .await?;
    let opens = s.workday(20);
    let held_back = Seal::until(opens, chrono_tz::America::New_York);
    let inspection =
        Paper::filed(Kind::Exhibit, Origin::Court, "SITE INSPECTION REPORT", ("14", 8)).closed(held_back);
    let inspection = s
        .paper(
            inspection.noted("Restricted by the court; for the defense team only until then.").sized(18, 1),
        )
        .await?;
    let from = opens.and_time(chrono::NaiveTime::MIN) + chrono::TimeDelta::hours(12);
    let after = Terms { from, ..s.since(2) };
    s.tell_under(
        &inspection,
        ("Report of the site inspection", "What the inspectors found at the building site."),
        &after,
    )
    .await?;
    s.paper(
        Paper::draft(Kind::Motion, "MOTION TO DISMISS").noted("Needs the inspection report.").sized(9, 3),
    )
    .await?;
    Ok(())
}

async fn calendar(s: &mut Scene<'_, '_>, staff: &Staff, theo: &str) -> Result<(), Fault> {
    let hearing = s
        .event(Date {
            kind: EventKind::Hearing,
            title: "Motion schedule, Isidore",
            begins: Some((s.workday(27), (9, 30))),
            minutes: 30,
            place: Some(("100 Centre Street, New York", "Part C")),
            link: None,
            prep: "Ask for a decision without argument.",
            attendees: &[&staff.julian, theo],
        })
        .await?;
    s.invite(&hearing, ("Next court date", Some("Your release papers"), true), 40).await?;
    let due = s
        .event(Date {
            kind: EventKind::ClientDeadline,
            title: "Client's timeline due",
            begins: Some((s.workday(8), (17, 0))),
            minutes: 0,
            place: None,
            link: None,
            prep: "Needed for the motion.",
            attendees: &[theo],
        })
        .await?;
    s.invite(&due, ("Please send us your own timeline of the day", None, false), 10).await?;
    s.event(Date {
        kind: EventKind::FirmReminder,
        title: "Count speedy-trial days",
        begins: Some((s.workday(15), (9, 0))),
        minutes: 15,
        place: None,
        link: None,
        prep: "Include the adjournments on consent.",
        attendees: &[&staff.julian],
    })
    .await?;
    Ok(())
}

async fn money(s: &mut Scene<'_, '_>, grace: &str) -> Result<(), Fault> {
    let first = s
        .bill(Bill {
            number: "CP-2085",
            period: (95, 60),
            discount: 0,
            memo: "Paid by the sister.",
            lines: &[
                Line::Noted(90, 30, 395, "First appearance", "Julian Reyes", "Waiting time cut by half"),
                Line::Work(70, 22, 395, "Reading the first evidence", "Julian Reyes"),
            ],
        })
        .await?;
    s.send(&first, 55, None).await?;
    s.payment(grace, (205_400, 41), "Bank transfer", &[(&first, 205_400)]).await?;
    let second = s
        .bill(Bill {
            number: "CP-2150",
            period: (59, 15),
            discount: 0,
            memo: "",
            lines: &[Line::Work(30, 46, 395, "Preparing the request to dismiss", "Julian Reyes")],
        })
        .await?;
    s.send(&second, 12, Some("Due within thirty days. Part of a payment of this week is on its way."))
        .await?;
    s.payment(grace, (60_000, 1), "Card", &[(&second, 60_000)]).await?;
    Ok(())
}

async fn desk(s: &mut Scene<'_, '_>, staff: &Staff) -> Result<(), Fault> {
    let steps = ["Element by element", "Affirmation of counsel", "Proof of service"];
    s.task("Finish the motion to dismiss", (&staff.julian, Some(12)), (&steps, 1)).await?;
    let body = "The complaint never says who removed the barrier. Do not help them find out: no questions about the crew in open court.";
    s.strategy(&staff.julian, body, 20).await?;
    let letter = Letter {
        way: Direction::Received,
        with: "The People",
        subject: "Plea offer",
        body: "The People would accept a plea to a violation with community service. The offer stands until the motion is filed.",
        days: 16,
        offer: None,
    };
    s.letter(letter).await?;
    s.record(ThirdPartyKind::Witness, ("Notes of a talk with the crane operator", "Our investigator"), 44)
        .await?;
    s.against("The People of the State of New York", "Prosecution").await?;
    s.flag(RiskFlag::Deadline).await
}
