//! High against low, field by field: of what would be made, of what was made, and of what a release would let out.

use kizuna_access::sanitisation::Treatment;
use kizuna_app::tearline::{Because, Change, Compared, Order, Tearline, Template};
use kizuna_app::{AppError, Item, Reading};
use kizuna_stix::Id;
use serde_json::Value;

use super::super::title::{Titles, properties};
use super::typed::Typed;
use crate::label;
use crate::language::Language;
use crate::view::row::middle;
use crate::view::sign_in::Choice;
use crate::view::tearline::{DifferenceView, Fates, FieldChoice, FieldView, Side, TornView};

/// Fields for which the form offers a choice.
const MOST_CHOICES: usize = 400;
/// Characters of a value that is shown.
const SHOWN: usize = 600;
/// What can be chosen; nothing for what the template has.
const ACTS: [&str; 5] = ["", "keep", "drop", "replace", "coarsen"];

/// The fields of a form that can be chosen, numbered as they come.
pub(super) struct Choosing<'a> {
    typed: &'a Typed,
    next: usize,
}

impl<'a> Choosing<'a> {
    pub fn new(typed: &'a Typed) -> Self {
        Self { typed, next: 0 }
    }

    /// Whether there are more fields than choices.
    pub fn is_cut(&self) -> bool {
        self.next > MOST_CHOICES
    }

    fn choice(&mut self, t: Language, high: &Id, place: &str) -> Option<FieldChoice> {
        self.next += 1;
        if self.is_cut() {
            return None;
        }
        let key = (high.to_string(), place.to_owned());
        let (chosen, with) = self.typed.choices.get(&key).cloned().unwrap_or_default();
        let act = |act: &str| Choice {
            value: act.to_owned(),
            name: t.say(match act {
                "keep" => "tearline-act-keep",
                "drop" => "tearline-act-drop",
                "replace" => "tearline-act-replace",
                "coarsen" => "tearline-act-coarsen",
                _ => "tearline-act-template",
            }),
            chosen: act == chosen,
        };
        Some(FieldChoice {
            number: self.next,
            target: format!("{high} {place}"),
            acts: ACTS.map(act).to_vec(),
            with,
            fault: self.typed.wrong.get(&key).cloned(),
        })
    }
}

/// An object that is stored.
pub(super) fn side(
    t: Language,
    reading: &Reading,
    titles: &mut Titles<'_>,
    item: &Item,
) -> Result<Side, AppError> {
    Ok(Side {
        href: Some(format!("/objects/{}", item.id)),
        kind: item.id.kind().to_owned(),
        kind_name: t.term("kind", item.id.kind()),
        title: titles.of(&properties(&item.bytes), &item.id)?.text,
        label: label::view(t, &item.whole(), reading),
    })
}

/// Of what would be made; every field can be chosen.
pub(super) fn of_tearline(
    t: Language,
    reading: &Reading,
    order: &Order,
    made: &Tearline,
    choosing: &mut Choosing<'_>,
) -> Result<DifferenceView, AppError> {
    let mut titles = Titles::new(t, reading);
    let low = label::view(t, &made.label, reading);
    let mut view = DifferenceView::default();
    for torn in &made.torn {
        let item = reading.object(&torn.high)?;
        let of_low = |id: &Id| made.low.iter().find(|object| object.id() == id);
        let low_side = torn.low.as_ref().and_then(of_low).map(|object| Side {
            href: None,
            kind: object.id().kind().to_owned(),
            kind_name: t.term("kind", object.id().kind()),
            title: crate::pages::own_title(t, &properties(object.canonical()), object.id().as_str()),
            label: low.clone(),
        });
        let mut fields = Vec::new();
        for change in &torn.changes {
            let choice = choosing.choice(t, &torn.high, &change.place);
            fields.push(FieldView { choice, ..field(t, Some(order.template), &torn.high, change) });
        }
        let high = side(t, reading, &mut titles, &item)?;
        view.torn.push(TornView { high, low: low_side, left_out: torn.left_out.clone(), fields });
    }
    view.fates = fates(t, made.torn.iter().flat_map(|torn| &torn.changes));
    Ok(view)
}

/// Of what was made.
pub(super) fn of_record(
    t: Language,
    reading: &Reading,
    compared: &[Compared],
) -> Result<DifferenceView, AppError> {
    let mut titles = Titles::new(t, reading);
    let mut view = DifferenceView::default();
    for one in compared {
        let low = one.low.as_ref().map(|low| side(t, reading, &mut titles, low)).transpose()?;
        let fields = one.torn.changes.iter().map(|change| field(t, one.template, &one.torn.high, change));
        view.torn.push(TornView {
            high: side(t, reading, &mut titles, &one.high)?,
            low,
            left_out: None,
            fields: fields.collect(),
        });
    }
    view.fates = fates(t, compared.iter().flat_map(|one| &one.torn.changes));
    Ok(view)
}

/// Of what a release would let out, for who reads both sides; nothing for everybody else.
pub(in super::super) fn of_release(
    t: Language,
    reading: &Reading,
    objects: &[Id],
) -> Result<(DifferenceView, Vec<Item>), AppError> {
    let compared = reading.compared(objects)?;
    let view = of_record(t, reading, &compared)?;
    Ok((view, compared.into_iter().map(|one| one.high).collect()))
}

fn field(t: Language, template: Option<Template>, high: &Id, change: &Change) -> FieldView {
    let (class, sign) = match change.rule {
        Treatment::Disclosed => ("warn", "warn"),
        Treatment::Kept => ("ok", "ok"),
        Treatment::Dropped => ("danger", "no"),
        Treatment::Replaced | Treatment::Coarsened | Treatment::Remapped => ("note", "note"),
    };
    let because = t.say(match change.because(template, high.kind()) {
        Because::Template => "tearline-because-template",
        Because::Chosen => "tearline-because-chosen",
        Because::Reference => "tearline-because-reference",
        Because::Times => "tearline-because-times",
    });
    FieldView {
        place: change.place.clone(),
        class,
        sign,
        rule: t.term("tearline-fate", change.rule.as_str()),
        because,
        before: shown(&change.before),
        after: change.after.as_ref().map(shown),
        choice: None,
    }
}

fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    middle(&text, SHOWN)
}

fn fates<'a>(t: Language, changes: impl Iterator<Item = &'a Change>) -> Fates {
    let rules: Vec<Treatment> = changes.map(|change| change.rule).collect();
    let order = [
        Treatment::Dropped,
        Treatment::Replaced,
        Treatment::Coarsened,
        Treatment::Remapped,
        Treatment::Disclosed,
        Treatment::Kept,
    ];
    let count = |rule: Treatment| {
        let number = rules.iter().filter(|one| **one == rule).count() as u64;
        (number > 0).then(|| (t.term("tearline-fate", rule.as_str()), number))
    };
    Fates { counts: order.into_iter().filter_map(count).collect() }
}
