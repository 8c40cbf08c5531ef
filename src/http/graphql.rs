//! The one pipeline of GraphQL requests.
//!
//! Flat charge → media types → body or query → viewer → origin → trusted document, or scan of the text and parse → measure →
//! variables written out → the operation that runs → cost, charged → variables given → names → execute → is it still that
//! viewer, that policy?
//! What fails up to the viewer is HTTP's and answered as problem+json; what fails after it is answered as GraphQL.
//! [`outcome`] and [`prepared`] are the steps from the viewer on, for sockets and event streams as for one answer.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Request, Response as Executed, ServerError};
use axum::extract::{Request as Incoming, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use futures_util::{FutureExt as _, poll};
use tracing::Instrument as _;

use super::answer::{code, errors_only, executed, normalised, refused};
use super::bill::Bill;
use super::document::{chosen, document, kind};
use super::limits::affordable;
use super::media::{Accepted, Media, content, encoding};
use super::origin::{asked_first, permitted};
use super::persisted::Wanted;
use super::scan::scan;
use super::size::Size;
use super::taken::until_taken;
use super::turns::Turn;
use super::variables::{declared, given};
use super::written::writable;
use super::{
    Door, House, RoleSchema,
    auth::Asker,
    body::{self, Asked, KIB},
    events, query,
};
use crate::error::{Fault, Problem, Refusal};
use crate::graph::Unset;
use crate::telemetry::{call::note, export};
use crate::trusted::Trusted;
use crate::viewer::Viewer;

/// `POST /graphql`.
pub(super) async fn post<H: House>(State(door): State<Arc<Door<H>>>, incoming: Incoming) -> Response {
    let (parts, body) = incoming.into_parts();
    let bill = Bill::of(&door, &parts.extensions, &parts.headers);
    let received = async {
        let asker = Asker::of(&parts.headers, &bill);
        asker.admitted(&*door.house)?;
        let accepted = Accepted::of(&parts.headers)?;
        content(&parts.headers)?;
        encoding(&parts.headers)?;
        let unpacked = parts.extensions.get();
        let bytes = body::read(body, unpacked, &door.settings.limits.general, &bill).await?;
        let request = body::parse(&bytes, &door.settings.limits.general)?;
        Ok((accepted, Received::of(&door, parts, asker.read(), request)))
    };
    let response = match received.await {
        Ok((accepted, received)) => answered(&door, accepted, received).await,
        Err(refusal) => Refusal::into_response(refusal),
    };
    bill.told(response)
}

/// `GET /graphql`: nothing that changes anything, since a link may be followed by whoever finds it.
pub(super) async fn get<H: House>(State(door): State<Arc<Door<H>>>, incoming: Incoming) -> Response {
    let (parts, _) = incoming.into_parts();
    let bill = Bill::of(&door, &parts.extensions, &parts.headers);
    let received = || {
        let asker = Asker::of(&parts.headers, &bill);
        asker.admitted(&*door.house)?;
        let accepted = Accepted::of(&parts.headers)?;
        asked_first(&parts.headers)?;
        bill.weigh(parts.uri.query().unwrap_or_default().len() / KIB)?;
        let request = query::parse(parts.uri.query().unwrap_or_default(), &door.settings.limits.general)?;
        Ok((accepted, Received::of(&door, parts, asker, request)))
    };
    let response = match received() {
        Ok((accepted, received)) => answered(&door, accepted, received).await,
        Err(refusal) => Refusal::into_response(refusal),
    };
    bill.told(response)
}

/// A request, who sent it and under which policy.
pub(super) struct Received {
    /// It came in the address, so it shall change nothing.
    is_read: bool,
    /// The headers, or what stands for them, in which the sender said who he is.
    pub(super) headers: HeaderMap,
    asked: Asked,
    pub(super) asker: Asker,
    pub(super) policy: Arc<str>,
}

impl Received {
    fn of<H: House>(door: &Door<H>, parts: Parts, asker: Asker, request: Asked) -> Self {
        let is_read = parts.method != Method::POST;
        Received { is_read, ..Self::said(door, parts.headers, asker, request) }
    }

    /// What was said over a connection that is open already.
    pub(super) fn said<H: House>(door: &Door<H>, headers: HeaderMap, asker: Asker, request: Asked) -> Self {
        // Taken before the viewer, so that no part of the answer is older than what it is compared with.
        let policy = door.house.policy_hash();
        Received { is_read: false, asker, headers, asked: request, policy }
    }

    /// How many bytes of it are held as long as it goes on: its own document, and the variables that were kept.
    pub(super) fn held(&self, kept: &Request) -> usize {
        let document = match &self.asked.wanted {
            Wanted::Text(text) => text.len(),
            // The operator has seen how long it is.
            Wanted::Trusted(_) => 0,
        };
        document + serde_json::to_vec(&kept.variables).map_or(0, |text| text.len())
    }
}

/// All that is GraphQL's: one answer, or events where the caller takes them and they are called for.
async fn answered<H: House>(door: &Arc<Door<H>>, accepted: Accepted, received: Received) -> Response {
    let media = match accepted {
        Accepted::One(media) => media,
        Accepted::Either(media) => match goes_on(door, &received).await {
            Ok(true) => return events::respond(door, received).await,
            Ok(false) => media,
            Err(refusal) => return refusal.into_response(),
        },
        Accepted::Events => return events::respond(door, received).await,
    };
    let most = door.settings.limits.general.errors;
    match outcome(door, &received).await {
        Ok(Outcome::Ran(answer, turn)) => until_taken(executed(media, answer, most), turn),
        Ok(Outcome::Withheld(kind)) => withheld(media, kind),
        Ok(Outcome::Refused(refusal)) => with_methods(refused(media, refusal)),
        Ok(Outcome::Errors(errors)) => errors_only(media, normalised(errors, most)),
        Err(refusal) => refusal.into_response(),
    }
}

/// How an operation ended that does not go on.
pub(super) enum Outcome {
    Ran(Executed, Turn),
    /// It ran under a policy that was replaced meanwhile.
    Withheld(OperationType),
    Refused(Refusal),
    Errors(Vec<ServerError>),
}

/// Runs a query or a mutation; refuses whom the token does not let in.
pub(super) async fn outcome<H: House>(door: &Door<H>, received: &Received) -> Result<Outcome, Refusal> {
    let ended = settled(door, received).await?;
    let holds = Arc::ptr_eq(&door.house.policy_hash(), &received.policy);
    if let Some(problem) = unanswerable(&ended) {
        return Ok(Outcome::Refused(problem.into()));
    }
    Ok(match ended {
        Ok(ran) if holds => Outcome::Ran(ran.answer, ran.turn),
        Ok(ran) => Outcome::Withheld(ran.kind),
        Err(End::Refused(refusal)) => Outcome::Refused(refusal),
        Err(End::Errors(_)) if !holds => Outcome::Withheld(OperationType::Query),
        Err(End::Errors(errors)) => Outcome::Errors(errors),
        Err(End::Unsure) => Outcome::Refused(Fault::new("who asks was never asked").into()),
    })
}

/// Why a query is not answered at all where the database could not be asked for a part of it: whoever repeats it gets
/// the whole. A mutation may have changed something, so its answer stands.
fn unanswerable(ended: &Ended) -> Option<Problem> {
    let Ok(Ran { kind: OperationType::Query, answer, .. }) = ended else { return None };
    let wanting = |problem: &Problem| matches!(problem, Problem::Unavailable | Problem::Timeout);
    answer.errors.iter().filter_map(code).find(wanting)
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
        let is_over = received.asker.bill.is_known() && is_limited(&ended);
        if premise.is_proved() || is_over || unanswerable(&ended).is_some() {
            return Ok(ended);
        }
        former = Some((viewer, ended)).filter(|_| !premise.is_refuted());
    }
    let viewer = received.asker.viewer(door).await?;
    match former {
        Some((former, ended)) if former.is(&viewer) && !matches!(ended, Err(End::Unsure)) => {
            return Ok(ended);
        }
        // It gives its turn back, too.
        thrown_away => drop(thrown_away),
    }
    Ok(attempt(door, received, viewer).await)
}

