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
fn a_regular_expression_is_named_as_not_applied() {
    let added = Warninglists::default().add(br#"{"name":"R","type":"regex","list":["/a/"]}"#);
    assert!(matches!(added, Err(WarningError::Type(_))));
}
