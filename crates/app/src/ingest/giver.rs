//! Who gives an envelope, and through which way.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::channel::Channel;
use kizuna_access::directory::Collection;
use kizuna_access::label::{Handling, Terms, Tlp};
use kizuna_access::rights::Role;
use kizuna_access::spec::Names;
use kizuna_access::{Directory, Label, MemberId, Party, PersonId, Principal, spec};
use kizuna_stix::Object;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::known::Known;
use super::{Delivery, Target};
use crate::package::PACKAGE;
use crate::{AppError, Node};

/// Names of ways: the own member's default one, a collection's, a peer's.
const OWN: &str = "own";
const COLLECTION: &str = "collection:";
pub(crate) const PEER: &str = "peer:";
/// Node state: what a way with a label in words adds, by its name.
const WAYS: &str = "way";

/// Whose content an envelope is, and through which way it comes.
#[derive(Debug, Clone)]
pub(crate) struct Giver {
    /// The member whose content it is; of a peer the principal one.
    pub source: MemberId,
    pub by: Option<PersonId>,
    /// The name of the way: the same source and bytes through another way is a further contribution.
    pub channel: String,
    /// What the way adds to markings.
    pub way: Channel,
    pub origin: Origin,
    pub reliability: Option<char>,
    /// Whether the person holds the role releaser.
    pub is_releaser: bool,
}

/// Whether content is written here or was written elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// By the source's own people, or by the operator for the node's own member.
    Here,
    /// By this node, which carries out what people decided about the source's content.
    Release,
    /// By a peer, for the members that live there.
    Peer { hosted: BTreeSet<MemberId> },
}

impl Giver {
    /// Somebody here, through the way that a delivery names.
    fn through(
        collections: &[Collection],
        delivery: &Delivery<'_>,
        source: MemberId,
        by: Option<PersonId>,
    ) -> Result<Self, AppError> {
        let (channel, way) = match delivery.target {
            Target::Own => (OWN.to_owned(), Channel::default()),
            Target::Collection(id) => (format!("{COLLECTION}{id}"), writable(collections, id)?.channel()),
        };
        let reliability = delivery.reliability;
        Ok(Self { source, by, channel, way, origin: Origin::Here, reliability, is_releaser: false })
    }

    /// Whose content one object of the envelope is: a peer gives for all the members that live there.
    pub fn source_of(&self, object: &Object) -> MemberId {
        let Origin::Peer { hosted } = &self.origin else { return self.source };
        let author = object.created_by().filter(|author| author.kind() == "identity");
        let member = author.map(|author| MemberId(author.uuid()));
        member.filter(|member| hosted.contains(member)).unwrap_or(self.source)
    }

    /// Whose content the definitions of a source explain: its own, and of a peer's principal member that of all who
    /// live there, because definitions name no author.
    pub fn explains_for(&self, source: MemberId) -> BTreeSet<MemberId> {
        match &self.origin {
            Origin::Peer { hosted } if source == self.source => hosted.clone(),
            _ => BTreeSet::from([source]),
        }
    }

    /// Whether what is this member's comes from itself, by its own account or its own node.
    pub fn speaks_for(&self, member: MemberId) -> bool {
        self.hosted().contains(&member)
    }

    /// For whom it speaks.
    pub fn hosted(&self) -> BTreeSet<MemberId> {
        match &self.origin {
            Origin::Here | Origin::Release => BTreeSet::from([self.source]),
            Origin::Peer { hosted } => hosted.clone(),
        }
    }

    pub fn is_here(&self) -> bool {
        matches!(self.origin, Origin::Here | Origin::Release)
    }

    /// Whether it is another node: one that is fetched from, or the account of a member that lives elsewhere.
    pub fn is_node(&self, directory: &Directory) -> bool {
        !self.is_here() || (self.is_typed_here() && lives_elsewhere(directory, self.source))
    }

    /// Whether somebody writes it here, in place of a decision.
    pub fn is_typed_here(&self) -> bool {
        self.origin == Origin::Here
    }
}

impl Node {
    /// The giver that a person is through a delivery.
    pub(crate) fn giver(&self, who: &Principal, delivery: &Delivery<'_>) -> Result<Giver, AppError> {
        let directory = self.directory()?;
        if let Some(peer) = self.channel_of(who)? {
            // What a node pushes is its members' content, as if it had been fetched there.
            return self.peer_giver(&peer);
        }
        let reader = directory.reader(who, self.now())?;
        if !reader.may_write() {
            return Err(AppError::Forbidden(
                "writing takes the role analyst, releaser or admin, and a key that is not read-only"
                    .to_owned(),
            ));
        }
        let collections = match delivery.target {
            Target::Own => Vec::new(),
            Target::Collection(_) => {
                let now = self.now();
                let mut collections = directory.member_collections(who.member());
                for community in directory.communities_of(who.member(), now) {
                    collections.extend(directory.community_collections(community.id));
                }
                collections
            }
        };
        let known = Known::of(&directory, &reader, self.now());
        let asked = delivery.label.map(|words| terms(&known, words)).transpose()?;
        let mut giver = Giver::through(&collections, delivery, who.member(), Some(who.person()))?;
        giver.way.is_hop = lives_elsewhere(&directory, giver.source);
        giver.is_releaser = reader.has(Role::Releaser);
        self.under(giver, asked, &directory)
    }

