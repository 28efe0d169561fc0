//! `kizuna forecast`.

use kizuna_app::Node;
use kizuna_app::access::directory::Directory;
use kizuna_app::access::rights::Holder;
use kizuna_app::forecast::{Change, Forecast as Forecasts, Who};
use kizuna_app::stix::Id;

use super::naming;
use crate::args::{Forecast, ForecastCommand};
use crate::desk::Desk;
use crate::fail::Fail;

/// Objects that a terminal lists of each viewer.
const SHOWN: usize = 10;

pub fn run(node: &Node, typed: &Forecast, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let directory = node.directory()?;
    let (change, email) = change(&directory, &typed.change)?;
    let who = naming::viewer(node, email, "forecast")?;
    let forecast = node.foresee(&who, &change)?;
    if desk.json {
        return desk.print_json(&forecast);
    }
    if forecast.viewers.is_empty() {
        desk.say(format!("of what {email} may read, nobody would gain or lose anything"))?;
        return Ok(());
    }
    print(&forecast, desk)?;
    desk.say(format!("counted over what {email} may read; nothing was changed"))?;
    Ok(())
}

/// What each viewer would gain and lose.
pub fn print(forecast: &Forecasts, desk: &mut Desk<'_>) -> Result<(), Fail> {
    desk.print_rows(&["viewer", "gains", "loses"], &forecast.viewers, |viewer| {
        vec![name(&viewer.who).to_owned(), viewer.gained.to_string(), viewer.lost.to_string()]
    })?;
    for viewer in &forecast.viewers {
        list(desk, name(&viewer.who), "gains", &viewer.gained_ids, viewer.gained)?;
        list(desk, name(&viewer.who), "loses", &viewer.lost_ids, viewer.lost)?;
    }
    Ok(())
}

fn name(who: &Who) -> &str {
    match who {
        Who::Person(name) | Who::Member(name) => name,
    }
}

fn list(desk: &mut Desk<'_>, name: &str, verb: &str, ids: &[Id], count: u64) -> Result<(), Fail> {
    if ids.is_empty() {
        return Ok(());
    }
    desk.print(format!("{name} {verb}:"))?;
    for id in ids.iter().take(SHOWN) {
        desk.print(format!("  {id}"))?;
    }
    let shown = ids.len().min(SHOWN) as u64;
    if count > shown {
        desk.print(format!("  and {} more (--json lists up to 100)", count - shown))?;
    }
    Ok(())
}

fn change<'a>(directory: &Directory, typed: &'a ForecastCommand) -> Result<(Change, &'a str), Fail> {
    Ok(match typed {
        ForecastCommand::Join { community, member, from, until, viewer } => {
            let community = naming::community(directory, community)?.id;
            let member = naming::member(directory, member)?.id;
            (Change::Join { community, member, from: *from, until: *until }, &viewer.email)
        }
        ForecastCommand::Leave { community, member, viewer } => {
            let community = naming::community(directory, community)?.id;
            let member = naming::member(directory, member)?.id;
            (Change::Leave { community, member }, &viewer.email)
        }
        ForecastCommand::Clear { holder, clear, viewer } => {
            let person = directory.person_by_email(holder).map(|person| Holder::Person(person.id));
            let holder = match person {
                Some(person) => person,
                None => Holder::Member(naming::member(directory, holder)?.id),
            };
            (Change::Clear { holder, clearance: naming::clearance(directory, clear)? }, &viewer.email)
        }
        ForecastCommand::Roles { person, role, viewer } => {
            let person = naming::person(directory, person)?.id;
            (Change::Roles { person, roles: naming::roles(role) }, &viewer.email)
        }
        ForecastCommand::Label { objects, label, viewer } => {
            let objects = objects.iter().map(|id| naming::object(id)).collect::<Result<_, _>>()?;
            (Change::Label { objects, label: label.clone() }, &viewer.email)
        }
    })
}
