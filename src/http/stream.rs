//! What goes on: a subscription as it passes the pipeline, and again the question who asks before each of its answers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Response as Executed, ServerError, Value};
use axum::http::HeaderMap;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::answer::{code, normalised, ran};
use super::auth::Asker;
use super::bill::Bill;
use super::body::KIB;
use super::counted::{Counted, Counts};
use super::graphql::{End, Outcome, Prepared, Received, goes_on, outcome, prepared};
use super::turns::Turn;
use super::{Door, House, RoleSchema};
use crate::error::{Fault, Problem, Refusal};
use crate::telemetry::call::note;
use crate::viewer::{Belief, Ongoing, Viewer};

/// What an operation gives, one after another.
pub(super) enum Item {
    /// An answer, and the caller's turn until he has taken it.
    Next(Executed, Turn),
    /// It ended before there was one, or instead of a further one.
    Failed(Vec<ServerError>),
    /// Whoever asks may not, or may no longer: the token, the account, the role or the policy is another than it was.
    Ended(Refusal),
}

/// An operation under way, and what hears that it misses nothing any more, or that there is nothing to be missed.
pub(super) struct Operation {
    pub(super) items: BoxStream<'static, Item>,
    pub(super) begun: oneshot::Receiver<()>,
}

impl Operation {
    /// Begins an operation. Queries and mutations give one item; what goes on is counted among the person's streams,
    /// unless the transport counts what it is told by.
    pub(super) fn begin<H: House>(door: &Arc<Door<H>>, received: Received, is_counted: bool) -> Self {
        let door = Arc::clone(door);
        let (begins, begun) = oneshot::channel();
        let items = async move {
            let item = match goes_on(&door, &received).await {
                Ok(true) => match follow(&door, received, begins, is_counted).await {
                    Ok(items) => return items,
                    Err(item) => item,
                },
                Ok(false) => {
                    drop(begins);
                    once(&door, &received).await
                }
                Err(refusal) => Item::Ended(refusal),
            };
            stream::iter([item]).boxed()
        };
        let items = stream::once(items).flatten().inspect(|item| {
            note(|notes| notes.code = notes.code.or(problem(item)));
        });
        Operation { items: items.boxed(), begun }
    }
}

/// The problem that an item tells, if any.
fn problem(item: &Item) -> Option<Problem> {
    match item {
        Item::Next(answer, _) => answer.errors.first().and_then(code),
        Item::Failed(errors) => errors.first().and_then(code),
        Item::Ended(refusal) => Some(refusal.problem()),
    }
}

async fn once<H: House>(door: &Door<H>, received: &Received) -> Item {
    let most = door.settings.limits.general.errors;
    match outcome(door, received).await {
        Ok(Outcome::Ran(answer, turn)) => told(answer, turn, most),
        // It may have taken effect, so nothing invites clients to repeat it by themselves.
        Ok(Outcome::Withheld(OperationType::Mutation)) => {
            Item::Failed(vec![Refusal::from(Problem::PolicyChanged).into()])
        }
        Ok(Outcome::Withheld(_)) => Item::Ended(Problem::PolicyChanged.into()),
        Ok(Outcome::Refused(refusal)) => ended(refusal),
        Ok(Outcome::Errors(errors)) => Item::Failed(normalised(errors, most)),
        Err(refusal) => Item::Ended(refusal),
    }
}

/// What an operation that was refused ends with, or its caller.
fn ended(refusal: Refusal) -> Item {
    if ends_caller(refusal.problem()) { Item::Ended(refusal) } else { Item::Failed(vec![refusal.into()]) }
}

/// An answer of the executor; what never ran has errors without a path and no data.
fn told(mut answer: Executed, turn: Turn, most: usize) -> Item {
    let ran = ran(&answer);
    answer.errors = normalised(std::mem::take(&mut answer.errors), most);
    if ran { Item::Next(answer, turn) } else { Item::Failed(answer.errors) }
}

