//! The messages of `graphql-transport-ws`, read as strictly as a request's body.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Response as Executed, ServerError, Value};
use axum::extract::ws::{Message as Frame, Utf8Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::value::RawValue;

use super::super::{answer, auth, body, body::Asked, limits::Limits};
use crate::error::Refusal;

/// Longer ids name nothing that a client could need.
const ID_BYTES: usize = 128;

/// What a client says.
pub(super) enum Incoming {
    /// Who it is, told as a request's headers would.
    Init(HeaderMap),
    /// Begins an operation, unless its request is none.
    Subscribe(String, Box<Result<Asked, Refusal>>),
    /// Ends one.
    Complete(String),
    /// Asks for a sign of life.
    Ping,
    /// Gives one.
    Pong,
}

impl Incoming {
    /// None for what the protocol does not know.
    pub(super) fn read(text: &str, limits: &Limits) -> Option<Self> {
        let mut members = body::members(text, limits).ok()?;
        let kind = string(members.swap_remove("type")?)?;
        match kind.as_str() {
            "connection_init" => Some(Self::Init(headers(members.swap_remove("payload"))?)),
            "ping" => Some(Self::Ping),
            "pong" => Some(Self::Pong),
            "complete" => Some(Self::Complete(id(&mut members)?)),
            "subscribe" => {
                let id = id(&mut members)?;
                let Value::Object(payload) = members.swap_remove("payload")? else { return None };
                Some(Self::Subscribe(id, Box::new(body::request(payload))))
            }
            _ => None,
        }
    }
}

fn string(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}

fn id(members: &mut IndexMap<Name, Value>) -> Option<String> {
    let id = string(members.swap_remove("id")?)?;
    (!id.is_empty() && id.len() <= ID_BYTES).then_some(id)
}

/// The members `Authorization` and `Portico-Role` of the payload, named as the headers are and in any case; others are
/// the client's own. None where one of them is no string that a header could hold.
fn headers(payload: Option<Value>) -> Option<HeaderMap> {
    let members = match payload {
        None | Some(Value::Null) => return Some(HeaderMap::new()),
        Some(Value::Object(members)) => members,
        Some(_) => return None,
    };
    let mut headers = HeaderMap::new();
    for (name, value) in members {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
        if name == header::AUTHORIZATION || name == auth::ROLE {
            headers.append(name, HeaderValue::try_from(string(value)?).ok()?);
        }
    }
    Some(headers)
}

/// What the service says.
#[derive(serde::Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Outgoing<'a> {
    /// `connection_ack`
    ConnectionAck,
    /// `pong`
    Pong,
    /// An answer.
    Next { id: &'a str, payload: &'a RawValue },
    /// The last word of an operation that has failed.
    Error { id: &'a str, payload: &'a [ServerError] },
    /// The last word of any other.
    Complete { id: &'a str },
}

impl Outgoing<'_> {
    /// None where it can't be written.
    pub(super) fn frame(&self) -> Option<Frame> {
        serde_json::to_string(self).ok().map(|text| Frame::Text(Utf8Bytes::from(text)))
    }
}

/// The bytes of what a message says.
pub(super) fn length(frame: &Frame) -> u64 {
    match frame {
        Frame::Text(text) => u64::try_from(text.len()).unwrap_or_default(),
        Frame::Binary(_) | Frame::Ping(_) | Frame::Pong(_) | Frame::Close(_) => 0,
    }
}

/// The payload of `next`.
pub(super) fn payload(answer: &Executed) -> Option<Box<RawValue>> {
    RawValue::from_string(answer::text(answer, true)?).ok()
}
