//! The text of rules before a parser sees it.

use super::Variables;

/// Levels of nesting that a file of rules may have.
const MAX_NESTING: usize = 48;
/// Anchors (`*name`) in one file: rules need few, and each may stand for a large part.
const MAX_REFERENCES: usize = 64;

/// Whether a text is a document with `vars:`.
pub(super) fn has_variables(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("vars:"))
}

/// Adds what placeholders stand for from a document with `vars:`, as processing pipelines have them; says whether the text
/// is such a document.
pub(super) fn variables(text: &str, variables: &mut Variables) -> Result<bool, String> {
    if !has_variables(text) {
        return Ok(false);
    }
    let mut name: Option<String> = None;
    let mut inside = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '\t', '-']) {
            inside = line.trim_end() == "vars:";
            continue;
        }
        if !inside {
            continue;
        }
        if let Some(value) = trimmed.strip_prefix("- ") {
            let name = name.as_ref().ok_or("`vars:` has a value without a name")?;
            variables.entry(name.clone()).or_default().push(unquoted(value));
            continue;
        }
        let (key, value) = trimmed.split_once(':').ok_or("`vars:` holds names with values")?;
        let key = unquoted(key);
        let value = value.trim();
        let values = variables.entry(key.clone()).or_default();
        if let Some(list) = value.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
            values.extend(list.split(',').map(|value| unquoted(value.trim())));
        } else if !value.is_empty() {
            values.push(unquoted(value));
        }
        name = Some(key);
    }
    Ok(true)
}

/// Refuses YAML that is nested too deep or refers to itself too often, before a parser sees it.
pub(super) fn shallow(text: &str) -> Result<(), String> {
    let mut flow = 0_usize;
    let mut references = 0;
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        if indent > MAX_NESTING * 4 {
            return Err("is nested too deep".to_owned());
        }
        let rest = line.trim_start();
        let opens = rest.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
        let closes = rest.bytes().filter(|byte| matches!(byte, b']' | b'}')).count();
        // Brackets within texts count too; no rule has as many on one line that nothing closes.
        flow = (flow + opens).saturating_sub(closes);
        if opens > MAX_NESTING * 8 || flow > MAX_NESTING * 8 {
            return Err("is nested too deep".to_owned());
        }
        let value =
            rest.rsplit_once(": ").map_or(rest.trim_start_matches("- "), |(_, value)| value).trim_start();
        references += usize::from(value.starts_with('*') && !value[1..].starts_with([' ', '\'', '"']));
        if references > MAX_REFERENCES {
            return Err(format!("has more than {MAX_REFERENCES} references"));
        }
    }
    Ok(())
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    inner.unwrap_or(text).to_owned()
}

pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    if let Some((at, _)) = line.char_indices().nth(300) {
        line.truncate(at);
    }
    line
}
