//! The protocol `graphql-transport-ws`, as a client keeps it and as a hostile one does not.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use portico::http::limits::Limits;
use portico::http::{Connections, Settings};
use reqwest::header::HeaderValue;
use serde_json::{Value as Json, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::toy::{FAULT, SECRET, Served, serve, serve_as};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) async fn opened(served: &Served, headers: &[(&'static str, &str)]) -> Result<Socket, Error> {
    let url = format!("{}/graphql", served.base.replace("http://", "ws://"));
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

pub(crate) const SPOKEN: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

async fn open(served: &Served) -> Socket {
    opened(served, &[SPOKEN]).await.unwrap()
}

pub(crate) async fn say(socket: &mut Socket, message: &Json) {
    socket.send(Message::text(message.to_string())).await.unwrap();
}

/// The next message, or the code of the close.
pub(crate) async fn hear(socket: &mut Socket) -> Result<Json, u16> {
    let heard = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    assert!(!text.contains(SECRET) && !text.contains(FAULT), "{text}");
                    return Ok(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("neither message nor code: {other:?}"),
            }
        }
    };
    timeout(Duration::from_secs(20), heard).await.expect("something is said in time")
}

fn init(token: &str) -> Json {
    json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } })
}

pub(crate) fn subscribe(id: &str, query: &str) -> Json {
    json!({ "type": "subscribe", "id": id, "payload": { "query": query } })
}

/// An acknowledged socket of a client.
pub(crate) async fn known(served: &Served) -> Socket {
    let mut socket = open(served).await;
    say(&mut socket, &init("client")).await;
    assert_eq!(hear(&mut socket).await, Ok(json!({ "type": "connection_ack" })));
    socket
}

#[tokio::test]
async fn a_socket_that_says_nothing_makes_room() {
    let connections = Connections { open: 1, of_address: 9 };
    let limits = Limits { init_seconds: 60, ..Limits::default() };
    let settings = Settings { connections, limits: limits.into(), ..Settings::default() };
    let served = serve_as(settings, true).await;
    let mut silent = open(&served).await;
    let late = timeout(Duration::from_secs(20), served.get("/health/live")).await.expect("it is let in");
    assert_eq!((late.text.as_str(), hear(&mut silent).await), ("live\n", Err(1013)));
}

/// Says this on an acknowledged socket and hears the close.
async fn closed_for(served: &Served, messages: &[Message]) -> u16 {
    let mut socket = known(served).await;
    for message in messages {
        // It may be closed before the last one is said.
        let _ = socket.send(message.clone()).await;
    }
    loop {
        if let Err(code) = hear(&mut socket).await {
            return code;
        }
    }
}

fn brief() -> Settings {
    let limits = Limits {
        init_seconds: 1,
        ping_seconds: 1,
        send_seconds: 1,
        operations: 3,
        streams: 2,
        ..Limits::default()
    };
    Settings { limits: limits.into(), ..Settings::default() }
}

