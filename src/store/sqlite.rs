//! SQLite's side of the store: child queries as JSON text, read by the shape of the select that asked for them.
use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    QueryResult,
    query_builder::{AstPass, QueryFragment},
    result::Error,
    sqlite::Sqlite,
};
use serde_json::Value as Json;

use super::{
    Cell, Dialect, Kind, Select, Sql,
    cells::{Cells, Raw, Unreadable, Value},
    figures::count,
    pool::{Lent, SqliteAsync},
    select::Statement,
};
use crate::error::{Fault, Problem};

impl Dialect for Sqlite {
    fn walk<'b>(sql: &'b dyn Sql, out: AstPass<'_, 'b, Self>) -> QueryResult<()> {
        QueryFragment::<Sqlite>::walk_ast(sql, out)
    }

    /// Each row is `[[plain, …], rows, …]`: `json_array` would quote a child's text, and wrapping that in `json()`
    /// parses it again at each level, so children are joined as text.
    fn list<'b>(select: &'b Select, mut out: AstPass<'_, 'b, Self>) -> QueryResult<()> {
        out.push_sql("(SELECT '[' || coalesce(group_concat(j), '') || ']' FROM (SELECT '[' || json_array(");
        let mut separator = "";
        for cell in &select.cells {
            if let Cell::Plain(_, sql) = cell {
                out.push_sql(separator);
                Self::walk(&**sql, out.reborrow())?;
                separator = ", ";
            }
        }
        out.push_sql(")");
        for cell in &select.cells {
            if let Cell::Rows(child) = cell {
                out.push_sql(" || ',' || ");
                Self::list(child, out.reborrow())?;
            }
        }
        out.push_sql(" || ']' AS j");
        select.walk_tail(out.reborrow())?;
        out.push_sql("))");
        Ok(())
    }
}

impl Lent<SqliteAsync> {
    /// Runs a select on a thread that may block.
    pub(super) async fn read(&mut self, statement: Statement) -> Result<Vec<Cells>, Fault> {
        let shape = Shape::of(&statement.select);
        let (connection, running) = self.parts();
        let raw = connection.spawn_blocking(move |inner| {
            let raw: Raw = diesel::RunQueryDsl::get_result(statement, inner)?;
            Ok(raw)
        });
        let raw = running.until(raw).await;
        Ok(rows(&self.told(raw)?.bytes()?, &shape)?)
    }

    /// What a statement gave, or its failure as the caller is told it: what another program holds for long is no fault of
    /// the statement's.
    pub(super) fn told<T>(&self, done: QueryResult<T>) -> Result<T, Fault> {
        done.map_err(|why| {
            count(&self.counts().failed);
            let is_held =
                matches!(&why, Error::DatabaseError(_, told) if told.message() == "database is locked");
            if is_held { Fault::new(why).told_as(Problem::Unavailable) } else { why.into() }
        })
    }
}

/// What to expect of an answer.
enum Shape {
    Plain(Kind),
    Rows(Vec<Shape>),
}

impl Shape {
    fn of(select: &Select) -> Vec<Shape> {
        select
            .cells
            .iter()
            .map(|cell| match cell {
                Cell::Plain(kind, _) => Shape::Plain(*kind),
                Cell::Rows(child) => Shape::Rows(Shape::of(child)),
            })
            .collect()
    }
}

/// Reads an answer's JSON text.
fn rows(bytes: &[u8], shape: &[Shape]) -> Result<Vec<Cells>, Unreadable> {
    list(serde_json::from_slice(bytes).map_err(|_| Unreadable("JSON that is none"))?, shape)
}

fn list(json: Json, shape: &[Shape]) -> Result<Vec<Cells>, Unreadable> {
    array(json)?.into_iter().map(|json| row(json, shape)).collect()
}

fn row(json: Json, shape: &[Shape]) -> Result<Cells, Unreadable> {
    let mut parts = array(json)?.into_iter();
    let mut plain = array(parts.next().ok_or(Unreadable("a row without values"))?)?.into_iter();
    shape
        .iter()
        .map(|shape| match shape {
            Shape::Plain(kind) => value(*kind, plain.next().ok_or(Unreadable("a row that is too short"))?),
            Shape::Rows(shape) => {
                list(parts.next().ok_or(Unreadable("a row that is too short"))?, shape).map(Value::Rows)
            }
        })
        .collect()
}

fn array(json: Json) -> Result<Vec<Json>, Unreadable> {
    if let Json::Array(array) = json { Ok(array) } else { Err(Unreadable("a list that is none")) }
}

fn value(kind: Kind, json: Json) -> Result<Value, Unreadable> {
    const WRONG: Unreadable = Unreadable("a value of another kind");
    if json.is_null() {
        return Ok(Value::Null);
    }
    Ok(match (kind, json) {
        (Kind::Text, Json::String(text)) => Value::Text(text),
        (Kind::Number, Json::Number(number)) => Value::Number(number.as_i64().ok_or(WRONG)?),
        (Kind::Truth, Json::Number(number)) => Value::Truth(number.as_i64() == Some(1)),
        (Kind::Day, Json::String(text)) => {
            Value::Day(NaiveDate::parse_from_str(&text, "%Y-%m-%d").map_err(|_| WRONG)?)
        }
        (Kind::Instant, Json::String(text)) => {
            Value::Instant(NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f").map_err(|_| WRONG)?)
        }
        _ => return Err(WRONG),
    })
}
