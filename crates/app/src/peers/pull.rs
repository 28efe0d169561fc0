//! Pulling: page after page of each collection, from where the last one was durable.

use std::collections::BTreeSet;
use std::time::Instant;

use kizuna_access::channel::Channel;
use kizuna_access::travel::LABEL_KIND;
use kizuna_access::{Label, MemberId, Party};
use kizuna_attest::{ATTESTATION_KIND, KEY_KIND};
use kizuna_federation::lane::{Lane, URGENT_KINDS};
use kizuna_stix::Object;
use kizuna_stix::read::{Element, read};
use kizuna_store::View;
use kizuna_taxii::{DATE_ADDED_LAST, Envelope};

use super::client::{Answer, Client};
use super::exchange::{Session, Turn, Went};
use super::locate::Place;
use super::{Peer, PeerStatus};
use crate::ingest::{Delivery, Giver, Origin, PEER, labelled, terms};
use crate::{AppError, Node};

/// Node state: where pulling from each collection stands.
pub(super) const PULLS: &str = "peer.pull";
/// Types that are fetched with what is urgent: what says whose it is and who may read it.
const BESIDE: [&str; 4] = ["marking-definition", LABEL_KIND, KEY_KIND, ATTESTATION_KIND];
/// Identifiers in one question for what urgent objects refer to.
const ALONG: usize = 50;

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

    /// The same place as a series of another kind may begin with: after what a series before brought.
    fn outside(mut self) -> Self {
        self.next = None;
        self
    }
}

impl Node {
    /// Takes in what a collection has for us and we do not have yet: all of it, or until somebody else has the turn.
    /// While there is more, what is urgent is fetched before the next page.
    pub(super) fn pull(
        &self,
        peer: &Peer,
        session: &mut Session,
        place: &Place,
        status: &mut PeerStatus,
        turn: Turn<'_>,
    ) -> Result<Went, AppError> {
        let giver = self.peer_giver(peer)?;
        let key = format!("{} {}", peer.name, place.objects);
        let mut stand: Stand = self.kept_json(PULLS, &key)?.unwrap_or_default();
        loop {
            let begun = stand.clone();
            let is_last = self.pull_page(peer, (session, place), &giver, &mut stand, None, status)?;
            if stand != begun {
                self.keep_json(PULLS, &key, &stand)?;
            }
            if is_last {
                return Ok(Went::Level);
            }
            if let Err(error) = self.pull_urgent(peer, (session, place), &giver, &begun, status) {
                // A server that cannot filter so has no lanes; what fails here fails in the bulk too.
                tracing::debug!(peer.name = %peer.name, error = %error, "what is urgent cannot be asked for apart");
            }
            if turn() {
                return Ok(Went::Yielded);
            }
        }
    }

    /// Fetches what is urgent of what the bulk of a collection has not come to, with what it refers to.
    fn pull_urgent(
        &self,
        peer: &Peer,
        (session, place): (&mut Session, &Place),
        giver: &Giver,
        bulk: &Stand,
        status: &mut PeerStatus,
    ) -> Result<(), AppError> {
        if !session.is_native() && session.native("/").is_none() {
            return Ok(());
        }
        let key = format!("{} {} urgent", peer.name, place.objects);
        let before: Stand = self.kept_json(PULLS, &key)?.unwrap_or_else(|| bulk.clone().outside());
        let mut stand = before.clone();
        let mut kinds: Vec<&str> = URGENT_KINDS.to_vec();
        kinds.extend(BESIDE);
        let filter = Filter::Kinds(kinds.join(","));
        while !self.pull_page(peer, (session, place), giver, &mut stand, Some(&filter), status)? {}
        if stand != before {
            self.keep_json(PULLS, &key, &stand)?;
        }
        Ok(())
    }

