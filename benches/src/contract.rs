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

/// A pact of that many interactions.
pub(crate) fn pact(interactions: usize) -> Value {
    let interactions: Vec<Value> = (0..interactions).map(interaction).collect();
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

fn interaction(index: usize) -> Value {
    let rule = |rule: Value| json!({ "combine": "AND", "matchers": [rule] });
    json!({
        "description": format!("item {index}"),
        "providerStates": [{ "name": "an item exists", "params": { "id": index } }],
        "request": { "method": "GET", "path": path(index) },
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
