//! SQLite's side: a file with the firm in it, and the hand-written statement run in this process, kept prepared.
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use diesel::{
    Connection as _, QueryResult, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection as _,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::Text,
    sqlite::Sqlite as Backend,
};

use super::{cpu, measure::Sample};

/// The file.
pub(crate) struct Sqlite {
    folder: tempfile::TempDir,
}

/// A statement that diesel keeps prepared under its text, with a value for each `:name` in it.
struct Statement<'s>(&'s str, &'s [(&'static str, String)]);

impl QueryFragment<Backend> for Statement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        let mut rest = self.0;
        while let Some(place) = rest.find(':') {
            let name: &str =
                rest[place + 1..].split(|c: char| !c.is_ascii_lowercase() && c != '_').next().unwrap();
            let value = self.1.iter().find(|(known, _)| *known == name);
            let (_, value) = value.unwrap_or_else(|| panic!("nothing is called {name}"));
            out.push_sql(&rest[..place]);
            out.push_bind_param::<Text, _>(value)?;
            rest = &rest[place + 1 + name.len()..];
        }
        out.push_sql(rest.trim_end().trim_end_matches(';'));
        Ok(())
    }
}

impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement<'_> {
    type SqlType = Text;
}
impl RunQueryDsl<SqliteConnection> for Statement<'_> {}

impl Sqlite {
    pub(crate) fn new() -> Self {
        Sqlite { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("bench.sqlite")
    }

    /// The database's address as the program takes it.
    pub(crate) fn url(&self) -> String {
        format!("sqlite:{}", self.path().display())
    }

    fn connection(&self) -> SqliteConnection {
        SqliteConnection::establish(self.path().to_str().unwrap()).unwrap()
    }

    /// Runs SQL. Foreign keys are not checked: the rows are ours.
    pub(crate) fn load(&self, sql: &str) {
        let mut connection = self.connection();
        connection.batch_execute("PRAGMA foreign_keys = OFF; BEGIN").unwrap();
        connection.batch_execute(sql).unwrap();
        connection.batch_execute("COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    }

    /// What the statement answers.
    pub(crate) fn answer(&self, statement: &str, variables: &[(&'static str, String)]) -> String {
        Statement(statement, variables).get_result(&mut self.connection()).unwrap()
    }

    /// The statement, over and over on one thread: its latencies and this process's CPU.
    pub(crate) fn run(
        &self,
        statement: &str,
        variables: &[(&'static str, String)],
        time: Duration,
    ) -> Sample {
        let mut connection = self.connection();
        let statement = || Statement(statement, variables);
        for _ in 0..20 {
            let _: String = statement().get_result(&mut connection).unwrap();
        }
        let (before, end) = (cpu::own(std::process::id()), Instant::now() + time);
        let mut latencies = Vec::new();
        while Instant::now() < end {
            let began = Instant::now();
            let _: String = statement().get_result(&mut connection).unwrap();
            latencies.push(began.elapsed().as_secs_f64() * 1e3);
        }
        let database = (cpu::own(std::process::id()) - before) / latencies.len() as f64;
        Sample { latencies, database, server: 0.0, caller: 0.0 }
    }
}
