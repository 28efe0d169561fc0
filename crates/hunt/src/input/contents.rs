//! What a file holds.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Decoder, Encoding, UTF_16BE, UTF_16LE};

use super::form::{Endian, Form, form_of};
use super::records::Log;
use super::{HEAD, Limits, Trouble, archive, records};

/// Who is given the text of a file, piece by piece.
pub trait Sink {
    /// A piece of whole lines of the text at `path`.
    fn text(&mut self, path: &str, piece: &[u8]);
    /// The text at a path ends.
    fn end(&mut self, path: &str);
    fn trouble(&mut self, trouble: Trouble);
    /// Bytes up to which whole files are asked for as well, each as it is on disk and as it is unpacked; nothing where they
    /// are not asked for.
    fn most(&self) -> Option<u64> {
        None
    }
    /// A whole file.
    fn whole(&mut self, _path: &str, _bytes: &[u8]) {}
    /// Whether text is asked for; where it is not, only what has to be unpacked is read.
    fn reads_text(&self) -> bool {
        true
    }
}

/// A file whose reading shows.
struct Counted<'a> {
    file: File,
    read: &'a AtomicU64,
}

impl Read for Counted<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(out)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Unpacks one file.
pub struct Contents<'a> {
    pub(super) limits: Limits,
    pub(super) sink: &'a mut dyn Sink,
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// Bytes read from disk, by all who read.
    read: &'a AtomicU64,
    /// Memory of [`Chunks`](super::Chunks), used again for every text.
    pub(super) buffer: Vec<u8>,
}

impl<'a> Contents<'a> {
    pub fn new(limits: Limits, sink: &'a mut dyn Sink, read: &'a AtomicU64) -> Self {
        Self { limits, sink, files: 0, bytes: 0, read, buffer: Vec::new() }
    }

    /// With memory from [`Contents::into_buffer`].
    #[must_use]
    pub fn reusing(mut self, buffer: Vec<u8>) -> Self {
        self.buffer = buffer;
        self
    }

    /// The memory, for the next file.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// Gives the whole text of a file to the sink.
    pub fn of_file(&mut self, path: &Path) {
        let name = path.display().to_string();
        if let Err(error) = self.file(path, &name) {
            self.trouble(&name, format!("cannot be read: {error}"));
        }
    }

    /// Gives a file on disk to the sink as a whole, and nothing of its text.
    pub fn whole_file(&mut self, path: &Path) {
        let name = path.display().to_string();
        let mut whole = || -> io::Result<()> {
            let Some(most) = self.sink.most() else { return Ok(()) };
            let mut bytes = Vec::new();
            File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
            self.whole(&bytes, most, &name);
            Ok(())
        };
        if let Err(error) = whole() {
            self.trouble(&name, format!("cannot be read: {error}"));
        }
    }

    fn file(&mut self, path: &Path, name: &str) -> io::Result<()> {
        let mut file = File::open(path)?;
        if let Some(most) = self.sink.most() {
            let length = file.metadata()?.len();
            if length <= most {
                let mut counted = Counted { file, read: self.read };
                return self.held_file(&mut counted, length, most, name);
            }
            self.too_large(name, most);
        }
        let mut head = Vec::with_capacity(HEAD);
        file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        file.seek(SeekFrom::Start(0))?;
        let form = form_of(&head);
        let counted = Counted { file, read: self.read };
        match form {
            Form::Zip => archive::zip(self, counted, name, 0),
            Form::EventLog if self.sink.reads_text() => {
                let length = counted.file.metadata()?.len();
                records::of_whole(self, counted, length, name);
            }
            form => self.unpack(form, &mut BufReader::with_capacity(1 << 17, counted), name, 0),
        }
        Ok(())
    }

    /// Gives the records of some chunks of an event log to the sink; with the last, whether the log is cut.
    pub(crate) fn of_records(&mut self, path: &Path, log: Log, chunks: Range<u64>) {
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        match opened {
            Ok((length, file)) => {
                let is_last = chunks.end == log.chunks;
                records::of_part(self, Counted { file, read: self.read }, log, chunks, &name);
                if is_last {
                    records::tell_of_cut(self, length, &name);
                }
            }
            Err(error) => {
                self.trouble(&name, format!("cannot be read: {error}"));
                self.sink.end(&name);
            }
        }
    }

