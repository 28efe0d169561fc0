mod oracle;

use proptest::prelude::*;

use super::*;
use crate::index::Builder;

fn index(values: &[(&str, &str)]) -> Index {
    let text: String = values.iter().flat_map(|(kind, value)| [*kind, "\t", *value, "\n"]).collect();
    let mut builder = Builder::new();
    let taken = builder.read(text.as_bytes(), 1).unwrap();
    assert_eq!(taken.reasons, []);
    builder.build()
}

fn hits(index: &Index, prose: Prose, text: &[u8]) -> Vec<(u32, String)> {
    let mut all = Vec::new();
    for vectors in [Vectors::Scalar, Vectors::Avx2, Vectors::Avx512] {
        let mut hits = Vec::new();
        Scanner::with_vectors(index, prose, vectors).scan(text, &mut hits);
        let found: Vec<(u32, String)> =
            hits.iter().map(|hit| (hit.line, index.given(hit.entry).to_owned())).collect();
        all.push(found);
    }
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    all.remove(0)
}

/// Each line holds the value, or each does not.
#[track_caller]
fn check(kind: &str, value: &str, prose: Prose, lines: &[&str], expected: bool) {
    let index = index(&[(kind, value)]);
    for line in lines {
        let found = !hits(&index, prose, line.as_bytes()).is_empty();
        assert_eq!(found, expected, "{kind} {value} in {line}");
        // The same among other lines, far into a tile.
        let far = format!("{}\n{line}\nlast", "nothing here\n".repeat(3000));
        let found = hits(&index, prose, far.as_bytes());
        let lines = if expected { vec![(3001, value.to_owned())] } else { Vec::new() };
        assert_eq!(found, lines, "{kind} {value} far in {line}");
    }
}

#[track_caller]
fn holds(kind: &str, value: &str, lines: &[&str]) {
    check(kind, value, Prose::Logs, lines, true);
}

#[track_caller]
fn lacks(kind: &str, value: &str, lines: &[&str]) {
    check(kind, value, Prose::Logs, lines, false);
}

#[test]
fn domains_are_found_however_they_are_written() {
    holds(
        "domain",
        "evil.example",
        &[
            "evil.example",
            "EVIL.Example.",
            r#"{"query":"www.evil.example"}"#,
            r#"{"evil.example":1}"#,
            r#"{"url":"https:\/\/a.b.evil.example\/x"}"#,
            r#"{"q":"a\nevil.example\tx"}"#,
            r#"{"q":"evil\u002eexample"}"#,
            r#"{"q":"\u0065vil.example"}"#,
            "GET /?u=http%3A%2F%2Fevil.example%2Fx",
            "u=evil%2Eexample",
            "u=evil%252Eexample",
            "name@evil.example",
            "_dmarc.evil.example",
            "接続先はevil.exampleです",
            "ｅｖｉｌ．ｅｘａｍｐｌｅ",
            "「evil。example」",
            "<14> h app: {\"q\":\"evil.example\"}",
            r#"{"m":"{\"q\":\"\\u0065vil.example\"}"}"#,
            "ev\u{ad}il.example",
            "http://user:pw@evil.example:8080/",
            "a.example..evil.example",
            "evil.example..a.example",
            "and so on...evil.example...",
            "..evil.example..",
        ],
    );
    lacks(
        "domain",
        "evil.example",
        &[
            "notevil.example",
            "x-evil.example",
            "evil.example.com",
            "evil.examples",
            "evil.example-x.com",
            "evil-example",
            "evil..example",
            "evil.example@mail.com",
            "bücher-évil.example",
            "ćevil.example",
            r#"{"q":"\u00e9evil.example"}"#,
        ],
    );
}

#[test]
fn names_in_other_scripts_are_one_with_their_ascii_form() {
    holds(
        "domain",
        "日本語.example",
        &[
            "日本語.example",
            "xn--wgv71a119e.example",
            "www.日本語.example.",
            "接続先は日本語.exampleです",
            r#"{"q":"\u65e5\u672c\u8a9e.example"}"#,
            "u=%E6%97%A5%E6%9C%AC%E8%AA%9E.example",
        ],
    );
    lacks("domain", "日本語.example", &["東日本語.example", "日本語2.example"]);
    holds("domain", "xn--bcher-kva.example", &["bücher.example", "BÜCHER.example"]);
}

#[test]
fn a_public_suffix_matches_only_itself() {
    holds("domain", "co.jp", &["co.jp"]);
    lacks("domain", "co.jp", &["example.co.jp"]);
}

