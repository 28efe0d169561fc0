//! Every endpoint, asked as a viewer who may not see what is named, and about what is absent: the same bytes.

use http::Method;
use kizuna_http::OutputPath;
use kizuna_http::registry::{self, Access};
use serde_json::json;
use uuid::Uuid;

use crate::world::{Client, TAXII, World, id_of, tool};

/// What a request names.
struct Named {
    object: String,
    root: String,
    collection: String,
    status: String,
    person: String,
    key: String,
    community: String,
    member: String,
}

struct Request {
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), headers: Vec::new(), body: None }
    }

    fn body(mut self, media: &'static str, body: &serde_json::Value) -> Self {
        self.headers.push(("content-type", media.to_owned()));
        self.body = Some(body.to_string().into_bytes());
        self
    }

    fn json(self, body: &serde_json::Value) -> Self {
        self.body("application/json", body)
    }
}

/// Requests to an entry that name these things in every way that the entry has.
fn requests(entry: &OutputPath, named: &Named) -> Vec<Request> {
    let Named { object, root, collection, status, person, key, community, member } = named;
    let in_root = format!("/taxii2/{root}/");
    let own = "/taxii2/own/collections/all/";
    let there = format!("{in_root}collections/{collection}/");
    let written = json!({ "objects": [{
        "type": "tool", "spec_version": "2.1", "id": object, "name": "mine",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
    }] });
    let paths: Vec<String> = match entry.name {
        "node.healthz" => vec!["/healthz".into()],
        "node.readyz" => vec!["/readyz".into()],
        "taxii.discovery" => vec!["/taxii2/".into()],
        "taxii.api-root" => vec![in_root],
        "taxii.status" => vec![format!("/taxii2/own/status/{status}/"), format!("{in_root}status/{status}/")],
        "taxii.collections" => vec![format!("{in_root}collections/")],
        "taxii.collection" => vec![there, format!("/taxii2/own/collections/{collection}/")],
        "taxii.manifest" | "taxii.objects" => {
            let last = entry.name.trim_start_matches("taxii.");
            vec![
                format!("{own}{last}/"),
                format!("{own}{last}/?match[id]={object}"),
                format!("{own}{last}/?match[id]={object}&match[version]=all"),
                format!("{there}{last}/"),
            ]
        }
        "taxii.object" => vec![
            format!("{own}objects/{object}/"),
            format!("{own}objects/{object}/?match[version]=all"),
            format!("{own}objects/{object}/?match[spec_version]=2.0"),
            format!("{there}objects/{object}/"),
        ],
        "taxii.versions" => vec![format!("{own}objects/{object}/versions/")],
        "taxii.delete-object" => vec![
            format!("/taxii2/own/collections/inbox/objects/{object}/"),
            format!(
                "/taxii2/own/collections/inbox/objects/{object}/?match[version]=2026-01-01T00:00:00.000Z"
            ),
            format!("{there}objects/{object}/"),
        ],
        "taxii.add-objects" => {
            return vec![Request::new(format!("{there}objects/")).body(TAXII, &written)];
        }
        "native.openapi" => vec!["/api/v1/openapi.json".into()],
        "native.me" => vec!["/api/v1/me".into()],
        "native.objects" => vec![
            "/api/v1/objects".into(),
            format!("/api/v1/objects?id={object}"),
            format!("/api/v1/objects?id={object}&versions=all&own=true"),
        ],
        "native.add-objects" => {
            let path = |rest: &str| Request::new(format!("/api/v1/objects?{rest}")).json(&written);
            return vec![
                path(&format!("collection={collection}")),
                path(&format!("label=rel:community:{community}")),
                path("dry_run=true"),
            ];
        }
        "native.object" => vec![format!("/api/v1/objects/{object}")],
        "native.withdraw" => vec![
            format!("/api/v1/objects/{object}"),
            format!("/api/v1/objects/{object}?version=2026-01-01T00:00:00Z"),
        ],
        "native.versions" | "native.claims" | "native.referring" | "native.explain" => {
            vec![format!("/api/v1/objects/{object}/{}", entry.name.trim_start_matches("native."))]
        }
        "native.search" | "native.count" => {
            let last = entry.name.trim_start_matches("native.");
            vec![
                format!("/api/v1/{last}?q=hidden"),
                format!("/api/v1/{last}?refers_to={object}"),
                format!("/api/v1/{last}?type=tool"),
            ]
        }
        "native.changes" => vec!["/api/v1/changes?cursor=made-up".into()],
        "native.quarantine" => vec!["/api/v1/quarantine".into()],
        "native.batch" => {
            let operations = json!({ "operations": [
                { "withdraw": { "id": object } },
                { "add": { "objects": written["objects"], "collection": collection } },
            ] });
            return ["", "?dry_run=true"]
                .map(|query| Request::new(format!("/api/v1/batch{query}")).json(&operations))
                .into();
        }
        "native.members" => vec!["/api/v1/members".into()],
        "native.add-member" => {
            let new = json!({ "name": "Hidden", "country": "XZZ", "sector": "civil", "identity": member });
            return vec![Request::new("/api/v1/members").json(&new)];
        }
        "native.users" => vec!["/api/v1/users".into()],
        "native.add-user" => {
            let new = json!({ "email": "a@b.example", "member": member, "roles": ["reader"] });
            return vec![Request::new("/api/v1/users").json(&new)];
        }
        "native.set-roles" => {
            return vec![
                Request::new(format!("/api/v1/users/{person}/roles")).json(&json!({ "roles": ["admin"] })),
            ];
        }
        "native.remove-user" => vec![format!("/api/v1/users/{person}")],
        "native.keys" => vec!["/api/v1/keys".into()],
        "native.add-key" => return vec![Request::new("/api/v1/keys").json(&json!({ "person": person }))],
        "native.revoke-key" => vec![format!("/api/v1/keys/{key}")],
        "native.communities" => vec!["/api/v1/communities".into()],
        "native.add-community" => {
            return vec![Request::new("/api/v1/communities").json(&json!({ "name": "Circle" }))];
        }
        "native.join" => {
            let path = format!("/api/v1/communities/{community}/members/{member}");
            return vec![Request::new(path).json(&json!({}))];
        }
        "native.leave" => vec![format!("/api/v1/communities/{community}/members/{member}")],
        "native.collections" => vec!["/api/v1/collections".into()],
        "native.add-collection" => {
            let new = json!({ "root": community, "title": "mine", "holds": "all" });
            return vec![Request::new("/api/v1/collections").json(&new)];
        }
        other => panic!("no request for {other}"),
    };
    paths.into_iter().map(Request::new).collect()
}

