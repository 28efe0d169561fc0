#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::observable::Kind;

fn refusal(text: &str, limits: &Limits) -> String {
    Pattern::parse_within(text, limits).unwrap_err().to_string()
}

#[test]
fn caps_hold() {
    let limits = Limits { bytes: 100, depth: 2, nodes: 4 };
    assert!(Pattern::parse_within("[((a:b = 1))]", &limits).is_ok());
    assert_eq!(
        refusal("[(((a:b = 1)))]", &limits),
        "line 1, column 4: parentheses are nested more than 2 deep"
    );
    assert_eq!(
        refusal("((([a:b = 1])))", &limits),
        "line 1, column 3: parentheses are nested more than 2 deep"
    );
    assert_eq!(
        refusal("[a:b IN (1, 2, 3, 4)]", &limits),
        "line 1, column 19: the pattern has more than 4 parts"
    );
    assert_eq!(refusal("[a:b.c.d.e.f = 1]", &limits), "line 1, column 14: the pattern has more than 4 parts");
    assert_eq!(refusal(&" ".repeat(101), &limits), "line 1, column 1: the pattern is longer than 100 bytes");
}

#[test]
fn hostile_nesting_is_refused_without_deep_recursion() {
    for open in ["(", "[(", "[a:b = 1] AND (", "[a:b IN ("] {
        let text = open.repeat(200_000 / open.len());
        assert!(Pattern::parse(&text).is_err());
    }
    let text = format!("[{}a:b = 1]", "a:b = 1 OR ".repeat(30_000));
    let pattern = Pattern::parse(&text).unwrap();
    assert_eq!(Pattern::parse(&pattern.to_string()), Ok(pattern));
}

#[test]
fn operators_bind_as_the_specification_says() {
    let Observation::FollowedBy(parts) =
        Pattern::parse("[a:b = 1] AND [a:c = 2] OR [a:d = 3] FOLLOWEDBY [a:e = 4]").unwrap().root
    else {
        panic!("FOLLOWEDBY binds loosest");
    };
    let Observation::Or(parts) = &parts[0] else { panic!("then OR") };
    assert!(matches!(&parts[0], Observation::And(both) if both.len() == 2));

    let Observation::Test(Comparison::Or(parts)) =
        Pattern::parse("[a:b = 1 AND a:c = 2 OR a:d = 3]").unwrap().root
    else {
        panic!("OR binds looser than AND");
    };
    assert!(matches!(&parts[0], Comparison::And(both) if both.len() == 2));
}

#[test]
fn numbers_keep_their_value_to_the_last_digit() {
    for number in ["9223372036854775807", "-9223372036854775808", "0.1", "-0.30000000000000004", "5.0"] {
        let text = format!("[a:b = {number}]");
        assert_eq!(Pattern::parse(&text).unwrap().to_string(), text);
    }
}

#[test]
fn timestamps_are_of_rfc_3339_in_utc() {
    let canonical =
        |time: &str| Pattern::parse(&format!("[a:b = t'{time}']")).map(|pattern| pattern.to_string());
    assert_eq!(canonical("2024-02-29T00:00:00.120Z").unwrap(), "[a:b = t'2024-02-29T00:00:00.12Z']");
    assert_eq!(
        canonical("2024-02-29T00:00:00.1234567891Z").unwrap(),
        "[a:b = t'2024-02-29T00:00:00.123456789Z']"
    );
    // A leap second is read as the second before it, which is what clocks without leap seconds show.
    assert_eq!(canonical("2016-12-31T23:59:60Z").unwrap(), "[a:b = t'2016-12-31T23:59:59Z']");
    assert!(canonical("2023-02-29T00:00:00Z").is_err());
    assert!(canonical("2023-02-28 00:00:00Z").is_err());
    assert!(canonical("+023-02-28T00:00:00Z").is_err());
}

#[test]
fn paths_know_whether_they_leave_the_object() {
    let leaves = |path: &str| {
        let pattern = Pattern::parse(&format!("[{path} = 'x']")).unwrap();
        let Observation::Test(Comparison::Proposition(test)) = pattern.root else { panic!("one test") };
        test.path.dereferences()
    };
    assert!(leaves("network-traffic:dst_ref.value"));
    assert!(leaves("email-message:to_refs[*].value"));
    assert!(leaves("email-message:body_multipart[0].body_raw_ref.name"));
    assert!(!leaves("email-message:from_ref"));
    assert!(!leaves("email-message:to_refs[0]"));
    assert!(!leaves("domain-name:value"));
}

#[test]
fn atoms_are_each_once_and_of_every_branch() {
    let atoms = |text: &str| -> Vec<String> {
        Pattern::parse(text).unwrap().atoms().iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        atoms(
            "([domain-name:value = 'B.example.org' OR domain-name:value = 'b.example.org.'] AND \
             [url:value = 'http://b.example.org']) WITHIN 5 SECONDS FOLLOWEDBY \
             [(ipv4-addr:value IN ('192.0.2.1', 'nonsense', '192.0.2.0/24') AND ipv4-addr:value != '192.0.2.9')]"
        ),
        ["domain:b.example.org", "ipv4:192.0.2.1", "cidr:192.0.2.0/24", "url:http://b.example.org/"]
    );
    assert_eq!(atoms("[domain-name:value NOT = 'a.example.org']"), [""; 0]);
    assert_eq!(atoms("[file:size = 1 AND x-own:value = 'a.example.org']"), [""; 0]);
    assert_eq!(atoms("[domain-name:value ISSUBSET 'a.example.org']"), [""; 0]);
    assert_eq!(Pattern::parse("[mutex:name = 'x']").unwrap().atoms()[0].kind, Kind::Mutex);
}

#[test]
fn patterns_of_stix_20_are_upgraded() {
    let of_20 = "[a:b = 'START'] START '2020-01-01T00:00:00Z' STOP '2020-01-02T00:00:00.5Z' AND [a:c = 'x']";
    assert!(Pattern::parse(of_20).is_err());
    assert_eq!(
        upgrade_20(of_20).unwrap().to_string(),
        "[a:b = 'START'] START t'2020-01-01T00:00:00Z' STOP t'2020-01-02T00:00:00.5Z' AND [a:c = 'x']"
    );
    assert_eq!(upgrade_20("[a:b = 1]").unwrap().to_string(), "[a:b = 1]");
    assert!(upgrade_20("[a:b = 'x").is_err());
    assert!(upgrade_20("[a:b = 1] START 'yesterday' STOP 'today'").is_err());
}

#[test]
fn single_backslashes_are_forgiven_on_request() {
    let text = r"[windows-registry-key:key = 'HKLM\Software\\it\'s\x'] START '2020-01-01T00:00:00Z' STOP '2020-01-02T00:00:00Z'";
    assert!(Pattern::parse(text).is_err());
    let pattern = lenient(text).unwrap();
    assert_eq!(
        pattern.to_string(),
        r"[windows-registry-key:key = 'HKLM\\Software\\it\'s\\x'] START t'2020-01-01T00:00:00Z' STOP t'2020-01-02T00:00:00Z'"
    );
    assert_eq!(pattern.atoms()[0].value, r"hkey_local_machine\software\it's\x");
    assert_eq!(lenient(r"[a:b = 'c\é']").unwrap().to_string(), r"[a:b = 'c\\é']");
    let fault = lenient("[a:b = 'C:\\x' AND]").unwrap_err();
    assert_eq!(fault.column, 11, "{fault}");
}
