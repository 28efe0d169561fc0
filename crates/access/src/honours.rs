//! What a reader's own system is known to express and honour. What asks more is not for it: it could not keep it.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::label::{Handling, Label};
use crate::marking::extension;

/// What a system announced.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Honours {
    /// Ids of the extension definitions that it knows.
    pub extensions: BTreeSet<String>,
    /// Ids of the policies that it knows in the version that holds here.
    pub policies: BTreeSet<String>,
    /// Words of the handling that it honours.
    pub handling: BTreeSet<String>,
}

/// What of a label a system does not honour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unmet {
    /// An extension, by its name.
    Extension(String),
    Policy(String),
    Handling(String),
    /// It stays on the node where it is.
    Stays,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extension(name) => write!(f, "it does not know the extension {name}"),
            Self::Policy(policy) => write!(f, "it does not know the policy {policy} as it holds here"),
            Self::Handling(word) => write!(f, "it does not honour the handling {word}"),
            Self::Stays => f.write_str("it stays on this node"),
        }
    }
}

impl Honours {
    /// What a server that announces nothing can express: the standard markings (TLP, statements). Whom content names
    /// is kept by whom it is given to, for the server is that of a member who is named.
    pub fn well_known() -> Self {
        let extensions = [extension::RELEASABILITY.id().to_string()].into();
        Self { extensions, ..Self::default() }
    }

    /// All that this program knows, under these policies.
    pub fn all(policies: impl IntoIterator<Item = String>) -> Self {
        Self {
            extensions: extension::ALL.iter().map(|known| known.id().to_string()).collect(),
            policies: policies.into_iter().collect(),
            handling: Handling::TRAVELS.iter().map(|known| known.as_str().to_owned()).collect(),
        }
    }

    /// What this program knew before nodes said what they know, under these policies.
    pub fn before_hello(policies: impl IntoIterator<Item = String>) -> Self {
        let handling = [Handling::Orcon, Handling::Exercise].map(|known| known.as_str().to_owned()).into();
        Self { handling, ..Self::all(policies) }
    }

    /// What of this label is not honoured; nothing where all of it is.
    pub fn unmet(&self, label: &Label) -> Option<Unmet> {
        if label.handling().contains(&Handling::ThisNode) {
            return Some(Unmet::Stays);
        }
        let mut handling = label.handling().iter().map(|handling| handling.as_str());
        if let Some(word) = handling.find(|word| !self.handling.contains(*word)) {
            return Some(Unmet::Handling(word.to_owned()));
        }
        if let Some(policy) = label.classification().keys().find(|policy| !self.policies.contains(*policy)) {
            return Some(Unmet::Policy(policy.clone()));
        }
        let asked = [
            (true, &extension::RELEASABILITY, "releasability"),
            (label.pap().is_some(), &extension::PAP, "PAP"),
        ];
        let mut asked = asked.into_iter().filter(|(is_asked, _, _)| *is_asked);
        let missing = asked.find(|(_, extension, _)| !self.extensions.contains(extension.id().as_str()));
        missing.map(|(_, _, name)| Unmet::Extension(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use uuid::Uuid;

    use super::{Honours, Unmet};
    use crate::label::{Handling, Label, Pap, Tlp};
    use crate::party::{MemberId, Party};

    fn label() -> crate::label::Terms {
        Label::builder().rel([Party::Member(MemberId(Uuid::from_u128(7)))]).tlp(Tlp::Amber)
    }

    #[test]
    fn what_is_not_announced_is_not_met() {
        let foreign = Honours::well_known();
        assert_eq!(foreign.unmet(&label().label()), None);
        let asked = label().handling(Handling::Orcon).label();
        assert_eq!(foreign.unmet(&asked), Some(Unmet::Handling("orcon".to_owned())));
        let asked = label().pap(Pap::Red).label();
        assert_eq!(foreign.unmet(&asked), Some(Unmet::Extension("PAP".to_owned())));
        let asked = label().class("EXERCISE", "SECRET").label();
        assert_eq!(foreign.unmet(&asked), Some(Unmet::Policy("EXERCISE".to_owned())));
        assert_eq!(
            Honours::default().unmet(&label().label()),
            Some(Unmet::Extension("releasability".to_owned()))
        );
    }

    #[test]
    fn what_stays_on_its_node_is_met_by_nobody_whatever_he_announces() {
        let mut liar = Honours::all([]);
        liar.handling.insert("this-node".to_owned());
        let asked = label().handling(Handling::OneHop).handling(Handling::ThisNode).label();
        assert_eq!(liar.unmet(&asked), Some(Unmet::Stays));
    }

    #[test]
    fn who_announces_all_meets_all() {
        let all = Honours::all(["EXERCISE".to_owned()]);
        let asked = label().handling(Handling::Orcon).handling(Handling::Exercise).pap(Pap::Red);
        let asked = asked.class("EXERCISE", "SECRET").label();
        assert_eq!(all.unmet(&asked), None);
        assert_eq!(all.unmet(&label().handling(Handling::OneHop).label()), None);
        assert_eq!(Honours::all([]).unmet(&asked), Some(Unmet::Policy("EXERCISE".to_owned())));
    }
}
