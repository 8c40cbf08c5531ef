//! What the arguments of a document come to with its variables written out and its fragments spread.
//!
//! Each use of a variable becomes a copy of its value: where names are checked, where it is validated, where it is
//! planned. So a long text that is used a thousand times is a thousand texts, and a body of one megabyte would take
//! gigabytes of memory.

use std::collections::HashMap;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value, Variables};

use super::limits::{Limits, over};
use crate::error::{Problem, Refusal};

/// What a value takes besides its text.
const EACH: usize = 32;

/// Refuses what comes to more than the limits let through.
pub fn writable(
    document: &ExecutableDocument,
    variables: &Variables,
    limits: &Limits,
) -> Result<(), Refusal> {
    if written(document, variables) > limits.written_bytes {
        let what = "bytes of arguments with its variables written out";
        return Err(over(Problem::TooManyValues, what, limits.written_bytes));
    }
    Ok(())
}

/// Bytes of all arguments, those of fragments and operations that do not run included. A variable without a value has its
/// default. No fragment spreads itself here. Saturates.
pub(super) fn written(document: &ExecutableDocument, variables: &Variables) -> usize {
    let mut sizes: HashMap<&str, usize> =
        variables.iter().map(|(name, value)| (name.as_str(), size(value))).collect();
    for (_, operation) in document.operations.iter() {
        for variable in &operation.node.variable_definitions {
            let default = variable.node.default_value.as_ref().map_or(EACH, |value| size(&value.node));
            let known = sizes.entry(&variable.node.name.node).or_default();
            *known = default.max(*known);
        }
    }
    let mut writing = Writing { fragments: &document.fragments, sizes, spread: HashMap::new() };
    let mut sum = Sum(0);
    for (_, operation) in document.operations.iter() {
        sum.add(writing.directives(&operation.node.directives));
        for variable in &operation.node.variable_definitions {
            sum.add(writing.directives(&variable.node.directives));
        }
        sum.add(writing.set(&operation.node.selection_set.node));
    }
    for (name, fragment) in &document.fragments {
        sum.add(writing.directives(&fragment.node.directives));
        sum.add(writing.fragment(name));
    }
    sum.0
}

/// Adds up and saturates.
struct Sum(usize);

impl Sum {
    fn add(&mut self, more: usize) {
        self.0 = self.0.saturating_add(more);
    }
}

fn size(value: &Value) -> usize {
    let text = match value {
        Value::String(text) => text.len(),
        Value::Enum(name) => name.len(),
        Value::Binary(bytes) => bytes.len(),
        Value::List(items) => items.iter().map(size).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + size(value)).sum(),
        Value::Null | Value::Number(_) | Value::Boolean(_) => 0,
    };
    text + EACH
}

struct Writing<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// Of the variables.
    sizes: HashMap<&'a str, usize>,
    /// Of the fragments that were met.
    spread: HashMap<&'a str, usize>,
}

impl<'a> Writing<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> usize {
        let mut sum = Sum(0);
        for selection in &set.items {
            sum.add(self.directives(selection.node.directives()));
            sum.add(match &selection.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            });
        }
        sum.0
    }

    fn field(&mut self, field: &'a Field) -> usize {
        let mut sum = Sum(self.set(&field.selection_set.node));
        for (_, value) in &field.arguments {
            sum.add(self.argument(|resolve| value.node.clone().into_const_with(resolve)));
        }
        sum.0
    }

    fn fragment(&mut self, name: &str) -> usize {
        let Some((name, fragment)) = self.fragments.get_key_value(name) else { return 0 };
        if let Some(known) = self.spread.get(name.as_str()) {
            return *known;
        }
        let size = self.set(&fragment.node.selection_set.node);
        self.spread.insert(name, size);
        size
    }

    fn directives(&self, directives: &[Positioned<Directive>]) -> usize {
        let mut sum = Sum(0);
        for (_, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            sum.add(self.argument(|resolve| value.node.clone().into_const_with(resolve)));
        }
        sum.0
    }

    /// What is written in the document, and each variable's value instead of the variable.
    fn argument(
        &self,
        resolved: impl FnOnce(&mut dyn FnMut(Name) -> Result<Value, ()>) -> Result<Value, ()>,
    ) -> usize {
        let mut sum = Sum(0);
        let literal = resolved(&mut |variable| {
            sum.add(self.sizes.get(variable.as_str()).copied().unwrap_or_default());
            Ok(Value::Null)
        });
        sum.add(literal.as_ref().map_or(0, size));
        sum.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn of(document: &str, variables: &str) -> usize {
        let document = async_graphql::parser::parse_query(document).unwrap();
        let variables = Variables::from_json(serde_json::from_str(variables).unwrap());
        written(&document, &variables)
    }

    const LONG: usize = 1_000;

    fn long() -> String {
        format!("{{\"v\": \"{}\"}}", "x".repeat(LONG))
    }

    /// How many copies of the long text there are.
    fn copies(document: &str) -> usize {
        of(document, &long()) / LONG
    }

    #[test]
    fn each_use_of_a_variable_is_a_copy_of_it() {
        for (uses, document) in [
            (0, "query($v: String) { a }"),
            (1, "query($v: String) { a(b: $v) }"),
            (3, "query($v: String) { a(b: [$v, $v, $v]) }"),
            (3, "query($v: String) @c(d: $v) { a(b: {c: [{d: $v}]}) @d(e: $v) }"),
            (2, "query A($v: String) { a(b: $v) } query B($v: String) { a(b: $v) }"),
            // Spread twice, and once by itself.
            (3, "query($v: String) { a { ...F } b { ...F } } fragment F on Q { c { ... { d(e: $v) } } }"),
        ] {
            assert_eq!(copies(document), uses, "{document}");
        }
    }

    #[test]
    fn literals_and_defaults_count_as_variables_do() {
        let text = "x".repeat(LONG);
        assert_eq!(of(&format!("{{ a(b: \"{text}\") }}"), "{}"), LONG + EACH);
        let with_default = format!("query($w: String = \"{text}\") {{ a(b: $w) c(d: $w) }}");
        assert_eq!(of(&with_default, "{}") / LONG, 2);
        assert_eq!(of("{ a(b: [1, null, {c: true}]) }", "{}"), 5 * EACH + 1);
        assert_eq!(of("{ a(b: $nobodys) }", "{}"), EACH);
    }

    #[test]
    fn what_no_number_holds_saturates() {
        let mut document = "query($v: String) { ...F0 }".to_owned();
        for level in 0..100 {
            let next = level + 1;
            write!(document, " fragment F{level} on Q {{ ...F{next} ...F{next} }}").unwrap();
        }
        document.push_str(" fragment F100 on Q { a(b: $v) }");
        assert_eq!(of(&document, &long()), usize::MAX);
    }

    #[test]
    fn one_text_a_thousand_times_is_refused() {
        let many = |count: usize| {
            let text = format!("query($v: String) {{ a(b: [{}]) }}", "$v ".repeat(count));
            async_graphql::parser::parse_query(text).unwrap()
        };
        let variables = Variables::from_json(serde_json::json!({ "v": "x".repeat(1_000_000) }));
        let limits = Limits::default();
        assert_eq!(writable(&many(1), &variables, &limits), Ok(()));
        let refusal = writable(&many(1_000), &variables, &limits).unwrap_err();
        assert_eq!(refusal.problem(), Problem::TooManyValues);
    }
}
