//! The server's end: one thread a client, the same command code on the node that is open.

use std::fs::{self, Permissions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::Parser;
use kizuna_app::Node;

use super::wire::{CHUNK, Kind, Progress, Request, read_frame, write_frame};
use crate::args::Args;
use crate::desk::Desk;
use crate::fail::USAGE;

/// The open socket; it goes when this is dropped.
pub struct Control {
    path: PathBuf,
}

impl Drop for Control {
    fn drop(&mut self) {
        // It may be gone already; a socket without a listener does no harm either.
        let _ = fs::remove_file(&self.path);
    }
}

/// Listens for commands. The caller holds the data directory's lock, so a socket that lies there already is dead.
pub fn open(data: &Path, node: &Node) -> io::Result<Control> {
    let path = super::socket(data);
    let listener = bind_private(data, &path)?;
    let node = node.clone();
    std::thread::Builder::new().name("control".to_owned()).spawn(move || {
        for stream in listener.incoming() {
            match stream {
                Ok(stream) => {
                    let node = node.clone();
                    std::thread::spawn(move || {
                        if let Err(error) = serve(&node, stream) {
                            tracing::debug!(error = %error, "a command's client went away");
                        }
                    });
                }
                Err(error) => tracing::warn!(error = %error, "the control socket refused a client"),
            }
        }
    })?;
    Ok(Control { path })
}

/// The socket appears under its name only once nobody else may open it.
fn bind_private(data: &Path, path: &Path) -> io::Result<UnixListener> {
    let nest = data.join(".control");
    let _ = fs::remove_dir_all(&nest);
    fs::DirBuilder::new().mode(0o700).create(&nest)?;
    let hidden = nest.join("s");
    let listener = UnixListener::bind(&hidden)?;
    fs::set_permissions(&hidden, Permissions::from_mode(0o600))?;
    fs::rename(&hidden, path)?;
    fs::remove_dir(&nest)?;
    Ok(listener)
}

fn serve(node: &Node, stream: UnixStream) -> io::Result<()> {
    let mut reading = stream.try_clone()?;
    let sending = Mutex::new(stream);
    let (kind, bytes) = read_frame(&mut reading)?;
    if kind != Kind::Request {
        return Err(io::Error::other("a client began without a request"));
    }
    let request: Request = serde_json::from_slice(&bytes)?;
    let code = {
        let mut input = Input { reading: &mut reading, sending: &sending, left: Vec::new(), ended: false };
        let mut out = BufWriter::with_capacity(CHUNK, Chunks { sending: &sending, kind: Kind::Output });
        let mut err = Chunks { sending: &sending, kind: Kind::Error };
        let progress = |work: &str, done: usize, total: usize| {
            let progress = Progress { work: work.to_owned(), done, total };
            // Progress is a courtesy: a client that is gone is noticed when results are sent.
            if let Ok(bytes) = serde_json::to_vec(&progress) {
                let _ = send(&sending, Kind::Progress, &bytes);
            }
        };
        let code = match Args::try_parse_from(&request.arguments) {
            Err(error) => {
                write!(err, "{error}")?;
                USAGE
            }
            Ok(args) => {
                let mut desk = Desk {
                    place: request.place,
                    input: &mut input,
                    out: &mut out,
                    err: &mut err,
                    progress: &progress,
                    json: args.json,
                };
                crate::run::on_node(node, args.command, &mut desk)
            }
        };
        out.flush()?;
        code
    };
    send(&sending, Kind::Exit, &[code])
}

fn send(sending: &Mutex<UnixStream>, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    let mut stream = sending.lock().map_err(|_| io::Error::other("a writer to this client failed"))?;
    write_frame(&mut *stream, kind, bytes)
}

/// What a command writes, as frames.
struct Chunks<'a> {
    sending: &'a Mutex<UnixStream>,
    kind: Kind,
}

impl Write for Chunks<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let chunk = &bytes[..bytes.len().min(CHUNK)];
        if !chunk.is_empty() {
            send(self.sending, self.kind, chunk)?;
        }
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The client's standard input, asked for chunk by chunk.
struct Input<'a> {
    reading: &'a mut UnixStream,
    sending: &'a Mutex<UnixStream>,
    left: Vec<u8>,
    ended: bool,
}

impl Read for Input<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() && !self.ended {
            send(self.sending, Kind::WantInput, &[])?;
            let (kind, bytes) = read_frame(self.reading)?;
            if kind != Kind::Input {
                return Err(io::Error::other("a client sent no input when asked"));
            }
            self.ended = bytes.is_empty();
            self.left = bytes;
        }
        let taken = self.left.len().min(into.len());
        into[..taken].copy_from_slice(&self.left[..taken]);
        self.left.drain(..taken);
        Ok(taken)
    }
}
