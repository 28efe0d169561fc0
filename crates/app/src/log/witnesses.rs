//! The witnesses of this node's log: asked to co-sign each published checkpoint (C2SP `tlog-witness`).

use std::time::Duration;

use jiff::Timestamp;
use kizuna_stix::{Fault, Severity};
use kizuna_tlog::{AddCheckpoint, Head, Note, Signed, Use, Verifier};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::witness::encode;
use super::{PUBLISHED, STATE};
use crate::people::People;
use crate::{AppError, Node};

/// Node state: witnesses by name.
const WITNESS: &str = "log.witness";
/// What a sealed credential is bound to.
const BOUND: &str = "kizuna log witness";
/// For one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// More of an answer is not read.
const ANSWER_BYTES: u64 = 64 << 10;
/// Of a failure, what is kept.
const REASON: usize = 300;
/// Of a name, in characters.
const NAME: usize = 100;

/// A witness, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    name: String,
    /// Where it takes requests: `…/add-checkpoint` is added.
    url: String,
    /// What checks its co-signatures.
    key: String,
    /// An API key there, sealed.
    credential: Option<String>,
    /// The size that it co-signed last.
    size: u64,
    at: Option<Timestamp>,
    error: Option<String>,
}

/// A witness of this log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Witness {
    pub name: String,
    pub url: String,
    /// What checks its co-signatures: `NAME+ID+KEY`.
    pub key: String,
    /// The size that it co-signed last.
    pub size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Why it did not co-sign the last time it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A witness to be added.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewWitness {
    pub name: String,
    pub url: String,
    pub key: String,
    /// An API key there, where it asks for one.
    pub credential: Option<String>,
}

impl Node {
    /// The witnesses of this log.
    pub fn log_witnesses(&self) -> Result<Vec<Witness>, AppError> {
        Ok(self.kept_witnesses()?.into_iter().map(shown).collect())
    }

    fn kept_witnesses(&self) -> Result<Vec<Kept>, AppError> {
        let kept = self.store.states(WITNESS)?;
        Ok(kept.iter().filter_map(|(_, value)| serde_json::from_slice(value).ok()).collect())
    }

    /// Asks every witness to co-sign the log as it is now, and publishes that checkpoint with what they answered.
    pub fn ask_witnesses(&self) -> Result<Note, AppError> {
        let key = self.log_key()?;
        let (mut note, head) = self.signed(&key, None)?;
        for witness in self.kept_witnesses()? {
            let asked = self.ask_witness(&witness, &note, head);
            let now = self.now();
            let after = match asked {
                Ok(cosigned) => {
                    for signature in cosigned.signatures() {
                        note.add(signature.clone());
                    }
                    Kept { size: head.size, at: Some(now), error: None, ..witness.clone() }
                }
                Err(error) => {
                    let error: String = error.to_string().chars().take(REASON).collect();
                    tracing::warn!(witness.name = %witness.name, error, "a witness did not co-sign");
                    Kept { error: Some(error), ..witness.clone() }
                }
            };
            let (expected, value) = (Some(encode(&witness)?), Some(encode(&after)?));
            // One that was removed or changed meanwhile stays so.
            self.store.writer().swap_state(WITNESS, &witness.name, expected, value, None)?;
        }
        self.store.writer().set_state(STATE, PUBLISHED, Some(note.to_string().into_bytes()), None)?;
        Ok(note)
    }

    /// The co-signatures of one witness, under the text of a checkpoint.
    fn ask_witness(&self, witness: &Kept, note: &Note, head: Head) -> Result<Note, AppError> {
        let key: Verifier = witness.key.parse().map_err(|_| unavailable("its key cannot be read"))?;
        let mut old = witness.size.min(head.size);
        for _ in 0..2 {
            let proof = self.store.log()?.consistency(old, head.size)?;
            let request = AddCheckpoint { old, proof, note: note.clone() };
            let (status, body) = self.post_checkpoint(witness, &request.to_string())?;
            match status {
                200 => return cosignatures(note, &body, &key),
                409 => {
                    let seen = body.trim().parse::<u64>().ok();
                    let seen = seen.ok_or_else(|| unavailable("it says that this log has two histories"))?;
                    if seen > head.size {
                        return Err(unavailable(&format!(
                            "it has seen {seen} leaves of this log, which has {}: this node goes on from an older \
                             state; begin a new log with: kizuna log renew",
                            head.size
                        )));
                    }
                    old = seen;
                }
                _ => return Err(unavailable(&format!("it answered {status}: {}", body.trim()))),
            }
        }
        Err(unavailable("it keeps saying that it has seen another size"))
    }

