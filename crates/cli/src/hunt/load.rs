//! What to look for.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kizuna_hunt::index::{Builder, Index, Language, Taken};
use kizuna_hunt::input::walk;
use kizuna_hunt::sigma::{Loader, Rules, is_rules};
use kizuna_hunt::sweep::Sought;
use kizuna_hunt::warning::Warninglists;
use kizuna_hunt::yara::{self, Recognised};

use super::args::Hunt;
use crate::desk::Desk;
use crate::fail::Fail;

/// For one answer of a node.
const PATIENCE: Duration = Duration::from_mins(5);
/// Bytes that a node may answer with.
const MAX_ANSWER: u64 = 2 << 30;
/// Bytes by which a file of rules is seen, one more than it may have.
const MAX_RULES: u64 = (1 << 20) + 1;
/// Refused values that are named one by one.
const TOLD: usize = 20;

/// What a sweep looks for.
pub struct Loaded {
    pub index: Index,
    pub rules: Rules,
    pub yara: yara::Rules,
    /// Values, patterns and rules that are not looked for.
    pub refused: u64,
}

impl Loaded {
    pub fn sought(&self) -> Sought<'_> {
        Sought { index: &self.index, rules: Some(&self.rules), yara: Some(&self.yara) }
    }
}

pub fn load(hunt: &Hunt, desk: &mut Desk<'_>) -> Result<Loaded, Fail> {
    let mut builder = Builder::new();
    if !hunt.warninglists.is_empty() {
        builder.heed(Arc::new(warninglists(hunt, desk)?));
    }
    let mut refused = 0;
    let mut loader = loader(hunt);
    let mut yara_loader = yara::Loader::new();
    let mut image_of: Option<(Index, &str)> = None;
    for source in &hunt.with {
        let files = files(source, desk)?;
        if let [file] = files.as_slice()
            && let Some(index) = image(file)?
        {
            if image_of.is_some() {
                return Err(alone(source));
            }
            image_of = Some((index, source));
            continue;
        }
        let mut texts = Vec::new();
        for file in files {
            let name = file.name().to_owned();
            let length = file.length();
            let opened = file.open_text().map_err(|error| Fail::usage(format!("{name}: {error}")))?;
            let open = match opened {
                Opened::Rules(text) => {
                    texts.push((name, text));
                    continue;
                }
                Opened::Yara(text) => {
                    yara_loader.read(&name, text);
                    continue;
                }
                Opened::Other(open) => open,
            };
            // What cannot be read is bad usage: the sweep has not begun.
            let taken = builder.read_of_length(open, length, hunt.threads());
            let mut taken = taken.map_err(|error| Fail::usage(format!("{name}: {error}")))?;
            for carried in std::mem::take(&mut taken.rules) {
                match carried.language {
                    Language::Sigma => loader.read_carried(&name, carried),
                    Language::Yara => yara_loader.read_carried(&name, carried),
                }
            }
            refused += taken.refused;
            say_refused(&name, &taken, desk)?;
        }
        loader.read_all(&texts, hunt.threads());
    }
    let index = match image_of {
        Some((_, source)) if !builder.is_empty() => return Err(alone(source)),
        Some((index, _)) => index,
        None => builder.build(),
    };
    let (rules, refused_rules) = sigma_rules(loader, desk)?;
    let (yara, refused_yara) = yara_rules(yara_loader, desk)?;
    refused += refused_rules + refused_yara;
    if index.is_empty() && rules.is_empty() && yara.is_empty() {
        return Err(Fail::usage("there is nothing to look for: no indicator and no rule could be read"));
    }
    if let Some(path) = &hunt.save_index {
        if index.is_empty() {
            return Err(Fail::usage("--save-index: there are only rules, which are not part of an index"));
        }
        index.save(&desk.path(path)).map_err(|error| Fail::work(format!("{}: {error}", path.display())))?;
        let beside = rules.len() + yara.len();
        if beside > 0 {
            desk.say(format!(
                "NOT SAVED  {beside} rules: they are not part of an index; give them to --with beside it"
            ))?;
        }
    }
    Ok(Loaded { index, rules, yara, refused })
}

