//! Somebody at the port for peers who is not this program: his own keys, his own TLS, his own half of an enrolment.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use kizuna_access::MemberId;
use kizuna_access::rights::Sector;
use kizuna_attest::{Purpose, SecretKey};
use kizuna_federation::enrolment::{Enrolled, Joining, Offer, PROTOCOL, Pins, Proof, RANDOM, Reply};
use kizuna_federation::transport::{Binding, Pin};
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConnection, ResolvesClientCert};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme, StreamOwned};
use serde_json::{Value, json};

/// For an answer, on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(2);

/// Somebody with a transport key and a member's signing key.
pub struct Stranger {
    key: KeyPair,
    signs: SecretKey,
}

/// What he shows at a handshake.
#[derive(Clone)]
pub enum Shows {
    Nothing,
    /// A certificate, and the key by which he signs: it need not be the certificate's.
    Certificate(Vec<u8>, Vec<u8>),
}

/// What was answered to him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Told {
    pub fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}: {}", String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// When it was answered, to the second (RFC 9110 §6.6.1).
    pub fn at(&self) -> Timestamp {
        let date = self.head.lines().find_map(|line| line.strip_prefix("date: ")).unwrap();
        jiff::fmt::rfc2822::parse(&date.replace("GMT", "+0000")).unwrap().timestamp()
    }

    /// The ids of the objects of one kind in it.
    pub fn ids(&self, kind: &str) -> Vec<String> {
        let whole = self.json();
        let ids = whole["objects"].as_array().into_iter().flatten();
        let ids = ids.filter_map(|object| object["id"].as_str().map(str::to_owned));
        let mut ids: Vec<String> = ids.filter(|id| id.starts_with(kind)).collect();
        ids.sort();
        ids
    }
}

/// The messages of an enrolment, as somebody on the line has them.
pub struct Heard {
    pub begin: Value,
    pub proof: Value,
}

impl Stranger {
    pub fn new(seed: u8) -> Self {
        Self { key: KeyPair::generate_for(&PKCS_ED25519).unwrap(), signs: SecretKey::from_seed(&[seed; 32]) }
    }

    /// A certificate of his key that is good for these years.
    pub fn certificate(&self, years: std::ops::Range<i32>) -> Vec<u8> {
        let mut says = CertificateParams::default();
        says.not_before = rcgen::date_time_ymd(years.start, 1, 1);
        says.not_after = rcgen::date_time_ymd(years.end, 1, 1);
        says.self_signed(&self.key).unwrap().der().to_vec()
    }

    pub fn shows(&self) -> Shows {
        Shows::Certificate(self.certificate(1975..4096), self.key.serialize_der())
    }

    pub fn key(&self) -> Vec<u8> {
        self.key.serialize_der()
    }

    fn pin(&self) -> Pin {
        pin(&self.certificate(1975..4096))
    }

    /// What he says of a member, with its signing key and its word.
    fn offer(&self, member: &Value) -> String {
        let id: MemberId = serde_json::from_value(member["id"].clone()).unwrap();
        let at = "2026-02-01T00:00:00Z".parse().unwrap();
        let seal = self.signs.sign(Purpose::Transport, &Binding::payload(id, &self.pin(), at));
        let enrolled = Enrolled {
            id,
            name: member["name"].as_str().unwrap().to_owned(),
            country: serde_json::from_value(member["country"].clone()).unwrap(),
            sector: Sector::Public,
            key: self.signs.public().to_string(),
            binding: Binding::new(id, self.pin(), at, &seal),
        };
        let offer = Offer { protocol: PROTOCOL, members: vec![enrolled], address: None };
        serde_json::to_string(&offer).unwrap()
    }

    /// His word, signed for a member, that another's transport key is his node's from now on.
    pub fn word(&self, next: &Self, member: &Value, at: Timestamp) -> Value {
        let id: MemberId = serde_json::from_value(member["id"].clone()).unwrap();
        let pin = next.pin();
        let seal = self.signs.sign(Purpose::Transport, &Binding::payload(id, &pin, at));
        serde_json::to_value([Binding::new(id, pin, at, &seal)]).unwrap()
    }

