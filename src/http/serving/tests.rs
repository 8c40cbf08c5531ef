//! Connections as their callers see them: how long they may be silent, and who makes room for whom.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::time::{sleep, timeout};

use super::super::{crowd::Connections, peer::Proxies};
use super::*;

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(20);
const HEAD: &str = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

async fn served(router: Router, ends: impl Future<Output = ()> + Send + 'static) -> SocketAddr {
    served_by(Serving { silence: SHORT, ..Serving::default() }, router, ends).await
}

async fn served_by(
    serving: Serving,
    router: Router,
    ends: impl Future<Output = ()> + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serving.serve(listener, router, ends));
    address
}

fn greeting() -> Router {
    Router::new()
        .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }))
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
        // Closed before it was read, a byte of the drip resets the connection.
        read = timeout(LONG, reader.read_to_string(&mut text)) => { let _ = read.expect("it is closed"); }
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
    assert_eq!((text.matches("200 OK").count(), text.matches("\r\n\r\n127.0.0.1").count()), (6, 6), "{text}");
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

#[tokio::test]
async fn who_takes_no_answer_is_left() {
    struct Told(Option<oneshot::Sender<()>>);
    impl Drop for Told {
        fn drop(&mut self) {
            let _ = self.0.take().unwrap().send(());
        }
    }
    let (tell, told) = oneshot::channel();
    let held = Arc::new(std::sync::Mutex::new(Some(Told(Some(tell)))));
    let endless = Router::new().route(
        "/",
        get(move || async move {
            let held = held.lock().unwrap().take();
            Body::from_stream(futures_util::stream::repeat_with(move || {
                let _ = &held;
                Ok::<_, std::io::Error>(vec![b'x'; 65_536])
            }))
        }),
    );
    let address = served(endless, std::future::pending()).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(HEAD.as_bytes()).await.unwrap();
    timeout(LONG, told).await.expect("the answer is given up").unwrap();
}

#[tokio::test]
async fn the_first_request_must_come_soon_and_the_next_ones_may_take_their_time() {
    let serving = Serving { first: SHORT, silence: LONG * 2, ..Serving::default() };
    let address = served_by(serving, greeting(), std::future::pending()).await;
    for said in ["", "GET / HTTP/1.1\r\nhost: localhost\r\n"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let (text, time) = rest(&mut stream).await;
        assert!(text.is_empty() && time >= SHORT / 2, "{said:?}: {text} after {time:?}");
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    for _ in 0..2 {
        assert_eq!(answer(&mut stream).await, Some(1));
        sleep(SHORT * 2).await;
    }
}

/// How many answers a request over the connection gets; none where it hears nothing.
async fn answer(stream: &mut TcpStream) -> Option<usize> {
    stream.write_all(HEAD.as_bytes()).await.unwrap();
    let mut part = [0; 512];
    let read = timeout(SHORT * 3, stream.read(&mut part)).await.ok()?.unwrap_or_default();
    Some(String::from_utf8_lossy(&part[..read]).matches("200 OK").count())
}

#[tokio::test]
async fn no_more_are_connected_than_may_be() {
    let of = |open, of_address| {
        let crowd = Crowd::of(Connections { open, of_address }, Proxies::default(), None);
        served_by(Serving { crowd, ..Serving::default() }, greeting(), std::future::pending())
    };
    let address = of(10, 1).await;
    let mut one = TcpStream::connect(address).await.unwrap();
    assert_eq!(answer(&mut one).await, Some(1));
    let mut second = TcpStream::connect(address).await.unwrap();
    assert_eq!(answer(&mut second).await, Some(0), "it is closed");
}

/// More than anybody takes.
async fn flood() -> Body {
    Body::from_stream(futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 65_536])))
}

/// A service for so few, whose `/slow` is answered when the gate is opened, and whose `/endless` goes on.
async fn crowded(open: usize) -> (SocketAddr, Arc<Notify>) {
    let gate = Arc::new(Notify::new());
    let its = gate.clone();
    let slow = get(|| async move {
        its.notified().await;
        "200 OK"
    });
    let endless = get(|| async {
        let parts = futures_util::stream::once(async { Ok::<_, std::io::Error>("begun") });
        Body::from_stream(futures_util::StreamExt::chain(parts, futures_util::stream::pending()))
    });
    let large = get(|| async { vec![b'x'; LARGE] });
    let body = post(|body: Bytes| async move { body.len().to_string() });
    let router = greeting()
        .route("/flood", get(flood))
        .route("/body", body)
        .route("/slow", slow)
        .route("/endless", endless)
        .route("/large", large);
    let crowd = Crowd::of(Connections { open, of_address: 10 }, Proxies::default(), None);
    let serving = Serving { crowd, ..Serving::default() };
    (served_by(serving, router, std::future::pending()).await, gate)
}

/// More than the system holds for anybody.
const LARGE: usize = 16 << 20;

async fn asking(address: SocketAddr, path: &str) -> TcpStream {
    asking_from("127.0.0.1:0", address, path).await
}

