//! `matchingRules`: V2's paths from the document's root, V3's and V4's categories.

use serde_json::{Map, Value as Json};

use super::Problem;
use crate::pact::Specification;
use crate::path::{PathExpression, Token};
use crate::rule::{Category, MatchingRules, RuleEntry, rule_list_from_json, rule_list_to_json};

/// Removes the rules; `alternative` is another name that some V2 writers use.
pub(super) fn take(
    object: &mut Map<String, Json>,
    alternative: &str,
    specification: Specification,
    at: &str,
    problems: &mut Vec<Problem>,
) -> MatchingRules {
    let rules = object.shift_remove("matchingRules");
    // once there are rules, the other name says nothing any more
    let alternative = object.shift_remove(alternative);
    let rules = rules.or(alternative);
    read(rules, specification, at, problems)
}

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
        let result = match Category::parse(&key) {
            // V1 has no rules: what stands there is somebody else's
            _ if specification <= Specification::V1_1 => Ok(Known::No),
            Some(category) if specification > Specification::V2 || value.get("match").is_none() => {
                read_category(category, &value, &mut rules)
            }
            _ if key.starts_with('$') => read_v2(&key, &value, &mut rules),
            _ => Ok(Known::No),
        };
        match result {
            Ok(Known::Yes) => {}
            Ok(Known::No) => rules.keep(key, value),
            Err(message) => problems.push(Problem::new(format!("{at}.matchingRules['{key}']"), message)),
        }
    }
    rules
}

/// Whether an entry speaks of a part that has rules; others are kept and written back.
enum Known {
    Yes,
    No,
}

/// `$.body.a`, `$.headers.X`, `$.query.q[0]`, `$.path`
fn read_v2(key: &str, value: &Json, rules: &mut MatchingRules) -> Result<Known, String> {
    let path = PathExpression::parse(key).map_err(|error| error.to_string())?;
    let category = match path.tokens().first() {
        Some(Token::Field(name)) => Category::parse(name),
        _ => None,
    };
    let Some(category) = category else {
        // without a category it is the body's, as the official tools read it
        let list = rule_list_from_json(value).map_err(|error| error.to_string())?;
        rules.add(Category::Body, path, list);
        return Ok(Known::Yes);
    };
    let rest = match &path.tokens()[1..] {
        // one value of a repeated field cannot be meant: the rule is the whole field's
        [Token::Field(name), ..] if category.is_named() => PathExpression::field(name),
        rest => PathExpression::from_tokens(rest.to_vec()),
    };
    let list = rule_list_from_json(value).map_err(|error| error.to_string())?;
    rules.add(category, rest, list);
    Ok(Known::Yes)
}

fn read_category(category: Category, value: &Json, rules: &mut MatchingRules) -> Result<Known, String> {
    let object = value.as_object().ok_or("expected an object")?;
    if object.contains_key("matchers") {
        let list = rule_list_from_json(value).map_err(|error| error.to_string())?;
        rules.add(category, PathExpression::root(), list);
        return Ok(Known::Yes);
    }
    for (key, value) in object {
        let path = read_key(category, key)?;
        let list = rule_list_from_json(value).map_err(|error| format!("{key}: {error}"))?;
        rules.add(category, path, list);
    }
    Ok(Known::Yes)
}

/// Body keys are path expressions, the others names as they are.
fn read_key(category: Category, key: &str) -> Result<PathExpression, String> {
    if key.is_empty() || (category.is_single() && key == "$") {
        return Ok(PathExpression::root());
    }
    // metadata keys are found in both spellings: `grpc-message` and `$['grpc-message']`
    if category == Category::Body || (category == Category::Metadata && key.starts_with('$')) {
        let rooted = if key.starts_with('$') { key.to_owned() } else { format!("$.{key}") };
        return PathExpression::parse(&rooted).map_err(|error| error.to_string());
    }
    Ok(PathExpression::field(key))
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
    super::interaction::extend(&mut json, rules.kept());
    object.insert("matchingRules".to_owned(), Json::Object(json));
}

fn write_key(category: Category, entry: &RuleEntry) -> String {
    match entry.path.tokens() {
        [] if category.is_named() => String::new(),
        [Token::Field(name)] if category == Category::Metadata && name.starts_with('$') => entry.path.to_string(),
        [Token::Field(name)] if category.is_named() => name.clone(),
        _ => entry.path.to_string(),
    }
}

/// V2 has one rule at a path; the first is the one that counts.
fn write_v2(category: Category, entry: &RuleEntry) -> Option<(String, Json)> {
    let name = if category == Category::Header { "headers" } else { category.as_str() };
    let mut tokens = vec![Token::Field(name.to_owned())];
    tokens.extend_from_slice(entry.path.tokens());
    let rule = entry.rules.rules_to_json().next()?;
    Some((PathExpression::from_tokens(tokens).to_string(), rule))
}
