//! Lists that a caller gives: however often one repeats a value, it asks for what the value asks for once.
use portico::policy::{
    Role,
    model::{Kind, named},
};
use serde_json::{Value, json};

use crate::{
    cast::Cast,
    harness::{World, on_both},
    ids::standing,
    raw::Raw,
    shape::{Shape, below},
};

const MIA: (&str, Role) = ("mia@okafor.example", Role::Client);

/// More than SQLite takes of conditions that hang on one another.
const OFTEN: usize = 5_000;

/// A field's argument that is a list or holds one.
struct Place {
    name: String,
    document: String,
    /// A value of the list.
    value: Value,
    is_of_ids: bool,
}

#[test]
fn a_value_that_is_repeated_is_asked_for_once() {
    on_both(async |world| {
        let cast = Cast::of(&world).await;
        for role in Role::ALL {
            let places = places(&world, &cast, role).await;
            if role == Role::Attorney {
                let found: Vec<_> = places.iter().map(|place| place.name.as_str()).collect();
                let known = ["status", "kind", "filingStatus", "state", "ids"];
                assert!(known.iter().all(|name| found.contains(name)), "{found:?}");
            }
            for place in places {
                let ask = async |count: usize| {
                    let list = vec![place.value.clone(); count];
                    cast.ask(&world, role, &json!({ "query": place.document, "variables": { "list": list } }))
                        .await
                };
                let (once, often) = (ask(1).await, ask(OFTEN).await);
                once.data();
                if place.is_of_ids {
                    let code = often.code();
                    assert!(["PAGE_TOO_LARGE", "TOO_COMPLEX"].contains(&code.as_str()), "{role} {code}");
                } else {
                    assert_eq!(often.body, once.body, "{role} on {:?}: {}", world.engine, place.document);
                }
            }
        }
    });
}

/// Every list that the role's schema lets a caller give.
async fn places(world: &World, cast: &Cast, role: Role) -> Vec<Place> {
    let model = cast.model(role);
    let ids = standing(&Raw::open(&world.database).await, 1).await;
    let shape = Shape::new(model, &ids);
    let mut places = Vec::new();
    for (owner, ty) in model.types.iter().filter(|(_, ty)| ty.kind == Kind::Object) {
        for (member, field) in &ty.fields {
            for (argument, input) in &field.args {
                for (name, list, written) in lists(&shape, argument, &input.ty) {
                    let arguments = shape.with_argument(field, argument, argument, &written);
                    let selection = format!("{member}{arguments}{}", below(model, &field.ty));
                    let Some(document) = shape.within(owner, &selection) else { continue };
                    let value = match named(&list) {
                        "ID" => Some(json!("nobody's")),
                        word => model.types[word].values.keys().next().map(|word| json!(word)),
                    };
                    let value = value.unwrap_or_else(|| panic!("what is a value of {list}?"));
                    places.push(Place {
                        name,
                        document: format!("query($list: {list}) {document}"),
                        value,
                        is_of_ids: named(&list) == "ID",
                    });
                }
            }
        }
    }
    places
}

/// The lists that an argument of this type holds: each with its name, its type, and the argument's value that has it.
fn lists(shape: &Shape<'_>, name: &str, ty: &str) -> Vec<(String, String, String)> {
    if ty.starts_with('[') {
        return vec![(name.to_owned(), ty.to_owned(), "$list".to_owned())];
    }
    let Some(found) = shape.model.types.get(named(ty)).filter(|found| found.kind == Kind::Input) else {
        return Vec::new();
    };
    let mut lists = Vec::new();
    for (member, input) in found.inputs.iter().filter(|(_, input)| named(&input.ty) != named(ty)) {
        for (name, list, written) in self::lists(shape, member, &input.ty) {
            let others = found.inputs.iter().filter(|(other, input)| *other != member && input.is_required());
            let others =
                others.map(|(other, input)| format!("{other}: {}", shape.value("", other, &input.ty)));
            let all: Vec<String> = others.chain([format!("{member}: {written}")]).collect();
            lists.push((name, list, format!("{{{}}}", all.join(", "))));
        }
    }
    lists
}

