//! What the threads of a sweep do.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;

use super::moment;
use super::watch;
use super::whole::Whole;
use super::{Done, Hit, Options, Sought};
use crate::input::{CHUNK, Chunks, Contents, Form, Found, HEAD, Log, Sink, Trouble, form_of};
use crate::pattern::{Part, Watch, bundle};
use crate::scan::{self, Scanner};
use crate::sigma::Match;

/// Bytes of a plain file or event log that one thread takes at once.
const RANGE: u64 = 8 << 20;

/// Bytes at the beginning of a file in which columns are named.
const COLUMNS: u64 = 64 << 10;

/// A part of a file that somebody has to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job {
    /// The place of the file in the list.
    pub file: usize,
    /// The number of the part in the file.
    pub part: u32,
    way: Way,
    /// Whether no part comes behind this one.
    pub last: bool,
}

/// How a part is read.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// All of the file.
    Whole,
    /// The file as a whole, while others read its parts.
    Look,
    /// The lines that begin in a range of a plain file, which begins there.
    Lines(u64),
    /// The chunks of an event log from this one on.
    Records(Log, u64),
}

/// A file of which parts are left.
struct Open {
    file: usize,
    part: u32,
    next: Way,
}

/// The parts that nobody has taken yet.
pub(super) struct Queue<'a> {
    files: &'a [Found],
    before: &'a HashMap<String, Done>,
    sought: Sought<'a>,
    /// The file that is looked at next.
    next: usize,
    open: Option<Open>,
}

impl<'a> Queue<'a> {
    pub fn new(files: &'a [Found], before: &'a HashMap<String, Done>, sought: Sought<'a>) -> Self {
        Self { files, before, sought, next: 0, open: None }
    }

    fn take(&mut self) -> Option<Job> {
        if let Some(Open { file, part, next }) = self.open.take() {
            let behind = match next {
                Way::Whole | Way::Look => None,
                Way::Lines(at) => Some(at + RANGE).filter(|at| *at < self.files[file].bytes).map(Way::Lines),
                Way::Records(log, chunk) => {
                    let behind = Some(chunk + RANGE / CHUNK).filter(|chunk| *chunk < log.chunks);
                    behind.map(|chunk| Way::Records(log, chunk))
                }
            };
            let last = behind.is_none();
            self.open = behind.map(|next| Open { file, part: part + 1, next });
            return Some(Job { file, part, way: next, last });
        }
        while let Some(found) = self.files.get(self.next) {
            let file = self.next;
            self.next += 1;
            if is_done(found, self.before) {
                continue;
            }
            if found.bytes > RANGE
                && self.sought.reads_lines()
                && let Some(next) = in_parts(&found.path)
            {
                let looks = self.sought.asks_wholes();
                self.open = Some(Open { file, part: u32::from(looks), next });
                if looks {
                    return Some(Job { file, part: 0, way: Way::Look, last: false });
                }
                return self.take();
            }
            return Some(Job { file, part: 0, way: Way::Whole, last: true });
        }
        None
    }
}

/// Whether an earlier sweep read the file as it is now.
pub(super) fn is_done(found: &Found, before: &HashMap<String, Done>) -> bool {
    before
        .get(&found.path.display().to_string())
        .is_some_and(|done| done.bytes == found.bytes && done.changed == found.changed && !done.overfull)
}

/// How the first part of a file is read, where a file of its form is read in parts.
fn in_parts(path: &Path) -> Option<Way> {
    let mut head = Vec::with_capacity(HEAD);
    File::open(path).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head)).ok()?;
    match form_of(&head) {
        Form::Text if !bundle::begins(&head) => Some(Way::Lines(0)),
        Form::EventLog => Log::of(path).ok().map(|log| Way::Records(log, 0)),
        _ => None,
    }
}

/// What one part gave.
#[derive(Debug)]
pub(super) struct Result {
    pub job: Job,
    /// The texts in it, each with its path, hits (lines counted from the beginning of the part) and line feeds.
    pub texts: Vec<Text>,
    /// Of files as wholes, with their paths and lines.
    pub wholes: Vec<Hit>,
    /// Bytes that were asked about as wholes.
    pub looked: u64,
    pub troubles: Vec<Trouble>,
}

