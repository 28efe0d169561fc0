//! `yara-x`: rules are compiled once for all threads, and each thread has a scanner.

use std::collections::HashMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use uuid::Uuid;
use yara_x::errors::{CompileError, ScanError};
use yara_x::{Compiler, MetaValue, SourceCode};
use yara_x_parser::Parser;
use yara_x_parser::cst::{Event, SyntaxKind};

use super::external::{self, NAMES};
use super::{Found, Head, Limits, MAX_PLACES, MAX_STRINGS, Matched, Refused, Rules, Source};

/// Rules that were made ready.
#[derive(Default)]
pub(super) struct Compiled {
    rules: Option<yara_x::Rules>,
    /// Numbers of rules by namespace and name.
    numbers: HashMap<String, HashMap<String, u32>>,
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled").finish_non_exhaustive()
    }
}

/// Makes rules ready. A file that ends the compiler is refused, and the others are taken anew.
pub(super) fn compile(sources: &mut Vec<Source>, refused: &mut Vec<Refused>) -> (Vec<Head>, Compiled) {
    while !sources.is_empty() {
        let mut place = 0;
        match catch_unwind(AssertUnwindSafe(|| made_of(sources, &mut place))) {
            Ok((heads, compiled, mut more)) => {
                refused.append(&mut more);
                return (heads, compiled);
            }
            Err(_) if place < sources.len() => refused.push(failed(&sources.remove(place))),
            Err(_) => refused.extend(sources.drain(..).map(|source| failed(&source))),
        }
    }
    (Vec::new(), Compiled::default())
}

fn failed(source: &Source) -> Refused {
    let reason = "ends the compiler of YARA rules, which is a fault of the compiler".to_owned();
    Refused { source: source.name.clone(), line: 0, rule: String::new(), reason }
}

/// `place` is that of the file at hand.
fn made_of(sources: &[Source], place: &mut usize) -> (Vec<Head>, Compiled, Vec<Refused>) {
    let mut compiler = Compiler::new();
    // As YARA itself reads regular expressions: most rules are written for it.
    compiler.relaxed_re_syntax(true).enable_includes(false).switch_all_warnings(false);
    for name in NAMES {
        // Fails for what is no name, or is there twice.
        let _ = compiler.define_global(name, "");
    }
    let mut refused = Vec::new();
    let mut texts = HashMap::new();
    for (number, source) in sources.iter().enumerate() {
        *place = number;
        // Rules of two files may have one name.
        compiler.new_namespace(&source.name);
        let declared = Declared::of(&source.text);
        let before = compiler.errors().len();
        if compiler.add_source(SourceCode::from(&*source.text).with_origin(&*source.name)).is_err() {
            refuse(source, &declared, compiler.errors().get(before..).unwrap_or_default(), &mut refused);
        }
        texts.insert(source.name.as_str(), (source, declared));
    }
    *place = sources.len();
    let rules = compiler.build();
    let mut heads = Vec::new();
    let mut numbers: HashMap<String, HashMap<String, u32>> = HashMap::new();
    for (number, rule) in (0..).zip(rules.iter()) {
        let (namespace, name) = (rule.namespace(), rule.identifier());
        numbers.entry(namespace.to_owned()).or_default().insert(name.to_owned(), number);
        let from = texts.get(namespace);
        let (bare, whole) =
            from.map(|(source, declared)| declared.text_of(name, &source.text)).unwrap_or_default();
        let mut head = head_of(&rule, &bare, whole.into());
        if let Some(said) = from.and_then(|(source, _)| source.said.as_ref()) {
            head.told_by(said);
        }
        heads.push(head);
    }
    (heads, Compiled { rules: Some(rules), numbers }, refused)
}

/// Names the first fault of each rule, and every fault that lies in none.
fn refuse(source: &Source, declared: &Declared, errors: &[CompileError], refused: &mut Vec<Refused>) {
    let first = refused.len();
    for error in errors {
        let said = serde_json::to_value(error).unwrap_or_default();
        let line = said["line"].as_u64().unwrap_or_default();
        let rule = declared.rule_at(line, &source.text).unwrap_or_default();
        if !rule.is_empty() && refused[first..].iter().any(|earlier| earlier.rule == rule) {
            continue;
        }
        let label = said["labels"][0]["text"].as_str().unwrap_or_default();
        let reason = match error {
            CompileError::IncludeNotAllowed(_) => {
                "includes another file, which is refused: rules open no files; give it to --with".to_owned()
            }
            error if label.is_empty() => error.title().to_owned(),
            error => format!("{}: {label}", error.title()),
        };
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        refused.push(Refused { source: source.name.clone(), line, rule, reason });
    }
}

fn head_of(rule: &yara_x::Rule<'_, '_>, bare: &str, text: Arc<str>) -> Head {
    let mut head = Head {
        name: rule.identifier().to_owned(),
        namespace: rule.namespace().to_owned(),
        text,
        ..Head::default()
    };
    let mut own_id = String::new();
    for (key, value) in rule.metadata() {
        let value = match value {
            MetaValue::String(text) => text.to_owned(),
            MetaValue::Integer(number) => number.to_string(),
            MetaValue::Float(number) => number.to_string(),
            MetaValue::Bool(is_so) => is_so.to_string(),
            MetaValue::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        };
        if key == "id" {
            own_id.clone_from(&value);
        }
        head.take(key, &value);
    }
    for tag in rule.tags() {
        head.tag(tag.identifier());
    }
    let name = if own_id.is_empty() {
        format!("yara:{}", bare.replace("\r\n", "\n"))
    } else {
        format!("yara:{own_id}:{}", head.name)
    };
    head.id = format!("indicator--{}", Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()));
    head
}

