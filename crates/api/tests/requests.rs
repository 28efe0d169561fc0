//! Requests for every registry entry, that name things in every way that the entry has.

use kizuna_http::OutputPath;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{TAXII, World, id_of, tool};

/// What a request names.
pub struct Named {
    pub object: String,
    pub root: String,
    pub collection: String,
    pub status: String,
    pub person: String,
    pub key: String,
    pub community: String,
    pub member: String,
}

pub struct Request {
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Vec<u8>>,
}

impl Request {
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), headers: Vec::new(), body: None }
    }

    fn body(mut self, media: &'static str, body: &Value) -> Self {
        self.headers.push(("content-type", media.to_owned()));
        self.body = Some(body.to_string().into_bytes());
        self
    }

    fn xml(mut self, body: &str) -> Self {
        self.headers.push(("content-type", "application/xml".to_owned()));
        self.body = Some(body.as_bytes().to_vec());
        self
    }

    fn json(self, body: &Value) -> Self {
        self.body("application/json", body)
    }
}

/// Requests to an entry. An entry without any is a hole in the tests.
pub fn requests(entry: &OutputPath, named: &Named) -> Vec<Request> {
    let made = match entry.name.split_once('.') {
        Some(("native", "offer")) => Some(vec![Request::new(entry.path).json(&offered(named))]),
        Some(("node", _)) => Some(vec![Request::new(entry.path)]),
        Some(("log", name)) => Some(vec![log(name, entry.path)]),
        Some(("federation", name)) => Some(vec![federation(name, entry.path)]),
        Some(("taxii", name)) => taxii(name, named),
        Some(("native", name)) => objects(name, named)
            .or_else(|| releases(name, named))
            .or_else(|| writes(name, named))
            .or_else(|| notices(name, named))
            .or_else(|| directory(name, named))
            .or_else(|| log_of_node(name, named)),
        _ => None,
    };
    made.unwrap_or_else(|| panic!("no request for {}", entry.name))
}

fn taxii(name: &str, named: &Named) -> Option<Vec<Request>> {
    let Named { object, root, collection, status, .. } = named;
    let in_root = format!("/taxii2/{root}/");
    let own = "/taxii2/own/collections/all/";
    let inbox = "/taxii2/own/collections/inbox/";
    let there = format!("{in_root}collections/{collection}/");
    let paths: Vec<String> = match name {
        "discovery" => vec!["/taxii2/".into()],
        "api-root" => vec![in_root],
        "status" => vec![format!("/taxii2/own/status/{status}/"), format!("{in_root}status/{status}/")],
        "collections" => vec![format!("{in_root}collections/")],
        "collection" => vec![there, format!("/taxii2/own/collections/{collection}/")],
        "manifest" | "objects" => vec![
            format!("{own}{name}/"),
            format!("{own}{name}/?limit=1"),
            format!("{own}{name}/?match[id]={object}"),
            format!("{own}{name}/?match[id]={object}&match[version]=all"),
            format!("{own}{name}/?match[type]=tool,indicator&added_after=2000-01-01T00:00:00Z"),
            format!("{there}{name}/"),
        ],
        "object" => vec![
            format!("{own}objects/{object}/"),
            format!("{own}objects/{object}/?match[version]=all"),
            format!("{own}objects/{object}/?match[spec_version]=2.0"),
            format!("{there}objects/{object}/"),
        ],
        "versions" => vec![format!("{own}objects/{object}/versions/")],
        "delete-object" => vec![
            format!("{inbox}objects/{object}/"),
            format!("{inbox}objects/{object}/?match[version]=2026-01-01T00:00:00.000Z"),
            format!("{there}objects/{object}/"),
        ],
        "add-objects" => {
            return Some(vec![Request::new(format!("{there}objects/")).body(TAXII, &written(named))]);
        }
        _ => return None,
    };
    Some(paths.into_iter().map(Request::new).collect())
}

/// An envelope that writes to the object's id.
fn written(named: &Named) -> Value {
    json!({ "objects": [{
        "type": "tool", "spec_version": "2.1", "id": named.object, "name": "mine",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
    }] })
}

