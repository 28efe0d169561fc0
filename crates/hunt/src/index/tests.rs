use kizuna_stix::observable::Kind;

use super::*;

fn read(text: &str) -> (Index, Taken) {
    let mut builder = Builder::new();
    let taken = builder.read(text.as_bytes(), 2).unwrap();
    (builder.build(), taken)
}

fn listed(index: &Index) -> Vec<(String, String)> {
    (0..index.facts().entries)
        .filter(|number| index.entry(*number).what != What::Host)
        .map(|number| (index.entry(number).what.name().to_owned(), index.given(number).to_owned()))
        .collect()
}

#[test]
fn a_list_is_read_with_and_without_kinds() {
    let (index, taken) = read(
        "# comment\n\nevil.example\n192.0.2.1\nDomain\tEvil.Example\nhostname\tx.example\nfilename\tA.exe\n\
         hxxp://evil[.]example/x\nd41d8cd98f00b204e9800998ecf8427e\nip\t2001:db8::/32\r\nnokind\tx\ndomain\t...\n",
    );
    let expected = [
        ("domain", "evil.example"),
        ("ipv4", "192.0.2.1"),
        ("domain", "Evil.Example"),
        ("domain", "x.example"),
        ("file-name", "A.exe"),
        ("url", "hxxp://evil[.]example/x"),
        ("md5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("cidr", "2001:db8::/32"),
    ];
    let expected: Vec<(String, String)> =
        expected.iter().map(|(kind, value)| ((*kind).to_owned(), (*value).to_owned())).collect();
    assert_eq!(listed(&index), expected);
    assert_eq!(taken.refused, 2);
    assert_eq!(taken.reasons[0].0, "line 11");
    assert_eq!(index.facts().repeated, 1);
}

#[test]
fn a_bundle_gives_values_as_written_and_what_is_said_of_them() {
    let indicator = |id: u32, pattern: &str| {
        serde_json::json!({
            "type": "indicator", "spec_version": "2.1", "id": format!("indicator--00000000-0000-4000-8000-{id:012}"),
            "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
            "valid_from": "2026-01-01T00:00:00Z", "pattern_type": "stix", "pattern": pattern, "name": "n",
            "labels": ["PAP:AMBER", "attack.t1566.001"],
        })
    };
    let bundle = serde_json::json!({
        "type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000",
        "objects": [
            indicator(1, "[domain-name:value = 'Evil.Example' OR ipv4-addr:value = '192.0.2.1']"),
            indicator(2, "[url:value = 'http://popular.example/x']"),
            indicator(3, "[file:name = 'a.exe' AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']"),
            indicator(4, "[file:size > 4]"),
        ],
    });
    let (index, taken) = read(&bundle.to_string());
    let values: Vec<String> = listed(&index).into_iter().map(|(_, value)| value).collect();
    let expected = [
        "Evil.Example",
        "192.0.2.1",
        "http://popular.example/x",
        "a.exe",
        "d41d8cd98f00b204e9800998ecf8427e",
        "[file:name = 'a.exe' AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
        "[file:size > 4]",
    ];
    assert_eq!(values, expected);
    assert_eq!(taken.refused, 0, "{taken:?}");
    assert_eq!(index.patterns(), [6, 7]);
    assert!(index.entry(6).is_anchored() && !index.entry(7).is_anchored());
    assert_eq!(index.id(0), "indicator--00000000-0000-4000-8000-000000000001");
    let about = index.about(0).unwrap();
    assert_eq!(about.pap.as_deref(), Some("PAP:AMBER"));
    assert_eq!(about.techniques, ["T1566.001"]);
    assert!(!about.partial);
    assert!(index.about(4).unwrap().partial);
}

#[test]
fn an_image_opens_as_it_was_saved_and_a_damaged_one_does_not() {
    let (index, _) = read("evil.example\n192.0.2.0/24\nmutex\tGlobal\\x1\nhttp://a.example/x\n");
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("index");
    index.save(&path).unwrap();
    let opened = Index::open(&path).unwrap();
    assert_eq!(listed(&opened), listed(&index));
    assert_eq!(opened.facts(), index.facts());
    assert_eq!(opened.fingerprint(), index.fingerprint());
    let bytes = std::fs::read(&path).unwrap();
    for cut in [0, 7, 15, 40, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..cut]).unwrap();
        assert!(Index::open(&path).is_err(), "{cut} bytes");
    }
    // Whatever stands in the body: probing ends, and nothing is found outside.
    for at in (64..bytes.len()).step_by(bytes.len() / 150) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        std::fs::write(&path, &damaged).unwrap();
        if let Ok(index) = Index::open(&path) {
            let mut hits = Vec::new();
            let mut scanner = crate::scan::Scanner::new(&index, crate::scan::Prose::Logs);
            scanner.scan(b"evil.example 192.0.2.7 Global\\x1 http://a.example/x", &mut hits);
        }
    }
}

#[test]
fn an_id_follows_from_kind_and_value() {
    let (first, _) = read("evil.example\n");
    let (second, _) = read("x.example\nEVIL.example.\n");
    assert_eq!(first.id(0), second.id(1));
    assert!(!first.is_named(0));
}

#[test]
fn networks_within_networks_are_all_found() {
    let mut builder = Builder::new();
    for network in ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.2.0.0/16", "192.0.2.0/24"] {
        builder.add(Kind::Cidr, network, Context::default()).unwrap();
    }
    let index = builder.build();
    let holding = |address: &str| {
        let mut found = Vec::new();
        index.networks4(address.parse::<std::net::Ipv4Addr>().unwrap().into(), &mut found);
        found
    };
    assert_eq!(holding("10.1.2.3"), [2, 1, 0]);
    assert_eq!(holding("10.1.3.3"), [1, 0]);
    assert_eq!(holding("10.2.3.3"), [3, 0]);
    assert_eq!(holding("10.3.0.0"), [0]);
    assert_eq!(holding("192.0.3.0"), [0_u32; 0]);
    assert_eq!(holding("9.255.255.255"), [0_u32; 0]);
}
