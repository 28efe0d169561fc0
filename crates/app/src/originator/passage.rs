//! The originator's consent as it travels: a release of its own, signed by its approvers, that names the members whose
//! nodes may pass the content on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kizuna_access::release::{RELEASE_KIND, Release, State};
use kizuna_access::travel::{RECALL_KIND, Recall};
use kizuna_access::{Directory, MemberId, PersonId};
use kizuna_attest::{Agreement, KeyRing, Verified};
use kizuna_stix::{Id, Object};

use super::{author, is_beside, is_sources_own};
use crate::{AppError, Item, Node};

/// The releases that speak of some content, by their ids, each as it stood last.
#[derive(Default)]
pub(crate) struct Passages {
    /// Originator and release → its newest record.
    records: BTreeMap<(MemberId, Id), Release>,
}

/// Whether a consent stands, and why not.
pub(crate) type Passage = Result<Vec<Verified<Agreement>>, String>;

impl Passages {
    /// Takes in the records that an originator gave.
    pub fn add(&mut self, originator: MemberId, object: &Object) {
        if object.kind() != RELEASE_KIND {
            return;
        }
        let Ok(release) = Release::read(object) else { return };
        if release.by != originator {
            return;
        }
        let place = (originator, release.id.clone());
        let is_newer = self.records.get(&place).is_none_or(|known| known.modified < release.modified);
        if is_newer {
            self.records.insert(place, release);
        }
    }

    /// Takes in the records that were stored before.
    pub fn add_stored(&mut self, node: &Node, originator: MemberId, about: &Id) -> Result<(), AppError> {
        for object in node.store.given_about(originator, RELEASE_KIND, about)? {
            self.add(originator, &object);
        }
        Ok(())
    }

    /// Whether the originator lets one of these members' nodes pass on this version.
    pub fn of(
        &self,
        originator: MemberId,
        (id, digest): (&Id, &[u8; 32]),
        carriers: &BTreeSet<MemberId>,
        (directory, ring): (&Directory, &KeyRing),
        now: Timestamp,
    ) -> Passage {
        let digest = hex::encode(digest);
        let names = |release: &&Release| {
            release.by == originator
                && release.decided.objects.iter().any(|item| item.object_ref == *id && item.digest == digest)
                && !release.decided.through.is_disjoint(carriers)
        };
        let mut why = "its originator has not released it through this member".to_owned();
        for release in self.records.values().filter(names) {
            let mut release = release.clone();
            release.lapse(now);
            if release.state != State::Released {
                why = format!("its originator's release of it is {}", release.state.as_str());
                continue;
            }
            match agreed(&release, directory, ring, now) {
                Ok(agreed) => return Ok(agreed),
                Err(reason) => why = reason,
            }
        }
        Err(why)
    }
}

/// The approvals of a release that are proven to be by people of the member that releases; at least one.
fn agreed(release: &Release, directory: &Directory, ring: &KeyRing, now: Timestamp) -> Passage {
    const UNSIGNED: &str = "nobody has signed its originator's release of it";
    const STRANGER: &str = "who signed its originator's release of it is not known to be of that member";
    let mut why = UNSIGNED.to_owned();
    let mut agreed = Vec::new();
    for approval in &release.approvals {
        let Some(agreement) = Agreement::of(release, approval) else { continue };
        if member_of(directory, approval.person) != Some(release.by) {
            STRANGER.clone_into(&mut why);
            continue;
        }
        match ring.verify(agreement, now) {
            Ok(verified) => agreed.push(verified),
            Err(refusal) => why = format!("its originator's release of it: {refusal}"),
        }
    }
    if agreed.is_empty() { Err(why) } else { Ok(agreed) }
}

/// Whose person this is: by an account here, or by the word of a member that lives elsewhere.
fn member_of(directory: &Directory, person: PersonId) -> Option<MemberId> {
    directory.person(person).map(|known| known.member).or_else(|| directory.vouched_by(person))
}

/// Whether what is originator controlled may leave this node: what is of a member that lives here, and what its
/// originator released through one. What tells of such content follows it.
pub(crate) fn may_leave(node: &Node, item: &Item) -> Result<bool, AppError> {
    let directory = node.directory()?;
    if directory.member(item.source).is_some_and(|source| source.hosted) {
        return Ok(is_sources_own(author(&item.bytes).as_ref(), item.source));
    }
    let hosted: BTreeSet<MemberId> =
        directory.members().filter(|member| member.hosted).map(|member| member.id).collect();
    match item.id.kind() {
        RELEASE_KIND => Ok(object(item).is_some_and(|object| is_through(&object, &hosted))),
        RECALL_KIND => {
            let recalled = object(item).and_then(|object| Recall::read(&object).ok());
            let Some(Recall { object_ref, .. }) = recalled else { return Ok(false) };
            let records = node.store.given_about(item.source, RELEASE_KIND, &object_ref)?;
            Ok(records.iter().any(|record| is_through(record, &hosted)))
        }
        kind if is_beside(kind) => Ok(false),
        _ => {
            let mut passages = Passages::default();
            passages.add_stored(node, item.source, &item.id)?;
            let known = (&*directory, &*node.key_ring()?);
            let version = (&item.id, &item.digest);
            Ok(passages.of(item.source, version, &hosted, known, node.now()).is_ok())
        }
    }
}

/// Why content that a peer relays is not taken in; nothing where it may be. `hosted` are the members that live at the
/// peer, `source` is whose content it is as far as that is known.
pub(crate) fn relay_refused(
    node: &Node,
    object: &Object,
    source: MemberId,
    (hosted, passages): (&BTreeSet<MemberId>, &mut Passages),
) -> Result<Option<String>, AppError> {
    let directory = node.directory()?;
    let lives_here = directory.member(source).is_some_and(|source| source.hosted);
    if is_beside(object.kind()) || hosted.contains(&source) || lives_here {
        return Ok(None);
    }
    passages.add_stored(node, source, object.id())?;
    let known = (&*directory, &*node.key_ring()?);
    let version = (object.id(), &object.digest());
    let Err(why) = passages.of(source, version, hosted, known, node.now()) else { return Ok(None) };
    let name = directory.member(source).map_or_else(|| source.to_string(), |known| known.name.clone());
    Ok(Some(format!("it is originator controlled by {name}, and came by another member's node: {why}")))
}

fn is_through(record: &Object, carriers: &BTreeSet<MemberId>) -> bool {
    Release::read(record).is_ok_and(|release| !release.decided.through.is_disjoint(carriers))
}

fn object(item: &Item) -> Option<Object> {
    Object::from_value(serde_json::from_slice(&item.bytes).ok()?).ok()
}
