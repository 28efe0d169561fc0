//! From text to terms.

use std::collections::{BTreeMap, BTreeSet};

use super::{Names, SpecError};
use crate::label::{Classification, Handling, Pap, Terms, Tlp};
use crate::party::{Country, Party};
use crate::policy::Policy;
use crate::rights::Clearance;

const WORDS: [&str; 11] =
    ["tlp:", "pap:", "rel:", "class:", "all:", "any:", "info:", "orcon", "exercise", "one-hop", "this-node"];

/// Reads a label's text. An audience that it does not state is left open (see [`Terms::or`]).
pub fn parse(text: &str, names: &impl Names) -> Result<Terms, SpecError> {
    let mut terms = Terms::default();
    let mut categories: Vec<Categories> = Vec::new();
    let mut reader = Text::new(text);
    loop {
        reader.skip_white_space();
        if reader.peek().is_none() {
            break;
        }
        let column = reader.column();
        let word = reader.plain_until(|c| c == ':' || c.is_whitespace());
        let lower = word.to_ascii_lowercase();
        if !reader.take(':') {
            terms = terms.handling(handling(column, &lower)?);
            continue;
        }
        match lower.as_str() {
            "tlp" => terms = terms.tlp(tlp(&mut reader)?),
            "pap" => terms = terms.pap(pap(&mut reader)?),
            "rel" => terms = terms.rel(parties(&mut reader, names)?),
            "class" => {
                let (policy, level) = policy_level(&mut reader, names)?;
                terms = terms.class(&policy.id, &level);
            }
            "all" | "any" | "info" => categories.push(categories_of(&lower, &mut reader, names)?),
            _ => return Err(unknown_word(column, &format!("{word}:"))),
        }
        if reader.peek().is_some_and(|c| !c.is_whitespace()) {
            return Err(reader.error("expected white space before the next word"));
        }
    }
    for stated in categories {
        terms = stated.add_to(terms)?;
    }
    Ok(terms)
}

/// Reads what a person is cleared for, each as `POLICY:LEVEL`.
pub fn clearance<'a>(
    stated: impl IntoIterator<Item = &'a str>,
    names: &impl Names,
) -> Result<Clearance, SpecError> {
    let mut clearance = Clearance::default();
    for text in stated {
        let mut reader = Text::new(text);
        let policy = policy_named(&mut reader, ':', names)?;
        let column = reader.column();
        let level = level_named(policy, column, &reader.value(char::is_whitespace)?)?;
        if reader.peek().is_some() {
            return Err(reader.error("expected nothing after POLICY:LEVEL"));
        }
        clearance = clearance.with(&policy.id, &level);
    }
    Ok(clearance)
}

fn handling(column: usize, word: &str) -> Result<Handling, SpecError> {
    let found = Handling::ALL.into_iter().find(|handling| handling.as_str() == word);
    found.ok_or_else(|| unknown_word(column, word))
}

fn unknown_word(column: usize, word: &str) -> SpecError {
    let known = WORDS.iter().map(|word| (*word).to_owned()).chain(["draft".to_owned()]);
    error(column, format!("{word:?} is not a word of labels"), nearest(word, known))
}

fn tlp(reader: &mut Text) -> Result<Tlp, SpecError> {
    let column = reader.column();
    let word = reader.value(char::is_whitespace)?.replace('-', "+");
    Tlp::from_word(&word).ok_or_else(|| {
        let known = Tlp::ALL.map(|tlp| tlp.as_str().to_owned());
        let message = format!("{word:?} is not a TLP level (clear, green, amber, amber+strict, red)");
        error(column, message, nearest(&word, known))
    })
}

fn pap(reader: &mut Text) -> Result<Pap, SpecError> {
    let column = reader.column();
    let word = reader.value(char::is_whitespace)?;
    Pap::from_word(&word).ok_or_else(|| {
        let known = Pap::ALL.map(|pap| pap.as_str().to_owned());
        error(
            column,
            format!("{word:?} is not a PAP level (clear, green, amber, red)"),
            nearest(&word, known),
        )
    })
}

fn policy_level<'a>(reader: &mut Text, names: &'a impl Names) -> Result<(&'a Policy, String), SpecError> {
    let policy = policy_named(reader, '/', names)?;
    let column = reader.column();
    let level = level_named(policy, column, &reader.value(char::is_whitespace)?)?;
    Ok((policy, level))
}