    /// Reads a file on disk into memory, and goes on from there. One that grew since is read up to the cap.
    fn held_file(&mut self, file: &mut Counted<'_>, length: u64, most: u64, name: &str) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(length as usize + 1);
        file.take(most + 1).read_to_end(&mut bytes)?;
        self.go_on(bytes, file, most, name, 0);
        Ok(())
    }

    /// Gives what is in memory to the sink, and unpacks it. Where that is more than the cap, it is not all, and the rest of the
    /// stream is read behind it.
    fn go_on(&mut self, bytes: Vec<u8>, rest: &mut dyn Read, most: u64, name: &str, depth: usize) {
        let is_all = bytes.len() as u64 <= most;
        self.whole(&bytes, most, name);
        match form_of(bytes.get(..HEAD).unwrap_or(&bytes)) {
            Form::Zip if is_all => archive::zip(self, io::Cursor::new(bytes), name, depth),
            Form::EventLog if is_all && self.sink.reads_text() => records::of_bytes(self, bytes, name),
            form => self.unpack(form, &mut io::Cursor::new(bytes).chain(rest), name, depth),
        }
    }

    /// Gives a whole file to the sink, unless it is too large.
    fn whole(&mut self, bytes: &[u8], most: u64, name: &str) {
        if bytes.len() as u64 > most {
            self.too_large(name, most);
            return;
        }
        self.bytes += bytes.len() as u64;
        self.sink.whole(name, bytes);
    }

    fn too_large(&mut self, name: &str, most: u64) {
        self.trouble(
            name,
            format!("has more than {most} bytes and was not asked about with YARA rules as a whole"),
        );
    }

    /// Reads a stream to its end, whatever it is.
    pub(super) fn stream(&mut self, source: &mut dyn Read, name: &str, depth: usize) {
        if depth > self.limits.depth {
            self.trouble(name, format!("lies in more than {} archives", self.limits.depth));
            return;
        }
        if let Some(most) = self.sink.most() {
            self.held_stream(source, most, name, depth);
            return;
        }
        let mut head = Vec::with_capacity(HEAD);
        if let Err(error) = source.take(HEAD as u64).read_to_end(&mut head) {
            self.broken(name, &error);
            if head.is_empty() {
                return;
            }
        }
        let form = form_of(&head);
        self.unpack(form, &mut io::Cursor::new(head).chain(source), name, depth);
    }

    /// Reads a stream into memory up to the cap, and goes on from there.
    fn held_stream(&mut self, source: &mut dyn Read, most: u64, name: &str, depth: usize) {
        let mut bytes = Vec::new();
        match source.take(most + 1).read_to_end(&mut bytes) {
            Ok(_) => self.go_on(bytes, source, most, name, depth),
            Err(error) => {
                self.broken(name, &error);
                if !bytes.is_empty() {
                    // What could be read is asked about like a file that was cut off.
                    self.go_on(bytes, &mut io::empty(), most, name, depth);
                }
            }
        }
    }

