//! The native API.

use http::Method;
use kizuna_http::Caps;
use serde_json::{Value, json};

use crate::world::{Answer, World, id_of, tool, tool_at};

#[test]
fn an_object_comes_with_its_source_and_label() {
    let world = World::new();
    world.ana.give("tlp:amber rel:Circle", &[tool("a")]);
    let item = world.bea.get(&format!("/api/v1/objects/{}", id_of("a"))).json();
    assert_eq!(item["object"]["name"], "a");
    assert_eq!(item["source"], world.arvonia.to_string());
    assert_eq!(item["label"]["tlp"], "amber");
    assert_eq!((&item["revoked"], &item["disputed"]), (&json!(false), &json!(false)));
}

#[test]
fn pages_go_on_where_they_ended() {
    let world = World::new();
    world.ana.give("", &[tool("a"), tool("b"), tool("c")]);
    let mut names = Vec::new();
    let mut path = "/api/v1/objects?limit=2".to_owned();
    loop {
        let page = world.ana.get(&path).json();
        for item in page["items"].as_array().unwrap() {
            names.push(item["object"]["name"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/objects?limit=2&cursor={next}");
    }
    assert_eq!(names, ["a", "b", "c"]);
}

#[test]
fn search_and_count_agree() {
    let world = World::new();
    let domain = json!({ "type": "domain-name", "spec_version": "2.1", "value": "update.arvonia.example",
        "id": "domain-name--bb5ac2b4-dd6c-5a26-9d14-23a16c3a1d9c" });
    world.ana.give("rel:Circle", &[domain, tool("重要な攻撃ツール"), tool("other")]);
    let count = |query: &str| world.bea.get(&format!("/api/v1/count?{query}")).json()["at_least"].clone();
    let found = |query: &str| {
        world.bea.get(&format!("/api/v1/search?{query}")).json()["items"].as_array().unwrap().len()
    };
    for (query, expected) in [
        ("value=update.arvonia[.]example", 1),
        ("q=%E6%94%BB%E6%92%83", 1),
        ("q=other", 1),
        ("q=nothing", 0),
        ("type=tool", 2),
    ] {
        assert_eq!((found(query), count(query)), (expected, json!(expected)), "{query}");
    }
    assert_eq!(world.cai.get("/api/v1/count?type=tool").json()["at_least"], 0);
    assert_eq!(world.bea.get("/api/v1/search?value=%20").status, 400);
}

#[test]
fn versions_and_claims_tell_the_story() {
    let world = World::new();
    for modified in ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"] {
        world.ana.give("rel:Circle", &[tool_at("a", modified)]);
    }
    let path = format!("/api/v1/objects/{}", id_of("a"));
    let versions = world.bea.get(&format!("{path}/versions")).json();
    assert_eq!(versions["items"].as_array().unwrap().len(), 2);
    assert_eq!(world.bea.get(&format!("{path}/claims")).json()["items"].as_array().unwrap().len(), 2);
    let explanation = world.bea.get(&format!("{path}/explain")).json();
    assert_eq!(explanation["readable"], true, "{explanation}");
}

#[test]
fn a_dry_run_stores_nothing() {
    let world = World::new();
    let answer = world.ana.post("/api/v1/objects?dry_run=true", &tool("a"));
    assert_eq!(answer.json()["stored"], 1, "{}", answer.text());
    assert_eq!(world.ana.get(&format!("/api/v1/objects/{}", id_of("a"))).status, 404);
}

#[test]
fn a_refused_object_says_exactly_where() {
    let world = World::new();
    let bad = json!({ "type": "indicator", "spec_version": "2.1", "id": "indicator--nonsense",
        "kill_chain_phases": [{ "kill_chain_name": 1 }] });
    let answer = world.ana.post("/api/v1/objects", &bad);
    assert_eq!((answer.status, answer.header("content-type")), (422, "application/problem+json"));
    let problem = answer.json();
    let paths: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["path"].as_str().unwrap()).collect();
    assert!(paths.contains(&"$.id"), "{paths:?}");
    let wrong_label = world.ana.post("/api/v1/objects?label=tlp:purple", &tool("a"));
    assert_eq!(wrong_label.status, 400, "{}", wrong_label.text());
}

#[test]
fn a_wrong_request_says_exactly_where() {
    let world = World::new();
    let place = |answer: Answer| {
        assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"));
        answer.json()["errors"][0]["path"].as_str().unwrap().to_owned()
    };
    assert_eq!(place(world.ana.get("/api/v1/objects?limit=0")), "?limit");
    let body = json!({ "operations": [{ "withdraw": { "id": "nonsense" } }] });
    assert_eq!(place(world.ana.post("/api/v1/batch", &body)), "$.operations[0].withdraw.id");
    let member = json!({ "name": "X", "country": "Japan", "sector": "public" });
    assert_eq!(place(world.ada.post("/api/v1/members", &member)), "$.country");
    assert_eq!(world.ana.get("/api/v1/objects?colour=red").status, 400);
}

#[test]
fn each_operation_of_a_batch_has_its_own_outcome() {
    let world = World::new();
    world.ana.give("rel:Circle", &[tool("old")]);
    let batch = json!({ "operations": [
        { "add": { "objects": [tool("a"), { "type": "tool", "id": "x" }], "label": "rel:Circle" } },
        { "withdraw": { "id": id_of("absent") } },
        { "withdraw": { "id": id_of("old") } },
    ] });
    let dry = world.ana.post("/api/v1/batch?dry_run=true", &batch).json();
    assert_eq!(dry["dry_run"], true);
    assert_eq!(world.bea.get(&format!("/api/v1/objects/{}", id_of("a"))).status, 404);
    let done = world.ana.post("/api/v1/batch", &batch).json();
    for answer in [&dry, &done] {
        let outcomes = &answer["outcomes"];
        assert_eq!(outcomes[0]["added"]["stored"], 1, "{answer}");
        assert_eq!(outcomes[0]["added"]["quarantined"], 1);
        assert_eq!(outcomes[1]["failed"]["status"], 404);
        assert_eq!(outcomes[2]["withdrawn"]["versions"], 1, "{answer}");
    }
    assert_eq!(world.bea.get(&format!("/api/v1/objects/{}", id_of("a"))).status, 200);
}

#[test]
fn the_same_idempotency_key_gives_the_first_answer() {
    let world = World::new();
    let send = |client: &crate::world::Client, batch: &Value| {
        let headers = [("content-type", "application/json"), ("idempotency-key", "one")];
        client.send(Method::POST, "/api/v1/batch", &headers, Some(batch.to_string().as_bytes()))
    };
    let batch = json!({ "operations": [{ "add": { "objects": [tool("a")] } }] });
    let first = send(&world.ana, &batch);
    assert_eq!(first.json()["outcomes"][0]["added"]["stored"], 1);
    assert_eq!(send(&world.ana, &batch).text(), first.text(), "not a duplicate: not done again");
    let other = json!({ "operations": [] });
    assert_eq!(send(&world.ana, &other).status, 409);
    assert_eq!(send(&world.bea, &other).status, 200, "another viewer's key is another key");
}

#[test]
fn the_same_batch_sent_twice_at_once_is_done_once() {
    let world = World::new();
    let objects: Vec<Value> = (0..200).map(|n| tool(&format!("tool {n}"))).collect();
    let body = json!({ "operations": [{ "add": { "objects": objects } }] }).to_string();
    let headers = [("content-type", "application/json"), ("idempotency-key", "twice")];
    let send = || world.ana.send(Method::POST, "/api/v1/batch", &headers, Some(body.as_bytes()));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|answer| answer.join().unwrap()).collect()
    });
    let done: Vec<String> = answers.iter().filter(|answer| answer.status == 200).map(Answer::text).collect();
    assert!(!done.is_empty() && done.iter().all(|text| *text == done[0]));
    assert!(answers.iter().all(|answer| [200, 409].contains(&answer.status)));
    assert_eq!(send().text(), done[0]);
}

