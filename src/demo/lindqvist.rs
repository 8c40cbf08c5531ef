//! Lindqvist: a contract under negotiation, before no court. A letter appears tomorrow, another was taken back.
use super::{
    desk::Letter,
    diary::Date,
    firm::Staff,
    money::{Bill, Line},
    papers::Paper,
    scene::{ALL, Brief, Scene, Told, When},
};
use crate::{
    calendar::EventKind,
    cases::Precision,
    documents::DocumentKind as Kind,
    error::Fault,
    internal::{Direction, RiskFlag, ThirdPartyKind},
    policy::Role,
};

pub(super) async fn write(s: &mut Scene<'_, '_>, staff: &Staff) -> Result<(), Fault> {
    s.case(Brief {
        reference: "K2PD-5X",
        number: "2026-0302",
        title: "Lindqvist Foods / Marrow Supply - supply agreement",
        told: "Your supply agreement",
        about: "Five-year supply agreement; price formula and exclusivity are open.",
        area: "Business contracts",
        status: "OPEN",
        court: None,
        opened: 70,
        barred_in: None,
        conflicts: "Marrow's parent was adverse to a client in 2019; closed.",
        range: Some((180_000_000, 240_000_000)),
        lead: &staff.nora,
        phone: "+1 212 555 0141",
    })
    .await?;
    let anders = s.person("Anders Lindqvist", "anders@lindqvist.example").await?;
    s.part(&anders, Role::Client, ALL).await?;
    for (stage, days) in [("Intake", 70), ("Negotiation of terms", 50), ("Conflict review", 3)] {
        s.stage(stage, days).await?;
    }
    let told = Told {
        title: "First draft agreed between us",
        happened: "You approved our first draft and we sent it to Marrow Supply.",
        next: "They will send us their changes.",
        when: When::Done(42),
    };
    s.milestone(("Draft 1 out", "Sent without the exclusivity rider on purpose."), Some(told)).await?;
    let told = Told {
        title: "Working out the terms",
        happened: "Both sides agree on volume and delivery. Price and exclusivity are still open.",
        next: "We meet with Marrow Supply to settle the open points.",
        when: When::Current(21),
    };
    s.milestone(("Draft 3 with their markup", "They will give on price before exclusivity."), Some(told))
        .await?;
    let told = Told {
        title: "Signing",
        happened: "Planned once the last points are settled.",
        next: "",
        when: When::Planned(45, Precision::Month),
    };
    s.milestone(("Closing", "Board consent takes ten days."), Some(told)).await?;
    papers(s).await?;
    let meeting = s
        .event(Date {
            kind: EventKind::Meeting,
            title: "All-hands with Marrow",
            begins: Some((s.workday(11), (15, 0))),
            minutes: 120,
            place: Some(("Castellan & Pryce, 80 Pine Street, New York", "Conference room B")),
            link: Some("https://meet.castellan.example/lindqvist"),
            prep: "Concede the index, not the cap.",
            attendees: &[&staff.nora, &anders],
        })
        .await?;
    s.invite(&meeting, ("Meeting with Marrow Supply", Some("Last year's volumes by month"), true), 7).await?;
    money(s, &anders).await?;
    desk(s, staff).await
}

async fn papers(s: &mut Scene<'_, '_>) -> Result<(), Fault> {
    let contract = s
        .paper(Paper::delivered(Kind::Contract, "SUPPLY AGREEMENT, DRAFT 3 FOR APPROVAL", 9).sized(27, 1))
        .await?;
    s.tell(
        &contract,
        (
            "Business contract submitted for approval",
            "The agreement as it stands. Please look at sections 4 and 9 and tell us whether you agree.",
        ),
        8,
    )
    .await?;
    let summary =
        s.paper(Paper::delivered(Kind::Letter, "LETTER TO CLIENT RE OPEN POINTS", 1).sized(3, 1)).await?;
    let tomorrow = s.since(-1);
    s.tell_under(
        &summary,
        ("The open points, and what we suggest", "A short letter to read before the meeting."),
        &tomorrow,
    )
    .await?;
    let wrong = s
        .paper(Paper::delivered(Kind::Letter, "LETTER TO CLIENT RE PRICE INDEX, WRONG ANNEX", 19).sized(4, 1))
        .await?;
    let release =
        s.tell(&wrong, ("How the price is reckoned", "An example of the price formula."), 18).await?;
    s.take_back((&wrong, &release), 17).await?;
    s.paper(
        Paper::draft(Kind::Contract, "EXCLUSIVITY RIDER")
            .noted("Fallback only. Never leaves the building before the meeting.")
            .sized(2, 5),
    )
    .await?;
    Ok(())
}

async fn money(s: &mut Scene<'_, '_>, anders: &str) -> Result<(), Fault> {
    let first = s
        .bill(Bill {
            number: "CP-2118",
            period: (70, 40),
            discount: 0,
            memo: "",
            lines: &[
                Line::Work(60, 84, 450, "Drafting the agreement", "Nora Castellan"),
                Line::Work(48, 30, 450, "Talks with the other side's counsel", "Nora Castellan"),
            ],
        })
        .await?;
    s.send(&first, 36, Some("Thank you for your prompt payment.")).await?;
    // More than was asked for: the rest stays on account.
    s.payment(anders, (550_000, 25), "Bank transfer", &[(&first, 513_000)]).await?;
    Ok(())
}

async fn desk(s: &mut Scene<'_, '_>, staff: &Staff) -> Result<(), Fault> {
    let steps = ["Price formula", "Exclusivity", "Termination for convenience"];
    s.task("Issues list for the meeting", (&staff.nora, Some(9)), (&steps, 2)).await?;
    s.task(
        "Run the index back three years",
        (&staff.julian, Some(5)),
        (&["Get the data", "Check the outliers"], 0),
    )
    .await?;
    let body = "Marrow needs the volume for its lender by the end of the quarter. Time is on our side: let them name the cap first.";
    s.strategy(&staff.nora, body, 10).await?;
    let with = "Orrin Tate, for Marrow Supply";
    s.letter(Letter {
        way: Direction::Received,
        with,
        subject: "Price floor",
        body: "Our client can live with an annual minimum of the sum stated.",
        days: 13,
        offer: Some((235_000_000, 12)),
    })
    .await?;
    s.letter(Letter {
        way: Direction::Sent,
        with,
        subject: "Re: Price floor",
        body: "The minimum would have to be the sum stated, with the index uncapped.",
        days: 6,
        offer: Some((190_000_000, 12)),
    })
    .await?;
    s.record(
        ThirdPartyKind::OtherClient,
        ("Price terms of another client with the same supplier", "Closed file; not to be used"),
        30,
    )
    .await?;
    s.against("Marrow Supply Co.", "Counterparty").await?;
    s.flag(RiskFlag::Exposure).await
}
