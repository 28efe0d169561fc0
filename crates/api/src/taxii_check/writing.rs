//! Adding objects, their status, deleting them.

use kizuna_app::{Clock as _, SystemClock};
use kizuna_taxii::media;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::Client;
use super::{CheckError, FoundCollection, FoundRoot, Suite, list, require};

/// A body over a cap larger than this is not tried.
const LARGEST: u64 = 128 << 20;

pub(super) fn check(
    client: &Client,
    suite: &mut Suite<'_>,
    roots: &[FoundRoot],
    collections: &[FoundCollection],
    may_write: bool,
) -> Result<(), CheckError> {
    check_read_only(client, suite, collections)?;
    if !may_write {
        suite.skip("5.5", "adding and deleting objects", "not asked to write");
        return Ok(());
    }
    // Where it can be read as well, more can be checked.
    let writable = || collections.iter().filter(|collection| collection.can_write);
    let Some(collection) = writable().find(|collection| collection.can_read).or_else(|| writable().next())
    else {
        suite.skip("5.5", "adding and deleting objects", "no collection can be written");
        return Ok(());
    };
    let objects = format!("{}objects/", collection.url);
    let note = note();
    check_add(client, suite, collection, &objects, &note)?;
    check_refusals(client, suite, roots, collection, &objects)?;
    check_delete(client, suite, collection, &objects, &note)
}

/// An invented object.
fn note() -> Value {
    let now = format!("{:.3}", SystemClock.now());
    json!({
        "type": "note", "spec_version": "2.1", "id": format!("note--{}", Uuid::new_v4()),
        "created": now, "modified": now, "content": "An invented note of a conformance check",
        "object_refs": [format!("identity--{}", Uuid::new_v4())],
    })
}

fn check_read_only(
    client: &Client,
    suite: &mut Suite<'_>,
    collections: &[FoundCollection],
) -> Result<(), CheckError> {
    let name = "adding to a collection that is only read: 403 or 404";
    let Some(collection) = collections.iter().find(|collection| !collection.can_write) else {
        suite.skip("5.5", name, "every collection can be written");
        return Ok(());
    };
    // Without objects: nothing is added even where a server lets it through.
    let answer = client
        .ask(http::Method::POST, format!("{}objects/", collection.url))
        .body(media::TAXII, "{}")
        .send()?;
    suite.judge("5.5", name, answer.is_failure(&[403, 404, 422]));
    Ok(())
}

fn envelope(objects: &[&Value]) -> Vec<u8> {
    json!({ "objects": objects }).to_string().into_bytes()
}

fn check_add(
    client: &Client,
    suite: &mut Suite<'_>,
    collection: &FoundCollection,
    objects: &str,
    note: &Value,
) -> Result<(), CheckError> {
    let post = |body: Vec<u8>| client.ask(http::Method::POST, objects).body(media::TAXII, body).send();
    let added = post(envelope(&[note]))?;
    suite.judge("5.5", "adding an object: 202 with a status", added.is_message(202));
    let sums = counts(&added.json).and_then(|[total, done, failed, pending]| {
        require(total == 1 && total == done + failed + pending, || added.json.to_string())
    });
    suite.judge("4.3.1", "the counts of a status add up", sums);
    let id = added.json["id"].as_str().unwrap_or_default();
    let status = client.get(format!("{}status/{id}/", collection.root)).send()?;
    let same =
        status.is_message(200).and_then(|()| require(status.json["id"] == id, || "it is another".to_owned()));
    suite.judge("4.3", "the status can be asked for", same);
    let missing = client.get(format!("{}status/{}/", collection.root, Uuid::new_v4())).send()?;
    suite.judge("4.3", "a status that is absent: 404", missing.is_failure(&[404]));
    let again = post(envelope(&[note]))?;
    let success = counts(&again.json).and_then(|[_, done, failed, pending]| {
        require(failed == 0 && done + pending == 1, || again.json.to_string())
    });
    suite.judge("5.5", "adding the same object again is a success", success);
    let bad = json!({ "type": "note", "id": "note--not-a-uuid" });
    let good = self::note();
    let mixed = post(envelope(&[&bad, &good]))?;
    let alone =
        mixed.has_status(&[202]).and_then(|()| counts(&mixed.json)).and_then(|[_, done, failed, pending]| {
            require(pending > 0 || (done, failed) == (1, 1), || mixed.json.to_string())?;
            let says = list(&mixed.json, "failures").iter().all(|failure| failure["message"].is_string());
            require(says, || "a failure has no reason".to_owned())
        });
    suite.judge("5.5", "a bad object fails alone, with its reason", alone);
    if collection.can_read {
        let id = note["id"].as_str().unwrap_or_default();
        let read = client.get(format!("{objects}{id}/")).send()?;
        suite.judge("5.6", "what was added can be read", read.is_message(200));
    }
    Ok(())
}

/// Total, successes, failures, pending.
fn counts(status: &Value) -> Result<[u64; 4], String> {
    let count = |name: &str| status[name].as_u64().ok_or_else(|| format!("`{name}` is no number"));
    Ok([count("total_count")?, count("success_count")?, count("failure_count")?, count("pending_count")?])
}

fn check_refusals(
    client: &Client,
    suite: &mut Suite<'_>,
    roots: &[FoundRoot],
    collection: &FoundCollection,
    objects: &str,
) -> Result<(), CheckError> {
    let post =
        |media: &'static str, body: Vec<u8>| client.ask(http::Method::POST, objects).body(media, body).send();
    for media in ["application/json", "application/taxii+json;version=2.0", "text/plain"] {
        let answer = post(media, envelope(&[]))?;
        suite.judge("3.6", "a body of another type: 415", answer.is_failure(&[415]));
    }
    let broken = post(media::TAXII, b"{\"objects\":[".to_vec())?;
    suite.judge("3.6", "a body that is no JSON: 400 or 422", broken.is_failure(&[400, 422]));
    let root = roots.iter().find(|root| root.url == collection.root);
    let name = "a body over max_content_length: 413";
    match root.and_then(|root| root.max_content_length).filter(|length| *length < LARGEST) {
        None => suite.skip("3.6", name, "it takes more than is tried"),
        Some(length) => {
            let spaces = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(1);
            match post(media::TAXII, vec![b' '; spaces]) {
                Ok(answer) => suite.judge("3.6", name, answer.is_failure(&[413])),
                Err(CheckError::Unreachable { .. }) => {
                    suite.skip("3.6", name, "the server closed the connection before it could be read");
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

fn check_delete(
    client: &Client,
    suite: &mut Suite<'_>,
    collection: &FoundCollection,
    objects: &str,
    note: &Value,
) -> Result<(), CheckError> {
    if !collection.can_read {
        suite.skip("5.7", "deleting one's own object", "the collection cannot be read as well");
        return Ok(());
    }
    let id = note["id"].as_str().unwrap_or_default();
    let deleted = client.ask(http::Method::DELETE, format!("{objects}{id}/")).send()?;
    suite.judge("5.7", "deleting one's own object", deleted.has_status(&[200, 202, 204]));
    let absent = format!("{objects}note--{}/", Uuid::new_v4());
    let missing = client.ask(http::Method::DELETE, absent).send()?;
    suite.judge("5.7", "deleting an object that is absent: 404", missing.is_failure(&[404]));
    Ok(())
}
