//! Pulling: page after page of each collection, from where the last one was durable.

use kizuna_access::channel::Channel;
use kizuna_access::{Label, MemberId, Party};
use kizuna_stix::Object;
use kizuna_stix::read::{Element, read};
use kizuna_store::View;
use kizuna_taxii::{DATE_ADDED_LAST, Envelope};

use super::client::{Answer, Client};
use super::locate::Place;
use super::{Peer, PeerStatus};
use crate::ingest::{Delivery, Giver, Origin, PEER, labelled, terms};
use crate::{AppError, Node};

/// Node state: where pulling from each collection stands.
pub(super) const PULLS: &str = "peer.pull";
/// Objects asked for in one page.
const PAGE: usize = 1_000;

/// Where pulling from one collection stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
struct Stand {
    /// With what a series of pages began: the server's own words for when an object became readable.
    added_after: Option<String>,
    /// Inside a series of pages.
    next: Option<String>,
    /// When the last object that was taken in became readable: with what the next series begins.
    last: Option<String>,
}

impl Stand {
    fn end_series(&mut self) {
        self.next = None;
        self.added_after.clone_from(&self.last);
    }
}

impl Node {
    /// Takes in all that a collection has for us and we do not have yet.
    pub(super) fn pull(
        &self,
        peer: &Peer,
        client: &Client,
        place: &Place,
        status: &mut PeerStatus,
    ) -> Result<(), AppError> {
        let giver = self.peer_giver(peer)?;
        let key = format!("{} {}", peer.name, place.objects);
        let mut stand: Stand = self.kept_json(PULLS, &key)?.unwrap_or_default();
        loop {
            let answer = match ask_page(client, place, &stand) {
                // A server forgets its pages: begin after the last object.
                Err(_) if stand.next.is_some() => {
                    stand.end_series();
                    continue;
                }
                answer => answer?,
            };
            let envelope: Envelope = answer.read(&place.objects)?;
            let is_last = !envelope.more || envelope.next.is_none() || envelope.objects.is_empty();
            self.take_page(peer, &giver, &envelope, status)?;
            if let Some(last) = answer.header(DATE_ADDED_LAST) {
                stand.last = Some(last.to_owned());
            }
            if is_last {
                stand.end_series();
            } else {
                stand.next = envelope.next;
            }
            self.keep_json(PULLS, &key, &stand)?;
            if is_last {
                return Ok(());
            }
        }
    }

    /// Stores one page; durable on return.
    fn take_page(
        &self,
        peer: &Peer,
        giver: &Giver,
        envelope: &Envelope,
        status: &mut PeerStatus,
    ) -> Result<(), AppError> {
        let own = self.own_of_page(peer, envelope)?;
        let fresh =
            envelope.objects.iter().zip(&own).filter(|(_, own)| !**own).map(|(object, _)| object.get());
        let fresh: Vec<&str> = fresh.collect();
        status.pulled += envelope.objects.len() as u64;
        status.known += (envelope.objects.len() - fresh.len()) as u64;
        if fresh.is_empty() {
            return Ok(());
        }
        let bytes = format!("{{\"objects\":[{}]}}", fresh.join(","));
        let report = self.take_in(giver, bytes.as_bytes(), &Delivery::default())?;
        status.known += report.duplicates as u64;
        status.quarantined += report.quarantined as u64;
        Ok(())
    }

    /// Which objects of a page are coming back: those that the peer's members could have had from us, and those that
    /// members living here wrote, as they wrote them. Marking definitions are everybody's who uses them.
    fn own_of_page(&self, peer: &Peer, envelope: &Envelope) -> Result<Vec<bool>, AppError> {
        let directory = self.directory()?;
        let hosted = peer.hosted();
        let views = if peer.push { self.views_of(peer)? } else { Vec::new() };
        let mut own = Vec::with_capacity(envelope.objects.len());
        for raw in &envelope.objects {
            let elements = read(raw.get().as_bytes(), &self.limits).unwrap_or_default();
            let [Element::Object(object)] = &elements[..] else {
                own.push(false);
                continue;
            };
            if object.kind() == "marking-definition" {
                own.push(false);
                continue;
            }
            let author = object.created_by().and_then(|id| Some(directory.member_of_identity(&id)?.id));
            let ours = author.filter(|author| !hosted.contains(author));
            let written_here = match ours {
                Some(author) => self.store.has_given(author, object.id(), &object.digest())?,
                None => false,
            };
            own.push(written_here || was_readable(&views, object, &peer.members)?);
        }
        Ok(own)
    }

    pub(crate) fn views_of(&self, peer: &Peer) -> Result<Vec<View>, AppError> {
        let directory = self.directory()?;
        let mut views = Vec::new();
        for account in &peer.accounts {
            let principal = directory.authenticate_person(*account, self.now())?;
            views.push(self.store.view(&principal)?);
        }
        Ok(views)
    }

    pub(crate) fn peer_giver(&self, peer: &Peer) -> Result<Giver, AppError> {
        Ok(Giver {
            source: peer.principal().ok_or(AppError::NotFound)?,
            by: None,
            channel: format!("{PEER}{}", peer.name),
            way: self.peer_way(peer)?,
            origin: Origin::Peer { hosted: peer.hosted() },
            reliability: None,
            is_releaser: false,
        })
    }

    /// What the way of a peer adds. Without a label in words, what is unmarked is for this node's own member, to which
    /// it was given, and the peer's.
    fn peer_way(&self, peer: &Peer) -> Result<Channel, AppError> {
        let directory = self.directory()?;
        let source = peer.principal().ok_or(AppError::NotFound)?;
        if let Some(words) = &peer.label {
            let asked = terms(&*directory, words)?;
            return Ok(labelled(&Channel::default(), &asked, source, &directory, self.now()));
        }
        let own = directory.own_member().map(|own| Party::Member(own.id));
        let parties = own.into_iter().chain([Party::Member(source)]);
        Ok(Channel::with_default(Label::builder().rel(parties).label()))
    }

    /// The members that live at the peer of this name, the principal one first; none where there is none any more.
    pub(crate) fn members_of_peer(&self, name: &str) -> Result<Vec<MemberId>, AppError> {
        Ok(self.peer(name)?.map(|peer| peer.members).unwrap_or_default())
    }

    /// What the way of the peer of this name adds; nothing where there is none any more.
    pub(crate) fn way_of_peer(&self, name: &str) -> Result<Option<Channel>, AppError> {
        self.peer(name)?.map(|peer| self.peer_way(&peer)).transpose()
    }
}

fn ask_page(client: &Client, place: &Place, stand: &Stand) -> Result<Answer, AppError> {
    let mut url = place.objects.clone();
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("limit", &PAGE.to_string());
        query.append_pair("match[version]", "all");
        if let Some(added_after) = &stand.added_after {
            query.append_pair("added_after", added_after);
        }
        if let Some(next) = &stand.next {
            query.append_pair("next", next);
        }
    }
    client.get(&url)
}

fn was_readable(views: &[View], object: &Object, hosted: &[MemberId]) -> Result<bool, AppError> {
    let digest = object.digest();
    for view in views {
        let claims = view.claims(object.id())?;
        if claims.iter().any(|claim| claim.digest == digest && !hosted.contains(&claim.source)) {
            return Ok(true);
        }
    }
    Ok(false)
}
