//! What is sent to exhaust the service: each is refused in time, and the process lives.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use portico::http::Settings;
use portico::http::rates::{Rate, Rates};
use serde_json::json;

use crate::toy::{serve, serve_as};

/// More than a test spends.
fn plenty() -> Rates {
    let rate = Rate { per_second: 1_000_000.try_into().unwrap(), burst: 1_000_000_000.try_into().unwrap() };
    Rates { address: rate, person: rate, ..Rates::default() }
}

/// A document of brackets nested to a depth, in every place where the grammar nests.
fn nested(depth: usize) -> Vec<(&'static str, String)> {
    let many = |text: &str| text.repeat(depth);
    let (list, open, close) = (many("["), many("{a:"), many("}"));
    let lists = format!("{list}{}", many("]"));
    vec![
        ("list", format!("{{ search(any: {lists}) }}")),
        ("open list", format!("{{ search(any: {list}")),
        ("object", format!("{{ search(any: {open}1{close}) }}")),
        ("open object", format!("{{ search(any: {open}")),
        ("mixed", format!("{{ search(any: {}1{}) }}", many("[{a:"), many("}]"))),
        ("input", format!("{{ search(filter: {}{{title: \"x\"}}{}) }}", many("{and: "), many("}"))),
        ("default", format!("query($a: Int = {lists}) {{ search(tags: $a) }}")),
        ("default object", format!("query($a: Filter = {open}1{close}) {{ search(filter: $a) }}")),
        ("directive", format!("{{ hello @skip(if: {lists}) }}")),
        ("directive on an operation", format!("query @a(b: {lists}) {{ hello }}")),
        ("type", format!("query($a: {list}Int{}) {{ hello }}", many("]"))),
        ("selection", format!("{{ {} hello {} }}", many("query {"), many("}"))),
        ("inline", format!("{{ {} hello {} }}", many("... {"), many("}"))),
        ("inline with a type", format!("{{ {} hello {} }}", many("... on Query {"), many("}"))),
        ("parentheses", format!("{{ hello{} }}", many("("))),
        ("arguments", format!("{{ {}", many("a(a:{"))),
        ("open selection", format!("{{ {}", many("a{"))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_depth_of_brackets_kills_the_process() {
    let served = serve_as(Settings { rates: plenty(), ..Settings::default() }, true).await;
    // The socket for each depth near the limits and where stacks were seen to end, in steps beyond.
    let depths = (1..=400).chain((400..10_000).step_by(211)).chain([10_000]);
    for depth in depths {
        for (place, text) in nested(depth) {
            let answer = served.ask(&text).await;
            assert!(answer.status == 400 || answer.status == 200 || answer.status == 413, "{place} {depth}");
            assert!(depth <= 64 || answer.status != 200, "{place} {depth}");
        }
        let value = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let query = r#""query":"query($a: JSON) { search(any: $a) }""#;
        let answer = served.body(format!("{{{query},\"variables\":{{\"a\":{value}}}}}")).await;
        assert_eq!(answer.status == 200, depth <= 62, "variables {depth} {}", answer.text);
        assert_eq!(answer.code() == "TOO_DEEP", depth > 62, "variables {depth} {}", answer.text);
    }
    served.lives().await;
}

/// Every depth from 1 to 10,000, on a stack no larger than a worker's.
#[test]
fn no_depth_passes_the_scan_and_overflows_the_parser() {
    use portico::http::limits::Limits;
    use portico::http::scan::scan;
    let limits = Limits { tokens: usize::MAX, document_bytes: usize::MAX, ..Limits::default() };
    let every = move || {
        for depth in 1..=10_000 {
            for (place, text) in nested(depth) {
                let refused = scan(&text, &limits).is_err();
                assert!(refused || depth <= 64, "{place} {depth}");
                if !refused {
                    let _ = async_graphql::parser::parse_query(&text);
                }
            }
        }
    };
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(every).unwrap().join().unwrap();
}

fn doubling(levels: usize) -> String {
    let mut text = String::from("{ ...F0 }");
    for level in 0..levels {
        let next = level + 1;
        write!(text, " fragment F{level} on Query {{ ...F{next} a: query {{ ...F{next} }} }}").unwrap();
    }
    write!(text, " fragment F{levels} on Query {{ hello }}").unwrap();
    text
}

#[tokio::test]
async fn aliases_within_introspection_are_few() {
    let served = serve().await;
    let ask = |count: usize| {
        let aliases = (0..count).fold(String::new(), |text, n| format!("{text} a{n}: description"));
        format!("{{ __schema {{ types {{ name {aliases} }} }} }}")
    };
    assert_eq!(served.ask(&ask(25)).await.status, 200);
    let answer = served.ask(&ask(26)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "TOO_MANY_ALIASES"));
}

#[tokio::test]
async fn doubling_fragments_never_reach_validation() {
    let served = serve().await;
    assert_eq!(served.ask(&doubling(5)).await.status, 200);
    let reached = served.reached();
    let start = Instant::now();
    for levels in 11..80 {
        let answer = served.ask(&doubling(levels)).await;
        assert!(
            ["TOO_MANY_FIELDS", "TOO_DEEP", "TOO_MANY_ALIASES"].contains(&answer.code().as_str()),
            "{levels}"
        );
    }
    assert_eq!(served.reached(), reached);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn what_is_too_much_is_refused_before_validation() {
    let served = serve().await;
    let many = |count: usize, text: &dyn Fn(usize) -> String| (0..count).map(text).collect::<String>();
    for (text, code) in [
        (format!("{{ {} }}", many(51, &|_| "hello ".into())), "TOO_MANY_FIELDS"),
        (format!("mutation {{ {} }}", many(51, &|at| format!("a{at}: touch "))), "TOO_MANY_FIELDS"),
        (format!("{{ query {{ {} }} }}", many(5_001, &|_| "hello ".into())), "TOO_MANY_FIELDS"),
        (format!("{{ query {{ {} }} }}", many(501, &|at| format!("a{at}: hello "))), "TOO_MANY_ALIASES"),
        // As many aliases as may be, and one selection more than may be.
        (
            format!("{{ query {{ {} }} }}", many(500, &|at| format!("a{at}: leaf {{ name }} "))),
            "TOO_MANY_FIELDS",
        ),
        (
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }".into(),
            "TOO_DEEP",
        ),
        (format!("{{ {} }}", many(11_000, &|_| "a ".into())), "TOO_MANY_TOKENS"),
        (many(101, &|at| format!("query q{at} {{ hello }} ")), "TOO_MANY_DEFINITIONS"),
        (
            format!(
                "{{ ...f0 }} {}",
                many(100, &|at| format!("fragment f{at} on Query {{ ...f{} }} ", at + 1))
            ),
            "TOO_MANY_DEFINITIONS",
        ),
        (
            format!(
                "{{ ...f0 }} {}",
                many(90, &|at| format!("fragment f{at} on Query {{ ...f{} }} ", at + 1))
            ),
            "TOO_DEEP",
        ),
        (format!("query({}) {{ hello }}", many(101, &|at| format!("$v{at}: Int "))), "TOO_MANY_VARIABLES"),
        (format!("{{ __typename {} }}", "@skip(if: false) ".repeat(9)), "TOO_MANY_DIRECTIVES"),
        (format!("{{ hello(name: \"{}\") }}", "x".repeat(20_000)), "LITERAL_TOO_LONG"),
        (format!("{{ hello(name: \"\"\"{}\"\"\") }}", "x".repeat(20_000)), "LITERAL_TOO_LONG"),
        (format!("{{ {} }}", "x".repeat(201)), "LITERAL_TOO_LONG"),
        ("query($a: [[[[Int]]]]) { hello }".into(), "TOO_DEEP"),
        (" ".repeat(102_401), "DOCUMENT_TOO_LARGE"),
    ] {
        let answer = served.ask(&text).await;
        let status = if code == "DOCUMENT_TOO_LARGE" { 413 } else { 400 };
        assert_eq!((answer.code().as_str(), answer.status.as_u16()), (code, status), "{}", answer.text);
    }
    assert_eq!(served.reached(), (0, 0));
    served.lives().await;
}

#[tokio::test]
async fn filters_of_ten_thousand_branches_are_refused() {
    let served = serve().await;
    let branches = |count: usize| {
        let variables = json!({"f": {"and": vec![json!({"title": "x"}); count]}});
        json!({"query": "query($f: Filter) { search(filter: $f) }", "variables": variables}).to_string()
    };
    assert_eq!(served.body(branches(1_000)).await.json()["data"]["search"], 1_000);
    assert_eq!(served.body(branches(10_000)).await.code(), "TOO_MANY_VALUES");
}

#[tokio::test]
async fn a_long_text_that_is_used_often_is_written_out_nowhere() {
    let served = serve().await;
    let ask = |uses: usize, query: &str| {
        let query = query.replace("USES", &"$v ".repeat(uses));
        json!({ "query": query, "variables": { "v": "x".repeat(1_000_000) } }).to_string()
    };
    for query in [
        "query($v: String) { hello(name: [USES]) }",
        "query($v: String) { leaf { name @skip(if: [USES]) } }",
        "query A($v: String) { __typename } query B($v: String) { nobodys(name: [USES]) }",
    ] {
        assert_eq!(served.body(ask(4_000, query)).await.code(), "TOO_MANY_VALUES", "{query}");
    }
    assert_eq!(served.reached(), (0, 0));
    let once = ask(1, "query($v: String) { hello(name: USES) }");
    assert_eq!(served.body(once).await.text.len(), 1_000_000 + r#"{"data":{"hello":"hello "}}"#.len());
}

#[tokio::test]
async fn standard_introspection_passes() {
    let served = serve().await;
    // The text of graphql-js 16's getIntrospectionQuery with every option on.
    let answer = served.ask(include_str!("introspection.graphql")).await;
    assert_eq!((answer.status.as_u16(), answer.json().get("errors")), (200, None), "{}", answer.text);
    assert_eq!(answer.json()["data"]["__schema"]["queryType"]["name"], "Query");
}

#[tokio::test]
async fn a_default_for_a_list_of_an_unknown_type_does_not_panic() {
    let served = serve().await;
    let answer = served.ask("query($a: [Nope] = [1]) { hello(name: $a) }").await;
    assert_eq!((answer.status.as_u16(), answer.message().as_str()), (400, "Unknown type \"Nope\""));
    assert_eq!(served.reached(), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn overlapping_requests_never_mix_viewers() {
    let served = std::sync::Arc::new(serve().await);
    let mut asked = Vec::new();
    for number in 0..400 {
        let served = std::sync::Arc::clone(&served);
        asked.push(tokio::spawn(async move {
            let (token, role) = if number % 2 == 0 { ("client", "Client") } else { ("attorney", "Attorney") };
            let request = served.post().bearer_auth(token).body(r#"{"query":"{ role query { role } }"}"#);
            let answer = crate::toy::send(request).await;
            assert_eq!(answer.json()["data"], json!({"role": role, "query": {"role": role}}));
        }));
    }
    for task in asked {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn texts_that_two_readers_read_differently_are_refused() {
    let served = serve().await;
    for body in [
        &br#"{"query":"{ hello }","query":"{ leaf { name } }"}"#[..],
        br#"{"query":"{ hello }","variables":{"a":1,"a":2}}"#,
        b"\xEF\xBB\xBF{\"query\":\"{ hello }\"}",
        br#"{"query":"{ hello }","variables":{"a":"\ud800"}}"#,
        br#"{"query":"{ hello }","variables":{"a":"\u0000"}}"#,
        b"{\"query\":\"{ hello }\xff\"}",
        br#"{"query":"{ hello }"}{"query":"{ hello }"}"#,
        b"{'query':'{ hello }'}",
        br#"{"query":"{ hello }",}"#,
        br#"{"query":"{ hello }","variables":"{}"}"#,
        br#"{"query":["{ hello }"]}"#,
        b"query={hello}",
        b"",
        b"null",
    ] {
        let answer = served.body(body).await;
        let text = String::from_utf8_lossy(body);
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "MALFORMED_BODY"), "{text}");
    }
    assert_eq!(served.reached(), (0, 0));
}

#[tokio::test]
async fn what_is_given_twice_is_refused_before_validation() {
    let served = serve().await;
    for text in [
        "{ hello(name: \"a\", name: \"b\") }",
        "{ search(filter: {title: \"a\", title: \"b\"}) }",
        "{ search(filter: {and: [{title: \"a\"}, {title: \"b\", title: \"c\"}]}) }",
        "{ search(nope: {nope: 1, nope: 2}) }",
        "query($f: Filter = {title: \"a\", title: \"b\"}) { search(filter: $f) }",
        "query($a: Int, $a: Int) { hello }",
        "{ hello @skip(if: false, if: true) }",
        "{ __typename @include(if: true) @include(if: true) }",
    ] {
        let answer = served.ask(text).await;
        assert_eq!(
            (answer.code().as_str(), answer.status.as_u16()),
            ("GRAPHQL_VALIDATION_FAILED", 400),
            "{text}"
        );
        assert!(answer.message().contains("twice"), "{text} {}", answer.text);
    }
    assert_eq!(served.reached(), (0, 0));
    served.lives().await;
}