    /// The giver that the operator at the machine is: the node's own member.
    pub(super) fn operator_giver(&self, delivery: &Delivery<'_>) -> Result<Giver, AppError> {
        let directory = self.directory()?;
        let own = directory.own_member().map(|own| own.id);
        let own = own.ok_or_else(|| {
            AppError::Unavailable(
                "this node has no member yet: kizuna member add NAME --country JPN".to_owned(),
            )
        })?;
        let mut collections = directory.member_collections(own);
        for community in directory.communities() {
            collections.extend(directory.community_collections(community.id));
        }
        let asked = delivery.label.map(|words| terms(&*directory, words)).transpose()?;
        let giver = Giver::through(&collections, delivery, own, None)?;
        self.under(giver, asked, &directory)
    }

    /// A giver under a label in words. It makes a way of its own, with a name that tells it: what waits for a marking
    /// is compiled under the same way later.
    fn under(&self, giver: Giver, asked: Option<Terms>, directory: &Directory) -> Result<Giver, AppError> {
        let Some(asked) = asked else { return Ok(giver) };
        let way = labelled(&giver.way, &asked, giver.source, directory, self.now());
        self.on_way(giver, way)
    }

    /// A giver through a way of its own, remembered under a name that tells it.
    pub(crate) fn on_way(&self, mut giver: Giver, way: Channel) -> Result<Giver, AppError> {
        giver.way = way;
        let way = serde_json::to_vec(&giver.way).map_err(|error| AppError::Internal(error.to_string()))?;
        let digest = hex::encode(&Sha256::digest(&way)[..8]);
        giver.channel = format!("{}+{digest}", giver.channel);
        if self.store.state(WAYS, &giver.channel)?.is_none() {
            self.store.writer().set_state(WAYS, &giver.channel, Some(way), None)?;
        }
        Ok(giver)
    }

    /// What the way of this name adds to markings; nothing where it is not known any more.
    ///
    /// `source` is whose content came by it: an account of a member that lives elsewhere is another node's.
    pub(super) fn way(&self, channel: &str, source: MemberId) -> Result<Option<Channel>, AppError> {
        if channel.contains('+') {
            let kept = self.store.state(WAYS, channel)?;
            return Ok(kept.and_then(|way| serde_json::from_slice(&way).ok()));
        }
        if let Some(name) = channel.strip_prefix(PEER) {
            return self.way_of_peer(name);
        }
        if let Some(name) = channel.strip_prefix(PACKAGE) {
            return self.way_of_channel(name);
        }
        let directory = self.directory()?;
        let is_hop = lives_elsewhere(&directory, source);
        let Some(id) = channel.strip_prefix(COLLECTION) else {
            return Ok(Some(Channel::default().over(is_hop)));
        };
        let members = directory.members().flat_map(|member| directory.member_collections(member.id));
        let communities =
            directory.communities().flat_map(|community| directory.community_collections(community.id));
        let found = members.chain(communities).find(|collection| collection.id.to_string() == id);
        Ok(found.map(|collection| collection.channel().over(is_hop)))
    }

    /// A label in words, completed for the own member where it names nobody.
    pub fn label(&self, words: &str) -> Result<Label, AppError> {
        let directory = self.directory()?;
        let terms = terms(&*directory, words)?;
        let Some(own) = directory.own_member() else { return Ok(terms.label()) };
        Ok(terms.or(&Label::own(own.id)).label())
    }
}

fn lives_elsewhere(directory: &Directory, member: MemberId) -> bool {
    !directory.member(member).is_some_and(|member| member.hosted)
}

fn writable(collections: &[Collection], id: Uuid) -> Result<&Collection, AppError> {
    let collection = collections.iter().find(|collection| collection.id == id).ok_or(AppError::NotFound)?;
    if !collection.writable {
        return Err(AppError::Forbidden("this collection is only read".to_owned()));
    }
    Ok(collection)
}

pub(crate) fn terms(names: &impl Names, words: &str) -> Result<Terms, AppError> {
    spec::parse(words, names).map_err(|error| AppError::invalid("label", error.to_string()))
}

/// A way that also asks what a label in words asks, of everything and of what is unmarked.
pub(crate) fn labelled(
    way: &Channel,
    asked: &Terms,
    source: MemberId,
    directory: &Directory,
    now: Timestamp,
) -> Channel {
    let asked = with_source(asked, source, directory, now);
    let default = way.default.clone().unwrap_or_else(|| Label::own(source));
    let default = asked.or(&default).label();
    Channel { always: way.always.and(&asked), default: Some(default), is_hop: way.is_hop }
}

/// Who gives content under a label goes on reading it, though the label names others only. RED and drafts name
/// persons and members one by one, and mean just them.
pub(crate) fn with_source(asked: &Terms, source: MemberId, directory: &Directory, now: Timestamp) -> Terms {
    let label = asked.label();
    let is_strict = label.tlp() == Some(Tlp::Red) || label.handling().contains(&Handling::Draft);
    if asked.audience().is_none() || is_strict {
        return asked.clone();
    }
    let mut is = BTreeSet::from([Party::World, Party::Member(source)]);
    is.extend(directory.member(source).map(|member| Party::Country(member.country)));
    let communities = directory.communities_of(source, now);
    is.extend(communities.iter().map(|community| Party::Community(community.id)));
    let is_named = label.audience().iter().all(|clause| !clause.is_disjoint(&is));
    if is_named { asked.clone() } else { label.including(source).terms() }
}
