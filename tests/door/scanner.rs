//! The scanner counts the brackets that the parser sees, no more and no fewer.

use async_graphql::Value;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::Selection;
use portico::http::limits::Limits;
use portico::http::scan::scan;
use proptest::prelude::*;

/// Pieces in which a bracket may be hidden, and some that hide the piece after them.
fn piece() -> impl Strategy<Value = &'static str> {
    let pieces = vec![
        "[",
        "[",
        "[",
        "]",
        "]",
        "]",
        "1",
        "\"\"",
        "\"[\"",
        "\"\\\"[\"",
        "\"\\\\\"",
        "\"]\"",
        "\"#\"",
        "#[\n",
        "#\"\n",
        "# \"\"\"\r",
        "\"\"\"[\"\"\"",
        "\"\"\"\\\"\"\"[\"\"\"",
        "\"\"\"\"[\"\"\"",
        "\"\"\"\\\\\"\"\"",
        "\"\"\"\n#[\"\"\"",
        "\"",
        "\"\"\"",
        "\\",
        "\n",
        "\u{feff}",
        "é",
    ];
    proptest::sample::select(pieces)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Null
        | Value::Number(_)
        | Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_)
        | Value::Object(_) => 0,
    }
}

/// The depth of brackets in `{ a(b: [...]) }` as the parser understood it.
fn parsed_depth(text: &str) -> Option<usize> {
    let document = parse_query(text).ok()?;
    let (_, operation) = document.operations.iter().next()?;
    let Selection::Field(field) = &operation.node.selection_set.node.items.first()?.node else { return None };
    let (_, value) = field.node.arguments.first()?;
    Some(2 + depth(&value.node.clone().into_const()?))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn brackets_are_counted_as_the_parser_counts_them(pieces in prop::collection::vec(piece(), 0..14)) {
        let text = format!("{{ a(b: [{}]) }}", pieces.join(" "));
        let within = |nesting| scan(&text, &Limits { nesting, ..Limits::default() }).is_ok();
        // The parser reads an open block string as pieces of short strings; the scanner refuses it, as others do.
        if let Some(depth) = parsed_depth(&text) && within(99) {
            prop_assert!(within(depth), "{depth} {text}");
            prop_assert!(!within(depth - 1), "{depth} {text}");
        }
    }
}
