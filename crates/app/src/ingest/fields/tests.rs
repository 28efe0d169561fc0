#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_access::marking;
use kizuna_access::travel::{LABEL_KIND, Labelling};
use kizuna_access::{Label, Party};
use kizuna_stix::{Id, Object};
use serde_json::{Value, json};

use crate::ingest::tests::{Story, indicator};
use crate::{From, Item, Search, Selection};

const DESCRIPTION: &str = "the harbour terminal was hit first";

/// An indicator with a description that a marking is put on.
fn marked(number: u32, marking: &str) -> Value {
    let mut value = indicator(number);
    value["description"] = json!(DESCRIPTION);
    value["labels"] = json!(["phishing", "harbour"]);
    value["granular_markings"] =
        json!([{ "marking_ref": marking, "selectors": ["description", "labels.[1]"] }]);
    value
}

/// What asks for a member alone, as marking definitions; the first names the member.
fn only(story: &Story, name: &str) -> Vec<Value> {
    let label = Label::builder().rel([Party::Member(story.member(name))]).label();
    let minted = marking::mint(&label).unwrap();
    minted.into_iter().map(|marking| Value::Object(marking.into_value())).collect()
}

fn id(value: &Value) -> Id {
    value["id"].as_str().unwrap().parse().unwrap()
}

fn read(story: &Story, country: &str, of: &Value) -> Option<Item> {
    story.node.read(&story.who(country)).unwrap().object(&id(of)).ok()
}

fn value(item: &Item) -> Value {
    serde_json::from_slice(&item.bytes).unwrap()
}

fn finds(story: &Story, country: &str, words: &str) -> usize {
    let search = Search { text: Some(words.to_owned()), ..Search::default() };
    story.node.read(&story.who(country)).unwrap().search(&search, None, 10).unwrap().items.len()
}

#[test]
fn who_may_not_read_a_field_gets_the_object_without_it() {
    let story = Story::begin();
    let markings = only(&story, "Asterin CERT");
    let given = marked(1, markings[0]["id"].as_str().unwrap());
    let mut envelope = markings;
    envelope.push(given.clone());
    let report = story.give("xas", &envelope, Some("rel:Circle"));
    assert_eq!(report.quarantined, 0, "{report:?}");

    let mut lesser = given.clone();
    let properties = lesser.as_object_mut().unwrap();
    properties.remove("description");
    properties.remove("granular_markings");
    properties.insert("labels".to_owned(), json!(["phishing"]));
    let (full, form) = (read(&story, "xas", &given).unwrap(), read(&story, "xve", &given).unwrap());
    assert_eq!(value(&full), given);
    assert_eq!(value(&form), lesser);
    assert_eq!(form.digest, Object::from_value(lesser).unwrap().digest());
    assert_eq!((full.fields.len(), form.fields.len()), (1, 0));
    assert_eq!(full.label, form.label);
    assert_eq!((finds(&story, "xas", "harbour"), finds(&story, "xve", "harbour")), (1, 0));
    assert_eq!((finds(&story, "xas", "phishing"), finds(&story, "xve", "phishing")), (1, 1));
    assert!(read(&story, "xor", &given).is_none());

    let reading = story.node.read(&story.who("xve")).unwrap();
    let told = format!("{:?}", story.node.explain(&story.who("xve"), &id(&given)).unwrap());
    assert!(!told.contains("description"), "{told}");
    assert!(reading.versions(&id(&given)).unwrap().iter().all(|item| item.digest == form.digest));
    let told = story.node.explain(&story.who("xas"), &id(&given)).unwrap();
    let fields = &told.contributions[0].fields[0];
    assert_eq!(
        (fields.selectors.as_slice(), fields.readable),
        (&["description".into(), "labels.[1]".into()][..], true)
    );
    let past = story.node.explain_past_the_gate(&story.who("xve"), &id(&given)).unwrap();
    assert!(past.contributions.iter().all(|one| one.readable && !one.fields[0].readable), "{past:?}");
}

#[test]
fn a_marking_that_is_not_known_yet_keeps_its_field_and_no_more() {
    let story = Story::begin();
    let markings = only(&story, "Velkar Shield");
    let given = marked(1, markings[0]["id"].as_str().unwrap());
    story.give("xas", std::slice::from_ref(&given), Some("rel:Circle"));
    assert_eq!(value(&read(&story, "xve", &given).unwrap()).get("description"), None);
    assert_eq!(finds(&story, "xve", "terminal"), 0);

    story.give("xas", &markings, Some("rel:Circle"));
    let now = read(&story, "xve", &given).unwrap();
    assert_eq!(value(&now)["description"], DESCRIPTION);
    assert_eq!(finds(&story, "xve", "terminal"), 1);
}

