//! Which files an import is of.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::desk::Desk;
use crate::fail::Fail;

/// Where an envelope comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Input,
    /// Named on the command line: it must be content.
    Named(PathBuf),
    /// Found in a directory: what is no content there is passed over.
    Found(PathBuf),
}

impl Source {
    pub fn was_found(&self) -> bool {
        matches!(self, Self::Found(_))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input => f.write_str("standard input"),
            Self::Named(path) | Self::Found(path) => path.display().fmt(f),
        }
    }
}

/// Files as typed, directories with all below them, in a fixed order.
pub fn find(typed: &[PathBuf], desk: &Desk<'_>) -> Result<Vec<Source>, Fail> {
    let mut found = Vec::new();
    for path in typed {
        if path.as_os_str() == "-" {
            found.push(Source::Input);
            continue;
        }
        let seen = desk.path(path);
        let about =
            fs::metadata(&seen).map_err(|error| Fail::work(format!("{}: {error}", path.display())))?;
        if !about.is_dir() {
            found.push(Source::Named(path.clone()));
            continue;
        }
        let mut files = Vec::new();
        walk(&seen, path, &mut files).map_err(|error| Fail::work(format!("{}: {error}", path.display())))?;
        found.extend(files.into_iter().map(Source::Found));
    }
    Ok(found)
}

/// Symbolic links are not followed: a circle of them has no end.
fn walk(seen: &Path, shown: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(seen)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let about = entry.file_type()?;
        let shown = shown.join(entry.file_name());
        if about.is_dir() {
            walk(&entry.path(), &shown, files)?;
        } else if about.is_file() {
            files.push(shown);
        }
    }
    Ok(())
}

/// Whether bytes can be JSON or gzip at all, by how they begin.
pub fn looks_like_content(bytes: &[u8]) -> bool {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return true;
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
}