#[tokio::test]
async fn queries_mutations_and_subscriptions_are_answered_under_their_ids() {
    let served = serve().await;
    let mut socket = known(&served).await;
    say(&mut socket, &subscribe("q", "{ hello(name: \"a\") }")).await;
    let data = json!({ "data": { "hello": "hello a" } });
    assert_eq!(hear(&mut socket).await, Ok(json!({ "type": "next", "id": "q", "payload": data })));
    assert_eq!(hear(&mut socket).await, Ok(json!({ "type": "complete", "id": "q" })));
    say(&mut socket, &subscribe("s", "subscription { counts(to: 2) }")).await;
    for count in 1..=2 {
        let data = json!({ "data": { "counts": count } });
        assert_eq!(hear(&mut socket).await, Ok(json!({ "type": "next", "id": "s", "payload": data })));
    }
    assert_eq!(hear(&mut socket).await, Ok(json!({ "type": "complete", "id": "s" })));
    // The id is free again.
    let payload = json!({ "query": "query A { hello } query B { role }", "operationName": "B" });
    say(&mut socket, &json!({ "type": "subscribe", "id": "s", "payload": payload })).await;
    assert_eq!(hear(&mut socket).await.unwrap()["payload"]["data"], json!({ "role": "Client" }));
    assert_eq!(hear(&mut socket).await, Ok(json!({ "type": "complete", "id": "s" })));
    say(&mut socket, &json!({ "type": "ping" })).await;
    assert_eq!(hear(&mut socket).await, Ok(json!({ "type": "pong" })));
    // An operation that the client has ended says nothing more, and its id is free at once.
    say(&mut socket, &subscribe("x", "subscription { silence }")).await;
    say(&mut socket, &json!({ "type": "complete", "id": "x" })).await;
    say(&mut socket, &subscribe("x", "{ __typename }")).await;
    assert_eq!(hear(&mut socket).await.unwrap()["payload"]["data"], json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn each_breach_of_the_protocol_closes_with_its_code() {
    let served = serve().await;
    let text = |message: Json| Message::text(message.to_string());
    let silence = || text(subscribe("a", "subscription { silence }"));
    let cases: Vec<(&str, Vec<Message>, u16)> = vec![
        ("no JSON", vec![Message::text("{")], 4400),
        ("no object", vec![Message::text("[]")], 4400),
        ("a key twice", vec![Message::text(r#"{"type":"ping","type":"pong"}"#)], 4400),
        ("no type", vec![text(json!({ "id": "a" }))], 4400),
        ("an unknown type", vec![text(json!({ "type": "start", "id": "a", "payload": {} }))], 4400),
        ("no id", vec![text(json!({ "type": "subscribe", "payload": { "query": "{ hello }" } }))], 4400),
        ("an empty id", vec![text(subscribe("", "{ hello }"))], 4400),
        ("an id that is a number", vec![text(json!({ "type": "complete", "id": 1 }))], 4400),
        ("a long id", vec![text(subscribe(&"i".repeat(129), "{ hello }"))], 4400),
        ("no payload", vec![text(json!({ "type": "subscribe", "id": "a" }))], 4400),
        ("deep JSON", vec![Message::text(format!("{}1{}", "{\"a\":".repeat(70), "}".repeat(70)))], 4400),
        ("bytes", vec![Message::binary(b"{}".to_vec())], 4400),
        ("a second init", vec![text(init("client"))], 4429),
        ("an id in use", vec![silence(), silence()], 4409),
        ("a huge message", vec![Message::text("x".repeat(131_073))], 1009),
    ];
    for (what, messages, code) in cases {
        assert_eq!(closed_for(&served, &messages).await, code, "{what}");
    }
    served.lives().await;
}

#[tokio::test]
async fn a_client_that_closes_its_socket_is_answered() {
    let served = serve().await;
    let mut socket = known(&served).await;
    let bye = CloseFrame { code: CloseCode::Normal, reason: "Normal Closure".into() };
    socket.close(Some(bye)).await.unwrap();
    assert_eq!(hear(&mut socket).await, Err(1000));
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_that_is_worth_something() {
    let served = serve_as(brief(), true).await;
    let first = [
        (subscribe("a", "{ hello }"), 4401),
        (json!({ "type": "connection_init" }), 4403),
        (json!({ "type": "connection_init", "payload": null }), 4403),
        (json!({ "type": "connection_init", "payload": { "token": "client" } }), 4403),
        (json!({ "type": "connection_init", "payload": { "Authorization": "client" } }), 4403),
        (json!({ "type": "connection_init", "payload": { "Authorization": ["Bearer client"] } }), 4400),
        (json!({ "type": "connection_init", "payload": [] }), 4400),
        (init("nobody"), 4403),
    ];
    for (message, code) in first {
        let mut socket = open(&served).await;
        say(&mut socket, &message).await;
        assert_eq!(hear(&mut socket).await, Err(code), "{message}");
    }
    let role = |role: &str| json!({ "type": "connection_init", "payload": { "authorization": "Bearer client", "portico-role": role } });
    for (named, heard) in [("client", Ok(json!({ "type": "connection_ack" }))), ("attorney", Err(4403))] {
        let mut socket = open(&served).await;
        say(&mut socket, &role(named)).await;
        assert_eq!(hear(&mut socket).await, heard, "{named}");
    }
    let mut silent = open(&served).await;
    assert_eq!(hear(&mut silent).await, Err(4408));
    assert_eq!(served.reached(), (0, 0));
}

#[tokio::test]
async fn only_pages_of_listed_origins_open_a_socket_and_only_in_the_one_protocol() {
    let origins = vec![HeaderValue::from_static("https://portal.example")];
    let served = serve_as(Settings { origins, ..Settings::default() }, true).await;
    assert!(opened(&served, &[SPOKEN, ("origin", "https://portal.example")]).await.is_ok());
    for origin in
        ["https://evil.example", "null", "https://portal.example.evil.example", "http://localhost:1"]
    {
        let Err(Error::Http(response)) = opened(&served, &[SPOKEN, ("origin", origin)]).await else {
            panic!("{origin} was let in");
        };
        assert_eq!(response.status().as_u16(), 403, "{origin}");
    }
    let both = [SPOKEN, ("origin", "https://portal.example"), ("origin", "https://evil.example")];
    assert!(opened(&served, &both).await.is_err());
    // The protocol's predecessor is answered by the code for that; a client that names none, too.
    let mut plain = opened(&served, &[]).await.unwrap();
    assert_eq!(hear(&mut plain).await, Err(4406));
}

/// Requests that `POST` refuses, or answers with errors.
fn refused() -> Vec<String> {
    vec![
        "{ hello".into(),
        "{ nothing }".into(),
        "{ leaks }".into(),
        "{ boom }".into(),
        "{ a { b } } query X { c }".into(),
        format!("{{ {} hello {} }}", "query { ".repeat(30), " }".repeat(30)),
        format!("{{ search(any: {}1{}) }}", "[".repeat(70), "]".repeat(70)),
        format!("{{ {} }}", "hello ".repeat(60)),
        format!(
            "{{ query {{ {} }} }}",
            (0..600).fold(String::new(), |text, n| format!("{text}a{n}: hello "))
        ),
        format!("{{ hello(name: \"{}\") }}", "x".repeat(20_000)),
        format!("{{ hello {} }}", "@skip(if: false) ".repeat(9)),
        "query($a: [Nope] = [1]) { hello }".into(),
        "subscription { counts(to: 1) ticks }".into(),
        "subscription { ...F } fragment F on Subscription { counts(to: 1) }".into(),
        "subscription { counts(to: 1) @skip(if: true) }".into(),
        "subscription { nothing }".into(),
        "subscription { __typename }".into(),
        "subscription { bursts }".into(),
    ]
}

/// The first error's code, wherever the transport puts it.
fn code(payload: &Json) -> &str {
    let errors = payload.get("errors").unwrap_or(payload);
    errors[0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no code: {payload}"))
}

#[tokio::test]
async fn every_limit_of_a_request_holds_on_sockets_and_event_streams() {
    let served = serve().await;
    let mut socket = known(&served).await;
    for query in refused() {
        say(&mut socket, &subscribe("a", &query)).await;
        let heard = hear(&mut socket).await.unwrap();
        let by_socket = code(&heard["payload"]).to_owned();
        if heard["type"] == "next" {
            assert_eq!(hear(&mut socket).await, Ok(json!({ "type": "complete", "id": "a" })));
        } else {
            assert_eq!(heard["type"], "error");
        }
        let events = crate::events::of(&served, "text/event-stream", &json!({ "query": query })).await;
        assert_eq!(events.last().unwrap(), &("complete".to_owned(), json!({})), "{query:.60}");
        assert_eq!(code(&events[0].1), by_socket, "{query:.60}");
        let by_post = served.ask(&query).await;
        if by_post.code() != "OPERATION_NOT_SERVED" {
            assert_eq!(by_post.code(), by_socket, "{query:.60}");
        }
    }
    let body = json!({ "type": "subscribe", "id": "a", "payload": { "query": 1 } });
    say(&mut socket, &body).await;
    assert_eq!(code(&hear(&mut socket).await.unwrap()["payload"]), "MALFORMED_BODY");
    let payload = json!({ "query": "{ hello }", "variables": { "unheard": 1 } });
    say(&mut socket, &json!({ "type": "subscribe", "id": "a", "payload": payload })).await;
    assert_eq!(code(&hear(&mut socket).await.unwrap()["payload"]), "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn operations_and_sockets_of_one_person_are_bounded() {
    let served = serve_as(brief(), true).await;
    let mut socket = known(&served).await;
    for id in ["a", "b", "c", "d"] {
        say(&mut socket, &subscribe(id, "subscription { silence }")).await;
    }
    let heard = hear(&mut socket).await.unwrap();
    assert_eq!((heard["id"].as_str(), code(&heard["payload"])), (Some("d"), "TOO_MANY_STREAMS"));
    say(&mut socket, &json!({ "type": "complete", "id": "a" })).await;
    say(&mut socket, &subscribe("d", "{ __typename }")).await;
    assert_eq!(hear(&mut socket).await.unwrap()["type"], "next");
    let second = known(&served).await;
    let mut third = open(&served).await;
    say(&mut third, &init("client")).await;
    assert_eq!(hear(&mut third).await, Err(4429));
    drop(second);
    drop(socket);
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(known(&served).await);
}

#[tokio::test]
async fn thousands_of_operations_leave_the_server_alive() {
    let served = serve().await;
    let mut socket = known(&served).await;
    let heard = tokio::spawn(async move {
        let mut completed = 0;
        let mut refused = 0;
        for number in 0..3_000 {
            say(&mut socket, &subscribe(&number.to_string(), "{ hello }")).await;
        }
        while completed + refused < 3_000 {
            match hear(&mut socket).await.unwrap()["type"].as_str().unwrap() {
                "complete" => completed += 1,
                "error" => refused += 1,
                _ => {}
            }
        }
        completed
    });
    served.lives().await;
    assert!(heard.await.unwrap() > 0);
    served.lives().await;
}

#[tokio::test]
async fn who_does_not_read_is_dropped_and_who_is_gone_is_noticed() {
    let served = serve_as(brief(), true).await;
    let mut socket = known(&served).await;
    say(&mut socket, &subscribe("a", "subscription { flood }")).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    // What had been sent is still there to be read, and then it is over.
    let mut bytes = 0;
    let end = loop {
        match timeout(Duration::from_secs(10), socket.next()).await.expect("the end is there") {
            Some(Ok(Message::Text(text))) => bytes += text.len(),
            Some(Ok(Message::Ping(_))) => {}
            other => break other,
        }
    };
    assert!(!matches!(end, Some(Ok(Message::Text(_)))));
    assert!(bytes < 30_000_000, "{bytes} bytes were buffered for who does not read");
    // Who gives no sign of life for two pings is gone.
    let mut gone = known(&served).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(hear(&mut gone).await, Err(1013));
    served.lives().await;
}

#[tokio::test]
async fn what_panics_ends_alone() {
    let served = serve().await;
    let mut socket = known(&served).await;
    say(&mut socket, &subscribe("a", "subscription { bursts }")).await;
    let heard = hear(&mut socket).await.unwrap();
    assert_eq!((heard["type"].as_str(), code(&heard["payload"])), (Some("error"), "INTERNAL"));
    say(&mut socket, &subscribe("b", "{ __typename }")).await;
    assert_eq!(hear(&mut socket).await.unwrap()["type"], "next");
}

#[tokio::test]
async fn where_trusted_documents_alone_run_no_text_is_followed_either() {
    let served = serve_as(Settings { trusted_only: true, ..Settings::default() }, true).await;
    let mut socket = known(&served).await;
    for query in ["{ hello }", "subscription { counts(to: 1) }"] {
        say(&mut socket, &subscribe("a", query)).await;
        let heard = hear(&mut socket).await.unwrap();
        let found = (heard["type"].as_str(), code(&heard["payload"]));
        assert_eq!(found, (Some("error"), "PERSISTED_QUERY_ID_REQUIRED"), "{query}");
        let events = crate::events::told(&served, query).await;
        assert!(events.contains("PERSISTED_QUERY_ID_REQUIRED"), "{events}");
    }
    let payload = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "unknown" } } });
    say(&mut socket, &json!({ "type": "subscribe", "id": "a", "payload": payload })).await;
    assert_eq!(code(&hear(&mut socket).await.unwrap()["payload"]), "PERSISTED_QUERY_NOT_FOUND");
}
