//! What lies around all routes: the request's id, CORS, caught panics, decompression and the fixed headers.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::{Next, from_fn, map_request};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::decompression::RequestDecompressionLayer;

use super::{Settings, answer, closing::Closing, origin, packed};
use crate::error::{Fault, Problem};
use crate::telemetry::{
    call::{Call, Route},
    export,
    metrics::Metrics,
};

/// The header that names a request, in logs and answers alike.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around the routes, the first one outermost. They are one layer to the router: of many, each would have a
/// box of its own for each request.
pub(super) fn around(routes: Router, cors: CorsLayer, settings: &Settings) -> Router {
    let (metrics, closing) = (settings.metrics.clone(), settings.closing.clone());
    let proxies = settings.proxies.clone();
    routes.layer((
        from_fn(move |request: Request, next| {
            let is_believed = proxies.have_sent(request.extensions());
            identified(metrics.clone(), is_believed, request, next)
        }),
        from_fn(move |request, next| framed(closing.clone(), request, next)),
        cors,
        CatchPanicLayer::custom(panicked),
        map_request(packed::watched),
        // Other encodings pass and are refused by the route, in our words.
        RequestDecompressionLayer::new().gzip(true).pass_through_unaccepted(true),
    ))
}

/// Lets through what names one host, and gives each answer the headers that all have.
async fn framed(closing: Closing, request: Request, next: Next) -> Response {
    let response = if names_one_host(&request) {
        origin::withdrawn(next.run(request).await)
    } else {
        Problem::HostRequired.into_response()
    };
    with_headers(farewell(closing.is_leaving(), response))
}

/// <https://www.rfc-editor.org/rfc/rfc9112#section-3.2>
fn names_one_host(request: &Request) -> bool {
    let count = request.headers().get_all(header::HOST).iter().count();
    count == 1 || (count == 0 && request.version() < Version::HTTP_11)
}

fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.append(header::VARY, answer::VARY);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    response
}

/// Who keeps a connection learns that it ends before it does, and sends nothing into one that is being closed.
fn farewell(is_leaving: bool, mut response: Response) -> Response {
    if is_leaving && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::from(Fault::new("a handler panicked")).into_response()
}

/// Gives the request its id, in the log, in the answer and in what is answered of faults; and its span, which goes on the
/// trace of a sender who is believed.
async fn identified(
    metrics: Option<Arc<Metrics>>,
    is_believed: bool,
    request: Request,
    next: Next,
) -> Response {
    let given = request.headers().get(REQUEST_ID).filter(|id| is_id(id.as_bytes())).cloned();
    let id = given.unwrap_or_else(fresh);
    let pattern = request.extensions().get::<MatchedPath>().map(|path| path.as_str().into());
    let route = Route { method: method(request.method()), pattern };
    let trace = export::request(&route, request.headers(), is_believed);
    let call = Call::begin(id.to_str().unwrap_or_default().into(), route, trace, metrics);
    let mut response = Arc::clone(&call).answering(next.run(request)).await;
    response.headers_mut().insert(REQUEST_ID, id);
    told(&call, response)
}

/// An operation over a socket that is open already, with an id of its own.
pub(super) fn operation(metrics: Option<Arc<Metrics>>) -> Arc<Call> {
    let route = Route { method: "SOCKET", pattern: Some("/graphql".into()) };
    let trace = export::root(&route);
    Call::begin(fresh().to_str().unwrap_or_default().into(), route, trace, metrics)
}

/// Notes how a request was answered; what goes on is answered when it ends.
fn told(call: &Arc<Call>, response: Response) -> Response {
    let (code, status) = (response.extensions().get::<Problem>().copied(), response.status().as_u16());
    let bytes = response.body().size_hint().exact();
    call.note(|notes| {
        notes.status = Some(status);
        notes.code = notes.code.or(code);
        notes.is_stream = bytes.is_none();
    });
    if let Some(bytes) = bytes {
        call.wrote(bytes);
        call.answered();
        return response;
    }
    let counting = Arc::clone(call);
    response.map(|body| {
        let chunks = body.into_data_stream().inspect_ok(move |chunk| {
            counting.wrote(u64::try_from(chunk.len()).unwrap_or_default());
        });
        Body::from_stream(Arc::clone(call).following(chunks))
    })
}

/// The method, of those that HTTP knows.
fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "POST", "OPTIONS", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("_OTHER")
}

/// Short and plain, so that an id can forge no log line.
fn is_id(id: &[u8]) -> bool {
    (1..=64).contains(&id.len()) && id.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

fn fresh() -> HeaderValue {
    let id = format!("{:032x}", rand::random::<u128>());
    HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_and_plain() {
        assert!(is_id(b"a-1") && is_id(&[b'a'; 64]) && is_id(fresh().as_bytes()));
        assert!(
            !is_id(b"") && !is_id(&[b'a'; 65]) && !is_id(b"a b") && !is_id(b"a_b") && !is_id("é".as_bytes())
        );
    }
}
