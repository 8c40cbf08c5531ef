//! Lives: one event over several entries, and what stays apart.

use super::*;
use crate::import::docket::sample::{docket, entry};
use crate::import::docket::{self, Reading};

fn fixture(name: &str) -> Docket {
    let path = format!("{}/tests/fixtures/dockets/{name}.json", env!("CARGO_MANIFEST_DIR"));
    match docket::read(name, &std::fs::read(path).unwrap()) {
        Reading::Docket(docket, _) => *docket,
        other @ (Reading::LeftOut(_) | Reading::Refused(_)) => panic!("{other:?}"),
    }
}

fn steps(life: &Life) -> Vec<String> {
    let show = |step: &Step| {
        let day = step.after.day.map_or("-".into(), |day| day.to_string());
        let time = step.after.time.map_or("-".into(), |time| time.format("%H:%M").to_string());
        format!("{} {:?} {day} {time}", step.entry.as_deref().unwrap_or("-"), step.after.status)
    };
    life.steps.iter().map(show).collect()
}

#[test]
fn a_hearing_is_set_moved_twice_and_vacated() {
    let docket = fixture("recap-ia");
    let (lives, issues) = lives("a", &docket);
    assert_eq!((lives.len(), issues), (2, Vec::new()));
    let hearing = lives.iter().find(|life| life.about == ["15"]).unwrap();
    let expected = [
        "15 Confirmed 2015-07-07 09:00",
        "28 Confirmed 2015-07-31 10:00",
        "31 Confirmed 2015-08-28 10:00",
        "36 Cancelled 2015-08-28 10:00",
    ];
    assert_eq!(steps(hearing), expected);
    assert_eq!(hearing.starts_at.unwrap().to_rfc3339(), "2015-08-28T17:00:00+00:00");
    let conference = lives.iter().find(|life| life.about.is_empty()).unwrap();
    let expected =
        ["7 Confirmed 2015-08-11 10:00", "25 Confirmed 2015-08-14 10:00", "32 Confirmed 2015-09-25 10:00"];
    assert_eq!(steps(conference), expected);
}

#[test]
fn a_new_hour_on_the_same_day_is_a_change() {
    let (lives, _) = lives("a", &fixture("bankruptcy"));
    let hearing = lives.iter().find(|life| life.about == ["12"]).unwrap();
    assert_eq!(steps(hearing), ["12 Confirmed 2010-01-29 09:30", "14 Confirmed 2010-01-29 11:00"]);
    let meeting = lives.iter().find(|life| life.kind == Kind::Meeting).unwrap();
    assert_eq!(steps(meeting), ["2 Confirmed 2009-12-28 10:00", "- ToBeSet - -"]);
    assert_eq!(lives.len(), 2);
}

#[test]
fn conferences_are_set_and_cancelled_by_their_day() {
    let (lives, issues) = lives("a", &fixture("district"));
    assert_eq!(issues, []);
    let status = lives.iter().find(|life| life.label == "Status Conference").unwrap();
    assert_eq!(steps(status), ["4 Confirmed 2015-09-02 17:00", "- Cancelled 2015-09-02 17:00"]);
    assert_eq!(lives.len(), 2);
}

#[test]
fn files_that_run_backwards_are_read_forwards() {
    let (lives, _) = lives("a", &fixture("history"));
    assert_eq!(lives.len(), 2, "the presentment of a motion that was struck is one of its own");
    assert_eq!(steps(&lives[0]), ["32 Confirmed 2017-02-23 09:45", "49 Confirmed 2017-04-05 09:45"]);
}

#[test]
fn uids_survive_newcomers() {
    let full = fixture("recap-ia");
    let part = Docket { entries: full.entries[..3].to_vec(), ..full.clone() };
    let uids = |docket: &Docket| lives("a", docket).0.into_iter().map(|life| life.digest).collect::<Vec<_>>();
    assert_eq!(uids(&full), uids(&part));
}

