//! Looks for names in a value that the model lacks: fields of input objects and values of enums, however deep.

use std::fmt;

use async_graphql::{
    Value,
    parser::{parse_query, types::Selection},
    registry::MetaTypeName,
};

use super::model::{Kind, Model, Type};

/// A name that the model lacks, and the way to it from where the search began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unknown {
    path: String,
    words: String,
}

impl Unknown {
    const fn here(words: String) -> Self {
        Self { path: String::new(), words }
    }

    /// The same, seen from one step further out.
    fn under(self, step: &dyn fmt::Display) -> Self {
        Self { path: format!(".{step}{}", self.path), ..self }
    }

    /// As async-graphql's own validator says it of an argument or variable.
    pub(super) fn of(&self, name: &str) -> String {
        format!("\"{name}{}\", {}", self.path, self.words)
    }
}

/// The first unknown name in a value that stands where the type is asked for.
pub(super) fn find(model: &Model, ty: &str, value: &Value) -> Option<Unknown> {
    match MetaTypeName::create(ty) {
        MetaTypeName::NonNull(ty) => find(model, ty, value),
        MetaTypeName::List(ty) => match value {
            Value::List(items) => {
                let mut items = items.iter().enumerate();
                items.find_map(|(index, item)| Some(find(model, ty, item)?.under(&index)))
            }
            // A single value stands for a list of one.
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::Object(_) => find(model, ty, value),
        },
        MetaTypeName::Named(name) => in_named(model, name, model.types.get(name)?, value),
    }
}

fn in_named(model: &Model, name: &str, ty: &Type, value: &Value) -> Option<Unknown> {
    match value {
        Value::Enum(word) if ty.kind == Kind::Enum => in_enum(name, ty, word),
        // Variables bring enum values as strings, and the executor takes such literals too.
        Value::String(word) if ty.kind == Kind::Enum => in_enum(name, ty, word),
        Value::Object(fields) if ty.kind == Kind::Input => {
            let known = |field: &str| ty.inputs.get(field);
            let deeper = fields.iter().filter_map(|(field, value)| Some((field, &known(field)?.ty, value)));
            let mut deeper = deeper;
            deeper.find_map(|(field, ty, value)| Some(find(model, ty, value)?.under(field))).or_else(|| {
                let unknown = fields.keys().find(|field| known(field).is_none())?;
                Some(Unknown::here(format!("unknown field \"{unknown}\" of type \"{name}\"")))
            })
        }
        // A list where none is asked for is refused when it is read, but its names are names all the same.
        Value::List(items) => items.iter().find_map(|item| find(model, name, item)),
        Value::Enum(_)
        | Value::String(_)
        | Value::Object(_)
        | Value::Null
        | Value::Number(_)
        | Value::Boolean(_)
        | Value::Binary(_) => None,
    }
}

fn in_enum(name: &str, ty: &Type, word: &str) -> Option<Unknown> {
    let unknown = !ty.values.contains_key(word);
    unknown
        .then(|| Unknown::here(format!("enumeration type \"{name}\" does not contain the value \"{word}\"")))
}

/// What a default, as the schema writes it, names without the model having it.
pub(super) fn in_default(model: &Model, ty: &str, default: &str) -> Option<String> {
    match literal(default) {
        Some(value) => find(model, ty, &value).map(|unknown| unknown.words),
        None => Some(format!("`{default}` can't be read")),
    }
}

/// Reads a literal by way of a document that hands it to some field.
fn literal(text: &str) -> Option<Value> {
    let document = parse_query(format!("{{ a(b: {text}) }}")).ok()?;
    let operation = document.operations.iter().map(|(_, operation)| operation).next()?;
    let selection = operation.node.selection_set.node.items.first()?;
    match &selection.node {
        Selection::Field(field) => {
            let (_, value) = field.node.arguments.first()?;
            value.node.clone().into_const()
        }
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
    }
}
