//! Reading a value as a person pastes it.

use unicode_normalization::UnicodeNormalization as _;
use url::Host;

use super::{Kind, MAX_BYTES, Observable, address, digest, domain};

/// What people write in place of a character so that nothing makes a link of it.
const DEFANGED: [(&str, &str); 28] = [
    ("[://]", "://"),
    ("[:]//", "://"),
    ("(:)//", "://"),
    ("[:/]/", "://"),
    ("[/]", "/"),
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("<.>", "."),
    ("[.", "."),
    (".]", "."),
    ("\\.", "."),
    ("[,]", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    (" dot ", "."),
    ("[d0t]", "."),
    ("[punkt]", "."),
    ("[point]", "."),
    ("[@]", "@"),
    ("(@)", "@"),
    ("[at]", "@"),
    ("(at)", "@"),
    ("{at}", "@"),
    (" at ", "@"),
    ("[:]", ":"),
    ("(:)", ":"),
];

/// Everything that `text` can be, the likeliest first, each once.
pub(super) fn guess(text: &str) -> Vec<Observable> {
    if text.len() > MAX_BYTES {
        return Vec::new();
    }
    let plain = bare(text);
    if plain.is_empty() {
        return Vec::new();
    }
    let network = refanged(&plain);
    let mut guesses = Guesses::default();
    // A value that is copied from here is in its normal form, and must be found as it is: a URL can hold `[.]`.
    guesses.links(&plain);
    guesses.links(&network);
    guesses.addresses(&network);
    guesses.digests(&plain);
    guesses.identifiers(&network, &plain);
    guesses.names(&network, &plain);
    guesses.found
}

/// Without what a copied value drags along: spaces, invisible characters, quotes, a trailing comma.
fn bare(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let visible: String = visible.nfc().collect();
    let mut text = visible.trim();
    loop {
        let before = text;
        text = text.trim_end_matches([',', ';']).trim();
        for (open, close) in [('"', '"'), ('\'', '\''), ('`', '`'), ('<', '>'), ('“', '”'), ('「', '」')]
        {
            text = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).unwrap_or(text).trim();
        }
        if text == before {
            return text.to_owned();
        }
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
        || c == '\0'
}

/// The value as the network would see it. Full-width brackets, dots and letters become plain ones first.
fn refanged(text: &str) -> String {
    let mut text: String = text.nfkc().collect();
    text = text.replace('。', ".").replace('【', "[").replace('】', "]");
    for (defanged, real) in DEFANGED {
        text = replace_ignoring_case(text, defanged, real);
    }
    text.trim().to_owned()
}

/// Replaces an ASCII needle in any case.
fn replace_ignoring_case(text: String, needle: &str, replacement: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if !lower.contains(needle) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (position, _) in lower.match_indices(needle) {
        out.push_str(&text[done..position]);
        out.push_str(replacement);
        done = position + needle.len();
    }
    out.push_str(&text[done..]);
    out
}

#[derive(Default)]
struct Guesses {
    found: Vec<Observable>,
}

impl Guesses {
    fn add(&mut self, observable: Option<Observable>) {
        if let Some(observable) = observable.filter(|observable| !self.found.contains(observable)) {
            self.found.push(observable);
        }
    }

    fn add_as(&mut self, kind: Kind, text: &str) {
        self.add(Observable::new(kind, text));
    }

    fn has(&self, kinds: &[Kind]) -> bool {
        self.found.iter().any(|observable| kinds.contains(&observable.kind))
    }

    /// A URL with its scheme, and its host; a mail address.
    fn links(&mut self, text: &str) {
        if text.contains("://") {
            let url = Observable::new(Kind::Url, text);
            let host = url.as_ref().and_then(Observable::implied);
            self.add(url);
            self.add(host);
        }
        let address =
            text.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).map_or(text, |_| {
                let rest = &text[7..];
                rest.split_once('?').map_or(rest, |(address, _)| address)
            });
        // `Name <name@example.org>`
        let address = match (address.rfind('<'), address.strip_suffix('>')) {
            (Some(open), Some(closed)) => closed.get(open + 1..).unwrap_or(address),
            _ => address,
        };
        if !text.contains("://") {
            self.add_as(Kind::Email, address);
        }
    }

    /// Addresses and networks, also with a port, in brackets, mapped into IPv6 or in a C library's spelling.
    fn addresses(&mut self, text: &str) {
        self.address(text);
        if !self.found.is_empty() {
            return;
        }
        if let Some((host, port)) = text.rsplit_once(':')
            && !port.is_empty()
            && port.len() <= 5
            && port.bytes().all(|byte| byte.is_ascii_digit())
        {
            // `2001:db8::1:80` was read as an address above; here the rest must be one by itself.
            let bracketed = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
            if bracketed.is_some() || !host.contains(':') {
                self.address(bracketed.unwrap_or(host));
            }
        }
        if let Some(inner) = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
            self.address(inner);
        }
        let octal_or_hex = text.starts_with("0x") || text.contains('.');
        if self.found.is_empty()
            && octal_or_hex
            && text.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b'x' | b'X'))
            && let Ok(Host::Ipv4(address)) = Host::parse(text)
        {
            self.add_as(Kind::Ipv4, &address.to_string());
        }
    }

    fn address(&mut self, text: &str) {
        self.add(address::any(text));
    }

    /// Hashes by their length or by the name before them, fingerprints, certificates.
    fn digests(&mut self, text: &str) {
        self.add_as(Kind::Ja4, text);
        if let Some(bare) = digest::bare_hex(text) {
            let plain = bare.len() == text.len();
            self.hex(&bare, plain);
            // A serial number pasted from a browser: `4C:0B:1D:…`.
            if !plain && bare.len() >= 16 {
                self.add_as(Kind::Certificate, &format!("serial:{bare}"));
            }
            if plain && (16..=40).contains(&bare.len()) {
                self.add_as(Kind::Certificate, &format!("serial:{bare}"));
            }
        }
        if digest::is_ssdeep(text) {
            self.add_as(Kind::Hash, &format!("ssdeep:{text}"));
        }
        if text.len() == 72 && text.starts_with("T1") || text.len() == 70 {
            self.add_as(Kind::Hash, &format!("tlsh:{text}"));
        }
        if let Some((name, value)) = text.split_once([':', '=']) {
            let value = value.trim();
            let known = value.len() >= 32 && name.len() <= 16;
            if known {
                self.add(digest::by_name(name.trim(), value));
                self.add_as(Kind::Certificate, text);
            }
        }
    }

    fn hex(&mut self, digits: &str, plain: bool) {
        let (kind, algorithms): (_, &[&str]) = match digits.len() {
            32 => (Some(Kind::Md5), &["md5"]),
            40 => (Some(Kind::Sha1), &["sha1"]),
            64 => (Some(Kind::Sha256), &["sha256"]),
            128 => (Some(Kind::Sha512), &["sha512"]),
            56 => (None, &["sha224"]),
            96 => (None, &["sha384"]),
            _ => return,
        };
        if let Some(kind) = kind {
            self.add_as(kind, digits);
        }
        if digits.len() == 32 && plain {
            self.add_as(Kind::Ja3, digits);
            self.add_as(Kind::Hash, &format!("imphash:{digits}"));
        }
        for algorithm in algorithms {
            self.add_as(Kind::Hash, &format!("{algorithm}:{digits}"));
            self.add_as(Kind::Certificate, &format!("{algorithm}:{digits}"));
        }
    }

    /// What has a shape of its own: MAC, AS number, registry key, cryptocurrency address.
    fn identifiers(&mut self, network: &str, plain: &str) {
        self.add_as(Kind::RegistryKey, plain);
        self.add_as(Kind::CryptoAddress, plain);
        if !self.has(&[Kind::Ipv6]) {
            self.add_as(Kind::Mac, network);
        }
        if network.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("as")) {
            self.add_as(Kind::Asn, network);
        }
        if network.len() <= 10 && network.bytes().all(|byte| byte.is_ascii_digit()) {
            self.add_as(Kind::Asn, network);
        }
    }

    /// What is left: domains, URLs without a scheme, and names that any text can be.
    fn names(&mut self, network: &str, plain: &str) {
        if self.has(&[Kind::Url, Kind::Ipv4, Kind::Ipv6, Kind::Cidr]) {
            return;
        }
        let authority = network.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.split_once(':').map_or(authority, |(host, _port)| host);
        let domain = Observable::new(Kind::Domain, host).filter(|domain| domain.value.contains('.'));
        let (likely, unlikely) = match domain {
            Some(domain) if domain::has_known_suffix(&domain.value) => (Some(domain), None),
            other => (None, other),
        };
        if likely.is_some() && authority.len() < network.len() {
            self.add_as(Kind::Url, &format!("https://{network}"));
            self.add_as(Kind::Url, &format!("http://{network}"));
        }
        self.add(likely);
        if looks_like_user_agent(plain) {
            self.add_as(Kind::UserAgent, plain);
        }
        self.add_as(Kind::FileName, plain);
        self.add(unlikely);
        self.add_as(Kind::Account, plain);
        self.add_as(Kind::Mutex, plain);
        self.add_as(Kind::UserAgent, plain);
    }
}

/// `Product/1.0 …`: the shape of RFC 9110 §10.1.5.
fn looks_like_user_agent(text: &str) -> bool {
    let Some((product, version)) = text.split_once('/') else { return false };
    let token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '!' | '+');
    !product.is_empty() && product.chars().all(token) && version.starts_with(|c: char| c.is_ascii_digit())
}
