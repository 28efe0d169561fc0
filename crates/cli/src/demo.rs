//! `kizuna demo`: three nodes (two nations and a hub between them), an operator, and one page that shows the same object
//! side by side as each of them sees it, and an alert on its way.

mod alarm;
mod story;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kizuna_app::stix::Id;
use serde_json::Value;

use crate::child::{Node, command, command_with_input};
pub use alarm::Alarm;

const NORTH: &str = "Asterin CERT";
const HUB: &str = "Meridian Exchange";
const SOUTH: &str = "Orinthia NCSC";
const OPERATOR: &str = "NovaCore Grid";
const CIRCLE: &str = "Harbour Circle";

const SHARED: &str = "tlp:amber rel:\"Harbour Circle\" class:EXERCISE/RESTRICTED exercise";
const NATIONAL: &str = "tlp:amber+strict rel:\"Asterin CERT\" class:EXERCISE/SECRET exercise";

/// The way over the hub takes less than a second; a busy machine may take longer.
const ARRIVAL: Duration = Duration::from_mins(1);

/// Somebody who looks at the story: where, and with which key.
#[derive(Clone)]
pub struct Viewer {
    pub name: String,
    pub url: String,
    pub key: String,
}

/// The running demonstration. Its nodes end when it is dropped.
pub struct Demo {
    pub viewers: Vec<Viewer>,
    pub alarm: Arc<Alarm>,
    pub report: Id,
    pub indicator: Id,
    /// Known in Asterin alone.
    pub victim: Id,
    pub north: PathBuf,
    pub south: PathBuf,
    _nodes: [Node; 3],
}

/// Sets the story up below `directory`, which is emptied first where an earlier demonstration made it. The nodes listen
/// on the three ports after the page's.
pub fn set_up(directory: &Path, page: SocketAddr, say: &mut dyn FnMut(&str)) -> anyhow::Result<Demo> {
    clear(directory)?;
    let [north, hub, south] = ["asterin", "meridian", "orinthia"].map(|name| directory.join(name));

    say("three nodes: Asterin, Orinthia with its power grid operator, and a hub between them");
    let ana = people_of_the_north(&north)?;
    let mia = people_of_the_hub(&hub)?;
    let (oki, grid) = people_of_the_south(&south)?;

    say("one community: its roster goes from the hub to both nations");
    let roster = command(&hub, &["community", "export", CIRCLE])?;
    let signed: Value = serde_json::from_str(&roster)?;
    let key = signed["signed"]["key"].as_str().context("a roster has no key")?;
    for nation in [&north, &south] {
        command_with_input(nation, &["community", "import", "-", "--key", key], roster.as_bytes())?;
    }

    say("the nodes start, and the nations join the hub");
    let at = |offset: u16| SocketAddr::new(page.ip(), page.port() + offset);
    let nodes =
        [(&north, 1), (&hub, 2), (&south, 3)].map(|(data, offset)| Node::start_for_peers(data, at(offset)));
    let [asterin, meridian, orinthia] = nodes;
    let nodes = [asterin?, meridian?, orinthia?];
    join(&hub, &north, NORTH, SOUTH)?;
    join(&hub, &south, SOUTH, NORTH)?;

    say(
        "intelligence goes in at Asterin: a report for the circle, more of it for home, and an exercise data set",
    );
    give_story(&north)?;
    let report = Id::new("report", story::REPORT);
    arrives(&south, &report)?;

    let viewers = vec![
        viewer("Asterin CERT, analyst", &nodes[0], &ana),
        viewer("Orinthia NCSC, analyst", &nodes[2], &oki),
        viewer("NovaCore Grid, operator in Orinthia", &nodes[2], &grid),
    ];
    let indicator = Id::new("indicator", story::INDICATOR);
    let places = [
        viewer("Asterin CERT", &nodes[0], &ana),
        viewer("Meridian Exchange (hub)", &nodes[1], &mia),
        viewer("Orinthia NCSC", &nodes[2], &oki),
        viewer("NovaCore Grid, the operator's event stream", &nodes[2], &grid),
    ];
    let alarm = Alarm::set(&places, &indicator, SHARED, CIRCLE)?;
    let victim = Id::new("identity", story::VICTIM);
    Ok(Demo { viewers, alarm, report, indicator, victim, north, south, _nodes: nodes })
}

