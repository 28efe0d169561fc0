//! `kizuna overlay`.

use kizuna_app::access::PersonId;
use kizuna_app::access::overlay::{Judgement, SCALE, Score};
use kizuna_app::overlay::{Judged, Wanted};
use kizuna_app::{Node, Reading};

use super::{get, naming};
use crate::args::{OverlayCommand, OverlayList, OverlaySet, Part};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: OverlayCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        OverlayCommand::Set(typed) => set(node, &typed, desk),
        OverlayCommand::Show { id, viewer } => {
            let id = naming::object(&id)?;
            let reading = node.read(&naming::viewer(node, &viewer.email, "overlay show")?)?;
            let found = reading.overlays_of(&id).map_err(|error| get::unseen(error, &id, &viewer.email))?;
            let all: Vec<Judged> = found.own.into_iter().chain(found.others).collect();
            if all.is_empty() {
                desk.say("nobody said anything about it that this viewer may read")?;
            }
            tell(&reading, &all, desk)
        }
        OverlayCommand::List(typed) => list(node, &typed, desk),
    }
}

fn set(node: &Node, typed: &OverlaySet, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let id = naming::object(&typed.id)?;
    let who = naming::viewer(node, &typed.viewer.email, "overlay set")?;
    let assignee = assigned(node, typed.assign.as_deref())?;
    let stands = node.judge(&who, &id, typed.label.as_deref(), |said| change(said, typed, assignee))?;
    let reading = node.read(&who)?;
    desk.say(format!("read by: {}", reading.label_text(&stands.item.label)))?;
    tell(&reading, &[stands], desk)
}

fn assigned(node: &Node, email: Option<&str>) -> Result<Option<PersonId>, Fail> {
    let directory = node.directory()?;
    email.map(|email| Ok(naming::person(&directory, email)?.id)).transpose()
}

fn change(said: &mut Judgement, typed: &OverlaySet, assignee: Option<PersonId>) {
    for part in &typed.clear {
        match part {
            Part::Tags => said.tags.clear(),
            Part::State => said.state = None,
            Part::Assignee => said.assignee = None,
            Part::Score => said.score = None,
            Part::Source => said.source_reliability = None,
            Part::Credibility => said.credibility = None,
            Part::Note => said.note = None,
        }
    }
    let taken_off: Vec<String> = typed.untag.iter().map(|tag| tag.trim().to_lowercase()).collect();
    said.tags.retain(|tag| !taken_off.contains(&tag.to_lowercase()));
    said.tags.extend(typed.tag.iter().cloned());
    said.state = typed.state.clone().or(said.state.take());
    said.assignee = assignee.or(said.assignee);
    if let Some(value) = typed.score {
        let before = said.score.take().map(|score| score.scale);
        let scale = typed.scale.clone().or(before).unwrap_or_else(|| SCALE.to_owned());
        said.score = Some(Score { value, scale });
    }
    said.source_reliability =
        typed.source.map(|grade| grade.to_ascii_uppercase()).or(said.source_reliability);
    said.credibility = typed.credibility.or(said.credibility);
    said.note = typed.note.clone().or(said.note.take());
}

fn list(node: &Node, typed: &OverlayList, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let who = naming::viewer(node, &typed.viewer.email, "overlay list")?;
    let assignee = assigned(node, typed.assign.as_deref())?;
    let wanted = Wanted { tag: typed.tag.clone(), state: typed.state.clone(), assignee, own: typed.own };
    let reading = node.read(&who)?;
    let mut all: Vec<Judged> = Vec::new();
    let mut cursor = None;
    while all.len() < typed.limit {
        let page = reading.judged(&wanted, cursor.as_deref(), typed.limit - all.len())?;
        all.extend(page.items);
        if !page.more {
            break;
        }
        cursor = page.next;
    }
    tell(&reading, &all, desk)
}

fn tell(reading: &Reading, all: &[Judged], desk: &mut Desk<'_>) -> Result<(), Fail> {
    let rows: Vec<serde_json::Value> = all
        .iter()
        .map(|judged| {
            let said = &judged.overlay.judgement;
            // A person is named to its own member.
            let known = said.assignee.and_then(|person| reading.directory().person(person));
            let own = reading.reader().principal().member();
            let assignee = known.filter(|person| person.member == own && judged.overlay.by == own);
            serde_json::json!({
                "id": judged.item.id, "object_ref": judged.overlay.object_ref, "modified": judged.overlay.modified,
                "by": reading.member_name(judged.overlay.by), "label": reading.label_text(&judged.item.label),
                "assignee": assignee.map(|person| person.email.clone()), "judgement": said,
            })
        })
        .collect();
    desk.print_rows(&["object", "by", "tags", "state", "assigned", "score", "grade", "note"], &rows, |row| {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let said = &row["judgement"];
        let tags: Vec<&str> =
            said["tags"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
        let score = said["score"]["value"]
            .as_u64()
            .map(|value| format!("{value} ({})", text(&said["score"]["scale"])));
        let credibility = said["credibility"].as_u64().map(|grade| grade.to_string()).unwrap_or_default();
        let grade = format!("{}{credibility}", text(&said["source_reliability"]));
        let note: String =
            text(&said["note"]).chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect();
        vec![
            text(&row["object_ref"]),
            text(&row["by"]),
            tags.join(", "),
            text(&said["state"]),
            text(&row["assignee"]),
            score.unwrap_or_default(),
            grade,
            note,
        ]
    })
}
