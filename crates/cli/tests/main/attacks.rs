//! The port for peers, attacked at the socket.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::channel::{BOTH, reached};
use crate::kit::{Desk, Server};
use crate::peers::{give, ids};
use crate::stranger::{Heard, Line, Shows, Stranger, get, send};

const PATIENCE: Duration = Duration::from_mins(2);
/// As many handshakes of one address as are held at once.
const HELD: usize = 16;

/// Asterin's node, which serves peers. Velkar Shield lives at no program of this kind: at a stranger's.
struct Node {
    desk: Desk,
    server: Server,
    at: String,
}

impl Node {
    fn new() -> Self {
        let desk = Desk::new();
        desk.run(&["member", "add", "Asterin CERT", "--country", "XAS"]).ok();
        desk.run(&["member", "add", "Velkar Shield", "--country", "XVE", "--elsewhere"]).ok();
        desk.run(&["member", "add", "Orinthia Watch", "--country", "XOR", "--elsewhere"]).ok();
        let members = ["--member", "Asterin CERT", "--member", "Velkar Shield"];
        desk.run(&[&["community", "add", "Circle"][..], &members].concat()).ok();
        desk.user("a@xas.example", "Asterin CERT", &[]);
        let server = desk.serve_with(&BOTH);
        let at = reached(&server);
        Self { desk, server, at }
    }

    fn invite(&self) -> String {
        self.desk.run(&["peer", "invite", "velkar", "--member", "Velkar Shield"]).ok().trim().to_owned()
    }

    fn velkar(&self) -> Value {
        let listed = self.desk.run(&["member", "list", "--json"]).ok();
        let line = listed.lines().find(|line| line.contains("Velkar Shield")).unwrap();
        serde_json::from_str(line).unwrap()
    }

    /// A stranger who is a peer.
    fn enrolled(&self) -> (Stranger, Heard) {
        let stranger = Stranger::new(1);
        let heard = stranger.enrol(&self.at, &self.invite(), &self.velkar()).unwrap();
        (stranger, heard)
    }

    fn refuses(&self, shows: &Shows, why: &str) {
        let told = get(&self.at, shows, "/taxii2/", "");
        assert!(told.is_err(), "{why}: {told:?}");
    }

    /// What comes back for octets that are no handshake, until the other side closes.
    fn answers(&self, octets: &[u8]) -> Vec<u8> {
        let mut line = TcpStream::connect(&self.at).unwrap();
        line.set_read_timeout(Some(PATIENCE)).unwrap();
        let _ = line.write_all(octets);
        let mut answer = Vec::new();
        // A reset closes as well.
        if let Err(error) = line.read_to_end(&mut answer) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
        }
        answer
    }
}

/// A hello of TLS 1.2 (RFC 5246 §7.4.1.2): no extension says that more is spoken.
fn hello_of_tls12() -> Vec<u8> {
    let suites: [u8; 4] = [0xc0, 0x2b, 0xc0, 0x2f];
    let mut hello = vec![3, 3];
    hello.extend([9; 32]);
    hello.push(0);
    hello.extend([0, 4]);
    hello.extend(suites);
    hello.extend([1, 0]);
    let length = u8::try_from(hello.len()).unwrap();
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    record
}

#[test]
fn whoever_is_no_peer_is_refused_before_he_is_heard() {
    let node = Node::new();
    let (peer, _) = node.enrolled();
    assert_eq!(get(&node.at, &peer.shows(), "/taxii2/", "").unwrap().status, 200, "the peer is heard");
    let stranger = Stranger::new(2);
    node.refuses(&stranger.shows(), "a certificate that is not pinned");
    node.refuses(&Shows::Nothing, "no certificate");
    let stolen = Shows::Certificate(peer.certificate(1975..4096), stranger.key());
    node.refuses(&stolen, "the peer's certificate, and another key");
    for (years, why) in [(2001..2002, "ran out"), (4000..4001, "not yet good")] {
        node.refuses(&Shows::Certificate(peer.certificate(years), peer.key()), why);
    }
    // An alert and nothing else: protocol_version is 70 (RFC 8446 §6).
    let alert = node.answers(&hello_of_tls12());
    assert!(matches!(alert[..], [21, 3, 3, 0, 2, 2, _]), "{alert:?}");
    for garbage in [
        &b"GET / HTTP/1.1\r\nhost: p\r\n\r\n"[..],
        &[0; 4096],
        &[22, 3, 1, 255, 255, 1, 1, 1],
        &[255; 16_000],
    ] {
        let answer = node.answers(garbage);
        assert!(answer.is_empty() || answer[0] == 21, "no more than an alert: {answer:?}");
    }
    // The node is well.
    assert_eq!(get(&node.at, &peer.shows(), "/taxii2/", "").unwrap().status, 200);
}

