//! Text scanned for indicators.
//!
//! A tile is some whole lines that fit the processor's first cache. Its bytes are classed into masks; candidates are
//! found from the masks (names by their dots, addresses, long runs, `@`), keyed, and asked of the filter all together;
//! what is admitted is looked up and compared byte by byte with the rules of its kind. Lines with escapes or with
//! anything but ASCII are read again, decoded ([`reading`]).
//!
//! Start at [`Scanner::scan`].

mod address;
mod dotted;
mod long;
mod place;
mod reading;
mod registry;
#[cfg(test)]
mod tests;
mod tile;
mod word;

pub use reading::Prose;
pub(crate) use reading::decoded;

use crate::index::{Index, Probes};
use crate::machine::{self, Vectors, Word};
use tile::Tile;

/// Bytes of a tile that is not one long line.
const TILE: usize = 16 << 10;

/// An indicator found in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// From zero, in the text that was scanned.
    pub line: u32,
    /// The number of the entry in the index.
    pub entry: u32,
}

/// A place that may be an indicator: its key, and where it lies in the tile.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    key: u64,
    end: u32,
    length: u32,
    shape: Shape,
}

/// An IPv4 address in the text.
#[derive(Debug, Clone, Copy)]
struct Number {
    address: u32,
    end: u32,
    length: u32,
}

/// What a candidate looks like; it decides how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Dotted,
    Ipv4,
    Long,
    Word,
}

/// A match in a tile, before its line is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    at: u32,
    entry: u32,
}

/// Memory that is used again for every tile.
#[derive(Debug, Default)]
struct Scratch {
    words: Vec<Word>,
    numbers: Vec<Number>,
    candidates: Vec<Candidate>,
    admitted: Vec<Candidate>,
    matches: Vec<Match>,
    /// Lines to be read decoded: start and end.
    lines: Vec<(u32, u32)>,
    entries: Vec<u32>,
}

/// Scans text for the indicators of one index; each thread has its own.
#[derive(Debug)]
pub struct Scanner<'a> {
    index: &'a Index,
    vectors: Vectors,
    prose: Prose,
    outer: Scratch,
    inner: Scratch,
    readings: reading::Readings,
}

impl<'a> Scanner<'a> {
    pub fn new(index: &'a Index, prose: Prose) -> Self {
        Self::with_vectors(index, prose, Vectors::best())
    }

    /// With the instructions named; [`Vectors::Scalar`] is what the others are compared with.
    pub fn with_vectors(index: &'a Index, prose: Prose, vectors: Vectors) -> Self {
        Self {
            index,
            vectors,
            prose,
            outer: Scratch::default(),
            inner: Scratch::default(),
            readings: reading::Readings::default(),
        }
    }

    /// Appends the hits of `text`, which ends where a line ends, in the order of its lines; one for each line and
    /// entry. Gives the number of line feeds.
    pub fn scan(&mut self, text: &[u8], hits: &mut Vec<Hit>) -> u32 {
        let mut rest = text;
        let mut line = 0;
        while !rest.is_empty() {
            let cut = end_of_tile(rest);
            let (tile, tail) = rest.split_at(cut);
            line += self.scan_tile(tile, line, hits);
            rest = tail;
        }
        line
    }

    fn scan_tile(&mut self, text: &[u8], line: u32, hits: &mut Vec<Hit>) -> u32 {
        let begun = hits.len();
        let mut outer = std::mem::take(&mut self.outer);
        outer.lines.clear();
        find(self.index, self.vectors, text, &mut outer, true);
        let tile = Tile::new(text, &outer.words);
        if self.prose == Prose::Defanged {
            outer.lines.clear();
            let mut start = 0;
            for feed in memchr::memchr_iter(b'\n', text).chain(std::iter::once(text.len())) {
                if feed > start {
                    outer.lines.push((start as u32, feed as u32));
                }
                start = feed + 1;
            }
        }
        let decoded = std::mem::take(&mut outer.lines);
        let mut number = Lines::new(&tile, line);
        outer.matches.sort_unstable();
        let mut next = 0;
        for found in &outer.matches {
            while decoded.get(next).is_some_and(|(_, end)| *end <= found.at) {
                next += 1;
            }
            // Such a line is judged by its readings alone.
            if decoded.get(next).is_none_or(|(start, _)| found.at < *start) {
                hits.push(Hit { line: number.at(found.at as usize), entry: found.entry });
            }
        }
        let mut number = Lines::new(&tile, line);
        for (start, end) in &decoded {
            let line = number.at(*start as usize);
            self.read_line(&text[*start as usize..*end as usize], line, hits);
        }
        let newlines = outer.words.iter().map(|word| word.newline.count_ones()).sum();
        outer.lines = decoded;
        self.outer = outer;
        let new = &mut hits[begun..];
        new.sort_unstable();
        let mut kept = begun;
        for position in begun..hits.len() {
            if position == begun || hits[position] != hits[kept - 1] {
                hits[kept] = hits[position];
                kept += 1;
            }
        }
        hits.truncate(kept);
        newlines
    }

