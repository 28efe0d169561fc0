//! From labels to text.

use std::collections::{BTreeMap, BTreeSet};

use super::parse::is_country_shaped;
use crate::directory::Directory;
use crate::label::Label;
use crate::party::Party;

/// The label as text that [`super::parse()`] reads back; parties that the directory does not know stand as ids.
pub fn display(label: &Label, names: &Directory) -> String {
    display_to(label, names, &|_| true)
}

/// The label as text for somebody who knows these parties only. The others of a clause stand as one `…`, however many
/// they are: that there is somebody else does not say who.
pub fn display_to(label: &Label, names: &Directory, knows: &dyn Fn(&Party) -> bool) -> String {
    let mut words = Vec::new();
    words.extend(label.tlp().map(|tlp| format!("tlp:{}", tlp.as_str())));
    if label.audience().is_empty() {
        words.push("rel:nobody".to_owned());
    }
    for clause in label.audience() {
        let parties = clause_text(clause, names, knows);
        words.push(format!("rel:{}", parties.join(",")));
    }
    for (policy, asked) in label.classification() {
        let policy = quoted(policy);
        words.extend(asked.levels().map(|level| format!("class:{policy}/{}", quoted(level))));
        for (word, sets) in
            [("all", &asked.restrictive), ("any", &asked.permissive), ("info", &asked.informative)]
        {
            categories(word, &policy, sets, &mut words);
        }
    }
    words.extend(label.handling().iter().map(|handling| handling.as_str().to_owned()));
    words.extend(label.pap().map(|pap| format!("pap:{}", pap.as_str())));
    words.join(" ")
}

fn categories(word: &str, policy: &str, sets: &BTreeMap<String, BTreeSet<String>>, words: &mut Vec<String>) {
    for (set, tags) in sets {
        let tags: Vec<String> = tags.iter().map(|tag| quoted(tag)).collect();
        words.push(format!("{word}:{policy}/{}={}", quoted(set), tags.join(",")));
    }
}

/// The parties of a clause, those that are not known as one `…`.
pub(crate) fn clause_text(
    clause: &BTreeSet<Party>,
    names: &Directory,
    knows: &dyn Fn(&Party) -> bool,
) -> Vec<String> {
    let shown = clause.iter().filter(|party| knows(party));
    let mut parties: Vec<String> = shown.map(|party| party_text(party, names)).collect();
    if parties.len() < clause.len() {
        parties.push("…".to_owned());
    }
    parties
}

/// A party as label text writes it.
pub fn party_text(party: &Party, names: &Directory) -> String {
    let member = |id| names.member(id).map(|known| known.name.as_str());
    match party {
        Party::World => "world".to_owned(),
        Party::Country(country) => country.to_string(),
        Party::Community(id) => {
            let name = names.community(*id).map(|known| known.name.as_str());
            named("community", name, &id.to_string())
        }
        Party::Member(id) => named("member", member(*id), &id.to_string()),
        Party::ClientsOf(id) => {
            let of = member(*id).map_or_else(|| id.to_string(), quoted);
            format!("clients:{of}")
        }
        Party::Person(id) => {
            let email = names.person(*id).filter(|person| person.removed.is_none());
            let email = email.map_or_else(|| id.to_string(), |person| quoted(&person.email));
            format!("person:{email}")
        }
    }
}

/// A name by itself where it can be nothing else.
fn named(kind: &str, name: Option<&str>, id: &str) -> String {
    match name {
        None => format!("{kind}:{id}"),
        Some(name) if is_country_shaped(name) || matches!(name, "world" | "nobody") => {
            format!("{kind}:{}", quoted(name))
        }
        Some(name) => quoted(name),
    }
}

/// In quotation marks where the text would otherwise be read as more than one thing.
fn quoted(text: &str) -> String {
    let divides = |c: char| c.is_whitespace() || matches!(c, ',' | ':' | '/' | '=' | '"' | '\\');
    if !text.is_empty() && !text.contains(divides) {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
