//! One matcher object of integration JSON, taken apart; and where its rules are collected.

use serde_json::{Map, Value as Json, json};

use super::matchers::{COMBINE, GENERATOR_TYPE, MATCHER_TYPE, ONE_OF};
use crate::generator::Generator;
use crate::path::PathExpression;
use crate::rule::{Combine, Rule, RuleEntry, RuleList, Typing};
use crate::value::Value;

/// What a matcher object may be called, for those who called it something else; older and other spellings are read too.
const NAMES: [&str; 21] = [
    "type",
    "equality",
    "integer",
    "decimal",
    "number",
    "boolean",
    "null",
    "regex",
    "include",
    "notEmpty",
    "semver",
    "date",
    "time",
    "datetime",
    "contentType",
    "statusCode",
    "values",
    "eachKey",
    "eachValue",
    "arrayContains",
    "schema",
];

/// How long a list may get by repeating its only example item up to `min`.
const MOST_REPEATED: u64 = 1024;

/// A matcher that people look for, and that no version of the specification can carry: rules speak of values that came.
const OPTIONAL: &str = "optional";

const NO_OPTIONAL: &str = "there is no optional: what was agreed has to come, in every version of the specification. leave \
     the member out where the consumer can do without it, use nullable where null may come, or record one interaction with \
     it and one without";

/// What one matcher object says.
#[derive(Debug)]
pub(crate) struct Node {
    /// At the node's place; `arrayContains` is not among them.
    pub(crate) rules: RuleList,
    /// The example items of `arrayContains`, with whatever matchers are in them.
    pub(crate) variants: Option<Vec<Json>>,
    /// What makes the value at the moment of use.
    pub(crate) generator: Option<Generator>,
    /// The example, with whatever matchers are in it.
    pub(crate) value: Json,
}

impl Node {
    /// Takes an object apart when it is a matcher or generator; `None` when it is an ordinary object.
    pub(crate) fn take(json: &Json) -> Option<Result<Self, String>> {
        let object = json.as_object()?;
        if !object.contains_key(MATCHER_TYPE) && !object.contains_key(GENERATOR_TYPE) {
            return None;
        }
        Some(Self::from_object(object))
    }

    fn from_object(object: &Map<String, Json>) -> Result<Self, String> {
        let mut node = Self {
            rules: RuleList { combine: combine(object)?, ..RuleList::default() },
            variants: None,
            generator: generator(object)?,
            value: object.get("value").cloned().unwrap_or(Json::Null),
        };
        match object.get(MATCHER_TYPE) {
            None => {}
            Some(Json::String(_)) => node.add(object)?,
            Some(Json::Array(several)) => several.iter().try_for_each(|one| match one {
                Json::String(name) => node.add(&renamed(object, name)),
                Json::Object(one) => node.add(one),
                other => Err(format!("{other} is no matcher: expected a name or an object with \"{MATCHER_TYPE}\"")),
            })?,
            Some(Json::Object(one)) => node.add(one)?,
            Some(other) => return Err(format!("\"{MATCHER_TYPE}\" is {other}: expected a name, an object or a list")),
        }
        node.repeat_example()?;
        Ok(node)
    }

    fn add(&mut self, object: &Map<String, Json>) -> Result<(), String> {
        let name = matcher_name(object)?;
        if name == ONE_OF {
            let alternative = object.get("value").unwrap_or(&Json::Null);
            return Err(format!(
                "one_of can accept {alternative} as its first alternative only: a contract has one example to compare with"
            ));
        }
        if name == OPTIONAL {
            return Err(NO_OPTIONAL.to_owned());
        }
        if matches!(name, "arrayContains" | "array-contains") {
            let variants = object.get("variants").or_else(|| object.get("value")).and_then(Json::as_array);
            let variants = variants.ok_or("arrayContains needs a list \"variants\"")?;
            self.variants = Some(variants.clone());
            return Ok(());
        }
        self.rules.rules.push(rule(object, name)?);
        Ok(())
    }

