//! What is asked over a connection, and how far it is: whether the caller waits for the service, or the service for him.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::http::Request;
use axum::response::Response;
use futures_util::StreamExt as _;
use hyper::body::{Bytes, Frame, Incoming, SizeHint};

use super::crowd::Standing;

/// How many requests of a connection were begun, have come whole, and were answered; one at a time, in this order.
#[derive(Default)]
pub(super) struct Exchanges {
    begun: AtomicUsize,
    whole: AtomicUsize,
    answered: AtomicUsize,
    /// What the last answer does: it goes on until somebody ends it.
    goes_on: AtomicBool,
}

impl Exchanges {
    /// A request whose head has come.
    pub(super) fn begin(self: &Arc<Self>, request: Request<Incoming>) -> (Request<Body>, Answering) {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.goes_on.store(false, Ordering::Relaxed);
        let coming = Coming(Arc::clone(self));
        let request = if request.body().is_end_stream() {
            drop(coming);
            request.map(Body::new)
        } else {
            request.map(|inner| Body::new(Asking { inner, coming: Some(coming) }))
        };
        (request, Answering(Arc::clone(self)))
    }

    pub(super) fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }

    /// Changes with each step of each.
    pub(super) fn steps(&self) -> usize {
        [&self.whole, &self.answered]
            .iter()
            .fold(self.begun(), |sum, count| sum.wrapping_add(count.load(Ordering::Relaxed)))
    }

    /// Who waits for whom.
    pub(super) fn standing(&self) -> Standing {
        if !self.is_waited_for() {
            Standing::Idle
        } else if self.goes_on.load(Ordering::Relaxed) {
            Standing::GoesOn
        } else {
            Standing::Waits
        }
    }

    /// A request was begun and not yet answered.
    pub(super) fn is_open(&self) -> bool {
        self.begun() != self.answered.load(Ordering::Relaxed)
    }

    /// The caller has said all of it and waits.
    fn is_waited_for(&self) -> bool {
        self.is_open() && self.begun() == self.whole.load(Ordering::Relaxed)
    }
}

/// Tells that a request has come whole, or that the rest of it is not wanted, when it is dropped.
struct Coming(Arc<Exchanges>);

impl Drop for Coming {
    fn drop(&mut self) {
        self.0.whole.fetch_add(1, Ordering::Relaxed);
    }
}

/// Tells that a request has been answered when it is dropped.
pub(super) struct Answering(Arc<Exchanges>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
    }
}

impl Answering {
    /// With the answer, where it is whole; with its last part, where it goes on.
    pub(super) fn with(self, answer: Response) -> Response {
        if answer.body().size_hint().exact().is_some() {
            return answer;
        }
        self.0.goes_on.store(true, Ordering::Relaxed);
        answer.map(|body| {
            Body::from_stream(body.into_data_stream().map(move |part| {
                let _ = &self;
                part
            }))
        })
    }
}

/// A body that is still coming.
struct Asking {
    inner: Incoming,
    coming: Option<Coming>,
}

impl HttpBody for Asking {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(cx);
        if matches!(frame, Poll::Ready(None)) || self.inner.is_end_stream() {
            self.coming = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