/// Whether the budget is spent of whoever is remembered: then nobody is looked up, for as long as that may be believed.
fn is_limited(ended: &Ended) -> bool {
    matches!(ended, Err(End::Refused(refusal)) if refusal.problem() == Problem::RateLimited)
}

/// Runs a request once. A panic or a slow resolver ends this request only.
async fn attempt<H: House>(door: &Door<H>, received: &Received, viewer: Viewer) -> Ended {
    let until = received.asker.until(door.settings.limits.asking(&viewer));
    let run = AssertUnwindSafe(run(door, received, viewer)).catch_unwind();
    match tokio::time::timeout_at(until, run).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(_panic)) => Err(panicked()),
        Err(_elapsed) => Err(End::Refused(Problem::Timeout.into())),
    }
}

/// The panic's text may hold what the resolver held, so it is not repeated.
fn panicked() -> End {
    End::Refused(Fault::new("a resolver panicked").into())
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
    turn: Turn,
}

/// Why a request did not run.
pub(super) enum End {
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
    let Prepared { schema, request, document, kind, size } = prepare(door, received, &viewer).await?;
    if kind == OperationType::Subscription {
        return Err(Problem::OperationNotServed.into());
    }
    if kind == OperationType::Mutation && viewer.premise.is_some() {
        return Err(End::Unsure);
    }
    let most = door.settings.limits.general.at_once;
    let turn = door.turns.turn(received.asker.bill.payer(&viewer), most).await;
    let outgoing = schema.outgoing(&document, request.operation_name.as_deref());
    let premise = viewer.premise.clone();
    let mut answer = pin!(schema.execute(request.data(viewer)).instrument(export::schema()));
    let first = if size.described > 0 {
        // Introspection is made at once; for rows beside it nobody waits.
        let _alone = door.turns.describing().await;
        poll!(answer.as_mut())
    } else {
        Poll::Pending
    };
    let answer = match first {
        Poll::Ready(answer) => answer,
        Poll::Pending => answer.await,
    };
    // What was answered to somebody else than was believed is thrown away as it is.
    if !premise.is_some_and(|premise| premise.is_refuted())
        && let Some(Err(wrong)) = outgoing.map(|outgoing| outgoing.check(&answer.data))
    {
        return Err(End::Refused(Fault::new(wrong.sentence()).into()));
    }
    Ok(Ran { kind, answer, turn })
}

