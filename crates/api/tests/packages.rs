//! Transfer packages over HTTP: the next one, one again, and taking one in through the guard.

use std::io::Read as _;

use http::Method;
use kizuna_access::rights::{Role, Sector};
use kizuna_access::{MemberId, Principal};
use kizuna_app::package::{NewIncoming, NewOutgoing, What};
use kizuna_app::people::NewMember;
use kizuna_app::{Caller, Config, Delivery, Node};
use kizuna_attest::PublicKey;
use kizuna_http::Caps;
use serde_json::json;

use crate::world::{Answer, Client, World, id_of, tool};

const OCTETS: (&str, &str) = ("content-type", "application/octet-stream");

/// Dorvania's node, which sends to Arvonia's on the channel `south`. Each holds the other's key.
struct Sender {
    node: Node,
    dorvania: MemberId,
    releaser: Principal,
    _directory: tempfile::TempDir,
}

fn member(node: &Node, name: &str, country: &str, hosted: bool) -> MemberId {
    let (name, country) = (name.to_owned(), country.parse().unwrap());
    let new = NewMember { name, country, sector: Sector::Public, identity: None, hosted };
    node.people(Caller::Operator).add_member(new).unwrap().id
}

/// One node holds the key that another one signs with for a member, where it signs, to be that member's.
fn pin(at: &Node, of: &Node, member: MemberId) {
    let known = of.people(Caller::Operator).signing_keys_of(member).unwrap();
    let Some(known) = known.current() else { return };
    let key: PublicKey = known.key.parse().unwrap();
    at.people(Caller::Operator).pin_signing_key(member, key).unwrap();
}

impl Sender {
    fn new(world: &World) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let node = Node::open(Config::new(directory.path())).unwrap();
        let dorvania = member(&node, "Dorvania", "XDD", true);
        let arvonia = member(&node, "Arvonia", "XAA", false);
        let there = member(&world.node, "Dorvania", "XDD", false);
        assert_eq!((dorvania, arvonia), (there, world.arvonia), "the same members on every node");
        pin(&world.node, &node, dorvania);
        pin(&node, &world.node, arvonia);
        let people = node.people(Caller::Operator);
        let roles = [Role::Releaser, Role::Analyst].into();
        let (_, key) = people.add_user("rea@dorvania.example", dorvania, roles).unwrap();
        let releaser = node.authenticate(&key.secret, None).unwrap();
        let ceiling = node.label("tlp:amber").unwrap();
        let expected = NewIncoming {
            name: "south".to_owned(),
            from: dorvania,
            ceiling: ceiling.clone(),
            log: None,
            witnesses: Vec::new(),
            rules: None,
        };
        let expected = world.node.expect_channel(&Caller::Operator, expected).unwrap();
        let new = NewOutgoing {
            name: "south".to_owned(),
            to: arvonia,
            recipients: vec![expected.recipient],
            ceiling,
            rules: None,
        };
        node.add_channel(&Caller::Operator, new).unwrap();
        Self { node, dorvania, releaser, _directory: directory }
    }

    /// The next package, with something new in it.
    fn package(&self, name: &str) -> Vec<u8> {
        let bundle = json!({ "type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001",
            "objects": [tool(name)] });
        let delivery = Delivery { label: Some("rel:XAA,XDD"), ..Delivery::default() };
        self.node.ingest(&self.releaser, bundle.to_string().as_bytes(), &delivery).unwrap();
        let mut octets = Vec::new();
        self.node.export_package(&self.releaser, "south", &What::Since, &mut octets).unwrap();
        octets
    }
}

fn take_in(client: &Client, octets: &[u8]) -> Answer {
    client.send(Method::POST, "/api/v1/channels/south/package", &[OCTETS], Some(octets))
}

