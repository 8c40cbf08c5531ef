//! Connections: several readers and one writer on SQLite, one pool on PostgreSQL, both handed out fairly and not waited for
//! without end.
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bb8::PooledConnection;
use diesel::{ConnectionError, ConnectionResult, SqliteConnection};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, SimpleAsyncConnection, TransactionManager,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, PoolError, PoolableConnection, RecyclingMethod,
    },
    sync_connection_wrapper::SyncConnectionWrapper,
};
use futures_util::{FutureExt, future::BoxFuture};
use tokio::{runtime::Handle, time::timeout};

use super::{
    figures::{Counts, Figures, count},
    places::{Place, Places},
    prepared::STANDS,
    way::Way,
};
use crate::error::{Fault, Problem};

/// A connection to SQLite whose statements run on threads that may block.
pub(super) type SqliteAsync = SyncConnectionWrapper<SqliteConnection>;

/// Which database holds the firm's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded; the default.
    Sqlite,
    /// For firms that outgrow one machine.
    Postgres,
}

/// How many connections there are, and how long they are waited for and used.
#[derive(Clone, Copy, Debug)]
pub struct Pooling {
    /// How many are opened at most.
    pub connections: u32,
    /// How long somebody waits for one of them, or for SQLite's only writer.
    pub wait: Duration,
    /// How long one statement may run, on PostgreSQL.
    pub statement: Duration,
}

impl Default for Pooling {
    fn default() -> Self {
        Pooling { connections: 8, wait: Duration::from_secs(2), statement: Duration::from_secs(15) }
    }
}

/// The open connections.
pub(super) enum Pools {
    Sqlite { readers: Pool<SqliteAsync>, writer: Pool<SqliteAsync> },
    Postgres(Pool<AsyncPgConnection>),
}

impl Pools {
    pub(super) async fn open(url: &str, pooling: Pooling) -> Result<Self, Fault> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
            if !path.parent().is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir()) {
                return Err(Fault::new(format!(
                    "the folder of {} does not exist: make it first",
                    path.display()
                )));
            }
            let path = path.to_str().ok_or_else(|| Fault::new("the database's path is not UTF-8"))?;
            // The writer comes first: it makes the file and turns WAL on, which readers can't.
            let alone = Pooling { connections: 1, ..pooling };
            let writer = Pool::open(path, alone, (), |path, ()| sqlite_writer(path)).await?;
            let readers = Pool::open(path, pooling, (), |path, ()| sqlite_reader(path)).await?;
            return Ok(Pools::Sqlite { readers, writer });
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let way = Arc::new(Way::to(url, pooling.statement)?);
            return Ok(Pools::Postgres(Pool::open(url, pooling, way, |_, way| postgres(way)).await?));
        }
        Err(Fault::new("a database's URL begins with sqlite: or postgres://"))
    }

    pub(super) fn engine(&self) -> Engine {
        match self {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    pub(super) fn figures(&self) -> Vec<Figures> {
        match self {
            Pools::Sqlite { readers, writer } => vec![readers.figures("readers"), writer.figures("writer")],
            Pools::Postgres(pool) => vec![pool.figures("connections")],
        }
    }

    pub(super) async fn answer(&self) -> bool {
        match self {
            Pools::Sqlite { readers, .. } => readers.answers().await,
            Pools::Postgres(pool) => pool.answers().await,
        }
    }
}

/// A connection whose statements may be left before they end.
pub(super) trait Leavable: PoolableConnection + SimpleAsyncConnection + Send + 'static {
    /// What it takes to reach the database beside the connection itself.
    type Way: Clone + Send + Sync + 'static;

    /// Ends the statement that runs now, from outside; none where it ends by itself.
    fn cancelling(&self, way: &Self::Way) -> Option<BoxFuture<'static, ()>>;
}

impl Leavable for SqliteAsync {
    type Way = ();

    /// A statement that is dropped is waited for; reads are not dropped, but go on ([`Reading`](super::reading::Reading)).
    fn cancelling(&self, (): &()) -> Option<BoxFuture<'static, ()>> {
        None
    }
}

impl Leavable for AsyncPgConnection {
    type Way = Arc<Way>;

    fn cancelling(&self, way: &Arc<Way>) -> Option<BoxFuture<'static, ()>> {
        let (way, token) = (Arc::clone(way), self.cancel_token());
        Some(async move { way.cancel(&token).await }.boxed())
    }
}

/// A pool with a queue in front: bb8 alone lets whoever gives a connection back take it again while others starve.
pub(super) struct Pool<C: Leavable>
where
    AsyncDieselConnectionManager<C>: bb8::ManageConnection,
{
    connections: bb8::Pool<AsyncDieselConnectionManager<C>>,
    places: Places,
    size: u32,
    wait: Duration,
    way: C::Way,
    counts: Arc<Counts>,
}

/// A connection with its place, both given back when dropped.
///
/// Dropped while a statement runs, which happens where whoever asked has gone or ran out of time, it is not given back: the
/// statement is cancelled and the connection closed, so that neither the rest of an answer nor a late cancel can meet the
/// next statement. The place is free once the cancel was sent.
pub(super) struct Lent<C: Leavable>
where
    AsyncDieselConnectionManager<C>: bb8::ManageConnection<Connection = C>,
{
    connection: PooledConnection<'static, AsyncDieselConnectionManager<C>>,
    place: Option<Place>,
    is_busy: bool,
    way: C::Way,
    counts: Arc<Counts>,
}

impl<C: Leavable> Lent<C>
where
    AsyncDieselConnectionManager<C>: bb8::ManageConnection<Connection = C>,
{
    /// The connection, and what a statement on it must run within.
    pub(super) fn parts(&mut self) -> (&mut C, Running<'_>) {
        (&mut self.connection, Running { is_busy: &mut self.is_busy, counts: &self.counts })
    }

    /// What its pool counts.
    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The way to the database.
    pub(super) fn way(&self) -> &C::Way {
        &self.way
    }
}

