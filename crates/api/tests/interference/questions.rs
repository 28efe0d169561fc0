//! Questions for every entry that reads.

use std::collections::BTreeMap;

use kizuna_access::MemberId;
use kizuna_http::OutputPath;
use kizuna_testkit::generate::{NUMBERS, Script, WORDS};
use kizuna_testkit::script::{Op, Step};
use kizuna_testkit::stix;

use super::object;
use super::site::{is_warned_of, notice_id};

/// One question.
#[derive(Debug, Clone)]
pub struct Question {
    pub path: String,
    /// The object that it is about, where it is about one.
    pub object: Option<u32>,
    /// How a further page is asked for, where there are pages.
    pub pages: Option<&'static str>,
    /// Whether the answer is a stream.
    pub streams: bool,
}

impl Question {
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), object: None, pages: None, streams: false }
    }

    fn about(mut self, object: u32) -> Self {
        self.object = Some(object);
        self
    }

    fn paged(mut self, parameter: &'static str) -> Self {
        self.pages = Some(parameter);
        self
    }
}

/// Objects that are asked for one by one: a few of each script, and one that nobody gave.
fn asked(seed: u64) -> Vec<u32> {
    let first = u32::try_from(seed % u64::from(NUMBERS)).unwrap_or_default();
    vec![first, (first + 2) % NUMBERS, (first + 4) % NUMBERS, (first + 7) % NUMBERS, NUMBERS + 1]
}

/// The objects to which most refers: there hides most beside what shows.
fn referred(script: &Script) -> Vec<u32> {
    let mut counts = [0_usize; NUMBERS as usize];
    for step in &script.steps {
        let Step::Do(Op::Contribute(batch)) = step else { continue };
        for target in batch.iter().flat_map(|given| &given.content.refs) {
            counts[*target as usize] += 1;
        }
    }
    let mut numbers: Vec<u32> = (0..NUMBERS).collect();
    numbers.sort_by_key(|number| std::cmp::Reverse(counts[*number as usize]));
    numbers.truncate(4);
    numbers
}

/// Members through whose eyes a releaser looks.
fn others() -> [uuid::Uuid; 3] {
    ["jp-cert", "ee-cert", "fr-cert"].map(stix::uuid)
}

/// Questions to an entry. An entry without any is a hole in the test.
pub fn questions(entry: &OutputPath, script: &Script) -> Vec<Question> {
    let found = match entry.name.split_once('.') {
        Some(("log", "tile")) => {
            let places = ["0/000", "0/000.p/1", "1/000.p/1", "entries/000.p/1"];
            Some(places.map(|place| Question::new(format!("/log/tile/{place}"))).to_vec())
        }
        Some(("log", "consistency")) => Some(vec![Question::new("/log/consistency/0/0")]),
        Some(("node" | "log" | "federation", _)) => Some(vec![Question::new(entry.path)]),
        Some(("taxii", name)) => taxii(name, script.seed),
        Some(("native", name)) => native(name, script),
        Some(("pages", name)) => pages(name, script),
        _ => None,
    };
    found.unwrap_or_else(|| panic!("no question for {}", entry.name))
}

/// The collection `all` of the own member and that of each community, whether the viewer is in it or not.
fn collections() -> Vec<String> {
    let shared = ["quad", "ring"].map(|name| format!("/taxii2/{}/collections/community/", stix::uuid(name)));
    ["/taxii2/own/collections/all/".to_owned()].into_iter().chain(shared).collect()
}

