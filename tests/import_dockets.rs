//! The importer judged by real dockets: labels written by reading, and counts over all files.
//!
//! The dockets are read in place, where `PORTICO_TEST_DATA` points to the folder that holds `dockets`. Each line of
//! `import_labels.tsv` names an entry and what it says: `-` for nothing, or kind, action, day and hour.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fall")]
#![allow(clippy::print_stdout, reason = "figures and reasons for not running are for people to read")]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use portico::import::docket::{Docket, Reading};
use portico::import::document::Content;
use portico::import::report::{Code, Issue, Report, Severity};
use portico::import::{chain, courts, hearing, key, plan, read, sealing};

const LABELS: &str = include_str!("import_labels.tsv");

/// The folder of dockets, or a line that says the test did not run.
fn data() -> Option<PathBuf> {
    let found = std::env::var_os("PORTICO_TEST_DATA").map(|root| Path::new(&root).join("dockets"));
    if found.is_none() {
        println!("not run: PORTICO_TEST_DATA is not set, so there are no dockets to read");
    }
    found
}

fn dockets(root: &Path) -> BTreeMap<String, (Docket, Vec<Issue>)> {
    let taken = |found: read::Found| match found.reading {
        Reading::Docket(docket, issues) => Some((found.file, (*docket, issues))),
        Reading::LeftOut(_) | Reading::Refused(_) => None,
    };
    read::all(root).filter_map(taken).collect()
}

fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn short(finding: &hearing::Finding) -> String {
    let day = finding.day.map_or("-".to_owned(), |day| day.to_string());
    let time = finding.time.map_or("-".to_owned(), |time| time.format("%H:%M").to_string());
    format!("{}|{}|{day}|{time}", name(&finding.kind), name(&finding.action))
}

#[test]
fn no_event_has_a_wrong_day_or_hour() {
    let Some(root) = data() else { return };
    let dockets = dockets(&root);
    let mut expected: BTreeMap<(&str, usize), BTreeSet<String>> = BTreeMap::new();
    for line in LABELS.lines().skip(1) {
        let [file, entry, label] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let labels = expected.entry((file, entry.parse().unwrap())).or_default();
        if label != "-" {
            labels.insert(label.to_owned());
        }
    }
    let (mut wrong, mut missed, mut right) = (Vec::new(), Vec::new(), 0);
    for ((file, position), labels) in &expected {
        let (docket, _) = &dockets[*file];
        let entry = docket.entries.iter().find(|entry| entry.position == *position).unwrap();
        let found: BTreeSet<String> = hearing::find(entry).findings.iter().map(short).collect();
        right += found.intersection(labels).count();
        wrong.extend(found.difference(labels).map(|one| format!("{file} {position}: {one}, not {labels:?}")));
        missed.extend(labels.difference(&found).map(|one| format!("{file} {position}: {one}")));
    }
    println!("labelled entries: {}, in {} dockets", expected.len(), files(&expected));
    println!("recall: {right} of {} events found; missed: {}", right + missed.len(), missed.join(", "));
    assert_eq!(wrong, [""; 0], "kind, action, day and hour must be those of the labels");
    assert!(right * 100 >= (right + missed.len()) * 95, "recall fell: {missed:#?}");
}

fn files(expected: &BTreeMap<(&str, usize), BTreeSet<String>>) -> usize {
    expected.keys().map(|(file, _)| file).collect::<HashSet<_>>().len()
}

#[test]
fn every_docket_is_read_and_every_attachment_list_left_out() {
    let Some(root) = data() else { return };
    let (mut taken, mut lists, mut refused) = (0, 0, Vec::new());
    let (mut entries, mut documents, mut sealed, mut report) = (0, 0, 0, Report::default());
    let (mut events, mut steps) = (0, 0);
    for found in read::all(&root) {
        match found.reading {
            Reading::LeftOut(issue) if issue.code == Code::AttachmentList => {
                assert!(found.file.starts_with("attachments/") && !issue.sentence.is_empty());
                lists += 1;
            }
            Reading::LeftOut(issue) => assert_eq!(issue.code, Code::NotJson),
            Reading::Refused(issue) => refused.push(issue),
            Reading::Docket(docket, issues) => {
                taken += 1;
                let plan = plan::of(&found.file, *docket, issues);
                report.issues.extend(plan.issues);
                events += plan.lives.len();
                steps += plan.lives.iter().map(|life| life.steps.len() - 1).sum::<usize>();
                entries += plan.entries.len();
                documents +=
                    plan.entries.iter().filter(|one| matches!(one.content, Content::Document(_))).count();
                sealed += plan.entries.iter().filter(|one| one.restriction.is_some()).count();
            }
        }
    }
    println!(
        "dockets: {taken}; entries: {entries}; documents: {documents}; events: {events}; changes: {steps}"
    );
    println!("to review: {}, of which sealed words: {sealed}", report.count(Severity::Review));
    assert_eq!(refused, []);
    assert_eq!((taken, lists, entries), (94, 112, 4852));
    assert_eq!(report.count(Severity::Refused), 0);
    assert!(report.text().contains(" to review, "));
}

