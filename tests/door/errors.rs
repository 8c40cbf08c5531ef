//! Codes, statuses and wording of what is refused or fails.

use portico::error::Problem;
use portico::http::Settings;
use portico::http::limits::Limits;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::json;

use crate::toy::{send, serve, serve_as};

#[tokio::test]
async fn requests_that_cannot_run_get_a_code_and_no_data() {
    let served = serve().await;
    for (body, code) in [
        (json!({"query": "{"}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": ""}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": "{ a } { b }"}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": "query A { hello } query A { hello }"}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": "fragment A on Query { hello }"}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": "{ nope }"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{ ...A } fragment A on Query { ...A }"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "query($a: [Nope!]! = []) { hello }"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{ hello }", "variables": {"unheard": 1}}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{ search(tags: [\"x\"]) }"}), "BAD_USER_INPUT"),
        (json!({"query": "{ hello(name: \"\\u0000\") }"}), "BAD_USER_INPUT"),
        (
            json!({"query": "query($t: [Int!]) { search(tags: $t) }", "variables": {"t": "x"}}),
            "BAD_USER_INPUT",
        ),
        (json!({"query": "query A { hello }", "operationName": "B"}), "OPERATION_RESOLUTION_FAILURE"),
        (json!({"query": "{ hello }", "operationName": "B"}), "OPERATION_RESOLUTION_FAILURE"),
        // What does not run is not validated.
        (json!({"query": "query A { nonsense }", "operationName": "B"}), "OPERATION_RESOLUTION_FAILURE"),
        (json!({"query": "query A { hello } query B { hello }"}), "OPERATION_RESOLUTION_FAILURE"),
        (json!({"query": "subscription { ticks }"}), "OPERATION_NOT_SERVED"),
        (
            json!({"query": "query A { hello } subscription B { ticks }", "operationName": "B"}),
            "OPERATION_NOT_SERVED",
        ),
    ] {
        let answer = served.body(body.to_string()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, code), "{body} {}", answer.text);
        assert!(answer.header("content-type").starts_with("application/graphql-response+json"), "{body}");
        assert!(answer.json().get("data").is_none(), "{body}");
        // Plain JSON: the same words at 200, so that clients can tell us from a proxy.
        let request =
            served.client.post(format!("{}/graphql", served.base)).header(ACCEPT, "application/json");
        let plain = send(request.header(CONTENT_TYPE, "application/json").body(body.to_string())).await;
        assert_eq!((plain.status.as_u16(), &plain.text), (200, &answer.text), "{body}");
    }
}

#[tokio::test]
async fn parse_errors_speak_no_grammar() {
    let served = serve().await;
    let answer = served.ask("{ hello(\n  x: ) }").await;
    let expected = "The document is not GraphQL at line 2, column 6. Mend its syntax there.";
    assert_eq!(answer.message(), expected);
    assert_eq!(answer.json()["errors"][0]["locations"], json!([{"line": 2, "column": 6}]));
    assert!(!answer.text.contains("expected"));
}

#[tokio::test]
async fn failures_of_resolvers_keep_their_code_and_hide_their_source() {
    let served = serve().await;
    for (field, code, message) in [
        ("leaks", "INTERNAL", Problem::Internal.sentence()),
        ("says", "INTERNAL", Problem::Internal.sentence()),
        ("faulty", "INTERNAL", Problem::Internal.sentence()),
        ("absent", "NOT_FOUND", Problem::NotFound.sentence()),
        ("worded", "PAGE_TOO_LARGE", "first must be at most 100."),
    ] {
        let answer = served.ask(&format!("{{ {field} }}")).await;
        assert_eq!(answer.status, 200, "{field}");
        assert_eq!((answer.code().as_str(), answer.message().as_str()), (code, message));
        assert_eq!(answer.json()["errors"][0]["path"], json!([field]));
        assert!(answer.json().get("data").is_some(), "{field}");
    }
}

#[tokio::test]
async fn errors_come_in_the_documents_order() {
    let served = serve().await;
    let answer = served.ask("{ a1\n a2\n ...F\n a3 }\n fragment F on Query { a4 }").await;
    let lines: Vec<_> = answer.json()["errors"].as_array().unwrap().iter().map(lines_of).collect();
    assert_eq!(lines, [1, 2, 4, 5]);
    let many: String = (0..300).fold(String::new(), |text, number| format!("{text} a{number}"));
    let answer = served.ask(&format!("{{ query {{ {many} }} }}")).await;
    assert_eq!(answer.json()["errors"].as_array().unwrap().len(), Limits::default().errors);
}

fn lines_of(error: &serde_json::Value) -> u64 {
    error["locations"][0]["line"].as_u64().unwrap()
}

#[tokio::test]
async fn a_panic_ends_one_request() {
    let served = serve().await;
    for _ in 0..50 {
        let answer = served.ask("{ hello boom }").await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (500, "INTERNAL"));
        assert!(answer.header("content-type").starts_with("application/graphql-response+json"));
        assert!(answer.json().get("data").is_none());
    }
    let request = served.client.post(format!("{}/graphql", served.base)).header(ACCEPT, "application/json");
    let plain = send(request.header(CONTENT_TYPE, "application/json").body(r#"{"query":"{ boom }"}"#)).await;
    assert_eq!((plain.status.as_u16(), plain.header("content-type")), (500, "application/problem+json"));
    served.lives().await;
}

#[tokio::test]
async fn slow_resolvers_are_ended() {
    let limits = Limits { answer_seconds: 1, ..Limits::default() };
    let served = serve_as(Settings { limits: limits.into(), ..Settings::default() }, true).await;
    let answer = served.ask("{ slow }").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (504, "TIMEOUT"));
}

#[tokio::test]
async fn an_answer_under_a_replaced_policy_is_withheld() {
    let served = serve().await;
    let answer = served.ask("{ hello changePolicy }").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "POLICY_CHANGED"));
    assert_eq!(answer.header("retry-after"), "1");
    assert!(!answer.text.contains("hello"));
    // A mutation may have taken effect: no client shall repeat it by itself.
    let answer = served.ask("mutation { touch }").await;
    assert_eq!((answer.code().as_str(), answer.header("retry-after")), ("POLICY_CHANGED", ""));
    served.lives().await;
}

#[test]
fn the_table_of_codes_is_stable() {
    let codes: Vec<_> = Problem::ALL
        .iter()
        .map(|problem| format!("{} {}", problem.code(), problem.status().as_u16()))
        .collect();
    let unique: std::collections::HashSet<_> = Problem::ALL.iter().map(|problem| problem.code()).collect();
    assert_eq!(unique.len(), codes.len());
    assert_eq!(
        codes.join("\n"),
        include_str!("codes.txt").trim_end(),
        "a code is a promise: clients compare it. Add, never rename."
    );
    for problem in Problem::ALL {
        assert!(problem.sentence().ends_with('.'), "{problem:?}");
        assert_eq!(Problem::from_code(problem.code()), Some(*problem));
        assert!(Problem::table().contains(problem.sentence()));
    }
}
