//! Where everything stands: consumers left of their providers, in layers (Sugiyama's method, with its steps as functions
//! here).
//!
//! Cycles are broken by turning the edges that lead back; layers are as few as the longest chain allows; within a layer,
//! applications stand near those they talk to, so that few lines cross.

use super::graph::{Graph, Node};

/// Sizes in the drawing's own units, which are CSS pixels at its natural size.
pub(super) const ROW: i64 = 28;
pub(super) const NODE_HEIGHT: i64 = 22;
pub(super) const MARGIN: i64 = 16;

/// The room between two layers for lines.
const BETWEEN: i64 = 90;

/// How wide a character of a name is taken to be, and the room around a name.
const CHARACTER: f64 = 7.0;
const AROUND_NAME: i64 = 32;

/// How much of a name is shown.
pub(super) const LONGEST_NAME: usize = 28;

/// How often the order within layers is improved.
const SWEEPS: usize = 24;

/// A place in the drawing: the node's left upper corner and its width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
}

/// A drawing's measures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// By the place of the node in the graph.
    pub(super) places: Vec<Place>,
    pub(super) width: i64,
    pub(super) height: i64,
}

/// Lays a graph out.
pub(super) fn lay_out(graph: &Graph) -> Layout {
    let ranks = ranks(graph);
    let layers = order(graph, &ranks);
    coordinates(graph, &layers)
}

/// Where edges lead once cycles are broken: from consumer to provider, but for those few that are turned.
fn forwards(graph: &Graph) -> Vec<(usize, usize)> {
    let places = sequence(graph);
    let edges = graph.edges.iter().filter(|edge| edge.consumer != edge.provider);
    edges
        .map(|edge| match places[edge.consumer] < places[edge.provider] {
            true => (edge.consumer, edge.provider),
            false => (edge.provider, edge.consumer),
        })
        .collect()
}

/// The place of each node in a sequence in which few edges lead back (the greedy one of Eades, Lin and Smyth): those
/// that call nobody go to its end, those that nobody calls to its beginning, else the one that calls most for the times
/// it is called.
fn sequence(graph: &Graph) -> Vec<usize> {
    let count = graph.nodes.len();
    let (mut calls, mut called) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    let (mut out, mut into) = (vec![0_i64; count], vec![0_i64; count]);
    for edge in graph.edges.iter().filter(|edge| edge.consumer != edge.provider) {
        calls[edge.consumer].push(edge.provider);
        called[edge.provider].push(edge.consumer);
        out[edge.consumer] += 1;
        into[edge.provider] += 1;
    }
    let mut open: Vec<usize> = (0..count).collect();
    let mut places = vec![0; count];
    let (mut first, mut last) = (0, count);
    while !open.is_empty() {
        let sink = open.iter().position(|node| out[*node] == 0);
        let source = || open.iter().position(|node| into[*node] == 0);
        let best = || (0..open.len()).max_by_key(|at| (out[open[*at]] - into[open[*at]], std::cmp::Reverse(open[*at])));
        let Some(chosen) = sink.or_else(source).or_else(best) else { break };
        let node = open.swap_remove(chosen);
        if sink.is_some() {
            last -= 1;
            places[node] = last;
        } else {
            places[node] = first;
            first += 1;
        }
        calls[node].iter().for_each(|other: &usize| into[*other] -= 1);
        called[node].iter().for_each(|other: &usize| out[*other] -= 1);
    }
    places
}