fn policy_named<'a>(reader: &mut Text, end: char, names: &'a impl Names) -> Result<&'a Policy, SpecError> {
    let column = reader.column();
    let name = reader.value(|c| c == end || c.is_whitespace())?;
    let known = names.policies();
    let Some(policy) = known.iter().copied().find(|policy| policy.id.eq_ignore_ascii_case(&name)) else {
        let known = known.iter().map(|policy| policy.id.clone());
        return Err(error(column, format!("there is no policy {name:?}"), nearest(&name, known)));
    };
    if reader.take(end) {
        return Ok(policy);
    }
    Err(reader.error(&format!("expected {end:?} after the policy")))
}

fn level_named(policy: &Policy, column: usize, name: &str) -> Result<String, SpecError> {
    let found = policy.levels.iter().find(|level| level.id.eq_ignore_ascii_case(name));
    found.map(|level| level.id.clone()).ok_or_else(|| {
        let known: Vec<String> = policy.levels.iter().map(|level| level.id.clone()).collect();
        let message = format!("policy {} has no level {name:?} (it has {})", policy.id, known.join(", "));
        error(column, message, nearest(name, known))
    })
}

/// Categories as stated, until the level of their policy is known.
struct Categories {
    column: usize,
    word: String,
    /// The policy's id.
    policy: String,
    set: String,
    tags: BTreeSet<String>,
}

fn categories_of(word: &str, reader: &mut Text, names: &impl Names) -> Result<Categories, SpecError> {
    let column = reader.column();
    let policy = policy_named(reader, '/', names)?.id.clone();
    let set = reader.value(|c| c == '=' || c.is_whitespace())?;
    if !reader.take('=') {
        return Err(reader.error("expected '=' and tags after the name of the set"));
    }
    let mut tags = BTreeSet::new();
    while reader.peek().is_some_and(|c| !c.is_whitespace()) {
        tags.insert(reader.value(|c| c == ',' || c.is_whitespace())?);
        if !reader.take(',') {
            break;
        }
    }
    Ok(Categories { column, word: word.to_owned(), policy, set, tags })
}

impl Categories {
    fn add_to(self, terms: Terms) -> Result<Terms, SpecError> {
        let policy = self.policy.as_str();
        let Some(said) = terms.classification.get(policy) else {
            let message = format!("categories of {policy} need a level: add class:{policy}/LEVEL");
            return Err(error(self.column, message, None));
        };
        let mut asked = Classification::level(said.level.clone());
        let sets = BTreeMap::from([(self.set, self.tags)]);
        match self.word.as_str() {
            "all" => asked.restrictive = sets,
            "any" => asked.permissive = sets,
            _ => asked.informative = sets,
        }
        Ok(terms.classified(policy, asked))
    }
}

fn parties(reader: &mut Text, names: &impl Names) -> Result<BTreeSet<Party>, SpecError> {
    let mut found = BTreeSet::new();
    let first = reader.column();
    let mut nobody = false;
    loop {
        match party(reader, names)? {
            Some(party) => _ = found.insert(party),
            None => nobody = true,
        }
        if !reader.take(',') {
            break;
        }
    }
    if nobody && !found.is_empty() {
        return Err(error(first, "nobody stands alone".to_owned(), None));
    }
    Ok(found)
}

/// One party; nothing for `nobody`.
fn party(reader: &mut Text, names: &impl Names) -> Result<Option<Party>, SpecError> {
    let ends = |c: char| c == ',' || c.is_whitespace();
    let column = reader.column();
    if reader.peek() == Some('"') {
        let name = reader.value(ends)?;
        return by_name(column, &name, names).map(Some);
    }
    let word = reader.plain_until(|c| c == ':' || ends(c));
    if word.is_empty() {
        return Err(
            reader.error("expected a party: a country code, a name, clients:NAME, person:EMAIL or world")
        );
    }
    if !reader.take(':') {
        return match word.as_str() {
            "world" => Ok(Some(Party::World)),
            "nobody" => Ok(None),
            _ => by_word(column, &word, names).map(Some),
        };
    }
    let value_column = reader.column();
    let value = reader.value(ends)?;
    let missing = |what: &str| unknown_name(value_column, what, &value, names);
    let party = match word.to_ascii_lowercase().as_str() {
        "country" => Party::Country(country(value_column, &value)?),
        "member" => Party::Member(names.member(&value).ok_or_else(|| missing("member"))?),
        "community" => Party::Community(names.community(&value).ok_or_else(|| missing("community"))?),
        "clients" => Party::ClientsOf(names.member(&value).ok_or_else(|| missing("member"))?),
        "person" => Party::Person(names.person(&value).ok_or_else(|| missing("person"))?),
        _ => {
            let known = ["country", "member", "community", "clients", "person"].map(str::to_owned);
            let suggestion = nearest(&word, known).map(|known| format!("{known}:"));
            return Err(error(column, format!("{word:?} is not a kind of party"), suggestion));
        }
    };
    Ok(Some(party))
}