async fn asking_from(own: &str, address: SocketAddr, path: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(own.parse().unwrap()).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    stream.write_all(HEAD.replace("/ ", &format!("/{path} ")).as_bytes()).await.unwrap();
    sleep(SHORT / 3).await;
    stream
}

/// Another address.
const OTHER: &str = "127.0.0.2:0";

#[tokio::test]
async fn who_is_idle_longest_makes_room_and_who_waits_for_an_answer_does_not() {
    let (address, gate) = crowded(3).await;
    let mut busy = asking(address, "slow").await;
    let connected = async || TcpStream::connect(address).await.unwrap();
    let (mut one, mut two) = (connected().await, connected().await);
    assert_eq!((answer(&mut two).await, answer(&mut one).await), (Some(1), Some(1)));
    let mut late = connected().await;
    assert_eq!(answer(&mut late).await, Some(1));
    assert_eq!(rest(&mut two).await.0, "", "it was idle longest");
    let mut later = connected().await;
    assert_eq!((answer(&mut later).await, answer(&mut one).await), (Some(1), Some(0)));
    // Nobody is idle, and all are of one address.
    for stream in [&mut late, &mut later] {
        stream.write_all(HEAD.replace("/ ", "/slow ").as_bytes()).await.unwrap();
    }
    sleep(SHORT).await;
    assert_eq!(rest(&mut connected().await).await.0, "", "there is no room");
    gate.notify_one();
    sleep(SHORT).await;
    assert_eq!(answer(&mut connected().await).await, Some(1), "there is room now");
    assert!(rest(&mut busy).await.0.ends_with("200 OK"), "it was answered before it left");
}

#[tokio::test]
async fn half_a_head_and_an_answer_that_goes_on_keep_nobody_out() {
    let (address, _) = crowded(1).await;
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(b"GET / HT").await.unwrap();
    sleep(SHORT / 3).await;
    let mut late = asking(address, "").await;
    assert!(timeout(LONG / 4, late.read(&mut [0; 512])).await.expect("it is let in").unwrap() > 0);
    let (address, _) = crowded(2).await;
    let mut endless = asking(address, "endless").await;
    let _idle = asking(address, "").await;
    let mut late = asking(address, "").await;
    assert!(timeout(LONG / 4, late.read(&mut [0; 512])).await.expect("it is let in").unwrap() > 0);
    let mut begun = String::new();
    let goes_on = timeout(SHORT, endless.read_to_string(&mut begun)).await;
    assert!(goes_on.is_err(), "it goes on: {begun}");
}

#[tokio::test]
async fn who_takes_an_answer_slowly_has_time_for_the_rest() {
    let (address, _) = crowded(1).await;
    let mut large = asking(address, "large").await;
    let mut late = asking_from(OTHER, address, "").await;
    sleep(SHORT).await;
    assert!(rest(&mut large).await.0.len() > LARGE, "it is whole");
    assert!(timeout(LONG, late.read(&mut [0; 512])).await.expect("there is room").unwrap() > 0);
}

#[tokio::test]
async fn a_body_that_does_not_come_keeps_nobody_out() {
    let (address, _) = crowded(1).await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n1234").await.unwrap();
    sleep(SHORT / 3).await;
    let mut late = asking(address, "").await;
    assert!(timeout(LONG / 4, late.read(&mut [0; 512])).await.expect("it is let in").unwrap() > 0);
    assert_eq!(rest(&mut slow).await.0, "", "it was in the way");
    // With room for both, it has its time.
    let (address, _) = crowded(2).await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n1234").await.unwrap();
    let mut other = asking(address, "").await;
    assert!(timeout(LONG, other.read(&mut [0; 512])).await.expect("there is room").unwrap() > 0);
    slow.write_all(b"56789").await.unwrap();
    let mut part = [0; 512];
    let read = timeout(LONG, slow.read(&mut part)).await.expect("it is answered").unwrap();
    assert!(String::from_utf8_lossy(&part[..read]).ends_with("\r\n\r\n9"));
}

#[tokio::test]
async fn an_answer_that_nobody_takes_keeps_nobody_out() {
    let (address, _) = crowded(1).await;
    let _unread = asking(address, "flood").await;
    let mut late = asking_from(OTHER, address, "").await;
    assert!(timeout(LONG / 4, late.read(&mut [0; 512])).await.expect("it is let in").unwrap() > 0);
}

#[tokio::test]
async fn an_answer_that_nobody_takes_does_not_keep_the_service() {
    let (listener, router) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), Router::new().route("/flood", get(flood)));
    let address = listener.local_addr().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let serving = Serving { silence: LONG * 9, ..Serving::default() };
    let serving = tokio::spawn(serving.serve(listener, router, async { ended.await.unwrap() }));
    let _unread = asking(address, "flood").await;
    end.send(()).unwrap();
    timeout(LONG, serving).await.expect("it ends").unwrap();
}
