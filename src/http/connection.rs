//! One connection: what is asked over it is answered until it is closed, told to end, or in somebody's way.

use std::future::{Future as _, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use futures_util::FutureExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

use super::crowd::{Place, Standing, TAKING};
use super::exchange::Exchanges;
use super::meter::{Meter, Metered};

/// What is held of a request's head, and read ahead of its body, before anybody was charged.
const HEAD_BYTES: usize = 65_536;

/// How long half a head may take when the service ends.
const LEAVING: Duration = Duration::from_millis(100);

/// A connection, and whose it is.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) place: Place,
}

/// How many requests a connection may have answered in a row before those of others have their turn. Letting them in after
/// each would cost a look at the sockets each time: a tenth of what the shortest question costs.
const IN_A_ROW: usize = 8;

/// Why a connection is told to leave.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// The service ends, and the caller waits for an answer.
    Waiting,
    /// It ends and he does not.
    Idle,
    /// He is in the way of somebody else.
    InTheWay,
}

impl Connection {
    /// Answers what is asked over it. Each request carries the place, so that what it becomes can keep it, and the meter.
    ///
    /// It ends where the first request has not come in time, where nothing is said for longer than it may be silent, where
    /// the service ends, and where it has to make room, once who waits has his answer.
    pub(super) async fn attend(
        self,
        router: Router,
        (first, silence): (Duration, Duration),
        mut ends: watch::Receiver<()>,
    ) {
        let Connection { stream, peer, place } = self;
        // Messages are small, and somebody waits for each.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(silence));
        let (service, place, meter) =
            (TowerToHyperService::new(router), Arc::new(place), Arc::<Meter>::default());
        let its_place = Arc::clone(&place);
        let stream = TokioIo::new(Metered::new(Box::pin(stream), Arc::clone(&meter)));
        let its = Arc::clone(&meter);
        let exchanges = Arc::<Exchanges>::default();
        let its_exchanges = Arc::clone(&exchanges);
        let asked = move |request: Request<Incoming>| {
            let (mut request, answering) = its_exchanges.begin(request);
            let has_had_a_row = its_exchanges.begun().is_multiple_of(IN_A_ROW);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(Arc::clone(&place));
            request.extensions_mut().insert(Arc::clone(&its));
            let answer = service.call(request);
            async move {
                if has_had_a_row {
                    yield_now().await;
                }
                answer.await.map(|answer| answering.with(answer))
            }
        };
        let mut protocol = http1::Builder::new();
        protocol.timer(TokioTimer::new()).header_read_timeout(silence).max_buf_size(HEAD_BYTES);
        let mut connection = pin!(protocol.serve_connection(stream, service_fn(asked)).with_upgrades());
        let (mut soon, mut ending) = (pin!(sleep(first)), pin!(ends.changed()));
        // It is idle from when it is let in.
        let mut since = (Standing::Idle, 0);
        // They go on while the connection is polled, so nothing need wake this for them.
        let told = poll_fn(|cx| {
            // What fails here is the caller's: he has gone, or speaks no HTTP.
            if connection.as_mut().poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            let standing = if meter.is_taken() { exchanges.standing() } else { Standing::Idle };
            let state = (standing, exchanges.steps());
            if state != since {
                since = state;
                its_place.stands(standing);
            }
            if exchanges.begun() == 0 && soon.as_mut().poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            if its_place.poll_told(cx).is_ready() {
                return Poll::Ready(Some(Told::InTheWay));
            }
            let told = if exchanges.is_open() { Told::Waiting } else { Told::Idle };
            ending.as_mut().poll(cx).map(|_| Some(told))
        });
        let Some(told) = told.await else { return };
        connection.as_mut().graceful_shutdown();
        if told == Told::InTheWay {
            // Who waits has his answer first.
            let answered = poll_fn(|cx| match connection.as_mut().poll(cx) {
                Poll::Ready(_) => Poll::Ready(false),
                Poll::Pending if exchanges.standing() == Standing::Waits => Poll::Pending,
                Poll::Pending => Poll::Ready(true),
            });
            if !answered.await {
                return;
            }
        }
        let leaves = async {
            tokio::select! {
                _ = connection => {}
                () = meter.stalled() => {}
            }
        };
        match (told, meter.is_taken()) {
            (Told::Waiting, _) | (Told::Idle, false) => leaves.await,
            (Told::Idle, true) => _ = timeout(LEAVING, leaves).await,
            (Told::InTheWay, false) => _ = timeout(TAKING, leaves).await,
            // What is there is read, and no more.
            (Told::InTheWay, true) => _ = leaves.now_or_never(),
        }
    }
}
