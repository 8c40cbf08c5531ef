//! How the service stops: load balancers are told first, then whatever goes on, and the last to leave is waited for.

use std::sync::Arc;

use tokio::sync::watch;

/// How far the service has got with stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Open,
    Leaving,
    Closed,
}

/// Tells whatever goes on that the service stops. Its clones are the same one.
#[derive(Debug, Clone)]
pub struct Closing(Arc<watch::Sender<Stage>>);

/// Somebody who has yet to leave; gone when dropped.
pub(super) struct Staying(#[allow(dead_code, reason = "it counts by being there")] watch::Receiver<Stage>);

impl Default for Closing {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Stage::Open)))
    }
}

impl Closing {
    /// From now on the service says that it is not ready, and answers all the same.
    pub fn leave(&self) {
        self.0.send_if_modified(|stage| {
            std::mem::replace(stage, (*stage).max(Stage::Leaving)) < Stage::Leaving
        });
    }

    /// From now on streams and sockets end.
    pub fn close(&self) {
        self.0.send_replace(Stage::Closed);
    }

    /// Waits until then.
    pub async fn closed(&self) {
        // The sender lives in `self`, so the wait can't fail.
        let _ = self.0.subscribe().wait_for(|stage| *stage == Stage::Closed).await;
    }

    /// Waits until everybody has left who was to.
    pub async fn left(&self) {
        self.0.closed().await;
    }

    pub(super) fn is_leaving(&self) -> bool {
        *self.0.borrow() >= Stage::Leaving
    }

    /// Somebody who shall be waited for.
    pub(super) fn stay(&self) -> Staying {
        Staying(self.0.subscribe())
    }
}
