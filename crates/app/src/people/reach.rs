//! Whom a label reaches: members, peers and feeds, to be shown before something is published, imported or released. It
//! decides nothing: the gate does, at each reading.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kizuna_access::label::{Handling, Tlp};
use kizuna_access::rights::{Holds, Role};
use kizuna_access::{Channel, Directory, Label, MemberId, Party, directory, spec};

use super::{Caller, Collection, Member, People};
use crate::ingest::{Known, terms};
use crate::{AppError, Target};

/// A label, and whom it reaches.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reach {
    /// What the words say, for the caller's member where they name nobody; the caller's member always reads on.
    #[serde(skip)]
    pub label: Label,
    /// The same in words.
    pub words: String,
    #[serde(flatten)]
    pub reached: Reached,
}

/// Whom content under a label reaches, as far as the caller may know of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Reached {
    /// Members that the caller may know of and that the audience names, the caller's own first. Clearances are
    /// persons' and are not counted.
    pub members: Vec<Member>,
    /// Peers to which it goes by itself; for who runs the node, and the releasers of its own member.
    pub peers: Vec<String>,
    /// What would deliver it to programs.
    pub feeds: Vec<Feed>,
}

/// A way by which programs get content without anybody's asking for it one by one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Feed {
    pub kind: FeedKind,
    /// The member or community whose it is, by name.
    pub of: String,
    /// A collection's title; nothing for keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How many keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<usize>,
}

/// What kind of feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedKind {
    /// A TAXII collection that holds it, for whoever polls it and may read it.
    Collection,
    /// API keys of a member's people who may read it: TAXII, change streams, the API. For who is told of peers.
    Keys,
}

