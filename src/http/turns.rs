//! How many operations of one caller run, or wait for him to take their answers, at one time: who asks much at once waits
//! for himself, and nobody for him.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::rates::Payer;

/// How many callers are remembered before those are forgotten of whom nothing runs.
const REMEMBERED: usize = 1_024;

/// Room for one operation, until it is dropped.
pub(super) type Turn = Option<OwnedSemaphorePermit>;

/// Whose operations run.
pub(super) struct Turns {
    callers: Mutex<HashMap<Payer, Arc<Semaphore>>>,
    describing: Semaphore,
}

impl Default for Turns {
    fn default() -> Self {
        Turns { callers: Mutex::default(), describing: Semaphore::new(1) }
    }
}

impl Turns {
    /// Waits until this caller has room for one more operation, and holds it.
    pub(super) async fn turn(&self, payer: Payer, most: usize) -> Turn {
        let turns = {
            let mut all = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() >= REMEMBERED {
                all.retain(|_, turns| Arc::strong_count(turns) > 1);
            }
            let most = most.clamp(1, Semaphore::MAX_PERMITS);
            Arc::clone(all.entry(payer).or_insert_with(|| Arc::new(Semaphore::new(most))))
        };
        // Nobody closes it.
        turns.acquire_owned().await.ok()
    }

    /// Waits until nothing else of introspection is answered, and holds that: the schema is read from memory, without a
    /// pause in which anything else could run there.
    pub(super) async fn describing(&self) -> Option<SemaphorePermit<'_>> {
        self.describing.acquire().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_caller_waits_for_himself_alone() {
        let (turns, one, other) = (Turns::default(), Payer::Address(1), Payer::Address(2));
        let held = (turns.turn(one.clone(), 2).await, turns.turn(one.clone(), 2).await);
        assert!(held.0.is_some() && held.1.is_some());
        let third = turns.turn(one.clone(), 2);
        tokio::pin!(third);
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        assert!(turns.turn(other, 2).await.is_some());
        drop(held.0);
        assert!(third.await.is_some());
        for address in 0..5_000 {
            drop(turns.turn(Payer::Address(address), 2).await);
        }
        let describing = turns.describing().await;
        assert!(describing.is_some() && futures_util::poll!(Box::pin(turns.describing())).is_pending());
        let mut kept = turns.callers.lock().unwrap();
        assert!(kept.len() <= REMEMBERED && kept.get_mut(&one).is_some(), "{}", kept.len());
    }
}
