use std::io::{Cursor, Read, Write};
use std::sync::atomic::AtomicU64;

use proptest::prelude::*;

use super::*;

#[derive(Default)]
struct Collected {
    texts: Vec<(String, String)>,
    open: String,
    troubles: Vec<Trouble>,
}

impl Sink for Collected {
    fn text(&mut self, _path: &str, piece: &[u8]) {
        self.open.push_str(&String::from_utf8_lossy(piece));
    }

    fn end(&mut self, path: &str) {
        let name = path.rsplit('/').next().unwrap().to_owned();
        self.texts.push((name, std::mem::take(&mut self.open)));
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }
}

fn unpacked(bytes: &[u8], limits: Limits) -> Collected {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("f");
    std::fs::write(&path, bytes).unwrap();
    let mut collected = Collected::default();
    Contents::new(limits, &mut collected, &AtomicU64::new(0)).of_file(&path);
    collected
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn tarred(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, name, bytes).unwrap();
    archive.into_inner().unwrap()
}

#[test]
fn archives_within_archives_are_read() {
    let inner = zipped(&[("a.log", b"one\n"), ("b.log.gz", &gzip(b"two\n"))]);
    let packed = gzip(&tarred("x/in.zip", &inner));
    let packed = zstd::encode_all(&packed[..], 1).unwrap();
    let collected = unpacked(&packed, Limits::default());
    let expected = [("in.zip!a.log", "one\n"), ("in.zip!b.log.gz", "two\n")];
    let expected: Vec<(String, String)> =
        expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(collected.texts, expected);
    assert_eq!(collected.troubles, []);
}

