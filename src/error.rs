//! What can go wrong: a `Problem` is told to the caller, a `Fault` is told to the log.
//!
//! * [`Problem`]: the closed list. Each has a stable code, an HTTP status and one sentence that names the mend.
//! * [`Refusal`]: a problem with its own wording or a place in the document.
//! * [`Fault`]: what broke inside. It is logged once, where it becomes a [`Problem`], and never leaves.
//!
//! None of the three implements `Display`: async-graphql turns whatever does into an error without a code,
//! so a forgotten conversion would put internals into an answer. As it is, `?` in a resolver keeps the code.

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Pos, ServerError};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};

use crate::telemetry::call;

macro_rules! problems {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $status:ident, $sentence:literal;)+) => {
        /// Everything that a caller can be told, each with its code, its status and its sentence.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Problem {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Problem {
            /// All problems, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code: `extensions.code` in a GraphQL answer, `code` in problem+json.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The HTTP status.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),+ }
            }

            /// The sentence that says what to do.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence),+ }
            }

            /// What the code means, from the doc comment above it.
            const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),+ }
            }
        }
    };
}

problems! {
    /// The document is not GraphQL.
    ParseFailed = "GRAPHQL_PARSE_FAILED", BAD_REQUEST, "Mend the syntax of the document.";
    /// The document does not fit the schema of the acting role.
    ValidationFailed = "GRAPHQL_VALIDATION_FAILED", BAD_REQUEST, "Compare the document with GET /schema.graphql for this token.";
    /// `operationName` chooses no operation, or several were sent without it.
    OperationUnknown = "OPERATION_RESOLUTION_FAILURE", BAD_REQUEST, "Set operationName to an operation of the document.";
    /// The kind of operation is not served here.
    OperationNotServed = "OPERATION_NOT_SERVED", BAD_REQUEST, "Send subscriptions over WebSocket or with Accept: text/event-stream.";
    /// A value does not fit: an argument, a variable or an input field.
    BadUserInput = "BAD_USER_INPUT", BAD_REQUEST, "Mend the value that the message names.";
    /// A cursor that this service did not give out for this list, or whose row is no longer there.
    BadCursor = "BAD_CURSOR", BAD_REQUEST, "Use a cursor from pageInfo of the same list, or start without one.";
    /// A page was asked for that is larger than allowed.
    PageTooLarge = "PAGE_TOO_LARGE", BAD_REQUEST, "Ask for more in further requests, with the cursor of the last.";
    /// The body is no JSON object of a GraphQL request.
    MalformedBody = "MALFORMED_BODY", BAD_REQUEST, "Send one JSON object with query, and if needed operationName, variables and extensions.";
    /// A request of HTTP/1.1 names no host, or several: proxies and services read different ones of them.
    HostRequired = "HOST_REQUIRED", BAD_REQUEST, "Send the header Host once.";
    /// Any page of the web could have sent the request by itself.
    PreflightRequired = "PREFLIGHT_REQUIRED", BAD_REQUEST, "Send the header Apollo-Require-Preflight: true, or Content-Type: application/json.";
    /// No trusted document of the acting role has this hash.
    PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND", BAD_REQUEST, "Send the query itself, or have the operator add it: portico trusted add.";
    /// The acting role runs trusted documents alone.
    PersistedQueryIdRequired = "PERSISTED_QUERY_ID_REQUIRED", BAD_REQUEST, "Send the hash of a trusted document in place of query.";
    /// Several requests came in one body.
    BatchNotSupported = "BATCH_NOT_SUPPORTED", BAD_REQUEST, "Send each request by itself.";
    /// The header `Portico-Role` is no role's name, or came twice.
    BadRole = "BAD_ROLE", BAD_REQUEST, "Send the header Portico-Role once, with the name of a role.";
    /// The document or the variables are nested too deep.
    TooDeep = "TOO_DEEP", BAD_REQUEST, "Nest fewer levels of selections, lists or objects.";
    /// The document has too many tokens.
    TooManyTokens = "TOO_MANY_TOKENS", BAD_REQUEST, "Send a shorter document.";
    /// One literal or name of the document is too long.
    LiteralTooLong = "LITERAL_TOO_LONG", BAD_REQUEST, "Send long values as variables.";
    /// The document selects too many fields once its fragments are spread.
    TooManyFields = "TOO_MANY_FIELDS", BAD_REQUEST, "Select fewer fields, or spread fewer fragments.";
    /// The document has too many aliases once its fragments are spread.
    TooManyAliases = "TOO_MANY_ALIASES", BAD_REQUEST, "Use fewer aliases.";
    /// One place of the document carries too many directives.
    TooManyDirectives = "TOO_MANY_DIRECTIVES", BAD_REQUEST, "Use fewer directives at one place.";
    /// The document has too many operations and fragments.
    TooManyDefinitions = "TOO_MANY_DEFINITIONS", BAD_REQUEST, "Send only the operation that shall run, with its fragments.";
    /// An operation declares too many variables.
    TooManyVariables = "TOO_MANY_VARIABLES", BAD_REQUEST, "Declare fewer variables, or put them into one input.";
    /// The request holds too many values, or uses them too often.
    TooManyValues = "TOO_MANY_VALUES", BAD_REQUEST, "Send fewer values in one request.";
    /// The request would cost too much.
    TooComplex = "TOO_COMPLEX", BAD_REQUEST, "Ask for smaller pages or fewer nested lists.";
    /// The token is missing where one is needed, malformed, unknown, expired or revoked.
    Unauthenticated = "UNAUTHENTICATED", UNAUTHORIZED, "Send the header Authorization: Bearer with a valid token.";
    /// The person does not hold the role that `Portico-Role` names.
    RoleNotHeld = "ROLE_NOT_HELD", FORBIDDEN, "Name a role that you hold, or leave the header Portico-Role out.";
    /// The role may do this in general, but not here and now.
    Forbidden = "FORBIDDEN", FORBIDDEN, "Ask somebody whose role permits it.";
    /// A page of an origin asks that the firm does not list.
    OriginNotAllowed = "ORIGIN_NOT_ALLOWED", FORBIDDEN, "Have the firm's operator list the page's origin: portico firm origins add.";
    /// It is not there, or not for this viewer: the answer is the same.
    NotFound = "NOT_FOUND", NOT_FOUND, "Check the address or the id.";
    /// The address does not know this method.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED, "Use a method that the header Allow names.";
    /// The caller accepts no media type that the service has.
    NotAcceptable = "NOT_ACCEPTABLE", NOT_ACCEPTABLE, "Accept application/graphql-response+json or application/json.";
    /// The body did not arrive in time.
    BodyTooSlow = "BODY_TOO_SLOW", REQUEST_TIMEOUT, "Send the body without pauses.";
    /// The state has changed since the caller read it.
    Conflict = "CONFLICT", CONFLICT, "Read the state again, then decide whether to repeat the change.";
    /// The body is too large, before or after decompression.
    BodyTooLarge = "BODY_TOO_LARGE", PAYLOAD_TOO_LARGE, "Send a smaller body.";
    /// The document is too large.
    DocumentTooLarge = "DOCUMENT_TOO_LARGE", PAYLOAD_TOO_LARGE, "Send a shorter document, and long values as variables.";
    /// The person has too many sockets and event streams open, or the socket too many operations.
    TooManyStreams = "TOO_MANY_STREAMS", TOO_MANY_REQUESTS, "End some that are open before beginning another.";
    /// The person, the firm's server or the address has asked too much in too short a time.
    RateLimited = "RATE_LIMITED", TOO_MANY_REQUESTS, "Wait for as long as Retry-After names, and ask for less in one request.";
    /// The body is not of a type or an encoding that is understood.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE, "Send Content-Type: application/json in UTF-8, plain or gzip.";
    /// The policy was replaced while the request ran, so its answer is withheld.
    PolicyChanged = "POLICY_CHANGED", SERVICE_UNAVAILABLE, "Read again; before repeating a mutation, look whether it took effect.";
    /// The service cannot answer for the moment.
    Unavailable = "UNAVAILABLE", SERVICE_UNAVAILABLE, "Try again after the time that Retry-After names.";
    /// The request took too long and was ended.
    Timeout = "TIMEOUT", GATEWAY_TIMEOUT, "Ask for less in one request.";
    /// Something broke on our side.
    Internal = "INTERNAL", INTERNAL_SERVER_ERROR, "Try again, and tell support the x-request-id of the answer if it stays.";
}