fn taxii(name: &str, seed: u64) -> Option<Vec<Question>> {
    let roots = ["own".to_owned(), stix::uuid("quad").to_string(), stix::uuid("ring").to_string()];
    let in_roots =
        |rest: &str| roots.iter().map(|root| Question::new(format!("/taxii2/{root}/{rest}"))).collect();
    let per_object = |rest: &str| -> Vec<Question> {
        let asked = asked(seed);
        let paths = asked.iter().map(|number| {
            let path = format!("/taxii2/own/collections/all/objects/{}/{rest}", object(*number));
            Question::new(path).about(*number).paged("next")
        });
        paths.collect()
    };
    Some(match name {
        "discovery" => vec![Question::new("/taxii2/")],
        "api-root" => in_roots(""),
        "collections" => in_roots("collections/"),
        "status" => in_roots(&format!("status/{}/", stix::uuid("status"))),
        "collection" => collections().into_iter().map(Question::new).collect(),
        "objects" | "manifest" => {
            let filters = [
                "",
                "limit=2",
                "limit=3&match[version]=all",
                "match[version]=first",
                "match[version]=first,last",
                "match[type]=indicator,report",
                "match[type]=malware&match[version]=all",
                "match[type]=domain-name",
                "match[spec_version]=2.0",
                "added_after=2026-01-01T00:00:20Z",
                "added_after=2026-01-01T00:00:20Z&limit=2",
            ];
            let mut questions: Vec<Question> = Vec::new();
            for collection in collections() {
                let path =
                    |filter: &str| Question::new(format!("{collection}{name}/?{filter}")).paged("next");
                questions.extend(filters.iter().map(|filter| path(filter)));
                for number in asked(seed) {
                    questions.push(
                        path(&format!("match[id]={}&match[version]=all", object(number))).about(number),
                    );
                }
            }
            questions
        }
        "object" => {
            let versions = ["", "?match[version]=all", "?match[version]=first", "?match[spec_version]=2.0"];
            versions.into_iter().flat_map(per_object).collect()
        }
        "versions" => per_object("versions/"),
        _ => return None,
    })
}

