//! How many connections are open: in all no more than there are handles for, and from one address no more than leaves the
//! others room. Where all places are taken, who leaves is of the address that has the most.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::future::{pending, poll_fn};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::peer::{Proxies, site};
use crate::telemetry::metrics::{Held, Metrics, Opened};

/// How many connections there may be.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Connections {
    /// In all; who comes later is let in for somebody of the address that has the most.
    pub open: usize,
    /// From one address, of 56 bits where it is IPv6, unless it is a trusted proxy's; what comes later is closed at once.
    pub of_address: usize,
}

impl Default for Connections {
    /// Unpaid, one holds at most 64 KiB of a request's head, or as a socket a message and its last frame, 256 KiB: 1 GiB if
    /// all were to hold that much. An office behind one address has at most six connections for each browser, and one for each page that follows something.
    fn default() -> Self {
        Connections { open: 4_096, of_address: 512 }
    }
}

/// When the next one is told to leave, where the last has not left.
const NEXT: Duration = Duration::from_millis(20);

/// How long the next one of the address that has the most waits for each of its own, and how often: others wait behind him.
const OWN: Duration = Duration::from_millis(5);
const OWN_TRIES: u32 = 4;

/// How long who has to leave may take for the rest of what he was told.
pub(super) const TAKING: Duration = Duration::from_secs(2);

/// Who waits for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The service waits for the caller.
    Idle,
    /// The caller waits for whatever comes, and may connect anew.
    GoesOn,
    /// The caller waits for an answer.
    Waits,
}

/// In place of the time since when one is idle: it waits for an answer,
const WAITS: u64 = u64::MAX;

/// for whatever comes, with the time since when,
const GOES_ON: u64 = 1 << 63;

/// or was told to leave.
const TOLD: u64 = 0;

/// Those who are connected.
pub(super) struct Crowd {
    room: Arc<Semaphore>,
    of_address: usize,
    proxies: Proxies,
    seats: Arc<Seats>,
    /// How many ever had a place.
    seated: AtomicU64,
    began: Instant,
    metrics: Option<Arc<Metrics>>,
}

/// Who sits there: by site, none for trusted proxies, each under the number by which it is known.
type Sites = HashMap<Option<u64>, HashMap<u64, Arc<Seat>>>;

#[derive(Default)]
struct Seats(Mutex<Sites>);

/// What is known of one who sits.
struct Seat {
    /// Since when it is, in microseconds since the service began, or why not.
    idle_since: AtomicU64,
    /// When it was told to leave, likewise.
    told_at: AtomicU64,
    waker: AtomicWaker,
}

/// A connection's place; free again when dropped.
pub(super) struct Place {
    seat: Arc<Seat>,
    began: Instant,
    number: u64,
    site: Option<u64>,
    seats: Arc<Seats>,
    _room: OwnedSemaphorePermit,
    /// Counted as open while it is.
    _open: Option<Held>,
}

impl Place {
    /// From now on. Who was told to leave leaves all the same.
    pub(super) fn stands(&self, standing: Standing) {
        let since = match standing {
            Standing::Idle => micros(self.began),
            Standing::GoesOn => GOES_ON | micros(self.began),
            Standing::Waits => WAITS,
        };
        let unless_told = |before| (before != TOLD).then_some(since);
        let _ = self.seat.idle_since.fetch_update(Ordering::AcqRel, Ordering::Acquire, unless_told);
    }

    /// Whether it was told to leave; if not, who polls is woken for it.
    pub(super) fn poll_told(&self, cx: &Context<'_>) -> Poll<()> {
        self.seat.waker.register(cx.waker());
        if self.is_told() { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Waits until it is told to leave. Where places are not counted, nobody is.
    pub(super) async fn told(place: Option<&Self>) {
        match place {
            Some(place) => poll_fn(|cx| place.poll_told(cx)).await,
            None => pending().await,
        }
    }

    /// Whether it was told to leave.
    fn is_told(&self) -> bool {
        self.seat.idle_since.load(Ordering::Acquire) == TOLD
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut sites = self.seats.locked();
        if let Some(seats) = sites.get_mut(&self.site) {
            seats.remove(&self.number);
            if seats.is_empty() {
                sites.remove(&self.site);
            }
        }
    }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(GOES_ON).clamp(TOLD + 1, GOES_ON - 1)
}

/// What there is to do for one more.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// Somebody was told to leave, or will by himself.
    Waits,
    /// Likewise, but others wait behind him who have less.
    WaitsBriefly,
    /// Nobody leaves for him: his own address has the most.
    Closed,
}

impl Seats {
    fn locked(&self) -> MutexGuard<'_, Sites> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, site: u64) -> usize {
        self.locked().get(&Some(site)).map_or(0, HashMap::len)
    }

