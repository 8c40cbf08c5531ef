//! What the log says of each call, and what no call can make it say.

use std::collections::HashSet;
use std::process::Command;
use std::time::Duration;

use portico::telemetry::log::{Format, lines, panicked};
use serde_json::{Value as Json, json};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _};

use crate::logs::{Log, heard};
use crate::sockets::{hear, known, say, subscribe};
use crate::toy::{SECRET, send, serve};

/// Logs this thread as the program would, at a level.
fn logged(format: Format, level: &str) -> (Log, DefaultGuard) {
    let log = Log::default();
    let subscriber = tracing_subscriber::registry().with(lines(format, EnvFilter::new(level), log.clone()));
    (log, heard(subscriber))
}

/// The lines of calls, each as what it tells of the call and its id.
fn calls(log: &Log) -> Vec<(Json, String)> {
    let read = log
        .lines()
        .into_iter()
        .map(|line| serde_json::from_str::<Json>(&line).unwrap_or_else(|_| panic!("no JSON: {line}")));
    let calls = read.filter(|line| line["target"] == "portico::calls");
    calls.map(|line| (line["fields"].clone(), line["span"]["id"].as_str().unwrap().to_owned())).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn each_request_has_one_line_that_says_all_but_what_was_written() {
    let (log, _guard) = logged(Format::Json, "info");
    let served = serve().await;
    let ask = async |body: Json| send(served.post().bearer_auth("client").body(body.to_string())).await;
    let answers = [
        ask(json!({ "query": "query Mine($n: String) { hello(name: $n) }", "variables": { "n": "words" } }))
            .await,
        ask(json!({ "query": "{ absent }" })).await,
        ask(json!({ "query": "{ nonsense }" })).await,
        ask(json!({ "query": "{ words" })).await,
        served.get("/health/live?words").await,
        served.get("/words").await,
        send(served.client.request("WORDS".parse().unwrap(), format!("{}/graphql", served.base))).await,
    ];
    let calls = calls(&log);
    assert_eq!(calls.len(), answers.len(), "{calls:#?}");
    for ((fields, id), answer) in calls.iter().zip(&answers) {
        assert_eq!(
            (id.as_str(), &fields["status"]),
            (answer.header("x-request-id"), &json!(answer.status.as_u16()))
        );
        assert_eq!(fields["bytes"], answer.text.len(), "{fields}");
        assert!(fields["microseconds"].as_u64().unwrap() > 0, "{fields}");
        let members =
            ["message", "method", "route", "status", "role", "kind", "code", "microseconds", "bytes"];
        assert!(fields.as_object().unwrap().keys().all(|key| members.contains(&key.as_str())), "{fields}");
    }
    let of = |member: &str| calls.iter().map(|(fields, _)| fields[member].clone()).collect::<Vec<_>>();
    let (post, none) = (json!("POST"), Json::Null);
    assert_eq!(
        of("method"),
        [&post, &post, &post, &post, &json!("GET"), &json!("GET"), &json!("_OTHER")].map(Clone::clone)
    );
    assert_eq!(of("route")[3..6], [json!("/graphql"), json!("/health/live"), none.clone()]);
    assert_eq!(
        of("role")[..5],
        [json!("client"), json!("client"), json!("client"), json!("client"), none.clone()]
    );
    assert_eq!(of("kind")[..4], [json!("query"), json!("query"), json!("query"), none.clone()]);
    let codes =
        [none.clone(), json!("NOT_FOUND"), json!("GRAPHQL_VALIDATION_FAILED"), json!("GRAPHQL_PARSE_FAILED")];
    assert_eq!(of("code")[..4], codes);
    assert!(!log.lines().concat().contains("ords") && !log.lines().concat().contains("Mine"), "{calls:#?}");
}

/// What a text would need to pass for another line, to hide one, or to command a terminal.
const FORGED: &str = "x\nforged\r\u{1b}[2Jforged\u{85}forged\u{2028}forged\u{202e}";

#[tokio::test(flavor = "current_thread")]
async fn no_text_of_a_caller_forges_a_line() {
    for format in [Format::Json, Format::Text] {
        let (log, guard) = logged(format, "trace");
        let served = serve().await;
        let forged: reqwest::header::HeaderValue = "x\u{85}forged\u{2028}forged".parse().unwrap();
        for header in ["x-request-id", "user-agent", "portico-role", "traceparent", "origin", "authorization"]
        {
            let request = served.post().header(header, forged.clone());
            send(request.body(json!({ "query": "{ hello }" }).to_string())).await;
        }
        for body in [
            json!({ "query": "{ hello }", "operationName": FORGED }),
            json!({ "query": format!("{{ hello }} # {FORGED}") }),
            json!({ "query": "query($n: String) { hello(name: $n) faulty }", "variables": { "n": FORGED } }),
            json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": FORGED } } }),
        ] {
            send(served.post().body(body.to_string())).await;
        }
        served.get("/a%0Aforged%1B%E2%80%A8forged").await;
        tracing::error!(name = FORGED, other = %FORGED, debug = ?FORGED, "{FORGED}");
        drop(guard);
        let text = log.lines().join("\n");
        let is_plain = |c: char| c == '\n' || !(c.is_control() || "\u{2028}\u{2029}\u{202e}".contains(c));
        assert!(text.chars().all(is_plain), "{text}");
        let begins = match format {
            Format::Json => "{\"timestamp\":\"",
            Format::Text => "20",
        };
        for line in text.lines() {
            assert!(line.starts_with(begins), "{line}");
        }
        let calls = text.lines().filter(|line| line.contains("portico::calls"));
        assert_eq!(calls.filter(|line| !line.contains("orged")).count(), 11, "{text}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_fault_is_told_with_the_id_that_its_log_has_and_nothing_else_is() {
    let (log, _guard) = logged(Format::Json, "info");
    let served = serve().await;
    let ask = async |token: &'static str, query: &str| {
        send(served.post().bearer_auth(token).body(json!({ "query": query }).to_string())).await
    };
    for (token, query) in
        [("client", "{ faulty }"), ("client", "{ leaks }"), ("client", "{ boom }"), ("boom", "{ hello }")]
    {
        let answer = ask(token, query).await;
        let id = answer.header("x-request-id").to_owned();
        assert_eq!(answer.json()["errors"][0]["extensions"]["requestId"], id, "{}", answer.text);
        if answer.header("content-type") == "application/problem+json" {
            assert_eq!(answer.json()["requestId"], id);
        }
        let is_told = |line: &String| line.contains("\"ERROR\"") && line.contains(&id);
        assert_eq!(log.lines().iter().filter(|line| is_told(line)).count(), 1, "{query}: {:#?}", log.lines());
    }
    for query in ["{ absent }", "{ nonsense }", "{ worded }", "{"] {
        let answer = ask("client", query).await;
        assert!(!answer.text.contains("requestId"), "{}", answer.text);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn each_operation_over_a_socket_has_an_id_of_its_own() {
    let (log, _guard) = logged(Format::Json, "info");
    let served = serve().await;
    let mut socket = known(&served).await;
    for (id, query) in [("a", "{ faulty }"), ("b", "subscription { counts(to: 3) }"), ("c", "{ leaks }")] {
        say(&mut socket, &subscribe(id, query)).await;
        let mut told = String::new();
        while !told.contains("\"complete\"") {
            told.push_str(&hear(&mut socket).await.unwrap().to_string());
        }
        let (fields, call) = calls(&log).pop().unwrap();
        assert_eq!((&fields["method"], &fields["route"]), (&json!("SOCKET"), &json!("/graphql")));
        assert_eq!((&fields["role"], &fields["message"]), (&json!("client"), &json!("answered")), "{fields}");
        if id == "b" {
            assert_eq!((&fields["kind"], &fields["code"]), (&json!("subscription"), &Json::Null));
        } else {
            assert_eq!(fields["code"], "INTERNAL");
            assert!(told.contains(&format!("\"requestId\":\"{call}\"")), "{told}");
            let is_told = |line: &String| line.contains("\"ERROR\"") && line.contains(&call);
            assert!(log.lines().iter().any(is_told), "{:#?}", log.lines());
        }
    }
    let ids: HashSet<_> = calls(&log).into_iter().map(|(_, id)| id).collect();
    // The socket itself, its first message and three operations.
    assert_eq!(ids.len(), 5, "{:#?}", calls(&log));
}

#[tokio::test(flavor = "current_thread")]
async fn a_stream_of_events_has_its_line_when_it_ends_and_who_leaves_is_said_to_have_left() {
    let (log, _guard) = logged(Format::Json, "info");
    let served = serve().await;
    let events = |query: &str| {
        let request = served.client.post(format!("{}/graphql", served.base)).bearer_auth("client");
        let request = request.header("accept", "text/event-stream");
        request.header("content-type", "application/json").body(json!({ "query": query }).to_string())
    };
    let answer = send(events("subscription { counts(to: 2) }")).await;
    let (fields, id) = calls(&log).pop().unwrap();
    assert_eq!((&fields["bytes"], id.as_str()), (&json!(answer.text.len()), answer.header("x-request-id")));
    assert_eq!((&fields["kind"], &fields["message"]), (&json!("subscription"), &json!("answered")));

    let left = events("subscription { silence }").send().await.unwrap();
    drop(left);
    let slow = served.post().body(json!({ "query": "{ slow }" }).to_string()).send();
    let _ = tokio::time::timeout(Duration::from_millis(200), slow).await;
    for _ in 0..200 {
        if calls(&log).len() == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let left: Vec<_> = calls(&log).into_iter().skip(1).map(|(fields, _)| fields["message"].clone()).collect();
    assert_eq!(left, ["left", "left"]);
}

/// Set for a copy of this program: panic, and log as the program does.
const PANICS: &str = "TEST_PANICS";

#[test]
fn the_text_of_a_panic_is_written_nowhere() {
    if std::env::var_os(PANICS).is_some() {
        let log = lines(Format::Json, EnvFilter::new("trace"), std::io::stderr);
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(log)).unwrap();
        std::panic::set_hook(Box::new(panicked));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { serve().await.ask("{ boom }").await });
        return;
    }
    let mut copy = Command::new(std::env::current_exe().unwrap());
    copy.env_remove("PORTICO_TEST_LOGS")
        .args(["--exact", "calls::the_text_of_a_panic_is_written_nowhere", "--nocapture"])
        .env(PANICS, "1");
    let ended = copy.output().unwrap();
    let told =
        format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success() && !told.contains(SECRET), "{told}");
    let line = told.lines().find(|line| line.contains("\"a panic\"")).unwrap_or_else(|| panic!("{told}"));
    assert!(line.contains("tests/door/toy.rs") && line.contains("\"span\""), "{line}");
}
