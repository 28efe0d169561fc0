//! Texts of rules with their wildcards, and what modifiers make of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsigma_parser::value::{SpecialChar, StringPart};
use rsigma_parser::{Modifier, SigmaString};

/// Forms that one value may grow into (dashes, offsets, placeholders).
const MAX_FORMS: usize = 1000;
/// Dashes of one value that are varied, as pySigma has it.
const MAX_DASHES: usize = 3;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Plain(String),
    /// `*`
    Any,
    /// `?`
    One,
}

/// A text with wildcards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Text(pub Vec<Part>);

impl From<&SigmaString> for Text {
    fn from(string: &SigmaString) -> Self {
        let part = |part: &StringPart| match part {
            StringPart::Plain(text) => Part::Plain(text.clone()),
            StringPart::Special(SpecialChar::WildcardMulti) => Part::Any,
            StringPart::Special(SpecialChar::WildcardSingle) => Part::One,
        };
        Self(string.parts.iter().map(part).collect())
    }
}

impl Text {
    pub fn plain(text: &str) -> Self {
        Self(if text.is_empty() { Vec::new() } else { vec![Part::Plain(text.to_owned())] })
    }

    /// The text, where it has no wildcard.
    pub fn as_plain(&self) -> Option<String> {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Plain(text) => out.push_str(text),
                Part::Any | Part::One => return None,
            }
        }
        Some(out)
    }

    /// The text with `*` before and behind, as asked; what has one there stays as it is.
    pub fn open(mut self, before: bool, behind: bool) -> Self {
        if before && self.0.first() != Some(&Part::Any) {
            self.0.insert(0, Part::Any);
        }
        if behind && self.0.last() != Some(&Part::Any) {
            self.0.push(Part::Any);
        }
        self
    }

    pub fn lowercase(self) -> Self {
        let lower = |part| match part {
            Part::Plain(text) => Part::Plain(text.to_lowercase()),
            other => other,
        };
        Self(self.0.into_iter().map(lower).collect())
    }

    /// The text with `%name%` replaced by each of the values that the name has.
    fn expanded(&self, variables: &super::Variables) -> Result<Vec<Self>, String> {
        let mut forms = vec![Self::default()];
        for part in &self.0 {
            let Part::Plain(text) = part else {
                push(&mut forms, part);
                continue;
            };
            let mut rest = text.as_str();
            while let Some((before, name, behind)) = placeholder(rest) {
                let values = variables
                    .get(name)
                    .ok_or_else(|| format!("the placeholder %{name}% has no value; a file with `vars:` behind --with gives it one"))?;
                let mut grown = Vec::new();
                for form in &forms {
                    for value in values {
                        let mut form = form.clone();
                        form.0.push(Part::Plain(before.to_owned()));
                        form.0.extend(Self::from(&SigmaString::new(value)).0);
                        grown.push(form);
                    }
                }
                forms = grown;
                enough(&forms)?;
                rest = behind;
            }
            push(&mut forms, &Part::Plain(rest.to_owned()));
        }
        Ok(forms.into_iter().map(Self::joined).collect())
    }

    /// Neighbouring plain parts made one; empty ones left out.
    fn joined(self) -> Self {
        let mut out: Vec<Part> = Vec::new();
        for part in self.0 {
            match (out.last_mut(), part) {
                (_, Part::Plain(text)) if text.is_empty() => {}
                (Some(Part::Plain(last)), Part::Plain(text)) => last.push_str(&text),
                (_, part) => out.push(part),
            }
        }
        Self(out)
    }

    /// The text with every dash or slash that begins a word written in each of five ways.
    fn dashes(&self) -> Result<Vec<Self>, String> {
        let mut forms = vec![Self::default()];
        let mut dashes = 0;
        for part in &self.0 {
            let Part::Plain(text) = part else {
                push(&mut forms, part);
                continue;
            };
            let mut before: Option<char> = None;
            let mut characters = text.chars().peekable();
            while let Some(c) = characters.next() {
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                let begins = matches!(c, '-' | '/')
                    && before.is_none_or(|c| !is_word(c))
                    && characters.peek().is_some_and(|c| is_word(*c));
                before = Some(c);
                if !begins {
                    push(&mut forms, &Part::Plain(c.into()));
                    continue;
                }
                dashes += 1;
                if dashes > MAX_DASHES {
                    return Err(format!("`windash` varies at most {MAX_DASHES} dashes in a value"));
                }
                let grow = |form: &Self| {
                    ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'].map(|dash| {
                        let mut form = form.clone();
                        form.0.push(Part::Plain(dash.into()));
                        form
                    })
                };
                forms = forms.iter().flat_map(grow).collect();
            }
        }
        Ok(forms.into_iter().map(Self::joined).collect())
    }
}