fn country(column: usize, code: &str) -> Result<Country, SpecError> {
    code.parse().map_err(|bad: crate::party::BadCountry| error(column, bad.to_string(), None))
}

/// A bare word: a country code or a name, and an error where it could be both.
fn by_word(column: usize, word: &str, names: &impl Names) -> Result<Party, SpecError> {
    if !is_country_shaped(word) {
        return by_name(column, word, names);
    }
    let kind = match (names.member(word), names.community(word)) {
        (None, None) => return country(column, word).map(Party::Country),
        (Some(_), _) => "member",
        (None, Some(_)) => "community",
    };
    let message = format!("{word:?} could be a country or a {kind}");
    Err(error(column, message, Some(format!("country:{word} or {kind}:{word}"))))
}

fn by_name(column: usize, name: &str, names: &impl Names) -> Result<Party, SpecError> {
    let member = names.member(name).map(Party::Member);
    let community = names.community(name).map(Party::Community);
    if member.is_some() && community.is_some() {
        let suggestion = format!("member:{name:?} or community:{name:?}");
        return Err(error(column, format!("{name:?} could be a member or a community"), Some(suggestion)));
    }
    member.or(community).ok_or_else(|| unknown_name(column, "country, member or community", name, names))
}

fn unknown_name(column: usize, what: &str, name: &str, names: &impl Names) -> SpecError {
    let upper = name.to_ascii_uppercase();
    let as_country = what.contains("country") && is_country_shaped(&upper);
    let suggestion = nearest(name, names.names()).or(as_country.then_some(upper));
    error(column, format!("there is no {what} {name:?}"), suggestion)
}

/// Whether a text looks like an alpha-3 code.
pub(super) fn is_country_shaped(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn error(column: usize, message: String, suggestion: Option<String>) -> SpecError {
    SpecError { column, message, suggestion }
}

/// The known word nearest to a mistyped one, if any is near.
fn nearest(typed: &str, known: impl IntoIterator<Item = String>) -> Option<String> {
    let typed = typed.to_lowercase();
    let limit = match typed.chars().count() {
        0..=3 => 1,
        4..=8 => 2,
        _ => 3,
    };
    let distances = known.into_iter().map(|word| (edits(&typed, &word.to_lowercase()), word));
    distances.filter(|(distance, _)| *distance <= limit).min().map(|(_, word)| word)
}

/// How many characters to insert, remove or replace.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (done, from) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = done + 1;
        for (at, to) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}

/// The text with a place in it.
struct Text {
    characters: Vec<char>,
    at: usize,
}

impl Text {
    fn new(text: &str) -> Self {
        Self { characters: text.chars().collect(), at: 0 }
    }

    fn column(&self) -> usize {
        self.at + 1
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        self.at += usize::from(found);
        found
    }

    fn skip_white_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn error(&self, message: &str) -> SpecError {
        error(self.column(), message.to_owned(), None)
    }

    fn plain_until(&mut self, ends: impl Fn(char) -> bool) -> String {
        let mut found = String::new();
        while let Some(c) = self.peek().filter(|c| !ends(*c)) {
            found.push(c);
            self.at += 1;
        }
        found
    }

    /// A quoted or plain value, never an empty plain one.
    fn value(&mut self, ends: impl Fn(char) -> bool) -> Result<String, SpecError> {
        let opening = self.column();
        if !self.take('"') {
            let plain = self.plain_until(ends);
            return if plain.is_empty() { Err(self.error("something is missing here")) } else { Ok(plain) };
        }
        let mut found = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '"' => return Ok(found),
                '\\' => {
                    found.extend(self.peek());
                    self.at += 1;
                }
                _ => found.push(c),
            }
        }
        Err(error(opening, "the quotation mark is never closed".to_owned(), None))
    }
}
