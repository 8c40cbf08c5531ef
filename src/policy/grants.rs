//! What one role has: members, arguments, scopes of rows, and the model that is left for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_graphql::Value;

use super::{
    model::{Model, is_plumbing},
    role::Role,
    values,
};

/// The members a policy opens to a role, each with the arguments that stay.
pub(super) type Members = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// What one role has. Immutable; a reload makes new ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grants {
    /// The role.
    pub role: Role,
    pub(super) members: Members,
    pub(super) scopes: BTreeMap<String, Vec<&'static str>>,
    pub(super) released: BTreeMap<String, BTreeSet<String>>,
    pub(super) model: Arc<Model>,
}

impl Grants {
    /// Whether the role has the member. The plumbing of pages goes without saying.
    pub fn allows(&self, ty: &str, member: &str) -> bool {
        is_plumbing(ty, member) || self.members.get(ty).is_some_and(|members| members.contains_key(member))
    }

    /// Whether the role has the argument; never where it lacks the field.
    pub fn allows_argument(&self, ty: &str, field: &str, argument: &str) -> bool {
        let arguments = self.members.get(ty).and_then(|members| members.get(field));
        arguments.is_some_and(|arguments| arguments.contains(argument))
    }

    /// Whether the role has the argument and every name in the value that it is given, however deep.
    pub fn admits(&self, ty: &str, field: &str, argument: &str, value: &Value) -> bool {
        let input = self.model.field(ty, field).and_then(|field| field.args.get(argument));
        self.allows_argument(ty, field, argument)
            && input.is_some_and(|input| values::find(&self.model, &input.ty, value).is_none())
    }

    /// The scopes whose rows the role has; none, no rows.
    pub fn scopes(&self, ty: &str) -> &[&'static str] {
        self.scopes.get(ty).map(Vec::as_slice).unwrap_or_default()
    }

    /// The members of the type that are never null for the role, since each of its rows has a release.
    pub fn released(&self, ty: &str) -> impl Iterator<Item = &str> {
        self.released.get(ty).into_iter().flatten().map(String::as_str)
    }

    /// The role's model: all that its schema has.
    pub const fn model(&self) -> &Arc<Model> {
        &self.model
    }
}
