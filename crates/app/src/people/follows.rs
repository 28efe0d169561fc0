//! Whose copy a member follows of what an author made who is no party here (design, semantic 8).

use kizuna_access::{Directory, MemberId, Rights};
use kizuna_stix::Id;

use super::{Caller, People, Standing};
use crate::AppError;

/// One member's choice for one author.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Follow {
    pub member: MemberId,
    /// The identity in `created_by_ref`.
    pub created_by: Id,
    pub source: MemberId,
}

impl People<'_> {
    /// What the caller's member follows; who runs the node sees what every member does.
    pub fn follows(&self) -> Result<Vec<Follow>, AppError> {
        let directory = self.node.directory()?;
        let members: Vec<MemberId> = match self.standing(&directory)? {
            Standing::Operator | Standing::NodeAdmin => directory.members().map(|member| member.id).collect(),
            Standing::MemberAdmin(member) | Standing::Plain(member) => vec![member],
        };
        let mut follows: Vec<Follow> = Vec::new();
        for member in members {
            let chosen = directory.followed_by(member);
            follows.extend(chosen.map(|(created_by, source)| {
                let created_by = created_by.clone();
                Follow { member, created_by, source }
            }));
        }
        follows.sort();
        Ok(follows)
    }

    /// Follows a source's copy of what an author made. Without a member, the caller's own does.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for everybody but an admin of that member. [`AppError::Invalid`] for an author that is
    /// a member here (its own copy is always served), and for a source that the caller may not know of.
    pub fn follow(
        &self,
        created_by: &Id,
        source: MemberId,
        member: Option<MemberId>,
    ) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        let member = self.follower(&directory, member)?;
        if created_by.kind() != "identity" {
            return Err(AppError::invalid("$.author", "an author is an identity"));
        }
        let known = self.known_members(&directory)?;
        let author = directory.member_of_identity(created_by).filter(|author| known.contains(&author.id));
        if let Some(author) = author {
            let reason = format!("{} is a member here: its own copy is the one that is served", author.name);
            return Err(AppError::invalid("$.author", reason));
        }
        if !known.contains(&source) {
            return Err(AppError::invalid("$.source", "no member that you may know of"));
        }
        self.record(Rights::FollowSet { member, created_by: created_by.clone(), source })
    }

    /// Follows nobody any more for this author.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where that member follows nobody for it.
    pub fn unfollow(&self, created_by: &Id, member: Option<MemberId>) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        let member = self.follower(&directory, member)?;
        if directory.follows(member, created_by).is_none() {
            return Err(AppError::NotFound);
        }
        self.record(Rights::FollowCleared { member, created_by: created_by.clone() })
    }

    /// Whether the caller may choose for its own member.
    pub fn may_follow(&self) -> Result<bool, AppError> {
        let directory = self.node.directory()?;
        Ok(!matches!(self.standing(&directory)?, Standing::Plain(_)))
    }

    /// The member that is chosen for, once it is known that the caller may choose for it.
    fn follower(&self, directory: &Directory, asked: Option<MemberId>) -> Result<MemberId, AppError> {
        let own = match &self.caller {
            Caller::Operator => directory.own_member().map(|own| own.id),
            Caller::Person(who) => Some(who.member()),
        };
        let member = asked.or(own).ok_or_else(|| {
            AppError::Unavailable(
                "this node has no member yet: kizuna member add NAME --country JPN".to_owned(),
            )
        })?;
        self.needs_admin_of(directory, member)?;
        Ok(member)
    }
}

#[cfg(test)]
mod tests;
