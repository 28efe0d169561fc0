//! Law 2 over what people do through use cases: on top of a random script releases are proposed, amended, approved,
//! rejected, withdrawn and lapse, tear-lines are made, overlays are written, memberships begin and end, time moves.
//!
//! The other node gets the same script without what the viewer cannot read at the end, the same changes of membership
//! at the same seconds, and of all that was written by those acts what the viewer may read, as it may read it: judged
//! by labels alone, with no view between.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kizuna_access::directory::SigningKey;
use kizuna_access::overlay::Judgement;
use kizuna_access::redact::{self, Form, Part};
use kizuna_access::release::{Kind, Refusal};
use kizuna_access::rights::Introduction;
use kizuna_access::{CommunityId, MemberId, PersonId, Principal, Reader, Rights};
use kizuna_app::people::Caller;
use kizuna_app::release::Proposal;
use kizuna_app::tearline::{Order, Template};
use kizuna_http::registry::{self, Method, Reads};
use kizuna_stix::{Id, Object};
use kizuna_store::writer::Actor;
use kizuna_store::{Contribution, Stored};
use kizuna_testkit::generate::{self, NUMBERS};
use kizuna_testkit::oracle::Oracle;
use kizuna_testkit::script::{Clearance, Driver as _, Held, Holder, Op, Role, Step, Viewer, without};
use kizuna_testkit::stix;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::questions::{Question, questions};
use super::site::{Ground, Site};
use super::{Hidden, compare, number};

/// Random acts in a case.
const ACTS: usize = 60;

/// Who decides, beside the people of the script.
const RELEASERS: [(&str, &str); 4] =
    [("jp-one", "jp-cert"), ("jp-two", "jp-cert"), ("ee-one", "ee-cert"), ("fr-one", "fr-cert")];

/// Who acts.
const ACTORS: [&str; 8] = ["jp-ana", "jp-one", "jp-two", "jp-one", "jp-two", "ee-one", "fr-one", "ee-ana"];

/// Adds the people who decide, cleared for all there is.
fn releasers() -> Vec<Step> {
    let all = || ["ALPHA", "BRAVO"].map(str::to_owned).into();
    let categories = ["CODEWORD", "REGION"].map(|set| (set.to_owned(), all())).into();
    let held = Held { level: "SECRET".to_owned(), categories };
    let clearance = Clearance::from([("EXERCISE".to_owned(), held)]);
    let add = |(name, member): (&str, &str)| {
        let (name, member) = (name.to_owned(), member.to_owned());
        let holder = Holder::Person(name.clone());
        let roles = BTreeSet::from([Role::Releaser]);
        let key = Op::AddKey { name: key_of(&name), person: name.clone(), read_only: false, expires: None };
        [
            Op::AddPerson { name, member, roles },
            Op::SetClearance { holder, clearance: clearance.clone() },
            key,
        ]
    };
    RELEASERS.into_iter().flat_map(add).map(Step::Do).collect()
}

fn key_of(person: &str) -> String {
    format!("key of {person}")
}

/// What happened that both nodes share: the rest is in what was stored.
struct Played {
    shared: Vec<(i64, Op)>,
    given: Vec<(MemberId, Id)>,
    releases: Vec<Id>,
    made: Vec<Id>,
    released: usize,
    /// The keys with which people signed their approvals.
    keys: Vec<SigningKey>,
}

struct Player<'a> {
    site: &'a Site,
    random: StdRng,
    played: Played,
}

