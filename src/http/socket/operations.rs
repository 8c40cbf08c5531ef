//! The operations of one socket: what is under way under which id, and what comes of it next.

use std::collections::HashMap;
use std::future::pending;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::{self, AbortHandle, Abortable, BoxStream, SelectAll};
use tokio::sync::oneshot;

use super::super::crowd::Standing;
use super::super::stream::{Item, Operation};
use super::apart::apart;
use crate::telemetry::call::Call;

/// What operations give, each beside its id; none behind the last.
type Items = SelectAll<BoxStream<'static, (String, Option<Item>)>>;

/// Those of one socket.
#[derive(Default)]
pub(super) struct Operations {
    all: HashMap<String, Begun>,
    items: Items,
    /// A subscription that has yet to begin, unless it is none.
    beginning: Option<(String, oneshot::Receiver<()>)>,
}

/// One that is under way.
pub(super) struct Begun {
    /// What is noted of it.
    pub(super) call: Arc<Call>,
    /// Under which it was begun.
    pub(super) policy: Arc<str>,
    handle: AbortHandle,
    /// It is a subscription.
    pub(super) goes_on: bool,
}

impl Operations {
    pub(super) fn get(&self, id: &str) -> Option<&Begun> {
        self.all.get(id)
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Who waits for whom.
    pub(super) fn standing(&self) -> Standing {
        if self.all.is_empty() {
            Standing::Idle
        } else if self.all.values().all(|operation| operation.goes_on) {
            Standing::GoesOn
        } else {
            Standing::Waits
        }
    }

    /// Until it has, nothing more is to be read, so that what the client asks behind it is answered no earlier than from when
    /// on it misses nothing.
    pub(super) fn is_beginning(&self) -> bool {
        self.beginning.is_some()
    }

    pub(super) fn begin(&mut self, id: String, operation: Operation, call: Arc<Call>, policy: Arc<str>) {
        let Operation { items, begun } = operation;
        self.beginning = Some((id.clone(), begun));
        let (handle, registration) = AbortHandle::new_pair();
        let begun = Begun { call: Arc::clone(&call), policy, handle, goes_on: false };
        self.all.insert(id.clone(), begun);
        let last = stream::once(async { None });
        let items = apart(call.following(items).boxed()).map(Some).chain(last);
        self.items.push(Abortable::new(items.map(move |item| (id.clone(), item)), registration).boxed());
    }

    /// What comes next, and of which; none where one has begun. Pending for ever where nothing is under way.
    pub(super) async fn next(&mut self) -> Option<(String, Option<Item>)> {
        tokio::select! {
            goes_on = begun(&mut self.beginning) => {
                if let Some((id, _)) = self.beginning.take()
                    && let Some(operation) = self.all.get_mut(&id)
                {
                    operation.goes_on = goes_on;
                }
                None
            }
            Some(next) = self.items.next() => Some(next),
        }
    }

    /// Ends what goes on.
    pub(super) fn end_subscriptions(&mut self) {
        for operation in self.all.values().filter(|operation| operation.goes_on) {
            operation.handle.abort();
        }
        self.all.retain(|_, operation| !operation.goes_on);
    }

    pub(super) fn forget(&mut self, id: &str) {
        if let Some(operation) = self.all.remove(id) {
            operation.handle.abort();
        }
    }
}

/// Whether what begins goes on; what does not, or ended before, says nothing. Pending where nothing is about to begin.
async fn begun(beginning: &mut Option<(String, oneshot::Receiver<()>)>) -> bool {
    match beginning {
        Some((_, begun)) => begun.await.is_ok(),
        None => pending().await,
    }
}
