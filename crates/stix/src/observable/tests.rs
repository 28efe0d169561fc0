#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use serde_json::json;

use super::*;

mod guesses;
mod objects;

#[track_caller]
fn expect(kind: Kind, cases: &[(&str, Option<&str>)]) {
    for (text, normal_form) in cases {
        assert_eq!(normal(kind, text).as_deref(), *normal_form, "{kind} {text:?}");
    }
}

#[test]
fn kinds_keep_their_codes_and_names() {
    for (position, kind) in Kind::ALL.into_iter().enumerate() {
        assert_eq!(usize::from(kind.code()), position + 1);
        assert_eq!(Kind::from_code(kind.code()), Some(kind));
        assert_eq!(Kind::from_name(kind.name()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), json!(kind.name()));
    }
    assert_eq!(Kind::from_code(0), None);
    assert_eq!(Kind::from_code(23), None);
}

#[test]
fn domains() {
    expect(
        Kind::Domain,
        &[
            ("Example.ORG.", Some("example.org")),
            (" example.org ", Some("example.org")),
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("BÜCHER.example", Some("xn--bcher-kva.example")),
            ("日本語。ｊｐ", Some("xn--wgv71a119e.jp")),
            ("ｅｘａｍｐｌｅ．ｏｒｇ", Some("example.org")),
            ("xn--bcher-kva.example", Some("xn--bcher-kva.example")),
            ("XN--99999.example", Some("xn--99999.example")),
            ("_dmarc.example.org", Some("_dmarc.example.org")),
            ("r3---sn.example.org", Some("r3---sn.example.org")),
            ("localhost", Some("localhost")),
            ("", None),
            (".", None),
            ("example..org", None),
            (".example.org", None),
            ("*.example.org", None),
            ("-a.example.org", None),
            ("a b.example.org", None),
            ("192.0.2.1", None),
            ("300.1.1.1", None),
            ("example.0x1", None),
            ("http://example.org", None),
        ],
    );
    assert_eq!(normal(Kind::Domain, &format!("{}.org", "a".repeat(64))), None);
    assert!(normal(Kind::Domain, &format!("{}.org", "a".repeat(63))).is_some());
    assert_eq!(normal(Kind::Domain, &"a.".repeat(128)), None);
}

#[test]
fn registrable_domains_follow_the_public_suffix_list() {
    assert_eq!(registrable_domain("www.example.co.jp"), Some("example.co.jp"));
    assert_eq!(registrable_domain("a.b.example.org"), Some("example.org"));
    assert_eq!(registrable_domain("example.org"), Some("example.org"));
    assert_eq!(registrable_domain("co.jp"), None);
    assert_eq!(registrable_domain("a.xn--55qx5d.cn"), Some("a.xn--55qx5d.cn"));
    assert_eq!(registrable_domain("user.github.io"), Some("user.github.io"));
}

#[test]
fn addresses() {
    expect(
        Kind::Ipv4,
        &[
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.1/32", Some("192.0.2.1")),
            ("192.0.2.01", None),
            ("192.0.2", None),
            ("3221225985", None),
            ("192.0.2.0/24", None),
        ],
    );
    expect(
        Kind::Ipv6,
        &[
            ("2001:DB8:0:0:0:0:0:1", Some("2001:db8::1")),
            ("2001:db8::1/128", Some("2001:db8::1")),
            ("2001:db8:0:0:1:0:0:1", Some("2001:db8::1:0:0:1")),
            ("fe80::1%eth0", Some("fe80::1")),
            ("::FFFF:192.0.2.1", Some("::ffff:192.0.2.1")),
            ("::", Some("::")),
            ("192.0.2.1", None),
            ("2001:db8::1::", None),
        ],
    );
    expect(
        Kind::Cidr,
        &[
            ("192.0.2.77/24", Some("192.0.2.0/24")),
            ("2001:DB8:1::/32", Some("2001:db8::/32")),
            ("0.0.0.0/0", Some("0.0.0.0/0")),
            ("192.0.2.1/32", None),
            ("192.0.2.1/33", None),
            ("192.0.2.1/+8", None),
            ("192.0.2.1/", None),
            ("192.0.2.1", None),
        ],
    );
    expect(
        Kind::Mac,
        &[
            ("00:00:5E:00:53:01", Some("00:00:5e:00:53:01")),
            ("00-00-5e-00-53-01", Some("00:00:5e:00:53:01")),
            ("0000.5e00.5301", Some("00:00:5e:00:53:01")),
            ("00005E005301", Some("00:00:5e:00:53:01")),
            ("02:00:5e:10:00:00:00:01", Some("02:00:5e:10:00:00:00:01")),
            ("00:00:5e:00:53", None),
            ("0:0:5e:0:53:1", None),
            ("00:00:5e-00:53:01", None),
            ("", None),
        ],
    );
    expect(
        Kind::Asn,
        &[
            ("64496", Some("AS64496")),
            ("as64496", Some("AS64496")),
            ("AS 64496", Some("AS64496")),
            ("AS1.10", Some("AS65546")),
            ("4294967295", Some("AS4294967295")),
            ("4294967296", None),
            ("AS", None),
            ("-1", None),
            ("+1", None),
        ],
    );
}

