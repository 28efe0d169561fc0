//! Indicators from files: a value a line, or STIX.

use std::collections::BTreeMap;
use std::io::{self, Read};

use ahash::HashMap;
use kizuna_stix::observable::{Kind, Observable, guess};
use kizuna_stix::pattern::{Pattern, lenient};

use super::build::{Builder, Context, Refused};
use super::{About, Carried};

mod bundle;

/// Bytes that are read and shared out among threads at once.
const BATCH: usize = 8 << 20;
/// Refused lines that are kept with their text; the others are counted.
const KEPT: usize = 1_000;

/// Why a file of indicators cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("is no bundle: {0}")]
    Bundle(#[from] kizuna_stix::read::ReadError),
    #[error("is neither text nor JSON: it holds {0}")]
    NotText(&'static str),
    #[error(transparent)]
    Full(Refused),
}

/// What became of a file of indicators.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Values that are looked for.
    pub values: u64,
    /// Values and objects that are not.
    pub refused: u64,
    /// Values left out because a warninglist holds them, by list.
    pub listed: BTreeMap<String, u64>,
    /// The first of those refused or left out: where (line or id), and why.
    pub reasons: Vec<(String, String)>,
    /// Rules in languages of their own, which are no part of an index.
    pub rules: Vec<Carried>,
}

impl Taken {
    /// Counts a value that is not looked for under why.
    fn leave_out(&mut self, place: impl FnOnce() -> String, value: &str, reason: &Refused) {
        if let Refused::Listed(list) = reason {
            *self.listed.entry(list.clone()).or_default() += 1;
            self.refused = self.refused.wrapping_sub(1);
        }
        self.refuse(place, format!("{value}: {reason}"));
    }

    fn refuse(&mut self, place: impl FnOnce() -> String, reason: impl std::fmt::Display) {
        self.refused = self.refused.wrapping_add(1);
        if self.reasons.len() < KEPT {
            self.reasons.push((place(), reason.to_string()));
        }
    }

    /// Adds what became of another part.
    pub fn merge(&mut self, other: Self) {
        self.values += other.values;
        self.refused += other.refused;
        for (list, count) in other.listed {
            *self.listed.entry(list).or_default() += count;
        }
        let room = KEPT.saturating_sub(self.reasons.len());
        self.reasons.extend(other.reasons.into_iter().take(room));
        self.rules.extend(other.rules);
    }
}

impl Builder {
    /// Reads indicators, by content: a STIX bundle or envelope, or text with a value or `kind<TAB>value` a line.
    /// In text, empty lines and lines that begin with `#` say nothing.
    pub fn read(&mut self, source: impl Read, threads: usize) -> Result<Taken, ReadError> {
        self.read_of_length(source, 0, threads)
    }

    /// The same, of a source that has about so many bytes: room for its values is taken at once.
    pub fn read_of_length(
        &mut self,
        mut source: impl Read,
        length: u64,
        threads: usize,
    ) -> Result<Taken, ReadError> {
        let mut batch = Vec::with_capacity(BATCH);
        let mut parts: Vec<Self> = (0..threads.max(1)).map(|_| self.sibling()).collect();
        let mut taken = Taken::default();
        let mut lines = 0;
        let mut begun = false;
        loop {
            let read = source.by_ref().take(BATCH as u64).read_to_end(&mut batch)?;
            if !begun {
                begun = true;
                if let Some(whole) = whole_json(&batch) {
                    whole?;
                    source.read_to_end(&mut batch)?;
                    return bundle::read(self, &batch);
                }
                if let Some(pattern) = whole_pattern(&batch) {
                    let given = pattern.to_string();
                    let place = || "the pattern".to_owned();
                    bundle::take(self, &pattern, &given, "", About::default(), &place, &mut taken);
                    return Ok(taken);
                }
            }
            let end =
                if read == 0 { batch.len() } else { memchr::memrchr(b'\n', &batch).map_or(0, |at| at + 1) };
            let is_first = lines == 0;
            lines += self.read_lines(&batch[..end], lines, &mut parts, &mut taken)?;
            if is_first && end > 0 {
                // A tenth more, since lines differ.
                let times = length.saturating_mul(11) / 10 / end as u64;
                self.expect(usize::try_from(times).unwrap_or_default());
            }
            batch.drain(..end);
            if read == 0 {
                return Ok(taken);
            }
        }
    }

