//! The one pipeline of GraphQL requests.
//!
//! Media types → body → viewer → scan of the text → parse → measure → names → execute → has the policy changed?
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
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;

use super::answer::{errors_only, executed, normalised, parse_failure, refused};
use super::limits::Limits;
use super::measure::measure;
use super::media::{Media, content, encoding};
use super::scan::scan;
use super::{Door, House, RoleSchema, auth, body};
use crate::error::{Fault, Problem, Refusal};
use crate::viewer::Viewer;

/// `POST /graphql`.
pub(super) async fn post<H: House>(State(door): State<Arc<Door<H>>>, incoming: Incoming) -> Response {
    match received(&door, incoming).await {
        Ok((media, request, viewer, policy)) => answered(&door, media, request, viewer, &policy).await,
        Err(refusal) => refusal.into_response(),
    }
}

type Received = (Media, Request, Viewer, Arc<str>);

/// All that is HTTP's: a request, and who sent it under which policy.
async fn received<H: House>(door: &Door<H>, incoming: Incoming) -> Result<Received, Refusal> {
    let (parts, body) = incoming.into_parts();
    let media = Media::accepted(&parts.headers)?;
    content(&parts.headers)?;
    encoding(&parts.headers)?;
    let bytes = body::read(body, &door.settings.limits).await?;
    let request = body::parse(&bytes, &door.settings.limits)?;
    // Taken before the viewer, so that no part of the answer is older than what it is compared with.
    let policy = door.house.policy_hash();
    let viewer = viewer(door, &parts.headers).await?;
    Ok((media, request, viewer, policy))
}

/// Who sent the headers, at this instant.
pub(super) async fn viewer<H: House>(door: &Door<H>, headers: &HeaderMap) -> Result<Viewer, Refusal> {
    let (token, role) = (auth::token(headers)?, auth::role(headers)?);
    let time = Duration::from_secs(door.settings.limits.answer_seconds);
    let viewer = door.house.viewer(token, role, auth::now());
    Ok(tokio::time::timeout(time, viewer).await.map_err(|_| Problem::Timeout)??)
}

/// All that is GraphQL's. A panic or a slow resolver ends this request only.
async fn answered<H: House>(
    door: &Door<H>,
    media: Media,
    request: Request,
    viewer: Viewer,
    policy: &str,
) -> Response {
    let time = Duration::from_secs(door.settings.limits.answer_seconds);
    let most = door.settings.limits.errors;
    let run = AssertUnwindSafe(run(door, request, viewer)).catch_unwind();
    let ended = match tokio::time::timeout(time, run).await {
        Ok(Ok(ended)) => ended,
        // The panic's text may hold what the resolver held, so it is not repeated here.
        Ok(Err(_panic)) => Err(End::Refused(Fault::new("a resolver panicked").into())),
        Err(_elapsed) => Err(End::Refused(Problem::Timeout.into())),
    };
    let holds = *door.house.policy_hash() == *policy;
    match ended {
        Ok(ran) if holds => executed(media, ran.answer, most),
        Ok(ran) => withheld(media, ran.kind),
        Err(End::Refused(refusal)) => refused(media, refusal),
        Err(End::Errors(_)) if !holds => withheld(media, OperationType::Query),
        Err(End::Errors(errors)) => errors_only(media, normalised(errors, most)),
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
    Refused(Refusal),
    Errors(Vec<ServerError>),
}

impl<R: Into<Refusal>> From<R> for End {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal.into())
    }
}

async fn run<H: House>(door: &Door<H>, mut request: Request, viewer: Viewer) -> Result<Ran, End> {
    let schema = door.house.schema(viewer.role)?;
    let document = checked(&request.query, &door.settings.limits, &*schema)?;
    let kind = served(&document, request.operation_name.as_deref())?;
    schema.names(&document, request.operation_name.as_deref(), &request.variables).map_err(End::Errors)?;
    request.set_parsed_query(document);
    Ok(Ran { kind, answer: schema.execute(request.data(viewer)).await })
}

/// The document, parsed once and bounded before validation sees it.
fn checked(text: &str, limits: &Limits, schema: &impl RoleSchema) -> Result<ExecutableDocument, Refusal> {
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
