//! Random granular markings.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::labels::{self, tag};
use super::member;
use crate::script::{Content, Field, Label, Mark, Party, Tlp};

/// The content, often with some of its fields marked.
pub(super) fn marked(random: &mut StdRng, mut content: Content, source: &str) -> Content {
    let count = *[0, 0, 0, 0, 0, 1, 1, 2, 2, 3].choose(random).unwrap_or(&0);
    let fields = content.fields();
    for _ in 0..count {
        // Now and then what selects nothing, or what the object needs.
        let field =
            if random.random_bool(0.04) { Some(Field::Tag(7)) } else { free(random, &content, &fields) };
        let Some(field) = field else { break };
        content.marks.push(Mark { field, asks: asks(random, source) });
    }
    content
}

/// Mostly a field that can be taken out.
fn free(random: &mut StdRng, content: &Content, fields: &[Field]) -> Option<Field> {
    let free: Vec<Field> = fields.iter().copied().filter(|field| !content.needs(*field)).collect();
    let from = if random.random_bool(0.95) && !free.is_empty() { &free } else { fields };
    from.choose(random).copied()
}

/// The content with one field whose marking its source has not explained yet, and the label of the rest; or the content
/// as it is, where it has no such field.
pub(super) fn awaited(random: &mut StdRng, mut content: Content, source: &str) -> (Content, Option<Label>) {
    let fields = content.fields();
    let free = free(random, &content, &fields).filter(|field| !content.needs(*field));
    let Some(field) = free.filter(|_| random.random_bool(0.6)) else { return (content, None) };
    content.marks = vec![Mark { field, asks: Label::own(source) }];
    let mut label = labels::label(random, source);
    label.asks.retain(|policy, _| policy == "EXERCISE");
    (content, Some(label))
}

/// What a marking asks beside what the object asks.
fn asks(random: &mut StdRng, source: &str) -> Label {
    let of = |name: &str| Party::Member(name.to_owned());
    let all = || Label::naming([Party::World]);
    match random.random_range(0..14) {
        0..2 => Label::naming([Party::Community("quad".to_owned())]),
        2 => Label::naming([Party::Community("ring".to_owned())]),
        3 => Label::naming([Party::Country("JPN".to_owned())]),
        4 => Label::naming([Party::Country("EST".to_owned()), Party::Country("FRA".to_owned())]),
        5 => Label::own(source),
        6 => Label::naming([of("jp-cert"), of(&member(random))]),
        7 => all().tlp(Tlp::AmberStrict),
        8 => Label::naming([of("jp-cert"), of("ee-cert"), of(source)]).tlp(Tlp::Red),
        9 | 10 => all().level("SECRET"),
        11 | 12 => all().level("RESTRICTED"),
        _ => all().level("RESTRICTED").restrictive("CODEWORD", tag(random)),
    }
}
