use proptest::prelude::*;

use super::{TAXII, is_acceptable, is_taxii};

#[test]
fn what_names_taxii_2_1_is_acceptable() {
    for accept in [
        "application/taxii+json;version=2.1",
        "application/taxii+json; version=2.1",
        "Application/TAXII+JSON; Version=\"2.1\"",
        "application/taxii+json",
        "application/*",
        "*/*",
        "text/html, application/taxii+json;version=2.1;q=0.1",
        "application/taxii+json;version=2.0, application/taxii+json;version=2.1",
        "application/taxii+json;version=2.1;q=0.5, */*;q=0",
        "text/html, */*;q=0.8",
        "",
    ] {
        assert!(is_acceptable([accept]), "{accept:?}");
    }
    assert!(is_acceptable([]), "no header accepts anything");
    assert!(is_acceptable(["text/html", "*/*"]), "several headers are one list");
}

#[test]
fn what_does_not_is_refused() {
    for accept in [
        "text/html",
        "application/json",
        "application/taxii+json;version=2.0",
        "application/vnd.oasis.taxii+json; version=2.0",
        "application/taxii+json;version=2.1;q=0",
        "*/*, application/taxii+json;version=2.1;q=0",
        "*/*;q=0",
        "application/*;q=0.0, text/*",
        "taxii",
        "application/taxii+json;version=2.1;q=2",
        "application/taxii+json;version=2.1;q=0.1234",
    ] {
        assert!(!is_acceptable([accept]), "{accept:?}");
    }
}

#[test]
fn a_body_is_taxii_or_it_is_not() {
    for sent in [TAXII, "application/taxii+json", "application/taxii+json; version=2.1; charset=utf-8"] {
        assert!(is_taxii(sent), "{sent}");
    }
    for sent in [
        "application/json",
        "application/stix+json;version=2.1",
        "application/taxii+json;version=2.0",
        "*/*",
        "",
    ] {
        assert!(!is_taxii(sent), "{sent}");
    }
}

proptest! {
    #[test]
    fn any_header_is_read(header in ".{0,80}") {
        let _ = is_acceptable([header.as_str()]);
        let _ = is_taxii(&header);
    }

    #[test]
    fn order_does_not_matter(mut ranges in prop::collection::vec(
        prop::sample::select(vec!["*/*", "*/*;q=0", "application/*;q=0", "application/taxii+json;q=0",
            "application/taxii+json;version=2.1", "application/taxii+json;version=2.1;q=0", "text/html"]), 1..6)) {
        let forwards = is_acceptable([ranges.join(", ").as_str()]);
        ranges.reverse();
        prop_assert_eq!(forwards, is_acceptable([ranges.join(",").as_str()]));
    }
}
