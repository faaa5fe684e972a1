//! Tables and field lists.

use comfy_table::{Cell, ContentArrangement, Table};

use crate::output::Style;

/// A table without lines, indented by two. Cells wider than a terminal stay whole.
pub(crate) fn table(header: &[&str], rows: Vec<Vec<Cell>>, style: Style) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    if style == Style::Coloured {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_header(header.iter().map(Cell::new));
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 3));
    }
    let lines: Vec<_> = table.lines().map(|line| format!("  {}", line.trim()).trim_end().to_owned()).collect();
    lines.join("\n")
}

/// One `label: value` line per known value, values aligned.
pub(crate) fn fields(known: &[(&str, Option<String>)]) -> String {
    let given: Vec<_> = known.iter().filter_map(|(label, value)| Some((label, value.as_ref()?))).collect();
    let width = given.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0) + 1;
    let lines: Vec<_> = given.iter().map(|(label, value)| format!("{:width$} {value}", format!("{label}:"))).collect();
    lines.join("\n")
}
