//! An operation that runs in a task of its own. What is under way may hold a connection to the database or stand in a line that
//! others stand in, so it goes on though its socket waits for a client who takes nothing.

use futures_util::stream::{BoxStream, Stream, StreamExt as _, unfold};
use tokio::sync::mpsc::channel;
use tokio::task::JoinSet;

/// The same items, each begun when it is asked for, and then made whether anybody waits for it or not. The task ends when this
/// is dropped.
pub(super) fn apart<T: Send + 'static>(mut items: BoxStream<'static, T>) -> impl Stream<Item = T> + Send {
    let (asks, mut asked) = channel::<()>(1);
    let (tells, told) = channel(1);
    let mut task = JoinSet::new();
    task.spawn(async move {
        while asked.recv().await.is_some() {
            let Some(item) = items.next().await else { return };
            if tells.send(item).await.is_err() {
                return;
            }
        }
    });
    unfold((asks, told, task), |(asks, mut told, task)| async move {
        asks.send(()).await.ok()?;
        let item = told.recv().await?;
        Some((item, (asks, told, task)))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use futures_util::poll;
    use tokio::sync::{Mutex, oneshot};
    use tokio::time::sleep;

    use super::*;

    #[tokio::test]
    async fn what_is_under_way_gives_back_what_it_holds_though_nobody_looks() {
        let line = Arc::new(Mutex::new(0));
        let held = Arc::clone(&line).lock_owned().await;
        let count = Arc::clone(&line);
        let next = move || {
            let count = Arc::clone(&count);
            async move {
                let mut count = count.lock().await;
                *count += 1;
                Some((*count, ()))
            }
        };
        let mut items = apart(unfold((), move |()| next()).boxed()).boxed();
        assert!(poll!(items.next()).is_pending(), "it stands in the line");
        sleep(Duration::from_millis(10)).await;
        drop(held);
        sleep(Duration::from_millis(10)).await;
        assert_eq!(*line.lock().await, 1, "it had its turn, and begins nothing before it is asked to");
        assert_eq!(items.next().await, Some(1));
    }

    #[tokio::test]
    async fn what_nobody_wants_any_more_ends() {
        let (held, gone) = oneshot::channel::<()>();
        let never = async move {
            let _held = held;
            std::future::pending::<()>().await;
        };
        let mut items = apart(futures_util::stream::once(never).boxed()).boxed();
        assert!(poll!(items.next()).is_pending());
        sleep(Duration::from_millis(10)).await;
        drop(items);
        assert!(gone.await.is_err());
    }
}
