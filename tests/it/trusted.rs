//! Trusted documents: asked for by hash in every client's form, by their own role alone.
use portico::{
    http::Settings,
    policy::Role,
    trusted::{
        self,
        manifest::{Entry, sha256},
    },
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    commands::portico,
    harness::{Answer, Content, World, loaded, on_both, on_engines, today},
};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);
const HOME: &str = "query Home($n: Int) { cases(first: $n) { nodes { title } } }";
const TASKS: &str = "query Tasks { tasks(first: 1) { nodes { title } } }";
const RELAYED: &str = "5d41402abc4b2a76b9719d911017c592";

async fn trust(world: &World, role: Role, documents: &[(&str, &str)]) {
    let entry = |(hash, text): &(&str, &str)| {
        ("Name".to_owned(), Entry { hash: (*hash).to_owned(), document: (*text).to_owned() })
    };
    let entries: Vec<_> = documents.iter().map(entry).collect();
    trusted::add(&world.store, role, &entries, today()).await.unwrap();
}

async fn prepared(world: &World) {
    trust(world, Role::Client, &[(&sha256(HOME), HOME), (RELAYED, HOME)]).await;
    trust(world, Role::Attorney, &[(&sha256(TASKS), TASKS)]).await;
}

async fn ask(world: &World, who: (&str, Role), body: &Value) -> Answer {
    let token = world.token(who.0, who.1).await;
    world.post(Some(&token), body).await
}