#[test]
fn a_package_is_taken_in_through_the_guard_and_once_only() {
    let world = World::attesting();
    let sender = Sender::new(&world);
    let package = sender.package("crossed");
    for client in [&world.ana, &world.ron, &world.bea] {
        assert_eq!(take_in(client, &package).status, 403, "who runs the node lets content in");
    }
    let done = take_in(&world.ada, &package);
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(
        (done.json()["outcome"].as_str(), done.json()["sequence"].as_u64()),
        (Some("passed"), Some(1))
    );
    assert_eq!(world.ana.get(&format!("/api/v1/objects/{}", id_of("crossed"))).status, 200);
    let again = take_in(&world.ada, &package);
    assert_eq!(again.status, 422, "{}", again.text());
    assert!(again.text().contains("replayed"), "{}", again.text());
    let changed: Vec<u8> = package.iter().rev().copied().collect();
    assert_eq!(take_in(&world.ada, &changed).status, 422);
    let cut = sender.package("cut off");
    assert_eq!(take_in(&world.ada, &cut[..cut.len() / 2]).status, 422, "half a package is none");
    assert_eq!(take_in(&world.ada, &cut).status, 200);
    let reports = world.ada.get("/api/v1/channels/south").json();
    assert_eq!(reports["items"][0]["reports"].as_array().unwrap().len(), 5, "{reports}");
    let nowhere = "/api/v1/channels/north/package";
    assert_eq!(world.ada.send(Method::POST, nowhere, &[OCTETS], Some(&package)).status, 404);
}

#[test]
fn a_package_over_the_cap_is_turned_away() {
    let world = World::with(Caps { body_bytes: 4 << 10, ..Caps::default() });
    Sender::new(&world);
    assert_eq!(take_in(&world.ada, &vec![7; 5 << 10]).status, 413);
    assert_eq!(take_in(&world.ada, &vec![7; 64 << 10]).status, 413);
    assert_eq!(
        take_in(&world.ada, &vec![7; 1 << 10]).status,
        422,
        "what is no package is refused by the guard"
    );
}

#[test]
fn a_package_is_handed_out_to_who_may_and_given_again_octet_for_octet() {
    let world = World::attesting();
    let sender = Sender::new(&world);
    let north = NewIncoming {
        name: "north".to_owned(),
        from: world.arvonia,
        ceiling: sender.node.label("tlp:amber").unwrap(),
        log: None,
        witnesses: Vec::new(),
        rules: None,
    };
    let expected = sender.node.expect_channel(&Caller::Operator, north).unwrap();
    let new = NewOutgoing {
        name: "north".to_owned(),
        to: sender.dorvania,
        recipients: vec![expected.recipient],
        ceiling: expected.ceiling,
        rules: None,
    };
    world.node.add_channel(&Caller::Operator, new).unwrap();
    world.ana.give("rel:XAA,XDD", &[tool("going")]);
    let post = |client: &Client, name: &str| {
        client.send(Method::POST, &format!("/api/v1/channels/{name}/packages"), &[], None)
    };
    for client in [&world.ana, &world.ron, &world.bea, &world.cai] {
        assert_eq!(post(client, "north").status, 403);
        assert_eq!(client.get("/api/v1/channels/north/packages/1").status, 403);
    }
    let first = post(&world.ada, "north");
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.header("content-disposition"), "attachment; filename=\"north.age\"");
    assert!(first.bytes.starts_with(b"age-encryption.org/v1"));
    let again = world.ada.get("/api/v1/channels/north/packages/1");
    assert_eq!((again.status, &again.bytes), (200, &first.bytes));
    // As browsers ask; this client may have unpacked it already.
    let packed = [("accept-encoding", "gzip")];
    let packed = world.ada.send(Method::GET, "/api/v1/channels/north/packages/1", &packed, None);
    let mut unpacked = packed.bytes.clone();
    if packed.bytes.starts_with(b"\x1f\x8b") {
        unpacked.clear();
        flate2::read::GzDecoder::new(&packed.bytes[..]).read_to_end(&mut unpacked).unwrap();
    }
    assert_eq!((packed.status, &unpacked), (200, &first.bytes), "compressed, it comes whole as well");
    for absent in ["/api/v1/channels/north/packages/2", "/api/v1/channels/none/packages/1"] {
        assert_eq!(world.ada.get(absent).status, 404, "{absent}");
    }
    assert_eq!(post(&world.ada, "none").status, 404);
    let taken = sender.node.import_package(&Caller::Operator, Some("north"), &first.bytes[..], &|_, _| ());
    let taken = taken.unwrap().report;
    assert_eq!(taken.findings, Vec::new(), "{taken:?}");
}
