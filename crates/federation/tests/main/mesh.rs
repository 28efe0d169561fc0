//! Random topologies: what every node comes to hold by offers alone, in any order, with answers lost.

use std::collections::BTreeSet;

use kizuna_access::MemberId;
use kizuna_federation::offer::{Held, Offered};
use kizuna_stix::Id;
use proptest::prelude::*;
use uuid::Uuid;

/// A version at a node, as one source gave it.
#[derive(Debug, Clone)]
struct Copy {
    version: usize,
    held: Held,
    /// From which node it came.
    from: Option<usize>,
}

struct Node {
    copies: Vec<Copy>,
    /// By neighbour: how far it was offered what is here, and what is on its way there.
    cursors: Vec<(usize, usize)>,
}

struct Mesh {
    nodes: Vec<Node>,
    attested: bool,
    /// Wanted, not yet arrived: from, to, version, as whose.
    under_way: Vec<(usize, usize, usize)>,
    transfers: usize,
}

fn member(node: usize) -> MemberId {
    MemberId(Uuid::from_u128(node as u128 + 1))
}

fn id(version: usize) -> Id {
    Id::new("tool", Uuid::from_u128(version as u128 + 1))
}

fn digest(version: usize) -> [u8; 32] {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&(version as u64).to_be_bytes());
    digest
}

impl Mesh {
    fn new(nodes: usize, links: &[(usize, usize)], attested: bool) -> Self {
        let mut made: Vec<Node> =
            (0..nodes).map(|_| Node { copies: Vec::new(), cursors: Vec::new() }).collect();
        // A line joins them all; the rest makes loops.
        let line = (1..nodes).map(|node| (node - 1, node));
        let links: BTreeSet<(usize, usize)> = links
            .iter()
            .map(|(one, other)| (one % nodes, other % nodes))
            .chain(line)
            .filter(|(one, other)| one != other)
            .map(|(one, other)| (one.min(other), one.max(other)))
            .collect();
        for (one, other) in links {
            made[one].cursors.push((other, 0));
            made[other].cursors.push((one, 0));
        }
        Self { nodes: made, attested, under_way: Vec::new(), transfers: 0 }
    }

    fn publish(&mut self, node: usize, version: usize) {
        let held = Held { digest: digest(version), source: member(node), authored: true };
        self.nodes[node].copies.push(Copy { version, held, from: None });
    }

    /// One step of the link that luck chooses: an offer, or an arrival. Says whether there was anything to do.
    fn step(&mut self, luck: usize, is_lost: bool) -> bool {
        let links: Vec<(usize, usize)> = (0..self.nodes.len())
            .flat_map(|node| (0..self.nodes[node].cursors.len()).map(move |link| (node, link)))
            .filter(|(node, link)| self.nodes[*node].cursors[*link].1 < self.nodes[*node].copies.len())
            .collect();
        let choices = links.len() + self.under_way.len();
        if choices == 0 {
            return false;
        }
        let choice = luck % choices;
        if let Some((node, link)) = links.get(choice) {
            self.offer(*node, *link);
        } else {
            let (from, to, place) = self.under_way.swap_remove(choice - links.len());
            self.arrive(from, to, place);
            if is_lost {
                // The answer is lost: it is offered again.
                let link = self.nodes[from].cursors.iter_mut().find(|(neighbour, _)| *neighbour == to);
                if let Some((_, cursor)) = link {
                    *cursor = (*cursor).min(place);
                }
            }
        }
        true
    }

    fn offer(&mut self, node: usize, link: usize) {
        let (neighbour, place) = self.nodes[node].cursors[link];
        self.nodes[node].cursors[link].1 += 1;
        let copy = self.nodes[node].copies[place].clone();
        if copy.from == Some(neighbour) {
            return;
        }
        let offered =
            Offered { id: id(copy.version), digest: digest(copy.version), source: copy.held.source };
        let held: Vec<Held> = self.nodes[neighbour].copies.iter().map(|copy| copy.held).collect();
        if offered.is_wanted(member(node), &held) {
            self.under_way.push((node, neighbour, place));
        }
    }

    fn arrive(&mut self, from: usize, to: usize, place: usize) {
        self.transfers += 1;
        let copy = self.nodes[from].copies[place].clone();
        let is_own = copy.held.source == member(from);
        let held = if self.attested || is_own {
            Held { authored: copy.held.authored, ..copy.held }
        } else {
            Held { source: member(from), authored: false, ..copy.held }
        };
        let is_known = self.nodes[to]
            .copies
            .iter()
            .any(|known| known.held.digest == held.digest && known.held.source == held.source);
        if !is_known {
            // Of what is here already by another's word, no reader sees anything new: it goes no further.
            let is_seen = self.nodes[to].copies.iter().any(|known| known.version == copy.version);
            if !is_seen {
                self.nodes[to].copies.push(Copy { version: copy.version, held, from: Some(from) });
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn everything_is_everywhere_once_and_the_traffic_ends(
        nodes in 2_usize..9,
        links in proptest::collection::vec((0_usize..9, 0_usize..9), 0..20),
        versions in 1_usize..6,
        attested in any::<bool>(),
        order in proptest::collection::vec(any::<usize>(), 1..400),
        losses in proptest::collection::vec(0_u8..10, 1..400),
    ) {
        let mut mesh = Mesh::new(nodes, &links, attested);
        for version in 0..versions {
            mesh.publish(version % nodes, version);
        }
        let degree: usize = mesh.nodes.iter().map(|node| node.cursors.len()).sum();
        // Each version crosses each direction of a link once, each loss once more, each an offer and an arrival.
        let most = 4 * versions * degree * (order.len() + 2);
        let mut steps = 0;
        while mesh.step(order[steps % order.len()], steps < 400 && losses[steps % losses.len()] == 0) {
            steps += 1;
            prop_assert!(steps < most, "the traffic does not end");
        }
        for node in &mesh.nodes {
            let held: BTreeSet<usize> = node.copies.iter().map(|copy| copy.version).collect();
            prop_assert_eq!(held.len(), versions);
            prop_assert_eq!(node.copies.len(), versions, "stored once");
        }
    }

    #[test]
    fn one_after_the_other_each_version_goes_to_each_node_once(
        nodes in 2_usize..9,
        links in proptest::collection::vec((0_usize..9, 0_usize..9), 0..20),
        versions in 1_usize..6,
    ) {
        let mut mesh = Mesh::new(nodes, &links, true);
        for version in 0..versions {
            mesh.publish(version % nodes, version);
        }
        // What is under way always arrives first.
        while mesh.step(usize::MAX, false) || !mesh.under_way.is_empty() {
            while let Some((from, to, place)) = mesh.under_way.pop() {
                mesh.arrive(from, to, place);
            }
        }
        prop_assert_eq!(mesh.transfers, versions * (nodes - 1));
    }
}
