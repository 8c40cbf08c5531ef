//! A client of sockets and event streams, as other programs are: nothing of the service's own code is in it.
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use portico::policy::Role;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::harness::World;

/// Longer than anything takes that is going to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// Several beats of a stream: what has not come by then does not come.
pub const SILENCE: Duration = Duration::from_millis(900);

pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What the service says.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Message(Value),
    Closed(u16),
}

impl Socket {
    /// A socket on which nothing was said yet.
    pub async fn open(url: &str) -> Self {
        Self::with(url, &[("sec-websocket-protocol", "graphql-transport-ws")]).await.unwrap()
    }

    /// A socket opened with these headers.
    pub async fn with(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let url = format!("{}/graphql", url.replace("http://", "ws://"));
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        connect_async(request).await.map(|(socket, _)| Socket(socket))
    }

    /// A socket of somebody, acknowledged.
    pub async fn of(world: &World, (email, role): (&str, Role)) -> Self {
        let token = world.token(email, role).await;
        let mut socket = Self::open(&world.url).await;
        socket.init(&token).await;
        assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "connection_ack" })));
        socket
    }

    pub async fn init(&mut self, token: &str) {
        let payload = json!({ "Authorization": format!("Bearer {token}") });
        self.say(json!({ "type": "connection_init", "payload": payload })).await;
    }

    pub async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// Subscribes, and is sure that it has begun: what is asked behind it is answered no earlier.
    pub async fn follow(&mut self, id: &str, query: &str, variables: Value) {
        self.subscribe(id, query, variables).await;
        self.subscribe("after", "{ __typename }", json!({})).await;
        assert_eq!(self.hear().await, next("after", &json!({ "__typename": "Query" })));
        assert_eq!(self.hear().await, complete("after"));
    }

    /// The next message or the end, without pings.
    pub async fn hear(&mut self) -> Heard {
        timeout(PATIENCE, self.heard()).await.expect("something is said in time")
    }

    async fn heard(&mut self) -> Heard {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Heard::Message(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => return Heard::Closed(frame.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("neither a message nor a close with a code: {other:?}"),
            }
        }
    }

    /// Asserts that nothing is said.
    pub async fn is_silent(&mut self) {
        let heard = timeout(SILENCE, self.heard()).await;
        assert!(heard.is_err(), "said in spite of nothing to say: {heard:?}");
    }
}

pub fn next(id: &str, data: &Value) -> Heard {
    Heard::Message(json!({ "type": "next", "id": id, "payload": { "data": data } }))
}

pub fn complete(id: &str) -> Heard {
    Heard::Message(json!({ "type": "complete", "id": id }))
}

impl Heard {
    /// The id and the first code of an `error`.
    #[track_caller]
    pub fn failure(&self) -> (String, String) {
        let Heard::Message(message) = self else { panic!("no message: {self:?}") };
        assert_eq!(message["type"], "error", "{message}");
        let code = message["payload"][0]["extensions"]["code"].as_str().unwrap();
        (message["id"].as_str().unwrap().to_owned(), code.to_owned())
    }

    /// The data of a `next`.
    #[track_caller]
    pub fn data(&self) -> Value {
        let Heard::Message(message) = self else { panic!("no message: {self:?}") };
        assert_eq!(message["type"], "next", "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message}");
        message["payload"]["data"].clone()
    }
}
