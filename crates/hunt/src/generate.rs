//! Logs of any size with planted hits, decoys, and the exact truth.
//!
//! The same seed gives the same bytes. Indicators are functions of their number, so that millions need no memory; all
//! that stands in the logs besides planted values is of names and numbers that no indicator has.
//!
//! Start at [`Generator::new`].

mod event;
mod form;
mod observed;
mod random;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use kizuna_stix::observable::Kind;

pub use form::Form;
pub use observed::Observed;
use random::Random;

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// JSON objects as Zeek, Suricata and others write them.
    Json,
    /// Tab-separated fields.
    Tsv,
    /// Syslog and plain text, some of it Japanese.
    Text,
    /// Every style in turn.
    Mixed,
}

/// What is made.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    /// Indicators that there are.
    pub indicators: u64,
    pub style: Style,
    /// Of a million lines, how many hold an indicator.
    pub hits: u32,
    /// Of a million lines, how many hold something that only looks like one.
    pub decoys: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self { seed: 1, indicators: 1_000_000, style: Style::Json, hits: 1_000, decoys: 1_000 }
    }
}

/// One planted hit: the truth of a line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Planted {
    /// From one.
    pub line: u64,
    pub kind: Kind,
    /// As [`Generator::indicator`] gives it.
    pub value: String,
    pub form: Form,
}

/// Makes indicators and logs.
#[derive(Debug, Clone)]
pub struct Generator {
    plan: Plan,
    random: Random,
    line: u64,
    /// Milliseconds since 2026-01-01.
    clock: u64,
}

/// Kinds in the proportions in which partners share them.
const KINDS: [Kind; 20] = [
    Kind::Domain,
    Kind::Ipv4,
    Kind::Sha256,
    Kind::Domain,
    Kind::Url,
    Kind::Ipv4,
    Kind::Md5,
    Kind::Domain,
    Kind::Sha1,
    Kind::Url,
    Kind::Domain,
    Kind::Ipv4,
    Kind::Sha256,
    Kind::Domain,
    Kind::Email,
    Kind::Domain,
    Kind::Ipv6,
    Kind::FileName,
    Kind::Domain,
    Kind::Sha512,
];

impl Generator {
    pub fn new(plan: Plan) -> Self {
        Self { plan, random: Random::new(plan.seed), line: 0, clock: 0 }
    }

    /// Indicator `number`: its kind, and its value in normal form.
    pub fn indicator(&self, number: u64) -> (Kind, String) {
        let mut random =
            Random::new(self.plan.seed ^ 0x696e_6469_6361_746f ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let kind = match number % 997 {
            // Kinds that are rare everywhere.
            1 => Kind::Cidr,
            2 => Kind::RegistryKey,
            3 => Kind::Ja4,
            4 => Kind::CryptoAddress,
            _ => KINDS[(number % KINDS.len() as u64) as usize],
        };
        (kind, form::value(kind, number, &mut random))
    }

    /// Writes all indicators, `kind<TAB>value` a line.
    pub fn write_indicators(&self, out: &mut dyn Write) -> io::Result<()> {
        for number in 0..self.plan.indicators {
            let (kind, value) = self.indicator(number);
            writeln!(out, "{kind}\t{value}")?;
        }
        Ok(())
    }

    /// Writes at least that many bytes of whole lines, and tells of what is planted.
    pub fn write_logs(
        &mut self,
        bytes: u64,
        out: &mut dyn Write,
        planted: &mut dyn FnMut(Planted),
    ) -> io::Result<()> {
        let mut written = 0;
        let mut line = Vec::with_capacity(1024);
        while written < bytes {
            line.clear();
            self.write_line(&mut line, planted);
            line.push(b'\n');
            out.write_all(&line)?;
            written += line.len() as u64;
        }
        Ok(())
    }

    fn write_line(&mut self, out: &mut Vec<u8>, planted: &mut dyn FnMut(Planted)) {
        self.line += 1;
        self.clock += self.random.below(50);
        let style = match self.plan.style {
            Style::Mixed => [Style::Json, Style::Tsv, Style::Text][(self.line % 3) as usize],
            style => style,
        };
        let lot = self.random.below(1_000_000) as u32;
        if self.plan.indicators == 0 || lot >= self.plan.hits + self.plan.decoys {
            event::ordinary(style, self.clock, &mut self.random, out);
            return;
        }
        let number = self.random.below(self.plan.indicators);
        let (kind, value) = self.indicator(number);
        if lot < self.plan.hits {
            let forms = Form::of(kind, style);
            let form = forms[self.random.below(forms.len() as u64) as usize];
            let fields = form.write(kind, &value, &mut self.random);
            event::holding(style, self.clock, &fields, &mut self.random, out);
            planted(Planted { line: self.line, kind, value, form });
        } else {
            let fields = form::decoy(kind, &value, &mut self.random);
            event::holding(style, self.clock, &fields, &mut self.random, out);
        }
    }
}
