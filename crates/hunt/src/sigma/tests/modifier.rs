use super::{field, loaded};

fn json(value: &str) -> String {
    serde_json::json!({ "f": value }).to_string()
}

fn value(item: &str, value: &str) -> bool {
    field(item, &json(value))
}

#[test]
fn texts_are_whole_and_small_letters_unless_modified() {
    for (item, given, expected) in [
        ("f: Evil", "eVIL", true),
        ("f: Evil", "evils", false),
        ("f|contains: vi", "eVIl", true),
        ("f|startswith: ev", "EVIL", true),
        ("f|startswith: vi", "EVIL", false),
        ("f|endswith: il", "EVIL", true),
        ("f|endswith: ev", "EVIL", false),
        ("f|cased: Evil", "evil", false),
        ("f|contains|cased: vil", "Evil", true),
        ("f: 'a*c'", "AxxC", true),
        ("f: 'a*c'", "axxd", false),
        ("f: 'a?c'", "abc", true),
        ("f: 'a?c'", "ac", false),
        ("f: '*'", "anything", true),
        ("f: 'C:\\\\*\\evil.exe'", "c:\\x\\y\\evil.exe", true),
        ("f: '100\\%\\*'", "100\\%*", true),
        ("f: 'a\\*b'", "a*b", true),
        ("f: 'a\\*b'", "axb", false),
        ("f: 'a\\\\*b'", "a\\xb", true),
        ("f|contains: '不審'", "とても不審な接続", true),
        ("f: 'ÄRGER'", "ärger", true),
        ("f|contains|all: [one, two]", "two one", true),
        ("f|contains|all: [one, two]", "one", false),
        ("f|contains: [one, two]", "two", true),
        ("f: ''", "", true),
        ("f: ''", "x", false),
        ("f|neq: evil", "good", true),
        ("f|neq: evil", "EVIL", false),
        ("f|neq: [evil, bad]", "bad", false),
    ] {
        assert_eq!(value(item, given), expected, "{item} on {given}");
    }
}

#[test]
fn regular_expressions_are_as_written() {
    for (item, given, expected) in [
        ("f|re: 'ab+c'", "xabbcx", true),
        ("f|re: 'ab+c'", "ABBC", false),
        ("f|re|i: 'ab+c'", "ABBC", true),
        ("f|re|m: '^b$'", "a\nb\nc", true),
        ("f|re: '^b$'", "a\nb\nc", false),
        ("f|re|s: 'a.b'", "a\nb", true),
        ("f|re: 'a.b'", "a\nb", false),
        ("f|re|i|s: 'A.B'", "a\nb", true),
        ("f|re: '\\d{3}\\*'", "123*", true),
    ] {
        assert_eq!(value(item, given), expected, "{item} on {given}");
    }
}

#[test]
fn networks_hold_addresses_however_written() {
    for (item, given, expected) in [
        ("f|cidr: 192.0.2.0/24", "192.0.2.255", true),
        ("f|cidr: 192.0.2.0/24", "192.0.3.0", false),
        ("f|cidr: 192.0.2.0/24", "::ffff:192.0.2.1", true),
        ("f|cidr: '2001:db8::/32'", "2001:DB8::1", true),
        ("f|cidr: 192.0.2.1", "192.0.2.1", true),
        ("f|cidr: [10.0.0.0/8, 192.0.2.0/24]", "10.1.1.1", true),
        ("f|cidr: 192.0.2.0/24", "not an address", false),
    ] {
        assert_eq!(value(item, given), expected, "{item} on {given}");
    }
}

