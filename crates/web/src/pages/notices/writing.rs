//! What the forms share that write for others: fields as they were typed, and the look before anything is sent.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kizuna_access::industry;
use kizuna_app::notices::{Preview, To};
use kizuna_app::{AppError, Node, Reading};
use kizuna_stix::Id;

use super::super::desk::Desk;
use super::super::marking::Marking;
use super::super::reach;
use super::referred;
use crate::label;
use crate::language::Language;
use crate::view::notices::{NoticeCheckPage, Referred};
use crate::view::sign_in::Choice;
use crate::view::{Banner, Here};

/// What was typed, field by field, as a browser sent it. A field may stand there more than once.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Fields {
    sent: Vec<(String, String)>,
    pub marking: Marking,
}

impl Fields {
    pub fn of(sent: Vec<(String, String)>) -> Self {
        let mut marking = Marking::default();
        for (name, value) in &sent {
            marking.take(name, value.clone());
        }
        Self { sent, marking }
    }

    /// Every value of a field, without what is empty.
    pub fn all(&self, field: &str) -> Vec<String> {
        let named = self.sent.iter().filter(|(name, _)| name == field).map(|(_, value)| value.trim());
        named.filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    /// A field as it was typed; empty where it is absent.
    pub fn text(&self, field: &str) -> String {
        self.said(field).unwrap_or_default()
    }

    pub fn said(&self, field: &str) -> Option<String> {
        self.all(field).into_iter().next()
    }

    /// What stands in a field one a line.
    pub fn lines(&self, field: &str) -> Vec<String> {
        let text = self.text(field);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }

    /// What stands in a field with commas between.
    pub fn words(&self, field: &str) -> Vec<String> {
        let text = self.text(field);
        let words = text.split([',', '、', '\n']).map(str::trim).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    }

    /// The ids in `objects`, each once.
    pub fn objects(&self) -> Result<Vec<Id>, AppError> {
        let text = self.text("objects");
        let mut ids: Vec<Id> = Vec::new();
        for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
            let wrong = |error| AppError::invalid("$.objects", format!("{word}: {error}"));
            let id: Id = word.parse().map_err(wrong)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// An instant: as a browser sends it, in the reader's zone, or with its own.
    pub fn instant(&self, field: &str, zone: &TimeZone) -> Result<Option<Timestamp>, AppError> {
        let Some(text) = self.said(field) else { return Ok(None) };
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(Some(instant));
        }
        let local = text.parse::<DateTime>().and_then(|local| local.to_zoned(zone.clone()));
        let local = local.map_err(|_| AppError::invalid(field, "is no date with a time"))?;
        Ok(Some(local.timestamp()))
    }

    /// Whom it is addressed to.
    pub fn to(&self) -> To {
        To { parties: self.all("to"), sectors: self.all("sector") }
    }

    /// The label in words, where one was chosen.
    pub fn label(&self) -> Option<String> {
        Some(self.marking.words()).filter(|words| !words.is_empty())
    }

    /// What is sent again from the page on which one looks first.
    pub fn kept(&self) -> Vec<(String, String)> {
        let is_kept = |(name, value): &&(String, String)| {
            !value.trim().is_empty() && !["do", "form_token"].contains(&name.as_str())
        };
        self.sent.iter().filter(is_kept).cloned().collect()
    }
}

/// An instant as a form's field has it.
pub(super) fn typed_instant(at: Option<Timestamp>, zone: &TimeZone) -> String {
    let local = at.map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string());
    local.unwrap_or_default()
}

/// The sectors of the economy, in the reader's language.
pub(in super::super) fn industries(t: Language, chosen: &[String]) -> Vec<Choice> {
    let choice = |sector: &industry::Industry| Choice {
        value: sector.word.to_owned(),
        name: if t.tag() == "ja" { sector.japanese } else { sector.english }.to_owned(),
        chosen: chosen.iter().any(|word| word == sector.word),
    };
    industry::ALL.iter().map(choice).collect()
}

/// A fault of an object's property at the field in which it was typed.
pub(in super::super) fn placed(error: AppError, named: &[(&str, &str)]) -> AppError {
    let mut faults = match error {
        AppError::Invalid { faults } => faults,
        // An object that is hidden or absent is a fault of what was typed.
        AppError::NotFound => {
            return AppError::invalid("$.objects", "names an object that you do not read");
        }
        other => return other,
    };
    for fault in &mut faults {
        let bare = fault.path.trim_start_matches(['$', '.']);
        let found = named.iter().find(|(property, _)| {
            bare.strip_prefix(property).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        });
        if let Some((_, field)) = found {
            fault.path = format!("$.{field}");
        }
    }
    AppError::Invalid { faults }
}

/// What is looked at before it is sent.
pub(in super::super) struct Looked<'a> {
    /// The message that names what it is, and the one on the button that sends it.
    pub kind: &'static str,
    pub send: &'static str,
    pub title: String,
    pub action: String,
    pub may_edit: bool,
    pub fields: &'a Fields,
    /// Messages and what stands under them; what is empty is left out.
    pub facts: Vec<(&'static str, String)>,
    /// What it is about.
    pub objects: &'a [Id],
}

/// The page on which one looks before something is sent.
pub(in super::super) fn check(
    node: &Node,
    desk: &Desk,
    preview: Preview,
    looked: Looked<'_>,
) -> Result<NoticeCheckPage, AppError> {
    let t = desk.t();
    let reading = node.read(desk.who())?;
    let label = label::view(t, &preview.label, &reading);
    let banner = Banner { label: label.clone(), mixed: false };
    let facts = looked.facts.into_iter().filter(|(_, text)| !text.is_empty());
    Ok(NoticeCheckPage {
        page: desk.page(Here::Alerts, reading.directory()).under(Some(banner)),
        kind: looked.kind,
        title: looked.title,
        action: looked.action,
        may_edit: looked.may_edit,
        fields: looked.fields.kept(),
        label,
        words: preview.words,
        reach: reach::view(t, preview.reached),
        unreached: preview.unreached,
        objects: referred(t, &reading, looked.objects)?,
        facts: facts.map(|(key, text)| (t.say(key), text)).collect(),
        send: looked.send,
    })
}

/// What the ids in the form mean, as far as they are ids of what the viewer reads.
pub(super) fn about(t: Language, reading: &Reading, fields: &Fields) -> Result<Vec<Referred>, AppError> {
    let mut readable = Vec::new();
    for id in fields.objects().unwrap_or_default() {
        match reading.object(&id) {
            Ok(_) => readable.push(id),
            Err(AppError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    referred(t, reading, &readable)
}

/// Writing takes a role; the form says so before anything is typed.
pub(in super::super) fn may_write(reading: &Reading) -> Result<(), AppError> {
    if reading.reader().may_write() {
        return Ok(());
    }
    Err(AppError::Forbidden("this takes a role that writes, such as analyst".to_owned()))
}

#[cfg(test)]
mod tests;
