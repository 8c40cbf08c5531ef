//! A client and an attorney ask the same server about the same case.
use portico::policy::Role;
use serde_json::json;

use crate::harness::on_both;

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);

#[test]
fn the_attorney_finds_tasks_and_for_the_client_there_are_none() {
    on_both(async |world| {
        let query = "{ cases { nodes { title tasks { nodes { title } } } } }";
        let found = world.ask(NORA, query).await.data();
        let cases = found["cases"]["nodes"].as_array().unwrap();
        let claim = cases.iter().find(|case| case["title"] == "Your injury claim").unwrap();
        let tasks = claim["tasks"]["nodes"].as_array().unwrap();
        for title in ["Prepare witness outline", "Review discovery responses"] {
            assert_eq!(tasks.iter().filter(|task| task["title"] == title).count(), 1, "{found}");
        }
        let refused = world.ask(MIA, query).await;
        assert_eq!((refused.status, refused.code()), (400, "GRAPHQL_VALIDATION_FAILED".to_owned()));
    });
}

#[test]
fn a_client_reads_what_was_released_and_nothing_else() {
    on_both(async |world| {
        let query = "{ cases { nodes { title milestones { nodes { title progress } } } } }";
        let nodes = world.ask(MIA, query).await.data()["cases"]["nodes"].clone();
        let steps = json!([
            { "title": "Complaint filed", "progress": "DONE" },
            { "title": "The other side answered", "progress": "DONE" },
            { "title": "Exchanging information", "progress": "CURRENT" },
            { "title": "Mediation", "progress": "PLANNED" },
            { "title": "Trial, if there is no agreement", "progress": "PLANNED" },
        ]);
        assert_eq!(nodes, json!([{ "title": "Your injury claim", "milestones": { "nodes": steps } }]));
    });
}

#[test]
fn a_case_leads_to_its_steps_and_back_again() {
    on_both(async |world| {
        let query = "{ cases { nodes { id milestones { nodes { case { id milestones(first: 1) { nodes { case { id } } } } } } } } }";
        let data = world.ask(MIA, query).await.data();
        let id = &data["cases"]["nodes"][0]["id"];
        let step = &data["cases"]["nodes"][0]["milestones"]["nodes"][1]["case"];
        assert_eq!(&step["id"], id);
        assert_eq!(&step["milestones"]["nodes"][0]["case"]["id"], id);
    });
}

#[test]
fn pages_follow_one_another_in_both_directions() {
    on_both(async |world| {
        let query = "query($after: String, $before: String, $first: Int, $last: Int) { cases { nodes {
            milestones(first: $first, last: $last, after: $after, before: $before) { nodes { position } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }";
        let page = async |variables: serde_json::Value| {
            world.ask_with(NORA, query, variables).await.data()["cases"]["nodes"][0]["milestones"].clone()
        };
        let first = page(json!({ "first": 2 })).await;
        assert_eq!(first["nodes"], json!([{ "position": 1 }, { "position": 2 }]));
        assert_eq!(
            (&first["pageInfo"]["hasNextPage"], &first["pageInfo"]["hasPreviousPage"]),
            (&json!(true), &json!(false))
        );
        let second = page(json!({ "first": 9, "after": first["pageInfo"]["endCursor"] })).await;
        let rest = json!([{ "position": 3 }, { "position": 4 }, { "position": 5 }, { "position": 6 }]);
        assert_eq!(second["nodes"], rest);
        assert_eq!(
            (&second["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasPreviousPage"]),
            (&json!(false), &json!(true))
        );
        let back = page(json!({ "last": 1, "before": second["pageInfo"]["startCursor"] })).await;
        assert_eq!(back["nodes"], json!([{ "position": 2 }]));
        let refused = world.ask_with(NORA, query, json!({ "first": 2, "after": "AAAA" })).await;
        assert_eq!(refused.code(), "BAD_CURSOR");
    });
}

#[test]
fn a_node_is_read_by_its_id_and_an_unknown_one_is_null_without_a_statement() {
    on_both(async |world| {
        let ids = world.ask(NORA, "{ cases { nodes { id tasks { nodes { id } } } } }").await.data();
        let (case, task) =
            (&ids["cases"]["nodes"][0]["id"], &ids["cases"]["nodes"][0]["tasks"]["nodes"][0]["id"]);
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
        let found =
            world.ask_with(NORA, query, json!({ "ids": [task, "nonsense", case, task] })).await.data();
        assert_eq!(found["nodes"][0], json!({ "__typename": "Task", "id": task }));
        assert_eq!(found["nodes"][1], json!(null));
        assert_eq!(found["nodes"][2]["__typename"], "Case");
        assert_eq!(found["nodes"][3], found["nodes"][0]);
        world.store.record();
        let query = "query($id: ID!) { node(id: $id) { id } }";
        let hidden = world.ask_with(MIA, query, json!({ "id": task })).await;
        let asked = world.store.recorded().len();
        let nonsense = world.ask_with(MIA, query, json!({ "id": "nonsense" })).await;
        assert_eq!(
            (hidden.status, &hidden.body, asked),
            (nonsense.status, &nonsense.body, world.store.recorded().len())
        );
    });
}

#[test]
fn pages_within_pages_cost_what_they_could_answer() {
    on_both(async |world| {
        let nested = |first: u32| {
            format!(
                "{{ cases(first: {first}) {{ nodes {{ milestones(first: {first}) {{ nodes {{ case {{ milestones(first: {first}) {{ nodes {{ id }} }} }} }} }} }} }} }}"
            )
        };
        assert_eq!(world.ask(MIA, &nested(100)).await.code(), "TOO_COMPLEX");
        world.ask(MIA, &nested(10)).await.data();
        let by_variable = "query($n: Int) { cases(first: $n) { nodes { milestones(first: $n) { nodes { case { milestones(first: $n) { nodes { id } } } } } } } }";
        assert_eq!(world.ask_with(MIA, by_variable, json!({ "n": 100 })).await.code(), "TOO_COMPLEX");
        world.ask_with(MIA, by_variable, json!({})).await.data();
    });
}
