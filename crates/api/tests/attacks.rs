//! What somebody who means harm tries, and what becomes of it.

mod edges;

use std::collections::BTreeSet;

use http::Method;
use jiff::Timestamp;
use kizuna_access::rights::{Clearance, Holder, Role};
use kizuna_access::{KeyId, PersonId};
use kizuna_app::Caller;
use kizuna_http::Caps;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Client, World, id_of, tool, tool_at};

fn with_key(client: &Client, answer: &Value) -> Client {
    Client { key: Some(answer["secret"].as_str().unwrap().to_owned()), ..client.clone() }
}

fn me(client: &Client) -> PersonId {
    PersonId(client.get("/api/v1/me").json()["id"].as_str().unwrap().parse().unwrap())
}

/// Lets somebody read what is SECRET.
fn clear(world: &World, holder: Holder, level: &str) {
    let clearance = Clearance::default().with("EXERCISE", level);
    world.node.people(Caller::Operator).clear(holder, clearance).unwrap();
}

/// An admin of Borduria, who does not run the node.
fn borduria_admin(world: &World) -> Client {
    let roles = BTreeSet::from([Role::Admin]);
    let people = world.node.people(Caller::Operator);
    let (_, key) = people.add_user("bob@borduria.example", world.borduria, roles).unwrap();
    Client { key: Some(key.secret), email: "bob@borduria.example".to_owned(), ..world.anon.clone() }
}

#[test]
fn a_capped_key_makes_no_key_without_its_cap() {
    let world = World::new();
    let key = world.ana.post("/api/v1/keys", &json!({})).json();
    let capped = with_key(&world.ana, &key);
    let id: KeyId = serde_json::from_value(key["id"].clone()).unwrap();
    clear(&world, Holder::Key(id), "UNCLASSIFIED");
    let answer = capped.post("/api/v1/keys", &json!({}));
    assert_eq!(answer.status, 403, "{}", answer.text());
}

#[test]
fn a_key_that_ends_makes_no_key_that_outlasts_it() {
    let world = World::new();
    let ends: Timestamp = "2100-01-01T00:00:00Z".parse().unwrap();
    let later = "2100-01-01T00:00:01Z";
    let ending = with_key(&world.ana, &world.ana.post("/api/v1/keys", &json!({ "expires": ends })).json());
    assert_eq!(ending.post("/api/v1/keys", &json!({})).status, 403);
    assert_eq!(ending.post("/api/v1/keys", &json!({ "expires": later })).status, 403);
    assert_eq!(ending.post("/api/v1/keys", &json!({ "expires": ends })).status, 200);
}

#[test]
fn an_admin_takes_nobodys_place() {
    let world = World::new();
    let key = |person: PersonId| world.ada.post("/api/v1/keys", &json!({ "person": person }));
    for person in [me(&world.ana), me(&world.bea)] {
        let answer = key(person);
        assert_eq!(answer.status, 403, "{}", answer.text());
    }
    assert_eq!(key(me(&world.ada)).status, 200);
}

#[test]
fn roles_that_reach_past_a_member_are_not_its_admins_to_give() {
    let world = World::new();
    let bob = borduria_admin(&world);
    for role in ["auditor", "quarantine"] {
        let user = json!({ "email": "x@borduria.example", "member": world.borduria, "roles": [role] });
        assert_eq!(bob.post("/api/v1/users", &user).status, 403, "{role}");
        let path = format!("/api/v1/users/{}/roles", me(&bob));
        assert_eq!(bob.put(&path, &json!({ "roles": ["admin", role] })).status, 403, "{role}");
    }
}

#[test]
fn quarantine_is_what_one_gave_oneself() {
    let world = World::new();
    clear(&world, Holder::Node, "SECRET");
    clear(&world, Holder::Person(me(&world.ana)), "SECRET");
    let ahead = tool_at("from the future", "2099-01-01T00:00:00.000Z");
    assert_eq!(world.ana.post("/api/v1/objects", &ahead).status, 422);
    let count = |client: &Client| client.get("/api/v1/quarantine").json()["items"].as_array().unwrap().len();
    assert_eq!((count(&world.ana), count(&world.ron), count(&world.bea)), (1, 0, 0));
    clear(&world, Holder::Person(me(&world.ana)), "RESTRICTED");
    assert_eq!(count(&world.ana), 1, "one's own input stays one's own");
    clear(&world, Holder::Person(me(&world.ron)), "SECRET");
    assert_eq!(count(&world.ron), 0, "a colleague's is not one's own");
}

