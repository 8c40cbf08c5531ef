//! Harborlight Law: another firm, in another zone, with an estate. Neither firm can see that the other is here.
use chrono::NaiveDateTime;

use super::{
    desk::Letter,
    diary::Date,
    money::{Bill, Line},
    papers::Paper,
    scene::{ALL, Brief, Scene, Told, When},
};
use crate::{
    calendar::EventKind,
    documents::{DocumentKind as Kind, DocumentOrigin as Origin},
    error::Fault,
    firms::NewFirm,
    id::{Tag, random},
    internal::{Direction, ThirdPartyKind},
    policy::Role,
    store::Transaction,
};

/// The firm's short name.
pub(super) const SLUG: &str = "harborlight";

pub(super) async fn write(t: &mut Transaction<'_>, at: NaiveDateTime) -> Result<(), Fault> {
    let firm = NewFirm {
        id: random(Tag::Firm),
        slug: SLUG.into(),
        name: "Harborlight Law, P.C.".into(),
        time_zone: "America/Los_Angeles".into(),
        display_name: "Harborlight".into(),
        logo_url: None,
        primary_color: "#0b6e4f".into(),
        background_color: "#fbfaf6".into(),
        text_color: "#20241f".into(),
        phone: Some("+1 310 555 0188".into()),
        privacy_url: Some("https://harborlight.example/privacy".into()),
        terms_url: None,
    };
    let mut scene = Scene::open(t, at, firm, "America/Los_Angeles").await?;
    let s = &mut scene;
    let vera = s.member("Vera Lund", "vera@harborlight.example", Role::Attorney).await?;
    s.word("Administration", "Settling the estate").await?;
    delgado(s, &vera).await
}

async fn delgado(s: &mut Scene<'_, '_>, vera: &str) -> Result<(), Fault> {
    s.case(Brief {
        reference: "T8LX-4J",
        number: "E-26-031",
        title: "Estate of Delgado - probate",
        told: "Your aunt's estate",
        about: "Probate of a will with a house and a small business.",
        area: "Estates",
        status: "OPEN",
        court: Some(("Superior Court, Los Angeles County", "26STPB00310", "Hon. June Averill")),
        opened: 130,
        barred_in: None,
        conflicts: "None.",
        range: None,
        lead: vera,
        phone: "+1 310 555 0162",
    })
    .await?;
    let rosa = s.person("Rosa Delgado", "rosa@delgado.example").await?;
    s.part(&rosa, Role::Client, ALL).await?;
    s.stage("Administration", 100).await?;
    let told = Told {
        title: "You were appointed executor",
        happened: "The court appointed you. You may now act for the estate.",
        next: "We draw up a list of what belongs to the estate.",
        when: When::Current(100),
    };
    s.milestone(("Letters testamentary", "Bond waived over the cousin's objection."), Some(told)).await?;
    let letters = s.paper(Paper::entered(Kind::Order, "ORDER FOR PROBATE", ("9", 100)).sized(4, 1)).await?;
    s.tell(&letters, ("The order that makes you executor", "Banks will ask you for a copy."), 99).await?;
    let contest = s
        .paper(
            Paper::filed(Kind::Pleading, Origin::Opposing, "OBJECTION TO PETITION", ("6", 118)).sized(5, 1),
        )
        .await?;
    s.tell(&contest, ("Your cousin's objection", "The court has overruled it."), 98).await?;
    let hearing = s
        .event(Date {
            kind: EventKind::Hearing,
            title: "Petition to sell the house, Averill",
            begins: Some((s.workday(16), (8, 30))),
            minutes: 30,
            place: Some(("111 North Hill Street, Los Angeles", "Department 5")),
            link: None,
            prep: "Bring the second appraisal.",
            attendees: &[vera, &rosa],
        })
        .await?;
    s.invite(&hearing, ("Hearing on the sale of the house", None, true), 20).await?;
    let bill = s
        .bill(Bill {
            number: "H-0412",
            period: (120, 60),
            discount: 0,
            memo: "",
            lines: &[Line::Work(100, 52, 380, "Appointment as executor", "Vera Lund")],
        })
        .await?;
    s.send(&bill, 50, None).await?;
    s.payment(&rosa, (197_600, 30), "Check", &[(&bill, 197_600)]).await?;
    s.task("Order the second appraisal", (vera, Some(4)), (&["Call the broker"], 0)).await?;
    s.strategy(vera, "The cousin will fold if the house sells above the appraisal.", 12).await?;
    s.letter(Letter {
        way: Direction::Received,
        with: "The cousin's lawyer",
        subject: "Proposal",
        body: "My client would withdraw for the sum stated.",
        days: 14,
        offer: Some((2_500_000, 16)),
    })
    .await?;
    s.record(ThirdPartyKind::Financial, ("Statements of the business account", "The bank"), 60).await?;
    s.against("Hector Delgado", "Objector").await
}