    /// Reads whole lines on several threads, in their order; gives how many there were.
    fn read_lines(
        &mut self,
        text: &[u8],
        before: u64,
        parts: &mut [Self],
        taken: &mut Taken,
    ) -> Result<u64, ReadError> {
        let mut rest = text;
        let mut lines = before;
        let mut made = Vec::with_capacity(parts.len());
        std::thread::scope(|scope| {
            let mut workers = Vec::with_capacity(parts.len());
            let mut left = parts.len();
            for part in &mut *parts {
                let wanted = rest.len() / left;
                let cut = memchr::memchr(b'\n', &rest[wanted..]).map_or(rest.len(), |at| wanted + at + 1);
                let (own, tail) = rest.split_at(cut);
                let start = lines;
                workers.push(scope.spawn(move || read_part(part, own, start)));
                lines += memchr::memchr_iter(b'\n', own).count() as u64
                    + u64::from(!own.is_empty() && !own.ends_with(b"\n"));
                rest = tail;
                left -= 1;
            }
            made.extend(workers.into_iter().map(std::thread::ScopedJoinHandle::join));
        });
        for (part, of_part) in parts.iter_mut().zip(made) {
            let of_part = of_part.map_err(|_| io::Error::other("a reader of indicators stopped"))?;
            self.join(part).map_err(ReadError::Full)?;
            taken.merge(of_part);
        }
        Ok(lines - before)
    }
}

/// Whether the input is JSON, so that it is read as a whole; an error where it is nothing that can be read.
fn whole_json(head: &[u8]) -> Option<Result<(), ReadError>> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if text.starts_with(b"\x1f\x8b") {
        return Some(Err(ReadError::NotText("gzip; unpack it first")));
    }
    if head.iter().take(4096).any(|byte| *byte == 0) {
        return Some(Err(ReadError::NotText("zero bytes")));
    }
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace())?;
    if !matches!(first, b'{' | b'[') {
        return None;
    }
    // `[2001:db8::1]:443` begins a list of values, `[{` an array of objects.
    let mut rest = text.iter().skip_while(|byte| *byte != first).skip(1);
    let inner = rest.find(|byte| !byte.is_ascii_whitespace());
    (*first == b'{' || matches!(inner, Some(b'{' | b']'))).then_some(Ok(()))
}

fn read_part(builder: &mut Builder, text: &[u8], before: u64) -> Taken {
    let mut taken = Taken::default();
    let mut kinds = HashMap::default();
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let place = || format!("line {}", before + number as u64 + 1);
        let Ok(line) = std::str::from_utf8(line) else {
            taken.refuse(place, "is not UTF-8");
            continue;
        };
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(text) = pattern_text(line) {
            match lenient(text) {
                Ok(pattern) => {
                    bundle::take(builder, &pattern, text, "", About::default(), &place, &mut taken);
                    continue;
                }
                // `[2001:db8::1]` is an address; what compares something is meant as a pattern.
                Err(error) if line.contains(['=', ' ']) || bare(line).is_none() => {
                    taken.refuse(place, error);
                    continue;
                }
                Err(_) => {}
            }
        }
        match read_line(builder, line, &mut kinds) {
            Ok(()) => taken.values += 1,
            Err(Unread::Refused(reason)) => taken.leave_out(place, line, &reason),
            Err(Unread::NoKind(reason)) => taken.refuse(place, format!("{line}: {reason}")),
        }
    }
    taken
}

/// The pattern in a line, where the line says or looks as if it held one.
fn pattern_text(line: &str) -> Option<&str> {
    if line.starts_with(['[', '(']) {
        return Some(line);
    }
    // No other kind begins so, and a list has millions of lines.
    if !line.starts_with(['s', 'S', 'p', 'P']) {
        return None;
    }
    let (kind, text) = line.split_once('\t')?;
    let kind = kind.trim();
    let names = ["stix-pattern", "stix", "pattern"];
    names.iter().any(|name| kind.eq_ignore_ascii_case(name)).then(|| text.trim())
}

/// A file that is one pattern over several lines.
fn whole_pattern(text: &[u8]) -> Option<Pattern> {
    // Lists are long, and nearly none begins so.
    let lines = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).split(|byte| *byte == b'\n');
    let first = lines.map(<[u8]>::trim_ascii).find(|line| !line.is_empty() && !line.starts_with(b"#"))?;
    if !first.starts_with(b"[") && !first.starts_with(b"(") {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?.trim_start_matches('\u{feff}').trim();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let text: Vec<&str> = lines.collect();
    let text = text.join("\n");
    let several = text.trim_end().contains('\n') && text.trim_start().starts_with(['[', '(']);
    if several { lenient(text.trim()).ok() } else { None }
}

/// Why a line gives no indicator.
enum Unread {
    NoKind(String),
    Refused(Refused),
}

fn read_line<'a>(
    builder: &mut Builder,
    line: &'a str,
    kinds: &mut HashMap<&'a str, Option<Named>>,
) -> Result<(), Unread> {
    let (observable, given) = match line.split_once('\t') {
        None => (bare(line), line),
        Some((name, value)) => {
            let named = *kinds.entry(name).or_insert_with(|| Named::of(name));
            let named = named.ok_or_else(|| Unread::NoKind(format!("`{name}` is no kind")))?;
            let value = value.trim();
            (named.read(value), value)
        }
    };
    let observable = observable.ok_or(Unread::Refused(Refused::NoKind))?;
    builder.add_observable(&observable, given, Context::default()).map_err(Unread::Refused)
}

/// What a line says its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Kind(Kind),
    /// An address or network of either family.
    Address,
    /// A hash by its length.
    Digest,
}

