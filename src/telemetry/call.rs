//! A call: a request, or one operation over a socket. It has an id, and ends with one line in the log.
//!
//! What a call is known by is carried by the task that answers it, so that a fault deep inside is told with the id of the
//! request that met it. Whoever is answered over a stream is answered by another task; [`Call::following`] carries it there.
use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use async_graphql::parser::types::OperationType;
use futures_util::Stream;
use tracing::{Instrument as _, Span};

use super::{export, metrics::Metrics};
use crate::{error::Problem, policy::Role};

tokio::task_local! {
    static CURRENT: Arc<Call>;
}

/// The kind of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Reads.
    Query,
    /// Changes.
    Mutation,
    /// Goes on.
    Subscription,
}

impl From<OperationType> for Kind {
    fn from(kind: OperationType) -> Self {
        match kind {
            OperationType::Query => Kind::Query,
            OperationType::Mutation => Kind::Mutation,
            OperationType::Subscription => Kind::Subscription,
        }
    }
}

impl Kind {
    /// The word that GraphQL has for it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Query => "query",
            Kind::Mutation => "mutation",
            Kind::Subscription => "subscription",
        }
    }
}

/// By which way a call came.
#[derive(Clone, Debug)]
pub struct Route {
    /// The method, of those that HTTP knows; `SOCKET` for an operation over a socket.
    pub method: &'static str,
    /// The pattern of the address, none where there is no such address.
    pub pattern: Option<Arc<str>>,
}

/// What became known of a call while it was answered.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// In which role it acts.
    pub role: Option<Role>,
    /// What kind of operation it asked for.
    pub kind: Option<Kind>,
    /// The trusted document that it named.
    pub document: Option<Arc<str>>,
    /// The code of the first error.
    pub code: Option<Problem>,
    /// The status that it was answered with; an operation over a socket has none.
    pub status: Option<u16>,
    /// Whether it goes on behind the answer's head.
    pub is_stream: bool,
    /// How long it took until it was answered; none where whoever asked left before.
    pub took: Option<Duration>,
}

/// A call under way. When it is dropped, however that comes, its line is written.
pub struct Call {
    id: Arc<str>,
    route: Route,
    began: Instant,
    notes: Mutex<Notes>,
    bytes: AtomicU64,
    /// What the log shows beside each line of the call.
    span: Span,
    /// What collectors get of it.
    trace: Span,
    metrics: Option<Arc<Metrics>>,
}

impl Call {
    /// A call that begins now.
    pub fn begin(id: Arc<str>, route: Route, trace: Span, metrics: Option<Arc<Metrics>>) -> Arc<Self> {
        let span = tracing::info_span!("call", %id);
        let (notes, bytes) = (Mutex::default(), AtomicU64::new(0));
        Arc::new(Call { id, route, began: Instant::now(), notes, bytes, span, trace, metrics })
    }

    /// The id that the answer's header has.
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// Runs what answers the call.
    pub async fn answering<F: Future>(self: Arc<Self>, work: F) -> F::Output {
        let (span, trace) = (self.span.clone(), self.trace.clone());
        CURRENT.scope(self, work.instrument(trace).instrument(span)).await
    }

    /// What goes on, each of its answers made within the call.
    pub fn following<S: Stream + Unpin>(self: Arc<Self>, inner: S) -> Following<S> {
        Following { call: self, inner }
    }

    /// It was answered to its end.
    pub fn answered(&self) {
        self.notes().took = Some(self.began.elapsed());
    }

    /// Notes something of it.
    pub fn note(&self, note: impl FnOnce(&mut Notes)) {
        note(&mut self.notes());
    }

    /// Counts what was written of the answer.
    pub fn wrote(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The call's one line, and what is counted of it.
impl Drop for Call {
    fn drop(&mut self) {
        let notes = std::mem::take(&mut *self.notes());
        let _within = self.span.enter();
        let took = notes.took.unwrap_or_else(|| self.began.elapsed());
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tracing::info!(
            target: "portico::calls",
            method = self.route.method,
            route = self.route.pattern.as_deref(),
            status = notes.status,
            role = notes.role.map(Role::name),
            kind = notes.kind.map(Kind::name),
            document = notes.document.as_deref(),
            code = notes.code.map(Problem::code),
            microseconds,
            bytes = self.bytes.load(Ordering::Relaxed),
            "{}",
            if notes.took.is_some() { "answered" } else { "left" },
        );
        export::ended(&self.trace, &notes);
        if let Some(metrics) = &self.metrics {
            metrics.called(&self.route, &notes);
        }
    }
}

/// The id of the call that this task answers.
pub fn id() -> Option<Arc<str>> {
    CURRENT.try_with(|call| Arc::clone(&call.id)).ok()
}

/// Notes something of the call that this task answers.
pub fn note(note: impl FnOnce(&mut Notes)) {
    // What is run without a call (by tests, by commands) has nothing to be noted in.
    let _ = CURRENT.try_with(|call| call.note(note));
}

/// The call that this task answers.
pub fn current() -> Option<Arc<Call>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// What goes on within a call.
pub struct Following<S> {
    call: Arc<Call>,
    inner: S,
}

impl<S: Stream + Unpin> Stream for Following<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = &mut *self;
        let (span, trace) = (this.call.span.clone(), this.call.trace.clone());
        let (_within, _traced) = (span.enter(), trace.enter());
        let polled =
            CURRENT.sync_scope(Arc::clone(&this.call), || Pin::new(&mut this.inner).poll_next(context));
        if matches!(polled, Poll::Ready(None)) {
            this.call.answered();
        }
        polled
    }
}
