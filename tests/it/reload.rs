//! Another policy while the service runs: it holds from the next request on, whole, or not at all.
use std::{path::Path, sync::Arc, time::Duration};

use portico::policy::{Role, Source};
use serde_json::json;

use crate::{
    commands::{Served, portico},
    harness::{Content, World, loaded, on_both},
    raw::Raw,
};
use portico::store::Engine;

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);
const WORDS: &str = "{ cases { nodes { milestones { nodes { title whatHappened } } } } }";
pub const NARROWER: &str = "p, role:client, Milestone, whatHappened, resolve, deny\n";
const FAULTY: &str = "p, role:client, Milestone, whatHapened, resolve, allow\n";

/// The committed files, each with its text, and one more.
pub fn files(further: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "csv"))
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.push(("zz_further.csv".to_owned(), further.to_owned()));
    files
}

/// The program's own policy, and further lines.
pub fn source(further: &str) -> Source {
    Source::of(files(further).iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// The same without the wall that denies outside roles the whole firm's rows.
pub fn unwalled(further: &str) -> Source {
    let mut files = files(further);
    for (_, text) in &mut files {
        let is_left = |line: &&str| !(line.starts_with("p, role:outside, ") && line.contains("whole_firm"));
        *text = text.lines().filter(is_left).collect::<Vec<_>>().join("\n");
    }
    Source::of(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

async fn nonsense_too(world: &World) {
    let refused = world.ask(MIA, WORDS).await;
    let nonsense = world.ask(MIA, &WORDS.replace("whatHappened", "qzxjvkwqzxjv")).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body, nonsense.body.replace("qzxjvkwqzxjv", "whatHappened"));
}

#[test]
fn a_narrower_policy_holds_from_the_next_request_on_for_its_role_alone() {
    on_both(async |world| {
        let before = world.ask(MIA, WORDS).await.data();
        world.house.reload(&source(NARROWER)).await.unwrap();
        nonsense_too(&world).await;
        world.ask(NORA, WORDS).await.data();
        world.house.reload(&Source::embedded()).await.unwrap();
        assert_eq!(world.ask(MIA, WORDS).await.data(), before);
    });
}

#[test]
fn a_faulty_policy_changes_nothing() {
    on_both(async |world| {
        world.house.reload(&source(NARROWER)).await.unwrap();
        let faults = world.house.reload(&source(FAULTY)).await.unwrap_err();
        assert!(faults.to_string().contains("whatHapened"), "{faults}");
        nonsense_too(&world).await;
    });
}

/// What is asked while these policies come into force, one after the other, is withheld.
fn is_withheld(further: &'static [&'static str]) {
    on_both(async |world| {
        let world = Arc::new(world);
        world.token(MIA.0, MIA.1).await;
        let raw = Raw::open(&world.database).await;
        let gate = match world.engine {
            // Whoever asks waits between the policy's hash and the look-up of who it is.
            Engine::Sqlite => Some(world.hold().await),
            // The statement itself waits for the table.
            Engine::Postgres => {
                raw.run("BEGIN; LOCK TABLE milestones IN ACCESS EXCLUSIVE MODE").await;
                None
            }
        };
        let asking = Arc::clone(&world);
        let running = tokio::spawn(async move { asking.ask(MIA, WORDS).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!running.is_finished(), "the request waits");
        for lines in further {
            world.house.reload(&source(lines)).await.unwrap();
        }
        drop(gate);
        if world.engine == Engine::Postgres {
            raw.run("COMMIT").await;
        }
        let answer = running.await.unwrap();
        assert_eq!((answer.status, answer.code()), (503, "POLICY_CHANGED".to_owned()));
        assert!(!answer.body.contains("formally filed"), "{}", answer.body);
    });
}

#[test]
fn a_request_that_runs_while_the_policy_narrows_is_withheld() {
    is_withheld(&[NARROWER]);
}

#[test]
fn a_request_that_runs_while_the_policy_narrows_and_is_put_back_is_withheld() {
    is_withheld(&[NARROWER, ""]);
}

/// Shut by a line; asked for; the same without what is shut.
const SHUT: &[(&str, &str, &str)] = &[
    ("Milestone, whatHappened", WORDS, "{ cases { nodes { milestones { nodes { title } } } } }"),
    (
        "Case, documents(first)",
        "{ cases { nodes { documents(first: 1) { nodes { id } } } } }",
        "{ cases { nodes { documents { nodes { id } } } } }",
    ),
    (
        "Query, documents(filter)",
        "{ documents(filter: {}) { nodes { id } } }",
        "{ documents(first: 1) { nodes { id } } }",
    ),
    (
        "DocumentFilter, kind",
        "{ documents(filter: { kind: [ORDER] }) { nodes { id } } }",
        "{ documents(filter: {}) { nodes { id } } }",
    ),
    (
        "DocumentFilter, kind",
        "query($k: [DocumentKind!] = [ORDER]) { documents(filter: { kind: $k }) { nodes { id } } }",
        "query($d: Date) { documents(filter: { filedFrom: $d }) { nodes { id } } }",
    ),
    (
        "DocumentKind, ORDER",
        "{ documents(filter: { kind: [BRIEF, ORDER] }) { nodes { id } } }",
        "{ documents(filter: { kind: BRIEF }) { nodes { id } } }",
    ),
    (
        "DocumentOrder, FILED_ON_ASC",
        "{ documents(orderBy: FILED_ON_ASC) { nodes { id } } }",
        "{ documents(orderBy: FILED_ON_DESC) { nodes { id } } }",
    ),
    (
        "CaseOrder, REFERENCE_ASC",
        "query($o: CaseOrder = REFERENCE_ASC) { cases(orderBy: $o) { nodes { id } } }",
        "query($o: CaseOrder) { cases(orderBy: $o) { nodes { id } } }",
    ),
    (
        "Money, formatted(locale)",
        "{ invoices { nodes { total { formatted(locale: \"de\") } } } }",
        "{ invoices { nodes { total { formatted } } } }",
    ),
];

#[test]
fn guards_ask_the_live_policy_of_fields_arguments_and_all_that_they_name() {
    use portico::http::{House as _, RoleSchema as _};
    on_both(async |world| {
        // A schema from before, which still has what the policy shut meanwhile.
        let former = world.house.schema(Role::Client).unwrap_or_else(|problem| panic!("{problem:?}"));
        let token = world.token(MIA.0, MIA.1).await;
        let ask = async |query: &str| {
            let viewer = world.house.viewer(Some(&token), None, chrono::Utc::now()).await;
            let viewer = viewer.unwrap_or_else(|problem| panic!("{problem:?}"));
            former.execute(async_graphql::Request::new(query).data(viewer)).await
        };
        for (shut, with, without) in SHUT {
            world.house.reload(&Source::embedded()).await.unwrap();
            assert_eq!(ask(with).await.errors, [], "{with}");
            world.house.reload(&source(&format!("p, role:client, {shut}, resolve, deny\n"))).await.unwrap();
            assert_eq!(ask(without).await.errors, [], "{shut}: {without}");
            let answer = serde_json::to_value(ask(with).await).unwrap();
            assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{shut}: {with}: {answer}");
            assert!(answer["data"].is_null(), "{shut}: {answer}");
        }
    });
}

#[test]
fn to_be_told_to_read_anew_ends_no_service_that_has_nothing_to_read() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (database, _folder) = loaded(Engine::Sqlite, Content::Demo).await;
        let served = Served::start(&["serve", "--database", &database]).await;
        served.signal("HUP");
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(served.ended().is_none());
        assert!(served.stop().await);
    });
}

