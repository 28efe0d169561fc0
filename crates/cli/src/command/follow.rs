//! `kizuna follow`.

use kizuna_app::access::MemberId;
use kizuna_app::{AppError, Caller, Node};

use super::naming;
use crate::args::Follow;
use crate::desk::Desk;
use crate::fail::Fail;

pub fn run(node: &Node, typed: &Follow, desk: &mut Desk<'_>) -> Result<(), Fail> {
    let directory = node.directory()?;
    let people = node.people(Caller::Operator);
    let member = typed.member.as_deref().map(|name| naming::member(&directory, name)).transpose()?;
    let member = member.map(|member| member.id);
    let name = |id: MemberId| directory.member(id).map_or_else(|| id.to_string(), |known| known.name.clone());
    let Some(author) = &typed.author else {
        let mut follows = people.follows()?;
        follows.retain(|follow| member.is_none_or(|member| follow.member == member));
        return desk.print_rows(&["member", "author", "follows"], &follows, |follow| {
            vec![name(follow.member), follow.created_by.to_string(), name(follow.source)]
        });
    };
    let author = naming::object(author)?;
    let Some(source) = &typed.source else {
        people.unfollow(&author, member).map_err(|error| match error {
            AppError::NotFound => {
                Fail::work(format!("nobody is followed for {author} (kizuna follow --list)"))
            }
            other => other.into(),
        })?;
        desk.say(format!("nobody is followed for {author} any more"))?;
        return Ok(());
    };
    let source = naming::member(&directory, source)?;
    people.follow(&author, source.id, member)?;
    desk.say(format!("{} is followed for {author}, from the next request on", source.name))?;
    Ok(())
}
