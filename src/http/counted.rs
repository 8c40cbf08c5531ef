//! How many of something each of many has, and no more than may be.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts by whom they are of. Its clones count together.
pub(super) struct Counts<K>(Arc<Mutex<HashMap<K, usize>>>);

/// One that is counted until this is dropped.
pub(super) struct Counted<K: Hash + Eq> {
    counts: Counts<K>,
    whose: K,
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
    /// One more, unless there are as many as may be.
    pub(super) fn one_more(&self, whose: K, most: usize) -> Option<Counted<K>> {
        let mut counts = self.locked();
        let count = counts.get(&whose).copied().unwrap_or_default();
        if count >= most {
            return None;
        }
        counts.insert(whose.clone(), count + 1);
        drop(counts);
        Some(Counted { counts: self.clone(), whose })
    }
}

impl<K> Counts<K> {
    fn locked(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.locked().is_empty()
    }
}

impl<K: Hash + Eq> Drop for Counted<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.locked();
        if let Some(count) = counts.get_mut(&self.whose) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.whose);
            }
        }
    }
}
