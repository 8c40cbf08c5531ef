//! Importing dockets into the demo firm: everything internal, twice the same, and one bad file stops no other.
use std::path::{Path, PathBuf};

use portico::{
    dockets::{self, Intake, Outcome},
    import::{docket::Reading, plan, read},
    policy::Role,
    store::{Engine, Store},
};
use serde_json::json;

use crate::{
    commands::portico,
    harness::{World, on_both, today},
    raw::Raw,
};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dockets")
}

async fn import(store: &Store, path: &Path, is_dry: bool) -> (usize, Outcome) {
    let target = dockets::target(store, "castellan", today()).await.unwrap().expect("the demo's firm");
    let mut intake = if is_dry {
        Intake::rehearsed(store, target).await.unwrap()
    } else {
        Intake::for_real(store, target)
    };
    let (mut count, mut total) = (0, Outcome::default());
    for found in read::all(path) {
        let Reading::Docket(docket, issues) = found.reading else { continue };
        let mut plan = plan::of(&found.file, *docket, issues);
        total.add(&intake.take(&found.file, &mut plan).await.unwrap());
        count += 1;
    }
    intake.end().await.unwrap();
    (count, total)
}

async fn cases(world: &World) -> usize {
    let answer = world.ask(NORA, "{ cases(first: 100) { nodes { id } } }").await.data();
    answer["cases"]["nodes"].as_array().unwrap().len()
}

#[test]
fn a_dry_run_says_what_it_would_do_and_changes_nothing() {
    on_both(async |world| {
        let before = cases(&world).await;
        let (count, dry) = import(&world.store, &fixtures(), true).await;
        assert!(count >= 7 && dry.cases == count && dry.entries > 10 && dry.documents > 0, "{count} {dry:?}");
        assert_eq!(cases(&world).await, before);
        let (_, wet) = import(&world.store, &fixtures(), false).await;
        assert_eq!(wet, dry);
        assert_eq!(cases(&world).await, before + count);
    });
}

