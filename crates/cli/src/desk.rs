//! The desk a command works at: where it reads and writes, whether it runs here or for a client of the server.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::fail::Fail;

/// Where a command reads and writes.
pub struct Desk<'a> {
    /// The directory in which the command was typed.
    pub place: PathBuf,
    pub input: &'a mut dyn Read,
    /// Results.
    pub out: &'a mut dyn Write,
    /// Human text.
    pub err: &'a mut dyn Write,
    /// Objects done and in all, of one piece of work named by its text.
    pub progress: &'a (dyn Fn(&str, usize, usize) + Sync),
    /// Results as JSON, for a program.
    pub json: bool,
}

impl Desk<'_> {
    /// A line of human text.
    pub fn say(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.err, "{}", text.as_ref())
    }

    /// A line of result.
    pub fn print(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.out, "{}", text.as_ref())
    }

    /// A result as one line of JSON.
    pub fn print_json(&mut self, value: &impl Serialize) -> Result<(), Fail> {
        serde_json::to_writer(&mut *self.out, value)?;
        writeln!(self.out)?;
        Ok(())
    }

    /// A list: as JSON one line per row, else a table.
    pub fn print_rows<T: Serialize>(
        &mut self,
        titles: &[&str],
        rows: &[T],
        cells: impl Fn(&T) -> Vec<String>,
    ) -> Result<(), Fail> {
        if self.json {
            return rows.iter().try_for_each(|row| self.print_json(row));
        }
        let lines: Vec<Vec<String>> = rows.iter().map(cells).collect();
        crate::table::write(self.out, titles, &lines)?;
        Ok(())
    }

    /// A path as it was typed, seen from where it was typed.
    pub fn path(&self, typed: &Path) -> PathBuf {
        self.place.join(typed)
    }
}
