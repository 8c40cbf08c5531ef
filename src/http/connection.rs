//! One connection: what is asked over it is answered until it is closed, told to end, or idle and in somebody's way.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use futures_util::StreamExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

use super::crowd::Place;
use super::meter::{Meter, Metered};

/// What is held of a request's head, and read ahead of its body, before anybody was charged.
const HEAD_BYTES: usize = 65_536;

/// How long whoever is told to leave may take for it: half a head is no reason to stay.
const LEAVING: Duration = Duration::from_millis(100);

/// How long he may take for the rest of an answer that he was given.
const TAKING: Duration = Duration::from_secs(10);

/// A connection, and whose it is.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) place: Place,
}

/// What a connection's caller waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unasked,
    Asked,
    Answered,
}

/// Tells that an answer has ended when it is dropped.
struct Ends(watch::Sender<Stage>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.send_replace(Stage::Answered);
    }
}

impl Ends {
    /// With the answer, where it is whole; with its last part, where it goes on.
    fn with(self, answer: Response) -> Response {
        if answer.body().size_hint().exact().is_some() {
            return answer;
        }
        answer.map(|body| {
            Body::from_stream(body.into_data_stream().map(move |part| {
                let _ = &self;
                part
            }))
        })
    }
}

impl Connection {
    /// Answers what is asked over it. Each request carries the place, so that what it becomes can keep it, and the meter.
    ///
    /// It ends where the first request has not come in time, where nothing is said for longer than it may be silent, where
    /// the service ends, and where it is idle and its turn to make room.
    pub(super) async fn attend(
        self,
        router: Router,
        (first, silence): (Duration, Duration),
        (mut ends, idle): (watch::Receiver<()>, Arc<Notify>),
    ) {
        let Connection { stream, peer, place } = self;
        // Messages are small, and somebody waits for each.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(silence));
        let (service, place, meter) =
            (TowerToHyperService::new(router), Arc::new(place), Arc::<Meter>::default());
        let stream = TokioIo::new(Metered::new(Box::pin(stream), Arc::clone(&meter)));
        let its = Arc::clone(&meter);
        let (tells, mut stage) = watch::channel(Stage::Unasked);
        let asked = move |request: Request<Incoming>| {
            tells.send_replace(Stage::Asked);
            let ends = Ends(tells.clone());
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(Arc::clone(&place));
            request.extensions_mut().insert(Arc::clone(&its));
            let answer = service.call(request);
            async move {
                // Who sends one request behind the other lets those of others in between.
                yield_now().await;
                answer.await.map(|answer| ends.with(answer))
            }
        };
        let mut protocol = http1::Builder::new();
        protocol.timer(TokioTimer::new()).header_read_timeout(silence).max_buf_size(HEAD_BYTES);
        let mut connection = pin!(protocol.serve_connection(stream, service_fn(asked)).with_upgrades());
        let mut soon = pin!(sleep(first));
        // What fails here is the caller's: he has gone, or speaks no HTTP.
        let is_waited_for = loop {
            let now = *stage.borrow_and_update();
            tokio::select! {
                _ = connection.as_mut() => return,
                () = soon.as_mut(), if now == Stage::Unasked => return,
                () = idle.notified(), if now != Stage::Asked => break false,
                _ = ends.changed() => break now == Stage::Asked,
                _ = stage.changed() => {}
            }
        };
        connection.as_mut().graceful_shutdown();
        if is_waited_for {
            let _ = connection.await;
        } else {
            let time = if meter.is_taken() { LEAVING } else { TAKING };
            let _ = timeout(time, connection).await;
        }
    }
}