#[test]
fn keys_and_uids_are_unique_and_survive_newcomers() {
    let Some(root) = data() else { return };
    for (file, (docket, _)) in dockets(&root) {
        let keys = key::of_entries(&docket);
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), docket.entries.len(), "{file}");
        // What an earlier import saw: all but the newest third, which stands at the one end or the other.
        let order = chain::order(&docket);
        let kept: BTreeSet<usize> = order[..order.len() * 2 / 3].iter().copied().collect();
        let earlier = Docket {
            entries: kept.iter().map(|row| docket.entries[*row].clone()).collect(),
            ..docket.clone()
        };
        let before = key::of_entries(&earlier);
        for (was, row) in before.iter().zip(&kept) {
            assert_eq!(was, &keys[*row], "{file} {row}");
        }
        let uids = |docket: &Docket| -> BTreeSet<String> {
            chain::lives(&file, docket).0.into_iter().map(|life| life.digest).collect()
        };
        let (was, is) = (uids(&earlier), uids(&docket));
        assert!(was.is_subset(&is), "{file}: an event known before has another uid now");
    }
}

#[test]
fn every_court_has_a_name_and_a_zone() {
    let Some(root) = data() else { return };
    let ids: BTreeSet<String> = dockets(&root).into_values().map(|(docket, _)| docket.court).collect();
    assert_eq!(ids.len(), 51);
    for id in ids {
        assert!(courts::find(&id).is_some_and(|court| !court.name.is_empty()), "{id}");
    }
}

#[test]
fn sealed_entries_go_to_review_and_their_twins_too() {
    let Some(root) = data() else { return };
    let dockets = dockets(&root);
    let said = |file: &str, number: &str| {
        let entries = &dockets[file].0.entries;
        let entry = entries.iter().find(|entry| entry.number.as_deref() == Some(number)).unwrap();
        sealing::find(entry)
    };
    for number in ["588", "589", "590", "179"] {
        assert!(said("district/dcd_3.json", number).is_some(), "{number}");
    }
    let until = said("bankruptcy/cacb_10.json", "52").unwrap().until.unwrap();
    assert_eq!(until.to_string(), "2010-03-17");
}

/// The life whose first step is the entry of that number.
fn life(docket: &Docket, number: &str) -> Vec<String> {
    let (lives, _) = chain::lives("a", docket);
    let begun = |life: &&chain::Life| life.steps[0].entry.as_deref() == Some(number);
    let life = lives.iter().find(begun).unwrap();
    let show = |step: &chain::Step| {
        let day = step.after.day.map_or("-".to_owned(), |day| day.to_string());
        let time = step.after.time.map_or("-".to_owned(), |time| time.format("%H:%M").to_string());
        format!("{} {} {day} {time}", step.entry.as_deref().unwrap_or("-"), name(&step.after.status))
    };
    life.steps.iter().map(show).collect()
}

#[test]
fn known_lives_are_whole() {
    let Some(root) = data() else { return };
    let dockets = dockets(&root);
    let docket = |file: &str| &dockets[file].0;
    let cand = docket("recap-ia/cand_287492.json");
    let expected = [
        "15 CONFIRMED 2015-07-07 09:00",
        "28 CONFIRMED 2015-07-31 10:00",
        "31 CONFIRMED 2015-08-28 10:00",
        "36 CANCELLED 2015-08-28 10:00",
    ];
    assert_eq!(life(cand, "15"), expected);
    let expected =
        ["7 CONFIRMED 2015-08-11 10:00", "25 CONFIRMED 2015-08-14 10:00", "32 CONFIRMED 2015-09-25 10:00"];
    assert_eq!(life(cand, "7")[..3], expected);
    let deb = docket("bankruptcy/deb_17.json");
    assert_eq!(life(deb, "153"), ["153 CONFIRMED 2010-01-29 09:30", "165 CONFIRMED 2010-01-29 11:00"]);
    assert_eq!(life(deb, "112"), ["112 TO_BE_SET - -"]);
    assert_eq!(life(docket("bankruptcy/nvb_3.json"), "996"), ["996 CONFIRMED 2010-02-12 09:00"]);
}
