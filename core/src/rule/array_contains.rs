//! `arrayContains`: the list contains an item for each variant, in any order (specification V4).

use serde_json::{Value as Json, json};

use super::RuleError;
use super::category::{RuleEntry, rule_list_from_json, rule_list_to_json};
use crate::path::PathExpression;

/// The variants that a list has to contain; without any, each expected item is one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArrayContains {
    /// What must be found.
    pub variants: Vec<Variant>,
}

/// One item that a list has to contain.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Which expected item is the example.
    pub index: usize,
    /// Rules below the item.
    pub rules: Vec<RuleEntry>,
    /// Generators below the item, kept for writing back.
    pub generators: Option<Json>,
}

impl ArrayContains {
    pub(super) fn from_json(object: &serde_json::Map<String, Json>) -> Result<Self, RuleError> {
        const NEEDS: RuleError = RuleError::Incomplete { name: "arrayContains", needs: "a list \"variants\"" };
        let variants = match object.get("variants") {
            None => return Ok(Self::default()),
            Some(Json::Array(variants)) => variants,
            Some(_) => return Err(NEEDS),
        };
        let variants = variants.iter().enumerate().map(|(position, variant)| {
            let index = variant.get("index").and_then(Json::as_u64).and_then(|index| usize::try_from(index).ok());
            let mut rules = Vec::new();
            for (path, list) in variant.get("rules").and_then(Json::as_object).into_iter().flatten() {
                let path = PathExpression::parse(path).map_err(|_| NEEDS)?;
                rules.push(RuleEntry { path, rules: rule_list_from_json(list)? });
            }
            let generators = variant.get("generators").cloned();
            Ok(Variant { index: index.unwrap_or(position), rules, generators })
        });
        Ok(Self { variants: variants.collect::<Result<_, RuleError>>()? })
    }

    pub(super) fn to_json(&self) -> Json {
        let variants = self.variants.iter().map(|variant| {
            let rules: serde_json::Map<_, _> =
                variant.rules.iter().map(|entry| (entry.path.to_string(), rule_list_to_json(&entry.rules))).collect();
            let mut json = json!({ "index": variant.index, "rules": rules });
            if let Some(generators) = &variant.generators {
                json["generators"] = generators.clone();
            }
            json
        });
        json!({ "match": "arrayContains", "variants": variants.collect::<Vec<_>>() })
    }
}