/// An offer of this object, with bytes that nobody has and with those of the tool that the worlds hold.
fn offered(named: &Named) -> Value {
    let digest = |text: &str| text.repeat(32);
    let version = |digest: String| json!({ "id": named.object, "digest": digest, "source": named.member });
    json!({ "versions": [version(digest("00")), version(digest("ab"))] })
}

fn objects(name: &str, named: &Named) -> Option<Vec<Request>> {
    let object = &named.object;
    let paths: Vec<String> = match name {
        "openapi" => vec!["/api/v1/openapi.json".into()],
        "objects" => vec![
            "/api/v1/objects".into(),
            "/api/v1/objects?limit=1".into(),
            format!("/api/v1/objects?id={object}"),
            format!("/api/v1/objects?id={object}&versions=all&own=true"),
        ],
        "object" | "withdraw" => vec![format!("/api/v1/objects/{object}")],
        "versions" | "claims" | "referring" | "overlay" => {
            vec![format!("/api/v1/objects/{object}/{name}")]
        }
        "explain" => vec![
            format!("/api/v1/objects/{object}/explain"),
            format!("/api/v1/objects/{object}/explain?member={}", named.member),
            format!("/api/v1/objects/{object}/explain?person={}", named.person),
        ],
        "as-seen" => vec![
            format!("/api/v1/objects/{object}/as-seen?member={}", named.member),
            format!("/api/v1/objects/{object}/as-seen?person={}", named.person),
        ],
        "list-as-seen" => vec![
            format!("/api/v1/as-seen?member={}", named.member),
            format!("/api/v1/as-seen?person={}&limit=1", named.person),
        ],
        "personal-data" => vec!["/api/v1/personal-data".into(), "/api/v1/personal-data?limit=1".into()],
        "search" | "count" => vec![
            format!("/api/v1/{name}?q=hidden"),
            format!("/api/v1/{name}?refers_to={object}"),
            format!("/api/v1/{name}?type=tool"),
        ],
        "overlays" => vec!["/api/v1/overlays".into(), "/api/v1/overlays?tag=mine&own=true".into()],
        "changes" => vec!["/api/v1/changes?cursor=made-up".into()],
        "quarantine" => vec!["/api/v1/quarantine".into()],
        _ => return None,
    };
    Some(paths.into_iter().map(Request::new).collect())
}

fn releases(name: &str, named: &Named) -> Option<Vec<Request>> {
    let one = "/api/v1/releases/kizuna-release--00000000-0000-4000-8000-00000000dead";
    let proposal = json!({ "objects": [named.object], "label": "rel:XAA,XBB,XCC" });
    let refusal = json!({ "kind": "political", "text": "no" });
    let request = |path: &str| Request::new(path);
    Some(match name {
        "releases" => vec![request("/api/v1/releases"), request("/api/v1/releases?open=true&limit=1")],
        "release-report" => vec![request("/api/v1/releases/report")],
        "release-rules" => vec![request("/api/v1/releases/rules")],
        "set-release-rule" => {
            vec![request("/api/v1/releases/rules").json(&json!({ "on": "tlp:red", "releasers": 2 }))]
        }
        "propose-release" => vec![
            request("/api/v1/releases").json(&proposal),
            request("/api/v1/releases?dry_run=true").json(&proposal),
        ],
        "release" => vec![request(one)],
        "amend-release" => vec![request(one).json(&proposal)],
        "propose-draft" => vec![request(&format!("{one}/propose"))],
        "approve-release" => vec![request(&format!("{one}/approve"))],
        "take-back-approval" => vec![request(&format!("{one}/take-back"))],
        "reject-release" => vec![request(&format!("{one}/reject")).json(&refusal)],
        "withdraw-release" => vec![request(&format!("{one}/withdraw")).json(&refusal)],
        _ => return None,
    })
}