#[test]
fn who_was_removed_or_whose_signing_key_was_revoked_is_refused() {
    let node = Node::new();
    let (peer, _) = node.enrolled();
    assert_eq!(get(&node.at, &peer.shows(), "/taxii2/", "").unwrap().status, 200);
    let key = node.desk.run(&["signing-key", "show", "Velkar Shield", "--json"]).ok();
    let key: Value = serde_json::from_str(key.lines().next().unwrap()).unwrap();
    let fingerprint = key["fingerprint"].as_str().unwrap();
    node.desk.run(&["signing-key", "revoke", "Velkar Shield", fingerprint]).ok();
    node.refuses(&peer.shows(), "revoked");
    let node = Node::new();
    let (peer, _) = node.enrolled();
    node.desk.run(&["peer", "remove", "velkar"]).ok();
    node.refuses(&peer.shows(), "removed");
}

#[test]
fn a_connection_that_was_open_before_ends_with_the_peer() {
    let node = Node::new();
    let (peer, _) = node.enrolled();
    let mut kept = Line::open(&node.at, &peer.shows()).unwrap();
    let discovery = "GET /taxii2/ HTTP/1.1\r\nhost: p\r\naccept: application/taxii+json;version=2.1\r\n\r\n";
    kept.say(discovery).unwrap();
    let answer = kept.until(&["api_roots"]);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let mut stream = Line::open(&node.at, &peer.shows()).unwrap();
    stream.say("GET /api/v1/changes HTTP/1.1\r\nhost: p\r\naccept: text/event-stream\r\n\r\n").unwrap();
    let begun = stream.until(&["\r\n\r\n"]);
    assert!(begun.starts_with("HTTP/1.1 200"), "{begun}");
    node.desk.run(&["peer", "remove", "velkar"]).ok();
    give(&node.desk, "a@xas.example", 100..102, "rel:Circle");
    let rest = stream.until(&["event: end", "event:end"]);
    assert!(!rest.contains("indicator--"), "{rest}");
    assert!(rest.contains("signed out"), "{rest}");
    kept.say(discovery).unwrap();
    let answer = kept.until(&["Not signed in"]);
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("connection: close"), "{answer}");
}

#[test]
fn while_an_invitation_is_open_a_stranger_gets_no_further_than_to_the_code() {
    let node = Node::new();
    let key = node.desk.key("a@xas.example");
    node.invite();
    let shows = Stranger::new(2).shows();
    let with_key = format!("authorization: Bearer {key}\r\n");
    // Neither his certificate nor anybody's key makes him a viewer there.
    for more in ["", &with_key] {
        for path in ["/taxii2/", "/federation/hello", "/api/v1/changes", "/log/checkpoint"] {
            let told = get(&node.at, &shows, path, more).unwrap();
            assert_eq!(told.status, 401, "{path}: {told:?}");
        }
        for path in
            ["/", "/api/v1/objects", "/api/v1/peers", "/misp/servers/getVersion", "/metrics", "/sign-in"]
        {
            let told = get(&node.at, &shows, path, more).unwrap();
            assert_eq!(told.status, 404, "{path}: {told:?}");
        }
    }
    // And where people are served, nobody enrols.
    let answer = node.server.caller(&key).get("/federation/enrolment");
    assert!([404, 405].contains(&answer.status), "{answer:?}");
}

