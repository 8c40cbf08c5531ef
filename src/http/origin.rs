//! From whose pages a request comes: which origins may ask, and that no page can send what it may not.
//!
//! A preflight has no token, so it passes when any firm lists the origin; the request itself runs only where the
//! viewer's own firm does. Nobody's request, which sees no firm's files, runs where any firm lists it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use axum::response::Response;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::{Door, House, Settings, auth, media};
use crate::error::{Problem, Refusal};
use crate::telemetry::export::TRACEPARENT;
use crate::viewer::Viewer;

/// What a browser tells of where a request's page lies; no page can write it.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Headers that no page can send elsewhere without a preflight; the first two are those that Apollo's clients send.
const TELLING: [HeaderName; 4] = [
    HeaderName::from_static("apollo-require-preflight"),
    HeaderName::from_static("x-apollo-operation-name"),
    header::AUTHORIZATION,
    auth::ROLE,
];

/// Refuses what any page could send without asking first: a form, a link, an image.
pub(super) fn asked_first(headers: &HeaderMap) -> Result<(), Refusal> {
    let tells = |name: &HeaderName| headers.get(name).is_some_and(|value| !value.is_empty());
    if TELLING.iter().any(tells) || media::content(headers).is_ok() {
        return Ok(());
    }
    Err(Problem::PreflightRequired.into())
}

/// The origin of a page that is not our own; none without a page.
pub(super) fn foreign(headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    if headers.get_all(header::ORIGIN).iter().nth(1).is_some() {
        return Some(HeaderValue::from_static("null"));
    }
    let is_told = headers.get(FETCH_SITE).is_some_and(|site| site == "same-origin");
    let authority =
        origin.to_str().ok().and_then(|text| text.split_once("://")).map(|(_, authority)| authority);
    let is_ours =
        authority.is_some() && authority == headers.get(header::HOST).and_then(|host| host.to_str().ok());
    (!is_told && !is_ours).then(|| origin.clone())
}

/// Refuses a connection of a page that neither the operator nor any firm lists; whose it is, it is yet to say.
pub(super) async fn admitted<H: House>(door: &Door<H>, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(origin) = foreign(headers) else { return Ok(()) };
    if is_listed(&*door.house, &door.settings, &origin, None).await? {
        Ok(())
    } else {
        Err(Problem::OriginNotAllowed)
    }
}

/// The headers that say from whose page a connection was opened, for what is said over it.
pub(super) fn of_page(headers: &HeaderMap) -> HeaderMap {
    let told = [header::ORIGIN, header::HOST, FETCH_SITE];
    let told = told
        .iter()
        .flat_map(|name| headers.get_all(name).iter().map(move |value| (name.clone(), value.clone())));
    told.collect()
}

/// Refuses a request of a page that neither the operator nor the viewer's firm lists.
pub(super) async fn permitted<H: House>(
    door: &Door<H>,
    origin: Option<&HeaderValue>,
    viewer: &Viewer,
) -> Result<(), Problem> {
    let Some(origin) = origin else { return Ok(()) };
    let firm = viewer.account.as_ref().map(|account| account.firm.as_str());
    if is_listed(&*door.house, &door.settings, origin, firm).await? {
        Ok(())
    } else {
        Err(Problem::OriginNotAllowed)
    }
}

async fn is_listed<H: House>(
    house: &H,
    settings: &Settings,
    origin: &HeaderValue,
    firm: Option<&str>,
) -> Result<bool, Problem> {
    // `null` is what any sandboxed page and any local file sends.
    if origin == "null" {
        return Ok(false);
    }
    if settings.origins.contains(origin) || (settings.localhost_origins && is_localhost(origin)) {
        return Ok(true);
    }
    match origin.to_str() {
        Ok(origin) => house.lists_origin(origin, firm).await,
        Err(_) => Ok(false),
    }
}

