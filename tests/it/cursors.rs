//! Cursors: each tells of its row alone, and is lost with it, whether that is gone or hidden.
use std::time::Duration;

use portico::{graph::Cursors, policy::Role, store::Store};

use crate::{
    harness::{Answer, Content, World, loaded, on_both, on_engines},
    raw::Raw,
};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);

/// The first step of Mia's case, behind a cursor.
async fn steps(world: &World, after: &str) -> Answer {
    let query = format!(
        "{{ cases {{ nodes {{ id milestones(first: 1{after}) {{ nodes {{ id }} edges {{ cursor }} pageInfo {{ startCursor endCursor hasNextPage }} }} }} }} }}"
    );
    world.ask(MIA, &query).await
}

/// The id of that step, and what asks for those behind it.
async fn first(world: &World) -> (String, String) {
    let page = &steps(world, "").await.data()["cases"]["nodes"][0]["milestones"];
    (
        page["nodes"][0]["id"].as_str().unwrap().to_owned(),
        format!(", after: {}", page["pageInfo"]["endCursor"]),
    )
}

#[test]
fn what_staff_renumber_changes_no_cursor() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let (_, after) = first(&world).await;
        let before = (steps(&world, "").await.body, steps(&world, &after).await.body);
        assert_ne!(before.0, before.1);
        raw.run("UPDATE milestones SET position = position * 3 + 100").await;
        assert_eq!((steps(&world, "").await.body, steps(&world, &after).await.body), before);
    });
}

#[test]
fn a_cursor_whose_row_became_hidden_answers_as_one_whose_row_is_gone() {
    on_both(async |world| {
        let raw = Raw::open(&world.database).await;
        let (id, after) = first(&world).await;
        let of_node = async || {
            let case = steps(&world, "").await.data()["cases"]["nodes"][0]["id"].clone();
            let query = format!(
                "{{ nodes(ids: [{case}]) {{ ... on Case {{ milestones(first: 1{after}) {{ nodes {{ id }} }} }} }} }}"
            );
            world.ask(MIA, &query).await
        };
        of_node().await.data();
        // Releases can't be changed otherwise.
        raw.sleep().await;
        let over = "released_from = '2000-01-01 00:00:00', released_until = '2001-01-01 00:00:00'";
        raw.run(&format!("UPDATE milestone_releases SET {over} WHERE milestone_id = '{id}'")).await;
        let hidden = steps(&world, &after).await;
        assert_eq!(hidden.code(), "BAD_CURSOR");
        assert_eq!(hidden.json()["errors"][0]["path"], serde_json::json!(["cases", "nodes", "milestones"]));
        assert_eq!(of_node().await.code(), "BAD_CURSOR");
        raw.run(&format!("DELETE FROM milestone_releases WHERE milestone_id = '{id}'")).await;
        raw.run(&format!("DELETE FROM milestones WHERE id = '{id}'")).await;
        let gone = steps(&world, &after).await;
        assert_eq!((gone.status, gone.body), (hidden.status, hidden.body));
        // Whoever begins anew is told what there is.
        assert!(!steps(&world, "").await.data()["cases"]["nodes"][0]["milestones"]["nodes"][0].is_null());
    });
}

#[test]
fn all_cursors_of_a_list_are_of_one_length() {
    on_both(async |world| {
        let data = world.ask(MIA, "{ cases { edges { cursor } nodes { documents { edges { cursor } } milestones { edges { cursor } } events { edges { cursor } } } } }").await;
        let mut lengths: Vec<usize> =
            data.body.split("\"cursor\":\"").skip(1).filter_map(|rest| rest.find('"')).collect();
        assert!(lengths.len() > 10);
        lengths.dedup();
        assert_eq!(lengths.len(), 1, "{lengths:?}");
    });
}

#[test]
fn of_two_nodes_on_a_new_database_both_have_the_key_of_the_first() {
    on_engines(async |engine| {
        let (url, _folder) = loaded(engine, Content::Small).await;
        let raw = Raw::open(&url).await;
        raw.run("DELETE FROM service_keys").await;
        let store = Store::open(&url, 2).await.unwrap();
        // The first has made its key, and the second comes before that is committed.
        raw.run("BEGIN").await;
        let key = "A".repeat(43);
        raw.run(&format!("INSERT INTO service_keys (name, secret) VALUES ('cursors', '{key}')")).await;
        let committed = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            raw.run("COMMIT").await;
        };
        let (second, ()) = tokio::join!(Cursors::of(&store), committed);
        second.map(drop).unwrap();
        assert_eq!(raw.texts("SELECT secret AS text FROM service_keys").await, [key]);
    });
}
