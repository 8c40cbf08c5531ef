//! A docket's words as the house says them: its case, the kinds of its papers and events, places and notes.
use crate::{
    calendar,
    cases::NewCase,
    id::reference,
    import::{
        chain::{Facts, Life},
        document::{Document, Filing, Kind},
        hearing,
        plan::Plan,
    },
};

pub(super) fn new_case(firm: &str, case: &str, plan: &Plan) -> NewCase {
    let docket = &plan.docket;
    let about = [docket.cause.as_deref(), docket.nature.as_deref()];
    NewCase {
        firm_id: firm.to_owned(),
        id: case.to_owned(),
        reference: reference(),
        number: format!("{} {}", docket.court, docket.number),
        internal_title: if docket.caption.trim().is_empty() { &docket.number } else { &docket.caption }
            .clone(),
        description: about.into_iter().flatten().collect::<Vec<_>>().join("; "),
        practice_area: if docket.court.ends_with('b') { "Bankruptcy" } else { "Litigation" }.to_owned(),
        status: if docket.terminated_on.is_some() { "CLOSED" } else { "OPEN" }.to_owned(),
        court_name: plan.court.as_ref().map(|court| court.name.clone()),
        court_docket_number: Some(docket.number.clone()),
        court_judge: docket.judge.clone(),
        court_time_zone: plan.court.as_ref().map(|court| court.zone.name().to_owned()),
        opened_on: docket.filed_on,
        closed_on: docket.terminated_on.filter(|end| docket.filed_on.is_some_and(|begin| begin <= *end)),
        statute_of_limitations_on: None,
        conflict_notes: String::new(),
        settlement_low: None,
        settlement_high: None,
        settlement_currency: None,
    }
}

pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Pleading => "PLEADING",
        Kind::Motion => "MOTION",
        Kind::Brief => "BRIEF",
        Kind::Order => "ORDER",
        Kind::Judgment => "JUDGMENT",
        Kind::Notice => "NOTICE",
        Kind::Exhibit => "EXHIBIT",
        Kind::Transcript => "TRANSCRIPT",
        Kind::Letter => "LETTER",
        Kind::Other => "OTHER",
    }
}

pub(super) fn filing(document: &Document) -> &'static str {
    match document.filing {
        Filing::Filed => "FILED",
        Filing::Entered => "ENTERED",
    }
}

pub(super) fn event_kind(kind: hearing::Kind) -> calendar::EventKind {
    match kind {
        hearing::Kind::Hearing => calendar::EventKind::Hearing,
        hearing::Kind::Mediation => calendar::EventKind::Mediation,
        hearing::Kind::Deposition => calendar::EventKind::Deposition,
        hearing::Kind::Meeting => calendar::EventKind::Meeting,
    }
}

pub(super) fn place(plan: &Plan, facts: &Facts) -> calendar::Place {
    let court = || plan.court.as_ref().map(|court| court.name.clone());
    calendar::Place {
        place: facts.place.clone().or_else(court),
        room: facts.room.clone(),
        remote_url: None,
        dial_in: None,
    }
}

pub(super) fn notes(life: &Life, facts: &Facts) -> String {
    let mut notes = Vec::new();
    if let Some(judge) = &facts.judge {
        notes.push(format!("Before {judge}."));
    }
    if !life.about.is_empty() {
        notes.push(format!("About docket entries {}.", life.about.join(", ")));
    }
    if facts.day.is_some() && facts.time.is_none() {
        notes.push("The docket states no hour.".to_owned());
    }
    notes.join(" ")
}
