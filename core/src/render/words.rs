//! A finding as a short diff with its place.

use std::fmt;

use super::pieces;
use super::rule_words::{example_and_rule, rule_in_words, type_in_words};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::rule::{Rule, Typing, types_of};
use crate::value::Value;

/// How long a value may get in a report before its middle is left out.
const LONGEST: usize = 400;

/// A finding in words; displays as its place, what was expected (`-`) and what came (`+`), on up to three lines.
#[derive(Debug, Clone)]
pub struct Words {
    /// Where.
    pub place: String,
    /// What was agreed, such as `expected an integer like 5`.
    pub expected: String,
    /// What came, such as `but got "4" (a string)`.
    pub actual: String,
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  - {}\n  + {}", self.place, self.expected, self.actual)
    }
}

impl Words {
    /// The same with red and green for a terminal.
    #[must_use]
    pub fn coloured(&self) -> String {
        use owo_colors::OwoColorize as _;
        let expected = format!("- {}", self.expected);
        let actual = format!("+ {}", self.actual);
        format!("{}\n  {}\n  {}", self.place.bold(), expected.red(), actual.green())
    }
}

/// Puts a finding into words.
#[must_use]
pub fn words(mismatch: &Mismatch) -> Words {
    if let Problem::Within { problem, .. } = &mismatch.problem {
        return words(&Mismatch { problem: problem.as_ref().clone(), ..mismatch.clone() });
    }
    let agreed = || shorten(&example_and_rule(mismatch.rule.as_ref(), mismatch.expected.as_ref()));
    let came = || mismatch.actual.as_ref().map_or_else(|| "nothing".to_owned(), shown);
    let (expected, actual) = match &mismatch.problem {
        Problem::NotEqual => (agreed(), typed_apart(mismatch).unwrap_or_else(came)),
        Problem::WrongType => (expected_type(mismatch), typed(mismatch.actual.as_ref())),
        Problem::RuleBroken => {
            let same_kind = matches!(mismatch.rule, Some(Rule::Regex(_) | Rule::Include(_) | Rule::Semver));
            if let Some(remark) = remark(mismatch) {
                return with_place(mismatch, &agreed(), &format!("{} ({remark})", came()));
            }
            (agreed(), if same_kind { came() } else { typed(mismatch.actual.as_ref()) })
        }
        Problem::Missing => (agreed(), "nothing".to_owned()),
        Problem::Unexpected => (unexpected(mismatch), came()),
        Problem::TooFew { min } => (format!("at least {min} items"), length(mismatch)),
        Problem::TooMany { max } => (format!("at most {max} items"), length(mismatch)),
        Problem::WrongLength { expected, actual } => {
            (format!("{expected} {}: {}", unit(mismatch, *expected), agreed()), format!("{actual}: {}", came()))
        }
        Problem::VariantNotFound { .. } => (format!("an item like {}", agreed()), format!("none such in {}", came())),
        Problem::Unreadable { reason } if is_below_root(&mismatch.location) => {
            (agreed(), format!("a value that cannot be read ({reason})"))
        }
        Problem::Unreadable { reason } => (agreed(), format!("a body that cannot be read ({reason}): {}", came())),
        _ => piece(mismatch),
    };
    with_place(mismatch, &expected, &actual)
}

fn with_place(mismatch: &Mismatch, expected: &str, actual: &str) -> Words {
    Words {
        place: mismatch.location.to_string(),
        expected: format!("expected {expected}"),
        actual: format!("but got {actual}"),
    }
}

/// What the rule itself has to say about the value that came.
fn remark(mismatch: &Mismatch) -> Option<String> {
    let actual = mismatch.actual.as_ref()?;
    match mismatch.rule.as_ref()? {
        Rule::DateTime(rule) => rule.objection(actual).map(|objection| objection.to_string()),
        Rule::ContentType(_) => types_of(actual).first().map(|found| format!("which looks like {found}")),
        Rule::Schema(schema) => schema.objection(actual, typing(&mismatch.location)),
        _ => None,
    }
}

