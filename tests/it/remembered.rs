//! A token's bearer is remembered to spare a statement, and never believed: what changed meanwhile counts at once.
use portico::policy::Role;
use serde_json::json;

use crate::{
    harness::{World, on_both},
    raw::Raw,
};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const ROOT: &str = "{ cases { nodes { id title } } }";
const NO_STATEMENT: &str = "{ viewer { role rolesHeld } }";
const NO_SENSE: &str = "{ nonsense }";

async fn statements(world: &World, query: &str) -> usize {
    world.store.recorded();
    world.ask(MIA, query).await;
    world.store.recorded().len()
}

async fn change(world: &World, sql: &str) {
    Raw::open(&world.database).await.run(sql).await;
}

const MIAS: &str = "person_id IN (SELECT id FROM people WHERE email = 'mia@okafor.example')";

#[test]
fn who_asks_is_asked_within_the_statement_that_answers() {
    on_both(async |world| {
        world.token(MIA.0, MIA.1).await;
        world.store.record();
        assert_eq!(statements(&world, ROOT).await, 2, "unknown yet: who asks, and the root");
        assert_eq!(statements(&world, ROOT).await, 1);
        assert_eq!(statements(&world, "{ a: cases { nodes { id } } b: cases { nodes { id } } }").await, 2);
        // What runs no statement, whatever it ends as, is followed by one that asks who asks.
        for query in ["{ __typename }", NO_SENSE, "{", "{ node(id: \"nonsense\") { id } }"] {
            assert_eq!(statements(&world, query).await, 1, "{query}");
        }
    });
}

#[test]
fn a_session_that_was_revoked_is_out_whatever_it_asks() {
    for query in [ROOT, NO_STATEMENT, NO_SENSE, "{", "{ __typename }"] {
        on_both(async |world| {
            world.ask(MIA, ROOT).await.data();
            change(&world, &format!("UPDATE sessions SET revoked_at = created_at WHERE {MIAS}")).await;
            let answer = world.ask(MIA, query).await;
            assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHENTICATED"), "{query}");
            assert!(!answer.body.contains("data"), "{}", answer.body);
        });
    }
}

#[test]
fn a_person_who_is_no_longer_active_is_out() {
    on_both(async |world| {
        world.ask(MIA, ROOT).await.data();
        change(&world, "UPDATE people SET is_active = FALSE WHERE email = 'mia@okafor.example'").await;
        assert_eq!(world.ask(MIA, ROOT).await.status, 401);
    });
}

#[test]
fn a_session_that_now_acts_in_another_role_is_answered_in_that_role() {
    on_both(async |world| {
        let before = world.ask(MIA, NO_STATEMENT).await.data();
        assert_eq!(before["viewer"], json!({ "role": "CLIENT", "rolesHeld": ["CLIENT"] }));
        let ended = world.ask(MIA, "{ cases { nodes { id } } tasks { nodes { id } } }").await;
        assert_eq!(ended.code(), "GRAPHQL_VALIDATION_FAILED", "a client's schema has no tasks");
        change(
            &world,
            "UPDATE people SET kind = 'STAFF', staff_role = 'ATTORNEY' WHERE email = 'mia@okafor.example'",
        )
        .await;
        change(&world, &format!("UPDATE participants SET state = 'ENDED' WHERE {MIAS}")).await;
        change(&world, &format!("UPDATE sessions SET role = 'ATTORNEY' WHERE {MIAS}")).await;
        // The former role's schema refuses it, which proves nothing: who asks is asked, and answered as who it is.
        world.ask(MIA, "{ tasks { nodes { id } } }").await.data();
        let after = world.ask(MIA, NO_STATEMENT).await.data();
        assert_eq!(after["viewer"], json!({ "role": "ATTORNEY", "rolesHeld": ["ATTORNEY"] }));
    });
}