#[test]
fn an_address_of_another_member_s_person_is_like_a_free_one() {
    let world = World::new();
    let bob = borduria_admin(&world);
    let add = |email: &str| {
        let user = json!({ "email": email, "member": world.borduria, "roles": ["reader"] });
        let answer = bob.post("/api/v1/users", &user);
        (answer.status, answer.json().as_object().unwrap().keys().cloned().collect::<Vec<_>>())
    };
    let taken = add("ana@arvonia.example");
    assert_eq!(taken, add("nobody@arvonia.example"));
    assert_eq!(taken.0, 200);
    assert_eq!(add("ana@arvonia.example").0, 409, "one's own people are no secret");
    assert_eq!(world.ana.get("/api/v1/me").status, 200);
    // A label means the one whom the writer knows; of two, neither.
    let named = |client: &Client| {
        let label = "?label=rel:person:ana@arvonia.example";
        client.post(&format!("/api/v1/objects{label}"), &tool("named")).status
    };
    assert_eq!((named(&world.cai), named(&world.ana)), (400, 400));
}

#[test]
fn an_envelope_has_so_many_objects_at_most() {
    let world = World::with(Caps { objects: 10, ..Caps::default() });
    let tools = |count: usize| (0..count).map(|number| tool(&number.to_string())).collect::<Vec<_>>();
    let refused = |answer: crate::world::Answer| {
        assert_eq!(answer.status, 413, "{}", answer.text());
        assert!(answer.text().contains("the number of objects is over the limit of 10"), "{}", answer.text());
    };
    assert_eq!(world.ana.post("/api/v1/objects", &json!(tools(10))).status, 200);
    refused(world.ana.post("/api/v1/objects", &json!(tools(11))));
    refused(world.ana.post("/api/v1/objects?dry_run=true", &json!(tools(11))));
    refused(world.ana.add("/taxii2/own/collections/inbox/", &tools(11)));
    let add = |count| json!({ "add": { "objects": tools(count) } });
    assert_eq!(world.ana.post("/api/v1/batch", &json!({ "operations": [add(4), add(6)] })).status, 200);
    refused(world.ana.post("/api/v1/batch", &json!({ "operations": [add(5), add(6)] })));
}

#[test]
fn taking_back_neither_finds_nor_counts_what_one_may_not_read() {
    let world = World::new();
    clear(&world, Holder::Person(me(&world.ana)), "SECRET");
    let roles = BTreeSet::from([Role::Analyst]);
    let people = world.node.people(Caller::Operator);
    let (_, key) = people.add_user("low@arvonia.example", world.arvonia, roles).unwrap();
    let low = Client { key: Some(key.secret), ..world.anon.clone() };
    let secret = "2026-02-01T00:00:00.000Z";
    let open = json!({ "on": "class:EXERCISE/RESTRICTED", "releasers": 2, "direct": "writers" });
    assert_eq!(world.ada.put("/api/v1/releases/rules", &open).status, 204);
    world.ana.give("rel:Circle", &[tool("twice")]);
    world.ana.give("rel:Circle class:EXERCISE/SECRET", &[tool_at("twice", secret)]);
    let path = format!("/api/v1/objects/{}", id_of("twice"));
    let hidden = low.delete(&format!("{path}?version={secret}"));
    let absent = low.delete(&format!("{path}?version=2026-03-01T00:00:00Z"));
    assert_eq!((hidden.status, hidden.whole()), (404, absent.whole()));
    assert_eq!(low.delete(&path).json()["versions"], 1);
}

#[test]
fn an_id_that_only_others_hold_is_free_to_write() {
    let world = World::new();
    world.ana.give("rel:Arvonia", &[tool("theirs")]);
    let post = |name: &str| {
        let answer = world.cai.post("/api/v1/objects", &tool(name));
        (answer.status, answer.text().replace(&id_of(name), "ID").replace(name, "NAME"))
    };
    assert_eq!(post("theirs"), post("absent"));
    assert_eq!(post("theirs"), post("absent"), "a repetition is one's own as well");
}

