//! Which statements stay prepared: those that came several times, and not without bound.
//!
//! A statement's text follows from the selection that a caller wrote, so callers could fill every connection's memory
//! with statements that are never run again. What comes for the third time is kept, up to a length of all together that
//! real clients do not reach; the rest is prepared and forgotten. Where somebody fills the list with what nobody else asks,
//! it is emptied, but no more often than every ten minutes. Connections live no longer, and with them what they keep, so
//! none keeps more than two lists.
use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Bytes of all texts that are kept. PostgreSQL takes 130 bytes for each of them, so 65 MiB for a full list on a connection.
/// A portal's home page has 20,000, most operations 3,000.
const KEPT: usize = 524_288;
/// How long a full list stands, which is how long a connection lives.
pub(super) const STANDS: Duration = Duration::from_mins(10);
/// Counted at most before counting begins anew.
const COUNTED: usize = 10_000;
/// How often a statement has to come.
const OFTEN: u8 = 3;

/// What was seen, and what is kept.
#[derive(Default)]
pub(super) struct Prepared(Mutex<Seen>);

struct Seen {
    /// Since when the list stands.
    since: Instant,
    counts: HashMap<u64, u8>,
    kept: HashSet<u64>,
    bytes: usize,
}

impl Prepared {
    /// Whether a statement of this text is to stay prepared.
    pub(super) fn keeps(&self, text: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.keeps((hasher.finish(), text.len()), Instant::now())
    }
}

impl Default for Seen {
    fn default() -> Self {
        Seen { since: Instant::now(), counts: HashMap::new(), kept: HashSet::new(), bytes: 0 }
    }
}

impl Seen {
    fn keeps(&mut self, (statement, bytes): (u64, usize), now: Instant) -> bool {
        if self.kept.contains(&statement) {
            return true;
        }
        // It would not fit an empty list either, so it empties none.
        if bytes > KEPT {
            return false;
        }
        if self.bytes + bytes > KEPT {
            if now.duration_since(self.since) < STANDS {
                return false;
            }
            (self.since, self.kept, self.bytes) = (now, HashSet::new(), 0);
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
            self.bytes += bytes;
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
            let text = format!("{statement:1000}");
            for _ in 0..if statement < 5_000 { 3 } else { 1 } {
                prepared.keeps(&text);
            }
        }
        let seen = prepared.0.lock().unwrap();
        assert_eq!((seen.kept.len(), seen.bytes), (KEPT / 1_000, KEPT / 1_000 * 1_000));
        assert!(seen.counts.len() <= COUNTED);
    }

    #[test]
    fn a_list_that_somebody_filled_is_emptied_after_its_time_and_not_sooner() {
        let mut seen = Seen::default();
        let begin = seen.since;
        let often = |seen: &mut Seen, statement: u64, at| {
            seen.keeps((statement, KEPT / 500), at);
            seen.keeps((statement, KEPT / 500), at);
            seen.keeps((statement, KEPT / 500), at)
        };
        assert_eq!((0..1_000).filter(|n| often(&mut seen, *n, begin)).count(), 500);
        let last = STANDS.saturating_sub(Duration::from_secs(1));
        assert!(!often(&mut seen, 7_000, begin + last), "a connection could hold more than two lists");
        assert!(seen.keeps((0, KEPT / 500), begin + last), "what was kept stays so");
        let next = begin + STANDS;
        assert!(!seen.keeps((9_000, KEPT + 1), next) && seen.keeps((0, KEPT / 500), next), "it never fits");
        assert!(often(&mut seen, 7_000, next) && !seen.keeps((0, KEPT / 500), next));
        assert_eq!((1_000..2_000).filter(|n| often(&mut seen, *n, next)).count(), 499);
        assert!(!often(&mut seen, 8_000, next + last), "the new one stands as long");
    }
}
