#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

#[test]
fn entities_and_document_types_are_refused_by_line() {
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a>&b;</a>";
    let error = parse(bomb).unwrap_err();
    assert!(error.to_string().contains("a document type is refused"), "{error}");
    let error = parse("<a>\n\n&who;</a>").unwrap_err();
    assert_eq!(error.line, 3);
    assert!(error.rule.contains("&who;"), "{error}");
}

#[test]
fn size_depth_and_number_are_capped() {
    let deep = format!("{}{}", "<a>".repeat(60_000), "</a>".repeat(60_000));
    assert_eq!(parse(&deep).unwrap_err().rule, "elements nest deeper than 32");
    let deep = format!("{}{}", "<a>".repeat(32), "</a>".repeat(32));
    assert!(parse(&deep).is_ok());
    let deep = format!("{}{}", "<a>".repeat(33), "</a>".repeat(33));
    assert_eq!(parse(&deep).unwrap_err().rule, "elements nest deeper than 32");
    let wide = format!("<a>{}</a>", "<b/>".repeat(60_000));
    assert!(parse(&wide).unwrap_err().rule.starts_with("more than"));
    assert!(parse(&" ".repeat(SIZE_LIMIT + 1)).unwrap_err().rule.starts_with("the document is larger"));
    assert_eq!(parse("<a>\n<b></a>").unwrap_err().line, 2);
}

#[test]
fn what_is_written_is_read_back() {
    let mut writer = Writer::new();
    writer.start("a").attribute("b", "<&\"'\n\t>");
    writer.text("c", "極秘 & <more>");
    let text = writer.finish();
    let document = parse(&text).unwrap();
    assert_eq!(document.root_element().attribute("b"), Some("<&\"'\n\t>"));
    assert_eq!(text_of(document.root_element().first_element_child().unwrap()), "極秘 & <more>");
}
