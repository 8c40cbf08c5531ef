//! The subscription root: a row that is followed, told of whenever what the viewer sees of it is another.
//!
//! Each time something rings (a change was written, or an instant has come at which time alone may change something),
//! the selection is read again as any request would read it, for whoever asks *now*: one statement. It is told only
//! where it differs from what was read before, so that work which the viewer does not see makes no sign.
use std::{borrow::Cow, marker::PhantomData, pin::Pin, sync::Arc, time::Duration};

use async_graphql::{
    Context, ID, Name, Response, ServerError, ServerResult, SubscriptionType, Value, indexmap::IndexMap,
    registry::Registry,
};
use chrono::NaiveDateTime;
use diesel::sql_types::{Nullable, Timestamp};
use futures_util::{Stream, stream};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until, timeout};

use super::{
    Change, Describe, Domains, Entity, Here, Names, Read, Turn,
    anchor::{Anchored, Anchors},
    cell,
    describe::argument_of,
    out::Object,
    page::Cursors,
    page::refusal,
    plan::Planner,
    plan::fault,
};
use crate::{
    error::{Fault, Problem},
    id,
    policy::Live,
    store::{self, Cell, Cells, Expr, Piece, Select, Store, Subject, Watch, always},
    viewer::{Belief, Ongoing, Viewer},
};

/// Readings begin at beats of this length: a burst of changes is one reading, and the instant of an answer does not tell
/// that something unseen was written shortly before.
const BEAT: Duration = Duration::from_millis(200);
/// Without any bell, who asks is looked up and the row is read this often.
const ROUND: Duration = Duration::from_mins(1);

/// The type `Subscription`, whose fields are described like any other's.
pub struct Subscription;

impl Entity for Subscription {
    const NAME: &'static str = "Subscription";
    const ABOUT: &'static str = "What can be followed, over WebSocket or server-sent events.";
    type Item = ();
    type Release = ();

    fn describe(_: &mut Describe<Self>) {}
}

/// What async-graphql follows `Subscription` with.
pub struct Changes<D>(PhantomData<fn() -> D>);

impl<D> Default for Changes<D> {
    fn default() -> Self {
        Changes(PhantomData)
    }
}

impl<D: Domains> SubscriptionType for Changes<D> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(Subscription::NAME)
    }

    /// `Query` has registered all types, this one among them.
    fn create_type_info(_: &mut Registry) -> String {
        Subscription::NAME.to_owned()
    }

    fn create_field_stream<'a>(
        &'a self,
        context: &'a Context<'_>,
    ) -> Option<Pin<Box<dyn Stream<Item = Response> + Send + 'a>>> {
        let following = Some(Following::<D> { context, known: None, domains: PhantomData });
        Some(Box::pin(stream::unfold(following, |following| async {
            let mut following = following?;
            match following.next().await {
                Ok(answer) => Some((Response::new(answer), Some(following))),
                Err(error) => Some((Response::from_errors(vec![error]), None)),
            }
        })))
    }
}

