#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_node_is_asked_whom_it_reaches_and_another_server_at_its_root() {
    let of = |to: &str, label: Option<&str>| {
        let letter = Letter { to: to.to_owned(), label: label.map(str::to_owned), objects: Vec::new() };
        reach_of(&letter).map(String::from)
    };
    let node = of("https://n.example/kizuna/api/v1/objects", Some("rel:XAS"));
    assert_eq!(node.as_deref(), Some("https://n.example/kizuna/api/v1/reach?label=rel%3AXAS"));
    let bare = of("https://n.example/api/v1/objects", None);
    assert_eq!(bare.as_deref(), Some("https://n.example/api/v1/reach?label="));
    let collection = of("https://t.example/api/collections/4a/objects/", None);
    assert_eq!(collection.as_deref(), Some("https://t.example/api/v1/reach?collection=4a"));
    assert_eq!(of("no address", None), None);
}

#[test]
fn a_node_stands_for_its_native_api_and_a_collection_for_itself() {
    let objects = |typed: &str| objects_of(&typed.parse().unwrap()).ok();
    let node = Some("https://n.example/api/v1/objects".to_owned());
    assert_eq!(objects("https://n.example"), node);
    assert_eq!(objects("https://n.example/?x=1#y"), node);
    let below = Some("https://n.example/kizuna/api/v1/objects".to_owned());
    assert_eq!(objects("https://n.example/kizuna"), below);
    let other = Some("https://t.example/api/collections/4a/objects/".to_owned());
    assert_eq!(objects("https://t.example/api/collections/4a"), other);
    assert_eq!(objects("https://t.example/api/collections/4a/objects"), other);
    assert_eq!(objects("file:///etc"), None);
}
