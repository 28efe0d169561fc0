//! What labels cost a reader: decided object by object, and field by field.

use std::time::Duration;

use anyhow::{Context, ensure};
use kizuna_app::access::{Label, MemberId, Party, marking};
use kizuna_app::generate::{Generator, bundles};
use serde_json::{Value, json};

use super::client::{Client, CollectionInfo};
use super::{BATCH, Caller, add_all, green, user};
use crate::child::{Node, Scratch, command};

/// Communities, of which the one reader is in all, the other in every second.
const CIRCLES: usize = 8;
/// Objects of the store, spread over the communities in envelopes of [`MIXED`].
const OBJECTS: usize = 12_000;
const MIXED: usize = 25;
/// One object in this many has fields that only its source's member reads.
const MARKED: usize = 10;
/// Pages that each reader asks for, in turn.
const PAGES: usize = 200;

/// How much longer a page takes, than that of who reads everything, for …
pub struct Decided {
    /// … who reads every second label.
    pub labels: f64,
    /// … who reads every tenth object without some of its fields.
    pub fields: f64,
}

pub fn run() -> anyhow::Result<Decided> {
    Ok(Decided { labels: labels()?, fields: fields()? })
}

/// Two members: the first is in every one of `circles` communities, the second in every second.
fn peopled(data: &Scratch, circles: usize) -> anyhow::Result<(Caller, Caller)> {
    let at = data.0.as_path();
    command(at, &["member", "add", "Bench North", "--country", "XBN", "--kind", "public"])?;
    command(at, &["member", "add", "Bench South", "--country", "XBS", "--kind", "public"])?;
    for number in 0..circles {
        let name = format!("Circle {number}");
        let mut arguments = vec!["community", "add", &name, "--member", "Bench North"];
        if number % 2 == 0 {
            arguments.extend(["--member", "Bench South"]);
        }
        command(at, &arguments)?;
    }
    Ok((user(at, "all@bench.example", "Bench North")?, user(at, "some@bench.example", "Bench South")?))
}

fn labels() -> anyhow::Result<f64> {
    let data = Scratch::new("labels")?;
    let (all, some) = peopled(&data, CIRCLES)?;
    let node = Node::start_unmetered(&data.0)?;
    let client = Client::new(&node.url(""), &all);
    // The first root is the own member's.
    let circles: Vec<String> = (1..=CIRCLES)
        .map(|place| client.collection(place, CollectionInfo::writable))
        .collect::<anyhow::Result<_>>()?;
    let batches: Vec<Vec<u8>> = bundles(Generator::new(77, None, vec![green()]), OBJECTS, MIXED).collect();
    let places = circles.iter().map(String::as_str).cycle();
    let work: Vec<(&str, Vec<u8>)> = places.zip(batches).collect();
    add_all(&node, &all, &work, super::CONNECTIONS)?;
    ratio(&node, &all, &some)
}

fn fields() -> anyhow::Result<f64> {
    let data = Scratch::new("fields")?;
    let (all, some) = peopled(&data, 1)?;
    let node = Node::start_unmetered(&data.0)?;
    let client = Client::new(&node.url(""), &all);
    let circle = client.collection(1, CollectionInfo::writable)?;
    let member = client.own_member()?;
    let own = Label::builder().rel([Party::Member(MemberId(member))]).label();
    let minted = marking::mint(&own).ok().and_then(|mut minted| minted.pop());
    let definition = minted.context("a marking could not be made")?;
    let id = definition.id().clone();
    let described = |object: &Value| object["description"].is_string();
    let mut objects: Vec<Value> =
        Generator::new(78, None, vec![green()]).filter(described).take(2 * BATCH).collect();
    for object in objects.iter_mut().step_by(MARKED) {
        object["granular_markings"] = json!([{ "marking_ref": id, "selectors": ["description"] }]);
    }
    objects.insert(0, Value::Object(definition.into_value()));
    client.add(&circle, &serde_json::to_vec(&json!({ "objects": objects }))?)?;
    ratio(&node, &all, &some)
}

/// A page of one reader against that of the other: the fastest of pages asked for in turn, since whatever else a machine
/// does takes from one of them only.
fn ratio(node: &Node, all: &Caller, some: &Caller) -> anyhow::Result<f64> {
    let mut readers = Vec::new();
    for caller in [all, some] {
        let client = Client::new(&node.url(""), caller);
        let collection = client.collection(0, |collection| collection.is("all"))?;
        readers.push((client, collection, Vec::new()));
    }
    for _ in 0..PAGES {
        for (client, collection, times) in &mut readers {
            let page = client.page(collection, BATCH, None)?;
            ensure!(page.objects == BATCH, "a page had {} objects", page.objects);
            times.push(page.took);
        }
    }
    let fastest = |times: &[Duration]| times.iter().min().map(Duration::as_secs_f64);
    let of = readers.iter().map(|(_, _, times)| fastest(times)).collect::<Option<Vec<f64>>>();
    let of = of.context("no page was asked for")?;
    Ok(of[1] / of[0])
}
