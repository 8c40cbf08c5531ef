//! Writing: one transaction, the same diesel statements on both engines.
use std::{collections::BTreeSet, time::Instant};

use diesel::{
    ExpressionMethods, QueryResult,
    connection::AnsiTransactionManager,
    pg::Pg,
    query_builder::{QueryFragment, QueryId},
    sql_types::Text,
    sqlite::Sqlite,
};
use diesel_async::{
    AsyncPgConnection, RunQueryDsl, TransactionManager, pooled_connection::AsyncDieselConnectionManager,
};

use super::{
    Cells, Select,
    feed::{Hub, Subject, change_feed, written},
    pool::{Leavable, Lent, Pools, SqliteAsync},
    rendered::Rendered,
    select,
};
use crate::error::Fault;

/// A diesel statement that both engines run.
pub trait Statement: QueryFragment<Pg> + QueryFragment<Sqlite> + QueryId + Send + 'static {}
impl<T: QueryFragment<Pg> + QueryFragment<Sqlite> + QueryId + Send + 'static> Statement for T {}

/// A transaction that is open; dropped without [`commit`](Transaction::commit) it changes nothing, and what it runs is
/// cancelled on PostgreSQL.
pub struct Transaction<'a> {
    lease: Lease,
    hub: &'a Hub,
    touched: BTreeSet<Subject>,
}

/// The channel on which PostgreSQL tells other nodes what was counted.
pub(super) const CHANNEL: &str = "portico_changes";

#[derive(diesel::QueryableByName)]
struct Table {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

enum Lease {
    Sqlite(Box<Lent<SqliteAsync>>),
    Postgres(Box<Lent<AsyncPgConnection>>),
}

impl<'a> Transaction<'a> {
    pub(super) async fn begin(pools: &'a Pools, hub: &'a Hub) -> Result<Self, Fault> {
        let mut lease = match pools {
            Pools::Sqlite { writer, .. } => Lease::Sqlite(Box::new(writer.get().await?)),
            Pools::Postgres(pool) => Lease::Postgres(Box::new(pool.get().await?)),
        };
        lease.begin().await?;
        Ok(Transaction { lease, hub, touched: BTreeSet::new() })
    }

    /// Says that something is written of a case, a person or the firm itself, so that the commit tells who waits for it.
    pub fn touch(&mut self, firm: &str, subject: &str) {
        self.touched.insert(Subject::new(firm, subject));
    }

    /// Runs a statement and says how many rows it touched.
    pub async fn execute(&mut self, statement: impl Statement) -> Result<usize, Fault> {
        match &mut self.lease {
            Lease::Sqlite(lent) => {
                let (connection, running) = lent.parts();
                let done = running.until(RunQueryDsl::execute(statement, connection)).await;
                lent.told(done)
            }
            Lease::Postgres(lent) => {
                let began = Instant::now();
                let (connection, running) = lent.parts();
                let done = running.until(RunQueryDsl::execute(statement, connection)).await;
                lent.told(began, done).await
            }
        }
    }

    /// Runs a query and answers its rows.
    pub async fn load<U, Q>(&mut self, query: Q) -> Result<Vec<U>, Fault>
    where
        U: Send,
        Q: for<'q> diesel_async::methods::LoadQuery<'q, AsyncPgConnection, U>
            + for<'q> diesel_async::methods::LoadQuery<'q, SqliteAsync, U>
            + Send
            + 'static,
    {
        match &mut self.lease {
            Lease::Sqlite(lent) => {
                let (connection, running) = lent.parts();
                let done = running.until(RunQueryDsl::load(query, connection)).await;
                lent.told(done)
            }
            Lease::Postgres(lent) => {
                let began = Instant::now();
                let (connection, running) = lent.parts();
                let done = running.until(RunQueryDsl::load(query, connection)).await;
                lent.told(began, done).await
            }
        }
    }

    /// Answers a select.
    pub async fn read(&mut self, select: Select) -> Result<Vec<Cells>, Fault> {
        let statement = select::Statement { select, is_kept: true };
        match &mut self.lease {
            Lease::Sqlite(lent) => lent.read(statement).await,
            Lease::Postgres(lent) => lent.read(Rendered::of(&statement)?).await,
        }
    }

    /// The names of the database's tables.
    pub async fn tables(&mut self) -> Result<Vec<String>, Fault> {
        const SQLITE: &str =
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
        const POSTGRES: &str = "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
                                WHERE table_schema = current_schema()";
        let names = if matches!(self.lease, Lease::Sqlite(_)) { SQLITE } else { POSTGRES };
        let tables: Vec<Table> = self.load(diesel::sql_query(names)).await?;
        Ok(tables.into_iter().map(|table| table.name).collect())
    }

