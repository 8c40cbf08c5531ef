//! The policy in force, which is swapped whole and asked again by each statement that is planned.
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{compile::Policy, grants::Grants, role::Role};

/// The policy in force. Readers never wait.
#[derive(Debug)]
pub struct Live(ArcSwap<Policy>);

impl Live {
    /// Puts a first policy in force.
    pub fn new(policy: Policy) -> Self {
        Self(ArcSwap::from_pointee(policy))
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

    /// Puts another policy in force, and gives back the former one.
    pub fn replace(&self, policy: Policy) -> Arc<Policy> {
        self.0.swap(Arc::new(policy))
    }
}