    /// A list with one example item stands for as many as are needed.
    fn repeat_example(&mut self) -> Result<(), String> {
        let min = self.rules.rules.iter().filter_map(|rule| match rule {
            Rule::Type(bounds) => bounds.min,
            _ => None,
        });
        let Some(min) = min.max() else { return Ok(()) };
        let Json::Array(items) = &mut self.value else { return Ok(()) };
        if let [item] = items.as_slice() {
            if min > MOST_REPEATED {
                return Err(format!("a list of at least {min} items needs an example with as many"));
            }
            let item = item.clone();
            items.resize(usize::try_from(min.max(1)).unwrap_or(1), item);
        }
        Ok(())
    }

    /// Whether a schema decides about everything below, so that rules there would never apply.
    pub(crate) fn has_schema(&self) -> bool {
        self.rules.rules.iter().any(|rule| matches!(rule, Rule::Schema(_)))
    }

    /// Whether the members of the example speak for all members: `$.list[*]`, `$.map.*`.
    pub(crate) fn members_stand_for_all(&self) -> bool {
        self.rules.rules.iter().any(|rule| matches!(rule, Rule::Type(_) | Rule::EachValue(_) | Rule::Values))
    }

    /// Whether the keys of the example map stand for others.
    pub(crate) fn keys_stand_for_all(&self) -> bool {
        self.rules.rules.iter().any(|rule| matches!(rule, Rule::EachKey(_) | Rule::EachValue(_) | Rule::Values))
    }
}

fn matcher_name(object: &Map<String, Json>) -> Result<&str, String> {
    let name = object.get(MATCHER_TYPE).and_then(Json::as_str);
    name.ok_or_else(|| format!("a matcher needs a name in \"{MATCHER_TYPE}\""))
}

fn renamed(object: &Map<String, Json>, name: &str) -> Map<String, Json> {
    let mut object = object.clone();
    object.insert(MATCHER_TYPE.to_owned(), name.into());
    object
}

/// The rule as pact files spell it: `match` instead of the long name, the example left out where it is no attribute.
fn rule(object: &Map<String, Json>, name: &str) -> Result<Rule, String> {
    let keeps_value = matches!(name, "include" | "contentType" | "content-type");
    let has_generator = object.contains_key(GENERATOR_TYPE);
    let mut json = Map::new();
    json.insert("match".to_owned(), name.into());
    for (key, value) in object {
        match key.as_str() {
            MATCHER_TYPE | GENERATOR_TYPE | COMBINE | "combine" => {}
            "value" if !keeps_value => {}
            "expression" if has_generator => {}
            "rules" => {
                let rules = value.as_array().ok_or_else(|| format!("the rule \"{name}\" needs a list \"rules\""))?;
                let rules = rules.iter().map(|rule| inner_rule(rule).map(|rule| rule.to_json()));
                json.insert(key.clone(), Json::Array(rules.collect::<Result<_, _>>()?));
            }
            _ => {
                json.insert(key.clone(), value.clone());
            }
        }
    }
    compiled(&Json::Object(json))
}

/// Reads a rule that a person has just written, so its name has to be known, and a regular expression has to compile. In the
/// pact files of others, a name of tomorrow's specification is kept instead.
fn compiled(json: &Json) -> Result<Rule, String> {
    let rule = Rule::from_json(json).map_err(|error| error.to_string())?;
    match &rule {
        Rule::Regex(regex) => match regex.defect() {
            Some(reason) => Err(format!("the regular expression '{}' does not compile: {reason}", regex.as_str())),
            None => Ok(rule),
        },
        Rule::Schema(schema) => match schema.defect() {
            Some(reason) => Err(format!("the schema does not compile: {reason}")),
            None => Ok(rule),
        },
        Rule::Other(_) => Err(format!("there is no matcher \"{}\": there are {}", rule.name(), NAMES.join(", "))),
        _ => Ok(rule),
    }
}

/// A rule inside `eachKey` or `eachValue`, in either spelling.
fn inner_rule(json: &Json) -> Result<Rule, String> {
    match json.as_object() {
        Some(object) if object.contains_key(MATCHER_TYPE) => rule(object, matcher_name(object)?),
        _ => compiled(json),
    }
}

fn combine(object: &Map<String, Json>) -> Result<Combine, String> {
    match object.get(COMBINE).map(|combine| combine.as_str().map(str::to_ascii_uppercase)) {
        None => Ok(Combine::And),
        Some(Some(text)) if text == "AND" => Ok(Combine::And),
        Some(Some(text)) if text == "OR" => Ok(Combine::Or),
        Some(_) => Err(format!("\"{COMBINE}\" has to be \"AND\" or \"OR\"")),
    }
}

