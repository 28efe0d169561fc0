//! Parties: whom a label can name.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

identifier!(
    /// A member: an organisation. The UUID of its STIX identity, a v5 of country and name unless given.
    MemberId
);
identifier!(
    /// A community of members, with one owner node and a dated roster.
    CommunityId
);
identifier!(
    /// A person with an account.
    PersonId
);
identifier!(
    /// An API key (its public handle, never the secret).
    KeyId
);

/// The namespace of every UUID that this project derives from content or names.
pub(crate) const NAMESPACE: Uuid = Uuid::from_u128(0x6f1d_2b0e_58c4_4d6b_9a37_c1e2_07f4_9d15);

/// The UUID that every node derives from the same words. `purpose` keeps the uses apart.
pub(crate) fn derived(purpose: &str, words: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("{purpose}:{words}").as_bytes())
}

impl MemberId {
    /// The id of a member that brings no identity of its own: the same on every node, from country and name. The
    /// name counts in Unicode normal form C, without white space around it.
    pub fn of(country: Country, name: &str) -> Self {
        let name: String = name.trim().nfc().collect();
        Self(derived("member", &format!("{country}/{name}")))
    }

    /// The member's STIX identity.
    pub fn identity(self) -> kizuna_stix::Id {
        kizuna_stix::Id::new("identity", self.0)
    }
}

/// An ISO 3166-1 alpha-3 code, user-assigned ones (`XAA`–`XZZ`, …) included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 3]);

/// The text is not three capital letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a country code (ISO 3166-1 alpha-3, such as JPN)")]
pub struct BadCountry(pub String);

impl Country {
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for Country {
    type Err = BadCountry;

    fn from_str(text: &str) -> Result<Self, BadCountry> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(BadCountry(text.chars().take(40).collect())),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Country {
    type Error = BadCountry;

    fn try_from(text: String) -> Result<Self, BadCountry> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.as_str().to_owned()
    }
}

/// Whom a label names. Ordered, so that sets of parties have one normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// Everybody, said on purpose (`rel:world`); never a default.
    World,
    Country(Country),
    Community(CommunityId),
    Member(MemberId),
    /// The members that are clients of this one (an operator served by a national CSIRT), not the member itself.
    ClientsOf(MemberId),
    Person(PersonId),
}