impl Player<'_> {
    fn who(&self, name: &str) -> Option<Principal> {
        let directory = self.site.node.directory().unwrap();
        directory.authenticate_person(PersonId(stix::uuid(name)), self.site.node.now()).ok()
    }

    fn somebody(&mut self) -> Option<Principal> {
        let name = *ACTORS.choose(&mut self.random)?;
        self.who(name)
    }

    fn one_of(&mut self, words: &[&str]) -> String {
        (*words.choose(&mut self.random).unwrap()).to_owned()
    }

    fn later(&mut self, share: f64, within: i64) -> Option<Timestamp> {
        let seconds = self.random.random_range(2..within);
        self.random.random_bool(share).then(|| stix::instant(self.site.clock().second() + seconds))
    }

    /// Each member gives something new, plain enough to be released.
    fn give(&mut self) {
        for (number, (name, member)) in RELEASERS.into_iter().enumerate() {
            let viewer = Viewer::key(name, &key_of(name));
            for (at, label) in
                ["", "tlp:amber", "class:EXERCISE/RESTRICTED", "rel:quad", "draft"].into_iter().enumerate()
            {
                let id = format!("tool--{}", stix::uuid(&format!("{number} gives under {label:?}")));
                let object = json!({
                    "type": "tool", "spec_version": "2.1", "id": id, "name": stix::uuid(&format!("name {number} {at}")).to_string(),
                    "created": "2025-12-01T00:00:00.000Z", "modified": "2025-12-01T00:00:00.000Z",
                    "created_by_ref": MemberId(stix::uuid(member)).identity().as_str(),
                });
                let path = format!("/api/v1/objects?label={label}");
                let answer = self.site.write_as(&viewer, &path, "application/json", &object);
                if answer.is_some_and(|(status, _)| status == 200) {
                    self.played.given.push((MemberId(stix::uuid(member)), id.parse().unwrap()));
                }
            }
        }
    }

    /// Mostly something that its own member gave.
    fn object(&mut self, who: &Principal) -> Id {
        let own: Vec<Id> = self
            .played
            .given
            .iter()
            .filter(|(member, _)| *member == who.member())
            .map(|(_, id)| id.clone())
            .collect();
        match own.choose(&mut self.random) {
            Some(own) if self.random.random_bool(0.8) => own.clone(),
            _ => stix::id(self.random.random_range(0..NUMBERS)),
        }
    }

    fn proposal(&mut self, who: &Principal) -> Proposal {
        let objects = (0..*[1, 1, 2].choose(&mut self.random).unwrap()).map(|_| self.object(who)).collect();
        let names =
            ["rel:EST", "rel:FRA", "rel:JPN,EST,FRA", "rel:JPN,quad", "rel:world", "rel:world tlp:green"];
        Proposal {
            objects,
            label: self.one_of(&names),
            expires: self.later(0.5, 60),
            decide_by: self.later(0.3, 40),
            reason: Some("they are hit too".to_owned()),
            draft: self.random.random_bool(0.2),
            ..Proposal::default()
        }
    }

    /// Does one thing. Most of what random people try is refused.
    fn act(&mut self) {
        let Some(who) = self.somebody() else { return };
        let node = &self.site.node.clone();
        let known = self.played.releases.choose(&mut self.random).cloned();
        let refusal = Refusal { kind: Kind::Political, text: "not before the summit".to_owned() };
        match (self.random.random_range(0..22), known) {
            (0..7, _) | (7..16, None) => {
                if let Ok(shown) = node.propose_release(&who, &self.proposal(&who)) {
                    self.played.releases.push(shown.id);
                }
            }
            (7..12, Some(id)) => {
                let done = node.approve_release(&who, &id);
                self.played.released +=
                    usize::from(done.is_ok_and(|shown| shown.state.as_str() == "released"));
            }
            (12, Some(id)) => drop(node.reject_release(&who, &id, refusal)),
            (13, Some(id)) => drop(node.withdraw_release(&who, &id, Some(refusal))),
            (14, Some(id)) => drop(node.amend_release(&who, &id, &self.proposal(&who))),
            (15, Some(id)) => {
                drop(node.propose_draft(&who, &id));
                drop(node.take_back_approval(&who, &id));
            }
            (16, _) => self.judge(&who),
            (17, _) => self.tear(&who),
            (18, _) => self.change_membership(),
            _ => {
                self.site.clock().advance(self.random.random_range(1..12));
                node.settle_releases().unwrap();
            }
        }
    }

    fn judge(&mut self, who: &Principal) {
        let object = self.object(who);
        let label = self.one_of(&["rel:JPN", "rel:quad", "rel:world"]);
        let tag = self.one_of(&["harbour", "winter"]);
        let change = |judgement: &mut Judgement| {
            judgement.tags.insert(tag);
        };
        drop(self.site.node.judge(who, &object, Some(&label), change));
    }

    fn tear(&mut self, who: &Principal) {
        let order = Order {
            objects: vec![self.object(who)],
            label: self.one_of(&["rel:EST", "rel:world tlp:green"]),
            template: Template::Context,
            ..Order::default()
        };
        if let Ok(made) = self.site.node.make_tearline(who, &order) {
            self.played.made.extend(made.low.iter().map(|object| object.id().clone()));
            self.played.made.push(made.record.id().clone());
        }
    }

    /// Alone in its second, so that the other node does it in the same place.
    fn change_membership(&mut self) {
        let (community, member) =
            (self.one_of(&["quad", "ring"]), self.one_of(&["ee-cert", "fr-cert", "jp-power"]));
        self.site.clock().advance(1);
        let second = self.site.clock().second();
        let people = self.site.node.people(Caller::Operator);
        let (of, whose) = (CommunityId(stix::uuid(&community)), MemberId(stix::uuid(&member)));
        let op = if self.random.random_bool(0.6) {
            let until = self.random.random_bool(0.5).then(|| second + self.random.random_range(2..30));
            people.join(of, whose, None, until.map(stix::instant)).ok().map(|()| Op::Join {
                community,
                member,
                from: None,
                until,
            })
        } else {
            people.leave(of, whose).ok().map(|()| Op::Leave { community, member })
        };
        self.played.shared.extend(op.map(|op| (second, op)));
        self.site.clock().advance(1);
    }
}

