//! The door: HTTP in front of the house, with everything that is decided before a resolver runs.
//!
//! * [`House`]: what the door needs of the rest, implemented where the parts meet.
//! * [`RoleSchema`]: one role's schema, as pruned by the policy.
//! * [`Settings`]: limits, origins, console.
//!
//! A request passes: its id → its host → CORS → panics caught → decompression → its route. `graphql` holds the order of the
//! steps within `/graphql`; `stream` what goes on, told by `socket` over WebSocket and by `events` over server-sent
//! events.

mod answer;
pub mod auth;
mod bill;
mod body;
mod closing;
mod connection;
mod console;
mod counted;
mod crowd;
mod document;
mod events;
mod exchange;
pub mod explain;
mod graphql;
mod layers;
pub mod limits;
pub mod measure;
mod media;
mod meter;
mod origin;
mod packed;
pub mod peer;
mod persisted;
mod query;
pub mod rates;
pub mod scan;
mod serving;
pub mod size;
mod socket;
mod stream;
mod taken;
mod turns;
mod variables;
mod written;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{Request, Response as Executed, ServerError, Variables};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request as Incoming, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use tokio::sync::Mutex;
use tokio::time::Instant;

use self::bill::Bill;
pub use self::closing::Closing;
pub use self::crowd::Connections;
pub use self::document::checked;
use self::limits::Bounds;
pub use self::limits::affordable;
use self::peer::Proxies;
use self::rates::{Budgets, Rates};
pub use self::serving::Serving;
pub use self::written::writable;
use crate::error::{Problem, Refusal};
use crate::graph::Unset;
use crate::policy::{Outgoing, Role};
use crate::telemetry::{call::note, metrics::Metrics};
use crate::trusted::Trusted;
use crate::viewer::{Account, Viewer};

/// What stands behind the door.
pub trait House: Send + Sync + 'static {
    /// The type of a role's schema.
    type Schema: RoleSchema;

    /// Who bears this token, in the role asked for or else their own; without a token, nobody's role.
    ///
    /// A token that is unknown, expired or revoked is [`Problem::Unauthenticated`], a role that the person does not
    /// hold [`Problem::RoleNotHeld`].
    fn viewer(
        &self,
        token: Option<&str>,
        role: Option<Role>,
        at: DateTime<Utc>,
    ) -> impl Future<Output = Result<Viewer, Problem>> + Send;

    /// Who bore the token when it was last asked, with the premise that they still do; none to ask first.
    fn remembered(&self, _token: &str, _role: Option<Role>, _at: DateTime<Utc>) -> Option<Viewer> {
        None
    }

    /// The account of whoever bore the token a moment ago, without proof: whose budget pays before anybody is looked up.
    fn known(&self, _token: &str, _at: DateTime<Utc>) -> Option<Account> {
        None
    }

    /// The schema of a role, under the policy of the moment.
    fn schema(&self, role: Role) -> Result<Arc<Self::Schema>, Problem>;

    /// Names the policy of the moment, by one value as long as it is in force. An answer that was begun under another one,
    /// or before the same was put back, is withheld.
    fn policy_hash(&self) -> Arc<str>;

    /// Whether the firm lists this origin of a page of its own, or any firm where none is named.
    fn lists_origin(
        &self,
        origin: &str,
        firm: Option<&str>,
    ) -> impl Future<Output = Result<bool, Problem>> + Send;

    /// The trusted document of a role that has this hash; another role's is none.
    fn trusted(
        &self,
        role: Role,
        hash: &str,
    ) -> impl Future<Output = Result<Option<Arc<Trusted>>, Problem>> + Send;

    /// Whether requests can be answered now.
    fn ready(&self) -> impl Future<Output = bool> + Send;
}

/// One role's schema.
pub trait RoleSchema: Send + Sync + 'static {
    /// The schema as text.
    fn sdl(&self) -> Bytes;

    /// Whether the schema has a type of this name, built-in scalars included.
    fn has_type(&self, name: &str) -> bool;

    /// Checks the names in all literals and variables, which validation does not in every place.
    fn names(
        &self,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<(), Vec<ServerError>>;

    /// What the operation costs, with these variables: the fields that the answer could have.
    fn cost(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
        unset: Unset,
    ) -> usize;

    /// What an answer to the operation may hold, for roles whose answers are held against their schema once more.
    fn outgoing(&self, document: &ExecutableDocument, operation_name: Option<&str>) -> Option<Outgoing<'_>>;

    /// Validates and executes. The request carries its parsed document and its [`Viewer`].
    fn execute(&self, request: Request) -> impl Future<Output = Executed> + Send;

    /// Validates and follows a subscription. The request carries, besides, who asks anew ([`Ongoing`](crate::viewer::Ongoing)).
    fn follow(&self, request: Request) -> BoxStream<'static, Executed>;
}

