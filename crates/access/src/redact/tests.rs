#![allow(clippy::unwrap_used, clippy::expect_used)]

use kizuna_stix::canonical;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::label::arbitrary::{label, terms};
use crate::label::{Terms, Tlp};
use crate::party::Party;
use crate::story::{member, rel};

const EVERY_TYPE: &str = include_str!("../../../../fixtures/stix/good/every-type.json");

fn every_type() -> Vec<Object> {
    let values: Vec<Value> = serde_json::from_str(EVERY_TYPE).unwrap();
    values.into_iter().map(|value| Object::from_value(value).unwrap()).collect()
}

fn to_all() -> Label {
    Label::builder().rel([Party::World]).label()
}

fn narrower() -> Label {
    Label::builder().rel([rel("EST")]).label()
}

fn secret() -> Label {
    to_all().and(&Label::builder().rel([Party::World]).class("EXERCISE", "SECRET").label())
}

fn part(label: Label, selectors: &[&str]) -> Part {
    Part { label, selectors: selectors.iter().map(|&selector| selector.to_owned()).collect() }
}

fn object(value: Value) -> Object {
    Object::from_value(value).unwrap()
}

/// A report with something to take out of each kind of place; `more` is added to it.
fn report(more: &Value) -> Object {
    let mut value = json!({
        "type": "report", "spec_version": "2.1", "id": "report--00000000-0000-4000-8000-000000000001",
        "created": "2026-01-02T03:04:05.000Z", "modified": "2026-01-02T03:04:05.000Z",
        "published": "2026-01-02T03:04:05Z", "name": "a name", "description": "told to few",
        "labels": ["one", "two", "three"],
        "object_refs": ["malware--00000000-0000-4000-8000-000000000002", "tool--00000000-0000-4000-8000-000000000003"],
        "external_references": [
            { "source_name": "first", "external_id": "1", "url": "https://one.example/" },
            { "source_name": "second", "external_id": "2", "description": "whose it is" },
        ],
    });
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object(value)
}

/// What is left of an object without all of its parts.
fn least(object: &Object, parts: &[Part]) -> Map<String, Value> {
    let selectors: Vec<Vec<String>> = parts.iter().map(|part| part.selectors.clone()).collect();
    form(object.value(), &selectors, |_| false).object
}

