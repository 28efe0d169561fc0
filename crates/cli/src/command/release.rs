//! `kizuna release`.

use kizuna_app::access::release::{Direct, Kind, Needs, On, Refusal, Standing, State};
use kizuna_app::people::{Feed, FeedKind, Reached};
use kizuna_app::release::{Filter, Finding, Proposal, Shown};
use kizuna_app::stix::Id;
use kizuna_app::{AppError, Caller, Node};

use super::{get, naming};
use crate::args::{self, ReleaseCommand, ReleasePropose, ReleaseRules};
use crate::desk::Desk;
use crate::fail::Fail;

/// Members named in a line before the rest is counted.
const NAMED: usize = 12;

pub fn run(node: &Node, command: ReleaseCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        ReleaseCommand::Propose(typed) => propose(node, typed, desk),
        ReleaseCommand::Approve { id, viewer, take_back } => {
            step(node, &id, &viewer.email, desk, |who, id| {
                if take_back { node.take_back_approval(who, id) } else { node.approve_release(who, id) }
            })
        }
        ReleaseCommand::Reject { id, viewer, kind, reason } => {
            let refusal = Refusal { kind: self::kind(kind), text: reason };
            step(node, &id, &viewer.email, desk, |who, id| node.reject_release(who, id, refusal))
        }
        ReleaseCommand::Withdraw { id, viewer, kind, reason } => {
            let refusal = kind.zip(reason).map(|(kind, text)| Refusal { kind: self::kind(kind), text });
            step(node, &id, &viewer.email, desk, |who, id| node.withdraw_release(who, id, refusal))
        }
        ReleaseCommand::List { viewer, state, open, limit } => {
            let who = naming::viewer(node, &viewer.email, "release")?;
            let filter = Filter { state: state.map(self::state), open, own: false };
            let found = node.releases(&who, &filter, limit)?;
            desk.print_rows(&["release", "state", "objects", "to", "waits for"], &found, row)
        }
        ReleaseCommand::Show { id, viewer } => {
            step(node, &id, &viewer.email, desk, |who, id| node.show_release(who, id))
        }
        ReleaseCommand::Rules(typed) => rules(node, &typed, desk),
        ReleaseCommand::Report { viewer } => {
            let who = naming::viewer(node, &viewer.email, "release")?;
            report(node, &who, desk)
        }
    }
}

/// One step of a release, and how it stands then.
fn step(
    node: &Node,
    typed: &str,
    email: &str,
    desk: &mut Desk<'_>,
    take: impl FnOnce(&kizuna_app::access::Principal, &Id) -> Result<Shown, AppError>,
) -> Result<(), Fail> {
    let id = release(typed)?;
    let who = naming::viewer(node, email, "release")?;
    let shown = take(&who, &id).map_err(|error| get::unseen(error, &id, email))?;
    print(node, &shown, desk)
}

fn row(shown: &Shown) -> Vec<String> {
    let waits = shown.standing.as_ref().map(waits).unwrap_or_default();
    let state = shown.state.as_str().to_owned();
    let count = shown.objects.len().to_string();
    vec![shown.id.to_string(), state, count, shown.label_words.clone(), waits]
}

fn propose(node: &Node, typed: ReleasePropose, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let email = typed.viewer.email;
    if let Some(draft) = &typed.draft_id {
        return step(node, draft, &email, desk, |who, id| node.propose_draft(who, id));
    }
    let who = naming::viewer(node, &email, "release")?;
    let objects = typed.objects.iter().map(|id| naming::object(id)).collect::<Result<Vec<_>, _>>()?;
    let proposal = Proposal {
        objects,
        label: typed.label.unwrap_or_default(),
        basis: typed.basis,
        basis_note: typed.basis_note,
        through: typed.through,
        expires: typed.expires,
        decide_by: typed.decide_by,
        reason: typed.reason,
        draft: typed.draft,
    };
    let unseen = |error| match error {
        AppError::NotFound => Fail::work(format!("{email} does not find all of these")),
        other => other.into(),
    };
    if !typed.dry_run {
        let shown = node.propose_release(&who, &proposal).map_err(unseen)?;
        return print(node, &shown, desk);
    }
    let preview = node.preview_release(&who, &proposal).map_err(unseen)?;
    if desk.json {
        return desk.print_json(&preview);
    }
    print(node, &preview.release, desk)?;
    findings(&preview.findings, desk)?;
    desk.say("nothing was stored")?;
    Ok(())
}

