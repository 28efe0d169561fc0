//! The contract suite: stories that say what the store does, told to every engine and to the oracle.

mod arrivals;
mod audience;
mod clearances;
mod narrowing;
mod questions;
mod versions;

use kizuna_testkit::oracle::Oracle;
use kizuna_testkit::script::{
    Answer, Content, Contribution, Driver, Label, Op, Query, Role, Search, Second, Seen, Selection, Standing,
    Start, Version, Versions, Viewer, Written,
};

use crate::engine::engines;

/// What is told: things done, and questions with the answers they must have.
#[derive(Default)]
pub struct Story {
    told: Vec<Told>,
}

enum Told {
    Done(Op),
    Given(Contribution, Written),
    Asked(Viewer, Query, String),
}

impl Story {
    /// A node of `jp-cert` with `jp-power`, `ee-cert` and `fr-cert`, an analyst `NAME-ana` at each, the community
    /// `quad` of the first and the third, and the community `ring`, which opens content from joining on.
    pub fn new() -> Self {
        let mut story = Self::default();
        let members = [("jp-cert", "JPN"), ("jp-power", "JPN"), ("ee-cert", "EST"), ("fr-cert", "FRA")];
        for (name, country) in members {
            story = story.does(Op::AddMember { name: name.into(), country: country.into() });
            story = story.person(&format!("{name}-ana"), name, &[Role::Analyst]);
        }
        for (name, from_joining) in [("quad", false), ("ring", true)] {
            story = story.does(Op::AddCommunity { name: name.into(), from_joining });
        }
        story.joins("quad", "jp-cert").joins("quad", "ee-cert")
    }

    pub fn does(mut self, op: Op) -> Self {
        self.told.push(Told::Done(op));
        self
    }

    pub fn person(self, name: &str, member: &str, roles: &[Role]) -> Self {
        let (name, member, roles) = (name.into(), member.into(), roles.iter().copied().collect());
        self.does(Op::AddPerson { name, member, roles })
    }

    pub fn joins(self, community: &str, member: &str) -> Self {
        self.joins_for(community, member, None, None)
    }

    pub fn joins_for(
        self,
        community: &str,
        member: &str,
        from: Option<Second>,
        until: Option<Second>,
    ) -> Self {
        self.does(Op::Join { community: community.into(), member: member.into(), from, until })
    }

    pub fn leaves(self, community: &str, member: &str) -> Self {
        self.does(Op::Leave { community: community.into(), member: member.into() })
    }

    pub fn passes(self, seconds: Second) -> Self {
        self.does(Op::Advance { seconds })
    }

    /// A contribution that is stored.
    pub fn gives(mut self, given: Contribution) -> Self {
        self.told.push(Told::Given(given, Written::Stored));
        self
    }

    /// A contribution that was given before.
    pub fn gives_again(mut self, given: Contribution) -> Self {
        self.told.push(Told::Given(given, Written::Duplicate));
        self
    }

    /// A question and its answer, in the words of [`told`].
    pub fn asks(mut self, viewer: &str, query: Query, answer: &str) -> Self {
        self.told.push(Told::Asked(Viewer::person(viewer), query, answer.to_owned()));
        self
    }

    pub fn asks_with_key(mut self, person: &str, key: &str, query: Query, answer: &str) -> Self {
        self.told.push(Told::Asked(Viewer::key(person, key), query, answer.to_owned()));
        self
    }

    /// Tells the story to everybody.
    pub fn holds(self) {
        self.tell("oracle", &mut Oracle::new());
        for (name, make) in engines() {
            self.tell(name, make().as_mut());
        }
    }

    fn tell(&self, to: &str, driver: &mut dyn Driver) {
        for (at, told) in self.told.iter().enumerate() {
            match told {
                Told::Done(op) => drop(driver.act(op)),
                Told::Given(given, written) => {
                    let outcome = driver.act(&Op::Contribute(vec![given.clone()]));
                    assert_eq!(outcome, [*written], "{to}, {at}: {given:?}");
                }
                Told::Asked(viewer, query, answer) => {
                    let found = in_words(&driver.ask(viewer, query));
                    assert_eq!(found, *answer, "{to}, {at}: {viewer} asks {query:?}");
                }
            }
        }
    }
}

/// An answer in words: items as `object@modified/variant source`, with `!` for revoked, `?` for disputed.
fn in_words(answer: &Answer) -> String {
    let listed = |seen: &[Seen]| {
        let items: Vec<String> = seen.iter().map(item_in_words).collect();
        if items.is_empty() { "nothing".to_owned() } else { items.join(", ") }
    };
    match answer {
        Answer::NotAuthenticated => "nobody".to_owned(),
        Answer::Items { items, more } => listed(items) + if *more { ", more" } else { "" },
        Answer::Found(items) => listed(items),
        Answer::Counted { at_least, capped } => format!("{at_least}{}", if *capped { "+" } else { "" }),
        Answer::Quarantined(waste) => {
            let inputs: Vec<String> =
                waste.iter().map(|one| format!("{} {}", one.source, one.text)).collect();
            inputs.join(", ")
        }
        Answer::Audited(lines) => {
            let line = |line: &kizuna_testkit::script::Audited| match (line.object, line.masked) {
                (Some(object), _) => format!("{} {object}", line.action),
                (None, true) => format!("{} masked", line.action),
                (None, false) => line.action.clone(),
            };
            lines.iter().map(line).collect::<Vec<_>>().join(", ")
        }
    }
}

fn item_in_words(seen: &Seen) -> String {
    let version = match seen.version {
        Version::At(second) => format!("@{second}"),
        Version::Bytes(_) => String::new(),
        Version::Recall(_) => " recalled".to_owned(),
    };
    let variant = seen.variant.map_or(String::new(), |variant| format!("/{variant}"));
    let revoked = if seen.standing == Standing::Revoked { "!" } else { "" };
    let disputed = if seen.disputed { "?" } else { "" };
    format!("{}{version}{variant} {}{revoked}{disputed}", seen.object, seen.source)
}

/// Version −100 of an object in its first variant, given and written by this member, through its inbox.
fn given(object: u32, source: &str, label: Label) -> Contribution {
    let versioned = kizuna_testkit::stix::versioned(object);
    Contribution {
        content: Content {
            object,
            modified: if versioned { -100 } else { 0 },
            created_by: versioned.then(|| source.to_owned()),
            ..Content::default()
        },
        source: source.to_owned(),
        by: None,
        channel: "inbox".to_owned(),
        label,
        authored: versioned,
        reliability: None,
        waits: false,
    }
}

/// The same, changed.
fn but(mut given: Contribution, change: impl FnOnce(&mut Contribution)) -> Contribution {
    change(&mut given);
    given
}

/// The newest version of everything.
fn all() -> Query {
    page(Versions::Latest)
}

fn page(versions: Versions) -> Query {
    select(Selection { versions, ..Selection::default() })
}

fn select(selection: Selection) -> Query {
    Query::Page { selection, start: Start::First, limit: 100 }
}

/// The next so many of what arrived since this walk last asked.
fn walk(limit: usize) -> Query {
    Query::Page { selection: Selection::default(), start: Start::Walk(0), limit }
}

/// The same, by date.
fn walk_by_date(limit: usize) -> Query {
    Query::Page { selection: Selection::default(), start: Start::Date(1), limit }
}

fn find(search: Search) -> Query {
    Query::Search { search, limit: 2 }
}
