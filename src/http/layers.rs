//! What lies around all routes: the request's id, CORS, caught panics, decompression and the fixed headers.

use std::any::Any;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::Instrument as _;

use super::{answer, origin};
use crate::error::{Fault, Problem};

/// The header that names a request, in logs and answers alike.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around the routes; the last one added is the outermost.
pub(super) fn around(routes: Router, cors: CorsLayer) -> Router {
    let fixed = |name, value| SetResponseHeaderLayer::if_not_present(name, value);
    routes
        // Other encodings pass and are refused by the route, in our words.
        .layer(RequestDecompressionLayer::new().gzip(true).pass_through_unaccepted(true))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(cors)
        .layer(map_response(origin::withdrawn))
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
