//! Methods, media types, statuses, headers, identity, encodings, origins.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use portico::http::Settings;
use portico::http::limits::Limits;
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::toy::{Served, send, serve, serve_as};

const ASK: &str = r#"{"query":"{ hello }"}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn answers_carry_the_type_that_was_accepted() {
    let served = serve().await;
    for (accept, kind) in [
        ("application/json", "application/json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
        ("application/graphql-response+json", "application/graphql-response+json; charset=utf-8"),
    ] {
        let request =
            served.client.post(format!("{}/graphql", served.base)).header(CONTENT_TYPE, "application/json");
        let answer = send(request.header(ACCEPT, accept).body(ASK)).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, kind));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.headers.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("accept")));
    }
}

#[tokio::test]
async fn failures_of_http_are_no_graphql() {
    let served = serve().await;
    let url = format!("{}/graphql", served.base);
    let plain = |kind: &'static str| served.client.post(&url).header(CONTENT_TYPE, kind).body(ASK);
    for (request, status, code) in [
        (served.client.get(&url), 400, "PREFLIGHT_REQUIRED"),
        (served.client.get(format!("{url}?query={{hello}}")), 400, "PREFLIGHT_REQUIRED"),
        (served.client.get(&url).header("apollo-require-preflight", "1"), 400, "MALFORMED_BODY"),
        (served.client.put(&url), 405, "METHOD_NOT_ALLOWED"),
        (served.client.post(format!("{}/health/live", served.base)), 405, "METHOD_NOT_ALLOWED"),
        (served.client.get(format!("{}/nowhere", served.base)), 404, "NOT_FOUND"),
        (served.client.get(&served.base), 404, "NOT_FOUND"),
        (served.client.post(&url).body(ASK), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (plain("text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (plain("application/x-www-form-urlencoded"), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (plain("multipart/form-data; boundary=a"), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (plain("application/json").header(ACCEPT, "text/html"), 406, "NOT_ACCEPTABLE"),
        (plain("application/json").header(CONTENT_ENCODING, "br"), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (served.post().header(AUTHORIZATION, "Basic YTpi").body(ASK), 401, "UNAUTHENTICATED"),
        (served.post().header(AUTHORIZATION, "Bearer nobody").body(ASK), 401, "UNAUTHENTICATED"),
        (served.post().header("portico-role", "king").body(ASK), 400, "BAD_ROLE"),
        (
            served.post().bearer_auth("client").header("portico-role", "attorney").body(ASK),
            403,
            "ROLE_NOT_HELD",
        ),
        (served.post().bearer_auth("boom").body(ASK), 500, "INTERNAL"),
        (served.post().body(format!("[{ASK}]")), 400, "BATCH_NOT_SUPPORTED"),
        (served.post().body("{"), 400, "MALFORMED_BODY"),
        (served.post().body(vec![b' '; 1_048_577]), 413, "BODY_TOO_LARGE"),
    ] {
        let answer = send(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].as_str()),
            (status, Some(code)),
            "{answer:?}"
        );
        assert_eq!(answer.header("content-type"), "application/problem+json", "{code}");
        assert_eq!(answer.header("cache-control"), "no-store", "{code}");
        assert_eq!(answer.header("www-authenticate"), if status == 401 { "Bearer" } else { "" }, "{code}");
        assert_eq!(answer.code(), code);
    }
    served.lives().await;
}

#[tokio::test]
async fn wrong_method_names_the_right_one() {
    let served = serve().await;
    assert_eq!(
        send(served.client.put(format!("{}/graphql", served.base))).await.header("allow"),
        "GET,HEAD,POST"
    );
    assert_eq!(
        send(served.client.delete(format!("{}/schema.graphql", served.base))).await.header("allow"),
        "GET,HEAD"
    );
}

#[tokio::test]
async fn resolvers_see_the_viewer() {
    let served = serve().await;
    let ask = r#"{"query":"{ role }"}"#;
    assert_eq!(served.body(ask).await.json()["data"]["role"], "Anonymous");
    let answer = send(served.post().bearer_auth("client").header("portico-role", "client").body(ask)).await;
    assert_eq!(answer.json()["data"]["role"], "Client");
}

#[tokio::test]
async fn schema_is_served_as_text() {
    let served = serve().await;
    let answer = served.get("/schema.graphql").await;
    assert!(answer.text.contains("type Query {"));
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let refused =
        send(served.client.get(format!("{}/schema.graphql", served.base)).bearer_auth("nobody")).await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn health_says_what_it_knows() {
    let served = serve().await;
    assert_eq!(served.get("/health/live").await.status, 200);
    assert_eq!(served.get("/health/ready").await.status, 200);
    let served = serve_as(Settings::default(), false).await;
    assert_eq!(served.get("/health/live").await.status, 200);
    let answer = served.get("/health/ready").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "1"));
}

#[tokio::test]
async fn console_is_shown_only_where_it_is_on() {
    let served = serve_as(Settings { console: true, ..Settings::default() }, true).await;
    let page = served.get("/").await;
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    // Nothing from elsewhere without its hash.
    let foreign = page.text.matches("https://cdn.jsdelivr.net/npm/").count();
    assert_eq!((foreign, page.text.matches("integrity=\"sha384-").count()), (4, 4));
    assert!(served.get("/console.js").await.header("content-type").starts_with("text/javascript"));
}

#[tokio::test]
async fn request_ids_are_passed_on_or_made() {
    let served = serve().await;
    let id = async |given: &'static str| {
        let answer = send(served.post().header("x-request-id", given).body(ASK)).await;
        answer.header("x-request-id").to_owned()
    };
    assert_eq!(id("abc-1").await, "abc-1");
    for bad in ["a b", "a=b", ""] {
        assert_eq!(id(bad).await.len(), 32, "{bad}");
    }
    assert_ne!(id("").await, id("").await);
    assert_eq!(served.get("/nowhere").await.header("x-request-id").len(), 32);
}

