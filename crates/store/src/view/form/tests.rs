#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::time::Instant;

use kizuna_access::redact::Part;
use kizuna_stix::Object;
use serde_json::json;

use crate::Contribution;
use crate::query::{Selection, Start};
use crate::story::{Story, indicator, to_all, to_own};

/// An indicator with a description and a reference for alpha alone.
fn marked(number: u64) -> Contribution {
    let mut value = indicator("alpha", number, 1, &format!("beacon {number}")).into_value();
    value.insert("description".to_owned(), json!("the harbour terminal was hit first ".repeat(8)));
    let url = format!("https://alpha.example/{number}");
    value.insert("external_references".to_owned(), json!([{ "source_name": "alpha", "url": url }]));
    let marking = "marking-definition--00000000-0000-4000-8000-00000000000a";
    let selectors = ["description", "external_references"];
    value.insert("granular_markings".to_owned(), json!([{ "marking_ref": marking, "selectors": selectors }]));
    let object = Object::from_value(value.into()).unwrap();
    let selectors = selectors.map(str::to_owned).to_vec();
    let parts = vec![Part { label: to_own("alpha"), selectors }];
    Contribution { parts, ..Story::contribution("alpha", object, to_all()) }
}

/// 1,000 objects, every tenth with fields for alpha alone.
fn a_tenth_marked() -> Story {
    let story = Story::cast();
    let given = (0..1_000).map(|number| {
        let marked = marked(number);
        if number % 10 == 0 { marked } else { Contribution { parts: Vec::new(), ..marked } }
    });
    story.store.writer().contribute(given.collect(), Vec::new()).unwrap();
    story
}

#[test]
fn a_page_holds_for_each_viewer_what_it_reads_of_each_object() {
    let story = a_tenth_marked();
    let described = |who: &str| {
        let page = story.view(who).page(&Selection::default(), Start::First, 1_000).unwrap();
        assert_eq!(page.items.len(), 1_000);
        let has = |bytes: &[u8]| bytes.windows(13).any(|word| word == b"\"description\"");
        page.items.iter().filter(|item| has(&item.bytes)).count()
    };
    assert_eq!((described("alpha"), described("bravo")), (1_000, 900));
}

#[test]
fn a_database_of_the_format_without_parts_is_read_and_written() {
    let story = Story::cast();
    story.give("alpha", indicator("alpha", 1, 1, "before"), to_all());
    let file = story.directory().join("kizuna.db");
    let path = story.directory();
    let older = rusqlite::Connection::open(&file).unwrap();
    older
        .execute_batch(
            "ALTER TABLE body DROP COLUMN parts; DROP TABLE log_head; DROP TABLE log_piece; DROP TABLE log_second; \
             PRAGMA user_version = 1;",
        )
        .unwrap();
    drop(older);
    let story = story.reopened();
    assert_eq!(path, story.directory());
    story.store.writer().contribute(vec![marked(2)], Vec::new()).unwrap();
    assert_eq!(story.names("bravo"), ["before", "beacon 2"]);
}

/// `cargo test -p kizuna-store --lib page_of_forms -- --ignored --nocapture`
#[test]
#[ignore = "measures"]
fn a_page_of_forms_beside_one_of_whole_objects() {
    let story = a_tenth_marked();
    let fastest = |who: &str| {
        let page = || {
            let view = story.view(who);
            let started = Instant::now();
            let page = view.page(&Selection::default(), Start::First, 1_000).unwrap();
            assert_eq!(page.items.len(), 1_000);
            started.elapsed()
        };
        (0..50).map(|_| page()).min().unwrap()
    };
    let (whole, forms) = (fastest("alpha"), fastest("bravo"));
    let ratio = forms.as_secs_f64() / whole.as_secs_f64();
    println!("reads all: {whole:?}; a tenth redacted: {forms:?}; ratio {ratio:.2}");
}
