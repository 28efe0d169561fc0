//! Files below paths.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::Trouble;

/// A file to sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub path: PathBuf,
    pub bytes: u64,
    /// Seconds since 1970 when it was last changed; zero where the system does not say.
    pub changed: u64,
}

/// Every regular file below the paths, in the order of their names, each once. Links below a directory are not followed,
/// so that nothing is read twice and nothing outside.
pub fn walk(paths: &[PathBuf], troubles: &mut Vec<Trouble>) -> Vec<Found> {
    let mut files = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => below(path, &mut files, troubles),
            Ok(metadata) => add(path, &metadata, &mut files, troubles),
            Err(error) => trouble(path, format!("cannot be read: {error}"), troubles),
        }
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|file: &Found| seen.insert(file.path.clone()));
    files
}

fn below(directory: &Path, files: &mut Vec<Found>, troubles: &mut Vec<Trouble>) {
    let mut open = vec![directory.to_path_buf()];
    while let Some(path) = open.pop() {
        let metadata = match fs::symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) => {
                trouble(&path, format!("cannot be read: {error}"), troubles);
                continue;
            }
        };
        // The directory that was named may itself be a link.
        if metadata.is_dir() || path == directory {
            match names(&path) {
                Ok(mut inner) => open.append(&mut inner),
                Err(error) => trouble(&path, format!("cannot be listed: {error}"), troubles),
            }
        } else if metadata.is_symlink() {
            trouble(&path, "is a link, which is not followed".to_owned(), troubles);
        } else {
            add(&path, &metadata, files, troubles);
        }
    }
}

/// The entries of a directory, the last name first.
fn names(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.push(entry?.path());
    }
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}

fn add(path: &Path, metadata: &fs::Metadata, files: &mut Vec<Found>, troubles: &mut Vec<Trouble>) {
    if !metadata.is_file() {
        trouble(path, "is no regular file".to_owned(), troubles);
        return;
    }
    let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    files.push(Found {
        path: path.to_path_buf(),
        bytes: metadata.len(),
        changed: changed.map_or(0, |since| since.as_secs()),
    });
}

fn trouble(path: &Path, reason: String, troubles: &mut Vec<Trouble>) {
    troubles.push(Trouble { path: path.display().to_string(), reason });
}
