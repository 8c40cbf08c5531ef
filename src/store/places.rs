//! Who uses a connection: in turn, and as long as nobody waits for long only as many as the processors keep busy.
use std::{sync::Arc, thread::available_parallelism, time::Duration};

use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::figures::Counts;

/// How many statements one processor keeps going. More at once are not done sooner, and each costs more: of 16 at once on two
/// processors a short one took PostgreSQL 0.257 ms, of four at once 0.124 ms.
const OF_PROCESSOR: usize = 2;

/// How long somebody waits for one of the few before he takes another: longer than short statements wait for each other,
/// and no longer, so that nobody waits for the long ones.
const PATIENCE: Duration = Duration::from_millis(5);

/// The places of a pool's connections.
pub(super) struct Places {
    all: Arc<Semaphore>,
    few: Arc<Semaphore>,
    size: usize,
}

/// One of them; free again when dropped.
pub(super) struct Place {
    _of_all: OwnedSemaphorePermit,
    _of_few: Option<OwnedSemaphorePermit>,
}

impl Places {
    pub(super) fn of(size: u32) -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self::with(usize::try_from(size).unwrap_or(1), processors.saturating_mul(OF_PROCESSOR))
    }

    fn with(size: usize, few: usize) -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Places { all: places(size), few: places(few.min(size)), size }
    }

    /// How many are taken.
    pub(super) fn taken(&self) -> usize {
        self.size.saturating_sub(self.all.available_permits())
    }

    /// The next one, in turn.
    pub(super) async fn next(&self, counts: &Counts) -> Result<Place, AcquireError> {
        let of_few = match Arc::clone(&self.few).try_acquire_owned() {
            Ok(place) => Some(place),
            Err(_all_taken) => self.few_in_time(counts).await?,
        };
        let of_all = if let Ok(place) = Arc::clone(&self.all).try_acquire_owned() {
            place
        } else {
            let _waiting = counts.wait();
            Arc::clone(&self.all).acquire_owned().await?
        };
        Ok(Place { _of_all: of_all, _of_few: of_few })
    }

    async fn few_in_time(&self, counts: &Counts) -> Result<Option<OwnedSemaphorePermit>, AcquireError> {
        let _waiting = counts.wait();
        timeout(PATIENCE, Arc::clone(&self.few).acquire_owned()).await.ok().transpose()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::poll;
    use tokio::time::sleep;

    use super::*;

    #[tokio::test]
    async fn few_are_used_until_somebody_has_waited_and_then_all() {
        let (places, counts) = (Places::with(3, 2), Counts::default());
        let one = places.next(&counts).await.unwrap();
        let two = places.next(&counts).await.unwrap();
        let mut third = Box::pin(places.next(&counts));
        assert!(poll!(third.as_mut()).is_pending() && places.taken() == 2);
        drop(one);
        let third = third.await.unwrap();
        let mut fourth = Box::pin(places.next(&counts));
        assert!(poll!(fourth.as_mut()).is_pending());
        let fourth = fourth.await.unwrap();
        assert_eq!(places.taken(), 3);
        let mut fifth = Box::pin(places.next(&counts));
        assert!(poll!(fifth.as_mut()).is_pending());
        sleep(PATIENCE * 2).await;
        assert!(poll!(fifth.as_mut()).is_pending(), "there are no more than all");
        drop((two, fourth));
        drop((third, fifth.await.unwrap()));
        assert_eq!(places.taken(), 0);
    }
}
