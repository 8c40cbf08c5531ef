//! `GraphiQL`, for trying queries by hand: a page of ours, its code from a CDN, pinned by integrity hashes.
//!
//! The token goes into the headers editor, never into the address; `GraphiQL` keeps it in memory only.

use axum::http::header;
use axum::response::IntoResponse;

/// The page may load its pinned code and ask its own origin, nothing else. `GraphiQL` sets styles from code.
const POLICY: &str = "default-src 'none'; script-src 'self' https://cdn.jsdelivr.net; \
    style-src 'self' https://cdn.jsdelivr.net 'unsafe-inline'; font-src data:; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /`.
pub(super) async fn page() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, include_str!("console.html"))
}

/// `GET /console.js`.
pub(super) async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("console.js"))
}
