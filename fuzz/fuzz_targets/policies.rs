//! Lines of policy beside those of a small schema: each fault says where it is, and what the lint lets through is, whatever
//! the order of its lines, a schema for each role that has its grants and no more.
#![no_main]

use std::{collections::BTreeMap, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use portico::policy::{Faults, Model, Policy, Role, Vocabulary};
use portico_fuzz::{bytes::Bytes, wait};
use rand::{Rng as _, seq::IndexedRandom as _};

#[allow(dead_code, reason = "the tests of policy ask more of it")]
#[path = "../../tests/policy/toy.rs"]
mod toy;

/// Columns to draw lines from, some of them wrong.
struct Words {
    subjects: Vec<String>,
    /// With their members.
    types: Vec<(String, Vec<String>)>,
}

static MODEL: LazyLock<(Model, Vocabulary)> = LazyLock::new(|| (toy::model(), toy::vocabulary()));
static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let wrong = ["role:portal", "role:staff", "client", "role:*"].map(str::to_owned);
    let subjects = Role::ALL.iter().map(|role| role.subject()).chain(wrong).collect();
    let mut types = BTreeMap::from([("*".to_owned(), vec!["*".to_owned()])]);
    for coordinate in MODEL.0.coordinates() {
        let members =
            types.entry(coordinate.ty.clone()).or_insert_with(|| vec!["*".to_owned(), "nothing".to_owned()]);
        members.push(coordinate.what());
    }
    Words { subjects, types: types.into_iter().collect() }
});

fuzz_target!(init: { LazyLock::force(&WORDS) }, |bytes: &[u8]| {
    // Text as it is, or lines that are drawn.
    let text = match bytes.split_first() {
        Some((0, rest)) => drawn(Bytes::of(rest), rest.len()),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let turned: Vec<&str> = text.lines().rev().collect();
    match (compiled(&text), compiled(&turned.join("\n"))) {
        (Ok(one), Ok(other)) => {
            // A byte order mark and a lone carriage return are what they are at one place only.
            assert!(one.hash() == other.hash() || text.contains(['\r', '\u{feff}']), "{text}");
            Role::ALL.into_iter().for_each(|role| granted(&one, role, &text));
        }
        (Err(faults), _) => located(&faults, &text),
        (Ok(_), Err(faults)) => assert!(text.contains(['\r', '\u{feff}']), "{text}\n{faults}"),
    }
});

fn compiled(text: &str) -> Result<Policy, Faults> {
    wait(Policy::compile(&toy::source(text), &MODEL.0, &MODEL.1))
}

/// A line for each few bytes.
fn drawn(mut bytes: Bytes<'_>, length: usize) -> String {
    let mut lines = Vec::new();
    for _ in 0..length.div_ceil(6) {
        let subject = WORDS.subjects.choose(&mut bytes).expect("some");
        if bytes.random_bool(0.2) {
            lines.push(format!("g, {subject}, {}", WORDS.subjects.choose(&mut bytes).expect("some")));
            continue;
        }
        let (ty, members) = WORDS.types.choose(&mut bytes).expect("some");
        let count = bytes.random_range(1..4);
        let what: Vec<&str> =
            (0..count).map(|_| members.choose(&mut bytes).expect("some").as_str()).collect();
        let act = if bytes.random_bool(0.2) { "row" } else { "resolve" };
        let what = if act == "row" { "released|firm".to_owned() } else { what.join("|") };
        let effect = if bytes.random_bool(0.2) { "deny" } else { "allow" };
        lines.push(format!("p, {subject}, {ty}, {what}, {act}, {effect}"));
    }
    lines.join("\n")
}

/// Each fault names a line that is there, or none where the whole is to blame.
fn located(faults: &Faults, text: &str) {
    assert!(faults.iter().next().is_some(), "{text}");
    let lines = text.split(['\n', '\r']).count();
    for fault in faults {
        let most = match fault.file.as_str() {
            "" => 0,
            "base.csv" => Role::ALL.len(),
            "toy.csv" => lines,
            other => panic!("{other}: {text}"),
        };
        assert!(
            fault.line <= most && (fault.line > 0) == (most > 0) && !fault.sentence.is_empty(),
            "{fault:?} {text}"
        );
    }
}

fn granted(policy: &Policy, role: Role, text: &str) {
    let grants = policy.grants(role);
    let pruned = grants.prune(toy::builder()).unwrap_or_else(|faults| panic!("{text}\n{faults}"));
    assert_eq!(&pruned.model, grants.model(), "{text}");
    for coordinate in pruned.model.coordinates() {
        let is_granted = match &coordinate.argument {
            Some(argument) => grants.allows_argument(&coordinate.ty, &coordinate.member, argument),
            None => grants.allows(&coordinate.ty, &coordinate.member),
        };
        assert!(is_granted, "{role} has {coordinate}:\n{text}");
    }
    assert!(!pruned.schema.sdl().is_empty());
}
