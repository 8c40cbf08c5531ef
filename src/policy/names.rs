//! The check of names in arguments and variables, before a document is executed.
//!
//! async-graphql's strict validation skips an argument in which one variable has no value, so that hidden input
//! fields and enum values slip through beside it; it never looks at the directives of `__typename` and of variables.
//! This check closes those gaps. It asks the role's own model only, so a hidden name and a nonsense one can't differ,
//! and it uses the validator's words and positions.

use async_graphql::{
    Name, Pos, Positioned, ServerError, Value, Variables,
    parser::types::{
        Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
        VariableDefinition,
    },
};

pub(super) use super::values::in_default;
use super::{
    model::{Input, Model, named},
    values::find,
};

/// Every name in a value that the role's model lacks, in the order of the document; none, and it may be executed.
pub fn check(
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
    model: &Model,
) -> Vec<ServerError> {
    let chosen = chosen(document, operation);
    let mut walk =
        Walk { model, chosen, variables, in_other: false, used_badly: Vec::new(), found: Vec::new() };
    for fragment in document.fragments.values() {
        let on = fragment.node.type_condition.node.on.node.as_str();
        walk.directives(&fragment.node.directives);
        walk.selections(Some(on), &fragment.node.selection_set);
    }
    for (_, definition) in document.operations.iter() {
        walk.operation(&definition.node);
    }
    walk.unused();
    // By position and never by content: which of two names is hidden must not decide which one is told first.
    walk.found.sort_by_key(|(pos, _)| *pos);
    walk.found.into_iter().map(|(pos, message)| ServerError::new(message, Some(pos))).collect()
}

/// The operation that is to be carried out.
pub(super) fn chosen<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let mut all = document.operations.iter();
    let found = match name {
        Some(wanted) => all.find(|(name, _)| name.is_some_and(|name| name.as_str() == wanted)),
        None if all.len() == 1 => all.next(),
        None => None,
    };
    found.map(|(_, operation)| &operation.node)
}

struct Walk<'a> {
    model: &'a Model,
    chosen: Option<&'a OperationDefinition>,
    variables: &'a Variables,
    /// Whether the operation at hand is another than the chosen one, whose variables say nothing about it.
    in_other: bool,
    /// Variables whose values were refused where they are used.
    used_badly: Vec<Name>,
    found: Vec<(Pos, String)>,
}

