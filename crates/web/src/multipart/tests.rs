#![allow(clippy::unwrap_used)]

use super::parts;

const TYPE: &str = "multipart/form-data; boundary=----b0";

#[test]
fn fields_and_files_are_read_as_they_are() {
    let body = b"------b0\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\nabc\r\n\
        ------b0\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a %22b%22.json\"\r\nContent-Type: application/json\r\n\r\n{\r\n--\r\n}\r\n\
        ------b0--\r\n";
    let found = parts(TYPE, body).unwrap();
    assert_eq!((found[0].name.as_str(), found[0].bytes), ("form_token", &b"abc"[..]));
    assert_eq!(found[1].file.as_deref(), Some("a \"b\".json"));
    assert_eq!(found[1].bytes, b"{\r\n--\r\n}");
}

#[test]
fn what_is_no_form_is_refused() {
    assert_eq!(parts("text/plain", b"x"), None);
    assert_eq!(parts(TYPE, b""), None);
    assert_eq!(parts(TYPE, b"------b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end"), None);
    assert_eq!(parts(TYPE, b"------b0\r\nX: y\r\n\r\nv\r\n------b0--"), None);
    assert_eq!(parts(TYPE, b"------b0--").unwrap(), Vec::new());
}
