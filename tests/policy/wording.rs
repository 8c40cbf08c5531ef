//! The check of names speaks as async-graphql's validator does, and sees what the validator never visits.

use async_graphql::{Request, Variables, parser::parse_query};
use portico::policy::names;

use crate::twins;

/// What the check says about a document, a place and a sentence each.
async fn said(query: &str, operation: Option<&str>, variables: serde_json::Value) -> Vec<String> {
    let schema = twins::client().await;
    let document = parse_query(query).unwrap_or_else(|error| panic!("{error}"));
    let errors = names::check(&document, operation, &Variables::from_json(variables), &schema.model);
    errors
        .iter()
        .map(|e| format!("{}:{} {}", e.locations[0].line, e.locations[0].column, e.message))
        .collect()
}

async fn said_alone(query: &str) -> Vec<String> {
    said(query, None, serde_json::json!({})).await
}

#[tokio::test]
async fn the_words_and_places_are_the_validators() {
    let schema = twins::client().await.schema;
    for (query, variables) in [
        ("{ search(filter: {risk: 1}) { __typename } }", serde_json::json!({})),
        (
            "{ search(filter: {not: {any: [{title: \"a\"}, {risk: 1}]}}) { __typename } }",
            serde_json::json!({}),
        ),
        ("{ byStatus(status: SEALED) }", serde_json::json!({})),
        ("{ byStatus(of: [OPEN, SEALED]) }", serde_json::json!({})),
        ("{ byStatus(of: SEALED) }", serde_json::json!({})),
        ("{ byStatus(status: \"SEALED\") }", serde_json::json!({})),
        ("query($s: Status) { byStatus(status: $s) }", serde_json::json!({"s": "SEALED"})),
        (
            "query($f: Filter) { search(filter: {any: [$f]}) { __typename } }",
            serde_json::json!({"f": {"risk": 1}}),
        ),
        (
            "query($s: Status = SEALED) { byStatus(status: OPEN) a: byStatus(status: $s) }",
            serde_json::json!({"s": "OPEN"}),
        ),
        (
            "query($s: [Nonsense!]) { byStatus(status: OPEN) a: byStatus(of: $s) }",
            serde_json::json!({"s": []}),
        ),
    ] {
        let ours = said(query, None, variables.clone()).await;
        assert_eq!(ours.len(), 1, "{query}: {ours:?}");
        let request = Request::new(query).variables(Variables::from_json(variables));
        let theirs = schema.execute(request).await.errors;
        let theirs: Vec<_> = theirs
            .iter()
            .map(|e| format!("{}:{} {}", e.locations[0].line, e.locations[0].column, e.message))
            .collect();
        assert!(theirs.contains(&ours[0]), "{query}\nours: {ours:?}\ntheirs: {theirs:?}");
    }
}

#[tokio::test]
async fn values_that_the_validator_skips_are_seen() {
    // A variable without a value, or only defaulted, hides all that stands beside it.
    let beside = "query($t: String) { search(filter: {risk: 1, title: $t}) { __typename } }";
    assert_eq!(
        said_alone(beside).await,
        ["1:28 Invalid value for argument \"filter\", unknown field \"risk\" of type \"Filter\""]
    );
    let defaulted =
        "query($f: Filter = {title: \"a\"}) { search(filter: {not: $f, status: SEALED}) { __typename } }";
    assert_eq!(said_alone(defaulted).await.len(), 1);
    // One value for a list: the validator does not look inside for variables.
    let coerced = "query($n: Int) { search(filter: {any: {risk: $n}}) { __typename } }";
    assert_eq!(said_alone(coerced).await.len(), 1);
    // A variable of a right type that no argument uses.
    let unused = said("query($s: Status) { byStatus }", None, serde_json::json!({"s": "SEALED"})).await;
    assert_eq!(
        unused,
        [
            "1:7 Invalid value for argument \"s\", enumeration type \"Status\" does not contain the value \"SEALED\""
        ]
    );
}

#[tokio::test]
async fn places_that_the_validator_never_visits_are_seen() {
    let query = "query($s: Status @secret) { __typename @secret @include(iff: true, if: true) byStatus(status: $s) \
                 case(id: 1) { __typename(a: 1) @skip(if: true) { id } } }";
    assert_eq!(
        said_alone(query).await,
        [
            "1:18 Unknown directive \"secret\"",
            "1:40 Unknown directive \"secret\"",
            "1:57 Unknown argument \"iff\" on directive \"include\".",
            "1:113 Field \"__typename\" must not have a selection since type \"String!\" has no subfields",
            "1:124 Unknown argument \"a\" on field \"__typename\" of type \"Case\".",
        ]
    );
    assert_eq!(
        said_alone("query($s: Status @include(if: true)) { byStatus(status: $s) }").await,
        ["1:18 Directive \"include\" may not be used on \"VARIABLE_DEFINITION\""]
    );
    assert!(said_alone("{ __typename @include(if: true) __schema { __typename } }").await.is_empty());
    assert_eq!(said_alone("{ __schema { __typename @secret } }").await.len(), 1, "in introspection too");
}

#[tokio::test]
async fn only_the_chosen_operations_variables_count() {
    let query = "query A($s: Status) { byStatus(status: $s) } query B($s: Status = OPEN) { byStatus(status: $s) ...F }
        fragment F on Query { a: byStatus(status: $s) }";
    let bad = serde_json::json!({"s": "SEALED"});
    let told = said(query, Some("B"), bad.clone()).await;
    assert_eq!(told.len(), 2, "where it is used and in the fragment: {told:?}");
    assert!(said(query, Some("B"), serde_json::json!({})).await.is_empty());
    // What can't be read at all is the validator's to refuse.
    for strange in ["title: OPEN", "title: {risk: 1}", "span: OPEN", "status: {risk: 1}", "status: 7"] {
        let query = format!("{{ search(filter: {{{strange}}}) {{ __typename }} }}");
        assert_eq!(said_alone(&query).await, [""; 0], "{strange}");
    }
    // Each by its own name, also where two stand side by side, and the chosen operation's alone.
    let two = "query($t: String = \"SEALED\", $s: Status = OPEN) { byStatus(status: $s) search(filter: {title: $t}) { __typename } }";
    assert!(said(two, None, serde_json::json!({})).await.is_empty());
    let unused = "query A($s: Status) { ping } query B { ping }";
    assert_eq!(said(unused, Some("A"), bad.clone()).await.len(), 1);
    assert!(said(unused, Some("B"), bad.clone()).await.is_empty());
    assert!(said(unused, None, bad.clone()).await.is_empty(), "none is chosen, and none will run");
    // Literals count wherever they stand, as they do for the validator.
    assert_eq!(said("query A { ping } query B { byStatus(status: SEALED) }", Some("A"), bad).await.len(), 1);
}

#[tokio::test]
async fn errors_come_in_the_order_of_the_document() {
    let query = "{ b: byStatus(status: SEALED) a: byStatus(status: HIDDEN) ...F }
        fragment F on Query { c: byStatus(of: [SEALED]) }";
    for _ in 0..20 {
        let places: Vec<_> =
            said_alone(query).await.iter().map(|s| s.split(' ').next().map(str::to_owned)).collect();
        assert_eq!(places, ["1:15", "1:43", "2:43"].map(|place| Some(place.to_owned())));
    }
}