/// Marks a connection as busy while something runs on it.
pub(super) struct Running<'a> {
    is_busy: &'a mut bool,
    counts: &'a Counts,
}

impl Running<'_> {
    /// Runs it to its end; the mark stays where this is dropped before.
    pub(super) async fn until<F: Future>(self, work: F) -> F::Output {
        let began = Instant::now();
        *self.is_busy = true;
        let output = work.await;
        *self.is_busy = false;
        self.counts.seconds.observe(began.elapsed().as_secs_f64());
        output
    }
}

/// How long it is tried to reach the database for a cancel; after that PostgreSQL's own limit ends the statement.
const REACH: Duration = Duration::from_secs(5);

impl<C: Leavable> Drop for Lent<C>
where
    AsyncDieselConnectionManager<C>: bb8::ManageConnection<Connection = C>,
{
    fn drop(&mut self) {
        if !self.is_busy {
            return;
        }
        count(&self.counts.left);
        // Its pool closes what is in error.
        let connection = &mut *self.connection;
        <C as AsyncConnection>::TransactionManager::transaction_manager_status_mut(connection).set_in_error();
        if let Some(cancelling) = connection.cancelling(&self.way)
            && let Ok(runtime) = Handle::try_current()
        {
            let place = self.place.take();
            runtime.spawn(async move {
                // Where it can't be told, the database's own limit ends it.
                let _ = timeout(REACH, cancelling).await;
                drop(place);
            });
        }
    }
}

impl<C: Leavable> Pool<C>
where
    AsyncDieselConnectionManager<C>: bb8::ManageConnection<Connection = C, Error = PoolError>,
{
    async fn open(
        url: &str,
        pooling: Pooling,
        way: C::Way,
        setup: impl Fn(&str, C::Way) -> BoxFuture<'_, ConnectionResult<C>> + Send + Sync + 'static,
    ) -> Result<Self, Fault> {
        let mut config = ManagerConfig::default();
        // A broken connection is found by its error; asking first costs a round trip each request.
        config.recycling_method = RecyclingMethod::Fast;
        let its = way.clone();
        config.custom_setup = Box::new(move |url| setup(url, its.clone()));
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let size = pooling.connections.max(1);
        let connections = bb8::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            // The last one used has its statements prepared and its pages in memory; the others may fall idle and be closed.
            .queue_strategy(bb8::QueueStrategy::Lifo)
            .test_on_check_out(false)
            .connection_timeout(Duration::from_secs(5))
            .max_lifetime(Some(STANDS))
            .build(manager)
            .await
            .map_err(Fault::from)?;
        let places = Places::of(size);
        Ok(Pool { connections, places, size, wait: pooling.wait, way, counts: Arc::default() })
    }

    /// Waits for a connection, in turn, and not longer than whoever asks should wait.
    pub(super) async fn get(&self) -> Result<Lent<C>, Fault> {
        match timeout(self.wait, self.next()).await {
            Ok(lent) => lent,
            Err(_elapsed) => {
                count(&self.counts.refused);
                Err(Fault::new("no connection became free in time").told_as(Problem::Unavailable))
            }
        }
    }

    async fn next(&self) -> Result<Lent<C>, Fault> {
        let place = self.places.next(&self.counts).await?;
        loop {
            let connection = self.connections.get_owned().await;
            let mut connection = connection.map_err(|why| Fault::new(why).told_as(Problem::Unavailable))?;
            // What the database closed while nobody used it is seen without asking.
            if !connection.is_broken() {
                let (way, counts) = (self.way.clone(), Arc::clone(&self.counts));
                return Ok(Lent { connection, place: Some(place), is_busy: false, way, counts });
            }
        }
    }

    /// Its numbers at this moment.
    pub(super) fn figures(&self, pool: &'static str) -> Figures {
        let counts = &self.counts;
        let state = self.connections.state();
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            pool,
            most: self.size.into(),
            used: u64::try_from(self.places.taken()).unwrap_or(u64::MAX),
            idle: state.idle_connections.into(),
            waiting: counts.waiting.load(Ordering::Relaxed),
            waited: read(&counts.waited),
            refused: read(&counts.refused),
            failed: read(&counts.failed),
            left: read(&counts.left),
            seconds: counts.seconds.clone(),
        }
    }

    /// A connection that is not of the pool's number, for long work that blocks.
    pub(super) async fn dedicated(&self) -> Result<C, Fault> {
        self.connections.dedicated_connection().await.map_err(Fault::from)
    }

    async fn answers(&self) -> bool {
        let Ok(mut lent) = self.get().await else { return false };
        let (connection, running) = lent.parts();
        running.until(connection.batch_execute("SELECT 1")).await.is_ok()
    }
}

fn sqlite_writer(path: &str) -> BoxFuture<'_, ConnectionResult<SqliteAsync>> {
    sqlite(path, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
}

fn sqlite_reader(path: &str) -> BoxFuture<'_, ConnectionResult<SqliteAsync>> {
    sqlite(path, "PRAGMA query_only = ON;")
}

fn sqlite<'a>(path: &'a str, own: &'static str) -> BoxFuture<'a, ConnectionResult<SqliteAsync>> {
    async move {
        let mut connection = SqliteAsync::establish(path).await?;
        connection
            .batch_execute(&format!("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; {own}"))
            .await
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }
    .boxed()
}

fn postgres(way: Arc<Way>) -> BoxFuture<'static, ConnectionResult<AsyncPgConnection>> {
    async move { way.connect().await }.boxed()
}