fn generator(object: &Map<String, Json>) -> Result<Option<Generator>, String> {
    let Some(name) = object.get(GENERATOR_TYPE) else { return Ok(None) };
    let name = name.as_str().ok_or_else(|| format!("\"{GENERATOR_TYPE}\" has to be a name"))?;
    let mut json = json!({ "type": name });
    for (key, value) in object {
        // `min` and `max` of a list's rule are not a generator's, and the other way round for numbers
        let is_own = !key.starts_with("pact:") && key != "value" && key != "rules" && key != "variants";
        if is_own {
            json[key] = value.clone();
        }
    }
    if name == "ProviderState" && json.get("expression").and_then(Json::as_str).is_none() {
        return Err("the generator ProviderState needs a text \"expression\"".to_owned());
    }
    let generator = Generator::from_json(&json);
    match generator.defect() {
        Some(defect) => Err(format!("the generator {name} cannot make a value: {defect}")),
        None => Ok(Some(generator)),
    }
}

/// Whether an example fits the rules that stand at its place.
///
/// # Errors
///
/// Says which rule it breaks.
pub(crate) fn check_example(list: &RuleList, example: &Value, typing: Typing) -> Result<(), String> {
    let broken = |rule: &Rule| {
        let length = match (rule, example) {
            (Rule::Type(bounds), Value::List(items)) => bounds.check(items.len()),
            _ => Ok(()),
        };
        let value = match (rule, example) {
            // what is not decided, or not about one value, cannot be held against the example
            (Rule::Other(_) | Rule::ArrayContains(_), _) => Ok(()),
            _ => rule.check(example, example, typing),
        };
        length.and(value).is_err()
    };
    let broken: Vec<&Rule> = list.rules.iter().filter(|rule| broken(rule)).collect();
    let fits = match list.combine {
        Combine::And => broken.is_empty(),
        Combine::Or => broken.len() < list.rules.len() || list.rules.is_empty(),
    };
    match (fits, broken.first()) {
        (false, Some(Rule::Regex(regex))) if let Some(defect) = regex.defect() => {
            Err(format!("the regular expression '{}' does not compile: {defect}", regex.as_str()))
        }
        (false, Some(Rule::DateTime(rule))) if let Some(objection) = rule.objection(example) => {
            Err(format!("the example {example} is not of the form {}: {objection}", rule.format().as_str()))
        }
        (false, Some(Rule::Schema(schema))) if let Some(objection) = schema.objection(example, typing) => {
            Err(format!("the example {example} does not fit its schema: {objection}"))
        }
        (false, Some(Rule::Regex(regex))) => {
            Err(format!("the example {example} does not match the regular expression '{}'", regex.as_str()))
        }
        (false, Some(rule)) => Err(format!("the example {example} does not satisfy its own rule {}", rule.to_json())),
        _ => Ok(()),
    }
}

/// Rules and generators by path, as they are found.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) rules: Vec<RuleEntry>,
    pub(crate) generators: Vec<(PathExpression, Generator)>,
}

impl Collected {
    /// Adds rules at a path; what is there already is not repeated.
    pub(crate) fn add_rules(&mut self, path: &PathExpression, list: &RuleList) {
        if list.rules.is_empty() {
            return;
        }
        match self.rules.iter_mut().find(|entry| entry.path == *path) {
            None => self.rules.push(RuleEntry { path: path.clone(), rules: list.clone() }),
            Some(entry) => {
                for rule in &list.rules {
                    if !entry.rules.rules.contains(rule) {
                        entry.rules.rules.push(rule.clone());
                    }
                }
            }
        }
    }

    pub(crate) fn add_generator(&mut self, path: &PathExpression, generator: Generator) {
        if !self.generators.iter().any(|(known, _)| known == path) {
            self.generators.push((path.clone(), generator));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_offered_is_known() {
        for name in NAMES {
            // what else a rule needs may be missing, but its name is no mistake
            let rule = Rule::from_json(&json!({ "match": name }));
            assert!(!matches!(rule, Ok(Rule::Other(_))), "{name}");
        }
    }
}
