//! Objects, manifest and versions: pages of a viewer's own order.

use axum::extract::{RawQuery, State};
use jiff::Timestamp;
use kizuna_app::{AppError, Collection, From, Item, Listing, Reading, Selection, Versions};
use kizuna_http::{Failure, Path, Server, Viewer};
use kizuna_stix::Id;
use kizuna_taxii::{Envelope, Filter, FilterError, Manifest, ManifestRecord, Match, VersionList, instant};

use super::answer::{Message, bytes, message};
use super::roots::collection_in;

/// The STIX version of everything served: what arrives as 2.0 is upgraded.
const SPEC_VERSION: &str = "2.1";

pub(super) async fn list(
    State(server): State<Server>,
    viewer: Viewer,
    Path((root, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Message, Failure> {
    let filter = read_filter(query.as_deref(), Match::OBJECTS)?;
    let ask = Ask { viewer, root, name, id: None, filter, all_versions: false };
    let page = ask.page(&server).await?;
    Ok(page.envelope())
}

pub(super) async fn manifest(
    State(server): State<Server>,
    viewer: Viewer,
    Path((root, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Message, Failure> {
    let filter = read_filter(query.as_deref(), Match::OBJECTS)?;
    let ask = Ask { viewer, root, name, id: None, filter, all_versions: false };
    let page = ask.page(&server).await?;
    let records =
        page.items.iter().map(|item| ManifestRecord::new(item.id.as_str(), item.added, version(item)));
    let manifest =
        Manifest { more: page.next.is_some(), objects: records.collect(), next: page.next.clone() };
    Ok(message(&manifest).added(page.added()))
}

pub(super) async fn one(
    State(server): State<Server>,
    viewer: Viewer,
    Path((root, name, id)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Message, Failure> {
    let filter = read_filter(query.as_deref(), Match::OBJECT)?;
    let ask = Ask { viewer, root, name, id: Some(id), filter, all_versions: false };
    let page = ask.page(&server).await?;
    Ok(page.envelope())
}

pub(super) async fn versions(
    State(server): State<Server>,
    viewer: Viewer,
    Path((root, name, id)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Message, Failure> {
    let filter = read_filter(query.as_deref(), Match::VERSIONS)?;
    let ask = Ask { viewer, root, name, id: Some(id), filter, all_versions: true };
    let page = ask.page(&server).await?;
    let versions = page.items.iter().map(|item| instant::format(version(item))).collect();
    let list = VersionList { more: page.next.is_some(), versions, next: page.next.clone() };
    Ok(message(&list).added(page.added()))
}

pub(super) fn read_filter(query: Option<&str>, known: &[Match]) -> Result<Filter, Failure> {
    let refused = |error: FilterError| Failure::invalid(format!("?{}", error.parameter), error.rule);
    Filter::parse(query.unwrap_or_default(), known).map_err(refused)
}

/// What a request asks for.
struct Ask {
    viewer: Viewer,
    root: String,
    /// The collection's id or alias.
    name: String,
    /// Of one object.
    id: Option<String>,
    filter: Filter,
    all_versions: bool,
}

/// What it gets.
struct Page {
    items: Vec<Item>,
    next: Option<String>,
}

impl Page {
    /// Objects leave as the bytes that are stored.
    fn envelope(&self) -> Message {
        let objects = self.items.iter().map(|item| &item.bytes[..]);
        bytes(Envelope::write(objects, self.next.as_deref())).added(self.added())
    }

    fn added(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.items.first()?.added, self.items.last()?.added))
    }
}

impl Ask {
    async fn page(self, server: &Server) -> Result<Page, Failure> {
        let cap = server.caps().page;
        server
            .blocking(move |node| {
                let collection = collection_in(node, &self.viewer, &self.root, &self.name)?;
                if !collection.can_read {
                    return Err(AppError::Forbidden("this collection is only written to".to_owned()));
                }
                let id = self.id.as_deref().map(str::parse::<Id>).transpose();
                let id = id.map_err(|_| AppError::NotFound)?;
                let reading = node.read(&self.viewer.principal)?;
                self.read(&reading, &collection, id, cap)
            })
            .await
    }

    fn read(
        &self,
        reading: &Reading,
        collection: &Collection,
        id: Option<Id>,
        cap: usize,
    ) -> Result<Page, AppError> {
        let filter = &self.filter;
        let limit = filter.limit.unwrap_or(cap).min(cap);
        let is_spoken = filter.takes_spec_version(SPEC_VERSION);
        let mut page = Page { items: Vec::new(), next: None };
        if is_spoken {
            let selection = self.selection(collection, id.as_ref());
            let listing = reading.page(&selection, &self.start(), limit)?;
            page = self.cut(listing);
        }
        if let (Some(id), true) = (id, page.items.is_empty()) {
            // A filter that leaves nothing of an object that is there is an empty answer; an object that is not
            // there, or not for this viewer, is not found.
            let any = Selection { versions: Versions::All, ..self.selection(collection, Some(&id)) };
            if reading.page(&any, &From::First, 1)?.items.is_empty() {
                return Err(AppError::NotFound);
            }
        }
        Ok(page)
    }

    fn selection(&self, collection: &Collection, id: Option<&Id>) -> Selection {
        let ids = match id {
            Some(id) => vec![id.clone()],
            None => self.filter.ids.clone().unwrap_or_default(),
        };
        let kinds = self.filter.kinds.clone().unwrap_or_default();
        let versions = if self.all_versions { Versions::All } else { chosen(&self.filter) };
        Selection { holds: collection.holds.clone(), ids, kinds, versions, own: false }
    }

    fn start(&self) -> From {
        match (&self.filter.next, self.filter.added_after) {
            (Some(cursor), _) => From::Cursor(cursor.clone()),
            (None, Some(after)) => From::AddedAfter(after),
            (None, None) => From::First,
        }
    }

    /// A cursor says where to go on; `added_after` beside it holds as well.
    fn cut(&self, listing: Listing) -> Page {
        let mut items = listing.items;
        if let (Some(_), Some(after)) = (&self.filter.next, self.filter.added_after) {
            items.retain(|item| item.added > after);
        }
        Page { items, next: listing.next.filter(|_| listing.more) }
    }
}

/// `match[version]`; the newest where nothing is said (§3.4.1).
fn chosen(filter: &Filter) -> Versions {
    let Some(wanted) = &filter.versions else { return Versions::Latest };
    match (wanted.all, wanted.first, wanted.last, wanted.at.is_empty()) {
        (true, ..) => Versions::All,
        (false, false, true, true) => Versions::Latest,
        (false, true, false, true) => Versions::First,
        _ => Versions::Any { latest: wanted.last, first: wanted.first, at: wanted.at.clone() },
    }
}

/// The version as TAXII names it: `modified`, else `created`, else when it was added (§5.3.1).
fn version(item: &Item) -> Timestamp {
    #[derive(serde::Deserialize)]
    struct Created<'a> {
        #[serde(borrow)]
        created: Option<std::borrow::Cow<'a, str>>,
    }
    if item.versioned {
        return item.version;
    }
    let read = serde_json::from_slice::<Created<'_>>(&item.bytes).ok();
    read.and_then(|read| read.created?.parse().ok()).unwrap_or(item.added)
}
