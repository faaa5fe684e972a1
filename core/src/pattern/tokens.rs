//! The words of matching-rule expressions.

use std::ops::Range;

use super::definition::ExpressionError;

/// One word with its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) kind: Kind,
    /// Bytes of the text.
    pub(super) at: Range<usize>,
}

/// The kinds of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters: a function or a rule.
    Name,
    /// A quoted text, quotes included.
    Text,
    /// Digits, with a sign or without.
    Integer,
    /// Digits around a point.
    Decimal,
    /// `(`, `)`, `,` or `$`
    Mark(char),
    /// Nothing more.
    End,
}

/// Splits an expression; the last word is [`Kind::End`].
pub(super) fn split(text: &str) -> Result<Vec<Word>, ExpressionError> {
    let mut words = Vec::new();
    let mut start = 0;
    loop {
        let rest = &text[start..];
        start += rest.len() - rest.trim_start().len();
        let Some(first) = text[start..].chars().next() else {
            words.push(Word { kind: Kind::End, at: start..start });
            return Ok(words);
        };
        let (kind, length) = match first {
            '(' | ')' | ',' | '$' => (Kind::Mark(first), 1),
            '\'' => (Kind::Text, quoted(text, start)?),
            'a'..='z' | 'A'..='Z' => (Kind::Name, run(&text[start..], |char| char.is_ascii_alphanumeric())),
            '-' | '0'..='9' => number(text, start)?,
            _ => return Err(ExpressionError::new(text, start, format!("'{first}' has no meaning here"))),
        };
        words.push(Word { kind, at: start..start + length });
        start += length;
    }
}

/// How many bytes from the start satisfy.
fn run(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|char| !fits(char)).unwrap_or(text.len())
}

/// The length of a quoted text; a quote after a backslash does not end it.
fn quoted(text: &str, start: usize) -> Result<usize, ExpressionError> {
    let mut escaped = false;
    for (offset, char) in text[start + 1..].char_indices() {
        match char {
            '\'' if !escaped => return Ok(offset + 2),
            '\\' => escaped = true,
            _ => escaped = false,
        }
    }
    Err(ExpressionError::new(text, start, "the quoted text is not closed"))
}

fn number(text: &str, start: usize) -> Result<(Kind, usize), ExpressionError> {
    let is_digit = |char: char| char.is_ascii_digit();
    let sign = usize::from(text[start..].starts_with('-'));
    let whole = run(&text[start + sign..], is_digit);
    if whole == 0 {
        return Err(ExpressionError::new(text, start, "expected digits after '-'"));
    }
    let end = start + sign + whole;
    let fraction = text[end..].strip_prefix('.').map_or(0, |rest| run(rest, is_digit));
    if fraction == 0 {
        return Ok((Kind::Integer, end - start));
    }
    Ok((Kind::Decimal, end - start + 1 + fraction))
}
