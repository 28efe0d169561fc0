//! `kizuna explain`.

use kizuna_app::Node;
use kizuna_app::access::reader::Step;

use super::{get, naming};
use crate::args::Explain;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, explain: &Explain, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let id = naming::object(&explain.id)?;
    let who = naming::viewer(node, &explain.viewer.email, "explain")?;
    let told = node.explain_past_the_gate(&who, &id);
    let told = told.map_err(|error| match error {
        kizuna_app::AppError::NotFound => Fail::work(format!("this node holds no {id}")),
        other => get::unseen(other, &id, &explain.viewer.email),
    })?;
    if desk.json {
        return desk.print_json(&told);
    }
    let verdict = if told.readable { "can read" } else { "cannot read" };
    desk.print(format!("{} {verdict} {id}", explain.viewer.email))?;
    for because in &told.contributions {
        desk.print("")?;
        let version = because.version.map_or_else(|| "no version".to_owned(), |version| version.to_string());
        desk.print(format!("given by {} ({version})", because.source))?;
        desk.print(format!("  label: {}", because.label))?;
        print_steps(desk, "  ", &because.steps)?;
        for fields in &because.fields {
            desk.print(format!("  {} asks for more", fields.selectors.join(", ")))?;
            desk.print(format!("    label: {}", fields.label))?;
            print_steps(desk, "    ", &fields.steps)?;
        }
    }
    for release in &told.releases {
        let basis = release.basis.as_ref().map_or_else(|| "no basis".to_owned(), ToString::to_string);
        let beside = release.basis_note.as_ref().map(|words| format!(" ({words})")).unwrap_or_default();
        let (id, state, by) = (&release.id, release.state.as_str(), &release.by);
        desk.print("")?;
        desk.print(format!("{id} of {by}: {state}, on {basis}{beside}"))?;
    }
    desk.say("this looked past the gate, and is in the audit")?;
    Ok(())
}

fn print_steps(desk: &mut Desk<'_>, margin: &str, steps: &[Step]) -> Result<(), Fail> {
    for step in steps {
        let mark = if step.holds { "yes" } else { "NO " };
        desk.print(format!("{margin}{mark} {}", step.text))?;
    }
    Ok(())
}
