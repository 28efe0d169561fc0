//! Requests for information, and requests to an originator to let content go on to others; with their answers.

mod info;

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::address::Addressees;
use kizuna_access::label::Handling;
use kizuna_access::receipt::State;
use kizuna_access::release::{RELEASE_KIND, Release, State as ReleaseState};
use kizuna_access::request::{self, ANSWER_KIND, Answer, Ask, Outcome, Request};
use kizuna_access::{Label, MemberId, Party, Principal, spec};
use kizuna_stix::Id;
use kizuna_store::query::{Item, Search};
use uuid::Uuid;

use crate::ingest::Origin;
use crate::notices::{self, Addressed, Preview, To, Written};
use crate::read::Reading;
use crate::receipts::{self, Receipts};
use crate::release::{self, Proposal};
use crate::{AppError, Listing, Node, agreements};

pub use info::{AnswerInfo, Progress, RequestInfo};

/// Node state: the request that a release was proposed for, by the release.
const ONWARD: &str = "request.onward";
/// Answers to one request, and releases of one object, that an answer holds.
const MOST: usize = 1_000;

/// A request as somebody writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    pub question: String,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub deadline: Option<Timestamp>,
    #[serde(default)]
    pub to: To,
    #[serde(default)]
    pub objects: Vec<Id>,
    /// The originator of the objects is asked to let them go on to these parties; it is the addressee then.
    #[serde(default)]
    pub onward_to: Vec<String>,
}

/// An answer as somebody writes it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    pub outcome: Outcome,
    /// The answer; the reason where there is none.
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub objects: Vec<Id>,
}

/// Which requests a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Only those of the viewer's member, or those that are addressed to it.
    pub way: Option<crate::alerts::Way>,
    /// Only those to which its member has not answered, or to its own that nobody has answered.
    pub open: bool,
}

/// An answer as its reader sees it.
#[derive(Debug, Clone)]
pub struct Answered {
    pub answer: Answer,
    pub name: String,
    pub item: Item,
}

/// A release by which what was asked for came.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Decision {
    pub release: Id,
    pub by: MemberId,
    pub state: ReleaseState,
    pub modified: Timestamp,
}

/// A request with what came of it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub request: Request,
    pub item: Item,
    pub addressed: Addressed,
    pub onward_to: Vec<String>,
    pub answers: Vec<Answered>,
    /// How far each addressee is, as far as the viewer reads that.
    pub states: Vec<(MemberId, String, Option<State>)>,
    /// Releases of what was asked for since it was asked, of a request for onward release.
    pub decisions: Vec<Decision>,
    pub is_overdue: bool,
}

impl Shown {
    /// The own member's answer.
    pub fn answer_of(&self, member: MemberId) -> Option<&Answered> {
        self.answers.iter().find(|answered| answered.answer.by == member)
    }
}

