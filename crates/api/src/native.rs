//! The native API, under `/api/v1/`.
//!
//! What TAXII cannot say: who gave what, under which label; search, claims, explanations; batches; a stream of
//! changes; the directory. Failures are problem details with the exact place.

mod audit;
mod batch;
mod changes;
mod channels;
mod decide;
mod directory;
mod item;
mod log;
mod notices;
mod objects;
mod offer;
mod openapi;
mod overlays;
mod peers;
mod personal;
mod policies;
mod release;
mod signing;
mod write;

use kizuna_http::Routes;
use kizuna_http::registry::native as paths;

/// Peers, as who runs the node looks after them.
fn of_peers() -> Routes {
    Routes::new()
        .add(&paths::PEERS, peers::list)
        .add(&paths::ADD_PEER, peers::add)
        .add(&paths::SET_PEER, peers::set)
        .add(&paths::REMOVE_PEER, peers::remove)
        .add(&paths::SYNC_PEER, peers::sync)
        .add(&paths::INVITE_PEER, peers::invite)
        .add(&paths::JOIN_PEER, peers::join)
        .add(&paths::RENEW_TRANSPORT, peers::renew)
}

pub(crate) fn routes() -> Routes {
    let policies = Routes::new()
        .add(&paths::POLICIES, policies::list)
        .add(&paths::POLICY_OF, policies::one)
        .add(&paths::POLICY_FILE, policies::file)
        .add(&paths::POLICY_DIFFERENCE, policies::difference)
        .add(&paths::IMPORT_POLICY, policies::import)
        .add(&paths::LABEL_FORM, policies::label_form)
        .add(&paths::REACH, policies::reach)
        .add(&paths::READ_LABEL, policies::read_label)
        .add(&paths::AGREEMENTS, policies::agreements)
        .add(&paths::ADD_AGREEMENT, policies::add_agreement);
    let objects = Routes::new()
        .add(&paths::OPENAPI, openapi::openapi)
        .add(&paths::OBJECTS, objects::list)
        .add(&paths::ADD_OBJECTS, write::add)
        .add(&paths::OBJECT_OF, objects::one)
        .add(&paths::WITHDRAW, write::withdraw)
        .add(&paths::VERSIONS, objects::versions)
        .add(&paths::CLAIMS, objects::claims)
        .add(&paths::REFERRING, objects::referring)
        .add(&paths::EXPLAIN, objects::explain)
        .add(&paths::SEARCH, objects::search)
        .add(&paths::COUNT, objects::count)
        .add(&paths::QUARANTINE, objects::quarantine)
        .add(&paths::BATCH, batch::batch)
        .add(&paths::TEARLINE, decide::tearline)
        .add(&paths::FORECAST, decide::forecast)
        .add(&paths::AS_SEEN, decide::as_seen)
        .add(&paths::LIST_AS_SEEN, decide::list_as_seen)
        .add(&paths::PERSONAL_DATA, personal::list)
        .add(&paths::MARK_PERSONAL_DATA, personal::mark)
        .add(&paths::UNMARK_PERSONAL_DATA, personal::unmark);
    let releases = Routes::new()
        .add(&paths::RELEASES, release::list)
        .add(&paths::PROPOSE_RELEASE, release::propose)
        .add(&paths::RELEASE_REPORT, release::report)
        .add(&paths::RELEASE_RULES, release::rules)
        .add(&paths::SET_RELEASE_RULE, release::set_rule)
        .add(&paths::RELEASE_OF, release::one)
        .add(&paths::AMEND, release::amend)
        .add(&paths::PROPOSE_DRAFT, release::propose_draft)
        .add(&paths::APPROVE, release::approve)
        .add(&paths::TAKE_BACK, release::take_back)
        .add(&paths::REJECT, release::reject)
        .add(&paths::WITHDRAW_RELEASE, release::withdraw);
    let peers = Routes::new()
        .add(&paths::OFFER, offer::offer)
        .add(&paths::OVERLAY, overlays::of_object)
        .add(&paths::SET_OVERLAY, overlays::set)
        .add(&paths::OVERLAYS, overlays::list)
        .add(&paths::FOLLOWS, peers::follows)
        .add(&paths::FOLLOW, peers::follow)
        .add(&paths::UNFOLLOW, peers::unfollow);
    objects
        .merge(changes::routes())
        .merge(channels::routes())
        .merge(log::routes())
        .merge(releases)
        .merge(notices::routes())
        .merge(peers)
        .merge(of_peers())
        .merge(policies)
        .merge(audit_routes())
        .add(&paths::ME, directory::me)
        .add(&paths::MEMBERS, directory::members)
        .add(&paths::ADD_MEMBER, directory::add_member)
        .add(&paths::USERS, directory::users)
        .add(&paths::ADD_USER, directory::add_user)
        .add(&paths::SET_ROLES, directory::set_roles)
        .add(&paths::REMOVE_USER, directory::remove_user)
        .add(&paths::KEYS, directory::keys)
        .add(&paths::ADD_KEY, directory::add_key)
        .add(&paths::REVOKE_KEY, directory::revoke_key)
        .add(&paths::SIGNING_KEYS, signing::all)
        .add(&paths::SIGNING_KEYS_OF, signing::of)
        .add(&paths::ROTATE_SIGNING_KEY, signing::rotate)
        .add(&paths::REVOKE_SIGNING_KEY, signing::revoke)
        .add(&paths::PIN_SIGNING_KEY, signing::pin)
        .add(&paths::COMMUNITIES, directory::communities)
        .add(&paths::ADD_COMMUNITY, directory::add_community)
        .add(&paths::JOIN, directory::join)
        .add(&paths::LEAVE, directory::leave)
        .add(&paths::COLLECTIONS, directory::collections)
        .add(&paths::ADD_COLLECTION, directory::add_collection)
}

fn audit_routes() -> Routes {
    Routes::new()
        .add(&paths::AUDIT, audit::list)
        .add(&paths::EXPORT_AUDIT, audit::export)
        .add(&paths::RECORD_READS, audit::record_reads)
        .add(&paths::PROPOSALS, audit::proposals)
        .add(&paths::PROPOSE, audit::propose)
        .add(&paths::CONFIRM, audit::confirm)
        .add(&paths::DROP, audit::drop_proposal)
        .add(&paths::CLEAR, audit::clear)
        .add(&paths::ERASURES, audit::erasures)
        .add(&paths::ASK_TO_ERASE, audit::ask_to_erase)
        .add(&paths::CONFIRM_ERASURE, audit::confirm_erasure)
        .add(&paths::DROP_ERASURE, audit::drop_erasure)
}
