use super::*;

fn lists() -> Warninglists {
    let mut lists = Warninglists::default();
    for json in [
        r#"{"name":"Top sites","type":"string","list":["Google.com"],"matching_attributes":["domain","hostname"]}"#,
        r#"{"name":"Dynamic","type":"hostname","list":[".duck.example"],"matching_attributes":["domain","url"]}"#,
        r#"{"name":"Private","type":"cidr","list":["10.0.0.0/8","fe80::/10"],"matching_attributes":["ip-dst"]}"#,
        r#"{"name":"Throwaway","type":"substring","list":["@throw.example"],"matching_attributes":["email-src"]}"#,
    ] {
        lists.add(json.as_bytes()).unwrap();
    }
    lists.ready().unwrap()
}

#[test]
fn each_type_matches_as_misp_does() {
    let lists = lists();
    let holding = |kind, value| lists.holding(&Observable::new(kind, value).unwrap()).map(str::to_owned);
    assert_eq!(holding(Kind::Domain, "google.com").as_deref(), Some("Top sites"));
    assert_eq!(holding(Kind::Domain, "www.google.com"), None);
    assert_eq!(holding(Kind::Url, "http://google.com/"), None);
    assert_eq!(holding(Kind::Domain, "a.duck.example").as_deref(), Some("Dynamic"));
    assert_eq!(holding(Kind::Url, "http://duck.example/x").as_deref(), Some("Dynamic"));
    assert_eq!(holding(Kind::Domain, "notduck.example"), None);
    assert_eq!(holding(Kind::Ipv4, "10.1.2.3").as_deref(), Some("Private"));
    assert_eq!(holding(Kind::Cidr, "10.1.0.0/16").as_deref(), Some("Private"));
    assert_eq!(holding(Kind::Cidr, "8.0.0.0/6"), None);
    assert_eq!(holding(Kind::Ipv6, "fe80::1").as_deref(), Some("Private"));
    assert_eq!(holding(Kind::Email, "x@throw.example").as_deref(), Some("Throwaway"));
}

#[test]
fn a_value_in_several_lists_is_left_out_for_the_one_that_speaks_of_its_kind() {
    let mut lists = Warninglists::default();
    for (name, attribute) in [("Mail", "email-src"), ("Names", "domain"), ("Files", "filename")] {
        let json = serde_json::json!({
            "name": name, "type": "string", "list": ["both.example"], "matching_attributes": [attribute],
        });
        assert_eq!(lists.add(json.to_string().as_bytes()).unwrap(), 1);
    }
    let lists = lists.ready().unwrap();
    let domain = Observable::new(Kind::Domain, "both.example").unwrap();
    assert_eq!(lists.holding(&domain), Some("Names"));
    let url = Observable::new(Kind::Url, "http://both.example/").unwrap();
    assert_eq!(lists.holding(&url), None);
}

#[test]
fn regular_expressions_are_applied_and_what_is_none_is_named() {
    let mut lists = Warninglists::default();
    lists
        .add(br#"{"name":"R","type":"regex","list":["/^cdn[0-9]+\\./i"],"matching_attributes":["domain"]}"#)
        .unwrap();
    let lists = lists.ready().unwrap();
    let holding = |kind, value| lists.holding(&Observable::new(kind, value).unwrap()).map(str::to_owned);
    assert_eq!(holding(Kind::Domain, "CDN7.example").as_deref(), Some("R"));
    assert_eq!(holding(Kind::Domain, "a.cdn7.example"), None);
    let refused = Warninglists::default().add(br#"{"name":"R","type":"regex","list":["/(?=x)/"]}"#);
    assert!(matches!(refused, Err(WarningError::Expression(_))));
    let refused = Warninglists::default().add(br#"{"name":"R","type":"dowsing","list":["x"]}"#);
    assert!(matches!(refused, Err(WarningError::Type(_))));
}

#[test]
fn lists_that_a_node_serves_are_those_of_their_latest_version() {
    let object = |part: u32, modified: &str, values: &[&str]| {
        serde_json::json!({
            "type": "kizuna-warninglist", "spec_version": "2.1", "modified": modified, "name": "Popular",
            "id": format!("kizuna-warninglist--00000000-0000-4000-8000-{part:012}"), "part": part, "parts": 2,
            "matching": "hostname", "matching_attributes": ["domain"], "values": values,
        })
    };
    let (old, new) = ("2024-01-17T00:00:00.000Z", "2024-01-18T00:00:00.000Z");
    let bundle = serde_json::json!({ "type": "bundle", "objects": [
        object(1, new, &["one.example"]), object(2, new, &["two.example"]), object(3, old, &["three.example"]),
        { "type": "identity", "name": "n" },
    ]});
    let mut lists = Warninglists::default();
    assert_eq!(lists.add(bundle.to_string().as_bytes()).unwrap(), 1);
    let lists = lists.ready().unwrap();
    let holding = |value| lists.holding(&Observable::new(Kind::Domain, value).unwrap());
    assert_eq!(holding("one.example"), Some("Popular"));
    assert_eq!(holding("www.two.example"), Some("Popular"));
    assert_eq!(holding("three.example"), None);
    assert!(Warninglists::default().add(br#"{"type":"bundle","objects":[]}"#).is_err());
}