/// A folder with these files.
fn folder(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// A docket of the Northern District of California with these entries.
fn docket(number: &str, entries: &[String]) -> String {
    let entries = entries.join(", ");
    format!(
        r#"{{"court_id": "cand", "docket_number": "{number}", "case_name": "Birch v. Alder", "docket_entries": [{entries}]}}"#
    )
}

fn entry(number: usize, text: &str) -> String {
    format!(r#"{{"document_number": "{number}", "date_filed": "2020-01-02", "description": "{text}"}}"#)
}

#[test]
fn a_docket_that_is_there_twice_is_rehearsed_as_it_is_written() {
    let first = docket("3:20-cv-1", &[entry(1, "COMPLAINT"), entry(2, "ANSWER")]);
    let later = docket("3:20-cv-1", &[entry(1, "COMPLAINT"), entry(2, "ANSWER"), entry(3, "REPLY")]);
    let files =
        [("a.json", first.clone()), ("b.json", first), ("c.json", later), ("d.json", docket("2", &[]))];
    let folder = folder(&files);
    on_both(async |world| {
        let (_, dry) = import(&world.store, folder.path(), true).await;
        assert_eq!((dry.cases, dry.entries, dry.known_entries), (2, 3, 4));
        assert_eq!(import(&world.store, folder.path(), false).await.1, dry);
    });
}

/// How many events the dockets speak of, before anything is written.
fn lives(path: &Path) -> usize {
    let dockets = read::all(path).filter_map(|found| match found.reading {
        Reading::Docket(docket, issues) => Some(plan::of(&found.file, *docket, issues).lives.len()),
        Reading::LeftOut(_) | Reading::Refused(_) => None,
    });
    dockets.sum()
}

#[test]
fn a_line_that_sets_several_hearings_sets_each_of_them() {
    let omnibus = "ORDER SCHEDULING OMNIBUS HEARINGS. Hearing scheduled for 5/22/2020 at 11:30 AM. Hearing scheduled for \
                   6/11/2020 at 10:00 AM. Hearing scheduled for 7/13/2020 at 11:30 AM.";
    let folder = folder(&[("a.json", docket("3:20-cv-1", &[entry(1, omnibus), entry(2, "ANSWER")]))]);
    assert_eq!(lives(folder.path()), 3, "what is read is what is to be written");
    on_both(async |world| {
        let (_, first) = import(&world.store, folder.path(), false).await;
        assert_eq!(first.events, 3);
        let (_, second) = import(&world.store, folder.path(), false).await;
        assert_eq!(second, Outcome { known_entries: 2, ..Outcome::default() });
        let raw = Raw::open(&world.database).await;
        let starts = "SELECT CAST(given_start AS TEXT) AS text FROM events e JOIN docket_lives l ON l.event_id = e.id ORDER BY 1";
        let starts = raw.texts(starts).await.join(" ");
        for day in ["2020-05-22 11:30", "2020-06-11 10:00", "2020-07-13 11:30"] {
            assert!(starts.contains(day), "{starts}");
        }
        // Court and number can't be tried out against what calendars are told.
        let told = "SELECT uid AS text FROM events e JOIN docket_lives l ON l.event_id = e.id WHERE uid LIKE '%@%' OR uid LIKE l.life || '%'";
        assert_eq!(raw.texts(told).await, Vec::<String>::new());
    });
}

#[test]
fn a_head_that_changed_is_told_once_and_changes_nothing() {
    let with =
        |ended: &str| docket("3:20-cv-1", &[entry(1, "COMPLAINT")]).replacen('{', &format!("{{{ended}"), 1);
    let (open, closed) = (with(""), with("\"date_terminated\": \"2021-01-02\", "));
    on_both(async |world| {
        let take = async |text: &str| {
            let folder = folder(&[("a.json", text.to_owned())]);
            import(&world.store, folder.path(), false).await.1
        };
        assert_eq!(take(&open).await.reviews, 0);
        assert_eq!(take(&closed).await, Outcome { known_entries: 1, reviews: 1, ..Outcome::default() });
        assert_eq!(take(&closed).await, Outcome { known_entries: 1, ..Outcome::default() });
        // Back to what it was, and there again, is asked each time.
        for text in [&open, &closed] {
            assert_eq!(take(text).await, Outcome { known_entries: 1, reviews: 1, ..Outcome::default() });
        }
        let found = world
            .ask(NORA, "{ cases(first: 100) { nodes { number status docketReviews { code } } } }")
            .await
            .data();
        let case = found["cases"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|case| case["number"] == "cand 3:20-cv-1");
        let case = case.expect("the case");
        assert_eq!(
            (&case["status"], &case["docketReviews"]),
            (&json!("OPEN"), &json!(vec![json!({ "code": "HEAD_CHANGED" }); 3]))
        );
    });
}

/// What `portico import` prints, of files in a folder.
fn told(world: &World, folder: &Path, options: &[&str]) -> String {
    let path = folder.to_str().unwrap();
    let arguments = ["import", "dockets", path, "--firm", "castellan", "--database", &world.database];
    let ended = portico(&[arguments.as_slice(), options].concat());
    // One file that is refused stops no other, and is no success.
    assert_eq!(ended.is_success, !ended.err.contains("files were refused"), "{}", ended.err);
    ended.out
}

#[test]
fn both_engines_refuse_the_same_rows_at_the_same_places_and_take_the_rest() {
    let widest =
        ["Hearing set for 3/4/2020 at 9:00 AM in Courtroom 5. SEALED. ", "MOTION to Seal filed by Birch. "]
            .map(|words| words.repeat(64 * 1024 / words.len()));
    let rows = [
        entry(1, "COMPLAINT"),
        entry(2, &"x".repeat(3_000_000)),
        entry(3, r"ORDER\u0000 granting"),
        entry(4, &widest[0]),
        entry(5, &widest[1]),
        format!(r#"{{"pacer_doc_id": "{}", "date_filed": "2020-01-02"}}"#, "1".repeat(3000)),
        entry(6, "ANSWER"),
    ];
    let folder = folder(&[
        ("a.json", docket("3:20-cv-1", &rows)),
        ("b\n\u{1b}[31m.json", docket(r"3:20-cv-2\u0000", &rows)),
        ("c.json", docket("3:20-cv-3", &[entry(1, "COMPLAINT")])),
    ]);
    let reports = std::sync::Mutex::new(Vec::new());
    on_both(async |world| {
        let report = told(&world, folder.path(), &["--json"]);
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let refused: Vec<_> = report["issues"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|issue| issue["severity"] == "refused")
            .map(|issue| {
                (issue["code"].as_str().unwrap().to_owned(), issue["path"].as_str().unwrap().to_owned())
            })
            .collect();
        let expected = [
            ("TEXT_TOO_LONG", "docket_entries[1].description"),
            ("BAD_TEXT", "docket_entries[2].description"),
            ("TEXT_TOO_LONG", "docket_entries[5].pacer_doc_id"),
            ("BAD_TEXT", "docket_number"),
        ];
        assert_eq!(refused, expected.map(|(code, path)| (code.to_owned(), path.to_owned())));
        assert_eq!(
            (&report["added"]["cases"], &report["added"]["entries"]),
            (&json!(2), &json!(5)),
            "{report}"
        );
        let text = told(&world, folder.path(), &["--dry-run"]);
        assert!(text.contains("b\\n\\u{1b}[31m.json\n"), "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\0'), "{text}");
        reports.lock().unwrap().push(report);
    });
    let reports = reports.into_inner().unwrap();
    assert!(reports.windows(2).all(|pair| pair[0] == pair[1]), "the engines tell different things");
}

#[test]
fn what_the_database_refuses_is_told_without_its_words() {
    let folder = folder(&[("a.json", docket("3:20-cv-1", &[entry(1, "COMPLAINT")]))]);
    on_both(async |world| {
        let spoil = match world.engine {
            Engine::Sqlite => "DROP TABLE docket_entries",
            Engine::Postgres => "DROP TABLE docket_entries CASCADE",
        };
        let mut transaction = world.store.unscoped("a test spoils a table").begin().await.unwrap();
        transaction.execute(diesel::sql_query(spoil)).await.unwrap();
        transaction.commit().await.unwrap();
        let path = folder.path().to_str().unwrap();
        let ended =
            portico(&["import", "dockets", path, "--firm", "castellan", "--database", &world.database]);
        assert!(
            ended.out.contains("refused NOT_WRITTEN The database refused it; nothing of it was written.")
        );
        assert!(!ended.out.contains("docket_entries"), "{}", ended.out);
        assert!(!ended.is_success && ended.err.contains("a.json: "), "{}", ended.err);
    });
}

#[test]
fn a_second_import_changes_nothing_and_tells_nobody_of_it() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let told = async || {
            raw.texts("SELECT subject_id || ' ' || CAST(version AS TEXT) AS text FROM change_feed ORDER BY 1")
                .await
        };
        let before = told().await;
        let (_, first) = import(&world.store, &fixtures(), false).await;
        let heard = told().await;
        assert_eq!(heard.len(), before.len() + first.cases);
        let (_, second) = import(&world.store, &fixtures(), false).await;
        assert_eq!(second, Outcome { known_entries: first.entries, ..Outcome::default() });
        assert_eq!(told().await, heard);
    });
}

#[test]
fn imports_at_once_take_every_docket_in_once() {
    const COUNT: usize = 40;
    let entries = [entry(1, "COMPLAINT"), entry(2, "ANSWER"), entry(3, "REPLY")];
    let files: Vec<_> = (0..COUNT).map(|number| docket(&format!("3:20-cv-{number}"), &entries)).collect();
    let names: Vec<_> = (0..COUNT).map(|number| format!("{number:02}.json")).collect();
    let files: Vec<_> = names.iter().map(String::as_str).zip(files).collect();
    let folder = folder(&files);
    on_both(async |world| {
        let import = || {
            let report: serde_json::Value =
                serde_json::from_str(&told(&world, folder.path(), &["--json"])).unwrap();
            assert_eq!(report["issues"], json!([]));
            ["cases", "entries", "known_entries"].map(|count| report["added"][count].as_u64().unwrap())
        };
        let reports = std::thread::scope(|scope| {
            [(); 3].map(|()| scope.spawn(import)).map(|import| import.join().unwrap())
        });
        let sum = |what: usize| reports.iter().map(|report| report[what]).sum::<u64>();
        assert_eq!([sum(0), sum(1), sum(2)], [40, 120, 240], "{reports:?}");
    });
}

#[test]
fn who_imports_does_not_wait_for_a_rehearsal_of_other_dockets() {
    let rehearsed = folder(&[("a.json", docket("3:20-cv-1", &[entry(1, "COMPLAINT")]))]);
    let written = folder(&[("a.json", docket("3:20-cv-2", &[entry(1, "COMPLAINT")]))]);
    on_both(async |world| {
        if world.engine == Engine::Sqlite {
            return; // A file has one writer.
        }
        let target = dockets::target(&world.store, "castellan", today()).await.unwrap().unwrap();
        let mut intake = Intake::rehearsed(&world.store, target).await.unwrap();
        for found in read::all(rehearsed.path()) {
            let Reading::Docket(docket, issues) = found.reading else { panic!("it is one") };
            let mut plan = plan::of(&found.file, *docket, issues);
            intake.take(&found.file, &mut plan).await.unwrap();
        }
        let real = import(&world.store, written.path(), false);
        let real = tokio::time::timeout(std::time::Duration::from_secs(5), real).await;
        assert_eq!(real.expect("it waits for the rehearsal").1.cases, 1);
        intake.end().await.unwrap();
    });
}

#[test]
fn clients_see_nothing_of_an_import_and_the_attorney_sees_all_of_it() {
    on_both(async |world| {
        let before = world.ask(MIA, "{ cases { nodes { id documents { nodes { id } } } } }").await.body;
        import(&world.store, &fixtures(), false).await;
        assert_eq!(
            world.ask(MIA, "{ cases { nodes { id documents { nodes { id } } } } }").await.body,
            before
        );
        let query = "{ cases(first: 100) { nodes { number participants { id } parties { name } docketReviews { code }
            docketEntries(first: 3) { nodes { text document { legalTitle publication { state } } } }
            events(first: 5) { nodes { startsAt publication { state } proposedChanges { newStatus } } } } } }";
        let found = world.ask(NORA, query).await.data();
        let imported: Vec<_> = found["cases"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|case| !case["docketEntries"]["nodes"].as_array().unwrap().is_empty())
            .collect();
        assert!(imported.len() >= 7);
        for case in &imported {
            assert_eq!(case["participants"], json!([]), "a party became a participant");
        }
        assert!(imported.iter().any(|case| !case["docketReviews"].as_array().unwrap().is_empty()));
        assert!(!found.to_string().contains("PUBLISHED") || before.contains("id"));
    });
}

