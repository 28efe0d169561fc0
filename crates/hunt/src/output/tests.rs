use super::*;
use crate::index::Index;
use crate::index::{Builder, Context};
use crate::input::Trouble;
use crate::sweep::Summary;
use kizuna_stix::observable::Kind;

fn index() -> Index {
    let mut builder = Builder::new();
    builder.add(Kind::Domain, "evil.example", Context::default()).unwrap();
    builder.build()
}

fn hit(time: &str, asset: &str) -> Hit {
    Hit {
        path: "logs/<a>,\"b\".log".to_owned(),
        line: 7,
        time: time.parse().ok(),
        asset: (!asset.is_empty()).then(|| asset.to_owned()),
        entry: 0,
        also: Vec::new(),
        strings: Vec::new(),
    }
}

#[test]
fn a_line_has_the_fields_of_the_contract() {
    let index = index();
    let line = Line::of(&index, &hit("", ""));
    let value = serde_json::to_value(&line).unwrap();
    assert_eq!(value["path"], "logs/<a>,\"b\".log");
    assert_eq!(value["line"], 7);
    assert_eq!(value["value"], "evil.example");
    assert_eq!(value["kind"], "domain");
    assert!(value["indicator"].as_str().unwrap().starts_with("indicator--"));
}

#[test]
fn sightings_are_one_for_each_indicator_machine_and_day() {
    let index = index();
    let mut sightings = Sightings::default();
    for (time, asset) in [
        ("2026-01-01T01:00:00Z", "pc1"),
        ("2026-01-01T23:00:00Z", "pc1"),
        ("2026-01-02T00:00:00Z", "pc1"),
        ("2026-01-01T02:00:00Z", "pc2"),
    ] {
        sightings.hit(&hit(time, asset));
    }
    assert_eq!(sightings.count(&index), 3);
    let now = "2026-02-01T00:00:00Z".parse().unwrap();
    let bundle = sightings.bundle(&index, now, false);
    let text = bundle.to_string();
    assert!(!text.contains("pc1") && !text.contains("logs/"), "{text}");
    let limits = kizuna_stix::read::Limits::default();
    let elements = kizuna_stix::read::read(text.as_bytes(), &limits).unwrap();
    let objects: Vec<_> = elements
        .into_iter()
        .map(|element| match element {
            kizuna_stix::read::Element::Object(object) => object,
            kizuna_stix::read::Element::Refused(refused) => panic!("{refused:?}"),
        })
        .collect();
    // The indicator has no id that others know, so it goes along.
    assert_eq!(objects.iter().filter(|object| object.kind() == "indicator").count(), 1);
    let first = objects.iter().find(|object| object.get("count") == Some(&serde_json::json!(2))).unwrap();
    assert_eq!(first.text("first_seen"), Some("2026-01-01T01:00:00.000Z"));
    assert_eq!(first.text("last_seen"), Some("2026-01-01T23:00:00.000Z"));
    assert!(sightings.bundle(&index, now, true).to_string().contains("pc1"));
}

#[test]
fn what_logs_hold_is_never_markup_nor_a_cell_of_its_own() {
    let index = index();
    let line = Line::of(&index, &hit("2026-01-01T01:00:00Z", "<script>"));
    let mut page = Page::default();
    page.hit(&line);
    page.trouble(&Trouble { path: "logs".to_owned(), reason: "is a link, which is not followed".to_owned() });
    for (language, reason) in [
        (Language::English, "is a link, which is not followed"),
        (Language::Japanese, "リンクのため、たどりません"),
    ] {
        let mut out = Vec::new();
        page.write(&Summary { hits: 1, ..Summary::default() }, language, &mut out).unwrap();
        let html = String::from_utf8(out).unwrap();
        assert!(!html.contains("<script") && !html.contains("<a>"), "{html}");
        assert!(html.contains(reason), "{html}");
    }
    let mut csv = Vec::new();
    timeline::head(&mut csv).unwrap();
    assert!(timeline::row(&line, &mut csv).unwrap());
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().count(), 2);
    assert!(csv.contains("\"logs/<a>,\"\"b\"\".log\""), "{csv}");
    assert_eq!(ecs::document(&line)["threat"]["indicator"]["type"], "domain-name");
}
