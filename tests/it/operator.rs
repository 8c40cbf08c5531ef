//! What an operator does first, and how the program answers where something is missing.
use std::{
    path::Path,
    process::{Command, Stdio},
};

use portico::store::{Engine, Store};
use serde_json::json;

use crate::{
    cluster::cluster,
    commands::portico,
    harness::{on_engines, url},
};

/// An empty database of an engine: for SQLite a file that is not there yet.
fn empty(engine: Engine, name: &str) -> (String, Option<tempfile::TempDir>) {
    match engine {
        Engine::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            (format!("sqlite:{}", folder.path().join("empty.sqlite").display()), Some(folder))
        }
        Engine::Postgres => (url(&cluster().unwrap().database(name)), None),
    }
}

/// One use of each command that needs a database.
const NEEDY: [&[&str]; 10] = [
    &["token", "--as", "nora@firm.example"],
    &["import", "dockets", "tests/fixtures/dockets", "--firm", "castellan"],
    &["import", "dockets", "tests/fixtures/dockets", "--firm", "castellan", "--dry-run"],
    &["trusted", "list"],
    &["firm", "origins", "list", "--firm", "castellan"],
    &["firm", "add", "castellan", "--name", "Castellan", "--time-zone", "America/New_York"],
    &["person", "add", "--firm", "castellan", "--email", "nora@firm.example", "--name", "Nora"],
    &["issuer", "list", "--firm", "castellan"],
    &["key", "list", "--firm", "castellan"],
    &["serve", "--listen", "127.0.0.1:0"],
];

#[test]
fn a_database_that_is_not_there_is_told_in_words_and_not_made() {
    on_engines(async |engine| {
        let (database, folder) = empty(engine, "operator_nothing");
        for command in NEEDY {
            let told = portico(&[command, &["--database", &database]].concat()).failure();
            assert!(told.contains("there is no database at ") && told.contains("portico migrate"), "{told}");
            assert!(!told.contains("no such table") && !told.contains("relation"), "{told}");
        }
        if let Some(folder) = &folder {
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a file was left behind");
            std::fs::write(folder.path().join("empty.sqlite"), "").unwrap();
            let told = portico(&["token", "--as", "nora", "--database", &database]).failure();
            assert!(told.contains("there is no database at "), "{told}");
        }
        portico(&["migrate", "--database", &database]).success();
        portico(&["migrate", "--database", &database, "--revert", "1", "--yes"]).success();
        for command in NEEDY {
            let told = portico(&[command, &["--database", &database]].concat()).failure();
            assert!(told.contains("has not taken the step") && told.contains("portico migrate"), "{told}");
        }
    });
}

#[test]
fn taking_back_what_was_never_taken_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("empty.sqlite").display());
    let told = portico(&["migrate", "--database", &database, "--revert", "1", "--yes"]).failure();
    assert!(told.contains("there is no database at "), "{told}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_pipe_that_nobody_reads_ends_a_command_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("pipe.sqlite").display());
    for arguments in [
        &["schema"][..],
        &["schema", "--role", "client"],
        &["policy", "matrix"],
        &["policy", "explain", "client", "Case.title"],
        &["migrate", "--database", &database],
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_portico"))
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap()), (Some(0), String::new()));
    }
    assert!(portico(&["migrate", "--database", &database]).success().contains("nothing to do"));
}

#[test]
fn a_database_that_cannot_hold_every_letter_is_refused_with_the_mend() {
    let Some(cluster) = cluster() else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let database = url(&cluster.database_in(encoding, &format!("operator_{encoding}")));
        let refused = |command| {
            let told = portico(&[command, "--database", &database]).failure();
            assert!(told.contains(&format!("keeps text in {encoding}")), "{told}");
            assert!(told.contains("CREATE DATABASE portico TEMPLATE template0 ENCODING 'UTF8'"), "{told}");
        };
        refused("migrate");
        // As if an earlier version had made its tables there.
        runtime.block_on(async {
            let record =
                "CREATE TABLE __diesel_schema_migrations (version TEXT PRIMARY KEY, run_on TIMESTAMP)";
            crate::raw::Raw::open(&database).await.run(record).await;
        });
        refused("serve");
    }
}

