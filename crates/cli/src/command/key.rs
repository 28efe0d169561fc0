//! `kizuna key`.

use kizuna_app::access::KeyId;
use kizuna_app::{Caller, Node};

use super::naming;
use crate::args::KeyCommand;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: KeyCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let people = node.people(Caller::Operator);
    match command {
        KeyCommand::Add { email, read_only, expires } => {
            let person = naming::person(&*node.directory()?, &email)?.id;
            let key = people.add_key(person, read_only, expires)?;
            desk.say(format!("added key {} of {email}; its secret, shown this once:", key.id))?;
            if desk.json {
                return desk.print_json(&serde_json::json!({ "id": key.id, "key": key.secret }));
            }
            desk.print(key.secret)?;
        }
        KeyCommand::Revoke { key } => {
            let id = key
                .parse()
                .map_err(|_| Fail::usage(format!("{key:?} is not a key's id (kizuna key list)")))?;
            people.revoke_key(KeyId(id)).map_err(|error| match error {
                kizuna_app::AppError::NotFound => {
                    Fail::work(format!("there is no key {key} (kizuna key list)"))
                }
                other => other.into(),
            })?;
            desk.say(format!("key {key} is revoked"))?;
        }
        KeyCommand::List => {
            let directory = node.directory()?;
            let keys = people.keys()?;
            desk.print_rows(&["id", "of", "may", "expires"], &keys, |key| {
                let of = directory.person(key.person).map(|person| person.email.clone()).unwrap_or_default();
                let may = if key.read_only { "read" } else { "read and write" };
                let expires = key.expires.map_or_else(|| "never".to_owned(), |expires| expires.to_string());
                vec![key.id.to_string(), of, may.to_owned(), expires]
            })?;
        }
    }
    Ok(())
}