#[test]
fn strange_values_are_answered_and_never_fail_the_node() {
    let world = World::new();
    let base = "/taxii2/own/collections/all/objects/";
    let many = vec!["tool"; 3_000].join(",");
    let paths = [
        format!("{base}?limit=99999999999999999999999999"),
        format!("{base}?limit=18446744073709551615"),
        format!("{base}?added_after=9999-12-30T22:00:00.999999999Z"),
        format!("{base}?added_after=-009999-01-02T01:59:59Z"),
        format!("{base}?match[version]=0001-01-01T00:00:00Z"),
        format!("{base}?match[type]={many}"),
        format!("{base}?next=%00%ff"),
        "/api/v1/objects?added_after=9999-12-30T22:00:00.999999999Z".to_owned(),
        "/api/v1/objects?added_after=-009999-01-02T01:59:59Z".to_owned(),
        format!("/api/v1/objects?type={many}"),
        "/api/v1/objects?limit=18446744073709551615&versions=all".to_owned(),
        "/api/v1/search?q=%00%22%27)*AND%20NEAR(".to_owned(),
        format!("/api/v1/search?q={}", "a%20".repeat(2_000)),
        "/api/v1/search?value=%e2%80%ae".to_owned(),
        "/api/v1/objects/tool--%ff".to_owned(),
        "/api/v1/objects/..%2f..%2fetc".to_owned(),
    ];
    for path in paths {
        let answer = world.ana.get(&path);
        assert!(answer.status < 500, "{path}: {}", answer.text());
    }
    let bodies: [&[u8]; 9] = [
        b"{\"a\":1,\"a\":2}",
        b"\xff\xfe",
        b"[1e400]",
        b"{\"objects\":[{\"type\":\"tool\",\"id\":\"tool--1\",\"x\":123456789012345678901234567890}]}",
        b"{\"objects\":[{}]}",
        b"[[[[[[[]]]]]]]",
        b"\x1f\x8b\x08\x00",
        b"",
        b"\"\\ud800\"",
    ];
    for body in bodies {
        let headers = [("content-type", "application/json")];
        let answer = world.ana.send(Method::POST, "/api/v1/objects", &headers, Some(body));
        assert!(answer.status < 500, "{body:?}: {}", answer.text());
    }
    for modified in ["0001-01-01T00:00:00.000Z", "1600-01-01T00:00:00.000Z"] {
        let mut old = tool_at("old", modified);
        old["created"] = modified.into();
        let answer = world.ana.post("/api/v1/objects", &old);
        assert!(answer.status < 500, "{}", answer.text());
    }
    assert_eq!(world.ana.get("/api/v1/objects").status, 200);
    world.ana.give("rel:Circle", &[tool("the writer goes on")]);
}

