#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

#[test]
fn every_level_has_its_policys_colour_and_readable_ink() {
    let style = style(&Directory::default());
    let secret = class("EXERCISE", "SECRET");
    assert!(style.contains(&format!(".{secret} {{ background: #c8102e; color: #ffffff; }}")), "{style}");
    assert_eq!(style.matches("background:").count(), 4);
    assert_eq!(ink_on("#f9a825"), "#000000");
    assert_eq!(ink_on("#0033a0"), "#ffffff");
    assert_ne!(class("EXERCISE", "SECRET"), class("EXERCIS", "ESECRET"));
    assert!(path(&Directory::default()).starts_with("/styles/levels.css?v="));
}