/// Sigma rules, and how many files or rules were refused.
fn sigma_rules(loader: Loader, desk: &mut Desk<'_>) -> io::Result<(Rules, u64)> {
    let (rules, refused, unasked) = loader.finish();
    for rule in &refused {
        let title = if rule.title.is_empty() { String::new() } else { format!(": {}", rule.title) };
        desk.say(format!("NOT LOOKED FOR  {}{title}: {}", rule.source, rule.reason))?;
    }
    if unasked > 0 {
        desk.say(format!("{unasked} rules are of another level or status than asked for"))?;
    }
    Ok((rules, refused.len() as u64))
}

/// The same of YARA.
fn yara_rules(loader: yara::Loader, desk: &mut Desk<'_>) -> io::Result<(yara::Rules, u64)> {
    let (rules, refused) = loader.finish();
    for yara::Refused { source, line, rule, reason } in &refused {
        let line = if *line > 0 { format!(":{line}") } else { String::new() };
        let rule = if rule.is_empty() { String::new() } else { format!(": {rule}") };
        desk.say(format!("NOT LOOKED FOR  {source}{line}{rule}: {reason}"))?;
    }
    Ok((rules, refused.len() as u64))
}

fn alone(source: &str) -> Fail {
    Fail::usage(format!(
        "{source} is a compiled index; no other indicators can stand beside it behind --with"
    ))
}

/// A loader that takes the rules that are asked for.
fn loader(hunt: &Hunt) -> Loader {
    let mut loader = Loader::new();
    if let Some(level) = hunt.level {
        loader.at_least(level.into());
    }
    hunt.status.iter().for_each(|status| loader.of_status(status.name()));
    loader
}

fn say_refused(name: &str, taken: &Taken, desk: &mut Desk<'_>) -> io::Result<()> {
    for (place, reason) in taken.reasons.iter().take(TOLD) {
        desk.say(format!("NOT LOOKED FOR  {name}: {place}: {reason}"))?;
    }
    for (list, count) in &taken.listed {
        desk.say(format!("LEFT OUT  {name}: {count} in the warninglist `{list}`"))?;
    }
    let all = taken.refused + taken.listed.values().sum::<u64>();
    let more = all.saturating_sub(TOLD as u64);
    if more > 0 {
        desk.say(format!("NOT LOOKED FOR  {name}: and {more} more"))?;
    }
    Ok(())
}

/// The warninglists below the paths given; a file that is none is named, since a missing list means more hits.
fn warninglists(hunt: &Hunt, desk: &mut Desk<'_>) -> Result<Warninglists, Fail> {
    let paths: Vec<PathBuf> = hunt.warninglists.iter().map(|path| desk.path(path)).collect();
    let mut troubles = Vec::new();
    let mut lists = Warninglists::default();
    let mut count = 0;
    for found in walk(&paths, &mut troubles) {
        let name = found.path.display().to_string();
        let lower = name.to_ascii_lowercase();
        if !lower.trim_end_matches(".gz").ends_with("json") {
            continue;
        }
        let mut json = Vec::new();
        let read =
            Source::File(found.path, name.clone()).open().and_then(|mut open| open.read_to_end(&mut json));
        let added = read
            .map_err(|error| error.to_string())
            .and_then(|_| lists.add(&json).map_err(|error| error.to_string()));
        match added {
            Ok(lists) => count += lists,
            Err(reason) => desk.say(format!("NOT APPLIED  {name}: {reason}"))?,
        }
    }
    if let Some(trouble) = troubles.first() {
        return Err(Fail::usage(format!("{} {}", trouble.path, trouble.reason)));
    }
    desk.say(format!("{count} warninglists"))?;
    lists.ready().map_err(|error| Fail::work(format!("the warninglists: {error}")))
}

/// A source that was opened.
enum Opened {
    /// Sigma rules, as text.
    Rules(String),
    /// YARA rules, as they are.
    Yara(Vec<u8>),
    Other(Box<dyn Read>),
}

/// A source of indicators or rules.
enum Source {
    File(PathBuf, String),
    Answer(Vec<u8>, String),
}

impl Source {
    fn name(&self) -> &str {
        match self {
            Self::File(_, name) | Self::Answer(_, name) => name,
        }
    }

    /// Bytes as it stands; zero where that is not known.
    fn length(&self) -> u64 {
        match self {
            Self::File(path, _) => std::fs::metadata(path).map_or(0, |about| about.len()),
            Self::Answer(bytes, _) => bytes.len() as u64,
        }
    }

