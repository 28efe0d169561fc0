//! Who may change what, by role, as one table.

use kizuna_http::registry::{self, Access, Method, Reads};
use serde_json::json;

use crate::world::{TAXII, World, envelope, id_of, tool};

#[test]
fn a_reader_reads_and_never_writes() {
    let world = World::new();
    world.ana.give("", &[tool("a")]);
    assert_eq!(world.ron.get(&format!("/api/v1/objects/{}", id_of("a"))).status, 200);
    assert_eq!(world.ron.post("/api/v1/objects", &tool("b")).status, 403);
    assert_eq!(world.ron.delete(&format!("/api/v1/objects/{}", id_of("a"))).status, 403);
    let inbox = "/taxii2/own/collections/inbox/";
    assert_eq!(world.ron.get(inbox).json()["can_write"], false);
    assert_eq!(world.ron.add(inbox, &[tool("b")]).status, 403);
}

#[test]
fn an_analyst_does_not_manage() {
    let world = World::new();
    let new = json!({ "name": "X", "country": "XXX", "sector": "civil" });
    for client in [&world.ana, &world.bea, &world.ron] {
        assert_eq!(client.post("/api/v1/members", &new).status, 403);
        assert_eq!(client.post("/api/v1/communities", &json!({ "name": "X" })).status, 403);
    }
    assert_eq!(world.ada.post("/api/v1/communities", &json!({ "name": "X" })).status, 200);
}

#[test]
fn an_admin_sees_no_more_than_his_member() {
    let world = World::new();
    world.bea.give("", &[tool("borduria's own")]);
    assert_eq!(world.ada.get(&format!("/api/v1/objects/{}", id_of("borduria's own"))).status, 404);
    assert_eq!(world.ada.get("/api/v1/count?type=tool").json()["at_least"], 0);
}

#[test]
fn every_entry_that_shows_something_asks_who_it_is() {
    for entry in registry::all() {
        let shows_nothing = entry.reads == Reads::Nothing || entry.access == Access::Watcher;
        assert!(entry.access == Access::Viewer || shows_nothing, "{}", entry.name);
        assert!(
            entry.access == Access::Viewer || entry.method == Method::Get || shows_nothing,
            "{}",
            entry.name
        );
    }
}

#[test]
fn a_key_is_taken_as_basic_with_its_own_address_only() {
    use base64::Engine as _;
    let world = World::new();
    let key = world.ana.key.clone().unwrap();
    let basic = |email: &str| {
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{email}:{key}"));
        let header = format!("Basic {pair}");
        world.anon.send(http::Method::GET, "/taxii2/", &[("authorization", &header)], None).status
    };
    assert_eq!(basic("ana@arvonia.example"), 200);
    assert_eq!(basic("bea@borduria.example"), 401);
    let bare = world.anon.send(http::Method::GET, "/taxii2/", &[("authorization", &key)], None);
    assert_eq!(bare.status, 200);
}

#[test]
fn a_session_changes_something_only_from_its_own_pages() {
    let world = World::new();
    let session = world.session(&world.ana);
    let cookie = format!("kizuna-{}={}", world.address.port(), session.token);
    let origin = format!("http://{}", world.address);
    let post = |extra: &[(&str, &str)]| {
        let mut headers = vec![("content-type", TAXII), ("cookie", cookie.as_str())];
        headers.extend_from_slice(extra);
        let path = "/taxii2/own/collections/inbox/objects/";
        world.anon.send(http::Method::POST, path, &headers, Some(&envelope(&[tool("a")]))).status
    };
    let token = ("x-form-token", session.form_token.as_str());
    assert_eq!(post(&[]), 403);
    assert_eq!(post(&[token]), 403, "no origin");
    assert_eq!(post(&[("origin", &origin)]), 403, "no token");
    assert_eq!(post(&[("origin", "http://evil.example"), token]), 403);
    assert_eq!(post(&[("origin", &origin), ("x-form-token", "guessed")]), 403);
    assert_eq!(post(&[("origin", &origin), token]), 202);
    let read = world.anon.send(http::Method::GET, "/api/v1/me", &[("cookie", &cookie)], None);
    assert_eq!(read.json()["email"], "ana@arvonia.example");
    world.node.sign_out(&session.token).unwrap();
    let read = world.anon.send(http::Method::GET, "/api/v1/me", &[("cookie", &cookie)], None);
    assert_eq!(read.status, 401);
}
