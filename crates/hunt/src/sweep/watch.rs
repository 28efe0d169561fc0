//! What is looked for in events, not in bytes: each line is read as an event once, and whoever watches is asked.

use super::Sought;
use super::moment::{self, Moment};
use crate::event::{Layout, text_of};
use crate::scan;
use crate::sigma::{self, Match, Matcher};

/// Asks rules about the lines that one thread reads.
pub(super) struct Watch<'a> {
    matcher: Option<Matcher<'a>>,
    /// The entry of the first rule.
    first_rule: u32,
    sought: Sought<'a>,
    layout: Layout,
    found: Vec<sigma::Found>,
    /// When and where the lines of the last piece happened that rules match, in their order.
    pub moments: Vec<(u32, Moment)>,
}

impl<'a> Watch<'a> {
    pub fn new(sought: Sought<'a>) -> Self {
        let rules = sought.rules.filter(|rules| !rules.is_empty());
        Self {
            matcher: rules.map(Matcher::new),
            first_rule: sought.first_rule(),
            sought,
            layout: Layout::default(),
            found: Vec::new(),
            moments: Vec::new(),
        }
    }

    /// Whether anybody watches.
    pub fn is_idle(&self) -> bool {
        self.matcher.is_none()
    }

    /// A text begins, or a part of one whose first lines are these.
    pub fn begin(&mut self, head: &[u8]) {
        self.layout = if head.is_empty() { Layout::default() } else { Layout::of_head(&text_of(head)) };
    }

    /// Adds the hits in the lines of a piece, and the matches that correlations are told of.
    pub fn piece(&mut self, path: &str, piece: &[u8], hits: &mut Vec<scan::Hit>, told: &mut Vec<Match>) {
        self.moments.clear();
        let Some(matcher) = &mut self.matcher else { return };
        let Some(rules) = self.sought.rules else { return };
        let before = hits.len();
        let feeds = memchr::memchr_iter(b'\n', piece).chain(std::iter::once(piece.len()));
        let mut start = 0;
        for (number, feed) in (0..).zip(feeds) {
            let line = &piece[start..feed];
            start = feed + 1;
            if line.is_empty() {
                continue;
            }
            let text = text_of(line);
            let Some(event) = self.layout.event(&text) else { continue };
            self.found.clear();
            matcher.test(&event, path, &mut self.found);
            if self.found.is_empty() {
                continue;
            }
            let moment = match moment::of_event(&event) {
                (None, None) => moment::of_line(line),
                moment => moment,
            };
            for found in self.found.drain(..) {
                if rules.head(found.rule).told {
                    hits.push(scan::Hit { line: number, entry: self.first_rule + found.rule });
                }
                let Some(values) = found.values else { continue };
                let (time, asset) = moment.clone();
                // A match without a time cannot be within a timespan.
                let Some(time) = time else { continue };
                let path = String::new();
                told.push(Match { rule: found.rule, path, line: number.into(), time, asset, values });
            }
            self.moments.push((number, moment));
        }
        // Indicators and rules that hit one line are told of together.
        if hits.len() > before {
            hits.sort_unstable();
        }
    }
}
