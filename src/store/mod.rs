//! The one way to the database: SQLite embedded or PostgreSQL, the same statements on both.
//!
//! * [`Store::read`] answers a [`Select`] for a [`Viewer`]: one statement, one connection, handed back at once.
//! * [`Store::unscoped`] is the other door, for what acts for no viewer (the viewer's own look-up, migrations, import,
//!   demo); each use says why and is listed in a committed file.
//!
//! Whoever drops a read leaves it: on PostgreSQL its statement is cancelled, on SQLite it ends by itself, and either way its
//! connection is free as soon as nothing runs on it ([`reading`], [`pool`]).
//!
//! Statements are written with [`sql`]'s rows and columns, so an alias is part of each column and a child query can't
//! capture its parent's table. The two engines differ in how a child list becomes a cell ([`Dialect`]) and in how the
//! answer is read; nothing else.
mod cells;
mod feed;
mod figures;
mod follow;
mod migrate;
mod places;
mod pool;
mod postgres;
mod premise;
mod prepared;
mod reading;
mod rendered;
mod select;
mod sql;
mod sqlite;
mod table;
mod transaction;
mod way;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

pub use cells::{Cells, Unreadable, Value};
pub use feed::{Subject, Watch};
pub use figures::Figures;
pub use migrate::{Step, newest_step};
pub use pool::{Engine, Pooling};
pub use premise::Premise;
pub use select::{Cell, Direction, Kind, Named, Select};
pub use sql::{
    Alias, Column, Dialect, Expr, Piece, Predicate, Row, Sql, all, always, among, any, bound, day_or, exists,
    never, not, one,
};
pub use transaction::{Statement, Transaction};

use futures_util::FutureExt as _;
use tokio::sync::SemaphorePermit;
use tracing::Instrument as _;

use crate::{error::Fault, telemetry::export, viewer::Viewer};
use follow::Feed;
use pool::Pools;
use prepared::Prepared;
use reading::{MOMENT, Reading};
use rendered::Rendered;

/// A database that is open; cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Arc<Pools>,
    prepared: Arc<Prepared>,
    record: Arc<Record>,
    feed: Arc<Feed>,
}

/// What was sent to the database, kept only while somebody asked for it.
#[derive(Default)]
struct Record {
    is_on: AtomicBool,
    statements: Mutex<Vec<String>>,
}

impl Store {
    /// Opens the database that the URL names: `sqlite:PATH`, or `postgres://…`. At most `connections` are opened.
    pub async fn open(url: &str, connections: u32) -> Result<Self, Fault> {
        Self::open_with(url, Pooling { connections, ..Pooling::default() }).await
    }

    /// The same, with all that can be said of its connections.
    pub async fn open_with(url: &str, pooling: Pooling) -> Result<Self, Fault> {
        let pools = Arc::new(Pools::open(url, pooling).await?);
        let feed = Arc::new(Feed::of(&pools, pooling.connections));
        Ok(Store { pools, prepared: Arc::default(), record: Arc::default(), feed })
    }

    /// Waits for changes of these subjects, whichever node writes them.
    pub fn watch(&self, subjects: Vec<Subject>) -> Watch {
        self.feed.watch(subjects)
    }

    /// Makes everybody who waits look again.
    pub fn wake_all(&self) {
        self.feed.hub.ring_all();
    }

