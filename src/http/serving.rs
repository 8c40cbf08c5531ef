//! Connections: accepted until the service stops, and closed where nothing is asked or read over them in time.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use socket2::SockRef;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::Settings;
use super::connection::Connection;
use super::crowd::Crowd;

/// For how long a connection may be silent, within which the head of a request must have come, and for which the caller may
/// take nothing of what is said to him. Longer than the minute for which proxies keep connections that they may use again:
/// whoever asks over a connection should be who closes it.
const SILENCE: Duration = Duration::from_secs(75);

/// Within which the first request must have come whole, its body aside: until then nothing was paid for.
const FIRST: Duration = Duration::from_secs(10);

/// How often the log tells that there are too many connections.
const COMPLAINT: Duration = Duration::from_mins(1);

/// After how long without a place for the next one the log tells that nobody leaves.
const CROWDED: Duration = Duration::from_secs(1);

/// What the system holds of an answer that the caller has yet to take; by itself it would hold 4 MiB of each.
const UNTAKEN_BYTES: usize = 131_072;

/// How connections are held.
pub struct Serving {
    first: Duration,
    silence: Duration,
    crowd: Crowd,
}

impl Default for Serving {
    fn default() -> Self {
        Serving::of(&Settings::default())
    }
}

impl Serving {
    /// As the settings say.
    pub fn of(settings: &Settings) -> Self {
        let Settings { connections, proxies, metrics, .. } = settings;
        Serving {
            first: FIRST,
            silence: SILENCE,
            crowd: Crowd::of(*connections, proxies.clone(), metrics.clone()),
        }
    }

    /// Serves a router until it is told to end and every request that was begun has been answered. What has become a
    /// socket is no request any more.
    pub async fn serve(self, mut listener: TcpListener, router: Router, ends: impl Future<Output = ()>) {
        let (open, mut complaint) = (watch::Sender::new(()), Complaint::default());
        let mut ends = pin!(ends);
        loop {
            let connection = tokio::select! {
                accepted = self.accept(&mut listener, &mut complaint) => accepted,
                () = &mut ends => break,
            };
            let (first, silence) = (self.first, self.silence);
            tokio::spawn(connection.attend(router.clone(), (first, silence), open.subscribe()));
        }
        drop(listener);
        open.send_replace(());
        // Each of them drops its end when it is done.
        open.closed().await;
    }

    /// The next one, when there is room for it.
    async fn accept(&self, listener: &mut TcpListener, complaint: &mut Complaint) -> Connection {
        loop {
            // It tries again by itself where there are too many files or the caller has gone.
            let (stream, peer) = Listener::accept(listener).await;
            let mut place = pin!(self.crowd.place(peer.ip()));
            let place = match timeout(CROWDED, place.as_mut()).await {
                Ok(place) => place,
                Err(_elapsed) => {
                    complaint
                        .tell(|| tracing::warn!("all connections are in use and nobody leaves: others wait"));
                    place.await
                }
            };
            if let Some(place) = place {
                // What fails here fails as well when it is read from: the caller has gone.
                let _ = SockRef::from(&stream).set_send_buffer_size(UNTAKEN_BYTES);
                return Connection { stream, peer, place };
            }
            let address = peer.ip();
            complaint.tell(|| {
                tracing::warn!(%address, "too many connections from one address: further ones are closed");
            });
        }
    }
}

/// What the log tells now and then.
#[derive(Default)]
struct Complaint(Option<Instant>);

impl Complaint {
    fn tell(&mut self, of: impl FnOnce()) {
        if self.0.is_none_or(|last| last.elapsed() > COMPLAINT) {
            of();
            self.0 = Some(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests;
