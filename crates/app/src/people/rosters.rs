//! How a community's roster goes to another node: signed by the member that owns the community, and verified before
//! anything of it is taken in (ADR 0019).

use jiff::Timestamp;
use kizuna_access::rights::{Sector, Signer};
use kizuna_access::{CommunityId, Country, Directory, MemberId, Rights};
use kizuna_attest::{PublicKey, Purpose, Refusal, Seal, Statement, Verified};
use kizuna_stix::canonical;
use serde_json::Value;

use super::{Community, People};
use crate::{AppError, Node};

/// Node state: the roster that was taken in last, by community.
const TAKEN: &str = "roster.taken";

/// A community's roster as it was found: nothing is proven by holding one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Roster {
    pub community: CommunityId,
    pub name: String,
    pub from_joining: bool,
    pub members: Vec<RosterEntry>,
    /// Whose it is and since when it stands; nothing in a file from before rosters were signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<RosterSeal>,
}

/// One member of a roster, with enough to know it on a node that has never heard of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RosterEntry {
    pub member: MemberId,
    pub name: String,
    pub country: Country,
    pub kind: Sector,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Under what a roster stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RosterSeal {
    /// The member that owns the community: its key signs.
    pub owner: RosterEntry,
    /// When it was signed. Of two rosters the later one stands.
    pub at: Timestamp,
    /// The public key, to be compared where it is not known yet.
    pub key: String,
    /// Over everything else of the roster, in canonical JSON.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signature: String,
}

/// What was taken in last of a community, so that neither an older roster nor another owner's takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Taken {
    owner: MemberId,
    at: Timestamp,
}

/// A roster with its seal, in a form that a key ring verifies.
struct Sealed {
    roster: Roster,
    owner: MemberId,
    at: Timestamp,
    seal: Seal,
}

impl Statement for Sealed {
    const PURPOSE: Purpose = Purpose::Roster;

    fn signer(&self) -> Signer {
        Signer::Member(self.owner)
    }

    fn at(&self) -> Timestamp {
        self.at
    }

    fn payload(&self) -> Vec<u8> {
        self.roster.payload()
    }

    fn seal(&self) -> Seal {
        self.seal
    }
}

impl Roster {
    /// What is signed: all of it but the signature, in canonical JSON.
    fn payload(&self) -> Vec<u8> {
        let mut unsigned = self.clone();
        if let Some(signed) = &mut unsigned.signed {
            signed.signature.clear();
        }
        match serde_json::to_value(&unsigned) {
            Ok(Value::Object(says)) => canonical::map_to_vec(&says),
            _ => Vec::new(),
        }
    }

    /// # Errors
    /// [`AppError::Invalid`] for one without a seal, or with one that is none.
    fn sealed(self) -> Result<Sealed, AppError> {
        let Some(signed) = &self.signed else {
            let why = "this roster is not signed: ask its owner for a signed one, or compare it with its owner and \
                       take it in with --unsigned";
            return Err(AppError::invalid("$.signed", why));
        };
        let broken = |rule: String| AppError::invalid("$.signed", rule);
        let key: PublicKey = signed.key.parse().map_err(|error| broken(format!("{error}")))?;
        let signature = signed.signature.parse().map_err(|error| broken(format!("{error}")))?;
        let seal = Seal { key: key.fingerprint(), signature };
        let (owner, at) = (signed.owner.member, signed.at);
        Ok(Sealed { roster: self, owner, at, seal })
    }
}

