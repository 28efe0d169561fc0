//! `kizuna export`.

use kizuna_app::{From, Item, Node, Reading, Search, Selection, Versions};

use super::search::Question;
use super::{naming, search};
use crate::args::{Export, Format};
use crate::desk::Desk;
use crate::fail::Fail;

const PAGE: usize = 1_000;

pub fn run(node: &Node, export: &Export, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let asked = export.query.as_deref().map(|words| Question::new(words, &export.kinds, None)).transpose()?;
    let who = naming::viewer(node, &export.viewer.email, "export")?;
    let reading = node.read(&who)?;
    let mut written = Written { format: export.format, objects: 0 };
    written.begin(desk)?;
    match asked {
        Some(question) => hits(&reading, &question.ask(&reading)?, &mut written, desk)?,
        None => all(&reading, export, &mut written, desk)?,
    }
    written.end(desk)?;
    desk.say(format!("{} objects", written.objects))?;
    Ok(())
}

fn hits(reading: &Reading, search: &Search, written: &mut Written, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let mut cursor: Option<String> = None;
    loop {
        let page = reading.search(search, cursor.as_deref(), PAGE)?;
        written.items(reading, &page.items, desk)?;
        if !page.more {
            return Ok(());
        }
        cursor = page.next;
    }
}

fn all(reading: &Reading, export: &Export, written: &mut Written, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let versions = if export.all_versions { Versions::All } else { Versions::Latest };
    let selection = Selection { kinds: export.kinds.clone(), versions, ..Selection::default() };
    let mut from = From::First;
    loop {
        let page = reading.page(&selection, &from, PAGE)?;
        written.items(reading, &page.items, desk)?;
        match page.next {
            Some(cursor) if page.more => from = From::Cursor(cursor),
            _ => return Ok(()),
        }
    }
}

/// A document in the making.
struct Written {
    format: Format,
    objects: usize,
}

impl Written {
    fn begin(&self, desk: &mut Desk<'_>) -> Result<(), Fail> {
        match self.format {
            Format::Stix => {
                let id = kizuna_app::read::random_bundle_id();
                write!(desk.out, "{{\"type\":\"bundle\",\"id\":\"{id}\",\"objects\":[")?;
            }
            Format::Csv => desk.print("id,type,version,name,label,source")?,
            Format::Lines => {}
        }
        Ok(())
    }

    fn items(&mut self, reading: &Reading, items: &[Item], desk: &mut Desk<'_>) -> Result<(), Fail> {
        for item in items {
            match self.format {
                Format::Stix => {
                    let separator: &[u8] = if self.objects == 0 { b"\n" } else { b",\n" };
                    desk.out.write_all(separator)?;
                    desk.out.write_all(&item.bytes)?;
                }
                Format::Lines => {
                    desk.out.write_all(&item.bytes)?;
                    desk.out.write_all(b"\n")?;
                }
                Format::Csv => {
                    let mut cells = search::cells(reading, item);
                    cells.insert(1, item.id.kind().to_owned());
                    let line: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
                    desk.print(line.join(","))?;
                }
            }
            self.objects += 1;
        }
        Ok(())
    }

    fn end(&self, desk: &mut Desk<'_>) -> Result<(), Fail> {
        if self.format == Format::Stix {
            desk.print("\n]}")?;
        }
        Ok(())
    }
}

/// A CSV cell (RFC 4180). A leading sign that a spreadsheet would run as a formula is kept from it.
fn quoted(cell: &str) -> String {
    let guarded =
        if cell.starts_with(['=', '+', '-', '@', '\t']) { format!("'{cell}") } else { cell.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", guarded.replace('"', "\"\""));
    }
    guarded
}
