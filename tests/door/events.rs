//! Operations over server-sent events, in distinct connections mode.

use std::time::Duration;

use portico::http::Settings;
use portico::http::limits::{Bounds, Limits};
use reqwest::Response;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value as Json, json};

use crate::toy::{Served, send, serve, serve_as};

async fn asked(served: &Served, accept: &str, body: &Json) -> Response {
    let request = served.client.post(format!("{}/graphql", served.base));
    let request = request.header(CONTENT_TYPE, "application/json").header(ACCEPT, accept);
    request.body(body.to_string()).send().await.unwrap()
}

/// A stream whose head is there.
pub(crate) async fn begun(served: &Served, query: &str) -> Response {
    asked(served, "text/event-stream", &json!({ "query": query })).await
}

/// All that a client is told, as text.
pub(crate) async fn told(served: &Served, query: &str) -> String {
    let request = served.post().header(ACCEPT, "text/event-stream").bearer_auth("client");
    request.body(json!({ "query": query }).to_string()).send().await.unwrap().text().await.unwrap()
}

/// The events of a stream that ends.
pub(crate) async fn of(served: &Served, accept: &str, body: &Json) -> Vec<(String, Json)> {
    let response = asked(served, accept, body).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let text = response.text().await.unwrap();
    assert!(!text.contains(crate::toy::SECRET) && !text.contains(crate::toy::FAULT), "{text}");
    let events = text.split("\n\n").filter(|event| !event.is_empty() && !event.starts_with(':'));
    let field = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{event}")).to_owned()
    };
    events
        .map(|event| (field(event, "event: "), serde_json::from_str(&field(event, "data: ")).unwrap()))
        .collect()
}

#[tokio::test]
async fn each_answer_is_an_event_and_the_end_is_one() {
    let served = serve().await;
    let next = |data: Json| ("next".to_owned(), json!({ "data": data }));
    let complete = || ("complete".to_owned(), json!({}));
    let events =
        of(&served, "text/event-stream", &json!({ "query": "subscription { counts(to: 2) }" })).await;
    assert_eq!(events, [next(json!({ "counts": 1 })), next(json!({ "counts": 2 })), complete()]);
    let events = of(&served, "text/event-stream", &json!({ "query": "{ hello }" })).await;
    assert_eq!(events, [next(json!({ "hello": "hello " })), complete()]);
}

#[tokio::test]
async fn an_answer_without_rows_is_the_same_over_every_transport() {
    let served = serve().await;
    let body = json!({ "query": "{ says }" });
    let posted = served.body(body.to_string()).await.json();
    assert_eq!(posted["data"], Json::Null);
    assert!(posted.as_object().unwrap().contains_key("data"), "{posted}");
    let (kind, event) = of(&served, "text/event-stream", &body).await.remove(0);
    assert_eq!((kind.as_str(), &event["data"]), ("next", &posted["data"]));
    assert!(event.as_object().unwrap().contains_key("data"), "{event}");
    assert_eq!(event["errors"][0]["path"], posted["errors"][0]["path"]);
}

#[tokio::test]
async fn a_role_with_wider_limits_follows_what_these_let_through() {
    let bounds = Bounds::read("tokens = 8\n[role.client]\ntokens = 100".parse().unwrap()).unwrap();
    let served = serve_as(Settings { limits: bounds, ..Settings::default() }, true).await;
    let query = "subscription Long { counts(to: 1) }";
    let accept = "application/json, text/event-stream";
    let request = served.client.post(format!("{}/graphql", served.base)).bearer_auth("client");
    let request = request.header(CONTENT_TYPE, "application/json").header(ACCEPT, accept);
    let answer = send(request.body(json!({ "query": query }).to_string())).await;
    assert!(answer.text.contains("event: next"), "{}", answer.text);
}

#[tokio::test]
async fn who_takes_json_too_gets_events_for_what_goes_on_alone() {
    let served = serve().await;
    // What urql sends with every request.
    let accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    let answer = asked(&served, accept, &json!({ "query": "{ hello }" })).await;
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/graphql-response+json; charset=utf-8");
    let answer = asked(&served, accept, &json!({ "query": "subscription { nothing" })).await;
    assert_eq!(answer.status(), 400);
    let events = of(&served, accept, &json!({ "query": "subscription { counts(to: 1) }" })).await;
    assert_eq!(events.len(), 2);
    let refused =
        asked(&served, "application/json", &json!({ "query": "subscription { counts(to: 1) }" })).await;
    assert!(refused.text().await.unwrap().contains("OPERATION_NOT_SERVED"));
    assert_eq!(asked(&served, "text/event-stream;q=0", &json!({ "query": "{ hello }" })).await.status(), 406);
}

#[tokio::test]
async fn what_goes_on_is_followed_by_get_too_and_nothing_is_changed_by_it() {
    let served = serve().await;
    let asked = async |query: &str, accept: &'static str| {
        let request = served.client.get(format!("{}/graphql", served.base)).query(&[("query", query)]);
        send(request.header(ACCEPT, accept).header("apollo-require-preflight", "true")).await
    };
    let told = asked("subscription { counts(to: 1) }", "text/event-stream").await;
    assert!(told.text.contains(r#"{"counts":1}"#), "{}", told.text);
    assert_eq!(
        asked("subscription { counts(to: 1) }", "application/json").await.code(),
        "OPERATION_NOT_SERVED"
    );
    for accept in ["text/event-stream", "application/json"] {
        let refused = asked("mutation { touch }", accept).await;
        assert!(refused.text.contains("METHOD_NOT_ALLOWED"), "{}", refused.text);
    }
    assert_eq!(served.reached().1, 1, "one ran");
}

#[tokio::test]
async fn a_token_that_is_worth_nothing_is_refused_before_any_event() {
    let served = serve().await;
    let request = served.post().header(ACCEPT, "text/event-stream").bearer_auth("nobody");
    let answer = send(request.body(json!({ "query": "subscription { silence }" }).to_string())).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn a_silent_stream_is_kept_alive_by_comments_and_streams_are_counted() {
    let limits = Limits { ping_seconds: 1, streams: 2, ..Limits::default() };
    let served = serve_as(Settings { limits: limits.into(), ..Settings::default() }, true).await;
    let mut first = begun(&served, "subscription { silence }").await;
    let chunk = tokio::time::timeout(Duration::from_secs(5), first.chunk()).await.unwrap().unwrap();
    assert_eq!(chunk.as_deref(), Some(&b":\n\n"[..]));
    let second = begun(&served, "subscription { silence }").await;
    let third = begun(&served, "subscription { silence }").await;
    assert_eq!(third.status(), 429);
    assert!(third.text().await.unwrap().contains("TOO_MANY_STREAMS"));
    drop((first, second));
    for _ in 0..50 {
        if begun(&served, "{ hello }").await.status() == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the places of streams that were left are not free again");
}