/// The layer of each node: as far left as its consumers allow, then drawn towards its providers.
fn ranks(graph: &Graph) -> Vec<usize> {
    let edges = forwards(graph);
    let mut incoming = vec![0_usize; graph.nodes.len()];
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
    for (from, to) in &edges {
        incoming[*to] += 1;
        outgoing[*from].push(*to);
    }
    let mut ranks = vec![0_usize; graph.nodes.len()];
    let mut ready: Vec<usize> = (0..graph.nodes.len()).filter(|node| incoming[*node] == 0).collect();
    let mut sequence = Vec::with_capacity(graph.nodes.len());
    while let Some(node) = ready.pop() {
        sequence.push(node);
        for to in &outgoing[node] {
            ranks[*to] = ranks[*to].max(ranks[node] + 1);
            incoming[*to] -= 1;
            if incoming[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    // one that nobody calls stands beside what it calls, not at the far left
    for node in sequence.iter().rev() {
        let nearest = outgoing[*node].iter().map(|to| ranks[*to]).min();
        let is_free = graph.nodes[*node].consumers == 0;
        if let Some(nearest) = nearest.filter(|_| is_free) {
            ranks[*node] = nearest.saturating_sub(1);
        }
    }
    gathered(ranks)
}

/// How many layers so many applications get at most: a drawing about twice as wide as high fits a screen.
fn most_layers(count: usize) -> usize {
    ((count as f64 * 0.3).sqrt().ceil() as usize).max(6)
}

/// The same order in few enough layers: where chains are long, neighbours in them share a layer.
fn gathered(mut ranks: Vec<usize>) -> Vec<usize> {
    let most = most_layers(ranks.len());
    let count = ranks.iter().max().map_or(0, |last| last + 1);
    if count <= most {
        return ranks;
    }
    let mut before = vec![0; count];
    for rank in &ranks {
        before[rank + 1..].iter_mut().for_each(|sum| *sum += 1);
    }
    let total = ranks.len();
    ranks.iter_mut().for_each(|rank| *rank = before[*rank] * most / total);
    let mut used = ranks.clone();
    used.sort_unstable();
    used.dedup();
    ranks.iter_mut().for_each(|rank| *rank = used.partition_point(|other| other < rank));
    ranks
}

/// The nodes of each layer, ordered so that few lines cross: each stands at the mean place of its neighbours, over
/// and over, in both directions; the best order seen counts.
fn order(graph: &Graph, ranks: &[usize]) -> Vec<Vec<usize>> {
    let count = ranks.iter().max().map_or(0, |last| last + 1);
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (node, rank) in ranks.iter().enumerate() {
        layers[*rank].push(node);
    }
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); ranks.len()];
    for edge in &graph.edges {
        neighbours[edge.consumer].push(edge.provider);
        neighbours[edge.provider].push(edge.consumer);
    }
    let mut heights = heights(&layers, ranks.len());
    let mut best = (length(graph, &heights), layers.clone());
    for sweep in 0..SWEEPS {
        let leftwards = sweep % 2 == 1;
        for step in 0..count {
            let rank = if leftwards { count - 1 - step } else { step };
            let counts = |other: &&usize| match sweep % 4 {
                0 | 1 => (ranks[**other] < rank) != leftwards,
                _ => true,
            };
            let mean = |node: &usize| {
                let near: Vec<f64> = neighbours[*node].iter().filter(counts).map(|other| heights[*other]).collect();
                if near.is_empty() { heights[*node] } else { near.iter().sum::<f64>() / near.len() as f64 }
            };
            let mut placed: Vec<(f64, usize)> = layers[rank].iter().map(|node| (mean(node), *node)).collect();
            placed.sort_by(|a, b| a.0.total_cmp(&b.0));
            layers[rank] = placed.into_iter().map(|(_, node)| node).collect();
            set_heights(&layers[rank], &mut heights);
        }
        let length = length(graph, &heights);
        if length < best.0 {
            best = (length, layers.clone());
        }
    }
    best.1
}

fn heights(layers: &[Vec<usize>], count: usize) -> Vec<f64> {
    let mut heights = vec![0.0; count];
    layers.iter().for_each(|layer| set_heights(layer, &mut heights));
    heights
}

/// Layers stand centred beside each other.
fn set_heights(layer: &[usize], heights: &mut [f64]) {
    let middle = (layer.len() as f64 - 1.0) / 2.0;
    for (place, node) in layer.iter().enumerate() {
        heights[*node] = place as f64 - middle;
    }
}

/// How far lines reach up and down in all.
fn length(graph: &Graph, heights: &[f64]) -> f64 {
    graph.edges.iter().map(|edge| (heights[edge.consumer] - heights[edge.provider]).abs()).sum()
}

fn coordinates(graph: &Graph, layers: &[Vec<usize>]) -> Layout {
    let tallest = layers.iter().map(Vec::len).max().unwrap_or(0) as i64;
    let mut places = vec![Place::default(); graph.nodes.len()];
    let mut x = MARGIN;
    for layer in layers {
        let width = layer.iter().map(|node| width(&graph.nodes[*node])).max().unwrap_or(0);
        let top = MARGIN + (tallest - layer.len() as i64) * ROW / 2;
        for (row, node) in layer.iter().enumerate() {
            let own = self::width(&graph.nodes[*node]);
            places[*node] = Place { x: x + (width - own) / 2, y: top + row as i64 * ROW, width: own };
        }
        x += width + BETWEEN;
    }
    Layout { places, width: (x - BETWEEN + MARGIN).max(2 * MARGIN), height: tallest * ROW + 2 * MARGIN }
}

fn width(node: &Node) -> i64 {
    let characters = node.name.chars().count().min(LONGEST_NAME);
    (characters as f64 * CHARACTER) as i64 + AROUND_NAME
}

#[cfg(test)]
mod tests {
    use super::super::graph::tests::graph;
    use super::*;

    /// The layer of each application: `a0 b1 …`.
    fn layers(pairs: &str) -> String {
        let graph = graph(pairs);
        let ranks = ranks(&graph);
        graph.nodes.iter().zip(&ranks).map(|(node, rank)| format!("{}{rank}", node.name)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn consumers_stand_left_of_their_providers() {
        for (pairs, expected) in [
            ("a>b b>c", "a0 b1 c2"),
            ("a>b b>c a>c", "a0 b1 c2"),
            ("a>b b>c x>c", "a0 b1 c2 x1"),
            ("a>a", "a0"),
            ("a>b c>d", "a0 b1 c0 d1"),
        ] {
            assert_eq!(layers(pairs), expected, "{pairs}");
        }
    }

    #[test]
    fn long_chains_share_layers() {
        let pairs: String = (0..40).map(|place| format!("n{place:02}>n{:02} ", place + 1)).collect();
        let ranks = ranks(&graph(&pairs));
        assert!(ranks.is_sorted() && ranks[0] == 0 && ranks[40] == most_layers(41) - 1, "{ranks:?}");
    }

    #[test]
    fn cycles_are_broken() {
        for pairs in ["a>b b>a", "a>b b>c c>a", "a>b b>c c>a c>d d>b"] {
            let graph = graph(pairs);
            let layout = lay_out(&graph);
            let mut places: Vec<(i64, i64)> = layout.places.iter().map(|place| (place.x, place.y)).collect();
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), graph.nodes.len(), "{pairs}");
        }
    }

    #[test]
    fn nothing_overlaps_and_everything_is_inside() {
        let mut pairs = String::new();
        for one in 0..60 {
            for other in [one * 7 % 60, one * 11 % 60, (one + 3) % 60] {
                pairs.push_str(&format!("n{one}>n{other} "));
            }
        }
        let layout = lay_out(&graph(&pairs));
        for (index, one) in layout.places.iter().enumerate() {
            assert!(one.x >= 0 && one.x + one.width <= layout.width && one.y + NODE_HEIGHT <= layout.height);
            for other in &layout.places[index + 1..] {
                let apart = one.x + one.width <= other.x
                    || other.x + other.width <= one.x
                    || (one.y - other.y).abs() >= NODE_HEIGHT;
                assert!(apart, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn lines_that_need_not_cross_do_not() {
        let graph = graph("a>z b>y c>x");
        let layout = lay_out(&graph);
        let y = |name: &str| layout.places[graph.nodes.iter().position(|node| node.name == name).unwrap()].y;
        for (consumer, provider) in [("a", "z"), ("b", "y"), ("c", "x")] {
            assert_eq!(y(consumer), y(provider), "{consumer}");
        }
    }
}
