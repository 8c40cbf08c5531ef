//! What introspection comes to: its lists have the lengths of the role's own schema, and no page bounds them.
use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
};

use crate::policy::{Model, model::Type};

/// How many of its fields cost what one that is read costs: by the server's CPU standard introspection comes to as much a
/// point then as a portal's home.
const FOR_ONE: usize = 20;

/// Whether this is a root of introspection.
pub fn is_introspection(field: &Field) -> bool {
    matches!(field.name.node.as_str(), "__schema" | "__type")
}

/// How long lists of a kind are.
#[derive(Clone, Copy)]
struct Length {
    /// On average over what has them.
    mean: usize,
    /// At most.
    most: usize,
}

impl Length {
    fn of(lengths: impl Iterator<Item = usize> + Clone) -> Self {
        let (all, most) = (lengths.clone().sum::<usize>(), lengths.clone().max().unwrap_or(0));
        Length { mean: all.div_ceil(lengths.count().max(1)).max(1), most: most.max(1) }
    }
}

/// Whose lists they are: of one type, which may be the longest, or of each of them, where the average counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Of {
    One,
    Each,
}

/// How long the lists are that introspection has of a role's schema.
pub struct Lists {
    types: usize,
    directives: usize,
    fields: Length,
    inputs: Length,
    values: Length,
    possible: Length,
    args: usize,
}

impl Lists {
    /// Of the schema with this model.
    pub fn of(model: &Model) -> Self {
        let types = || model.types.values();
        let lengths = |of: fn(&Type) -> usize| Length::of(types().map(of));
        let fields = types().flat_map(|ty| ty.fields.values());
        Lists {
            types: model.types.len(),
            directives: model.directives.len(),
            fields: lengths(|ty| ty.fields.len()),
            inputs: lengths(|ty| ty.inputs.len()),
            values: lengths(|ty| ty.values.len()),
            possible: lengths(|ty| ty.possible.len()),
            args: Length::of(fields.map(|field| field.args.len())).mean,
        }
    }

    /// For how many a field's selection is answered, and whose lists are within it.
    fn rows(&self, field: &str, of: Of) -> (usize, Of) {
        let length = |length: Length| if of == Of::Each { length.mean } else { length.most };
        match field {
            "types" => (self.types, Of::Each),
            "fields" => (length(self.fields), Of::One),
            "inputFields" => (length(self.inputs), Of::One),
            "enumValues" => (length(self.values), Of::One),
            "possibleTypes" => (length(self.possible), Of::One),
            "args" => (self.args, Of::One),
            "directives" => (self.directives, Of::One),
            _ => (1, Of::One),
        }
    }
}

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// What the selection below `__schema` or `__type` costs. Saturates.
pub(super) fn cost(lists: &Lists, fragments: &Fragments, set: &SelectionSet) -> usize {
    let counting = Counting { lists, fragments };
    counting.set(set, Of::One, &mut HashMap::new()).div_ceil(FOR_ONE)
}

struct Counting<'a> {
    lists: &'a Lists,
    fragments: &'a Fragments,
}

impl Counting<'_> {
    fn set<'s>(&'s self, set: &'s SelectionSet, of: Of, known: &mut HashMap<(&'s str, Of), usize>) -> usize {
        let costs = set.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => {
                let (rows, whose) = self.lists.rows(&field.node.name.node, of);
                let row = self.set(&field.node.selection_set.node, whose, known);
                row.saturating_mul(rows).saturating_add(1)
            }
            Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node, of, known),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some((name, fragment)) = self.fragments.get_key_value(name) else { return 0 };
                if let Some(cost) = known.get(&(name.as_str(), of)) {
                    return *cost;
                }
                let cost = self.set(&fragment.node.selection_set.node, of, known);
                known.insert((name, of), cost);
                cost
            }
        });
        costs.fold(0, usize::saturating_add)
    }
}