impl<E: Entity> Describe<E> {
    /// A row of another type that is followed: `T` tells of `Of`'s row with the id of the argument whenever what the viewer
    /// sees of it is another. `turn` says when time alone may next change that; too early or too often does no harm.
    pub fn change<T: Entity<Item = Of::Item, Release = Of::Release>, Of: Entity>(
        &mut self,
        name: &'static str,
        about: &'static str,
        argument: (&'static str, &'static str),
        turn: impl Fn(&Here<'_, Of>, String) -> Expr<Nullable<Timestamp>> + Send + Sync + 'static,
    ) {
        let turn: Turn = Box::new(move |place, id| cell(turn(&Here::of(place), id)));
        let read = Read::Change(Change { target: Of::NAME, shown: T::NAME, argument: argument.0, turn });
        let field = self.add(name, about, Box::new(|_| format!("{}!", T::NAME)), read);
        field.arguments.push(argument_of::<async_graphql::ID>(argument.0, argument.1));
    }
}

/// A row that is being followed.
struct Following<'a, 'c, D> {
    context: &'a Context<'c>,
    known: Option<Known>,
    domains: PhantomData<fn() -> D>,
}

/// What was read last, and what rings next.
struct Known {
    mark: Mark,
    watch: Watch,
    began: Instant,
    round: Interval,
    /// When time alone may change something.
    turn: Option<Instant>,
}

/// What two answers are compared by: equal where the viewer sees no difference.
type Mark = [u8; 32];

/// One reading.
struct Reading {
    answer: Value,
    mark: Mark,
    turn: Option<Instant>,
}

impl<D: Domains> Following<'_, '_, D> {
    /// The next answer that differs from the last one.
    async fn next(&mut self) -> ServerResult<Value> {
        let ongoing = self.context.data_unchecked::<Ongoing>();
        let mut known = match self.known.take() {
            Some(known) => known,
            None => self.begin(ongoing).await?,
        };
        loop {
            known.rung().await;
            let reading = self.read_anew(ongoing).await?;
            known.turn = reading.turn;
            if reading.mark != known.mark {
                known.mark = reading.mark;
                self.known = Some(known);
                return Ok(reading.answer);
            }
        }
    }

    /// Reads for who asks now: for who is remembered, which the same statement proves, and else for who it is.
    async fn read_anew(&self, ongoing: &Ongoing) -> ServerResult<Reading> {
        let who =
            async |belief| ongoing.viewer(belief).await.map_err(|problem| refusal(self.context, problem));
        let viewer = who(Belief::Enough).await?;
        let reading = self.read(ongoing, &viewer).await;
        match &viewer.premise {
            Some(premise) if !premise.is_proved() => self.read(ongoing, &who(Belief::TooLittle).await?).await,
            _ => reading,
        }
    }

    /// Reads for the first time. The watch comes before, so that nothing falls between.
    async fn begin(&self, ongoing: &Ongoing) -> ServerResult<Known> {
        let viewer = self.context.data_unchecked::<Viewer>();
        let (firm, person) = (viewer.firm(), viewer.person());
        let case = self.id()?;
        let subjects = [case.as_str(), person, firm].map(|id| Subject::new(firm, id)).to_vec();
        let watch = self.context.data_unchecked::<Store>().watch(subjects);
        let reading = self.read(ongoing, viewer).await?;
        ongoing.begin();
        let began = Instant::now();
        let mut round = interval_at(began + ROUND, ROUND);
        round.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Ok(Known { mark: reading.mark, watch, began, round, turn: reading.turn })
    }

    /// The row's id as it was given. What names no row of the type is answered like a row that is not there.
    fn id(&self) -> ServerResult<String> {
        let change = self.change()?;
        let (_, id) = self.context.param_value::<ID>(change.argument, None)?;
        let is_of_type = id::tag(&id).is_some_and(|tag| tag.type_name() == change.target);
        is_of_type.then_some(id.0).ok_or_else(|| refusal(self.context, Problem::NotFound))
    }

    fn change(&self) -> ServerResult<&'static Change> {
        let name = &self.context.item.node.name.node;
        let field = D::graph().get(Subscription::NAME).and_then(|ty| ty.field(name));
        match field.map(|field| &field.read) {
            Some(Read::Change(change)) => Ok(change),
            _ => Err(fault(self.context, format!("{name} can't be followed"))),
        }
    }

