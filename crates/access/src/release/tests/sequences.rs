//! No sequence of proposals, approvals, changes of rights and rules, and time releases what fewer than the required
//! people agreed to. The model keeps its own books and shares no code with the judgement.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::label::{Handling, Tlp};
use crate::release::rules::{Direct, Needs, On};

const PEOPLE: [&str; 7] = ["author", "one", "two", "three", "boss", "clerk", "guest"];
const LEVELS: [&str; 3] = ["UNCLASSIFIED", "RESTRICTED", "SECRET"];

#[derive(Debug, Clone)]
enum Op {
    Propose(usize),
    /// Other bytes, other recipients, another basis, another end.
    Amend(usize, usize),
    Approve(usize),
    /// An approval that was made for what was decided before the last change.
    ApproveOld(usize),
    /// The same approval with another's name on it.
    Forge(usize),
    TakeBack(usize),
    Role(usize, bool),
    Remove(usize),
    Clear(usize, usize),
    /// The person's key is revoked, or trusted again.
    Key(usize, bool),
    Rule(usize, u8),
    Wait(i64),
    Lapse,
    Reject(usize),
    Withdraw(usize),
    Release,
}

fn op() -> impl Strategy<Value = Op> {
    let who = 0..PEOPLE.len();
    prop_oneof![
        2 => who.clone().prop_map(Op::Propose),
        2 => (who.clone(), 0..4_usize).prop_map(|(who, what)| Op::Amend(who, what)),
        8 => who.clone().prop_map(Op::Approve),
        2 => who.clone().prop_map(Op::ApproveOld),
        1 => who.clone().prop_map(Op::Forge),
        2 => who.clone().prop_map(Op::TakeBack),
        3 => (who.clone(), any::<bool>()).prop_map(|(who, is)| Op::Role(who, is)),
        1 => who.clone().prop_map(Op::Remove),
        2 => (who.clone(), 0..LEVELS.len()).prop_map(|(who, level)| Op::Clear(who, level)),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, is)| Op::Key(who, is)),
        1 => (0..3_usize, 1..4_u8).prop_map(|(on, people)| Op::Rule(on, people)),
        2 => (1..4_000_i64).prop_map(Op::Wait),
        1 => Just(Op::Lapse),
        1 => who.clone().prop_map(Op::Reject),
        1 => who.prop_map(Op::Withdraw),
        6 => Just(Op::Release),
    ]
}

/// What the test itself remembers, in the plainest form.
struct Books {
    releasers: BTreeSet<&'static str>,
    gone: BTreeSet<&'static str>,
    /// Index into [`LEVELS`].
    held: BTreeMap<&'static str, usize>,
    distrusted: BTreeSet<&'static str>,
    /// Who agreed, to which state of what is decided.
    agreed: BTreeMap<&'static str, u32>,
    change: u32,
    /// Set for: everything, the content's level, ORCON.
    rules: [Option<u8>; 3],
    /// Those under which it was decided what is proposed.
    decided_under: [Option<u8>; 3],
    proposer: &'static str,
    level: usize,
    orcon: bool,
    of_echo: bool,
    strict: bool,
    decide_by: Timestamp,
    expires: Option<Timestamp>,
}

impl Books {
    /// Who counts, and of which member.
    fn counts(&self, name: &str) -> bool {
        let Some(change) = self.agreed.get(name) else { return false };
        *change == self.change
            && self.rules == self.decided_under
            && self.releasers.contains(name)
            && !self.gone.contains(name)
            && !self.distrusted.contains(name)
            && self.held[name] >= self.level
            && name != self.proposer
            && name != "author"
    }

    fn people_needed(&self) -> usize {
        let everything = self.rules[0].unwrap_or(1);
        let level = self.rules[1].unwrap_or(if self.level == 0 { 1 } else { 2 });
        let orcon = if self.orcon { self.rules[2].unwrap_or(1) } else { 1 };
        let strict = if self.strict { 2 } else { 1 };
        usize::from(everything.max(level).max(orcon).max(strict))
    }

    fn may_release(&self, now: Timestamp) -> bool {
        let own = PEOPLE.iter().filter(|name| **name != "guest" && self.counts(name)).count();
        let consented = if self.of_echo { self.counts("guest") } else { own > 0 };
        let is_timely = now < self.decide_by && self.expires.is_none_or(|expires| now < expires);
        is_timely && own >= self.people_needed() && (!self.orcon || consented)
    }
}

fn level_rule(level: usize) -> On {
    On::Level { policy: "EXERCISE".to_owned(), level: LEVELS[level].to_owned() }
}