impl Reading {
    /// Readable requests, newest first.
    pub fn requests(
        &self,
        wanted: &Wanted,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Listing<Shown>, AppError> {
        let search = Search { kinds: vec![request::KIND.to_owned()], ..Search::default() };
        let page = self.search(&search, cursor, limit)?;
        let mut items = Vec::new();
        let me = self.reader().principal().member();
        for item in page.items {
            let Some(request) = read(&item) else { continue };
            let shown = self.shown_request(request, item)?;
            let is_mine = shown.request.by == me;
            let is_way = match wanted.way {
                None => true,
                Some(crate::alerts::Way::Sent) => is_mine,
                Some(crate::alerts::Way::Received) => !is_mine && shown.addressed.is_me,
            };
            let is_open = if is_mine { shown.answers.is_empty() } else { shown.answer_of(me).is_none() };
            if is_way && (is_open || !wanted.open) {
                items.push(shown);
            }
        }
        Ok(Listing { items, next: page.next, more: page.more })
    }

    /// One request with its answers.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it is hidden, absent, or no request of its author's.
    pub fn request(&self, id: &Id) -> Result<Shown, AppError> {
        let item = self.object(id)?;
        let request = read(&item).ok_or(AppError::NotFound)?;
        self.shown_request(request, item)
    }

    fn shown_request(&self, request: Request, item: Item) -> Result<Shown, AppError> {
        let addressed = self.addressed(&request.addressees, request.by);
        let receipts: Receipts = self.receipts(&request.id)?;
        let states = addressed.members.iter().map(|addressee| {
            (addressee.member, addressee.name.clone(), receipts.of(addressee.member).state())
        });
        let states = states.collect();
        let answers = self.answers(&request.id)?;
        let onward_to = match &request.ask {
            Ask::Information => Vec::new(),
            Ask::OnwardRelease { to } => {
                let known = to.iter().filter(|party| self.knows(party));
                known.map(|party| spec::party_text(party, self.directory())).collect()
            }
        };
        let decisions = match &request.ask {
            Ask::Information => Vec::new(),
            Ask::OnwardRelease { .. } => self.decisions(&request)?,
        };
        let is_overdue = request.deadline.is_some_and(|deadline| deadline < self.now());
        Ok(Shown { request, item, addressed, onward_to, answers, states, decisions, is_overdue })
    }

    fn answers(&self, request: &Id) -> Result<Vec<Answered>, AppError> {
        let kinds = vec![ANSWER_KIND.to_owned()];
        let search = Search { refers_to: Some(request.clone()), kinds, ..Search::default() };
        let found = self.search(&search, None, MOST)?.items.into_iter();
        let answered = |item: Item| {
            if item.revoked || !item.authored {
                return None;
            }
            let answer = Answer::read(&receipts::object(&item.bytes)?).ok()?;
            let is_its = answer.request_ref == *request && answer.by == item.source;
            let name = self.member_name(answer.by);
            is_its.then_some(Answered { answer, name, item })
        };
        Ok(found.filter_map(answered).collect())
    }

    /// Releases of the objects of a request by its addressees since it was made, as far as the viewer reads their
    /// records.
    fn decisions(&self, request: &Request) -> Result<Vec<Decision>, AppError> {
        let mut decisions: Vec<Decision> = Vec::new();
        for object in &request.object_refs {
            let kinds = vec![RELEASE_KIND.to_owned()];
            let search = Search { refers_to: Some(object.clone()), kinds, ..Search::default() };
            for item in self.search(&search, None, MOST)?.items {
                let Some(release) =
                    receipts::object(&item.bytes).and_then(|object| Release::read(&object).ok())
                else {
                    continue;
                };
                let is_answer = release.created >= request.created
                    && request.addressees.means(release.by, self.directory(), self.now());
                let is_new = !decisions.iter().any(|known| known.release == release.id);
                if is_answer && is_new && release.by == item.source {
                    let (by, state, modified) = (release.by, release.state, release.modified);
                    decisions.push(Decision { release: release.id, by, state, modified });
                }
            }
        }
        Ok(decisions)
    }
}

fn read(item: &Item) -> Option<Request> {
    if item.revoked || !item.authored {
        return None;
    }
    let request = Request::read(&receipts::object(&item.bytes)?).ok()?;
    (request.by == item.source).then_some(request)
}

impl Node {
    /// Asks, for the caller's member; with parties in [`NewRequest::onward_to`], the originator of the objects, to let
    /// them go on. A request for onward release is for its originator alone.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the place that is wrong; [`AppError::Forbidden`] for who does not write.
    pub fn ask(&self, who: &Principal, new: &NewRequest, label: Option<&str>) -> Result<Id, AppError> {
        let (id, written) = self.written_request(who, new)?;
        self.publish(who, &written, label)?;
        Ok(id)
    }

    /// Whom a request would reach if it were asked; nothing is sent.
    ///
    /// # Errors
    /// As for [`Node::ask`].
    pub fn preview_request(
        &self,
        who: &Principal,
        new: &NewRequest,
        label: Option<&str>,
    ) -> Result<Preview, AppError> {
        let (_, written) = self.written_request(who, new)?;
        self.preview(who, &written, label)
    }

