//! `kizuna label`.

use kizuna_app::access::form::Form;
use kizuna_app::access::loss::Loss;
use kizuna_app::{Caller, Node};

use super::{import, naming, release};
use crate::args::{self, LabelCommand};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: &LabelCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let people = node.people(Caller::Operator);
    match command {
        LabelCommand::Show { label, form } => {
            let form = match form {
                args::Form::Words => Form::Words,
                args::Form::Stanag4774 => Form::Stanag4774,
                args::Form::Json => Form::Stanag5636,
                args::Form::Stix => Form::Stix,
                args::Form::Acs => Form::Acs,
            };
            let written = people.label_in(label, form)?;
            if desk.json {
                return desk.print_json(&written);
            }
            desk.print(written.text.trim_end())?;
            tell(&written.losses, desk)
        }
        LabelCommand::Reach { label, viewer } => {
            let who = naming::viewer(node, &viewer.email, "label reach")?;
            let reach = node.people(Caller::Person(who)).reach(label)?;
            if desk.json {
                return desk.print_json(&reach);
            }
            desk.print(&reach.words)?;
            release::reached(&reach.reached, desk)
        }
        LabelCommand::Read { file } => {
            let bytes = import::read_one(file, desk)?;
            let text = String::from_utf8(bytes).map_err(|_| Fail::work("a label is UTF-8"))?;
            let read = people.read_label(&text)?;
            if desk.json {
                return desk.print_json(&read);
            }
            desk.print(&read.words)?;
            if !read.names_audience {
                desk.say("it names no audience; the own member stands in for it")?;
            }
            tell(&read.losses, desk)
        }
    }
}

fn tell(losses: &[Loss], desk: &mut Desk<'_>) -> Result<(), Fail> {
    for loss in losses {
        desk.say(format!("{}: {}", loss.part, loss.why))?;
    }
    Ok(())
}