/// A release, who everybody is, and the books.
struct Play {
    story: Story,
    from: Label,
    release: Release,
    books: Books,
    /// An approval of what was decided before the last change.
    old: Approval,
    waited: SignedDuration,
}

/// What is released, and whose.
#[derive(Debug, Clone, Copy)]
struct Content {
    level: usize,
    orcon: bool,
    of_echo: bool,
    strict: bool,
}

impl Play {
    fn new(content: Content) -> Self {
        let Content { level, orcon, of_echo, strict } = content;
        let story = cast();
        let parties = ["alpha", "echo"].map(|name| crate::Party::Member(member(name)));
        let mut terms = Label::builder().rel(parties).class("EXERCISE", LEVELS[level]);
        if orcon {
            terms = terms.handling(Handling::Orcon);
        }
        if strict {
            terms = terms.tlp(Tlp::AmberStrict);
        }
        let from = terms.label();
        let mut release = proposal(&story, &from);
        if of_echo {
            release.decided.objects[0].high.as_mut().unwrap().originator = member("echo");
        }
        let books = Books {
            releasers: PEOPLE.into_iter().filter(|name| *name != "clerk").collect(),
            gone: BTreeSet::new(),
            held: PEOPLE.into_iter().map(|name| (name, 2)).collect(),
            distrusted: BTreeSet::new(),
            agreed: BTreeMap::new(),
            change: 0,
            rules: [None; 3],
            decided_under: [None; 3],
            proposer: "clerk",
            level,
            orcon,
            of_echo,
            strict,
            decide_by: release.decide_by,
            expires: None,
        };
        let old = approval(&release, "one", story.now);
        Self { story, from, release, books, old, waited: SignedDuration::ZERO }
    }

    fn now(&self) -> Timestamp {
        self.story.now + self.waited
    }

    /// Takes one step; whether it released.
    fn step(&mut self, op: &Op) -> bool {
        let now = self.now();
        match *op {
            Op::Propose(who) => _ = self.release.propose(person(PEOPLE[who]), now),
            Op::Amend(who, what) => self.amend(PEOPLE[who], what),
            Op::Approve(who) => {
                if self.release.approve(approval(&self.release, PEOPLE[who], now), now).is_ok() {
                    self.books.agreed.insert(PEOPLE[who], self.books.change);
                }
            }
            Op::ApproveOld(who) => {
                let stale = Approval { person: person(PEOPLE[who]), ..self.old.clone() };
                if stale.statement != hex::encode(self.release.digest()) {
                    assert!(self.release.approve(stale, now).is_err());
                }
            }
            Op::Forge(who) => {
                // Somebody else's approval under this name: its signature is not this person's.
                let sound = approval(&self.release, PEOPLE[who], now);
                let forged = Approval { signature: "forged".to_owned(), ..sound };
                if self.release.approve(forged, now).is_ok() {
                    self.books.agreed.remove(PEOPLE[who]);
                }
            }
            Op::TakeBack(who) => {
                if self.release.take_back(person(PEOPLE[who]), now).is_ok() {
                    self.books.agreed.remove(PEOPLE[who]);
                }
            }
            Op::Wait(seconds) => self.waited += SignedDuration::from_secs(seconds),
            Op::Lapse => _ = self.release.lapse(now),
            Op::Reject(who) => {
                let refusal = Refusal { kind: Kind::Operational, text: String::new() };
                _ = self.release.reject(refusal, person(PEOPLE[who]), now);
            }
            Op::Withdraw(who) => _ = self.release.withdraw(None, person(PEOPLE[who]), now),
            Op::Release => return self.try_to_release(),
            Op::Role(..) | Op::Remove(_) | Op::Clear(..) | Op::Key(..) | Op::Rule(..) => {
                self.change_rights(op);
            }
        }
        false
    }

    fn amend(&mut self, who: &'static str, what: usize) {
        let now = self.now();
        let before = approval(&self.release, "one", now);
        let change = self.books.change + 1;
        let mut decided = self.release.decided.clone();
        match what {
            0 => decided.objects[0].digest = format!("{change:064x}"),
            1 => decided.label = decided.label.including(member(&format!("m{change}"))),
            2 => decided.basis.note = Some(format!("agreement {change}")),
            _ => decided.expires = Some(now + SignedDuration::from_secs(2_000 + i64::from(change))),
        }
        decided.policy = self.story.directory.release_rules().version([&self.from, &decided.label]);
        let expires = decided.expires;
        if self.release.amend(decided, person(who), now).is_ok() {
            self.old = before;
            self.books.change = change;
            self.books.agreed.clear();
            self.books.proposer = who;
            self.books.expires = expires;
            self.books.decided_under = self.books.rules;
        }
    }

