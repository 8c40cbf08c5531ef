//! Breaks one condition on rows, for `tests/mutants.sh fences` alone: it stands in a copy of the program, never in it.
//!
//! While a type's fence, scope or tables are being said, each condition that goes into an `all` or an `any` has a name:
//! file, line, kind and number. BROKEN names the one to be left out; SEEN is a file that collects all names.
use std::{
    cell::Cell,
    collections::BTreeSet,
    io::Write,
    panic::Location,
    sync::{LazyLock, Mutex},
};

use super::{Predicate, always};

/// What is said outside of any type's fence, and decides all the same.
const ALWAYS: &[&str] = &["src/people/viewer.rs", "src/releasing/publication.rs"];

static BROKEN: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("BROKEN").ok());
static SEEN: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("SEEN").ok());
static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

thread_local! {
    static JUDGING: Cell<bool> = const { Cell::new(false) };
}

fn is_broken(name: String) -> bool {
    let is_broken = BROKEN.as_ref() == Some(&name);
    if let Some(path) = &*SEEN {
        let mut known = KNOWN.lock().unwrap();
        if known.insert(name.clone()) {
            let mut file = std::fs::File::options().create(true).append(true).open(path).unwrap();
            writeln!(file, "{name}").unwrap();
        }
    }
    is_broken
}

/// Whether a condition holds for every row anyway, so that leaving it out changes nothing.
fn is_idle(condition: &Predicate) -> bool {
    let text = |condition| diesel::debug_query::<diesel::sqlite::Sqlite, _>(condition).to_string();
    text(condition) == text(&always())
}

/// The conditions, without the broken one.
#[track_caller]
pub(crate) fn left(conditions: Vec<Predicate>, kind: &str) -> Vec<Predicate> {
    let at = Location::caller();
    if !JUDGING.get() && !ALWAYS.contains(&at.file()) {
        return conditions;
    }
    let is_left = |(number, condition)| {
        let is_left =
            is_idle(&condition) || !is_broken(format!("{}:{} {kind} {number}", at.file(), at.line()));
        is_left.then_some(condition)
    };
    conditions.into_iter().enumerate().filter_map(is_left).collect()
}

/// A type's fence or scope: every row, if it is the broken one.
pub(crate) fn fence(ty: &str, name: &str, say: impl FnOnce() -> Predicate) -> Predicate {
    let said = judged(say);
    if !is_idle(&said) && is_broken(format!("{ty} {name}")) { always() } else { said }
}

/// Says something that decides about rows.
pub(crate) fn judged<T>(say: impl FnOnce() -> T) -> T {
    let before = JUDGING.replace(true);
    let said = say();
    JUDGING.set(before);
    said
}
