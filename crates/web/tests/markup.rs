//! A small reader of the pages' own HTML: every element is closed in order, every attribute quoted.

use std::collections::BTreeSet;

/// Elements without an end (HTML §13.1.2).
const VOID: &[&str] = &["br", "hr", "img", "input", "link", "meta"];

/// What is wrong with a page, or nothing.
pub fn faults(html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut ids = BTreeSet::new();
    let mut targets = BTreeSet::new();
    let mut rest = html.strip_prefix("<!doctype html>").unwrap_or(html);
    while let Some(start) = rest.find('<') {
        if let Some(wrong) = rest[..start].find('>') {
            faults.push(format!("a bare > near {:?}", near(rest, wrong)));
        }
        let Some(end) = rest[start..].find('>') else {
            faults.push(format!("a tag without end near {:?}", near(rest, start)));
            break;
        };
        let tag = &rest[start + 1..start + end];
        rest = &rest[start + end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.last().map(String::as_str) == Some(name) {
                open.pop();
            } else {
                faults.push(format!("</{name}> closes {:?}", open.last()));
            }
            continue;
        }
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        for (attribute, value) in attributes(tag, &mut faults) {
            match attribute.as_str() {
                "style" => faults.push(format!("<{name}> has a style of its own")),
                "id" if !ids.insert(value.clone()) => {
                    faults.push(format!("two elements have the id {value}"));
                }
                "for" | "aria-labelledby" | "aria-describedby" | "aria-errormessage" => {
                    targets.insert(value);
                }
                "href" if value.starts_with('#') => {
                    targets.insert(value[1..].to_owned());
                }
                other if other.starts_with("on") => faults.push(format!("<{name}> has a script in {other}")),
                _ => {}
            }
        }
        if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    if !open.is_empty() {
        faults.push(format!("not closed: {open:?}"));
    }
    faults.extend(targets.difference(&ids).map(|target| format!("nothing has the id {target}")));
    faults
}

fn attributes(tag: &str, faults: &mut Vec<String>) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = tag.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).trim_start();
    while !rest.is_empty() && rest != "/" {
        let name_end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = rest[..name_end].to_owned();
        rest = &rest[name_end..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let end = quoted.find('"').unwrap_or(quoted.len());
            quoted[..end].clone_into(&mut value);
            rest = quoted.get(end + 1..).unwrap_or_default();
        } else if rest.starts_with('=') {
            faults.push(format!("an unquoted value in <{tag}>"));
            return found;
        }
        if found.iter().any(|(known, _)| *known == name) {
            faults.push(format!("{name} twice in <{tag}>"));
        }
        found.push((name, value));
        rest = rest.trim_start();
    }
    found
}

fn near(text: &str, at: usize) -> &str {
    let from = text[..at].char_indices().rev().nth(30).map_or(0, |(index, _)| index);
    &text[from..at]
}

#[test]
fn the_reader_finds_what_is_wrong() {
    assert_eq!(faults("<p id=\"a\">x<br></p>"), Vec::<String>::new());
    for wrong in [
        "<p>x",
        "<p><b>x</p></b>",
        "<p class=a>x</p>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<p style=\"color:red\"></p>",
        "<p onclick=\"x()\"></p>",
        "<a href=\"#none\"></a>",
    ] {
        assert!(!faults(wrong).is_empty(), "{wrong}");
    }
}
