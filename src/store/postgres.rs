//! PostgreSQL's side of the store: child queries as `ARRAY(SELECT ROW(…))`, read from the binary form of `record[]`.
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment},
    result::{DatabaseErrorKind, Error},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use tokio::time::timeout;

use super::{
    Cell, Dialect, Select, Sql,
    cells::{Cells, Raw, Unreadable, Value},
    figures::count,
    pool::Lent,
    rendered::Rendered,
};
use crate::error::{Fault, Problem};

impl Dialect for Pg {
    fn walk<'b>(sql: &'b dyn Sql, out: AstPass<'_, 'b, Self>) -> QueryResult<()> {
        QueryFragment::<Pg>::walk_ast(sql, out)
    }

    fn list<'b>(select: &'b Select, mut out: AstPass<'_, 'b, Self>) -> QueryResult<()> {
        out.push_sql("ARRAY(SELECT ROW(");
        for (position, cell) in select.cells.iter().enumerate() {
            if position > 0 {
                out.push_sql(", ");
            }
            match cell {
                Cell::Plain(_, sql) => Self::walk(&**sql, out.reborrow())?,
                Cell::Rows(child) => Self::list(child, out.reborrow())?,
            }
        }
        out.push_sql(")");
        select.walk_tail(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

// https://www.postgresql.org/docs/current/catalog-pg-type.html: the numbers of built-in types never change.
const BOOL: u32 = 16;
const INT8: u32 = 20;
const INT4: u32 = 23;
const TEXT: u32 = 25;
const UNKNOWN: u32 = 705;
const VARCHAR: u32 = 1043;
const DATE: u32 = 1082;
const TIMESTAMP: u32 = 1114;
const RECORD: u32 = 2249;
const RECORDS: u32 = 2287;

/// Runs a select on a connection that is nobody else's.
pub(super) async fn read(
    connection: &mut AsyncPgConnection,
    statement: Rendered,
) -> Result<Vec<Cells>, Fault> {
    let raw: Raw = RunQueryDsl::get_result(statement, connection).await?;
    Ok(rows(&raw.bytes()?)?)
}

/// How long a connection may take to say that it lives.
const ALIVE: Duration = Duration::from_secs(1);

impl Lent<AsyncPgConnection> {
    /// Runs a select.
    pub(super) async fn read(&mut self, statement: Rendered) -> Result<Vec<Cells>, Fault> {
        let began = Instant::now();
        let (connection, running) = self.parts();
        let raw: QueryResult<Raw> = running.until(RunQueryDsl::get_result(statement, connection)).await;
        Ok(rows(&self.told(began, raw).await?.bytes()?)?)
    }

    /// What a statement gave, or its failure as the caller is told it. diesel hands no SQLSTATE on and the messages are in
    /// the server's language, so the connection itself is asked: one that is gone was lost with its server, and that is no
    /// fault of the statement's.
    pub(super) async fn told<T>(&mut self, began: Instant, done: QueryResult<T>) -> Result<T, Fault> {
        let why = match done {
            Ok(done) => return Ok(done),
            Err(why) => why,
        };
        count(&self.counts().failed);
        let took = began.elapsed();
        let lost = matches!(&why, Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, _));
        if !lost && !matches!(&why, Error::DatabaseError(DatabaseErrorKind::Unknown, _)) {
            return Err(why.into());
        }
        let limit = self.way().statement();
        let (connection, running) = self.parts();
        let asked = timeout(ALIVE, running.until(connection.batch_execute(""))).await;
        let answer = match asked {
            Ok(Ok(())) if !limit.is_zero() && took >= limit => Problem::Timeout,
            Ok(Ok(())) => Problem::Internal,
            Ok(Err(_)) | Err(_) => Problem::Unavailable,
        };
        Err(Fault::new(why).told_as(answer))
    }
}

/// Reads the binary form of `record[]`.
fn rows(bytes: &[u8]) -> Result<Vec<Cells>, Unreadable> {
    Reader(bytes).rows()
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Unreadable> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Unreadable("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn int(&mut self) -> Result<i32, Unreadable> {
        Ok(i32::from_be_bytes(fixed(self.take(4)?)?))
    }

    fn count(&mut self) -> Result<usize, Unreadable> {
        usize::try_from(self.int()?).map_err(|_| Unreadable("a negative count"))
    }

    /// A value with its length in front; -1 is NULL.
    fn field(&mut self) -> Result<Option<&'a [u8]>, Unreadable> {
        match self.int()? {
            -1 => Ok(None),
            length => {
                let length = usize::try_from(length).map_err(|_| Unreadable("a negative length"))?;
                self.take(length).map(Some)
            }
        }
    }

    /// An array: dimensions, flags, element type, then for each dimension its length and lower bound, then the elements.
    fn rows(&mut self) -> Result<Vec<Cells>, Unreadable> {
        let dimensions = self.int()?;
        let (_has_nulls, element) = (self.int()?, self.int()?);
        if u32::try_from(element) != Ok(RECORD) {
            return Err(Unreadable("an array of something else than rows"));
        }
        if dimensions == 0 {
            return Ok(Vec::new());
        }
        let length = self.count()?;
        let _lower_bound = self.int()?;
        let mut rows = Vec::with_capacity(length.min(self.0.len() / 8));
        for _ in 0..length {
            let row = self.field()?.ok_or(Unreadable("a row that is NULL"))?;
            rows.push(Reader(row).row()?);
        }
        Ok(rows)
    }

    /// A row: its number of columns, then each column's type and value.
    fn row(&mut self) -> Result<Cells, Unreadable> {
        let length = self.count()?;
        let mut cells = Vec::with_capacity(length.min(self.0.len() / 8 + 1));
        for _ in 0..length {
            let ty = u32::try_from(self.int()?).map_err(|_| Unreadable("a type of its own"))?;
            cells.push(match self.field()? {
                None => Value::Null,
                Some(bytes) => value(ty, bytes)?,
            });
        }
        Ok(cells)
    }
}

fn value(ty: u32, bytes: &[u8]) -> Result<Value, Unreadable> {
    Ok(match ty {
        TEXT | VARCHAR | UNKNOWN => Value::Text(text(bytes)?),
        INT8 => Value::Number(i64::from_be_bytes(fixed(bytes)?)),
        INT4 => Value::Number(i32::from_be_bytes(fixed(bytes)?).into()),
        BOOL => Value::Truth(bytes == [1]),
        DATE => Value::Day(day(i32::from_be_bytes(fixed(bytes)?)).ok_or(Unreadable("a day out of range"))?),
        TIMESTAMP => Value::Instant(
            instant(i64::from_be_bytes(fixed(bytes)?)).ok_or(Unreadable("an instant out of range"))?,
        ),
        RECORDS => Value::Rows(rows(bytes)?),
        _ => return Err(Unreadable("a column of a type that no table has")),
    })
}

fn text(bytes: &[u8]) -> Result<String, Unreadable> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Unreadable("text that is not UTF-8"))
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Unreadable> {
    bytes.try_into().map_err(|_| Unreadable("a value of the wrong length"))
}

/// Days and instants count from 2000-01-01.
fn day(days: i32) -> Option<NaiveDate> {
    let epoch = NaiveDate::from_ymd_opt(2000, 1, 1)?;
    let distance = Days::new(days.unsigned_abs().into());
    if days < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) }
}

fn instant(microseconds: i64) -> Option<NaiveDateTime> {
    NaiveDate::from_ymd_opt(2000, 1, 1)?
        .and_hms_opt(0, 0, 0)?
        .checked_add_signed(TimeDelta::microseconds(microseconds))
}
