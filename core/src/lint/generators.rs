//! Generators: whether they are known, can make values, and have a place to write them to.

use super::part::Part;
use super::{Check, Finding};
use crate::content::xml::TEXT;
use crate::generator::{Generator, GeneratorEntry};
use crate::path::{PathExpression, Token};
use crate::rule::Category;

pub(super) fn check(part: &Part<'_>, found: &mut Vec<Finding>) {
    for entry in part.generators.iter() {
        let at = match entry.key.as_str() {
            "" => format!("{}.generators.{}", part.at, entry.category),
            key => format!("{}.generators.{}['{key}']", part.at, entry.category),
        };
        if let Generator::Other(json) = &entry.generator {
            let message = format!("the generator {json} is unknown or lacks what it needs: the example stays as it is");
            found.push(Finding::new(Check::UnknownGenerator, &at, message));
        }
        if let Some(reason) = entry.generator.defect() {
            // some parsers draw their complaint over several lines
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            found.push(Finding::new(Check::BrokenGenerator, &at, format!("the generator makes no value: {reason}")));
        }
        if let Some(reason) = never_applies(part, entry) {
            let message = format!("the generator never applies: {reason}");
            found.push(Finding::new(Check::GeneratorNeverApplies, &at, message));
        }
    }
}

fn never_applies(part: &Part<'_>, entry: &GeneratorEntry) -> Option<String> {
    let Some(category) = Category::parse(&entry.category) else {
        return Some("there is no such category of generators".to_owned());
    };
    if category != Category::Body {
        return part.misses_name(category, Some(name_of(&entry.key)).filter(|name| !name.is_empty()));
    }
    if let Some(reason) = part.example.refuses_values() {
        return Some(reason.to_owned());
    }
    match PathExpression::parse(&entry.key) {
        Ok(path) => part.example.dead_end(&path).or_else(|| names_element(part, &path)),
        Err(_) if entry.key.is_empty() => None,
        Err(error) => Some(error.to_string()),
    }
}

/// In XML, values are texts and attributes.
fn names_element(part: &Part<'_>, path: &PathExpression) -> Option<String> {
    let is_value = matches!(path.tokens().last(), Some(Token::Field(name)) if name.starts_with('@') || name == TEXT);
    (part.example.is_xml() && !is_value)
        .then(|| format!("{path} is an element: its text is {path}['#text'], an attribute {path}['@name']"))
}

/// Whether the generator writes over the value at a place: a path in the body, else a name.
pub(super) fn writes_to(entry: &GeneratorEntry, category: Category, place: &str) -> bool {
    if Category::parse(&entry.category) != Some(category) || matches!(entry.generator, Generator::Other(_)) {
        return false;
    }
    if category != Category::Body {
        return category.is_single() || name_of(&entry.key).eq_ignore_ascii_case(place);
    }
    let (Ok(pattern), Ok(place)) = (PathExpression::parse(&entry.key), PathExpression::parse(place)) else {
        return false;
    };
    let (pattern, place) = (pattern.tokens(), place.tokens());
    let fits = |(pattern, place): (&Token, &Token)| match pattern {
        Token::Star => true,
        Token::StarIndex => matches!(place, Token::Index(_)),
        exact => exact == place,
    };
    pattern.len() == place.len() && pattern.iter().zip(place).all(fits)
}

/// `X` for `X`, `$.X[0]` and `$['X']`.
fn name_of(key: &str) -> &str {
    let name = key.strip_prefix("$.").or_else(|| key.strip_prefix("$['")).unwrap_or(key);
    name.split(['[', '\'']).next().unwrap_or(name)
}