#[test]
fn a_field_that_the_object_needs_narrows_it_as_a_whole() {
    let story = Story::begin();
    let markings = only(&story, "Asterin CERT");
    let mut given = marked(1, markings[0]["id"].as_str().unwrap());
    given["granular_markings"][0]["selectors"] = json!(["pattern"]);
    let mut envelope = markings;
    envelope.push(given.clone());
    story.give("xas", &envelope, Some("rel:Circle"));
    assert!(read(&story, "xas", &given).is_some());
    assert!(read(&story, "xve", &given).is_none());
}

#[test]
fn ones_own_object_has_its_label_written_into_it_and_its_fields_keep_theirs() {
    let story = Story::begin();
    let markings = only(&story, "Asterin CERT");
    let mut given = marked(1, markings[0]["id"].as_str().unwrap());
    given["created_by_ref"] = json!(story.member("Asterin CERT").identity().as_str());
    let mut envelope = markings;
    envelope.push(given.clone());
    story.give("xas", &envelope, Some("rel:Circle"));
    let (full, form) = (read(&story, "xas", &given).unwrap(), read(&story, "xve", &given).unwrap());
    assert_eq!(value(&full)["granular_markings"], given["granular_markings"]);
    assert_eq!(value(&full)["object_marking_refs"], value(&form)["object_marking_refs"]);
    assert!(value(&form).get("granular_markings").is_none());
    assert!(value(&form).get("description").is_none());
}

/// The digests that the label objects which somebody reads name.
fn named(story: &Story, country: &str) -> Vec<[u8; 32]> {
    let selection = Selection { kinds: vec![LABEL_KIND.to_owned()], ..Selection::default() };
    let page = story.node.read(&story.who(country)).unwrap().page(&selection, &From::First, 100).unwrap();
    let labelling = |item: &Item| Labelling::read(&Object::from_value(value(item)).unwrap()).unwrap();
    page.items.iter().flat_map(|item| labelling(item).assignments).map(|one| one.digest).collect()
}

#[test]
fn a_label_object_names_to_each_reader_the_form_that_it_gets() {
    let story = Story::begin();
    let markings = only(&story, "Asterin CERT");
    let given = marked(1, markings[0]["id"].as_str().unwrap());
    let mut envelope = markings;
    envelope.push(given.clone());
    story.give("xas", &envelope, Some("rel:Circle"));
    let (full, form) = (read(&story, "xas", &given).unwrap(), read(&story, "xve", &given).unwrap());
    assert_eq!(named(&story, "xve"), [form.digest], "the digest of the whole is for nobody else");
    assert!(named(&story, "xas").contains(&full.digest));
}

/// A field may be more limited in its hops than its object.
#[test]
fn a_field_that_was_to_make_one_hop_has_made_it_behind_the_way() {
    let story = Story::begin();
    let circle = Label::builder().rel([Party::Member(story.member("Asterin CERT"))]);
    let field = circle.clone().handling(kizuna_access::label::Handling::OneHop).label();
    let minted = marking::mint(&field).unwrap();
    let mut envelope: Vec<Value> =
        minted.iter().map(|marking| Value::Object(marking.clone().into_value())).collect();
    let given = marked(1, minted[0].id().as_str());
    envelope.push(given.clone());
    story.give("xas", &envelope, Some("rel:Circle"));
    let here = read(&story, "xas", &given).unwrap();
    let [fields] = &here.fields[..] else { panic!("{:?}", here.fields) };
    let words = |label: &Label| label.handling().iter().map(|word| word.as_str()).collect::<Vec<_>>();
    assert_eq!(words(&fields.label), ["one-hop"]);
    let part = kizuna_access::redact::Part { label: field, selectors: vec!["description".to_owned()] };
    let fields = super::Fields { label: circle.label(), parts: vec![part], dangling: Vec::new() };
    let behind = fields.behind(&super::Channel::default().over(true));
    assert_eq!(words(&behind.parts[0].label), ["one-hop", "this-node"]);
    assert!(words(&behind.label).is_empty());
}
