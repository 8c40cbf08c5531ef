//! Who waits for whom: a caller for himself, and introspection for introspection.

use std::time::Duration;

use portico::http::Settings;
use portico::http::limits::Limits;
use portico::http::peer::Proxies;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::{sleep, timeout};

use crate::toy::{Answer, Served, send, serve_as};

/// In a house where what is slow runs out of time after three seconds.
async fn served(at_once: usize) -> Served {
    let limits = Limits { answer_seconds: 3, at_once, ..Limits::default() };
    let proxies = Proxies { trusted: vec!["127.0.0.0/8".parse().unwrap()], ..Proxies::default() };
    serve_as(Settings { limits: limits.into(), proxies, ..Settings::default() }, true).await
}

/// From somewhere.
async fn ask(served: &Served, address: &str, query: &str) -> Answer {
    let request = served.post().header("x-forwarded-for", address);
    send(request.body(json!({ "query": query }).to_string())).await
}

const HERE: &str = "192.0.2.1";
const THERE: &str = "192.0.2.2";

const SOON: Duration = Duration::from_secs(1);

/// Once it has begun, somebody in the same line waits and somebody else does not.
async fn waits_behind(
    first: impl Future<Output = Answer>,
    waiting: impl Future<Output = Answer>,
    other: impl Future<Output = Answer>,
) {
    let behind = async {
        sleep(SOON / 2).await;
        let mut waiting = Box::pin(waiting);
        assert!(timeout(SOON, waiting.as_mut()).await.is_err(), "it waits");
        let other = timeout(SOON, other).await.expect("nobody else does");
        assert_eq!(other.status, 200, "{}", other.text);
        waiting.await
    };
    let (first, waited) = tokio::join!(first, behind);
    assert_eq!((first.code().as_str(), waited.status.as_u16()), ("TIMEOUT", 200), "{}", waited.text);
}

#[tokio::test]
async fn introspection_does_not_wait_for_rows_that_somebody_asks_for_beside_it() {
    let served = served(9).await;
    let mixed = ask(&served, HERE, "{ __schema { queryType { name } } slow }");
    let others = async {
        sleep(SOON / 2).await;
        let pure = ask(&served, THERE, include_str!("introspection.graphql"));
        let pure = timeout(SOON, pure).await.expect("nobody waits for another's rows");
        assert_eq!(pure.status, 200, "{}", pure.text);
    };
    assert_eq!(tokio::join!(mixed, others).0.code(), "TIMEOUT");
}

/// What keeps introspection one at a time is held no longer than for the first look at it.
#[tokio::test]
async fn introspection_is_made_without_a_pause() {
    let schema = crate::toy::bare();
    let mut pure = Box::pin(schema.execute(include_str!("introspection.graphql")));
    assert!(futures_util::poll!(pure.as_mut()).is_ready());
}

#[tokio::test]
async fn a_caller_waits_for_himself_and_nobody_else_for_him() {
    let served = served(1).await;
    let (slow, hello) = (ask(&served, HERE, "{ slow }"), ask(&served, HERE, "{ hello }"));
    waits_behind(slow, hello, ask(&served, THERE, "{ hello }")).await;
}

#[tokio::test]
async fn a_turn_lasts_until_the_answer_is_taken() {
    for accept in ["application/json", "text/event-stream"] {
        untaken(accept).await;
    }
}

async fn untaken(accept: &str) {
    let served = served(1).await;
    // More than the system holds of it.
    let variables = json!({ "name": "n".repeat(900_000) });
    let body =
        json!({ "query": "query($name: String) { hello(name: $name) }", "variables": variables }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\n\
         accept: {accept}\r\nx-forwarded-for: {HERE}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let address = served.base.trim_start_matches("http://").parse().unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    stream.write_all((head + body.as_str()).as_bytes()).await.unwrap();
    sleep(SOON / 2).await;
    let mut waiting = Box::pin(ask(&served, HERE, "{ hello }"));
    assert!(timeout(SOON, waiting.as_mut()).await.is_err(), "it waits");
    assert_eq!(ask(&served, THERE, "{ hello }").await.status, 200);
    let mut text = String::new();
    let (read, waited) = tokio::join!(stream.read_to_string(&mut text), waiting);
    assert!(read.is_ok() && text.len() > 900_000, "{}", text.len());
    assert_eq!(waited.status, 200, "{}", waited.text);
}
