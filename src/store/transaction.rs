//! Writing: one transaction, the same diesel statements on both engines.
use diesel::{
    pg::Pg,
    query_builder::{QueryFragment, QueryId},
    sqlite::Sqlite,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, TransactionManager};

use super::{
    Cells, Select,
    pool::{Lent, Pools, SqliteAsync},
    postgres,
    rendered::Rendered,
    select, sqlite,
};
use crate::error::Fault;

/// A diesel statement that both engines run.
pub trait Statement: QueryFragment<Pg> + QueryFragment<Sqlite> + QueryId + Send + 'static {}
impl<T: QueryFragment<Pg> + QueryFragment<Sqlite> + QueryId + Send + 'static> Statement for T {}

/// A transaction that is open; dropped without [`commit`](Transaction::commit) it changes nothing.
pub struct Transaction<'a>(Lease<'a>);

#[derive(diesel::QueryableByName)]
struct Table {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

enum Lease<'a> {
    Sqlite(Box<Lent<'a, SqliteAsync>>),
    Postgres(Box<Lent<'a, AsyncPgConnection>>),
}

impl<'a> Transaction<'a> {
    pub(super) async fn begin(pools: &'a Pools) -> Result<Self, Fault> {
        Ok(Transaction(match pools {
            Pools::Sqlite { writer, .. } => {
                let mut connection = writer.get().await?;
                begin(&mut *connection).await?;
                Lease::Sqlite(Box::new(connection))
            }
            Pools::Postgres(pool) => {
                let mut connection = pool.get().await?;
                begin(&mut *connection).await?;
                Lease::Postgres(Box::new(connection))
            }
        }))
    }

    /// Runs a statement and says how many rows it touched.
    pub async fn execute(&mut self, statement: impl Statement) -> Result<usize, Fault> {
        Ok(match &mut self.0 {
            Lease::Sqlite(connection) => RunQueryDsl::execute(statement, &mut ***connection).await?,
            Lease::Postgres(connection) => RunQueryDsl::execute(statement, &mut ***connection).await?,
        })
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
        Ok(match &mut self.0 {
            Lease::Sqlite(connection) => RunQueryDsl::load(query, &mut ***connection).await?,
            Lease::Postgres(connection) => RunQueryDsl::load(query, &mut ***connection).await?,
        })
    }

    /// Answers a select.
    pub async fn read(&mut self, select: Select) -> Result<Vec<Cells>, Fault> {
        let statement = select::Statement { select, is_kept: true };
        match &mut self.0 {
            Lease::Sqlite(connection) => sqlite::read(connection, statement).await,
            Lease::Postgres(connection) => postgres::read(connection, Rendered::of(&statement)?).await,
        }
    }

    /// The names of the database's tables.
    pub async fn tables(&mut self) -> Result<Vec<String>, Fault> {
        const SQLITE: &str =
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
        const POSTGRES: &str = "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
                                WHERE table_schema = current_schema()";
        let names = if matches!(self.0, Lease::Sqlite(_)) { SQLITE } else { POSTGRES };
        let tables: Vec<Table> = self.load(diesel::sql_query(names)).await?;
        Ok(tables.into_iter().map(|table| table.name).collect())
    }

    /// Makes everything since the beginning lasting, at once.
    pub async fn commit(mut self) -> Result<(), Fault> {
        match &mut self.0 {
            Lease::Sqlite(connection) => commit(&mut ***connection).await,
            Lease::Postgres(connection) => commit(&mut ***connection).await,
        }
    }

    /// Gives everything up. A transaction that is dropped instead takes its connection with it: the pool sees that one
    /// is open and closes it, which rolls back.
    pub async fn roll_back(mut self) -> Result<(), Fault> {
        match &mut self.0 {
            Lease::Sqlite(connection) => roll_back(&mut ***connection).await,
            Lease::Postgres(connection) => roll_back(&mut ***connection).await,
        }
    }
}

async fn begin<C: AsyncConnection>(connection: &mut C) -> Result<(), Fault> {
    Ok(C::TransactionManager::begin_transaction(connection).await?)
}

async fn commit<C: AsyncConnection>(connection: &mut C) -> Result<(), Fault> {
    Ok(C::TransactionManager::commit_transaction(connection).await?)
}

async fn roll_back<C: AsyncConnection>(connection: &mut C) -> Result<(), Fault> {
    Ok(C::TransactionManager::rollback_transaction(connection).await?)
}
