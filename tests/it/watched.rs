//! What operators see of the program: its log, its metrics, its traces; and what none of them ever holds.
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value::Value as Told,
    trace::v1::{Span, status::StatusCode},
};
use portico::{policy::Role, store::Engine};
use prost::Message as _;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    commands::{Served, portico},
    harness::{Content, loaded, on_engines},
    raw::Raw,
};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);

/// A free address for metrics; taken by nobody else for as long as tests take turns.
fn free() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// A database, and a token of its client.
async fn prepared(engine: Engine) -> (String, Option<tempfile::TempDir>, String) {
    let (database, folder) = loaded(engine, Content::Small).await;
    let token = portico(&["token", "--as", MIA.0, "--role", "client", "--database", &database]).success();
    (database, folder, token.trim().to_owned())
}

/// What a name would need to pass for a line of the log.
const FORGED: &str = "canary\nforged\r\u{1b}[31m\u{2028}forged";

#[test]
fn the_log_is_one_json_object_a_line_and_holds_nothing_of_anybody() {
    on_engines(async |engine| {
        let (database, _folder, token) = prepared(engine).await;
        let raw = Raw::open(&database).await;
        let sql = format!(
            "UPDATE firms SET name = '{FORGED}', display_name = '{FORGED}'; UPDATE people SET name = '{FORGED}'"
        );
        raw.run(&sql).await;
        let log = tempfile::NamedTempFile::new().unwrap();
        let served =
            Served::start_with(&["serve", "--database", &database], &[], Some(log.reopen().unwrap())).await;
        let client = reqwest::Client::new();
        let mut ids = BTreeSet::new();
        for body in [
            json!({ "query": "query Canary { viewer { person { name } firm { name } } cases { nodes { title } } }" }),
            json!({ "query": "query($n: Int) { cases(first: $n) { nodes { id } } }", "variables": { "n": 1, "canary": FORGED } }),
            json!({ "query": "{ viewer { role } }", "operationName": FORGED }),
            json!({ "query": "{ node(id: \"canary\") { id } }" }),
            json!({ "documentId": "canary" }),
            json!({ "query": "{ canary" }),
        ] {
            for token in [token.as_str(), "not-a-token-canary"] {
                let asked = client.post(format!("{}/graphql", served.url)).bearer_auth(token).json(&body);
                let asked =
                    asked.header("user-agent", "canary").header("x-request-id", "no plain one, canary");
                let answer = asked.send().await.unwrap();
                ids.insert(answer.headers()["x-request-id"].to_str().unwrap().to_owned());
            }
        }
        client.get(format!("{}/canary%0Aforged?canary={token}", served.url)).send().await.unwrap();
        // A fault of ours: the table is gone.
        raw.run("ALTER TABLE cases RENAME TO gone").await;
        let (_, broken) = served.ask(&token, &json!({ "query": "{ cases { nodes { title } } }" })).await;
        let id =
            broken["errors"][0]["extensions"]["requestId"].as_str().unwrap_or_else(|| panic!("{broken}"));
        assert!(served.stop().await);

        let log = fs::read_to_string(log.path()).unwrap();
        let lines: Vec<Value> =
            log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
        for secret in ["canary", "Canary", "forged", &token, "Bearer", "\u{2028}", "\u{1b}"] {
            assert!(!log.contains(secret), "{engine:?}: {secret:?} is in the log:\n{log}");
        }
        let calls = lines.iter().filter(|line| line["target"] == "portico::calls");
        let told: BTreeSet<_> = calls.map(|line| line["span"]["id"].as_str().unwrap().to_owned()).collect();
        assert!(ids.is_subset(&told), "{ids:?} {told:?}");
        let faults: Vec<_> = lines.iter().filter(|line| line["level"] == "ERROR").collect();
        assert!(
            faults.iter().any(|line| line["span"]["id"] == id && line["fields"]["message"] == "fault"),
            "{faults:#?}"
        );
    });
}

