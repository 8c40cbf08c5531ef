//! The answer to a statement: rows of plain values and of rows, read from what each engine sends.
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    sql_types::SqlType,
    sqlite::Sqlite,
};

use crate::error::{Fault, Problem};

/// A value of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// SQL's NULL; what is left where a value was taken out.
    #[default]
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// True or false.
    Truth(bool),
    /// A day.
    Day(NaiveDate),
    /// An instant, UTC.
    Instant(NaiveDateTime),
    /// The rows of a child query.
    Rows(Vec<Cells>),
}

/// One row's values, in the order of the select's cells.
pub type Cells = Vec<Value>;

/// SQL's type of a whole answer: `record[]` on PostgreSQL, JSON text on SQLite.
#[derive(SqlType, Debug, Clone, Copy)]
#[diesel(postgres_type(oid = 2287, array_oid = 2287), sqlite_type(name = "Text"))]
pub struct Answer;

/// How long the answer to a statement may be. A portal's home is a hundredth of it; what is read of it takes several times
/// as much memory, and a long text is asked for again by each alias.
const LONGEST: usize = 8 << 20;

/// The bytes of a whole answer, unless they are more than may be; reading them needs no knowledge of the engine's connection.
#[derive(Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = Answer)]
pub(super) struct Raw(Option<Vec<u8>>);

impl Raw {
    fn of(bytes: &[u8]) -> Self {
        Raw((bytes.len() <= LONGEST).then(|| bytes.to_vec()))
    }

    pub(super) fn bytes(self) -> Result<Vec<u8>, Fault> {
        self.0.ok_or_else(|| Fault::new("a statement's answer is too long").told_as(Problem::TooComplex))
    }
}

impl FromSql<Answer, Pg> for Raw {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Raw::of(value.as_bytes()))
    }
}

impl FromSql<Answer, Sqlite> for Raw {
    fn from_sql(mut value: diesel::sqlite::SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Raw::of(value.read_text().as_bytes()))
    }
}

/// An answer that does not have the shape that the statement asked for: a fault of ours.
#[derive(Debug, thiserror::Error)]
#[error("the database's answer can't be read: {0}")]
pub struct Unreadable(pub(super) &'static str);