impl Named {
    fn of(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase().replace('_', "-");
        if let Some(kind) = Kind::from_name(&name) {
            return Some(Self::Kind(kind));
        }
        Some(Self::Kind(match name.as_str() {
            "ip" | "ip-addr" | "address" | "ip-dst" | "ip-src" => return Some(Self::Address),
            "hash-value" | "digest" => return Some(Self::Digest),
            "hostname" | "fqdn" | "host" | "domain-name" => Kind::Domain,
            "ipv4-addr" | "ip4" => Kind::Ipv4,
            "ipv6-addr" | "ip6" => Kind::Ipv6,
            "network" | "subnet" | "ip-range" => Kind::Cidr,
            "uri" | "link" => Kind::Url,
            "e-mail" | "mail" | "email-addr" | "email-address" => Kind::Email,
            "sha-1" => Kind::Sha1,
            "sha-256" => Kind::Sha256,
            "sha-512" => Kind::Sha512,
            "filename" | "file" => Kind::FileName,
            "registry" | "regkey" | "registrykey" | "windows-registry-key" => Kind::RegistryKey,
            "mac-addr" => Kind::Mac,
            "ja3-fingerprint-md5" | "ja3s" => Kind::Ja3,
            "btc" | "xmr" | "eth" | "crypto" | "cryptocurrency" | "wallet" | "cryptoaddress" => {
                Kind::CryptoAddress
            }
            "useragent" => Kind::UserAgent,
            "as" => Kind::Asn,
            _ => return None,
        }))
    }

    fn read(self, value: &str) -> Option<Observable> {
        let fits = |observable: &Observable| match self {
            Self::Kind(kind) => observable.kind == kind,
            Self::Address => matches!(observable.kind, Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr),
            Self::Digest => matches!(observable.kind, Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512),
        };
        if let Self::Kind(kind) = self
            && let Some(observable) = Observable::new(kind, value)
        {
            return Some(observable);
        }
        // Written so that nobody clicks on it, an address given as a network of one, a URL without its scheme.
        guess(value).into_iter().find(|observable| {
            fits(observable)
                || (self == Self::Kind(Kind::Cidr) && matches!(observable.kind, Kind::Ipv4 | Kind::Ipv6))
        })
    }
}

/// What a value without a kind is: the common forms by their shape, the others by a longer look.
fn bare(value: &str) -> Option<Observable> {
    let bytes = value.as_bytes();
    if bytes.iter().all(u8::is_ascii_hexdigit) {
        let kind = match bytes.len() {
            32 => Some(Kind::Md5),
            40 => Some(Kind::Sha1),
            64 => Some(Kind::Sha256),
            128 => Some(Kind::Sha512),
            _ => None,
        };
        if let Some(kind) = kind {
            return Observable::new(kind, value);
        }
    }
    if bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && let Some(observable) = Observable::new(Kind::Ipv4, value)
    {
        return Some(observable);
    }
    if let Some(observable) = plain_domain(value) {
        return Some(observable);
    }
    let found = guess(value);
    // A name with a dot under no suffix that is known: a host of a network of its own, unless programs call files so.
    if found.first().is_some_and(|first| first.kind == Kind::FileName)
        && !is_called_like_a_file(value)
        && let Some(domain) = Observable::new(Kind::Domain, value).filter(|domain| domain.value.contains('.'))
    {
        return Some(domain);
    }
    found.iter().find(|observable| !matches!(observable.kind, Kind::Certificate)).or(found.first()).cloned()
}

/// Whether the last label is what files are called by.
fn is_called_like_a_file(value: &str) -> bool {
    const ENDINGS: [&str; 64] = [
        "exe", "dll", "sys", "scr", "cpl", "ocx", "msi", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js",
        "jse", "wsf", "hta", "jar", "class", "py", "pyc", "rb", "pl", "php", "asp", "aspx", "jsp", "html",
        "htm", "xml", "json", "txt", "log", "csv", "ini", "cfg", "conf", "dat", "bin", "tmp", "doc", "docx",
        "docm", "dot", "dotm", "xls", "xlsx", "xlsm", "xlsb", "ppt", "pptx", "rtf", "pdf", "lnk", "iso",
        "img", "vhd", "rar", "gz", "7z", "cab", "elf", "apk", "so",
    ];
    let ending = value.rsplit('.').next().unwrap_or_default();
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Top-level domains under which most names lie and which are no file extension: no longer look is needed.
fn plain_domain(value: &str) -> Option<Observable> {
    let top = value.rsplit('.').next()?;
    let common = [
        "com", "net", "org", "info", "ru", "xyz", "top", "jp", "de", "uk", "io", "cn", "online", "site",
        "club",
    ];
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    // `.com` is also what a program is called; a guess says the same, with a file as the second reading.
    if !plain || !value.contains('.') || !common.iter().any(|known| top.eq_ignore_ascii_case(known)) {
        return None;
    }
    Observable::new(Kind::Domain, value)
}