#[test]
fn what_a_type_needs_narrows_the_whole_and_what_it_does_not_is_taken_out() {
    let mut table = String::new();
    for object in every_type() {
        let (mut folds, mut goes) = (Vec::new(), Vec::new());
        for name in object.value().keys() {
            let (label, parts) = fold(&object, &to_all(), &[part(narrower(), &[name])]);
            match parts.as_slice() {
                [] => {
                    assert_eq!(label, narrower(), "{} {name}", object.kind());
                    folds.push(name.as_str());
                }
                [one] => {
                    assert_eq!((&label, &one.label), (&to_all(), &narrower()));
                    assert!(!least(&object, &parts).contains_key(name));
                    goes.push(name.as_str());
                }
                more => panic!("{name} became {more:?}"),
            }
        }
        let row = [
            object.kind(),
            "\n  narrows the whole: ",
            &folds.join(" "),
            "\n  is taken out: ",
            &goes.join(" "),
        ];
        table += &(row.concat() + "\n");
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_form_has_no_trace_of_what_is_missing() {
    let marking = "marking-definition--00000000-0000-4000-8000-00000000000a";
    let other = "marking-definition--00000000-0000-4000-8000-00000000000b";
    let report = report(&json!({ "granular_markings": [
        { "marking_ref": marking, "selectors": ["description", "labels.[0]"] },
        { "marking_ref": other, "selectors": ["description", "labels.[2]", "external_references.[1].description"] },
        { "lang": "fr", "selectors": ["labels.[0]"] },
        { "lang": "en", "selectors": ["labels.[1]"] },
    ]}));
    let asks = |id: &kizuna_stix::Id| {
        let is_secret = id.as_str() == marking;
        let est = || Label::builder().rel([rel("EST")]);
        Asked::Terms(if is_secret { Label::builder().class("EXERCISE", "SECRET") } else { est() })
    };
    let (label, parts) = compile(&report, &to_all(), member("alpha"), asks);
    assert_eq!(label, to_all());
    // Two that ask for different things, and one for both.
    let mut expected = vec![
        part(narrower(), &["external_references.[1].description", "labels.[2]"]),
        part(narrower().and(&secret()), &["description"]),
        part(secret(), &["labels.[0]"]),
    ];
    expected.sort();
    if subsets(&expected).len() > MOST_FORMS {
        let all = ["description", "external_references.[1].description", "labels.[0]", "labels.[2]"];
        expected = vec![part(narrower().and(&secret()), &all)];
    }
    assert_eq!(parts, expected);
    let left = least(&report, &parts);
    let text = String::from_utf8(canonical::map_to_vec(&left)).unwrap();
    for gone in ["told to few", "one\"", "three", "whose it is", marking, other, "fr"] {
        assert!(!text.contains(gone), "{gone} is in {text}");
    }
    assert_eq!(left["labels"], json!(["two"]));
    assert_eq!(left["granular_markings"], json!([{ "lang": "en", "selectors": ["labels.[0]"] }]));
}

#[test]
fn of_too_many_labels_all_fields_are_asked_for_together() {
    let to = |code: &str| to_all().and(&Label::builder().rel([rel(code)]).label());
    let parts = [
        part(to("EST"), &["description"]),
        part(to("FRA"), &["labels.[0]"]),
        part(secret(), &["labels.[1]"]),
    ];
    let together = to("EST").and(&to("FRA")).and(&secret());
    let (label, folded) = fold(&report(&json!({})), &to_all(), &parts);
    let all = ["description", "labels.[0]", "labels.[1]"];
    assert_eq!((label, folded), (to_all(), vec![part(together, &all)]));
    let chain = ["UNCLASSIFIED", "RESTRICTED", "SECRET"]
        .map(|level| to_all().and(&Label::builder().rel([Party::World]).class("EXERCISE", level).label()));
    let parts: Vec<Part> = chain.iter().zip(all).map(|(of, place)| part(of.clone(), &[place])).collect();
    let (_, folded) = fold(&report(&json!({})), &to_all(), &parts);
    assert_eq!((folded.len(), subsets(&folded).len()), (3, 4), "who reads SECRET reads the others too");
}

#[test]
fn selectors_of_what_remains_move_up_with_it() {
    let selectors = [vec!["labels.[0]".to_owned()], vec!["labels.[2]".to_owned()]];
    let shown = form(report(&json!({})).value(), &selectors, |number| number == 1);
    assert_eq!(shown.object["labels"], json!(["two", "three"]));
    assert_eq!(shown.parts, [(1, vec!["labels.[1]".to_owned()])]);
}

#[test]
fn lists_and_structures_with_nothing_left_go_too() {
    let report = report(&json!({ "x_exercise_notes": [{ "who": "A" }, { "who": "B", "when": "now" }] }));
    let parts = [part(secret(), &["labels.[0]", "labels.[1]", "labels.[2]", "x_exercise_notes.[0].who"])];
    let left = least(&report, &parts);
    assert!(!left.contains_key("labels"));
    assert_eq!(left["x_exercise_notes"], json!([{ "who": "B", "when": "now" }]));
}

#[test]
fn a_required_property_inside_a_list_narrows_the_whole_and_its_item_is_taken_out() {
    let inside =
        fold(&report(&json!({})), &to_all(), &[part(secret(), &["external_references.[1].source_name"])]);
    assert_eq!(inside, (secret(), vec![]));
    let item = fold(&report(&json!({})), &to_all(), &[part(secret(), &["external_references.[1]"])]);
    assert_eq!(item.1, [part(secret(), &["external_references.[1]"])]);
    let phases = object(json!({
        "type": "attack-pattern", "spec_version": "2.1", "id": "attack-pattern--00000000-0000-4000-8000-000000000001",
        "created": "2026-01-02T03:04:05.000Z", "modified": "2026-01-02T03:04:05.000Z", "name": "a name",
        "kill_chain_phases": [
            { "kill_chain_name": "a", "phase_name": "one" }, { "kill_chain_name": "a", "phase_name": "two" },
        ],
    }));
    let phase = fold(&phases, &to_all(), &[part(secret(), &["kill_chain_phases.[1].phase_name"])]);
    assert_eq!(phase, (secret(), vec![]));
    let (_, parts) = fold(&phases, &to_all(), &[part(secret(), &["kill_chain_phases.[1]"])]);
    assert_eq!(
        least(&phases, &parts)["kill_chain_phases"],
        json!([{ "kill_chain_name": "a", "phase_name": "one" }])
    );
}

#[test]
fn a_field_within_a_field_asks_for_what_the_outer_one_asks() {
    let parts =
        [part(narrower(), &["external_references"]), part(secret(), &["external_references.[0].url"])];
    let (label, folded) = fold(&report(&json!({})), &to_all(), &parts);
    assert_eq!(label, to_all());
    let inner = folded.iter().find(|part| part.selectors == ["external_references.[0].url"]).unwrap();
    assert_eq!(inner.label, narrower().and(&secret()));
    // Who reads the inner one reads the outer one: three forms, not four.
    assert_eq!(subsets(&folded).len(), 3);
}

#[test]
fn only_alternatives_together_narrow_the_whole() {
    let place = object(json!({
        "type": "location", "spec_version": "2.1", "id": "location--00000000-0000-4000-8000-000000000001",
        "created": "2026-01-02T03:04:05.000Z", "modified": "2026-01-02T03:04:05.000Z",
        "region": "eastern-asia", "country": "jp",
    }));
    let one = fold(&place, &to_all(), &[part(secret(), &["country"])]);
    assert_eq!(one, (to_all(), vec![part(secret(), &["country"])]));
    let both = fold(&place, &to_all(), &[part(secret(), &["country"]), part(narrower(), &["region"])]);
    assert_eq!(both, (narrower().and(&secret()), vec![]));
}

#[test]
fn what_a_deterministic_id_is_made_of_narrows_the_whole() {
    let members = json!({ "type": "file", "name": "a.exe", "size": 7, "hashes": {
        "MD5": "d41d8cd98f00b204e9800998ecf8427e",
        "SHA-256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }});
    let id = kizuna_stix::id::deterministic("file", members.as_object().unwrap()).unwrap();
    let mut value = members;
    value["id"] = json!(id.as_str());
    let computed = object(value.clone());
    for made_of in ["name", "hashes", "hashes.MD5"] {
        assert_eq!(
            fold(&computed, &to_all(), &[part(secret(), &[made_of])]),
            (secret(), vec![]),
            "{made_of}"
        );
    }
    // The id is made of the first hash alone.
    for beside in ["size", "hashes.SHA-256"] {
        let (label, parts) = fold(&computed, &to_all(), &[part(secret(), &[beside])]);
        assert_eq!((label, parts.len()), (to_all(), 1), "{beside}");
    }
    value["id"] = json!("file--00000000-0000-4000-8000-000000000001");
    let (label, parts) = fold(&object(value), &to_all(), &[part(secret(), &["name"])]);
    assert_eq!((label, parts.len()), (to_all(), 1));
}

#[test]
fn extensions_and_translations_have_fields_too() {
    let extension = "extension-definition--00000000-0000-4000-8000-00000000000e";
    let of_property = format!("extensions.{extension}.rank");
    let declared = |kind: &str| {
        report(&json!({ "extensions": { extension: { "extension_type": kind, "rank": 5, "toxicity": 8 } } }))
    };
    let ranked = declared("property-extension");
    let (label, parts) = fold(&ranked, &to_all(), &[part(secret(), &[&of_property])]);
    assert_eq!(label, to_all());
    assert_eq!(
        least(&ranked, &parts)["extensions"],
        json!({ extension: { "extension_type": "property-extension", "toxicity": 8 } })
    );
    let whole = format!("extensions.{extension}");
    let declaration = format!("extensions.{extension}.extension_type");
    let folds = |object: &Object, selector: &str| {
        fold(object, &to_all(), &[part(secret(), &[selector])]) == (secret(), vec![])
    };
    assert!(!folds(&ranked, &whole), "an extension that only adds properties can go");
    assert!(folds(&ranked, &declaration));
    let needed = declared("toplevel-property-extension");
    assert!(folds(&needed, &whole) && folds(&needed, "extensions") && folds(&needed, &declaration));

    let translation = object(json!({
        "type": "language-content", "spec_version": "2.1",
        "id": "language-content--00000000-0000-4000-8000-000000000001",
        "created": "2026-01-02T03:04:05.000Z", "modified": "2026-01-02T03:04:05.000Z",
        "object_ref": "report--00000000-0000-4000-8000-000000000001",
        "contents": { "ja": { "name": "名前", "description": "少数の者へ" }, "fr": { "name": "un nom" } },
    }));
    let (label, parts) = fold(&translation, &to_all(), &[part(secret(), &["contents.ja.description"])]);
    assert_eq!(label, to_all());
    assert_eq!(
        least(&translation, &parts)["contents"],
        json!({ "ja": { "name": "名前" }, "fr": { "name": "un nom" } })
    );
    assert!(folds(&translation, "contents"));
}

#[test]
fn a_marking_that_is_not_understood_leaves_the_field_to_its_source() {
    let marking = "marking-definition--00000000-0000-4000-8000-00000000000a";
    let granular = |entries: Value| report(&json!({ "granular_markings": entries }));
    let own = Label::own(member("alpha"));
    let marked = granular(json!([{ "marking_ref": marking, "selectors": ["description"] }]));
    let (label, parts) = compile(&marked, &to_all(), member("alpha"), |_| Asked::Unclear);
    assert_eq!((label, parts), (to_all(), vec![part(own.clone(), &["description"])]));
    let nameless = granular(json!([{ "selectors": ["description"] }]));
    let silent = |_: &kizuna_stix::Id| Asked::Terms(Terms::default());
    let (label, parts) = compile(&nameless, &to_all(), member("alpha"), silent);
    assert_eq!((label, parts), (to_all(), vec![part(own.clone(), &["description"])]));
    // Nobody knows what was meant.
    for selector in ["labels.[9]", "no such", "", "[0].labels"] {
        let nowhere = granular(json!([{ "marking_ref": marking, "selectors": [selector] }]));
        let found = compile(&nowhere, &to_all(), member("alpha"), |_| Asked::Unclear);
        assert_eq!(found, (own.clone(), vec![]), "{selector}");
    }
    let statement = compile(&marked, &to_all(), member("alpha"), silent);
    assert_eq!(statement, (to_all(), vec![]), "a copyright asks nothing of a reader");
}

#[test]
fn two_unclear_or_disjoint_demands_on_one_field_are_its_sources() {
    let of = |number: u8| format!("marking-definition--00000000-0000-4000-8000-00000000000{number}");
    let marked = report(&json!({ "granular_markings": [
        { "marking_ref": of(1), "selectors": ["description"] },
        { "marking_ref": of(2), "selectors": ["description"] },
    ]}));
    let to = |code: &str| Asked::Terms(Label::builder().rel([rel(code)]).tlp(Tlp::AmberStrict));
    let asks = |id: &kizuna_stix::Id| if id.as_str() == of(1) { to("EST") } else { to("JPN") };
    let (_, parts) = compile(&marked, &to_all(), member("alpha"), asks);
    assert_eq!(parts[0].label.audience(), Label::own(member("alpha")).audience());
}

/// Every place in a value, as selectors write it.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                found.push(at.clone());
                places(value, &at, found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let at = format!("{at}.[{index}]");
                found.push(at.clone());
                places(value, &at, found);
            }
        }
        _ => {}
    }
}

/// The values at the ends of a tree, as text, without markings.
fn leaves(value: &Value, at: &str, hidden: &[&str], found: &mut Vec<String>) {
    let inside =
        |place: &str| hidden.iter().any(|gone| place == *gone || place.starts_with(&format!("{gone}.")));
    if inside(at) || at.starts_with("granular_markings") {
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                leaves(value, &at, hidden, found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, &format!("{at}.[{index}]"), hidden, found);
            }
        }
        other => found.push(other.to_string()),
    }
}

