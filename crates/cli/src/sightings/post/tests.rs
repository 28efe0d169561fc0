#![allow(clippy::unwrap_used)]

use super::*;

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