#[test]
fn urls() {
    expect(
        Kind::Url,
        &[
            ("HTTP://Example.ORG", Some("http://example.org/")),
            ("http://example.org:80/a", Some("http://example.org/a")),
            ("https://example.org:443", Some("https://example.org/")),
            ("https://example.org:8443/", Some("https://example.org:8443/")),
            ("http://example.org./", Some("http://example.org/")),
            ("http://bücher.example/ü?q=ü", Some("http://xn--bcher-kva.example/%C3%BC?q=%C3%BC")),
            ("http://example.org/%7euser/%e3%81%82", Some("http://example.org/~user/%E3%81%82")),
            ("http://example.org/a/../b/./c", Some("http://example.org/b/c")),
            ("http://example.org/a/%2e%2e/b", Some("http://example.org/b")),
            ("http://example.org/%2561", Some("http://example.org/%2561")),
            ("http://example.org/#", Some("http://example.org/")),
            ("http://example.org/#me", Some("http://example.org/#me")),
            ("http://user:pw@example.org/", Some("http://user:pw@example.org/")),
            ("hxxps://example.org/", Some("https://example.org/")),
            ("hx\txps://example.org/", Some("https://example.org/")),
            ("http://0xC0000201/", Some("http://192.0.2.1/")),
            ("http://[2001:DB8::1]/", Some("http://[2001:db8::1]/")),
            ("tcp://Example.ORG:4444", Some("tcp://example.org:4444")),
            ("ldap://192.0.2.1:389/a", Some("ldap://192.0.2.1:389/a")),
            ("file:///C:/a", Some("file:///C:/a")),
            ("example.org/a", None),
            ("example.org:8080/a", None),
            ("mailto:a@example.org", None),
            ("http://", None),
            ("http://exa mple.org/", None),
        ],
    );
    let implied = |text| Observable::new(Kind::Url, text).unwrap().implied().map(|host| host.to_string());
    assert_eq!(implied("http://Example.org/a").as_deref(), Some("domain:example.org"));
    assert_eq!(implied("http://192.0.2.1/a").as_deref(), Some("ipv4:192.0.2.1"));
    assert_eq!(implied("tcp://192.0.2.1:1").as_deref(), Some("ipv4:192.0.2.1"));
    assert_eq!(implied("http://[2001:db8::1]:81/a").as_deref(), Some("ipv6:2001:db8::1"));
    assert_eq!(implied("file:///a"), None);
}

#[test]
fn names() {
    expect(
        Kind::Email,
        &[
            ("Finance@Example.ORG", Some("finance@example.org")),
            ("a@bücher.example", Some("a@xn--bcher-kva.example")),
            ("a@[192.0.2.1]", Some("a@[192.0.2.1]")),
            ("a@[IPv6:2001:DB8::1]", Some("a@[ipv6:2001:db8::1]")),
            ("a b@example.org", None),
            ("@example.org", None),
            ("a@b@example.org", None),
            ("example.org", None),
        ],
    );
    expect(
        Kind::FileName,
        &[
            ("Invoice.EXE", Some("invoice.exe")),
            (r"C:\Windows\System32\Cmd.exe", Some("cmd.exe")),
            ("/tmp/.x", Some(".x")),
            ("e\u{301}.doc", Some("é.doc")),
            ("報告書.docx", Some("報告書.docx")),
            ("/tmp/", None),
            ("..", None),
        ],
    );
    expect(
        Kind::RegistryKey,
        &[
            (r"HKLM\Software\Run", Some(r"hkey_local_machine\software\run")),
            (r"HKEY_LOCAL_MACHINE\\Software\\Run\\", Some(r"hkey_local_machine\software\run")),
            (r"HKCU:\Software", Some(r"hkey_current_user\software")),
            (r"\REGISTRY\MACHINE\System", Some(r"hkey_local_machine\system")),
            (r"Computer\HKEY_USERS\S-1-5-18", Some(r"hkey_users\s-1-5-18")),
            (r"Software\Run", None),
        ],
    );
    expect(Kind::Mutex, &[(r"Global\MsWinZone", Some(r"Global\MsWinZone")), ("", None)]);
    expect(
        Kind::Account,
        &[("ＰＥＴＥＲ", Some("peter")), (r"CORP\Peter", Some(r"corp\peter")), (" ", None)],
    );
}