    async fn read(&self, ongoing: &Ongoing, viewer: &Viewer) -> ServerResult<Reading> {
        let (select, anchored, shown, blind) = self.plan(viewer)?;
        let store = self.context.data_unchecked::<Store>();
        let reading = async {
            let _turn = store.turn().await?;
            store.read(viewer, select).await
        };
        let rows = timeout(ongoing.patience(), reading).await;
        let rows = rows.map_err(|_| refusal(self.context, Problem::Timeout))?;
        let rows = rows.map_err(|fault: Fault| refusal(self.context, Problem::from(fault)))?;
        let (found, turn) = found(rows).ok_or_else(|| refusal(self.context, Problem::NotFound))?;
        anchored.check(&found)?;
        let mut row = found.into_iter().next().ok_or_else(|| refusal(self.context, Problem::NotFound))?;
        let key = self.context.item.node.response_key().node.clone();
        let seen = serde_json::to_vec(&blind.make(&mut row.clone()));
        let seen = seen.map_err(|error| refusal(self.context, Problem::from(Fault::new(error))))?;
        let turn = turn.and_then(|turn| (turn - viewer.at).to_std().ok());
        Ok(Reading {
            answer: object(key, shown.make(&mut row)),
            mark: Sha256::digest(seen).into(),
            // Sleeping longer than till the next round would be to no purpose.
            turn: turn.filter(|turn| *turn < ROUND).map(|turn| Instant::now() + turn),
        })
    }

    /// The statement, and how its row is told and how it is compared: by the same cells, without what the request alone knows.
    fn plan(&self, viewer: &Viewer) -> ServerResult<(Select, Anchored, Object, Object)> {
        let context = self.context;
        let (change, id, graph) = (self.change()?, self.id()?, D::graph());
        let grants = context.data_unchecked::<Arc<Live>>().grants(viewer.role);
        let planned = |is_blind| {
            let planner = Planner {
                graph,
                viewer,
                grants: &grants,
                cursors: context.data_unchecked::<Cursors>(),
                names: Names::default(),
                anchors: Anchors::default(),
                is_blind,
            };
            let root = planner.ty(context, Subscription::NAME)?;
            planner.guarded(context, root, &context.item.node.name.node)?;
            let types = (planner.ty(context, change.target)?, planner.ty(context, change.shown)?);
            let sets = [&context.item.node.selection_set.node];
            let (select, anchored, object) = planner.shown_by_ids(context, types, vec![id.clone()], &sets)?;
            let turn = (change.turn)(&planner.place_of(types.0, None), id.clone());
            Ok::<_, ServerError>((beside(select, turn), anchored, object))
        };
        let ((select, anchored, shown), (_, _, blind)) = (planned(false)?, planned(true)?);
        Ok((select, anchored, shown, blind))
    }
}

/// The rows of a select in one cell, and one more cell beside it.
fn beside(select: Select, cell: Cell) -> Select {
    Select::of(vec![Cell::Rows(Box::new(select)), cell], vec![Piece::Text("(SELECT 1 AS one) t")], always())
}

/// The rows and the instant of such an answer; none where it was refuted.
fn found(rows: Vec<Cells>) -> Option<(Vec<Cells>, Option<NaiveDateTime>)> {
    let mut cells = rows.into_iter().next()?.into_iter();
    let (found, turn) = (cells.next()?, cells.next()?);
    let store::Value::Rows(found) = found else { return None };
    let turn = if let store::Value::Instant(turn) = turn { Some(turn) } else { None };
    Some((found, turn))
}

fn object(key: Name, value: Value) -> Value {
    Value::Object(IndexMap::from_iter([(key, value)]))
}

impl Known {
    /// Waits until something may have changed, and then for the next beat.
    async fn rung(&mut self) {
        let turn = self.turn;
        let time = async {
            match turn {
                Some(turn) => sleep_until(turn).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.watch.changed() => {}
            () = time => {}
            _ = self.round.tick() => {}
        }
        sleep_until(self.beat()).await;
    }

    /// The next beat.
    fn beat(&self) -> Instant {
        let now = Instant::now();
        let past = now.duration_since(self.began).as_nanos() % BEAT.as_nanos();
        now + BEAT.saturating_sub(Duration::from_nanos(u64::try_from(past).unwrap_or_default()))
    }
}
