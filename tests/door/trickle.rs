//! What comes in many pieces with little or nothing in them: each piece costs the service, so each is counted.
use std::fmt::Write as _;

use futures_util::SinkExt as _;
use portico::http::Settings;
use portico::http::limits::Limits;
use portico::http::rates::{Rate, Rates};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::sockets::{SPOKEN, hear, known, opened, say, subscribe};
use crate::toy::{Served, serve_as};

/// The status of a request whose body comes in chunks of one size.
async fn in_chunks(served: &Served, body: &str, size: usize) -> String {
    let mut text = String::from(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n\
         accept: application/graphql-response+json\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    for chunk in body.as_bytes().chunks(size) {
        write!(text, "{:x}\r\n{}\r\n", chunk.len(), std::str::from_utf8(chunk).unwrap()).unwrap();
    }
    text += "0\r\n\r\n";
    let mut stream = TcpStream::connect(served.base.trim_start_matches("http://")).await.unwrap();
    // It may be refused before the last chunk is sent.
    let _ = stream.write_all(text.as_bytes()).await;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[9..]).into_owned()
}

#[tokio::test]
async fn a_body_is_paid_for_by_the_chunk() {
    let address = Rate { per_second: 1.try_into().unwrap(), burst: 1_000.try_into().unwrap() };
    let rates = Rates { address, ..Rates::default() };
    let served = serve_as(Settings { rates, ..Settings::default() }, true).await;
    let body =
        json!({ "query": "{ hello }", "operationName": null, "padding": "x".repeat(1_000) }).to_string();
    assert_eq!(in_chunks(&served, &body, 500).await, "200");
    assert_eq!(in_chunks(&served, &body, 1).await, "429");
}

#[tokio::test]
async fn frames_without_anything_in_them_end_a_socket() {
    let limits = Limits { message_bytes: 1_024, ..Limits::default() };
    let served = serve_as(Settings { limits: limits.into(), ..Settings::default() }, true).await;
    let frame = |code| Message::Frame(Frame::message("", OpCode::Data(code), false));
    for is_known in [true, false] {
        let socket = if is_known { Ok(known(&served).await) } else { opened(&served, &[SPOKEN]).await };
        let mut socket = socket.unwrap();
        socket.send(frame(Data::Text)).await.unwrap();
        let mut sent = 0;
        while sent < 100_000 && socket.send(frame(Data::Continue)).await.is_ok() {
            sent += 1;
        }
        assert!(sent < 100_000, "{sent} are read");
    }
    // Signs of life in between buy no more of them.
    let mut socket = known(&served).await;
    socket.send(frame(Data::Text)).await.unwrap();
    let mut sent = 0;
    'sending: while sent < 20_000 {
        for _ in 0..500 {
            if socket.send(frame(Data::Continue)).await.is_err() {
                break 'sending;
            }
            sent += 1;
        }
        let _ = socket.send(Message::Ping("".into())).await;
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    }
    assert!(sent < 20_000, "{sent} are read");
    // One message in few of them is one.
    let mut socket = known(&served).await;
    let text = subscribe("a", "{ hello }").to_string();
    let (first, rest) = text.split_at(10);
    let part = |text: &str, code, is_last| {
        Message::Frame(Frame::message(text.to_owned(), OpCode::Data(code), is_last))
    };
    socket.send(part(first, Data::Text, false)).await.unwrap();
    for _ in 0..50 {
        socket.send(frame(Data::Continue)).await.unwrap();
    }
    socket.send(part(rest, Data::Continue, true)).await.unwrap();
    assert_eq!(hear(&mut socket).await.unwrap()["type"], "next");
    // And many messages are no more than each.
    for count in 0..100 {
        let text = "x".repeat(400);
        say(&mut socket, &subscribe(&format!("b{count}"), &format!("{{ hello }} #{text}"))).await;
        while hear(&mut socket).await.unwrap()["type"] != "next" {}
    }
}
