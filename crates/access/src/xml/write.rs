//! A small writer: elements, attributes, text, two spaces a level.

use std::fmt::Write as _;

/// Writes one document.
pub(crate) struct Writer {
    out: String,
    open: Vec<&'static str>,
    /// Whether the last start tag still takes attributes.
    tag_open: bool,
}

impl Writer {
    pub(crate) fn new() -> Self {
        let out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        Self { out, open: Vec::new(), tag_open: false }
    }

    /// Opens an element; [`Self::end`] closes it.
    pub(crate) fn start(&mut self, name: &'static str) -> &mut Self {
        self.close_tag();
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        self.open.push(name);
        self.tag_open = true;
        self
    }

    /// Adds an attribute to the element just opened.
    pub(crate) fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(value, &mut self.out);
        self.out.push('"');
        self
    }

    pub(crate) fn end(&mut self) {
        let Some(name) = self.open.pop() else { return };
        if self.tag_open {
            self.out.push_str("/>\n");
            self.tag_open = false;
            return;
        }
        self.indent();
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    /// An element with text alone.
    pub(crate) fn text(&mut self, name: &'static str, text: &str) {
        self.close_tag();
        self.indent();
        let _ = write!(self.out, "<{name}>");
        escape(text, &mut self.out);
        let _ = writeln!(self.out, "</{name}>");
    }

    /// An element with one attribute and text.
    pub(crate) fn text_with(&mut self, name: &'static str, attribute: (&str, &str), text: &str) {
        self.close_tag();
        self.indent();
        let _ = write!(self.out, "<{name} {}=\"", attribute.0);
        escape(attribute.1, &mut self.out);
        self.out.push_str("\">");
        escape(text, &mut self.out);
        let _ = writeln!(self.out, "</{name}>");
    }

    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.out
    }

    fn close_tag(&mut self) {
        if self.tag_open {
            self.out.push_str(">\n");
            self.tag_open = false;
        }
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.out.push_str("  ");
        }
    }
}

/// Characters that XML 1.0 cannot carry are left out; none of them is in a label or policy that was read.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
}
