//! SQL that both engines understand, with every column tied to the alias of the row it is read from.
//!
//! diesel's own columns name their table, so a child query that reads the parent's table captures the parent's
//! columns. Here a [`Row`] is a table under an alias of its own, a [`Column`] of it an ordinary diesel expression
//! (so `.eq`, `.le` and their type checks hold), and capture can't happen. Nothing here is unsafe to keep prepared.
use std::{fmt, marker::PhantomData};

use diesel::{
    QueryResult,
    backend::Backend,
    expression::{Expression, ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment},
    sql_types::{Bool, SqlType},
    sqlite::Sqlite,
};

/// A piece of SQL for both engines.
pub trait Sql: QueryFragment<Pg> + QueryFragment<Sqlite> + Send + Sync + 'static {}
impl<T: QueryFragment<Pg> + QueryFragment<Sqlite> + Send + Sync + 'static> Sql for T {}

/// What differs between the engines; implemented in the engines' own files.
pub trait Dialect: Backend {
    /// Walks a piece of SQL for this engine.
    fn walk<'b>(sql: &'b dyn Sql, out: AstPass<'_, 'b, Self>) -> QueryResult<()>;
    /// Writes a child query as one cell: a list of rows.
    fn list<'b>(select: &'b super::Select, out: AstPass<'_, 'b, Self>) -> QueryResult<()>;
}

/// A row's name within one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias(pub usize);

impl Alias {
    /// One of the keys of the [`Named`](super::Named) query of this name; NULL where it has no row.
    pub fn key(self, at: usize) -> Piece {
        Piece::Sql(Box::new(NamedKey { alias: self, at }))
    }

    /// The [`Named`](super::Named) query of this name has a row.
    pub fn is_any(self) -> Predicate {
        crate::sql!["EXISTS (SELECT 1 FROM ", Piece::Sql(Box::new(self)), ")"]
    }

    pub(super) fn push<DB: Backend>(self, out: &mut AstPass<'_, '_, DB>) {
        out.push_sql("t");
        push_number(self.0, out);
    }
}

impl<DB: Backend> QueryFragment<DB> for Alias {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.push(&mut out);
        Ok(())
    }
}

struct NamedKey {
    alias: Alias,
    at: usize,
}

impl<DB: Backend> QueryFragment<DB> for NamedKey {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(SELECT k");
        push_number(self.at, &mut out);
        out.push_sql(" FROM ");
        self.alias.push(&mut out);
        out.push_sql(")");
        Ok(())
    }
}

/// Writes a number without going through a string on the heap.
pub(super) fn push_number<DB: Backend>(n: usize, out: &mut AstPass<'_, '_, DB>) {
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    if n >= 10 {
        push_number(n / 10, out);
    }
    if let Some(digit) = DIGITS.get(n % 10) {
        out.push_sql(digit);
    }
}

/// A table's row under an alias.
pub struct Row<T> {
    alias: Alias,
    table: PhantomData<fn() -> T>,
}

impl<T> Clone for Row<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Row<T> {}

impl<T> Row<T> {
    /// The row of this table that the alias names.
    pub fn new(alias: Alias) -> Self {
        Row { alias, table: PhantomData }
    }

    /// The row's name.
    pub fn alias(self) -> Alias {
        self.alias
    }

    /// A column of the row, named by its type alone.
    pub fn at<C: diesel::Column<Table = T>>(self) -> Column<C> {
        Column { alias: self.alias, column: PhantomData }
    }

    /// A column of the row; one of another table does not compile.
    pub fn col<C: diesel::Column<Table = T>>(self, _: C) -> Column<C> {
        Column { alias: self.alias, column: PhantomData }
    }
}

/// A column of the row that an alias names.
pub struct Column<C> {
    alias: Alias,
    column: PhantomData<fn() -> C>,
}

impl<C> Clone for Column<C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C> Copy for Column<C> {}

impl<C: diesel::Column> Expression for Column<C> {
    type SqlType = C::SqlType;
}
impl<C> ValidGrouping<()> for Column<C> {
    type IsAggregate = is_aggregate::No;
}
impl<C: diesel::Column, DB: Backend> QueryFragment<DB> for Column<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.alias.push(&mut out);
        out.push_sql(".");
        out.push_sql(C::NAME);
        Ok(())
    }
}

/// An expression of a known SQL type, whatever it is made of.
pub struct Expr<ST> {
    sql: Box<dyn Sql>,
    ty: PhantomData<fn() -> ST>,
}

/// A condition on rows.
pub type Predicate = Expr<Bool>;

impl<ST> fmt::Debug for Expr<ST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expr")
    }
}

impl<ST> Expr<ST> {
    /// Boxes an expression; its type is kept.
    pub fn of<E: Sql + Expression<SqlType = ST>>(expression: E) -> Self {
        Expr { sql: Box::new(expression), ty: PhantomData }
    }

    /// An expression written out in pieces, see [`sql!`](crate::sql). The type is the writer's word.
    pub fn pieces(pieces: Vec<Piece>) -> Self {
        Expr { sql: Box::new(Pieces(pieces)), ty: PhantomData }
    }

    /// A written-out statement that changes rows.
    pub fn into_statement(self) -> Written {
        Written(self.sql)
    }

    /// The expression without its type, to be written into a statement.
    pub fn erase(self) -> Box<dyn Sql> {
        self.sql
    }
}

