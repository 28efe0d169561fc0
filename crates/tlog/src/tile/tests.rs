#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

#[test]
fn paths_are_those_of_the_specification() {
    let tile = Tile { level: 0, index: 1_234_067, width: 256 };
    assert_eq!(tile.path(), "tile/0/x001/x234/067");
    assert_eq!(tile.to_string().parse(), Ok(tile));
    let tile = Tile { level: 1, index: 0, width: 17 };
    assert_eq!(tile.path(), "tile/1/000.p/17");
    assert_eq!("1/000.p/17".parse(), Ok(tile));
    assert_eq!(Tile { level: 0, index: 273, width: 112 }.entries_path(), "tile/entries/273.p/112");
    for index in [0, 1, 255, 999, 1000, 999_999, 1_000_000, u64::MAX] {
        let tile = Tile { level: 5, index, width: 1 };
        assert_eq!(tile.to_string().parse(), Ok(tile));
    }
}

#[test]
fn what_is_no_path_is_refused() {
    for wrong in [
        "",
        "0",
        "0/",
        "0/1",
        "0/01",
        "00/001",
        "64/001",
        "0/x001",
        "0/001/002",
        "0/x000/001",
        "0/001.p/0",
        "0/001.p/256",
        "0/001.p/01",
        "0/001.p/",
        "0/001.p",
        "0/x1/001",
        "-1/001",
        "0/+01",
        "0/001.p/1/2",
        "0/x018/x446/x744/x073/x709/x551/616",
    ] {
        assert_eq!(wrong.parse::<Tile>(), Err(BadTile), "{wrong}");
    }
}

#[test]
fn a_tree_of_seventy_thousand_has_the_tiles_of_the_specification() {
    let width = |level, index| Tile::within(level, index, 70_000).map(|tile| tile.width);
    assert_eq!(width(0, 272), Some(256));
    assert_eq!(width(0, 273), Some(112));
    assert_eq!(width(0, 274), None);
    assert_eq!(width(1, 0), Some(256));
    assert_eq!(width(1, 1), Some(17));
    assert_eq!(width(2, 0), Some(1));
    assert_eq!(width(3, 0), None);
    assert_eq!(Tile::within(1, 0, 256).unwrap().width, 1);
    assert!(Tile { level: 0, index: 273, width: 111 }.is_within(70_000));
    assert!(!Tile { level: 0, index: 273, width: 113 }.is_within(70_000));
}
