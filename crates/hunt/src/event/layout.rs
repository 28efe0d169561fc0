//! What the lines of a file look like: their columns, where they have any.

use std::borrow::Cow;

use super::delimited::{self, Cells};
use super::{Event, Value, json, pairs};

/// Names in the first line of a file that has columns.
const MIN_COLUMNS: usize = 3;
/// Columns that are read.
const MAX_COLUMNS: usize = 4096;

/// How the lines of a file are read. Needed for files in parts: the names of columns stand in the first line only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    columns: Vec<String>,
    delimiter: u8,
    zeek: Option<Zeek>,
    /// Whether the first line was looked at.
    begun: bool,
}

/// What a Zeek log says of itself in its first lines.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Zeek {
    /// Between the elements of sets and vectors.
    set: char,
    empty: String,
    unset: String,
    /// Whether a column holds a number, by its place.
    numbers: Vec<bool>,
    sets: Vec<bool>,
}

impl Default for Zeek {
    fn default() -> Self {
        let (empty, unset) = ("(empty)".to_owned(), "-".to_owned());
        Self { set: ',', empty, unset, numbers: Vec::new(), sets: Vec::new() }
    }
}

impl Layout {
    /// The layout of a file that begins so.
    pub fn of_head(head: &str) -> Self {
        let mut layout = Self::default();
        for line in head.lines().take(16) {
            layout.event(line);
        }
        layout
    }

    /// Reads a line. Nothing for empty lines, headings and comments, which are remembered as far as they tell how to
    /// read what follows.
    pub fn event<'t>(&mut self, line: &'t str) -> Option<Event<'t>> {
        let line = line.trim_end_matches(['\r', '\n']);
        let first = !std::mem::replace(&mut self.begun, true);
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        if line.trim_ascii().is_empty() {
            return None;
        }
        if line.starts_with('{')
            && let Some(event) = json::read(line)
        {
            return Some(event);
        }
        if line.starts_with('#') && self.heed(line) {
            return None;
        }
        if first && self.heading(line) {
            return None;
        }
        if self.columns.is_empty() {
            return Some(pairs::read(line));
        }
        Some(self.row(line))
    }

    /// A line of Zeek's heading, or the fields of W3C extended logs (IIS).
    fn heed(&mut self, line: &str) -> bool {
        if let Some(names) = line.strip_prefix("#Fields: ") {
            self.columns = names.split_ascii_whitespace().take(MAX_COLUMNS).map(str::to_owned).collect();
            self.delimiter = b' ';
            self.zeek = Some(Zeek::default());
            return true;
        }
        if let Some(separator) = line.strip_prefix("#separator ") {
            self.delimiter = delimited::escaped(separator);
            self.zeek = Some(Zeek::default());
            return true;
        }
        let w3c = ["#Software:", "#Version:", "#Date:", "#Start-Date:", "#End-Date:", "#Remark:"];
        if w3c.iter().any(|word| line.starts_with(word)) {
            return true;
        }
        let delimiter = char::from(self.delimiter);
        let Some(zeek) = &mut self.zeek else { return false };
        let Some((word, rest)) = line[1..].split_once(delimiter) else { return false };
        match word {
            "set_separator" => zeek.set = char::from(delimited::escaped(rest)),
            "empty_field" => rest.clone_into(&mut zeek.empty),
            "unset_field" => rest.clone_into(&mut zeek.unset),
            "fields" => self.columns = rest.split(delimiter).take(MAX_COLUMNS).map(str::to_owned).collect(),
            "types" => {
                let number =
                    |kind: &str| matches!(kind, "count" | "int" | "double" | "time" | "interval" | "port");
                zeek.numbers = rest.split(delimiter).map(number).collect();
                zeek.sets = rest
                    .split(delimiter)
                    .map(|kind| kind.starts_with("set[") || kind.starts_with("vector["))
                    .collect();
            }
            "path" | "open" | "close" => {}
            _ => return false,
        }
        true
    }

    /// The first line of a table: three names or more, each its own, none of which is a number or a sentence.
    fn heading(&mut self, line: &str) -> bool {
        for delimiter in [b'\t', b',', b';', b'|'] {
            let names: Vec<String> =
                Cells::new(line, delimiter).take(MAX_COLUMNS).map(|cell| cell.trim().to_owned()).collect();
            let name = |name: &String| {
                !name.is_empty()
                    && name.len() <= 128
                    && !name.contains(['=', '{', '"'])
                    && !name.starts_with(|c: char| c.is_ascii_digit())
            };
            let mut sorted = names.clone();
            sorted.sort_unstable();
            sorted.dedup();
            if names.len() >= MIN_COLUMNS && sorted.len() == names.len() && names.iter().all(name) {
                self.columns = names;
                self.delimiter = delimiter;
                return true;
            }
        }
        false
    }

    fn row<'t>(&self, line: &'t str) -> Event<'t> {
        let mut event = Event::new(line);
        let cells: Box<dyn Iterator<Item = Cow<'t, str>> + 't> = if self.zeek.is_some() {
            Box::new(line.split(char::from(self.delimiter)).map(Cow::Borrowed))
        } else {
            Box::new(Cells::new(line, self.delimiter))
        };
        for (place, (name, cell)) in self.columns.iter().zip(cells).enumerate() {
            // Names outlive no line: they are the layout's, and short.
            let name = Cow::Owned(name.clone());
            let Some(zeek) = &self.zeek else {
                let value = if cell.is_empty() { Value::Null } else { Value::Text(cell) };
                event.push(0, name, value);
                continue;
            };
            if *cell == *zeek.unset {
                continue;
            }
            if zeek.sets.get(place).copied().unwrap_or_default() {
                let Some(of) = event.push(0, name, Value::Array) else { break };
                if *cell != *zeek.empty {
                    for element in cell.split(zeek.set) {
                        let element = Value::Text(delimited::zeek(element).into_owned().into());
                        event.push(of, Cow::Borrowed(""), element);
                    }
                }
                event.close(of);
                continue;
            }
            let number = zeek.numbers.get(place).copied().unwrap_or_default();
            let value = match cell {
                cell if *cell == *zeek.empty => Value::Text(Cow::Borrowed("")),
                cell if number => number_of(cell),
                Cow::Borrowed(cell) => Value::Text(delimited::zeek(cell)),
                Cow::Owned(cell) => Value::Text(Cow::Owned(cell)),
            };
            event.push(0, name, value);
        }
        event.close(0);
        event
    }
}

fn number_of(cell: Cow<'_, str>) -> Value<'_> {
    if let Ok(integer) = cell.parse() {
        return Value::Integer(integer);
    }
    match cell.parse() {
        Ok(float) => Value::Float(float),
        Err(_) => Value::Text(cell),
    }
}
