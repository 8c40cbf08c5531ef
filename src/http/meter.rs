//! How much may be read from a connection before a whole message has come of it, since frames without anything in them make
//! none and would be read for ever; and whether what was written to it was taken.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::sleep;

/// What reading fails with where nothing comes of it.
pub(super) const SPENT: &str = "much was sent and no message came of it";

/// After how many seconds without taking anything of what waits for it the other side is said to have stalled: what it takes is
/// seen each 85 KB, a third of what the system holds for it.
const STALL: u32 = 10;

/// How many bytes may still be read, whether the other side has taken what was written, and how often it took some.
pub(super) struct Meter {
    left: AtomicUsize,
    is_taken: AtomicBool,
    takes: AtomicUsize,
}

impl Default for Meter {
    /// Requests have bounds of their own.
    fn default() -> Self {
        let (left, takes) = (AtomicUsize::new(usize::MAX), AtomicUsize::new(0));
        Meter { left, is_taken: AtomicBool::new(true), takes }
    }
}

impl Meter {
    /// How many may still be read.
    pub(super) fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }

    /// From now on so many.
    pub(super) fn allow(&self, bytes: usize) {
        self.left.store(bytes, Ordering::Relaxed);
    }

    /// Whether nothing waits for the other side to take it.
    pub(super) fn is_taken(&self) -> bool {
        self.is_taken.load(Ordering::Relaxed)
    }

    /// Ends once something waits for the other side, and it has taken nothing for a while.
    pub(super) async fn stalled(&self) {
        let (mut before, mut seconds) = (self.takes.load(Ordering::Relaxed), 0);
        while seconds < STALL {
            sleep(Duration::from_secs(1)).await;
            let now = self.takes.load(Ordering::Relaxed);
            seconds = if self.is_taken() || now != before { 0 } else { seconds + 1 };
            before = now;
        }
    }

    fn wrote<T>(&self, written: Poll<T>) -> Poll<T> {
        self.is_taken.store(written.is_ready(), Ordering::Relaxed);
        if written.is_ready() {
            self.takes.fetch_add(1, Ordering::Relaxed);
        }
        written
    }

    fn spend(&self, bytes: usize) -> io::Result<()> {
        let less = |left: usize| left.checked_sub(bytes);
        let before = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        before.map(|_| ()).map_err(|_| io::Error::other(SPENT))
    }
}

/// What is read from is metered.
pub(super) struct Metered<S> {
    inner: S,
    meter: Arc<Meter>,
}

impl<S> Metered<S> {
    pub(super) fn new(inner: S, meter: Arc<Meter>) -> Self {
        Metered { inner, meter }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        Poll::Ready(self.meter.spend(buffer.filled().len() - before))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.meter.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.meter.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn so_much_is_read_and_no_more() {
        let meter = Arc::<Meter>::default();
        let mut stream = Metered::new(tokio::io::repeat(b'x'), Arc::clone(&meter));
        let mut piece = [0; 100];
        stream.read_exact(&mut piece).await.unwrap();
        meter.allow(150);
        stream.read_exact(&mut piece).await.unwrap();
        let failed = stream.read_exact(&mut piece).await.unwrap_err();
        assert_eq!(failed.to_string(), SPENT);
        meter.allow(100);
        stream.read_exact(&mut piece).await.unwrap();
    }
}
