//! Callers who ask the server over kept connections, as fast as it answers, for a bounded time.
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use serde_json::Value;

/// Requests of one run at most, however fast the server is.
const MOST: u64 = 200_000;

/// What is sent, as bytes.
pub(crate) struct Request(Vec<u8>);

impl Request {
    pub(crate) fn new(token: &str, body: &Value) -> Self {
        let body = body.to_string();
        Request(
            format!(
                "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                 accept: application/graphql-response+json\r\nauthorization: Bearer {token}\r\n\
                 content-length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes(),
        )
    }
}

/// A connection that stays open.
pub(crate) struct Caller {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Caller {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Caller { stream, buffer: vec![0; 256 * 1024] }
    }

    /// Asks once and answers the body. Stops on anything but 200.
    pub(crate) fn ask(&mut self, request: &Request) -> &[u8] {
        let (status, start, end) = self.answer(request);
        let body = &self.buffer[start..end];
        assert!(status == 200, "{status} {}", String::from_utf8_lossy(body));
        body
    }

    /// Asks once and answers the status.
    pub(crate) fn status(&mut self, request: &Request) -> u16 {
        self.answer(request).0
    }

    /// The status, and where the body begins and ends.
    fn answer(&mut self, request: &Request) -> (u16, usize, usize) {
        self.stream.write_all(&request.0).unwrap();
        let (mut filled, mut length) = (0, None);
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).expect("an answer comes");
            assert!(read > 0, "the server closed the connection");
            filled += read;
            if length.is_none() {
                length = head(&self.buffer[..filled]);
            }
            if let Some((status, start, end)) = length {
                if self.buffer.len() < end {
                    self.buffer.resize(end, 0);
                }
                if filled >= end {
                    return (status, start, end);
                }
            }
        }
    }
}

/// The status, and where the body begins and ends, once the head is there.
fn head(bytes: &[u8]) -> Option<(u16, usize, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).unwrap().to_ascii_lowercase();
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).expect("a length");
    Some((status, end, end + length.trim().parse::<usize>().unwrap()))
}

/// Asks by so many callers at once for so long, and answers each request's milliseconds.
pub(crate) fn run(address: SocketAddr, request: &Request, callers: usize, time: Duration) -> Vec<f64> {
    let asked = AtomicU64::new(0);
    let end = Instant::now() + time;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..callers)
            .map(|_| {
                scope.spawn(|| {
                    let mut caller = Caller::new(address);
                    let mut taken = Vec::new();
                    while Instant::now() < end && asked.fetch_add(1, Ordering::Relaxed) < MOST {
                        let began = Instant::now();
                        caller.ask(request);
                        taken.push(began.elapsed().as_secs_f64() * 1e3);
                    }
                    taken
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}