fn marked_objects() -> impl Strategy<Value = (Object, Label, Vec<Part>)> {
    let objects = every_type();
    let picks = prop::collection::vec((any::<prop::sample::Index>(), label()), 1..6);
    (prop::sample::select(objects), label(), picks).prop_map(|(object, base, picks)| {
        let mut all = Vec::new();
        places(&Value::Object(object.value().clone()), "", &mut all);
        let part = |(index, label): (prop::sample::Index, Label)| Part {
            label: base.and(&label),
            selectors: vec![index.get(&all).clone()],
        };
        let parts = picks.into_iter().map(part).collect();
        (object, base, parts)
    })
}

#[test]
fn what_only_another_field_needs_tells_nothing_of_that_field() {
    let artifact = object(json!({
        "type": "artifact", "spec_version": "2.1", "id": "artifact--441c5e5f-8887-52e9-a77e-8945cb781961",
        "mime_type": "application/zip", "payload_bin": "ZWljYXI=",
        "encryption_algorithm": "mime-type-indicated", "decryption_key": "infected",
    }));
    let algorithm = part(narrower(), &["encryption_algorithm"]);
    let key = part(narrower().only_own(member("alpha")), &["decryption_key"]);
    assert_eq!(fold(&artifact, &to_all(), &[algorithm.clone(), key.clone()]).1, [], "who reads it reads all");
    let (label, parts) = fold(&artifact, &to_all(), std::slice::from_ref(&key));
    assert_eq!((label, parts), (to_all(), vec![key]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn folding_is_done_once_and_never_widens((object, base, parts) in marked_objects()) {
        let (label, folded) = fold(&object, &base, &parts);
        prop_assert!(subsets(&folded).len() <= MOST_FORMS);
        prop_assert_eq!(&label.and(&base), &label);
        for part in &folded {
            prop_assert_eq!(&part.label.and(&label), &part.label);
            prop_assert_ne!(&part.label, &label);
        }
        prop_assert_eq!(fold(&object, &label, &folded), (label, folded));
    }

    #[test]
    fn every_form_is_stix_and_holds_exactly_what_may_be_read((object, base, parts) in marked_objects()) {
        let (label, folded) = fold(&object, &base, &parts);
        let whole = Value::Object(object.value().clone());
        let selectors: Vec<Vec<String>> = folded.iter().map(|part| part.selectors.clone()).collect();
        for readable in subsets(&folded) {
            let shown = form(object.value(), &selectors, |number| readable.contains(&number));
            let hidden: Vec<&str> = (0..folded.len())
                .filter(|number| !readable.contains(number))
                .flat_map(|number| folded[number].selectors.iter().map(String::as_str))
                .collect();
            let (mut expected, mut found) = (Vec::new(), Vec::new());
            leaves(&whole, "", &hidden, &mut expected);
            leaves(&Value::Object(shown.object.clone()), "", &[], &mut found);
            prop_assert_eq!(&found, &expected);
            let left = Object::from_value(Value::Object(shown.object.clone()));
            prop_assert!(left.is_ok(), "{:?}", left);
            let left = left.unwrap();
            prop_assert_eq!(left.id(), object.id());
        }
        prop_assert_eq!(forms(&object, &label, &folded).unwrap().len(), subsets(&folded).len());
    }

    /// A store that was never given a part, and one that hides it, must serve the same bytes under the same label.
    #[test]
    fn a_form_is_a_form_of_every_fuller_one((object, base, parts) in marked_objects()) {
        let (label, folded) = fold(&object, &base, &parts);
        let all = forms(&object, &label, &folded).unwrap();
        for fuller in &all {
            prop_assert_eq!(fold(&fuller.object, &label, &fuller.parts), (label.clone(), fuller.parts.clone()));
            for lesser in forms(&fuller.object, &label, &fuller.parts).unwrap() {
                prop_assert!(all.contains(&lesser), "{:?}", lesser);
            }
        }
    }

    /// The same of what was marked: what is hidden makes no difference to how the rest is compiled.
    #[test]
    fn a_form_is_compiled_like_an_object_that_never_had_more(
        (object, base, parts) in marked_objects(), asked in prop::collection::vec(terms(), 6),
    ) {
        let marking = |number: usize| format!("marking-definition--00000000-0000-4000-8000-{number:012}");
        let mut value = object.value().clone();
        let entry = |(number, part): (usize, &Part)| {
            json!({ "marking_ref": marking(number), "selectors": part.selectors })
        };
        value.insert("granular_markings".to_owned(), parts.iter().enumerate().map(entry).collect());
        let Ok(object) = Object::from_value(Value::Object(value)) else { return Ok(()) };
        let asks = |id: &kizuna_stix::Id| {
            let number = (0..asked.len()).find(|number| marking(*number) == id.as_str());
            number.map_or(Asked::Unclear, |number| Asked::Terms(asked[number].clone()))
        };
        let (label, folded) = compile(&object, &base, member("alpha"), asks);
        for form in forms(&object, &label, &folded).unwrap() {
            let again = compile(&form.object, &base, member("alpha"), asks);
            prop_assert_eq!(again, (label.clone(), form.parts));
        }
    }
}
