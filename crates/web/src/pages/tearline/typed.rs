//! What was typed and chosen to make a tear-line.

use std::collections::BTreeMap;

use kizuna_app::AppError;
use kizuna_app::tearline::{Act, Advisory, Choice, Order, Precision, Template};
use kizuna_stix::Id;
use serde_json::Value;

use crate::view::tearline::TypedTearline;

/// What was typed, as it stands in the form.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub form: TypedTearline,
    pub template: Template,
    pub times: Precision,
    /// Object and place → what to do, and the text that replaces.
    pub choices: BTreeMap<(String, String), (String, String)>,
    /// Object and place → why what was chosen there cannot be done.
    pub wrong: BTreeMap<(String, String), String>,
}

/// Reads the form. What is in no list of words is as if it had not been said.
pub(super) fn read(fields: &BTreeMap<String, String>) -> Typed {
    let text = |field: &str| fields.get(field).map(|text| text.trim().to_owned()).unwrap_or_default();
    let mut choices = BTreeMap::new();
    for (field, target) in fields {
        let Some(number) = field.strip_prefix("at-") else { continue };
        let Some((object, place)) = target.split_once(' ') else { continue };
        let act = text(&format!("act-{number}"));
        if !act.is_empty() {
            let with = fields.get(&format!("with-{number}")).cloned().unwrap_or_default();
            choices.insert((object.to_owned(), place.to_owned()), (act, with));
        }
    }
    Typed {
        form: TypedTearline {
            objects: text("objects"),
            label: text("label"),
            name: text("name"),
            text: text("text"),
        },
        template: Template::from_word(&text("template")).unwrap_or_default(),
        times: Precision::from_word(&text("times")).unwrap_or_default(),
        choices,
        wrong: BTreeMap::new(),
    }
}

impl Typed {
    fn words(&self) -> impl Iterator<Item = &str> {
        let words = self.form.objects.split(|c: char| c.is_whitespace() || c == ',');
        words.filter(|word| !word.is_empty())
    }

    /// The ids among what was typed.
    pub fn ids(&self) -> Vec<Id> {
        self.words().filter_map(|word| word.parse().ok()).collect()
    }

    pub fn order(&self) -> Result<Order, AppError> {
        let id = |word: &str| {
            word.parse().map_err(|error| AppError::invalid("$.objects", format!("{word}: {error}")))
        };
        let mut objects: Vec<Id> = Vec::new();
        for word in self.words() {
            let id: Id = id(word)?;
            if !objects.contains(&id) {
                objects.push(id);
            }
        }
        if self.form.label.is_empty() {
            return Err(AppError::invalid("label", "say under which label it is to be read"));
        }
        let TypedTearline { name, text, .. } = &self.form;
        let advisory = (!name.is_empty() && !text.is_empty())
            .then(|| Advisory { name: name.clone(), description: text.clone() });
        Ok(Order {
            objects,
            template: self.template,
            label: self.form.label.clone(),
            times: self.times,
            choices: self.chosen(),
            advisory,
        })
    }

    /// Choices about objects that were taken out of the form are gone with them.
    fn chosen(&self) -> Vec<Choice> {
        let ids = self.ids();
        let choice = |((object, place), (act, with)): (&(String, String), &(String, String))| {
            let object: Id = object.parse().ok().filter(|id| ids.contains(id))?;
            let act = match act.as_str() {
                "keep" => Act::Keep,
                "drop" => Act::Drop,
                "coarsen" => Act::Coarsen,
                "replace" => Act::Replace(Value::String(with.clone())),
                _ => return None,
            };
            Some(Choice { object, place: place.clone(), act })
        };
        self.choices.iter().filter_map(choice).collect()
    }

    /// A fault of a choice stands at its field; every other one where it was.
    pub fn placed(&mut self, error: AppError) -> AppError {
        let AppError::Invalid { faults } = error else { return error };
        let chosen = self.chosen();
        for fault in &faults {
            let index = fault.path.strip_prefix("$.choices[").and_then(|rest| rest.strip_suffix(']'));
            let choice = index.and_then(|index| chosen.get(index.parse::<usize>().ok()?));
            if let Some(Choice { object, place, .. }) = choice {
                self.wrong.insert((object.to_string(), place.clone()), fault.rule.clone());
            }
        }
        AppError::Invalid { faults }
    }
}