/// Gives the story at Asterin.
fn give_story(north: &Path) -> anyhow::Result<()> {
    let author = author(north)?;
    release_at_once(north)?;
    for (bundle, label) in [(story::shared(&author), SHARED), (story::national(&author), NATIONAL)] {
        let bytes = serde_json::to_vec(&bundle)?;
        let give = ["import", "-", "--as", "ana@asterin.example", "--label", label];
        command_with_input(north, &give, &bytes)?;
    }
    command(north, &["import", "--sample"])?;
    Ok(())
}

/// In this exercise an analyst gives RESTRICTED content to partners without a second person.
fn release_at_once(data: &Path) -> anyhow::Result<()> {
    let open =
        ["release", "rules", "--set", "class:EXERCISE/RESTRICTED", "--releasers", "1", "--direct", "writers"];
    command(data, &open).map(drop)
}

/// Waits until an object has come to Orinthia.
fn arrives(south: &Path, id: &Id) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        match command(south, &["get", id.as_str(), "--as", "oki@orinthia.example"]) {
            Ok(_) => return Ok(()),
            Err(error) if begun.elapsed() > ARRIVAL => {
                return Err(error.context("the report did not arrive in Orinthia"));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// A nation's node and the hub become peers over mutual TLS, by a code as it is read over the phone: what each may read
/// at the other goes there. The hub passes on what the other nation says too: receipts come back over it.
fn join(hub: &Path, nation: &Path, member: &str, other: &str) -> anyhow::Result<()> {
    let name = member.split(' ').next().unwrap_or(member).to_lowercase();
    let terms = ["--every", "5s", "--clear", "EXERCISE:CONFIDENTIAL"];
    let invited =
        command(hub, &[&["--json", "peer", "invite", &name, "--member", member][..], &terms].concat())?;
    let invited: Value = serde_json::from_str(&invited)?;
    let told = |what: &str| invited[what].as_str().with_context(|| format!("an invitation has no {what}"));
    let join = ["peer", "join", told("address")?, told("code")?, "meridian", "--member", HUB];
    command(nation, &[&join[..], &terms].concat())?;
    let clear = ["--clear", "EXERCISE:CONFIDENTIAL"];
    let members = ["peer", "set", "meridian", "--member", HUB, "--member", other];
    command(nation, &[&members[..], &clear].concat())?;
    Ok(())
}

fn people_of_the_north(data: &Path) -> anyhow::Result<String> {
    command(data, &["member", "add", NORTH, "--country", "XAS", "--kind", "public"])?;
    command(data, &["member", "add", HUB, "--country", "XME", "--kind", "public", "--elsewhere"])?;
    command(data, &["member", "add", SOUTH, "--country", "XOR", "--kind", "public", "--elsewhere"])?;
    person(data, "ana@asterin.example", NORTH, "analyst", "EXERCISE:SECRET")
}

fn people_of_the_hub(data: &Path) -> anyhow::Result<String> {
    command(data, &["member", "add", HUB, "--country", "XME", "--kind", "public"])?;
    command(data, &["member", "add", NORTH, "--country", "XAS", "--kind", "public", "--elsewhere"])?;
    command(data, &["member", "add", SOUTH, "--country", "XOR", "--kind", "public", "--elsewhere"])?;
    let members = ["--member", HUB, "--member", NORTH, "--member", SOUTH];
    command(data, &[&["community", "add", CIRCLE][..], &members].concat())?;
    release_at_once(data)?;
    person(data, "mia@meridian.example", HUB, "analyst", "EXERCISE:SECRET")
}

fn people_of_the_south(data: &Path) -> anyhow::Result<(String, String)> {
    command(data, &["member", "add", SOUTH, "--country", "XOR", "--kind", "public"])?;
    let client = ["--country", "XOR", "--kind", "private", "--client-of", SOUTH];
    command(data, &[&["member", "add", OPERATOR][..], &client].concat())?;
    command(data, &["member", "add", HUB, "--country", "XME", "--kind", "public", "--elsewhere"])?;
    command(data, &["member", "add", NORTH, "--country", "XAS", "--kind", "public", "--elsewhere"])?;
    let oki = person(data, "oki@orinthia.example", SOUTH, "analyst", "EXERCISE:SECRET")?;
    let grid = person(data, "grid@novacore.example", OPERATOR, "reader", "EXERCISE:RESTRICTED")?;
    Ok((oki, grid))
}

/// Adds a person and gives its key.
fn person(data: &Path, email: &str, member: &str, role: &str, clear: &str) -> anyhow::Result<String> {
    command(data, &["user", "add", email, "--member", member, "--role", role, "--clear", clear])
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
