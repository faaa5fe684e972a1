//! A finding as a short diff with its place.

use std::fmt;

use super::pieces;
use super::rule_words::{example_and_rule, rule_in_words, type_in_words};
use super::shown::{apart, shorten, shown};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::rule::{Rule, Typing, types_of};
use crate::value::Value;

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
    let agreed = || example_and_rule(mismatch.rule.as_ref(), mismatch.expected.as_ref());
    let came = || mismatch.actual.as_ref().map_or_else(|| "nothing".to_owned(), shown);
    let (expected, actual) = match &mismatch.problem {
        Problem::NotEqual => match long_texts(mismatch) {
            Some(texts) => texts,
            None => (agreed(), typed_apart(mismatch).unwrap_or_else(came)),
        },
        Problem::WrongType => (expected_type(mismatch), typed(mismatch.actual.as_ref())),
        Problem::RuleBroken => {
            let same_kind = matches!(mismatch.rule, Some(Rule::Regex(_) | Rule::Include(_) | Rule::Semver));
            if let Some(remark) = remark(mismatch) {
                return with_place(mismatch, &agreed(), &format!("{} ({remark})", came()));
            }
            let same_kind = same_kind || matches!(mismatch.actual, Some(Value::Bytes(_)));
            (agreed(), if same_kind || !has_types(&mismatch.location) { came() } else { typed_for_rule(mismatch) })
        }
        Problem::TooManySteps => (agreed(), format!("{}, on which the expression took too many steps", came())),
        Problem::Missing => (agreed(), "nothing".to_owned()),
        Problem::Unexpected => (unexpected(mismatch), came()),
        Problem::TooFew { min } => (format!("at least {}", items(*min)), length(mismatch)),
        Problem::TooMany { max } => (format!("at most {}", items(*max)), length(mismatch)),
        Problem::WrongLength { expected, actual } => {
            (format!("{expected} {}: {}", unit(mismatch, *expected), agreed()), format!("{actual}: {}", came()))
        }
        Problem::VariantNotFound { index } => (variant(mismatch, *index), format!("none such in {}", came())),
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
        // of bytes, the type is shown anyhow
        Rule::ContentType(_) if matches!(actual, Value::Bytes(_)) => None,
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

/// Of long texts that are alike, the part that differs.
fn long_texts(mismatch: &Mismatch) -> Option<(String, String)> {
    let (expected, actual) = (mismatch.expected.as_ref()?.as_str()?, mismatch.actual.as_ref()?.as_str()?);
    let (expected, actual, from) = apart(expected, actual)?;
    Some((expected, format!("{actual} (different from character {from} on)")))
}

/// The example of a variant. What its rules allow is too much for a line.
fn variant(mismatch: &Mismatch, index: usize) -> String {
    match &mismatch.expected {
        Some(example) => format!("an item like {}", shown(example)),
        None => format!("an item that fits variant {index}, of which there is no example"),
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

fn items(count: u64) -> String {
    if count == 1 { "1 item".to_owned() } else { format!("{count} items") }
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
            format!("{} like {}", with_article(type_in_words(example)), shown(example))
        }
        (None, rule) => example_and_rule(rule.as_ref(), None),
    }
}

/// Equal to look at but of different types: the types are what matters.
fn typed_apart(mismatch: &Mismatch) -> Option<String> {
    let (expected, actual) = (mismatch.expected.as_ref()?, mismatch.actual.as_ref()?);
    (has_types(&mismatch.location) && !expected.same_type(actual)).then(|| typed(Some(actual)))
}

/// Whether values there can be of several types; elsewhere all are texts.
fn has_types(location: &Location) -> bool {
    match location {
        Location::Body { path } => !path.ends_with("['#text']") && !path.contains("['@"),
        Location::Metadata { .. } => true,
        _ => false,
    }
}

/// Where a rule asks for one kind of numbers, the kind that came matters.
fn typed_for_rule(mismatch: &Mismatch) -> String {
    match (&mismatch.rule, &mismatch.actual) {
        (Some(Rule::Integer | Rule::Decimal), Some(value @ Value::Number(number))) => {
            format!("{} ({})", shown(value), if number.is_integer() { "an integer" } else { "a decimal number" })
        }
        (_, actual) => typed(actual.as_ref()),
    }
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
        Some(Value::List(items)) => format!("{}: {}", items.len(), shown(&Value::List(items.clone()))),
        other => typed(other.as_ref()),
    }
}
