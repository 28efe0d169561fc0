//! Fields under labels of their own, over TAXII and the native API.

use kizuna_access::marking;
use kizuna_access::{Label, Party};
use serde_json::{Value, json};

use crate::world::{World, id_of, tool};

const ALL: &str = "/taxii2/own/collections/all/";
const HIDDEN: &str = "harbourmaster";

/// What asks for Arvonia alone.
fn arvonias(world: &World) -> Value {
    let label = Label::builder().rel([Party::Member(world.arvonia)]).label();
    Value::Object(marking::mint(&label).unwrap().remove(0).into_value())
}

/// A tool for the circle, whose description and second label are Arvonia's.
fn given(world: &World) -> Value {
    let marking = arvonias(world);
    let mut marked = tool("shared");
    marked["description"] = json!(format!("seen at the {HIDDEN}"));
    marked["labels"] = json!(["told", HIDDEN]);
    marked["granular_markings"] =
        json!([{ "marking_ref": marking["id"], "selectors": ["description", "labels.[1]"] }]);
    world.ana.give("rel:Circle", &[marking, marked.clone()]);
    marked
}

/// Every path that answers with the object or about it.
fn paths(world: &World) -> Vec<String> {
    let id = id_of("shared");
    let marking = arvonias(world)["id"].as_str().unwrap().to_owned();
    vec![
        format!("{ALL}objects/"),
        format!("{ALL}objects/{id}/"),
        format!("{ALL}objects/{id}/versions/"),
        format!("{ALL}manifest/"),
        format!("{ALL}manifest/?match[id]={id}"),
        "/api/v1/objects".to_owned(),
        format!("/api/v1/objects/{id}"),
        format!("/api/v1/objects/{id}/versions"),
        format!("/api/v1/objects/{id}/claims"),
        format!("/api/v1/objects/{id}/explain"),
        format!("/api/v1/objects/{id}/referring"),
        format!("/api/v1/objects/{marking}/referring"),
        "/api/v1/search?q=shared".to_owned(),
        "/api/v1/search?q=told".to_owned(),
    ]
}

#[test]
fn no_path_has_a_trace_of_a_field_that_is_not_read() {
    let world = World::new();
    let marked = given(&world);
    let whole = kizuna_stix::Object::from_value(marked.clone()).unwrap();
    let marking = marked["granular_markings"][0]["marking_ref"].as_str().unwrap().to_owned();
    for path in paths(&world) {
        let (status, headers, body) = world.bea.get(&path).whole();
        let about = format!("{status} {headers:?} {body}");
        for trace in [HIDDEN, "granular_markings", "description", &marking, &hex::encode(whole.digest())] {
            let is_asked_for = path.contains(trace);
            assert!(is_asked_for || !about.contains(trace), "{path} shows {trace}: {about}");
        }
    }
    let full = world.ana.get(&format!("/api/v1/objects/{}", id_of("shared"))).json();
    assert_eq!(full["object"], marked);
    assert_eq!(full["fields"][0]["selectors"], json!(["description", "labels.[1]"]));
    let found = |client: &crate::world::Client| client.get(&format!("/api/v1/count?q={HIDDEN}")).json();
    assert_eq!(
        (found(&world.ana)["at_least"].clone(), found(&world.bea)["at_least"].clone()),
        (json!(1), json!(0))
    );
}

#[test]
fn each_reader_gets_its_form_over_taxii() {
    let world = World::new();
    given(&world);
    let manifest =
        |client: &crate::world::Client| client.get(&format!("{ALL}manifest/?match[type]=tool")).json();
    let (ana, bea) = (manifest(&world.ana), manifest(&world.bea));
    assert_eq!(ana["objects"].as_array().unwrap().len(), 1);
    assert_eq!(bea["objects"][0]["id"], ana["objects"][0]["id"]);
    assert_eq!(bea["objects"][0]["version"], ana["objects"][0]["version"]);
    let object = |client: &crate::world::Client| {
        client.get(&format!("{ALL}objects/{}/", id_of("shared"))).json()["objects"][0].clone()
    };
    assert_eq!(object(&world.bea)["labels"], json!(["told"]));
    assert_eq!(object(&world.ana)["labels"], json!(["told", HIDDEN]));
    let hidden = world.cai.get(&format!("{ALL}objects/{}/", id_of("shared")));
    let absent = world.cai.get(&format!("{ALL}objects/{}/", id_of("nothing")));
    assert_eq!(hidden.status, absent.status);
}
