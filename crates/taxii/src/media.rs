//! Media types: what a client accepts and what it sends (§1.6.8; RFC 9110 §12.5.1).

/// The media type of every TAXII 2.1 message, in requests and answers, failures included.
pub const TAXII: &str = "application/taxii+json;version=2.1";
/// The media type of the objects in a collection.
pub const STIX: &str = "application/stix+json;version=2.1";
/// The version spoken here, as an API root lists it.
pub const VERSION: &str = TAXII;

/// How closely a range names what is served; the closest decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    Anything,
    AnyApplication,
    AnyVersion,
    Exact,
}

/// Whether a client that sends these `Accept` headers takes TAXII 2.1.
///
/// None at all accepts anything. Lists, weights and wildcards count; of several ranges that match, the closest
/// decides, so `*/*, application/taxii+json;version=2.1;q=0` refuses.
pub fn is_acceptable<'a>(accept: impl IntoIterator<Item = &'a str>) -> bool {
    let mut given = false;
    let mut closest: Option<(Closeness, bool)> = None;
    for range in accept.into_iter().flat_map(split_list) {
        given = true;
        let Some(range) = Media::parse(range) else { continue };
        let Some(closeness) = range.closeness() else { continue };
        let wanted = range.weight > 0;
        closest = match closest {
            Some((before, _)) if before > closeness => closest,
            Some((before, also)) if before == closeness => Some((closeness, also || wanted)),
            _ => Some((closeness, wanted)),
        };
    }
    !given || closest.is_some_and(|(_, wanted)| wanted)
}

/// Whether a body with this `Content-Type` is a TAXII 2.1 message. Without a version it is of the newest.
pub fn is_taxii(content_type: &str) -> bool {
    let media = Media::parse(content_type);
    media.and_then(|media| media.closeness()).is_some_and(|closeness| closeness >= Closeness::AnyVersion)
}

/// A media type or range with the parameters that matter here.
struct Media<'a> {
    kind: &'a str,
    version: Option<&'a str>,
    /// In thousandths.
    weight: u16,
}

impl<'a> Media<'a> {
    /// Nothing where the text is no media range.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let kind = parts.next().filter(|kind| kind.contains('/'))?;
        let mut media = Self { kind, version: None, weight: 1000 };
        for part in parts.filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "version" => media.version = Some(value),
                "q" => media.weight = weight(value)?,
                _ => {}
            }
        }
        Some(media)
    }

    fn closeness(&self) -> Option<Closeness> {
        match (self.kind.to_ascii_lowercase().as_str(), self.version) {
            ("*/*", _) => Some(Closeness::Anything),
            ("application/*", _) => Some(Closeness::AnyApplication),
            ("application/taxii+json", None) => Some(Closeness::AnyVersion),
            ("application/taxii+json", Some("2.1")) => Some(Closeness::Exact),
            _ => None,
        }
    }
}

/// `0`–`1` with up to three digits, in thousandths (RFC 9110 §12.4.2).
fn weight(text: &str) -> Option<u16> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    if digits.len() > 3 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{digits:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// The elements of a list header. No media type of interest has a comma in a quoted string.
fn split_list(header: &str) -> impl Iterator<Item = &str> {
    header.split(',').map(str::trim).filter(|element| !element.is_empty())
}

#[cfg(test)]
mod tests;
