//! Nodes of one community, each with a member, an analyst, and a key of every other one.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use kizuna_app::access::rights::{Clearance, Role, Sector};
use kizuna_app::access::{Country, MemberId};
use kizuna_app::attest::Verified;
use kizuna_app::peers::{Credential, NewPeer};
use kizuna_app::people::{NewMember, Roster};
use kizuna_app::{Caller, Config, Node};
use serde_json::Value;

use crate::child::{self, Scratch};

/// Countries that nobody is from.
const COUNTRY: &str = "XAS";
/// The timed exchange is only a safety net: what is measured comes by waking.
const EVERY: Duration = Duration::from_mins(10);

/// The nodes, before they run.
pub struct Circle {
    places: Vec<Place>,
}

struct Place {
    data: Scratch,
    node: Option<Node>,
    address: SocketAddr,
    member: MemberId,
    analyst: String,
}

/// A node that runs, as its analyst uses it.
pub struct Member {
    node: child::Node,
    agent: ureq::Agent,
    pub id: MemberId,
    pub key: String,
    watch: String,
}

impl Circle {
    pub fn new(name: &str, nodes: usize) -> anyhow::Result<Self> {
        let country: Country = COUNTRY.parse().map_err(|_| anyhow::anyhow!("no country"))?;
        let member_name = |number: usize| format!("Member {number}");
        let mut places: Vec<Place> = Vec::with_capacity(nodes);
        let mut roster: Option<Roster> = None;
        for number in 0..nodes {
            let data = Scratch::new(&format!("{name}-{number}"))?;
            let mut config = Config::new(&data.0);
            config.readers = 2;
            let node = Node::open(config)?;
            let people = node.people(Caller::Operator);
            let mut own = None;
            // The first member that is added is the node's own.
            for other in std::iter::once(number).chain((0..nodes).filter(|other| *other != number)) {
                let hosted = other == number;
                let (name, sector) = (member_name(other), Sector::Public);
                let added = people.add_member(NewMember { name, country, sector, identity: None, hosted })?;
                own = own.or(Some(added.id));
            }
            let member = own.context("a node without a member")?;
            if let Some(roster) = &roster {
                people.import_roster(&Verified::authenticated(roster.clone()))?;
            } else {
                let circle = people.add_community("Circle", false)?;
                for other in 0..nodes {
                    people.join(circle.id, MemberId::of(country, &member_name(other)), None, None)?;
                }
                let mut exported = people.export_roster(circle.id)?;
                exported.signed = None;
                roster = Some(exported);
            }
            let (_, key) =
                people.add_user("analyst@bench.invalid", member, BTreeSet::from([Role::Analyst]))?;
            let address = free()?;
            places.push(Place { data, node: Some(node), address, member, analyst: key.secret });
        }
        let circle = Self { places };
        circle.pin_keys()?;
        Ok(circle)
    }

    /// Everybody knows everybody's signing key.
    fn pin_keys(&self) -> anyhow::Result<()> {
        for place in &self.places {
            let history = place.node()?.people(Caller::Operator).signing_keys_of(place.member)?;
            let key = history.current().context("a member without a signing key")?.key.parse();
            let key = key.map_err(|_| anyhow::anyhow!("no key"))?;
            for other in self.places.iter().filter(|other| other.member != place.member) {
                other.node()?.people(Caller::Operator).pin_signing_key(place.member, key)?;
            }
        }
        Ok(())
    }

    /// Two nodes push to each other.
    pub fn befriend(&mut self, one: usize, other: usize) -> anyhow::Result<()> {
        self.add_peer(one, other)?;
        self.add_peer(other, one)
    }

