//! How many connections are open: in all no more than there are handles for, and from one address no more than leaves the
//! others room.

use std::future::pending;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::counted::{Counted, Counts};
use super::peer::{Proxies, site};
use crate::telemetry::metrics::{Held, Metrics, Opened};

/// How many connections there may be.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Connections {
    /// In all; who comes later is let in for whoever has been idle longest, or waits until one is closed.
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
const NEXT: Duration = Duration::from_millis(100);

/// Those who are connected.
pub(super) struct Crowd {
    room: Arc<Semaphore>,
    /// Where connections wait that are idle, in the order in which they became so.
    idle: Arc<Notify>,
    of_address: usize,
    proxies: Proxies,
    sites: Counts<u64>,
    metrics: Option<Arc<Metrics>>,
}

/// A connection's place; free again when dropped.
pub(super) struct Place {
    idle: Arc<Notify>,
    _room: OwnedSemaphorePermit,
    _of_site: Option<Counted<u64>>,
    /// Counted as open while it is.
    _open: Option<Held>,
}

impl Place {
    /// Waits until somebody needs it more than who has not said yet who he is. Where places are not counted, nobody does.
    pub(super) async fn wanted(place: Option<&Self>) {
        match place {
            Some(place) => place.idle.notified().await,
            None => pending().await,
        }
    }
}

impl Crowd {
    pub(super) fn of(connections: Connections, proxies: Proxies, metrics: Option<Arc<Metrics>>) -> Self {
        let most = connections.open.clamp(1, Semaphore::MAX_PERMITS);
        let room = Arc::new(Semaphore::new(most));
        let idle = Arc::default();
        Crowd { room, idle, of_address: connections.of_address, proxies, sites: Counts::default(), metrics }
    }

    /// The place of somebody from this address, when there is room for one more; none where those from there have all that
    /// they may. Where there is no room, whoever has been idle longest is told to leave.
    pub(super) async fn place(&self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let of_site = if self.proxies.is_trusted(address) {
            None
        } else {
            Some(self.sites.more(site(address), 1, self.of_address)?)
        };
        let room = self.room().await;
        let open = self.metrics.as_ref().map(|metrics| metrics.opened(Opened::Connection));
        Some(Place { idle: self.idle(), _room: room, _of_site: of_site, _open: open })
    }

    async fn room(&self) -> OwnedSemaphorePermit {
        if let Ok(room) = Arc::clone(&self.room).try_acquire_owned() {
            return room;
        }
        loop {
            self.idle.notify_one();
            if let Ok(Ok(room)) = timeout(NEXT, Arc::clone(&self.room).acquire_owned()).await {
                // Where nobody was idle and yet a place became free, nobody need leave for it.
                pin!(self.idle.notified()).as_mut().enable();
                return room;
            }
        }
    }

    /// Where somebody idle waits to be told to leave: who waits longest is told first.
    pub(super) fn idle(&self) -> Arc<Notify> {
        Arc::clone(&self.idle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_has_its_share_and_no_more() {
        let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], ..Proxies::default() };
        let crowd = Crowd::of(Connections { open: 100, of_address: 2 }, proxies, None);
        let place = async |address: &str| crowd.place(address.parse().unwrap()).await;
        let one = place("192.0.2.1").await;
        let two = place("::ffff:192.0.2.1").await;
        assert!(one.is_some() && two.is_some() && place("192.0.2.1").await.is_none());
        assert!(place("192.0.2.2").await.is_some(), "another has room");
        let sites = (place("2001:db8::1").await, place("2001:db8:0:ff::2").await);
        assert!(sites.0.is_some() && sites.1.is_some() && place("2001:db8::3").await.is_none());
        assert!(place("2001:db8:0:100::1").await.is_some(), "the next site");
        let proxy = [place("10.0.0.1").await, place("10.0.0.1").await, place("10.0.0.1").await];
        assert!(proxy.iter().all(Option::is_some));
        drop(one);
        assert!(place("192.0.2.1").await.is_some());
        drop((two, sites, proxy));
        assert!(crowd.sites.is_empty() && crowd.room.available_permits() == 100);
    }

    #[tokio::test]
    async fn who_has_been_idle_longest_makes_room() {
        let crowd = Crowd::of(Connections { open: 1, of_address: 9 }, Proxies::default(), None);
        let one = crowd.place("192.0.2.1".parse().unwrap()).await;
        let (first, second) = (crowd.idle(), crowd.idle());
        let (mut first, mut second) = (Box::pin(first.notified()), Box::pin(second.notified()));
        assert!(!first.as_mut().enable() && !second.as_mut().enable(), "there is room");
        let other = crowd.place("192.0.2.2".parse().unwrap());
        let leaves = async {
            first.await;
            drop(one);
        };
        let both = async { tokio::join!(other, leaves).0 };
        let let_in = timeout(Duration::from_secs(20), both).await;
        assert!(let_in.expect("there is room").is_some());
        assert!(!second.as_mut().enable(), "one was enough");
    }
}
