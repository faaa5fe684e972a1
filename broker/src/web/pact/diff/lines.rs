//! Two interactions side by side, line by line.

use std::time::{Duration, Instant};

use similar::{Algorithm, ChangeTag, DiffTag, TextDiff, capture_diff_slices_deadline};

use super::super::view::{InteractionView, Line, Part};

/// How many lines around a change are shown.
const CONTEXT: usize = 3;

/// How long two interactions may be compared before the rest counts as replaced.
const PATIENCE: Duration = Duration::from_millis(250);

/// Beyond this many characters a line is shown as changed as a whole.
const LONGEST_LINE: usize = 2_000;

/// A run of a line's characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) changed: bool,
    pub(super) text: String,
}

/// A line on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) segments: Vec<Segment>,
    /// The rules in words.
    pub(super) words: String,
    pub(super) words_changed: bool,
}

/// A line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// The same on both sides.
    Same(Cell),
    /// Different, or on one side only.
    Different(Option<Cell>, Option<Cell>),
    /// So many unchanged lines are left out.
    Gap(usize),
}

impl Row {
    /// About how many bytes of HTML it becomes.
    pub(super) fn weight(&self) -> usize {
        let cell = |cell: &Cell| {
            cell.words.len() + cell.segments.iter().map(|segment| segment.text.len() + 12).sum::<usize>() + 60
        };
        let of = |side: &Option<Cell>| side.as_ref().map_or(0, cell);
        match self {
            Self::Same(both) => 60 + 2 * cell(both),
            Self::Different(before, after) => 60 + of(before) + of(after),
            Self::Gap(_) => 80,
        }
    }
}

/// A line of an interaction as people read it, with the words of its rules.
type Flat = (String, String);

/// Every line of an interaction.
fn flat(view: &InteractionView) -> Vec<Flat> {
    let mut lines: Vec<Flat> = view.states.iter().map(|state| (format!("given {state}"), String::new())).collect();
    if view.pending {
        lines.push(("pending".to_owned(), String::new()));
    }
    for part in &view.parts {
        add(&mut lines, part);
    }
    lines
}

fn add(lines: &mut Vec<Flat>, part: &Part) {
    let mut plain = |text: String| lines.push((text, String::new()));
    if !part.heading.is_empty() {
        plain(format!("── {} ──", part.heading));
    }
    if !part.target.is_empty() {
        plain(format!("{} {}", part.verb, part.target));
    }
    if !part.body.content_type.is_empty() {
        plain(part.body.content_type.clone());
    }
    if !part.body.note.is_empty() {
        plain(part.body.note.clone());
    }
    for field in &part.fields {
        let name = if field.name.is_empty() { String::new() } else { format!(" {}", field.name) };
        lines.push((format!("{}{name}: {}", field.kind, field.value), field.words.clone()));
    }
    lines.extend(part.body.lines.iter().map(|line| (text(line), line.words.clone())));
    lines.extend(part.body.rules.iter().map(|(place, words)| (format!("rule {place}"), words.clone())));
}

fn text(line: &Line) -> String {
    // the comma after a member says nothing about it but that it is not the last
    let pieces = match line.pieces.split_last() {
        Some((last, pieces)) if last.class == "p" && last.text == "," => pieces,
        _ => &line.pieces,
    };
    let pieces: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    format!("{}{pieces}", line.indent)
}

/// All lines of an interaction that only one side has.
pub(super) fn alone(view: &InteractionView) -> Vec<Cell> {
    flat(view).iter().map(whole).collect()
}

fn whole((text, words): &Flat) -> Cell {
    let segments = vec![Segment { changed: false, text: text.clone() }];
    Cell { segments, words: words.clone(), words_changed: false }
}

/// Two interactions side by side; lines far from any change are left out.
pub(super) fn compare(before: &InteractionView, after: &InteractionView) -> Vec<Row> {
    let (old, new) = (flat(before), flat(after));
    let deadline = Instant::now() + PATIENCE;
    let mut rows = Vec::new();
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline)) {
        let (tag, olds, news) = op.as_tag_tuple();
        if tag == DiffTag::Equal {
            rows.extend(new[news].iter().map(|line| Row::Same(whole(line))));
            continue;
        }
        let (olds, news) = (&old[olds], &new[news]);
        for index in 0..olds.len().max(news.len()) {
            rows.push(match (olds.get(index), news.get(index)) {
                (Some(old), Some(new)) => different(old, new),
                (old, new) => Row::Different(old.map(whole), new.map(whole)),
            });
        }
    }
    with_gaps(rows)
}

