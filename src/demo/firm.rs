//! Castellan & Pryce: its people and its cases.
use chrono::NaiveDateTime;

use super::{lindqvist, okafor, scene::Scene, vance, whitlow};
use crate::{
    error::Fault,
    firms::NewFirm,
    id::{Tag, random},
    policy::Role,
    store::Transaction,
};

/// The firm's short name.
pub(super) const SLUG: &str = "castellan";

/// The ids of the firm's people.
pub(super) struct Staff {
    pub(super) nora: String,
    pub(super) julian: String,
    pub(super) priya: String,
}

/// Writes the firm.
pub(super) async fn write(t: &mut Transaction<'_>, at: NaiveDateTime) -> Result<(), Fault> {
    let firm = NewFirm {
        id: random(Tag::Firm),
        slug: SLUG.into(),
        name: "Castellan & Pryce LLP".into(),
        time_zone: "America/New_York".into(),
        display_name: "Castellan & Pryce".into(),
        logo_url: None,
        primary_color: "#1f4e79".into(),
        background_color: "#ffffff".into(),
        text_color: "#1b1b1b".into(),
        phone: Some("+1 212 555 0100".into()),
        privacy_url: Some("https://castellan.example/privacy".into()),
        terms_url: Some("https://castellan.example/terms".into()),
    };
    let mut scene = Scene::open(t, at, firm, "America/New_York").await?;
    let s = &mut scene;
    let staff = Staff {
        nora: s.member("Nora Castellan", "nora@castellan.example", Role::Attorney).await?,
        julian: s.member("Julian Reyes", "julian@castellan.example", Role::Attorney).await?,
        priya: s.member("Priya Raman", "priya@castellan.example", Role::Paralegal).await?,
    };
    s.member("Bea Lindholm", "bea@castellan.example", Role::Billing).await?;
    s.member("Arthur Voss", "arthur@castellan.example", Role::Admin).await?;
    s.member("Inez Calloway", "inez@castellan.example", Role::Auditor).await?;
    // "Conflict review" and "Settlement posture" have no word: clients keep reading the stage before.
    for (stage, told) in [
        ("Intake", "Getting started"),
        ("Pre-suit investigation", "Gathering the facts"),
        ("Pleadings", "Filed with the court"),
        ("Discovery", "Exchanging information with the other side"),
        ("Motion practice", "Waiting for a decision of the court"),
        ("Pre-trial", "Preparing for trial"),
        ("Negotiation of terms", "Working out the agreement"),
        ("Post-judgment", "Carrying out the court's order"),
    ] {
        s.word(stage, told).await?;
    }
    let grace = s.person("Grace Whitlow", "grace@whitlow.example").await?;
    okafor::write(s, &staff).await?;
    whitlow::write(s, &staff, &grace).await?;
    vance::write(s, &staff, &grace).await?;
    lindqvist::write(s, &staff).await
}
