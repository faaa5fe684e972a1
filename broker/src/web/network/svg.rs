//! The network as SVG: within a page, where the page's own style colours it, and as a file that stands alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::graph::{Edge, Graph, Node};
use super::layout::{LONGEST_NAME, Layout, NODE_HEIGHT, Place};
use crate::web::components::Status;
use crate::web::site::Site;

/// Up to how many pacts each line is a link; where there are more, those that are fine step back.
const MOST_LINKS: usize = 160;

/// The colours of a file that stands alone.
const STYLE: &str = "svg{background:#fff;font:12px system-ui,sans-serif}path{fill:none;stroke:#8b93a0;stroke-width:1.2}\
                     .ok path,path.ok{stroke:#13703a}.bad path,path.bad{stroke:#b3261e;stroke-width:2}\
                     .pending path,path.pending{stroke:#855700}.stale path,path.stale{stroke:#1f5fa8;stroke-dasharray:5 3}\
                     .never path,path.never{stroke-dasharray:2 3}\
                     rect{fill:#fff;stroke:#9aa1ac}.bad rect{stroke:#b3261e}text{fill:#1a1d21}tspan{font-weight:700}\
                     .ok tspan{fill:#13703a}.bad tspan{fill:#b3261e}.pending tspan{fill:#855700}.stale tspan{fill:#1f5fa8}\
                     .never tspan{fill:#5b636e}";

/// What a drawing is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use<'a> {
    /// Part of a page.
    Page(Setting<'a>),
    /// A file of its own.
    File,
}

/// The page that a drawing is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Setting<'a> {
    pub(super) site: &'a Site,
    /// Nodes lead to views in this environment.
    pub(super) environment: &'a str,
    /// The application in the middle, if one is.
    pub(super) focus: &'a str,
    /// Whether it stands out among all others, which are drawn too.
    pub(super) spotlight: bool,
}

