//! What an operation may cost: the fields that it could answer, a list's counted for each row of its page.
//!
//! It is counted before anything is validated, by the role's own model, so a hidden name costs what a nonsense one does:
//! itself, and one for each name below it. Introspection is counted by the size of the role's schema.
use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{Field, FragmentDefinition, OperationDefinition, OperationType, Selection, SelectionSet},
};

use super::{
    introspection::{self, Lists},
    page::{DEFAULT_LENGTH, LONGEST},
};
use crate::policy::{Model, model};

/// How long a page is whose length is a variable without a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// As long as pages are where nothing is said: what such a request gets.
    Default,
    /// As long as a page can be: what a document may come to.
    Longest,
}

/// What an operation is counted by.
pub struct Costing<'a> {
    /// The role's model.
    pub model: &'a Model,
    /// What introspection has of it.
    pub lists: &'a Lists,
    /// The document's fragments, none of which spreads itself.
    pub fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// The operation.
    pub operation: &'a OperationDefinition,
    /// The request's variables.
    pub variables: &'a Variables,
    /// What variables without a value mean.
    pub unset: Unset,
}

impl Costing<'_> {
    /// The fields that the answer could have. Saturates.
    pub fn cost(&self) -> usize {
        let root = match self.operation.ty {
            OperationType::Query => Some(self.model.query.as_str()),
            OperationType::Mutation => self.model.mutation.as_deref(),
            OperationType::Subscription => self.model.subscription.as_deref(),
        };
        self.set(root, &self.operation.selection_set.node, &mut HashMap::new())
    }

    fn set<'s>(
        &'s self,
        ty: Option<&'s str>,
        set: &'s SelectionSet,
        known: &mut HashMap<&'s str, usize>,
    ) -> usize {
        let costs = set.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => self.field(ty, &field.node, known),
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                self.set(on.or(ty), &inline.node.selection_set.node, known)
            }
            Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, known),
        });
        costs.fold(0, usize::saturating_add)
    }

    /// A fragment costs the same wherever it is spread, since its own type is what it is counted by.
    fn fragment<'s>(&'s self, name: &str, known: &mut HashMap<&'s str, usize>) -> usize {
        let Some((name, fragment)) = self.fragments.get_key_value(name) else { return 0 };
        if let Some(cost) = known.get(name.as_str()) {
            return *cost;
        }
        let on = fragment.node.type_condition.node.on.node.as_str();
        let cost = self.set(Some(on), &fragment.node.selection_set.node, known);
        known.insert(name, cost);
        cost
    }

    fn field<'s>(&'s self, ty: Option<&str>, field: &'s Field, known: &mut HashMap<&'s str, usize>) -> usize {
        if introspection::is_introspection(field) {
            let set = &field.selection_set.node;
            return introspection::cost(self.lists, self.fragments, set).saturating_add(1);
        }
        let of = ty.and_then(|ty| self.model.field(ty, &field.name.node));
        let row = self.set(of.map(|of| model::named(&of.ty)), &field.selection_set.node, known);
        let rows = of.map_or(1, |of| self.rows(of, field));
        row.saturating_mul(rows).saturating_add(1)
    }

    /// For how many rows a field's selection is answered. Lists that are small by nature count as one.
    fn rows(&self, of: &model::Field, field: &Field) -> usize {
        if model::named(&of.ty).ends_with("Connection") {
            return self.page(of, field);
        }
        let lists = of.args.iter().filter(|(_, input)| input.ty.starts_with('['));
        let is_list = of.ty.starts_with('[');
        let given = lists.filter(|_| is_list).filter_map(|(name, _)| {
            // A single value stands for a list of one.
            if let Value::List(items) = self.value(field, name)? { Some(items.len()) } else { None }
        });
        given.max().unwrap_or(1).max(1)
    }

    fn page(&self, of: &model::Field, field: &Field) -> usize {
        // An argument that the role does not have says as little as one that nobody has.
        let given = |name| field.get_argument(name).filter(|_| of.args.contains_key(name));
        let asked = |name| {
            given(name)?;
            match self.value(field, name) {
                Some(Value::Number(number)) => number.as_i64(),
                Some(_) => None,
                None => (self.unset == Unset::Longest).then_some(LONGEST),
            }
        };
        let length = asked("first").or_else(|| asked("last")).unwrap_or(DEFAULT_LENGTH);
        usize::try_from(length.clamp(1, LONGEST)).unwrap_or(1)
    }

    /// An argument with its variables replaced by their values; none where one of them has no value.
    fn value(&self, field: &Field, name: &str) -> Option<Value> {
        field
            .get_argument(name)?
            .node
            .clone()
            .into_const_with(|variable| self.variable(&variable).ok_or(()))
            .ok()
    }

    fn variable(&self, name: &Name) -> Option<Value> {
        let default = || {
            let mut definitions = self.operation.variable_definitions.iter();
            let definition = definitions.find(|definition| definition.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        };
        self.variables.get(name).or_else(default).cloned()
    }
}
