//! Anonymous receipts at the owner of their community: it gives them as its own, so that what leaves says nothing of
//! whose they are, and counts each member once.

use std::collections::{BTreeMap, BTreeSet};

use kizuna_access::receipt::{self, By, Receipt};
use kizuna_access::{CommunityId, Directory, MemberId};
use kizuna_stix::{Id, Object};

use super::write::SECRET;
use crate::{AppError, Node};

/// Node state of a community's owner: which receipts were given, by a keyed digest of the member through which they
/// came, the community, the object and the state. It says of none whose it is to who has no key.
const COUNTED: &str = "receipt.counted";

/// What is to be done with an object that a member gave.
#[derive(Clone)]
pub(crate) enum Adoption {
    /// It is no anonymous receipt, or one of a community that another node owns.
    None,
    /// It is the owner's own from here on.
    By(MemberId),
    Refused(String),
}

/// The same for every object of an envelope, in its order.
pub(crate) struct Adoptions {
    each: Vec<Adoption>,
    /// Marking definitions that only what is adopted refers to: whoever gave them would be told by them.
    definitions: BTreeMap<Id, MemberId>,
}

impl Adoptions {
    pub fn of<'a>(
        given: impl Iterator<Item = (MemberId, &'a Object)> + Clone,
        node: &Node,
        directory: &Directory,
    ) -> Result<Self, AppError> {
        let mut each = Vec::new();
        let mut definitions = BTreeMap::new();
        for (giver, object) in given.clone() {
            let adoption = node.adoption(object, giver, directory)?;
            if let Adoption::By(owner) = adoption {
                definitions.extend(object.markings().into_iter().map(|id| (id, owner)));
            }
            each.push(adoption);
        }
        if !definitions.is_empty() {
            for ((_, object), adoption) in given.zip(&each) {
                if !matches!(adoption, Adoption::By(_)) {
                    object.markings().iter().for_each(|id| _ = definitions.remove(id));
                }
            }
        }
        Ok(Self { each, definitions })
    }

    /// What becomes of the object at this place.
    pub fn of_object(&self, place: usize, object: &Object) -> Adoption {
        if object.kind() == "marking-definition"
            && let Some(owner) = self.definitions.get(object.id())
        {
            return Adoption::By(*owner);
        }
        self.each.get(place).cloned().unwrap_or(Adoption::None)
    }
}

impl Node {
    /// The member that owns a community, as far as it is known: this node's own, or who signed its roster.
    pub(crate) fn owner_of(&self, community: CommunityId) -> Result<Option<MemberId>, AppError> {
        let directory = self.directory()?;
        if directory.community(community).is_some_and(|known| known.owned) {
            return Ok(directory.own_member().map(|own| own.id));
        }
        self.roster_owner(community)
    }

    /// Whether an object that `giver` gave becomes the owner's of its community.
    pub(crate) fn adoption(
        &self,
        object: &Object,
        giver: MemberId,
        directory: &Directory,
    ) -> Result<Adoption, AppError> {
        if object.kind() != receipt::KIND || object.get("community").is_none() {
            return Ok(Adoption::None);
        }
        let Ok(told) = Receipt::read(object) else { return Ok(Adoption::None) };
        let By::Anonymous { community, owner } = told.by else { return Ok(Adoption::None) };
        let is_ours = directory.community(community).is_some_and(|known| known.owned);
        let is_owner = directory.own_member().is_some_and(|own| own.id == owner);
        if !is_ours || !is_owner {
            return Ok(Adoption::None);
        }
        let members = self.tellers_behind(giver, community, directory)?;
        if members == 0 {
            let rule = "an anonymous receipt comes from a member of its community";
            return Ok(Adoption::Refused(rule.to_owned()));
        }
        let words = format!("{giver} {community} {} {}", told.object_ref, told.state.as_str());
        let key = hex::encode(receipt::keyed_digest(&self.store.secret(SECRET)?, words.as_bytes()));
        let mut counted: BTreeSet<String> = self.kept_json(COUNTED, &key)?.unwrap_or_default();
        let id = told.id.to_string();
        if counted.contains(&id) {
            return Ok(Adoption::By(owner));
        }
        if counted.len() >= members {
            let rule = "its member said this already, under another id: a member counts once";
            return Ok(Adoption::Refused(rule.to_owned()));
        }
        counted.insert(id);
        self.keep_json(COUNTED, &key, &counted)?;
        Ok(Adoption::By(owner))
    }
    /// How many members of a community may speak through a giver: one, and of a peer as many as live there.
    fn tellers_behind(
        &self,
        giver: MemberId,
        community: CommunityId,
        directory: &Directory,
    ) -> Result<usize, AppError> {
        let now = self.now();
        let is_in = |member: &MemberId| {
            directory.communities_of(*member, now).iter().any(|known| known.id == community)
        };
        let lives_here = directory.member(giver).is_some_and(|member| member.hosted);
        let mut members = BTreeSet::from([giver]);
        if !lives_here {
            members.extend(self.living_with(giver)?);
        }
        Ok(members.iter().filter(|member| is_in(member)).count())
    }
}
