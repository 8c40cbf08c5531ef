//! Keys of firms' servers: what each reaches, and how it ends.
use std::collections::BTreeSet;

use chrono::{NaiveDateTime, TimeDelta};
use portico::{
    people::key::{self, Created, NewKey},
    policy::Role,
    store::Engine,
};
use serde_json::{Value, json};

use crate::{
    commands::portico,
    harness::{Answer, Content, World, loaded, on_both, today},
    raw::Raw,
};

const WHO: &str = "{ viewer { role rolesHeld person { name staffRole } firm { slug } } }";
/// Mia's case.
const OKAFOR: &str = "7Q4K-M2";
const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);
/// All that hangs on a case, each with its case.
const ALL: &str = "{
  cases(first: 100) { nodes { id } }
  events(first: 100) { nodes { id case { id } } }
  documents(first: 100) { nodes { id case { id } } }
  tasks(first: 100) { nodes { id case { id } } }
  correspondence(first: 100) { nodes { id case { id } } }
  invoices(first: 100) { nodes { id case { id } } }
  payments(first: 100) { nodes { id case { id } } }
}";

async fn made(
    world: &World,
    service: &str,
    role: Role,
    cases: Option<&[&str]>,
    ends: Option<NaiveDateTime>,
) -> Created {
    let cases = cases.map(|cases| cases.iter().map(|case| (*case).to_owned()).collect::<Vec<_>>());
    let new = NewKey { service, role, cases: cases.as_deref(), expires_at: ends };
    key::create(&world.store, "castellan", &new, today()).await.unwrap()
}

async fn ask(world: &World, token: &str, query: &str) -> Answer {
    world.post(Some(token), &json!({ "query": query })).await
}

#[track_caller]
fn is_nobody(answer: &Answer) {
    assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHENTICATED"), "{}", answer.body);
    assert!(!answer.body.contains("data"));
}

/// The ids of each list, and the cases that they hang on.
fn gathered(answer: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut ids, mut cases) = (BTreeSet::new(), BTreeSet::new());
    for (list, rows) in answer.as_object().unwrap() {
        for row in rows["nodes"].as_array().unwrap() {
            let id = row["id"].as_str().unwrap();
            ids.insert(format!("{list} {id}"));
            cases.insert(if list == "cases" { id } else { row["case"]["id"].as_str().unwrap() }.to_owned());
        }
    }
    (ids, cases)
}

async fn id_of(world: &World, reference: &str) -> String {
    let sql = format!("SELECT id AS text FROM cases WHERE reference = '{reference}'");
    Raw::open(&world.database).await.texts(&sql).await.pop().unwrap()
}

#[test]
fn a_key_of_the_firm_acts_in_its_role_as_its_own_person() {
    on_both(async |world| {
        let key = made(&world, "intake", Role::Attorney, None, None).await;
        assert!(key.token.starts_with("ptk_live_") && key.token.len() == 52, "what scanners look for");
        let viewer = ask(&world, &key.token, WHO).await.data()["viewer"].clone();
        assert_eq!(viewer["rolesHeld"], json!(["ATTORNEY"]));
        assert_eq!(viewer["person"], json!({ "name": "intake (service)", "staffRole": "ATTORNEY" }));
        assert_eq!(viewer["firm"]["slug"], "castellan");
        assert_eq!(ask(&world, &key.token, ALL).await.data(), world.ask(NORA, ALL).await.data());
        let other = world.request(reqwest::Method::POST, "/graphql").bearer_auth(&key.token);
        let other = other.header("portico-role", "admin").json(&json!({ "query": WHO }));
        assert_eq!(world.send(other).await.code(), "ROLE_NOT_HELD");
    });
}