#[test]
fn caps_are_said_clearly() {
    let world = World::with(Caps { body_bytes: 5_000, ..Caps::default() });
    let big = json!({ "type": "tool", "name": "x".repeat(6_000) });
    let answer = world.ana.post("/api/v1/objects", &big);
    assert_eq!((answer.status, answer.header("content-type")), (413, "application/problem+json"));
    assert!(answer.json()["detail"].as_str().unwrap().contains("5000"), "{}", answer.text());
    let deep = format!("{}{}", "[".repeat(2_000), "]".repeat(2_000));
    let headers = [("content-type", "application/json")];
    let answer = world.ana.send(Method::POST, "/api/v1/batch", &headers, Some(deep.as_bytes()));
    assert_eq!(answer.status, 400, "{}", answer.text());
    let answer = world.ana.send(Method::POST, "/api/v1/objects", &headers, Some(deep.as_bytes()));
    assert!([400, 413, 422].contains(&answer.status), "{}", answer.text());
}

#[test]
fn the_directory_is_managed_by_admins() {
    let world = World::new();
    let new = json!({ "name": "Delmare", "country": "XDD", "sector": "military", "hosted": true });
    let member = world.ada.post("/api/v1/members", &new);
    assert_eq!(member.status, 200, "{}", member.text());
    let id = member.json()["id"].as_str().unwrap().to_owned();
    let user = json!({ "email": "dan@delmare.example", "member": id, "roles": ["analyst"] });
    let added = world.ada.post("/api/v1/users", &user).json();
    let dan = crate::world::Client {
        key: Some(added["key"]["secret"].as_str().unwrap().to_owned()),
        ..world.anon.clone()
    };
    assert_eq!(dan.get("/api/v1/me").json()["email"], "dan@delmare.example");
    world.ana.give("rel:Circle", &[tool("a")]);
    let path = format!("/api/v1/objects/{}", id_of("a"));
    assert_eq!(dan.get(&path).status, 404);
    let join = format!("/api/v1/communities/{}/members/{id}", world.circle);
    assert_eq!(world.ada.put(&join, &json!({})).status, 204);
    assert_eq!(dan.get(&path).status, 200, "a right gained takes effect on the next request");
    assert_eq!(world.ada.delete(&join).status, 204);
    assert_eq!(dan.get(&path).status, 404, "and a right lost as well");
    let person = added["user"]["id"].as_str().unwrap();
    assert_eq!(world.ada.delete(&format!("/api/v1/users/{person}")).status, 204);
    assert_eq!(dan.get("/api/v1/me").status, 401);
}

#[test]
fn a_revoked_key_opens_nothing() {
    let world = World::new();
    let key = world.ana.post("/api/v1/keys", &json!({ "read_only": true })).json();
    let reader =
        crate::world::Client { key: Some(key["secret"].as_str().unwrap().to_owned()), ..world.ana.clone() };
    assert_eq!(reader.get("/api/v1/objects").status, 200);
    assert_eq!(reader.post("/api/v1/objects", &tool("a")).status, 403, "the key only reads");
    let path = format!("/api/v1/keys/{}", key["id"].as_str().unwrap());
    assert_eq!(world.ana.delete(&path).status, 204);
    assert_eq!(reader.get("/api/v1/objects").status, 401);
}

#[test]
fn the_description_is_served_to_anybody() {
    let world = World::new();
    let answer = world.anon.get("/api/v1/openapi.json");
    assert_eq!(answer.json()["openapi"], "3.1.0");
}