/// Draws a graph.
pub(super) fn draw(graph: &Graph, layout: &Layout, what: Use<'_>) -> String {
    let mut svg = String::with_capacity(graph.edges.len() * 70 + graph.nodes.len() * 260 + 1_000);
    let (width, height) = (layout.width, layout.height);
    let size = format!(r#"viewBox="0 0 {width} {height}" width="{width}" height="{height}""#);
    match what {
        Use::Page(setting) => {
            let dense = if graph.edges.len() > MOST_LINKS { "dense" } else { "" };
            let spot = if setting.spotlight { " spot" } else { "" };
            let class = format!(r#"class="{dense}{spot}""#);
            let _ =
                write!(svg, r#"<svg {size} {class} id="network" role="group" aria-label="Network of applications">"#);
        }
        Use::File => {
            let _ = write!(svg, r#"<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{STYLE}</style>"#);
        }
    }
    let lit = Lit::new(graph, what);
    add_edges(&mut svg, graph, layout, what, lit.centre);
    // a page's style says it once for all
    let sizes = if what == Use::File { format!(r#" height="{NODE_HEIGHT}" rx="5""#) } else { String::new() };
    for (place, (node, at)) in graph.nodes.iter().zip(&layout.places).enumerate() {
        let name = escaped(&shortened(&node.name));
        let inside = format!(
            r#"<title>{}</title><rect x="{}" y="{}" width="{}"{sizes}/><text x="{}" y="{}"><tspan>{}</tspan> {name}</text>"#,
            escaped(&title(node)),
            at.x,
            at.y,
            at.width,
            at.x + 8,
            at.y + 15,
            node.status.shape(),
        );
        let class = node.status.class();
        let _ = match what {
            Use::Page(setting) => {
                let link = escaped(&link(setting, node));
                let focused = if setting.focus == node.name { " focus" } else { "" };
                let lit = if lit.nodes.contains(&place) { " on" } else { "" };
                write!(svg, r#"<a href="{link}" id="n{place}" class="{class}{focused}{lit}">{inside}</a>"#)
            }
            Use::File => write!(svg, r#"<g class="{class}">{inside}</g>"#),
        };
    }
    svg.push_str("</svg>");
    svg
}

/// What stands out in a drawing of everything.
struct Lit {
    centre: Option<usize>,
    nodes: BTreeSet<usize>,
}

impl Lit {
    fn new(graph: &Graph, what: Use<'_>) -> Self {
        let centre = match what {
            Use::Page(setting) if setting.spotlight => graph.nodes.iter().position(|node| node.name == setting.focus),
            _ => None,
        };
        let touching = graph.edges.iter().filter(|edge| centre.is_some_and(|centre| edge.touches(centre)));
        let nodes = touching.flat_map(|edge| [edge.consumer, edge.provider]).chain(centre).collect();
        Self { centre, nodes }
    }
}

/// What is said of an application on hover, its name aside unless it is shortened.
fn title(node: &Node) -> String {
    let whole = if shortened(&node.name) == node.name { String::new() } else { format!("{}: ", node.name) };
    let state = if node.status == Status::Verified { "all verified" } else { node.status.word() };
    format!("{whole}{} consumers, {} providers, {state}", node.consumers, node.providers)
}

/// A click on an application looks around it; one on the application in the middle leads to its page.
fn link(setting: Setting<'_>, node: &Node) -> String {
    let name = node.name.as_str();
    if name == setting.focus {
        return setting.site.pacticipant(name);
    }
    let whole = if setting.spotlight { "yes" } else { "" };
    let pairs = [("environment", setting.environment), ("focus", name), ("whole", whole)];
    let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    setting.site.query(&["network"], &given)
}

/// Lines by status, what needs attention on top. Few lines are links to their pacts; many know only whom they join.
fn add_edges(svg: &mut String, graph: &Graph, layout: &Layout, what: Use<'_>, centre: Option<usize>) {
    let mut edges: Vec<&Edge> = graph.edges.iter().collect();
    edges.sort_by_key(|edge| std::cmp::Reverse(edge.status.urgency()));
    let few = edges.len() <= MOST_LINKS;
    for group in edges.chunk_by(|a, b| a.status == b.status) {
        let _ = write!(svg, r#"<g class="e {}">"#, group[0].status.class());
        for edge in group {
            let path = curve(layout.places[edge.consumer], layout.places[edge.provider]);
            let (consumer, provider) = (&graph.nodes[edge.consumer].name, &graph.nodes[edge.provider].name);
            let id = format!("e{}-{}", edge.consumer, edge.provider);
            let on = if centre.is_some_and(|centre| edge.touches(centre)) { r#" class="on""# } else { "" };
            let _ = match (what, &edge.version) {
                (Use::Page(setting), Some(version)) if few => {
                    let title = escaped(&format!("{consumer} → {provider}: {}", edge.status.word()));
                    let link = escaped(&setting.site.pact(provider, consumer, version));
                    write!(svg, r#"<a href="{link}"><title>{title}</title><path id="{id}"{on} d="{path}"/></a>"#)
                }
                (Use::Page(_), _) => write!(svg, r#"<path id="{id}"{on} d="{path}"/>"#),
                (Use::File, _) => write!(svg, r#"<path d="{path}"/>"#),
            };
        }
        svg.push_str("</g>");
    }
}

/// From the right of the consumer to the left of the provider, around when the provider stands left of it.
fn curve(from: Place, to: Place) -> String {
    let (x, y) = (from.x + from.width, from.y + NODE_HEIGHT / 2);
    let (dx, dy) = (to.x - x, to.y + NODE_HEIGHT / 2 - y);
    if from == to {
        return format!("M{x} {y}c34 0 34 -24 0 -8");
    }
    let bend = if dx > 0 { dx / 2 } else { 50 };
    format!("M{x} {y}c{bend} 0 {} {dy} {dx} {dy}", dx - bend)
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(LONGEST_NAME) {
        None => name.to_owned(),
        Some(_) => name.chars().take(LONGEST_NAME - 1).chain(['…']).collect(),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&#38;"),
            '<' => escaped.push_str("&#60;"),
            '>' => escaped.push_str("&#62;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            // not allowed in XML, and nothing to see either
            control if control.is_control() => escaped.push(' '),
            plain => escaped.push(plain),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::graph::tests::graph;
    use super::super::layout::lay_out;
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        let graph = graph(r#"<script>"'&a>b!"#.replacen('>', "\u{1}", 1).as_str());
        let svg = draw(&graph, &lay_out(&graph), Use::File);
        assert!(!svg.contains("<script") && svg.contains("&#60;script &#34;&#39;&#38;a"), "{svg}");
    }

    #[test]
    fn a_file_has_its_own_colours_and_every_line() {
        let graph = graph("a>b b>c! c>a a>a");
        let svg = draw(&graph, &lay_out(&graph), Use::File);
        assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>"));
        assert_eq!((svg.matches("<path d=").count(), svg.matches("<rect ").count()), (4, 3));
    }
}
