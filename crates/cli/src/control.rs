//! The socket by which commands reach a running server (design, semantic 16).
//!
//! Only its user may open it. A client sends what was typed; the server runs the command on its open node and sends
//! back what the command writes. Frames are a kind (one byte), a length (four bytes, big-endian) and that many bytes.

mod client;
mod server;
mod wire;

use std::path::{Path, PathBuf};

pub use client::forward;
pub use server::open;
pub use wire::Request;

/// Where the socket lies.
pub fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}