    /// A turn to look again. At most half of the connections are used for that at a time, so that however many wait for
    /// the same change, requests still find one.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>, Fault> {
        Ok(self.feed.turns.acquire().await?)
    }

    /// What its pools count, at this moment.
    pub fn figures(&self) -> Vec<Figures> {
        self.pools.figures()
    }

    /// Since when this node can't be sure to have heard of all that others wrote; none where nobody waits for changes.
    pub fn lag(&self) -> Option<Duration> {
        self.feed.heard.ago()
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.pools.engine()
    }

    /// Answers a select for a viewer, in one statement; no row where it refutes what is believed of the viewer.
    pub async fn read(&self, viewer: &Viewer, select: Select) -> Result<Vec<Cells>, Fault> {
        match &viewer.premise {
            None => self.answer(select).await,
            Some(premise) => Ok(premise.judge(self.answer(premise.before(select)).await?)),
        }
    }

    /// The door for what acts for no viewer; the reason is for the reader, and each use is listed.
    pub fn unscoped(&self, _reason: &'static str) -> Unscoped<'_> {
        Unscoped(self)
    }

    /// From now on keeps the text of each statement that viewers' requests run, for tests and explanations.
    pub fn record(&self) {
        self.record.is_on.store(true, Ordering::Relaxed);
    }

    /// The statements since the last call.
    pub fn recorded(&self) -> Vec<String> {
        self.record
            .statements
            .lock()
            .map(|mut statements| std::mem::take(&mut *statements))
            .unwrap_or_default()
    }

    async fn answer(&self, select: Select) -> Result<Vec<Cells>, Fault> {
        let mut statement = select::Statement { select, is_kept: true };
        match &*self.pools {
            Pools::Postgres(pool) => {
                let mut rendered = Rendered::of(&statement)?;
                rendered.is_kept = self.prepared.keeps(&rendered.text);
                self.note(|| rendered.text.clone());
                let span = export::statement(Engine::Postgres, &rendered.text);
                let mut lent = pool.get().await?;
                let work = async move { lent.read(rendered).await };
                Reading::new(work.instrument(span).boxed(), Some(MOMENT)).await
            }
            Pools::Sqlite { readers, .. } => {
                let text = statement.text(&diesel::sqlite::Sqlite)?;
                statement.is_kept = self.prepared.keeps(&text);
                let span = export::statement(Engine::Sqlite, &text);
                self.note(|| text);
                let mut lent = readers.get().await?;
                let work = async move { lent.read(statement).await };
                Reading::new(work.instrument(span).boxed(), None).await
            }
        }
    }

    fn note(&self, text: impl FnOnce() -> String) {
        if self.record.is_on.load(Ordering::Relaxed)
            && let Ok(mut statements) = self.record.statements.lock()
        {
            statements.push(text());
        }
    }
}

/// The store without a viewer.
pub struct Unscoped<'a>(&'a Store);

impl<'a> Unscoped<'a> {
    /// Answers a select, in one statement.
    pub async fn read(&self, select: Select) -> Result<Vec<Cells>, Fault> {
        self.0.answer(select).await
    }

    /// Begins a transaction; dropped without [`Transaction::commit`] it changes nothing.
    pub async fn begin(self) -> Result<Transaction<'a>, Fault> {
        Transaction::begin(&self.0.pools, &self.0.feed.hub).await
    }

    /// Brings the database's tables to the newest form and says which steps it took.
    pub async fn migrate(&self) -> Result<Vec<Step>, Fault> {
        migrate::up(&self.0.pools).await
    }

    /// Takes back the newest steps, as many as told.
    pub async fn revert(&self, steps: usize) -> Result<Vec<Step>, Fault> {
        migrate::down(&self.0.pools, steps).await
    }

    /// The steps that the database has taken, oldest first. Asks a database that [`is_made`](Self::is_made).
    pub async fn taken(&self) -> Result<Vec<Step>, Fault> {
        migrate::taken(&self.0.pools).await
    }

    /// Whether the database has ever been brought to a form of ours; a look that changes nothing.
    pub async fn is_made(&self) -> Result<bool, Fault> {
        let mut transaction = Transaction::begin(&self.0.pools, &self.0.feed.hub).await?;
        let tables = transaction.tables().await?;
        transaction.roll_back().await?;
        Ok(tables.iter().any(|table| table == migrate::RECORD))
    }

    /// The newest step that the database has not taken yet, if any.
    pub async fn pending(&self) -> Result<Option<Step>, Fault> {
        migrate::pending(&self.0.pools).await
    }

    /// True when the database answers.
    pub async fn answers(&self) -> bool {
        self.0.pools.answer().await
    }
}