#[test]
fn three_wrong_codes_burn_an_invitation_and_what_was_heard_is_worth_nothing_again() {
    let node = Node::new();
    let velkar = node.velkar();
    let (peer, heard) = node.enrolled();
    let listener = Stranger::new(3);
    // The messages again: the exchange is over, for whoever sends them.
    for shows in [peer.shows(), listener.shows()] {
        for (path, message) in
            [("/federation/enrolment", &heard.begin), ("/federation/enrolment/proof", &heard.proof)]
        {
            match send(&node.at, &shows, path, message) {
                Ok((told, _)) => assert_eq!(told.status, 404, "{path}"),
                Err(_) => assert!(get(&node.at, &listener.shows(), "/taxii2/", "").is_err(), "no invitation"),
            }
        }
    }
    // A new invitation answers another message each time, so an old proof is a wrong one, and counts.
    let code = node.invite();
    let place: u64 = code[..2].parse().unwrap();
    let mut begin = heard.begin.clone();
    let mut proof = heard.proof.clone();
    (begin["place"], proof["place"]) = (place.into(), place.into());
    let prove =
        |shows: &Shows| send(&node.at, shows, "/federation/enrolment/proof", &proof).unwrap().0.status;
    assert_eq!(prove(&peer.shows()), 404, "nothing was begun");
    for _ in 0..2 {
        let (told, _) = send(&node.at, &peer.shows(), "/federation/enrolment", &begin).unwrap();
        assert_eq!(told.status, 200);
        assert_eq!(prove(&listener.shows()), 404, "the exchange is of the certificate that began it");
        assert_eq!(prove(&peer.shows()), 403, "an old proof");
        assert_eq!(prove(&peer.shows()), 404, "each exchange has one try");
    }
    let last = code.chars().last().unwrap();
    let wrong = format!("{}{}", &code[..code.len() - 1], if last == '0' { '1' } else { '0' });
    let refused = listener.enrol(&node.at, &wrong, &velkar).err().unwrap();
    assert_eq!(refused.status, 403, "the third wrong one");
    // Burned: not even the right code, not even of the same message. The door is closed to strangers again.
    node.refuses(&listener.shows(), "no invitation is open");
    let late = send(&node.at, &peer.shows(), "/federation/enrolment", &begin).unwrap().0;
    assert_eq!(late.status, 404);
    node.desk.user("au@xas.example", "Asterin CERT", &["--role", "auditor"]);
    let audit = node.desk.run(&["--json", "audit", "--action", "peer.", "--as", "au@xas.example"]);
    let tries = audit.out.matches("peer.enrolment-refused").count();
    assert_eq!(tries, 3, "who runs the node sees each: {audit:?}");
    let listed = node.desk.run(&["peer", "list", "--json"]).ok();
    assert_eq!(listed.lines().count(), 1, "only the first: {listed}");
}

#[test]
fn slow_handshakes_are_few_and_end() {
    let node = Node::new();
    let (peer, _) = node.enrolled();
    let begun = Instant::now();
    let slow: Vec<TcpStream> = (0..HELD)
        .map(|_| {
            let mut line = TcpStream::connect(&node.at).unwrap();
            line.write_all(&hello_of_tls12()[..7]).unwrap();
            line.set_read_timeout(Some(PATIENCE)).unwrap();
            line
        })
        .collect();
    // The next of this address is turned away at once, unless the machine is so slow that places are free again.
    let turned = get(&node.at, &peer.shows(), "/taxii2/", "");
    assert!(turned.is_err() || begun.elapsed() > Duration::from_secs(9), "{turned:?}");
    for mut line in slow {
        let mut rest = Vec::new();
        let _ = line.read_to_end(&mut rest);
        assert!(rest.is_empty() || rest[0] == 21, "{rest:?}");
    }
    // And their places are free.
    let patience = Instant::now() + PATIENCE;
    while get(&node.at, &peer.shows(), "/taxii2/", "").is_err() {
        assert!(Instant::now() < patience, "a place is held for ever");
        std::thread::sleep(Duration::from_millis(100));
    }
    let key = node.desk.run(&["watch-token"]).ok().trim().to_owned();
    let counted = node.server.caller(&key).get("/metrics").body;
    assert!(counted.contains("peer_handshakes_total{outcome=\"Slow\"} 16"), "{counted}");
}

