//! Frames of the control socket.

use std::io::{self, Read, Write};

/// No frame is longer: both ends cut their output into chunks.
const FRAME_LIMIT: u32 = 1 << 20;
/// Longest chunk of input or output in one frame.
pub const CHUNK: usize = 64 << 10;

/// What a frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Client: a [`Request`] as JSON.
    Request = 1,
    /// Client: a chunk of standard input; empty at its end.
    Input = 2,
    /// Server: asks for the next chunk of standard input.
    WantInput = 3,
    /// Server: a chunk of standard output.
    Output = 4,
    /// Server: a chunk of standard error.
    Error = 5,
    /// Server: [`Progress`] as JSON.
    Progress = 6,
    /// Server: one byte, the exit code. The last frame.
    Exit = 7,
}

/// What was typed, and where.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Request {
    pub arguments: Vec<String>,
    pub place: std::path::PathBuf,
}

/// How far a piece of work is.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    pub work: String,
    pub done: usize,
    pub total: usize,
}

pub fn write_frame(to: &mut dyn Write, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= FRAME_LIMIT);
    let length = length.ok_or_else(|| io::Error::other("a frame is too long"))?;
    let mut frame = Vec::with_capacity(bytes.len() + 5);
    frame.push(kind as u8);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(bytes);
    to.write_all(&frame)?;
    to.flush()
}

/// The next frame.
///
/// # Errors
/// [`io::ErrorKind::UnexpectedEof`] when the other end is gone.
pub fn read_frame(from: &mut dyn Read) -> io::Result<(Kind, Vec<u8>)> {
    let mut head = [0; 5];
    from.read_exact(&mut head)?;
    let kind =
        [Kind::Request, Kind::Input, Kind::WantInput, Kind::Output, Kind::Error, Kind::Progress, Kind::Exit]
            .into_iter()
            .find(|kind| *kind as u8 == head[0])
            .ok_or_else(|| io::Error::other("a frame of an unknown kind"))?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
    if length > FRAME_LIMIT {
        return Err(io::Error::other("a frame is too long"));
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    Ok((kind, bytes))
}