fn native(name: &str, script: &Script) -> Option<Vec<Question>> {
    let seed = script.seed;
    let of_object = |number: u32, rest: &str| {
        Question::new(format!("/api/v1/objects/{}{rest}", object(number))).about(number)
    };
    let per_object = |rest: &str| -> Vec<Question> {
        asked(seed).into_iter().map(|number| of_object(number, rest)).collect()
    };
    Some(match name {
        "openapi" => vec![Question::new("/api/v1/openapi.json")],
        "me" | "members" | "users" | "keys" | "signing-keys" | "communities" | "collections" | "peers"
        | "follows" | "policies" | "agreements" | "proposals" | "erasures" => {
            vec![Question::new(format!("/api/v1/{name}"))]
        }
        "channels" => vec![Question::new("/api/v1/channels")],
        "channel" => vec![Question::new("/api/v1/channels/made-up")],
        "package" => vec![Question::new("/api/v1/channels/made-up/packages/1")],
        "log" => vec![Question::new("/api/v1/log")],
        "log-partners" => vec![Question::new("/api/v1/log/partners")],
        "log-proof" => per_object("/versions/latest/proof"),
        "signing-keys-of" => {
            let members = ["jp-cert", "jp-power", "ee-cert", "fr-cert", "nobody"].into_iter();
            let path = |name| format!("/api/v1/members/{}/signing-keys", stix::uuid(name));
            members.map(|name| Question::new(path(name))).collect()
        }
        "objects" => {
            let filters = [
                "",
                "limit=2",
                "versions=all&limit=3",
                "versions=first",
                "own=true&versions=all",
                "type=indicator",
            ];
            filters
                .iter()
                .map(|filter| Question::new(format!("/api/v1/objects?{filter}")).paged("cursor"))
                .collect()
        }
        "object" => per_object(""),
        "referring" => {
            let referred = referred(script).into_iter();
            referred.map(|number| of_object(number, "/referring").paged("cursor")).collect()
        }
        "overlay" => {
            // Every second object is judged, see the site.
            let judged = asked(seed).into_iter().map(|number| number / 2 * 2);
            judged.map(|number| of_object(number, "/overlay")).collect()
        }
        "versions" | "claims" => per_object(&format!("/{name}")),
        "explain" => {
            let others = ["jp-cert", "ee-cert", "fr-cert"].map(stix::uuid);
            let of =
                |number: u32| others.map(|member| of_object(number, &format!("/explain?member={member}")));
            per_object("/explain").into_iter().chain(asked(seed).into_iter().flat_map(of)).collect()
        }
        "list-as-seen" => {
            let of =
                |member| Question::new(format!("/api/v1/as-seen?member={member}&limit=3")).paged("cursor");
            others().map(of).to_vec()
        }
        "personal-data" => vec![Question::new("/api/v1/personal-data?limit=3").paged("cursor")],
        "overlays" => vec![
            Question::new("/api/v1/overlays?limit=2").paged("cursor"),
            Question::new("/api/v1/overlays?tag=seen&own=true").paged("cursor"),
        ],
        "as-seen" => {
            let eyes = ["jp-cert", "ee-cert", "fr-cert"].map(stix::uuid);
            let of_all =
                |number: u32| eyes.map(|member| of_object(number, &format!("/as-seen?member={member}")));
            asked(seed).into_iter().flat_map(of_all).collect()
        }
        "search" | "count" => searches(name, seed),
        "changes" => vec![Question {
            streams: true,
            ..Question::new("/api/v1/changes?added_after=2000-01-01T00:00:00Z")
        }],
        "audit" => {
            let mut questions = vec![Question::new("/api/v1/audit?action=exercise.").paged("cursor")];
            let about = asked(seed).into_iter().map(|number| {
                let path = format!("/api/v1/audit?action=exercise.&object={}", object(number));
                Question::new(path).about(number)
            });
            questions.extend(about);
            questions
        }
        // How much was written cannot be equal: here nothing was.
        "export-audit" => vec![Question::new("/api/v1/audit/export?after=2999-01-01T00:00:00Z")],
        "releases" => ["", "open=true", "state=released", "own=true&limit=2"]
            .map(|filter| Question::new(format!("/api/v1/releases?{filter}")))
            .to_vec(),
        "release" => {
            vec![Question::new(format!("/api/v1/releases/kizuna-release--{}", stix::uuid("release")))]
        }
        "release-report" => vec![Question::new("/api/v1/releases/report")],
        "release-rules" => vec![Question::new("/api/v1/releases/rules")],
        "quarantine" => vec![
            Question::new("/api/v1/quarantine").paged("cursor"),
            Question::new("/api/v1/quarantine?limit=1").paged("cursor"),
        ],
        _ => return notices(name, script).or_else(|| policies(name)),
    })
}

/// The ids under which most is told beside objects, with the objects, and one under which nothing is.
fn told(kind: &str, script: &Script) -> Vec<(u32, kizuna_stix::Id)> {
    let mut counts: BTreeMap<(u32, &str), usize> = BTreeMap::new();
    for step in &script.steps {
        let Step::Do(Op::Contribute(batch)) = step else { continue };
        for given in batch.iter().filter(|given| is_warned_of(given.content.object)) {
            *counts.entry((given.content.object, given.source.as_str())).or_default() += 1;
        }
    }
    let mut most: Vec<((u32, &str), usize)> = counts.into_iter().collect();
    most.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named =
        |(number, by): (u32, &str)| (number, notice_id(kind, MemberId(stix::uuid(by)), &stix::id(number)));
    let most = most.into_iter().take(4).map(|(given, _)| given);
    most.chain([(NUMBERS + 1, "jp-cert")]).map(named).collect()
}

