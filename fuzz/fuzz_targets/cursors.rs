//! Ids and cursors that were given out, changed in some places: they name nothing any more, and no fault comes of it.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use portico::{id, policy::Role};
use portico_fuzz::{
    assert_no_canary, assert_no_fault,
    cast::Cast,
    harness::{World, guarded},
    wait,
};
use serde_json::{Value, json};

/// Lists with cursors, and where what the answer has of them stands.
const LISTS: [(&str, &str); 3] = [
    ("query($c: String) { cases(PAGE) { edges { cursor } } }", "/data/cases/edges"),
    (
        "query($c: String) { cases { nodes { milestones(PAGE) { edges { cursor } } } } }",
        "/data/cases/nodes/0/milestones/edges",
    ),
    ("query($c: String) { documents(PAGE) { edges { cursor } } }", "/data/documents/edges"),
];
const NODE: &str = "query($c: ID!) { node(id: $c) { __typename id } }";

/// How a text comes to be that is asked with.
#[derive(Debug, Arbitrary)]
enum Text {
    /// An id or cursor that is known, with bytes of it turned, cut off or put behind it.
    Known { nth: u8, turned: Vec<(u8, u8)>, cut: u8, more: String },
    /// Another.
    Own(String),
}

#[derive(Debug, Arbitrary)]
struct Question {
    /// As an id, or as a cursor of a list, behind it or before it.
    list: Option<u8>,
    is_before: bool,
    text: Text,
}

struct Known {
    world: World,
    cast: Cast,
    ids: Vec<String>,
    /// Of each list.
    cursors: Vec<Vec<String>>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| wait(known()));

async fn known() -> Known {
    let (world, cast) = guarded().await;
    world.store.record();
    let mut cursors = Vec::new();
    for (query, place) in LISTS {
        let body = json!({ "query": query.replace("PAGE", "after: $c") });
        let answer = cast.ask(&world, Role::Client, &body).await.json();
        let edges = answer.pointer(place).and_then(Value::as_array).unwrap_or_else(|| panic!("{answer}"));
        cursors.push(edges.iter().map(|edge| edge["cursor"].as_str().unwrap().to_owned()).collect());
    }
    let body = json!({ "query": "{ cases { nodes { id milestones { nodes { id } } documents { nodes { id } } } } }" });
    let answer = cast.ask(&world, Role::Client, &body).await.body;
    let ids = answer.split('"').filter(|text| id::tag(text).is_some()).map(str::to_owned).collect();
    Known { world, cast, ids, cursors }
}

fuzz_target!(init: { LazyLock::force(&KNOWN) }, |question: Question| wait(ask(&question)));

async fn ask(question: &Question) {
    let all = KNOWN.cursors.iter().flatten().chain(&KNOWN.ids).collect::<Vec<_>>();
    // Whole texts of its own the fuzzer learns from what the program compares, so these may be ids of what is seen.
    let is_changed = matches!(&question.text, Text::Known { cut, .. } if *cut < 8);
    let text = match &question.text {
        Text::Own(text) => text.clone(),
        Text::Known { nth, turned, cut, more } => {
            let mut bytes = all[usize::from(*nth) % all.len()].clone().into_bytes();
            for (at, by) in turned {
                let at = usize::from(*at) % bytes.len();
                bytes[at] ^= by;
            }
            bytes.truncate(bytes.len().saturating_sub((*cut).into()));
            format!("{}{more}", String::from_utf8_lossy(&bytes))
        }
    };
    assert!(id::tag(&text).is_none_or(|_| text.len() == 23), "{text:?}");
    let page = if question.is_before { "before: $c" } else { "after: $c" };
    let list = question.list.map(|list| usize::from(list) % LISTS.len());
    let query = list.map_or(NODE.to_owned(), |list| LISTS[list].0.replace("PAGE", page));
    let body = json!({ "query": query, "variables": { "c": text } });
    KNOWN.world.store.recorded();
    let answer = KNOWN.cast.ask(&KNOWN.world, Role::Client, &body).await;
    let (what, statements) = (|| body.to_string(), KNOWN.world.store.recorded().len());
    assert_no_fault(&answer, &what);
    assert_no_canary(&answer.body.replace(&text, ""), &what);
    assert!(statements <= 2, "{statements} statements: {body}");
    let told = answer.json();
    let is_nothing = match list {
        None => told["data"]["node"].is_null(),
        Some(_) => told.get("errors").is_some(),
    };
    assert!(is_nothing || !is_changed || all.contains(&&text), "{body}\n{told}");
}
