//! An alert at the press of a key, and when it arrives where.
//!
//! Each place is watched as an operator's tool would do it: one request for the node's events (`/api/v1/changes`), with
//! that viewer's own key.

use std::io::{BufRead as _, BufReader};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use kizuna_app::stix::Id;
use kizuna_web::demo::{Alarm as Shown, Arrival, Round};
use parking_lot::{Condvar, Mutex};
use serde_json::{Value, json};

use super::Viewer;

/// An alert that has not arrived everywhere by then is shown as far as it came.
const PATIENCE: Duration = Duration::from_secs(5);
/// Receipts come back by themselves; they are waited for a little after the alert is everywhere.
const RECEIPTS: Duration = Duration::from_millis(400);
const WATCHED: &str = "kizuna-alert,kizuna-receipt";

/// What came to one of the places.
struct Heard {
    place: usize,
    at: Instant,
    id: String,
    /// What it is about, where it is a receipt.
    receipt_of: Option<String>,
}

/// The alarm of the demonstration.
pub struct Alarm {
    /// Where it is fired, and what it is about.
    from: Viewer,
    indicator: Id,
    label: String,
    to: Value,
    places: Vec<String>,
    fired: AtomicUsize,
    heard: Mutex<Vec<Heard>>,
    came: Condvar,
    last: Mutex<Option<Round>>,
}

impl Alarm {
    /// Watches the places from now on; the first one is where alerts are fired.
    ///
    /// # Errors
    /// Where a place cannot be watched.
    pub fn set(places: &[Viewer], indicator: &Id, label: &str, community: &str) -> anyhow::Result<Arc<Self>> {
        let from = places.first().context("an alarm needs a place")?.clone();
        let alarm = Arc::new(Self {
            to: json!({ "parties": [community] }),
            places: places.iter().map(|place| place.name.clone()).collect(),
            indicator: indicator.clone(),
            label: label.to_owned(),
            fired: AtomicUsize::new(0),
            heard: Mutex::default(),
            came: Condvar::new(),
            last: Mutex::default(),
            from,
        });
        for (number, place) in places.iter().enumerate() {
            let stream = events(place).with_context(|| format!("{} cannot be watched", place.name))?;
            let alarm = Arc::clone(&alarm);
            std::thread::Builder::new()
                .name("watch".to_owned())
                .spawn(move || alarm.watch(number, stream))?;
        }
        Ok(alarm)
    }

    fn watch(&self, place: usize, stream: impl std::io::Read) {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let Some(data) = line.strip_prefix("data:") else { continue };
            let at = Instant::now();
            let Ok(item) = serde_json::from_str::<Value>(data) else { continue };
            let object = &item["object"];
            let text = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
            let receipt_of = (object["type"] == "kizuna-receipt").then(|| text("object_ref"));
            self.heard.lock().push(Heard { place, at, id: text("id"), receipt_of });
            self.came.notify_all();
        }
    }

    /// Fires one and waits until it is everywhere.
    pub fn ring(&self) -> anyhow::Result<Round> {
        let number = self.fired.fetch_add(1, Ordering::Relaxed) + 1;
        let title = format!("Exercise alert {number}: block Harbour Moth's control server");
        let alert = json!({
            "title": title,
            "text": "Seen within the hour at a container terminal. Block the address and the name below.",
            "urgency": "emergency",
            "actions": ["Block what is listed", "Look for connections since October", "Tell us what you find"],
            "to": self.to,
            "objects": [self.indicator],
        });
        let pressed = Instant::now();
        let url = format!("{}/api/v1/alerts", self.from.url);
        let mut answer = ureq::post(&url)
            .config()
            .http_status_as_error(false)
            .build()
            .query("label", &self.label)
            .header("authorization", format!("Bearer {}", self.from.key))
            .send_json(&alert)?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status().is_success(), "the alert was not taken: {text}");
        let stored: Value = serde_json::from_str(&text)?;
        let id = stored["id"].as_str().context("an alert without an id")?.to_owned();
        let round = self.followed(number, title, &id, pressed);
        *self.last.lock() = Some(round.clone());
        Ok(round)
    }

    /// Where one arrived until it was everywhere, or too much time went by.
    fn followed(&self, number: usize, title: String, id: &str, pressed: Instant) -> Round {
        let mut heard = self.heard.lock();
        let until = pressed + PATIENCE;
        let is_everywhere = |heard: &[Heard]| {
            (0..self.places.len()).all(|place| heard.iter().any(|one| one.place == place && one.id == id))
        };
        while !is_everywhere(&heard) && Instant::now() < until {
            self.came.wait_until(&mut heard, until);
        }
        let until = Instant::now() + RECEIPTS;
        while Instant::now() < until {
            self.came.wait_until(&mut heard, until);
        }
        let after = |at: Instant| at.saturating_duration_since(pressed);
        let arrivals = self.places.iter().enumerate().map(|(place, name)| Arrival {
            place: name.clone(),
            after: heard.iter().find(|one| one.place == place && one.id == id).map(|one| after(one.at)),
        });
        let about = |one: &&Heard| one.place == 0 && one.receipt_of.as_deref() == Some(id);
        let receipts = heard.iter().filter(about).count();
        Round { number, title, id: id.to_owned(), arrivals: arrivals.collect(), receipts }
    }
}

impl Shown for Alarm {
    fn ring(&self) -> Result<(), String> {
        Alarm::ring(self).map(drop).map_err(|error| format!("{error:#}"))
    }

    fn last(&self) -> Option<Round> {
        self.last.lock().clone()
    }
}

/// A node's events, as one viewer gets them from now on.
fn events(place: &Viewer) -> anyhow::Result<impl std::io::Read + Send + use<>> {
    let url = format!("{}/api/v1/changes", place.url);
    let answer = ureq::get(&url)
        .query("type", WATCHED)
        .header("authorization", format!("Bearer {}", place.key))
        .header("accept", "text/event-stream")
        .call()?;
    Ok(answer.into_body().into_with_config().limit(u64::MAX).reader())
}
