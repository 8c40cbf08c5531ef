//! Connections: accepted until the service stops, and closed where nothing is asked over them in time.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// For how long a connection may be silent, and within which the head of a request must have come. Longer than the minute
/// for which proxies keep connections that they may use again: whoever asks over a connection should be who closes it.
pub const SILENCE: Duration = Duration::from_secs(75);

/// What is held of a request's head, and read ahead of its body, before anybody was charged.
const HEAD_BYTES: usize = 65_536;

/// Serves a router until it is told to end and every request that was begun has been answered. What has become a socket
/// is no request any more.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    silence: Duration,
    ends: impl Future<Output = ()>,
) {
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(silence).max_buf_size(HEAD_BYTES);
    let open = watch::Sender::new(());
    let mut ends = pin!(ends);
    loop {
        // It tries again by itself where there are too many files or the caller has gone.
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = &mut ends => break,
        };
        // Messages are small, and somebody waits for each.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let asked = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            service.call(request)
        });
        let connection = protocol.serve_connection(TokioIo::new(stream), asked).with_upgrades();
        let mut told = open.subscribe();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            // What fails here is the caller's: he has gone, or speaks no HTTP.
            tokio::select! {
                _ = connection.as_mut() => return,
                _ = told.changed() => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        });
    }
    drop(listener);
    open.send_replace(());
    // Each of them drops its end when it is done.
    open.closed().await;
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::{Notify, oneshot};
    use tokio::time::{Instant, sleep, timeout};

    use super::*;

    const SHORT: Duration = Duration::from_millis(300);
    const LONG: Duration = Duration::from_secs(20);
    const HEAD: &str = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

    async fn served(router: Router, ends: impl Future<Output = ()> + Send + 'static) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, router, SHORT, ends));
        address
    }

    fn greeting() -> Router {
        Router::new().route(
            "/",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
        )
    }

    /// What is read until the other side closes, and how long that takes.
    async fn rest(stream: &mut TcpStream) -> (String, Duration) {
        let (began, mut text) = (Instant::now(), String::new());
        timeout(LONG, stream.read_to_string(&mut text)).await.expect("the connection is closed").unwrap();
        (text, began.elapsed())
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_closes_the_connection() {
        let address = served(greeting(), std::future::pending()).await;
        for said in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: localhost\r\n"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(said.as_bytes()).await.unwrap();
            let (text, time) = rest(&mut stream).await;
            assert!(!text.contains("200") && time >= SHORT / 2, "{said:?}: {text} after {time:?}");
        }
        // A byte now and then does not help.
        let mut stream = TcpStream::connect(address).await.unwrap();
        let (mut reader, mut writer) = stream.split();
        let drip = async {
            for byte in HEAD.bytes().cycle() {
                sleep(SHORT / 5).await;
                if writer.write_all(&[byte]).await.is_err() {
                    break;
                }
            }
        };
        let mut text = String::new();
        tokio::select! {
            () = drip => {}
            read = timeout(LONG, reader.read_to_string(&mut text)) => { read.expect("it is closed").unwrap(); }
        }
        assert!(!text.contains("200"), "{text}");
    }

    #[tokio::test]
    async fn a_connection_is_asked_again_and_closed_when_it_falls_silent() {
        let address = served(greeting(), std::future::pending()).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        for _ in 0..6 {
            sleep(SHORT / 3).await;
            stream.write_all(HEAD.as_bytes()).await.unwrap();
        }
        let (text, _) = rest(&mut stream).await;
        assert_eq!(
            (text.matches("200 OK").count(), text.matches("\r\n\r\n127.0.0.1").count()),
            (6, 6),
            "{text}"
        );
    }

    #[tokio::test]
    async fn what_was_begun_is_answered_before_it_ends() {
        let (begun, go) = (std::sync::Arc::new(Notify::new()), std::sync::Arc::new(Notify::new()));
        let (its_begun, its_go) = (begun.clone(), go.clone());
        let slow = Router::new().route(
            "/",
            get(move || async move {
                its_begun.notify_one();
                its_go.notified().await;
                "done"
            }),
        );
        let (end, ended) = oneshot::channel::<()>();
        let address = served(slow, async { ended.await.unwrap() }).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(HEAD.as_bytes()).await.unwrap();
        begun.notified().await;
        end.send(()).unwrap();
        // Longer than silence lasts: whoever waits for an answer is not silent.
        sleep(SHORT * 2).await;
        assert!(TcpStream::connect(address).await.is_err(), "nobody new is let in");
        go.notify_one();
        let (text, _) = rest(&mut stream).await;
        assert!(text.ends_with("done"), "{text}");
    }
}