#[test]
fn a_new_transport_key_counts_by_the_members_word_alone_and_ends_the_old_one() {
    let node = Node::new();
    let velkar = node.velkar();
    let (peer, _) = node.enrolled();
    let (next, thief) = (Stranger::new(1), Stranger::new(4));
    let enrolled_at = get(&node.at, &peer.shows(), "/taxii2/", "").unwrap().at();
    // Said in a second after that of the enrolment.
    let patience = Instant::now() + PATIENCE;
    let at = loop {
        let at = get(&node.at, &peer.shows(), "/taxii2/", "").unwrap().at();
        if at > enrolled_at {
            break at;
        }
        assert!(Instant::now() < patience);
        std::thread::sleep(Duration::from_millis(100));
    };
    let say = |words: &Value| send(&node.at, &peer.shows(), "/federation/transport", words).unwrap().0.status;
    // Whoever has stolen the transport key has not the member's: he cannot say that another is to follow it.
    assert_eq!(say(&thief.word(&thief, &velkar, at)), 403, "signed by a key that nobody knows");
    assert_eq!(say(&serde_json::json!([])), 403, "nobody says so");
    let mut other = peer.word(&thief, &velkar, at);
    other[0]["pin"] = peer.word(&next, &velkar, at)[0]["pin"].clone();
    assert_eq!(say(&other), 403, "signed for another key");
    let old = peer.word(&thief, &velkar, "2026-02-01T00:00:00Z".parse().unwrap());
    assert_eq!(say(&old), 403, "said before the enrolment");
    node.refuses(&thief.shows(), "the thief's own key");
    let word = peer.word(&next, &velkar, at);
    assert_eq!(say(&word), 200);
    // Until the new one is met, both count.
    assert_eq!(get(&node.at, &peer.shows(), "/taxii2/", "").unwrap().status, 200);
    assert_eq!(get(&node.at, &next.shows(), "/taxii2/", "").unwrap().status, 200);
    node.refuses(&peer.shows(), "the old key");
    // And the old word again brings nothing back.
    let (again, _) = send(&node.at, &next.shows(), "/federation/transport", &word).unwrap();
    assert_eq!(again.status, 200, "it is the one in use");
    node.refuses(&peer.shows(), "the old key");
}

#[test]
fn a_peer_reads_what_it_has_announced_that_it_honours() {
    let node = Node::new();
    give(&node.desk, "a@xas.example", 100..102, "rel:Circle tlp:amber");
    give(&node.desk, "a@xas.example", 102..104, "rel:Circle orcon");
    give(&node.desk, "a@xas.example", 104..106, "rel:Circle pap:red");
    let (peer, _) = node.enrolled();
    let everything = "/taxii2/own/collections/all/objects/";
    let reads = |path: &str| get(&node.at, &peer.shows(), path, "").unwrap();
    let first = reads(everything);
    assert_eq!(first.ids("indicator"), ids(100..102), "it has said nothing yet");
    let status: Value = serde_json::from_str(&node.desk.run(&["peer", "status", "--json"]).ok()).unwrap();
    let held: Vec<(u64, &str)> = status["held_back"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| (held["count"].as_u64().unwrap(), held["reason"].as_str().unwrap()))
        .collect();
    let reasons = [(2, "it does not know the extension PAP"), (2, "it does not honour the handling orcon")];
    assert_eq!(held, reasons);
    let tell = |said: Value| send(&node.at, &peer.shows(), "/federation/hello", &said).unwrap().0.json();
    let extensions = kizuna_federation::capability::extensions();
    let ours = tell(serde_json::json!({ "protocol": 1, "extensions": extensions }));
    assert!(ours["handling"].as_array().unwrap().contains(&"orcon".into()), "{ours}");
    assert_eq!(reads(everything).ids("indicator"), ids((100..102).chain(104..106)));
    tell(serde_json::json!({ "protocol": 1, "extensions": extensions, "handling": ["orcon"], "more": 1 }));
    assert_eq!(reads(everything).ids("indicator"), ids(100..106));
    // What it takes back it reads no more.
    tell(serde_json::json!({}));
    assert_eq!(reads(everything).ids("indicator"), Vec::<String>::new(), "not even who is named");
}

