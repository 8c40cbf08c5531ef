//! The policy in force, and the second lock that asks it again when a root field resolves.

use std::sync::Arc;

use arc_swap::ArcSwap;
use async_graphql::{Context, Error, Guard};

use super::{compile::Policy, grants::Grants, role::Role};

/// What a caller is told when something went wrong inside; it says nothing.
pub const INTERNAL: &str = "Something went wrong.";

/// The policy in force. Readers never wait; a reload swaps it whole. Its clones are the same one.
#[derive(Debug, Clone)]
pub struct Live(Arc<ArcSwap<Policy>>);

impl Live {
    /// Puts a first policy in force.
    pub fn new(policy: Policy) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(policy)))
    }

    /// The whole policy at this instant.
    pub fn policy(&self) -> Arc<Policy> {
        self.0.load_full()
    }

    /// What a role has at this instant.
    pub fn grants(&self, role: Role) -> Arc<Grants> {
        Arc::clone(self.0.load().grants(role))
    }

    /// The hash of the policy in force; a request or stream that sees another one ends. It is one value as long as the
    /// policy is: that one was put back is told by its address.
    pub fn hash(&self) -> Arc<str> {
        Arc::clone(self.0.load().hash())
    }

    /// Whether the policy in force is still the one with the hash.
    pub fn is(&self, hash: &str) -> bool {
        **self.0.load().hash() == *hash
    }

    /// Puts another policy in force, and gives back the former one.
    pub fn replace(&self, policy: Policy) -> Arc<Policy> {
        self.0.swap(Arc::new(policy))
    }
}

/// The second lock: `#[graphql(guard = "Granted(\"Query\")")]` asks the policy in force for each field of the type.
///
/// A pruned schema never lets a request come here without the grant. When it does, something is broken: that is
/// logged, and the caller learns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted(
    /// The type whose fields are guarded.
    pub &'static str,
);

impl Guard for Granted {
    async fn check(&self, ctx: &Context<'_>) -> Result<(), Error> {
        let field = ctx.item.node.name.node.as_str();
        let asked = ctx.data_opt::<Role>().zip(ctx.data_opt::<Live>());
        if asked.is_some_and(|(role, live)| live.0.load().grants(*role).allows(self.0, field)) {
            return Ok(());
        }
        let role = asked.map(|(role, _)| role.name());
        tracing::error!(
            ty = self.0,
            field,
            role,
            "a field was reached that the policy in force does not grant"
        );
        Err(Error::new(INTERNAL))
    }
}
