//! Forms with files (RFC 7578), read from a body that is already whole and capped.

/// One part of a form.
#[derive(Debug, PartialEq, Eq)]
pub struct Part<'a> {
    pub name: String,
    pub file: Option<String>,
    pub bytes: &'a [u8],
}

/// Parts beyond these are no form of this node.
const MOST_PARTS: usize = 256;

/// Reads the parts; nothing for a body that is not a form in this boundary.
pub fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let boundary = format!("--{}", boundary(content_type)?);
    let mut rest = body.strip_prefix(boundary.as_bytes())?;
    let delimiter = format!("\r\n{boundary}");
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        if parts.len() == MOST_PARTS {
            return None;
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&rest[..head_end]).ok()?;
        let content = &rest[head_end + 4..];
        let end = find(content, delimiter.as_bytes())?;
        let disposition = disposition(head)?;
        parts.push(Part {
            name: parameter(disposition, "name")?,
            file: parameter(disposition, "filename"),
            bytes: &content[..end],
        });
        rest = &content[end + delimiter.len()..];
    }
    Some(parts)
}

fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.strip_prefix("multipart/form-data")?;
    let value = parameters.split(';').find_map(|piece| piece.trim().strip_prefix("boundary="))?;
    let value = value.trim_matches('"');
    (!value.is_empty() && value.len() <= 70).then(|| value.to_owned())
}

fn disposition(head: &str) -> Option<&str> {
    let name = "content-disposition:";
    let is_it = |line: &&str| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    head.split("\r\n").find(is_it)
}

/// A quoted parameter. Browsers write a quotation mark within it as `%22`.
fn parameter(disposition: &str, name: &str) -> Option<String> {
    let start = disposition.find(&format!("; {name}=\""))? + name.len() + 4;
    let rest = &disposition[start..];
    let end = rest.find('"')?;
    Some(rest[..end].replace("%22", "\"").replace("%0D", " ").replace("%0A", " "))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while from + needle.len() <= haystack.len() {
        let at = from + haystack[from..].iter().position(|byte| *byte == first)?;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests;
