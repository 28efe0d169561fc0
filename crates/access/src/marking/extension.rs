//! The STIX extensions that this project publishes, each with a JSON Schema (`crates/access/schemas`).

use kizuna_stix::{Fault, Id, Object};
use serde_json::json;

use super::MINTED;
use crate::party::derived;

/// One extension of STIX.
#[derive(Debug)]
pub struct Extension {
    pub name: &'static str,
    pub description: &'static str,
    /// How it extends, in STIX's words (STIX 2.1 §7.3).
    pub kind: &'static str,
    /// The JSON Schema of the objects that carry it.
    pub schema: &'static str,
}

/// Whom a marking names, and the classification and handling it asks for.
pub static RELEASABILITY: Extension = Extension {
    name: "Kizuna releasability marking",
    description: "A marking-definition that carries the JSON form of a confidentiality label: the parties to whom \
                  content may be released, the classification and categories of each policy, and its handling.",
    kind: "property-extension",
    schema: include_str!("../../schemas/releasability.json"),
};

/// The Permissible Actions Protocol.
pub static PAP: Extension = Extension {
    name: "Kizuna PAP marking",
    description: "A marking-definition that carries a level of the Permissible Actions Protocol.",
    kind: "property-extension",
    schema: include_str!("../../schemas/pap.json"),
};

/// Labels for content whose bytes are somebody else's.
pub static LABEL: Extension = Extension {
    name: "Kizuna label",
    description: "An object that assigns the markings it refers to, to versions of other objects known by their \
                  digest, so that foreign bytes are never altered.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/label.json"),
};

/// Taking content back from those who could read it.
pub static RECALL: Extension = Extension {
    name: "Kizuna recall",
    description: "An object that tells those who could read versions of another object that they no longer may.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/recall.json"),
};

/// What a member published, signed.
pub static ATTESTATION: Extension = Extension {
    name: "Kizuna attestation",
    description: "An object in which a member attests what it published: salted digests of objects and of their \
                  labels, signed with the member's key. It is under the same markings as what it names.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/attestation.json"),
};

/// Public keys.
pub static KEY: Extension = Extension {
    name: "Kizuna key",
    description: "An object that announces the public signing key of a member or an approver, that another key follows \
                  it, or that it is revoked.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/key.json"),
};

/// How a tear-line was made.
pub static SANITISATION: Extension = Extension {
    name: "Kizuna sanitisation",
    description: "An object that says from which objects a tear-line was made, and what was done to each of their \
                  fields.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/sanitisation.json"),
};

/// The decision to let content leave, with names under it.
pub static RELEASE: Extension = Extension {
    name: "Kizuna release",
    description: "An object that records the decision to let versions of other objects leave: what, to whom, under \
                  which rules, on which basis, until when, and who agreed.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/release.json"),
};

/// The part of a revocation that reaches those who may not read all of it.
pub static STUB: Extension = Extension {
    name: "Kizuna stub",
    description: "An object that carries it is the version that its readers had, revoked, and nothing else of its \
                  revocation, which goes over it where it can be read.",
    kind: "property-extension",
    schema: include_str!("../../schemas/stub.json"),
};

/// What a member adds for itself to an object.
pub static OVERLAY: Extension = Extension {
    name: "Kizuna overlay",
    description: "An object in which a member says for itself what it makes of another object: tags, state, \
                  assignee, score, its own judgement of the source.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/overlay.json"),
};

/// The framework under which parties share.
pub static AGREEMENT: Extension = Extension {
    name: "Kizuna agreement",
    description: "An object that says under which agreement parties share: who they are, what it covers, which \
                  labels it allows, whom to ask and when it is reviewed.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/agreement.json"),
};

/// Well-known values that make false hits.
pub static WARNINGLIST: Extension = Extension {
    name: "Kizuna warninglist",
    description: "An object that holds a warninglist of MISP, or a part of a long one: well-known values that make false \
                  hits, how they are compared, and what kinds of attributes they are about.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/warninglist.json"),
};

/// What is about a person.
pub static PERSONAL_DATA: Extension = Extension {
    name: "Kizuna personal data marking",
    description: "A marking-definition that says that what it marks is personal data, why it may be held, when to look \
                  again, and to whom it may go.",
    kind: "property-extension",
    schema: include_str!("../../schemas/personal-data.json"),
};

/// What warns.
pub static ALERT: Extension = Extension {
    name: "Kizuna alert",
    description: "An object that warns its addressees: indicators, what to do, how soon.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/alert.json"),
};

/// What became of an object.
pub static RECEIPT: Extension = Extension {
    name: "Kizuna receipt",
    description: "An object in which a recipient tells the producer of another object what became of that \
                  one, by name or anonymously within a community.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/receipt.json"),
};

/// What is asked for.
pub static REQUEST: Extension = Extension {
    name: "Kizuna request",
    description: "An object that asks its addressees for information, or an originator for the release of \
                  its objects to others.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/request.json"),
};

/// What is answered.
pub static ANSWER: Extension = Extension {
    name: "Kizuna answer",
    description: "An object that answers a request, or says why there is no answer.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/answer.json"),
};

/// What is wanted, whenever it comes.
pub static REQUIREMENT: Extension = Extension {
    name: "Kizuna requirement",
    description: "An object that says what a member wants to know of whatever comes in.",
    kind: "new-sdo",
    schema: include_str!("../../schemas/requirement.json"),
};

/// Every extension, a line each.
pub static ALL: &[&Extension] = &[
    &RELEASABILITY,
    &PAP,
    &LABEL,
    &RECALL,
    &ATTESTATION,
    &KEY,
    &SANITISATION,
    &RELEASE,
    &STUB,
    &OVERLAY,
    &AGREEMENT,
    &WARNINGLIST,
    &PERSONAL_DATA,
    &ALERT,
    &RECEIPT,
    &REQUEST,
    &ANSWER,
    &REQUIREMENT,
];

impl Extension {
    /// The same on every node.
    pub fn id(&self) -> Id {
        Id::new("extension-definition", derived("extension", self.name))
    }

    /// Its extension-definition object. The schema travels inside, so that it can be read where nothing is reachable.
    pub fn definition(&self) -> Result<Object, Vec<Fault>> {
        Object::from_value(json!({
            "type": "extension-definition",
            "spec_version": "2.1",
            "id": self.id().as_str(),
            "created_by_ref": publisher_id().as_str(),
            "created": MINTED,
            "modified": MINTED,
            "name": self.name,
            "description": self.description,
            "schema": self.schema,
            "version": "1.0.0",
            "extension_types": [self.kind],
        }))
    }
}

/// The extension-definition objects, and first the identity that publishes them.
pub fn definitions() -> Result<Vec<Object>, Vec<Fault>> {
    let publisher = Object::from_value(json!({
        "type": "identity",
        "spec_version": "2.1",
        "id": publisher_id().as_str(),
        "created": MINTED,
        "modified": MINTED,
        "name": "Kizuna",
        "identity_class": "organization",
    }))?;
    let mut found = vec![publisher];
    for extension in ALL {
        found.push(extension.definition()?);
    }
    Ok(found)
}

fn publisher_id() -> Id {
    Id::new("identity", derived("publisher", "Kizuna"))
}
