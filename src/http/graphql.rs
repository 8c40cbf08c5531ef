//! The one pipeline of GraphQL requests.
//!
//! Media types → body or query → viewer → origin → trusted document, or scan of
//! the text and parse → measure → names → execute → is it still that viewer, that policy?
//! What fails up to the viewer is HTTP's and answered as problem+json; what fails after it is answered as GraphQL.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Request, Response as Executed, ServerError};
use axum::extract::{Request as Incoming, State};
use axum::http::{HeaderValue, Method, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;

use super::answer::{errors_only, executed, normalised, parse_failure, refused};
use super::limits::Limits;
use super::measure::measure;
use super::media::{Media, content, encoding};
use super::origin::{asked_first, permitted};
use super::persisted::Wanted;
use super::scan::scan;
use super::{Door, House, RoleSchema, auth::Asker, body, body::Asked, query};
use crate::error::{Fault, Problem, Refusal};
use crate::viewer::Viewer;

/// `POST /graphql`.
pub(super) async fn post<H: House>(State(door): State<Arc<Door<H>>>, incoming: Incoming) -> Response {
    let (parts, body) = incoming.into_parts();
    let received = async {
        let media = Media::accepted(&parts.headers)?;
        content(&parts.headers)?;
        encoding(&parts.headers)?;
        let bytes = body::read(body, &door.settings.limits).await?;
        let asked = body::parse(&bytes, &door.settings.limits)?;
        Received::of(&door, &parts, media, asked)
    };
    match received.await {
        Ok(received) => answered(&door, received).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// `GET /graphql`: queries alone, since a link may be followed by whoever finds it.
pub(super) async fn get<H: House>(State(door): State<Arc<Door<H>>>, incoming: Incoming) -> Response {
    let (parts, _) = incoming.into_parts();
    let received = || {
        let media = Media::accepted(&parts.headers)?;
        asked_first(&parts.headers)?;
        let asked = query::parse(parts.uri.query().unwrap_or_default(), &door.settings.limits)?;
        Received::of(&door, &parts, media, asked)
    };
    match received() {
        Ok(received) => answered(&door, received).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// A request, who sent it and under which policy.
struct Received {
    /// It came in the address, so it shall change nothing.
    is_read: bool,
    media: Media,
    asked: Asked,
    asker: Asker,
    policy: Arc<str>,
}

impl Received {
    fn of<H: House>(door: &Door<H>, parts: &Parts, media: Media, asked: Asked) -> Result<Self, Refusal> {
        // Taken before the viewer, so that no part of the answer is older than what it is compared with.
        let policy = door.house.policy_hash();
        let is_read = parts.method != Method::POST;
        Ok(Received { is_read, media, asked, asker: Asker::of(&parts.headers)?, policy })
    }
}

/// All that is GraphQL's.
async fn answered<H: House>(door: &Door<H>, received: Received) -> Response {
    let (media, most) = (received.media, door.settings.limits.errors);
    let ended = match settled(door, &received).await {
        Ok(ended) => ended,
        Err(refusal) => return refusal.into_response(),
    };
    let holds = door.house.policy_hash() == received.policy;
    match ended {
        Ok(ran) if holds => executed(media, ran.answer, most),
        Ok(ran) => withheld(media, ran.kind),
        Err(End::Refused(refusal)) => with_methods(refused(media, refusal)),
        Err(End::Errors(_)) if !holds => withheld(media, OperationType::Query),
        Err(End::Errors(errors)) => errors_only(media, normalised(errors, most)),
        Err(End::Unsure) => refused(media, Fault::new("who asks was never asked").into()),
    }
}

/// An answer that a method is not allowed says which is.
fn with_methods(mut response: Response) -> Response {
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

type Ended = Result<Ran, End>;

/// Runs a request as who is remembered to bear the token; unless its statements proved that, asks, and where it is no
/// longer so, throws away what ran and runs the request as who it is.
async fn settled<H: House>(door: &Door<H>, received: &Received) -> Result<Ended, Refusal> {
    let mut former = None;
    if let Some((viewer, premise)) = received.asker.remembered(&*door.house) {
        let ended = attempt(door, received, viewer.clone()).await;
        if premise.is_proved() {
            return Ok(ended);
        }
        former = Some((viewer, ended)).filter(|_| !premise.is_refuted());
    }
    let viewer = received.asker.viewer(door).await?;
    match former {
        Some((_, Err(End::Unsure))) | None => {}
        Some((former, ended)) if former.is(&viewer) => return Ok(ended),
        Some(_) => {}
    }
    Ok(attempt(door, received, viewer).await)
}

/// Runs a request once. A panic or a slow resolver ends this request only.
async fn attempt<H: House>(door: &Door<H>, received: &Received, viewer: Viewer) -> Ended {
    let time = Duration::from_secs(door.settings.limits.answer_seconds);
    let run = AssertUnwindSafe(run(door, received, viewer)).catch_unwind();
    match tokio::time::timeout(time, run).await {
        Ok(Ok(ended)) => ended,
        // The panic's text may hold what the resolver held, so it is not repeated here.
        Ok(Err(_panic)) => Err(End::Refused(Fault::new("a resolver panicked").into())),
        Err(_elapsed) => Err(End::Refused(Problem::Timeout.into())),
    }
}

/// The answer instead of one that a replaced policy had permitted. A mutation may have taken effect, so nothing
/// invites clients to repeat it by themselves.
fn withheld(media: Media, kind: OperationType) -> Response {
    let mut response = refused(media, Problem::PolicyChanged.into());
    if kind == OperationType::Mutation {
        response.headers_mut().remove(header::RETRY_AFTER);
    }
    response
}

/// What ran, and how it ended.
struct Ran {
    kind: OperationType,
    answer: Executed,
}

/// Why a request did not run.
enum End {
    /// It changes something, so who asks must be read first.
    Unsure,
    Refused(Refusal),
    Errors(Vec<ServerError>),
}

impl<R: Into<Refusal>> From<R> for End {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal.into())
    }
}

async fn run<H: House>(door: &Door<H>, received: &Received, viewer: Viewer) -> Result<Ran, End> {
    permitted(door, received.asker.origin.as_ref(), &viewer).await?;
    let Asked { wanted, operation_name, variables } = &received.asked;
    let schema = door.house.schema(viewer.role)?;
    let document = document(door, wanted, &viewer, &*schema).await?;
    let kind = served(&document, operation_name.as_deref())?;
    if kind == OperationType::Mutation && received.is_read {
        return Err(Problem::MethodNotAllowed.because("Send mutations by POST.").into());
    }
    if kind == OperationType::Mutation && viewer.premise.is_some() {
        return Err(End::Unsure);
    }
    schema.names(&document, operation_name.as_deref(), variables).map_err(End::Errors)?;
    let outgoing = schema.outgoing(&document, operation_name.as_deref());
    let premise = viewer.premise.clone();
    let mut request = Request::new("").variables(variables.clone());
    request.operation_name.clone_from(operation_name);
    request.set_parsed_query(document);
    let answer = schema.execute(request.data(viewer)).await;
    // What was answered to somebody else than was believed is thrown away as it is.
    if !premise.is_some_and(|premise| premise.is_refuted())
        && let Some(Err(wrong)) = outgoing.map(|outgoing| outgoing.check(&answer.data))
    {
        return Err(End::Refused(Fault::new(wrong.sentence()).into()));
    }
    Ok(Ran { kind, answer })
}

/// What shall run: the text, where the role may send any, or the role's own trusted document.
async fn document<H: House>(
    door: &Door<H>,
    wanted: &Wanted,
    viewer: &Viewer,
    schema: &H::Schema,
) -> Result<ExecutableDocument, End> {
    let limits = &door.settings.limits;
    match wanted {
        Wanted::Text(_) if door.settings.trusted_only && viewer.role.is_outside() => {
            Err(Problem::PersistedQueryIdRequired.into())
        }
        Wanted::Text(text) => Ok(checked(text, limits, schema)?),
        Wanted::Trusted(hash) => {
            // Clients know this word, and send the text instead.
            let unknown = || Problem::PersistedQueryNotFound.because("PersistedQueryNotFound");
            let trusted = door.house.trusted(viewer.role, hash).await?.ok_or_else(unknown)?;
            measure(&trusted.document, limits, |name| schema.has_type(name))?;
            Ok(trusted.document.clone())
        }
    }
}

/// The document, parsed once and bounded before validation sees it.
pub fn checked(text: &str, limits: &Limits, schema: &impl RoleSchema) -> Result<ExecutableDocument, Refusal> {
    scan(text, limits)?;
    let document = parse_query(text).map_err(|error| parse_failure(&error))?;
    measure(&document, limits, |name| schema.has_type(name))?;
    Ok(document)
}

/// The kind of operation that shall run. Refuses subscriptions, which need a stream. An unknown name is the executor's to report.
fn served(document: &ExecutableDocument, name: Option<&str>) -> Result<OperationType, Refusal> {
    match chosen(document, name).map(|operation| operation.ty) {
        Some(OperationType::Subscription) => Err(Problem::OperationNotServed.into()),
        Some(kind @ (OperationType::Query | OperationType::Mutation)) => Ok(kind),
        None => Ok(OperationType::Query),
    }
}

fn chosen<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => Some(only),
        (DocumentOperations::Multiple(several), Some(name)) => several.get(name),
        (DocumentOperations::Multiple(several), None) if several.len() == 1 => several.values().next(),
        (DocumentOperations::Single(_), Some(_)) | (DocumentOperations::Multiple(_), None) => None,
    };
    operation.map(|operation| &operation.node)
}
