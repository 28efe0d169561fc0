//! A timeline as Timesketch imports it: CSV with `message`, `datetime` and `timestamp_desc`.

use std::io::{self, Write};

use super::Line;
use crate::sigma::Level;

/// Writes the heading.
pub fn head(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "message,datetime,timestamp_desc,timestamp,indicator_value,indicator_kind,indicator,asset,log_path,log_line,attack,level"
    )
}

/// Writes a hit. One without a time has no place on a timeline: `false`.
pub fn row(line: &Line, out: &mut dyn Write) -> io::Result<bool> {
    let Some(time) = line.time else { return Ok(false) };
    let message = format!("{} {} in {}:{}", line.kind, line.value, line.path, line.line);
    let cells = [
        message,
        time.to_string(),
        if [super::RULE, super::YARA].contains(&line.kind) {
            "Rule matched".to_owned()
        } else {
            "Indicator seen".to_owned()
        },
        time.as_microsecond().to_string(),
        line.value.clone(),
        line.kind.to_owned(),
        line.indicator.clone(),
        line.asset.clone().unwrap_or_default(),
        line.path.clone(),
        line.line.to_string(),
        line.techniques.join(" "),
        line.level.map(Level::name).unwrap_or_default().to_owned(),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    writeln!(out, "{}", cells.join(","))?;
    Ok(true)
}

/// RFC 4180 §2; line breaks become spaces, since a row is a line here.
fn quoted(cell: &str) -> String {
    let cell = cell.replace(['\r', '\n'], " ");
    if cell.contains(['"', ',']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}