fn notices(name: &str, script: &Script) -> Option<Vec<Question>> {
    let of = |path: &str, rest: &str| -> Vec<Question> {
        let (face, kind) = path.split_once('/').unwrap_or_default();
        let question = |(number, id)| Question::new(format!("/api/v1/{face}/{id}{rest}")).about(number);
        told(kind, script).into_iter().map(question).collect()
    };
    Some(match name {
        "alerts" | "requests" => vec![
            Question::new(format!("/api/v1/{name}?limit=3")).paged("cursor"),
            Question::new(format!("/api/v1/{name}?way=received&open=true")),
        ],
        "receipts" => vec![Question::new("/api/v1/receipts?limit=2").paged("cursor")],
        "requirements" => vec![Question::new("/api/v1/requirements")],
        "protection" => vec![Question::new("/api/v1/alerts/protection")],
        "receipts-of" => {
            let of = |(number, _)| {
                Question::new(format!("/api/v1/objects/{}/receipts", object(number))).about(number)
            };
            told("kizuna-receipt", script).into_iter().map(of).collect()
        }
        "alert" => of("alerts/kizuna-alert", ""),
        "request" => of("requests/kizuna-request", ""),
        "hits" => of("requirements/kizuna-requirement", "/hits"),
        _ => return None,
    })
}

fn policies(name: &str) -> Option<Vec<Question>> {
    Some(match name {
        "policy" => vec![Question::new("/api/v1/policies/ISLE"), Question::new("/api/v1/policies/none")],
        "policy-file" => vec![Question::new("/api/v1/policies/MOOR/spif")],
        "policy-difference" => vec![Question::new("/api/v1/policies/ISLE/difference?with=MOOR")],
        "reach" => vec![Question::new("/api/v1/reach?label=rel:quad"), Question::new("/api/v1/reach")],
        "label-form" => vec![
            Question::new("/api/v1/label?form=words&label=rel:quad"),
            Question::new("/api/v1/label?form=acs&label=rel:JPN+class:ISLE/OPEN"),
        ],
        _ => return None,
    })
}

fn notice_pages(name: &str, script: &Script) -> Option<Vec<Question>> {
    Some(match name {
        "alerts" => vec![Question::new("/alerts"), Question::new("/alerts?open=true")],
        "new-alert" => {
            let again = |(number, id)| Question::new(format!("/alerts/new?alert={id}")).about(number);
            let path = |number: u32| format!("/alerts/new?object={}", object(number));
            let begun = asked(script.seed).into_iter();
            let begun = begun.map(|number| Question::new(path(number)).about(number));
            told("kizuna-alert", script).into_iter().take(2).map(again).chain(begun).collect()
        }
        "new-requirement" => {
            let path = |id: &kizuna_stix::Id| format!("/requirements/new?requirement={id}");
            let of = |(number, id)| Question::new(path(&id)).about(number);
            told("kizuna-requirement", script).into_iter().map(of).collect()
        }
        "new-request" => {
            let begun = asked(script.seed).into_iter();
            let path = |number: u32| format!("/requests/new?object={}", object(number));
            begun.map(|number| Question::new(path(number)).about(number)).collect()
        }
        "requirements" => vec![Question::new("/requirements")],
        "alert" | "request" | "requirement" => {
            let of = |(number, id)| Question::new(format!("/{name}s/{id}")).about(number);
            told(&format!("kizuna-{name}"), script).into_iter().map(of).collect()
        }
        _ => return None,
    })
}

