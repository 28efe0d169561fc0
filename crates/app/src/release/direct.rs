//! Writing for others directly, in place of a release: who may, by the rules.

use kizuna_access::release::rules::reaches_others;
use kizuna_access::release::{Direct, RELEASE_KIND};
use kizuna_access::{Directory, Label, agreement};
use kizuna_stix::Object;

use crate::ingest::Giver;

/// Why content may not be written for others directly; nothing where it may.
///
/// The operator at the machine is bound by no rule: whoever has the disk has everything. Markings are no content:
/// whom they name may read them.
pub fn refuses_direct(
    giver: &Giver,
    object: &Object,
    label: &Label,
    directory: &Directory,
) -> Option<String> {
    if !giver.is_typed_here() {
        return None;
    }
    if object.kind() == RELEASE_KIND {
        return Some("a release is made by proposing it, not by writing its record".to_owned());
    }
    if giver.by.is_none()
        || object.kind() == "marking-definition"
        || !reaches_others(label, giver.source, directory)
    {
        return None;
    }
    let needs = directory.release_rules().needs(label);
    // Written directly, it would rest on nothing. Agreements are what others rest on.
    let lacks_basis = needs.basis && object.kind() != agreement::KIND;
    let who = match needs.direct {
        _ if lacks_basis => "what is given to others rests on an agreement".to_owned(),
        Direct::Writers => return None,
        Direct::Releasers if giver.is_releaser => return None,
        Direct::Releasers => "a releaser writes for others directly".to_owned(),
        Direct::Nobody if needs.releasers == 1 => "nobody writes for others directly".to_owned(),
        Direct::Nobody => format!("{} people release it to others together", needs.releasers),
    };
    Some(format!(
        "under this label {who}: give it to the own member first, then propose a release (kizuna release propose)"
    ))
}
