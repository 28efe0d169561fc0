//! A progress bar on standard error, where that is a terminal.

use std::io::IsTerminal;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

/// Draws what a command tells of its progress.
#[derive(Default)]
pub struct Bar {
    shown: Mutex<Option<(String, ProgressBar)>>,
}

impl Bar {
    /// Shows that `done` of `total` are done; ends the bar when all are.
    pub fn show(&self, work: &str, done: usize, total: usize) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let Ok(mut shown) = self.shown.lock() else { return };
        if shown.as_ref().is_none_or(|(name, _)| name != work) {
            *shown = Some((work.to_owned(), start(work)));
        }
        let Some((_, bar)) = shown.as_ref() else { return };
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        if done >= total {
            bar.finish_and_clear();
            *shown = None;
        }
    }
}

fn start(work: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {per_sec} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(work.to_owned());
    bar
}
