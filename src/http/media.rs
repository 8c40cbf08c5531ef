//! Media types: what comes in, what the caller accepts, and the status that follows from it.

use std::cmp::Reverse;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::error::{Problem, Refusal};

/// The type of an answer to a GraphQL request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status tells what happened.
    GraphQl,
    /// `application/json`: the type that proxies also use, so the status of a GraphQL answer is 200.
    Json,
}

/// What the caller of an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepted {
    /// One answer.
    One(Media),
    /// Events where the operation goes on, else one answer: some clients name `text/event-stream` with every request.
    Either(Media),
    /// Events and nothing else.
    Events,
}

impl Accepted {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let text = joined(headers, &header::ACCEPT)?.unwrap_or_default();
        let takes_events = text
            .split(',')
            .filter_map(Range::read)
            .any(|range| range.kind == "text/event-stream" && range.weight > 0);
        match Media::accepted(headers) {
            Ok(media) if takes_events => Ok(Self::Either(media)),
            Ok(media) => Ok(Self::One(media)),
            Err(_) if takes_events => Ok(Self::Events),
            Err(refusal) => Err(refusal),
        }
    }
}

/// What we offer; the first wins where nothing else decides.
const OFFERED: [(Media, &str); 2] =
    [(Media::Json, "application/json"), (Media::GraphQl, "application/graphql-response+json")];

impl Media {
    /// The type that the caller prefers. Without the header and for `*/*` it is JSON, as GraphQL over HTTP wants it.
    pub(super) fn accepted(headers: &HeaderMap) -> Result<Self, Refusal> {
        let Some(text) = joined(headers, &header::ACCEPT)? else { return Ok(Self::Json) };
        let ranges: Vec<_> = text.split(',').filter_map(Range::read).collect();
        // The heaviest wins, then the one that the caller names first.
        let weighed = OFFERED.iter().filter_map(|(media, kind)| {
            let matching = ranges.iter().enumerate().filter(|(_, range)| range.covers(kind));
            let (place, range) =
                matching.max_by_key(|(place, range)| (range.precision(), Reverse(*place)))?;
            (range.weight > 0).then_some((Reverse(range.weight), place, *media))
        });
        let best = weighed.min_by_key(|(weight, place, _)| (*weight, *place));
        best.map(|(_, _, media)| media).ok_or_else(|| Problem::NotAcceptable.into())
    }

    pub(super) const fn content_type(self) -> HeaderValue {
        match self {
            Self::GraphQl => HeaderValue::from_static("application/graphql-response+json; charset=utf-8"),
            Self::Json => HeaderValue::from_static("application/json; charset=utf-8"),
        }
    }

    /// The table of statuses for answers without `data`; with it, they are 200.
    ///
    /// Under plain JSON the specification keeps errors of the request at 200, so that clients tell our answers from a
    /// proxy's. Failures of the service keep their status everywhere.
    pub(super) fn status(self, problem: Problem) -> StatusCode {
        match self {
            Self::Json if problem.status() == StatusCode::BAD_REQUEST => StatusCode::OK,
            Self::GraphQl | Self::Json => problem.status(),
        }
    }
}

/// All values of a header as one list, none where there is nothing in it.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Refusal> {
    let values: Result<Vec<_>, _> = headers.get_all(name).iter().map(HeaderValue::to_str).collect();
    let text = values.map_err(|_| Problem::NotAcceptable)?.join(",").to_ascii_lowercase();
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

/// One entry of `Accept`, in lower case. Parameters other than the weight choose nothing: all our answers are UTF-8.
struct Range<'a> {
    kind: &'a str,
    /// In thousandths.
    weight: u16,
}

impl<'a> Range<'a> {
    /// None for what has no readable weight.
    fn read(entry: &'a str) -> Option<Self> {
        let mut parts = entry.split(';').map(str::trim);
        let kind = parts.next()?;
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1000), thousandths)?;
        Some(Self { kind, weight })
    }

    fn covers(&self, kind: &str) -> bool {
        matches!(self.kind, "*/*" | "application/*") || self.kind == kind
    }

    fn precision(&self) -> u8 {
        match self.kind {
            "*/*" => 0,
            "application/*" => 1,
            _ => 2,
        }
    }
}