fn pages(name: &str, script: &Script) -> Option<Vec<Question>> {
    let per_object = |rest: &str| -> Vec<Question> {
        let paths = asked(script.seed)
            .into_iter()
            .map(|number| Question::new(format!("/objects/{}{rest}", object(number))).about(number));
        paths.collect()
    };
    Some(match name {
        "home" => vec![Question::new("/")],
        "search" => {
            let words = WORDS.iter().map(|word| format!("q={}&as=words", escaped(word)));
            let values = (0..3).map(|number| format!("q={}&as=value", stix::domain(number)));
            let ids = asked(script.seed).into_iter().map(|number| format!("q={}", object(number)));
            let kinds = ["indicator", "malware"].map(|kind| format!("q=&kind={kind}"));
            words
                .chain(values)
                .chain(ids)
                .chain(kinds)
                .map(|query| Question::new(format!("/search?{query}")))
                .collect()
        }
        "object" => {
            let mut questions = per_object("");
            let dated = per_object("?version=2025-12-31T23:56:40Z").into_iter();
            questions.extend(dated.filter(|question| question.object.is_some_and(stix::versioned)));
            questions
        }
        "explain" => per_object("/explain"),
        "list-as-seen" => {
            let of = |member| Question::new(format!("/as-seen?viewer=member:{member}"));
            ["jp-cert", "ee-cert", "fr-cert"].map(stix::uuid).map(of).to_vec()
        }
        "as-seen" => {
            let eyes = ["jp-cert", "ee-cert", "fr-cert"].map(stix::uuid);
            let path = |number: u32| {
                eyes.map(|member| format!("/objects/{}/as-seen?viewer=member:{member}", object(number)))
            };
            let of = |number: u32| path(number).map(|path| Question::new(path).about(number));
            asked(script.seed).into_iter().flat_map(of).collect()
        }
        "forecast" => {
            let label = |number: u32| {
                let path = format!("/forecast?change=label&label=rel:world&objects={}", object(number));
                Question::new(path).about(number)
            };
            let ring = stix::uuid("ring");
            let memberships = ["join", "leave"].into_iter().flat_map(|change| {
                ["jp-cert", "ee-cert", "fr-cert"].map(stix::uuid).map(|member| {
                    Question::new(format!("/forecast?change={change}&community={ring}&member={member}"))
                })
            });
            asked(script.seed).into_iter().map(label).chain(memberships).collect()
        }
        "collections" | "members" | "peers" | "quarantine" | "import" | "sign-in" | "help" | "policies"
        | "agreements" | "proposals" | "personal-data" => {
            vec![Question::new(format!("/{name}"))]
        }
        "log" => vec![Question::new("/log-status")],
        "channels" => vec![Question::new("/channels")],
        "peer" => vec![Question::new("/peers/made-up")],
        "policy" => vec![Question::new("/policies/ISLE"), Question::new("/policies/made-up")],
        "levels" => vec![Question::new("/styles/levels.css")],
        "audit" => vec![Question::new("/audit?action=exercise.")],
        "releases" => vec![Question::new("/releases")],
        "new-release" => vec![Question::new("/releases/new")],
        "amend-release" => {
            vec![Question::new(format!("/releases/kizuna-release--{}/amend", stix::uuid("release")))]
        }
        "new-tearline" => {
            let begin = |number: u32| format!("/tearlines/new?object={}", object(number));
            let numbers = asked(script.seed).into_iter();
            numbers.map(|number| Question::new(begin(number)).about(number)).collect()
        }
        "tearline" => {
            vec![Question::new(format!("/tearlines/kizuna-sanitisation--{}", stix::uuid("tearline")))]
        }
        "release-report" => vec![Question::new("/releases/report")],
        "release" => vec![Question::new(format!("/releases/kizuna-release--{}", stix::uuid("release")))],
        "quarantined" => vec![Question::new("/quarantine/made-up")],
        "link" => vec![Question::new("/sign-in/made-up")],
        "asset" => vec![Question::new("/assets/made-up")],
        _ => return notice_pages(name, script),
    })
}

fn searches(name: &str, seed: u64) -> Vec<Question> {
    let mut filters: Vec<String> = WORDS.iter().map(|word| format!("q={}", escaped(word))).collect();
    filters.extend((0..4).map(|number| format!("value={}", stix::domain(number))));
    filters.extend(["type=indicator".to_owned(), "type=malware,report".to_owned()]);
    filters.extend(asked(seed).into_iter().map(|number| format!("refers_to={}", object(number))));
    let is_search = name == "search";
    let path = |filter: String| {
        let question = Question::new(format!("/api/v1/{name}?{filter}"));
        if is_search { question.paged("cursor") } else { question }
    };
    filters.into_iter().map(path).collect()
}

fn escaped(word: &str) -> String {
    url::form_urlencoded::byte_serialize(word.as_bytes()).collect()
}
