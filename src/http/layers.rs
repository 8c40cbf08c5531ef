//! What lies around all routes: the request's id, CORS, caught panics, decompression and the fixed headers.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header, request::Parts};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::Instrument as _;

use super::{Settings, answer, auth};
use crate::error::{Fault, Problem};

/// The header that names a request, in logs and answers alike.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around the routes; the last one added is the outermost.
pub(super) fn around(routes: Router, cors: CorsLayer) -> Router {
    let fixed = |name, value| SetResponseHeaderLayer::if_not_present(name, value);
    routes
        // Other encodings pass and are refused by the route, in our words.
        .layer(RequestDecompressionLayer::new().gzip(true).pass_through_unaccepted(true))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(cors)
        .layer(SetResponseHeaderLayer::appending(header::VARY, answer::VARY))
        .layer(fixed(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(from_fn(identified))
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::from(Fault::new("a handler panicked")).into_response()
}

/// Gives the request its id, and the log a span that carries it.
async fn identified(request: Request, next: Next) -> Response {
    let given = request.headers().get(REQUEST_ID).filter(|id| is_id(id.as_bytes())).cloned();
    let id = given.unwrap_or_else(fresh);
    let span =
        tracing::info_span!("request", id = ?id, method = %request.method(), path = ?request.uri().path());
    let mut response = async {
        let response = next.run(request).await;
        tracing::info!(status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Short and plain, so that an id can forge no log line.
fn is_id(id: &[u8]) -> bool {
    (1..=64).contains(&id.len()) && id.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

fn fresh() -> HeaderValue {
    let id = format!("{:032x}", rand::random::<u128>());
    HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

/// Lets pages of the listed origins ask. No credentials: tokens are sent by hand, so no page can borrow one.
pub(super) fn cors(settings: &Settings) -> CorsLayer {
    let (origins, localhost) = (settings.origins.clone(), settings.localhost_origins);
    let allowed = move |origin: &HeaderValue, _: &Parts| {
        // `null` is what any sandboxed page and any local file sends.
        origin != "null" && (origins.contains(origin) || (localhost && is_localhost(origin)))
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, auth::ROLE, REQUEST_ID])
        .expose_headers([REQUEST_ID, header::RETRY_AFTER])
        .max_age(Duration::from_mins(10))
}

fn is_localhost(origin: &HeaderValue) -> bool {
    let hosts = ["http://localhost", "http://127.0.0.1"];
    let rest = origin.to_str().ok().and_then(|text| hosts.iter().find_map(|host| text.strip_prefix(host)));
    rest.is_some_and(|rest| {
        let port = rest.strip_prefix(':');
        rest.is_empty()
            || port.is_some_and(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_is_exactly_that() {
        let is = |origin: &'static str| is_localhost(&HeaderValue::from_static(origin));
        assert!(is("http://localhost") && is("http://localhost:5173") && is("http://127.0.0.1:8080"));
        for other in [
            "https://localhost",
            "http://localhost.evil.example",
            "http://localhost:80@evil.example",
            "http://localhost:",
            "http://127.0.0.1.evil.example:80",
            "http://localhost/",
            "null",
            "",
        ] {
            assert!(!is(other), "{other}");
        }
    }

    #[test]
    fn ids_are_short_and_plain() {
        assert!(is_id(b"a-1") && is_id(&[b'a'; 64]) && is_id(fresh().as_bytes()));
        assert!(
            !is_id(b"") && !is_id(&[b'a'; 65]) && !is_id(b"a b") && !is_id(b"a_b") && !is_id("é".as_bytes())
        );
    }
}
