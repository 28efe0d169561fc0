//! `kizuna forecast`.

use kizuna_app::Node;
use kizuna_app::access::directory::Directory;
use kizuna_app::access::rights::Holder;
use kizuna_app::forecast::{Change, Forecast as Forecasts, Who};
use kizuna_app::stix::Id;

use super::{import, naming};
use crate::args::{Forecast, ForecastCommand, Foreseer};
use crate::desk::Desk;
use crate::fail::Fail;

/// Objects that a terminal lists of each viewer.
const SHOWN: usize = 10;

pub fn run(node: &Node, typed: &Forecast, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let directory = node.directory()?;
    let (change, Foreseer { email, at }) = change(&directory, &typed.change, desk)?;
    let who = naming::viewer(node, email, "forecast")?;
    let forecast = node.foresee(&who, &change, *at)?;
    if desk.json {
        return desk.print_json(&forecast);
    }
    if forecast.viewers.is_empty() {
        desk.say(format!("of what {email} may read, nobody would gain or lose anything"))?;
        return Ok(());
    }
    print(&forecast, desk)?;
    let when = at.map_or(String::new(), |at| format!(", as of {at}"));
    desk.say(format!("counted over what {email} may read{when}; nothing was changed"))?;
    Ok(())
}

/// What each viewer would gain and lose.
pub fn print(forecast: &Forecasts, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let columns = ["viewer", "gains", "loses", "sees more of", "sees less of"];
    desk.print_rows(&columns, &forecast.viewers, |viewer| {
        let counts = [viewer.gained, viewer.lost, viewer.fuller, viewer.poorer];
        std::iter::once(name(&viewer.who).to_owned()).chain(counts.map(|count| count.to_string())).collect()
    })?;
    for viewer in &forecast.viewers {
        list(desk, name(&viewer.who), "gains", &viewer.gained_ids, viewer.gained)?;
        list(desk, name(&viewer.who), "loses", &viewer.lost_ids, viewer.lost)?;
        list(desk, name(&viewer.who), "sees more of", &viewer.fuller_ids, viewer.fuller)?;
        list(desk, name(&viewer.who), "sees less of", &viewer.poorer_ids, viewer.poorer)?;
    }
    let beside: u64 =
        forecast.viewers.iter().map(|viewer| viewer.machinery.gained.max(viewer.machinery.lost)).sum();
    if beside > 0 {
        desk.say(
            "markings, attestations and what else goes beside content are not counted (--json has them)",
        )?;
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

fn change<'a>(
    directory: &Directory,
    typed: &'a ForecastCommand,
    desk: &mut Desk<'_>,
) -> Result<(Change, &'a Foreseer), Fail> {
    Ok(match typed {
        ForecastCommand::Join { community, member, from, until, viewer } => {
            let community = naming::community(directory, community)?.id;
            let member = naming::member(directory, member)?.id;
            (Change::Join { community, member, from: *from, until: *until }, viewer)
        }
        ForecastCommand::Leave { community, member, viewer } => {
            let community = naming::community(directory, community)?.id;
            let member = naming::member(directory, member)?.id;
            (Change::Leave { community, member }, viewer)
        }
        ForecastCommand::Clear { holder, clear, viewer } => {
            let person = directory.person_by_email(holder).map(|person| Holder::Person(person.id));
            let holder = match person {
                Some(person) => person,
                None => Holder::Member(naming::member(directory, holder)?.id),
            };
            (Change::Clear { holder, clearance: naming::clearance(directory, clear)? }, viewer)
        }
        ForecastCommand::Roles { person, role, viewer } => {
            let person = naming::person(directory, person)?.id;
            (Change::Roles { person, roles: naming::roles(role) }, viewer)
        }
        ForecastCommand::Label { objects, label, viewer } => {
            let objects = objects.iter().map(|id| naming::object(id)).collect::<Result<_, _>>()?;
            (Change::Label { objects, label: label.clone() }, viewer)
        }
        ForecastCommand::Policy { file, viewer } => {
            let spif = String::from_utf8(import::read_one(file, desk)?)
                .map_err(|_| Fail::work("a policy is XML in UTF-8"))?;
            (Change::Policy { spif }, viewer)
        }
    })
}
