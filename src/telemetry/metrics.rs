//! Numbers for Prometheus: counted as calls end, and read from their places when somebody asks.
//!
//! Labels come from sets that the program or its operator chose. No text of a caller is one, so that nobody can fill the
//! memory of whoever scrapes.
use std::{
    borrow::Cow,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, http::header, response::IntoResponse as _, routing::get};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text},
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::ConstGauge,
        histogram::Histogram,
    },
    registry::{Registry, Unit},
};

use super::call::{Notes, Route};
use crate::{
    error::{Fault, Problem},
    policy::Role,
    store::{Figures, Store},
};

/// What the answer's type is called: <https://prometheus.io/docs/specs/om/open_metrics_spec/>.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels = Vec<(&'static str, Cow<'static, str>)>;

/// Seconds, as OpenTelemetry's conventions have them, and two more for what is answered fast.
const SECONDS: [f64; 16] =
    [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

/// All that is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Histogram>,
    operations: Family<Labels, Counter>,
    documents: Family<Labels, Counter>,
    open: Arc<Open>,
}

/// What is open at the moment.
#[derive(Debug, Default)]
struct Open {
    connections: AtomicI64,
    sockets: AtomicI64,
    streams: AtomicI64,
}

/// Something that is open until this is dropped.
pub struct Held(Arc<Open>, Opened);

/// What can be open.
#[derive(Clone, Copy, Debug)]
pub enum Opened {
    /// A connection, whatever is asked over it.
    Connection,
    /// A socket.
    Socket,
    /// A stream of events.
    Stream,
}

/// How often the policy was read anew, and which one is in force since when.
#[derive(Debug)]
pub struct Reloads {
    good: AtomicU64,
    refused: AtomicU64,
    in_force: Mutex<(Arc<str>, Instant)>,
}

impl Reloads {
    /// The first policy is in force.
    pub fn of(hash: &str) -> Self {
        let in_force = Mutex::new((hash.into(), Instant::now()));
        Reloads { good: AtomicU64::new(0), refused: AtomicU64::new(0), in_force }
    }

    /// Another policy came into force.
    pub fn good(&self, hash: &str) {
        *self.in_force.lock().unwrap_or_else(PoisonError::into_inner) = (hash.into(), Instant::now());
        self.good.fetch_add(1, Ordering::Relaxed);
    }

    /// One had faults, so the former stays.
    pub fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    fn in_force(&self) -> (String, Duration) {
        let in_force = self.in_force.lock().unwrap_or_else(PoisonError::into_inner);
        (in_force.0.as_ref().to_owned(), in_force.1.elapsed())
    }
}

impl Metrics {
    /// Those of a service.
    pub fn of(store: &Store, reloads: Arc<Reloads>) -> Arc<Self> {
        let mut registry = Registry::default();
        let open = Arc::<Open>::default();
        let requests = Family::<Labels, Histogram>::new_with_constructor(seconds);
        let (operations, documents) =
            (Family::<Labels, Counter>::default(), Family::<Labels, Counter>::default());
        registry.register_with_unit(
            "http_server_request_duration",
            "Requests by how long they took until they were answered; streams and sockets apart",
            Unit::Seconds,
            requests.clone(),
        );
        registry.register(
            "portico_operations",
            "GraphQL operations by role, kind and the code of their first error",
            operations.clone(),
        );
        registry.register(
            "portico_trusted_operations",
            "Trusted documents that were run, by role, name and the code of their first error",
            documents.clone(),
        );
        registry.register_collector(Box::new(Database(store.clone())));
        registry.register_collector(Box::new(State { open: Arc::clone(&open), reloads }));
        Arc::new(Metrics { registry, requests, operations, documents, open })
    }

    /// Counts what was open from now on until it is dropped.
    pub fn opened(&self, what: Opened) -> Held {
        self.open.of(what).fetch_add(1, Ordering::Relaxed);
        Held(Arc::clone(&self.open), what)
    }

    /// Counts a call that has ended.
    pub(super) fn called(&self, route: &Route, notes: &Notes) {
        let code = notes.code.map_or("OK", Problem::code);
        if let Some((status, took)) = notes.status.zip(notes.took).filter(|_| !notes.is_stream) {
            let labels = vec![
                ("http_request_method", route.method.into()),
                ("http_response_status_code", status.to_string().into()),
                ("http_route", route.pattern.as_deref().unwrap_or("none").to_owned().into()),
            ];
            self.requests.get_or_create(&labels).observe(took.as_secs_f64());
        }
        let Some(kind) = notes.kind else { return };
        let role = notes.role.map_or("none", Role::name);
        let labels = vec![("role", role.into()), ("kind", kind.name().into()), ("code", code.into())];
        self.operations.get_or_create(&labels).inc();
        if let Some(document) = &notes.document {
            let document = document.as_ref().to_owned().into();
            let labels = vec![("role", role.into()), ("document", document), ("code", code.into())];
            self.documents.get_or_create(&labels).inc();
        }
    }

