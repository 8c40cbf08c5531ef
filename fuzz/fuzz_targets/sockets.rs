//! Messages to a socket, one a line, after a valid first one unless the first line is empty: the service answers what it
//! must, closes what it must, ends with the client, and tells nothing that is hidden from a client of the firm.
#![no_main]

use std::{sync::LazyLock, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use libfuzzer_sys::fuzz_target;
use portico::policy::Role;
use portico_fuzz::{
    assert_no_canary,
    harness::{World, guarded},
    wait,
};
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};

/// Longer than any socket needs to end.
const FAREWELL: Duration = Duration::from_secs(4);

struct Served {
    world: World,
    token: String,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    wait(async {
        let (world, cast) = guarded().await;
        let token = world.token(&cast.people[&Role::Client], Role::Client).await;
        Served { world, token }
    })
});

fuzz_target!(init: { LazyLock::force(&SERVED) }, |bytes: &[u8]| {
    if !bytes.to_ascii_lowercase().windows(6).any(|word| word == b"canary") {
        wait(converse(bytes));
    }
});

async fn converse(bytes: &[u8]) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let service = TowerToHyperService::new(SERVED.world.door.clone());
    let serving = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(far), service);
    let served = tokio::spawn(serving.with_upgrades());
    let mut request = "ws://localhost/graphql".into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
    let (socket, _) = client_async(request, near).await.expect("an open socket");
    let said = timeout(FAREWELL, talk(socket, bytes)).await.expect("the socket ends with the client");
    let what = || String::from_utf8_lossy(bytes).into_owned();
    assert_no_canary(&said, &what);
    assert!(!said.contains("\"code\":\"INTERNAL\""), "{}\n{said}", what());
    served.await.unwrap().expect("HTTP was spoken");
}

/// Says it all, and hears all that is answered.
async fn talk(socket: WebSocketStream<tokio::io::DuplexStream>, bytes: &[u8]) -> String {
    let (mut to, mut from) = socket.split();
    let speak = async {
        let init = json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {}", SERVED.token) } });
        let init = init.to_string();
        let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        if lines[0].is_empty() {
            lines.remove(0);
        } else {
            lines.insert(0, init.as_bytes());
        }
        for line in lines {
            let message = match std::str::from_utf8(line) {
                Ok(text) => Message::text(text.replace("{token}", &SERVED.token)),
                Err(_) => Message::binary(line.to_vec()),
            };
            // Whoever was sent away has no more to say.
            if to.send(message).await.is_err() {
                return;
            }
        }
        let _ = to.close().await;
    };
    let hear = async {
        let mut said = String::new();
        while let Some(Ok(message)) = from.next().await {
            said.push_str(message.to_text().unwrap_or_default());
        }
        said
    };
    tokio::join!(speak, hear).1
}
