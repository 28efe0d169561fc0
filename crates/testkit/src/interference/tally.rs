//! How many questions met something hidden beside something shown, path by path.

use std::collections::BTreeMap;
use std::fmt;

/// Counts per output path.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    paths: BTreeMap<&'static str, Count>,
    cases: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    asked: u64,
    beside: u64,
}

impl Tally {
    /// Counts one question, and whether something was hidden beside something shown.
    pub fn count(&mut self, path: &'static str, beside: bool) {
        let count = self.paths.entry(path).or_default();
        count.asked += 1;
        count.beside += u64::from(beside);
    }

    /// Counts cases: answers that were compared with what they must be.
    pub fn compared(&mut self, cases: u64) {
        self.cases += cases;
    }

    /// How many answers were compared, each after a sequence of operations of its own length.
    pub fn cases(&self) -> u64 {
        self.cases
    }

    /// Adds what another run counted.
    pub fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        for (path, more) in &other.paths {
            let count = self.paths.entry(path).or_default();
            count.asked += more.asked;
            count.beside += more.beside;
        }
    }

    /// Path → share of questions, in percent, with something hidden beside something shown.
    pub fn shares(&self) -> BTreeMap<&'static str, u64> {
        self.paths.iter().map(|(path, count)| (*path, 100 * count.beside / count.asked.max(1))).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<18} {:>9} {:>24}", "path", "questions", "hidden beside shown")?;
        for (path, count) in &self.paths {
            let share = 100 * count.beside / count.asked.max(1);
            writeln!(f, "{path:<18} {:>9} {share:>22} %", count.asked)?;
        }
        Ok(())
    }
}