    /// Where it is asked for.
    pub fn router(self: Arc<Self>) -> Router {
        let answer = move || {
            let text = self.text();
            async move {
                match text {
                    Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
                    Err(why) => Problem::from(Fault::new(why).while_doing("writing metrics")).into_response(),
                }
            }
        };
        Router::new().route("/metrics", get(answer))
    }

    /// All of it, as text.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Open {
    fn of(&self, what: Opened) -> &AtomicI64 {
        match what {
            Opened::Connection => &self.connections,
            Opened::Socket => &self.sockets,
            Opened::Stream => &self.streams,
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.of(self.1).fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the store counts.
struct Database(Store);

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Database")
    }
}

impl Collector for Database {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut out = Out(encoder);
        let pools = self.0.figures();
        let state = |pool: &Figures, state: &'static str| {
            vec![
                ("db_client_connection_pool_name", pool.pool.into()),
                ("db_client_connection_state", state.into()),
            ]
        };
        let counts = pools.iter().flat_map(|pool| {
            [(state(pool, "used"), number(pool.used)), (state(pool, "idle"), number(pool.idle))]
        });
        out.gauges("db_client_connection_count", "Connections to the database", counts)?;
        let each = |value: fn(&Figures) -> f64| {
            pools
                .iter()
                .map(move |pool| (vec![("db_client_connection_pool_name", pool.pool.into())], value(pool)))
        };
        let most = each(|pool| number(pool.most));
        out.gauges("db_client_connection_max", "Connections that there may be", most)?;
        let waiting = each(|pool| f64::from(i32::try_from(pool.waiting).unwrap_or(i32::MAX)));
        out.gauges("db_client_connection_pending_requests", "Who waits for a connection now", waiting)?;
        let each = |value: fn(&Figures) -> u64| {
            pools
                .iter()
                .map(move |pool| (vec![("db_client_connection_pool_name", pool.pool.into())], value(pool)))
        };
        out.counters(
            "db_client_connection_waits",
            "Who had to wait for a connection",
            each(|pool| pool.waited),
        )?;
        let refused = each(|pool| pool.refused);
        out.counters("db_client_connection_timeouts", "Who waited for a connection in vain", refused)?;
        out.counters("db_client_operation_failures", "Statements that failed", each(|pool| pool.failed))?;
        let left = each(|pool| pool.left);
        out.counters(
            "db_client_operation_cancellations",
            "Statements that nobody waited for any more",
            left,
        )?;
        let took = pools
            .iter()
            .map(|pool| (vec![("db_client_connection_pool_name", pool.pool.into())], pool.seconds.clone()));
        out.all("db_client_operation_duration_seconds", "Statements by how long they took", took)?;
        let lag = self.0.lag().into_iter().map(|lag| (Labels::new(), lag.as_secs_f64()));
        out.gauges(
            "portico_feed_lag_seconds",
            "Since when this node can't be sure to have heard of all that others wrote",
            lag,
        )
    }
}

/// What is open, and the policy.
#[derive(Debug)]
struct State {
    open: Arc<Open>,
    reloads: Arc<Reloads>,
}

impl Collector for State {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut out = Out(encoder);
        let open = [
            (Opened::Connection, "connections"),
            (Opened::Socket, "sockets"),
            (Opened::Stream, "event streams"),
        ];
        let open = open.map(|(what, name)| {
            let open = self.open.of(what).load(Ordering::Relaxed);
            (vec![("kind", name.into())], f64::from(i32::try_from(open).unwrap_or(i32::MAX)))
        });
        out.gauges("portico_open", "What is open; a socket is a connection, too", open.into_iter())?;
        let reloads = &self.reloads;
        let counts = [("good", &reloads.good), ("refused", &reloads.refused)]
            .map(|(outcome, count)| (vec![("outcome", outcome.into())], count.load(Ordering::Relaxed)));
        out.counters("portico_policy_reloads", "Policies that were read anew", counts.into_iter())?;
        let (hash, age) = reloads.in_force();
        let policy = [(vec![("hash", hash.into())], age.as_secs_f64())];
        out.gauges("portico_policy_age_seconds", "Since when the policy is in force", policy.into_iter())
    }
}

/// A count as Prometheus has numbers; none of ours is too large for it.
fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Writes families of numbers.
struct Out<'a>(DescriptorEncoder<'a>);

impl Out<'_> {
    fn gauges(&mut self, name: &str, help: &str, rows: impl Iterator<Item = (Labels, f64)>) -> fmt::Result {
        self.all(name, help, rows.map(|(labels, value)| (labels, ConstGauge::new(value))))
    }

    fn counters(&mut self, name: &str, help: &str, rows: impl Iterator<Item = (Labels, u64)>) -> fmt::Result {
        self.all(name, help, rows.map(|(labels, value)| (labels, ConstCounter::new(value))))
    }

    fn all<M: EncodeMetric>(
        &mut self,
        name: &str,
        help: &str,
        rows: impl Iterator<Item = (Labels, M)>,
    ) -> fmt::Result {
        let mut rows = rows.peekable();
        let Some((_, first)) = rows.peek() else { return Ok(()) };
        let mut family = self.0.encode_descriptor(name, help, None, first.metric_type())?;
        for (labels, metric) in rows {
            metric.encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
