//! Octets between a connection, which waits, and a thread that reads or writes a file, which blocks.

use std::io::{self, Read, Write};

use axum::body::Body;
use bytes::{Buf as _, Bytes, BytesMut};
use futures::StreamExt as _;
use tokio::sync::mpsc;

/// Chunks on their way at once: who is slower holds the other one up.
pub(super) const CHUNKS: usize = 8;
/// Octets of a chunk that goes out.
const STEP: usize = 64 << 10;

/// Some octets, or why there are no more.
pub(super) type Chunk = Result<Bytes, io::Error>;

/// Passes a body on, chunk by chunk; whether it was within the cap. What nobody takes any more is read on to its end, so
/// that a client that is still sending gets its answer.
pub(super) async fn forward(body: Body, sender: mpsc::Sender<Chunk>, cap: usize) -> bool {
    let mut received = 0_usize;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let Ok(data) = chunk else {
            // Nobody is there any more to be told; what came is no package.
            let _ = sender.send(Err(io::ErrorKind::UnexpectedEof.into())).await;
            return true;
        };
        received = received.saturating_add(data.len());
        if received > cap {
            let _ = sender.send(Err(io::ErrorKind::FileTooLarge.into())).await;
            return false;
        }
        // Who reads may have ended before: then it has its answer.
        let _ = sender.send(Ok(data)).await;
    }
    true
}

/// A body as something that is read.
pub(super) struct Coming {
    chunks: mpsc::Receiver<Chunk>,
    at: Bytes,
}

impl Coming {
    pub fn new(chunks: mpsc::Receiver<Chunk>) -> Self {
        Self { chunks, at: Bytes::new() }
    }
}

impl Read for Coming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at.is_empty() {
            match self.chunks.blocking_recv() {
                Some(chunk) => self.at = chunk?,
                None => return Ok(0),
            }
        }
        let count = self.at.len().min(into.len());
        self.at.copy_to_slice(&mut into[..count]);
        Ok(count)
    }
}

/// Something that is written, as a body.
pub(super) struct Going {
    sender: mpsc::Sender<Chunk>,
    waiting: BytesMut,
}

impl Going {
    pub fn new(sender: mpsc::Sender<Chunk>) -> Self {
        Self { sender, waiting: BytesMut::new() }
    }

    /// Sends what is left, or that it does not come whole: a body that was cut off is no package.
    pub fn end(mut self, is_whole: bool) {
        let last =
            if is_whole { Ok(self.waiting.split().freeze()) } else { Err(io::ErrorKind::Other.into()) };
        if last.as_ref().is_ok_and(Bytes::is_empty) {
            return;
        }
        // A client that went away needs no end.
        let _ = self.sender.blocking_send(last);
    }
}

impl Write for Going {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(octets);
        if self.waiting.len() >= STEP {
            self.flush()?;
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let chunk = self.waiting.split().freeze();
        self.sender.blocking_send(Ok(chunk)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