fn writes(name: &str, named: &Named) -> Option<Vec<Request>> {
    let Named { object, collection, community, member, .. } = named;
    let written = written(named);
    match name {
        "add-objects" => {
            let query = |rest: String| Request::new(format!("/api/v1/objects?{rest}")).json(&written);
            Some(vec![
                query(format!("collection={collection}")),
                query(format!("label=rel:community:{community}")),
                query("dry_run=true".to_owned()),
            ])
        }
        "tearline" => {
            let order = json!({ "objects": [object], "label": "tlp:green" });
            let query = |rest| Request::new(format!("/api/v1/tearlines{rest}")).json(&order);
            Some(vec![query(""), query("?dry_run=true")])
        }
        "forecast" => {
            let ask = |change: Value| Request::new("/api/v1/forecasts").json(&change);
            Some(vec![
                ask(json!({ "change": "label", "objects": [object], "label": "tlp:green" })),
                ask(json!({ "change": "leave", "community": community, "member": member })),
                ask(json!({ "change": "roles", "person": named.person, "roles": [] })),
                ask(json!({ "change": "policy", "spif": "<SPIF/>" })),
            ])
        }
        "mark-personal-data" => {
            let mark = json!({ "category": "contact", "legal_basis": "an inquiry", "fields": ["name"] });
            Some(vec![Request::new(format!("/api/v1/objects/{object}/personal-data")).json(&mark)])
        }
        "unmark-personal-data" => {
            let path = format!("/api/v1/objects/{object}/personal-data");
            Some(vec![Request::new(path.clone()), Request::new(format!("{path}?field=name"))])
        }
        "set-overlay" => {
            let said = json!({ "tags": ["mine"], "state": "new", "note": "seen" });
            let query = |rest| Request::new(format!("/api/v1/objects/{object}/overlay{rest}")).json(&said);
            Some(vec![query(""), query("?label=rel:world")])
        }
        "batch" => {
            let operations = json!({ "operations": [
                { "withdraw": { "id": object } },
                { "add": { "objects": written["objects"], "collection": collection } },
            ] });
            let query = |rest| Request::new(format!("/api/v1/batch{rest}")).json(&operations);
            Some(vec![query(""), query("?dry_run=true")])
        }
        _ => None,
    }
}

fn notices(name: &str, named: &Named) -> Option<Vec<Request>> {
    let Named { object, community, member, .. } = named;
    let at = |path: &str| Request::new(format!("/api/v1/{path}"));
    // Nobody tells from the answers whether an object of the type is there that he may not see.
    let of = |kind: &str| {
        let number = object.split_once("--").map_or("", |(_, number)| number);
        format!("{kind}--{number}")
    };
    let (alert, request) = (of("kizuna-alert"), of("kizuna-request"));
    Some(match name {
        "alerts" => vec![at("alerts"), at("alerts?open=true&way=received&urgency=urgent&limit=1")],
        "alert" => vec![at(&format!("alerts/{alert}")), at(&format!("alerts/{object}"))],
        "read-alert" => vec![at(&format!("alerts/{object}/read"))],
        "protection" => vec![at("alerts/protection")],
        "send-alert" => {
            let about = json!({ "title": "x", "to": { "parties": ["XAA"] }, "objects": [object] });
            let to = json!({ "title": "x", "to": { "parties": [format!("community:{community}")] } });
            let again = json!({ "id": alert, "title": "x", "to": { "parties": ["XAA"] } });
            [about, to, again].iter().map(|body| at("alerts").json(body)).collect()
        }
        "receipts" => vec![at("receipts")],
        "receipts-of" => vec![at(&format!("objects/{object}/receipts"))],
        "give-receipt" => {
            let anonymous = json!({ "state": "used", "anonymous_in": community });
            let path = format!("objects/{object}/receipts");
            vec![at(&path).json(&json!({ "state": "used" })), at(&path).json(&anonymous)]
        }
        "requests" => vec![at("requests"), at("requests?way=sent&open=true")],
        "ask" => {
            let onward = json!({ "question": "may I?", "objects": [object], "onward_to": ["XAA"] });
            let about = json!({ "question": "who?", "objects": [object], "to": { "parties": ["XAA"] } });
            vec![at("requests").json(&onward), at("requests").json(&about)]
        }
        "request" => vec![at(&format!("requests/{request}")), at(&format!("requests/{object}"))],
        "answer" => {
            let path = format!("requests/{request}/answer");
            vec![at(&path).json(&json!({ "outcome": "answered", "text": "x", "objects": [object] }))]
        }
        "propose-onward" => vec![at(&format!("requests/{request}/propose"))],
        "requirements" => vec![at("requirements")],
        "require" => {
            let again = of("kizuna-requirement");
            vec![at("requirements").json(&json!({ "id": again, "title": "x", "kinds": ["tool"] }))]
        }
        "hits" => vec![at(&format!("requirements/{}/hits", of("kizuna-requirement")))],
        "set-industries" => {
            vec![at(&format!("members/{member}/sectors")).json(&json!({ "sectors": ["energy"] }))]
        }
        _ => return None,
    })
}