#[test]
fn digests() {
    let md5 = "D41D8CD98F00B204E9800998ECF8427E";
    expect(Kind::Md5, &[(md5, Some(&md5.to_lowercase())), (&md5[1..], None), (&"g".repeat(32), None)]);
    expect(
        Kind::Hash,
        &[
            ("SSDEEP:3:abc:def", Some("ssdeep:3:abc:def")),
            (&format!("TLSH:T1{}", "A".repeat(70)), Some(&format!("tlsh:{}", "a".repeat(70)))),
            (&format!("SHA-384:{}", "A".repeat(96)), Some(&format!("sha384:{}", "a".repeat(96)))),
            (&format!("SHA3-256:{}", "A".repeat(64)), Some(&format!("sha3-256:{}", "a".repeat(64)))),
            (&format!("SHA_3_256:{}", "A".repeat(64)), Some(&format!("sha3-256:{}", "a".repeat(64)))),
            (&format!("x_own:{}", "Zz"), Some("xown:Zz")),
            (&format!("md5:{md5}"), None),
            ("sha384:00", None),
        ],
    );
    expect(
        Kind::Certificate,
        &[
            ("serial:00:4C:0B", Some("serial:4c0b")),
            ("serial:0", Some("serial:0")),
            (&format!("SHA-1:{}", "AB:".repeat(19) + "AB"), Some(&format!("sha1:{}", "ab".repeat(20)))),
            ("sha1:00", None),
        ],
    );
    expect(
        Kind::Ja4,
        &[
            ("t13d1516h2_8daaf6152771_02713d6af862", Some("t13d1516h2_8daaf6152771_02713d6af862")),
            ("t13d1516h2_8daaf6152771", None),
            ("x13d1516h2_8daaf6152771_02713d6af862", None),
        ],
    );
}

#[test]
fn crypto_addresses_are_checked() {
    expect(
        Kind::CryptoAddress,
        &[
            ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Some("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")),
            ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", None),
            (
                "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
                Some("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
            ),
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", None),
            (
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
                Some("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"),
            ),
            (
                "0x00000000219AB540356CBB839CBE05303D7705FA",
                Some("0x00000000219ab540356cbb839cbe05303d7705fa"),
            ),
            ("hello", None),
        ],
    );
}

/// Texts near to what the kinds accept, and anything else.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9._-]{1,40}",
        "\\PC{0,12}[.。．@:/\\\\%]{1,2}\\PC{0,12}",
        "(https?|ftp|tcp|hxxp|x)://[a-zA-Z0-9.@:%ü-]{1,20}/[a-zA-Z0-9%./?#&ü\\\\ -]{0,30}",
        "[0-9a-fA-F:.]{2,40}(/[0-9]{1,3})?",
        "(HKLM|hkcu|\\\\REGISTRY\\\\USER)(\\\\{1,2}[a-zA-Zİßſ ]{0,8}){0,4}",
        "(md5|SHA-256|ssdeep|tlsh|serial|x):[0-9a-zA-Z:/+]{1,70}",
        "\\PC{1,10}@[a-zA-Zü.]{1,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn normal_forms_are_final(text in texts()) {
        for kind in Kind::ALL {
            if let Some(once) = normal(kind, &text) {
                prop_assert_eq!(normal(kind, &once), Some(once.clone()), "{} {:?} → {:?}", kind, text, once);
            }
        }
    }

    #[test]
    fn what_is_indexed_is_found_when_it_is_pasted(text in texts()) {
        // Names and domains of one word can be anything, also something defanged.
        let names = [Kind::FileName, Kind::Mutex, Kind::UserAgent, Kind::Account, Kind::Hash, Kind::Certificate];
        for kind in Kind::ALL.into_iter().filter(|kind| !names.contains(kind)) {
            let Some(found) = Observable::new(kind, &text) else { continue };
            if kind == Kind::Domain && !found.value.contains('.') {
                continue;
            }
            let guesses = guess(&found.value);
            let mapped = kind == Kind::Ipv6 && guesses.iter().any(|guess| guess.kind == Kind::Ipv4);
            prop_assert!(mapped || guesses.contains(&found), "{} gave {:?}", found, guesses);
        }
    }

    #[test]
    fn guesses_are_normal_and_never_panic(text in texts()) {
        for found in guess(&text) {
            prop_assert_eq!(normal(found.kind, &found.value), Some(found.value.clone()), "{:?}", found.kind);
        }
    }
}