#[test]
fn encodings_are_what_programs_write() {
    for (item, given, expected) in [
        ("f|base64: foobar", "Zm9vYmFy", true),
        ("f|base64|contains: foobar", "x Zm9vYmFy y", true),
        ("f|base64offset|contains: http://", "aHR0cDovLw==", true),
        // `xhttp://` and `xxhttp://`: the other two offsets.
        ("f|base64offset|contains: http://", "eGh0dHA6Ly8=", true),
        ("f|base64offset|contains: http://", "eHhodHRwOi8v", true),
        ("f|base64offset|contains: http://", "Zm9vYmFy", false),
        // PowerShell's -EncodedCommand: UTF-16 in base64.
        ("f|wide|base64offset|contains: IEX", "SQBFAFgA", true),
        ("f|utf16le|base64offset|contains: IEX", "SQBFAFgA", true),
        ("f|utf16be|base64|contains: IEX", "AEkARQBY", true),
        ("f|utf16|base64|contains: IEX", "//5JAEUAWAA=", true),
        ("f|wide|contains: ab", "xa\0b\0", true),
        ("f|windash|contains: ' -f '", "cmd /F x", true),
        ("f|windash|contains: ' -f '", "cmd \u{2013}f x", true),
        ("f|windash|contains: ' -f '", "cmd +f x", false),
        ("f|windash|contains: ' -a-b '", "x /a-b y", true),
        ("f|windash|contains: ' -a-b '", "x -a/b y", false),
    ] {
        assert_eq!(value(item, given), expected, "{item} on {given}");
    }
}

#[test]
fn numbers_are_compared_also_as_text() {
    for (item, event, expected) in [
        ("f|lt: 5", r#"{"f":4}"#, true),
        ("f|lt: 5", r#"{"f":5}"#, false),
        ("f|lte: 5", r#"{"f":"5"}"#, true),
        ("f|gt: 5", r#"{"f":5.5}"#, true),
        ("f|gte: 5.5", r#"{"f":"5.5"}"#, true),
        ("f|gte: 5", r#"{"f":"many"}"#, false),
        ("f: 5", r#"{"f":"5"}"#, true),
        ("f: '5'", r#"{"f":5}"#, true),
        ("f: true", r#"{"f":true}"#, true),
        ("f: true", r#"{"f":"True"}"#, true),
    ] {
        assert_eq!(field(item, event), expected, "{item} on {event}");
    }
}

#[test]
fn fields_are_there_or_not() {
    for (item, event, expected) in [
        ("f|exists: true", r#"{"f":""}"#, true),
        ("f|exists: true", r#"{"f":null}"#, true),
        ("f|exists: true", r#"{"g":1}"#, false),
        ("f|exists: false", r#"{"g":1}"#, true),
        ("f: null", r#"{"g":1}"#, true),
        ("f: null", r#"{"f":null}"#, true),
        ("f: null", r#"{"f":""}"#, false),
        ("f|fieldref: g", r#"{"f":"Same","g":"same"}"#, true),
        ("f|fieldref: g", r#"{"f":"a","g":"b"}"#, false),
        ("f|fieldref: g", r#"{"f":"a"}"#, false),
        ("f|fieldref|endswith: g", r#"{"f":"C:\\x\\y.exe","g":"y.exe"}"#, true),
        ("f|fieldref|cased: g", r#"{"f":"Same","g":"same"}"#, false),
        ("a.b: x", r#"{"a":{"b":["w","X"]}}"#, true),
    ] {
        assert_eq!(field(item, event), expected, "{item} on {event}");
    }
}

#[test]
fn times_have_parts() {
    let time = "2026-03-09T22:45:10Z";
    for (item, expected) in [
        ("f|minute: 45", true),
        ("f|hour: 22", true),
        ("f|hour|gte: 20", true),
        ("f|hour|lt: 6", false),
        ("f|day: 9", true),
        ("f|week: 11", true),
        ("f|month: 3", true),
        ("f|year: 2026", true),
        ("f|year: 2025", false),
    ] {
        assert_eq!(value(item, time), expected, "{item}");
    }
    assert!(field("f|hour: 22", r#"{"f":1773096310}"#));
}

#[test]
fn placeholders_are_what_a_file_of_values_says() {
    let rule = "title: t\nlogsource: {category: x}\ndetection:\n  s:\n    f|expand: 'C:\\%admins%'\n  condition: s\n";
    let (rules, refused) = loaded(rule);
    assert!(rules.is_empty());
    assert!(refused[0].reason.contains("%admins%"), "{refused:?}");
    let mut loader = super::Loader::new();
    loader.read("vars.yml", "name: ours\nvars:\n  admins:\n    - ana\n    - 'b*a'\n");
    loader.read("rule.yml", rule);
    let (rules, refused, _) = loader.finish();
    assert_eq!(refused, []);
    for (value, expected) in [("c:\\ANA", 1), ("C:\\bea", 1), ("C:\\eve", 0)] {
        assert_eq!(super::found(&rules, &json(value)).len(), expected, "{value}");
    }
}