#[derive(Debug, Default)]
pub(super) struct Text {
    pub path: String,
    pub hits: Vec<Hit>,
    /// What satisfies parts of patterns.
    pub parts: Vec<Part>,
    pub matches: Vec<Match>,
    pub feeds: u64,
    pub bytes: u64,
    /// Whether the text ended with a line that no line feed ends.
    pub open: bool,
}

pub(super) struct Worker<'a> {
    pub sought: Sought<'a>,
    pub options: Options,
    pub queue: &'a Mutex<Queue<'a>>,
    pub read: &'a AtomicU64,
    pub stop: &'a AtomicBool,
    pub results: SyncSender<Result>,
}

impl Worker<'_> {
    pub fn run(self, patterns: Watch<'_>) {
        let mut reader = Reader {
            scanner: Scanner::new(self.sought.index, self.options.prose),
            is_indexed: !self.sought.index.is_empty(),
            reads_lines: self.sought.reads_lines(),
            rules: watch::Watch::new(self.sought),
            matched: Vec::new(),
            options: self.options,
            found: Vec::new(),
            patterns,
            text: Text::default(),
            texts: Vec::new(),
            whole: Whole::new(self.sought, self.options),
            troubles: Vec::new(),
        };
        // Memory that is read into, used again for every job.
        let mut buffer = Vec::new();
        while !self.stop.load(Ordering::Relaxed) {
            let Some((job, found)) = self.next() else { return };
            if let Way::Lines(start) = job.way {
                buffer = self.range(found, start, buffer, &mut reader);
            } else {
                let mut contents = Contents::new(self.options.limits, &mut reader, self.read).reusing(buffer);
                match job.way {
                    Way::Records(log, first) => {
                        let chunks = first..log.chunks.min(first + RANGE / CHUNK);
                        contents.of_records(&found.path, log, chunks);
                    }
                    // What is in it is read, and counted, by others.
                    Way::Look => contents.whole_file(&found.path),
                    Way::Whole | Way::Lines(_) => contents.of_file(&found.path),
                }
                buffer = contents.into_buffer();
            }
            let texts = std::mem::take(&mut reader.texts);
            let troubles = std::mem::take(&mut reader.troubles);
            let (wholes, looked) = reader.take_wholes();
            if self.results.send(Result { job, texts, wholes, looked, troubles }).is_err() {
                return;
            }
        }
    }

    fn next(&self) -> Option<(Job, &Found)> {
        let mut queue = self.queue.lock().ok()?;
        let job = queue.take()?;
        Some((job, &queue.files[job.file]))
    }

    /// Reads the lines that begin in one range of a plain file; gives the memory back.
    fn range(&self, found: &Found, start: u64, buffer: Vec<u8>, reader: &mut Reader<'_>) -> Vec<u8> {
        let mut buffer = buffer;
        let name = found.path.display().to_string();
        let mut read = || -> std::io::Result<()> {
            let mut file = File::open(&found.path)?;
            // A line belongs to the range in which it begins: just behind a line feed.
            let mut from = start;
            if start > 0 {
                from = start - 1;
                file.seek(SeekFrom::Start(from))?;
                let skipped = skip_line(&mut file, RANGE + 1)?;
                let Some(skipped) = skipped else { return Ok(()) };
                from += skipped;
            }
            let end = start + RANGE;
            if from >= end {
                return Ok(());
            }
            if start > 0 && !(reader.patterns.is_idle() && reader.rules.is_idle()) {
                // The first lines say what the columns are called.
                file.seek(SeekFrom::Start(0))?;
                let mut head = Vec::new();
                file.by_ref().take(COLUMNS).read_to_end(&mut head)?;
                reader.patterns.begin(&head);
                reader.rules.begin(&head);
            }
            file.seek(SeekFrom::Start(from))?;
            let mut chunks = Chunks::first(file, end - from).reusing(std::mem::take(&mut buffer));
            while let Some(piece) = chunks.next()? {
                self.read.fetch_add(piece.len() as u64, Ordering::Relaxed);
                reader.text(&name, piece);
                if self.stop.load(Ordering::Relaxed) {
                    break;
                }
            }
            buffer = chunks.into_buffer();
            Ok(())
        };
        if let Err(error) = read() {
            reader.trouble(Trouble { path: name.clone(), reason: format!("cannot be read: {error}") });
        }
        reader.end(&name);
        buffer
    }
}