/// An answer, with the names of both kinds taken out.
fn ask(client: &Client, entry: &OutputPath, request: &Request, names: &[&Named]) -> String {
    let method: Method = entry.method.as_str().parse().unwrap();
    let headers: Vec<(&str, &str)> =
        request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = client.send(method, &request.path, &headers, request.body.as_deref());
    let mut text = format!("{:?}", answer.whole());
    for named in names {
        let Named { object, root, collection, status, person, key, community, member } = named;
        for name in [object, root, collection, status, person, key, community, member] {
            text = text.replace(name.as_str(), "NAME");
        }
    }
    text
}

fn absent() -> Named {
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
fn hidden(world: &World) -> Named {
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

#[test]
fn hidden_and_absent_are_the_same_bytes_on_every_path() {
    let world = World::new();
    let (hidden, absent) = (hidden(&world), absent());
    let is_read = |entry: &&OutputPath| entry.method == registry::Method::Get;
    let reads = || registry::api().filter(is_read);
    let writes = registry::api().filter(|entry| !is_read(entry));
    let mut wrong = Vec::new();
    let mut compare = |entry: &OutputPath, exactly: bool| {
        for (one, other) in requests(entry, &hidden).iter().zip(requests(entry, &absent)) {
            let names = [&hidden, &absent];
            let (seen, expected) =
                (ask(&world.cai, entry, one, &names), ask(&world.cai, entry, &other, &names));
            if seen != expected && (exactly || without_digits(&seen) != without_digits(&expected)) {
                wrong.push(format!("{} {}\n  hidden: {seen}\n  absent: {expected}", entry.name, one.path));
            }
        }
    };
    reads().for_each(|entry| compare(entry, true));
    // What is written says when; and then both ids are Cascadia's own as well.
    writes.for_each(|entry| compare(entry, false));
    reads().for_each(|entry| compare(entry, entry.name == "native.count"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

#[test]
fn nobody_gets_anything_but_a_challenge() {
    let world = World::new();
    let named = hidden(&world);
    let stranger = Client { key: Some("c3RyYW5nZXI".repeat(4)), ..world.anon.clone() };
    for entry in registry::api().filter(|entry| entry.access == Access::Viewer) {
        for request in requests(entry, &named) {
            let anonymous = ask(&world.anon, entry, &request, &[]);
            let strange = ask(&stranger, entry, &request, &[]);
            assert!(anonymous.starts_with("(401"), "{}: {anonymous}", entry.name);
            assert_eq!(anonymous, strange, "{}", entry.name);
        }
    }
}

#[test]
fn a_cursor_of_another_viewer_is_no_cursor() {
    let world = World::new();
    for name in ["a", "b", "c"] {
        world.ana.give("rel:Circle", &[tool(name)]);
    }
    let path = "/taxii2/own/collections/all/objects/?limit=1";
    let next = world.ana.get(path).json()["next"].as_str().unwrap().to_owned();
    assert_eq!(world.ana.get(&format!("{path}&next={next}")).status, 200);
    let others = world.bea.get(&format!("{path}&next={next}"));
    let made_up = world.bea.get(&format!("{path}&next=made-up"));
    assert_eq!(others.status, 400);
    assert_eq!(others.whole(), made_up.whole());
    let other_question = format!("{path}&match[type]=tool&next={next}");
    assert_eq!(world.ana.get(&other_question).status, 400, "a cursor belongs to its question");
}

#[test]
fn a_version_from_the_future_is_quarantined() {
    let world = World::new();
    let answer = world.ana.post("/api/v1/objects", &crate::world::tool_at("a", "2099-01-01T00:00:00.000Z"));
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert_eq!(world.ana.get(&format!("/api/v1/objects/{}", id_of("a"))).status, 404);
}

#[test]
fn created_by_somebody_else_is_a_claim() {
    let world = World::new();
    let mut object = tool("claimed");
    object["created_by_ref"] = format!("identity--{}", world.borduria).into();
    world.ana.give("rel:Circle", &[object.clone()]);
    let path = format!("/api/v1/objects/{}", id_of("claimed"));
    assert_eq!(world.ana.get(&path).json()["authored"], false);
    object["name"] = "the author's".into();
    world.bea.give("rel:Circle", &[object]);
    let seen = world.ana.get(&path).json();
    assert_eq!((&seen["authored"], &seen["object"]["name"]), (&json!(true), &json!("the author's")));
    let claims = world.ana.get(&format!("{path}/claims")).json();
    assert_eq!(claims["items"].as_array().unwrap().len(), 2);
}

#[test]
fn the_newest_version_is_by_time_not_by_claim() {
    let world = World::new();
    let identity = format!("identity--{}", world.arvonia);
    let mut mine = tool("mine");
    mine["created_by_ref"] = identity.clone().into();
    world.ana.give("rel:Circle", &[mine]);
    let mut newer = crate::world::tool_at("mine", "2026-06-01T00:00:00.000Z");
    newer["created_by_ref"] = identity.into();
    newer["name"] = "forged".into();
    world.bea.give("rel:Circle", &[newer]);
    let seen = world.ron.get(&format!("/api/v1/objects/{}", id_of("mine"))).json();
    assert_eq!(seen["object"]["name"], "mine", "only the author makes newer versions");
}
