//! What can be typed behind `kizuna hunt`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct Hunt {
    /// Files and directories to sweep: JSON lines, Zeek, CSV, syslog, text, Windows event logs, packed or not; by
    /// content, not by name.
    #[arg(value_name = "PATH", required_unless_present = "save_index")]
    pub paths: Vec<PathBuf>,

    /// What to look for: a STIX bundle, a list with a value or `kind<TAB>value` a line, a compiled index, a directory of
    /// those, or the URL of a node's objects (KIZUNA_KEY holds the API key). May be repeated.
    #[arg(long, value_name = "FILE", required = true)]
    pub with: Vec<String>,

    /// Threads; without, one for each processor.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Only lines of this time or later, such as 2026-11-22 or 2026-11-22T14:05:00Z; lines without a time are kept.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,

    /// Only lines before this time.
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,

    /// The text is written by people: hxxp, [.] and the like are read as what they stand for.
    #[arg(long)]
    pub prose: bool,

    /// Keep a journal in this file; a sweep that is started again with it goes on where it stopped.
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,

    /// Save the compiled index; a later sweep gives it to --with and starts at once.
    #[arg(long, value_name = "FILE")]
    pub save_index: Option<PathBuf>,
}

impl Hunt {
    pub fn threads(&self) -> usize {
        let here = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(here, usize::from)
    }
}