fn apollo(hash: &str) -> Value {
    json!({ "variables": {}, "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } })
}

#[test]
fn every_clients_form_gets_the_answer_that_the_text_gets() {
    on_both(async |world| {
        prepared(&world).await;
        let hash = sha256(HOME);
        let told = ask(&world, MIA, &json!({ "query": HOME, "variables": { "n": 1 } })).await.data();
        let variables = json!({ "n": 1 });
        for mut body in [
            apollo(&hash),
            json!({ "documentId": hash }),
            json!({ "documentId": format!("sha256:{hash}"), "operationName": "Home" }),
            json!({ "doc_id": RELAYED, "query": null }),
            json!({ "id": RELAYED }),
        ] {
            body["variables"] = variables.clone();
            assert_eq!(ask(&world, MIA, &body).await.data(), told, "{body}");
        }
        let token = world.token(MIA.0, MIA.1).await;
        let extensions = apollo(&hash)["extensions"].to_string();
        for query in [vec![("documentId", hash.clone())], vec![("extensions", extensions)]] {
            let get =
                world.request(Method::GET, "/graphql").query(&query).query(&[("variables", r#"{"n":1}"#)]);
            assert_eq!(world.send(get.bearer_auth(&token)).await.data(), told, "{query:?}");
        }
    });
}

#[test]
fn another_roles_hash_is_answered_like_one_that_never_was() {
    on_both(async |world| {
        prepared(&world).await;
        ask(&world, NORA, &apollo(&sha256(TASKS))).await.data();
        let nonsense = sha256("nonsense");
        for (theirs, never) in [
            (apollo(&sha256(TASKS)), apollo(&nonsense)),
            (json!({ "documentId": sha256(TASKS) }), json!({ "documentId": nonsense })),
        ] {
            let (theirs, never) = (ask(&world, MIA, &theirs).await, ask(&world, MIA, &never).await);
            assert_eq!((theirs.status, theirs.code().as_str()), (400, "PERSISTED_QUERY_NOT_FOUND"));
            assert_eq!(theirs.body, never.body);
            // The word by which Apollo's and urql's clients know to send the text.
            assert_eq!(theirs.json()["errors"][0]["message"], "PersistedQueryNotFound");
        }
        // The role that acts decides, not the person.
        let nobody = world.post(None, &apollo(&sha256(HOME))).await;
        assert_eq!(nobody.code(), "PERSISTED_QUERY_NOT_FOUND");
    });
}

#[test]
fn no_caller_can_add_a_document() {
    on_both(async |world| {
        prepared(&world).await;
        let text = "{ viewer { role } }";
        let mut both = apollo(&sha256(text));
        both["query"] = text.into();
        ask(&world, MIA, &both).await.data();
        assert_eq!(ask(&world, MIA, &apollo(&sha256(text))).await.code(), "PERSISTED_QUERY_NOT_FOUND");
        let mut false_hash = apollo(&sha256(HOME));
        false_hash["query"] = text.into();
        assert_eq!(ask(&world, MIA, &false_hash).await.json()["code"], "MALFORMED_BODY");
    });
}

#[test]
fn a_revoked_token_gets_no_document_however_often_it_was_asked_for() {
    on_both(async |world| {
        prepared(&world).await;
        ask(&world, MIA, &apollo(&sha256(HOME))).await.data();
        crate::raw::Raw::open(&world.database).await.run("UPDATE sessions SET revoked_at = created_at").await;
        for hash in [sha256(HOME), sha256(TASKS), sha256("nonsense")] {
            assert_eq!(ask(&world, MIA, &apollo(&hash)).await.status, 401);
        }
    });
}

#[test]
fn what_is_removed_is_gone_within_five_seconds_and_what_is_known_costs_no_statement() {
    on_both(async |world| {
        prepared(&world).await;
        let hash = sha256(HOME);
        world.store.record();
        let counted = async || {
            world.store.recorded();
            ask(&world, MIA, &apollo(&hash)).await.data();
            world.store.recorded().iter().filter(|it| it.contains("trusted_documents")).count()
        };
        assert_eq!((counted().await, counted().await, counted().await), (1, 0, 0));
        assert_eq!(
            trusted::remove(&world.store, Role::Client, Some(std::slice::from_ref(&hash))).await.unwrap(),
            1
        );
        tokio::time::sleep(std::time::Duration::from_millis(5_050)).await;
        assert_eq!(ask(&world, MIA, &apollo(&hash)).await.code(), "PERSISTED_QUERY_NOT_FOUND");
        ask(&world, MIA, &json!({ "id": RELAYED })).await.data();
    });
}

#[test]
fn a_document_that_the_policy_no_longer_grants_is_refused_like_its_text() {
    on_both(async |world| {
        // Added past the check, as a policy leaves it behind that was narrowed since.
        trust(
            &world,
            Role::Client,
            &[("a", TASKS), ("b", "query T { tasky(first: 1) { nodes { title } } }")],
        )
        .await;
        let (theirs, never) =
            (ask(&world, MIA, &json!({ "id": "a" })).await, ask(&world, MIA, &json!({ "id": "b" })).await);
        assert_eq!(theirs.code(), "GRAPHQL_VALIDATION_FAILED");
        assert_eq!(theirs.body.replace("tasks", "tasky").len(), never.body.len());
    });
}

#[test]
fn where_only_trusted_documents_run_outside_roles_send_no_text() {
    on_engines(async |engine| {
        let (url, folder) = loaded(engine, Content::Demo).await;
        let settings = Settings { trusted_only: true, ..Settings::default() };
        let world = World::set(engine, &url, folder, settings).await;
        prepared(&world).await;
        ask(&world, MIA, &apollo(&sha256(HOME))).await.data();
        for body in [json!({ "query": HOME }), json!({ "query": "{ __schema { queryType { name } } }" })] {
            let mut hashed = apollo(&sha256(body["query"].as_str().unwrap()));
            hashed["query"] = body["query"].clone();
            for body in [body, hashed] {
                let answer = ask(&world, MIA, &body).await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (400, "PERSISTED_QUERY_ID_REQUIRED"),
                    "{body}"
                );
                assert_eq!(world.post(None, &body).await.code(), "PERSISTED_QUERY_ID_REQUIRED", "{body}");
            }
        }
        ask(&world, NORA, &json!({ "query": TASKS })).await.data();
        // Whoever names another role is still outside, and whoever names one that he lacks is nobody's.
        let token = world.token(NORA.0, NORA.1).await;
        let ask = world.request(Method::POST, "/graphql").bearer_auth(token).header("portico-role", "client");
        assert_eq!(world.send(ask.json(&json!({ "query": TASKS }))).await.status, 403);
    });
}

#[test]
fn the_operator_adds_what_the_tools_write_and_nothing_that_does_not_fit() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (database, folder) = runtime.block_on(loaded(portico::store::Engine::Sqlite, Content::Demo));
    let path = folder.as_ref().unwrap().path().join("manifest.json");
    let manifest = path.to_str().unwrap();
    let run = |words: &[&str]| portico(&[&["trusted"], words, &["--database", &database]].concat());
    let apollo = |texts: &[&str]| {
        let operation =
            |text: &&str| json!({ "id": sha256(text), "name": "X", "type": "query", "body": text });
        let operations: Vec<Value> = texts.iter().map(operation).collect();
        json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": operations })
    };
    let write = |value: &Value| std::fs::write(&path, value.to_string()).unwrap();

    write(&apollo(&[HOME, TASKS, "{ nope }", "{ a", "query($t: Nope) { cases { nodes { title } } }"]));
    let told = run(&["add", manifest, "--role", "client"]).failure();
    for word in ["\"tasks\"", "\"nope\"", "not GraphQL", "Nope", &sha256(TASKS)] {
        assert!(told.contains(word), "{word} is not in {told}");
    }
    assert_eq!(run(&["list"]).success(), "", "all or none");

    write(&apollo(&[HOME]));
    assert!(run(&["add", manifest, "--role", "client"]).success().contains("1 added"));
    assert!(run(&["add", manifest, "--role", "client"]).success().contains("0 added, 1 were there"));
    write(&json!({ RELAYED: TASKS }));
    assert!(run(&["add", manifest, "--role", "attorney"]).success().contains("1 added"));
    write(&json!({ RELAYED: HOME }));
    assert!(run(&["add", manifest, "--role", "attorney"]).failure().contains("another text"));
    let listed = run(&["list"]).success();
    assert_eq!(listed.lines().count(), 2, "{listed}");
    assert!(listed.contains("Home") && listed.contains("Tasks") && listed.contains(RELAYED), "{listed}");
    run(&["remove", "--role", "client", RELAYED]).failure();
    run(&["remove", "--role", "client"]).failure();
    assert!(run(&["remove", "--role", "client", &sha256(HOME)]).success().contains("1 removed"));
    assert!(run(&["remove", "--role", "attorney", "--all"]).success().contains("1 removed"));
}