fn play(site: &Site, seed: u64) -> Played {
    let played = Played {
        shared: Vec::new(),
        given: Vec::new(),
        releases: Vec::new(),
        made: Vec::new(),
        released: 0,
        keys: Vec::new(),
    };
    let mut acting = Player { site, random: StdRng::seed_from_u64(seed ^ 0xac7), played };
    acting.give();
    for _ in 0..ACTS {
        acting.act();
    }
    site.clock().advance(2);
    site.node.settle_releases().unwrap();
    // With which keys people sign is known of whoever decides; when they first did is not asked here.
    let directory = site.node.directory().unwrap();
    let keys = directory.signers().flat_map(|signer| directory.signing_keys(signer).to_vec());
    acting.played.keys = keys.collect();
    acting.played
}

/// What a reader gets of something stored: nothing, or the form that is left for it.
fn left(stored: &Stored, reader: &Reader) -> Option<Contribution> {
    if stored.narrowed.is_some() {
        return None;
    }
    reader.decide(&stored.label).gained_for(stored.stored)?;
    let value: Value = serde_json::from_slice(&stored.bytes).unwrap();
    let selectors: Vec<Vec<String>> = stored.parts.iter().map(|part| part.selectors.clone()).collect();
    let reads = |part: usize| reader.decide(&stored.parts[part].label).gained_for(stored.stored).is_some();
    let Form { object, parts } = redact::form(value.as_object().unwrap(), &selectors, reads);
    let part = |(number, selectors): (usize, Vec<String>)| Part {
        label: stored.parts[number].label.clone(),
        selectors,
    };
    Some(Contribution {
        object: Object::from_value(Value::Object(object)).unwrap(),
        source: stored.source,
        by: stored.by,
        channel: stored.channel.clone(),
        label: (*stored.label).clone(),
        parts: parts.into_iter().map(part).collect(),
        authored: stored.authored,
        dangling: Vec::new(),
        reliability: stored.reliability,
    })
}

/// The script without what is hidden, then what is left of what the acts wrote, in its seconds.
fn pruned(
    steps: &[Step],
    hidden: &Hidden,
    played: &Played,
    written: &[Stored],
    reader: &Reader,
    end: i64,
) -> Site {
    let ground = Ground::write(&without(steps, &hidden.contributions, &hidden.fields, &hidden.refused));
    let store = ground.store();
    let mut names = super::names::Names::default();
    let mut shared = played.shared.iter().peekable();
    let until = |second: i64| second - ground.clock.second();
    for SigningKey { signer, key, since, how, .. } in &played.keys {
        let (how, key) = (how.clone().unwrap_or(Introduction::Pinned), key.clone());
        let rights = Rights::SigningKeyIntroduced { signer: *signer, key, from: *since, how };
        store.writer().record(rights, Actor::Operator).unwrap();
    }
    for stored in written {
        let second = stored.stored.duration_since(stix::instant(0)).as_secs();
        while let Some((at, op)) = shared.next_if(|(at, _)| *at <= second) {
            ground.clock.advance(until(*at));
            store.writer().record(names.rights(op), Actor::Operator).unwrap();
        }
        if let Some(contribution) = left(stored, reader) {
            ground.clock.advance(until(second));
            store.writer().contribute(vec![contribution], Vec::new()).unwrap();
        }
    }
    for (at, op) in shared {
        ground.clock.advance(until(*at));
        store.writer().record(names.rights(op), Actor::Operator).unwrap();
    }
    ground.clock.advance(until(end));
    drop(store);
    ground.open()
}

/// Questions about what the acts made, hidden or not.
fn about(played: &Played) -> Vec<Question> {
    let ids = played.releases.iter().take(4).chain(played.made.iter().take(4));
    let of = |id: &Id| {
        let rest = ["", "/versions", "/claims", "/explain", "/referring", "/overlay"];
        let native = rest.iter().map(|rest| format!("/api/v1/objects/{id}{rest}")).collect::<Vec<_>>();
        let others = [
            format!("/api/v1/releases/{id}"),
            format!("/releases/{id}"),
            format!("/objects/{id}"),
            format!("/objects/{id}/explain"),
            format!("/taxii2/own/collections/all/objects/{id}/"),
            format!("/api/v1/search?refers_to={id}"),
        ];
        native.into_iter().chain(others).map(Question::new).collect::<Vec<_>>()
    };
    ids.flat_map(of).collect()
}