#[test]
fn the_program_watches_its_folder() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (database, _folder) = loaded(Engine::Sqlite, Content::Demo).await;
        let policies = tempfile::tempdir().unwrap();
        let write = |further: &str| {
            for (name, text) in files(further) {
                // Written beside and renamed over, as editors do.
                let copy = policies.path().join(format!(".{name}"));
                std::fs::write(&copy, text).unwrap();
                std::fs::rename(&copy, policies.path().join(name)).unwrap();
            }
        };
        write("");
        let token = portico(&["token", "--as", MIA.0, "--role", "client", "--database", &database]);
        let token = token.success().trim().to_owned();
        let folder = policies.path().to_str().unwrap();
        let served = Served::start(&["serve", "--database", &database, "--policies", folder]).await;
        let status = async || served.ask(&token, &json!({ "query": WORDS })).await.0;
        assert_eq!(status().await, 200);
        let becomes = async |wanted: u16| {
            for _ in 0..100 {
                if status().await == wanted {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            false
        };
        write(NARROWER);
        assert!(becomes(400).await, "the narrower policy never came into force");
        write(FAULTY);
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(status().await, 400, "a faulty policy leaves the former one in force");
        write("");
        assert!(becomes(200).await, "the mended policy never came into force");
        served.stop().await;
    });
}
