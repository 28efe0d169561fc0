//! One client's end of a stream: what the relay hands it, with signs of life in between.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use kizuna_app::changes::Change;
use kizuna_http::StreamPlace;
use rand::Rng as _;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, Sleep};

/// How long a stream is silent, in milliseconds: each time another length, so that streams that were told something at
/// once are not all reminded at once.
const SILENCE: std::ops::Range<u64> = 10_000..15_000;
/// From so many bytes on a text is sent from where it lies, shared by all who are told it; a shorter one is copied, and
/// goes out in one piece with what is around it.
const SHARED_BYTES: usize = 4 << 10;
/// A comment, which clients pass over.
const SIGN_OF_LIFE: &[u8] = b":\n\n";

/// What goes out together.
pub(super) type Frame = Vec<Bytes>;

/// Changes as events, each with its own id, in as few pieces as may be.
pub(super) fn frame(changes: Vec<Change>) -> Frame {
    let mut frame = Frame::new();
    let mut piece: Vec<u8> = Vec::new();
    for Change { text, cursor } in changes {
        piece.extend_from_slice(b"event: object\nid: ");
        piece.extend_from_slice(cursor.as_bytes());
        piece.extend_from_slice(b"\ndata: ");
        if text.len() < SHARED_BYTES {
            piece.extend_from_slice(&text);
        } else {
            frame.push(std::mem::take(&mut piece).into());
            frame.push(text);
        }
        piece.extend_from_slice(b"\n\n");
    }
    frame.push(piece.into());
    frame
}

/// What the relay and a client's end tell each other beside the frames.
#[derive(Default)]
pub(super) struct Between {
    /// Set by the relay: when the client has taken its frame, there is more for it.
    pub is_awaited: AtomicBool,
    /// Why the stream ends: its last event says so.
    pub end: OnceLock<&'static str>,
}

/// A client's end.
pub(super) struct Events {
    frames: mpsc::Receiver<Frame>,
    pieces: std::vec::IntoIter<Bytes>,
    between: Arc<Between>,
    /// Wakes the relay.
    taken: Arc<Notify>,
    last: Instant,
    silence: Pin<Box<Sleep>>,
    is_over: bool,
    _place: StreamPlace,
}

impl Events {
    pub fn new(
        frames: mpsc::Receiver<Frame>,
        between: Arc<Between>,
        taken: Arc<Notify>,
        place: StreamPlace,
    ) -> Self {
        let now = Instant::now();
        let silence = Box::pin(tokio::time::sleep_until(now + silence()));
        let pieces = Frame::new().into_iter();
        Self { frames, pieces, between, taken, last: now, silence, is_over: false, _place: place }
    }
}

fn silence() -> Duration {
    Duration::from_millis(rand::rng().random_range(SILENCE))
}

impl Stream for Events {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(piece) = this.pieces.next() {
                this.last = Instant::now();
                return Poll::Ready(Some(Ok(piece)));
            }
            if this.is_over {
                return Poll::Ready(None);
            }
            match this.frames.poll_recv(cx) {
                Poll::Ready(Some(frame)) => {
                    this.pieces = frame.into_iter();
                    if this.between.is_awaited.swap(false, Ordering::SeqCst) {
                        this.taken.notify_one();
                    }
                    continue;
                }
                Poll::Ready(None) => {
                    this.is_over = true;
                    let said = this.between.end.get().map(|why| format!("event: end\ndata: {why}\n\n"));
                    this.pieces = said.map(Bytes::from).into_iter().collect::<Frame>().into_iter();
                    continue;
                }
                Poll::Pending => {}
            }
            ready!(this.silence.as_mut().poll(cx));
            // The clock is not set anew for each event: it looks, when it rings, how long it was silent.
            let now = Instant::now();
            let due = this.last + silence();
            if due <= now {
                this.last = now;
                this.silence.as_mut().reset(now + silence());
                return Poll::Ready(Some(Ok(Bytes::from_static(SIGN_OF_LIFE))));
            }
            this.silence.as_mut().reset(due);
        }
    }
}

#[cfg(test)]
mod tests;
