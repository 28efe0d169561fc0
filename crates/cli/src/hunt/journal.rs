//! The journal of a sweep: a line of JSON for each file that is done, so that a sweep can go on where it stopped.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;

use kizuna_hunt::sweep::{Done, Options, Sought};
use serde::{Deserialize, Serialize};

use crate::fail::Fail;

pub struct Journal {
    file: Option<File>,
    before: HashMap<String, Done>,
}

/// The first line: what the others are of.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Head {
    /// The index that was looked for.
    index: String,
    /// The rules.
    #[serde(default)]
    rules: String,
    /// The YARA rules, and how far they are asked.
    #[serde(default)]
    yara: String,
    prose: bool,
    from: Option<jiff::Timestamp>,
    to: Option<jiff::Timestamp>,
}

impl Journal {
    /// Opens or begins a journal; without a path, there is none.
    pub fn open(path: Option<PathBuf>, sought: Sought<'_>, options: Options) -> Result<Self, Fail> {
        let Some(path) = path else { return Ok(Self { file: None, before: HashMap::new() }) };
        let prose = options.prose == kizuna_hunt::scan::Prose::Defanged;
        let head = Head {
            index: format!("{:016x}", sought.index.fingerprint()),
            rules: sought.rules.map(|rules| rules.fingerprint().to_string()).unwrap_or_default(),
            yara: sought.yara.filter(|rules| !rules.is_empty()).map_or_else(String::new, |rules| {
                let (limits, seconds) = (options.whole, options.whole.time.as_secs());
                format!("{} {} {seconds}", rules.fingerprint(), limits.bytes)
            }),
            prose,
            from: options.from,
            to: options.to,
        };
        let named = |error: std::io::Error| Fail::work(format!("{}: {error}", path.display()));
        let mut before = HashMap::new();
        if path.exists() {
            let mut lines = BufReader::new(File::open(&path).map_err(named)?).lines();
            let first = lines.next().transpose().map_err(named)?;
            let first: Option<Head> = first.and_then(|line| serde_json::from_str(&line).ok());
            if first.as_ref() != Some(&head) {
                return Err(Fail::usage(format!(
                    "{} is the journal of another sweep (other indicators or options); name another file",
                    path.display()
                )));
            }
            for line in lines {
                let line = line.map_err(named)?;
                // The last line of a sweep that was killed may be cut off.
                if let Ok(done) = serde_json::from_str::<Done>(&line) {
                    before.insert(done.path.clone(), done);
                }
            }
        }
        let fresh = !path.exists();
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(named)?;
        if fresh {
            serde_json::to_writer(&file, &head)?;
        }
        // Also behind a line that was cut off.
        file.write_all(b"\n").map_err(named)?;
        Ok(Self { file: Some(file), before })
    }

    /// Files that are done, by path.
    pub fn before(&self) -> HashMap<String, Done> {
        self.before.clone()
    }

    pub fn add(&mut self, done: &Done) -> Result<(), Fail> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut line = serde_json::to_vec(done)?;
        line.push(b'\n');
        file.write_all(&line)?;
        Ok(())
    }
}
