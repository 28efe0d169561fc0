//! `kizuna tearline`.

use kizuna_app::access::sanitisation::Treatment;
use kizuna_app::tearline::{self, Act, Advisory, Choice, Order};
use kizuna_app::{Node, betrayal};
use serde_json::Value;

use super::naming;
use crate::args::{Precision, Tearline, Template};
use crate::desk::Desk;
use crate::fail::Fail;

/// Characters of a value that a line shows.
const SHOWN: usize = 60;

pub fn run(node: &Node, typed: &Tearline, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let order = order(typed, desk)?;
    let who = naming::viewer(node, &typed.viewer.email, "tearline")?;
    let made = if typed.dry_run { node.tearline(&who, &order)? } else { node.make_tearline(&who, &order)? };
    if desk.json {
        let low: Result<Vec<Value>, _> =
            made.low.iter().map(|object| serde_json::from_slice(object.canonical())).collect();
        let told = serde_json::json!({
            "objects": low?, "torn": made.torn, "findings": made.findings, "record": made.record.id(),
        });
        return desk.print_json(&told);
    }
    for torn in &made.torn {
        match (&torn.low, &torn.left_out) {
            (Some(low), _) => desk.print(format!("{} -> {low}", torn.high))?,
            (None, reason) => {
                desk.print(format!("{} left out: {}", torn.high, reason.as_deref().unwrap_or("not taken")))?;
            }
        }
        for change in &torn.changes {
            desk.print(line(change))?;
        }
    }
    for object in made.low.iter().filter(|object| object.kind() == "report") {
        desk.print(format!("advisory {}", object.id()))?;
    }
    findings(&made.findings, desk)?;
    let done = if typed.dry_run { "would be" } else { "is" };
    let count = made.low.len();
    desk.say(format!("a tear-line of {count} objects {done} a draft; it leaves by a release"))?;
    Ok(())
}

fn line(change: &tearline::Change) -> String {
    let mark = match change.rule {
        Treatment::Disclosed => "!",
        Treatment::Kept => " ",
        Treatment::Dropped => "-",
        Treatment::Replaced | Treatment::Coarsened | Treatment::Remapped => "~",
    };
    let rule = change.rule.as_str();
    let before = short(&change.before);
    let text = match &change.after {
        Some(after) if *after != change.before => format!("{before} -> {}", short(after)),
        _ => before,
    };
    format!("  {mark} {rule:<9} {} {text}", change.place)
}

fn short(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let cut: String = text.chars().take(SHOWN).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

/// What still betrays something, and the ways out.
fn findings(found: &[betrayal::Finding], desk: &mut Desk<'_>) -> Result<(), Fail> {
    if found.is_empty() {
        return Ok(());
    }
    desk.print("what it would betray:")?;
    for finding in found {
        desk.print(format!("  {finding}"))?;
    }
    desk.say("keep says a field on purpose; drop, replace and coarsen take it out")?;
    Ok(())
}

fn order(typed: &Tearline, desk: &mut Desk<'_>) -> Result<Order, Fail> {
    if let Some(file) = &typed.order {
        let mut text = String::new();
        if file.as_os_str() == "-" {
            desk.input.read_to_string(&mut text)?;
        } else {
            text = std::fs::read_to_string(desk.path(file))
                .map_err(|error| Fail::work(format!("{}: {error}", file.display())))?;
        }
        return serde_json::from_str(&text)
            .map_err(|error| Fail::work(format!("{}: no order of a tear-line: {error}", file.display())));
    }
    let mut choices = Vec::new();
    for field in &typed.keep {
        choices.push(choice(field, Act::Keep)?);
    }
    for field in &typed.drop {
        choices.push(choice(field, Act::Drop)?);
    }
    for field in &typed.coarsen {
        choices.push(choice(field, Act::Coarsen)?);
    }
    for replaced in &typed.replace {
        let (field, text) = replaced
            .split_once('=')
            .ok_or_else(|| Fail::usage(format!("{replaced:?} is not of the form OBJECT-ID#PLACE=TEXT")))?;
        choices.push(choice(field, Act::Replace(Value::from(text)))?);
    }
    let advisory = typed.title.clone().zip(typed.text.clone());
    Ok(Order {
        objects: typed.objects.iter().map(|id| naming::object(id)).collect::<Result<_, _>>()?,
        template: match typed.template {
            Template::Indicator => tearline::Template::Indicator,
            Template::Context => tearline::Template::Context,
            Template::Advisory => tearline::Template::Advisory,
        },
        label: typed.label.clone().unwrap_or_default(),
        times: match typed.times {
            Precision::Exact => tearline::Precision::Exact,
            Precision::Hour => tearline::Precision::Hour,
            Precision::Day => tearline::Precision::Day,
            Precision::Month => tearline::Precision::Month,
        },
        choices,
        advisory: advisory.map(|(name, description)| Advisory { name, description }),
    })
}

fn choice(field: &str, act: Act) -> Result<Choice, Fail> {
    let (object, place) = field
        .split_once('#')
        .ok_or_else(|| Fail::usage(format!("{field:?} is not of the form OBJECT-ID#PLACE")))?;
    Ok(Choice { object: naming::object(object)?, place: place.to_owned(), act })
}
