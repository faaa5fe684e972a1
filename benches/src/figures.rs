//! The figures of one run, as a table for people and as JSON for programs.

use comfy_table::{CellAlignment, Table, presets};
use serde_json::json;

/// What one measurement gave.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) ours: f64,
    /// `None` where the official tool is missing.
    pub(crate) official: Option<f64>,
    pub(crate) limit: f64,
}

/// Whether less or more of the unit is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    Less,
    More,
}

/// All measurements of one run in one unit.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) unit: &'static str,
    pub(crate) better: Better,
    pub(crate) list: Vec<Figure>,
}

impl Figures {
    pub(crate) fn to_json(&self) -> String {
        let figures: Vec<_> = self
            .list
            .iter()
            .map(|figure| {
                json!({
                    "name": figure.name,
                    "unit": self.unit,
                    "ours": figure.ours,
                    "official": figure.official,
                    "limit": figure.limit,
                })
            })
            .collect();
        format!("{:#}\n", json!({ "figures": figures }))
    }

    pub(crate) fn to_table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let unit = self.unit;
        table.set_header([
            String::new(),
            format!("ours ({unit})"),
            format!("official ({unit})"),
            format!("limit ({unit})"),
            "times better than official".to_owned(),
            "of the limit".to_owned(),
        ]);
        for figure in &self.list {
            let official = figure.official.map_or_else(|| "–".to_owned(), shown);
            let better = figure.official.map_or_else(|| "–".to_owned(), |official| self.times_better(figure, official));
            let (ours, limit) = (shown(figure.ours), shown(figure.limit));
            table.add_row([figure.name.clone(), ours, official, limit, better, self.share_of_limit(figure)]);
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        format!("{table}\n")
    }

    fn times_better(&self, figure: &Figure, official: f64) -> String {
        let ratio = if self.better == Better::Less { official / figure.ours } else { figure.ours / official };
        format!("{}×", shown(ratio))
    }

    fn share_of_limit(&self, figure: &Figure) -> String {
        match self.better {
            Better::Less => format!("{:.2}×", figure.ours / figure.limit),
            Better::More => format!("{:.0} %", figure.ours * 100.0 / figure.limit),
        }
    }
}

/// Three digits that matter.
fn shown(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}")
    }
}