/// Adds a part to every form.
fn push(forms: &mut [Text], part: &Part) {
    for form in forms {
        form.0.push(part.clone());
    }
}

fn enough(forms: &[Text]) -> Result<(), String> {
    if forms.len() > MAX_FORMS {
        return Err(format!("a value has more than {MAX_FORMS} forms"));
    }
    Ok(())
}

/// The first `%name%` of a text, with what stands before and behind.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(begin) = text[from..].find('%').map(|at| from + at) {
        let behind = &text[begin + 1..];
        let end = behind.find('%')?;
        let name = &behind[..end];
        if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
            return Some((&text[..begin], name, &behind[end + 1..]));
        }
        from = begin + 1;
    }
    None
}

/// What text modifiers make of a text, in their order: each of the forms counts.
pub(super) fn modified(
    text: Text,
    modifiers: &[Modifier],
    variables: &super::Variables,
) -> Result<Vec<Text>, String> {
    let mut forms = vec![text];
    // Between an encoding and base64 a value is bytes, which no text can hold.
    let mut encoding: Option<Modifier> = None;
    for (place, modifier) in modifiers.iter().enumerate() {
        let mut next = Vec::new();
        for form in forms {
            match modifier {
                Modifier::Contains => next.push(form.open(true, true)),
                Modifier::StartsWith => next.push(form.open(false, true)),
                Modifier::EndsWith => next.push(form.open(true, false)),
                Modifier::WindAsh => next.extend(form.dashes()?),
                Modifier::Expand => next.extend(form.expanded(variables)?),
                Modifier::Wide | Modifier::Utf16 | Modifier::Utf16be => {
                    encoding = Some(*modifier);
                    let then = modifiers.get(place + 1);
                    if matches!(then, Some(Modifier::Base64 | Modifier::Base64Offset)) {
                        next.push(form);
                    } else {
                        next.push(zeros(form, *modifier)?);
                    }
                }
                Modifier::Base64 => next.push(Text::plain(&STANDARD.encode(bytes(&form, encoding)?))),
                Modifier::Base64Offset => next.extend(offsets(&bytes(&form, encoding)?)),
                _ => next.push(form),
            }
            enough(&next)?;
        }
        forms = next;
    }
    Ok(forms)
}

fn bytes(form: &Text, encoding: Option<Modifier>) -> Result<Vec<u8>, String> {
    let plain = form.as_plain().ok_or("a value in base64 can have no wildcard")?;
    let units = plain.encode_utf16();
    Ok(match encoding {
        None => plain.into_bytes(),
        Some(Modifier::Utf16be) => units.flat_map(u16::to_be_bytes).collect(),
        Some(Modifier::Utf16) => [0xff, 0xfe].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect(),
        Some(_) => units.flat_map(u16::to_le_bytes).collect(),
    })
}

/// UTF-16 in a field of text shows as the characters with zeros between.
fn zeros(form: Text, encoding: Modifier) -> Result<Text, String> {
    if encoding == Modifier::Utf16 {
        return Err("`utf16` begins with a mark that no text holds; it needs base64 behind it".to_owned());
    }
    let spread = |part| match part {
        Part::Plain(text) => Part::Plain(
            text.chars()
                .flat_map(|c| if encoding == Modifier::Utf16be { ['\0', c] } else { [c, '\0'] })
                .collect(),
        ),
        other => other,
    };
    Ok(Text(form.0.into_iter().map(spread).collect()))
}

/// The parts of base64 that say only what these bytes say, at each of three offsets.
fn offsets(bytes: &[u8]) -> Vec<Text> {
    let begins = [0, 2, 3];
    let cuts = [0, 3, 2];
    let form = |offset: usize| {
        let mut padded = vec![b' '; offset];
        padded.extend_from_slice(bytes);
        let encoded = STANDARD.encode(&padded);
        let end = encoded.len() - cuts[padded.len() % 3];
        Text::plain(encoded.get(begins[offset]..end).unwrap_or_default())
    };
    (0..3).map(form).collect()
}