    /// Takes in one page of a collection and says whether it was the last.
    fn pull_page(
        &self,
        peer: &Peer,
        (session, place): (&mut Session, &Place),
        giver: &Giver,
        stand: &mut Stand,
        filter: Option<&Filter>,
        status: &mut PeerStatus,
    ) -> Result<bool, AppError> {
        let begun = Instant::now();
        let answer = loop {
            match ask_page(session.client()?, place, stand, session.pull_pace.limit(), filter) {
                // A server forgets its pages: begin after the last object.
                Err(_) if stand.next.is_some() => stand.end_series(),
                Err(error) => {
                    session.pull_pace.timed_out();
                    return Err(error);
                }
                Ok(answer) => break answer,
            }
        };
        let envelope: Envelope = answer.read(&place.objects)?;
        if envelope.more && envelope.next.is_some() && envelope.next == stand.next {
            let again = format!("{} says that more follows, and gives the same page again", place.objects);
            return Err(AppError::Unavailable(again));
        }
        session.pull_pace.sent(envelope.objects.len() as u64, begun.elapsed());
        let is_last = !envelope.more || envelope.next.is_none() || envelope.objects.is_empty();
        self.take_page(peer, giver, &envelope, status)?;
        if let Some(last) = answer.header(DATE_ADDED_LAST) {
            stand.last = Some(last.to_owned());
        }
        if filter.is_some() {
            self.pull_along(peer, (session, place), giver, &envelope, status)?;
        }
        if is_last {
            stand.end_series();
        } else {
            stand.next = envelope.next;
        }
        Ok(is_last)
    }

    /// Fetches what the urgent objects of a page refer to and is not known here.
    fn pull_along(
        &self,
        peer: &Peer,
        (session, place): (&mut Session, &Place),
        giver: &Giver,
        envelope: &Envelope,
        status: &mut PeerStatus,
    ) -> Result<(), AppError> {
        let mut along = BTreeSet::new();
        for raw in &envelope.objects {
            let elements = read(raw.get().as_bytes(), &self.limits).unwrap_or_default();
            let [Element::Object(object)] = &elements[..] else { continue };
            if Lane::of(object.kind()) == Lane::Urgent {
                along.extend(object.references().into_iter().filter(|id| !is_beside(id.kind())));
            }
        }
        let along: Vec<String> = along.into_iter().map(|id| id.to_string()).collect();
        for ids in along.chunks(ALONG) {
            let filter = Filter::Ids(ids.join(","));
            let limit = ids.len() as u64 * 2;
            let answer = ask_page(session.client()?, place, &Stand::default(), limit, Some(&filter))?;
            let envelope: Envelope = answer.read(&place.objects)?;
            self.take_page(peer, giver, &envelope, status)?;
        }
        Ok(())
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
        let offered = self.now();
        let report = self.take_in(giver, bytes.as_bytes(), &Delivery::default())?;
        status.known += report.duplicates as u64;
        status.quarantined += report.quarantined as u64;
        if report.quarantined > 0 {
            self.keep_early(peer, &fresh, offered)?;
        }
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
            let way = labelled(&Channel::default(), &asked, source, &directory, self.now());
            return Ok(way.over(true));
        }
        let own = directory.own_member().map(|own| Party::Member(own.id));
        let parties = own.into_iter().chain([Party::Member(source)]);
        Ok(Channel::with_default(Label::builder().rel(parties).label()).over(true))
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

/// What of a collection is asked for.
enum Filter {
    /// Types, separated by commas.
    Kinds(String),
    /// Identifiers, separated by commas; the newest version of each.
    Ids(String),
}

fn is_beside(kind: &str) -> bool {
    BESIDE.contains(&kind) || matches!(kind, "identity" | "extension-definition")
}

fn ask_page(
    client: &Client,
    place: &Place,
    stand: &Stand,
    limit: u64,
    filter: Option<&Filter>,
) -> Result<Answer, AppError> {
    let mut url = place.objects.clone();
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("limit", &limit.to_string());
        match filter {
            None => query.append_pair("match[version]", "all"),
            Some(Filter::Kinds(kinds)) => {
                query.append_pair("match[version]", "all").append_pair("match[type]", kinds)
            }
            Some(Filter::Ids(ids)) => query.append_pair("match[id]", ids),
        };
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
