//! `kizuna personal-data`.

use kizuna_app::Node;
use kizuna_app::access::marking::personal::{Category, PersonalData};
use kizuna_app::personal::Mark;

use super::naming;
use crate::args::PersonalCommand;
use crate::desk::Desk;
use crate::fail::Fail;

/// Places asked for in one step.
const PAGE: usize = 500;

pub fn run(node: &Node, command: PersonalCommand, desk: &mut Desk<'_>) -> Result<(), Fail> {
    match command {
        PersonalCommand::Find { as_email, marked } => find(node, &as_email, marked, desk),
        PersonalCommand::Mark { id, as_email, category, basis, review, to, field } => {
            let who = naming::viewer(node, &as_email, "personal-data mark")?;
            let category = known(&category)?;
            let named = to.join(",");
            let mark = Mark { category, legal_basis: basis, review, named, fields: field };
            let item = node.mark_personal(&who, &naming::object(&id)?, &mark)?;
            desk.say(format!("{} is marked as personal data", item.id))?;
            Ok(())
        }
        PersonalCommand::Unmark { id, as_email, field } => {
            let who = naming::viewer(node, &as_email, "personal-data unmark")?;
            let item = node.unmark_personal(&who, &naming::object(&id)?, &field)?;
            desk.say(format!("{} is no longer marked there", item.id))?;
            Ok(())
        }
        PersonalCommand::Marking { category, basis, review, to } => {
            let directory = node.directory()?;
            let label = format!("rel:{}", to.join(","));
            let named = if to.is_empty() {
                std::collections::BTreeSet::new()
            } else {
                let terms = kizuna_app::access::spec::parse(&label, &*directory)
                    .map_err(|error| Fail::usage(format!("--to: {error}")))?;
                terms.audience().into_iter().flatten().flatten().copied().collect()
            };
            let category = known(&category)?;
            let marking = PersonalData { category, legal_basis: basis, review, named }.marking();
            let marking = marking.map_err(|_| Fail::work("the marking cannot be made"))?;
            desk.out.write_all(marking.canonical())?;
            desk.print("")?;
            desk.say(
                "give it with what it marks: by object_marking_refs, or field by field by granular_markings",
            )?;
            Ok(())
        }
    }
}

fn known(category: &str) -> Result<Category, Fail> {
    serde_json::from_value(category.into())
        .map_err(|_| Fail::usage(format!("{category:?} is no category of personal data")))
}

fn find(node: &Node, email: &str, marked: bool, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let who = naming::viewer(node, email, "personal-data find")?;
    let reading = node.read(&who)?;
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = reading.personal_data(cursor.as_deref(), PAGE)?;
        found.extend(page.items.into_iter().filter(|one| one.marked || !marked));
        cursor = page.next;
        if !page.more {
            break;
        }
    }
    desk.print_rows(&["object", "place", "category", "is", "basis", "review"], &found, |one| {
        let is = if one.marked { "marked" } else { "likely" };
        let (object, place) = (one.object.to_string(), one.place.clone());
        let basis = one.legal_basis.clone().unwrap_or_default();
        let review = one.review.map(|date| date.to_string()).unwrap_or_default();
        vec![object, place, one.category.as_str().to_owned(), is.to_owned(), basis, review]
    })?;
    desk.say(format!("{} places; likely ones are suggestions", found.len()))?;
    Ok(())
}