/// Lets pages of the listed origins ask. No credentials: tokens are sent by hand, so no page can borrow one.
pub(super) fn cors<H: House>(house: Arc<H>, settings: &Settings) -> CorsLayer {
    let settings = Arc::new(settings.clone());
    // Our own pages need no leave, and shall not wait for a list.
    let allowed = move |origin: HeaderValue, parts: &Parts| {
        let is_foreign = foreign(&parts.headers).is_some();
        async move { is_foreign && is_listed(&*house, &settings, &origin, None).await.unwrap_or(false) }
    };
    let [apollo, named, ..] = TELLING;
    CorsLayer::new()
        .allow_origin(AllowOrigin::async_predicate(allowed))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            auth::ROLE,
            super::layers::REQUEST_ID,
            HeaderName::from_static(TRACEPARENT),
            apollo,
            named,
        ])
        .expose_headers([&[super::layers::REQUEST_ID][..], &super::bill::TOLD].concat())
        .max_age(Duration::from_mins(10))
}

/// Takes the leave to read from the answer to a page that another firm alone lists.
pub(super) fn withdrawn(mut response: Response) -> Response {
    if response.extensions().get::<Problem>() == Some(&Problem::OriginNotAllowed) {
        response.headers_mut().remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    }
    response
}

fn is_localhost(origin: &HeaderValue) -> bool {
    let hosts = ["http://localhost", "https://localhost", "http://127.0.0.1", "http://[::1]"];
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

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let mut headers = HeaderMap::new();
        for (name, value) in pairs.iter().map(pair) {
            headers.append(name, value);
        }
        headers
    }

    #[test]
    fn our_own_page_is_not_foreign() {
        let is = |pairs: &[(&'static str, &'static str)]| foreign(&headers(pairs)).is_some();
        assert!(!is(&[]) && !is(&[("host", "a.example")]));
        assert!(!is(&[("origin", "https://a.example"), ("host", "a.example")]));
        assert!(!is(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        // Behind a proxy that asks by another name, the browser's word.
        assert!(!is(&[
            ("origin", "https://a.example"),
            ("host", "node-7:8080"),
            ("sec-fetch-site", "same-origin")
        ]));
        for other in [
            &[("origin", "https://b.example"), ("host", "a.example")][..],
            &[("origin", "https://a.example"), ("host", "a.example:8443")],
            &[("origin", "https://a.example"), ("host", "node-7"), ("sec-fetch-site", "same-site")],
            &[("origin", "null"), ("host", "null")],
            &[("origin", ""), ("host", "")],
            &[("origin", "https://a.example"), ("origin", "https://b.example"), ("host", "a.example")],
        ] {
            assert!(is(other), "{other:?}");
        }
    }

    #[test]
    fn what_any_page_could_send_is_refused() {
        let is = |pairs: &[(&'static str, &'static str)]| asked_first(&headers(pairs)).is_ok();
        for told in [
            ("apollo-require-preflight", "true"),
            ("x-apollo-operation-name", "Home"),
            ("authorization", "Bearer a"),
            ("portico-role", "client"),
            ("content-type", "application/json"),
        ] {
            assert!(is(&[told]), "{told:?}");
        }
        for simple in [
            &[][..],
            &[("content-type", "text/plain")],
            &[("content-type", "application/x-www-form-urlencoded")],
            &[("content-type", "text/plain; a=application/json")],
            &[("apollo-require-preflight", "")],
            &[("accept", "application/json"), ("accept-language", "en")],
        ] {
            assert!(!is(simple), "{simple:?}");
        }
    }

    #[test]
    fn localhost_is_exactly_that() {
        let is = |origin: &'static str| is_localhost(&HeaderValue::from_static(origin));
        for own in [
            "http://localhost",
            "http://localhost:5173",
            "https://localhost",
            "https://localhost:5173",
            "http://127.0.0.1:8080",
            "http://[::1]",
            "http://[::1]:8080",
        ] {
            assert!(is(own), "{own}");
        }
        for other in [
            "ftp://localhost",
            "https://localhost.evil.example",
            "http://[::1].evil.example",
            "http://[::2]",
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
}