/// Bytes up to and with the next line feed; `None` where none comes within `most` bytes.
fn skip_line(file: &mut File, most: u64) -> std::io::Result<Option<u64>> {
    let mut piece = vec![0; 64 << 10];
    let mut skipped = 0;
    while skipped <= most {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(None);
        }
        if let Some(feed) = memchr::memchr(b'\n', &piece[..read]) {
            return Ok(Some(skipped + feed as u64 + 1));
        }
        skipped += read as u64;
    }
    Ok(None)
}

/// Scans what is unpacked.
struct Reader<'a> {
    scanner: Scanner<'a>,
    /// Whether there are indicators; without any, lines are only counted.
    is_indexed: bool,
    reads_lines: bool,
    rules: watch::Watch<'a>,
    matched: Vec<Match>,
    options: Options,
    found: Vec<scan::Hit>,
    patterns: Watch<'a>,
    text: Text,
    texts: Vec<Text>,
    whole: Option<Whole<'a>>,
    troubles: Vec<Trouble>,
}

impl Reader<'_> {
    /// Hits of whole files, and how many bytes were asked about, since this was asked last.
    fn take_wholes(&mut self) -> (Vec<Hit>, u64) {
        let whole = self.whole.as_mut();
        whole
            .map(|whole| (std::mem::take(&mut whole.hits), std::mem::take(&mut whole.looked)))
            .unwrap_or_default()
    }
}

impl Sink for Reader<'_> {
    fn text(&mut self, path: &str, piece: &[u8]) {
        if piece.is_empty() {
            return;
        }
        if self.text.path != path {
            path.clone_into(&mut self.text.path);
        }
        self.found.clear();
        let feeds = if self.is_indexed {
            self.scanner.scan(piece, &mut self.found)
        } else {
            memchr::memchr_iter(b'\n', piece).count() as u32
        };
        self.rules.piece(path, piece, &mut self.found, &mut self.matched);
        let matched = self.matched.drain(..).filter(|found| self.options.admits(Some(found.time)));
        self.text.matches.extend(matched.map(|found| Match { line: self.text.feeds + found.line, ..found }));
        let mut ends = memchr::memchr_iter(b'\n', piece);
        let mut begin = 0;
        let mut next = 0;
        let (mut time, mut asset) = (None, None);
        let mut known = self.rules.moments.drain(..).peekable();
        let mut hits = Vec::new();
        for found in &self.found {
            if next <= found.line {
                let mut line: &[u8] = &[];
                while next <= found.line {
                    let end = ends.next().map_or(piece.len(), |feed| feed + 1);
                    line = piece.get(begin..end).unwrap_or_default();
                    begin = end;
                    next += 1;
                }
                while known.next_if(|(line, _)| *line < found.line).is_some() {}
                (time, asset) = known
                    .next_if(|(line, _)| *line == found.line)
                    .map_or_else(|| moment::of_line(line), |(_, moment)| moment);
            }
            if self.options.admits(time) {
                let line = self.text.feeds + u64::from(found.line);
                let (path, asset) = (String::new(), asset.clone());
                let (entry, also, strings) = (found.entry, Vec::new(), Vec::new());
                hits.push(Hit { path, line, time, asset, entry, also, strings });
            }
        }
        self.patterns.piece(piece, self.text.feeds, &mut hits, &mut self.text.parts);
        self.text.hits.append(&mut hits);
        self.text.feeds += u64::from(feeds);
        self.text.bytes += piece.len() as u64;
        self.text.open = !piece.ends_with(b"\n");
    }

    fn end(&mut self, path: &str) {
        self.rules.begin(&[]);
        let mut text = std::mem::take(&mut self.text);
        path.clone_into(&mut text.path);
        self.patterns.end(path, &mut text.hits, &mut text.parts, &mut self.troubles);
        self.texts.push(text);
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }

    fn most(&self) -> Option<u64> {
        self.whole.as_ref().map(Whole::most)
    }

    fn whole(&mut self, path: &str, bytes: &[u8]) {
        let Some(whole) = &mut self.whole else { return };
        if let Err(reason) = whole.look(path, bytes) {
            self.troubles.push(Trouble { path: path.to_owned(), reason });
        }
    }

    fn reads_text(&self) -> bool {
        self.reads_lines
    }
}