impl<'a> Walk<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) {
        self.in_other = self.chosen.is_some_and(|chosen| !std::ptr::eq(chosen, operation));
        for definition in &operation.variable_definitions {
            self.definition(definition);
        }
        self.directives(&operation.directives);
        let root = match operation.ty {
            OperationType::Query => Some(&self.model.query),
            OperationType::Mutation => self.model.mutation.as_ref(),
            OperationType::Subscription => self.model.subscription.as_ref(),
        };
        self.selections(root.map(String::as_str), &operation.selection_set);
    }

    fn definition(&mut self, definition: &'a Positioned<VariableDefinition>) {
        let ty = definition.node.var_type.node.to_string();
        if !self.is_type(named(&ty)) {
            self.report(definition.pos, format!("Unknown type \"{}\"", named(&ty)));
        }
        let default = definition.node.default_value.as_ref();
        if let Some(unknown) = default.and_then(|value| find(self.model, &ty, &value.node)) {
            let unknown = unknown.of(&definition.node.name.node);
            self.report(definition.pos, format!("Invalid default value for argument: {unknown}"));
        }
        for directive in &definition.node.directives {
            self.unvalidated(directive, "VARIABLE_DEFINITION");
        }
    }

    /// Introspection's own types are left to the validator.
    fn is_type(&self, name: &str) -> bool {
        name.starts_with("__") || self.model.types.contains_key(name)
    }

    fn selections(&mut self, ty: Option<&'a str>, set: &'a Positioned<SelectionSet>) {
        for selection in &set.node.items {
            match &selection.node {
                Selection::Field(field) if field.node.name.node == "__typename" => self.typename(ty, field),
                Selection::Field(field) => self.field(ty, field),
                Selection::FragmentSpread(spread) => self.directives(&spread.node.directives),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.directives(&fragment.node.directives);
                    self.selections(on.or(ty), &fragment.node.selection_set);
                }
            }
        }
    }

    fn field(&mut self, ty: Option<&str>, field: &'a Positioned<Field>) {
        let known = ty.and_then(|ty| self.model.field(ty, &field.node.name.node));
        for (name, value) in &field.node.arguments {
            if let Some(input) = known.and_then(|known| known.args.get(name.node.as_str())) {
                self.argument(name, input, |resolve| value.node.clone().into_const_with(resolve));
            }
        }
        self.directives(&field.node.directives);
        self.selections(known.map(|known| named(&known.ty)), &field.node.selection_set);
    }

    /// Judges an argument with each variable replaced by what it stands for.
    fn argument(
        &mut self,
        name: &Positioned<Name>,
        input: &Input,
        resolved: impl FnOnce(&mut dyn FnMut(Name) -> Result<Value, ()>) -> Result<Value, ()>,
    ) {
        let mut used = Vec::new();
        let value = resolved(&mut |variable| {
            let value = self.value_of(&variable);
            used.push(variable);
            Ok(value)
        });
        if let Some(unknown) = value.ok().and_then(|value| find(self.model, &input.ty, &value)) {
            self.report(name.pos, format!("Invalid value for argument {}", unknown.of(&name.node)));
            self.used_badly.extend(used);
        }
    }

    /// A variable without a value names nothing, so null does for it.
    fn value_of(&self, variable: &Name) -> Value {
        if self.in_other {
            return Value::Null;
        }
        let default = || {
            let mut definitions = self.chosen?.variable_definitions.iter();
            let definition = definitions.find(|definition| definition.node.name.node == *variable)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        };
        self.variables.get(variable).or_else(default).cloned().unwrap_or_default()
    }

    /// The chosen operation's variables that no known argument was judged with, or that passed there.
    fn unused(&mut self) {
        let definitions =
            self.chosen.map(|chosen| chosen.variable_definitions.as_slice()).unwrap_or_default();
        for definition in definitions {
            let name = &definition.node.name.node;
            let given = self.variables.get(name).filter(|_| !self.used_badly.contains(name));
            let ty = definition.node.var_type.node.to_string();
            if let Some(unknown) = given.and_then(|value| find(self.model, &ty, value)) {
                self.report(definition.pos, format!("Invalid value for argument {}", unknown.of(name)));
            }
        }
    }

    /// The validator knows directives and their places; their arguments' values are ours too.
    fn directives(&mut self, directives: &'a [Positioned<Directive>]) {
        for directive in directives {
            let known = self.model.directives.get(directive.node.name.node.as_str());
            for (name, value) in known.iter().flat_map(|_| &directive.node.arguments) {
                match known.and_then(|known| known.args.get(name.node.as_str())) {
                    Some(input) => {
                        // The type of values that may be variables has no public name.
                        if let Some(variable) = value.node.to_string().strip_prefix('$') {
                            self.position(name, input, variable);
                        }
                        self.argument(name, input, |resolve| value.node.clone().into_const_with(resolve));
                    }
                    // The validator would say so too, but with a suggestion that can't be switched off.
                    None => self.unknown_argument(name, "directive", &directive.node.name.node, "."),
                }
            }
        }
    }

    /// A variable as a directive's argument, which the validator lets be of any type.
    fn position(&mut self, name: &Positioned<Name>, input: &Input, variable: &str) {
        let mut definitions = self.chosen.into_iter().flat_map(|chosen| &chosen.variable_definitions);
        let Some(definition) = definitions.find(|it| it.node.name.node == variable) else { return };
        let ty = definition.node.var_type.node.to_string();
        let has_default = definition.node.default_value.as_ref().is_some_and(|it| it.node != Value::Null);
        let wanted = input.ty.as_str();
        if ty != wanted && !(has_default && Some(ty.as_str()) == wanted.strip_suffix('!')) {
            let sentence = format!(
                "Variable \"${variable}\" of type \"{ty}\" used in position expecting type \"{wanted}\"."
            );
            self.report(name.pos, sentence);
        }
    }

    fn unknown_argument(&mut self, name: &Positioned<Name>, of: &str, owner: &str, rest: &str) {
        self.report(name.pos, format!("Unknown argument \"{}\" on {of} \"{owner}\"{rest}", name.node));
    }

    /// Directives at a place that the validator never visits.
    fn unvalidated(&mut self, directive: &'a Positioned<Directive>, place: &str) {
        let name = &directive.node.name.node;
        match self.model.directives.get(name.as_str()) {
            None => self.report(directive.pos, format!("Unknown directive \"{name}\"")),
            Some(known) if !known.locations.contains(place) => {
                self.report(directive.pos, format!("Directive \"{name}\" may not be used on \"{place}\""));
            }
            Some(_) => {}
        }
        self.directives(std::slice::from_ref(directive));
    }

    /// `__typename` takes nothing, has nothing under it, and is never validated.
    fn typename(&mut self, ty: Option<&str>, field: &'a Positioned<Field>) {
        let rest = format!(" of type \"{}\".", ty.unwrap_or_default());
        for (name, _) in &field.node.arguments {
            self.unknown_argument(name, "field", "__typename", &rest);
        }
        for directive in &field.node.directives {
            self.unvalidated(directive, "FIELD");
        }
        if !field.node.selection_set.node.items.is_empty() {
            let sentence =
                "Field \"__typename\" must not have a selection since type \"String!\" has no subfields";
            self.report(field.pos, sentence.to_owned());
        }
    }

    fn report(&mut self, pos: Pos, message: String) {
        self.found.push((pos, message));
    }
}