#[tokio::test]
async fn gzip_is_read_and_bombs_are_not() {
    let served = serve().await;
    let zipped =
        async |bytes: Vec<u8>| send(served.post().header(CONTENT_ENCODING, "gzip").body(bytes)).await;
    assert_eq!(zipped(gzip(ASK.as_bytes())).await.json()["data"]["hello"], "hello ");
    let bomb = gzip(&vec![b' '; 200_000_000]);
    assert!(bomb.len() < 1_000_000);
    assert_eq!(zipped(bomb).await.code(), "BODY_TOO_LARGE");
    assert_eq!(zipped(ASK.into()).await.code(), "MALFORMED_BODY");
    let twice = served.post().header(CONTENT_ENCODING, "gzip, gzip").body(gzip(&gzip(ASK.as_bytes())));
    assert_eq!(send(twice).await.code(), "UNSUPPORTED_MEDIA_TYPE");
    let loud = served.post().header(CONTENT_ENCODING, "GZIP").body(gzip(ASK.as_bytes()));
    assert_eq!(send(loud).await.json()["data"]["hello"], "hello ");
    for second in ["gzip", "identity", "br"] {
        let lines = served.post().header(CONTENT_ENCODING, "gzip").header(CONTENT_ENCODING, second);
        assert_eq!(send(lines.body(gzip(ASK.as_bytes()))).await.code(), "UNSUPPORTED_MEDIA_TYPE", "{second}");
    }
}

#[tokio::test]
async fn slow_bodies_are_ended() {
    let limits = Limits { body_seconds: 1, ..Limits::default() };
    let served = serve_as(Settings { limits: limits.into(), ..Settings::default() }, true).await;
    let mut socket = tokio::net::TcpStream::connect(served.base.trim_start_matches("http://")).await.unwrap();
    let head =
        "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{";
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    let answer = tokio::time::timeout(Duration::from_secs(10), socket.read_exact(&mut start)).await;
    answer.expect("an answer well before the one for slow resolvers").unwrap();
    assert_eq!(&start, b"HTTP/1.1 408");
}

