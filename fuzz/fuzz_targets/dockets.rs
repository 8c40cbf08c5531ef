//! Dockets of a court, as JSON or as lines of one: read, planned and rehearsed without a fault, each entry under a key of its
//! own, and nothing is said of them that a terminal should not see.
#![no_main]

use std::{collections::HashSet, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use portico::{
    dockets::{Intake, Target, target},
    import::{
        docket::{self, Reading},
        plan::{self, Plan},
        report::{Issue, Report},
    },
};
use portico_fuzz::{
    harness::{World, guarded, now},
    wait,
};
use serde_json::json;

/// Entries of a docket that is rehearsed as well.
const FEW: usize = 12;

static OFFICE: LazyLock<(World, Target)> = LazyLock::new(|| {
    wait(async {
        let (world, _) = guarded().await;
        let found =
            target(&world.store, "castellan", now()).await.unwrap_or_else(|fault| panic!("{fault:?}"));
        (world, found.expect("the demo's firm"))
    })
});

fuzz_target!(init: { LazyLock::force(&OFFICE) }, |bytes: &[u8]| {
    let (is_json, written) = (bytes.trim_ascii_start().starts_with(b"{"), written(bytes));
    match docket::read("a.json", if is_json { bytes } else { &written }) {
        Reading::LeftOut(issue) | Reading::Refused(issue) => {
            assert!(is_json, "{}", String::from_utf8_lossy(&written));
            told(vec![issue]);
        }
        Reading::Docket(docket, issues) => {
            let count = docket.entries.len();
            let mut plan = plan::of("a.json", *docket, issues);
            assert_eq!(plan.entries.len(), count);
            let keys: HashSet<_> = plan.entries.iter().map(|entry| &entry.key).collect();
            assert_eq!(keys.len(), count, "two entries share a key");
            let lives: HashSet<_> = plan.lives.iter().map(|life| &life.digest).collect();
            assert_eq!(lives.len(), plan.lives.len(), "two events share an id");
            if count <= FEW {
                wait(rehearsed(&mut plan));
            }
            told(plan.issues);
        }
    }
});

/// A docket with an entry for each line.
fn written(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let entries: Vec<_> = text
        .lines()
        .enumerate()
        .map(|(at, line)| json!({ "date_filed": "2020-01-02", "document_number": at.to_string(), "description": line }))
        .collect();
    let docket = json!({ "court_id": "cand", "docket_number": "3:20-cv-1", "case_name": "Birch v. Alder", "docket_entries": entries });
    docket.to_string().into_bytes()
}

async fn rehearsed(plan: &mut Plan) {
    let (world, target) = &*OFFICE;
    let intake = Intake::rehearsed(&world.store, target.clone()).await;
    let mut intake = intake.unwrap_or_else(|fault| panic!("{fault:?}"));
    let taken = intake.take("a.json", plan).await;
    let ended = intake.end().await;
    taken.unwrap_or_else(|fault| panic!("{fault:?}"));
    ended.unwrap_or_else(|fault| panic!("{fault:?}"));
}

fn told(issues: Vec<Issue>) {
    let report = Report { issues };
    assert!(report.json().is_ok(), "{report:?}");
    assert!(!report.text().contains(|c: char| c.is_control() && c != '\n'), "{}", report.text());
}
