//! Windows event logs: each record is a line of JSON, and its number in the file is the number of that line.

use std::io::{Read, Seek};
use std::path::Path;

use evtx::{EvtxParser, ParserSettings};

use super::Contents;

/// Records of which the text is given out together, in bytes.
const PIECE: usize = 1 << 20;

pub(super) fn of_file(contents: &mut Contents<'_>, path: &Path, name: &str) {
    match EvtxParser::from_path(path) {
        Ok(parser) => read(contents, parser, name),
        Err(error) => contents.broken(name, &error),
    }
}

pub(super) fn of_bytes(contents: &mut Contents<'_>, bytes: Vec<u8>, name: &str) {
    match EvtxParser::from_buffer(bytes) {
        Ok(parser) => read(contents, parser, name),
        Err(error) => contents.broken(name, &error),
    }
}

fn read<T: Read + Seek>(contents: &mut Contents<'_>, parser: EvtxParser<T>, name: &str) {
    let settings = ParserSettings::default().num_threads(1).indent(false).separate_json_attributes(true);
    let mut parser = parser.with_configuration(settings);
    let mut piece = Vec::new();
    let mut broken = 0_u64;
    let mut first = None;
    for record in parser.records_json() {
        match record {
            Ok(record) => {
                let line = piece.len();
                piece.extend_from_slice(record.data.as_bytes());
                for byte in &mut piece[line..] {
                    if *byte == b'\n' {
                        *byte = b' ';
                    }
                }
                piece.push(b'\n');
            }
            Err(error) => {
                broken += 1;
                first.get_or_insert_with(|| error.to_string());
            }
        }
        if piece.len() >= PIECE {
            contents.bytes += piece.len() as u64;
            contents.sink.text(name, &piece);
            piece.clear();
        }
    }
    contents.sink.text(name, &piece);
    contents.sink.end(name);
    if let Some(error) = first {
        contents.broken(name, &format!("{broken} of its records cannot be read, the first: {error}"));
    }
}
