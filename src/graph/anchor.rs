//! The row that a cursor names: where it stands is read from the row as it is now, if the viewer may know of it.
use std::cell::RefCell;

use async_graphql::{Context, ServerError, ServerResult};
use diesel::sql_types::Text;

use super::{Describe, Entity, Here, Key, KnownBy, Place, Type, page::refusal, plan::fault};
use crate::{
    error::Problem,
    sql,
    store::{Alias, Cell, Cells, Direction, Expr, Kind, Named, Piece, Predicate, Value, all},
};

impl<E: Entity> Describe<E> {
    /// What tells its rows from one another, for the cursors of its lists; a Node's is its id.
    pub fn known_by(&mut self, columns: impl Fn(&Here<'_, E>) -> Vec<Expr<Text>> + Send + Sync + 'static) {
        self.ty.known_by = Some(Box::new(move |place| {
            let columns = columns(&Here::of(place)).into_iter();
            columns.map(|column| KnownBy(column.erase())).collect()
        }));
    }
}

/// A row that a page begins behind or ends before: no row where the viewer may not know of it.
#[derive(Clone, Copy)]
pub(super) struct Anchor(Alias);

/// The rows behind it: `a >= x AND (a > x OR a = x AND id > y)`, so that both engines use the index.
pub(super) fn behind(anchor: Anchor, keys: &[Key], is_reversed: bool) -> Predicate {
    let mut condition: Option<Predicate> = None;
    for (at, key) in keys.iter().enumerate().rev() {
        let (past, reached) = match key.towards(is_reversed) {
            Direction::Ascending => (" > ", " >= "),
            Direction::Descending => (" < ", " <= "),
        };
        let compared =
            |with: &'static str| -> Predicate { sql![Piece::Sql(key.sql()), with, anchor.0.key(at)] };
        condition = Some(match condition {
            None => compared(past),
            Some(further) => sql!["(", compared(reached), " AND (", compared(past), " OR ", further, "))"],
        });
    }
    condition.unwrap_or_else(crate::store::never)
}

/// The rows that a request's cursors name. An answer is given only if each of them is there.
#[derive(Default)]
pub(super) struct Anchors(RefCell<Vec<(Named, ServerError)>>);

impl Anchors {
    /// Also the row that is known by this, at a place within no case, so that the whole fence is asked.
    pub(super) fn add(
        &self,
        context: &Context<'_>,
        ty: &Type,
        place: &Place<'_>,
        (known_by, keys): (&[String], Vec<Key>),
    ) -> ServerResult<Anchor> {
        let none = || fault(context, format!("rows of {} have no name", ty.name));
        let (columns, rows) = ty.known_by.as_ref().zip(ty.rows.as_ref()).ok_or_else(none)?;
        let columns = columns(place).into_iter().zip(known_by);
        let mut filter: Vec<Predicate> = columns.map(|(column, value)| column.is(value)).collect();
        filter.push(place.sight.visible(ty, rows, place));
        let alias = place.names.next();
        let named = Named {
            alias,
            keys: keys.iter().map(Key::sql).collect(),
            from: (rows.from)(place),
            filter: all(filter),
        };
        self.0.borrow_mut().push((named, refusal(context, Problem::BadCursor)));
        Ok(Anchor(alias))
    }

    /// Asks for all that were added since the last time: queries for the statement, and whether each found its row as
    /// further cells of the statement's own rows.
    pub(super) fn ask(&self, cells: &mut Vec<Cell>) -> (Vec<Named>, Anchored) {
        let at = cells.len();
        let (named, lost): (Vec<Named>, Vec<_>) = self.0.take().into_iter().unzip();
        cells.extend(named.iter().map(|named| Cell::Plain(Kind::Truth, named.alias.is_any().erase())));
        (named, Anchored { at, lost })
    }
}

/// Where a statement's rows say whether the anchors are there.
pub(super) struct Anchored {
    at: usize,
    lost: Vec<ServerError>,
}

impl Anchored {
    /// Each is there; whether a lost one is gone or hidden, nobody learns.
    pub(super) fn check(&self, rows: &[Cells]) -> ServerResult<()> {
        for row in rows {
            for (lost, found) in self.lost.iter().zip(row.iter().skip(self.at)) {
                if *found != Value::Truth(true) {
                    return Err(lost.clone());
                }
            }
        }
        Ok(())
    }
}