/// The series of a scrape: each name with its labels, and its value.
fn series(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with("# EOF\n"), "{text}");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.rsplit_once(' ').unwrap())
        .map(|(name, value)| (name.to_owned(), value.parse().unwrap()))
        .collect()
}

#[test]
#[allow(clippy::too_many_lines, reason = "one scrape after another")]
fn metrics_count_by_what_the_program_and_its_operator_named() {
    on_engines(async |engine| {
        let (database, _folder, token) = prepared(engine).await;
        let manifest = tempfile::NamedTempFile::new().unwrap();
        let (hash, text) = ("5d41402abc4b2a76b9719d911017c592", "query Home { cases { nodes { title } } }");
        fs::write(manifest.path(), json!({ hash: text }).to_string()).unwrap();
        let path = manifest.path().to_str().unwrap();
        portico(&["trusted", "add", path, "--role", "client", "--database", &database]).success();
        let (address, policies) = (free(), tempfile::tempdir().unwrap());
        for (name, text) in crate::reload::files("") {
            fs::write(policies.path().join(name), text).unwrap();
        }
        let folder = policies.path().to_str().unwrap();
        let arguments = [
            "serve",
            "--database",
            &database,
            "--metrics",
            &address,
            "--policies",
            folder,
            "--connection-wait",
            "20",
        ];
        let served = Served::start(&arguments).await;
        let scraped = async || {
            let answer = reqwest::get(format!("http://{address}/metrics")).await.unwrap();
            assert!(
                answer.headers()["content-type"]
                    .to_str()
                    .unwrap()
                    .starts_with("application/openmetrics-text")
            );
            series(&answer.text().await.unwrap())
        };
        let ask = async |body: Value| served.ask(&token, &body).await.0;
        assert_eq!(ask(json!({ "documentId": hash })).await, 200);
        for number in 0..3 {
            ask(json!({ "query": format!("query Canary{number} {{ viewer {{ role }} }}") })).await;
            ask(json!({ "query": format!("{{ canary{number} }}") })).await;
            reqwest::get(format!("{}/canary{number}", served.url)).await.unwrap();
        }
        let found = scraped().await;
        let is = |name: &str, value: f64| {
            let known = found.get(name).copied();
            assert_eq!(known, Some(value), "{name} in {found:#?}");
        };
        is("portico_operations_total{role=\"client\",kind=\"query\",code=\"OK\"}", 4.0);
        is(
            "portico_operations_total{role=\"client\",kind=\"query\",code=\"GRAPHQL_VALIDATION_FAILED\"}",
            3.0,
        );
        is("portico_trusted_operations_total{role=\"client\",document=\"Home\",code=\"OK\"}", 1.0);
        let duration = "http_server_request_duration_seconds_count";
        is(
            &format!(
                "{duration}{{http_request_method=\"POST\",http_response_status_code=\"200\",http_route=\"/graphql\"}}"
            ),
            4.0,
        );
        is(
            &format!(
                "{duration}{{http_request_method=\"GET\",http_response_status_code=\"404\",http_route=\"none\"}}"
            ),
            3.0,
        );
        let pool = if engine == Engine::Sqlite { "readers" } else { "connections" };
        is(&format!("db_client_connection_max{{db_client_connection_pool_name=\"{pool}\"}}"), 8.0);
        is(
            &format!(
                "db_client_connection_count{{db_client_connection_pool_name=\"{pool}\",db_client_connection_state=\"used\"}}"
            ),
            0.0,
        );
        let statements = format!(
            "db_client_operation_duration_seconds_count{{db_client_connection_pool_name=\"{pool}\"}}"
        );
        assert!(found[&statements] >= 5.0, "{found:#?}");
        is("portico_open{kind=\"sockets\"}", 0.0);
        is("portico_policy_reloads_total{outcome=\"good\"}", 0.0);
        assert!(!found.keys().any(|name| name.to_lowercase().contains("canary")), "{found:#?}");

        // Other names, other addresses, other methods: not one series more.
        for number in 3..30 {
            ask(json!({ "query": format!("query Canary{number} {{ viewer {{ role }} }}") })).await;
            ask(json!({ "query": format!("{{ canary{number} }}") })).await;
            reqwest::get(format!("{}/canary{number}", served.url)).await.unwrap();
        }
        let names = |found: &BTreeMap<String, f64>| found.keys().cloned().collect::<BTreeSet<_>>();
        let again = scraped().await;
        assert_eq!(names(&again), names(&found));

        let mut socket = crate::socket::Socket::open(&served.url).await;
        socket.init(&token).await;
        socket.hear().await;
        fs::write(policies.path().join("cases.csv"), "p, role:client, Case, titel, resolve, allow\n")
            .unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let found = scraped().await;
            if found["portico_policy_reloads_total{outcome=\"refused\"}"] > 0.0 {
                assert!(found["portico_open{kind=\"sockets\"}"] > 0.0);
                break;
            }
            assert!(Instant::now() < until, "the faulty policy was not counted: {found:#?}");
            sleep(Duration::from_millis(100)).await;
        }
        let case = served.ask(&token, &json!({ "query": "{ cases { nodes { id } } }" })).await.1;
        let follow = "subscription($case: ID!) { caseChanged(case: $case) { case { title } } }";
        socket.follow("a", follow, json!({ "case": case["data"]["cases"]["nodes"][0]["id"] })).await;
        let until = Instant::now() + Duration::from_secs(20);
        while !scraped().await.contains_key("portico_feed_lag_seconds") {
            assert!(Instant::now() < until, "nothing is said of the feed");
            sleep(Duration::from_millis(100)).await;
        }
        assert!(served.stop().await);
    });
}

