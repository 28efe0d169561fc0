//! Releases over HTTP: the story of two releasers, and what nobody else learns of it.

use std::collections::BTreeSet;

use kizuna_access::MemberId;
use kizuna_access::rights::{Clearance, Holder, Role};
use kizuna_app::Caller;
use kizuna_http::registry::{self, Method, OutputPath, Reads};
use serde_json::{Value, json};

use crate::world::{Answer, Client, World, id_of, tool};

/// A further person of a member, cleared for SECRET.
fn person(world: &World, email: &str, member: MemberId, role: Role) -> Client {
    let people = world.node.people(Caller::Operator);
    let (user, key) = people.add_user(email, member, BTreeSet::from([role, Role::Reader])).unwrap();
    let secret = Clearance::default().with("EXERCISE", "SECRET");
    people.clear(Holder::Person(user.id), secret).unwrap();
    Client { email: email.to_owned(), key: Some(key.secret), ..world.ana.clone() }
}

fn cleared(world: &World, client: &Client) {
    let person = world.node.directory().unwrap().person_by_email(&client.email).unwrap().id;
    let secret = Clearance::default().with("EXERCISE", "SECRET");
    world.node.people(Caller::Operator).clear(Holder::Person(person), secret).unwrap();
}

fn propose(client: &Client, name: &str, label: &str) -> Value {
    let body = json!({ "objects": [id_of(name)], "label": label, "reason": "they are hit too" });
    let answer = client.post("/api/v1/releases", &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn step(client: &Client, release: &Value, step: &str) -> Answer {
    client.post(&format!("/api/v1/releases/{}/{step}", release["id"].as_str().unwrap()), &json!({}))
}

/// Tools have no author: one that its member owns up to.
fn own(world: &World, name: &str) -> Value {
    let mut object = tool(name);
    object["created_by_ref"] = json!(world.arvonia.identity().as_str());
    object
}

#[test]
fn two_releasers_release_and_the_recipient_reads() {
    let world = World::new();
    let one = person(&world, "one@arvonia.example", world.arvonia, Role::Releaser);
    let two = person(&world, "two@arvonia.example", world.arvonia, Role::Releaser);
    let guest = person(&world, "guest@borduria.example", world.borduria, Role::Reader);
    cleared(&world, &world.ana);
    world.ana.give("class:EXERCISE/SECRET", &[own(&world, "a")]);
    let path = format!("/api/v1/objects/{}", id_of("a"));
    assert_eq!(guest.get(&path).status, 404);

    let dry = json!({ "objects": [id_of("a")], "label": "rel:Borduria" });
    let preview = world.ana.post("/api/v1/releases?dry_run=true", &dry).json();
    let findings = preview["findings"].as_array().unwrap();
    assert_eq!(
        (findings.len(), &findings[0]["place"], &findings[0]["blocks"]),
        (1, &json!("basis"), &json!(false))
    );
    let reached = preview["release"]["reached"]["members"].as_array().unwrap();
    assert_eq!(reached.len(), 2);

    let release = propose(&world.ana, "a", "rel:Borduria");
    assert_eq!(step(&world.ana, &release, "approve").status, 403);
    assert_eq!(step(&one, &release, "approve").json()["state"], "proposed");
    assert_eq!(step(&one, &release, "approve").json()["standing"]["counted"].as_array().unwrap().len(), 1);
    assert_eq!(guest.get(&path).status, 404);
    let queue = two.get("/api/v1/releases?open=true").json();
    assert_eq!(queue["items"][0]["may"]["approve"], true);
    let done = step(&two, &release, "approve").json();
    assert_eq!(done["state"], "released");
    assert_eq!(done["approvals"].as_array().unwrap().len(), 2);
    assert_eq!(guest.get(&path).status, 200);
    let told = guest.get("/api/v1/releases").json();
    assert_eq!(told["items"][0]["state"], "released");
    assert_eq!(told["items"][0]["reason"], Value::Null);
    assert_eq!(told["items"][0]["basis"], Value::Null, "no basis, and it says so");

    let refusal = json!({ "kind": "operational", "text": "the operation is on" });
    let withdrawn =
        one.post(&format!("/api/v1/releases/{}/withdraw", release["id"].as_str().unwrap()), &refusal);
    assert_eq!(withdrawn.json()["state"], "withdrawn");
    assert_eq!(guest.get(&path).status, 404);
    let report = world.ana.get("/api/v1/releases/report").json();
    assert_eq!(report["refusals"]["operational"], 1);
    assert_eq!(report["released"], 1);
}

#[test]
fn findings_are_faults_with_their_place_and_way_out() {
    let world = World::new();
    world.ana.give("rel:XAA,XCC", &[own(&world, "a")]);
    let body = json!({ "objects": [id_of("a")], "label": "rel:Borduria" });
    let refused = world.ana.post("/api/v1/releases", &body);
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains(&id_of("a")), "{}", refused.text());
    assert!(refused.text().contains("name them in the label given too"));
    assert_eq!(world.ana.post("/api/v1/releases", &json!({ "objects": [], "label": "rel:XBB" })).status, 400);
    assert_eq!(world.ron.post("/api/v1/releases", &body).status, 403);
}

#[test]
fn rules_are_shown_to_all_and_set_by_who_runs_the_node() {
    let world = World::new();
    let rule = json!({ "on": "tlp:green", "releasers": 2, "direct": "nobody" });
    assert_eq!(world.ana.put("/api/v1/releases/rules", &rule).status, 403);
    assert_eq!(world.ada.put("/api/v1/releases/rules", &rule).status, 204);
    let wrong = json!({ "on": "tlp:purple", "releasers": 2 });
    assert_eq!(world.ada.put("/api/v1/releases/rules", &wrong).status, 400);
    let shown = world.bea.get("/api/v1/releases/rules").json();
    let green = shown["items"].as_array().unwrap().iter().find(|rule| rule["on"] == "tlp:green").unwrap();
    assert_eq!((green["releasers"].clone(), green["set"].clone()), (json!(2), json!(true)));
    // What is written for others under that label now takes a release.
    let query = "label=tlp%3Agreen+rel%3ABorduria";
    let kept = world.ana.post(&format!("/api/v1/objects?{query}"), &json!({ "objects": [own(&world, "a")] }));
    assert_eq!(kept.status, 422);
    assert!(kept.text().contains("propose a release"), "{}", kept.text());
}

/// Every path of releases, with this id in its place.
fn paths(id: &str) -> Vec<(&'static OutputPath, String)> {
    let about = |entry: &&OutputPath| entry.reads == Reads::Decisions;
    let named = |entry: &'static OutputPath| (entry, entry.path.replace("{id}", id));
    registry::api().filter(about).map(named).collect()
}

fn ask(client: &Client, entry: &OutputPath, path: &str) -> Answer {
    let body = match entry.name {
        "native.propose-release" | "native.amend-release" => {
            json!({ "objects": [id_of("hidden")], "label": "rel:XAA" })
        }
        "native.reject-release" | "native.withdraw-release" => json!({ "kind": "political", "text": "" }),
        _ => json!({}),
    };
    match entry.method {
        Method::Get => client.get(path),
        Method::Put => client.put(path, &body),
        _ => client.post(path, &body),
    }
}

#[test]
fn a_release_that_one_may_not_read_changes_no_answer() {
    let world = World::new();
    let one = person(&world, "one@arvonia.example", world.arvonia, Role::Releaser);
    let foreign = person(&world, "foreign@cascadia.example", world.cascadia, Role::Releaser);
    let absent = "kizuna-release--00000000-0000-4000-8000-00000000dead";
    let outside = [&world.cai, &foreign, &world.bea, &world.ron];
    let before: Vec<Vec<_>> = outside
        .iter()
        .map(|client| paths(absent).iter().map(|(entry, path)| ask(client, entry, path).whole()).collect())
        .collect();

    world.ana.give("class:EXERCISE/SECRET", &[own(&world, "hidden")]);
    cleared(&world, &world.ana);
    let open = propose(&world.ana, "hidden", "rel:Cascadia");
    let open = open["id"].as_str().unwrap();
    let rejected = propose(&world.ana, "hidden", "rel:Cascadia");
    one.post(
        &format!("/api/v1/releases/{}/reject", rejected["id"].as_str().unwrap()),
        &json!({ "kind": "political", "text": "no" }),
    );
    world.ana.give("", &[own(&world, "given")]);
    // To the whole of Arvonia and Borduria, so that the others learn nothing of it.
    for (client, before) in outside.iter().zip(&before) {
        for ((entry, path), expected) in paths(open).iter().zip(before) {
            let mut seen = ask(client, entry, path).whole();
            seen.2 = seen.2.replace(open, absent);
            assert_eq!(seen, *expected, "{} asks {path}", client.email);
        }
    }
    let given = propose(&world.ana, "given", "rel:Borduria");
    assert_eq!(step(&one, &given, "approve").json()["state"], "released");
    let given = given["id"].as_str().unwrap();
    for (client, before) in [&world.cai, &foreign].iter().zip(&before) {
        for ((entry, path), expected) in paths(given).iter().zip(before) {
            let mut seen = ask(client, entry, path).whole();
            seen.2 = seen.2.replace(given, absent);
            assert_eq!(seen, *expected, "{} asks {path}", client.email);
        }
    }
    assert_eq!(world.bea.get(&format!("/api/v1/releases/{given}")).status, 200);
}