#[test]
fn addresses_are_found_however_they_are_written() {
    holds(
        "ipv4",
        "192.0.2.1",
        &[
            "192.0.2.1",
            "192.000.002.001",
            "::ffff:192.0.2.1",
            "::FFFF:c000:201",
            "192.0.2.1:443",
            "src=192.0.2.1,",
            "192.0.2.1-192.0.2.9",
            "192.0.2.1_443",
            "192.0.2.1.",
            "1.2.0.192.in-addr.arpa",
            "１９２．０．２．１",
            r#"{"ip":"192\u002e0.2.1"}"#,
            "192.0.2.1/32",
            "192.0.2.1..192.0.2.9",
            "192.0.2.0..192.0.2.1",
            "::.192.0.2.1.",
        ],
    );
    lacks(
        "ipv4",
        "192.0.2.1",
        &[
            "1192.0.2.1",
            "192.0.2.11",
            "192.0.2.1.5",
            "5.192.0.2.1",
            "v192.0.2.1",
            "192.0.2.1.example",
            "ip-192.0.2.1",
            "192.0.2.01",
            "2001:db8::192.0.2.1",
            "192.0.2",
        ],
    );
    holds(
        "ipv6",
        "2001:db8::1",
        &[
            "2001:db8::1",
            "2001:0DB8:0000:0000:0000:0000:0000:0001",
            "2001:db8:0:0::1",
            "[2001:db8::1]:443",
            "2001:db8::1%eth0",
            "2001:db8::1/64",
            "src:2001:db8::1",
            "from 2001:db8::1: x",
            "2001:db8::0.0.0.1",
            "2001:db8::1.443",
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        ],
    );
    lacks("ipv6", "2001:db8::1", &["2001:db8::1:1", "2001:db8::11", "12001:db8::1", "2001:db8::1x"]);
    holds("cidr", "192.0.2.0/24", &["192.0.2.77", "::ffff:192.0.2.77", "192.0.2.0/24"]);
    lacks("cidr", "192.0.2.0/24", &["192.0.3.1", "192.0.2.256", "192.0.2.7.1"]);
    holds("cidr", "2001:db8::/32", &["2001:db8:1::9"]);
    holds("mac", "00:00:5e:00:53:01", &["00:00:5E:00:53:01"]);
}

