//! One schema a role: while it is built, its registry loses what the role's model does not have.
//!
//! The hook is async-graphql's (`SchemaBuilder::directive`); it is exported, but not documented, which is why the
//! version is pinned and a test fails loudly when the hook is no longer called.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    ContextDirective, CustomDirective, CustomDirectiveFactory, Schema, SchemaBuilder, ServerError,
    ServerResult, ValidationMode,
    indexmap::IndexMap,
    parser::types::Directive,
    registry::{MetaField, MetaInputValue, MetaType, Registry},
};

use super::{
    fault::{Fault, Faults},
    grants::Grants,
    model::{Field, Input, Model, Type},
    role::Role,
};
use std::collections::BTreeMap;

/// A role's schema and the model it answers for.
pub struct RoleSchema<Q, M, S> {
    /// The schema, which holds the role and its model (`Arc<Model>`) as data.
    pub schema: Schema<Q, M, S>,
    /// All that the schema has.
    pub model: Arc<Model>,
    /// Whose it is.
    pub role: Role,
}

impl<Q, M, S> Clone for RoleSchema<Q, M, S> {
    fn clone(&self) -> Self {
        Self { schema: self.schema.clone(), model: Arc::clone(&self.model), role: self.role }
    }
}

impl Grants {
    /// Builds the role's schema. A registry that does not come to exactly the role's model is a fault.
    pub fn prune<Q, M, S>(&self, builder: SchemaBuilder<Q, M, S>) -> Result<RoleSchema<Q, M, S>, Faults> {
        let left = Arc::new(Mutex::new(Model::default()));
        let hook = Prune { model: Arc::clone(&self.model), left: Arc::clone(&left) };
        // The hook comes last: what a builder registers later would not be pruned.
        let builder = builder.disable_suggestions().validation_mode(ValidationMode::Strict);
        let builder = builder.data(self.role).data(Arc::clone(&self.model)).directive(hook);
        let left = left.lock().unwrap_or_else(PoisonError::into_inner);
        if *left != *self.model {
            let sentence = format!("the schema of role:{} did not come to what its grants say.", self.role);
            return Err(Faults::one(Fault::whole(sentence)));
        }
        Ok(RoleSchema { schema: builder.finish(), model: Arc::clone(&self.model), role: self.role })
    }
}

/// Removes from the registry what the model lacks; as a directive it is never used.
struct Prune {
    model: Arc<Model>,
    left: Arc<Mutex<Model>>,
}

impl CustomDirectiveFactory for Prune {
    fn name(&self) -> Cow<'static, str> {
        // No GraphQL name, so no document can call it.
        "-prune".into()
    }

    fn register(&self, registry: &mut Registry) {
        prune(registry, &self.model);
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Model::from_registry(registry);
    }

    fn create(&self, _: &ContextDirective<'_>, _: &Directive) -> ServerResult<Box<dyn CustomDirective>> {
        Err(ServerError::new("not a directive", None))
    }
}

fn prune(registry: &mut Registry, model: &Model) {
    registry.types.retain(|name, _| is_introspection(name) || model.types.contains_key(name));
    for (name, ty) in &mut registry.types {
        if let Some(left) = model.types.get(name) {
            prune_type(ty, left);
        }
    }
    registry.implements.retain(|name, _| model.types.contains_key(name));
    for (name, interfaces) in &mut registry.implements {
        let left = model.types.get(name);
        interfaces.retain(|interface| left.is_some_and(|left| left.interfaces.contains(interface)));
    }
    registry.mutation_type.clone_from(&model.mutation);
    registry.subscription_type.clone_from(&model.subscription);
    registry.remove_unused_types();
}

fn is_introspection(name: &str) -> bool {
    name.starts_with("__")
}

fn prune_type(ty: &mut MetaType, left: &Type) {
    match ty {
        MetaType::Scalar { .. } => {}
        MetaType::Object { fields, keys, .. } => {
            // Keys would make the type an entity, which is reachable by `_entities`.
            *keys = None;
            prune_fields(fields, &left.fields);
        }
        MetaType::Interface { fields, keys, possible_types, .. } => {
            *keys = None;
            prune_fields(fields, &left.fields);
            possible_types.retain(|name| left.possible.contains(name));
        }
        MetaType::Union { possible_types, .. } => possible_types.retain(|name| left.possible.contains(name)),
        MetaType::Enum { enum_values, .. } => enum_values.retain(|name, _| left.values.contains_key(name)),
        MetaType::InputObject { input_fields, .. } => prune_inputs(input_fields, &left.inputs),
    }
}

fn prune_fields(fields: &mut IndexMap<String, MetaField>, left: &BTreeMap<String, Field>) {
    fields.retain(|name, field| match left.get(name) {
        Some(left) => {
            // A member that only a release has is non-null where every row has one.
            field.ty.clone_from(&left.ty);
            prune_inputs(&mut field.args, &left.args);
            true
        }
        None => is_introspection(name),
    });
}

fn prune_inputs(inputs: &mut IndexMap<String, MetaInputValue>, left: &BTreeMap<String, Input>) {
    inputs.retain(|name, _| left.contains_key(name));
}
