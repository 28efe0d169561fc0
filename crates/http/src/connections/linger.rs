//! Ending a connection so that the last answer on it is read.
//!
//! A request may be refused before its body was read. Closing a socket in which unread bytes lie makes the system
//! reset the connection, and a client that is still sending loses the answer that it was sent. So a connection that
//! its client has not ended is closed for writing only, and what still comes is taken in and thrown away: up to a
//! number of bytes and a time.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::sync::oneshot;

/// Bytes thrown away at the end of one connection at most.
const BYTES: usize = 1 << 20;
/// How long a client may go on sending after the last answer.
const TIME: Duration = Duration::from_secs(2);
/// Bytes taken in at once.
const STEP: usize = 16 << 10;

/// A stream that hands itself back when the protocol lets go of it.
pub struct Lent<S> {
    /// Taken only when this is dropped.
    stream: Option<S>,
    /// Whether the client has said that it sends no more.
    ended: bool,
    back: Option<oneshot::Sender<Remains<S>>>,
}

/// What the protocol has let go of, unless its client had ended it.
pub struct Remains<S> {
    stream: S,
}

/// Lends a stream; the receiver gets it once it is not used any more. Nothing comes where there is nothing to wait for.
pub fn lend<S>(stream: S) -> (Lent<S>, oneshot::Receiver<Remains<S>>) {
    let (back, returned) = oneshot::channel();
    (Lent { stream: Some(stream), ended: false, back: Some(back) }, returned)
}

impl<S> Drop for Lent<S> {
    fn drop(&mut self) {
        if let (Some(stream), Some(back), false) = (self.stream.take(), self.back.take(), self.ended) {
            // Nobody waits for it: it is closed at once.
            let _ = back.send(Remains { stream });
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Remains<S> {
    /// Ends the stream: no more is written, what still comes is thrown away within bounds.
    pub async fn end(mut self) {
        let taken_in = async {
            self.stream.shutdown().await?;
            let mut rest = vec![0; STEP];
            let mut received = 0;
            while received < BYTES {
                match self.stream.read(&mut rest).await? {
                    0 => break,
                    more => received += more,
                }
            }
            io::Result::Ok(())
        };
        // What goes wrong here is the client's going away, which is what is waited for.
        let _ = tokio::time::timeout(TIME, taken_in).await;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lent<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let is_room = buf.remaining() > 0;
        let read = ready!(Pin::new(self.lent()?).poll_read(cx, buf));
        self.ended |= read.is_err() || (is_room && buf.filled().len() == before);
        Poll::Ready(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Lent<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(self.lent()?).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(self.lent()?).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.lent()?).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(self.lent()?).poll_shutdown(cx)
    }
}

impl<S> Lent<S> {
    fn lent(&mut self) -> io::Result<&mut S> {
        self.stream.as_mut().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}