#[test]
fn a_key_of_a_case_reaches_that_case_and_no_other() {
    on_both(async |world| {
        let key = made(&world, "sync", Role::Attorney, Some(&[OKAFOR]), None).await;
        let case = id_of(&world, OKAFOR).await;
        let (whole, all_cases) = gathered(&world.ask(NORA, ALL).await.data());
        let (mine, cases) = gathered(&ask(&world, &key.token, ALL).await.data());
        assert_eq!(cases, BTreeSet::from([case.clone()]));
        assert!(mine.len() > 10 && mine.is_subset(&whole) && all_cases.len() > 2);
        // Everything else of the firm, by its id: as if it had never been.
        for line in whole.difference(&mine).filter(|line| !line.starts_with("cases ")).chain(&whole) {
            let id = line.split(' ').nth(1).unwrap();
            let node = ask(&world, &key.token, &format!("{{ node(id: \"{id}\") {{ id }} }}")).await.data();
            assert_eq!(node["node"].is_null(), !mine.contains(line), "{line}");
        }
        // Who is in no case of the key's is nobody whom it knows.
        let people = "{ people(first: 100) { nodes { name } } }";
        let named = |answer: Value| -> BTreeSet<String> {
            let nodes = answer["people"]["nodes"].as_array().unwrap().clone();
            nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
        };
        let (few, many) = (
            named(ask(&world, &key.token, people).await.data()),
            named(world.ask(NORA, people).await.data()),
        );
        assert!(
            few.contains("Mia Okafor") && few.contains("sync (service)") && !few.contains("Grace Whitlow"),
            "{few:?}"
        );
        assert!(few.len() < many.len() && few.is_subset(&many));
        // Sums count what a list would show.
        let balances = "{ billing { balances { outstanding { amount } invoiced { amount } } } }";
        let shown = ask(&world, &key.token, balances).await.data();
        assert!(!shown["billing"]["balances"].as_array().unwrap().is_empty());
        assert_ne!(shown, world.ask(NORA, balances).await.data());
    });
}

#[test]
fn a_key_that_names_no_case_any_more_reaches_nothing() {
    on_both(async |world| {
        let key = made(&world, "sync", Role::Attorney, Some(&[OKAFOR]), None).await;
        assert!(!gathered(&ask(&world, &key.token, ALL).await.data()).0.is_empty());
        Raw::open(&world.database).await.run("DELETE FROM firm_key_cases").await;
        assert!(gathered(&ask(&world, &key.token, ALL).await.data()).0.is_empty());
    });
}

#[test]
fn a_paralegals_key_needs_no_place_on_the_staff_and_clients_see_no_service() {
    on_both(async |world| {
        let key = made(&world, "desk", Role::Paralegal, Some(&[OKAFOR]), None).await;
        let (_, cases) = gathered(&ask(&world, &key.token, "{ cases { nodes { id } } }").await.data());
        assert_eq!(cases, BTreeSet::from([id_of(&world, OKAFOR).await]));
        let team = "{ cases { nodes { team { name } } } }";
        let mia = world.ask(("mia@okafor.example", Role::Client), team).await;
        assert!(mia.status == 200 && !mia.body.contains("service"), "{}", mia.body);
        let whole = made(&world, "hall", Role::Paralegal, None, None).await;
        assert!(gathered(&ask(&world, &whole.token, "{ cases { nodes { id } } }").await.data()).0.is_empty());
    });
}

#[test]
fn a_wall_keeps_a_service_out() {
    on_both(async |world| {
        let key = made(&world, "sync", Role::Attorney, Some(&[OKAFOR]), None).await;
        let raw = Raw::open(&world.database).await;
        raw.run("INSERT INTO ethical_walls (firm_id, id, case_id, person_id, reason, since) SELECT k.firm_id, 'wall', c.case_id, \
             k.person_id, 'canary', '2020-01-01 00:00:00' FROM firm_keys k JOIN firm_key_cases c ON c.key_id = k.id").await;
        assert!(gathered(&ask(&world, &key.token, ALL).await.data()).0.is_empty());
    });
}