/// What a peer is answered, for each place that a certificate opens.
fn everything(node: &Node, peer: &Stranger) -> Vec<(String, u16, Vec<String>)> {
    let shows = peer.shows();
    let ask = |path: &str| get(&node.at, &shows, path, "").unwrap();
    let mut told = Vec::new();
    let root = ask("/taxii2/").json()["api_roots"].as_array().unwrap().clone();
    for (root, number) in root.iter().zip(0..) {
        let path = root.as_str().unwrap();
        let path = path.find("/taxii2/").map_or(path, |from| &path[from..]);
        let collections = ask(&format!("{path}collections/")).json();
        let collections = collections["collections"].as_array().into_iter().flatten();
        for (collection, kept) in collections.zip(0..) {
            // A community's id is each node's own.
            let named = format!("{number}.{kept}/");
            let place = format!("{path}collections/{}/", collection["id"].as_str().unwrap());
            for page in ["objects/", "manifest/", "objects/?match%5Bversion%5D=all"] {
                let answer = ask(&format!("{place}{page}"));
                let ids = if answer.status == 200 { answer.ids("") } else { Vec::new() };
                // An attestation is each node's own.
                let ids =
                    ids.into_iter().filter(|id| !id.starts_with("kizuna-") && !id.starts_with("marking"));
                told.push((format!("{named}{page}"), answer.status, ids.collect()));
            }
            for number in [100, 150, 777] {
                for what in ["", "versions/"] {
                    let id = &ids([number])[0];
                    let answer = ask(&format!("{place}objects/{id}/{what}"));
                    let versions = if answer.status == 200 { answer.json() } else { Value::Null };
                    let length = versions["objects"].as_array().map_or(0, Vec::len);
                    told.push((format!("{named}{number}/{what}"), answer.status, vec![length.to_string()]));
                }
            }
        }
    }
    told
}

#[test]
fn a_certificate_reads_what_its_member_may_read_and_as_if_the_rest_were_not_there() {
    let (whole, pruned) = (Node::new(), Node::new());
    for node in [&whole, &pruned] {
        give(&node.desk, "a@xas.example", 100..110, "rel:Circle tlp:amber");
        give(&node.desk, "a@xas.example", 110..112, "rel:\"Velkar Shield\",\"Asterin CERT\"");
    }
    give(&whole.desk, "a@xas.example", 150..155, "rel:\"Asterin CERT\"");
    give(&whole.desk, "a@xas.example", 155..160, "rel:\"Orinthia Watch\",\"Asterin CERT\"");
    give(&whole.desk, "a@xas.example", 160..165, "rel:Circle class:EXERCISE/SECRET");
    let (at_whole, at_pruned) = (whole.enrolled().0, pruned.enrolled().0);
    let seen = everything(&whole, &at_whole);
    assert_eq!(seen, everything(&pruned, &at_pruned), "as if the hidden were not there");
    // A person of that member reads the same: nothing is in the certificate but who he is.
    whole.desk.user("v@xve.example", "Velkar Shield", &[]);
    let person = whole.desk.reads("v@xve.example", "indicator");
    assert_eq!(person, ids(100..112));
    let all = seen.iter().filter(|(path, _, _)| path.ends_with("objects/"));
    let largest = all.map(|(_, _, ids)| ids.clone()).max_by_key(Vec::len).unwrap();
    let largest: Vec<String> = largest.into_iter().filter(|id| id.starts_with("indicator")).collect();
    assert_eq!(largest, person);
    // What is hidden and what is absent are the same bytes, but for the number of the request.
    let numbered = |answer: crate::stranger::Told| {
        let text = String::from_utf8(answer.body).unwrap();
        let number =
            answer.head.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().to_owned();
        (answer.status, text.replace(&number, "REQUEST"))
    };
    let place = "/taxii2/own/collections/all/objects/";
    let of = |number: u32| {
        numbered(get(&whole.at, &at_whole.shows(), &format!("{place}{}/", ids([number])[0]), "").unwrap())
    };
    let (hidden, absent) = (of(150), of(777));
    assert_eq!(hidden.0, absent.0);
    assert_eq!(hidden.1.replace(&ids([150])[0], "ID"), absent.1.replace(&ids([777])[0], "ID"));
    // Nor does he become another's viewer by naming him.
    let orinthia = whole.desk.run(&["member", "list", "--json"]).ok();
    let orinthia: Value =
        serde_json::from_str(orinthia.lines().find(|line| line.contains("Orinthia")).unwrap()).unwrap();
    let named = format!("kizuna-member: {}\r\n", orinthia["id"].as_str().unwrap());
    assert_eq!(get(&whole.at, &at_whole.shows(), "/taxii2/", &named).unwrap().status, 401);
}
