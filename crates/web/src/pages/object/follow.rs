//! Whose copy is read of what an author made who is no party here, and choosing another's.

use std::collections::BTreeSet;

use kizuna_access::MemberId;
use kizuna_app::{AppError, Item, Reading};
use kizuna_stix::Id;

use super::super::title::{Titles, properties};
use crate::view::object::{Copies, Copy};

/// What can be chosen, where several sources that the viewer may read gave an object and none is its author.
pub(super) fn copies(
    reading: &Reading,
    titles: &mut Titles<'_>,
    newest: &Item,
    claims: &[Item],
    may_choose: bool,
) -> Result<Option<Copies>, AppError> {
    let sources: BTreeSet<MemberId> = claims.iter().map(|claim| claim.source).collect();
    let Some(author) = author(newest) else { return Ok(None) };
    let is_party = reading.directory().member_of_identity(&author).is_some();
    if sources.len() < 2 || newest.authored || is_party {
        return Ok(None);
    }
    let member = reading.reader().principal().member();
    let followed = reading.directory().follows(member, &author);
    let mut copies: Vec<Copy> = sources
        .into_iter()
        .map(|source| Copy {
            source: source.to_string(),
            name: reading.member_name(source),
            read: source == newest.source,
            followed: followed == Some(source),
        })
        .collect();
    copies.sort_by(|one, other| one.name.cmp(&other.name));
    let name = titles.find(&author)?.map_or_else(|| author.to_string(), |title| title.text.text);
    Ok(Some(Copies { author: name, copies, chosen: followed.is_some(), may_choose }))
}

/// The identity that an object says made it.
pub(super) fn author(item: &Item) -> Option<Id> {
    let object = properties(&item.bytes);
    let author = object.get("created_by_ref")?.as_str()?.parse::<Id>().ok()?;
    (author.kind() == "identity").then_some(author)
}
