//! Names that nobody has, and what it is for two answers to be twins.
use std::collections::BTreeSet;

use portico::policy::Model;
use serde_json::Value;

use crate::answer::Answer;

/// A name of the same length and case that no model has.
pub fn nonsense(name: &str, names: &BTreeSet<String>) -> String {
    let letters = ['q', 'z', 'x', 'j', 'v', 'k', 'w'];
    let mut candidates = (0..1_000).map(|attempt: usize| {
        let swap = |(at, letter): (usize, char)| {
            let other = letters[(at * 3 + attempt / (1 + at % 4) + attempt) % letters.len()];
            match letter {
                'a'..='z' => other,
                'A'..='Z' => other.to_ascii_uppercase(),
                _ => letter,
            }
        };
        name.chars().enumerate().map(swap).collect::<String>()
    });
    candidates.find(|candidate| !names.contains(candidate)).unwrap()
}

/// Every name of a model.
pub fn every_name(model: &Model) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = model.directives.keys().cloned().collect();
    for (name, ty) in &model.types {
        names.insert(name.clone());
        names.extend(ty.members().into_iter().map(str::to_owned));
        names.extend(ty.fields.values().flat_map(|field| field.args.keys().cloned()));
    }
    names
}

/// Equal in status, headers and body, once the nonsense name is written as the hidden one.
pub fn assert_twins(one: &Answer, other: &Answer, name: &str, nonsense: &str, what: &dyn Fn() -> String) {
    assert_eq!(one.status, other.status, "{}\n{}\n{}", what(), one.body, other.body);
    assert_eq!(headers(one), headers(other), "{}", what());
    let renamed = other.body.replace(nonsense, name);
    if one.body != renamed {
        // Of several errors at one place the order is accidental.
        assert_eq!(sorted(&one.body), sorted(&renamed), "{}", what());
    }
}

fn headers(answer: &Answer) -> Vec<(String, String)> {
    // What is left of a budget falls with each request, and a token's first one is not its bearer's to pay; that twins are
    // charged alike, tests/door/rates.rs says.
    let moving = ["date", "x-request-id", "ratelimit", "ratelimit-policy"];
    let all = answer.headers.iter().filter(|(name, _)| !moving.contains(&name.as_str()));
    let mut all: Vec<_> =
        all.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    all.sort();
    all
}

fn sorted(body: &str) -> Value {
    let mut body: Value = serde_json::from_str(body).unwrap();
    if let Some(errors) = body.get_mut("errors").and_then(Value::as_array_mut) {
        errors.sort_by_key(ToString::to_string);
    }
    body
}

#[test]
fn nonsense_is_as_long_as_the_name_and_known_to_nobody() {
    let names = every_name(&portico::house::model());
    for name in &names {
        let other = nonsense(name, &names);
        assert_eq!(other.len(), name.len());
        assert!(!names.contains(&other));
    }
}