type Got = Arc<Mutex<Vec<Span>>>;

/// A collector that keeps what it gets.
async fn collector() -> (String, Got) {
    let got = Got::default();
    let take = async |State(got): State<Got>, body: Bytes| {
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        for spans in request.resource_spans {
            let resource = spans.resource.unwrap();
            assert!(resource.attributes.iter().any(|told| told.key == "service.name"), "{resource:?}");
            got.lock().unwrap().extend(spans.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    };
    let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&got));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, got)
}

fn told(span: &Span) -> BTreeMap<String, String> {
    let text = |value: Told| match value {
        Told::StringValue(text) => text,
        Told::IntValue(number) => number.to_string(),
        other @ (Told::BoolValue(_)
        | Told::DoubleValue(_)
        | Told::ArrayValue(_)
        | Told::KvlistValue(_)
        | Told::BytesValue(_)
        | Told::StringValueStrindex(_)) => panic!("{other:?}"),
    };
    span.attributes
        .iter()
        .map(|it| (it.key.clone(), text(it.value.clone().unwrap().value.unwrap())))
        .collect()
}

#[test]
fn traces_go_on_from_the_proxys_and_end_with_each_statement() {
    on_engines(async |engine| {
        let (database, _folder, token) = prepared(engine).await;
        let (address, got) = collector().await;
        let config = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(config.path(), "[proxies]\ntrusted = [\"127.0.0.0/8\"]").unwrap();
        let serve = ["serve", "--database", &database, "--otlp", &address];
        let behind = [&serve[..], &["--config", config.path().to_str().unwrap()]].concat();
        let served = Served::start(&behind).await;
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let ask = async |served: &Served, query: &str, trace: &str| {
            let asked = reqwest::Client::new().post(format!("{}/graphql", served.url)).bearer_auth(&token);
            let asked = asked.header("traceparent", format!("00-{trace}-b7ad6b7169203331-01"));
            let asked = asked.header("tracestate", "vendor=canary");
            asked.json(&json!({ "query": query, "variables": { "canary": 1 } })).send().await.unwrap()
        };
        ask(&served, "query Canary { cases { nodes { title } } }", trace).await;
        ask(&served, "{ canary }", "0af7651916cd43dd8448eb211c80319d").await;
        Raw::open(&database).await.run("ALTER TABLE cases RENAME TO gone").await;
        ask(&served, "{ cases { nodes { id } } }", "0af7651916cd43dd8448eb211c80319e").await;
        // What is not delivered yet is delivered when the program ends.
        assert!(served.stop().await);
        let served = Served::start(&serve).await;
        ask(&served, "{ __typename }", "0af7651916cd43dd8448eb211c80319f").await;
        assert!(served.stop().await);

        let spans = got.lock().unwrap().clone();
        assert!(
            !format!("{spans:?}").to_lowercase().contains("canary") && !format!("{spans:?}").contains(&token)
        );
        let digit = |half: u8| char::from_digit(half.into(), 16).unwrap();
        let hex = |bytes: &[u8]| -> String {
            bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
        };
        let of = |last: &str, name: &str| -> Vec<&Span> {
            let is_one =
                |span: &&Span| hex(&span.trace_id) == format!("{}{last}", &trace[..31]) && span.name == name;
            spans.iter().filter(is_one).collect()
        };
        let [request] = of("c", "POST /graphql")[..] else { panic!("{spans:#?}") };
        assert_eq!(hex(&request.parent_span_id), "b7ad6b7169203331");
        let known = told(request);
        for (key, value) in [
            ("http.request.method", "POST"),
            ("http.route", "/graphql"),
            ("http.response.status_code", "200"),
            ("graphql.operation.type", "query"),
            ("portico.role", "client"),
        ] {
            assert_eq!(known.get(key).map(String::as_str), Some(value), "{known:?}");
        }
        assert!(
            !known.contains_key("graphql.operation.name")
                && request.status.as_ref().is_none_or(|it| it.code() != StatusCode::Error)
        );
        let [schema] = of("c", "schema")[..] else { panic!("{spans:#?}") };
        assert_eq!(schema.parent_span_id, request.span_id);
        let statements = of("c", "SELECT");
        assert!(statements.iter().any(|it| it.parent_span_id == schema.span_id), "{spans:#?}");
        for statement in statements {
            let known = told(statement);
            let system = if engine == Engine::Sqlite { "sqlite" } else { "postgresql" };
            assert_eq!(known["db.system.name"], system);
            assert_eq!(known["portico.statement"].len(), 16, "{known:?}");
        }
        assert!(
            !spans.iter().filter(|span| span.name == "viewer").collect::<Vec<_>>().is_empty(),
            "{spans:#?}"
        );
        assert_eq!(told(of("d", "POST /graphql")[0])["error.type"], "GRAPHQL_VALIDATION_FAILED");
        // Nobody but a proxy decides what is traced.
        assert!(of("f", "POST /graphql").is_empty(), "{spans:#?}");
        let links: Vec<_> =
            spans.iter().flat_map(|span| &span.links).map(|link| hex(&link.trace_id)).collect();
        assert_eq!(links, ["0af7651916cd43dd8448eb211c80319f"]);
        let failed = of("e", "POST /graphql")[0];
        assert_eq!(told(failed)["error.type"], "INTERNAL");
        assert_eq!(failed.status.as_ref().unwrap().code(), StatusCode::Error);
    });
}

#[test]
fn a_collector_that_is_not_there_harms_nobody() {
    on_engines(async |engine| {
        let (database, _folder, token) = prepared(engine).await;
        let nobody = format!("http://{}", free());
        let served = Served::start(&["serve", "--database", &database, "--otlp", &nobody]).await;
        for _ in 0..50 {
            assert_eq!(served.ask(&token, &json!({ "query": "{ viewer { role } }" })).await.0, 200);
        }
        assert!(served.stop().await);
    });
}
