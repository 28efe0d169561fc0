//! The store under measurement.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use kizuna_access::rights::Sector;
use kizuna_access::{KeyId, Label, MemberId, Party, PersonId, Principal, Rights, Role};
use kizuna_stix::read::{Element, Limits, read};
use kizuna_store::query::{Search, Start};
use kizuna_store::writer::Actor;
use kizuna_store::{Contribution, Options, Selection, Store, SystemClock, View};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Members: `all` gives and reads everything, `most` reads everything, `few` reads one object in a hundred.
const MEMBERS: [(&str, &str); 3] = [("all", "JPN"), ("most", "JPN"), ("few", "EST")];

pub struct Subject {
    store: Store,
}

fn uuid(name: &str) -> Uuid {
    Uuid::from_slice(&Sha256::digest(name)[..16]).unwrap()
}

fn member(name: &str) -> MemberId {
    MemberId(uuid(name))
}

/// A bundle as it would arrive: indicators of some 700 bytes.
pub fn batch(number: usize) -> Vec<u8> {
    let object = |index: usize| {
        let n = number * super::BATCH + index;
        let id = uuid(&format!("indicator {n}"));
        let word = ["loader", "stealer", "wiper", "beacon", "phishing"][n % 5];
        format!(
            r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--{id}","created_by_ref":"identity--{by}","created":"2024-03-01T10:00:00.000Z","modified":"2024-03-01T10:00:00.000Z","name":"{word} infrastructure {n}","description":"Seen in campaign {c} against the energy sector; the host resolved for {d} days and served a second stage over TLS.","indicator_types":["malicious-activity"],"pattern":"[domain-name:value = 'c{n}.evil{c}.example' OR ipv4-addr:value = '10.{a}.{b}.{e}']","pattern_type":"stix","valid_from":"2024-03-01T10:00:00Z","kill_chain_phases":[{{"kill_chain_name":"mitre-attack","phase_name":"command-and-control"}}],"labels":["c2","{word}"],"external_references":[{{"source_name":"report","url":"https://reports.example/{n}"}}]}}"#,
            by = member("all"),
            c = n % 997,
            d = n % 31,
            a = n / 65536 % 256,
            b = n / 256 % 256,
            e = n % 256,
        )
    };
    let objects: Vec<String> = (0..super::BATCH).map(object).collect();
    let bundle =
        format!(r#"{{"type":"bundle","id":"bundle--{}","objects":[{}]}}"#, uuid("bundle"), objects.join(","));
    bundle.into_bytes()
}

impl Subject {
    pub fn open(path: &Path) -> Self {
        let subject = Self::reopen(path);
        println!("{{\"what\":\"durability\",\"says\":\"{}\"}}", subject.store.durability().unwrap());
        let writer = subject.store.writer();
        let tell = |rights| writer.record(rights, Actor::Operator).unwrap();
        for (name, country) in MEMBERS {
            tell(Rights::MemberAdded {
                member: member(name),
                name: name.into(),
                country: country.parse().unwrap(),
                sector: Sector::Public,
                hosted: true,
            });
            tell(Rights::PersonAdded {
                person: PersonId(uuid(name)),
                email: format!("{name}@example.org"),
                member: member(name),
                roles: BTreeSet::from([Role::Analyst]),
            });
            tell(Rights::KeyAdded {
                key: KeyId(uuid(name)),
                person: PersonId(uuid(name)),
                sha256: hex::encode(Sha256::digest(Self::secret(name))),
                read_only: false,
                expires: None,
            });
        }
        subject
    }

    pub fn reopen(path: &Path) -> Self {
        let options =
            Options { directory: path.to_owned(), database: None, clock: Arc::new(SystemClock), readers: 4 };
        Self { store: Store::open(options).unwrap() }
    }

    fn secret(name: &str) -> [u8; 32] {
        Sha256::digest(name).into()
    }

    fn contributions(batch: &[u8]) -> Vec<Contribution> {
        let narrow = Label::builder().rel([Party::Country("JPN".parse().unwrap())]).label();
        let wide = Label::builder().rel([Party::World]).label();
        let elements = read(batch, &Limits::default()).unwrap();
        let object = |element| match element {
            Element::Object(object) => *object,
            Element::Refused(refused) => panic!("{refused:?}"),
        };
        let give = |(index, object)| Contribution {
            object,
            source: member("all"),
            by: Some(PersonId(uuid("all"))),
            channel: "collection:all".into(),
            label: if index % 100 == 0 { wide.clone() } else { narrow.clone() },
            parts: Vec::new(),
            authored: true,
            dangling: Vec::new(),
            reliability: Some('A'),
        };
        elements.into_iter().map(object).enumerate().map(give).collect()
    }

    pub fn ingest(&self, batches: &[Vec<u8>]) {
        let writer = self.store.writer();
        for batch in batches {
            writer.contribute(Self::contributions(batch), Vec::new()).unwrap();
        }
    }

    pub fn ingest_from_two(&self, batches: &[Vec<u8>]) {
        let (left, right) = batches.split_at(batches.len() / 2);
        std::thread::scope(|scope| {
            scope.spawn(|| self.ingest(left));
            scope.spawn(|| self.ingest(right));
        });
    }

    fn principal(&self, name: &str) -> Principal {
        let now = self.store.now().unwrap();
        self.store.directory().unwrap().authenticate_key(&Self::secret(name), now).unwrap()
    }

    pub fn view(&self, name: &str) -> View {
        self.store.view(&self.principal(name)).unwrap()
    }

    /// Reads everything page by page, each page with a view of its own, as requests would.
    pub fn pages(&self, name: &str, limit: usize) -> usize {
        let mut start = Start::First;
        let mut read = 0;
        loop {
            let page = self.view(name).page(&Selection::default(), start, limit).unwrap();
            read += page.items.len();
            match page.next {
                Some(next) => start = Start::After(next),
                None => return read,
            }
        }
    }

    pub fn page(&self, name: &str, limit: usize) {
        self.view(name).page(&Selection::default(), Start::First, limit).unwrap();
    }

    pub fn search(&self) {
        let search = Search { text: Some("wiper".into()), ..Search::default() };
        let page = self.view("all").search(&search, None, 50).unwrap();
        assert_eq!(page.items.len(), 50);
    }
}

/// Megabytes of a process that has only opened the store, file-backed pages apart.
pub fn idle_memory(path: &Path) -> f64 {
    // This process has read and written a great deal; what it gave back to the allocator still counts as its own.
    if std::env::var_os("KIZUNA_BENCH_IDLE").is_none() {
        let this = std::env::current_exe().unwrap();
        let output = std::process::Command::new(this).env("KIZUNA_BENCH_IDLE", path).output().unwrap();
        return String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(f64::NAN);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| -> f64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(f64::NAN)
    };
    (field("RssAnon:") + field("RssShmem:")) / 1024.0
}

/// Processor time of this process so far, all threads.
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = after_name.split_whitespace().map(|field| field.parse().unwrap_or(0.0)).collect();
    // utime and stime, the 14th and 15th field of the line, in hundredths of a second.
    fields.get(11..13).map_or(f64::NAN, |times| times.iter().sum::<f64>() / 100.0)
}
