//! `kizuna alert`.

use kizuna_app::access::alert::Urgency;
use kizuna_app::alerts::protection::Spread;
use kizuna_app::alerts::{AlertInfo, AlertLine, NewAlert, Wanted, Way};
use kizuna_app::{Node, Reading};

use super::{at, objects, to, word};
use crate::args::{self, AlertCommand, AlertSend};
use crate::command::{get, naming};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: AlertCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        AlertCommand::Send(typed) => send(node, *typed, desk),
        AlertCommand::List { viewer, way, urgency, open, limit } => {
            let who = naming::viewer(node, &viewer.email, "alert list")?;
            let wanted = Wanted { urgency: urgency.map(self::urgency), way: way.map(self::way), open };
            list(&node.read(&who)?, &wanted, limit, desk)
        }
        AlertCommand::Show { id, viewer } => {
            let id = naming::object(&id)?;
            let reading = node.read(&naming::viewer(node, &viewer.email, "alert show")?)?;
            let shown = reading.alert(&id).map_err(|error| get::unseen(error, &id, &viewer.email))?;
            tell(&shown.info(&reading), desk)
        }
        AlertCommand::Read { id, viewer } => {
            let id = naming::object(&id)?;
            let who = naming::viewer(node, &viewer.email, "alert read")?;
            let shown = node.open_alert(&who, &id).map_err(|error| get::unseen(error, &id, &viewer.email))?;
            tell(&shown.info(&node.read(&who)?), desk)
        }
        AlertCommand::Protection { viewer } => {
            let who = naming::viewer(node, &viewer.email, "alert protection")?;
            let found = node.read(&who)?.protection()?;
            let titles = ["member", "alerts", "delivered", "acknowledged", "settled"];
            desk.say("seconds from publication, median / 90th percentile, of how many")?;
            desk.print_rows(&titles, &found, |times| {
                vec![
                    times.name.clone(),
                    times.alerts.to_string(),
                    spread(&times.delivered),
                    spread(&times.acknowledged),
                    spread(&times.settled),
                ]
            })
        }
    }
}

fn spread(spread: &Spread) -> String {
    let seconds =
        |seconds: Option<i64>| seconds.map_or_else(|| "–".to_owned(), |seconds| seconds.to_string());
    format!("{} / {} ({})", seconds(spread.median), seconds(spread.p90), spread.of)
}

pub fn urgency(typed: args::Urgency) -> Urgency {
    match typed {
        args::Urgency::Information => Urgency::Information,
        args::Urgency::Advisory => Urgency::Advisory,
        args::Urgency::Urgent => Urgency::Urgent,
        args::Urgency::Emergency => Urgency::Emergency,
    }
}

pub fn way(typed: args::Way) -> Way {
    match typed {
        args::Way::Sent => Way::Sent,
        args::Way::Received => Way::Received,
    }
}

fn send(node: &Node, typed: AlertSend, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let who = naming::viewer(node, &typed.viewer.email, "alert send")?;
    let new = NewAlert {
        id: typed.replaces.as_deref().map(naming::object).transpose()?,
        title: typed.title,
        text: typed.text,
        urgency: urgency(typed.urgency),
        actions: typed.action,
        respond_by: typed.respond_by,
        to: to(typed.to),
        objects: objects(&typed.object)?,
    };
    let id = node.send_alert(&who, &new, typed.label.as_deref())?;
    let reading = node.read(&who)?;
    let shown = reading.alert(&id)?.info(&reading);
    desk.say(format!("sent to {} members, read by {}", shown.line.addressees, shown.line.label))?;
    if desk.json {
        return desk.print_json(&shown);
    }
    desk.print(id.as_str())?;
    Ok(())
}

fn list(reading: &Reading, wanted: &Wanted, limit: usize, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let mut lines: Vec<AlertLine> = Vec::new();
    let mut cursor = None;
    while lines.len() < limit {
        let page = reading.alerts(wanted, cursor.as_deref(), limit - lines.len())?;
        lines.extend(page.items.iter().map(|listed| listed.line(reading)));
        if !page.more {
            break;
        }
        cursor = page.next;
    }
    desk.print_rows(&["alert", "urgency", "title", "from", "here", "delivered", "settled"], &lines, |line| {
        let of = |count: usize| format!("{count}/{}", line.addressees);
        vec![
            line.id.to_string(),
            line.urgency.as_str().to_owned(),
            line.title.clone(),
            line.from.clone(),
            word(line.state),
            of(line.delivered),
            of(line.settled),
        ]
    })
}

fn tell(alert: &AlertInfo, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if desk.json {
        return desk.print_json(alert);
    }
    let line = &alert.line;
    desk.print(format!("{}  [{}]", line.title, line.urgency.as_str()))?;
    desk.print(format!("from {}, {}; read by {}", line.from, line.created, line.label))?;
    if let Some(by) = line.respond_by {
        desk.print(format!("to be done by {by}"))?;
    }
    if let Some(text) = &alert.text {
        desk.print(text)?;
    }
    for (place, action) in alert.actions.iter().enumerate() {
        desk.print(format!("{}. {action}", place + 1))?;
    }
    for object in &alert.objects {
        desk.print(object.as_str())?;
    }
    desk.print_rows(
        &["member", "state", "delivered", "acknowledged", "settled", "blocked", "note"],
        &alert.recipients,
        |row| {
            vec![
                row.name.clone(),
                word(row.state),
                at(row.delivered),
                at(row.acknowledged),
                at(row.settled),
                row.blocked.map(|count| count.to_string()).unwrap_or_default(),
                row.note.clone().unwrap_or_default().replace(char::is_control, " "),
            ]
        },
    )?;
    for blinded in &alert.anonymous {
        let (state, name) = (blinded.state.as_str(), &blinded.name);
        desk.print(format!("{} of {name}, without a name: {state}", blinded.members))?;
    }
    let protection = &alert.protection;
    desk.print(format!(
        "seconds from publication, median / 90th percentile: delivered {}, acknowledged {}, settled {}",
        spread(&protection.delivered),
        spread(&protection.acknowledged),
        spread(&protection.settled)
    ))?;
    Ok(())
}
