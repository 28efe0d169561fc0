//! TLS 1.3 with certificates that are known by their pins. What signs a handshake is checked by rustls; only whose
//! certificate it is, is decided here.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use kizuna_federation::transport::Pin;
use kizuna_store::Store;
use parking_lot::Mutex;
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, ring, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{NoServerSessionStorage, ParsedCertificate};
use rustls::time_provider::TimeProvider;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, DistinguishedName, Error,
    RootCertStore, ServerConfig, SignatureScheme, StreamOwned,
};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport as Way, TransportAdapter,
};
use zeroize::Zeroizing;

use super::Transport;
use crate::AppError;

/// What certificates say: nothing. Who it is says the pin.
const NAME: &str = "kizuna";
/// What is asked for by name: nothing is judged by it.
const NOBODY: &str = "peer.kizuna.invalid";

/// Whose certificate is taken.
#[derive(Debug, Clone)]
pub(in crate::peers) enum Expected {
    Pinned(Vec<Pin>),
    /// Anybody's, while two nodes enrol: the exchange itself judges the pin that was seen. One agent sees one.
    Anyone(Arc<Mutex<Option<Pin>>>),
}

impl Expected {
    pub fn anyone() -> Self {
        Self::Anyone(Arc::default())
    }

    fn takes(&self, certificate: &CertificateDer<'_>) -> Result<Pin, Error> {
        let pin = pin_of(certificate)?;
        let is_taken = match self {
            Self::Pinned(pins) => pin.is_among(pins),
            Self::Anyone(first) => {
                let first = *first.lock().get_or_insert(pin);
                pin.is_among([&first])
            }
        };
        let refused = Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure);
        if is_taken { Ok(pin) } else { Err(refused) }
    }
}

/// The pin of a certificate.
pub(super) fn pin_of(certificate: &CertificateDer<'_>) -> Result<Pin, Error> {
    let parsed = ParsedCertificate::try_from(certificate)?;
    Ok(Pin::of(&parsed.subject_public_key_info()))
}

/// A new certificate and its private key (PKCS #8).
pub(super) fn made() -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), AppError> {
    let failed = |error: rcgen::Error| AppError::Internal(format!("a transport key cannot be made: {error}"));
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).map_err(failed)?;
    let mut says = rcgen::CertificateParams::default();
    says.distinguished_name = rcgen::DistinguishedName::new();
    says.distinguished_name.push(rcgen::DnType::CommonName, NAME);
    let certificate = says.self_signed(&key).map_err(failed)?;
    Ok((certificate.der().to_vec(), Zeroizing::new(key.serialize_der())))
}

/// What a listener shows and asks for.
pub(super) fn server(
    own: &Transport,
    expected: Expected,
    time: NodeTime,
) -> Result<Arc<ServerConfig>, AppError> {
    let provider = Arc::new(ring::default_provider());
    let judge = Arc::new(Judge { expected, provider, met: Arc::default() });
    let config = ServerConfig::builder_with_details(Arc::clone(&judge.provider), Arc::new(time))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .and_then(|builder| {
            let key = PrivatePkcs8KeyDer::from(own.key.to_vec());
            builder
                .with_client_cert_verifier(judge)
                .with_single_cert(vec![own.certificate.clone()], key.into())
        });
    let mut config = config.map_err(|error| unusable(&error))?;
    // A certificate that was removed must not come back with a ticket.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// What asks over a channel, and whom it met.
pub(in crate::peers) struct Connected {
    pub connector: Pinned,
    met: Arc<Mutex<Option<Pin>>>,
}

impl Connected {
    /// The pin of who answered last.
    pub fn met(&self) -> Option<Pin> {
        *self.met.lock()
    }
}

/// What asks over a channel.
pub(in crate::peers) fn client(
    own: &Transport,
    expected: Expected,
    time: NodeTime,
) -> Result<Connected, AppError> {
    let provider = Arc::new(ring::default_provider());
    let met = Arc::default();
    let judge = Arc::new(Judge { expected, provider: Arc::clone(&provider), met: Arc::clone(&met) });
    let config = ClientConfig::builder_with_details(provider, Arc::new(time))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .and_then(|builder| {
            let key = PrivatePkcs8KeyDer::from(own.key.to_vec());
            // Dangerous where nothing is judged in its place: here the pin is.
            let builder = builder.dangerous().with_custom_certificate_verifier(judge);
            builder.with_client_auth_cert(vec![own.certificate.clone()], key.into())
        });
    let mut config = config.map_err(|error| unusable(&error))?;
    config.enable_sni = false;
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Connected { connector: Pinned { config: Arc::new(config) }, met })
}

fn unusable(error: &Error) -> AppError {
    AppError::Internal(format!("the transport key cannot be used: {error}"))
}

/// The node's time, for the dates of certificates.
#[derive(Clone)]
pub(in crate::peers) struct NodeTime(pub Store);

impl fmt::Debug for NodeTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NodeTime")
    }
}

impl TimeProvider for NodeTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.wall().as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// Judges certificates by their pins, on either side.
struct Judge {
    expected: Expected,
    provider: Arc<CryptoProvider>,
    /// Whose certificate was taken last.
    met: Arc<Mutex<Option<Pin>>>,
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge").field("expected", &self.expected).finish_non_exhaustive()
    }
}

impl Judge {
    fn takes(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
        let pin = self.expected.takes(certificate)?;
        self.vouches_for_itself(certificate, now)?;
        *self.met.lock() = Some(pin);
        Ok(())
    }

    /// A certificate is signed by its own key and within its own dates. Ours say none; one that does is held to them.
    fn vouches_for_itself(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
        let mut itself = RootCertStore::empty();
        itself.add(certificate.clone().into_owned())?;
        let parsed = ParsedCertificate::try_from(certificate)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&parsed, &itself, &[], now, algorithms)
    }

    fn signed(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn only_tls13() -> Error {
    Error::General("only TLS 1.3 is spoken here".to_owned())
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.takes(end_entity, now).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

impl ClientCertVerifier for Judge {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.takes(end_entity, now).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(only_tls13())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

/// Puts every connection of a client under TLS with what it is to expect.
#[derive(Debug, Clone)]
pub(in crate::peers) struct Pinned {
    config: Arc<ClientConfig>,
}

impl<In: Way> Connector<In> for Pinned {
    type Out = Secured;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Secured>, ureq::Error> {
        let Some(below) = chained else { return Ok(None) };
        if !details.needs_tls() {
            return Err(ureq::Error::RequireHttpsOnly("an enrolled peer is asked over TLS alone".to_owned()));
        }
        let name = ServerName::try_from(NOBODY).map_err(|_| ureq::Error::Tls("no name"))?;
        let mut conn = ClientConnection::new(Arc::clone(&self.config), name)?;
        let mut sock = TransportAdapter::new(Box::new(below) as Box<dyn Way>, details.current_time.clone());
        sock.set_timeout(details.timeout);
        conn.complete_io(&mut sock)?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Ok(Some(Secured { buffers, stream: StreamOwned { conn, sock } }))
    }
}

/// One connection under TLS.
pub(in crate::peers) struct Secured {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl fmt::Debug for Secured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secured")
    }
}

impl Way for Secured {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let output = &self.buffers.output()[..amount];
        self.stream.write_all(output)?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let input = self.buffers.input_append_buf();
        let amount = self.stream.read(input)?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}