/// Values outside bodies are texts.
pub(super) fn typing(location: &Location) -> Typing {
    if matches!(location, Location::Body { .. }) { Typing::Typed } else { Typing::Textual }
}

/// What is special to markup, forms and multipart bodies.
fn piece(mismatch: &Mismatch) -> (String, String) {
    let (expected, actual) = (mismatch.expected.as_ref(), mismatch.actual.as_ref());
    let shortened = |value: Option<&Value>| value.map(|value| shorten(&pieces::unquoted(value))).unwrap_or_default();
    match &mismatch.problem {
        Problem::MissingPiece(piece) => (shorten(&pieces::with_value(piece, expected)), pieces::came(piece, actual)),
        Problem::UnexpectedPiece(piece) => (pieces::named("no", piece), shorten(&pieces::came(piece, actual))),
        Problem::WrongElement => (format!("the element <{}>", shortened(expected)), format!("<{}>", shortened(actual))),
        Problem::WrongChildCount { bounds, actual: count, .. } => {
            (pieces::children(*bounds), format!("{count}: {}", shortened(actual)))
        }
        _ => {
            let rule = mismatch.rule.as_ref().map_or_else(String::new, |rule| rule_in_words(rule, None));
            let hint = "rules on values belong to its ['#text'] or to an ['@attribute']";
            (rule, format!("the element {}; {hint}", shortened(actual)))
        }
    }
}

fn is_below_root(location: &Location) -> bool {
    matches!(location, Location::Body { path } if path != "$")
}

fn unit(mismatch: &Mismatch, count: usize) -> &'static str {
    match (&mismatch.location, count) {
        (Location::Query { .. } | Location::Header { .. }, 1) => "value",
        (Location::Query { .. } | Location::Header { .. }, _) => "values",
        (_, 1) => "item",
        _ => "items",
    }
}

fn unexpected(mismatch: &Mismatch) -> String {
    match mismatch.location {
        Location::Query { .. } => "no such parameter".to_owned(),
        Location::Body { ref path } if path == "$" && mismatch.expected.is_none() => "no body".to_owned(),
        _ if mismatch.expected.is_some() => "an empty object".to_owned(),
        _ => "no such member".to_owned(),
    }
}

fn expected_type(mismatch: &Mismatch) -> String {
    match (&mismatch.expected, &mismatch.rule) {
        (Some(example), Some(rule)) => example_and_rule(Some(rule), Some(example)),
        (Some(example), None) => {
            format!("{} like {}", with_article(type_in_words(example)), shorten(&example.to_string()))
        }
        (None, rule) => example_and_rule(rule.as_ref(), None),
    }
}

/// Equal to look at but of different types: the types are what matters.
fn typed_apart(mismatch: &Mismatch) -> Option<String> {
    let (expected, actual) = (mismatch.expected.as_ref()?, mismatch.actual.as_ref()?);
    let is_body = matches!(mismatch.location, Location::Body { .. });
    (is_body && !expected.same_type(actual)).then(|| typed(Some(actual)))
}

fn typed(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::Null) => "null".to_owned(),
        Some(value) => format!("{} ({})", shown(value), with_article(type_in_words(value))),
    }
}

fn with_article(noun: &str) -> String {
    match noun {
        "null" | "bytes" => noun.to_owned(),
        _ if noun.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {noun}"),
        _ => format!("a {noun}"),
    }
}

fn length(mismatch: &Mismatch) -> String {
    match &mismatch.actual {
        Some(Value::List(items)) => format!("{}: {}", items.len(), shorten(&Value::List(items.clone()).to_string())),
        other => typed(other.as_ref()),
    }
}

fn shown(value: &Value) -> String {
    shorten(&value.to_string())
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST * 3 / 4).collect();
    let tail: Vec<char> = text.chars().rev().take(LONGEST / 8).collect();
    format!("{head} … {}", tail.into_iter().rev().collect::<String>())
}