fn print(node: &Node, shown: &Shown, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if desk.json {
        return desk.print_json(shown);
    }
    let directory = node.directory()?;
    let email = |id| directory.person(id).map_or_else(|| id.to_string(), |person| person.email.clone());
    desk.print(format!("{}  {}", shown.id, shown.state.as_str()))?;
    for object in &shown.objects {
        desk.print(format!("  {}", object.object_ref))?;
    }
    for label in &shown.from_words {
        desk.print(format!("  from    {label}"))?;
    }
    desk.print(format!("  to      {}", shown.label_words))?;
    reached(&shown.reached, desk)?;
    basis(shown, desk)?;
    if !shown.through.is_empty() {
        desk.print(format!("  through {}", shown.through.join(", ")))?;
    }
    if let Some(expires) = shown.expires {
        desk.print(format!("  ends    {expires}"))?;
    }
    if let Some(reason) = &shown.reason {
        desk.print(format!("  why     {reason}"))?;
    }
    if let Some(refusal) = &shown.refusal {
        desk.print(format!("  refused {}: {}", refusal.kind.as_str(), refusal.text))?;
    }
    for step in &shown.steps {
        let by = step.by.map(email).unwrap_or_default();
        let at = step.at.strftime("%Y-%m-%dT%H:%M:%SZ");
        desk.print(format!("  {at}  {} {by}", step.act.as_str()).trim_end())?;
    }
    if let Some(standing) = &shown.standing {
        desk.say(format!("waits for {}", waits(standing)))?;
        for (person, why) in &standing.uncounted {
            desk.say(format!("the approval of {} does not count: {}", email(*person), why.as_str()))?;
        }
    }
    Ok(())
}

/// Whom something reaches, line by line.
pub fn reached(reached: &Reached, desk: &mut Desk<'_>) -> Result<(), Fail> {
    for line in reach_lines(reached) {
        desk.print(line)?;
    }
    Ok(())
}

/// The members, peers and feeds that something reaches.
pub fn reach_lines(reached: &Reached) -> Vec<String> {
    let names: Vec<&str> = reached.members.iter().map(|member| member.name.as_str()).collect();
    way_lines(&names, &reached.peers, &reached.feeds)
}

/// The same of what another node said.
pub fn way_lines(members: &[&str], peers: &[String], feeds: &[Feed]) -> Vec<String> {
    let more = members.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let named = members.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let mut lines = vec![format!("  reaches {named}{more}")];
    if !peers.is_empty() {
        lines.push(format!("  peers   {}", peers.join(", ")));
    }
    lines.extend(feeds.iter().map(|feed| {
        let of = &feed.of;
        match (feed.kind, &feed.title, feed.keys.unwrap_or(0)) {
            (FeedKind::Collection, Some(title), _) if title == of => format!("  feed    collection {title}"),
            (FeedKind::Collection, title, _) => {
                format!("  feed    collection {} of {of}", title.as_deref().unwrap_or_default())
            }
            (FeedKind::Keys, _, 1) => format!("  feed    1 API key of {of}"),
            (FeedKind::Keys, _, keys) => format!("  feed    {keys} API keys of {of}"),
        }
    }));
    lines
}

fn basis(shown: &Shown, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match (&shown.basis, &shown.basis_title) {
        (None, _) => desk.print("  basis   no basis")?,
        (Some(id), None) => desk.print(format!("  basis   {id}"))?,
        (Some(id), Some(title)) => desk.print(format!("  basis   {title} ({id})"))?,
    }
    if let Some(note) = &shown.basis_note {
        desk.print(format!("  note    {note}"))?;
    }
    findings(&shown.basis_findings, desk)
}