/// RFC 9110's weight: from 0 to 1 with up to three digits.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1") || digits.len() > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{whole}{digits:0<3}").parse().ok().filter(|weight| *weight <= 1000)
}

/// Refuses a body that is not JSON in UTF-8: forms and plain text can be sent by any page without asking first.
pub(super) fn content(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
    let (kind, more) = (kinds.next().and_then(|kind| kind.to_str().ok()), kinds.next());
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    let mut parts = kind.split(';').map(str::trim);
    let is_json = parts.next() == Some("application/json");
    let is_utf8 = parts.all(|part| matches!(part, "charset=utf-8" | "charset=\"utf-8\""));
    if is_json && is_utf8 && more.is_none() { Ok(()) } else { Err(Problem::UnsupportedMediaType.into()) }
}

/// Refuses encodings that were not undone on the way: the layer takes the header away with the encoding.
pub(super) fn encoding(headers: &HeaderMap) -> Result<(), Refusal> {
    let left = headers.get_all(header::CONTENT_ENCODING).iter().any(|encoding| encoding != "identity");
    if left { Err(Problem::UnsupportedMediaType.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(values: &[&'static str]) -> Option<Media> {
        let pairs = values.iter().map(|value| (header::ACCEPT, HeaderValue::from_static(value)));
        Media::accepted(&pairs.collect()).ok()
    }

    #[test]
    fn accept_is_respected_with_its_weights() {
        use Media::{GraphQl, Json};
        for (values, expected) in [
            (&[][..], Some(Json)),
            (&[""], Some(Json)),
            (&["*/*"], Some(Json)),
            (&["application/*"], Some(Json)),
            (&["application/json"], Some(Json)),
            (&["application/json; charset=utf-8"], Some(Json)),
            (&["application/graphql-response+json; charset=utf-8"], Some(GraphQl)),
            (&["application/graphql-response+json, application/json;q=0.9"], Some(GraphQl)),
            (&["application/graphql-response+json, application/json"], Some(GraphQl)),
            (&["application/graphql-response+json", "application/json"], Some(GraphQl)),
            (&["application/graphql-response+json;q=0.1, application/json;q=0.9"], Some(Json)),
            (&["application/json;q=0, */*"], Some(GraphQl)),
            (&["text/event-stream, application/json"], Some(Json)),
            (&["text/html, */*;q=0.1"], Some(Json)),
            (&["text/html"], None),
            (&["application/json;q=0"], None),
            (&["*/*;q=0"], None),
            (&["nonsense"], None),
            (&["application/json;q=2"], None),
            (&["application/json;q=NaN"], None),
            (&["Application/JSON;Q=0.5"], Some(Json)),
            (&["application/json;q=0.5, application/graphql-response+json;q=0.51"], Some(GraphQl)),
            (&["*/*, application/graphql-response+json;q=0.5"], Some(Json)),
            (&["*/*, application/json;q=0.5"], Some(GraphQl)),
            (&[",,;,q=, ;q=1"], None),
        ] {
            assert_eq!(accepted(values), expected, "{values:?}");
        }
    }

    #[test]
    fn only_json_in_utf8_comes_in() {
        let ok = |values: &[&'static str]| {
            let pairs = values.iter().map(|value| (header::CONTENT_TYPE, HeaderValue::from_static(value)));
            content(&pairs.collect()).is_ok()
        };
        assert!(ok(&["application/json"]));
        assert!(ok(&["application/json; charset=utf-8"]));
        assert!(ok(&["Application/JSON;charset=\"UTF-8\""]));
        for bad in [
            &[][..],
            &[""],
            &["text/plain"],
            &["application/x-www-form-urlencoded"],
            &["multipart/form-data; boundary=x"],
            &["application/graphql"],
            &["application/ld+json"],
            &["application/json+zip"],
            &["application/json; charset=utf-16"],
            &["application/json, text/plain"],
            &["application/json", "text/plain"],
            &["text/plain; a=application/json"],
        ] {
            assert!(!ok(bad), "{bad:?}");
        }
    }
}
