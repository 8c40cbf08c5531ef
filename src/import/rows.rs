//! Tolerant serde shapes: a value of the wrong type becomes a word about itself and never spoils its neighbours.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// One scalar member, whatever it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Cell {
    #[default]
    Absent,
    Null,
    Text(String),
    Number(String),
    /// What can't be taken; its content is dropped.
    Unfit(Unfit),
}

/// Why a member can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Another type, named for the issue list.
    Kind(&'static str),
    /// A text of so many bytes, more than [`TEXT_MAX`].
    Long(usize),
    /// A text with a control character, which not every database stores and no terminal should see.
    Control(char),
}

/// The longest text that is taken, in bytes. Clerks write two thousand.
pub(super) const TEXT_MAX: usize = 64 * 1024;

/// Nothing, or why the text can't be taken.
fn unfit(text: &str) -> Option<Unfit> {
    if text.len() > TEXT_MAX {
        return Some(Unfit::Long(text.len()));
    }
    let is_strange = |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    text.chars().find(is_strange).map(Unfit::Control)
}

impl Cell {
    /// The text or the number's digits; nothing for absent, null and blank; why, where it can't be taken.
    pub(super) fn text(self) -> Result<Option<String>, Unfit> {
        match self {
            Self::Absent | Self::Null => Ok(None),
            Self::Text(text) | Self::Number(text) if text.trim().is_empty() => Ok(None),
            Self::Text(text) | Self::Number(text) => Ok(Some(text)),
            Self::Unfit(why) => Err(why),
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }
    fn visit_str<E>(self, text: &str) -> Result<Cell, E> {
        Ok(unfit(text).map_or_else(|| Cell::Text(text.to_owned()), Cell::Unfit))
    }
    fn visit_string<E>(self, text: String) -> Result<Cell, E> {
        Ok(unfit(&text).map_or(Cell::Text(text), Cell::Unfit))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Cell, E> {
        Ok(Cell::Number(number.to_string()))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Cell, E> {
        Ok(Cell::Number(number.to_string()))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Cell, E> {
        Ok(Cell::Unfit(Unfit::Kind("a fraction")))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Cell, E> {
        Ok(Cell::Unfit(Unfit::Kind("a boolean")))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cell::Unfit(Unfit::Kind("a list")))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Unfit(Unfit::Kind("an object")))
    }
}

/// A row that can be filled member by member; members it does not know are skipped unread.
pub(super) trait Row: Default {
    /// The cell of a member, or none where the member is of no use.
    fn cell(&mut self, member: &str) -> Option<&mut Cell>;
}

/// A row, or the type that stood in its place.
#[derive(Clone, Debug)]
pub(super) enum Slot<R> {
    Row(R),
    Wrong(&'static str),
}

impl<'de, R: Row> Deserialize<'de> for Slot<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SlotVisitor(std::marker::PhantomData))
    }
}

struct SlotVisitor<R>(std::marker::PhantomData<R>);

impl<'de, R: Row> Visitor<'de> for SlotVisitor<R> {
    type Value = Slot<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }
    fn visit_unit<E>(self) -> Result<Slot<R>, E> {
        Ok(Slot::Wrong("null"))
    }
    fn visit_str<E>(self, _: &str) -> Result<Slot<R>, E> {
        Ok(Slot::Wrong("a text"))
    }
    fn visit_u64<E>(self, _: u64) -> Result<Slot<R>, E> {
        Ok(Slot::Wrong("a number"))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Slot<R>, E> {
        Ok(Slot::Wrong("a number"))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Slot<R>, E> {
        Ok(Slot::Wrong("a number"))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Slot<R>, E> {
        Ok(Slot::Wrong("a boolean"))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Slot<R>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Slot::Wrong("a list"))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Slot<R>, A::Error> {
        let mut row = R::default();
        while let Some(member) = map.next_key::<String>()? {
            if let Some(cell) = row.cell(&member) {
                *cell = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Slot::Row(row))
    }
}

/// A list of rows, or what stood in its place.
#[derive(Clone, Debug, Default)]
pub(super) enum Rows<R> {
    #[default]
    Absent,
    List(Vec<Slot<R>>),
    Wrong(&'static str),
}

impl<'de, R: Row> Deserialize<'de> for Rows<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowsVisitor(std::marker::PhantomData))
    }
}

struct RowsVisitor<R>(std::marker::PhantomData<R>);

impl<'de, R: Row> Visitor<'de> for RowsVisitor<R> {
    type Value = Rows<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }
    fn visit_unit<E>(self) -> Result<Rows<R>, E> {
        Ok(Rows::Absent)
    }
    fn visit_str<E>(self, _: &str) -> Result<Rows<R>, E> {
        Ok(Rows::Wrong("a text"))
    }
    fn visit_u64<E>(self, _: u64) -> Result<Rows<R>, E> {
        Ok(Rows::Wrong("a number"))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Rows<R>, E> {
        Ok(Rows::Wrong("a number"))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Rows<R>, E> {
        Ok(Rows::Wrong("a number"))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Rows<R>, E> {
        Ok(Rows::Wrong("a boolean"))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rows<R>, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = seq.next_element()? {
            rows.push(row);
        }
        Ok(Rows::List(rows))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rows<R>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Rows::Wrong("an object"))
    }
}