#[test]
fn why_something_cannot_be_opened_is_said_once() {
    let refused = portico(&["migrate", "--database", "postgres://u:secret@127.0.0.1:1/x"]).failure();
    assert!(refused.contains("Connection refused") && refused.contains("127.0.0.1:1"), "{refused}");
    assert!(!refused.contains("secret"), "{refused}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let told = portico(&["demo", "--dir", file.join("below").to_str().unwrap(), "--port", "0"]).failure();
    assert_eq!(told.matches("os error").count(), 1, "{told}");
}

#[test]
fn a_server_on_a_unix_socket_is_named_by_its_folder() {
    let Some(cluster) = cluster() else { return };
    let database = url(&cluster.database("operator_socket"));
    let (user, rest) = database.split_once("@/").unwrap();
    let (name, folder) = rest.split_once("?host=").unwrap();
    let database = format!("{user}@{folder}/{name}");
    assert!(database.contains("@%2F"), "{database}");
    assert!(portico(&["migrate", "--database", &database]).success().contains("took "));
    let help = portico(&["migrate", "--help"]).success();
    assert!(help.contains("postgres://USER@%2Frun%2Fpostgresql/NAME"), "{help}");
}

#[test]
fn a_firm_and_its_people_are_added_once() {
    on_engines(async |engine| {
        let (database, _folder) = empty(engine, "operator_adds");
        let run = |arguments: &[&str]| portico(&[arguments, &["--database", &database]].concat());
        run(&["migrate"]).success();
        let firm = |slug, name, zone| run(&["firm", "add", slug, "--name", name, "--time-zone", zone]);
        let zone = "America/New_York";
        for (slug, name, zone, word) in [
            ("Castellan", "Castellan", zone, "lower case"),
            ("castellan", " ", zone, "1 to 200"),
            ("castellan", "Castellan", "America/NewYork", "America/New_York"),
            ("castellan", "Castellan", "new york", "America/New_York"),
            ("castellan", "Castellan", "Middle-earth", "looks like"),
        ] {
            let told = firm(slug, name, zone).failure();
            assert!(told.contains(word), "{told}");
        }
        assert_eq!(firm("castellan", "Castellan", zone).success(), "castellan is added\n");
        assert_eq!(firm("castellan", "Castellan", zone).success(), "castellan was there already\n");
        let told = firm("castellan", "Other", zone).failure();
        assert!(told.contains("castellan is there already: Castellan, in America/New_York"), "{told}");
        let person = |email, name, role: &[&str]| {
            let fixed = ["person", "add", "--firm", "castellan", "--email", email, "--name", name];
            run(&[fixed.as_slice(), role].concat())
        };
        let (nora, mia) = ("nora@firm.example", "mia@home.example");
        for (email, name, role, word) in [
            ("Nora@firm.example", "Nora", &["--role", "attorney"][..], "lower case"),
            ("nora", "Nora", &["--role", "attorney"], "lower case"),
            (nora, "No\nra", &["--role", "attorney"], "one line"),
            (nora, "Nora", &["--role", "judge"], "judge"),
            (mia, "Mia", &["--role", "client"], "a part in a case"),
        ] {
            let told = person(email, name, role).failure();
            assert!(told.contains(word), "{told}");
        }
        let attorney = &["--role", "attorney"][..];
        assert!(person(nora, "Nora", attorney).success().contains("added as attorney"));
        assert!(person(nora, "Nora", attorney).success().contains("was there already"));
        for role in [&[][..], &["--role", "admin"]] {
            assert!(person(nora, "Nora", role).failure().contains("is there already: Nora, attorney"));
        }
        assert!(person(mia, "Mia", &[]).success().contains("a role comes with a part in a case"));
        assert!(person(mia, "Mia", &[]).success().contains("was there already"));
        let elsewhere = ["person", "add", "--firm", "nowhere", "--email", mia, "--name", "Mia"];
        assert!(run(&elsewhere).failure().contains("no firm has the slug nowhere"));
        assert!(run(&["token", "--as", nora]).success().trim().len() > 20);
        assert!(run(&["token", "--as", mia]).failure().contains("holds no role"));
    });
}

/// The commands of the README's block about serving, each a line.
fn commands() -> Vec<String> {
    let after = include_str!("../../README.md").split_once("## Serving a firm").unwrap().1;
    let block = after.split_once("```sh\n").unwrap().1.split_once("```").unwrap().0;
    let lines: Vec<String> = block.replace("\\\n", " ").lines().map(str::to_owned).collect();
    assert!(lines[0].starts_with("export PORTICO_DATABASE="), "{}", lines[0]);
    lines[1..].to_vec()
}

#[test]
fn the_readme_can_be_followed_from_nothing_to_a_firm_that_is_served() {
    let document = "query Home { cases(first: 5) { nodes { title } } }";
    let id = portico::trusted::manifest::sha256(document);
    let manifest = json!({ "format": "apollo-persisted-query-manifest", "version": 1,
        "operations": [{ "id": id, "name": "Home", "type": "query", "body": document }] });
    on_engines(async |engine| {
        let (database, _folder) = empty(engine, "operator_follows");
        let place = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("persisted-query-manifest.json", manifest.to_string().as_str()),
            ("home.graphql", "query Home($first: Int) { cases(first: $first) { nodes { title } } }"),
            ("home.json", r#"{ "first": 5 }"#),
            ("portico.toml", "[limits.role.client]\ncost = 20_000\n"),
        ] {
            std::fs::write(place.path().join(name), text).unwrap();
        }
        std::fs::create_dir(place.path().join("dockets")).unwrap();
        let docket = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dockets/district.json");
        std::fs::copy(docket, place.path().join("dockets/district.json")).unwrap();
        let mut served = 0;
        for line in commands() {
            if line.starts_with("portico serve") {
                served += 1;
                continue;
            }
            let ended = Command::new("sh")
                .args(["-c", &format!("set -e; portico() {{ \"$PORTICO\" \"$@\"; }}; {line}")])
                .current_dir(place.path())
                .env("PORTICO", env!("CARGO_BIN_EXE_portico"))
                .env("PORTICO_DATABASE", &database)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            assert!(ended.status.success(), "{line}: {}", String::from_utf8_lossy(&ended.stderr));
        }
        assert_eq!(served, 1);
        let store = Store::open(&database, 1).await.unwrap();
        assert!(store.unscoped("a test looks").pending().await.unwrap().is_none());
    });
}
