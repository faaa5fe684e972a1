//! Who calls whom, and how that stands.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::store::overview::IntegrationState;
use crate::web::components::Status;
use crate::web::deployed::Deployed;
use crate::web::overview::status;

/// An application in the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) name: String,
    /// How many it is called by.
    pub(super) consumers: usize,
    /// How many it calls.
    pub(super) providers: usize,
    /// The worst that is said of any of its pacts, as consumer or provider.
    pub(super) status: Status,
}

/// A consumer's pact with a provider, by the places of their nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) consumer: usize,
    pub(super) provider: usize,
    pub(super) status: Status,
    /// The consumer version whose pact it is.
    pub(super) version: Option<String>,
}

impl Edge {
    /// Whether the node at this place is one of its sides.
    pub(super) fn touches(&self, place: usize) -> bool {
        self.consumer == place || self.provider == place
    }
}

/// Applications by name with their pacts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

/// A pact by the names of its sides.
pub(super) struct Link {
    pub(super) consumer: String,
    pub(super) provider: String,
    pub(super) status: Status,
    pub(super) version: Option<String>,
}

/// Every integration with the state of its newest pact.
pub(super) fn newest(integrations: &[IntegrationState]) -> Vec<Link> {
    let link = |one: &IntegrationState| Link {
        consumer: one.consumer.clone(),
        provider: one.provider.clone(),
        status: status(one),
        version: one.version.clone(),
    };
    integrations.iter().filter(|one| one.version.is_some()).map(link).collect()
}

/// The integrations of what runs in an environment; of several versions of a consumer the worst counts.
pub(super) fn running(deployed: &Deployed, names: &HashMap<i64, String>) -> Vec<Link> {
    let name = |id: &i64| names.get(id).cloned().unwrap_or_default();
    let links = deployed.pairs().filter_map(|((consumer, provider), running)| {
        let worst = running.iter().min_by_key(|one| one.status.urgency())?;
        Some(Link {
            consumer: name(consumer),
            provider: name(provider),
            status: worst.status,
            version: Some(worst.number.clone()),
        })
    });
    links.collect()
}

impl Graph {
    /// The graph of these pacts.
    pub(super) fn new(mut links: Vec<Link>) -> Self {
        links.sort_by(|a, b| (&a.consumer, &a.provider).cmp(&(&b.consumer, &b.provider)));
        let names: BTreeSet<&str> =
            links.iter().flat_map(|link| [link.consumer.as_str(), link.provider.as_str()]).collect();
        let places: BTreeMap<&str, usize> = names.iter().enumerate().map(|(place, name)| (*name, place)).collect();
        let node =
            |name: &&str| Node { name: (*name).to_owned(), consumers: 0, providers: 0, status: Status::Verified };
        let mut nodes: Vec<Node> = names.iter().map(node).collect();
        let mut edges = Vec::with_capacity(links.len());
        for link in &links {
            let (Some(consumer), Some(provider)) =
                (places.get(link.consumer.as_str()).copied(), places.get(link.provider.as_str()).copied())
            else {
                continue;
            };
            nodes[consumer].providers += 1;
            nodes[provider].consumers += 1;
            for side in [consumer, provider] {
                if link.status.urgency() < nodes[side].status.urgency() {
                    nodes[side].status = link.status;
                }
            }
            edges.push(Edge { consumer, provider, status: link.status, version: link.version.clone() });
        }
        Self { nodes, edges }
    }

    /// What is at most `steps` calls away from an application, in either direction but without turning round; `None`
    /// when there is no such application.
    pub(super) fn around(&self, name: &str, steps: usize) -> Option<Self> {
        let centre = self.nodes.iter().position(|node| node.name == name)?;
        let mut kept = self.reached(centre, steps, |edge| (edge.consumer, edge.provider));
        kept.extend(self.reached(centre, steps, |edge| (edge.provider, edge.consumer)));
        Some(self.part(|edge| kept.contains(&edge.consumer) && kept.contains(&edge.provider)))
    }

    /// What the applications that `belongs` names agree on among themselves.
    pub(super) fn within(&self, belongs: impl Fn(&str) -> bool) -> Self {
        self.part(|edge| [edge.consumer, edge.provider].iter().all(|side| belongs(&self.nodes[*side].name)))
    }

    /// What they agree on with anyone.
    pub(super) fn touching(&self, belongs: impl Fn(&str) -> bool) -> Self {
        self.part(|edge| [edge.consumer, edge.provider].iter().any(|side| belongs(&self.nodes[*side].name)))
    }

    fn part(&self, keeps: impl Fn(&Edge) -> bool) -> Self {
        let link = |edge: &Edge| Link {
            consumer: self.nodes[edge.consumer].name.clone(),
            provider: self.nodes[edge.provider].name.clone(),
            status: edge.status,
            version: edge.version.clone(),
        };
        Self::new(self.edges.iter().filter(|edge| keeps(edge)).map(link).collect())
    }

    fn reached(&self, centre: usize, steps: usize, ends: impl Fn(&Edge) -> (usize, usize)) -> BTreeSet<usize> {
        let mut kept = BTreeSet::from([centre]);
        let mut open = VecDeque::from([(centre, 0)]);
        while let Some((node, away)) = open.pop_front() {
            if away == steps {
                continue;
            }
            for edge in &self.edges {
                let (from, to) = ends(edge);
                if from == node && kept.insert(to) {
                    open.push_back((to, away + 1));
                }
            }
        }
        kept
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A graph of `consumer>provider` pairs, `!` after those that failed.
    pub(in crate::web::network) fn graph(pairs: &str) -> Graph {
        let link = |pair: &str| {
            let (consumer, provider) = pair.split_once('>').unwrap();
            let failed = provider.ends_with('!');
            Link {
                consumer: consumer.to_owned(),
                provider: provider.trim_end_matches('!').to_owned(),
                status: if failed { Status::Failed } else { Status::Verified },
                version: Some("1".to_owned()),
            }
        };
        Graph::new(pairs.split_whitespace().map(link).collect())
    }

    fn names(graph: &Graph) -> String {
        graph.nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn nodes_know_their_neighbours_and_their_worst_pact() {
        let graph = graph("a>b a>c b>c!");
        let told: Vec<_> =
            graph.nodes.iter().map(|node| (node.consumers, node.providers, node.status == Status::Failed)).collect();
        assert_eq!(told, [(0, 2, false), (1, 1, true), (2, 0, true)]);
    }

    #[test]
    fn a_team_is_seen_with_those_it_talks_to() {
        let graph = graph("a>b b>c c>d");
        assert_eq!(names(&graph.touching(|name| name == "b")), "a b c");
        assert_eq!(names(&graph.within(|name| name <= "b")), "a b");
    }

    #[test]
    fn a_view_around_one_application_does_not_turn_round() {
        let graph = graph("a>b b>c c>d e>c b>b");
        assert_eq!(names(&graph.around("b", 1).unwrap()), "a b c");
        assert_eq!(names(&graph.around("b", 2).unwrap()), "a b c d");
        assert_eq!(graph.around("x", 1), None);
    }
}
