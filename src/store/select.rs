//! A statement that answers with one cell: a list of rows, whose cells may be lists of rows again.
use diesel::{
    QueryResult,
    query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId},
    sql_types::BigInt,
};

use super::{Alias, Dialect, Expr, Piece, Predicate, Sql, sql::push_number};

/// What a column holds; SQLite has no types of its own for some of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, among it ids and the names of enum values.
    Text,
    /// A whole number of up to 64 bits.
    Number,
    /// True or false.
    Truth,
    /// A day without a zone.
    Day,
    /// An instant, UTC.
    Instant,
}

/// A cell of each row.
pub enum Cell {
    /// A plain value.
    Plain(Kind, Box<dyn Sql>),
    /// The rows of a child query.
    Rows(Box<Select>),
}

/// Which way an order goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A query with a name, which is run once for its whole statement: `WITH alias AS MATERIALIZED (SELECT keys …)`.
pub struct Named {
    /// The name.
    pub alias: Alias,
    /// What it selects, for [`Alias::key`].
    pub keys: Vec<Box<dyn Sql>>,
    /// The tables and their joins.
    pub from: Vec<Piece>,
    /// Which row.
    pub filter: Predicate,
}

impl Named {
    fn walk<'b, DB: Dialect>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.alias.push(&mut out);
        out.push_sql(" AS MATERIALIZED (SELECT ");
        for (at, key) in self.keys.iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { ", " });
            DB::walk(&**key, out.reborrow())?;
            out.push_sql(" AS k");
            push_number(at, &mut out);
        }
        walk_from(&self.from, &self.filter, out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

/// `SELECT cells FROM from WHERE filter ORDER BY order LIMIT limit`.
pub struct Select {
    /// What the conditions lean on; in a statement's own select alone.
    pub with: Vec<Named>,
    /// What each row holds.
    pub cells: Vec<Cell>,
    /// The table and its joins, each under its alias.
    pub from: Vec<Piece>,
    /// Which rows.
    pub filter: Predicate,
    /// Rows that have these in common are one, whose cells are sums; none: each row by itself.
    pub group: Vec<Box<dyn Sql>>,
    /// In which order; ends in a unique key wherever there is a limit.
    pub order: Vec<(Box<dyn Sql>, Direction)>,
    /// At most how many.
    pub limit: Option<Expr<BigInt>>,
}

impl Select {
    /// These rows of these tables, all of them and in no order.
    pub fn of(cells: Vec<Cell>, from: Vec<Piece>, filter: Predicate) -> Self {
        Select { with: Vec::new(), cells, from, filter, group: Vec::new(), order: Vec::new(), limit: None }
    }

    /// Everything behind the cells.
    pub fn walk_tail<'b, DB: Dialect>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        walk_from(&self.from, &self.filter, out.reborrow())?;
        for (position, key) in self.group.iter().enumerate() {
            out.push_sql(if position == 0 { " GROUP BY " } else { ", " });
            DB::walk(&**key, out.reborrow())?;
        }
        for (position, (key, direction)) in self.order.iter().enumerate() {
            out.push_sql(if position == 0 { " ORDER BY " } else { ", " });
            DB::walk(&**key, out.reborrow())?;
            if *direction == Direction::Descending {
                out.push_sql(" DESC");
            }
        }
        if let Some(limit) = &self.limit {
            out.push_sql(" LIMIT ");
            QueryFragment::<DB>::walk_ast(limit, out.reborrow())?;
        }
        Ok(())
    }
}

fn walk_from<'b, DB: Dialect>(
    from: &'b [Piece],
    filter: &'b Predicate,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()> {
    out.push_sql(" FROM ");
    for piece in from {
        match piece {
            Piece::Text(text) => out.push_sql(text),
            Piece::Sql(sql) => DB::walk(&**sql, out.reborrow())?,
        }
    }
    out.push_sql(" WHERE ");
    QueryFragment::<DB>::walk_ast(filter, out)
}

/// A select as a statement of its own; its answer is one cell.
pub(super) struct Statement {
    pub(super) select: Select,
    /// Whether it is to stay prepared.
    pub(super) is_kept: bool,
}

impl Statement {
    /// The statement as an engine gets it.
    pub(super) fn text<DB: Dialect>(&self, backend: &DB) -> QueryResult<String>
    where
        DB::QueryBuilder: Default,
    {
        let mut text = DB::QueryBuilder::default();
        QueryFragment::<DB>::to_sql(self, &mut text, backend)?;
        Ok(text.finish())
    }
}

impl<DB: Dialect> QueryFragment<DB> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if !self.is_kept {
            out.unsafe_to_cache_prepared();
        }
        for (at, named) in self.select.with.iter().enumerate() {
            out.push_sql(if at == 0 { "WITH " } else { ", " });
            named.walk(out.reborrow())?;
            out.push_sql(if at + 1 == self.select.with.len() { " " } else { "" });
        }
        out.push_sql("SELECT ");
        DB::list(&self.select, out.reborrow())
    }
}

// No static id: the statement is kept prepared under its text.
impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = super::cells::Answer;
}
impl<C> diesel::RunQueryDsl<C> for Statement {}
