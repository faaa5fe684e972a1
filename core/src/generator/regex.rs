//! `Regex`: a text that an expression matches.

use std::fmt;
use std::sync::Arc;

use fastrand::Rng;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use serde_json::Value as Json;

use super::attributes::LONGEST;
use crate::rule;

/// How often something is repeated beyond what has to be, where the expression sets no bound.
const MORE: u32 = 8;

/// How many texts are tried; only look-arounds and boundaries make one fail.
const TRIES: usize = 32;

/// An expression to write texts by. Cloning shares it.
#[derive(Clone)]
pub struct RegexText {
    pattern: Arc<str>,
    syntax: Arc<Result<Hir, String>>,
    whole: Result<rule::Regex, String>,
}

impl RegexText {
    /// Prepares an expression. One that cannot be written by ([`Generator::defect`](super::Generator::defect) says why)
    /// gives no texts.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        let syntax = regex_syntax::Parser::new().parse(pattern).map_err(|error| error.to_string());
        let whole = rule::Regex::new(pattern).map_err(|error| error.to_string());
        Self { pattern: pattern.into(), syntax: Arc::new(syntax), whole }
    }

    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    pub(super) fn defect(&self) -> Option<String> {
        self.syntax.as_ref().as_ref().err().or(self.whole.as_ref().err()).cloned()
    }

    pub(super) fn generate(&self, rng: &mut Rng) -> Option<Json> {
        let (syntax, whole) = (self.syntax.as_ref().as_ref().ok()?, self.whole.as_ref().ok()?);
        let text = (0..TRIES).find_map(|_| {
            let mut text = String::new();
            write_text(syntax, rng, &mut text)?;
            whole.is_match(&text).then_some(text)
        });
        text.map(Json::from)
    }
}

/// Writes a text that the expression matches; `None` when it would get too long or nothing matches.
fn write_text(syntax: &Hir, rng: &mut Rng, text: &mut String) -> Option<()> {
    if text.len() > LONGEST {
        return None;
    }
    match syntax.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.push(choose_char(class, rng)?),
        // nothing repeated is nothing, however often
        HirKind::Repetition(Repetition { sub, .. }) if sub.properties().maximum_len() == Some(0) => {}
        HirKind::Repetition(Repetition { min, max, sub, .. }) => {
            let most = max.unwrap_or(u32::MAX).min(min.saturating_add(MORE));
            for _ in 0..rng.u32(*min..=most.max(*min)) {
                write_text(sub, rng, text)?;
            }
        }
        HirKind::Capture(capture) => write_text(&capture.sub, rng, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write_text(part, rng, text))?,
        HirKind::Alternation(parts) => write_text(rng.choice(parts)?, rng, text)?,
    }
    Some(())
}

/// A character of the class, a printable ASCII one if there is any.
fn choose_char(class: &Class, rng: &mut Rng) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    let printable: Vec<(char, char)> = ranges
        .iter()
        .map(|(start, end)| ((*start).max(' '), (*end).min('~')))
        .filter(|(start, end)| start <= end)
        .collect();
    let ranges = if printable.is_empty() { ranges } else { printable };
    let size = |(start, end): &(char, char)| u32::from(*end) - u32::from(*start) + 1;
    let total = ranges.iter().map(size).sum::<u32>();
    let mut at = rng.u32(0..total.max(1));
    for range in &ranges {
        if at < size(range) {
            return Some(rng.char(range.0..=range.1));
        }
        at -= size(range);
    }
    None
}

impl fmt::Debug for RegexText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.pattern)
    }
}

impl PartialEq for RegexText {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}
