//! `kizuna import`.

mod files;
mod summary;

use std::path::Path;

use kizuna_app::access::Principal;
use kizuna_app::{AppError, Delivery, Node, Report, Target};

use super::{naming, release};
use crate::args::{self, Import};
use crate::desk::Desk;
use crate::fail::Fail;
use files::Source;
use summary::Summary;

pub fn run(node: &Node, import: &Import, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if let Some(file) = &import.package {
        return super::channel::import(node, import, file, desk);
    }
    let mut way = Way::new(node, &import.delivery)?;
    if import.sample {
        let report = way.load_sample(node)?;
        let mut summary = Summary::default();
        summary.add("the invented exercise data set", report);
        return summary.tell(desk);
    }
    let sources = files::find(&import.from, desk)?;
    let mut summary = Summary::default();
    for source in &sources {
        let name = source.to_string();
        let bytes = match source.bytes(desk) {
            Ok(bytes) => bytes,
            Err(error) => {
                summary.fail(&name, &error.to_string());
                continue;
            }
        };
        if source.was_found() && !files::looks_like_content(&bytes) {
            summary.skip(&name);
            continue;
        }
        let bound = way.bind(node, source.path(), &bytes, desk);
        if bound.is_ok() {
            way.say_reach(node, desk)?;
        }
        let given = bound.and_then(|()| way.give(node, &bytes, &name, desk));
        match given {
            Ok(report) => summary.add(&name, report),
            Err(error @ (AppError::Invalid { .. } | AppError::TooLarge { .. })) => {
                summary.fail(&name, &error.to_string());
            }
            Err(error) => return Err(error.into()),
        }
    }
    summary.tell(desk)
}

/// How content is given: by whom, where to, under which label.
pub struct Way<'a> {
    who: Option<Principal>,
    target: Target,
    delivery: &'a args::Delivery,
    /// In words: what was typed, and what is bound to the file.
    label: Option<String>,
    /// The label, in words, whose reach was said last.
    said: Option<String>,
    /// Per-item results to ask for.
    pub items: usize,
}

impl<'a> Way<'a> {
    pub fn new(node: &Node, delivery: &'a args::Delivery) -> Result<Self, Fail> {
        let who =
            delivery.as_email.as_deref().map(|email| naming::viewer(node, email, "import")).transpose()?;
        if let Some(words) = &delivery.label {
            node.label(words).map_err(|error| Fail::usage(format!("--{error}")))?;
        }
        let target = match &delivery.collection {
            Some(typed) => target(node, who.as_ref(), typed)?,
            None => Target::Own,
        };
        let label = delivery.label.clone();
        Ok(Self { who, target, delivery, label, said: None, items: 0 })
    }

    /// Takes the label that was typed, and with it that of a sidecar `FILE.bdo` beside a file (STANAG 4778): both
    /// must permit.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a sidecar that is none, is of another file or other bytes, or says a label that
    /// cannot be said here: what is bound to a label is not taken without it.
    pub fn bind(
        &mut self,
        node: &Node,
        path: Option<&Path>,
        bytes: &[u8],
        desk: &Desk<'_>,
    ) -> Result<(), AppError> {
        self.label.clone_from(&self.delivery.label);
        let Some(path) = path else { return Ok(()) };
        let beside = super::export::sidecar(&desk.path(path));
        let text = match std::fs::read_to_string(&beside) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(AppError::invalid("binding", error.to_string())),
        };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let caller = self.who.clone().map_or(kizuna_app::Caller::Operator, kizuna_app::Caller::Person);
        let bound = node.people(caller).read_sidecar(&text, name, bytes)?;
        let both = self.label.take().into_iter().chain([bound.words]);
        self.label = Some(both.collect::<Vec<String>>().join(" "));
        Ok(())
    }

    /// Says, before anything is stored, whom content reaches that says nothing itself; its own markings only narrow.
    pub fn say_reach(&mut self, node: &Node, desk: &mut Desk<'_>) -> Result<(), Fail> {
        let words = self.label.clone().unwrap_or_default();
        if self.said.as_ref() == Some(&words) {
            return Ok(());
        }
        let caller = self.who.clone().map_or(kizuna_app::Caller::Operator, kizuna_app::Caller::Person);
        let reach = match node.people(caller).reach_through(self.target, &words) {
            Ok(reach) => reach,
            // There is no member yet: giving says so.
            Err(AppError::NotFound) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        for line in release::reach_lines(&reach.reached) {
            desk.say(line.trim_start())?;
        }
        self.said = Some(words);
        Ok(())
    }

    pub fn give(
        &mut self,
        node: &Node,
        bytes: &[u8],
        name: &str,
        desk: &Desk<'_>,
    ) -> Result<Report, AppError> {
        let progress = |done: usize, total: usize| (desk.progress)(name, done, total);
        let delivery = self.as_delivery(&progress);
        match &self.who {
            Some(who) => node.ingest(who, bytes, &delivery),
            None => node.import(bytes, &delivery),
        }
    }

    pub fn try_out(&self, node: &Node, bytes: &[u8]) -> Result<Report, AppError> {
        let delivery = self.as_delivery(&|_, _| ());
        match &self.who {
            Some(who) => node.dry_run(who, bytes, &delivery),
            None => node.import_dry_run(bytes, &delivery),
        }
    }

    fn load_sample(&self, node: &Node) -> Result<Report, AppError> {
        match &self.who {
            Some(who) => node.load_sample(who),
            None => node.import_sample(),
        }
    }

    fn as_delivery<'b>(&'b self, progress: &'b (dyn Fn(usize, usize) + Sync)) -> Delivery<'b> {
        Delivery {
            target: self.target,
            label: self.label.as_deref(),
            reliability: self.delivery.reliability,
            progress: Some(progress),
            items: self.items,
            // Who works at the machine waits for himself.
            limits: None,
        }
    }
}

fn target(node: &Node, who: Option<&Principal>, typed: &str) -> Result<Target, Fail> {
    let caller = who.map_or(kizuna_app::Caller::Operator, |who| kizuna_app::Caller::Person(who.clone()));
    let roots = node.people(caller).roots()?;
    let mut collections = roots.iter().flat_map(|root| &root.collections);
    let found = collections.find(|collection| {
        collection.id.to_string() == typed
            || collection.alias.as_deref() == Some(typed)
            || collection.title == typed
    });
    found
        .map(|collection| Target::Collection(collection.id))
        .ok_or_else(|| Fail::work(format!("there is no collection {typed:?} (kizuna collection list)")))
}

/// One file, or standard input.
pub fn read_one(from: &Path, desk: &mut Desk<'_>) -> Result<Vec<u8>, Fail> {
    let source = if from.as_os_str() == "-" { Source::Input } else { Source::Named(from.to_owned()) };
    source.bytes(desk).map_err(|error| Fail::work(format!("{source}: {error}")))
}

impl Source {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Input => None,
            Self::Named(path) | Self::Found(path) => Some(path),
        }
    }

    fn bytes(&self, desk: &mut Desk<'_>) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Input => {
                let mut bytes = Vec::new();
                desk.input.read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            Self::Named(path) | Self::Found(path) => std::fs::read(desk.path(path)),
        }
    }
}
