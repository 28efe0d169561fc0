//! What bytes are, by how they begin.

/// What bytes are, by how they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// ASCII, UTF-8, or an encoding of Japanese that is told apart line by line.
    Text,
    Utf16(Endian),
    Gzip,
    Zstandard,
    Zip,
    Tar,
    EventLog,
    /// Known, and not read.
    Unread(&'static str),
    /// Known, and not unpacked.
    Packed(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endian {
    Little,
    Big,
}

/// The form of what begins so.
pub fn form_of(head: &[u8]) -> Form {
    let begins = |magic: &[u8]| head.starts_with(magic);
    if begins(b"\x1f\x8b") {
        return Form::Gzip;
    }
    if begins(b"\x28\xb5\x2f\xfd") {
        return Form::Zstandard;
    }
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        return Form::Zip;
    }
    if begins(b"ElfFile\0") {
        return Form::EventLog;
    }
    if head.get(257..262) == Some(b"ustar") {
        return Form::Tar;
    }
    if begins(b"\xff\xfe") {
        return Form::Utf16(Endian::Little);
    }
    if begins(b"\xfe\xff") {
        return Form::Utf16(Endian::Big);
    }
    let packed: [(&[u8], &str); 5] = [
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x04\x22\x4d\x18", "LZ4"),
    ];
    if let Some((_, name)) = packed.iter().find(|(magic, _)| begins(magic)) {
        return Form::Packed(name);
    }
    let known: [(&[u8], &str); 5] = [
        (b"\x7fELF", "a program"),
        (b"\xd4\xc3\xb2\xa1", "captured packets"),
        (b"\x0a\x0d\x0d\x0a", "captured packets"),
        (b"%PDF-", "PDF"),
        (b"SQLite format 3\0", "an SQLite database"),
    ];
    if let Some((_, name)) = known.iter().find(|(magic, _)| begins(magic)) {
        return Form::Unread(name);
    }
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    if zeros(0) + zeros(1) == 0 {
        return Form::Text;
    }
    let half = head.len() / 2;
    // Windows programs write UTF-16 without saying so.
    if head.len() >= 4 && zeros(1) * 10 >= half * 7 && zeros(0) * 10 <= half {
        return Form::Utf16(Endian::Little);
    }
    if head.len() >= 4 && zeros(0) * 10 >= half * 7 && zeros(1) * 10 <= half {
        return Form::Utf16(Endian::Big);
    }
    Form::Unread("binary data")
}