#[test]
fn two_matters_at_one_hour_stay_two_events() {
    let docket = docket(vec![
        entry(
            "2010-01-02",
            "Motion to Sell Filed by Birch Inc.. Hearing scheduled for 2/1/2010 at 10:00 AM.",
        )
        .numbered("3"),
        entry("2010-01-02", "Motion to Pay Filed by Birch Inc.. Hearing scheduled for 2/1/2010 at 10:00 AM.")
            .numbered("4"),
        entry("2010-01-09", "Hearing Continued (RE: 4 Motion). hearing scheduled for 2/8/2010 at 10:30 AM.")
            .numbered("7"),
    ]);
    let (lives, issues) = lives("a", &docket);
    assert_eq!(issues, []);
    assert_eq!(steps(&lives[0]), ["3 Confirmed 2010-02-01 10:00"]);
    assert_eq!(steps(&lives[1]), ["4 Confirmed 2010-02-01 10:00", "7 Confirmed 2010-02-08 10:30"]);
}

#[test]
fn the_next_of_a_kind_is_not_the_last_one_moved() {
    let docket = docket(vec![
        entry("2010-01-02", "ORDER. Status Conference set for 2/1/2010 at 10:00 AM before Judge Ada Thorn."),
        entry("2010-02-01", "MINUTE ENTRY: Conference held. Status Conference set for 3/1/2010 at 10:00 AM."),
        entry(
            "2010-02-08",
            "NOTICE: Status Conference reset for 3/2/2010 at 11:00 AM before Judge Ada Thorn.",
        ),
        entry(
            "2010-02-09",
            "ORDER. Status Conference set for 4/1/2010 at 9:00 AM. Status Conference set for 4/2/2010 at 9:00 AM.",
        ),
    ]);
    let (lives, _) = lives("a", &docket);
    assert_eq!(steps(&lives[0]), ["- Confirmed 2010-02-01 10:00"]);
    assert_eq!(steps(&lives[1]), ["- Confirmed 2010-03-01 10:00", "- Confirmed 2010-03-02 11:00"]);
    assert_eq!(lives.len(), 4, "two of one name in one entry are two");
}

#[test]
fn what_fits_no_event_is_flagged() {
    let docket = docket(vec![
        entry("2010-01-09", "Hearing Continued (RE: 4 Motion). hearing scheduled for 2/8/2010 at 10:30 AM.")
            .numbered("7"),
        entry("2010-01-10", "Hearing Stricken (RE: 9 Motion).").numbered("8"),
    ]);
    let (lives, issues) = lives("a", &docket);
    assert_eq!((lives.len(), lives[0].flags.as_slice()), (1, [Flag::ChangeUnlinked].as_slice()));
    assert!(issues.iter().all(|issue| issue.code == Code::ChangeUnlinked) && issues.len() == 2);
}

#[test]
fn an_hour_of_a_court_in_several_zones_is_flagged() {
    let mut docket = docket(vec![entry("2010-01-09", "Hearing scheduled for 2/8/2010 at 10:30 AM.")]);
    docket.court = "txwb".into();
    let (lives, _) = lives("a", &docket);
    assert_eq!(lives[0].flags, [Flag::SeveralZones]);
    docket.court = "nowhere".into();
    assert_eq!(super::lives("a", &docket).0[0].starts_at, None);
}

/// Calendars of people outside know the event by its uid: another one is another event to them.
#[test]
fn an_events_uid_stays_what_it_was() {
    let entries = vec![entry("2015-06-01", "Hearing set for 7/7/2015 at 9:00 AM.").numbered("1")];
    let (lives, _) = lives("a", &docket(entries));
    assert_eq!((lives.len(), lives[0].kind), (1, Kind::Hearing));
    assert_eq!(lives[0].digest, "2193580ea097f40b15e28097c00607ba");
    let words = [Kind::Hearing, Kind::Mediation, Kind::Deposition, Kind::Meeting].map(Kind::word);
    assert_eq!(words, ["Hearing", "Mediation", "Deposition", "Meeting"]);
}
