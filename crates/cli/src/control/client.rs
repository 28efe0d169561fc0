//! The client's end: sends what was typed, shows what comes back.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use super::wire::{CHUNK, Kind, Progress, Request, read_frame, write_frame};
use crate::progress::Bar;

/// Runs a command on the server that owns this data directory, and gives its exit code; `None` where no server runs.
pub fn forward(data: &Path, request: &Request) -> Option<io::Result<u8>> {
    let stream = UnixStream::connect(super::socket(data)).ok()?;
    Some(converse(stream, request))
}

fn converse(mut stream: UnixStream, request: &Request) -> io::Result<u8> {
    write_frame(&mut stream, Kind::Request, &serde_json::to_vec(request)?)?;
    let bar = Bar::default();
    let mut input = io::stdin().lock();
    let mut chunk = vec![0; CHUNK];
    loop {
        let (kind, bytes) = read_frame(&mut stream)
            .map_err(|error| io::Error::new(error.kind(), "the server ended before the command did"))?;
        match kind {
            Kind::Output => {
                let mut out = io::stdout().lock();
                out.write_all(&bytes)?;
                out.flush()?;
            }
            Kind::Error => io::stderr().lock().write_all(&bytes)?,
            Kind::Progress => {
                let progress: Progress = serde_json::from_slice(&bytes)?;
                bar.show(&progress.work, progress.done, progress.total);
            }
            Kind::WantInput => {
                let read = input.read(&mut chunk)?;
                write_frame(&mut stream, Kind::Input, &chunk[..read])?;
            }
            Kind::Exit => return Ok(bytes.first().copied().unwrap_or(crate::fail::FAILED)),
            Kind::Request | Kind::Input => return Err(io::Error::other("the server sent a client's frame")),
        }
    }
}