impl People<'_> {
    /// A community's roster, for another node, signed by the node's own member, which owns it.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for a community that another node owns: its owner signs it.
    pub fn export_roster(&self, community: CommunityId) -> Result<Roster, AppError> {
        let directory = self.node.directory()?;
        self.needs_node_admin(&directory)?;
        let known = directory.community(community).ok_or(AppError::NotFound)?;
        if !known.owned {
            let reason = format!("{} is another node's: only its owner signs its roster", known.name);
            return Err(AppError::Forbidden(reason));
        }
        let own = directory.own_member().ok_or(AppError::NotFound)?;
        let members = directory.roster(community).into_iter().map(|(member, membership)| RosterEntry {
            from: Some(membership.from),
            until: membership.until,
            ..entry(member)
        });
        let (name, from_joining) = (known.name.clone(), known.from_joining);
        let mut roster = Roster { community, name, from_joining, members: members.collect(), signed: None };
        let key = self.node.member_key(own.id)?.to_string();
        let at = self.node.now();
        roster.signed = Some(RosterSeal { owner: entry(own), at, key, signature: String::new() });
        let seal = self.node.member_sign(own.id, Purpose::Roster, &roster.payload())?;
        if let Some(signed) = &mut roster.signed {
            signed.signature = seal.signature.to_string();
        }
        Ok(roster)
    }

    /// Verifies a roster with the keys that are known of its owner.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a roster that is not signed, is signed with a key that is not known to be its owner's,
    /// or was altered; it says the way out.
    pub fn verify_roster(&self, roster: Roster) -> Result<Verified<Roster>, AppError> {
        self.needs_to_run_node()?;
        let sealed = roster.sealed()?;
        let name = sealed.roster.signed.as_ref().map(|signed| signed.owner.name.clone()).unwrap_or_default();
        let key = sealed.roster.signed.as_ref().map(|signed| signed.key.clone()).unwrap_or_default();
        let verified = self.node.key_ring()?.verify(sealed, self.node.now()).map_err(|refusal| {
            let way_out = match refusal {
                Refusal::NoKey | Refusal::UnknownKey(_) => {
                    format!("; once somebody has compared it with {name}, take it in with --key {key}")
                }
                _ => String::new(),
            };
            AppError::invalid("$.signed", format!("the roster is not taken in: {refusal}{way_out}"))
        })?;
        Ok(verified.map(|sealed| sealed.roster))
    }

    /// Holds a key to be that of a roster's owner, because somebody compared it, and verifies the roster with it.
    ///
    /// # Errors
    /// Like [`People::verify_roster`]; [`AppError::Forbidden`] for an owner that lives here.
    pub fn verify_roster_with(&self, roster: Roster, key: PublicKey) -> Result<Verified<Roster>, AppError> {
        let directory = self.node.directory()?;
        self.needs_node_admin(&directory)?;
        let sealed = roster.sealed()?;
        // Nothing is remembered of a roster that this key did not sign.
        let is_its = key.fingerprint() == sealed.seal.key
            && key.verifies(Purpose::Roster, &sealed.payload(), &sealed.seal.signature);
        if !is_its {
            return Err(AppError::invalid(
                "$.signed",
                "the roster is not taken in: that key did not sign it",
            ));
        }
        let roster = sealed.roster;
        if let Some(signed) = &roster.signed {
            self.know(&directory, &signed.owner)?;
            self.pin_signing_key(signed.owner.member, key)?;
        }
        self.verify_roster(roster)
    }

    /// Takes in a roster that another node owns: members and community are added as far as they are new, and those
    /// who are no longer on it leave.
    ///
    /// # Errors
    /// [`AppError::Conflict`] for a community that this node owns itself, for a roster that is older than the one that
    /// was taken in last, and for one of another owner, or of none where it had one.
    pub fn import_roster(&self, roster: &Verified<Roster>) -> Result<Community, AppError> {
        let directory = self.node.directory()?;
        self.needs_node_admin(&directory)?;
        let community = roster.community;
        let known = directory.community(community);
        if let Some(known) = known.filter(|known| known.owned) {
            let reason = format!("{} is this node's own community: change it here", known.name);
            return Err(AppError::Conflict(reason));
        }
        let taken = self.succession(roster)?;
        if known.is_none() {
            self.record(Rights::CommunityAdded {
                community,
                name: roster.name.clone(),
                owned: false,
                from_joining: roster.from_joining,
            })?;
        }
        for entry in &roster.members {
            self.take_in(&directory, community, entry)?;
        }
        for (member, _) in directory.roster(community) {
            if !roster.members.iter().any(|entry| entry.member == member.id) {
                self.record(Rights::Left { community, member: member.id })?;
            }
        }
        if let Some(taken) = taken {
            let bytes = serde_json::to_vec(&taken).map_err(|error| AppError::Internal(error.to_string()))?;
            self.node.store.writer().set_state(TAKEN, &community.to_string(), Some(bytes), None)?;
        }
        self.community(community)
    }

    /// What is remembered of a roster that follows the one that was taken in last.
    fn succession(&self, roster: &Roster) -> Result<Option<Taken>, AppError> {
        let next = roster.signed.as_ref().map(|signed| Taken { owner: signed.owner.member, at: signed.at });
        let kept = self.node.store.state(TAKEN, &roster.community.to_string())?;
        let Some(last) = kept.and_then(|bytes| serde_json::from_slice::<Taken>(&bytes).ok()) else {
            return Ok(next);
        };
        let name = &roster.name;
        let refused = match next {
            None => {
                format!("{name} has a signed roster here: one without a signature does not take its place")
            }
            Some(next) if next.owner != last.owner => {
                format!("{name} is owned by another member: this roster is not its owner's")
            }
            Some(next) if next.at < last.at => {
                format!("the roster of {name} that is here was signed later, at {}", last.at)
            }
            Some(_) => return Ok(next),
        };
        Err(AppError::Conflict(refused))
    }

    /// Adds a member that lives elsewhere, where it is new here.
    fn know(&self, directory: &Directory, entry: &RosterEntry) -> Result<(), AppError> {
        if directory.member(entry.member).is_some() {
            return Ok(());
        }
        self.record(Rights::MemberAdded {
            member: entry.member,
            name: entry.name.clone(),
            country: entry.country,
            sector: entry.kind,
            hosted: false,
        })
    }

    fn take_in(
        &self,
        directory: &Directory,
        community: CommunityId,
        entry: &RosterEntry,
    ) -> Result<(), AppError> {
        let member = entry.member;
        self.know(directory, entry)?;
        let standing = directory.roster(community).into_iter().find(|(known, _)| known.id == member);
        if let Some((_, membership)) = standing {
            if membership.until == entry.until && entry.from.is_none_or(|from| from == membership.from) {
                return Ok(());
            }
            self.record(Rights::Left { community, member })?;
        }
        if entry.until.is_some_and(|until| until <= self.node.now()) {
            return Ok(());
        }
        self.record(Rights::Joined { community, member, from: entry.from, until: entry.until })
    }
}

impl Node {
    /// The member that signed the roster of a community that another node owns; nothing where it was not signed.
    pub(crate) fn roster_owner(&self, community: CommunityId) -> Result<Option<MemberId>, AppError> {
        let kept = self.store.state(TAKEN, &community.to_string())?;
        let taken = kept.and_then(|bytes| serde_json::from_slice::<Taken>(&bytes).ok());
        Ok(taken.map(|taken| taken.owner))
    }
}

fn entry(member: &kizuna_access::directory::Member) -> RosterEntry {
    RosterEntry {
        member: member.id,
        name: member.name.clone(),
        country: member.country,
        kind: member.sector,
        from: None,
        until: None,
    }
}

#[cfg(test)]
mod tests;
