//! Try before you release: who would gain or lose which objects, before anything happens.
//!
//! Everything is counted over what the caller itself may read, so that a forecast tells nothing that its reading
//! does not. Persons of the caller's own member stand one by one, every other member as one. What is counted are objects
//! that people exchange; what goes beside them ([`MACHINERY`]) is counted apart.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::rights::{Clearance, Holder, Role};
use kizuna_access::travel::{LABEL_KIND, RECALL_KIND};
use kizuna_access::{CommunityId, Directory, MemberId, PersonId, Principal, Reader, Rights, leak};
use kizuna_access::{overlay, receipt, release, requirement, sanitisation};
use kizuna_attest::{ATTESTATION_KIND, KEY_KIND};
use kizuna_stix::Id;
use kizuna_store::view::{Group, Question, Shift, Shifts};

use crate::as_seen::Eyes;
use crate::people::{Caller, policies};
use crate::{AppError, Node};

/// Objects that a forecast lists of each viewer; it counts on beyond.
pub const LISTED: usize = 100;
/// Objects whose label can be tried at once.
pub const MOST_OBJECTS: usize = 1_000;
/// What nobody means who asks how many objects somebody gains: it goes beside content, or is about it.
pub const MACHINERY: [&str; 11] = [
    "marking-definition",
    "extension-definition",
    LABEL_KIND,
    RECALL_KIND,
    ATTESTATION_KIND,
    KEY_KIND,
    overlay::KIND,
    release::RELEASE_KIND,
    sanitisation::KIND,
    receipt::KIND,
    requirement::KIND,
];

/// A change to try.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change", deny_unknown_fields)]
pub enum Change {
    Join {
        community: CommunityId,
        member: MemberId,
        #[serde(default)]
        from: Option<Timestamp>,
        #[serde(default)]
        until: Option<Timestamp>,
    },
    Leave {
        community: CommunityId,
        member: MemberId,
    },
    /// What a person, a member or the node may hold at most.
    Clear {
        holder: Holder,
        clearance: Clearance,
    },
    Roles {
        person: PersonId,
        roles: BTreeSet<Role>,
    },
    /// Another label, in words, on what the own member gave.
    Label {
        objects: Vec<Id>,
        label: String,
    },
    /// A policy, or another version of one, from its file (SPIF).
    Policy {
        spif: String,
    },
}

/// Who would gain or lose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "name")]
pub enum Who {
    /// A person of the caller's own member, by e-mail address.
    Person(String),
    /// Everybody of another member.
    Member(String),
}

/// What one viewer would gain and lose. Of each sort at most [`LISTED`] objects are listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Forecasted {
    pub who: Who,
    pub gained: u64,
    pub lost: u64,
    /// Objects of which it reads something, and would read more: marked fields, or another contribution.
    pub fuller: u64,
    /// Objects of which it would read less.
    pub poorer: u64,
    pub gained_ids: Vec<Id>,
    pub lost_ids: Vec<Id>,
    pub fuller_ids: Vec<Id>,
    pub poorer_ids: Vec<Id>,
    /// Counted only.
    pub machinery: Machinery,
}

/// Objects of [`MACHINERY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Machinery {
    pub gained: u64,
    pub lost: u64,
}

/// What a change would do; viewers for whom nothing changes are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Forecast {
    /// The date asked, where one was: what is dated (memberships, equivalences of policies) counts as it stands then,
    /// with and without the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    pub viewers: Vec<Forecasted>,
}

/// The viewers that stand together, by account.
pub(crate) struct Company {
    pub who: Who,
    principals: Vec<Principal>,
}