    /// Begins a part that can be taken back by itself.
    pub async fn begin_part(&mut self) -> Result<(), Fault> {
        self.lease.turn(Turn::Begin).await
    }

    /// Ends the part that was begun last, and keeps what it wrote for as long as the rest.
    pub async fn keep_part(&mut self) -> Result<(), Fault> {
        self.lease.turn(Turn::Commit).await
    }

    /// Ends the part that was begun last, and gives up what it wrote, also after a statement that failed.
    pub async fn take_part_back(&mut self) -> Result<(), Fault> {
        self.lease.turn(Turn::RollBack).await
    }

    /// Makes everything since the beginning lasting, at once.
    pub async fn commit(mut self) -> Result<(), Fault> {
        let counted = self.count().await?;
        self.lease.turn(Turn::Commit).await?;
        for (subject, version) in &counted {
            self.hub.ring(subject, *version);
        }
        Ok(())
    }

    /// Counts each touched subject up. It comes last and in order, so that two writers wait for one another briefly and
    /// never in a circle.
    async fn count(&mut self) -> Result<Vec<(Subject, i64)>, Fault> {
        let mut counted = Vec::new();
        for subject in std::mem::take(&mut self.touched) {
            let row = (
                change_feed::firm_id.eq(subject.firm.clone()),
                change_feed::subject_id.eq(subject.id.clone()),
                change_feed::version.eq(1),
            );
            let counting = diesel::insert_into(change_feed::table)
                .values(row)
                .on_conflict((change_feed::firm_id, change_feed::subject_id))
                .do_update()
                .set(change_feed::version.eq(change_feed::version + 1))
                .returning(change_feed::version);
            let versions: Vec<i64> = self.load(counting).await?;
            // A version that was made up would be the last that anybody is rung for.
            let version = versions.into_iter().next();
            let version = version.ok_or_else(|| Fault::new("a subject was not counted up"))?;
            if let Lease::Postgres(lent) = &mut self.lease {
                let told = diesel::sql_query("SELECT pg_notify($1, $2)")
                    .bind::<Text, _>(CHANNEL)
                    .bind::<Text, _>(written(&subject, version));
                let began = Instant::now();
                let (connection, running) = lent.parts();
                let done = running.until(RunQueryDsl::execute(told, connection)).await;
                lent.told(began, done).await?;
            }
            counted.push((subject, version));
        }
        Ok(counted)
    }

    /// Gives everything up. A transaction that is dropped instead takes its connection with it: the pool sees that one
    /// is open and closes it, which rolls back.
    pub async fn roll_back(mut self) -> Result<(), Fault> {
        self.lease.turn(Turn::RollBack).await
    }
}

/// Where a transaction, or a part of one, turns.
#[derive(Clone, Copy)]
enum Turn {
    Begin,
    Commit,
    RollBack,
}

impl Lease {
    /// Begins a transaction, on SQLite as the writer of the file.
    async fn begin(&mut self) -> Result<(), Fault> {
        if let Lease::Sqlite(lent) = self {
            let done = begin_as_writer(lent).await;
            return lent.told(done);
        }
        self.turn(Turn::Begin).await
    }

    /// Takes a turn; a failure is told as the statement's is, since a connection may be lost here, too.
    async fn turn(&mut self, turn: Turn) -> Result<(), Fault> {
        match self {
            Lease::Sqlite(lent) => {
                let done = turned(lent, turn).await;
                lent.told(done)
            }
            Lease::Postgres(lent) => {
                let (began, done) = (Instant::now(), turned(lent, turn).await);
                lent.told(began, done).await
            }
        }
    }
}

/// From the beginning the only writer of the file, other programs' included. One that had read first would be refused at
/// its first write if another had written meanwhile, and not wait for its turn.
async fn begin_as_writer(lent: &mut Lent<SqliteAsync>) -> QueryResult<()> {
    let (connection, running) = lent.parts();
    let begun = connection.spawn_blocking(|connection| {
        AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
    });
    running.until(begun).await
}

async fn turned<C: Leavable>(lent: &mut Lent<C>, turn: Turn) -> QueryResult<()>
where
    AsyncDieselConnectionManager<C>: bb8::ManageConnection<Connection = C>,
{
    let (connection, running) = lent.parts();
    match turn {
        Turn::Begin => running.until(C::TransactionManager::begin_transaction(connection)).await,
        Turn::Commit => running.until(C::TransactionManager::commit_transaction(connection)).await,
        Turn::RollBack => running.until(C::TransactionManager::rollback_transaction(connection)).await,
    }
}