/// The items of a subscription, or the one that it ends with before it began. Who asks is read, not remembered, so that
/// what begins begins for who it is.
async fn follow<H: House>(
    door: &Arc<Door<H>>,
    received: Received,
    begins: oneshot::Sender<()>,
    is_counted: bool,
) -> Result<BoxStream<'static, Item>, Item> {
    let viewer = received.asker.viewer(door).await.map_err(Item::Ended)?;
    let limits = door.settings.limits.asking(&viewer);
    let (most, patience) = (limits.errors, Duration::from_secs(limits.answer_seconds));
    let open = if is_counted { Some(opened(&door.streams, &viewer, 1, limits.streams)) } else { None };
    let open = open.transpose().map_err(|problem| Item::Ended(problem.into()))?;
    let prepared = prepared(door, &received, &viewer).await.map_err(|end| match end {
        End::Errors(errors) => Item::Failed(normalised(errors, most)),
        End::Refused(refusal) => ended(refusal),
        End::Unsure => Item::Failed(vec![Problem::from(Fault::new("a subscription changes nothing")).into()]),
    })?;
    let Prepared { schema, request, document, .. } = prepared;
    let kibs = 1 + received.held(&request) / KIB;
    let followed = opened(&door.followed, &viewer, kibs, limits.followed);
    let followed = followed.map_err(|problem| Item::Failed(vec![Refusal::from(problem).into()]))?;
    let (name, policy) = (request.operation_name.clone(), Arc::clone(&received.policy));
    let (headers, bill) = (received.headers, received.asker.bill);
    let asker = Following { door: Arc::clone(door), headers, bill, policy, first: viewer.clone() };
    let ongoing = Ongoing::new(asker.again(), patience, begins);
    let answers = AssertUnwindSafe(schema.follow(request.data(viewer).data(ongoing))).catch_unwind();
    let (door, policy) = (Arc::clone(door), received.policy);
    let items = answers.map(move |answer| {
        // The place among the person's streams is held as long as this is.
        let _held = (&open, &followed);
        let Ok(answer) = answer else {
            return Item::Failed(vec![Problem::from(Fault::new("a subscription panicked")).into()]);
        };
        if !Arc::ptr_eq(&door.house.policy_hash(), &policy) {
            return Item::Ended(Problem::PolicyChanged.into());
        }
        let outgoing = schema.outgoing(&document, name.as_deref());
        if let Some(Err(wrong)) = outgoing.map(|outgoing| outgoing.check(&answer.data)) {
            return Item::Failed(vec![Problem::from(Fault::new(wrong.sentence())).into()]);
        }
        following(answer, most)
    });
    Ok(until_ended(items.boxed()))
}

/// An answer of what goes on. One without data is the last, whatever it failed of.
fn following(mut answer: Executed, most: usize) -> Item {
    answer.errors = normalised(std::mem::take(&mut answer.errors), most);
    if answer.data != Value::Null {
        return Item::Next(answer, None);
    }
    match answer.errors.first().and_then(code) {
        Some(problem) if ends_caller(problem) => Item::Ended(problem.into()),
        _ => Item::Failed(answer.errors),
    }
}

/// The last item is the first that is no answer.
fn until_ended(items: BoxStream<'static, Item>) -> BoxStream<'static, Item> {
    let going = stream::unfold(Some(items), |items| async {
        let mut items = items?;
        let item = items.next().await?;
        let rest = matches!(item, Item::Next(..)).then_some(items);
        Some((item, rest))
    });
    going.boxed()
}

/// Problems of the caller, not of the operation.
pub(super) fn ends_caller(problem: Problem) -> bool {
    matches!(
        problem,
        Problem::Unauthenticated
            | Problem::RoleNotHeld
            | Problem::PolicyChanged
            | Problem::BadRole
            | Problem::OriginNotAllowed
    )
}

/// How often it is asked who waits for his budget: one who may no longer is not kept.
const LOOK: Duration = Duration::from_secs(5);

/// Who began it, under which policy.
struct Following<H> {
    door: Arc<Door<H>>,
    /// In which he said who he is; read again before each answer.
    headers: HeaderMap,
    bill: Arc<Bill>,
    policy: Arc<str>,
    first: Viewer,
}

impl<H: House> Following<H> {
    /// Asks who asks now. Whoever he is then must be who he was.
    fn again(self) -> impl Fn(Belief) -> BoxFuture<'static, Result<Viewer, Problem>> + Send + Sync + 'static {
        let this = Arc::new(self);
        move |belief| {
            let this = Arc::clone(&this);
            async move { this.viewer(belief).await }.boxed()
        }
    }

    /// Each reading is paid for: by whoever follows much it is heard late, and never for nothing.
    async fn viewer(&self, belief: Belief) -> Result<Viewer, Problem> {
        while belief == Belief::Enough
            && let Some(wait) = self.bill.pay_again()
        {
            sleep(wait.min(LOOK)).await;
            self.now(Belief::TooLittle).await?;
        }
        self.now(belief).await
    }

    /// Who asks, if that is who began it, under the policy that it was begun under.
    async fn now(&self, belief: Belief) -> Result<Viewer, Problem> {
        if !Arc::ptr_eq(&self.door.house.policy_hash(), &self.policy) {
            return Err(Problem::PolicyChanged);
        }
        let asker = Asker::of(&self.headers, &self.bill);
        let remembered = asker.remembered(&*self.door.house).filter(|_| belief == Belief::Enough);
        let now = match remembered {
            Some((viewer, _)) => viewer,
            // It was worth something when this began, so it is no guess.
            None => asker.looked_up(&self.door).await.map_err(|refusal| refusal.problem())?,
        };
        if now.acts_as(&self.first) { Ok(now) } else { Err(Problem::Unauthenticated) }
    }
}

/// How many sockets and event streams each person has open, or how much he follows.
pub(super) type Streams = Counts<(String, String)>;

/// One of these; no longer counted when dropped.
pub(super) type Open = Counted<(String, String)>;

/// Counts so many more of the viewer's, unless the person has too many.
pub(super) fn opened(streams: &Streams, viewer: &Viewer, count: usize, most: usize) -> Result<Open, Problem> {
    let who = (viewer.firm().to_owned(), viewer.person().to_owned());
    streams.more(who, count, most).ok_or(Problem::TooManyStreams)
}
