//! Labels in every form, with the names that the caller may use.

use kizuna_access::form::{self, Beside, Form, FormError, Headings, Source, Written, stanag4778};
use kizuna_access::loss::Loss;
use kizuna_access::spec::{self, Names};
use kizuna_access::{Directory, Label, MemberId, Party};

use super::{Caller, People};
use crate::AppError;
use crate::ingest::Known;

/// A label read from any form.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReadLabel {
    pub source: Source,
    /// In words; for the caller's own member where the form names nobody.
    pub words: String,
    pub label: Label,
    /// Whether the form names an audience.
    pub names_audience: bool,
    pub headings: Headings,
    /// What stood beside it: alternatives under other policies, the label of the metadata. Nothing is asked by them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
    pub losses: Vec<Loss>,
}

impl People<'_> {
    /// A label in words, written in another form.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for words that are no label, and for a form that cannot carry it.
    pub fn label_in(&self, words: &str, form: Form) -> Result<Written, AppError> {
        let label = self.reach(words)?.label;
        let directory = self.node.directory()?;
        form::write(form, &label, &self.headings(&directory), &directory, self.node.now()).map_err(told)
    }

    /// A label, bound to a file of this name and these bytes (STANAG 4778), with its alternatives under the policies that
    /// an equivalence in force says it has. What is said about the file (its name, its digest, this label) asks for what
    /// the file asks.
    pub fn bind_label(&self, label: &Label, file: &str, bytes: &[u8]) -> Result<Written, AppError> {
        let directory = self.node.directory()?;
        let headings = self.headings(&directory);
        let mut beside = form::alternatives(label, &headings, &directory, self.node.now()).map_err(told)?;
        beside.push(Beside::metadata(label, &headings, &directory).map_err(told)?);
        stanag4778::write(label, &headings, &beside, &directory, file, bytes).map_err(told)
    }

    /// Reads a label in whatever form it is.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the place and the rule that does not hold.
    pub fn read_label(&self, text: &str) -> Result<ReadLabel, AppError> {
        let directory = self.node.directory()?;
        let known = self.known(&directory)?;
        let read = match &known {
            Some(known) => form::read(text, known),
            None => form::read(text, &*directory),
        };
        self.describe_label(read.map_err(told)?, &directory, known.as_ref())
    }

    /// Reads a sidecar and checks that it is of this file.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the sidecar is none, or is of another file or other bytes.
    pub fn read_sidecar(&self, sidecar: &str, file: &str, bytes: &[u8]) -> Result<ReadLabel, AppError> {
        let directory = self.node.directory()?;
        let known = self.known(&directory)?;
        let bound = match &known {
            Some(known) => stanag4778::read(sidecar, known),
            None => stanag4778::read(sidecar, &*directory),
        };
        let bound = bound.map_err(told)?;
        bound.check(file, bytes).map_err(|broken| AppError::invalid("binding", broken.to_string()))?;
        let label = self.describe_label(bound.label, &directory, known.as_ref())?;
        Ok(ReadLabel { beside: bound.beside, ..label })
    }

    fn describe_label(
        &self,
        read: form::Told,
        directory: &Directory,
        known: Option<&Known<'_>>,
    ) -> Result<ReadLabel, AppError> {
        let names_audience = read.terms.audience().is_some();
        let label = read.terms.or(&Label::own(self.own(directory)?)).label();
        // A form may name by identifier what the caller may not know of: then nothing is shown by name.
        let may_name =
            known.is_none_or(|known| label.audience().iter().flatten().all(|party| may_know(known, party)));
        let words = if may_name {
            spec::display(&label, directory)
        } else {
            spec::display(&label, &Directory::default())
        };
        let form::Told { source, headings, losses, .. } = read;
        let beside = Vec::new();
        Ok(ReadLabel { source, words, label, names_audience, headings, beside, losses })
    }

    /// The names that a person may use; nothing for the operator, who may use all.
    fn known<'d>(&self, directory: &'d Directory) -> Result<Option<Known<'d>>, AppError> {
        let Caller::Person(who) = &self.caller else { return Ok(None) };
        let now = self.node.now();
        Ok(Some(Known::of(directory, &directory.reader(who, now)?, now)))
    }

    fn own(&self, directory: &Directory) -> Result<MemberId, AppError> {
        match &self.caller {
            Caller::Person(who) => Ok(who.member()),
            Caller::Operator => directory.own_member().map(|own| own.id).ok_or(AppError::NotFound),
        }
    }

    fn headings(&self, directory: &Directory) -> Headings {
        let originator = self.own(directory).ok().map(|own| format!("urn:uuid:{own}"));
        Headings { originator, created: Some(self.node.now()), ..Headings::default() }
    }
}

fn may_know(known: &Known<'_>, party: &Party) -> bool {
    match party {
        Party::World | Party::Country(_) => true,
        Party::Community(id) => known.community(&id.to_string()).is_some(),
        Party::Member(id) | Party::ClientsOf(id) => known.member(&id.to_string()).is_some(),
        Party::Person(id) => known.person(&id.to_string()).is_some(),
    }
}

fn told(error: FormError) -> AppError {
    match error {
        FormError::Xml(error) => AppError::invalid(format!("line {}", error.line), error.rule),
        FormError::Words(error) => AppError::invalid("label", error.to_string()),
        FormError::Json { place, rule } => AppError::invalid(place, rule),
        FormError::Unwritable { part, why } => AppError::invalid(part, why),
    }
}