    fn post_checkpoint(&self, witness: &Kept, body: &str) -> Result<(u16, String), AppError> {
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        let agent: ureq::Agent = config.into();
        let base = witness.url.trim_end_matches('/');
        let mut request = agent.post(format!("{base}/add-checkpoint")).header("content-type", "text/plain");
        if let Some(sealed) = &witness.credential {
            let opened = hex::decode(sealed).ok().and_then(|sealed| self.vault.unseal(BOUND, &sealed));
            let opened = opened.ok_or_else(|| unavailable("its API key cannot be opened: give it anew"))?;
            request = request.header("authorization", format!("Bearer {}", String::from_utf8_lossy(&opened)));
        }
        let unreachable = |error: ureq::Error| unavailable(&error.to_string());
        let mut response = request.send(body).map_err(unreachable)?;
        let status = response.status().as_u16();
        let body =
            response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec().map_err(unreachable)?;
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// The checkpoint with what a witness answered, where that is its own.
fn cosignatures(note: &Note, body: &str, key: &Verifier) -> Result<Note, AppError> {
    let wrong = || unavailable("it answered no co-signature of its own");
    let lines = body.lines().map(str::parse).collect::<Result<Vec<_>, _>>().map_err(|_| wrong())?;
    let own = lines.into_iter().filter(|line: &kizuna_tlog::NoteSignature| line.name == *key.name());
    let cosigned = Note::new(note.text().to_owned(), own.collect()).map_err(|_| wrong())?;
    match cosigned.signature_of(key) {
        Signed::By { .. } => Ok(cosigned),
        Signed::Not | Signed::Forged => Err(wrong()),
    }
}

/// The key of a witness that can be asked; else everything that is wrong with it, at once.
fn checked(new: &NewWitness) -> Result<Verifier, AppError> {
    let is_name = !new.name.trim().is_empty()
        && new.name.chars().count() <= NAME
        && !new.name.chars().any(char::is_control);
    let is_address =
        new.url.parse::<Url>().is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let mut faults = Vec::new();
    let mut wrong = |path: &str, rule: String| {
        faults.push(Fault { severity: Severity::Error, path: path.to_owned(), rule });
    };
    if !is_name {
        wrong("$.name", format!("a name of at most {NAME} characters"));
    }
    if !is_address {
        wrong("$.url", "an address that begins with http:// or https://".to_owned());
    }
    let key = new.key.parse::<Verifier>();
    if let Err(error) = &key {
        wrong("$.key", format!("{error}"));
    }
    match key {
        Ok(key) if faults.is_empty() => Ok(key),
        _ => Err(AppError::Invalid { faults }),
    }
}

fn shown(kept: Kept) -> Witness {
    let Kept { name, url, key, credential: _, size, at, error } = kept;
    Witness { name, url, key, size, at, error }
}

fn unavailable(why: &str) -> AppError {
    AppError::Unavailable(why.to_owned())
}

impl People<'_> {
    /// Asks this witness from now on.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with everything that is wrong with its name, address and key; [`AppError::Conflict`] for
    /// a name that is taken.
    pub fn add_witness(&self, new: NewWitness) -> Result<Witness, AppError> {
        self.needs_to_run_node()?;
        let node = self.node();
        let key = checked(&new)?;
        let sealed = |secret: &String| node.vault.seal(BOUND, secret.as_bytes()).map(hex::encode);
        let kept = Kept {
            name: new.name.clone(),
            url: new.url,
            key: key.for_use(Use::Cosignature).to_string(),
            credential: new.credential.as_ref().map(sealed).transpose()?,
            size: 0,
            at: None,
            error: None,
        };
        if !node.store.writer().swap_state(WITNESS, &new.name, None, Some(encode(&kept)?), None)? {
            return Err(AppError::Conflict("there is a witness of this name".to_owned()));
        }
        let witness = shown(kept);
        self.tell("log.witness-added", &json!({ "name": witness.name, "key": witness.key }))?;
        Ok(witness)
    }

    /// Asks a witness no more.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none of this name.
    pub fn remove_witness(&self, name: &str) -> Result<(), AppError> {
        self.needs_to_run_node()?;
        let store = &self.node().store;
        if store.state(WITNESS, name)?.is_none() {
            return Err(AppError::NotFound);
        }
        store.writer().set_state(WITNESS, name, None, None)?;
        self.tell("log.witness-removed", &json!({ "name": name }))
    }

    /// Begins the log's identity anew, see [`Node::renew_log`].
    ///
    /// # Errors
    /// Like it, and [`AppError::Forbidden`] for who does not run the node.
    pub fn renew_log(&self, origin: Option<&str>) -> Result<Verifier, AppError> {
        self.needs_to_run_node()?;
        Ok(self.node().renew_log(origin, self.actor())?.verifier())
    }
}
