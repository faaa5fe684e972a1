//! How much of a pact fits on one page, however large its bodies are.

use super::view::{InteractionView, Part};

/// How large the interactions of one page may become together, in bytes of HTML.
const BUDGET: usize = 64 * 1024;

/// What the markup around an interaction, a field and a line takes.
const AROUND: usize = 500;
const AROUND_LINE: usize = 60;

/// How many interactions one page shows at most.
const MOST: usize = 50;

/// Which interactions stand on which page: for each page the place of its first.
pub(super) fn starts(weights: &[usize]) -> Vec<usize> {
    let mut starts = Vec::new();
    let (mut count, mut weight) = (0, 0);
    for (index, own) in weights.iter().enumerate() {
        if starts.is_empty() || count == MOST || weight + own > BUDGET {
            starts.push(index);
            (count, weight) = (0, 0);
        }
        count += 1;
        weight += own;
    }
    starts
}

/// About how many bytes of HTML an interaction becomes; one that is too large for a page loses the ends of its bodies.
pub(super) fn fit(interaction: &mut InteractionView) -> usize {
    let findings: usize = interaction.findings.iter().map(|finding| finding.text.len() + AROUND_LINE).sum();
    let mut weight = AROUND + interaction.description.len() * 2 + findings;
    for part in &mut interaction.parts {
        weight += around(part);
        let mut shown = 0;
        for line in &part.body.lines {
            let text: usize = line.pieces.iter().map(|piece| piece.text.len() * 5 / 4 + 10).sum();
            let own = AROUND_LINE + line.indent.len() + text + line.words.len();
            if weight + own > BUDGET {
                break;
            }
            weight += own;
            shown += 1;
        }
        if shown < part.body.lines.len() {
            part.body.lines.truncate(shown);
            part.body.cut = true;
        }
    }
    weight
}

fn around(part: &Part) -> usize {
    let fields = part.fields.iter().map(|field| field.name.len() + field.value.len() + field.words.len());
    let fields: usize = fields.map(|own| own + 2 * AROUND_LINE).sum();
    let rules: usize = part.body.rules.iter().map(|(place, words)| place.len() + words.len() + 2 * AROUND_LINE).sum();
    AROUND / 2 + part.target.len() + fields + rules
}

#[cfg(test)]
mod tests {
    use super::super::view::{BodyView, Line, Piece};
    use super::*;

    #[test]
    fn pages_begin_where_the_budget_ends() {
        assert_eq!(starts(&[]), Vec::<usize>::new());
        assert_eq!(starts(&[1; 120]), [0, 50, 100]);
        assert_eq!(starts(&[BUDGET, 1, BUDGET, BUDGET * 2]), [0, 1, 2, 3]);
    }

    #[test]
    fn what_is_too_large_loses_its_end() {
        let line = || Line { pieces: vec![Piece::new("s", "x".repeat(100))], ..Line::default() };
        let body =
            |lines| BodyView { lines: std::iter::repeat_with(line).take(lines).collect(), ..BodyView::default() };
        let part = |lines| Part { body: body(lines), ..Part::default() };
        let mut interaction =
            InteractionView { parts: vec![part(10), part(10_000), part(5)], ..InteractionView::default() };
        assert!(fit(&mut interaction) <= BUDGET + AROUND);
        let shown: Vec<(usize, bool)> =
            interaction.parts.iter().map(|part| (part.body.lines.len(), part.body.cut)).collect();
        assert_eq!((shown[0], shown[2].1, shown[1].1), ((10, false), true, true));
    }
}
