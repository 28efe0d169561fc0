#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

const EXAMPLE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

#[test]
fn the_example_of_the_specification_is_read_back() {
    let checkpoint = Checkpoint::read(EXAMPLE).unwrap();
    assert_eq!(
        (checkpoint.origin.as_str(), checkpoint.head.size),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    assert_eq!(checkpoint.text(), EXAMPLE);
    let extended = format!("{EXAMPLE}more\n");
    assert_eq!(Checkpoint::read(&extended).unwrap().text(), extended);
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    for (wrong, why) in [
        ("", BadCheckpoint::Lines),
        ("a\n1\n", BadCheckpoint::Lines),
        ("a\n1", BadCheckpoint::Lines),
        ("\n0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", BadCheckpoint::Origin),
        ("a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", BadCheckpoint::Size),
        ("a\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", BadCheckpoint::Size),
        ("a\n18446744073709551616\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", BadCheckpoint::Size),
        ("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", BadCheckpoint::Root),
        ("a\n1\nAAAA\n", BadCheckpoint::Root),
        ("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n", BadCheckpoint::Lines),
    ] {
        assert_eq!(Checkpoint::read(wrong), Err(why), "{wrong:?}");
    }
}