impl Node {
    /// What a change would do if it were made now: to what is read now, or on a date to come.
    ///
    /// # Errors
    /// As [`Node::forecast`] and [`Node::forecast_label`]; [`AppError::NotFound`] for a community, member or person
    /// that the caller may not know of.
    pub fn foresee(
        &self,
        who: &Principal,
        change: &Change,
        at: Option<Timestamp>,
    ) -> Result<Forecast, AppError> {
        let rights = match change {
            Change::Label { objects, label } => return self.forecast_label(who, objects, label, at),
            Change::Policy { spif } => policies::event(spif.as_bytes())?.1,
            Change::Join { community, member, from, until } => {
                self.needs_to_know(who, Some(*community), Some(*member), None)?;
                Rights::Joined { community: *community, member: *member, from: *from, until: *until }
            }
            Change::Leave { community, member } => {
                self.needs_to_know(who, Some(*community), Some(*member), None)?;
                Rights::Left { community: *community, member: *member }
            }
            Change::Clear { holder, clearance } => {
                match holder {
                    Holder::Node => self.people(Caller::Person(who.clone())).needs_to_run_node()?,
                    Holder::Member(member) => self.needs_to_know(who, None, Some(*member), None)?,
                    Holder::Person(person) => self.needs_to_know(who, None, None, Some(*person))?,
                    // A key narrows its person further; it is tried by making one.
                    Holder::Key(_) => return Err(AppError::NotFound),
                }
                Rights::ClearanceSet { holder: *holder, clearance: clearance.clone() }
            }
            Change::Roles { person, roles } => {
                self.needs_to_know(who, None, None, Some(*person))?;
                Rights::RolesSet { person: *person, roles: roles.clone() }
            }
        };
        self.forecast(who, &[rights], at)
    }

    /// What is hidden from the caller is as absent.
    fn needs_to_know(
        &self,
        who: &Principal,
        community: Option<CommunityId>,
        member: Option<MemberId>,
        person: Option<PersonId>,
    ) -> Result<(), AppError> {
        self.needs_to_forecast(who)?;
        let people = self.people(Caller::Person(who.clone()));
        let knows_community = match community {
            Some(id) => people.communities()?.iter().any(|known| known.id == id),
            None => true,
        };
        let knows_member = match member {
            Some(id) => people.members()?.iter().any(|known| known.id == id),
            None => true,
        };
        let knows_person = match person {
            Some(id) => people.users()?.iter().any(|known| known.id == id),
            None => true,
        };
        if knows_community && knows_member && knows_person || leak::is(72) {
            Ok(())
        } else {
            Err(AppError::NotFound)
        }
    }

    /// What changes of rights (memberships, clearances, roles, policies) would do if they were recorded now: to what is
    /// read now, or on a date to come.
    ///
    /// # Errors
    /// The first change that could not be recorded; [`AppError::Forbidden`] without the role releaser or admin;
    /// [`AppError::Invalid`] for a date that is past.
    pub fn forecast(
        &self,
        who: &Principal,
        changes: &[Rights],
        at: Option<Timestamp>,
    ) -> Result<Forecast, AppError> {
        self.needs_to_forecast(who)?;
        let day = self.day_asked(at)?;
        let directory = self.directory()?;
        let supposed = directory.supposing(changes, self.now())?;
        let companies = self.companies(who, &directory, &supposed)?;
        let group = |company: &Company| Group {
            before: company.readers(&directory, day),
            after: company.readers(&supposed, day),
        };
        let groups: Vec<Group> = companies.iter().map(group).collect();
        let shifts = self.store.view(who)?.forecast(&question(&groups))?;
        Ok(Forecast::of(at, companies, shifts))
    }

    /// What another label, in words, on the own member's contributions to these objects would do.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an object that is hidden or absent, [`AppError::Invalid`] for words that are no
    /// label and for a date that is past.
    pub fn forecast_label(
        &self,
        who: &Principal,
        objects: &[Id],
        words: &str,
        at: Option<Timestamp>,
    ) -> Result<Forecast, AppError> {
        self.needs_to_forecast(who)?;
        let day = self.day_asked(at)?;
        if objects.len() > MOST_OBJECTS {
            return Err(AppError::TooLarge { what: "objects in one forecast", limit: MOST_OBJECTS });
        }
        let label = self.people(Caller::Person(who.clone())).reach(words)?.label;
        let directory = self.directory()?;
        let companies = self.companies(who, &directory, &directory)?;
        let group = |company: &Company| {
            let readers = company.readers(&directory, day);
            Group { before: readers.clone(), after: readers }
        };
        let groups: Vec<Group> = companies.iter().map(group).collect();
        let shifts = self.store.view(who)?.forecast_label(&question(&groups), objects, &label)?;
        Ok(Forecast::of(at, companies, shifts))
    }

    /// The instant whose rights count.
    fn day_asked(&self, at: Option<Timestamp>) -> Result<Timestamp, AppError> {
        let now = self.now();
        match at {
            Some(at) if at < now => Err(AppError::invalid("$.at", "lies in the past")),
            Some(at) => Ok(at),
            None => Ok(now),
        }
    }