    fn unpack(&mut self, form: Form, source: &mut dyn Read, name: &str, depth: usize) {
        let reads_text = self.sink.reads_text();
        match form {
            Form::Text | Form::Utf16(_) | Form::EventLog if !reads_text => {}
            Form::Text => self.text(source, name),
            Form::Utf16(endian) => {
                let encoding = if endian == Endian::Little { UTF_16LE } else { UTF_16BE };
                self.text(&mut Recoded::new(source, encoding), name);
            }
            Form::Gzip => {
                let mut plain = flate2::read::MultiGzDecoder::new(BufReader::with_capacity(1 << 16, source));
                self.stream(&mut plain, name, depth + 1);
            }
            Form::Zstandard => match zstd::Decoder::new(source) {
                Ok(mut plain) => self.stream(&mut plain, name, depth + 1),
                Err(error) => self.broken(name, &error),
            },
            Form::Tar => archive::tar(self, source, name, depth),
            Form::Zip => {
                if let Some(held) = self.held(source, name) {
                    archive::zip(self, io::Cursor::new(held), name, depth);
                }
            }
            Form::EventLog => {
                if let Some(held) = self.held(source, name) {
                    records::of_bytes(self, held, name);
                }
            }
            Form::Packed(what) => self.trouble(name, format!("is {what}, which is not read")),
            Form::Unread(what) if self.sink.most().is_none() => {
                self.trouble(name, format!("is {what}, which is not read"));
            }
            // Nothing else than YARA rules is looked for, and they were asked.
            Form::Unread(_) if !reads_text => {}
            Form::Unread(what) => {
                self.trouble(
                    name,
                    format!("is {what}, which is not read; only YARA rules were asked about it"),
                );
            }
        }
    }

    fn text(&mut self, source: &mut dyn Read, name: &str) {
        let mut chunks = super::Chunks::new(source).reusing(std::mem::take(&mut self.buffer));
        loop {
            match chunks.next() {
                Ok(Some(piece)) => {
                    self.bytes += piece.len() as u64;
                    self.sink.text(name, piece);
                }
                Ok(None) => break,
                Err(error) => {
                    self.sink.text(name, chunks.rest());
                    self.broken(name, &error);
                    break;
                }
            }
            if self.bytes > self.limits.bytes {
                self.trouble(
                    name,
                    format!("unpacks to more than {} bytes; the rest was not read", self.limits.bytes),
                );
                break;
            }
        }
        self.buffer = chunks.into_buffer();
        self.sink.end(name);
    }

    /// All bytes of what has to be held in memory; nothing where that is too much.
    fn held(&mut self, source: &mut dyn Read, name: &str) -> Option<Vec<u8>> {
        let mut held = Vec::new();
        match source.take(self.limits.held + 1).read_to_end(&mut held) {
            Ok(_) if held.len() as u64 > self.limits.held => {
                self.trouble(
                    name,
                    format!("lies within another archive and has more than {} bytes", self.limits.held),
                );
                None
            }
            Ok(_) => Some(held),
            Err(error) => {
                self.broken(name, &error);
                None
            }
        }
    }

    /// Whether one more file may be unpacked.
    pub(super) fn may_open(&mut self, name: &str) -> bool {
        self.files += 1;
        if self.files == self.limits.files + 1 {
            self.trouble(name, format!("holds more than {} files; the rest was not read", self.limits.files));
        }
        self.files <= self.limits.files && self.bytes <= self.limits.bytes
    }

    pub(super) fn broken(&mut self, name: &str, error: &dyn std::fmt::Display) {
        self.trouble(name, format!("is broken: {error}"));
    }

    pub(super) fn trouble(&mut self, name: &str, reason: String) {
        self.sink.trouble(Trouble { path: name.to_owned(), reason });
    }
}

/// A stream in another encoding, as UTF-8.
struct Recoded<R> {
    source: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: String,
    given: usize,
    ended: bool,
}

impl<R: Read> Recoded<R> {
    fn new(source: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self {
            source,
            decoder,
            raw: vec![0; 1 << 16],
            text: String::with_capacity(1 << 18),
            given: 0,
            ended: false,
        }
    }
}

impl<R: Read> Read for Recoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if self.ended {
                return Ok(0);
            }
            let read = self.source.read(&mut self.raw)?;
            self.ended = read == 0;
            self.text.clear();
            self.given = 0;
            // Room for the longest that so many bytes can become, so that all of them are taken.
            let most = self.decoder.max_utf8_buffer_length(read).unwrap_or(usize::MAX >> 1);
            self.text.reserve(most);
            let _ = self.decoder.decode_to_string(&self.raw[..read], &mut self.text, self.ended);
        }
        let rest = &self.text.as_bytes()[self.given..];
        let length = rest.len().min(out.len());
        out[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}
