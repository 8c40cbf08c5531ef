//! How the rows of a statement become the answer: a plan made once for each selection, carried out for each row.
use std::ops::Range;

use async_graphql::{Name, Value, indexmap::IndexMap};

use super::{composite::Make, page::Cursors};
use crate::{
    scalars,
    store::{self, Cells},
};

/// An object: its entries in the order of the request.
pub(super) struct Object(pub(super) Vec<(Name, Out)>);

/// Where an entry's value comes from.
pub(super) enum Out {
    /// The same for every row.
    Same(Value),
    /// The cell at this place.
    Cell(usize),
    /// Some cells from this place on.
    Made(usize, usize, fn(&mut [store::Value]) -> Value),
    /// An object of small values from some cells; null where the first is.
    Composite(usize, usize, Vec<(Name, Part)>),
    /// The one row in this cell, or null.
    One(usize, Object),
    /// The rows in this cell.
    List(usize, Object),
    /// A page of the rows in this cell.
    Page(usize, Connection),
    /// An object read from this very row.
    Here(Object),
}

/// A composite's entry.
pub(super) enum Part {
    TypeName(&'static str),
    Made(Make),
    /// Another composite, of some of the parts.
    Composite(usize, usize, Vec<(Name, Part)>),
    /// Rows in a cell of their own, behind the parts.
    Rows(Out),
}

/// What was asked of a connection, and how its rows are to be read.
pub(super) struct Connection {
    pub(super) entries: Vec<(Name, Entry)>,
    pub(super) length: usize,
    pub(super) is_reversed: bool,
    /// Something lies on the side from which the page was not read.
    pub(super) has_other_side: bool,
    /// The cells that a row's cursor holds.
    pub(super) known_by: Range<usize>,
    pub(super) of: &'static str,
    pub(super) cursors: Cursors,
}

pub(super) enum Entry {
    TypeName(String),
    Nodes(Object),
    Edges(Vec<(Name, Edge)>),
    PageInfo(Vec<(Name, Info)>),
}

impl Entry {
    /// What a row is known by is needed for it.
    pub(super) fn has_cursor(&self) -> bool {
        match self {
            Entry::TypeName(_) | Entry::Nodes(_) => false,
            Entry::Edges(asked) => asked.iter().any(|(_, edge)| matches!(edge, Edge::Cursor)),
            Entry::PageInfo(asked) => {
                asked.iter().any(|(_, info)| matches!(info, Info::StartCursor | Info::EndCursor))
            }
        }
    }
}

pub(super) enum Edge {
    TypeName(String),
    Node(Object),
    Cursor,
}

pub(super) enum Info {
    TypeName,
    HasNextPage,
    HasPreviousPage,
    StartCursor,
    EndCursor,
}

impl Object {
    pub(super) fn make(&self, cells: &mut Cells) -> Value {
        let mut object = IndexMap::with_capacity(self.0.len());
        for (key, out) in &self.0 {
            object.insert(key.clone(), out.make(cells));
        }
        Value::Object(object)
    }

