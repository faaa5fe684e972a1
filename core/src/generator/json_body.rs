//! Generated values in JSON bodies.

use serde_json::Value as Json;

use super::Generator;
use super::context::Run;
use super::registry::Generators;
use crate::pact::Body;
use crate::path::{PathExpression, Token};
use crate::rule::{ArrayContains, Category, MatchingRules, Rule, RuleEntry};

/// Writes values where the generators and the variants of `arrayContains` rules say so.
pub(super) fn apply(body: &mut Body, generators: &Generators, rules: &MatchingRules, run: &mut Run<'_>) {
    let Body::Present(contents) = body else { return };
    let own = generators.iter().filter(|entry| matches!(entry.category.as_str(), "body" | "content" | "contents"));
    let own = own.filter_map(|entry| {
        let path = PathExpression::parse(&entry.key).ok()?;
        Some((path.tokens().to_vec(), entry.generator.clone()))
    });
    let mut places: Vec<(Vec<Token>, Generator)> = own.collect();
    for entry in rules.of(Category::Body) {
        of_variants(&[], entry, &mut places);
    }
    if places.is_empty() {
        return;
    }
    let Ok(mut json) = serde_json::from_slice::<Json>(&contents.bytes) else { return };
    let mut changed = false;
    for (path, generator) in &places {
        changed |= set(&mut json, path, &mut |example| run.value(generator, example));
    }
    if changed {
        contents.bytes = json.to_string().into_bytes();
    }
}

/// The generators below the items that are the examples of variants.
fn of_variants(above: &[Token], entry: &RuleEntry, places: &mut Vec<(Vec<Token>, Generator)>) {
    for rule in &entry.rules.rules {
        let Rule::ArrayContains(ArrayContains { variants }) = rule else { continue };
        for variant in variants {
            let item = [above, entry.path.tokens(), &[Token::Index(variant.index)]].concat();
            for (path, generator) in variant.generators.as_ref().and_then(Json::as_object).into_iter().flatten() {
                let Ok(path) = PathExpression::parse(path) else { continue };
                places.push(([&item, path.tokens()].concat(), Generator::from_json(generator)));
            }
            for entry in &variant.rules {
                of_variants(&item, entry, places);
            }
        }
    }
}

/// Replaces the values at a path, each with its own; what the path does not reach stays.
fn set(json: &mut Json, path: &[Token], value: &mut dyn FnMut(&Json) -> Option<Json>) -> bool {
    let Some((token, rest)) = path.split_first() else {
        let Some(value) = value(json) else { return false };
        *json = value;
        return true;
    };
    let members: Vec<&mut Json> = match (token, json) {
        (Token::Field(name), Json::Object(object)) => object.get_mut(name).into_iter().collect(),
        (Token::Index(index), Json::Array(items)) => items.get_mut(*index).into_iter().collect(),
        (Token::Star, Json::Object(object)) => object.values_mut().collect(),
        (Token::Star | Token::StarIndex, Json::Array(items)) => items.iter_mut().collect(),
        _ => return false,
    };
    let mut changed = false;
    for member in members {
        changed |= set(member, rest, value);
    }
    changed
}