/// A request that was parsed and bounded, and the schema that it may be run in.
pub(super) struct Prepared<H: House> {
    pub(super) schema: Arc<H::Schema>,
    pub(super) request: Request,
    pub(super) document: ExecutableDocument,
    kind: OperationType,
    size: Size,
}

/// All that is decided before anything is validated or run, for what is not run within [`outcome`].
pub(super) async fn prepared<H: House>(
    door: &Door<H>,
    received: &Received,
    viewer: &Viewer,
) -> Result<Prepared<H>, End> {
    let until = received.asker.until(door.settings.limits.asking(viewer));
    let prepare = AssertUnwindSafe(prepare(door, received, viewer)).catch_unwind();
    let prepared = tokio::time::timeout_at(until, prepare).await;
    prepared.unwrap_or_else(|_elapsed| Ok(Err(Problem::Timeout.into()))).unwrap_or_else(|_| Err(panicked()))
}

async fn prepare<H: House>(door: &Door<H>, received: &Received, viewer: &Viewer) -> Result<Prepared<H>, End> {
    permitted(door, received.asker.origin.as_ref(), viewer).await?;
    note(|notes| notes.role = Some(viewer.role));
    let Asked { wanted, operation_name, variables } = &received.asked;
    let schema = door.house.schema(viewer.role)?;
    let limits = door.settings.limits.asking(viewer);
    let (document, size) = document(door, wanted, viewer, (&*schema, limits)).await?;
    writable(&document, variables, limits)?;
    // Validation would look at all of the document first, and nobody has paid for what does not run.
    let operation = chosen(&document, operation_name.as_deref()).ok_or(Problem::OperationUnknown)?;
    let cost = schema.cost(&document, operation, variables, Unset::Default);
    affordable(cost, limits)?;
    received.asker.pay(viewer, cost, size.selections)?;
    given(operation, variables).map_err(End::Errors)?;
    let kind = kind(operation)?;
    note(|notes| notes.kind = Some(kind.into()));
    if kind == OperationType::Mutation && received.is_read {
        return Err(Problem::MethodNotAllowed.because("Send mutations by POST.").into());
    }
    let mut request = Request::new("").variables(declared(operation, variables));
    request.operation_name.clone_from(operation_name);
    schema.names(&document, operation_name.as_deref(), variables).map_err(End::Errors)?;
    request.set_parsed_query(document.clone());
    Ok(Prepared { schema, request, document, kind, size })
}

/// Whether it is a subscription that shall run; what can't be read is not. Which one a hash stands for, the role says.
pub(super) async fn goes_on<H: House>(door: &Door<H>, received: &Received) -> Result<bool, Refusal> {
    let name = received.asked.operation_name.as_deref();
    let is_one = |document: &ExecutableDocument| {
        chosen(document, name).is_some_and(|operation| operation.ty == OperationType::Subscription)
    };
    let read = |text: &str| {
        // Without the word it is none, and need not be parsed twice.
        let may_be = text.contains("subscription") && scan(text, &door.settings.limits.widest()).is_ok();
        may_be && parse_query(text).is_ok_and(|document| is_one(&document))
    };
    match &received.asked.wanted {
        Wanted::Text(text) => {
            Ok(std::panic::catch_unwind(AssertUnwindSafe(|| read(text))).unwrap_or_default())
        }
        Wanted::Trusted(hash) => {
            let until = received.asker.until(&door.settings.limits.general);
            let find = AssertUnwindSafe(found(door, received, hash)).catch_unwind();
            let found = tokio::time::timeout_at(until, find).await.map_err(|_elapsed| Problem::Timeout)?;
            let found = found.map_err(|_panic| Problem::from(Fault::new("a look-up panicked")))??;
            Ok(found.is_some_and(|trusted| is_one(&trusted.document)))
        }
    }
}

/// The trusted document of whoever is remembered to ask, or else asks: where that is another by now, so is what runs.
async fn found<H: House>(
    door: &Door<H>,
    received: &Received,
    hash: &str,
) -> Result<Option<Arc<Trusted>>, Refusal> {
    let role = match received.asker.remembered(&*door.house) {
        Some((viewer, _)) => viewer.role,
        None => received.asker.viewer(door).await?.role,
    };
    Ok(door.house.trusted(role, hash).await?)
}