/// Questions that name a variable which they must be given.
const WANTING: &[&str] = &[
    "query($v: DocumentFilter!) { documents(filter: $v) { nodes { label } } }",
    "query($v: [DocumentKind!]!) { documents(filter: { kind: $v }) { nodes { label } } }",
    "query($v: CaseStatus!) { cases(filter: { status: [$v] }) { nodes { title } } }",
    "query($v: Int!) { cases(first: $v) { nodes { title } } }",
    "query($v: String!) { cases(after: $v) { nodes { title } } }",
    "query($v: [ID!]!) { nodes(ids: $v) { id } }",
    "query($v: ID!) { case(id: $v) { id } }",
    "query($v: Boolean!) { cases { nodes { title @skip(if: $v) } } }",
    "query($v: Boolean!) { ...F } fragment F on Query { cases @include(if: $v) { nodes { title } } }",
];

#[test]
fn a_required_variable_that_is_missing_or_null_is_refused() {
    on_both(async |world| {
        for query in WANTING {
            for (variables, words) in
                [(json!({}), "was not provided"), (json!({ "v": null }), "must not be null")]
            {
                let answer = world.ask_with(MIA, query, variables).await;
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (400, "GRAPHQL_VALIDATION_FAILED"),
                    "{query}"
                );
                assert!(
                    answer.body.contains("Variable \\\"$v\\\" of ") && answer.body.contains(words),
                    "{}",
                    answer.body
                );
            }
        }
        let with_default = "query($v: Int! = 1) { cases(first: $v) { nodes { title } } }";
        world.ask_with(MIA, with_default, json!({})).await.data();
        assert_eq!(world.ask_with(MIA, with_default, json!({ "v": null })).await.status, 400);
        for query in [
            "query($v: Boolean) { cases { nodes { title @skip(if: $v) } } }",
            "query($v: String!) { cases { nodes { title @skip(if: $v) } } }",
        ] {
            let answer = world.ask_with(MIA, query, json!({ "v": false })).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (400, "GRAPHQL_VALIDATION_FAILED"),
                "{query}"
            );
        }
        let fine = "query($v: Boolean = false) { cases { nodes { title @skip(if: $v) } } }";
        world.ask_with(MIA, fine, json!({})).await.data();
    });
}

#[test]
fn null_is_no_filter() {
    on_both(async |world| {
        for (query, variables) in [
            ("{ documents(filter: null) { nodes { id } } }", json!({})),
            ("{ documents(filter: { kind: null }) { nodes { id } } }", json!({})),
            ("{ documents(filter: { filedFrom: null }) { nodes { id } } }", json!({})),
            ("query($v: DocumentFilter) { documents(filter: $v) { nodes { id } } }", json!({ "v": null })),
            (
                "query($v: DocumentFilter) { documents(filter: $v) { nodes { id } } }",
                json!({ "v": { "kind": null } }),
            ),
            (
                "query($v: [DocumentKind!]) { documents(filter: { kind: $v }) { nodes { id } } }",
                json!({ "v": null }),
            ),
        ] {
            let answer = world.ask_with(MIA, query, variables).await;
            assert_eq!(answer.code(), "BAD_USER_INPUT", "{query}: {}", answer.body);
            assert!(answer.body.contains("null asks for nothing: leave it out"), "{}", answer.body);
        }
        // What was left out is no null.
        let all = world.ask(MIA, "{ documents { nodes { id } } }").await.data();
        for query in [
            "query($v: DocumentFilter) { documents(filter: $v) { nodes { id } } }",
            "query($v: [DocumentKind!]) { documents(filter: { kind: $v }) { nodes { id } } }",
        ] {
            assert_eq!(world.ask_with(MIA, query, json!({})).await.data(), all);
        }
        let none = "{ documents(filter: { kind: [] }) { nodes { id } } }";
        assert_eq!(world.ask(MIA, none).await.data(), json!({ "documents": { "nodes": [] } }));
    });
}
