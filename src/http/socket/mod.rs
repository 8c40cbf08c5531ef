//! Sockets: the protocol `graphql-transport-ws`, each operation through the same pipeline as over `POST`.
//! <https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md>

mod apart;
mod known;
mod message;
mod operations;
mod session;

use std::sync::Arc;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, WebSocketUpgrade};
use axum::extract::{Request as Incoming, State};
use axum::response::{IntoResponse, Response};

use self::session::Session;
use super::{
    Door, House,
    bill::Bill,
    crowd::Place,
    graphql,
    meter::{self, Meter},
    origin,
};

/// The one protocol; its predecessor `graphql-ws` is not spoken.
const PROTOCOL: &str = "graphql-transport-ws";

/// What is read ahead of a socket. The library's 128 KiB would be held by each, whether anything is said or not.
const READ_BYTES: usize = 4_096;

/// `GET /graphql`: a socket, if one is asked for.
pub(super) async fn open<H: House>(
    State(door): State<Arc<Door<H>>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    incoming: Incoming,
) -> Response {
    let Ok(upgrade) = upgrade else { return graphql::get(State(door), incoming).await };
    let bill = Bill::of(&door, incoming.extensions(), incoming.headers());
    if let Err(refusal) = bill.admit(None) {
        return bill.told(refusal.into_response());
    }
    // Browsers open sockets without asking first, so no page but a listed one may.
    if let Err(problem) = origin::admitted(&door, incoming.headers()).await {
        return bill.told(problem.into_response());
    }
    let page = origin::of_page(incoming.headers());
    let place = incoming.extensions().get::<Arc<Place>>().cloned();
    let meter = incoming.extensions().get::<Arc<Meter>>().cloned().unwrap_or_default();
    let most = door.settings.limits.general.message_bytes;
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(most).max_frame_size(most);
    let upgrade = upgrade.read_buffer_size(READ_BYTES).write_buffer_size(0);
    let is_spoken = upgrade.selected_protocol().is_some();
    upgrade.on_upgrade(move |socket| async move {
        let session = Session::new(door, (socket, meter, place), page, bill);
        if is_spoken {
            session.run().await;
        } else {
            session.close(Close::Protocol).await;
        }
    })
}

/// Why a socket is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Close {
    /// The other side is done.
    Done,
    /// The service stops.
    Stopping,
    /// A message was larger than allowed.
    TooLarge,
    /// The other side took too long to take a message, or gave no sign of life.
    TooSlow,
    /// A message that the protocol does not know.
    BadMessage,
    /// An operation before the connection was acknowledged.
    Unauthorized,
    /// No token, one that is worth nothing, or one that has ceased to be worth anything.
    Forbidden,
    /// The person has too many sockets.
    TooMany,
    /// Others need the place more than who has asked for nothing.
    NoRoom,
    /// More was said at length than the budget lets through; when it has filled again, the client is welcome.
    Spent,
    /// More was said than may be.
    Flooding,
    /// No common protocol.
    Protocol,
    /// The first message did not come in time.
    InitTimeout,
    /// An operation under an id that is in use.
    Duplicate,
    /// A second first message.
    InitTwice,
}

impl Close {
    /// Why a socket is closed that can't be read.
    fn of(error: &axum::Error) -> Self {
        let text = error.to_string();
        if text.contains(meter::SPENT) {
            return Close::Flooding;
        }
        if text.contains("too long") || text.contains("too big") {
            Close::TooLarge
        } else {
            Close::BadMessage
        }
    }

    /// The codes are the protocol's; those below 4000 RFC 6455's and IANA's.
    fn frame(self) -> CloseFrame {
        let (code, reason) = match self {
            Close::Done => (1000, "Bye"),
            Close::TooLarge => (1009, "Message too large"),
            Close::Stopping => (1012, "Service restarts"),
            Close::TooSlow => (1013, "Too slow"),
            Close::Spent => (1013, "Budget spent"),
            Close::NoRoom => (1013, "No room"),
            Close::BadMessage => (4400, "Invalid message"),
            Close::Unauthorized => (4401, "Unauthorized"),
            Close::Forbidden => (4403, "Forbidden"),
            Close::Protocol => (4406, "Subprotocol not acceptable"),
            Close::InitTimeout => (4408, "Connection initialisation timeout"),
            Close::Duplicate => (4409, "Subscriber already exists"),
            Close::InitTwice => (4429, "Too many initialisation requests"),
            Close::TooMany => (4429, "Too many sockets"),
            Close::Flooding => (4429, "Too many messages"),
        };
        CloseFrame { code, reason: reason.into() }
    }
}