/// Where in a file its rules and imports stand.
#[derive(Debug, Default)]
struct Declared {
    imports: Vec<Range<usize>>,
    /// Each with its name.
    rules: Vec<(String, Range<usize>)>,
}

impl Declared {
    fn of(text: &[u8]) -> Self {
        let mut declared = Self::default();
        let mut is_named = true;
        for event in Parser::new(text) {
            match event {
                Event::Begin { kind: SyntaxKind::IMPORT_STMT, span } => declared.imports.push(span.range()),
                Event::Begin { kind: SyntaxKind::RULE_DECL, span } => {
                    declared.rules.push((String::new(), span.range()));
                    is_named = false;
                }
                Event::Token { kind: SyntaxKind::IDENT, span } if !is_named => {
                    is_named = true;
                    let name = text.get(span.range()).map(String::from_utf8_lossy).unwrap_or_default();
                    if let Some(rule) = declared.rules.last_mut() {
                        rule.0 = name.into_owned();
                    }
                }
                _ => {}
            }
        }
        declared
    }

    /// The text of a rule, and the same behind the imports of its file.
    fn text_of(&self, name: &str, text: &[u8]) -> (String, String) {
        let part = |range: &Range<usize>| {
            let bytes = text.get(range.clone()).unwrap_or_default();
            String::from_utf8_lossy(bytes).trim().to_owned()
        };
        let bare =
            self.rules.iter().find(|rule| rule.0 == name).map(|rule| part(&rule.1)).unwrap_or_default();
        let mut whole = String::new();
        for import in &self.imports {
            whole.push_str(&part(import));
            whole.push('\n');
        }
        whole.push_str(&bare);
        (bare, whole)
    }

    /// The rule that has this line.
    fn rule_at(&self, line: u64, text: &[u8]) -> Option<String> {
        let lines_to =
            |end: usize| 1 + memchr::memchr_iter(b'\n', &text[..end.min(text.len())]).count() as u64;
        let holds = |range: &Range<usize>| line >= lines_to(range.start) && line <= lines_to(range.end);
        self.rules.iter().find(|rule| holds(&rule.1)).map(|rule| rule.0.clone())
    }
}

/// Asks rules about files, one after another.
pub struct Scanner<'a> {
    compiled: &'a Compiled,
    rules: &'a yara_x::Rules,
    limits: Limits,
    inner: yara_x::Scanner<'a>,
}

impl<'a> Scanner<'a> {
    /// Nothing where there are no rules.
    pub fn new(rules: &'a Rules, limits: Limits) -> Option<Self> {
        if rules.is_empty() {
            return None;
        }
        let compiled = &rules.engine;
        let rules = compiled.rules.as_ref()?;
        Some(Self { compiled, rules, limits, inner: fresh(rules, limits) })
    }

    /// Bytes of the largest file that may be asked about.
    pub fn most(&self) -> u64 {
        self.limits.bytes
    }

    /// The rules that a file matches, in their order; else why that is not known.
    pub fn scan(&mut self, path: &str, bytes: &[u8]) -> Result<Vec<Found>, String> {
        for (name, value) in NAMES.iter().zip(external::values(path, bytes)) {
            // Fails for another type than the variable has.
            let _ = self.inner.set_global(name, value.as_ref());
        }
        let (inner, compiled) = (&mut self.inner, self.compiled);
        let asked = catch_unwind(AssertUnwindSafe(|| ask(inner, compiled, bytes)));
        let reason = match asked {
            Ok(Ok(found)) => return Ok(found),
            Ok(Err(ScanError::Timeout)) => {
                format!(
                    "was not asked about with all YARA rules: they took more than {} s",
                    self.limits.time.as_secs()
                )
            }
            Ok(Err(error)) => format!("could not be asked about with YARA rules: {error}"),
            Err(_) => "ends the engine of YARA rules, which is a fault of the engine".to_owned(),
        };
        self.inner = fresh(self.rules, self.limits);
        Err(reason)
    }
}

fn fresh(rules: &yara_x::Rules, limits: Limits) -> yara_x::Scanner<'_> {
    let mut scanner = yara_x::Scanner::new(rules);
    // A string that a rule only asks about being there is not looked for again once it was found.
    scanner.set_timeout(limits.time).fast_scan(true);
    scanner
}

fn ask(
    scanner: &mut yara_x::Scanner<'_>,
    compiled: &Compiled,
    bytes: &[u8],
) -> Result<Vec<Found>, ScanError> {
    let results = scanner.scan(bytes)?;
    let mut all = Vec::new();
    for rule in results.matching_rules() {
        let number = compiled.numbers.get(rule.namespace()).and_then(|names| names.get(rule.identifier()));
        let Some(number) = number else { continue };
        let mut strings = Vec::new();
        for pattern in rule.patterns() {
            let places: Vec<u64> =
                pattern.matches().take(MAX_PLACES).map(|found| found.range().start as u64).collect();
            if !places.is_empty() && strings.len() < MAX_STRINGS {
                strings.push(Matched { id: pattern.identifier().to_owned(), at: places });
            }
        }
        all.push(Found { rule: *number, strings });
    }
    all.sort_unstable_by_key(|found| found.rule);
    Ok(all)
}
