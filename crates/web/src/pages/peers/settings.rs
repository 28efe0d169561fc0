//! What stands in the fields of a peer's form.

use std::collections::BTreeMap;

use kizuna_access::MemberId;
use kizuna_access::rights::Clearance;
use kizuna_app::AppError;
use kizuna_app::peers::{Credential, NewPeer, address, interval};

/// The peer that was typed. Every fault that can be seen without the node is said at once.
pub(super) fn typed(fields: &BTreeMap<String, String>) -> Result<NewPeer, AppError> {
    let text = |field: &str| fields.get(field).map(|text| text.trim()).unwrap_or_default();
    let given = |field: &str| Some(text(field).to_owned()).filter(|text| !text.is_empty());
    let listed = text("collections").split([',', '、']).map(str::trim).filter(|id| !id.is_empty());
    let url = address(text("url"));
    let every = interval(text("every")).ok_or_else(|| AppError::invalid("every", "such as 30s, 5m or 1h"));
    match (url, every, ticked(fields)) {
        (Ok(url), Ok(every), Ok(members)) => Ok(NewPeer {
            name: text("name").to_owned(),
            url,
            members,
            user: given("user"),
            key: given("key").map(Credential::new),
            collections: listed.map(str::to_owned).collect(),
            pull: fields.contains_key("pull"),
            push: fields.contains_key("push"),
            every,
            label: given("label"),
            clearance: Clearance::default(),
        }),
        (url, every, members) => Err(together([url.err(), every.err(), members.err()])),
    }
}

/// The members that were ticked.
pub(super) fn ticked(fields: &BTreeMap<String, String>) -> Result<Vec<MemberId>, AppError> {
    let ticked = fields.keys().filter_map(|field| field.strip_prefix("member-"));
    let ids = ticked.map(|id| id.parse().map(MemberId));
    ids.collect::<Result<_, _>>().map_err(|_| AppError::invalid("members", "no member"))
}

/// The faults of several fields as those of one form.
pub(super) fn together(errors: impl IntoIterator<Item = Option<AppError>>) -> AppError {
    let mut faults = Vec::new();
    for error in errors.into_iter().flatten() {
        match error {
            AppError::Invalid { faults: more } => faults.extend(more),
            other => return other,
        }
    }
    AppError::Invalid { faults }
}
