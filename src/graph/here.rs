//! A type's row within a statement: its columns, who asks, and the ways from it to other rows.
use super::{Entity, Names, Place, Sight};
use crate::{
    store::{self, Alias, Predicate, Row},
    viewer::Viewer,
};

/// A type's row within a statement, with its tables known.
pub struct Here<'v, E: Entity> {
    /// The item's row.
    pub item: Row<E::Item>,
    /// The row of its open release; all NULL where none is open.
    pub release: Row<E::Release>,
    /// The case in whose selection this row is read, if it is read within one.
    pub case: Option<Alias>,
    /// Who asks.
    pub viewer: &'v Viewer,
    names: &'v Names,
    sight: Sight<'v>,
}

impl<'v, E: Entity> Here<'v, E> {
    pub(super) fn of(place: &Place<'v>) -> Self {
        Here {
            sight: place.sight,
            item: Row::new(place.item),
            release: Row::new(place.release),
            case: place.case,
            viewer: place.viewer,
            names: place.names,
        }
    }

    /// A row of a table under a name of its own, for a query inside an expression.
    pub fn row<T>(&self) -> Row<T> {
        Row::new(self.names.next())
    }

    /// A row of another type, for a query inside an expression; within a case's selection it is read within it too.
    pub fn other<T: Entity>(&self) -> Here<'v, T> {
        Here {
            item: self.row(),
            release: self.row(),
            case: self.case,
            viewer: self.viewer,
            names: self.names,
            sight: self.sight,
        }
    }

    /// Which rows the viewer may know of, where this row is one of its type's own [`tables`](Self::tables).
    pub fn is_visible(&self) -> Predicate {
        let rows = self.sight.graph.get(E::NAME).and_then(|ty| Some((ty, ty.rows.as_ref()?)));
        rows.map_or_else(store::never, |(ty, rows)| self.sight.visible(ty, rows, &self.place()))
    }

    /// The tables that the type's rows are read from, for FROM.
    pub fn tables(&self) -> Vec<store::Piece> {
        let rows = self.sight.graph.get(E::NAME).and_then(|ty| ty.rows.as_ref());
        rows.map(|rows| (rows.from)(&self.place())).unwrap_or_default()
    }

    fn place(&self) -> Place<'v> {
        Place {
            item: self.item.alias(),
            release: self.release.alias(),
            case: self.case,
            viewer: self.viewer,
            names: self.names,
            sight: self.sight,
        }
    }
}
