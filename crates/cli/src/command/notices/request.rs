//! `kizuna request`.

use kizuna_app::access::Principal;
use kizuna_app::access::request::Outcome;
use kizuna_app::requests::{NewAnswer, NewRequest, RequestInfo, Wanted};
use kizuna_app::stix::Id;
use kizuna_app::{Node, Reading};

use super::alert::way;
use super::{at, objects, to, word};
use crate::args::{RequestAsk, RequestCommand};
use crate::command::{get, naming};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: RequestCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        RequestCommand::Ask(typed) => ask(node, *typed, desk),
        RequestCommand::List { viewer, way: typed, open, limit } => {
            let who = naming::viewer(node, &viewer.email, "request list")?;
            list(&node.read(&who)?, &Wanted { way: typed.map(way), open }, limit, desk)
        }
        RequestCommand::Show { id, viewer } => {
            let id = naming::object(&id)?;
            let who = naming::viewer(node, &viewer.email, "request show")?;
            show(node, &who, (&id, &viewer.email), desk)
        }
        RequestCommand::Answer { id, text, viewer, object, label } => {
            let id = naming::object(&id)?;
            let who = naming::viewer(node, &viewer.email, "request answer")?;
            let objects = objects(&object)?;
            let new = NewAnswer { outcome: Outcome::Answered, text: Some(text), objects };
            let done = node.answer(&who, &id, &new, label.as_deref());
            done.map_err(|error| get::unseen(error, &id, &viewer.email))?;
            show(node, &who, (&id, &viewer.email), desk)
        }
        RequestCommand::Decline { id, reason, viewer } => {
            let id = naming::object(&id)?;
            let who = naming::viewer(node, &viewer.email, "request decline")?;
            let unseen = |error| get::unseen(error, &id, &viewer.email);
            let reading = node.read(&who)?;
            let asked = reading.request(&id).map_err(unseen)?.info(&reading);
            drop(reading);
            let is_onward = asked.ask == "onward-release";
            let outcome = if is_onward { Outcome::Refused } else { Outcome::CannotAnswer };
            let new = NewAnswer { outcome, text: Some(reason), objects: Vec::new() };
            node.answer(&who, &id, &new, None).map_err(unseen)?;
            show(node, &who, (&id, &viewer.email), desk)
        }
        RequestCommand::Propose { id, viewer, basis } => {
            let id = naming::object(&id)?;
            let who = naming::viewer(node, &viewer.email, "request propose")?;
            let proposed = node.propose_onward(&who, &id, basis.as_deref());
            let proposed = proposed.map_err(|error| get::unseen(error, &id, &viewer.email))?;
            if desk.json {
                return desk.print_json(&proposed);
            }
            desk.say(format!("proposed for {}: kizuna release approve", proposed.label_words))?;
            desk.print(proposed.id.as_str())?;
            Ok(())
        }
    }
}

fn ask(node: &Node, typed: RequestAsk, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let who = naming::viewer(node, &typed.viewer.email, "request ask")?;
    let new = NewRequest {
        question: typed.question,
        text: typed.text,
        deadline: typed.deadline,
        to: to(typed.to),
        objects: objects(&typed.object)?,
        onward_to: typed.onward_to,
    };
    let id = node.ask(&who, &new, typed.label.as_deref())?;
    let reading = node.read(&who)?;
    let shown = reading.request(&id)?.info(&reading);
    desk.say(format!("asked {} members, read by {}", shown.addressed.members.len(), shown.label))?;
    if desk.json {
        return desk.print_json(&shown);
    }
    desk.print(id.as_str())?;
    Ok(())
}

fn list(reading: &Reading, wanted: &Wanted, limit: usize, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let mut rows: Vec<RequestInfo> = Vec::new();
    let mut cursor = None;
    while rows.len() < limit {
        let page = reading.requests(wanted, cursor.as_deref(), limit - rows.len())?;
        rows.extend(page.items.iter().map(|shown| shown.info(reading)));
        if !page.more {
            break;
        }
        cursor = page.next;
    }
    desk.print_rows(&["request", "asks for", "question", "from", "deadline", "answers"], &rows, |row| {
        vec![
            row.id.to_string(),
            row.ask.to_owned(),
            row.question.clone(),
            row.from.clone(),
            at(row.deadline),
            row.answers.len().to_string(),
        ]
    })
}

fn show(node: &Node, who: &Principal, (id, email): (&Id, &str), desk: &mut Desk<'_>) -> Result<(), Fail> {
    let reading = node.read(who)?;
    let request = reading.request(id).map_err(|error| get::unseen(error, id, email))?.info(&reading);
    if desk.json {
        return desk.print_json(&request);
    }
    desk.print(format!("{}  [{}]", request.question, request.ask))?;
    desk.print(format!("from {}, {}; read by {}", request.from, request.created, request.label))?;
    if let Some(deadline) = request.deadline {
        let over = if request.overdue { " (over)" } else { "" };
        desk.print(format!("to be answered by {deadline}{over}"))?;
    }
    if !request.onward_to.is_empty() {
        desk.print(format!("to go on to {}", request.onward_to.join(", ")))?;
    }
    if let Some(text) = &request.text {
        desk.print(text)?;
    }
    for object in &request.objects {
        desk.print(object.as_str())?;
    }
    desk.print_rows(&["member", "state", "answered"], &request.recipients, |one| {
        let answered = if one.answered { "yes" } else { "no" };
        vec![one.name.clone(), word(one.state), answered.to_owned()]
    })?;
    desk.print_rows(&["answer from", "outcome", "at", "text"], &request.answers, |answer| {
        let text = answer.text.clone().unwrap_or_default().replace(char::is_control, " ");
        vec![answer.from.clone(), answer.outcome.as_str().to_owned(), answer.modified.to_string(), text]
    })?;
    desk.print_rows(&["release", "state", "at"], &request.decisions, |decision| {
        vec![decision.release.to_string(), decision.state.as_str().to_owned(), decision.modified.to_string()]
    })
}
