//! FIRST's Information Exchange Policy 2.0 in STIX: TLP as it is, permitted actions as PAP, the rest a stated loss.

use serde_json::Value;

use crate::label::{Handling, Pap, Terms, Tlp};
use crate::loss::Loss;

/// The extension's id.
pub(crate) const EXTENSION: &str = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a";

/// Everything that the extension may say.
const KNOWN: [&str; 14] = [
    "extension_type",
    "encrypt_in_transit",
    "permitted_actions",
    "affected_party_notifications",
    "tlp",
    "provider_attribution",
    "unmodified_resale",
    "iep_id",
    "iep_version",
    "name",
    "policy_name",
    "description",
    "start_date",
    "end_date",
];

/// What an IEP asks, and what of it a label does not carry; nothing where any part of it is not understood.
///
/// Actions map to the PAP level that permits no more. `none` and `contact-for-instruction` permit less than PAP:RED
/// does, so the content stays with its originator (ORCON) as well.
pub(crate) fn read(extension: &Value) -> Option<(Terms, Vec<Loss>)> {
    let properties = extension.as_object()?;
    if !properties.keys().all(|key| KNOWN.contains(&key.as_str())) {
        return None;
    }
    let text = |key: &str| properties.get(key).and_then(Value::as_str);
    let version = properties.get("iep_version").and_then(Value::as_f64);
    if version.is_some_and(|version| (version - 2.0).abs() > f64::EPSILON) {
        return None;
    }
    let mut losses = Vec::new();
    let mut terms = Terms::default().tlp(Tlp::from_word(text("tlp")?)?);
    let (pap, asks_originator) = match text("permitted_actions")? {
        "none" | "contact-for-instruction" => (Pap::Red, true),
        "internally-visible-actions" => (Pap::Red, false),
        "externally-visible-indirect-actions" => (Pap::Amber, false),
        "externally-visible-direct-actions" => (Pap::Green, false),
        _ => return None,
    };
    terms = terms.pap(pap);
    if asks_originator {
        terms = terms.handling(Handling::Orcon);
        let why = "PAP has no level that permits nothing: PAP:RED, and the originator decides (ORCON)";
        losses.push(Loss::dropped("permitted_actions", why));
    }
    let asks = [
        ("encrypt_in_transit", "must"),
        ("affected_party_notifications", "must-not"),
        ("provider_attribution", "must"),
        ("provider_attribution", "must-not"),
        ("unmodified_resale", "must-not"),
    ];
    for (key, value) in asks {
        if text(key) == Some(value) {
            losses.push(Loss::dropped(key, format!("a label does not say it: {value}")));
        }
    }
    for key in ["start_date", "end_date"] {
        if let Some(date) = text(key) {
            losses
                .push(Loss::narrowed(key, format!("the label holds without dates, also outside of {date}")));
        }
    }
    Some((terms, losses))
}
