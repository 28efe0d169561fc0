//! What is left of an object, and what stands around it, tried at the edges: lists, translations, extensions, sizes of
//! compressed answers, attestations, lines of the audit.

use std::collections::BTreeSet;

use kizuna_access::rights::Role;
use kizuna_access::travel::{Covers, Recall};
use kizuna_access::{Label, MemberId, Party, marking};
use kizuna_app::Caller;
use kizuna_attest::Attestation;
use kizuna_stix::Object;
use serde_json::{Value, json};

use crate::world::{Answer, Client, World, id_of, tool};

const ALL: &str = "/taxii2/own/collections/all/";
const EXTENSION: &str = "extension-definition--9f1cba6c-1f0b-4c8e-8b44-3e1d7e0c2a11";

/// A marking that asks for Arvonia alone.
fn arvonias(world: &World) -> Value {
    let label = Label::builder().rel([Party::Member(world.arvonia)]).label();
    Value::Object(marking::mint(&label).unwrap().remove(0).into_value())
}

/// Objects with something in every place that a granular marking can select, or without it.
fn given(marking: Option<&Value>) -> Vec<Value> {
    let mut object = tool("shared");
    let mut translation = json!({
        "type": "language-content", "spec_version": "2.1",
        "id": id_of("translation").replace("tool--", "language-content--"),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "object_ref": id_of("shared"), "object_modified": "2026-01-01T00:00:00.000Z",
        "contents": { "fr": { "name": "partagé" } },
    });
    object["aliases"] = json!(["one", "three"]);
    object["external_references"] = json!([{ "source_name": "open" }]);
    object["extensions"] = json!({ EXTENSION: { "extension_type": "property-extension", "rank": 1 } });
    let Some(marking) = marking else { return vec![object, translation] };
    object["aliases"] = json!(["one", "lighthouse two", "three"]);
    object["external_references"] =
        json!([{ "source_name": "open" }, { "source_name": "lighthouse", "external_id": "L-1" }]);
    object["extensions"][EXTENSION]["source"] = json!("lighthouse keeper");
    object["description"] = json!("the lighthouse");
    let selectors = json!([
        "aliases.[1]",
        "external_references.[1]",
        format!("extensions.{EXTENSION}.source"),
        "description",
    ]);
    object["granular_markings"] = json!([{ "marking_ref": marking["id"], "selectors": selectors }]);
    translation["contents"]["fr"]["description"] = json!("le lighthouse");
    translation["contents"]["de"] = json!({ "description": "das lighthouse" });
    let selectors = json!(["contents.fr.description", "contents.de"]);
    translation["granular_markings"] = json!([{ "marking_ref": marking["id"], "selectors": selectors }]);
    vec![marking.clone(), object, translation]
}

fn paths() -> Vec<String> {
    let mut paths = vec![
        format!("{ALL}objects/?match[type]=tool,language-content"),
        format!("{ALL}manifest/?match[type]=tool,language-content"),
        "/api/v1/objects?type=tool,language-content".to_owned(),
        "/api/v1/search?q=shared".to_owned(),
        "/api/v1/search?q=lighthouse".to_owned(),
        "/api/v1/count?type=tool,language-content".to_owned(),
    ];
    for id in [id_of("shared"), id_of("translation").replace("tool--", "language-content--")] {
        let rests = ["", "/versions", "/claims", "/explain", "/referring"];
        paths.extend(rests.iter().map(|rest| format!("/api/v1/objects/{id}{rest}")));
        paths.push(format!("{ALL}objects/{id}/"));
    }
    paths
}

/// An answer without dates of arrival, and without the ids of what the node writes beside content, which hang on the
/// circle's.
fn undated(answer: &Answer) -> String {
    let text = answer.text();
    let settled = |word: &str| -> String {
        let is_then = word.starts_with("20") && !word.starts_with("2026-01");
        let is_beside = ["kizuna-label--", "marking-definition--"].iter().any(|kind| word.starts_with(kind));
        if is_then || is_beside { "(settled)".to_owned() } else { word.to_owned() }
    };
    text.split('"').map(settled).collect::<Vec<_>>().join("\"")
}

#[test]
fn a_field_in_a_list_a_translation_or_an_extension_leaves_no_trace() {
    let (hiding, plain) = (World::new(), World::new());
    let marking = arvonias(&hiding);
    hiding.ana.give("rel:Circle", &given(Some(&marking)));
    plain.ana.give("rel:Circle", &given(None));
    for path in paths() {
        let circle = |world: &World, text: String| text.replace(&world.circle.to_string(), "(circle)");
        let seen = circle(&hiding, undated(&hiding.bea.get(&path)));
        let expected = circle(&plain, undated(&plain.bea.get(&path)));
        assert_eq!(seen, expected, "{path}");
        // Digests in the native form are of what is left, so that lengths agree also when they are compressed.
        for encoding in ["gzip", "br", "zstd"] {
            let length = |world: &World| {
                let headers = [("accept-encoding", encoding)];
                world.bea.send(http::Method::GET, &path, &headers, None).bytes.len()
            };
            let (one, other) = (length(&hiding), length(&plain));
            assert!(one.abs_diff(other) <= 24, "{path} {encoding}: {one} and {other} octets");
        }
    }
    assert!(
        hiding.ana.get(&format!("/api/v1/objects/{}", id_of("shared"))).text().contains("lighthouse two")
    );
}

