//! `kizuna user`.

use kizuna_app::access::rights::{Holder, Role};
use kizuna_app::{Caller, Node};

use super::naming;
use crate::args::{self, UserCommand};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: UserCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        UserCommand::Add { email, member, role, clear } => add(node, &email, &member, &role, &clear, desk),
        UserCommand::Link { email, url } => link(node, email.as_deref(), &url, desk),
        UserCommand::List => list(node, desk),
    }
}

fn add(
    node: &Node,
    email: &str,
    member: &str,
    roles: &[args::Role],
    clear: &[String],
    desk: &mut Desk<'_>,
) -> Result<(), Fail> {
    let directory = node.directory()?;
    let clearance = naming::clearance(&directory, clear)?;
    let member = naming::member(&directory, member)?.clone();
    let people = node.people(Caller::Operator);
    let (user, key) = people.add_user(email, member.id, naming::roles(roles))?;
    if !clearance.0.is_empty() {
        people.clear(Holder::Person(user.id), clearance)?;
        desk.say("the clearance was granted from the command line: this is dangerous, and in the audit")?;
    }
    desk.say(format!("added {} of {}; the API key, shown this once:", user.email, member.name))?;
    if desk.json {
        return desk.print_json(&serde_json::json!({ "user": user, "key": key.secret }));
    }
    desk.print(key.secret)?;
    Ok(())
}

/// A link for a person; without one, for the first admin, or for setting up a node without people.
fn link(node: &Node, email: Option<&str>, url: &str, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let directory = node.directory()?;
    let open = |person: &&kizuna_app::access::directory::Person| person.removed.is_none();
    let person = match email {
        Some(email) => Some(naming::person(&directory, email)?),
        None => directory.people().filter(open).find(|person| person.roles().contains(&Role::Admin)),
    };
    if person.is_none() && directory.people().any(|person| person.removed.is_none()) {
        return Err(Fail::usage("nobody here is an admin: say whose link (kizuna user link EMAIL)"));
    }
    let link = node.link(person.map(|person| person.id))?;
    let whose = person.map_or_else(|| "setting up this node".to_owned(), |person| person.email.clone());
    desk.say(format!("a sign-in link for {whose}; it works once, until {}:", link.expires))?;
    desk.print(format!("{}/sign-in/{}", url.trim_end_matches('/'), link.token))?;
    Ok(())
}

fn list(node: &Node, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let directory = node.directory()?;
    let users = node.people(Caller::Operator).users()?;
    desk.print_rows(&["email", "member", "roles", "cleared for"], &users, |user| {
        let roles: Vec<&str> = user.roles.iter().map(|role| role.as_str()).collect();
        let cleared: Vec<String> =
            user.clearance.0.iter().map(|(policy, cleared)| format!("{policy}:{}", cleared.level)).collect();
        let member = directory.member(user.member).map(|member| member.name.clone()).unwrap_or_default();
        vec![user.email.clone(), member, roles.join(","), cleared.join(",")]
    })
}