    fn add_peer(&mut self, at: usize, peer: usize) -> anyhow::Result<()> {
        let (here, there) = (&self.places[at], &self.places[peer]);
        let email = format!("node-{at}@bench.invalid");
        let people = there.node()?.people(Caller::Operator);
        let (_, key) = people.add_user(&email, here.member, BTreeSet::from([Role::Analyst]))?;
        let url = format!("http://{}/taxii2/", there.address).parse()?;
        here.node()?.add_peer(
            &Caller::Operator,
            NewPeer {
                name: format!("node-{peer}"),
                url,
                members: vec![there.member],
                user: None,
                key: Some(Credential::new(key.secret)),
                collections: Vec::new(),
                pull: false,
                push: true,
                every: EVERY,
                label: None,
                clearance: Clearance::default(),
            },
        )?;
        Ok(())
    }

    /// Starts one of them.
    pub fn start_one(&mut self, number: usize) -> anyhow::Result<Member> {
        let place = &mut self.places[number];
        // Its directory belongs to one process.
        let watch = place.node()?.watch_token()?;
        drop(place.node.take());
        let node = child::Node::start_unmetered_at(&place.data.0, place.address)?;
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Ok(Member { node, agent: config.into(), id: place.member, key: place.analyst.clone(), watch })
    }

    /// Starts them all.
    pub fn start(&mut self) -> anyhow::Result<Vec<Member>> {
        (0..self.places.len()).map(|number| self.start_one(number)).collect()
    }
}

impl Place {
    fn node(&self) -> anyhow::Result<&Node> {
        self.node.as_ref().context("the node runs already")
    }
}

impl Member {
    pub fn url(&self, path: &str) -> String {
        self.node.url(path)
    }

    /// Gives an envelope under a label; durable on return.
    pub fn add(&self, envelope: &[u8], label: &str) -> anyhow::Result<()> {
        let mut url = url::Url::parse(&self.url("/api/v1/objects"))?;
        url.query_pairs_mut().append_pair("label", label);
        let request = self.agent.post(url.as_str()).header("authorization", format!("Bearer {}", self.key));
        let mut response = request.header("content-type", "application/json").send(envelope)?;
        let status = response.status().as_u16();
        ensure!(status < 300, "adding answered {status}: {}", response.body_mut().read_to_string()?);
        Ok(())
    }

    fn get(&self, path: &str) -> anyhow::Result<(u16, Vec<u8>)> {
        let request = self.agent.get(self.url(path)).header("authorization", format!("Bearer {}", self.key));
        let mut response = request.call()?;
        let status = response.status().as_u16();
        Ok((status, response.body_mut().with_config().limit(64 << 20).read_to_vec()?))
    }

    pub fn has(&self, id: &str) -> anyhow::Result<bool> {
        Ok(self.get(&format!("/api/v1/objects/{id}"))?.0 == 200)
    }

    pub fn has_all(&self, numbers: impl Iterator<Item = String>) -> anyhow::Result<bool> {
        for id in numbers {
            if !self.has(&id)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Versions that the node's peers were sent, and that stand to be sent, as its metrics tell.
    pub fn counts(&self) -> anyhow::Result<(u64, u64)> {
        let authorization = format!("Bearer {}", self.watch);
        let request = self.agent.get(self.url("/metrics")).header("authorization", authorization);
        let text = request.call()?.body_mut().read_to_string()?;
        let sum = |name: &str| -> u64 {
            let of_metric = text.lines().filter(|line| line.starts_with(name));
            of_metric.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
        };
        Ok((sum("kizuna_peer_pushed_total{"), sum("kizuna_peer_waiting{")))
    }

    /// Versions that the analyst reads.
    pub fn versions(&self) -> anyhow::Result<u64> {
        let mut cursor = String::new();
        let mut found = 0;
        loop {
            let (_, bytes) = self.get(&format!("/api/v1/objects?versions=all&limit=1000{cursor}"))?;
            let page: Value = serde_json::from_slice(&bytes)?;
            let items = page["items"].as_array().map_or(0, Vec::len);
            found += items as u64;
            match page["next"].as_str() {
                Some(next) if items > 0 => cursor = format!("&cursor={next}"),
                _ => return Ok(found),
            }
        }
    }
}

fn free() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0").context("no free port")?.local_addr()?)
}
