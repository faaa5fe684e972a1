//! What teams agree on with each other: a table of consumers' teams by providers' teams.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;
use crate::web::components::{Mark, Status};

/// Who stands for applications that no label tells a team of.
const OTHERS: &str = "no team";

/// Teams by teams.
#[derive(Debug, Default)]
pub(super) struct Teams {
    /// The teams of providers: name, and the link to the view of it.
    pub(super) columns: Vec<(String, Option<String>)>,
    pub(super) rows: Vec<TeamRow>,
}

/// A consumers' team.
#[derive(Debug)]
pub(super) struct TeamRow {
    pub(super) name: String,
    pub(super) link: Option<String>,
    pub(super) applications: usize,
    /// For each column; `None` where nothing is agreed.
    pub(super) cells: Vec<Option<Cell>>,
}

/// The pacts between two teams.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// The worst status of any of them.
    pub(super) mark: Mark,
    /// How many have it.
    pub(super) worst: usize,
    pub(super) total: usize,
    /// Who consumes and who provides, for those who cannot see row and column.
    pub(super) about: String,
}

impl Teams {
    /// The table of a graph's pacts. `team_of` names the team of an application, `link` the view of a team.
    pub(super) fn new<'a>(
        graph: &Graph,
        team_of: impl Fn(&str) -> Option<&'a str>,
        link: impl Fn(&str) -> String,
    ) -> Self {
        let teams: Vec<&str> = graph.nodes.iter().map(|node| team_of(&node.name).unwrap_or(OTHERS)).collect();
        let mut between: BTreeMap<(&str, &str), Vec<Status>> = BTreeMap::new();
        for edge in &graph.edges {
            between.entry((teams[edge.consumer], teams[edge.provider])).or_default().push(edge.status);
        }
        let names: BTreeSet<&str> = teams.iter().copied().collect();
        let link = |name: &str| (name != OTHERS).then(|| link(name));
        let row = |name: &&str| TeamRow {
            name: (*name).to_owned(),
            link: link(name),
            applications: teams.iter().filter(|team| *team == name).count(),
            cells: names
                .iter()
                .map(|other| between.get(&(*name, *other)).map(|pacts| cell(pacts, format!("{name} with {other}"))))
                .collect(),
        };
        Self {
            rows: names.iter().map(row).collect(),
            columns: names.iter().map(|name| ((*name).to_owned(), link(name))).collect(),
        }
    }
}

fn cell(pacts: &[Status], about: String) -> Cell {
    let worst = pacts.iter().min_by_key(|status| status.urgency()).copied().unwrap_or(Status::Verified);
    Cell {
        mark: worst.mark(),
        worst: pacts.iter().filter(|status| **status == worst).count(),
        total: pacts.len(),
        about,
    }
}

#[cfg(test)]
mod tests {
    use super::super::graph::tests::graph;
    use super::*;

    #[test]
    fn teams_meet_in_cells() {
        let graph = graph("a1>b1 a2>b1! a1>a2 b1>c c>a1");
        let team = |name: &str| ["a", "b"].into_iter().find(|team| name.starts_with(team));
        let teams = Teams::new(&graph, team, |name| format!("/{name}"));
        let shown = teams.rows.iter().map(|row| {
            let cell = |cell: &Option<Cell>| {
                cell.as_ref().map_or_else(|| "-".to_owned(), |one| format!("{}/{} {}", one.worst, one.total, one.about))
            };
            format!("{} {}: {}", row.name, row.applications, row.cells.iter().map(cell).collect::<Vec<_>>().join(", "))
        });
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                "a 2: 1/1 a with a, 1/2 a with b, -",
                "b 1: -, -, 1/1 b with no team",
                "no team 1: 1/1 no team with a, -, -",
            ]
        );
        assert_eq!(teams.columns[1], ("b".to_owned(), Some("/b".to_owned())));
        assert_eq!(teams.columns[2].1, None);
    }
}
