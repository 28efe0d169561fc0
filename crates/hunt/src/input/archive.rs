//! Archives: the files in them, one after another.

use std::io::{Read, Seek};

use super::Contents;

/// Every file of a zip archive.
pub(super) fn zip(contents: &mut Contents<'_>, source: impl Read + Seek, name: &str, depth: usize) {
    let mut archive = match zip::ZipArchive::new(source) {
        Ok(archive) => archive,
        Err(error) => {
            contents.broken(name, &error);
            return;
        }
    };
    for number in 0..archive.len() {
        if !contents.may_open(name) {
            return;
        }
        match archive.by_index(number) {
            Ok(file) if file.is_dir() => {}
            Ok(mut file) => {
                let inner = format!("{name}!{}", file.name());
                contents.stream(&mut file, &inner, depth + 1);
            }
            Err(error) => contents.broken(&format!("{name}!{number}"), &error),
        }
    }
}

/// Every file of a tar archive.
pub(super) fn tar(contents: &mut Contents<'_>, source: &mut dyn Read, name: &str, depth: usize) {
    let mut archive = tar::Archive::new(source);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => {
            contents.broken(name, &error);
            return;
        }
    };
    for entry in entries {
        if !contents.may_open(name) {
            return;
        }
        match entry {
            Ok(mut entry) if entry.header().entry_type().is_file() => {
                let inner = format!("{name}!{}", String::from_utf8_lossy(&entry.path_bytes()));
                contents.stream(&mut entry, &inner, depth + 1);
            }
            // Directories and links hold nothing.
            Ok(_) => {}
            Err(error) => {
                contents.broken(name, &error);
                return;
            }
        }
    }
}
