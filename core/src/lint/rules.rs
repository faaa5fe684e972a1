//! Matching rules: where they lead, and whether they can be satisfied at all.

use super::example::{Example, dead_end};
use super::part::Part;
use super::{Check, Finding};
use crate::content::ContentKind;
use crate::pact::Specification;
use crate::path::{PathExpression, Token};
use crate::rule::{ArrayContains, Category, Rule, RuleEntry};
use crate::value::Value;

pub(super) fn check(part: &Part<'_>, specification: Specification, found: &mut Vec<Finding>) {
    if let Example::Unreadable { content_type, reason } = &part.example {
        let message = format!("the example is not of its content type {content_type}: {reason}");
        found.push(Finding::new(Check::UnreadableBody, format!("{}.{}", part.at, part.body_name), message));
    }
    for key in part.rules.kept().keys() {
        // V1 has no rules at all
        if specification > Specification::V1_1 {
            let message = "the rules never apply: there is no such category of rules";
            let location = format!("{}.matchingRules['{key}']", part.at);
            found.push(Finding::new(Check::RuleNeverApplies, location, message));
        }
    }
    for category in Category::ALL {
        let schemas: Vec<&PathExpression> =
            part.rules.of(category).filter(|entry| has_schema(entry)).map(|entry| &entry.path).collect();
        for entry in part.rules.of(category) {
            let at = format!("{}.{}", part.at, location(category, &entry.path, specification));
            if let Some(reason) = never_applies(part, category, &entry.path, &schemas) {
                let message = format!("the rule never applies: {reason}");
                found.push(Finding::new(Check::RuleNeverApplies, &at, message));
            }
            for (rule, unknown) in entry.rules.rules.iter().zip(&entry.rules.unknown) {
                for name in unknown.keys() {
                    let message = format!("the rule '{}' has no attribute '{name}', so nobody reads it", rule.name());
                    found.push(Finding::new(Check::UnknownAttribute, &at, message));
                }
            }
            for rule in &entry.rules.rules {
                check_rule(rule, &at, found);
                if let (Rule::ArrayContains(contains), Category::Body) = (rule, category) {
                    check_variants(contains, &part.example, &entry.path, &at, found);
                }
            }
        }
    }
}

/// As the file spells it: `matchingRules.body['$.a']`, in V2 `matchingRules['$.body.a']`.
fn location(category: Category, path: &PathExpression, specification: Specification) -> String {
    if specification <= Specification::V2 {
        let name = if category == Category::Header { "headers" } else { category.as_str() };
        let mut tokens = vec![Token::Field(name.to_owned())];
        tokens.extend_from_slice(path.tokens());
        return format!("matchingRules['{}']", PathExpression::from_tokens(tokens));
    }
    match (category, path.tokens()) {
        (_, [Token::Field(name)]) if category.is_named() => format!("matchingRules.{}['{name}']", category.as_str()),
        (_, []) if category != Category::Body => format!("matchingRules.{}", category.as_str()),
        _ => format!("matchingRules.{}['{path}']", category.as_str()),
    }
}

fn has_schema(entry: &RuleEntry) -> bool {
    entry.rules.rules.iter().any(|rule| matches!(rule, Rule::Schema(_)))
}

fn never_applies(
    part: &Part<'_>,
    category: Category,
    path: &PathExpression,
    schemas: &[&PathExpression],
) -> Option<String> {
    if category != Category::Body {
        let name = match path.tokens() {
            [Token::Field(name)] => Some(name.as_str()),
            _ => None,
        };
        return part.misses_name(category, name);
    }
    let is_above = |schema: &&&PathExpression| {
        schema.tokens().len() < path.tokens().len() && path.tokens().starts_with(schema.tokens())
    };
    match schemas.iter().find(is_above) {
        Some(schema) => Some(format!("the schema at {schema} decides about everything below it")),
        None => part.example.dead_end(path),
    }
}

/// Rules that nothing satisfies, however deep they stand in others.
fn check_rule(rule: &Rule, at: &str, found: &mut Vec<Finding>) {
    if let Some(message) = unsatisfiable(rule) {
        let check = if matches!(rule, Rule::Other(_)) { Check::UnknownRule } else { Check::BrokenRule };
        found.push(Finding::new(check, at, message));
    }
    match rule {
        Rule::EachKey(each) | Rule::EachValue(each) => each.rules.iter().for_each(|rule| check_rule(rule, at, found)),
        Rule::ArrayContains(contains) => {
            let entries = contains.variants.iter().flat_map(|variant| &variant.rules);
            entries.flat_map(|entry| &entry.rules.rules).for_each(|rule| check_rule(rule, at, found));
        }
        _ => {}
    }
}

/// Why no value satisfies the rule, if none does.
pub(super) fn unsatisfiable(rule: &Rule) -> Option<String> {
    match rule {
        Rule::Other(_) => Some(format!("the rule \"{}\" is unknown, so nothing satisfies it", rule.name())),
        Rule::Regex(regex) => regex
            .defect()
            .map(|reason| format!("the regular expression '{}' does not compile: {reason}", regex.as_str())),
        Rule::Schema(schema) => schema.defect().map(|reason| format!("the schema does not compile: {reason}")),
        _ => None,
    }
}

/// The rules of each variant stand below its own example.
fn check_variants(
    contains: &ArrayContains,
    example: &Example,
    path: &PathExpression,
    at: &str,
    found: &mut Vec<Finding>,
) {
    let Example::Value { kind: ContentKind::Json, value } = example else { return };
    let Some(Value::List(items)) = at_path(value, path) else { return };
    for variant in &contains.variants {
        let Some(item) = items.get(variant.index) else {
            let message = format!("the variant {} has no example: the list has {} items", variant.index, items.len());
            found.push(Finding::new(Check::RuleNeverApplies, at, message));
            continue;
        };
        for entry in &variant.rules {
            if let Some(reason) = dead_end(ContentKind::Json, item, &entry.path) {
                let message = format!("a rule of variant {} never applies: {reason}", variant.index);
                found.push(Finding::new(Check::RuleNeverApplies, at, message));
            }
        }
    }
}

/// The value at a path without wildcards.
fn at_path<'v>(value: &'v Value, path: &PathExpression) -> Option<&'v Value> {
    path.tokens().iter().try_fold(value, |value, token| match (value, token) {
        (Value::Map(members), Token::Field(name)) => members.get(name),
        (Value::List(items), Token::Index(index)) => items.get(*index),
        _ => None,
    })
}