#[test]
fn the_real_dockets_are_taken_in_whole_and_twice_the_same() {
    let Ok(data) = std::env::var("PORTICO_TEST_DATA") else {
        println!("PORTICO_TEST_DATA is not set: the real dockets were not imported");
        return;
    };
    let path = Path::new(&data).join("dockets");
    on_both(async |world| {
        let begun = std::time::Instant::now();
        let (count, first) = import(&world.store, &path, false).await;
        println!("{:?}: {count} dockets in {:?}: {first:?}", world.engine, begun.elapsed());
        assert_eq!((count, first.cases, first.entries, first.events), (94, 94, 4852, lives(&path)));
        // Changes wait in the order of the lines that they were read in.
        let raw = Raw::open(&world.database).await;
        let changes = "SELECT p.event_id || '|' || CAST(coalesce(e.entered_on, e.filed_on) AS TEXT) AS text \
                       FROM proposed_event_changes p JOIN events v ON v.id = p.event_id \
                       JOIN docket_entries e ON e.case_id = v.case_id AND e.entry_key = p.source \
                       ORDER BY p.event_id, p.proposed_at";
        let changes = raw.texts(changes).await;
        assert!(changes.len() > 100 && changes.is_sorted(), "{} changes", changes.len());
        let (_, second) = import(&world.store, &path, false).await;
        assert_eq!(second, Outcome { known_entries: first.entries, ..Outcome::default() });
        let mia = world.ask(MIA, "{ cases(first: 100) { nodes { id } } }").await.data();
        assert_eq!(mia["cases"]["nodes"].as_array().unwrap().len(), 1);
    });
}