impl People<'_> {
    /// Whom content of the caller's own member reaches under a label in words.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the column for words that are no label.
    pub fn reach(&self, words: &str) -> Result<Reach, AppError> {
        self.reach_through(Target::Own, words)
    }

    /// Whom content of the caller's own member reaches that is given to a target under a label in words; none for what
    /// the target says by itself.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the column for words that are no label, [`AppError::NotFound`] for a collection that
    /// the caller may not use.
    pub fn reach_through(&self, target: Target, words: &str) -> Result<Reach, AppError> {
        let directory = self.node.directory()?;
        let way = self.way_to(target, &directory)?;
        let own = match &self.caller {
            Caller::Person(principal) => principal.member(),
            Caller::Operator => directory.own_member().map(|own| own.id).ok_or(AppError::NotFound)?,
        };
        let terms = match &self.caller {
            Caller::Operator => terms(&*directory, words)?,
            Caller::Person(who) => {
                let reader = directory.reader(who, self.node.now())?;
                terms(&Known::of(&directory, &reader, self.node.now()), words)?
            }
        };
        let silent = way.default.unwrap_or_else(|| Label::own(own));
        let label = way.always.and(&terms.or(&silent)).label().including(own);
        let words = match &self.caller {
            Caller::Operator => spec::display(&label, &directory),
            Caller::Person(who) => self.node.read(who)?.label_text(&label),
        };
        let reached = self.reached(&label)?;
        Ok(Reach { label, words, reached })
    }

    /// What giving to a target adds to what is given.
    fn way_to(&self, target: Target, directory: &Directory) -> Result<Channel, AppError> {
        let Target::Collection(id) = target else { return Ok(Channel::default()) };
        let roots = self.roots()?;
        let mut usable = roots.iter().flat_map(|root| &root.collections);
        usable.find(|collection| collection.id == id).ok_or(AppError::NotFound)?;
        let mut known: Vec<directory::Collection> = Vec::new();
        match &self.caller {
            Caller::Person(who) => known.extend(directory.member_collections(who.member())),
            Caller::Operator => {
                let own = directory.own_member().map(|own| directory.member_collections(own.id));
                known.extend(own.into_iter().flatten());
            }
        }
        known.extend(directory.communities().flat_map(|one| directory.community_collections(one.id)));
        let found = known.iter().find(|collection| collection.id == id);
        Ok(found.map(directory::Collection::channel).unwrap_or_default())
    }

    /// Whom a label reaches: the members, peers and feeds that the caller may know of.
    pub fn reached(&self, label: &Label) -> Result<Reached, AppError> {
        let directory = self.node.directory()?;
        let members = self.reached_by(label)?;
        let mut feeds = self.collections_that_hold(label)?;
        let mut peers = Vec::new();
        if self.is_told_of_ways_out(&directory)? {
            peers = self.node.peers_reached(&members)?;
            feeds.extend(self.keys_that_read(label, &members, &directory)?);
        }
        Ok(Reached { members, peers, feeds })
    }

    /// Whether the caller may know by which ways content leaves this node: who runs it, and the releasers of its own
    /// member.
    fn is_told_of_ways_out(&self, directory: &Directory) -> Result<bool, AppError> {
        let Caller::Person(who) = &self.caller else { return Ok(true) };
        let reader = directory.reader(who, self.node.now())?;
        let is_own = directory.own_member().is_some_and(|own| own.id == who.member());
        Ok(is_own && (reader.has(Role::Releaser) || reader.has(Role::Admin)))
    }

    /// The collections beside a member's own "all" that hold what carries this label, of the roots that the caller may
    /// use.
    fn collections_that_hold(&self, label: &Label) -> Result<Vec<Feed>, AppError> {
        let holds = |collection: &&Collection| match &collection.holds {
            Holds::All => collection.alias.is_none(),
            Holds::Naming(party) => label.names(party),
            Holds::Nothing => false,
        };
        let mut feeds = Vec::new();
        for root in self.roots()? {
            let held = root.collections.iter().filter(holds);
            feeds.extend(held.map(|collection| Feed {
                kind: FeedKind::Collection,
                of: root.title.clone(),
                title: Some(collection.title.clone()),
                keys: None,
            }));
        }
        Ok(feeds)
    }

    /// The valid API keys of each member with which what carries this label may be read.
    fn keys_that_read(
        &self,
        label: &Label,
        members: &[Member],
        directory: &Directory,
    ) -> Result<Vec<Feed>, AppError> {
        let now = self.node.now();
        let mut counted: BTreeMap<MemberId, usize> = BTreeMap::new();
        for person in directory.people().filter(|person| person.removed.is_none()) {
            for key in directory.keys_of(person.id) {
                // One that is revoked or has ended reads nothing.
                let Ok(who) = directory.authenticate_by_key(key.id, now) else { continue };
                if directory.reader(&who, now)?.can_read(label, Timestamp::MAX) {
                    *counted.entry(person.member).or_default() += 1;
                }
            }
        }
        let of = |member: &Member| {
            let keys = counted.get(&member.id).copied()?;
            let (kind, of) = (FeedKind::Keys, member.name.clone());
            Some(Feed { kind, of, title: None, keys: Some(keys) })
        };
        Ok(members.iter().filter_map(of).collect())
    }

    /// The members that a label reaches and that the caller may know of, the caller's own first.
    pub fn reached_by(&self, label: &Label) -> Result<Vec<Member>, AppError> {
        let directory = self.node.directory()?;
        let own = match &self.caller {
            Caller::Person(principal) => Some(principal.member()),
            Caller::Operator => directory.own_member().map(|own| own.id),
        };
        let now = self.node.now();
        let mut members = self.members()?;
        members.retain(|member| is_reached(&directory, label, member.id, now));
        members.sort_by_key(|member| (Some(member.id) != own, member.name.clone()));
        Ok(members)
    }
}

fn is_reached(directory: &Directory, label: &Label, member: MemberId, now: Timestamp) -> bool {
    let mut reached_as = vec![member];
    let clients_read = matches!(label.tlp(), Some(Tlp::Clear | Tlp::Green | Tlp::Amber));
    if clients_read && !label.handling().contains(&Handling::Draft) {
        reached_as.extend(directory.client_of(member, now));
    }
    let names = |clause: &BTreeSet<Party>| {
        let is_named = |party: &Party| reached_as.iter().any(|who| is_in(directory, party, *who, now));
        clause.iter().any(is_named)
    };
    !label.audience().is_empty() && label.audience().iter().all(names)
}

fn is_in(directory: &Directory, party: &Party, member: MemberId, now: Timestamp) -> bool {
    match party {
        Party::World => true,
        Party::Country(country) => directory.member(member).is_some_and(|known| known.country == *country),
        Party::Community(community) => {
            directory.communities_of(member, now).iter().any(|known| known.id == *community)
        }
        Party::Member(named) => *named == member,
        Party::ClientsOf(of) => directory.client_of(member, now).contains(of),
        Party::Person(person) => directory.person(*person).is_some_and(|known| known.member == member),
    }
}

#[cfg(test)]
mod tests;