    fn needs_to_forecast(&self, who: &Principal) -> Result<(), AppError> {
        let reader = self.directory()?.reader(who, self.now())?;
        if reader.has(Role::Releaser) || reader.has(Role::Admin) {
            return Ok(());
        }
        Err(AppError::Forbidden("a forecast takes the role releaser or admin".to_owned()))
    }

    /// The viewers that these eyes are.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for who is hidden from the caller or absent.
    pub(crate) fn company(&self, who: &Principal, eyes: Eyes) -> Result<Company, AppError> {
        let directory = self.directory()?;
        let now = self.now();
        match eyes {
            Eyes::Person(person) => {
                self.needs_to_know(who, None, None, Some(person))?;
                let known = directory.person(person).ok_or(AppError::NotFound)?;
                let principal = directory.authenticate_person(person, now)?;
                Ok(Company { who: Who::Person(known.email.clone()), principals: vec![principal] })
            }
            Eyes::Member(member) => {
                self.needs_to_know(who, None, Some(member), None)?;
                let known = directory.member(member).ok_or(AppError::NotFound)?;
                let people = directory.people().filter(|person| person.member == member);
                let principals =
                    people.filter_map(|person| directory.authenticate_person(person.id, now).ok());
                Ok(Company { who: Who::Member(known.name.clone()), principals: principals.collect() })
            }
        }
    }

    /// The viewers that the caller may know of, as they are or would be.
    fn companies(
        &self,
        who: &Principal,
        directory: &Directory,
        supposed: &Directory,
    ) -> Result<Vec<Company>, AppError> {
        let known: BTreeSet<MemberId> =
            self.people(Caller::Person(who.clone())).members()?.into_iter().map(|member| member.id).collect();
        let mut companies = Vec::new();
        let now = self.now();
        let principal = |person: PersonId| {
            let now_valid = directory.authenticate_person(person, now);
            now_valid.or_else(|_| supposed.authenticate_person(person, now)).ok()
        };
        for member in supposed.members().filter(|member| known.contains(&member.id)) {
            let people = supposed.people().filter(|person| person.member == member.id);
            if member.id == who.member() {
                companies.extend(people.filter_map(|person| {
                    let principals = vec![principal(person.id)?];
                    Some(Company { who: Who::Person(person.email.clone()), principals })
                }));
            } else {
                let principals = people.filter_map(|person| principal(person.id)).collect();
                companies.push(Company { who: Who::Member(member.name.clone()), principals });
            }
        }
        Ok(companies)
    }
}

impl Company {
    /// Those of them that may read on a day.
    pub(crate) fn readers(&self, directory: &Directory, day: Timestamp) -> Vec<Reader> {
        self.principals.iter().filter_map(|who| directory.reader(who, day).ok()).collect()
    }
}

fn question(groups: &[Group]) -> Question<'_> {
    Question { groups, listed: LISTED, is_machinery: &|kind| MACHINERY.contains(&kind) }
}

impl Forecast {
    fn of(at: Option<Timestamp>, companies: Vec<Company>, shifts: Vec<Shifts>) -> Self {
        let concerned = |shifts: &Shifts| !shifts.content.is_empty() || !shifts.machinery.is_empty();
        let told = companies.into_iter().zip(shifts).filter(|(_, shifts)| concerned(shifts));
        let mut viewers: Vec<Forecasted> =
            told.map(|(company, shifts)| Forecasted::of(company.who, shifts)).collect();
        viewers.sort_by(|one, other| one.who.cmp(&other.who));
        Self { at, viewers }
    }
}

impl Forecasted {
    fn of(who: Who, shifts: Shifts) -> Self {
        let Shift { gained, lost, fuller, poorer } = shifts.content;
        let machinery =
            Machinery { gained: shifts.machinery.gained.count, lost: shifts.machinery.lost.count };
        Self {
            who,
            gained: gained.count,
            lost: lost.count,
            fuller: fuller.count,
            poorer: poorer.count,
            gained_ids: gained.ids,
            lost_ids: lost.ids,
            fuller_ids: fuller.ids,
            poorer_ids: poorer.ids,
            machinery,
        }
    }
}

#[cfg(test)]
mod tests;
