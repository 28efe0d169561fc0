//! Whether a file holds YARA rules, by its text.

/// What a file that may hold YARA rules holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// The source of rules.
    Source,
    /// Rules that some engine made ready for itself.
    Compiled,
    /// Something else.
    Other,
}

/// What begins so. Comments before the first rule are passed over, so the beginning has to be long enough for those.
pub fn recognise(head: &[u8]) -> Recognised {
    if head.starts_with(b"YARA-X\0") || head.starts_with(b"YARA\x11") || is_old_image(head) {
        return Recognised::Compiled;
    }
    let mut words = Words { rest: head };
    loop {
        match words.word() {
            Some(b"import" | b"include") => {
                return if words.is_quoted() { Recognised::Source } else { Recognised::Other };
            }
            Some(b"private" | b"global") => {}
            Some(b"rule") => break,
            _ => return Recognised::Other,
        }
    }
    let is_named = words.word().is_some();
    if is_named && matches!(words.sign(), Some(b'{' | b':')) { Recognised::Source } else { Recognised::Other }
}

/// Whether these are rules as `yarac` writes them: a word, and the number of the engine's version, which has zeros.
fn is_old_image(head: &[u8]) -> bool {
    head.strip_prefix(b"YARA").is_some_and(|rest| rest.iter().take(8).any(|byte| *byte == 0))
}

/// Words of the language, comments and spaces between them left out.
struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    fn word(&mut self) -> Option<&'a [u8]> {
        self.skip();
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = self.rest.iter().take_while(|byte| is_part(byte)).count();
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        (length > 0).then_some(word)
    }

    /// The character that comes next.
    fn sign(&mut self) -> Option<u8> {
        self.skip();
        self.rest.first().copied()
    }

    fn is_quoted(&mut self) -> bool {
        self.sign() == Some(b'"')
    }

    fn skip(&mut self) {
        self.rest = self.rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.rest);
        loop {
            self.rest = self.rest.trim_ascii_start();
            let end = if self.rest.starts_with(b"//") {
                memchr::memchr(b'\n', self.rest)
            } else if self.rest.starts_with(b"/*") {
                memchr::memmem::find(&self.rest[2..], b"*/").map(|end| end + 4)
            } else {
                return;
            };
            self.rest = end.and_then(|end| self.rest.get(end..)).unwrap_or_default();
        }
    }
}
