//! Generators: whether they are known, can make values, and have a place to write them to.

use super::part::Part;
use super::{Check, Finding};
use crate::generator::{Generator, GeneratorEntry};
use crate::path::PathExpression;
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
    match PathExpression::parse(&entry.key) {
        Ok(path) => part.example.dead_end(&path),
        Err(_) if entry.key.is_empty() => None,
        Err(error) => Some(error.to_string()),
    }
}

/// `X` for `X`, `$.X[0]` and `$['X']`.
fn name_of(key: &str) -> &str {
    let name = key.strip_prefix("$.").or_else(|| key.strip_prefix("$['")).unwrap_or(key);
    name.split(['[', '\'']).next().unwrap_or(name)
}
