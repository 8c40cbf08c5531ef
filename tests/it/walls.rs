//! A wall keeps whom it names from the people of the case, too: by every way to a person.
use std::collections::BTreeSet;

use portico::{
    people::key::{self, NewKey},
    policy::Role,
};
use serde_json::{Value, json};

use crate::{
    harness::{World, on_both, today},
    raw::Raw,
};

/// On the staff of Mia's case and of Grace's.
const PRIYA: (&str, Role) = ("priya@castellan.example", Role::Paralegal);
const OKAFOR: &str = "7Q4K-M2";
const WHITLOW: &str = "9HTW-3C";

/// A wall between whoever has this address and Grace's case.
async fn wall(raw: &Raw, email: &str) {
    raw.run(&format!(
        "INSERT INTO ethical_walls (firm_id, id, case_id, person_id, reason, since) SELECT c.firm_id, 'wall', c.id, p.id, \
         'canary', '2020-01-01 00:00:00' FROM cases c JOIN people p ON p.firm_id = c.firm_id \
         WHERE c.reference = '{WHITLOW}' AND p.email = '{email}'"
    ))
    .await;
}

/// How the viewer learns of Grace, with each way that leads to her, and of Mia.
async fn ways(world: &World, token: &str, grace: &str) -> (BTreeSet<&'static str>, bool) {
    let query = "query($id: ID!, $ids: [ID!]!) { people(first: 100) { nodes { name email } } node(id: $id) { id }
        nodes(ids: $ids) { id } cases(first: 100) { nodes { reference tasks { nodes { assignee { name } } } } } }";
    let body = json!({ "query": query, "variables": { "id": grace, "ids": [grace] } });
    let data = world.post(Some(token), &body).await.data();
    let okafor = data["cases"]["nodes"].as_array().unwrap().iter().find(|case| case["reference"] == OKAFOR);
    let nested = okafor.expect("Mia's case has no wall")["tasks"].to_string();
    let ways = [
        ("people", data["people"].to_string().contains("Grace Whitlow")),
        ("node", !data["node"].is_null()),
        ("nodes", data["nodes"] != json!([Value::Null])),
        ("nested", nested.contains("Grace Whitlow")),
    ];
    let mia = data["people"].to_string().contains("mia@okafor.example");
    (ways.into_iter().filter(|(_, leads)| *leads).map(|(way, _)| way).collect(), mia)
}

/// Grace's id; she has a task in a case in which she does not take part, so that a field there leads to her.
async fn grace(raw: &Raw) -> String {
    raw.run(&format!(
        "UPDATE tasks SET assignee_id = (SELECT id FROM people WHERE email = 'grace@whitlow.example') \
         WHERE case_id = (SELECT id FROM cases WHERE reference = '{OKAFOR}')"
    ))
    .await;
    raw.texts("SELECT id AS text FROM people WHERE email = 'grace@whitlow.example'").await.pop().unwrap()
}

#[test]
fn a_paralegal_behind_a_wall_knows_nobody_of_the_case() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let (grace, token) = (grace(&raw).await, world.token(PRIYA.0, PRIYA.1).await);
        let all = BTreeSet::from(["people", "node", "nodes", "nested"]);
        assert_eq!(ways(&world, &token, &grace).await, (all, true));
        wall(&raw, PRIYA.0).await;
        assert_eq!(ways(&world, &token, &grace).await, (BTreeSet::new(), true));
    });
}

#[test]
fn a_key_behind_a_wall_knows_nobody_of_the_case() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let grace = grace(&raw).await;
        let all = BTreeSet::from(["people", "node", "nodes", "nested"]);
        let cases = [OKAFOR.to_owned(), WHITLOW.to_owned()];
        for (service, role) in [("sync", Role::Attorney), ("desk", Role::Paralegal)] {
            let new = NewKey { service, role, cases: Some(&cases), expires_at: None };
            let key = key::create(&world.store, "castellan", &new, today()).await.unwrap();
            assert_eq!(ways(&world, &key.token, &grace).await, (all.clone(), true), "{role}");
            wall(&raw, &format!("{service}@service.invalid")).await;
            assert_eq!(ways(&world, &key.token, &grace).await, (BTreeSet::new(), true), "{role}");
            raw.run("DELETE FROM ethical_walls WHERE id = 'wall'").await;
        }
    });
}
