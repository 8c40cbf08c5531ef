//! Whose pages may ask: exactly the origins that the viewer's own firm lists.
use portico::{firms::origins, policy::Role};
use reqwest::Method;
use serde_json::json;

use crate::{
    commands::portico,
    harness::{Answer, Content, World, loaded, on_both},
    raw::Raw,
};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const CASTELLAN: &str = "https://www.castellan.example";
const HARBORLIGHT: &str = "https://portal.harborlight.example";
const NOBODY: &str = "https://evil.example";

async fn listed(world: &World) {
    for (firm, origin) in [("castellan", CASTELLAN), ("harborlight", HARBORLIGHT)] {
        origins::add(&world.store, firm, &[origin.parse().unwrap()]).await.unwrap();
    }
}

async fn preflight(world: &World, origin: &str) -> String {
    let ask = world.request(Method::OPTIONS, "/graphql").header("origin", origin);
    let ask = ask.header("access-control-request-method", "POST");
    let answer = world.send(ask.header("access-control-request-headers", "authorization,content-type")).await;
    assert!(answer.header("vary").contains("origin"), "{answer:?}");
    answer.header("access-control-allow-origin").to_owned()
}

/// What a page of the origin gets to see of a client's answer.
async fn asked(world: &World, origin: &str, token: Option<&str>, path: &str) -> Answer {
    let ask = match path {
        "/schema.graphql" => world.request(Method::GET, path),
        _ => world.request(Method::POST, path).json(&json!({ "query": "{ __typename }" })),
    };
    let ask = ask.header("origin", origin).header("accept", "application/graphql-response+json");
    world
        .send(match token {
            Some(token) => ask.bearer_auth(token),
            None => ask,
        })
        .await
}

#[test]
fn a_preflight_passes_where_any_firm_lists_the_page_and_the_request_where_the_viewers_does() {
    on_both(async |world| {
        listed(&world).await;
        let token = world.token(MIA.0, MIA.1).await;
        for (origin, of_any, of_own) in [
            (CASTELLAN, true, true),
            (HARBORLIGHT, true, false),
            (NOBODY, false, false),
            ("null", false, false),
        ] {
            assert_eq!(preflight(&world, origin).await == origin, of_any, "{origin}");
            for path in ["/graphql", "/graphql", "/schema.graphql"] {
                let answer = asked(&world, origin, Some(&token), path).await;
                assert_eq!(answer.header("access-control-allow-origin") == origin, of_own, "{origin} {path}");
                assert!(
                    answer.header("vary").contains("accept")
                        || answer.headers.get_all("vary").iter().count() > 1
                );
                if of_own {
                    assert_eq!(answer.status, 200, "{origin} {path}");
                } else {
                    assert_eq!(
                        (answer.status, answer.code().as_str()),
                        (403, "ORIGIN_NOT_ALLOWED"),
                        "{origin} {path}"
                    );
                    assert!(
                        !answer.body.contains("data") && !answer.body.contains("type Query"),
                        "{origin} {path}"
                    );
                }
            }
            // Nobody's request sees no firm's files; a page of any firm shows its branding.
            let answer = asked(&world, origin, None, "/graphql").await;
            assert_eq!(answer.status == 200, of_any, "{origin}");
        }
    });
}

#[test]
fn a_page_is_told_what_is_wrong_with_its_token() {
    on_both(async |world| {
        listed(&world).await;
        let answer = asked(&world, CASTELLAN, Some("pts_nobody"), "/graphql").await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (401, CASTELLAN));
    });
}

#[test]
fn a_change_of_the_list_counts_within_five_seconds() {
    on_both(async |world| {
        listed(&world).await;
        let token = world.token(MIA.0, MIA.1).await;
        assert_eq!(asked(&world, CASTELLAN, Some(&token), "/graphql").await.status, 200);
        let removed = origins::remove(&world.store, "castellan", &[CASTELLAN.to_owned()]).await.unwrap();
        assert_eq!(removed, 1);
        tokio::time::sleep(std::time::Duration::from_millis(5_050)).await;
        assert_eq!(asked(&world, CASTELLAN, Some(&token), "/graphql").await.status, 403);
        assert_eq!(preflight(&world, CASTELLAN).await, "");
    });
}

