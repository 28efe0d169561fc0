//! Discovery, API roots and collections, as the viewer may use them.

use axum::extract::State;
use kizuna_app::{AppError, Collection, Node, Root};
use kizuna_http::{Failure, Path, Server, Viewer};
use kizuna_taxii as wire;
use kizuna_taxii::media;

use super::answer::{Message, message};

/// The API root of this path segment. One that the viewer may not use is not there.
pub(super) fn root(node: &Node, viewer: &Viewer, slug: &str) -> Result<Root, AppError> {
    let roots = node.people(viewer.caller()).roots()?;
    roots.into_iter().find(|root| root.slug == slug).ok_or(AppError::NotFound)
}

/// The collection of this id or alias in an API root.
pub(super) fn collection_in(
    node: &Node,
    viewer: &Viewer,
    slug: &str,
    name: &str,
) -> Result<Collection, AppError> {
    let found = root(node, viewer, slug)?
        .collections
        .into_iter()
        .find(|collection| collection.alias.as_deref() == Some(name) || collection.id.to_string() == name);
    found.ok_or(AppError::NotFound)
}

pub(super) async fn discovery(State(server): State<Server>, viewer: Viewer) -> Result<Message, Failure> {
    let roots = server.blocking(move |node| node.people(viewer.caller()).roots()).await?;
    let urls: Vec<String> = roots.iter().map(|root| format!("/taxii2/{}/", root.slug)).collect();
    let discovery = wire::Discovery {
        title: "Kizuna".to_owned(),
        description: Some("An exchange for cyber-threat intelligence".to_owned()),
        contact: None,
        default: urls.first().cloned(),
        api_roots: urls,
    };
    Ok(message(&discovery))
}

pub(super) async fn api_root(
    State(server): State<Server>,
    viewer: Viewer,
    Path(slug): Path<String>,
) -> Result<Message, Failure> {
    let found = server.blocking(move |node| root(node, &viewer, &slug)).await?;
    let limit = server.caps().body_bytes as u64;
    Ok(message(&wire::ApiRoot::new(found.title, limit)))
}

pub(super) async fn collections(
    State(server): State<Server>,
    viewer: Viewer,
    Path(slug): Path<String>,
) -> Result<Message, Failure> {
    let found = server.blocking(move |node| root(node, &viewer, &slug)).await?;
    let collections = found.collections.into_iter().map(describe).collect();
    Ok(message(&wire::Collections { collections }))
}

pub(super) async fn collection(
    State(server): State<Server>,
    viewer: Viewer,
    Path((slug, name)): Path<(String, String)>,
) -> Result<Message, Failure> {
    let found = server.blocking(move |node| collection_in(node, &viewer, &slug, &name)).await?;
    Ok(message(&describe(found)))
}

fn describe(collection: Collection) -> wire::Collection {
    wire::Collection {
        id: collection.id,
        title: collection.title,
        description: Some(collection.description).filter(|text| !text.is_empty()),
        alias: collection.alias,
        can_read: collection.can_read,
        can_write: collection.can_write,
        media_types: vec![media::STIX.to_owned()],
    }
}
