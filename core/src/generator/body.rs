//! Generated values in bodies: where they go, and which kind of body they go into.

use serde_json::Value as Json;

use super::context::Run;
use super::registry::Generators;
use super::{Generator, form_body, json_body, xml_body};
use crate::content::{self, ContentKind};
use crate::pact::{Body, Contents};
use crate::path::{PathExpression, Token};
use crate::rule::{ArrayContains, Category, MatchingRules, Rule, RuleEntry};

/// A place in the body and what writes there.
pub(super) struct Target {
    pub(super) path: Vec<Token>,
    pub(super) generator: Generator,
}

/// Writes values where the generators and the variants of `arrayContains` rules say so. JSON, XML and forms have places to
/// write to; other bodies stay as they are, as with the official tools.
pub(super) fn apply(body: &mut Body, generators: &Generators, rules: &MatchingRules, run: &mut Run<'_>) {
    let Body::Present(contents) = body else { return };
    let targets = targets(generators, rules);
    if targets.is_empty() {
        return;
    }
    let written = match kind(contents) {
        ContentKind::Json => json_body::write(&contents.bytes, &targets, run),
        ContentKind::Xml => xml_body::write(&contents.bytes, &targets, run),
        ContentKind::Form => form_body::write(&contents.bytes, &targets, run),
        ContentKind::Text | ContentKind::Binary => None,
    };
    if let Some(bytes) = written {
        contents.bytes = bytes;
    }
}

fn kind(contents: &Contents) -> ContentKind {
    match &contents.content_type {
        Some(content_type) => ContentKind::of(Some(content_type)),
        None => ContentKind::of(content::detect(&contents.bytes).as_ref()),
    }
}

fn targets(generators: &Generators, rules: &MatchingRules) -> Vec<Target> {
    let own = generators.iter().filter(|entry| Category::parse(&entry.category) == Some(Category::Body));
    let own = own.filter_map(|entry| {
        let path = PathExpression::parse(&entry.key).ok()?.tokens().to_vec();
        Some(Target { path, generator: entry.generator.clone() })
    });
    let mut targets = own.collect();
    for entry in rules.of(Category::Body) {
        of_variants(&[], entry, &mut targets);
    }
    targets
}

/// The generators below the items that are the examples of variants.
fn of_variants(above: &[Token], entry: &RuleEntry, targets: &mut Vec<Target>) {
    for rule in &entry.rules.rules {
        let Rule::ArrayContains(ArrayContains { variants }) = rule else { continue };
        for variant in variants {
            let item = [above, entry.path.tokens(), &[Token::Index(variant.index)]].concat();
            for (path, generator) in variant.generators.as_ref().and_then(Json::as_object).into_iter().flatten() {
                let Ok(path) = PathExpression::parse(path) else { continue };
                let path = [&item, path.tokens()].concat();
                targets.push(Target { path, generator: Generator::from_json(generator) });
            }
            for entry in &variant.rules {
                of_variants(&item, entry, targets);
            }
        }
    }
}

/// A generated value as the text that markup, forms and headers carry.
pub(super) fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
