//! From the URL that somebody typed to the collections of a server.

use kizuna_taxii::{ApiRoot, Collection, Collections, Discovery};
use url::Url;

use super::Peer;
use super::client::Client;
use crate::AppError;

/// A collection at a peer.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Of its objects.
    pub objects: Url,
    pub collection: Collection,
    /// Octets that one POST may have.
    pub max_content_length: u64,
}

/// Every collection that the peer shows us, of those that were asked for.
pub(super) fn collections(client: &Client, peer: &Peer) -> Result<Vec<Place>, AppError> {
    let mut places = Vec::new();
    for root in roots(client, &peer.url)? {
        places.extend(of_root(client, &root)?);
    }
    if let Some(id) = collection_in(&peer.url) {
        places.retain(|place| is(&place.collection, &id));
    }
    if !peer.collections.is_empty() {
        places.retain(|place| peer.collections.iter().any(|asked| is(&place.collection, asked)));
    }
    if places.is_empty() {
        return Err(AppError::Unavailable(format!(
            "{} shows us none of the collections asked for",
            peer.url
        )));
    }
    Ok(places)
}

/// The collections to pull from: where a root has one that holds everything, that one stands for all roots of a node
/// of our kind.
pub(super) fn to_pull(places: &[Place], peer: &Peer) -> Vec<Place> {
    let readable = places.iter().filter(|place| place.collection.can_read);
    let everything = |place: &&Place| place.collection.alias.as_deref() == Some("all");
    let is_chosen = !peer.collections.is_empty() || collection_in(&peer.url).is_some();
    let all: Vec<Place> = readable.clone().filter(everything).cloned().collect();
    if !all.is_empty() && !is_chosen { all } else { readable.cloned().collect() }
}

/// The collection to push to: the inbox, else the first that can be written to.
pub(super) fn to_push(places: &[Place]) -> Result<Place, AppError> {
    let mut writable = places.iter().filter(|place| place.collection.can_write);
    let first = writable.clone().next();
    let inbox = writable.find(|place| place.collection.alias.as_deref() == Some("inbox"));
    inbox
        .or(first)
        .cloned()
        .ok_or_else(|| AppError::Unavailable("the peer has no collection that we may write to".to_owned()))
}

/// Where a node of our kind, whose collection this is, has another path; nothing where it cannot be one.
pub(super) fn native(objects: &Url, path: &str) -> Option<Url> {
    let (base, _) = objects.path().split_once("/taxii2/")?;
    let mut url = objects.clone();
    url.set_path(&format!("{base}{path}"));
    url.set_query(None);
    Some(url)
}

fn is(collection: &Collection, asked: &str) -> bool {
    collection.id.to_string() == asked || collection.alias.as_deref() == Some(asked)
}

/// The API roots behind a URL, each ending in `/`.
fn roots(client: &Client, typed: &Url) -> Result<Vec<Url>, AppError> {
    if let Some(root) = root_of_collection(typed) {
        return Ok(vec![root]);
    }
    let base = with_slash(typed);
    let asked = match client.get(&base) {
        Ok(answer) => answer.read::<serde_json::Value>(&base).map(|found| (base.clone(), found)),
        Err(error) => Err(error),
    };
    let looks_right =
        |found: &serde_json::Value| found.get("api_roots").is_some() || found.get("versions").is_some();
    let (url, found) = match asked {
        Ok((url, found)) if looks_right(&found) => (url, found),
        // A bare host: TAXII's own place (§4.1).
        asked if base.path() == "/" => {
            let standard = join(&base, "taxii2/")?;
            let answer = client.get(&standard).map_err(|error| asked.err().unwrap_or(error))?;
            let found = answer.read(&standard)?;
            (standard, found)
        }
        Ok((url, _)) => {
            return Err(AppError::Unavailable(format!(
                "{url} is neither TAXII 2.1 discovery nor an API root"
            )));
        }
        Err(error) => return Err(error),
    };
    if found.get("api_roots").is_none() {
        return Ok(vec![url]);
    }
    let discovery: Discovery = serde_json::from_value(found)
        .map_err(|error| AppError::Unavailable(format!("{url} answered no TAXII 2.1 discovery: {error}")))?;
    discovery.api_roots.iter().map(|root| Ok(with_slash(&join(&url, root)?))).collect()
}

fn of_root(client: &Client, root: &Url) -> Result<Vec<Place>, AppError> {
    let about: ApiRoot = client.get(root)?.read(root)?;
    let url = join(root, "collections/")?;
    let listed: Collections = client.get(&url)?.read(&url)?;
    let place = |collection: Collection| {
        let objects = join(&url, &format!("{}/objects/", collection.id))?;
        Ok(Place { objects, collection, max_content_length: about.max_content_length })
    };
    listed.collections.into_iter().map(place).collect()
}

/// `…/collections/ID/…` → the API root.
fn root_of_collection(url: &Url) -> Option<Url> {
    let path = url.path();
    let at = path.find("/collections/")?;
    let mut root = url.clone();
    root.set_path(&path[..=at]);
    root.set_query(None);
    Some(root)
}

fn collection_in(url: &Url) -> Option<String> {
    let (_, rest) = url.path().split_once("/collections/")?;
    let id = rest.split('/').next()?;
    (!id.is_empty()).then(|| id.to_owned())
}

fn with_slash(url: &Url) -> Url {
    let mut url = url.clone();
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

fn join(base: &Url, path: &str) -> Result<Url, AppError> {
    base.join(path).map_err(|error| AppError::Unavailable(format!("{base} names {path:?}, no URL: {error}")))
}