impl Problem {
    /// The table of codes for the documentation, in Markdown.
    pub fn table() -> String {
        let mut table = String::from("| code | status | meaning | mend |\n|---|---|---|---|\n");
        for problem in Self::ALL {
            let (code, status) = (problem.code(), problem.told_with());
            let (meaning, mend) = (problem.meaning().trim(), problem.sentence());
            // Writing into a String cannot fail.
            let _ = writeln!(table, "| `{code}` | {status} | {meaning} | {mend} |");
        }
        table
    }

    /// The status of the answers that tell it, in words: what only a field can find stands beside `data`.
    fn told_with(self) -> String {
        let status = self.status().as_u16();
        if matches!(self, Self::BadCursor | Self::PageTooLarge) {
            return "200".to_owned();
        }
        if self == Self::BadUserInput { format!("{status}, of a field 200") } else { status.to_string() }
    }

    /// The problem with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|problem| problem.code() == code)
    }

    /// The problem in words of its own, instead of the table's sentence.
    pub fn because(self, sentence: impl Into<String>) -> Refusal {
        Refusal { problem: self, sentence: Some(sentence.into()), at: None }
    }

    /// The headers that belong to the status, whatever the body; the layers around can read which problem it was.
    pub fn mark(self, response: &mut Response) {
        response.extensions_mut().insert(self);
        let (name, value) = match self.status() {
            StatusCode::UNAUTHORIZED => (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            StatusCode::SERVICE_UNAVAILABLE => (header::RETRY_AFTER, HeaderValue::from_static("1")),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                (header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, identity"))
            }
            _ => return,
        };
        response.headers_mut().insert(name, value);
    }
}

