//! TAXII 2.1, and the pitfalls seen in the field.

use std::io::{Read as _, Write as _};

use http::Method;
use jiff::Timestamp;
use kizuna_http::Caps;
use serde_json::{Value, json};

use crate::world::{TAXII, World, id_of, tool, tool_at};

const INBOX: &str = "/taxii2/own/collections/inbox/";
const ALL: &str = "/taxii2/own/collections/all/";

fn added_dates(manifest: &Value) -> Vec<Timestamp> {
    let records = manifest["objects"].as_array().cloned().unwrap_or_default();
    records.iter().map(|record| record["date_added"].as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn discovery_lists_the_own_root_and_the_communities_of_the_member() {
    let world = World::new();
    let roots = |client: &crate::world::Client| client.get("/taxii2/").json()["api_roots"].clone();
    assert_eq!(roots(&world.ana), json!(["/taxii2/own/", world.circle_root()]));
    assert_eq!(roots(&world.cai), json!(["/taxii2/own/"]));
}

#[test]
fn every_answer_has_the_exact_media_type_failures_included() {
    let world = World::new();
    let missing = format!("{ALL}objects/{}/", id_of("nothing"));
    for path in ["/taxii2/", "/taxii2/own/", ALL, missing.as_str(), "/taxii2/x/y/z/", "/taxii2/own/?"] {
        let answer = world.ana.get(path);
        assert_eq!(answer.header("content-type"), TAXII, "{path}: {}", answer.text());
    }
    let refused = world.anon.get("/taxii2/");
    assert_eq!((refused.status, refused.header("content-type")), (401, TAXII));
    let challenges: Vec<_> = refused.headers.get_all("www-authenticate").iter().collect();
    assert_eq!(challenges.len(), 2, "Basic and Bearer");
    assert_eq!(refused.json()["http_status"], "401");
}

#[test]
fn accept_is_negotiated() {
    let world = World::new();
    let status = |accept| world.ana.send(Method::GET, "/taxii2/", &[("accept", accept)], None).status;
    assert_eq!(status(TAXII), 200);
    assert_eq!(status("text/html;q=0.9, application/*;q=0.1"), 200);
    assert_eq!(status("text/html"), 406);
    assert_eq!(status("application/taxii+json;version=2.0"), 406);
    let refused = world.ana.send(Method::GET, "/taxii2/", &[("accept", "text/html")], None);
    assert_eq!(refused.header("content-type"), TAXII);
}

#[test]
fn a_body_of_another_type_or_over_the_limit_is_refused() {
    let world = World::with(Caps { body_bytes: 10_000, ..Caps::default() });
    let root = world.ana.get("/taxii2/own/").json();
    assert_eq!(root["max_content_length"], 10_000);
    let path = format!("{INBOX}objects/");
    let post =
        |media, body: &[u8]| world.ana.send(Method::POST, &path, &[("content-type", media)], Some(body));
    assert_eq!(post("application/json", b"{}").status, 415);
    assert_eq!(post("application/taxii+json;version=2.0", b"{}").status, 415);
    assert_eq!(post(TAXII, &[b' '; 10_001]).status, 413);
    assert_eq!(post(TAXII, b"{\"objects\":[").status, 422);
    let mut exactly = serde_json::to_vec(&json!({ "objects": [tool("a")] })).unwrap();
    exactly.resize(10_000, b' ');
    assert_eq!(post(TAXII, &exactly).status, 202);
}

#[test]
fn what_is_added_is_read_by_those_it_names() {
    let world = World::new();
    let collection = format!("{}collections/", world.circle_root());
    let listed = world.ana.get(&collection).json();
    let writable =
        listed["collections"].as_array().unwrap().iter().find(|c| c["can_write"] == true).unwrap().clone();
    let path = format!("{collection}{}/", writable["id"].as_str().unwrap());
    let status = world.ana.add(&path, &[tool("shared")]);
    assert_eq!(status.status, 202, "{}", status.text());
    assert_eq!(world.bea.get(&format!("{ALL}objects/")).names(), ["shared"]);
    assert_eq!(world.cai.get(&format!("{ALL}objects/")).text(), "{}");
    assert_eq!(world.cai.get(&path).status, 404, "another community's collection is not there");
    world.ana.add(INBOX, &[tool("own")]);
    assert_eq!(world.bea.get(&format!("{ALL}objects/")).names(), ["shared"]);
    assert_eq!(world.ron.get(&format!("{ALL}objects/")).names(), ["shared", "own"]);
}

#[test]
fn date_added_strictly_increases_inside_one_bulk_write() {
    let world = World::new();
    let tools: Vec<Value> = (0..250).map(|n| tool(&format!("tool {n}"))).collect();
    world.ana.add(INBOX, &tools);
    let dates = added_dates(&world.ana.get(&format!("{ALL}manifest/")).json());
    assert_eq!(dates.len(), 250);
    assert!(dates.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn added_after_excludes_and_goes_on_without_looping() {
    let world = World::new();
    let tools: Vec<Value> = (0..10).map(|n| tool(&format!("tool {n}"))).collect();
    world.ana.add(INBOX, &tools);
    let mut seen = Vec::new();
    let mut query = "limit=3".to_owned();
    for _ in 0..20 {
        let page = world.ana.get(&format!("{ALL}objects/?{query}"));
        if page.names().is_empty() {
            assert_eq!(page.header("x-taxii-date-added-last"), "");
            break;
        }
        seen.extend(page.names());
        query = format!("limit=3&added_after={}", page.header("x-taxii-date-added-last"));
    }
    let expected: Vec<String> = (0..10).map(|n| format!("tool {n}")).collect();
    assert_eq!(seen, expected);
}

#[test]
fn pages_neither_skip_nor_repeat_while_content_changes() {
    let world = World::new();
    let tools: Vec<Value> = (0..9).map(|n| tool(&format!("tool {n}"))).collect();
    world.ana.add(INBOX, &tools);
    let mut page = world.ana.get(&format!("{ALL}objects/?limit=2"));
    let mut seen = page.names();
    for round in 0..20 {
        if round < 3 {
            world.ana.add(INBOX, &[tool(&format!("late {round}"))]);
        }
        let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
        assert_eq!(page.json()["more"], true);
        page = world.ana.get(&format!("{ALL}objects/?limit=2&next={next}"));
        seen.extend(page.names());
    }
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!((seen.len(), unique.len()), (12, 12), "{seen:?}");
}

#[test]
fn the_newest_version_is_served_unless_others_are_asked_for() {
    let world = World::new();
    let versions = ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"];
    for modified in versions {
        world.ana.add(INBOX, &[tool_at("a", modified)]);
    }
    let modified = |query: &str| -> Vec<String> {
        let json = world.ana.get(&format!("{ALL}objects/?{query}")).json();
        let objects = json["objects"].as_array().cloned().unwrap_or_default();
        objects.iter().map(|object| object["modified"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(modified(""), [versions[2]]);
    assert_eq!(modified("match[version]=last"), [versions[2]]);
    assert_eq!(modified("match[version]=first"), [versions[0]]);
    assert_eq!(modified("match[version]=all"), versions);
    assert_eq!(modified("match[version]=first,last"), [versions[0], versions[2]]);
    assert_eq!(modified("match[version]=2026-02-01T00:00:00.000Z"), [versions[1]]);
    assert_eq!(modified("match[spec_version]=2.0"), [""; 0]);
    let listed = world.ana.get(&format!("{ALL}objects/{}/versions/", id_of("a"))).json();
    let expected: Vec<String> = versions.iter().map(|text| text.replace(".000Z", ".000000Z")).collect();
    assert_eq!(listed["versions"], json!(expected));
}

#[test]
fn the_manifest_says_version_and_media_type() {
    let world = World::new();
    world.ana.add(INBOX, &[tool("a")]);
    let record = world.ana.get(&format!("{ALL}manifest/")).json()["objects"][0].clone();
    assert_eq!(record["id"], id_of("a"));
    assert_eq!(record["version"], "2026-01-01T00:00:00.000000Z");
    assert_eq!(record["media_type"], "application/stix+json;version=2.1");
}

#[test]
fn a_bad_object_fails_alone_with_its_reason() {
    let world = World::new();
    let bad = json!({ "type": "tool", "spec_version": "2.1", "id": "tool--nonsense", "name": "bad" });
    let answer = world.ana.add(INBOX, &[tool("good"), bad]);
    assert_eq!(answer.status, 202);
    let status = answer.json();
    assert_eq!((&status["success_count"], &status["failure_count"]), (&json!(1), &json!(1)));
    assert!(status["failures"][0]["message"].as_str().unwrap().contains("id"), "{status}");
    assert_eq!(world.ana.get(&format!("{ALL}objects/")).names(), ["good"]);
    let quarantine = world.ana.get("/api/v1/quarantine").json();
    assert_eq!(quarantine["items"][0]["id"], "tool--nonsense", "{quarantine}");
}

#[test]
fn an_exact_duplicate_is_a_success_and_changes_nothing() {
    let world = World::new();
    world.ana.add(INBOX, &[tool("a")]);
    let before = world.ana.get(&format!("{ALL}manifest/")).json();
    let again = world.ana.add(INBOX, &[tool("a")]).json();
    assert_eq!((&again["success_count"], &again["failure_count"]), (&json!(1), &json!(0)));
    assert_eq!(world.ana.get(&format!("{ALL}manifest/")).json(), before);
}

#[test]
fn a_status_is_read_only_by_who_posted() {
    let world = World::new();
    let status = world.ana.add(INBOX, &[tool("a")]).json();
    let path = format!("/taxii2/own/status/{}/", status["id"].as_str().unwrap());
    assert_eq!(world.ana.get(&path).json(), status);
    let absent = format!("/taxii2/own/status/{}/", uuid::Uuid::new_v4());
    assert_eq!(world.ron.get(&path).whole(), world.ron.get(&absent).whole());
    assert_eq!(world.ron.get(&path).status, 404);
}

#[test]
fn deleting_narrows_ones_own_contribution_only() {
    let world = World::new();
    world.ana.give("rel:Circle", &[tool("both"), tool("ana's")]);
    world.bea.give("rel:Circle", &[tool("both")]);
    let path = |name: &str| format!("{INBOX}objects/{}/", id_of(name));
    assert_eq!(world.ana.delete(&path("both")).status, 200);
    assert_eq!(world.ana.delete(&path("ana's")).status, 200);
    let seen = |name: &str| world.bea.get(&format!("{ALL}objects/{}/", id_of(name))).status;
    assert_eq!(seen("both"), 200, "another's contribution stays");
    let stub = world.bea.get(&format!("{ALL}objects/{}/", id_of("ana's")));
    let is_gone = stub.status == 404 || stub.json()["objects"][0]["revoked"] == true;
    assert!(is_gone, "{}", stub.text());
    assert_eq!(world.cai.delete(&path("both")).status, 404, "nothing of his own");
}

#[test]
fn head_answers_as_get_without_a_body() {
    let world = World::new();
    world.ana.add(INBOX, &[tool("a")]);
    let path = format!("{ALL}objects/");
    let (head, get) = (world.ana.head(&path), world.ana.get(&path));
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    for name in ["content-type", "x-taxii-date-added-first", "x-taxii-date-added-last"] {
        assert_eq!(head.header(name), get.header(name));
        assert_ne!(head.header(name), "");
    }
}

#[test]
fn gzip_goes_both_ways() {
    let world = World::new();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&serde_json::to_vec(&json!({ "objects": [tool("a")] })).unwrap()).unwrap();
    let body = packer.finish().unwrap();
    let headers = [("content-type", TAXII), ("content-encoding", "gzip")];
    let added = world.ana.send(Method::POST, &format!("{INBOX}objects/"), &headers, Some(&body));
    assert_eq!(added.status, 202, "{}", added.text());
    let plain = world.ana.get(&format!("{ALL}objects/")).bytes;
    let raw = raw_get(&world, &format!("{ALL}objects/"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&raw[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
}

/// The body of an answer that was asked for as gzip, not unpacked by a client.
fn raw_get(world: &World, path: &str) -> Vec<u8> {
    let mut stream = std::net::TcpStream::connect(world.address).unwrap();
    let key = world.ana.key.as_ref().unwrap();
    let head = format!(
        "GET {path} HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nAccept-Encoding: gzip\r\n\r\n",
        world.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..split]).to_ascii_lowercase();
    assert!(head.contains("content-encoding: gzip"), "{head}");
    answer.split_off(split + 4)
}

#[test]
fn a_wrong_filter_is_refused_with_its_place() {
    let world = World::new();
    let cases =
        ["added_after=yesterday", "limit=0", "limit=x", "match[colour]=red", "next=made-up", "match[id]=x"];
    for query in cases {
        let answer = world.ana.get(&format!("{ALL}objects/?{query}"));
        assert_eq!((answer.status, answer.header("content-type")), (400, TAXII), "{query}");
        assert!(answer.json()["details"].is_object(), "{query}: {}", answer.text());
    }
}

#[test]
fn the_node_caps_a_page() {
    let world = World::with(Caps { page: 2, ..Caps::default() });
    world.ana.add(INBOX, &[tool("a"), tool("b"), tool("c")]);
    let page = world.ana.get(&format!("{ALL}objects/?limit=100"));
    assert_eq!(page.names(), ["a", "b"]);
    assert_eq!(page.json()["more"], true);
}

#[test]
fn a_method_that_is_not_there_says_which_are() {
    let world = World::new();
    let answer =
        world.ana.send(Method::PUT, &format!("{ALL}objects/"), &[("content-type", TAXII)], Some(b"{}"));
    assert_eq!((answer.status, answer.header("content-type")), (405, TAXII));
    let allowed = answer.header("allow");
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}

#[test]
fn the_conformance_suite_finds_nothing() {
    let world = World::with(Caps { body_bytes: 1 << 20, ..Caps::default() });
    let tools: Vec<Value> = (0..12).map(|n| tool(&format!("tool {n}"))).collect();
    world.ana.add(INBOX, &tools);
    world.ana.add(INBOX, &[tool_at("tool 3", "2026-02-01T00:00:00.000Z")]);
    let target = kizuna_api::taxii_check::Target {
        url: format!("http://{}/taxii2/", world.address),
        user: Some(world.ana.email.clone()),
        key: world.ana.key.clone(),
        write: true,
        timeout: std::time::Duration::from_secs(30),
    };
    let checks = kizuna_api::taxii_check::run(&target, |_| {}).unwrap();
    let table = kizuna_api::taxii_check::table(&checks);
    println!("{table}");
    assert!(kizuna_api::taxii_check::all_passed(&checks), "\n{table}");
    assert!(checks.len() > 60, "\n{table}");
}