#[test]
fn urls_are_found_however_they_are_written() {
    holds(
        "url",
        "http://evil.example/a/b?c=1",
        &[
            "http://evil.example/a/b?c=1",
            "HTTP://EVIL.example:80/a/b?c=1",
            "https://evil.example/a/b?c=1",
            r#"{"url":"http:\/\/evil.example\/a\/b?c=1"}"#,
            "evil.example/a/b?c=1",
            "(http://evil.example/a/b?c=1).",
            "http://evil.example/a/./b?c=1",
            "http://evil.example/%61/b?c=1",
            r#"{"host":"evil.example","uri":"/a/b?c=1"}"#,
            "evil.example\t443\t/a/b?c=1\t-",
            "\"GET /a/b?c=1 HTTP/1.1\" evil.example",
            "u=http%3A%2F%2Fevil.example%2Fa%2Fb%3Fc%3D1",
            "「http://evil.example/a/b?c=1」です",
            r#"{"u":"http://evil.example/a/b?c\u003d1"}"#,
            "http://evil.example/a/b?c=1#top",
        ],
    );
    lacks(
        "url",
        "http://evil.example/a/b?c=1",
        &[
            "http://evil.example/a/b?c=12",
            "http://evil.example/a/b",
            "http://evil.example/A/b?c=1",
            "http://evil.example:8080/a/b?c=1",
            "http://x.evil.example/a/b?c=1",
            "http://evil.example/x/a/b?c=1",
            r#"{"host":"good.example","uri":"/a/b?c=1"}"#,
            "ftp://evil.example/a/b?c=1",
        ],
    );
    holds(
        "url",
        "http://evil.example:8080/a",
        &[
            "http://evil.example:8080/a",
            r#"{"host":"evil.example:8080","uri":"/a"}"#,
            r#"{"host":"evil.example","port":8080,"uri":"/a"}"#,
        ],
    );
    lacks(
        "url",
        "http://evil.example:8080/a",
        &["http://evil.example/a", r#"{"host":"evil.example","uri":"/a"}"#],
    );
    holds("url", "https://192.0.2.1/x", &["https://192.0.2.1/x", r#"{"h":"192.0.2.1","u":"/x"}"#]);
    holds("url", "http://[2001:db8::1]/x", &["http://[2001:db8::1]/x"]);
    holds("url", "http://evil.example/", &["http://evil.example", "http://evil.example/"]);
    lacks("url", "http://evil.example/", &["evil.example"]);
}

#[test]
fn hashes_and_fingerprints_are_whole_runs() {
    let md5 = "d41d8cd98f00b204e9800998ecf8427e";
    holds("md5", md5, &[md5, &md5.to_uppercase(), &format!("MD5={md5},"), &format!("a_{md5}.bin")]);
    let inside = format!("{md5}{md5}");
    lacks("md5", md5, &[&inside, &format!("0{md5}"), &format!("{md5}g")]);
    let sha512 = "ab".repeat(64);
    holds("sha512", &sha512, &[&format!("x:{sha512}"), &format!("{}{sha512}", " ".repeat(50))]);
    let ja4 = "t13d1516h2_8daaf6152771_02713d6af862";
    holds("ja4", ja4, &[ja4, &format!("\"ja4\":\"{ja4}\"")]);
    lacks("ja4", ja4, &[&format!("x{ja4}"), &format!("{ja4}_1")]);
    let wallet = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
    holds("crypto-address", wallet, &[wallet]);
    lacks("crypto-address", wallet, &[&wallet.to_lowercase(), &format!("{wallet}x")]);
}

#[test]
fn names_of_files_and_keys_are_found_in_paths() {
    holds(
        "file-name",
        "evil.exe",
        &["C:\\x\\EVIL.exe", r#"{"i":"C:\\x\\evil.exe"}"#, "/tmp/evil.exe;", "cmd evil.exe"],
    );
    lacks("file-name", "evil.exe", &["notevil.exe", "evil.exe.bak", "my-evil.exe", "evil.exes"]);
    holds("file-name", "a..evil.exe", &["C:\\x\\a..evil.exe"]);
    lacks("file-name", "a..evil.exe", &["b-a..evil.exe", "a..evil.exes", "evil.exe"]);
    holds("file-name", "my evil (1).exe", &["C:\\x\\My Evil (1).exe", "so...my evil (1).exe..."]);
    lacks("file-name", "my evil (1).exe", &["not-my evil (1).exe", "my evil (1).exe.bak"]);
    holds("file-name", "請求書.exe", &["C:\\x\\請求書.exe", r#"{"f":"\u8acb\u6c42\u66f8.exe"}"#]);
    let key = "HKLM\\Software\\Evil\\Run";
    holds(
        "registry-key",
        key,
        &[
            "HKLM\\software\\evil\\run",
            "hkey_local_machine\\SOFTWARE\\Evil\\Run\\Value",
            r#"{"k":"HKLM\\Software\\Evil\\Run"}"#,
            "\\REGISTRY\\MACHINE\\Software\\Evil\\Run",
            "reg add HKLM\\Software\\Evil\\Run /v x",
        ],
    );
    lacks("registry-key", key, &["HKLM\\Software\\Evil\\Run2", "HKCU\\Software\\Evil\\Run"]);
    holds("mutex", "Global\\EvilMutex", &["Global\\EvilMutex", r#"{"m":"Global\\EvilMutex"}"#]);
    lacks("mutex", "Global\\EvilMutex", &["global\\evilmutex", "Global\\EvilMutex2"]);
    holds("email", "Bad.Guy@evil.example", &["<bad.guy@EVIL.example>", "to=bad.guy@evil.example;"]);
    lacks("email", "bad.guy@evil.example", &["xbad.guy@evil.example", "bad.guy@evil.example.com"]);
}

#[test]
fn prose_is_armed_again() {
    check(
        "domain",
        "evil.example",
        Prose::Defanged,
        &[
            "evil[.]example",
            "hxxps://evil[.]example/x",
            "evil［．］example",
            "evil(dot)example",
            "evil。example",
            "evil[.example",
            "evil.example",
        ],
        true,
    );
    check("ipv4", "192.0.2.1", Prose::Defanged, &["192[.]0[.]2[.]1", "192.0.2[.]1"], true);
    check("url", "http://evil.example/a", Prose::Defanged, &["hxxp://evil[.]example/a"], true);
    check("email", "a@evil.example", Prose::Defanged, &["a[at]evil[.]example"], true);
    lacks("domain", "evil.example", &["evil[.]example"]);
}

#[test]
fn other_encodings_of_japanese_are_read() {
    let index = index(&[("domain", "evil.example"), ("domain", "日本語.example")]);
    for encoding in [encoding_rs::SHIFT_JIS, encoding_rs::EUC_JP, encoding_rs::ISO_2022_JP] {
        let (bytes, ..) = encoding.encode("接続先 日本語.example ソevil.example を検知");
        let found = hits(&index, Prose::Logs, &bytes);
        assert_eq!(found.len(), 2, "{}: {found:?}", encoding.name());
    }
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(oracle::WORDS.to_vec()).prop_map(str::to_owned),
        3 => prop::sample::select(vec![".", "-", "_", ":", "@", "/", " ", "\"", "\n", ",", "\\", "\t", "x", "1", "a.b", "::"])
            .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_scan_agrees_with_a_naive_oracle(pieces in proptest::collection::vec(piece(), 0..60)) {
        let text: String = pieces.concat();
        let index = index(&oracle::INDICATORS);
        let found = hits(&index, Prose::Logs, text.as_bytes());
        let found: std::collections::BTreeSet<_> = found.into_iter().collect();
        let expected = oracle::hits(&text);
        prop_assert_eq!(found, expected, "{:?}", text);
    }

    #[test]
    fn no_text_stops_the_scan(text in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let index = index(&oracle::INDICATORS);
        hits(&index, Prose::Defanged, &text);
    }
}
