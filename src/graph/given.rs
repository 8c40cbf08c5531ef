//! What a field was given: its arguments, and the way to refuse what does not fit together.
use async_graphql::{Context, InputType, ServerError, ServerResult};

use super::page::refusal;
use crate::error::Refusal;

/// The arguments of a field.
pub struct Given<'c, 'r>(pub(super) &'c Context<'r>);

impl Given<'_, '_> {
    /// The argument of this name.
    pub fn argument<A: InputType>(&self, name: &str) -> ServerResult<A> {
        Ok(self.0.param_value::<A>(name, None)?.1)
    }

    /// Says no, with the place and the path of the field.
    pub fn refuse(&self, why: impl Into<Refusal>) -> ServerError {
        refusal(self.0, why)
    }
}
