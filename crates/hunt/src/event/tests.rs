#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::borrow::Cow;

use proptest::prelude::*;

use super::{Event, Layout, MAX_NODES, Value, text_of};

fn text(value: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(value))
}

fn all(event: &Event<'_>, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    event.each(path, &mut |node| {
        found.push(node.value.text().unwrap_or_default().into_owned());
        false
    });
    found
}

#[test]
fn dots_lead_into_objects_and_may_be_in_names() {
    let line = r#"{"id.orig_h":"192.0.2.1","Event":{"System":{"EventID":4688,"x":null},"Data":[{"n":"a"},{"n":["b","c"]}]},"ok":true,"big":18446744073709551615,"f":1.5}"#;
    let event = Layout::default().event(line).unwrap();
    assert_eq!(event.get("id.orig_h"), Some(&text("192.0.2.1")));
    assert_eq!(event.get("Event.System.EventID"), Some(&Value::Integer(4688)));
    assert_eq!(event.get("Event.System.x"), Some(&Value::Null));
    assert_eq!(event.get("Event.System.y"), None);
    assert_eq!(event.get("big"), Some(&Value::Large(u64::MAX)));
    assert_eq!(event.get("f").unwrap().number(), Some(1.5));
    assert_eq!(all(&event, "Event.Data.n"), ["a", "b", "c"]);
    let place = event.find("Event.System.EventID").unwrap();
    assert_eq!(event.path(place), "Event.System.EventID");
    assert_eq!(event.leaves().count(), 9);
}

#[test]
fn texts_are_borrowed_unless_they_have_escapes() {
    let event = Layout::default().event(r#"{"a":"plain","b":"with \"quote\"","c\u0064":"x"}"#).unwrap();
    assert!(matches!(event.get("a"), Some(Value::Text(Cow::Borrowed(_)))));
    assert_eq!(event.get("b"), Some(&text("with \"quote\"")));
    assert_eq!(event.get("cd"), Some(&text("x")));
}

#[test]
fn what_is_no_json_is_text() {
    let event = Layout::default().event("{broken").unwrap();
    assert_eq!(event.get("message"), Some(&text("{broken")));
    let deep = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
    assert_eq!(Layout::default().event(&deep).unwrap().get("message"), Some(&text(&deep)));
}

#[test]
fn tables_have_the_names_of_their_first_line() {
    let mut layout = Layout::default();
    assert_eq!(layout.event("\u{feff}time,Image,CommandLine"), None);
    let row = "1,\"C:\\a,b.exe\",\"say \"\"hi\"\"\"";
    let event = layout.event(row).unwrap();
    assert_eq!(event.get("Image"), Some(&text("C:\\a,b.exe")));
    assert_eq!(event.get("CommandLine"), Some(&text("say \"hi\"")));
    let event = layout.event("2,,\"never closed").unwrap();
    assert_eq!(event.get("Image"), Some(&Value::Null));
    assert_eq!(event.get("CommandLine"), Some(&text("never closed")));
    // Another part of the same file knows the heading.
    let mut part = Layout::of_head("a\tb\tc\n1\t2\t3\n");
    assert_eq!(part.event("x\ty\tz").unwrap().get("b"), Some(&text("y")));
    // A first line that is data is data.
    assert!(Layout::default().event("2026-01-01,10.0.0.1,deny").is_some());
}

#[test]
fn zeek_tells_its_fields_types_and_separators() {
    let head = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n\
                #fields\tts\tid.orig_h\tquery\tanswers\tTTLs\n#types\ttime\taddr\tstring\tvector[string]\tvector[interval]\n";
    let mut layout = Layout::of_head(head);
    let event = layout.event("1700000000.5\t192.0.2.1\ta\\x09b\tx,y\t-").unwrap();
    assert_eq!(event.get("ts"), Some(&Value::Float(1_700_000_000.5)));
    assert_eq!(event.get("id.orig_h"), Some(&text("192.0.2.1")));
    assert_eq!(event.get("query"), Some(&text("a\tb")));
    assert_eq!(all(&event, "answers"), ["x", "y"]);
    assert_eq!(event.get("TTLs"), None);
    assert_eq!(layout.event("#close\t2026-01-01-00-00-00"), None);
}

#[test]
fn iis_tells_its_fields() {
    let mut layout = Layout::default();
    assert_eq!(layout.event("#Software: Microsoft Internet Information Services 10.0"), None);
    assert_eq!(layout.event("#Fields: date time cs-method cs-uri-stem"), None);
    let event = layout.event("2026-01-01 00:00:00 GET /x.aspx").unwrap();
    assert_eq!(event.get("cs-uri-stem"), Some(&text("/x.aspx")));
}

#[test]
fn pairs_in_text_are_fields() {
    let line = r#"type=EXECVE msg=audit(1700000000.1:5): argc=2 a0="cat" a1="/etc/shadow" msg='op=login acct="root"'"#;
    let event = Layout::default().event(line).unwrap();
    assert_eq!(event.get("type"), Some(&text("EXECVE")));
    assert_eq!(event.get("a1"), Some(&text("/etc/shadow")));
    assert_eq!(event.get("op"), Some(&text("login")));
    assert_eq!(event.get("acct"), Some(&text("root")));
    assert_eq!(event.get("message"), Some(&text(line)));
    let event = Layout::default().event("GET /?a=b&c=d HTTP/1.1").unwrap();
    assert_eq!(event.get("c"), None);
}

#[test]
fn other_encodings_become_text() {
    let (bytes, ..) = encoding_rs::SHIFT_JIS.encode("{\"名\":\"不審な接続\"}");
    let line = text_of(&bytes);
    assert_eq!(Layout::default().event(&line).unwrap().get("名"), Some(&text("不審な接続")));
}

#[test]
fn a_line_of_too_many_values_is_text() {
    let line = format!("{{\"a\":[{}0]}}", "0,".repeat(MAX_NODES));
    assert!(Layout::default().event(&line).unwrap().get("message").is_some());
}

proptest! {
    /// Whatever a line holds, the tree is sound, and JSON holds what `serde_json` says.
    #[test]
    fn every_line_is_a_sound_tree(lines in prop::collection::vec(".{0,80}", 1..6)) {
        let mut layout = Layout::default();
        for line in &lines {
            let Some(event) = layout.event(line) else { continue };
            let count = event.nodes().len() as u32;
            prop_assert_eq!(event.nodes()[0].after, count);
            for (place, node) in event.nodes().iter().enumerate().skip(1) {
                prop_assert!(node.parent < place as u32 && node.after > place as u32 && node.after <= count);
            }
        }
    }

    #[test]
    fn json_is_read_as_it_is(names in prop::collection::btree_map("[a-z]{1,4}", ".{0,20}", 0..8)) {
        let line = serde_json::to_string(&names).unwrap();
        let event = Layout::default().event(&line).unwrap();
        for (name, value) in &names {
            prop_assert_eq!(event.get(name), Some(&text(value)));
        }
    }
}