fn directory(name: &str, named: &Named) -> Option<Vec<Request>> {
    let Named { person, key, community, member, .. } = named;
    let membership = format!("/api/v1/communities/{community}/members/{member}");
    let at = |path: &str| Request::new(format!("/api/v1/{path}"));
    let request = match name {
        "audit" => {
            return Some(vec![at("audit"), at(&format!("audit?object={}", named.object))]);
        }
        "export-audit" => at("audit/export"),
        "record-reads" => at("audit/reads-above").json(&json!({ "above": "tlp:red" })),
        "proposals" => at("proposals"),
        "propose" => {
            let change = json!({ "roles": { "person": person, "roles": ["admin"] } });
            at("proposals").json(&json!({ "change": change, "reason": "why" }))
        }
        "confirm-proposal" => at(&format!("proposals/{person}/confirm")),
        "drop-proposal" => at(&format!("proposals/{person}")),
        "erasures" => at("erasures"),
        "ask-to-erase" => {
            let asked = json!({ "object": named.object, "reason": "why", "basis": "Art. 17" });
            at("erasures").json(&asked)
        }
        "confirm-erasure" => at(&format!("erasures/{person}/confirm")),
        "drop-erasure" => at(&format!("erasures/{person}")),
        "clear" => at("clearances").json(&json!({ "holder": { "person": person }, "clearance": {} })),
        "me" | "members" | "users" | "keys" | "signing-keys" | "communities" | "collections" | "policies"
        | "agreements" | "peers" | "follows" => at(name),
        "add-member" => at("members")
            .json(&json!({ "name": "X", "country": "XZZ", "sector": "civil", "identity": member })),
        "add-user" => {
            at("users").json(&json!({ "email": "a@b.example", "member": member, "roles": ["reader"] }))
        }
        "set-roles" => at(&format!("users/{person}/roles")).json(&json!({ "roles": ["admin"] })),
        "remove-user" => at(&format!("users/{person}")),
        "add-key" => at("keys").json(&json!({ "person": person })),
        "revoke-key" => at(&format!("keys/{key}")),
        "signing-keys-of" => at(&format!("members/{member}/signing-keys")),
        "rotate-signing-key" => at(&format!("members/{member}/signing-keys/rotate")),
        "revoke-signing-key" => at(&format!("members/{member}/signing-keys/revoke"))
            .json(&json!({ "fingerprint": "0".repeat(32), "from": "2026-01-01T00:00:00Z" })),
        "pin-signing-key" => {
            let key = format!("ed25519:{}", "A".repeat(43));
            at(&format!("members/{member}/signing-keys/pin")).json(&json!({ "key": key }))
        }
        "add-community" => at("communities").json(&json!({ "name": "Circle" })),
        "join" => Request::new(membership).json(&json!({})),
        "leave" => Request::new(membership),
        "add-collection" => {
            at("collections").json(&json!({ "root": community, "title": "mine", "holds": "all" }))
        }
        "policy" => at("policies/EXERCISE"),
        "policy-file" => at("policies/EXERCISE/spif"),
        "policy-difference" => at("policies/EXERCISE/difference?with=EXERCISE"),
        "import-policy" => at("policies").xml(kizuna_access::policy::EXERCISE_SPIF),
        "reach" => at(&format!("reach?label=rel:community:{community}")),
        "label-form" => at(&format!("label?form=4774&label=rel:community:{community}")),
        "read-label" => at("label").xml(&format!("rel:community:{community},person:{person}")),
        "add-agreement" => at("agreements").json(&json!({ "title": "x", "scope": "y", "parties": [
            format!("community:{community}")] })),
        "add-peer" => {
            at("peers").json(&json!({ "name": "p", "url": "http://h.example/", "members": [member] }))
        }
        "set-peer" => at("peers/p").json(&json!({ "members": [member] })),
        "invite-peer" => at("peer-invitations").json(&json!({ "name": "p", "members": [member] })),
        "join-peer" => at("peer-enrolments").json(&json!({ "address": "h.example:1", "code": "482913077",
            "terms": { "name": "p", "members": [member] } })),
        "renew-transport" => at("transport-key").json(&json!({})),
        "remove-peer" => at("peers/p"),
        "sync-peer" => at("peers/p/sync"),
        "channels" => at("channels"),
        "channel" => at("channels/south"),
        "import-package" => {
            at("channels/south/package").body("application/octet-stream", &json!("no package"))
        }
        "export-package" => at("channels/south/packages"),
        "package" => at("channels/south/packages/1"),
        "follow" => at(&format!("follows/identity--{member}")).json(&json!({ "source": member })),
        "unfollow" => at(&format!("follows/identity--{member}?member={member}")),
        _ => return None,
    };
    Some(vec![request])
}

