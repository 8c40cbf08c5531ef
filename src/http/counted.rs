//! How much of something each of many has, and no more than may be.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts by whom they are of. Its clones count together.
pub(super) struct Counts<K>(Arc<Mutex<HashMap<K, usize>>>);

/// What is counted until this is dropped.
pub(super) struct Counted<K: Hash + Eq> {
    counts: Counts<K>,
    whose: K,
    count: usize,
}

impl<K> Clone for Counts<K> {
    fn clone(&self) -> Self {
        Counts(Arc::clone(&self.0))
    }
}

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Counts(Arc::default())
    }
}

impl<K: Hash + Eq + Clone> Counts<K> {
    /// So many more, unless there are more than may be with them.
    pub(super) fn more(&self, whose: K, count: usize, most: usize) -> Option<Counted<K>> {
        let mut counts = self.locked();
        let all = counts.get(&whose).copied().unwrap_or_default().saturating_add(count);
        if all > most {
            return None;
        }
        counts.insert(whose.clone(), all);
        drop(counts);
        Some(Counted { counts: self.clone(), whose, count })
    }
}

impl<K> Counts<K> {
    fn locked(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq> Drop for Counted<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.locked();
        if let Some(all) = counts.get_mut(&self.whose) {
            *all = all.saturating_sub(self.count);
            if *all == 0 {
                counts.remove(&self.whose);
            }
        }
    }
}