#[tokio::test]
async fn readiness_is_asked_once_however_many_want_to_know() {
    let served = serve().await;
    let answers = futures_util::future::join_all((0..200).map(|_| served.get("/health/ready"))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let count = served.home.asked_ready.load(std::sync::atomic::Ordering::Relaxed);
    assert!((1..=5).contains(&count), "{count}");
}

/// The first line of the answer to this.
async fn first_line(served: &Served, request: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(served.base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut part = vec![0; 4_096];
    let read = stream.read(&mut part).await.unwrap();
    String::from_utf8_lossy(&part[..read]).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_request_names_one_host() {
    let served = serve().await;
    let ask = |version: &str, hosts: &str| format!("GET /health/live HTTP/{version}\r\n{hosts}\r\n");
    for (version, hosts, status) in [
        ("1.1", "host: a\r\n", 200),
        ("1.0", "", 200),
        ("1.1", "", 400),
        ("1.1", "host: a\r\nhost: a\r\n", 400),
        ("1.0", "host: a\r\nhost: b\r\n", 400),
    ] {
        let line = first_line(&served, &ask(version, hosts)).await;
        assert!(line.contains(&format!(" {status} ")), "{version} {hosts:?}: {line}");
    }
}

#[tokio::test]
async fn a_packed_body_of_which_nothing_comes_is_broken_off() {
    let served = serve().await;
    let stream = tokio::net::TcpStream::connect(served.base.trim_start_matches("http://")).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\
                transfer-encoding: chunked\r\n\r\na\r\n\x1f";
    writer.write_all(head.as_bytes()).await.unwrap();
    writer.write_all(b"\x8b\x08\0\0\0\0\0\0\xff\r\n").await.unwrap();
    // Empty blocks without end.
    let block = [0x02, 0x08, 0x20, 0x80, 0x00].repeat(1_000);
    let chunk = [b"1388\r\n".as_slice(), &block, b"\r\n"].concat();
    let sending = async {
        let mut count = 0;
        while writer.write_all(&chunk).await.is_ok() {
            count += 1;
            assert!(count < 10_000, "it is read without end");
        }
        std::future::pending::<()>().await;
    };
    let mut start = [0; 12];
    tokio::select! {
        () = sending => {}
        read = reader.read_exact(&mut start) => { read.unwrap(); }
    }
    assert_eq!(&start, b"HTTP/1.1 400");
    // What is packed as tools pack it is taken, in whatever pieces it comes: what does not shrink, and what shrinks much.
    let noise: String = (0..60_000_u64)
        .map(|n| char::from(b'a' + u8::try_from(n * n * 2_654_435_761 % 1_000_003 % 26).unwrap()))
        .collect();
    for comment in [noise, " ".repeat(900_000)] {
        let body = format!("{{\"query\":\"{{ hello }}\", \"extensions\": {{\"x\":\"{comment}\"}}}}");
        let request = served.post().header("content-encoding", "gzip").body(gzip(body.as_bytes()));
        assert_eq!(send(request).await.status, 200);
    }
}

/// A query in the address, as a client sends it that meant to.
fn get(served: &Served, query: &str) -> reqwest::RequestBuilder {
    let request = served.client.get(format!("{}/graphql?{query}", served.base));
    request.header("apollo-require-preflight", "true").header(ACCEPT, "application/graphql-response+json")
}

#[tokio::test]
async fn queries_may_stand_in_the_address_and_mutations_may_not() {
    let served = serve().await;
    let two =
        "query=query%20A($n:String)%7Bhello(name:$n)%7D%20mutation%20B%7Btouch%7D%20query%20C%7Brole%7D";
    let answer =
        send(get(&served, &format!("{two}&operationName=A&variables=%7B%22n%22:%22you%22%7D"))).await;
    assert_eq!(answer.text, r#"{"data":{"hello":"hello you"}}"#);
    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = send(get(&served, &format!("{two}&operationName=C"))).await;
    assert_eq!(answer.json()["data"]["role"], "Anonymous", "the name chooses, as in a body");
    let before = served.reached();
    for refused in [format!("{two}&operationName=B"), "query=mutation%7Btouch%7D".into()] {
        let answer = send(get(&served, &refused)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (405, "METHOD_NOT_ALLOWED"),
            "{answer:?}"
        );
        assert_eq!(answer.header("allow"), "POST");
    }
    assert_eq!(served.reached(), before, "nothing ran");
    let answer = send(get(&served, two)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "OPERATION_RESOLUTION_FAILURE"));
    let answer = send(get(&served, "query=subscription%7Bticks%7D")).await;
    assert_eq!(answer.code(), "OPERATION_NOT_SERVED");
    let deep = format!("query={}", "%7Ba".repeat(99));
    assert_eq!(send(get(&served, &deep)).await.code(), "TOO_DEEP", "the same bounds hold");
    let head = served.client.head(format!("{}/graphql?query=%7Bhello%7D", served.base)).bearer_auth("client");
    assert_eq!(send(head).await.status, 200);
}

#[tokio::test]
async fn no_page_can_ask_by_an_address_alone() {
    let served = serve().await;
    let ask = || served.client.get(format!("{}/graphql?query=%7Brole%7D", served.base));
    for request in [
        ask(),
        ask().header(CONTENT_TYPE, "text/plain"),
        ask().header(CONTENT_TYPE, "application/x-www-form-urlencoded"),
        ask().header("apollo-require-preflight", ""),
    ] {
        assert_eq!(send(request).await.code(), "PREFLIGHT_REQUIRED");
    }
    for request in [
        ask().header(CONTENT_TYPE, "application/json"),
        ask().header("x-apollo-operation-name", "Role"),
        ask().bearer_auth("client"),
    ] {
        assert_eq!(send(request).await.status, 200);
    }
    // With the header or without it, a form's body is no request.
    let form = served.post().header("apollo-require-preflight", "true");
    let answer = send(form.header(CONTENT_TYPE, "text/plain").body(ASK)).await;
    assert_eq!(answer.code(), "UNSUPPORTED_MEDIA_TYPE");
}

async fn allowed(served: &Served, origin: &'static str) -> bool {
    let ask = served.client.request(Method::OPTIONS, format!("{}/graphql", served.base));
    let ask = ask.header("origin", origin).header("access-control-request-method", "POST");
    let headers = "authorization,content-type,portico-role,traceparent,x-request-id";
    let before = send(ask.header("access-control-request-headers", headers)).await;
    let may_send = before.header("access-control-allow-headers");
    assert!(headers.split(',').all(|header| may_send.split(',').any(|one| one == header)), "{may_send}");
    let asked = send(served.post().header("origin", origin).body(ASK)).await;
    let refused = send(served.post().header("origin", origin).body("{")).await;
    for answer in [&before, &asked, &refused] {
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            before.header("access-control-allow-origin")
        );
    }
    before.header("access-control-allow-origin") == origin
}

#[tokio::test]
async fn only_listed_origins_may_ask() {
    let origins = vec![HeaderValue::from_static("https://portal.example"), HeaderValue::from_static("null")];
    let settings = Settings { origins, ..Settings::default() };
    let served = serve_as(settings.clone(), true).await;
    assert!(allowed(&served, "https://portal.example").await);
    for other in
        ["https://portal.example.evil", "http://portal.example", "https://portal.example:443", "null"]
    {
        assert!(!allowed(&served, other).await, "{other}");
    }
    assert!(!allowed(&served, "http://localhost:5173").await);
    let served = serve_as(Settings { localhost_origins: true, ..settings }, true).await;
    assert!(allowed(&served, "http://localhost:5173").await);
    assert!(!allowed(&served, "http://localhost.evil.example").await);
}

#[tokio::test]
async fn what_runs_is_refused_where_the_answer_could_not_be_read() {
    let served = serve().await;
    let ask = |origin: &'static str| served.post().header("origin", origin);
    // Nobody's request, from a page that some firm lists.
    let answer = send(ask("https://a-firm.example").body(ASK)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("access-control-allow-origin")),
        (200, "https://a-firm.example")
    );
    assert!(answer.headers.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("origin")));
    let before = served.reached();
    for origin in
        ["https://other.example", "https://a-firm.example:8443", "http://a-firm.example", "null", ""]
    {
        let touch = send(ask(origin).body(r#"{"query":"mutation { touch }"}"#)).await;
        assert_eq!((touch.status.as_u16(), touch.code().as_str()), (403, "ORIGIN_NOT_ALLOWED"), "{origin}");
        assert_eq!(touch.header("access-control-allow-origin"), "", "{origin}");
    }
    assert_eq!(served.reached(), before, "nothing ran");
    let twice = ask("https://a-firm.example").header("origin", "https://other.example").body(ASK);
    assert_eq!(send(twice).await.code(), "ORIGIN_NOT_ALLOWED");
    // Our own page.
    let own = served.post().header("origin", served.base.clone()).body(ASK);
    assert_eq!(send(own).await.status, 200);
}

#[tokio::test]
async fn who_keeps_a_connection_is_told_to_close_it_once_the_service_leaves() {
    let settings = Settings::default();
    let closing = settings.closing.clone();
    let served = serve_as(settings, true).await;
    let head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{ASK}", ASK.len());
    let mut stream = tokio::net::TcpStream::connect(served.base.trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut part = vec![0; 4_096];
    let read = stream.read(&mut part).await.unwrap();
    let first = String::from_utf8_lossy(&part[..read]).to_lowercase();
    assert!(first.starts_with("http/1.1 200") && !first.contains("connection: close"), "{first}");
    closing.leave();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut rest = String::new();
    let reading = stream.read_to_string(&mut rest);
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("it is closed").unwrap();
    let rest = rest.to_lowercase();
    assert!(rest.starts_with("http/1.1 200") && rest.contains("connection: close"), "{rest}");
}