/// What is nowhere.
pub fn absent() -> Named {
    let some = || Uuid::new_v4().to_string();
    Named {
        object: id_of("absent"),
        root: some(),
        collection: some(),
        status: some(),
        person: some(),
        key: some(),
        community: some(),
        member: some(),
    }
}

/// What exists and Cascadia may not know of.
pub fn hidden(world: &World) -> Named {
    world.ana.give("rel:Circle", &[tool("hidden")]);
    let circle = format!("{}collections/", world.circle_root());
    let collections = world.ana.get(&circle).json();
    let writable =
        collections["collections"].as_array().unwrap().iter().find(|c| c["can_write"] == true).unwrap();
    let collection = writable["id"].as_str().unwrap().to_owned();
    let status = world.ana.add(&format!("{circle}{collection}/"), &[tool("also hidden")]).json();
    let person = world.ana.get("/api/v1/me").json()["id"].as_str().unwrap().to_owned();
    let key = world.ana.get("/api/v1/keys").json()["items"][0]["id"].as_str().unwrap().to_owned();
    Named {
        object: id_of("hidden"),
        root: world.circle.to_string(),
        collection,
        status: status["id"].as_str().unwrap().to_owned(),
        person,
        key,
        community: world.circle.to_string(),
        member: world.borduria.to_string(),
    }
}

/// Asked without a certificate: who has one is asked for in the stories of the program.
fn federation(name: &str, path: &str) -> Request {
    match name {
        "enrol" => Request::new(path).json(&json!({ "place": 1, "message": "00" })),
        "enrol-proof" => {
            let proof = json!({ "offer": "{}", "mac": "00" });
            Request::new(path).json(&json!({ "place": 1, "proof": proof }))
        }
        "transport" => Request::new(path).json(&json!([])),
        "tell" => Request::new(path).json(&json!({})),
        _ => Request::new(path),
    }
}

fn log(name: &str, path: &str) -> Request {
    match name {
        "tile" => Request::new("/log/tile/0/000.p/1"),
        "consistency" => Request::new("/log/consistency/0/0"),
        "add-checkpoint" => {
            let body = Some(b"old 0\n\nnobody\n".to_vec());
            Request { headers: vec![("content-type", "text/plain".to_owned())], body, ..Request::new(path) }
        }
        _ => Request::new(path),
    }
}

fn log_of_node(name: &str, named: &Named) -> Option<Vec<Request>> {
    let at = |path: &str| Request::new(format!("/api/v1/log{path}"));
    let request = match name {
        "log" => at(""),
        "log-partners" => at("/partners"),
        "log-proof" => {
            let path = |version: &str| format!("/api/v1/objects/{}/versions/{version}/proof", named.object);
            let versions = ["latest", "2026-01-01T00:00:00Z", "none"];
            return Some(versions.into_iter().map(|version| Request::new(path(version))).collect());
        }
        "add-witness" => {
            at("/witnesses").json(&json!({ "name": "w", "url": "http://h.example/log", "key": "none" }))
        }
        "remove-witness" => at("/witnesses/w"),
        "follow-log" => at("/followed").json(&json!({ "name": "l", "key": "none" })),
        "unfollow-log" => at("/followed/l"),
        "renew-log" => at("/renew").json(&json!({ "origin": "a b" })),
        _ => return None,
    };
    Some(vec![request])
}