#[test]
fn the_list_costs_a_statement_now_and_then_and_none_without_a_page() {
    on_both(async |world| {
        listed(&world).await;
        let token = world.token(MIA.0, MIA.1).await;
        world.store.record();
        let counted = async |origin: Option<&str>| {
            world.store.recorded();
            match origin {
                Some(origin) => drop(asked(&world, origin, Some(&token), "/schema.graphql").await),
                None => drop(world.ask(MIA, "{ cases { nodes { id } } }").await),
            }
            let statements = world.store.recorded();
            statements.iter().filter(|statement| statement.contains("firm_origins")).count()
        };
        assert_eq!(counted(None).await, 0);
        assert_eq!(counted(Some(CASTELLAN)).await, 1);
        for _ in 0..5 {
            assert_eq!(counted(Some(CASTELLAN)).await, 0);
        }
    });
}

#[test]
fn a_list_that_cannot_be_read_is_kept() {
    on_both(async |world| {
        listed(&world).await;
        let token = world.token(MIA.0, MIA.1).await;
        assert_eq!(asked(&world, CASTELLAN, Some(&token), "/graphql").await.status, 200);
        Raw::open(&world.database).await.run("DROP TABLE firm_origins").await;
        tokio::time::sleep(std::time::Duration::from_millis(5_050)).await;
        for (origin, status, may_read) in
            [(CASTELLAN, 200, CASTELLAN), (NOBODY, 403, ""), (CASTELLAN, 200, CASTELLAN)]
        {
            let answer = asked(&world, origin, Some(&token), "/graphql").await;
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, may_read));
        }
    });
}

#[test]
fn a_list_that_cannot_be_read_is_not_asked_for_by_each_caller_in_turn() {
    on_both(async |world| {
        let token = world.token(MIA.0, MIA.1).await;
        Raw::open(&world.database).await.run("DROP TABLE firm_origins").await;
        world.store.record();
        // That nobody knows it says nothing against the page.
        for _ in 0..5 {
            assert_eq!(asked(&world, CASTELLAN, Some(&token), "/graphql").await.code(), "UNAVAILABLE");
        }
        let statements = world.store.recorded();
        let asked = statements.iter().filter(|statement| statement.contains("firm_origins")).count();
        assert!(asked <= 1, "{asked}");
        // Our own page is no other's, and waits for nothing.
        world.store.record();
        world.ask(MIA, "{ cases { nodes { id } } }").await;
        assert!(world.store.recorded().iter().all(|statement| !statement.contains("firm_origins")));
    });
}

#[test]
fn the_operator_keeps_the_list() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (database, _folder) = runtime.block_on(loaded(portico::store::Engine::Sqlite, Content::Demo));
    let run = |words: &[&str], firm: &str| {
        portico(&[&["firm", "origins"], words, &["--firm", firm, "--database", &database]].concat())
    };
    assert!(run(&["add", CASTELLAN, "http://localhost:3000"], "castellan").success().contains("2 added"));
    assert!(run(&["add", CASTELLAN], "castellan").success().contains("0 added"));
    assert_eq!(run(&["list"], "castellan").success(), format!("http://localhost:3000\n{CASTELLAN}\n"));
    assert_eq!(run(&["list"], "harborlight").success(), "");
    for bad in
        ["null", "*", "https://*.castellan.example", "https://castellan.example/", "http://castellan.example"]
    {
        assert!(run(&["add", bad], "castellan").failure().contains("origin"), "{bad}");
    }
    let wrong = ["serve", "--database", &database, "--allow-origin", "https://castellan.example/"];
    assert!(portico(&wrong).failure().contains("an origin is written like"));
    assert!(run(&["add", CASTELLAN], "nowhere").failure().contains("nowhere"));
    assert!(run(&["remove", NOBODY], "castellan").failure().contains("none of these"));
    assert!(run(&["remove", CASTELLAN], "castellan").success().contains("1 removed"));
}