#[test]
fn whatever_ends_a_key_is_one_answer_at_the_next_request() {
    on_both(async |world| {
        let told = ask(&world, "pts_nobody", WHO).await.body;
        let key = made(&world, "intake", Role::Attorney, None, Some(today() + TimeDelta::days(1))).await;
        let raw = Raw::open(&world.database).await;
        let hash = raw.texts("SELECT token_hash AS text FROM firm_keys").await.pop().unwrap();
        let session = world.token(NORA.0, NORA.1).await;
        for token in [
            hash.clone(),
            format!("ptk_live_{hash}"),
            key.token.replace("live", "test"),
            key.token.replace("ptk_", "pts_"),
            key.token[4..].to_owned(),
            format!("{}A", key.token),
            format!("{}=", key.token),
            key.id.clone(),
            session.replace("pts_", "ptk_"),
        ] {
            let answer = ask(&world, &token, WHO).await;
            is_nobody(&answer);
            assert_eq!(answer.body, told, "{token}");
        }
        for (sql, back) in [
            (
                "UPDATE people SET is_active = FALSE WHERE name = 'intake (service)'",
                "UPDATE people SET is_active = TRUE WHERE name = 'intake (service)'",
            ),
            ("UPDATE firm_keys SET revoked_at = created_at", "UPDATE firm_keys SET revoked_at = NULL"),
            ("UPDATE firm_keys SET token_hash = 'x'", &format!("UPDATE firm_keys SET token_hash = '{hash}'")),
        ] {
            ask(&world, &key.token, WHO).await.data();
            raw.run(sql).await;
            is_nobody(&ask(&world, &key.token, WHO).await);
            raw.run(back).await;
        }
        ask(&world, &key.token, WHO).await.data();
        world.is(today() + TimeDelta::hours(25));
        is_nobody(&ask(&world, &key.token, WHO).await);
    });
}

#[test]
fn two_keys_of_a_service_are_live_so_that_one_can_take_over() {
    on_both(async |world| {
        let first = made(&world, "intake", Role::Attorney, None, None).await;
        let second =
            made(&world, "intake", Role::Attorney, Some(&[OKAFOR]), Some(today() + TimeDelta::days(1))).await;
        let more = |role| NewKey { service: "intake", role, cases: None, expires_at: None };
        let refused = async |at, role| match key::create(&world.store, "castellan", &more(role), at).await {
            Ok(_) => panic!("a third key"),
            Err(fault) => fault.into_source().to_string(),
        };
        assert!(refused(today(), Role::Attorney).await.contains("revoke one first"));
        for token in [&first.token, &second.token] {
            ask(&world, token, WHO).await.data();
        }
        key::revoke(&world.store, "castellan", &first.id, today()).await.unwrap();
        assert!(key::revoke(&world.store, "castellan", &first.id, today()).await.is_err());
        is_nobody(&ask(&world, &first.token, WHO).await);
        ask(&world, &second.token, WHO).await.data();
        assert!(refused(today(), Role::Billing).await.contains("acts as attorney"));
        assert!(refused(today(), Role::Client).await.contains("staff"));
        let third = key::create(&world.store, "castellan", &more(Role::Attorney), today()).await.unwrap();
        // The second has expired by then, and gives its place up.
        key::create(&world.store, "castellan", &more(Role::Attorney), today() + TimeDelta::days(2))
            .await
            .unwrap();
        ask(&world, &third.token, WHO).await.data();
        let services = "SELECT CAST(count(*) AS TEXT) AS text FROM people WHERE name = 'intake (service)'";
        assert_eq!(Raw::open(&world.database).await.texts(services).await, ["1"], "one service, one person");
    });
}

#[test]
fn many_keys_asked_for_at_once_are_two() {
    on_both(async |world| {
        made(&world, "intake", Role::Attorney, None, None).await;
        let new = NewKey { service: "intake", role: Role::Attorney, cases: None, expires_at: None };
        let all = (0..8).map(|_| key::create(&world.store, "castellan", &new, today()));
        let all = futures_util::future::join_all(all).await;
        assert_eq!(all.iter().filter(|made| made.is_ok()).count(), 1);
    });
}

