//! The pact that is measured with: any number of interactions, each with a provider state and a JSON body of ten lines.

use serde_json::{Value, json};

/// The body that interaction `index` agrees on; the provider answers with it too.
pub(crate) fn body(index: usize) -> Value {
    json!({
        "id": index,
        "sku": format!("ABC-{index}"),
        "available": true,
        "quantity_left": 5,
        "price": 12.5,
        "city": "Oslo",
        "warehouse": "w-1",
        "tags": ["fragile"]
    })
}

/// The path of interaction `index`.
pub(crate) fn path(index: usize) -> String {
    format!("/items/{index}")
}

/// How the paths of requests are agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paths {
    /// As they are.
    Literal,
    /// By regular expressions, each below a folder of its own.
    Regex,
    /// By regular expressions that differ in their ends only.
    RegexInOneFolder,
}

/// The path that interaction `index` is asked at.
pub(crate) fn path_in(index: usize, paths: Paths) -> String {
    match paths {
        Paths::Literal => path(index),
        Paths::Regex => format!("/items/{index}/parts/7"),
        Paths::RegexInOneFolder => format!("/items/7-{index}"),
    }
}

/// A pact of that many interactions.
pub(crate) fn pact(interactions: usize) -> Value {
    pact_with(interactions, Paths::Literal)
}

/// A pact of that many interactions whose paths are agreed on in that way.
pub(crate) fn pact_with(interactions: usize, paths: Paths) -> Value {
    let interactions: Vec<Value> = (0..interactions).map(|index| interaction(index, paths)).collect();
    json!({
        "consumer": { "name": "bench-consumer" },
        "provider": { "name": "bench-provider" },
        "interactions": interactions,
        "metadata": { "pactSpecification": { "version": "3.0.0" } }
    })
}

/// The same pact without provider states.
pub(crate) fn stateless_pact(interactions: usize) -> Value {
    let mut pact = pact(interactions);
    for interaction in pact["interactions"].as_array_mut().into_iter().flatten() {
        interaction.as_object_mut().map(|interaction| interaction.remove("providerStates"));
    }
    pact
}

fn interaction(index: usize, paths: Paths) -> Value {
    let rule = |rule: Value| json!({ "combine": "AND", "matchers": [rule] });
    let regex = |regex: String| json!({ "path": rule(json!({ "match": "regex", "regex": regex })) });
    let path_rules = match paths {
        Paths::Literal => json!({}),
        Paths::Regex => regex(format!("/items/{index}/parts/\\d+")),
        Paths::RegexInOneFolder => regex(format!("/items/\\d+-{index}")),
    };
    json!({
        "description": format!("item {index}"),
        "providerStates": [{ "name": "an item exists", "params": { "id": index } }],
        "request": { "method": "GET", "path": path_in(index, paths), "matchingRules": path_rules },
        "response": {
            "status": 200,
            "headers": { "Content-Type": "application/json" },
            "body": body(index),
            "matchingRules": { "body": {
                "$.quantity_left": rule(json!({ "match": "integer" })),
                "$.city": rule(json!({ "match": "type" })),
                "$.warehouse": rule(json!({ "match": "regex", "regex": "w-\\d+" }))
            } }
        }
    })
}
