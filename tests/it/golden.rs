//! Golden statements: the SQL of a few requests, so that a lost condition or a second statement shows in review.
use portico::policy::Role;
use serde_json::{Value, json};

use crate::harness::{World, on_both};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);
const NORA: (&str, Role) = ("nora@castellan.example", Role::Attorney);

const HOME: &str = "{ cases(first: 5) { nodes { reference title stage currentMilestone { title whatHappened whatComesNext } team { name role } } } }";
const LIST: &str = "{ cases(first: 20, filter: { status: [OPEN, PENDING], practiceArea: \"Personal injury\" }, orderBy: OPENED_ON_DESC) { edges { cursor node { id title } } pageInfo { hasNextPage endCursor } } }";
const PAGE: &str = "query($after: String!) { documents(first: 2, after: $after, orderBy: FILED_ON_DESC) { nodes { label } } }";
const ONE: &str = "query($id: ID!) { case(id: $id) { title court { name timeZone } milestones(last: 3) { nodes { title progress case { reference } } } } }";
const NODE: &str =
    "query($id: ID!) { node(id: $id) { __typename ... on Case { title } ... on Milestone { title } } }";

#[test]
fn each_root_field_is_one_statement_and_says_whose_rows_it_reads() {
    on_both(async |world| {
        let case =
            world.ask(MIA, "{ cases { nodes { id } } }").await.data()["cases"]["nodes"][0]["id"].clone();
        let papers = world.ask(MIA, "{ documents(first: 1) { pageInfo { endCursor } } }").await.data();
        let after = &papers["documents"]["pageInfo"]["endCursor"];
        world.store.record();
        world.ask(NORA, "{ __typename }").await.data();
        for (name, who, query) in [
            ("home_of_a_client", MIA, HOME),
            ("list_of_a_client", MIA, LIST),
            ("page_of_a_client", MIA, PAGE),
            ("case_of_a_client", MIA, ONE),
            ("node_of_a_client", MIA, NODE),
            ("home_of_an_attorney", NORA, HOME),
        ] {
            let statements = asked(&world, who, query, (&case, after)).await;
            assert_eq!(
                statements.len(),
                1,
                "{name}: one statement a root, which asks who asks: {statements:#?}"
            );
            insta::assert_snapshot!(format!("{name}_{:?}", world.engine), lines(&statements[0]));
        }
        let looked_up = asked(&world, MIA, "{ __typename }", (&case, after)).await;
        assert_eq!(looked_up.len(), 1, "no root asked, so who asks is: {looked_up:#?}");
        insta::assert_snapshot!(format!("who_asks_{:?}", world.engine), lines(&looked_up[0]));
        let two = asked(
            &world,
            MIA,
            "{ a: cases { nodes { id } } viewer { role person { name } } }",
            (&case, after),
        )
        .await;
        assert_eq!(two.len(), 2, "{two:#?}");
    });
}

async fn asked(
    world: &World,
    who: (&str, Role),
    query: &str,
    (case, after): (&Value, &Value),
) -> Vec<String> {
    world.token(who.0, who.1).await;
    world.store.recorded();
    let variables = match query {
        _ if query.contains("$id") => json!({ "id": case }),
        _ if query.contains("$after") => json!({ "after": after }),
        _ => json!({}),
    };
    world.ask_with(who, query, variables).await.data();
    world.store.recorded()
}

/// A line a clause, so that a difference can be read.
fn lines(statement: &str) -> String {
    let mut text = statement.to_owned();
    for word in [" FROM ", " WHERE ", " AND ", " ORDER BY ", " LEFT JOIN ", " JOIN ", " LIMIT ", " UNION "] {
        text = text.replace(word, &format!("\n{}", word.trim_start()));
    }
    text
}
