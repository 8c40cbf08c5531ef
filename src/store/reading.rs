//! Reads that may be left: what was begun ends in good order though nobody waits for it any more.
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::{runtime::Handle, time::timeout};

/// How long a statement that nobody waits for may go on by itself, on PostgreSQL: most end within it, and their connection
/// serves on with all that it keeps prepared, so that callers who ask and hang up cost no new connections.
pub(super) const MOMENT: Duration = Duration::from_millis(10);

/// A read with all that it needs. Dropped before its end, it goes on by itself for as long as it may, and is dropped then;
/// [`Lent`](super::pool::Lent) cancels what still runs.
pub(super) struct Reading<T: Send + 'static> {
    work: Option<BoxFuture<'static, T>>,
    is_begun: bool,
    /// How long it goes on; none: to its end, since SQLite can't be told to stop.
    left: Option<Duration>,
}

impl<T: Send + 'static> Reading<T> {
    pub(super) fn new(work: BoxFuture<'static, T>, left: Option<Duration>) -> Self {
        Reading { work: Some(work), is_begun: false, left }
    }
}

impl<T: Send + 'static> Future for Reading<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.is_begun = true;
        let Some(work) = &mut self.work else { return Poll::Pending };
        let polled = work.as_mut().poll(context);
        if polled.is_ready() {
            self.work = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Reading<T> {
    fn drop(&mut self) {
        let Some(work) = self.work.take().filter(|_| self.is_begun) else { return };
        // Where there is no runtime any more, nothing runs.
        let Ok(runtime) = Handle::try_current() else { return };
        match self.left {
            None => drop(runtime.spawn(async move { drop(work.await) })),
            Some(left) => drop(runtime.spawn(async move { drop(timeout(left, work).await) })),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use futures_util::FutureExt as _;
    use tokio::{sync::oneshot, task::yield_now, time::sleep};

    use super::*;

    /// Says that it was dropped.
    struct Held(Arc<AtomicBool>);

    impl Drop for Held {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    fn work() -> (BoxFuture<'static, ()>, oneshot::Sender<()>, Arc<AtomicBool>) {
        let (end, ended) = oneshot::channel::<()>();
        let is_over = Arc::new(AtomicBool::new(false));
        let held = Held(Arc::clone(&is_over));
        let work = async move {
            let _held = held;
            let _ = ended.await;
        };
        (work.boxed(), end, is_over)
    }

    #[tokio::test]
    async fn what_is_left_ends_by_itself() {
        let (work, end, is_over) = work();
        let mut reading = Reading::new(work, None);
        assert!((&mut reading).now_or_never().is_none());
        drop(reading);
        yield_now().await;
        assert!(!is_over.load(Ordering::SeqCst));
        end.send(()).unwrap();
        while !is_over.load(Ordering::SeqCst) {
            yield_now().await;
        }
    }

    #[tokio::test]
    async fn what_was_never_begun_never_runs() {
        let (work, _end, is_over) = work();
        drop(Reading::new(work, None));
        assert!(is_over.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn what_is_left_longer_than_a_moment_is_dropped() {
        let (work, _end, is_over) = work();
        let mut reading = Reading::new(work, Some(MOMENT));
        assert!((&mut reading).now_or_never().is_none());
        drop(reading);
        assert!(!is_over.load(Ordering::SeqCst));
        while !is_over.load(Ordering::SeqCst) {
            sleep(MOMENT).await;
        }
    }
}