impl<ST: SqlType + diesel::expression::TypedExpressionType> Expression for Expr<ST> {
    type SqlType = ST;
}
impl<ST> ValidGrouping<()> for Expr<ST> {
    type IsAggregate = is_aggregate::No;
}
impl<ST, DB: Dialect> QueryFragment<DB> for Expr<ST> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        DB::walk(&*self.sql, out)
    }
}

/// A piece of a written-out expression.
pub enum Piece {
    /// SQL as it stands.
    Text(&'static str),
    /// An expression.
    Sql(Box<dyn Sql>),
}

impl std::convert::From<&'static str> for Piece {
    fn from(text: &'static str) -> Self {
        Piece::Text(text)
    }
}
impl std::convert::From<Alias> for Piece {
    fn from(alias: Alias) -> Self {
        Piece::Sql(Box::new(alias))
    }
}
impl<C: diesel::Column + 'static> std::convert::From<Column<C>> for Piece {
    fn from(column: Column<C>) -> Self {
        Piece::Sql(Box::new(column))
    }
}
impl<ST: 'static> std::convert::From<Expr<ST>> for Piece {
    fn from(expression: Expr<ST>) -> Self {
        Piece::Sql(expression.sql)
    }
}
impl<T: Sql> std::convert::From<From<T>> for Piece {
    fn from(from: From<T>) -> Self {
        Piece::Sql(Box::new(from))
    }
}

struct Pieces(Vec<Piece>);

impl<DB: Dialect> QueryFragment<DB> for Pieces {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Sql(sql) => DB::walk(&**sql, out.reborrow())?,
            }
        }
        Ok(())
    }
}

/// Writes an expression out of text and other expressions: `sql!["coalesce(", a, ", 0)"]`.
#[macro_export]
macro_rules! sql {
    ($($piece:expr),+ $(,)?) => {
        $crate::store::Expr::pieces(vec![$($crate::store::Piece::from($piece)),+])
    };
}

/// `table alias`, as it stands behind FROM and JOIN.
pub struct From<T> {
    alias: Alias,
    table: T,
}

impl<T: Default> Row<T> {
    /// `table alias`, to be written behind FROM or JOIN.
    pub fn from(self) -> From<T> {
        From { alias: self.alias, table: T::default() }
    }
}

impl<T: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for From<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" ");
        self.alias.push(&mut out);
        Ok(())
    }
}

/// A statement that was written out in pieces, for what diesel has no generic words for.
pub struct Written(Box<dyn Sql>);

impl<DB: Dialect> QueryFragment<DB> for Written {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        DB::walk(&*self.0, out)
    }
}
impl diesel::query_builder::QueryId for Written {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// All of the conditions hold; none at all holds.
pub fn all(conditions: Vec<Predicate>) -> Predicate {
    joined(conditions, " AND ", "TRUE")
}

/// At least one of the conditions holds; of none, none does.
pub fn any(conditions: Vec<Predicate>) -> Predicate {
    joined(conditions, " OR ", "FALSE")
}

/// The condition does not hold.
pub fn not(condition: Predicate) -> Predicate {
    sql!["NOT ", condition]
}

/// No row.
pub fn never() -> Predicate {
    sql!["FALSE"]
}

/// There is a row of the table, under this alias, for which the condition holds.
pub fn exists<T: Sql + Default>(row: Row<T>, condition: Predicate) -> Predicate {
    sql!["EXISTS (SELECT 1 FROM ", row.from(), " WHERE ", condition, ")"]
}

/// The key is this column of one of the table's rows for which the condition holds.
///
/// SQLite tests an EXISTS that names the outer row once for each such row: 40,000 times for the 100 papers that one client
/// of a large firm has. A list that doesn't name it is read once, and the outer rows are found by it.
pub fn among<T: Sql + Default, C: diesel::Column<Table = T> + 'static>(
    key: Expr<C::SqlType>,
    row: Row<T>,
    column: C,
    condition: Predicate,
) -> Predicate
where
    C::SqlType: SqlType,
{
    sql![key, " IN (SELECT ", row.col(column), " FROM ", row.from(), " WHERE ", condition, ")"]
}

/// A value as a bound parameter.
pub fn bound<ST, V>(value: V) -> Expr<ST>
where
    ST: SqlType + diesel::expression::TypedExpressionType,
    V: diesel::expression::AsExpression<ST>,
    V::Expression: Sql,
{
    Expr::of(value.as_expression())
}

fn joined(conditions: Vec<Predicate>, by: &'static str, none: &'static str) -> Predicate {
    let mut pieces = Vec::with_capacity(conditions.len() * 2 + 1);
    for condition in conditions {
        pieces.push(Piece::Text(if pieces.is_empty() { "(" } else { by }));
        pieces.push(Piece::from(condition));
    }
    pieces.push(Piece::Text(if pieces.is_empty() { none } else { ")" }));
    Expr::pieces(pieces)
}

/// The number one, for a row that holds nothing else.
pub fn one() -> Expr<diesel::sql_types::BigInt> {
    bound(1_i64)
}

/// Every row.
pub fn always() -> Predicate {
    sql!["TRUE"]
}

/// A day, or the far day given where there is none, so that orders have no NULL.
pub fn day_or(
    day: impl Expression<SqlType = diesel::sql_types::Nullable<diesel::sql_types::Date>> + Sql,
    far: &'static str,
) -> Expr<diesel::sql_types::Date> {
    let far = chrono::NaiveDate::parse_from_str(far, "%Y-%m-%d").unwrap_or_default();
    sql!["coalesce(", Expr::of(day), ", ", bound::<diesel::sql_types::Date, _>(far), ")"]
}