/// What asks by sending something, and changes nothing.
fn tries(seed: u64) -> Vec<(&'static str, Value)> {
    let at = |step: u64| stix::id(u32::try_from((seed + step) % u64::from(NUMBERS)).unwrap());
    let quad = stix::uuid("quad");
    let mut tries = Vec::new();
    for step in [0, 2, 5, 9] {
        let objects = json!([at(step)]);
        tries.push(("/api/v1/releases?dry_run=true", json!({ "objects": objects, "label": "rel:EST,FRA" })));
        tries.push((
            "/api/v1/forecasts",
            json!({ "change": "label", "objects": objects, "label": "rel:world" }),
        ));
        tries.push(("/api/v1/tearlines?dry_run=true", json!({ "objects": objects, "label": "rel:EST" })));
    }
    for member in ["ee-cert", "fr-cert", "jp-power"].map(stix::uuid) {
        tries.push(("/api/v1/forecasts", json!({ "change": "join", "community": quad, "member": member })));
        tries.push(("/api/v1/forecasts", json!({ "change": "leave", "community": quad, "member": member })));
    }
    tries
}

/// An answer in which what has an id of the moment has none.
fn without_fresh(answer: Option<&(u16, Value)>) -> String {
    let text = format!("{answer:?}");
    let mut settled = String::with_capacity(text.len());
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    for word in text.split_inclusive(|letter| !is_of_word(letter)) {
        // Ids made by chance say so in their version; a record's is made from such.
        let version = word.rsplit("--").next().and_then(|uuid| uuid.as_bytes().get(14));
        let is_fresh =
            word.len() > 36 && (version == Some(&b'4') || word.starts_with("kizuna-sanitisation--"));
        settled.push_str(if is_fresh { "(fresh)" } else { word });
    }
    settled
}

/// Runs a case; how many releases were carried out.
pub fn check(seed: u64) -> Result<usize, String> {
    let script = generate::script(seed, generate::LENGTH);
    let steps: Vec<Step> = script.steps.iter().cloned().chain(releasers()).collect();
    let mut oracle = Oracle::new();
    for step in &steps {
        if let Step::Do(op) = step {
            oracle.act(op);
        }
    }
    let full = Site::write(&steps);
    let begun = full.clock().second();
    let played = play(&full, seed);
    let end = full.clock().second();
    let mut now = begun;
    for (at, op) in &played.shared {
        oracle.act(&Op::Advance { seconds: at - now });
        oracle.act(op);
        now = *at;
    }
    oracle.act(&Op::Advance { seconds: end - now });
    let ground = full.close();
    let written = {
        let store = ground.store();
        let dangerous = store.dangerous("what the acts wrote", Actor::Node).unwrap();
        dangerous.all(ground.head, 100_000).unwrap()
    };
    let full = ground.open();
    let directory = full.node.directory().unwrap();
    let some = script.two_viewers().into_iter().next();
    let releaser = RELEASERS[usize::try_from(seed).unwrap() % RELEASERS.len()].0;
    for viewer in some.into_iter().chain([Viewer::key(releaser, &key_of(releaser))]) {
        let Ok(who) = directory.authenticate_person(PersonId(stix::uuid(&viewer.person)), full.node.now())
        else {
            continue;
        };
        let reader = directory.reader(&who, full.node.now()).unwrap();
        let hidden = Hidden::from(&oracle, &steps, &viewer);
        let pruned = pruned(&steps, &hidden, &played, &written, &reader, end);
        // What was refused is its giver's, and not an object: the scripts give some.
        let entries =
            registry::all().filter(|entry| entry.method == Method::Get && entry.reads != Reads::Quarantine);
        let all = entries.flat_map(|entry| questions(entry, &script)).chain(about(&played));
        for question in all {
            compare(&full.ask(&viewer, &question), &pruned.ask(&viewer, &question))
                .map_err(|difference| format!("seed {seed}, {viewer} asks {}{difference}", question.path))?;
        }
        // A session sends only what a page of its own prepared.
        for (path, body) in tries(seed).into_iter().filter(|_| viewer.key.is_some()) {
            let ask =
                |site: &Site| without_fresh(site.write_as(&viewer, path, "application/json", &body).as_ref());
            let (answer, expected) = (ask(&full), ask(&pruned));
            if answer != expected {
                return Err(format!(
                    "seed {seed}, {viewer} sends {body} to {path}\n  {answer}\n  {expected}"
                ));
            }
        }
    }
    Ok(played.released)
}

#[test]
fn what_people_decide_is_told_to_its_readers_alone() {
    let (first, cases) = (number("KIZUNA_SEED", 1), number("KIZUNA_CASES", 8));
    let mut released = 0;
    for seed in first..first + cases {
        released += check(seed).unwrap_or_else(|difference| panic!("{difference}"));
    }
    println!("seeds {first} to {}: {released} releases carried out", first + cases - 1);
    assert!(released > 0 || cases < 4, "nothing was released: the acts prove nothing");
}
