//! `kizuna alert`, `kizuna receipt`, `kizuna request`, `kizuna requirement`.

mod alert;
mod request;

use jiff::Timestamp;
use kizuna_app::Node;
use kizuna_app::access::receipt::State;
use kizuna_app::notices::To;
use kizuna_app::receipts::{NewReceipt, ReceiptsInfo};
use kizuna_app::requirements::{NewRequirement, RequirementInfo};
use kizuna_app::stix::Id;

use super::{get, naming};
use crate::args::{self, Became, ReceiptCommand, RequirementCommand};
use crate::desk::Desk;
use crate::fail::Fail;

pub use alert::run as alert;
pub use request::run as request;

fn to(typed: args::To) -> To {
    To { parties: typed.to, sectors: typed.sector }
}

fn objects(typed: &[String]) -> Result<Vec<Id>, Fail> {
    typed.iter().map(|id| naming::object(id)).collect()
}

fn at(instant: Option<Timestamp>) -> String {
    instant.map_or_else(|| "–".to_owned(), |at| at.to_string())
}

fn word(state: Option<State>) -> String {
    state.map_or_else(|| "–".to_owned(), |state| state.as_str().to_owned())
}

fn became(typed: Became) -> State {
    match typed {
        Became::Read => State::Read,
        Became::Acting => State::Acting,
        Became::Sighted => State::Sighted,
        Became::Blocked => State::Blocked,
        Became::Done => State::Done,
        Became::NotAffected => State::NotAffected,
        Became::Used => State::Used,
        Became::False => State::False,
        Became::NotUseful => State::NotUseful,
    }
}

pub fn receipt(node: &Node, command: ReceiptCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        ReceiptCommand::Give { id, state, viewer, count, note, anonymous_in } => {
            let id = naming::object(&id)?;
            let who = naming::viewer(node, &viewer.email, "receipt give")?;
            let is_anonymous = anonymous_in.is_some();
            let new = NewReceipt { state: became(state), count, note, anonymous_in };
            node.give_receipt(&who, &id, &new).map_err(|error| get::unseen(error, &id, &viewer.email))?;
            let shown = if is_anonymous { "without a name" } else { "in the member's name" };
            desk.say(format!("told the producer of {id}, {shown}: {}", new.state.as_str()))?;
            Ok(())
        }
        ReceiptCommand::List { id, viewer } => {
            let id = naming::object(&id)?;
            let who = naming::viewer(node, &viewer.email, "receipt list")?;
            let found = node.read(&who)?.receipts_of(&id);
            let receipts = found.map_err(|error| get::unseen(error, &id, &viewer.email))?.info();
            if receipts.recipients.is_empty() && receipts.anonymous.is_empty() {
                desk.say("nobody told anything of it that this viewer may read")?;
            }
            tell(&receipts, desk)
        }
    }
}

fn tell(receipts: &ReceiptsInfo, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if desk.json {
        return desk.print_json(receipts);
    }
    desk.print_rows(&["member", "state", "since", "count", "note"], &receipts.recipients, |line| {
        vec![
            line.name.clone(),
            line.state.as_str().to_owned(),
            line.since.to_string(),
            line.count.map(|count| count.to_string()).unwrap_or_default(),
            line.note.clone().unwrap_or_default().replace(char::is_control, " "),
        ]
    })?;
    desk.print_rows(&["without a name in", "state", "members", "times"], &receipts.anonymous, |blinded| {
        vec![
            blinded.name.clone(),
            blinded.state.as_str().to_owned(),
            blinded.members.to_string(),
            blinded.times.to_string(),
        ]
    })
}

pub fn requirement(node: &Node, command: RequirementCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        RequirementCommand::Add(typed) => {
            let who = naming::viewer(node, &typed.viewer.email, "requirement add")?;
            let new = NewRequirement {
                id: None,
                title: typed.title,
                priority: typed.priority,
                kinds: typed.kind,
                words: typed.words,
                sectors: typed.sector,
                labels: typed.labelled,
                pattern: typed.pattern,
            };
            let id = node.require(&who, &new, typed.label.as_deref())?;
            desk.say("what comes in is matched from now on: kizuna requirement hits")?;
            desk.print(id.as_str())?;
            Ok(())
        }
        RequirementCommand::List { viewer } => {
            let who = naming::viewer(node, &viewer.email, "requirement list")?;
            let reading = node.read(&who)?;
            let found = reading.requirements()?;
            let found: Vec<RequirementInfo> = found.iter().map(|shown| shown.info(&reading)).collect();
            desk.print_rows(&["id", "priority", "title", "from"], &found, |one| {
                vec![one.id.to_string(), one.priority.to_string(), one.title.clone(), one.from.clone()]
            })
        }
        RequirementCommand::Hits { id, viewer, limit } => {
            let id = naming::object(&id)?;
            let who = naming::viewer(node, &viewer.email, "requirement hits")?;
            let reading = node.read(&who)?;
            let (mut rows, mut cursor) = (Vec::new(), None);
            while rows.len() < limit {
                let page = reading.hits(&id, cursor.as_deref(), limit - rows.len());
                let page = page.map_err(|error| get::unseen(error, &id, &viewer.email))?;
                rows.extend(page.items.iter().map(|item| {
                    serde_json::json!({
                        "id": item.id, "from": reading.member_name(item.source), "added": item.added,
                        "label": reading.label_text(&item.label),
                    })
                }));
                if !page.more {
                    break;
                }
                cursor = page.next;
            }
            desk.print_rows(&["object", "from", "since", "label"], &rows, |row| {
                ["id", "from", "added", "label"]
                    .map(|key| row[key].as_str().unwrap_or_default().to_owned())
                    .to_vec()
            })
        }
    }
}
