//! What the engine can do at best: the same rows, indexes and tokens in a loop without a gate.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::{Connection, params, params_from_iter, types::Value};

/// The rows that a store wrote.
pub struct Rows {
    tables: Vec<String>,
    contributions: Vec<Vec<Value>>,
    bodies: Vec<(Vec<u8>, String)>,
    references: Vec<Vec<Vec<u8>>>,
    observables: Vec<Vec<(i64, String)>>,
}

impl Rows {
    pub fn of(path: &Path) -> Self {
        let db = Connection::open(path).unwrap();
        let mut tables = db
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'words_%' ORDER BY rowid")
            .unwrap();
        let tables = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut contributions = Vec::new();
        let mut statement = db.prepare("SELECT * FROM contribution ORDER BY seq").unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            contributions.push((0..columns).map(|column| row.get(column).unwrap()).collect());
        }
        let count = contributions.len();
        let bodies = db
            .prepare("SELECT bytes FROM body ORDER BY seq")
            .unwrap()
            .query_map([], |row| row.get::<_, Vec<u8>>(0))
            .unwrap()
            .map(|bytes| {
                let bytes = bytes.unwrap();
                let tokens = tokens(&bytes);
                (bytes, tokens)
            })
            .collect();
        let mut references = vec![Vec::new(); count];
        let mut statement = db.prepare("SELECT target, seq FROM reference").unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            references[place(row.get(1).unwrap())].push(row.get(0).unwrap());
        }
        let mut observables = vec![Vec::new(); count];
        let mut statement = db.prepare("SELECT kind, value, seq FROM observable").unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            observables[place(row.get(2).unwrap())].push((row.get(0).unwrap(), row.get(1).unwrap()));
        }
        Self { tables, contributions, bodies, references, observables }
    }
}

fn place(seq: i64) -> usize {
    usize::try_from(seq).unwrap() - 1
}

/// The same words that the store indexes, for texts in ASCII.
fn tokens(bytes: &[u8]) -> String {
    fn collect(key: &str, value: &serde_json::Value, words: &mut BTreeSet<String>) {
        const NONE: [&str; 7] =
            ["id", "type", "spec_version", "created", "modified", "valid_from", "created_by_ref"];
        match value {
            _ if NONE.contains(&key) => {}
            serde_json::Value::String(text) => {
                let separated = text.split(|c: char| !c.is_ascii_alphanumeric());
                words.extend(separated.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| collect(key, item, words)),
            serde_json::Value::Object(map) => map.iter().for_each(|(key, item)| collect(key, item, words)),
            _ => {}
        }
    }
    let mut words = BTreeSet::new();
    collect("", &serde_json::from_slice(bytes).unwrap(), &mut words);
    words.into_iter().collect::<Vec<_>>().join(" ")
}

pub struct Bare {
    db: Connection,
}

impl Bare {
    pub fn create(path: &Path, rows: &Rows) -> Self {
        let db = Connection::open(path).unwrap();
        db.execute_batch(
            "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA cache_size = -24576; PRAGMA wal_autocheckpoint = 8192;",
        )
        .unwrap();
        for table in &rows.tables {
            db.execute_batch(table).unwrap();
        }
        Self { db }
    }

    pub fn ingest(&mut self, rows: &Rows, batch: usize) {
        let seqs: Vec<usize> = (0..rows.contributions.len()).collect();
        for seqs in seqs.chunks(batch) {
            let transaction = self.db.transaction().unwrap();
            for index in seqs {
                insert(&transaction, rows, *index);
            }
            transaction.commit().unwrap();
        }
    }

    /// Every newest version, page by page: a row is passed over when its object has a newer one.
    pub fn pages(&self, limit: usize) -> usize {
        let mut statement = self
            .db
            .prepare(
                "SELECT c.seq, c.key, c.uuid, c.modified, c.digest, c.at, b.bytes FROM contribution c \
                 JOIN body b ON b.seq = c.seq WHERE c.seq > ?1 AND NOT EXISTS \
                 (SELECT 1 FROM contribution n WHERE n.key = c.key AND n.seq > c.seq AND n.modified > c.modified) \
                 ORDER BY c.seq LIMIT ?2",
            )
            .unwrap();
        let (mut last, mut read) = (0_i64, 0);
        loop {
            let mut page = Vec::with_capacity(limit);
            let mut rows = statement.query(params![last, i64::try_from(limit).unwrap()]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                last = row.get(0).unwrap();
                let key: [u8; 16] = row.get(1).unwrap();
                let uuid: [u8; 16] = row.get(2).unwrap();
                let modified: Option<i64> = row.get(3).unwrap();
                let digest: [u8; 32] = row.get(4).unwrap();
                let at: i64 = row.get(5).unwrap();
                let bytes: Vec<u8> = row.get(6).unwrap();
                page.push((key, uuid, modified, digest, at, bytes));
            }
            read += page.len();
            if page.len() < limit {
                return read;
            }
        }
    }
}

fn insert(db: &Connection, rows: &Rows, index: usize) {
    let run = |sql: &str| db.prepare_cached(sql).unwrap();
    let row = &rows.contributions[index];
    let marks = vec!["?"; row.len()].join(",");
    run(&format!("INSERT INTO contribution VALUES ({marks})")).execute(params_from_iter(row)).unwrap();
    let seq = i64::try_from(index + 1).unwrap();
    let (bytes, tokens) = &rows.bodies[index];
    run("INSERT INTO body (seq, bytes) VALUES (?, ?)").execute(params![seq, bytes]).unwrap();
    run("INSERT INTO words (rowid, tokens) VALUES (?, ?)").execute(params![seq, tokens]).unwrap();
    for target in &rows.references[index] {
        run("INSERT INTO reference VALUES (?, ?)").execute(params![target, seq]).unwrap();
    }
    for (kind, value) in &rows.observables[index] {
        run("INSERT INTO observable VALUES (?, ?, ?)").execute(params![kind, value, seq]).unwrap();
    }
}