/// A problem as it is told once: with words of its own, and with a place in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    problem: Problem,
    sentence: Option<String>,
    at: Option<Pos>,
}

impl Refusal {
    /// The refusal with the place in the document that it speaks of.
    #[must_use]
    pub fn at(mut self, place: Pos) -> Self {
        self.at = Some(place);
        self
    }

    /// Which problem it is.
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// What the caller reads.
    pub fn sentence(&self) -> &str {
        self.sentence.as_deref().unwrap_or_else(|| self.problem.sentence())
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, sentence: None, at: None }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Problem::from(fault).into()
    }
}

/// The id that support needs to find the fault in the log; where the caller can mend it himself, there is none.
fn told_id(problem: Problem) -> Option<Arc<str>> {
    call::id().filter(|_| problem.status().is_server_error())
}

fn extensions(problem: Problem) -> ErrorExtensionValues {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", problem.code());
    if let Some(id) = told_id(problem) {
        extensions.set("requestId", &*id);
    }
    extensions
}

impl From<Refusal> for async_graphql::Error {
    fn from(refusal: Refusal) -> Self {
        let mut error = Self::new(refusal.sentence());
        error.extensions = Some(extensions(refusal.problem));
        error
    }
}

impl From<Problem> for async_graphql::Error {
    fn from(problem: Problem) -> Self {
        Refusal::from(problem).into()
    }
}

impl From<Fault> for async_graphql::Error {
    fn from(fault: Fault) -> Self {
        Problem::from(fault).into()
    }
}

impl From<Refusal> for ServerError {
    fn from(refusal: Refusal) -> Self {
        let mut error = Self::new(refusal.sentence(), refusal.at);
        error.extensions = Some(extensions(refusal.problem));
        error
    }
}

impl From<Problem> for ServerError {
    fn from(problem: Problem) -> Self {
        Refusal::from(problem).into()
    }
}

/// RFC 9457. `errors` says the same in GraphQL's words, for clients that look for nothing else.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (problem, status) = (self.problem, self.problem.status());
        let mut body = json!({
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "code": problem.code(),
            "detail": self.sentence(),
            "errors": [{ "message": self.sentence(), "extensions": extensions(problem) }],
        });
        if let (Some(id), Some(members)) = (told_id(problem), body.as_object_mut()) {
            members.insert(String::from("requestId"), Json::from(&*id));
        }
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (status, kind, body.to_string()).into_response();
        problem.mark(&mut response);
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        Refusal::from(self).into_response()
    }
}

/// What broke inside: for the log only.
#[derive(Debug)]
pub struct Fault {
    doing: Option<&'static str>,
    answer: Problem,
    source: Box<dyn StdError + Send + Sync>,
}

impl Fault {
    /// A fault with its source, or with a text where there is none.
    pub fn new(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { doing: None, answer: Problem::Internal, source: source.into() }
    }

    /// The fault with what was being done.
    #[must_use]
    pub fn while_doing(mut self, doing: &'static str) -> Self {
        self.doing = Some(doing);
        self
    }

    /// The fault with what the caller is told instead of [`Problem::Internal`].
    #[must_use]
    pub fn told_as(mut self, answer: Problem) -> Self {
        self.answer = answer;
        self
    }

    /// The source, for programs that end with it.
    pub fn into_source(self) -> Box<dyn StdError + Send + Sync> {
        self.source
    }

    /// The chain of causes on one line; quoted when logged, so that no text can forge a line.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.source.to_string();
        let mut cause = self.source.source();
        while let Some(inner) = cause {
            let _ = write!(text, ": {inner}");
            cause = inner.source();
        }
        text
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Fault {
    fn from(source: E) -> Self {
        Self::new(source)
    }
}

/// The one place where faults are logged; the request's span adds its id.
impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let (doing, chain, answer) = (fault.doing, fault.chain(), fault.answer);
        if answer == Problem::Internal {
            tracing::error!(doing, fault = ?chain, "fault");
        } else {
            // What the operator's machines lacked for the moment.
            tracing::warn!(doing, code = answer.code(), fault = ?chain, "fault");
        }
        answer
    }
}