    fn change_rights(&mut self, op: &Op) {
        match *op {
            Op::Role(who, _) | Op::Remove(who) | Op::Clear(who, _)
                if self.books.gone.contains(PEOPLE[who]) => {}
            Op::Role(who, true) => {
                let roles = BTreeSet::from([Role::Releaser]);
                self.story.tell(Rights::RolesSet { person: person(PEOPLE[who]), roles });
                self.books.releasers.insert(PEOPLE[who]);
            }
            Op::Role(who, false) => {
                let roles = BTreeSet::from([Role::Analyst, Role::Admin]);
                self.story.tell(Rights::RolesSet { person: person(PEOPLE[who]), roles });
                self.books.releasers.remove(PEOPLE[who]);
            }
            Op::Remove(who) => {
                self.story.tell(Rights::PersonRemoved { person: person(PEOPLE[who]) });
                self.books.gone.insert(PEOPLE[who]);
            }
            Op::Clear(who, level) => {
                self.story.clear(Holder::Person(person(PEOPLE[who])), cleared(LEVELS[level]));
                self.books.held.insert(PEOPLE[who], level);
            }
            Op::Key(who, true) => _ = self.books.distrusted.remove(PEOPLE[who]),
            Op::Key(who, false) => _ = self.books.distrusted.insert(PEOPLE[who]),
            Op::Rule(on, people) => {
                let rule = [On::Everything, level_rule(self.books.level), On::Handling(Handling::Orcon)];
                let needs =
                    Needs { releasers: people, originator: on == 2, direct: Direct::Nobody, basis: false };
                self.story.tell(Rights::ReleaseRuleSet { on: rule[on].clone(), needs: Some(needs) });
                self.books.rules[on] = Some(people);
            }
            _ => {}
        }
    }

    fn try_to_release(&mut self) -> bool {
        let now = self.now();
        let is_open = matches!(self.release.state, State::Proposed | State::Approved);
        let distrusted = &self.books.distrusted;
        let trusted = |approval: &Approval| {
            approval.signature != "forged" && !distrusted.iter().any(|name| person(name) == approval.person)
        };
        let standing = judge(&self.release, &self.story.directory, trusted, now);
        let cleared = standing.cleared();
        let done = cleared.is_some_and(|cleared| self.release.released(&cleared, None, now).is_ok());
        assert_eq!(done, is_open && self.books.may_release(now), "{standing:?}\n{:?}", self.release);
        done
    }
}

/// Whether some step released.
fn run(ops: &[Op], content: Content) -> bool {
    let mut play = Play::new(content);
    ops.iter().any(|op| play.step(op))
}

proptest! {
    #[test]
    fn nothing_is_released_by_fewer_than_the_required_people(
        ops in proptest::collection::vec(op(), 1..40),
        level in 0..LEVELS.len(),
        orcon in any::<bool>(),
        of_echo in any::<bool>(),
        strict in any::<bool>(),
    ) {
        run(&ops, Content { level, orcon, of_echo, strict });
    }
}

/// The sequences above do reach what they test: people who agree in earnest are not kept from releasing.
#[test]
fn enough_people_do_release() {
    let ops = vec![Op::Approve(1), Op::Release, Op::Approve(2), Op::Approve(6), Op::Release];
    for (level, orcon, of_echo) in [(0, false, false), (1, false, false), (2, true, false), (2, true, true)] {
        let content = Content { level, orcon, of_echo, strict: true };
        assert!(run(&ops, content), "{content:?}");
    }
}

/// Every order of every four steps, exhaustively.
#[test]
fn every_short_sequence_is_judged_alike() {
    let steps = [
        Op::Approve(0),
        Op::Approve(1),
        Op::Approve(2),
        Op::Approve(5),
        Op::TakeBack(1),
        Op::Amend(1, 1),
        Op::Role(1, false),
        Op::Remove(2),
        Op::Rule(0, 1),
        Op::Key(1, false),
        Op::Wait(20_000),
    ];
    for first in &steps {
        for second in &steps {
            for third in &steps {
                for fourth in &steps {
                    let ops = [first, second, third, fourth, &Op::Release].map(Clone::clone);
                    run(&ops, Content { level: 2, orcon: false, of_echo: false, strict: false });
                }
            }
        }
    }
}
