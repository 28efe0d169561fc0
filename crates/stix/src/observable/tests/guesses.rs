use super::super::*;

/// The first guesses, in order.
#[track_caller]
fn first(text: &str, expected: &[&str]) {
    let found: Vec<String> = guess(text).iter().map(ToString::to_string).collect();
    assert!(
        found.len() >= expected.len() && found[..expected.len()] == *expected,
        "{text:?} gave {found:#?}"
    );
}

#[test]
fn links() {
    first("https://Example.org/a", &["url:https://example.org/a", "domain:example.org"]);
    first("hxxps[://]evil[.]example[.]org/a", &["url:https://evil.example.org/a", "domain:evil.example.org"]);
    first("hxxp://192[.]0[.]2[.]1:8080/x", &["url:http://192.0.2.1:8080/x", "ipv4:192.0.2.1"]);
    first("h**p://example(.)org", &["url:http://example.org/", "domain:example.org"]);
    first("ｈｔｔｐ：／／ｅｘａｍｐｌｅ．ｏｒｇ／", &["url:http://example.org/"]);
    first("\"https://example.org/\",", &["url:https://example.org/"]);
    first(
        "example.org/login",
        &["url:https://example.org/login", "url:http://example.org/login", "domain:example.org"],
    );
}

#[test]
fn domains() {
    first("example.org", &["domain:example.org"]);
    first("EXAMPLE[.]ORG", &["domain:example.org"]);
    first("example[dot]org", &["domain:example.org"]);
    first("example．org", &["domain:example.org"]);
    first("example［．］org", &["domain:example.org"]);
    first("日本語。jp", &["domain:xn--wgv71a119e.jp"]);
    first("exam\u{200b}ple.org\u{feff}", &["domain:example.org"]);
    first("example.org:443", &["domain:example.org"]);
    first("abc.onion", &["domain:abc.onion"]);
    first("invoice.exe", &["file-name:invoice.exe", "domain:invoice.exe"]);
    first("archive.zip", &["domain:archive.zip", "file-name:archive.zip"]);
}

#[test]
fn addresses() {
    first("192.0.2.1", &["ipv4:192.0.2.1"]);
    first("192[.]0.2(.)1", &["ipv4:192.0.2.1"]);
    first("192.0.2.1:443", &["ipv4:192.0.2.1"]);
    first("192.0.2.77/24", &["cidr:192.0.2.0/24"]);
    first("::ffff:192.0.2.1", &["ipv4:192.0.2.1"]);
    first("[2001:DB8::1]:443", &["ipv6:2001:db8::1"]);
    first("[2001:db8::1]", &["ipv6:2001:db8::1"]);
    first("2001[:]db8[:]:1", &["ipv6:2001:db8::1"]);
    first("１９２．０．２．１", &["ipv4:192.0.2.1"]);
    first("0xC0.0.2.1", &["ipv4:192.0.2.1"]);
    first("0300.0.2.1", &["ipv4:192.0.2.1"]);
}

#[test]
fn mail() {
    first("Finance@Example.org", &["email:finance@example.org"]);
    first("finance[at]example[.]org", &["email:finance@example.org"]);
    first("finance＠example．org", &["email:finance@example.org"]);
    first("mailto:finance@example.org?subject=x", &["email:finance@example.org"]);
    first("Finance <finance@example.org>", &["email:finance@example.org"]);
}

#[test]
fn digests() {
    let md5 = "d41d8cd98f00b204e9800998ecf8427e";
    first(
        &md5.to_uppercase(),
        &["md5:d41d8cd98f00b204e9800998ecf8427e", "ja3:d41d8cd98f00b204e9800998ecf8427e"],
    );
    first(&format!("MD5: {md5}"), &["md5:d41d8cd98f00b204e9800998ecf8427e"]);
    let sha1 = "ab".repeat(20);
    first(&sha1, &[&format!("sha1:{sha1}")]);
    let spaced = "AB:".repeat(19) + "AB";
    assert!(guess(&spaced).contains(&Observable { kind: Kind::Certificate, value: format!("sha1:{sha1}") }));
    let sha256 = "ab".repeat(32);
    first(&sha256, &[&format!("sha256:{sha256}")]);
    first(&format!("sha256={sha256}"), &[&format!("sha256:{sha256}")]);
    first(&"ab".repeat(48), &[&format!("hash:sha384:{}", "ab".repeat(48))]);
    first("3:abc:def", &["hash:ssdeep:3:abc:def"]);
    first("t13d1516h2_8daaf6152771_02713d6af862", &["ja4:t13d1516h2_8daaf6152771_02713d6af862"]);
}

#[test]
fn identifiers() {
    first(r"HKLM\Software\Run", &[r"registry-key:hkey_local_machine\software\run"]);
    first("00-00-5E-00-53-01", &["mac:00:00:5e:00:53:01"]);
    first("AS64496", &["asn:AS64496"]);
    first("64496", &["asn:AS64496"]);
    first("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", &["crypto-address:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"]);
    first("Mozilla/5.0 (Windows NT 10.0)", &["user-agent:Mozilla/5.0 (Windows NT 10.0)"]);
    first(r"C:\Windows\cmd.exe", &["file-name:cmd.exe"]);
    first("報告書.docx", &["file-name:報告書.docx"]);
    let found = guess(r"Global\MsWinZone");
    assert!(found.contains(&Observable { kind: Kind::Mutex, value: r"Global\MsWinZone".to_owned() }));
}

#[test]
fn nothing_comes_of_nothing() {
    for text in ["", "  ", "\"\"", "\u{200b}", "<>"] {
        assert_eq!(guess(text), [], "{text:?}");
    }
    assert_eq!(guess(&"a".repeat(MAX_BYTES + 1)), []);
}