#[test]
fn a_firms_key_reaches_no_other_firm() {
    on_both(async |world| {
        let key = made(&world, "intake", Role::Attorney, None, None).await;
        let (ours, _) = gathered(&ask(&world, &key.token, ALL).await.data());
        let (theirs, _) =
            gathered(&world.ask(("vera@harborlight.example", Role::Attorney), ALL).await.data());
        assert!(!theirs.is_empty() && ours.is_disjoint(&theirs));
        let new = NewKey {
            service: "intake",
            role: Role::Attorney,
            cases: Some(&["T8LX-4J".to_owned()]),
            expires_at: None,
        };
        assert!(key::create(&world.store, "castellan", &new, today()).await.is_err(), "another firm's case");
    });
}

#[test]
fn who_bears_it_is_asked_within_the_statement_that_answers_and_no_token_is_kept() {
    on_both(async |world| {
        let key = made(&world, "sync", Role::Attorney, Some(&[OKAFOR]), None).await;
        world.store.record();
        let counted = async || {
            world.store.recorded();
            ask(&world, &key.token, "{ cases { nodes { id } } }").await.data();
            world.store.recorded().len()
        };
        assert_eq!((counted().await, counted().await), (2, 1));
        let kept = "SELECT id || service || token_hash AS text FROM firm_keys";
        let kept = Raw::open(&world.database).await.texts(kept).await;
        assert!(!kept.iter().any(|line| line.contains(&key.token[9..])), "{kept:?}");
    });
}

#[test]
fn a_service_has_no_way_in_but_its_keys() {
    on_both(async |world| {
        let at = ["--firm", "castellan", "--database", &world.database];
        let open = || portico(&[&["token", "--as", "sync@service.invalid"], &at[..]].concat()).failure();
        let key = made(&world, "sync", Role::Attorney, Some(&[OKAFOR]), None).await;
        assert!(
            open().contains("sync@service.invalid is a service: it has keys and no sessions"),
            "{}",
            open()
        );
        key::revoke(&world.store, "castellan", &key.id, today()).await.unwrap();
        assert!(open().contains("is a service"));
    });
}

#[test]
fn the_operator_makes_lists_and_revokes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (database, _folder) = runtime.block_on(loaded(Engine::Sqlite, Content::Demo));
    let run = |words: &[&str]| {
        portico(&[&["key"], words, &["--firm", "castellan", "--database", &database]].concat())
    };
    let create = |more: &[&str]| run(&[&["create", "--service", "intake", "--role"], more].concat());
    for (more, word) in [
        (&["attorney"][..], "--case"),
        (&["attorney", "--case", OKAFOR, "--whole-firm"], "--case"),
        (&["client", "--whole-firm"], "staff"),
        (&["judge", "--whole-firm"], "judge"),
        (&["attorney", "--case", "NOPE"], "NOPE"),
        (&["attorney", "--whole-firm", "--days", "0"], "days"),
    ] {
        let told = create(more).failure();
        assert!(told.contains(word), "{more:?}: {told}");
    }
    assert_eq!(run(&["list"]).success(), "", "all or nothing");
    let token = create(&["attorney", "--case", OKAFOR, "--case", "2026-0240", "--days", "30"]).success();
    create(&["attorney", "--whole-firm"]).success();
    let listed = run(&["list"]).success();
    assert!(listed.lines().count() == 2 && !listed.contains(token.trim()), "{listed}");
    assert!(
        listed.contains("the firm") && listed.contains("until revoked") && listed.contains("attorney"),
        "{listed}"
    );
    let id = listed.split_whitespace().nth(1).unwrap().to_owned();
    run(&["revoke", &id]).success();
    run(&["revoke", &id]).failure();
    assert!(run(&["list"]).success().contains("revoked 20"));
}