    /// The hits of one line in all of its readings.
    fn read_line(&mut self, line: &[u8], number: u32, hits: &mut Vec<Hit>) {
        let Self { index, vectors, prose, inner, readings, .. } = self;
        readings.of(line, *prose, |text, whole| {
            find(index, *vectors, text, inner, false);
            for found in &inner.matches {
                if whole || !reading::follows_escape(text, found.at as usize) {
                    hits.push(Hit { line: number, entry: found.entry });
                }
            }
        });
    }
}

/// Where the next tile ends: after a line, unless one line is longer than a tile should be.
fn end_of_tile(text: &[u8]) -> usize {
    if text.len() <= TILE {
        return text.len();
    }
    match memchr::memrchr(b'\n', &text[..TILE]) {
        Some(at) => at + 1,
        None => memchr::memchr(b'\n', &text[TILE..]).map_or(text.len(), |at| TILE + at + 1),
    }
}

/// Leaves the matches of a tile in the scratch; with `decode` also the lines that want to be read decoded.
fn find(index: &Index, vectors: Vectors, text: &[u8], scratch: &mut Scratch, decode: bool) {
    let Scratch { words, numbers, candidates, admitted, matches, lines, entries } = scratch;
    words.clear();
    words.push(Word::default());
    machine::classify(vectors, text, words);
    words.push(Word::default());
    words.push(Word::default());
    numbers.clear();
    candidates.clear();
    admitted.clear();
    matches.clear();
    let holds = Survey::of(words);
    let tile = Tile::new(text, words);
    let facts = index.facts();
    let probes = index.probes();
    let mut finder = Finder { index, probes, tile, numbers, candidates, matches, entries };
    if facts.dotted || facts.ipv4 {
        finder.names();
        finder.touched();
    }
    if facts.long {
        finder.long_runs();
    }
    if facts.ipv6 || facts.ipv4 || facts.mac {
        finder.colons();
    }
    if facts.mail && holds.at != 0 {
        finder.mail();
    }
    if facts.ja4 && holds.underscore != 0 {
        finder.ja4();
    }
    if facts.registry && holds.backslash != 0 {
        finder.registry();
    }
    if facts.literals {
        finder.words();
    }
    if decode && (holds.odd | holds.backslash) != 0 {
        reading::lines_to_decode(&finder.tile, lines);
    }
    // A plain loop over independent words of memory: the processor waits for many of them at once.
    let networks = facts.networks;
    for candidate in &*finder.candidates {
        if probes.admits(candidate.key) || (networks && candidate.shape == Shape::Ipv4) {
            admitted.push(*candidate);
        }
    }
    for candidate in &*admitted {
        finder.compare(*candidate);
    }
}

/// What a tile holds anywhere: what is not in it need not be looked for block by block.
#[derive(Debug, Clone, Copy, Default)]
struct Survey {
    at: u64,
    underscore: u64,
    backslash: u64,
    odd: u64,
}

impl Survey {
    /// Surveys the masks of a tile; and parts names at two dots or more, which no name has: what stands before them is
    /// whole, and so is what stands behind.
    fn of(words: &mut [Word]) -> Self {
        let mut survey = Self::default();
        let mut dot_before = 0;
        for word in words {
            word.name &= !(word.dot & ((word.dot << 1) | dot_before));
            dot_before = word.dot >> 63;
            survey.at |= word.at;
            survey.underscore |= word.underscore;
            survey.backslash |= word.backslash;
            survey.odd |= word.odd;
        }
        survey
    }
}

/// Finds candidates in one tile and compares what the filter admits.
struct Finder<'a> {
    index: &'a Index,
    probes: Probes<'a>,
    tile: Tile<'a>,
    numbers: &'a mut Vec<Number>,
    candidates: &'a mut Vec<Candidate>,
    matches: &'a mut Vec<Match>,
    entries: &'a mut Vec<u32>,
}

impl Finder<'_> {
    fn compare(&mut self, candidate: Candidate) {
        match candidate.shape {
            Shape::Dotted => self.compare_dotted(candidate),
            Shape::Ipv4 => self.compare_ipv4(candidate),
            Shape::Long => self.compare_long(candidate),
            Shape::Word => self.compare_word(candidate),
        }
    }

    fn hit(&mut self, at: usize, entry: u32) {
        self.matches.push(Match { at: at as u32, entry });
    }
}

/// Counts line feeds up to positions that only grow.
struct Lines<'a> {
    tile: &'a Tile<'a>,
    block: usize,
    before: u32,
}

impl<'a> Lines<'a> {
    fn new(tile: &'a Tile<'a>, line: u32) -> Self {
        Self { tile, block: 0, before: line }
    }

    fn at(&mut self, position: usize) -> u32 {
        let block = position / machine::BLOCK;
        while self.block < block {
            self.before += self.tile.word(self.block).newline.count_ones();
            self.block += 1;
        }
        let below = (1_u64 << (position % machine::BLOCK)) - 1;
        self.before + (self.tile.word(block).newline & below).count_ones()
    }
}
