//! A connection of the tests' own beside the service's, to see and change what nobody could over HTTP.
use std::sync::Mutex;

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_types::Text,
};
use portico::store::Engine;

/// SQL's word for a table's own key in foreign keys: (table, column, the table it names, the column there).
pub type Link = (String, String, String, String);

pub enum Raw {
    Sqlite(Mutex<SqliteConnection>),
    Postgres(tokio_postgres::Client),
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

impl Raw {
    pub async fn open(url: &str) -> Self {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let mut connection = SqliteConnection::establish(path).unwrap();
            connection.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
            return Raw::Sqlite(Mutex::new(connection));
        }
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        Raw::Postgres(client)
    }

    pub fn engine(&self) -> Engine {
        match self {
            Raw::Sqlite(_) => Engine::Sqlite,
            Raw::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs statements that answer nothing.
    pub async fn run(&self, sql: &str) {
        if let Err(why) = self.attempt(sql).await {
            panic!("{why}\n{sql}");
        }
    }

    pub async fn attempt(&self, sql: &str) -> Result<(), String> {
        match self {
            Raw::Sqlite(connection) => {
                connection.lock().unwrap().batch_execute(sql).map_err(|why| why.to_string())
            }
            Raw::Postgres(client) => client.batch_execute(sql).await.map_err(|why| format!("{why:?}")),
        }
    }

    /// What a statement of one's own is answered; nothing where it went through. It is taken back at once.
    pub async fn refused(&self, statement: &str) -> Option<String> {
        self.run("BEGIN").await;
        let answer = self.attempt(statement).await;
        self.run("ROLLBACK").await;
        answer.err()
    }

    /// The one column, called `text`, of the rows of a query.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        match self {
            Raw::Sqlite(connection) => {
                let lines = diesel::sql_query(sql).load::<Line>(&mut *connection.lock().unwrap());
                lines.unwrap_or_else(|why| panic!("{why}\n{sql}")).into_iter().map(|line| line.text).collect()
            }
            Raw::Postgres(client) => {
                let rows = client.query(sql, &[]).await.unwrap_or_else(|why| panic!("{why:?}\n{sql}"));
                rows.iter().map(|row| row.get("text")).collect()
            }
        }
    }

    /// Constraints between tables and triggers are asleep from now on, on this connection.
    pub async fn sleep(&self) {
        match self {
            Raw::Sqlite(_) => {
                let triggers = "SELECT name AS text FROM sqlite_schema WHERE type = 'trigger'";
                for trigger in self.texts(triggers).await {
                    self.run(&format!("DROP TRIGGER \"{trigger}\"")).await;
                }
                self.run("PRAGMA foreign_keys = OFF").await;
            }
            Raw::Postgres(_) => self.run("SET session_replication_role = replica").await,
        }
    }

    /// The domains' tables.
    pub async fn tables(&self) -> Vec<String> {
        let sql = match self {
            Raw::Sqlite(_) => {
                "SELECT name AS text FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
            }
            Raw::Postgres(_) => {
                "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            }
        };
        let mut tables = self.texts(sql).await;
        tables.retain(|table| table != "__diesel_schema_migrations");
        tables
    }

    /// A table's columns, each with its type in lower case.
    pub async fn columns(&self, table: &str) -> Vec<(String, String)> {
        let sql = match self {
            Raw::Sqlite(_) => format!(
                "SELECT name || '|' || lower(type) AS text FROM pragma_table_info('{table}') ORDER BY cid"
            ),
            Raw::Postgres(_) => format!(
                "SELECT column_name || '|' || data_type AS text FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        };
        let pairs = self.texts(&sql).await;
        pairs
            .iter()
            .map(|pair| pair.split_once('|').unwrap())
            .map(|(name, ty)| (name.into(), ty.into()))
            .collect()
    }

    /// Each foreign key's columns, in its order.
    pub async fn foreign_keys(&self, table: &str) -> Vec<Vec<Link>> {
        let sql = match self {
            Raw::Sqlite(_) => format!(
                "SELECT id || '|' || \"from\" || '|' || \"table\" || '|' || \"to\" AS text FROM pragma_foreign_key_list('{table}') ORDER BY id, seq"
            ),
            Raw::Postgres(_) => format!(
                "SELECT c.oid || '|' || a.attname || '|' || f.relname || '|' || b.attname AS text \
                 FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid \
                 CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY k (own, other, n) \
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.own \
                 JOIN pg_attribute b ON b.attrelid = f.oid AND b.attnum = k.other \
                 WHERE c.contype = 'f' AND t.relname = '{table}' ORDER BY c.oid, k.n"
            ),
        };
        let mut keys: Vec<(String, Vec<Link>)> = Vec::new();
        for line in self.texts(&sql).await {
            let parts: Vec<&str> = line.split('|').collect();
            let link = (table.to_owned(), parts[1].to_owned(), parts[2].to_owned(), parts[3].to_owned());
            match keys.last_mut() {
                Some((id, links)) if id == parts[0] => links.push(link),
                _ => keys.push((parts[0].to_owned(), vec![link])),
            }
        }
        keys.into_iter().map(|(_, links)| links).collect()
    }

    /// The columns of each index of a table; only of unique ones if told so.
    pub async fn indexes(&self, table: &str, only_unique: bool) -> Vec<Vec<String>> {
        let unique = match (self, only_unique) {
            (_, false) => "",
            (Raw::Sqlite(_), true) => "AND l.\"unique\"",
            (Raw::Postgres(_), true) => "AND i.indisunique",
        };
        let sql = match self {
            Raw::Sqlite(_) => format!(
                "SELECT l.seq || '|' || coalesce(i.name, '') AS text FROM pragma_index_list('{table}') l, pragma_index_info(l.name) i \
                 WHERE TRUE {unique} ORDER BY l.seq, i.seqno"
            ),
            Raw::Postgres(_) => format!(
                "SELECT i.indexrelid || '|' || coalesce(a.attname, '') AS text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
                 CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, n) \
                 LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum AND k.attnum > 0 \
                 WHERE t.relname = '{table}' {unique} ORDER BY i.indexrelid, k.n"
            ),
        };
        let mut indexes: Vec<(String, Vec<String>)> = Vec::new();
        for line in self.texts(&sql).await {
            let (index, column) = line.split_once('|').unwrap();
            match indexes.last_mut() {
                Some((known, columns)) if known == index => columns.push(column.to_owned()),
                _ => indexes.push((index.to_owned(), vec![column.to_owned()])),
            }
        }
        indexes.into_iter().map(|(_, columns)| columns).collect()
    }
}