#[test]
fn utf16_is_read_with_and_without_its_mark() {
    let text = "接続先 evil.example\r\nx\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let with = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
    for bytes in [with(b"\xff\xfe", &little), with(b"\xfe\xff", &big)] {
        assert_eq!(unpacked(&bytes, Limits::default()).texts[0].1, text);
    }
    let plain: Vec<u8> = "evil.example is here\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(unpacked(&plain, Limits::default()).texts[0].1, "evil.example is here\n");
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_read() {
    let mut cut = gzip(&b"line of a log that was cut off\n".repeat(10_000));
    cut.truncate(cut.len() - 12);
    let collected = unpacked(&cut, Limits::default());
    assert!(collected.texts[0].1.starts_with("line of a log"));
    assert_eq!(collected.troubles.len(), 1);
    assert_eq!(unpacked(b"\x7fELF\0\0", Limits::default()).troubles.len(), 1);
    assert_eq!(unpacked(b"BZh91AY", Limits::default()).troubles.len(), 1);
    let deep = (0..9).fold(b"x\n".to_vec(), |packed, _| gzip(&packed));
    let collected = unpacked(&deep, Limits::default());
    assert_eq!((collected.texts.len(), collected.troubles.len()), (0, 1));
    let wide = zipped(&[("a", b"1\n"), ("b", b"2\n"), ("c", b"3\n")]);
    let collected = unpacked(&wide, Limits { files: 2, ..Limits::default() });
    assert_eq!((collected.texts.len(), collected.troubles.len()), (2, 1));
    let bomb = gzip(&vec![b'0'; 64 << 20]);
    let collected = unpacked(&bomb, Limits { bytes: 1 << 20, ..Limits::default() });
    assert_eq!(collected.troubles.len(), 1);
}

#[test]
fn a_record_of_an_event_log_is_a_line() {
    let shared = std::env::var("KIZUNA_SHARED").unwrap_or_else(|_| "../../../shared".to_owned());
    let path = std::path::Path::new(&shared).join("data/logs/evtx/evtx-attack-samples-subset.tar.gz");
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("skipped: {} is not here", path.display());
        return;
    };
    let collected = unpacked(&bytes, Limits::default());
    let lines: usize = collected.texts.iter().map(|(_, text)| text.lines().count()).sum();
    assert!(collected.texts.len() > 40 && lines > 300, "{} logs, {lines} lines", collected.texts.len());
    assert_eq!(collected.troubles, []);
    for line in collected.texts.iter().flat_map(|(_, text)| text.lines()) {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}

#[test]
fn an_event_log_that_was_written_over_is_read_in_parts_as_in_one() {
    const HEAD: usize = 4 << 10;
    let shared = std::env::var("KIZUNA_SHARED").unwrap_or_else(|_| "../../../shared".to_owned());
    let path = std::path::Path::new(&shared).join("data/logs/evtx/evtx-attack-samples-subset.tar.gz");
    let Ok(packed) = std::fs::read(&path) else {
        eprintln!("skipped: {} is not here", path.display());
        return;
    };
    let mut chunks: Vec<Vec<u8>> = Vec::new();
    let mut head = Vec::new();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed.as_slice()));
    for entry in archive.entries().unwrap() {
        let mut log = Vec::new();
        entry.unwrap().read_to_end(&mut log).unwrap();
        if log.starts_with(b"ElfFile\0") {
            head = log[..HEAD].to_vec();
            let (whole, _) = log[HEAD..].as_chunks::<{ CHUNK as usize }>();
            chunks.extend(
                whole.iter().filter(|chunk| chunk.starts_with(b"ElfChnk\0")).map(|chunk| chunk.to_vec()),
            );
        }
    }
    chunks.truncate(12);
    // Records are numbered in the order of the chunks, and the oldest chunk stands in the middle of the file.
    for (number, chunk) in chunks.iter_mut().enumerate() {
        for (at, value) in [(24, number * 1000 + 1), (32, number * 1000 + 999)] {
            chunk[at..at + 8].copy_from_slice(&(value as u64).to_le_bytes());
        }
    }
    chunks.rotate_left(5);
    let log = [head, chunks.concat()].concat();
    let whole = unpacked(&log, Limits::default());
    assert_eq!(whole.troubles, []);
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("f");
    std::fs::write(&path, &log).unwrap();
    let found = Log::of(&path).unwrap();
    assert_eq!(found.chunks, 12);
    let mut parts = Collected::default();
    for part in [0..1, 1..6, 6..12] {
        Contents::new(Limits::default(), &mut parts, &AtomicU64::new(0)).of_records(&path, found, part);
    }
    assert_eq!(parts.troubles, []);
    let text: String = parts.texts.iter().map(|(_, text)| text.as_str()).collect();
    assert!(text.lines().count() > 50);
    assert_eq!(text, whole.texts[0].1);
    // What ends within a chunk is told of, and read up to there.
    let cut = unpacked(&log[..log.len() - 7], Limits::default());
    assert!(cut.troubles[0].reason.contains("ends in the middle"), "{:?}", cut.troubles);
    assert!(text.starts_with(&cut.texts[0].1[..100]));
}

/// Gives as many bytes at a time as it likes.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = self.0.len().min(out.len()).min(self.1);
        out[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn ranges_hold_every_line_once(lines in proptest::collection::vec("[a-z]{0,12}", 0..40), cut in 0_usize..200, step in 1_usize..50) {
        let text = lines.join("\n");
        let cut = cut.min(text.len());
        // What a range that begins at `cut` reads: from the first line that begins there or later.
        let begins = if cut == 0 { 0 } else { text[cut - 1..].find('\n').map_or(text.len(), |at| cut + at) };
        let mut head = Vec::new();
        let mut chunks = Chunks::first(Slow(text.as_bytes(), step), cut as u64);
        while let Some(piece) = chunks.next().unwrap() {
            head.extend_from_slice(piece);
        }
        prop_assert_eq!(String::from_utf8(head).unwrap(), &text[..begins]);
    }
}

#[test]
fn a_line_longer_than_memory_should_be_is_cut_between_values() {
    let line = "evil.example,".repeat(3 << 20);
    let mut chunks = Chunks::new(line.as_bytes());
    let mut whole = Vec::new();
    while let Some(piece) = chunks.next().unwrap() {
        assert!(piece.len() <= 20 << 20 && piece.ends_with(b","));
        whole.extend_from_slice(piece);
    }
    assert_eq!(whole.len(), line.len());
}
