//! What stands in the way of a release. Every check that blocks one reports here, as [`Finding`]s: when it is proposed,
//! and again when it is approved, against the view of whoever does so.

use kizuna_access::release::{Basis, High, Release, Way};
use kizuna_access::{Label, MemberId};
use kizuna_stix::Object;

use super::Finding;
use super::assemble::{Assembled, Source};
use super::basis::{self, Asked};
use crate::betrayal::{self, Draft, WayOut};
use crate::read::Reading;
use crate::{AppError, Node};

impl Node {
    /// Everything that speaks against releasing these under a label.
    pub(super) fn findings(
        &self,
        reading: &Reading,
        assembled: &[Assembled],
        (label, basis): (&Label, &Basis),
        by: MemberId,
    ) -> Result<Vec<Finding>, AppError> {
        let highs: Vec<&High> = assembled.iter().map(|one| &one.high).collect();
        let mut findings = basis_findings(reading, basis, label, by, &highs)?;
        for one in assembled {
            findings.extend(one.faults.iter().cloned());
            findings.extend(of_source(reading, &one.source, one.high.way, label));
            findings.extend(self.of_originator(&one.source, &one.high, by)?);
        }
        findings.extend(betrayals(reading, assembled, label)?);
        Ok(findings)
    }

    /// Foreign content leaves as its originator allows, or by its originator's decision.
    fn of_originator(&self, source: &Source, high: &High, by: MemberId) -> Result<Vec<Finding>, AppError> {
        let item = &source.item;
        let is_orcon = source.is_orcon();
        if is_orcon && high.originator == by && !item.authored {
            let rule = "it is originator controlled, and its originator is no party here";
            return Ok(vec![Finding::new(&item.id, rule, "ask who made it to release it")]);
        }
        let directory = self.directory()?;
        let lives_here = directory.member(high.originator).is_some_and(|member| member.hosted);
        if !high.consent || lives_here {
            return Ok(Vec::new());
        }
        let name = directory.member(high.originator).map(|member| member.name.clone()).unwrap_or_default();
        let rule = format!("it is {name}'s, whose label does not allow passing it on to these recipients");
        let way_out = format!("ask {name} to release it on its own node");
        Ok(vec![Finding::new(&item.id, rule, way_out)])
    }
}

/// What is to be said of a basis for releasing content that came from these.
pub(super) fn basis_findings(
    reading: &Reading,
    basis: &Basis,
    label: &Label,
    by: MemberId,
    highs: &[&High],
) -> Result<Vec<Finding>, AppError> {
    let rules = reading.directory().release_rules();
    let labels = highs.iter().map(|high| &high.from).chain([label]);
    let is_needed = labels.map(|label| rules.needs(label)).any(|needs| needs.basis);
    let originators = highs.iter().map(|high| high.originator).collect();
    basis::findings(reading, &Asked { basis, label, by, originators, is_needed })
}

/// Whether a version may leave as it stands.
fn of_source(reading: &Reading, source: &Source, way: Way, label: &Label) -> Vec<Finding> {
    let item = &source.item;
    let mut findings = Vec::new();
    if item.revoked {
        findings.push(Finding::new(&item.id, "it is revoked", "release what took its place"));
    }
    if source.is_outdated {
        let way_out = "withdraw this release, and propose one of the newer version";
        findings.push(Finding::new(&item.id, "there is a newer version", way_out));
    }
    let is_narrower = !reading.directory().covers(label, &item.label, reading.now());
    if way == Way::Mint && is_narrower {
        let rule = format!(
            "not all who read it now would read the newer version: {}",
            reading.label_text(&item.label)
        );
        findings.push(Finding::new(&item.id, rule, "name them in the label given too"));
    }
    if !reading.directory().covers(&item.label, label, reading.now()) {
        return findings;
    }
    let rule = "everybody whom the label given names may read it already";
    findings.push(Finding::new(&item.id, rule, "name who is to read it"));
    findings
}

/// No write-down (law 3): what would leave may not betray what stays.
fn betrayals(reading: &Reading, assembled: &[Assembled], label: &Label) -> Result<Vec<Finding>, AppError> {
    let objects: Vec<Object> = assembled.iter().map(|one| one.object.clone()).collect();
    let ids: Vec<_> = objects.iter().map(|object| object.id().clone()).collect();
    let (sources, disclosed) = reading.made_from(&ids)?;
    let draft = Draft { objects: &objects, label, sources: &sources, disclosed: &disclosed };
    Ok(reading.betrayals(&draft)?.iter().map(betrayed).collect())
}

fn betrayed(found: &betrayal::Finding) -> Finding {
    let place = format!("{} {}", found.object, found.place);
    let betrays = found.betrays.as_ref().map(|id| format!(" of {id}")).unwrap_or_default();
    let rule = format!("it would betray content that stays, by {} {:?}{betrays}", found.rule, found.found);
    let ways: Vec<&str> = found.ways_out.iter().map(|way| words(*way)).collect();
    Finding::new(&place, rule, ways.join(", or "))
}

fn words(way: WayOut) -> &'static str {
    match way {
        WayOut::DropReference => "drop the reference",
        WayOut::MarkField => "give the field a marking of its own",
        WayOut::TearLine => "make a tear-line",
        WayOut::ReleaseToo => "release that too",
        WayOut::NameThem => "name the recipients in its marking",
    }
}

/// Findings that block, as the fault of a request.
pub(super) fn unless_blocked(findings: &[Finding]) -> Result<(), AppError> {
    let findings: Vec<&Finding> = findings.iter().filter(|finding| finding.blocks).collect();
    if findings.is_empty() {
        return Ok(());
    }
    let fault = |finding: &&Finding| kizuna_stix::Fault {
        severity: kizuna_stix::Severity::Error,
        path: finding.place.clone(),
        rule: format!("{}; {}", finding.rule, finding.way_out),
    };
    Err(AppError::Invalid { faults: findings.iter().map(fault).collect() })
}

/// Whether what was decided about still is what it was.
pub(super) fn unchanged(release: &Release, assembled: &[Assembled]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (item, now) in release.decided.objects.iter().zip(assembled) {
        if item.digest != now.digest() || release.decided.label != now.label {
            let rule = "what would leave is not what was proposed";
            findings.push(Finding::new(&item.object_ref, rule, "withdraw this release, and propose it anew"));
        }
    }
    findings
}
