//! Reads a schema's registry into a [`Model`], at the one moment when it can be read: while the schema is built.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    ContextDirective, CustomDirective, CustomDirectiveFactory, SchemaBuilder, ServerError, ServerResult,
    parser::types,
    registry::{Deprecation, MetaDirective, MetaEnumValue, MetaField, MetaInputValue, MetaType, Registry},
};

use super::model::{Directive, Field, Input, Kind, Model, Text, Type};

impl Model {
    /// The model of the schema that the builder would build.
    pub fn of<Q, M, S>(builder: SchemaBuilder<Q, M, S>) -> Self {
        let seen = Arc::new(Mutex::new(Self::default()));
        drop(builder.directive(Capture(Arc::clone(&seen))));
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *seen)
    }

    /// The model that a registry holds.
    pub fn from_registry(registry: &Registry) -> Self {
        let own = |name: &&String| !name.starts_with("__");
        let names = registry.types.keys().filter(own);
        Self {
            query: registry.query_type.clone(),
            mutation: registry.mutation_type.clone(),
            subscription: registry.subscription_type.clone(),
            types: names.filter_map(|name| Some((name.clone(), read(registry, name)?))).collect(),
            directives: registry.directives.iter().map(|(name, d)| (name.clone(), directive(d))).collect(),
        }
    }
}

/// Takes a copy of the registry's content; as a directive it is never used.
struct Capture(Arc<Mutex<Model>>);

impl CustomDirectiveFactory for Capture {
    fn name(&self) -> Cow<'static, str> {
        // No GraphQL name, so no document can call it.
        "-capture".into()
    }

    fn register(&self, registry: &mut Registry) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Model::from_registry(registry);
    }

    fn create(
        &self,
        _: &ContextDirective<'_>,
        _: &types::Directive,
    ) -> ServerResult<Box<dyn CustomDirective>> {
        Err(ServerError::new("not a directive", None))
    }
}

fn read(registry: &Registry, name: &str) -> Option<Type> {
    let mut ty = match registry.types.get(name)? {
        MetaType::Scalar { description, .. } => described(Kind::Scalar, description.as_ref()),
        MetaType::Object { description, fields: found, .. } => {
            Type { fields: fields(found.values()), ..described(Kind::Object, description.as_ref()) }
        }
        MetaType::Interface { description, fields: found, possible_types, .. } => Type {
            fields: fields(found.values()),
            possible: possible_types.iter().cloned().collect(),
            ..described(Kind::Interface, description.as_ref())
        },
        MetaType::Union { description, possible_types, .. } => Type {
            possible: possible_types.iter().cloned().collect(),
            ..described(Kind::Union, description.as_ref())
        },
        MetaType::Enum { description, enum_values, .. } => Type {
            values: enum_values.values().map(|v| (v.name.clone(), value(v))).collect(),
            ..described(Kind::Enum, description.as_ref())
        },
        MetaType::InputObject { description, input_fields, .. } => Type {
            inputs: input_fields.values().map(|i| (i.name.clone(), input(i))).collect(),
            ..described(Kind::Input, description.as_ref())
        },
    };
    // The registry remembers names of types that were dropped as unused.
    let alive = |name: &String| registry.types.contains_key(name);
    ty.possible.retain(alive);
    let claimed = registry.implements.get(name);
    ty.interfaces = claimed.into_iter().flatten().filter(|name| alive(name)).cloned().collect();
    Some(ty)
}

fn described(kind: Kind, description: Option<&String>) -> Type {
    Type { description: description.cloned(), ..Type::new(kind) }
}

fn fields<'a>(found: impl Iterator<Item = &'a MetaField>) -> std::collections::BTreeMap<String, Field> {
    found.filter(|f| !f.name.starts_with("__")).map(|f| (f.name.clone(), field(f))).collect()
}

fn field(field: &MetaField) -> Field {
    Field {
        ty: field.ty.clone(),
        args: field.args.values().map(|arg| (arg.name.clone(), input(arg))).collect(),
        text: text(field.description.as_ref(), &field.deprecation),
    }
}

fn input(input: &MetaInputValue) -> Input {
    Input {
        ty: input.ty.clone(),
        default: input.default_value.clone(),
        text: text(input.description.as_ref(), &input.deprecation),
    }
}

fn value(value: &MetaEnumValue) -> Text {
    text(value.description.as_ref(), &value.deprecation)
}

fn text(description: Option<&String>, deprecation: &Deprecation) -> Text {
    Text { description: description.cloned(), deprecated: deprecation.reason().map(str::to_owned) }
}

fn directive(directive: &MetaDirective) -> Directive {
    Directive {
        args: directive.args.values().map(|arg| (arg.name.clone(), input(arg))).collect(),
        locations: directive.locations.iter().map(|place| format!("{place:?}")).collect(),
    }
}
