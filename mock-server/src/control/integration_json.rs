//! Pacts with matchers and generators inside their example values (`{"pact:matcher:type": "integer", "value": 5}`).
//!
//! Before such a pact is read, the values are replaced by their examples; afterwards the rules and generators go where the
//! format keeps them.

use countersign_core::generator::Generators;
use countersign_core::pact::{InteractionKind, Pact};
use countersign_core::pattern::Pattern;
use countersign_core::rule::{Category, MatchingRules};
use serde_json::Value as Json;

use super::problem::Problem;

/// What tells a value with a matcher or generator from a plain one.
const MARKS: [&str; 2] = ["pact:matcher:type", "pact:generator:type"];

/// A pattern that was replaced by its example, and where it belongs.
#[derive(Debug)]
pub(super) struct Replaced {
    interaction: usize,
    part: Part,
    category: Category,
    name: Option<String>,
    pattern: Pattern,
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Request,
    Response(usize),
    Message,
}

/// Replaces all values with matchers or generators by their examples; all that are wrong are named together.
pub(super) fn take(pact: &mut Json) -> Result<Vec<Replaced>, Problem> {
    let mut taking = Taking { interaction: 0, replaced: Vec::new(), problems: Vec::new() };
    for list in ["interactions", "messages"] {
        for interaction in pact.get_mut(list).and_then(Json::as_array_mut).into_iter().flatten() {
            taking.interaction(interaction);
            taking.interaction += 1;
        }
    }
    if taking.problems.is_empty() { Ok(taking.replaced) } else { Err(Problem::unusable(taking.problems.join("\n"))) }
}

struct Taking {
    interaction: usize,
    replaced: Vec<Replaced>,
    problems: Vec<String>,
}

impl Taking {
    fn interaction(&mut self, interaction: &mut Json) {
        if let Some(request) = interaction.get_mut("request") {
            self.part(request, Part::Request);
        }
        match interaction.get_mut("response") {
            Some(Json::Array(responses)) => {
                for (index, response) in responses.iter_mut().enumerate() {
                    self.part(response, Part::Response(index));
                }
            }
            Some(response) => self.part(response, Part::Response(0)),
            None => {}
        }
        if interaction.get("request").is_none() {
            self.part(interaction, Part::Message);
        }
    }

    fn part(&mut self, part: &mut Json, which: Part) {
        for (key, category) in [("path", Category::Path), ("status", Category::Status)] {
            if let Some(value) = part.get_mut(key) {
                self.value(value, which, category, None, Pattern::parse_text);
            }
        }
        let named = [
            ("query", Category::Query),
            ("headers", Category::Header),
            ("metadata", Category::Metadata),
            ("metaData", Category::Metadata),
        ];
        for (key, category) in named {
            for (name, value) in part.get_mut(key).and_then(Json::as_object_mut).into_iter().flatten() {
                self.value(value, which, category, Some(name), Pattern::parse_text);
            }
        }
        for key in ["body", "contents"] {
            let Some(body) = part.get_mut(key) else { continue };
            let body = match body {
                Json::Object(object) if object.contains_key("contentType") => object.get_mut("content"),
                body => Some(body),
            };
            if let Some(body) = body {
                self.value(body, which, Category::Body, None, Pattern::parse);
            }
        }
    }

    fn value<E: std::fmt::Display>(
        &mut self,
        value: &mut Json,
        part: Part,
        category: Category,
        name: Option<&str>,
        parse: impl FnOnce(&Json) -> Result<Pattern, E>,
    ) {
        if !is_marked(value) {
            return;
        }
        match parse(value) {
            Ok(pattern) => {
                *value = pattern.example.clone();
                let name = name.map(str::to_owned);
                self.replaced.push(Replaced { interaction: self.interaction, part, category, name, pattern });
            }
            Err(error) => {
                let name = name.map_or_else(String::new, |name| format!(" {name}"));
                let place = category.as_str();
                self.problems.push(format!("interaction {}, {place}{name}: {error}", self.interaction + 1));
            }
        }
    }
}

