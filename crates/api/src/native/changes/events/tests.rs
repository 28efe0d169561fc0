#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn change(text: Bytes, cursor: &str) -> Change {
    Change { text, cursor: cursor.to_owned() }
}

#[test]
fn several_short_changes_go_out_in_one_piece() {
    let frame = frame(vec![change(Bytes::from("{}"), "a"), change(Bytes::from("[]"), "b")]);
    let expected = "event: object\nid: a\ndata: {}\n\nevent: object\nid: b\ndata: []\n\n";
    assert_eq!(frame, [Bytes::from(expected)]);
}

#[test]
fn a_long_text_goes_out_from_where_it_lies() {
    let text = Bytes::from(vec![b'x'; SHARED_BYTES]);
    let frame = frame(vec![change(text.clone(), "a"), change(Bytes::from("{}"), "b")]);
    assert_eq!(frame[1].as_ptr(), text.as_ptr());
    let said = String::from_utf8(frame.concat()).unwrap();
    assert!(said.ends_with("x\n\nevent: object\nid: b\ndata: {}\n\n"), "{said}");
    assert_eq!(frame.len(), 3);
}
