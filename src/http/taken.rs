//! An answer that is handed over piece by piece, so that its caller's turn lasts until he has taken it: who takes nothing has
//! no further answers made for him.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};

/// hyper asks for the next piece where less than about so much waits to be written.
const PIECE: usize = 65_536;

/// The answer, and what is held until the last piece was asked for.
pub(super) fn until_taken<T: Send + Unpin + 'static>(response: Response, held: T) -> Response {
    response.map(|inner| Body::new(Taken { inner, rest: Bytes::new(), _held: held }))
}

struct Taken<T> {
    inner: Body,
    rest: Bytes,
    _held: T,
}

impl<T: Unpin> HttpBody for Taken<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            let Some(frame) = ready!(Pin::new(&mut self.inner).poll_frame(cx)?) else {
                return Poll::Ready(None);
            };
            match frame.into_data() {
                Ok(data) => self.rest = data,
                Err(other) => return Poll::Ready(Some(Ok(other))),
            }
        }
        let piece = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        self.inner
            .size_hint()
            .exact()
            .map_or_else(SizeHint::default, |inner| SizeHint::with_exact(inner + rest))
    }
}
