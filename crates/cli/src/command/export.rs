//! `kizuna export`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kizuna_app::access::Label;
use kizuna_app::{Caller, From, Item, Node, Reading, Search, Selection, Versions};

use super::search::Question;
use super::{naming, search};
use crate::args::{Export, Format};
use crate::desk::Desk;
use crate::fail::Fail;

const PAGE: usize = 1_000;

pub fn run(node: &Node, export: &Export, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if let Some(file) = &export.package {
        return super::channel::export(node, export, file, desk);
    }
    let asked = export.query.as_deref().map(|words| Question::new(words, &export.kinds, None)).transpose()?;
    let who = naming::viewer(node, &export.viewer.email, "export")?;
    let reading = node.read(&who)?;
    let mut written = Written { format: export.format, objects: 0, labels: BTreeSet::new() };
    let Some(output) = &export.output else {
        written.all(&reading, export, asked, desk)?;
        desk.say(format!("{} objects", written.objects))?;
        return Ok(());
    };
    let mut bytes = Vec::new();
    let mut aside = Desk {
        place: desk.place.clone(),
        input: &mut *desk.input,
        out: &mut bytes,
        err: &mut *desk.err,
        progress: desk.progress,
        json: desk.json,
    };
    written.all(&reading, export, asked, &mut aside)?;
    let path = desk.path(output);
    // The sidecar first: content never stands without the label that was asked for.
    if export.bdo {
        let caller = Caller::Person(who);
        // Whoever reads all of it must be permitted by each.
        let label = written.labels.iter().cloned().reduce(|both, one| both.and(&one));
        let label = label.ok_or_else(|| Fail::work("nothing to bind a label to"))?;
        let bound = node.people(caller).bind_label(&label, &file_name(output)?, &bytes)?;
        std::fs::write(sidecar(&path), bound.text)?;
        for loss in bound.losses {
            desk.say(format!("label, {}: {}", loss.part, loss.why))?;
        }
    }
    std::fs::write(&path, &bytes)?;
    desk.say(format!("{} objects in {}", written.objects, output.display()))?;
    Ok(())
}

/// The name of a file, as a binding says it.
fn file_name(path: &Path) -> Result<String, Fail> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| Fail::usage(format!("{} has no name in UTF-8", path.display())))
}

/// Where the binding of a file stands (ADatP-4778.2, sidecar files).
pub(super) fn sidecar(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".bdo");
    PathBuf::from(beside)
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
    /// The labels of what is in it.
    labels: BTreeSet<Label>,
}

impl Written {
    /// The whole document.
    fn all(
        &mut self,
        reading: &Reading,
        export: &Export,
        asked: Option<Question>,
        desk: &mut Desk<'_>,
    ) -> Result<(), Fail> {
        self.begin(desk)?;
        match asked {
            Some(question) => hits(reading, &question.ask(reading)?, self, desk)?,
            None => all(reading, export, self, desk)?,
        }
        self.end(desk)
    }

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
            if !self.labels.contains(&*item.label) {
                self.labels.insert(Label::clone(&item.label));
            }
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
