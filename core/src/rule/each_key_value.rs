//! `eachKey` and `eachValue`: rules for every key or value of a collection (specification V4).

use serde_json::{Value as Json, json};

use super::{Rule, RuleError};

/// The rules that each key or value has to satisfy.
#[derive(Debug, Clone, PartialEq)]
pub struct EachRule {
    /// All of them apply.
    pub rules: Vec<Rule>,
    /// The example that the file gives, as text.
    pub value: Option<Json>,
    /// The generator for the example, kept for writing back.
    pub generator: Option<Json>,
}

impl EachRule {
    pub(super) fn from_json(object: &serde_json::Map<String, Json>, name: &'static str) -> Result<Self, RuleError> {
        let rules = match object.get("rules") {
            None => Vec::new(),
            Some(Json::Array(rules)) => rules.iter().map(Rule::from_json).collect::<Result<_, _>>()?,
            Some(_) => return Err(RuleError::Incomplete { name, needs: "a list \"rules\"" }),
        };
        Ok(Self { rules, value: object.get("value").cloned(), generator: object.get("generator").cloned() })
    }

    pub(super) fn to_json(&self, name: &str) -> Json {
        let mut json = json!({ "match": name, "rules": self.rules.iter().map(Rule::to_json).collect::<Vec<_>>() });
        for (name, part) in [("value", &self.value), ("generator", &self.generator)] {
            if let Some(part) = part {
                json[name] = part.clone();
            }
        }
        json
    }
}
