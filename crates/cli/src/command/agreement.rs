//! `kizuna agreement`.

use kizuna_app::access::agreement::Contact;
use kizuna_app::agreements::{AgreementInfo, NewAgreement};
use kizuna_app::stix::Id;
use kizuna_app::{Caller, Node};

use super::naming;
use crate::args::{AgreementAdd, AgreementCommand};
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, command: AgreementCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        AgreementCommand::Add(new) => add(node, *new, desk),
        AgreementCommand::List { viewer } => {
            let who = naming::viewer(node, &viewer.email, "agreement list")?;
            let agreements = node.read(&who)?.agreements()?;
            desk.print_rows(&["id", "title", "parties", "in force", "review"], &agreements, |agreement| {
                let in_force = if agreement.in_force { "yes" } else { "no" };
                let review = date(agreement.review);
                vec![
                    agreement.id.to_string(),
                    agreement.title.clone(),
                    agreement.parties.join(", "),
                    in_force.to_owned(),
                    review,
                ]
            })
        }
        AgreementCommand::Show { id, viewer } => {
            let who = naming::viewer(node, &viewer.email, "agreement show")?;
            let agreement = node.read(&who)?.agreement(&parsed(&id)?)?;
            show(&agreement, desk)
        }
    }
}

fn add(node: &Node, new: AgreementAdd, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let caller = match &new.email {
        Some(email) => Caller::Person(naming::viewer(node, email, "agreement add")?),
        None => Caller::Operator,
    };
    let contacts = new.contact.into_iter().map(|(name, address)| Contact { name, address }).collect();
    let stated = NewAgreement {
        id: new.id.as_deref().map(parsed).transpose()?,
        title: new.title,
        scope: new.scope,
        parties: new.party,
        allows: new.allow,
        contacts,
        from: new.from,
        until: new.until,
        review: new.review,
    };
    let id = node.add_agreement(&caller, &stated, new.label.as_deref())?;
    if desk.json {
        return desk.print_json(&serde_json::json!({ "id": id }));
    }
    desk.say("added the agreement")?;
    desk.print(id.as_str())?;
    Ok(())
}

fn parsed(text: &str) -> Result<Id, Fail> {
    text.parse().map_err(|error| Fail::usage(format!("{text:?}: {error}")))
}

fn date(at: Option<jiff::Timestamp>) -> String {
    at.map_or("–".to_owned(), |at| at.to_string())
}

fn show(agreement: &AgreementInfo, desk: &mut Desk<'_>) -> Result<(), Fail> {
    if desk.json {
        return desk.print_json(agreement);
    }
    let contacts: Vec<String> =
        agreement.contacts.iter().map(|contact| format!("{} <{}>", contact.name, contact.address)).collect();
    let rows = [
        ("title", agreement.title.clone()),
        ("scope", agreement.scope.clone()),
        ("parties", agreement.parties.join(", ")),
        ("allows", agreement.allows.join("; ")),
        ("contacts", contacts.join("; ")),
        ("from", date(agreement.from)),
        ("until", date(agreement.until)),
        ("review", date(agreement.review)),
        ("kept by", agreement.keeper.clone()),
        ("label", agreement.label.clone()),
    ];
    for (name, said) in rows {
        desk.print(format!("{name:<9}{said}"))?;
    }
    Ok(())
}
