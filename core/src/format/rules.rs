//! `matchingRules`: V2's paths from the document's root, V3's and V4's categories.

use serde_json::{Map, Value as Json};

use super::Problem;
use crate::pact::Specification;
use crate::path::{PathExpression, Token};
use crate::rule::{Category, MatchingRules, Rule, RuleEntry, rule_list_from_json, rule_list_to_json};

pub(super) fn read(
    json: Option<Json>,
    specification: Specification,
    at: &str,
    problems: &mut Vec<Problem>,
) -> MatchingRules {
    let mut rules = MatchingRules::default();
    let object = match json {
        None | Some(Json::Null) => return rules,
        Some(Json::Object(object)) => object,
        Some(_) => {
            problems.push(Problem::new(format!("{at}.matchingRules"), "expected an object"));
            return rules;
        }
    };
    for (key, value) in object {
        let result = if key.starts_with('$') {
            read_v2(&key, &value, &mut rules)
        } else {
            match Category::parse(&key) {
                Some(category) => read_category(category, &value, &mut rules),
                None => Err(format!("unknown category '{key}'")),
            }
        };
        if let Err(message) = result {
            // V1 has no rules: what stands there is somebody else's
            if specification > Specification::V1_1 {
                problems.push(Problem::new(format!("{at}.matchingRules['{key}']"), message));
            }
        }
    }
    rules
}

/// `$.body.a`, `$.headers.X`, `$.query.q[0]`, `$.path`
fn read_v2(key: &str, value: &Json, rules: &mut MatchingRules) -> Result<(), String> {
    let path = PathExpression::parse(key).map_err(|error| error.to_string())?;
    let Some(Token::Field(category)) = path.tokens().first() else {
        return Err("expected a path that starts with $.body, $.headers, $.query or $.path".to_owned());
    };
    let Some(category) = Category::parse(category) else {
        return Err(format!("unknown category '{category}'"));
    };
    let rest = PathExpression::from_tokens(path.tokens()[1..].to_vec());
    let list = rule_list_from_json(value).map_err(|error| error.to_string())?;
    rules.add(category, rest, list);
    Ok(())
}

fn read_category(category: Category, value: &Json, rules: &mut MatchingRules) -> Result<(), String> {
    let object = value.as_object().ok_or("expected an object")?;
    if object.contains_key("matchers") {
        let list = rule_list_from_json(value).map_err(|error| error.to_string())?;
        rules.add(category, PathExpression::root(), list);
        return Ok(());
    }
    for (key, value) in object {
        let path = read_key(category, key)?;
        let list = rule_list_from_json(value).map_err(|error| format!("{key}: {error}"))?;
        rules.add(category, path, list);
    }
    Ok(())
}

/// Body keys are path expressions; the others are names, with an index where one value is meant (`q[0]`).
fn read_key(category: Category, key: &str) -> Result<PathExpression, String> {
    if category.is_single() && (key == "$" || key.is_empty()) {
        return Ok(PathExpression::root());
    }
    if key.starts_with('$') {
        return PathExpression::parse(key).map_err(|error| error.to_string());
    }
    if category.is_named() {
        return Ok(named_key(key));
    }
    PathExpression::parse(&format!("$.{key}")).map_err(|error| error.to_string())
}

fn named_key(key: &str) -> PathExpression {
    let indexed = key.strip_suffix(']').and_then(|key| key.split_once('['));
    match indexed.map(|(name, index)| (name, index, index.parse())) {
        Some((name, _, Ok(index))) => PathExpression::field(name).join(Token::Index(index)),
        Some((name, "*", _)) => PathExpression::field(name).join(Token::StarIndex),
        _ => PathExpression::field(key),
    }
}

pub(super) fn write(rules: &MatchingRules, specification: Specification, object: &mut Map<String, Json>) {
    if rules.is_empty() {
        return;
    }
    let mut json = Map::new();
    for category in Category::ALL {
        let mut entries: Vec<&RuleEntry> = rules.of(category).collect();
        entries.sort_by_cached_key(|entry| entry.path.to_string());
        if entries.is_empty() {
            continue;
        }
        if specification < Specification::V3 {
            for entry in entries {
                if let Some((key, value)) = write_v2(category, entry) {
                    json.insert(key, value);
                }
            }
            continue;
        }
        let value = match entries.as_slice() {
            [entry] if category.is_single() => rule_list_to_json(&entry.rules),
            entries => Json::Object(
                entries.iter().map(|entry| (write_key(category, entry), rule_list_to_json(&entry.rules))).collect(),
            ),
        };
        json.insert(category.as_str().to_owned(), value);
    }
    object.insert("matchingRules".to_owned(), Json::Object(json));
}

fn write_key(category: Category, entry: &RuleEntry) -> String {
    match entry.path.tokens() {
        [Token::Field(name)] if category.is_named() => name.clone(),
        [Token::Field(name), Token::Index(index)] if category.is_named() => format!("{name}[{index}]"),
        _ => entry.path.to_string(),
    }
}

/// V2 has one rule at a path; the first is the one that counts.
fn write_v2(category: Category, entry: &RuleEntry) -> Option<(String, Json)> {
    let name = if category == Category::Header { "headers" } else { category.as_str() };
    let mut tokens = vec![Token::Field(name.to_owned())];
    tokens.extend_from_slice(entry.path.tokens());
    let rule = entry.rules.rules.first().map(Rule::to_json)?;
    Some((PathExpression::from_tokens(tokens).to_string(), rule))
}
