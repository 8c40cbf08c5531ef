//! Whether a request gives its operation the variables that it must:
//! <https://spec.graphql.org/September2025/#sec-Coercing-Variable-Values>.
//!
//! async-graphql treats a required variable that is missing or null as if the argument had been left out, so that a list
//! would come without its filter.

use async_graphql::parser::types::OperationDefinition;
use async_graphql::{ServerError, Value, Variables};

/// What is wrong, in the order of the document.
pub(super) fn given(operation: &OperationDefinition, variables: &Variables) -> Result<(), Vec<ServerError>> {
    let required = operation.variable_definitions.iter().filter(|it| !it.node.var_type.node.nullable);
    let wrong = required.filter_map(|definition| {
        let (name, ty) = (&definition.node.name.node, &definition.node.var_type.node);
        let sentence = match variables.get(name) {
            None if definition.node.default_value.is_none() => {
                format!("Variable \"${name}\" of required type \"{ty}\" was not provided.")
            }
            Some(Value::Null) => format!("Variable \"${name}\" of non-null type \"{ty}\" must not be null."),
            None | Some(_) => return None,
        };
        Some(ServerError::new(sentence, Some(definition.pos)))
    });
    let wrong: Vec<_> = wrong.collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}
