#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;

#[test]
fn text_of_every_script_passes_in_its_normal_form() {
    for text in ["plain", "標的型攻撃", "Ärger é", "한국어", "שלום", "line\nline\ttab", "👩\u{200d}🚒", "ที่"]
    {
        assert_eq!(rule(text), None, "{text:?}");
    }
}

#[test]
fn what_deceives_is_refused_by_the_name_of_its_rule() {
    let cases = [
        ("e\u{301}", "not in Unicode normal form C"),
        ("\u{212b}", "not in Unicode normal form C"),
        ("abc\u{202e}cod.exe", "a bidirectional control"),
        ("a\u{2067}b", "a bidirectional control"),
        ("a\u{e0041}", "a tag character or a variation selector of the supplement"),
        ("\u{e000}", "a private use character"),
        ("\u{10fffd}", "a private use character"),
        ("\u{fdd0}", "a noncharacter"),
        ("\u{1ffff}", "a noncharacter"),
        ("\u{10ffff}", "a noncharacter"),
        ("a\u{0}", "a control character"),
        ("a\u{85}", "a control character"),
        ("a\u{200b}b", "a character that is not seen"),
        ("a\u{feff}", "a character that is not seen"),
    ];
    for (text, expected) in cases {
        assert_eq!(rule(text), Some(expected), "{text:?}");
        assert_eq!(fault(&json!({ "a": [{ text: 1 }] })).as_deref(), Some(expected), "{text:?} as a key");
        assert_eq!(fault(&json!({ "a": [{ "b": text }] })).as_deref(), Some(expected), "{text:?} as a value");
    }
}
