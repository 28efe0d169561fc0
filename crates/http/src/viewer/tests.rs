#![allow(clippy::unwrap_used)]

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{Credentials, credentials, form_token, is_same_origin, same_token};

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(pair).collect()
}

fn key(key: &str, email: Option<&str>) -> Credentials {
    Credentials::Key { key: key.to_owned(), email: email.map(str::to_owned) }
}

#[test]
fn a_key_comes_as_bearer_as_basic_or_bare() {
    let read = |value| credentials(&headers(&[("authorization", value)]), false);
    assert_eq!(read("Bearer abc"), key("abc", None));
    assert_eq!(read("bearer  abc "), key("abc", None));
    assert_eq!(read("abc"), key("abc", None));
    // "ana@example.org:abc:d"
    assert_eq!(read("Basic YW5hQGV4YW1wbGUub3JnOmFiYzpk"), key("abc:d", Some("ana@example.org")));
    assert_eq!(read("Basic ???"), Credentials::Garbled);
    assert_eq!(read("Digest abc"), Credentials::Garbled);
}

#[test]
fn a_key_goes_before_a_session() {
    let both = headers(&[("authorization", "abc"), ("cookie", "kizuna=token")]);
    assert_eq!(credentials(&both, false), key("abc", None));
    let mut twice = headers(&[("authorization", "abc")]);
    twice.append(header::AUTHORIZATION, HeaderValue::from_static("def"));
    assert_eq!(credentials(&twice, false), Credentials::Garbled);
}

#[test]
fn the_session_cookie_is_found_among_others() {
    let cookies = headers(&[("cookie", "lang=ja; kizuna=token; other=1")]);
    assert_eq!(credentials(&cookies, false), Credentials::Session("token".to_owned()));
    assert_eq!(credentials(&cookies, true), Credentials::None);
    let secure = headers(&[("cookie", "__Host-kizuna=token")]);
    assert_eq!(credentials(&secure, true), Credentials::Session("token".to_owned()));
}

#[test]
fn two_nodes_on_one_host_have_cookies_of_their_own() {
    let cookies =
        |host| headers(&[("cookie", "kizuna-8481=one; kizuna-8482=other; kizuna=third"), ("host", host)]);
    let session = |host| credentials(&cookies(host), false);
    assert_eq!(session("127.0.0.1:8481"), Credentials::Session("one".to_owned()));
    assert_eq!(session("[::1]:8482"), Credentials::Session("other".to_owned()));
    for host in ["node.example", "[::1]", "node.example:", "node.example:8481x", "node.example:184811"] {
        assert_eq!(session(host), Credentials::Session("third".to_owned()), "{host}");
    }
}

#[test]
fn only_this_nodes_pages_have_its_origin() {
    let host = ("host", "node.example:8480");
    assert!(is_same_origin(&headers(&[host, ("origin", "http://node.example:8480")])));
    assert!(!is_same_origin(&headers(&[host])));
    assert!(!is_same_origin(&headers(&[host, ("origin", "null")])));
    assert!(!is_same_origin(&headers(&[host, ("origin", "http://node.example")])));
    assert!(!is_same_origin(&headers(&[host, ("origin", "https://node.example:8480.evil.example")])));
    let site = ("sec-fetch-site", "same-site");
    assert!(!is_same_origin(&headers(&[host, ("origin", "http://node.example:8480"), site])));
}

#[test]
fn the_form_token_is_in_a_header_a_form_or_the_first_part() {
    let form = headers(&[("content-type", "application/x-www-form-urlencoded")]);
    assert_eq!(form_token(&form, b"a=b&form_token=tok").as_deref(), Some("tok"));
    assert_eq!(form_token(&form, b"a=b").as_deref(), None);
    let parts = headers(&[("content-type", "multipart/form-data; boundary=x")]);
    let body = b"--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\ntok\r\n--x--\r\n";
    assert_eq!(form_token(&parts, body).as_deref(), Some("tok"));
    let script = headers(&[("x-form-token", "tok"), ("content-type", "application/json")]);
    assert_eq!(form_token(&script, b"{}").as_deref(), Some("tok"));
    assert!(same_token("tok", "tok") && !same_token("tok", "tik") && !same_token("tok", "to"));
}
