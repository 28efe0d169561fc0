//! Users and their API keys.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use kizuna_access::rights::{Holder, Role};
use kizuna_access::{Directory, KeyId, MemberId, PersonId, Rights, directory};
use rand::RngCore;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Caller, Key, NewKey, People, Standing, User};
use crate::AppError;

impl People<'_> {
    /// The user that this caller is.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for the operator, who is no user.
    pub fn me(&self) -> Result<User, AppError> {
        let Caller::Person(who) = &self.caller else { return Err(AppError::NotFound) };
        let directory = self.node.directory()?;
        self.standing(&directory)?;
        let person = directory.person(who.person()).ok_or(AppError::NotFound)?;
        Ok(describe(person, &directory))
    }

    /// The open accounts that the caller may know of: an admin those of its member, others their own.
    pub fn users(&self) -> Result<Vec<User>, AppError> {
        let directory = self.node.directory()?;
        let standing = self.standing(&directory)?;
        let open = directory.people().filter(|person| person.removed.is_none());
        let shown = open.filter(|person| match standing {
            Standing::Operator | Standing::NodeAdmin => true,
            Standing::MemberAdmin(member) => person.member == member,
            Standing::Plain(_) => self.is_me(person.id),
        });
        let mut users: Vec<User> = shown.map(|person| describe(person, &directory)).collect();
        users.sort_by(|one, other| one.email.cmp(&other.email));
        Ok(users)
    }

    /// Adds a person and its first key.
    pub fn add_user(
        &self,
        email: &str,
        member: MemberId,
        roles: BTreeSet<Role>,
    ) -> Result<(User, NewKey), AppError> {
        let directory = self.node.directory()?;
        self.needs_admin_of(&directory, member)?;
        self.needs_reach(&directory, &BTreeSet::new(), &roles)?;
        self.needs_no_second(&directory, member, &BTreeSet::new(), &roles)?;
        let person = PersonId(Uuid::new_v4());
        self.record(Rights::PersonAdded { person, email: email.to_owned(), member, roles })?;
        let key = self.new_key(person, false, None)?;
        let directory = self.node.directory()?;
        let user = directory.person(person).map(|person| describe(person, &directory));
        Ok((user.ok_or(AppError::NotFound)?, key))
    }

    /// Replaces a person's roles.
    pub fn set_roles(&self, person: PersonId, roles: BTreeSet<Role>) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        let known = self.known_person(&directory, person)?;
        self.needs_admin_of(&directory, known.member)?;
        self.needs_reach(&directory, &known.roles(), &roles)?;
        self.needs_no_second(&directory, known.member, &known.roles(), &roles)?;
        self.record(Rights::RolesSet { person, roles })
    }

    /// The roles that reach past one member, to what all of the node did, are given by who runs the node.
    pub(super) fn needs_reach(
        &self,
        directory: &Directory,
        held: &BTreeSet<Role>,
        given: &BTreeSet<Role>,
    ) -> Result<(), AppError> {
        let reaches_further = [Role::Auditor, Role::Quarantine];
        let adds_one = reaches_further.iter().any(|role| given.contains(role) && !held.contains(role));
        if adds_one { self.needs_node_admin(directory) } else { Ok(()) }
    }

    /// Closes an account; its keys and sessions end with it.
    pub fn remove_user(&self, person: PersonId) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        let known = self.known_person(&directory, person)?;
        self.needs_admin_of(&directory, known.member)?;
        self.record(Rights::PersonRemoved { person })
    }

    /// The valid keys of a person, or of everybody the caller administers.
    pub fn keys(&self) -> Result<Vec<Key>, AppError> {
        let directory = self.node.directory()?;
        let now = self.node.now();
        let mut keys = Vec::new();
        for user in self.users()? {
            let valid = directory
                .keys_of(user.id)
                .filter(|key| key.revoked.is_none() && key.expires.is_none_or(|expires| now < expires));
            keys.extend(valid.map(|key| Key {
                id: key.id,
                person: key.person,
                read_only: key.read_only,
                expires: key.expires,
            }));
        }
        Ok(keys)
    }

    /// Adds a key. Its secret is shown this once; the node keeps its SHA-256.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for another's account: who has its key reads as its owner. Nor does a key make one that
    /// may do or last more than itself. [`AppError::NotFound`] for an account that the caller may not know of.
    pub fn add_key(
        &self,
        person: PersonId,
        read_only: bool,
        expires: Option<Timestamp>,
    ) -> Result<NewKey, AppError> {
        let directory = self.node.directory()?;
        self.needs_owner_or_admin(&directory, person)?;
        if let Caller::Person(who) = &self.caller {
            if who.person() != person {
                let reason = "a key is made by its owner, or at the machine's command line";
                return Err(AppError::Forbidden(reason.to_owned()));
            }
            let with = who.key().and_then(|key| directory.key(key));
            let is_capped = with.is_some_and(|with| directory.clearance(&Holder::Key(with.id)).is_some());
            let ends = with.and_then(|with| with.expires);
            let outlasts = ends.is_some_and(|ends| expires.is_none_or(|expires| expires > ends));
            if is_capped || outlasts {
                let reason = "this key may make no key that may do or last more than itself";
                return Err(AppError::Forbidden(reason.to_owned()));
            }
        }
        self.new_key(person, read_only, expires)
    }

    fn new_key(
        &self,
        person: PersonId,
        read_only: bool,
        expires: Option<Timestamp>,
    ) -> Result<NewKey, AppError> {
        let mut secret = [0_u8; 32];
        rand::rng().fill_bytes(&mut secret);
        let key = KeyId(Uuid::new_v4());
        let sha256 = hex::encode(Sha256::digest(secret));
        self.record(Rights::KeyAdded { key, person, sha256, read_only, expires })?;
        Ok(NewKey { id: key, secret: URL_SAFE_NO_PAD.encode(secret) })
    }

    /// Ends a key at once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a key that is not the caller's to end, whether it exists or not.
    pub fn revoke_key(&self, key: KeyId) -> Result<(), AppError> {
        let directory = self.node.directory()?;
        let person = directory.key(key).map(|key| key.person).ok_or(AppError::NotFound)?;
        self.needs_owner_or_admin(&directory, person).map_err(|_| AppError::NotFound)?;
        self.record(Rights::KeyRevoked { key })
    }

    fn needs_owner_or_admin(&self, directory: &Directory, person: PersonId) -> Result<(), AppError> {
        let known = self.known_person(directory, person)?;
        if let Caller::Person(who) = &self.caller
            && who.person() == person
        {
            directory.reader(who, self.node.now())?;
            let reads_only = who.key().and_then(|key| directory.key(key)).is_some_and(|key| key.read_only);
            let refusal = || AppError::Forbidden("this key may only read".to_owned());
            return if reads_only { Err(refusal()) } else { Ok(()) };
        }
        self.needs_admin_of(directory, known.member)
    }

    /// A person that the caller may know of. Any other is not there, whether it exists or not.
    pub(super) fn known_person<'d>(
        &self,
        directory: &'d Directory,
        person: PersonId,
    ) -> Result<&'d directory::Person, AppError> {
        let found = directory.person(person).ok_or(AppError::NotFound)?;
        let may_know = match self.standing(directory)? {
            Standing::Operator | Standing::NodeAdmin => true,
            Standing::MemberAdmin(member) => found.member == member || self.is_me(person),
            Standing::Plain(_) => self.is_me(person),
        };
        if may_know { Ok(found) } else { Err(AppError::NotFound) }
    }

    fn is_me(&self, person: PersonId) -> bool {
        matches!(&self.caller, Caller::Person(who) if who.person() == person)
    }
}

fn describe(person: &directory::Person, directory: &Directory) -> User {
    User {
        id: person.id,
        email: person.email.clone(),
        member: person.member,
        roles: person.roles(),
        clearance: directory.clearance(&Holder::Person(person.id)).cloned().unwrap_or_default(),
    }
}