    fn open(self) -> io::Result<Box<dyn Read>> {
        let (source, head): (Box<dyn Read>, Vec<u8>) = match self {
            Self::File(path, _) => {
                let mut file = File::open(path)?;
                let mut head = vec![0; 2];
                let read = file.read(&mut head)?;
                head.truncate(read);
                (Box::new(file), head)
            }
            Self::Answer(bytes, _) => (Box::new(Cursor::new(bytes)), Vec::new()),
        };
        let packed = head == b"\x1f\x8b";
        let whole = Cursor::new(head).chain(source);
        Ok(if packed { Box::new(flate2::read::MultiGzDecoder::new(whole)) } else { Box::new(whole) })
    }
}

impl Source {
    /// Opens the source, and reads it where it is one of rules, which its content shows.
    fn open_text(self) -> io::Result<Opened> {
        let ends = |ends: [&str; 2]| {
            let name = self.name().to_ascii_lowercase();
            let name = name.trim_end_matches(".gz");
            ends.iter().any(|end| name.ends_with(end))
        };
        let (is_yaml, is_yara) = (ends([".yml", ".yaml"]), ends([".yar", ".yara"]));
        let mut open = self.open()?;
        let mut head = Vec::new();
        open.by_ref().take(MAX_RULES).read_to_end(&mut head)?;
        if is_yara || yara::recognise(&head) != Recognised::Other {
            // One more than a file may have, which is refused with its name.
            open.take(yara::MAX_BYTES as u64).read_to_end(&mut head)?;
            return Ok(Opened::Yara(head));
        }
        let text = std::str::from_utf8(&head).map(str::to_owned);
        match text {
            Ok(text) if is_yaml || is_rules(&text) => Ok(Opened::Rules(text)),
            _ if is_yaml => Err(io::Error::new(io::ErrorKind::InvalidData, "is no text in UTF-8")),
            _ => Ok(Opened::Other(Box::new(Cursor::new(head).chain(open)))),
        }
    }
}

/// The files that one `--with` names.
fn files(source: &str, desk: &Desk<'_>) -> Result<Vec<Source>, Fail> {
    if source.starts_with("http://") || source.starts_with("https://") {
        return Ok(vec![Source::Answer(fetch(source)?, source.to_owned())]);
    }
    let path = desk.path(Path::new(source));
    let named = |error: io::Error| Fail::usage(format!("{source}: {error}"));
    if !std::fs::metadata(&path).map_err(named)?.is_dir() {
        return Ok(vec![Source::File(path, source.to_owned())]);
    }
    let mut troubles = Vec::new();
    let found = walk(&[path], &mut troubles);
    if let Some(trouble) = troubles.iter().find(|trouble| !trouble.reason.contains("link")) {
        return Err(Fail::usage(format!("{} {}", trouble.path, trouble.reason)));
    }
    let is_rules = |path: &Path| {
        path.extension().is_some_and(|end| ["yml", "yaml", "yar", "yara"].iter().any(|rules| end == *rules))
    };
    // A folder of rules also holds what people wrote about them.
    let has_rules = found.iter().any(|file| is_rules(&file.path));
    let paths = found.into_iter().map(|file| file.path).filter(|path| !has_rules || !is_prose(path));
    Ok(paths.map(|path| Source::File(path.clone(), path.display().to_string())).collect())
}

/// Whether a file says something to people: a licence, a description.
fn is_prose(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("md"))
        || name.starts_with("license")
        || name.starts_with('.')
}

/// A compiled index, where the file is one.
fn image(source: &Source) -> Result<Option<Index>, Fail> {
    let Source::File(path, name) = source else { return Ok(None) };
    let named = |error: &dyn std::fmt::Display| Fail::usage(format!("{name}: {error}"));
    let mut head = [0; 8];
    let is_image =
        File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && Index::is_image(&head);
    if !is_image {
        return Ok(None);
    }
    Index::open(path).map(Some).map_err(|error| named(&error))
}

/// What a node answers: a bundle or a TAXII envelope.
fn fetch(url: &str) -> Result<Vec<u8>, Fail> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let mut request = agent.get(url).header("Accept", "application/taxii+json;version=2.1, application/json");
    if let Ok(key) = std::env::var("KIZUNA_KEY") {
        request = request.header("Authorization", &format!("Bearer {key}"));
    }
    let mut answer = request.call().map_err(|error| Fail::work(format!("{url}: {error}")))?;
    let body = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec();
    body.map_err(|error| Fail::work(format!("{url}: {error}")))
}