    /// Enrols with a code for a member, and gives what went over the line; or the last answer, where it was refused.
    pub fn enrol(&self, at: &str, code: &str, member: &Value) -> Result<Heard, Told> {
        let shows = self.shows();
        let (joining, begin) = Joining::begin(code.parse().unwrap(), &[7; RANDOM]);
        let begin = serde_json::to_value(&begin).unwrap();
        let (told, inviter) = send(at, &shows, "/federation/enrolment", &begin).unwrap();
        if told.status != 200 {
            return Err(told);
        }
        let reply: Reply = serde_json::from_value(told.json()).unwrap();
        let pins = Pins { inviter, joiner: self.pin() };
        let (awaiting, proof) = joining.prove(&reply, pins, &self.offer(member)).unwrap();
        let proof = json!({ "place": begin["place"], "proof": proof });
        let (told, _) = send(at, &shows, "/federation/enrolment/proof", &proof).unwrap();
        if told.status != 200 {
            return Err(told);
        }
        let answer: Proof = serde_json::from_value(told.json()).unwrap();
        let theirs = awaiting.finish(&answer).unwrap();
        assert!(Offer::read(&theirs, &inviter).is_ok(), "the inviter vouches for its certificate");
        Ok(Heard { begin, proof })
    }
}

fn pin(certificate: &[u8]) -> Pin {
    let certificate = CertificateDer::from(certificate.to_vec());
    Pin::of(&ParsedCertificate::try_from(&certificate).unwrap().subject_public_key_info())
}

/// Asks over TLS 1.3; what went wrong, where he was not heard.
pub fn get(at: &str, shows: &Shows, path: &str, more: &str) -> Result<Told, String> {
    let accept = "application/taxii+json;version=2.1, application/json;q=0.9";
    ask(
        at,
        shows,
        &format!("GET {path} HTTP/1.1\r\nhost: p\r\nconnection: close\r\naccept: {accept}\r\n{more}\r\n"),
    )
    .map(|(told, _)| told)
}

/// Sends JSON, and says whom he met.
pub fn send(at: &str, shows: &Shows, path: &str, body: &Value) -> Result<(Told, Pin), String> {
    let body = body.to_string();
    let head =
        format!("POST {path} HTTP/1.1\r\nhost: p\r\nconnection: close\r\ncontent-type: application/json\r\n");
    ask(at, shows, &format!("{head}content-length: {}\r\n\r\n{body}", body.len()))
}

fn ask(at: &str, shows: &Shows, request: &str) -> Result<(Told, Pin), String> {
    let mut line = Line::open(at, shows)?;
    line.say(request)?;
    let mut answer = Vec::new();
    if let Err(error) = line.line.read_to_end(&mut answer)
        && answer.is_empty()
    {
        return Err(error.to_string());
    }
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or("no answer")?;
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer[end + 4..].to_vec();
    let met = line.meets.0.lock().unwrap().unwrap();
    Ok((Told { status, head, body }, met))
}

/// A connection that stays open.
pub struct Line {
    line: StreamOwned<ClientConnection, TcpStream>,
    meets: Arc<Anybody>,
}

impl Line {
    pub fn open(at: &str, shows: &Shows) -> Result<Self, String> {
        let meets = Arc::new(Anybody::default());
        let sock = TcpStream::connect(at).map_err(|error| error.to_string())?;
        sock.set_read_timeout(Some(PATIENCE)).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&meets) as Arc<dyn ServerCertVerifier>);
        let config = match shows {
            Shows::Nothing => config.with_no_client_auth(),
            Shows::Certificate(certificate, key) => {
                let key = ring::sign::any_eddsa_type(&PrivatePkcs8KeyDer::from(key.clone())).unwrap();
                let certificate = CertificateDer::from(certificate.clone());
                let certified = CertifiedKey::new(vec![certificate], key);
                config.with_client_cert_resolver(Arc::new(Shown(Arc::new(certified))))
            }
        };
        let name = ServerName::try_from("anybody.invalid").unwrap();
        let conn = ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())?;
        Ok(Self { line: StreamOwned::new(conn, sock), meets })
    }

    pub fn say(&mut self, request: &str) -> Result<(), String> {
        self.line.write_all(request.as_bytes()).map_err(|error| error.to_string())
    }

    /// What comes until one of these words is in it, or the connection ends.
    pub fn until(&mut self, words: &[&str]) -> String {
        let (mut text, mut octets) = (String::new(), [0; 4096]);
        while !words.iter().any(|word| text.contains(word)) {
            match self.line.read(&mut octets) {
                Ok(0) | Err(_) => break,
                Ok(length) => text.push_str(&String::from_utf8_lossy(&octets[..length])),
            }
        }
        text
    }
}

/// Shows a certificate whatever is asked for.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Takes anybody for the server, and keeps whom he met.
#[derive(Debug, Default)]
struct Anybody(Mutex<Option<Pin>>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.0.lock().unwrap() = Some(pin(certificate));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