/// What is still missing, in words.
fn waits(standing: &Standing) -> String {
    if standing.is_met() {
        return "nothing: enough people agree".to_owned();
    }
    let basis = standing.lacks_basis.then(|| "an agreement to rest on".to_owned());
    let missing = usize::from(standing.needs).saturating_sub(standing.counted.len());
    let people = match missing {
        0 => None,
        1 => Some("1 releaser".to_owned()),
        more => Some(format!("{more} releasers")),
    };
    let is_consent_missing = !standing.consents.is_subset(&standing.consented);
    let originator = is_consent_missing.then(|| "its originator".to_owned());
    people.into_iter().chain(originator).chain(basis).collect::<Vec<_>>().join(" and ")
}

fn findings(findings: &[Finding], desk: &mut Desk<'_>) -> Result<(), Fail> {
    for finding in findings {
        let word = if finding.blocks { "BLOCKED" } else { "NOTE   " };
        desk.print(format!("  {word} {}: {}", finding.place, finding.rule))?;
        desk.print(format!("          {}", finding.way_out))?;
    }
    Ok(())
}

fn rules(node: &Node, typed: &ReleaseRules, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if let Some(words) = typed.set.as_ref().or(typed.reset.as_ref()) {
        let on: On = words.parse().map_err(|error| Fail::usage(format!("{error}")))?;
        let needs = match (&typed.set, typed.releasers) {
            (None, _) => None,
            (Some(_), None) => return Err(Fail::usage("say how many people it takes: --releasers N")),
            (Some(_), Some(releasers)) => Some(Needs {
                releasers,
                originator: typed.originator,
                direct: direct(typed.direct),
                basis: typed.basis,
            }),
        };
        node.set_release_rule(&Caller::Operator, on, needs)?;
        desk.say("set; what is proposed under other rules has to be agreed to anew")?;
    }
    let rules = node.release_rules()?;
    let heads = ["on", "releasers", "originator", "basis", "written directly by", "since"];
    desk.print_rows(&heads, &rules, |rule| {
        let originator = if rule.originator { "must agree" } else { "" };
        let basis = if rule.basis { "an agreement" } else { "" };
        let since = if rule.set { "set here" } else { "default" };
        let direct = rule.direct.as_str().to_owned();
        vec![
            rule.on.clone(),
            rule.releasers.to_string(),
            originator.to_owned(),
            basis.to_owned(),
            direct,
            since.to_owned(),
        ]
    })
}

fn report(node: &Node, who: &kizuna_app::access::Principal, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let summary = node.release_report(who)?;
    if desk.json {
        return desk.print_json(&summary);
    }
    let report = &summary.report;
    let took = |seconds: Option<i64>| seconds.map_or_else(|| "–".to_owned(), duration);
    desk.print(format!("released                     {}", report.released))?;
    desk.print(format!("median, proposal to release  {}", took(report.median)))?;
    desk.print(format!("nine of ten within           {}", took(report.p90)))?;
    desk.print(format!("longest that still waits     {}", took(report.longest_wait)))?;
    for (state, count) in report.states.iter().filter(|(_, count)| **count > 0) {
        desk.print(format!("{state:<28} {count}"))?;
    }
    for (kind, count) in &report.refusals {
        desk.print(format!("refused, {kind:<19} {count}"))?;
    }
    if summary.capped {
        desk.say("there are more releases than were summed up")?;
    }
    Ok(())
}

fn duration(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn release(typed: &str) -> Result<Id, Fail> {
    Node::release_id(typed)
        .map_err(|_| Fail::usage(format!("{typed:?} is no release's id: kizuna-release--…")))
}

fn kind(typed: args::Reason) -> Kind {
    match typed {
        args::Reason::Political => Kind::Political,
        args::Reason::Operational => Kind::Operational,
        args::Reason::Procedural => Kind::Procedural,
        args::Reason::Technical => Kind::Technical,
    }
}

fn direct(typed: args::Direct) -> Direct {
    match typed {
        args::Direct::Writers => Direct::Writers,
        args::Direct::Releasers => Direct::Releasers,
        args::Direct::Nobody => Direct::Nobody,
    }
}

fn state(typed: args::State) -> State {
    match typed {
        args::State::Draft => State::Draft,
        args::State::Proposed => State::Proposed,
        args::State::Approved => State::Approved,
        args::State::Released => State::Released,
        args::State::Rejected => State::Rejected,
        args::State::Expired => State::Expired,
        args::State::Withdrawn => State::Withdrawn,
    }
}