#[test]
fn a_minted_marking_with_other_content_widens_nothing() {
    let world = World::new();
    let mut mine = tool("mine");
    mine["created_by_ref"] = format!("identity--{}", world.arvonia).into();
    world.ana.give("rel:Circle", &[mine]);
    let mine = world.ana.get(&format!("/api/v1/objects/{}", id_of("mine"))).json();
    let marking = mine["object"]["object_marking_refs"][0].as_str().unwrap_or_default().to_owned();
    assert!(marking.starts_with("marking-definition--"), "{mine}");
    let definition = world.ana.get(&format!("/api/v1/objects/{marking}")).json();
    let mut forged = definition["object"].clone();
    let (extension, _) = forged["extensions"].as_object().unwrap().iter().next().unwrap();
    let extension = extension.clone();
    forged["extensions"][&extension]["label"]["rel"] = json!([["world"]]);
    let mut bait = tool("bait");
    bait["object_marking_refs"] = json!([marking]);
    let answer = world.ana.post("/api/v1/objects", &json!({ "objects": [forged, bait] }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(world.ana.get(&format!("/api/v1/objects/{}", id_of("bait"))).status, 200);
    assert_eq!(world.cai.get(&format!("/api/v1/objects/{}", id_of("bait"))).status, 404);
}

#[test]
fn a_label_or_recall_object_of_another_changes_nothing() {
    let world = World::new();
    world.ana.give("rel:Circle", &[tool("shared")]);
    let path = format!("/api/v1/objects/{}", id_of("shared"));
    let before = world.bea.get(&path).json();
    let at = "2026-01-02T00:00:00.000Z";
    for author in [world.arvonia, world.borduria] {
        let hostile = |kind: &str| {
            json!({
                "type": kind, "spec_version": "2.1", "id": format!("{kind}--{}", Uuid::new_v4()),
                "created": at, "modified": at, "created_by_ref": format!("identity--{author}"),
                "object_ref": id_of("shared"), "until": "2090-01-01T00:00:00.000Z",
                "object_marking_refs": ["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"],
                "assignments": [{ "object_ref": id_of("shared"), "digest": "0".repeat(64) }],
            })
        };
        let answer =
            world.bea.post("/api/v1/objects", &json!([hostile("kizuna-recall"), hostile("kizuna-label")]));
        assert!(answer.status < 500, "{}", answer.text());
    }
    assert_eq!(world.bea.get(&path).json(), before);
    assert_eq!(world.ana.get(&path).status, 200);
    assert_eq!(world.cai.get(&path).status, 404);
}

#[test]
fn a_compressed_file_falls_under_the_cap_of_a_body() {
    use std::io::Write;
    let world = World::with(kizuna_http::Caps { body_bytes: 1 << 16, ..kizuna_http::Caps::default() });
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let post = |body: &[u8]| {
        let headers = [("content-type", "application/json")];
        world.ana.send(Method::POST, "/api/v1/objects", &headers, Some(body)).status
    };
    let large = format!("{{\"objects\":[{}]}}", " ".repeat(1 << 20));
    assert_eq!(post(&gzip(large.as_bytes())), 413);
    assert_eq!(post(&gzip(&gzip(large.as_bytes()))), 400);
    assert_eq!(post(&gzip(tool("small").to_string().as_bytes())), 200);
}

#[test]
fn a_granular_marking_that_names_nothing_leaves_the_object_with_its_member() {
    let world = World::new();
    let mut object = tool("half marked");
    let red = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
    object["granular_markings"] = json!([{ "marking_refs": [red], "selectors": ["name"] }]);
    world.ana.give("rel:Circle", &[object]);
    let path = format!("/api/v1/objects/{}", id_of("half marked"));
    assert_eq!((world.ana.get(&path).status, world.bea.get(&path).status), (200, 404));
}

#[test]
fn who_sends_slowly_takes_no_place_of_others() {
    use std::io::Write;
    use std::net::TcpStream;
    let caps = kizuna_http::Caps { requests: 16, ..kizuna_http::Caps::default() };
    let world = World::with(caps);
    let key = world.bea.key.clone().unwrap();
    let head = format!(
        "POST /api/v1/objects HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{"
    );
    let slow: Vec<TcpStream> = (0..32)
        .map(|_| {
            let mut stream = TcpStream::connect(world.address).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let is_turned_away = || world.bea.get("/api/v1/me").status == 503;
    assert!((0..1_000).any(|_| is_turned_away()), "one person has a share of the places");
    // Until it is known who they are, all of them have one.
    let is_served = || world.ana.get("/api/v1/me").status == 200;
    assert!((0..1_000).any(|_| is_served()), "the others have theirs");
    drop(slow);
}

#[test]
fn a_member_is_described_by_itself_alone() {
    let world = World::new();
    let id = format!("identity--{}", world.arvonia);
    let described = |name: &str, by: kizuna_access::MemberId| {
        json!({
            "type": "identity", "spec_version": "2.1", "id": id, "name": name,
            "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
            "identity_class": "organization", "created_by_ref": format!("identity--{by}"),
        })
    };
    world.bea.give("rel:Circle", &[described("forged", world.borduria)]);
    world.ana.give("rel:Circle", &[described("Arvonia", world.borduria)]);
    for reader in [&world.ana, &world.bea] {
        let seen = reader.get(&format!("/api/v1/objects/{id}")).json();
        assert_eq!((&seen["object"]["name"], &seen["authored"]), (&json!("Arvonia"), &json!(true)));
    }
}
