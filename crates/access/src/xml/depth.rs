//! How deep elements nest, told before the text is parsed: a parser takes stack for each level.

use super::XmlError;

/// Refuses what nests deeper than `limit`. Text that is no XML passes: the parser says what is wrong with it.
pub(super) fn check(text: &str, limit: usize) -> Result<(), XmlError> {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let here = &rest[at..];
        let begins = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
        if let Some((opening, closing)) = begins.iter().find(|(opening, _)| here.starts_with(opening)) {
            let inside = &here[opening.len()..];
            let Some(end) = inside.find(closing) else { return Ok(()) };
            rest = &inside[end + closing.len()..];
            continue;
        }
        let Some(end) = tag_end(here) else { return Ok(()) };
        let tag = &here[..end];
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !tag.ends_with('/') && !tag.starts_with("<!") {
            depth += 1;
        }
        if depth > limit {
            let before = text.len() - here.len();
            let line = text[..before].matches('\n').count() + 1;
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            return Err(XmlError::new(line, format!("elements nest deeper than {limit}")));
        }
        rest = &here[end..];
    }
    Ok(())
}

/// Where the `>` of a tag stands; one inside of quotation marks does not end it.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '>' => return Some(at),
            Some(_) | None => {}
        }
    }
    None
}