    fn list(&self, rows: Vec<Cells>) -> Value {
        Value::List(rows.into_iter().map(|mut row| self.make(&mut row)).collect())
    }
}

impl Out {
    pub(super) fn make(&self, cells: &mut Cells) -> Value {
        match self {
            Out::Same(value) => value.clone(),
            Out::Cell(at) => cells.get_mut(*at).map(plain).unwrap_or_default(),
            Out::Made(at, count, make) => cells.get_mut(*at..at + count).map(make).unwrap_or_default(),
            Out::Composite(at, count, parts) => composite(cells, (*at, *count), parts),
            Out::One(at, object) => {
                rows(cells, *at).into_iter().next().map(|mut row| object.make(&mut row)).unwrap_or_default()
            }
            Out::List(at, object) => object.list(rows(cells, *at)),
            Out::Page(at, connection) => connection.make(rows(cells, *at)),
            Out::Here(object) => object.make(cells),
        }
    }
}

/// A plain value as the API writes it; the cell is emptied.
pub(super) fn plain(cell: &mut store::Value) -> Value {
    match std::mem::take(cell) {
        store::Value::Null | store::Value::Rows(_) => Value::Null,
        store::Value::Text(text) => Value::String(text),
        store::Value::Number(number) => Value::Number(number.into()),
        store::Value::Truth(truth) => Value::Boolean(truth),
        store::Value::Day(day) => Value::String(day.to_string()),
        store::Value::Instant(instant) => Value::String(scalars::instant(instant)),
    }
}

fn rows(cells: &mut Cells, at: usize) -> Vec<Cells> {
    match cells.get_mut(at).map(std::mem::take) {
        Some(store::Value::Rows(rows)) => rows,
        _ => Vec::new(),
    }
}

fn composite(cells: &mut Cells, (at, count): (usize, usize), parts: &[(Name, Part)]) -> Value {
    if cells.get(at).is_none_or(|first| *first == store::Value::Null) {
        return Value::Null;
    }
    let object = parts.iter().map(|(key, part)| {
        let value = match part {
            Part::TypeName(name) => Value::from(*name),
            Part::Made(make) => cells.get(at..at + count).map(make).unwrap_or_default(),
            Part::Composite(from, count, parts) => composite(cells, (at + from, *count), parts),
            Part::Rows(rows) => rows.make(cells),
        };
        (key.clone(), value)
    });
    Value::Object(object.collect())
}

impl Connection {
    fn make(&self, mut rows: Vec<Cells>) -> Value {
        let has_more = rows.len() > self.length;
        rows.truncate(self.length);
        if self.is_reversed {
            rows.reverse();
        }
        let info = self.info(&rows, has_more);
        let mut object = IndexMap::with_capacity(self.entries.len());
        for (key, entry) in &self.entries {
            let value = match entry {
                Entry::TypeName(name) => Value::from(name.as_str()),
                Entry::PageInfo(asked) => {
                    Value::Object(asked.iter().map(|(key, asked)| (key.clone(), info.value(asked))).collect())
                }
                Entry::Nodes(node) => Value::List(rows.iter_mut().map(|row| node.make(row)).collect()),
                Entry::Edges(edge) => Value::List(rows.iter_mut().map(|row| self.edge(edge, row)).collect()),
            };
            object.insert(key.clone(), value);
        }
        Value::Object(object)
    }

    fn edge(&self, entries: &[(Name, Edge)], row: &mut Cells) -> Value {
        let object = entries.iter().map(|(key, entry)| {
            let value = match entry {
                Edge::TypeName(name) => Value::from(name.as_str()),
                Edge::Cursor => self.cursor(row),
                Edge::Node(node) => node.make(row),
            };
            (key.clone(), value)
        });
        Value::Object(object.collect())
    }

    fn cursor(&self, row: &Cells) -> Value {
        row.get(self.known_by.clone())
            .and_then(|known_by| self.cursors.seal(self.of, known_by))
            .map(Value::String)
            .unwrap_or_default()
    }

    fn info(&self, rows: &[Cells], has_more: bool) -> PageInfo {
        let asked = |which: fn(&Info) -> bool| {
            self.entries.iter().any(|(_, entry)| matches!(entry, Entry::PageInfo(asked) if asked.iter().any(|(_, info)| which(info))))
        };
        let cursor = |row: Option<&Cells>, is_asked: bool| {
            if is_asked { row.map(|row| self.cursor(row)).unwrap_or_default() } else { Value::Null }
        };
        PageInfo {
            has_next: if self.is_reversed { self.has_other_side } else { has_more },
            has_previous: if self.is_reversed { has_more } else { self.has_other_side },
            start: cursor(rows.first(), asked(|info| matches!(info, Info::StartCursor))),
            end: cursor(rows.last(), asked(|info| matches!(info, Info::EndCursor))),
        }
    }
}

struct PageInfo {
    has_next: bool,
    has_previous: bool,
    start: Value,
    end: Value,
}

impl PageInfo {
    fn value(&self, asked: &Info) -> Value {
        match asked {
            Info::TypeName => Value::from("PageInfo"),
            Info::HasNextPage => Value::Boolean(self.has_next),
            Info::HasPreviousPage => Value::Boolean(self.has_previous),
            Info::StartCursor => self.start.clone(),
            Info::EndCursor => self.end.clone(),
        }
    }
}
