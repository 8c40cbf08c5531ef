//! The way out: an answer is held against the document and the role's own model before it leaves.
//!
//! Validation, guards and scopes decide what may be asked; this trusts none of them. From the document and the model
//! alone it knows what each place of the answer can hold: which keys, of which kind, which words of an enum, where
//! null. It is worked out once for a request and then compared key by key, so that it costs little.

use async_graphql::{
    Name, Value,
    parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet},
    registry::MetaTypeName,
};

use super::{
    model::{Kind, Model, Type},
    names::chosen,
};

/// What an answer to an operation may hold.
pub struct Outgoing<'m>(Vec<Shape<'m>>);

/// An object: its type, and its keys in the order of the document.
struct Shape<'m> {
    ty: &'m str,
    slots: Vec<(Name, Slot<'m>)>,
}

enum Slot<'m> {
    TypeName,
    /// Introspection, which is read from the role's registry itself.
    Told,
    Written(Written<'m>),
}

struct Written<'m> {
    is_certain: bool,
    of: Of<'m>,
}

enum Of<'m> {
    List(Box<Written<'m>>),
    /// One of these.
    Object(Vec<Shape<'m>>),
    Enum(&'m Type),
    Int,
    Truth,
    Text,
    /// A scalar with a form of its own.
    Scalar,
}

/// What is wrong and where: response keys and a rule, never a value.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    path: String,
    rule: &'static str,
}

impl Wrong {
    const fn here(rule: &'static str) -> Self {
        Wrong { path: String::new(), rule }
    }

    fn under(self, key: &str) -> Self {
        Wrong { path: format!("/{key}{}", self.path), ..self }
    }

    /// For the log.
    pub fn sentence(&self) -> String {
        format!("the answer was withheld: {} at {}", self.rule, self.path)
    }
}

impl<'m> Outgoing<'m> {
    /// Reads what the operation can be answered; `None` where the document does not say which is meant.
    pub fn of(document: &ExecutableDocument, operation: Option<&str>, model: &'m Model) -> Option<Self> {
        let operation = chosen(document, operation)?;
        let root = match operation.ty {
            OperationType::Query => Some(&model.query),
            OperationType::Mutation => model.mutation.as_ref(),
            OperationType::Subscription => model.subscription.as_ref(),
        };
        let mut reading = Reading { document, model, open: Vec::new() };
        Some(Outgoing(reading.shapes(root?, &[&operation.selection_set.node])))
    }

    /// Whether the data holds nothing else. No data at all holds nothing.
    pub fn check(&self, data: &Value) -> Result<(), Wrong> {
        if *data == Value::Null { Ok(()) } else { one_of(&self.0, data) }
    }
}

struct Reading<'d, 'm> {
    document: &'d ExecutableDocument,
    model: &'m Model,
    /// Fragments that are being read, so that a circle has an end.
    open: Vec<&'d str>,
}

impl<'d, 'm> Reading<'d, 'm> {
    fn shapes(&mut self, ty: &str, sets: &[&'d SelectionSet]) -> Vec<Shape<'m>> {
        let Some((name, found)) = self.model.types.get_key_value(ty) else { return Vec::new() };
        match found.kind {
            Kind::Object => vec![self.shape(name, found, sets)],
            Kind::Interface | Kind::Union => {
                let model = self.model;
                let objects = found.possible.iter().filter_map(|object| model.types.get_key_value(object));
                objects.map(|(name, found)| self.shape(name, found, sets)).collect()
            }
            Kind::Scalar | Kind::Enum | Kind::Input => Vec::new(),
        }
    }

    fn shape(&mut self, ty: &'m str, found: &'m Type, sets: &[&'d SelectionSet]) -> Shape<'m> {
        let mut asked: Vec<(&'d Name, Vec<&'d Field>)> = Vec::new();
        for set in sets {
            self.collect(ty, set, &mut asked);
        }
        let slots = asked.into_iter().filter_map(|(key, fields)| {
            let name = fields.first()?.name.node.as_str();
            let slot = match name {
                "__typename" => Slot::TypeName,
                "__schema" | "__type" if ty == self.model.query => Slot::Told,
                _ => {
                    let sets: Vec<_> = fields.iter().map(|field| &field.selection_set.node).collect();
                    // A field that the model lacks has no slot, so nothing of it can leave.
                    Slot::Written(self.written(&found.fields.get(name)?.ty, &sets))
                }
            };
            Some((key.clone(), slot))
        });
        Shape { ty, slots: slots.collect() }
    }

    fn collect(&mut self, ty: &str, set: &'d SelectionSet, asked: &mut Vec<(&'d Name, Vec<&'d Field>)>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    match asked.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, fields)) => fields.push(&field.node),
                        None => asked.push((key, vec![&field.node])),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref();
                    if on.is_none_or(|on| self.applies(&on.node.on.node, ty)) {
                        self.collect(ty, &fragment.node.selection_set.node, asked);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.document.fragments.get(name) else { continue };
                    if !self.open.contains(&name.as_str())
                        && self.applies(&fragment.node.type_condition.node.on.node, ty)
                    {
                        self.open.push(name);
                        self.collect(ty, &fragment.node.selection_set.node, asked);
                        self.open.pop();
                    }
                }
            }
        }
    }

    fn applies(&self, on: &str, ty: &str) -> bool {
        on == ty || self.model.can_be(on, ty)
    }

    fn written(&mut self, ty: &str, sets: &[&'d SelectionSet]) -> Written<'m> {
        match MetaTypeName::create(ty) {
            MetaTypeName::NonNull(ty) => Written { is_certain: true, ..self.written(ty, sets) },
            MetaTypeName::List(ty) => {
                Written { is_certain: false, of: Of::List(Box::new(self.written(ty, sets))) }
            }
            MetaTypeName::Named(name) => Written { is_certain: false, of: self.named(name, sets) },
        }
    }

    fn named(&mut self, name: &str, sets: &[&'d SelectionSet]) -> Of<'m> {
        match name {
            "Int" => return Of::Int,
            "Boolean" => return Of::Truth,
            "String" | "ID" => return Of::Text,
            _ => {}
        }
        match self.model.types.get(name) {
            Some(found) if found.kind == Kind::Enum => Of::Enum(found),
            Some(found) if found.kind == Kind::Scalar => Of::Scalar,
            _ => Of::Object(self.shapes(name, sets)),
        }
    }
}

fn one_of(shapes: &[Shape<'_>], value: &Value) -> Result<(), Wrong> {
    let mut wrong = Wrong::here("an object of a type that the role lacks");
    for shape in shapes {
        match shape.check(value) {
            Ok(()) => return Ok(()),
            Err(found) => wrong = found,
        }
    }
    Err(wrong)
}

impl Shape<'_> {
    fn check(&self, value: &Value) -> Result<(), Wrong> {
        let Value::Object(object) = value else { return Err(Wrong::here("something that is no object")) };
        let mut at = 0;
        for (key, value) in object {
            // Keys come in the document's order, but for what `@skip` left out.
            while self.slots.get(at).is_some_and(|(known, _)| known != key) {
                at += 1;
            }
            let ahead = self.slots.get(at);
            let found = ahead.or_else(|| self.slots.iter().find(|(known, _)| known == key));
            let Some((_, slot)) = found else {
                return Err(Wrong::here("what was not asked for or is not granted").under(key));
            };
            self.fits(slot, value).map_err(|wrong| wrong.under(key))?;
            at = if ahead.is_some() { at + 1 } else { 0 };
        }
        Ok(())
    }

    fn fits(&self, slot: &Slot<'_>, value: &Value) -> Result<(), Wrong> {
        match slot {
            Slot::Told => Ok(()),
            Slot::TypeName if matches!(value, Value::String(name) if name == self.ty) => Ok(()),
            Slot::TypeName => Err(Wrong::here("the name of another type")),
            Slot::Written(written) => written.check(value),
        }
    }
}

impl Written<'_> {
    fn check(&self, value: &Value) -> Result<(), Wrong> {
        if matches!(value, Value::Null) {
            return if self.is_certain { Err(Wrong::here("null where there is none")) } else { Ok(()) };
        }
        let fits = match (&self.of, value) {
            (Of::List(inner), Value::List(items)) => {
                return items.iter().try_for_each(|item| inner.check(item));
            }
            (Of::Object(shapes), _) => return one_of(shapes, value),
            (Of::Enum(ty), Value::String(word)) => ty.values.contains_key(word),
            (Of::Enum(ty), Value::Enum(word)) => ty.values.contains_key(word.as_str()),
            (Of::Int, Value::Number(_)) | (Of::Truth, Value::Boolean(_)) | (Of::Text, Value::String(_)) => {
                true
            }
            (Of::Scalar, value) => matches!(value, Value::String(_) | Value::Number(_) | Value::Boolean(_)),
            _ => false,
        };
        if fits { Ok(()) } else { Err(Wrong::here("a value or a word that the role's schema lacks")) }
    }
}
