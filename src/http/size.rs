//! What a document asks with its fragments spread, as numbers that add up.

use async_graphql::parser::types::Field;

use crate::graph::is_introspection;

/// What a set of selections asks, with all that it spreads. Everything saturates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Fields, spreads and inline fragments.
    pub fields: usize,
    /// Aliases.
    pub aliases: usize,
    /// Levels of selections.
    pub depth: usize,
    /// Fields of the uppermost level.
    pub tops: usize,
    /// Lists of introspection inside one another; each multiplies the answer by the size of the schema.
    pub lists: usize,
    /// Fields below the roots of introspection: no complexity counts them.
    pub described: usize,
    /// Fields with a selection of their own, introspection left out: each may be a query within the statement.
    pub selections: usize,
}

/// The lists by which introspection comes back to where it was: types to fields to types.
const LISTS: [&str; 5] = ["types", "fields", "inputFields", "interfaces", "possibleTypes"];

/// How many others an alias within introspection counts for: tools write none, and each is in the answer hundreds of times.
const ALIAS_OF_INTROSPECTION: usize = 20;

impl Size {
    /// Adds what stands beside it in the same set.
    pub(super) fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.tops = self.tops.saturating_add(other.tops);
        self.described = self.described.saturating_add(other.described);
        self.selections = self.selections.saturating_add(other.selections);
        self.depth = self.depth.max(other.depth);
        self.lists = self.lists.max(other.lists);
    }

    /// A fragment with this set inside: one level further down, but its fields are the outer set's.
    pub(super) fn of_fragment(self) -> Self {
        Self { fields: self.fields.saturating_add(1), depth: self.depth.saturating_add(1), ..self }
    }

    /// A field with this set inside.
    pub(super) fn of_field(self, field: &Field) -> Self {
        let dear = if is_introspection(field) { ALIAS_OF_INTROSPECTION } else { 1 };
        let aliases = self.aliases.saturating_mul(dear).saturating_add(usize::from(field.alias.is_some()));
        let lists = self.lists.saturating_add(usize::from(LISTS.contains(&field.name.node.as_str())));
        let described = if is_introspection(field) { self.fields } else { self.described };
        let has_own = !field.selection_set.node.items.is_empty();
        let selections =
            if is_introspection(field) { 0 } else { self.selections.saturating_add(usize::from(has_own)) };
        Self { aliases, lists, described, selections, tops: 1, ..self.of_fragment() }
    }
}
