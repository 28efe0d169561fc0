//! `kizuna policy`.

use kizuna_app::access::policy::difference::Change;
use kizuna_app::people::{EquivalenceInfo, PolicyImport, PolicyInfo};
use kizuna_app::{Caller, Node};

use super::{forecast, import, naming};
use crate::args::Policy;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: &Policy, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let people = node.people(Caller::Operator);
    match command {
        Policy::List => {
            let policies = people.policies()?;
            desk.print_rows(&["id", "version", "en", "ja", "levels"], &policies, |policy| {
                let levels: Vec<&str> = policy.levels.iter().map(|level| level.id.as_str()).collect();
                let name = |language: &str| policy.names.get(language).cloned().unwrap_or_default();
                vec![
                    policy.id.clone(),
                    policy.version.to_string(),
                    name("en"),
                    name("ja"),
                    levels.join(" < "),
                ]
            })
        }
        Policy::Show { policy, spif: true } => {
            let file = people.policy_file(policy).map_err(|error| unknown(policy, error))?;
            desk.out.write_all(file.as_bytes())?;
            Ok(())
        }
        Policy::Show { policy, spif: false } => {
            let known = people.policy(policy).map_err(|error| unknown(policy, error))?;
            show(&known, desk)
        }
        Policy::Import { file, dry_run, email, at } => {
            let bytes = import::read_one(file, desk)?;
            let people = match email {
                Some(email) => node.people(Caller::Person(naming::viewer(node, email, "policy import")?)),
                None => people,
            };
            let tried = people.try_policy_at(&bytes, *at)?;
            if *dry_run {
                return tell(&tried, desk);
            }
            tell_changes(&tried, desk)?;
            let done = people.import_policy(&bytes)?;
            if desk.json {
                return desk.print_json(&done);
            }
            desk.say(format!("imported {} version {}; it holds from now on", done.id, done.version))?;
            Ok(())
        }
        Policy::Diff { before, after } => {
            for id in [before, after] {
                people.policy(id).map_err(|error| unknown(id, error))?;
            }
            print_changes(&people.policy_difference(before, after)?, desk)
        }
    }
}

fn unknown(policy: &str, error: kizuna_app::AppError) -> Fail {
    match error {
        kizuna_app::AppError::NotFound => {
            Fail::work(format!("there is no policy {policy:?} (kizuna policy list)"))
        }
        other => other.into(),
    }
}

fn show(policy: &PolicyInfo, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if desk.json {
        return desk.print_json(policy);
    }
    desk.say(format!("{} {}, version {}", policy.id, policy.uri, policy.version))?;
    let name = |names: &kizuna_app::access::policy::Names, language: &str| {
        names.get(language).cloned().unwrap_or_default()
    };
    let levels: Vec<(usize, &kizuna_app::people::LevelInfo)> = policy.levels.iter().enumerate().collect();
    let rows: Vec<Vec<String>> = levels
        .iter()
        .map(|(rank, level)| {
            let (en, ja) = (name(&level.names, "en"), name(&level.names, "ja"));
            vec![rank.to_string(), level.id.clone(), en, ja, level.colour.clone()]
        })
        .collect();
    desk.print_rows(&["rank", "level", "en", "ja", "colour"], &rows, Vec::clone)?;
    for set in &policy.sets {
        for tag in &set.tags {
            let categories: Vec<&str> = tag.categories.iter().map(|category| category.id.as_str()).collect();
            desk.print(format!("\n{} ({:?}): {}", set.name, tag.kind, categories.join(", ")))?;
        }
    }
    if !policy.equivalences.is_empty() {
        desk.print("")?;
        let columns = ["level", "counts as", "read by", "from", "until", "now"];
        desk.print_rows(&columns, &policy.equivalences, |one| equivalence(policy, one))?;
    }
    Ok(())
}

fn equivalence(policy: &PolicyInfo, one: &EquivalenceInfo) -> Vec<String> {
    use kizuna_app::access::policy::Applied;
    let other = one.other.clone().unwrap_or_else(|| format!("number {}", one.number));
    let readers = match one.applied {
        Applied::Encrypt => format!("{} too", one.policy),
        Applied::Decrypt => format!("{} too", policy.id),
        Applied::Both => "both".to_owned(),
    };
    let date = |at: Option<jiff::Timestamp>| at.map_or("–".to_owned(), |at| at.to_string());
    let now = if one.in_force { "in force" } else { "not in force" };
    vec![
        one.level.clone(),
        format!("{}/{other}", one.policy),
        readers,
        date(one.from),
        date(one.until),
        now.to_owned(),
    ]
}

fn tell(tried: &PolicyImport, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if desk.json {
        return desk.print_json(tried);
    }
    tell_changes(tried, desk)?;
    desk.say("nothing was changed")?;
    Ok(())
}

fn tell_changes(tried: &PolicyImport, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if desk.json {
        return Ok(());
    }
    let what = match tried.replaces {
        Some(version) => format!("{} version {} replaces version {version}", tried.id, tried.version),
        None => format!("{} version {} is new here", tried.id, tried.version),
    };
    desk.say(what)?;
    print_changes(&tried.changes, desk)?;
    for loss in &tried.losses {
        desk.say(format!("{}: {}", loss.part, loss.why))?;
    }
    match &tried.forecast {
        Some(told) if told.viewers.is_empty() => {
            desk.say("of what you may read, nobody would gain or lose anything")?;
        }
        Some(told) => forecast::print(told, desk)?,
        None => desk.say("--as EMAIL (a releaser or an administrator) tells who would gain or lose what")?,
    }
    Ok(())
}

fn print_changes(changes: &[Change], desk: &mut Desk<'_>) -> Result<(), Fail> {
    desk.print_rows(&["part", "before", "after"], changes, |change| {
        let or_none = |said: &Option<String>| said.clone().unwrap_or_else(|| "–".to_owned());
        vec![change.part.clone(), or_none(&change.before), or_none(&change.after)]
    })
}
