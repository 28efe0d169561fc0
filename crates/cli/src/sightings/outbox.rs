//! What is to be sent, on disk until a node has it. Keys are never written.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Sightings on their way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// The objects of a collection.
    pub to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    pub objects: Vec<Value>,
}

/// A directory of letters.
#[derive(Debug)]
pub struct Outbox(PathBuf);

/// The ending of a letter that waits.
const WAITS: &str = "json";
/// The ending of one that a node refused.
const REFUSED: &str = "refused";

impl Outbox {
    pub fn at(place: &Path) -> Self {
        Self(place.to_owned())
    }

    /// Writes a letter, and returns when it is on disk. The same letter twice is one.
    pub fn keep(&self, letter: &Letter) -> io::Result<PathBuf> {
        std::fs::create_dir_all(&self.0)?;
        let bytes = serde_json::to_vec(letter)?;
        let name = Uuid::new_v5(&Uuid::NAMESPACE_URL, &bytes);
        let place = self.0.join(format!("{name}.{WAITS}"));
        let part = self.0.join(format!("{name}.part"));
        let mut file = File::create(&part)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, &place)?;
        self.settle()?;
        Ok(place)
    }

    /// Letters that wait, the oldest first, each with its place; or why it cannot be read.
    pub fn waiting(&self) -> io::Result<Vec<(PathBuf, Result<Letter, String>)>> {
        let entries = match std::fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut places = Vec::new();
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            if path.extension().is_some_and(|end| end == WAITS) {
                places.push((entry.metadata()?.modified()?, path));
            }
        }
        places.sort();
        let read = |path: PathBuf| {
            let letter = std::fs::read(&path).map_err(|error| error.to_string());
            let letter =
                letter.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string()));
            (path, letter)
        };
        Ok(places.into_iter().map(|(_, path)| read(path)).collect())
    }

    /// The node has it.
    pub fn done(&self, place: &Path) -> io::Result<()> {
        std::fs::remove_file(place)?;
        self.settle()
    }

    /// The node will not have it: it is kept, and not sent again.
    pub fn set_aside(&self, place: &Path) -> io::Result<PathBuf> {
        let aside = place.with_extension(REFUSED);
        std::fs::rename(place, &aside)?;
        self.settle()?;
        Ok(aside)
    }

    /// Waits until the names in the directory are on disk.
    fn settle(&self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }
}

#[cfg(test)]
mod tests;
