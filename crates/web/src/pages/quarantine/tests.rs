use super::legible;

#[test]
fn what_does_not_show_is_escaped() {
    assert_eq!(legible("{\"a\":\n\"攻撃\"}".as_bytes()), "{\"a\":\n\"攻撃\"}");
    assert_eq!(legible(b"a\x00\xff\x1b[2J"), "a\\u{0000}\\xff\\u{001b}[2J");
    assert_eq!(legible("x\u{202e}y".as_bytes()), "x\\u{202e}y");
}
