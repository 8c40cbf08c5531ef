//! Which statements stay prepared: those that came several times, and not without bound.
//!
//! A statement's text follows from the selection that a caller wrote, so callers could fill every connection's memory
//! with statements that are never run again. What comes for the third time is kept, up to a number that real clients
//! do not reach; the rest is prepared and forgotten. Connections live an hour, and with them what they keep.
use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::{Mutex, PoisonError},
};

/// Kept at most, on each connection.
const KEPT: usize = 1_000;
/// Counted at most before counting begins anew.
const COUNTED: usize = 10_000;
/// How often a statement has to come.
const OFTEN: u8 = 3;

/// What was seen, and what is kept.
#[derive(Default)]
pub(super) struct Prepared(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    counts: HashMap<u64, u8>,
    kept: HashSet<u64>,
}

impl Prepared {
    /// Whether a statement of this text is to stay prepared.
    pub(super) fn keeps(&self, text: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keeps(hasher.finish())
    }
}

impl Seen {
    fn keeps(&mut self, statement: u64) -> bool {
        if self.kept.contains(&statement) {
            return true;
        }
        if self.kept.len() >= KEPT {
            return false;
        }
        if self.counts.len() >= COUNTED {
            self.counts.clear();
        }
        let count = self.counts.entry(statement).or_default();
        *count += 1;
        let is_often = *count >= OFTEN;
        if is_often {
            self.counts.remove(&statement);
            self.kept.insert(statement);
        }
        is_often
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_often_is_kept_and_what_comes_once_is_not() {
        let prepared = Prepared::default();
        assert_eq!(
            [prepared.keeps("a"), prepared.keeps("a"), prepared.keeps("a"), prepared.keeps("a")],
            [false, false, true, true]
        );
        assert!(!prepared.keeps("b"));
    }

    #[test]
    fn neither_memory_grows_without_bound() {
        let prepared = Prepared::default();
        for statement in 0..50_000 {
            for _ in 0..if statement < 5_000 { 3 } else { 1 } {
                prepared.keeps(&statement.to_string());
            }
        }
        let seen = prepared.0.lock().unwrap();
        assert_eq!(seen.kept.len(), KEPT);
        assert!(seen.counts.len() <= COUNTED);
    }
}