    fn written_request(&self, who: &Principal, new: &NewRequest) -> Result<(Id, Written), AppError> {
        let reading = self.read(who)?;
        let known = crate::ingest::Known::of(reading.directory(), reading.reader(), reading.now());
        let onward_to = agreements::parties(&known, &new.onward_to, "$.onward_to")?;
        let mut addressees = new.to.resolve(&reading)?;
        let (ask, label) = if onward_to.is_empty() {
            let label = notices::default_label(&addressees, who.member(), reading.directory(), reading.now());
            (Ask::Information, label)
        } else {
            let (originator, controlled) = originator(&reading, &new.objects, who.member())?;
            addressees.to.insert(Party::Member(originator));
            let between = Label::builder().rel([Party::Member(originator), Party::Member(who.member())]);
            (Ask::OnwardRelease { to: onward_to }, controlled.on_the_way_back().narrowed(&between))
        };
        let now = notices::next(self.now(), None);
        let request = Request {
            id: Id::new(request::KIND, Uuid::new_v4()),
            by: who.member(),
            created: now,
            modified: now,
            ask,
            question: new.question.trim().to_owned(),
            text: said(new.text.as_deref()),
            deadline: new.deadline,
            addressees,
            object_refs: new.objects.clone(),
        };
        request.check().map_err(|bad| AppError::invalid(format!("$.{}", bad.property), bad.rule))?;
        let object = request.object().map_err(|faults| AppError::Invalid { faults })?;
        let Request { id, addressees, object_refs: refers_to, .. } = request;
        Ok((id, Written { object, refers_to, addressees, label }))
    }

    /// Answers a request for the caller's member, or says why not; a later answer is a version of the first. Without a
    /// label in words it is for who asked.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a request that is hidden or absent; [`AppError::Invalid`] for an answer that says
    /// nothing; [`AppError::Conflict`] for the own member's request.
    pub fn answer(
        &self,
        who: &Principal,
        id: &Id,
        new: &NewAnswer,
        label: Option<&str>,
    ) -> Result<Id, AppError> {
        let (answer, written) = self.written_answer(who, id, new)?;
        self.publish(who, &written, label)?;
        Ok(answer)
    }

    /// Whom an answer would reach if it were given; nothing is sent.
    ///
    /// # Errors
    /// As for [`Node::answer`].
    pub fn preview_answer(
        &self,
        who: &Principal,
        id: &Id,
        new: &NewAnswer,
        label: Option<&str>,
    ) -> Result<Preview, AppError> {
        let (_, written) = self.written_answer(who, id, new)?;
        self.preview(who, &written, label)
    }

    fn written_answer(&self, who: &Principal, id: &Id, new: &NewAnswer) -> Result<(Id, Written), AppError> {
        let reading = self.read(who)?;
        let asked = reading.request(id)?;
        if asked.request.by == who.member() {
            return Err(AppError::Conflict("this is your own member's request".to_owned()));
        }
        let before = match reading.object(&request::answer_id(who.member(), id)) {
            Ok(item) => receipts::object(&item.bytes).and_then(|object| Answer::read(&object).ok()),
            Err(AppError::NotFound) => None,
            Err(error) => return Err(error),
        };
        let modified = notices::next(self.now(), before.as_ref().map(|before| before.modified));
        let answer = Answer {
            by: who.member(),
            request_ref: id.clone(),
            created: before.map_or(modified, |before| before.created),
            modified,
            outcome: new.outcome,
            text: said(new.text.as_deref()),
            object_refs: new.objects.clone(),
        };
        answer.check().map_err(|bad| AppError::invalid(format!("$.{}", bad.property), bad.rule))?;
        let label = request::answer_label(answer.by, asked.request.by, &asked.item.label);
        let object = answer.object().map_err(|faults| AppError::Invalid { faults })?;
        let to = BTreeSet::from([Party::Member(asked.request.by)]);
        let addressees = Addressees { to, sectors: BTreeSet::new() };
        let (id, refers_to) = (answer.id(), answer.object_refs);
        Ok((id, Written { object, refers_to, addressees, label }))
    }