/// The attestations that somebody reads about an object.
fn attestations(client: &Client, of: &str) -> Vec<Attestation> {
    let found = client.get("/api/v1/search?type=kizuna-attestation").json();
    let items = found["items"].as_array().unwrap().iter();
    let read = items.map(|item| Object::from_value(item["object"].clone()).unwrap());
    let about =
        |attestation: &Attestation| attestation.entries().iter().any(|entry| entry.object_ref.as_str() == of);
    read.map(|object| Attestation::read(&object).unwrap()).filter(about).collect()
}

fn object(client: &Client, id: &str) -> Object {
    let value = client.get(&format!("/api/v1/objects/{id}")).json()["object"].clone();
    Object::from_value(value).unwrap()
}

#[test]
fn each_form_has_an_attestation_of_its_own_and_the_link_to_the_fuller_one_stays_high() {
    let world = World::attesting();
    let marking = arvonias(&world);
    world.ana.give("rel:Circle", &given(Some(&marking)));
    let id = id_of("shared");
    let (full, left) = (object(&world.ana, &id), object(&world.bea, &id));
    assert_ne!(full.digest(), left.digest());
    let attests = |attestations: &[Attestation], object: &Object| {
        let entries = attestations.iter().flat_map(Attestation::entries);
        entries.filter(|entry| entry.names(object)).any(|entry| entry.is_of(&object.digest()))
    };
    let (high, low) = (attestations(&world.ana, &id), attestations(&world.bea, &id));
    assert!(attests(&low, &left), "what is left is attested to who gets it");
    assert!(!attests(&low, &full), "nothing that a reader of less has is of the fuller form");
    assert!(attests(&high, &full) && attests(&high, &left), "who reads all can tie the two together");
    assert_eq!(low.len(), 1);
    // Signed by the node that took the fields out, with the key of the member that lives there.
    assert!(low.iter().all(|attestation| attestation.by() == world.arvonia));
    let ring = world.node.key_ring().unwrap();
    for attestation in low.into_iter().chain(high) {
        assert!(ring.verify(attestation, world.node.now()).is_ok());
    }
    assert!(attestations(&world.cai, &id).is_empty(), "who reads no form reads no attestation");
}

#[test]
fn the_audit_says_of_a_release_that_it_was_and_not_what_it_rests_on() {
    let world = World::new();
    let people = world.node.people(Caller::Operator);
    let (_, key) =
        people.add_user("aud@cascadia.example", world.cascadia, BTreeSet::from([Role::Auditor])).unwrap();
    let auditor = Client { key: Some(key.secret), ..world.anon.clone() };
    let mut own = tool("hidden");
    own["created_by_ref"] = json!(world.arvonia.identity().as_str());
    world.ana.give("", &[own]);
    let proposal = json!({
        "objects": [id_of("hidden")], "label": "rel:Borduria",
        "basis_note": "the lighthouse agreement", "reason": "lighthouse is hit",
    });
    let proposed = world.ana.post("/api/v1/releases", &proposal);
    assert_eq!(proposed.status, 200, "{}", proposed.text());
    let lines = auditor.get("/api/v1/audit").text();
    assert!(lines.contains("release.proposed"), "{lines}");
    for trace in ["lighthouse", &id_of("hidden"), proposed.json()["id"].as_str().unwrap()] {
        assert!(!lines.contains(trace), "{trace} in {lines}");
    }
}

#[test]
fn a_recall_by_hand_takes_back_what_its_writer_could_have_narrowed_and_nothing_else() {
    let world = World::new();
    world.ana.give("rel:Circle", &[tool("own")]);
    world.bea.give("rel:Circle", &[tool("theirs")]);
    let recall = |client: &Client, by: MemberId, name: &str, digest: [u8; 32]| {
        let recall = Recall {
            by,
            at: world.node.now(),
            markings: Vec::new(),
            object_ref: id_of(name).parse().unwrap(),
            covers: Covers::Digests(vec![digest]),
            version: Some("2026-01-01T00:00:00Z".parse().unwrap()),
            reason: None,
        };
        let recall = Value::Object(recall.object().unwrap().into_value());
        client.post("/api/v1/objects?label=rel%3ACircle", &recall).status
    };
    let digest = |name: &str| object(&world.ana, &id_of(name)).digest();
    let reads = |client: &Client, name: &str| client.get(&format!("/api/v1/objects/{}", id_of(name))).status;
    // Another's, in the own name and in the other's; and the own under a wrong digest.
    recall(&world.ana, world.arvonia, "theirs", digest("theirs"));
    recall(&world.ana, world.borduria, "theirs", digest("theirs"));
    recall(&world.ana, world.arvonia, "own", [0; 32]);
    assert_eq!((reads(&world.ana, "theirs"), reads(&world.bea, "own")), (200, 200));
    recall(&world.ana, world.arvonia, "own", digest("own"));
    assert_eq!((reads(&world.ana, "own"), reads(&world.bea, "own")), (200, 404));
}
