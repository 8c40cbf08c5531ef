//! Connections: several readers and one writer on SQLite, one pool on PostgreSQL, both handed out fairly.
use std::{path::PathBuf, sync::Arc, time::Duration};

use bb8::PooledConnection;
use diesel::{ConnectionError, ConnectionResult, SqliteConnection};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, PoolError, RecyclingMethod},
    sync_connection_wrapper::SyncConnectionWrapper,
};
use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::config::{Host, SslMode};

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

/// The open connections.
pub(super) enum Pools {
    Sqlite { readers: Pool<SqliteAsync>, writer: Pool<SqliteAsync> },
    Postgres(Pool<AsyncPgConnection>),
}

impl Pools {
    pub(super) async fn open(url: &str, connections: u32) -> Result<Self, Fault> {
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
            let writer = Pool::open(path, 1, sqlite_writer).await?;
            return Ok(Pools::Sqlite {
                readers: Pool::open(path, connections, sqlite_reader).await?,
                writer,
            });
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Pools::Postgres(Pool::open(url, connections, postgres).await?));
        }
        Err(Fault::new("a database's URL begins with sqlite: or postgres://"))
    }

    pub(super) fn engine(&self) -> Engine {
        match self {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    pub(super) async fn answer(&self) -> bool {
        match self {
            Pools::Sqlite { readers, .. } => readers.answers().await,
            Pools::Postgres(pool) => pool.answers().await,
        }
    }
}

/// A pool with a queue in front: bb8 alone lets whoever gives a connection back take it again while others starve.
pub(super) struct Pool<C: AsyncConnection + 'static>
where
    AsyncDieselConnectionManager<C>: bb8::ManageConnection,
{
    pool: bb8::Pool<AsyncDieselConnectionManager<C>>,
    queue: Semaphore,
}

/// A connection with its place in the queue, both given back when dropped.
pub(super) struct Lent<'a, C: AsyncConnection + 'static>
where
    AsyncDieselConnectionManager<C>: bb8::ManageConnection,
{
    connection: PooledConnection<'a, AsyncDieselConnectionManager<C>>,
    _place: SemaphorePermit<'a>,
}

impl<C: AsyncConnection + 'static> std::ops::Deref for Lent<'_, C>
where
    AsyncDieselConnectionManager<C>: bb8::ManageConnection<Connection = C>,
{
    type Target = C;
    fn deref(&self) -> &C {
        &self.connection
    }
}
impl<C: AsyncConnection + 'static> std::ops::DerefMut for Lent<'_, C>
where
    AsyncDieselConnectionManager<C>: bb8::ManageConnection<Connection = C>,
{
    fn deref_mut(&mut self) -> &mut C {
        &mut self.connection
    }
}

impl<C> Pool<C>
where
    C: AsyncConnection + SimpleAsyncConnection + Send + 'static,
    AsyncDieselConnectionManager<C>: bb8::ManageConnection<Connection = C, Error = PoolError>,
{
    async fn open(
        url: &str,
        size: u32,
        setup: fn(&str) -> BoxFuture<'_, ConnectionResult<C>>,
    ) -> Result<Self, Fault> {
        let mut config = ManagerConfig::default();
        // A broken connection is found by its error; asking first costs a round trip each request.
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(setup);
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let pool = bb8::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(Duration::from_secs(5))
            .max_lifetime(Some(Duration::from_hours(1)))
            .build(manager)
            .await
            .map_err(Fault::from)?;
        Ok(Pool { pool, queue: Semaphore::new(usize::try_from(size).unwrap_or(1)) })
    }

    /// Waits for a connection, in turn.
    pub(super) async fn get(&self) -> Result<Lent<'_, C>, Fault> {
        let place = self.queue.acquire().await.map_err(Fault::from)?;
        let connection =
            self.pool.get().await.map_err(|error| Fault::new(error).told_as(Problem::Unavailable))?;
        Ok(Lent { connection, _place: place })
    }

    /// A connection that is not of the pool's number, for long work that blocks.
    pub(super) async fn dedicated(&self) -> Result<C, Fault> {
        self.pool.dedicated_connection().await.map_err(Fault::from)
    }

    async fn answers(&self) -> bool {
        match self.get().await {
            Ok(mut connection) => connection.batch_execute("SELECT 1").await.is_ok(),
            Err(_) => false,
        }
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

fn postgres(url: &str) -> BoxFuture<'_, ConnectionResult<AsyncPgConnection>> {
    async move {
        let config: tokio_postgres::Config = url.parse().map_err(bad)?;
        let is_local = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        if is_local || config.get_ssl_mode() == SslMode::Disable {
            let (client, connection) = config.connect(tokio_postgres::NoTls).await.map_err(bad)?;
            return prepared(AsyncPgConnection::try_from_client_and_connection(client, connection).await?)
                .await;
        }
        let tls = tokio_postgres_rustls::MakeRustlsConnect::new(trusting_the_machine().map_err(bad)?);
        let (client, connection) = config.connect(tls).await.map_err(bad)?;
        prepared(AsyncPgConnection::try_from_client_and_connection(client, connection).await?).await
    }
    .boxed()
}

/// No statement runs longer than a request may take, and compiling one to machine code costs more than it saves here.
async fn prepared(mut connection: AsyncPgConnection) -> ConnectionResult<AsyncPgConnection> {
    connection
        .batch_execute("SET statement_timeout = '15s'; SET jit = off")
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// TLS that trusts whom the machine trusts.
fn trusting_the_machine() -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    let (_added, _ignored) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn bad(error: impl std::error::Error) -> ConnectionError {
    ConnectionError::BadConnection(error.to_string())
}