    /// Proposes the release that a request for onward release asks for: to whom it says, through the member that asks.
    /// What is decided comes back to that member as the release. It is told that somebody is at it.
    ///
    /// # Errors
    /// As for [`Node::propose_release`]; [`AppError::NotFound`] for a request that is hidden, absent, or asks for
    /// something else.
    pub fn propose_onward(
        &self,
        who: &Principal,
        id: &Id,
        basis: Option<&str>,
    ) -> Result<release::Shown, AppError> {
        let reading = self.read(who)?;
        let asked = reading.request(id)?;
        let Ask::OnwardRelease { to } = &asked.request.ask else { return Err(AppError::NotFound) };
        let mut named = to.clone();
        named.insert(Party::Member(asked.request.by));
        let mut controlled = false;
        for object in &asked.request.object_refs {
            let item = reading.object(object)?;
            controlled |= item.label.handling().contains(&Handling::Orcon);
            // Who has it already goes on having it.
            named.extend(item.label.audience().iter().flatten().copied());
        }
        let words: Vec<String> = named.iter().map(|party| typed(party, reading.directory())).collect();
        let through = if controlled { vec![reading.member_name(asked.request.by)] } else { Vec::new() };
        let name = reading.member_name(asked.request.by);
        let proposal = Proposal {
            objects: asked.request.object_refs.clone(),
            label: format!("rel:{}", words.join(",")),
            basis: basis.map(str::to_owned),
            through,
            reason: Some(format!("{name} asked for it ({id}): {}", asked.request.question)),
            ..Proposal::default()
        };
        let (asked_by, label) = (asked.request.by, (*asked.item.label).clone());
        let onward = Onward { request: id.clone(), asked_by, label };
        drop(reading);
        let shown = self.propose_release(who, &proposal)?;
        self.keep_json(ONWARD, shown.id.as_str(), &onward)?;
        self.give_receipt(who, id, &receipts::NewReceipt::of(State::Acting))?;
        Ok(shown)
    }
}

/// What a release was proposed for.
#[derive(serde::Serialize, serde::Deserialize)]
struct Onward {
    request: Id,
    asked_by: MemberId,
    /// Of the request.
    label: Label,
}

impl Node {
    /// Answers the request that a release was proposed for, once it is released: whoever asked learns of it also where
    /// the record of the release does not come.
    pub(crate) fn tell_granted(&self, release: &Release) -> Result<(), AppError> {
        let Some(onward) = self.kept_json::<Onward>(ONWARD, release.id.as_str())? else { return Ok(()) };
        let at = notices::next(self.now(), None);
        let answer = Answer {
            by: release.by,
            request_ref: onward.request,
            created: at,
            modified: at,
            outcome: Outcome::Granted,
            text: None,
            object_refs: vec![release.id.clone()],
        };
        let object = answer.object().map_err(|faults| AppError::unsound("an answer", &faults))?;
        let label = request::answer_label(release.by, onward.asked_by, &onward.label);
        self.write_for(release.by, &[object], &label, (Origin::Release, None))
    }
}

/// A party as a label's words name it on this node.
fn typed(party: &Party, directory: &kizuna_access::Directory) -> String {
    spec::party_text(party, directory)
}

/// Whose the objects are, one member for all, and what they ask of their readers together.
fn originator(reading: &Reading, objects: &[Id], me: MemberId) -> Result<(MemberId, Label), AppError> {
    let mut found: Option<(MemberId, Label)> = None;
    for (place, id) in objects.iter().enumerate() {
        let wrong = |rule: &str| AppError::invalid(format!("$.objects[{place}]"), rule);
        let item = match reading.object(id) {
            Ok(item) => item,
            Err(AppError::NotFound) => return Err(wrong("there is no such object")),
            Err(error) => return Err(error),
        };
        if item.source == me {
            return Err(wrong("it is your own member's: propose its release (kizuna release propose)"));
        }
        found = match found {
            None => Some((item.source, (*item.label).clone())),
            Some((source, label)) if source == item.source => Some((source, label.and(&item.label))),
            Some(_) => return Err(wrong("it is another member's than the first: ask each for its own")),
        };
    }
    found.ok_or_else(|| AppError::invalid("$.objects", "say what is to go on"))
}

fn said(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests;
