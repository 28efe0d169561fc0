//! What rules may ask about a file besides its bytes: the variables that scanners of files define for them.

/// Names of the variables, all of which are text. `owner` is always empty: evidence is a copy, which its collector owns.
pub(super) const NAMES: [&str; 5] = ["filename", "filepath", "extension", "filetype", "owner"];

/// Their values for a file, in the order of [`NAMES`].
pub(super) fn values<'a>(path: &'a str, bytes: &[u8]) -> [std::borrow::Cow<'a, str>; 5] {
    // A file in an archive is asked about as what it was there.
    let inner = path.rsplit('!').next().unwrap_or(path);
    let (folder, name) = inner.rsplit_once(['/', '\\']).unwrap_or(("", inner));
    let extension = name.rfind('.').map_or_else(String::new, |dot| name[dot..].to_ascii_lowercase());
    [name.into(), folder.into(), extension.into(), file_type(bytes).into(), "".into()]
}

/// The type of what begins so, as rules name it; empty where it is none of these.
fn file_type(bytes: &[u8]) -> &'static str {
    let known: [(&[u8], &str); 17] = [
        (b"MZ", "EXE"),
        (b"\x7fELF", "ELF"),
        (b"PK\x03\x04", "ZIP"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7ZIP"),
        (b"\x1f\x8b", "GZIP"),
        (b"%PDF-", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
        (b"L\0\0\0\x01\x14\x02\0", "LNK"),
        (b"\xfe\xed\xfa\xce", "MACHO"),
        (b"\xfe\xed\xfa\xcf", "MACHO"),
        (b"\xce\xfa\xed\xfe", "MACHO"),
        (b"\xcf\xfa\xed\xfe", "MACHO"),
        (b"ElfFile\0", "EVTX"),
        (b"regf", "REG"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPG"),
    ];
    known.iter().find(|(magic, _)| bytes.starts_with(magic)).map_or("", |(_, name)| name)
}
