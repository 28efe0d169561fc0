//! `kizuna demo`: two nodes, three members of two nations and one community, and one page that shows the same object
//! side by side as each of them sees it.

mod story;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use kizuna_app::stix::Id;
use serde_json::Value;

use crate::child::{Node, command, command_with_input};

const NORTH: &str = "Asterin CERT";
const OPERATOR: &str = "NovaCore Grid";
const SOUTH: &str = "Orinthia NCSC";
const CIRCLE: &str = "Harbour Circle";

const SHARED: &str = "tlp:amber rel:\"Harbour Circle\" class:EXERCISE/RESTRICTED exercise";
const NATIONAL: &str = "tlp:amber+strict rel:\"Asterin CERT\" class:EXERCISE/SECRET exercise";

/// Somebody who looks at the story: where, and with which key.
pub struct Viewer {
    pub name: String,
    pub url: String,
    pub key: String,
}

/// The running demonstration. Its nodes end when it is dropped.
pub struct Demo {
    pub viewers: Vec<Viewer>,
    pub report: Id,
    pub indicator: Id,
    /// Known in Asterin alone.
    pub victim: Id,
    pub north: PathBuf,
    pub south: PathBuf,
    _nodes: Vec<Node>,
}

/// Sets the story up below `directory`, which is emptied first where an earlier demonstration made it. The nodes listen
/// on the two ports after the page's.
pub fn set_up(directory: &Path, page: SocketAddr, say: &mut dyn FnMut(&str)) -> anyhow::Result<Demo> {
    clear(directory)?;
    let (north, south) = (directory.join("asterin"), directory.join("orinthia"));

    say("two nodes: Asterin with its power grid operator, and Orinthia");
    let ana = people_of_the_north(&north)?;
    let oki = people_of_the_south(&south)?;

    say("one community: its roster goes from node to node");
    let roster = command(&north, &["community", "export", CIRCLE])?;
    let signed: Value = serde_json::from_str(&roster)?;
    let key = signed["signed"]["key"].as_str().context("a roster has no key")?;
    command_with_input(&south, &["community", "import", "-", "--key", key], roster.as_bytes())?;

    say(
        "intelligence goes in at Asterin: a report for the circle, more of it for home, and an exercise data set",
    );
    let author = author(&north)?;
    // In this exercise an analyst gives RESTRICTED content to partners without a second person.
    let open =
        ["release", "rules", "--set", "class:EXERCISE/RESTRICTED", "--releasers", "1", "--direct", "writers"];
    command(&north, &open)?;
    let give = |bundle: &serde_json::Value, label: &str| -> anyhow::Result<String> {
        let bytes = serde_json::to_vec(bundle)?;
        command_with_input(&north, &["import", "-", "--as", "ana@asterin.example", "--label", label], &bytes)
    };
    give(&story::shared(&author), SHARED)?;
    give(&story::national(&author), NATIONAL)?;
    command(&north, &["import", "--sample"])?;

    say("both nodes start, and Orinthia pulls what it may read");
    let at = |offset: u16| SocketAddr::new(page.ip(), page.port() + offset);
    let link = command(
        &north,
        &[
            "user",
            "add",
            "link@orinthia.example",
            "--member",
            SOUTH,
            "--role",
            "reader",
            "--clear",
            "EXERCISE:CONFIDENTIAL",
        ],
    )?;
    let first = Node::start_at(&north, at(1))?;
    let second = Node::start_at(&south, at(2))?;
    let peer = [
        "peer",
        "add",
        &first.url("/taxii2/"),
        "--name",
        "asterin",
        "--member",
        NORTH,
        "--user",
        "link@orinthia.example",
        "--key",
        &link,
        "--pull",
        "--every",
        "5s",
    ];
    command(&south, &peer)?;
    command(&south, &["peer", "sync", "asterin"])?;

    let report = Id::new("report", story::REPORT);
    let arrived = command(&south, &["get", report.as_str(), "--as", "oki@orinthia.example"]);
    arrived.context("the report did not arrive in Orinthia")?;
    let viewers = vec![
        viewer("Asterin CERT, analyst", &first, &ana.0),
        viewer("NovaCore Grid, operator in Asterin", &first, &ana.1),
        viewer("Orinthia NCSC, analyst", &second, &oki),
    ];
    let indicator = Id::new("indicator", story::INDICATOR);
    let victim = Id::new("identity", story::VICTIM);
    Ok(Demo { viewers, report, indicator, victim, north, south, _nodes: vec![first, second] })
}

fn people_of_the_north(data: &Path) -> anyhow::Result<(String, String)> {
    command(data, &["member", "add", NORTH, "--country", "XAS", "--kind", "public"])?;
    command(
        data,
        &["member", "add", OPERATOR, "--country", "XAS", "--kind", "private", "--client-of", NORTH],
    )?;
    command(data, &["member", "add", SOUTH, "--country", "XOR", "--kind", "public", "--elsewhere"])?;
    command(data, &["community", "add", CIRCLE, "--member", NORTH, "--member", SOUTH])?;
    let ana = command(
        data,
        &[
            "user",
            "add",
            "ana@asterin.example",
            "--member",
            NORTH,
            "--role",
            "analyst",
            "--clear",
            "EXERCISE:SECRET",
        ],
    )?;
    let grid = command(
        data,
        &[
            "user",
            "add",
            "grid@novacore.example",
            "--member",
            OPERATOR,
            "--role",
            "reader",
            "--clear",
            "EXERCISE:RESTRICTED",
        ],
    )?;
    Ok((ana, grid))
}

fn people_of_the_south(data: &Path) -> anyhow::Result<String> {
    command(data, &["member", "add", SOUTH, "--country", "XOR", "--kind", "public"])?;
    command(data, &["member", "add", NORTH, "--country", "XAS", "--kind", "public", "--elsewhere"])?;
    command(
        data,
        &[
            "user",
            "add",
            "oki@orinthia.example",
            "--member",
            SOUTH,
            "--role",
            "analyst",
            "--clear",
            "EXERCISE:SECRET",
        ],
    )
}

/// The identity of the node's own member.
fn author(data: &Path) -> anyhow::Result<Id> {
    let listed = command(data, &["--json", "member", "list"])?;
    let members: Vec<Value> = listed.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let own = members
        .iter()
        .find(|member| member["name"] == NORTH)
        .context("Asterin's node does not know itself")?;
    let id = own["id"].as_str().context("a member has no id")?;
    Ok(Id::new("identity", id.rsplit("--").next().unwrap_or(id).parse()?))
}

fn viewer(name: &str, node: &Node, key: &str) -> Viewer {
    Viewer { name: name.to_owned(), url: node.url(""), key: key.to_owned() }
}

/// Empties what an earlier demonstration left; refuses a directory that something else made.
fn clear(directory: &Path) -> anyhow::Result<()> {
    let mark = directory.join("made-by-kizuna-demo");
    if directory.exists() && std::fs::read_dir(directory)?.next().is_some() {
        ensure!(
            mark.exists(),
            "{} is not empty and no demonstration made it: choose another --data",
            directory.display()
        );
        std::fs::remove_dir_all(directory)?;
    }
    std::fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    std::fs::write(mark, "This directory is emptied by the next kizuna demo.\n")?;
    Ok(())
}
