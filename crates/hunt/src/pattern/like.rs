//! `LIKE`: `%` is any number of characters, `_` is one (STIX 2.1 §9.6).

/// The wildcards of one constant, ready to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Like {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Character(char),
}

/// Whether upper and lower case are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Told,
    Ignored,
}

impl Like {
    /// `pattern` is in NFC.
    pub fn new(pattern: &str) -> Self {
        let mut parts = Vec::with_capacity(pattern.len());
        for character in pattern.chars() {
            let part = match character {
                '%' => Part::Any,
                '_' => Part::One,
                other => Part::Character(other),
            };
            // Two in a row say what one says, and would be tried in every combination.
            if !(part == Part::Any && parts.last() == Some(&Part::Any)) {
                parts.push(part);
            }
        }
        Self { parts }
    }

    /// Whether the whole text, in NFC, has this form. Takes at most the product of both lengths.
    pub fn matches(&self, text: &str, case: Case) -> bool {
        let mut rest = text;
        let mut next = 0;
        // The last `%` met, and the text from which it was tried: on a mismatch it takes one character more.
        let mut open: Option<(usize, &str)> = None;
        loop {
            let mut characters = rest.chars();
            let character = characters.next();
            match self.parts.get(next) {
                Some(Part::Any) => {
                    next += 1;
                    if next == self.parts.len() {
                        return true;
                    }
                    open = Some((next, rest));
                    continue;
                }
                Some(part) if character.is_some_and(|character| part.takes(character, case)) => {
                    next += 1;
                    rest = characters.as_str();
                    continue;
                }
                None if character.is_none() => return true,
                _ => {}
            }
            let Some((behind, from)) = open else { return false };
            let mut characters = from.chars();
            if characters.next().is_none() {
                return false;
            }
            rest = characters.as_str();
            open = Some((behind, rest));
            next = behind;
        }
    }
}

impl Part {
    fn takes(self, character: char, case: Case) -> bool {
        match self {
            Self::Any => false,
            Self::One => true,
            Self::Character(wanted) => {
                wanted == character
                    || (case == Case::Ignored && wanted.to_lowercase().eq(character.to_lowercase()))
            }
        }
    }
}
