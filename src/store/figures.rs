//! What the store counts while it serves, for whoever watches it.
use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use prometheus_client::metrics::histogram::Histogram;

/// Seconds of a statement.
const SECONDS: [f64; 13] =
    [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// What a pool counts.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) seconds: Histogram,
    pub(super) failed: AtomicU64,
    pub(super) left: AtomicU64,
    pub(super) waiting: AtomicI64,
    pub(super) waited: AtomicU64,
    pub(super) refused: AtomicU64,
}

impl Default for Counts {
    fn default() -> Self {
        let zero = || AtomicU64::new(0);
        Counts {
            seconds: Histogram::new(SECONDS),
            failed: zero(),
            left: zero(),
            waiting: AtomicI64::new(0),
            waited: zero(),
            refused: zero(),
        }
    }
}

/// Counted as waiting until this is dropped.
pub(super) struct Waiting<'a>(&'a AtomicI64);

impl Counts {
    pub(super) fn wait(&self) -> Waiting<'_> {
        self.waited.fetch_add(1, Ordering::Relaxed);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(&self.waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts one more.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// A pool at one moment.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Which one: SQLite has readers and a writer.
    pub pool: &'static str,
    /// Connections that there may be.
    pub most: u64,
    /// Connections on which something runs, or that somebody holds.
    pub used: u64,
    /// Connections that wait for work.
    pub idle: u64,
    /// Who waits for one.
    pub waiting: i64,
    /// Who ever waited for one.
    pub waited: u64,
    /// Who waited in vain.
    pub refused: u64,
    /// Statements that failed.
    pub failed: u64,
    /// Statements that were left by whoever asked.
    pub left: u64,
    /// Seconds that statements took.
    pub seconds: Histogram,
}

/// When something was last known, told by another thread.
#[derive(Debug)]
pub(super) struct Heard {
    began: Instant,
    /// Milliseconds since the beginning, from one on; zero: never.
    at: AtomicU64,
}

impl Default for Heard {
    fn default() -> Self {
        Heard { began: Instant::now(), at: AtomicU64::new(0) }
    }
}

impl Heard {
    pub(super) fn now(&self) {
        let at = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.at.store(at.max(1), Ordering::Relaxed);
    }

    /// How long ago; none where it never was.
    pub(super) fn ago(&self) -> Option<Duration> {
        let at = Some(self.at.load(Ordering::Relaxed)).filter(|at| *at > 0)?;
        Some(self.began.elapsed().saturating_sub(Duration::from_millis(at)))
    }
}