    /// Tells one to leave, so that somebody from this site has his place: of all sites the one that has the most, and there
    /// whoever has been idle for longest, or else who is not, if somebody has fewer than they have; but nobody of a site that
    /// has fewer than his own. Others are spared as long as those who were told there have their time to leave. A proxy stands
    /// for many, so those who have none come before them.
    fn make_room(&self, whose: Option<u64>, tries: u32, now: u64) -> Way {
        let sites = self.locked();
        let count = |site: &Option<u64>| site.and_then(|_| sites.get(site)).map_or(0, HashMap::len);
        let (own, most) = (count(&whose), sites.keys().map(count).max().unwrap_or_default());
        let has_most = own > 0 && own >= most;
        if has_most && tries >= OWN_TRIES {
            return Way::Closed;
        }
        let first = sites.iter().filter_map(|(site, seats)| {
            let all = seats.values().map(|seat| (seat.idle_since.load(Ordering::Relaxed), seat));
            let may = |since| since != TOLD && count(site) >= own && (since != WAITS || count(site) > own);
            let told = all.clone().filter(|(since, _)| *since == TOLD);
            let leave = told.map(|(_, seat)| now.saturating_sub(seat.told_at.load(Ordering::Relaxed)));
            let is_leaving = leave.min().is_some_and(|since| u128::from(since) < TAKING.as_micros());
            let next = all.filter(|(since, _)| may(*since)).min_by_key(|(since, _)| *since);
            let since = next.map_or(u64::MAX, |(since, _)| since);
            (next.is_some() || is_leaving).then_some(((count(site), Reverse(since)), next))
        });
        match first.max_by_key(|(rank, _)| *rank) {
            Some(((_, Reverse(since)), Some((_, seat)))) => {
                // Who began something else meanwhile stays; the next one is told soon.
                let told = seat.idle_since.compare_exchange(since, TOLD, Ordering::AcqRel, Ordering::Relaxed);
                if told.is_ok() {
                    seat.told_at.store(now, Ordering::Relaxed);
                    seat.waker.wake();
                }
                if has_most { Way::WaitsBriefly } else { Way::Waits }
            }
            _ if has_most => Way::Closed,
            _ => Way::Waits,
        }
    }
}

impl Crowd {
    pub(super) fn of(connections: Connections, proxies: Proxies, metrics: Option<Arc<Metrics>>) -> Self {
        let most = connections.open.clamp(1, Semaphore::MAX_PERMITS);
        let room = Arc::new(Semaphore::new(most));
        let (seats, seated, began) = (Arc::default(), AtomicU64::new(0), Instant::now());
        Crowd { room, of_address: connections.of_address, proxies, seats, seated, began, metrics }
    }

    /// The place of somebody from this address; none where those from there have all that they may. One at a time is asked
    /// for.
    pub(super) async fn place(&self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let site = if self.proxies.is_trusted(address) { None } else { Some(site(address)) };
        if site.is_some_and(|site| self.seats.of(site) >= self.of_address) {
            return None;
        }
        let room = self.room(site).await?;
        // Who has just come is about to ask.
        let idle_since = (GOES_ON | micros(self.began)).into();
        let seat = Arc::new(Seat { idle_since, told_at: AtomicU64::new(0), waker: AtomicWaker::new() });
        let number = self.seated.fetch_add(1, Ordering::Relaxed);
        self.seats.locked().entry(site).or_default().insert(number, Arc::clone(&seat));
        let open = self.metrics.as_ref().map(|metrics| metrics.opened(Opened::Connection));
        let seats = Arc::clone(&self.seats);
        Some(Place { seat, began: self.began, number, site, seats, _room: room, _open: open })
    }

    async fn room(&self, site: Option<u64>) -> Option<OwnedSemaphorePermit> {
        for tries in 0.. {
            if let Ok(room) = Arc::clone(&self.room).try_acquire_owned() {
                return Some(room);
            }
            let time = match self.seats.make_room(site, tries, micros(self.began)) {
                Way::Closed => return None,
                Way::WaitsBriefly => OWN,
                Way::Waits => NEXT,
            };
            if let Ok(Ok(room)) = timeout(time, Arc::clone(&self.room).acquire_owned()).await {
                return Some(room);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
