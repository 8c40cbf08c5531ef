//! Which fields an object's selection asks for: fragments opened, fields of one response key merged.
//! <https://spec.graphql.org/September2025/#sec-Field-Collection>; `@skip` and `@include` were carried out before.
use async_graphql::{
    Context, Name, Positioned,
    parser::types::{Field, Selection, SelectionSet},
};

/// The fields that make one entry of the answer; their arguments are equal, validation has seen to that.
pub(super) struct Asked<'q> {
    pub(super) key: &'q Name,
    pub(super) fields: Vec<&'q Positioned<Field>>,
}

impl<'q> Asked<'q> {
    /// The field whose name and arguments count.
    pub(super) fn first(&self) -> Option<&'q Positioned<Field>> {
        self.fields.first().copied()
    }

    /// What the field's own object is asked for.
    pub(super) fn sets(&self) -> Vec<&'q SelectionSet> {
        self.fields.iter().map(|field| &field.node.selection_set.node).collect()
    }
}

/// The entries that an object of the named type answers, in the order of the request.
pub(super) fn fields<'q>(
    context: &Context<'q>,
    type_name: &str,
    sets: &[&'q SelectionSet],
) -> Vec<Asked<'q>> {
    let mut asked = Vec::new();
    for set in sets {
        collect(context, type_name, set, &mut asked);
    }
    asked
}

fn collect<'q>(context: &Context<'q>, type_name: &str, set: &'q SelectionSet, asked: &mut Vec<Asked<'q>>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let key = &field.node.response_key().node;
                match asked.iter_mut().find(|asked| asked.key == key) {
                    Some(entry) => entry.fields.push(field),
                    None => asked.push(Asked { key, fields: vec![field] }),
                }
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = context.query_env.fragments.get(&spread.node.fragment_name.node)
                    && applies(&fragment.node.type_condition.node.on.node, type_name)
                {
                    collect(context, type_name, &fragment.node.selection_set.node, asked);
                }
            }
            Selection::InlineFragment(fragment) => {
                if fragment.node.type_condition.as_ref().is_none_or(|on| applies(&on.node.on.node, type_name))
                {
                    collect(context, type_name, &fragment.node.selection_set.node, asked);
                }
            }
        }
    }
}

/// `Node` is the one interface, and validation lets no condition through that could never hold.
fn applies(condition: &Name, type_name: &str) -> bool {
    condition == type_name || condition == "Node"
}
