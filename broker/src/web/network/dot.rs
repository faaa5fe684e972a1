//! The network in Graphviz's language.

use std::fmt::Write as _;

use super::graph::Graph;

/// Writes a graph.
pub(super) fn write(graph: &Graph) -> String {
    let mut dot = String::from("digraph contracts {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
    for node in &graph.nodes {
        let _ = writeln!(dot, "  {};", quoted(&node.name));
    }
    for edge in &graph.edges {
        let (consumer, provider) = (&graph.nodes[edge.consumer].name, &graph.nodes[edge.provider].name);
        let colour = match edge.status.class() {
            "ok" => "#13703a",
            "bad" => "#b3261e",
            "pending" => "#855700",
            "stale" => "#1f5fa8",
            _ => "#5b636e",
        };
        let (from, to, word) = (quoted(consumer), quoted(provider), quoted(edge.status.word()));
        let _ = writeln!(dot, "  {from} -> {to} [color=\"{colour}\", tooltip={word}];");
    }
    dot.push_str("}\n");
    dot
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " ");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::super::graph::tests::graph;
    use super::*;

    #[test]
    fn a_graph_in_dot() {
        insta::assert_snapshot!(write(&graph(r#"a>b b>c"d!"#)), @r##"
        digraph contracts {
          rankdir=LR;
          node [shape=box, style=rounded];
          "a";
          "b";
          "c\"d";
          "a" -> "b" [color="#13703a", tooltip="verified"];
          "b" -> "c\"d" [color="#b3261e", tooltip="failed"];
        }
        "##);
    }
}
