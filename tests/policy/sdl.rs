//! Reads a schema's text into a model, so that tests can write models down.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{ConstDirective, FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition},
    },
};
use portico::policy::model::{Directive, Field, Input, Kind, Model, Text, Type};

/// The model that the text describes, with the directives that every schema has.
pub(crate) fn model(sdl: &str) -> Model {
    let mut model = Model { query: "Query".to_owned(), ..Model::default() };
    for name in ["Boolean", "Float", "ID", "Int", "String"] {
        model.types.insert(name.to_owned(), Type::new(Kind::Scalar));
    }
    for definition in parse_schema(sdl).expect("a schema").definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        let mut ty = of_kind(definition.node.kind);
        ty.description = definition.node.description.map(|text| text.node);
        model.types.insert(name, ty);
    }
    let owned = |name: &str| model.types.contains_key(name).then(|| name.to_owned());
    (model.mutation, model.subscription) = (owned("Mutation"), owned("Subscription"));
    let implements: Vec<(String, BTreeSet<String>)> =
        model.types.iter().map(|(name, ty)| (name.clone(), ty.interfaces.clone())).collect();
    for (object, interfaces) in implements {
        for interface in interfaces {
            model.types.get_mut(&interface).expect("an interface").possible.insert(object.clone());
        }
    }
    model.directives = ["skip", "include"].map(|name| (name.to_owned(), conditional())).into();
    model
}

fn conditional() -> Directive {
    let condition = Input { ty: "Boolean!".to_owned(), default: None, text: Text::default() };
    let places = ["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"];
    Directive {
        args: BTreeMap::from([("if".to_owned(), condition)]),
        locations: places.map(str::to_owned).into(),
    }
}

fn of_kind(kind: TypeKind) -> Type {
    match kind {
        TypeKind::Scalar => Type::new(Kind::Scalar),
        TypeKind::Object(object) => Type {
            fields: fields(object.fields),
            interfaces: object.implements.iter().map(|name| name.node.to_string()).collect(),
            ..Type::new(Kind::Object)
        },
        TypeKind::Interface(interface) => {
            Type { fields: fields(interface.fields), ..Type::new(Kind::Interface) }
        }
        TypeKind::Union(union) => Type {
            possible: union.members.iter().map(|name| name.node.to_string()).collect(),
            ..Type::new(Kind::Union)
        },
        TypeKind::Enum(all) => Type {
            values: all
                .values
                .into_iter()
                .map(|value| {
                    let text = text(value.node.description, &value.node.directives);
                    (value.node.value.node.to_string(), text)
                })
                .collect(),
            ..Type::new(Kind::Enum)
        },
        TypeKind::InputObject(input) => Type { inputs: inputs(input.fields), ..Type::new(Kind::Input) },
    }
}

fn fields(all: Vec<Positioned<FieldDefinition>>) -> BTreeMap<String, Field> {
    let field = |field: FieldDefinition| Field {
        ty: field.ty.node.to_string(),
        args: inputs(field.arguments),
        text: text(field.description, &field.directives),
    };
    all.into_iter().map(|found| (found.node.name.node.to_string(), field(found.node))).collect()
}

fn inputs(all: Vec<Positioned<InputValueDefinition>>) -> BTreeMap<String, Input> {
    let input = |input: InputValueDefinition| Input {
        ty: input.ty.node.to_string(),
        default: input.default_value.map(|value| value.node.to_string()),
        text: text(input.description, &input.directives),
    };
    all.into_iter().map(|found| (found.node.name.node.to_string(), input(found.node))).collect()
}

fn text(description: Option<Positioned<String>>, directives: &[Positioned<ConstDirective>]) -> Text {
    let reason = |directive: &Positioned<ConstDirective>| {
        let reason = directive.node.get_argument("reason")?;
        if let async_graphql::Value::String(text) = &reason.node { Some(text.clone()) } else { None }
    };
    let deprecated = directives.iter().filter(|d| d.node.name.node == "deprecated").find_map(reason);
    Text { description: description.map(|text| text.node), deprecated }
}
