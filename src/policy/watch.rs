//! Watches a policy folder and says when it has come to rest after a change.

use std::{path::Path, time::Duration};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::timeout,
};

/// How long a folder must be quiet. Editors write a copy and rename it over the file: several events, one change.
const QUIET: Duration = Duration::from_millis(300);

/// A watched folder; the watch ends when this is dropped.
#[derive(Debug)]
pub struct Watch {
    events: UnboundedReceiver<()>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Begins to watch. The folder is watched rather than its files, which editors replace.
    pub fn folder(path: &Path) -> notify::Result<Self> {
        let (sender, events) = unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // Reading is no change: a reload would cause the next one. An error may hide a change, so it counts.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                // Nobody listens any longer when the watch is being dropped.
                let _ = sender.send(());
            }
        })?;
        watcher.watch(path, RecursiveMode::NonRecursive)?;
        Ok(Self { events, _watcher: watcher })
    }

    /// Waits for the next change and then for quiet; `None` when the watch has ended.
    pub async fn changed(&mut self) -> Option<()> {
        self.events.recv().await?;
        while let Ok(Some(())) = timeout(QUIET, self.events.recv()).await {}
        Some(())
    }
}
