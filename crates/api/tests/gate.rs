//! Every endpoint, asked as a viewer who may not see what is named, and about what is absent: the same bytes.

use http::Method;
use kizuna_http::OutputPath;
use kizuna_http::registry::{self, Access};
use serde_json::json;

use crate::requests::{Named, Request, absent, hidden, requests};
use crate::world::{Client, World, id_of, tool};

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
    without_cursors(&without_overlay_ids(&text))
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

/// A cursor is another one each time.
fn without_cursors(text: &str) -> String {
    let mut parts = text.split(r#"next\":\""#);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("NEXT");
        out.push_str(part.split_once('\\').map_or("", |(_, rest)| rest));
    }
    out
}

/// The id of an overlay is made from that of its object.
fn without_overlay_ids(text: &str) -> String {
    const UUID: usize = 36;
    let mut parts = text.split("kizuna-overlay--");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("OVERLAY");
        out.push_str(part.get(UUID..).unwrap_or(part));
    }
    out
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

#[test]
fn what_is_hidden_is_wanted_as_if_it_were_absent() {
    let world = World::new();
    world.ana.give("rel:Circle", &[tool("shared")]);
    world.ana.give("rel:Arvonia", &[tool("hidden")]);
    let offered = |name: &str, source: kizuna_access::MemberId| {
        let object = world.ana.get(&format!("/api/v1/objects/{}", id_of(name))).json()["object"].clone();
        let digest = kizuna_stix::Object::from_value(object).unwrap().digest();
        json!({ "id": id_of(name), "digest": hex::encode(digest), "source": source.to_string() })
    };
    let absent =
        json!({ "id": id_of("absent"), "digest": "00".repeat(32), "source": world.arvonia.to_string() });
    let versions = [offered("shared", world.arvonia), offered("hidden", world.arvonia), absent];
    let wanted = |client: &crate::world::Client| {
        let answer = client.post("/federation/offer", &json!({ "versions": versions }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["wanted"].clone()
    };
    assert_eq!(
        wanted(&world.bea),
        json!([1, 2]),
        "what may be read is not wanted; what is hidden is as absent"
    );
    assert_eq!(wanted(&world.ana), json!([2]));
    assert_eq!(wanted(&world.cai), json!([0, 1, 2]));
    let too_many = vec![versions[0].clone(); 2_001];
    assert_eq!(world.bea.post("/federation/offer", &json!({ "versions": too_many })).status, 400);
}
