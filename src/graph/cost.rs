//! What a selection may cost: the fields that it could answer, a list's counted for each row of its page.
//!
//! async-graphql sums the fields; a page multiplies them. An expression that names an argument fails in this version
//! when the argument's variable has no value, so pages are counted here, by the argument as it is written.
use async_graphql::{
    Positioned, ServerResult, VisitorContext,
    parser::types::{Field, VariableDefinition},
};

use super::page::{DEFAULT_LENGTH, LONGEST};

/// How many fields the answer to one operation may have at most.
pub const DEAREST: usize = 30_000;

/// The cost of a page: its rows times what is asked of each.
#[allow(clippy::unnecessary_wraps, reason = "the registry asks for a function that may fail")]
pub(super) fn page(
    context: &VisitorContext<'_>,
    variables: &[Positioned<VariableDefinition>],
    field: &Field,
    row: usize,
) -> ServerResult<usize> {
    // A variable without a value is an error here and means the default length.
    let asked = |name| context.param_value::<Option<i32>>(variables, field, name, None).ok().flatten();
    let length = asked("first").or_else(|| asked("last")).map_or(DEFAULT_LENGTH, i64::from);
    let length = usize::try_from(length.clamp(1, LONGEST)).unwrap_or_default();
    Ok(length.saturating_mul(row).saturating_add(1))
}
