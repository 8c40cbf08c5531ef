//! Packed bodies: what comes out has to keep up with what is sent, so that nobody makes the service unpack nothing.

use std::future::ready;
use std::iter::from_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use futures_util::{Stream, TryStreamExt as _, stream};

/// How far what was sent may be ahead of what came out, in bytes: the unpacker gathers 8 KiB before it gives any.
const AHEAD: usize = 16_384;

/// Packed bytes are handed on in pieces of so many: an empty block has five bytes, and costs 10 microseconds.
const PIECE: usize = 4_096;

/// What unpacking may cost before anything has come out, in KiB of a body that is not packed.
pub(super) const AT_MOST: usize = (AHEAD + PIECE) / 1_024;

/// How much of a packed body came out so far.
#[derive(Default)]
pub(super) struct Unpacked(AtomicUsize);

impl Unpacked {
    pub(super) fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Has a packed body broken off where too little comes of it. Whoever reads it tells how much did.
pub(super) async fn watched(mut request: Request) -> Request {
    spell_encodings(&mut request);
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    if !encoding.is_some_and(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"gzip")) {
        return request;
    }
    let unpacked = Arc::<Unpacked>::default();
    request.extensions_mut().insert(Arc::clone(&unpacked));
    request.map(|body| Body::from_stream(keeping_up(body, unpacked)))
}

/// Two lines of encodings are one list of them (RFC 9110, section 5.3), and unpacking would see but the first; and it knows
/// their names in small letters alone (section 8.4.1).
fn spell_encodings(request: &mut Request) {
    let lines: Vec<_> =
        request.headers().get_all(header::CONTENT_ENCODING).iter().map(HeaderValue::as_bytes).collect();
    let list = lines.join(&b", "[..]).to_ascii_lowercase();
    if !lines.is_empty()
        && let Ok(list) = HeaderValue::from_bytes(&list)
    {
        request.headers_mut().insert(header::CONTENT_ENCODING, list);
    }
}

fn keeping_up(body: Body, unpacked: Arc<Unpacked>) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let pieces = body.into_data_stream().map_ok(|mut chunk| {
        let next = move || (!chunk.is_empty()).then(|| chunk.split_to(chunk.len().min(PIECE)));
        stream::iter(from_fn(next).map(Ok))
    });
    let mut sent = 0_usize;
    pieces.try_flatten().and_then(move |piece| {
        let is_ahead = sent > unpacked.bytes().saturating_add(AHEAD);
        sent = sent.saturating_add(piece.len());
        ready(if is_ahead { Err(axum::Error::new("too little comes of the body")) } else { Ok(piece) })
    })
}