/// How the door is set.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The bounds of a request, by role.
    pub limits: Bounds,
    /// How much is asked in a while.
    pub rates: Rates,
    /// How many connections there may be.
    pub connections: Connections,
    /// Who may say for whom he asks.
    pub proxies: Proxies,
    /// Whether `GET /` shows `GraphiQL`.
    pub console: bool,
    /// Origins whose pages may ask for every firm, compared exactly, such as `https://portal.example`.
    pub origins: Vec<HeaderValue>,
    /// Whether outside roles run trusted documents alone.
    pub trusted_only: bool,
    /// Whether pages of this machine may ask, on any port: for the demo.
    pub localhost_origins: bool,
    /// What is told when the service stops, so that nothing that goes on keeps it.
    pub closing: Closing,
    /// Where calls are counted, if anywhere.
    pub metrics: Option<Arc<Metrics>>,
}

/// What every route shares.
struct Door<H> {
    house: Arc<H>,
    settings: Settings,
    streams: stream::Streams,
    followed: stream::Streams,
    budgets: Arc<Budgets>,
    turns: turns::Turns,
    readiness: Readiness,
}

/// Whether the house was ready, and when that was asked; asked at most once a second, since nobody pays for it.
#[derive(Default)]
struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    async fn of<H: House>(&self, house: &H) -> bool {
        // One asks, the others wait for what he hears.
        let mut known = self.0.lock().await;
        if let Some((at, is_ready)) = *known
            && at.elapsed() < Duration::from_secs(1)
        {
            return is_ready;
        }
        let is_ready = house.ready().await;
        *known = Some((Instant::now(), is_ready));
        is_ready
    }
}

/// The service; to be served with [`Serving`], or all addresses are one.
pub fn router<H: House>(house: Arc<H>, settings: Settings) -> Router {
    let mut routes = Router::new()
        .route("/graphql", get(socket::open::<H>).post(graphql::post::<H>))
        .route("/schema.graphql", get(schema::<H>))
        .route("/health/live", get(|| async { "live\n" }))
        .route("/health/ready", get(ready::<H>));
    if settings.console {
        routes = routes.route("/", get(console::page)).route("/console.js", get(console::script));
    }
    let routes = routes
        .fallback(|| async { Problem::NotFound })
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed });
    let cors = origin::cors(Arc::clone(&house), &settings);
    let budgets = Budgets::of(&settings.rates);
    let followed = stream::Streams::default();
    let door = Arc::new(Door {
        followed,
        house,
        settings,
        streams: stream::Streams::default(),
        budgets,
        turns: turns::Turns::default(),
        readiness: Readiness::default(),
    });
    layers::around(routes.with_state(Arc::clone(&door)), cors, &door.settings)
}

/// `GET /schema.graphql`: what the token's role can ask.
async fn schema<H: House>(State(door): State<Arc<Door<H>>>, incoming: Incoming) -> Response {
    let (parts, _) = incoming.into_parts();
    let bill = Bill::of(&door, &parts.extensions, &parts.headers);
    let told = async {
        let asker = auth::Asker::of(&parts.headers, &bill);
        asker.admitted(&*door.house)?;
        let viewer = asker.viewer(&door).await?;
        origin::permitted(&door, asker.origin.as_ref(), &viewer).await?;
        note(|notes| notes.role = Some(viewer.role));
        let sdl = door.house.schema(viewer.role)?.sdl();
        Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], sdl).into_response())
    };
    let response = told.await.unwrap_or_else(Refusal::into_response);
    bill.told(response)
}

/// `GET /health/ready`: whether a load balancer should send requests here.
async fn ready<H: House>(State(door): State<Arc<Door<H>>>) -> Result<&'static str, Problem> {
    if !door.settings.closing.is_leaving() && door.readiness.of(&*door.house).await {
        Ok("ready\n")
    } else {
        Err(Problem::Unavailable)
    }
}
