//! `kizuna search`, and what a hit looks like.

use kizuna_app::stix::observable;
use kizuna_app::{Item, Node, Reading, Search};

use super::naming;
use crate::args;
use crate::desk::Desk;
use crate::fail::Fail;

const PAGE: usize = 500;
const COUNT_CAP: u64 = 10_000;

pub fn run(node: &Node, typed: &args::Search, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let words = typed.question.words.join(" ");
    let question = Question::new(&words, &typed.question.kinds, typed.question.refers_to.as_deref())?;
    let who = naming::viewer(node, &typed.viewer.email, "search")?;
    let reading = node.read(&who)?;
    let search = question.ask(&reading)?;
    if typed.count {
        let count = reading.count(&search, COUNT_CAP)?;
        if desk.json {
            return desk.print_json(&count);
        }
        let more = if count.capped { "+" } else { "" };
        desk.print(format!("{}{more}", count.at_least))?;
        return Ok(());
    }
    let mut items: Vec<Item> = Vec::new();
    let mut cursor: Option<String> = None;
    while items.len() < typed.limit {
        let page = reading.search(&search, cursor.as_deref(), PAGE.min(typed.limit - items.len()))?;
        items.extend(page.items);
        cursor = page.next;
        if !page.more {
            cursor = None;
            break;
        }
    }
    print_items(&reading, &items, desk)?;
    if items.is_empty() {
        desk.say("nothing found")?;
    }
    if cursor.is_some() {
        desk.say(format!("the first {}; --limit prints more", items.len()))?;
    }
    Ok(())
}

/// What somebody looks for, as it can be understood.
pub struct Question {
    /// As a value, where it can be one.
    value: Option<Search>,
    words: Search,
}

impl Question {
    pub fn new(words: &str, kinds: &[String], refers_to: Option<&str>) -> Result<Self, Fail> {
        let words = words.trim();
        let refers_to = refers_to.map(naming::object).transpose()?;
        let asked = Search { kinds: kinds.to_vec(), refers_to, ..Search::default() };
        let observables = if words.is_empty() { Vec::new() } else { observable::guess(words) };
        let value = (!observables.is_empty()).then(|| Search { observables, ..asked.clone() });
        let words = Search { text: (!words.is_empty()).then(|| words.to_owned()), ..asked };
        if words == Search::default() {
            return Err(Fail::usage("say what to look for: words, --type or --refers-to"));
        }
        Ok(Self { value, words })
    }

    /// A value is looked for as a value first; where nobody has it, its text is looked for as words.
    pub fn ask(self, reading: &Reading) -> Result<Search, Fail> {
        match self.value {
            Some(value) if reading.count(&value, 1)?.at_least > 0 => Ok(value),
            _ => Ok(self.words),
        }
    }
}

/// One line an object, or as JSON the object with what is known of it here.
pub fn print_items(reading: &Reading, items: &[Item], desk: &mut Desk<'_>) -> Result<(), Fail> {
    if desk.json {
        return items.iter().try_for_each(|item| desk.print_json(&as_json(reading, item)?));
    }
    let rows: Vec<Vec<String>> = items.iter().map(|item| cells(reading, item)).collect();
    crate::table::write(desk.out, &["id", "version", "name", "label", "source"], &rows)?;
    Ok(())
}

pub fn as_json(reading: &Reading, item: &Item) -> Result<serde_json::Value, Fail> {
    let object: serde_json::Value = serde_json::from_slice(&item.bytes)?;
    Ok(serde_json::json!({
        "object": object,
        "label": reading.label_text(&item.label),
        "source": reading.member_name(item.source),
        "authored": item.authored,
        "reliability": item.reliability,
        "added": item.added,
        "revoked": item.revoked,
        "disputed": item.disputed,
        "warnings": item.warnings,
    }))
}

pub fn cells(reading: &Reading, item: &Item) -> Vec<String> {
    vec![
        item.id.to_string(),
        item.version.to_string(),
        name(item),
        reading.label_text(&item.label),
        reading.member_name(item.source),
    ]
}

/// What an object is called, cut to fit a line.
fn name(item: &Item) -> String {
    let object: serde_json::Value = serde_json::from_slice(&item.bytes).unwrap_or_default();
    let said =
        ["name", "value", "relationship_type", "opinion", "abstract", "path", "user_id", "key", "definition"];
    let found = said.iter().find_map(|property| object[*property].as_str());
    let text: String = found.unwrap_or_default().chars().filter(|c| !c.is_control()).take(60).collect();
    if item.revoked { format!("{text} (revoked)") } else { text }
}
