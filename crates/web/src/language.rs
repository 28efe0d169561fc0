//! Languages: one Fluent file each, chosen by a cookie or by `Accept-Language`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// Language tag → Fluent source; English first.
static SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

static LANGUAGES: LazyLock<Vec<Loaded>> =
    LazyLock::new(|| SOURCES.iter().map(|(tag, source)| Loaded::new(tag, source)).collect());

struct Loaded {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
    keys: BTreeSet<String>,
}

impl Loaded {
    fn new(tag: &'static str, source: &'static str) -> Self {
        let language: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Pages set `dir` and `lang` themselves; invisible characters would end up in what a reader copies.
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => resource,
            Err((partial, faults)) => {
                tracing::error!(language = tag, ?faults, "a translation does not parse completely");
                partial
            }
        };
        let keys = message_keys(source);
        bundle.add_resource_overriding(resource);
        Self { tag, bundle, keys }
    }
}

/// The keys of all messages of a Fluent file, by its own rule that a message begins at the line's start.
fn message_keys(source: &str) -> BTreeSet<String> {
    let is_start = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    let lines = source.lines().filter(is_start);
    lines.filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim().to_owned()).collect()
}

/// One of the languages that the pages speak.
#[derive(Clone, Copy)]
pub struct Language(&'static Loaded);

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.0.tag)
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.0.tag == other.0.tag
    }
}

impl Eq for Language {}

impl Language {
    /// Every language, English first.
    pub fn all() -> impl Iterator<Item = Self> {
        LANGUAGES.iter().map(Self)
    }

    /// The language with this tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::all().find(|language| language.0.tag.eq_ignore_ascii_case(tag))
    }

    /// What a browser asks for (RFC 9110 §12.5.4), else English.
    pub fn accepted(header: &str) -> Self {
        let mut wishes: Vec<(f32, &str)> = header.split(',').filter_map(wish).collect();
        wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
        let known = wishes.into_iter().find_map(|(_, range)| {
            let primary = range.split('-').next().unwrap_or(range);
            Self::of_tag(range).or_else(|| Self::of_tag(primary))
        });
        known.unwrap_or_else(Self::first)
    }

    /// English.
    pub fn first() -> Self {
        Self(&LANGUAGES[0])
    }

    /// Its tag (RFC 5646), for `lang`.
    pub fn tag(self) -> &'static str {
        self.0.tag
    }

    /// Its name in itself.
    pub fn name(self) -> String {
        self.say("language-name")
    }

    /// Whether there is a message with this key.
    pub fn has(self, key: &str) -> bool {
        self.0.keys.contains(key)
    }

    /// The keys of all its messages.
    pub fn keys(self) -> &'static BTreeSet<String> {
        &self.0.keys
    }

    /// A message without arguments.
    pub fn say(self, key: &str) -> String {
        self.format(key, None)
    }

    /// A message with one argument.
    pub fn with(self, key: &str, name: &str, value: &str) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set(name, FluentValue::String(Cow::Owned(value.to_owned())));
        self.format(key, Some(&arguments))
    }

    /// A message about a number: `$n` selects the plural, `$count` is the number as this language writes it.
    pub fn count(self, key: &str, number: u64) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("n", FluentValue::from(number));
        arguments.set("count", FluentValue::String(Cow::Owned(grouped(number))));
        self.format(key, Some(&arguments))
    }

    /// The message under `prefix` for a word of a closed list, or the word itself where it is somebody's own.
    pub fn term(self, prefix: &str, word: &str) -> String {
        let key = format!("{prefix}-{word}");
        if self.has(&key) { self.say(&key) } else { word.to_owned() }
    }

    fn format(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let pattern = self.0.bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            tracing::error!(language = self.0.tag, key, "a translation is missing");
            return key.to_owned();
        };
        let mut faults = Vec::new();
        let text = self.0.bundle.format_pattern(pattern, arguments, &mut faults).into_owned();
        if !faults.is_empty() {
            tracing::error!(language = self.0.tag, key, ?faults, "a translation is wrong");
        }
        text
    }
}

fn wish(part: &str) -> Option<(f32, &str)> {
    let mut pieces = part.split(';').map(str::trim);
    let range = pieces.next().filter(|range| !range.is_empty())?;
    let weight = pieces.find_map(|piece| piece.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>).ok()?;
    (weight > 0.0).then_some((weight, range))
}

/// Digits in groups of three, as English and Japanese write them.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests;
