//! The variables that a request gives its operation: all that it must, and nothing else:
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

/// Those that the operation declares, so that nothing else is kept for as long as it goes on.
pub(super) fn declared(operation: &OperationDefinition, variables: &Variables) -> Variables {
    let mut declared = variables.clone();
    declared.retain(|name, _| operation.variable_definitions.iter().any(|it| it.node.name.node == *name));
    declared
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn what_is_not_declared_is_not_kept() {
        let document = parse_query("query($a: Int, $b: Int) { c(a: $a, b: $b) }").unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let given = Variables::from_json(serde_json::json!({ "a": 1, "b": null, "c": [[[1]]] }));
        let kept = declared(&operation.node, &given).into_value();
        assert_eq!(kept.to_string(), "{a: 1, b: null}");
    }
}
