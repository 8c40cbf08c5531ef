//! The way out: an answer that holds what the role's model lacks is found out, whatever let it come about.

use std::collections::BTreeMap;

use async_graphql::{Name, Value, parser::parse_query, value};
use portico::policy::{
    Model, Outgoing,
    model::{Field, Text},
};

use crate::toy;

/// A model without tasks, risks and sealed cases, in which a case is open and weighs something.
fn model() -> Model {
    let mut model = toy::model();
    for ty in ["Task", "TaskConnection", "TaskEdge"] {
        model.types.remove(ty);
    }
    for ty in model.types.values_mut() {
        ty.possible.remove("Task");
    }
    let case = model.types.get_mut("Case").expect("a type");
    case.fields.retain(|name, _| name != "tasks" && name != "risk");
    for (name, ty) in [("isOpen", "Boolean!"), ("weight", "Float")] {
        let field = Field { ty: ty.to_owned(), args: BTreeMap::new(), text: Text::default() };
        case.fields.insert(name.to_owned(), field);
    }
    model.types.get_mut("Status").expect("a type").values.remove("SEALED");
    model
}

fn checked(query: &str, data: &Value) -> Result<(), String> {
    let (document, model) = (parse_query(query).expect("a document"), model());
    let outgoing = Outgoing::of(&document, None, &model).expect("an operation");
    outgoing.check(data).map_err(|wrong| wrong.sentence())
}

const SEARCH: &str = "{ search { __typename ... on Case { t: title status } ... on Letter { id } ...Tasks } case(id: 1) { parent { id } } }
    fragment Tasks on Task { title }";

#[test]
fn what_the_model_has_leaves() {
    let data = value!({
        "search": [
            { "__typename": "Case", "t": null, "status": "OPEN" },
            { "__typename": "Letter", "id": "x" },
        ],
        "case": { "parent": null },
    });
    assert_eq!(checked(SEARCH, &data), Ok(()));
    assert_eq!(checked(SEARCH, &Value::Null), Ok(()), "errors have their own way");
    assert_eq!(checked("{ b: ping @skip(if: true) a: ping b: ping }", &value!({ "a": 1, "b": 2 })), Ok(()));
    assert_eq!(
        checked(
            "{ case(id: 1) { title } case(id: 1) { id } }",
            &value!({ "case": { "title": "x", "id": "y" } })
        ),
        Ok(())
    );
    let by_interface = "{ node(id: 1) { ... on Node { id } ... on Titled { title } } }";
    assert_eq!(checked(by_interface, &value!({ "node": { "id": "x" } })), Ok(()));
    assert_eq!(
        checked("{ case(id: 1) { isOpen weight } }", &value!({ "case": { "isOpen": true, "weight": 1.5 } })),
        Ok(())
    );
    // As the executor writes an enum; the macro would make text of it.
    let within = |name: &str, value| Value::Object([(Name::new(name), value)].into_iter().collect());
    let word = |word: &str| within("case", within("status", Value::Enum(Name::new(word))));
    assert_eq!(checked("{ case(id: 1) { status } }", &word("OPEN")), Ok(()));
    assert!(checked("{ case(id: 1) { status } }", &word("SEALED")).is_err());
    assert_eq!(checked("{ __schema { types { name } } }", &value!({ "__schema": { "types": [] } })), Ok(()));
}

#[test]
fn what_it_lacks_does_not_and_the_log_learns_where_but_no_value() {
    let of_search = |row: Value| value!({ "search": [row], "case": null });
    for (query, data, place) in [
        (SEARCH, of_search(value!({ "__typename": "Task", "title": "canary" })), "/search/"),
        (SEARCH, of_search(value!({ "__typename": "Letter", "title": "canary" })), "/search/"),
        (SEARCH, of_search(value!({ "__typename": "Case", "t": "x", "status": "SEALED" })), "/search/"),
        (SEARCH, of_search(Value::Null), "/search"),
        ("{ case(id: 1) { id risk } }", value!({ "case": { "id": "x", "risk": 7 } }), "/case/risk"),
        ("{ case(id: 1) { id } }", value!({ "case": { "id": null } }), "/case/id"),
        ("{ case(id: 1) { id } }", value!({ "case": { "id": "x", "canary": 1 } }), "/case/canary"),
        ("{ case(id: 1) { status } }", value!({ "case": { "status": "canary" } }), "/case/status"),
        ("{ case(id: 1) { title } }", value!({ "case": { "title": { "canary": 1 } } }), "/case/title"),
        ("{ case(id: 1) { title } }", value!({ "case": [{ "title": "x" }] }), "/case"),
        ("{ case(id: 1) { tasks { nodes { title } } } }", value!({ "case": { "tasks": {} } }), "/case/tasks"),
        ("{ case(id: 1) { title } }", value!({ "case": { "title": 7 } }), "/case/title"),
        ("{ case(id: 1) { __typename } }", value!({ "case": { "__typename": "Task" } }), "/case/__typename"),
        ("{ case(id: 1) { weight } }", value!({ "case": { "weight": { "canary": 1 } } }), "/case/weight"),
        ("{ case(id: 1) { isOpen } }", value!({ "case": { "isOpen": "canary" } }), "/case/isOpen"),
        ("{ case(id: 1) { __schema { a } } }", value!({ "case": { "__schema": {} } }), "/case/__schema"),
        ("{ ping }", value!({ "ping": "canary" }), "/ping"),
        ("{ ping }", value!("canary"), ""),
        ("{ node(id: 1) { id } }", value!({ "node": { "id": "x", "title": "canary" } }), "/node/title"),
        ("mutation { ping }", value!({ "ping": 1 }), "/ping"),
    ] {
        let wrong = checked(query, &data).expect_err(query);
        let (_, path) = wrong.split_once(" at ").expect("a place");
        assert!(path.starts_with(place), "{query}: {wrong}");
        assert!(!wrong.contains("\"canary\""), "{wrong}");
    }
}

#[test]
fn fragments_that_name_each_other_have_an_end() {
    let circle = "{ ...A } fragment A on Query { ping ...B } fragment B on Query { ...A }";
    assert_eq!(checked(circle, &value!({ "ping": 1 })), Ok(()));
}
