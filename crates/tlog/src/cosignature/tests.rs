#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

#[test]
fn the_message_is_that_of_the_specification() {
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assert_eq!(
        message(text, 1_679_315_147),
        "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n\
         CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    );
}

#[test]
fn it_is_a_time_and_a_signature() {
    let octets = Cosignature { at: 258, signature: &[9; 64] }.joined();
    assert_eq!(octets.len(), 72);
    assert_eq!(Cosignature::split(&octets), Some(Cosignature { at: 258, signature: &[9; 64] }));
    assert_eq!(Cosignature::split(&octets[1..]), None);
    assert_eq!(Cosignature::split(&[]), None);
}
