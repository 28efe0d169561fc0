//! What an import says at its end.

use std::collections::BTreeMap;

use kizuna_app::{ItemOutcome, Report};

use crate::desk::Desk;
use crate::fail::Fail;

/// Quarantined objects named one by one; the rest is counted.
const NAMED: usize = 20;
/// Reasons listed.
const REASONS: usize = 12;

/// What became of everything, over all files.
#[derive(Debug, Default)]
pub struct Summary {
    files: usize,
    total: Report,
    reasons: BTreeMap<String, usize>,
    /// File, object and reason.
    quarantined: Vec<(String, String, String)>,
    skipped: Vec<String>,
    failed: Vec<(String, String)>,
}

impl Summary {
    pub fn add(&mut self, file: &str, report: Report) {
        self.files += 1;
        self.total.total += report.total;
        self.total.stored += report.stored;
        self.total.duplicates += report.duplicates;
        self.total.quarantined += report.quarantined;
        self.total.warned += report.warned;
        for (reason, times) in report.reasons {
            *self.reasons.entry(reason).or_default() += times;
        }
        for item in report.items {
            if item.outcome != ItemOutcome::Quarantined || self.quarantined.len() >= NAMED {
                continue;
            }
            let reason = item.faults.first().map(ToString::to_string).unwrap_or_default();
            let id = item.id.unwrap_or_else(|| "(no id)".to_owned());
            self.quarantined.push((file.to_owned(), id, reason));
        }
    }

    pub fn fail(&mut self, file: &str, reason: &str) {
        self.failed.push((file.to_owned(), reason.to_owned()));
    }

    pub fn skip(&mut self, file: &str) {
        self.skipped.push(file.to_owned());
    }

    /// Says everything; a file that could not be taken in at all makes the command fail.
    pub fn tell(self, desk: &mut Desk<'_>) -> Result<(), Fail> {
        if desk.json {
            desk.print_json(&self.as_json())?;
        } else {
            self.tell_people(desk)?;
        }
        if self.failed.is_empty() { Ok(()) } else { Err(Fail::Said) }
    }

    fn tell_people(&self, desk: &mut Desk<'_>) -> Result<(), Fail> {
        let Report { total, stored, duplicates, quarantined, warned, .. } = &self.total;
        desk.print(format!(
            "{} from {}: {stored} stored, {duplicates} known already, {quarantined} quarantined; {warned} with warnings",
            counted(*total, "object"),
            counted(self.files, "file"),
        ))?;
        for (file, id, reason) in &self.quarantined {
            desk.say(format!("quarantined {id} ({file}): {reason}"))?;
        }
        let unnamed = quarantined.saturating_sub(self.quarantined.len());
        if unnamed > 0 {
            desk.say(format!("and {unnamed} more in quarantine"))?;
        }
        let mut reasons: Vec<(&String, &usize)> = self.reasons.iter().collect();
        reasons.sort_by_key(|(reason, times)| (std::cmp::Reverse(**times), *reason));
        if !reasons.is_empty() {
            desk.say("faults, most frequent first:")?;
        }
        for (reason, times) in reasons.iter().take(REASONS) {
            desk.say(format!("{times:>8} × {reason}"))?;
        }
        for file in &self.skipped {
            desk.say(format!("passed over {file}: neither JSON nor gzip"))?;
        }
        for (file, reason) in &self.failed {
            desk.say(format!("kizuna: {file}: {reason}"))?;
        }
        Ok(())
    }

    fn as_json(&self) -> serde_json::Value {
        let quarantined: Vec<_> = self
            .quarantined
            .iter()
            .map(|(file, id, reason)| serde_json::json!({ "file": file, "id": id, "reason": reason }))
            .collect();
        let failed: Vec<_> = self
            .failed
            .iter()
            .map(|(file, reason)| serde_json::json!({ "file": file, "reason": reason }))
            .collect();
        serde_json::json!({
            "files": self.files,
            "total": self.total.total,
            "stored": self.total.stored,
            "duplicates": self.total.duplicates,
            "quarantined": self.total.quarantined,
            "warned": self.total.warned,
            "faults": self.reasons,
            "in_quarantine": quarantined,
            "skipped": self.skipped,
            "failed": failed,
        })
    }
}

/// `1 object`, `2 objects`.
fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