fn different(old: &Flat, new: &Flat) -> Row {
    let (before, after) = segments(&old.0, &new.0);
    let words_changed = old.1 != new.1;
    let cell = |segments, words: &String| Cell { segments, words: words.clone(), words_changed };
    Row::Different(Some(cell(before, &old.1)), Some(cell(after, &new.1)))
}

/// The words of two lines, with those marked that only one of them has.
fn segments(old: &str, new: &str) -> (Vec<Segment>, Vec<Segment>) {
    let whole = |text: &str| vec![Segment { changed: true, text: text.to_owned() }];
    if old.len().max(new.len()) > LONGEST_LINE {
        return (whole(old), whole(new));
    }
    let diff = TextDiff::from_words(old, new);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut before, false, text);
                push(&mut after, false, text);
            }
            ChangeTag::Delete => push(&mut before, true, text),
            ChangeTag::Insert => push(&mut after, true, text),
        }
    }
    (before, after)
}

fn push(segments: &mut Vec<Segment>, changed: bool, text: &str) {
    match segments.last_mut() {
        Some(last) if last.changed == changed => last.text.push_str(text),
        _ => segments.push(Segment { changed, text: text.to_owned() }),
    }
}

fn with_gaps(rows: Vec<Row>) -> Vec<Row> {
    let changes: Vec<usize> =
        rows.iter().enumerate().filter(|(_, row)| !matches!(row, Row::Same(_))).map(|(index, _)| index).collect();
    let near = |index: usize| {
        let next = changes.partition_point(|change| *change < index);
        let distance = |change: Option<&usize>| change.map_or(usize::MAX, |change| change.abs_diff(index));
        distance(changes.get(next)).min(distance(next.checked_sub(1).and_then(|before| changes.get(before)))) <= CONTEXT
    };
    let mut shown = Vec::new();
    for (index, row) in rows.into_iter().enumerate() {
        match shown.last_mut() {
            _ if near(index) => shown.push(row),
            Some(Row::Gap(count)) => *count += 1,
            _ => shown.push(Row::Gap(1)),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::super::view::{BodyView, Piece};
    use super::*;

    fn view(lines: &[(&str, &str)]) -> InteractionView {
        let line = |(text, words): &(&str, &str)| Line {
            pieces: vec![Piece::new("t", *text)],
            words: (*words).to_owned(),
            ..Line::default()
        };
        let body = BodyView { lines: lines.iter().map(line).collect(), ..BodyView::default() };
        InteractionView { parts: vec![Part { body, ..Part::default() }], ..InteractionView::default() }
    }

    /// Each row as text, changed words in brackets.
    fn shown(before: &[(&str, &str)], after: &[(&str, &str)]) -> String {
        let cell = |cell: &Cell| {
            let text: String = cell
                .segments
                .iter()
                .map(|one| if one.changed { format!("[{}]", one.text) } else { one.text.clone() })
                .collect();
            let words = if cell.words_changed { format!("[{}]", cell.words) } else { cell.words.clone() };
            format!("{text} {words}").trim_end().to_owned()
        };
        let side = |side: &Option<Cell>| side.as_ref().map_or("·".to_owned(), cell);
        let row = |row: &Row| match row {
            Row::Same(both) => format!("  {}", cell(both)),
            Row::Different(before, after) => format!("! {} | {}", side(before), side(after)),
            Row::Gap(count) => format!("  … {count}"),
        };
        compare(&view(before), &view(after)).iter().map(row).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn changed_words_are_marked_and_what_is_far_away_left_out() {
        let mut before: Vec<(&str, &str)> = vec![("{", ""); 9];
        let mut after = before.clone();
        before.push(("\"left\": 5,", "an integer"));
        after.push(("\"left\": 6,", "any number"));
        after.push(("\"new\": true", ""));
        insta::assert_snapshot!(shown(&before, &after), @r#"
          … 6
          {
          {
          {
        ! "left": [5,] [an integer] | "left": [6,] [any number]
        ! · | "new": true
        "#);
    }

    #[test]
    fn nothing_changed() {
        assert_eq!(shown(&[("a", "")], &[("a", "")]), "  … 1");
    }
}