fn is_marked(value: &Json) -> bool {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Json::Object(object) if MARKS.iter().any(|mark| object.contains_key(*mark)) => return true,
            Json::Object(object) => open.extend(object.values()),
            Json::Array(items) => open.extend(items),
            _ => {}
        }
    }
    false
}

impl Replaced {
    /// Adds the rules and generators to the interaction they were written in.
    pub(super) fn apply(&self, pact: &mut Pact) {
        let Some(interaction) = pact.interactions.get_mut(self.interaction) else { return };
        if let Some((rules, generators)) = rules_of(&mut interaction.kind, self.part) {
            self.pattern.add_to(self.category, self.name.as_deref(), rules, generators);
        }
    }
}

fn rules_of(kind: &mut InteractionKind, part: Part) -> Option<(&mut MatchingRules, &mut Generators)> {
    match (kind, part) {
        (InteractionKind::Http(http), Part::Request) => Some((&mut http.request.rules, &mut http.request.generators)),
        (InteractionKind::Http(http), Part::Response(_)) => {
            Some((&mut http.response.rules, &mut http.response.generators))
        }
        (InteractionKind::AsynchronousMessage(message), _) => Some((&mut message.rules, &mut message.generators)),
        (InteractionKind::SynchronousMessage(message), Part::Request) => {
            Some((&mut message.request.rules, &mut message.request.generators))
        }
        (InteractionKind::SynchronousMessage(message), Part::Response(index)) => {
            message.responses.get_mut(index).map(|response| (&mut response.rules, &mut response.generators))
        }
        (_, Part::Message) => None,
    }
}

#[cfg(test)]
mod tests {
    use countersign_core::format;
    use serde_json::json;

    use super::*;

    #[test]
    fn values_become_examples_and_rules() {
        let mut json = json!({
            "consumer": { "name": "a" }, "provider": { "name": "b" },
            "interactions": [{
                "type": "Synchronous/HTTP", "description": "an order",
                "request": {
                    "method": "GET",
                    "path": { "pact:matcher:type": "regex", "regex": r"/orders/\d+", "value": "/orders/7" },
                    "query": { "page": { "pact:matcher:type": "integer", "value": 2 }, "sort": ["up"] },
                    "headers": { "X-Id": { "pact:matcher:type": "type", "value": "1" } },
                },
                "response": {
                    "status": 200,
                    "body": {
                        "contentType": "application/json",
                        "content": { "id": { "pact:matcher:type": "integer", "value": 7 }, "name": "x" },
                    },
                },
            }],
            "metadata": { "pactSpecification": { "version": "4.0" } },
        });
        let replaced = take(&mut json).unwrap();
        let mut pact = format::from_json(json).unwrap();
        replaced.iter().for_each(|replaced| replaced.apply(&mut pact));
        let http = pact.interactions[0].http().unwrap();
        assert_eq!(http.request.path, "/orders/7");
        assert_eq!(http.request.query["page"], [Some("2".to_owned())]);
        assert_eq!(http.request.query["sort"], [Some("up".to_owned())]);
        assert_eq!(http.request.headers["X-Id"], ["1"]);
        assert_eq!(http.response.body.bytes(), br#"{"id":7,"name":"x"}"#);
        let written = format::to_json(&pact);
        let rules = |part: &str| written["interactions"][0][part]["matchingRules"].clone();
        let matchers = |rule: Json| json!({ "combine": "AND", "matchers": [rule] });
        let request = json!({
            "header": { "X-Id": matchers(json!({ "match": "type" })) },
            "path": matchers(json!({ "match": "regex", "regex": r"/orders/\d+" })),
            "query": { "page": matchers(json!({ "match": "integer" })) },
        });
        assert_eq!(rules("request"), request);
        assert_eq!(rules("response"), json!({ "body": { "$.id": matchers(json!({ "match": "integer" })) } }));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let mut json = json!({ "interactions": [{
            "request": { "headers": { "A": { "pact:matcher:type": "regex", "value": 1 } } },
        }] });
        let problem = take(&mut json).unwrap_err().sentence;
        assert!(problem.starts_with("interaction 1, header A: "), "{problem}");
    }
}
