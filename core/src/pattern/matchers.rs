//! The matchers that stand in for values, also inside `serde_json::json!` and inside each other.
//!
//! Each is [`Serialize`] and becomes Pact's integration JSON, so what they say is checked where that is read:
//! [`Pattern::parse`](super::Pattern::parse) reports a regular expression that does not compile, or an example that does not
//! fit its own rule.

use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};

pub(super) const MATCHER_TYPE: &str = "pact:matcher:type";
pub(super) const GENERATOR_TYPE: &str = "pact:generator:type";
pub(super) const COMBINE: &str = "pact:matcher:combine";
/// The name under which [`one_of`] hands on an alternative that no rule can say, for the reader to report.
pub(super) const ONE_OF: &str = "oneOf";

/// An example value with the rule that decides about what really comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Matcher(Json);

impl Matcher {
    /// A matcher by its name in integration JSON, for rules that have no function of their own here. Further attributes
    /// are set with [`with`](Self::with).
    ///
    /// # Panics
    ///
    /// When the example cannot be JSON (a map with keys that are no texts, for one).
    #[must_use]
    #[track_caller]
    pub fn named(name: &str, example: impl Serialize) -> Self {
        Self(json!({ MATCHER_TYPE: name, "value": to_json(example) }))
    }

    /// Sets an attribute of the rule or generator.
    #[must_use]
    pub fn with(mut self, attribute: &str, value: impl Into<Json>) -> Self {
        self.0[attribute] = value.into();
        self
    }

    /// The matcher as integration JSON.
    #[must_use]
    pub fn to_json(&self) -> &Json {
        &self.0
    }
}

impl Serialize for Matcher {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl From<Matcher> for Json {
    fn from(matcher: Matcher) -> Self {
        matcher.0
    }
}

impl From<EachLike> for Json {
    fn from(matcher: EachLike) -> Self {
        matcher.to_json()
    }
}

#[track_caller]
fn to_json(example: impl Serialize) -> Json {
    match serde_json::to_value(example) {
        Ok(json) => json,
        Err(error) => panic!("the example cannot be written as JSON: {error}"),
    }
}

/// Any value of the same type; for objects and lists, everything below as well, unless a matcher there says otherwise.
#[must_use]
#[track_caller]
pub fn like(example: impl Serialize) -> Matcher {
    Matcher::named("type", example)
}

/// Exactly this value; undoes a [`like`] further up.
#[must_use]
#[track_caller]
pub fn equal_to(value: impl Serialize) -> Matcher {
    Matcher::named("equality", value)
}

/// Any number without a fraction.
#[must_use]
#[track_caller]
pub fn integer(example: impl Serialize) -> Matcher {
    Matcher::named("integer", example)
}

/// Any number with a fraction.
#[must_use]
#[track_caller]
pub fn decimal(example: impl Serialize) -> Matcher {
    Matcher::named("decimal", example)
}

/// Any number.
#[must_use]
#[track_caller]
pub fn number(example: impl Serialize) -> Matcher {
    Matcher::named("number", example)
}

/// `true` or `false`.
#[must_use]
pub fn boolean(example: bool) -> Matcher {
    Matcher::named("boolean", example)
}

/// JSON `null`.
#[must_use]
pub fn null() -> Matcher {
    Matcher::named("null", Json::Null)
}

/// A text that matches the expression as a whole.
#[must_use]
#[track_caller]
pub fn regex(pattern: &str, example: impl Serialize) -> Matcher {
    Matcher::named("regex", example).with("regex", pattern)
}

/// A text that contains this one.
#[must_use]
pub fn include(part: &str) -> Matcher {
    Matcher::named("include", part)
}

/// Something that is there and not empty.
#[must_use]
#[track_caller]
pub fn not_empty(example: impl Serialize) -> Matcher {
    Matcher::named("notEmpty", example)
}

/// A version such as `1.2.3` (semver.org).
#[must_use]
pub fn semver(example: &str) -> Matcher {
    Matcher::named("semver", example)
}

/// A UUID with hyphens, in either case.
#[must_use]
pub fn uuid(example: &str) -> Matcher {
    regex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", example)
}

/// A date with a time in the given format (Java's `DateTimeFormatter` letters: `yyyy-MM-dd'T'HH:mm:ssXXX`).
#[must_use]
pub fn datetime(format: &str, example: &str) -> Matcher {
    Matcher::named("datetime", example).with("format", format)
}

/// A date in the given format (`yyyy-MM-dd`).
#[must_use]
pub fn date(format: &str, example: &str) -> Matcher {
    Matcher::named("date", example).with("format", format)
}

/// A time of day in the given format (`HH:mm:ss`).
#[must_use]
pub fn time(format: &str, example: &str) -> Matcher {
    Matcher::named("time", example).with("format", format)
}

/// A list whose items are all like the example; at least one, unless [`EachLike::min`] says otherwise.
#[must_use]
#[track_caller]
pub fn each_like(example: impl Serialize) -> EachLike {
    EachLike { example: to_json(example), min: 1, max: None }
}

/// A list of like items, see [`each_like`].
#[derive(Debug, Clone, PartialEq)]
pub struct EachLike {
    example: Json,
    min: u64,
    max: Option<u64>,
}

impl EachLike {
    /// The least number of items, 1 by default. The example list has as many items.
    #[must_use]
    pub fn min(mut self, min: u64) -> Self {
        self.min = min;
        self
    }

    /// The greatest number of items; unlimited by default.
    #[must_use]
    pub fn max(mut self, max: u64) -> Self {
        self.max = Some(max);
        self
    }

    /// The matcher as integration JSON.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut json = json!({ MATCHER_TYPE: "type", "value": [self.example], "min": self.min });
        if let Some(max) = self.max {
            json["max"] = max.into();
        }
        json
    }
}

impl Serialize for EachLike {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

/// An object whose keys all fit the rule; the keys need not be those of the example.
///
/// `each_key(regex("[A-Z]+", "EUR"), each_value(number(1), json!({ "EUR": 1.5 })))` says both of an object.
#[must_use]
#[track_caller]
pub fn each_key(rule: impl Serialize, example: impl Serialize) -> Matcher {
    Matcher::named("eachKey", example).with("rules", vec![to_json(rule)])
}

/// An object or list whose values all fit the rule; the keys need not be those of the example.
#[must_use]
#[track_caller]
pub fn each_value(rule: impl Serialize, example: impl Serialize) -> Matcher {
    Matcher::named("eachValue", example).with("rules", vec![to_json(rule)])
}

/// A list in which some item is like each of the variants, in any order and among any others.
#[must_use]
#[track_caller]
pub fn array_containing<V: Serialize>(variants: impl IntoIterator<Item = V>) -> Matcher {
    let variants: Vec<Json> = variants.into_iter().map(to_json).collect();
    Matcher(json!({ MATCHER_TYPE: "arrayContains", "variants": variants }))
}

/// Whatever fits the JSON Schema, with everything below it: the example is not compared, and no matchers may stand in it.
///
/// An extension of Countersign's: the official tools do not know this rule, see `docs/CONFORMANCE.md`.
///
/// ```
/// use countersign_core::pattern::{Pattern, schema};
/// use serde_json::json;
///
/// let stock = json!({ "type": "object", "required": ["left"], "properties": { "left": { "minimum": 0 } } });
/// let pattern = Pattern::parse(&json!(schema(stock.clone(), json!({ "left": 5 }))))?;
/// assert_eq!(pattern.example, json!({ "left": 5 }));
/// assert!(Pattern::parse(&json!(schema(stock, json!({ "left": -1 })))).is_err());
/// # Ok::<(), countersign_core::pattern::PatternError>(())
/// ```
#[must_use]
#[track_caller]
pub fn schema(json_schema: impl Serialize, example: impl Serialize) -> Matcher {
    Matcher::named("schema", example).with("schema", to_json(json_schema))
}

/// `null`, or what the matcher says. A plain text, number or boolean has to be equal; a plain object or list has to be one,
/// with its members compared as they say themselves.
#[must_use]
#[track_caller]
pub fn nullable(matcher: impl Serialize) -> Matcher {
    let (rule, value) = rule_and_value(to_json(matcher));
    Matcher(json!({ MATCHER_TYPE: [{ MATCHER_TYPE: "null" }, rule], COMBINE: "OR", "value": value }))
}

/// A matcher without its example, and the example; a plain value becomes a matcher.
fn rule_and_value(mut rule: Json) -> (Json, Json) {
    let plain = |name: &str, value: Json| json!({ MATCHER_TYPE: name, "value": value });
    let is_matcher = rule.get(MATCHER_TYPE).is_some();
    if !is_matcher {
        rule = plain(if rule.is_object() || rule.is_array() { "type" } else { "equality" }, rule);
    }
    let value = rule.as_object_mut().and_then(|rule| rule.shift_remove("value")).unwrap_or(Json::Null);
    // `include` has one attribute for its text and its example
    if rule.get(MATCHER_TYPE).is_some_and(|name| name == "include" || name == "contentType") {
        rule["value"] = value.clone();
    }
    (rule, value)
}

/// What one of the alternatives says; the first is the example, and may be anything that [`nullable`] takes.
///
/// A contract has one example, and rules that compare with an example compare with that one. So further alternatives have
/// to say by themselves what they accept: texts, `null`, and matchers such as [`integer`], [`regex`] or [`date`]; also
/// [`like`] of a number or a boolean, and a `one_of` or `nullable` of these. Further plain numbers, booleans, objects and
/// lists cannot be said in a pact file: reading the pattern reports them.
///
/// `one_of(["open", "closed"])` is one of two texts, `one_of([json!(integer(1)), json!("unknown")])` a number or a text.
///
/// # Panics
///
/// When there is no alternative at all, or one cannot be JSON.
#[must_use]
#[track_caller]
pub fn one_of<A: Serialize>(alternatives: impl IntoIterator<Item = A>) -> Matcher {
    let mut alternatives = alternatives.into_iter().map(to_json);
    let Some(mut first) = alternatives.next() else { panic!("one_of needs at least one alternative") };
    let (mut rules, value) = match either(&first) {
        Some(rules) => (rules, first["value"].take()),
        None => {
            let (rule, value) = rule_and_value(first);
            (vec![rule], value)
        }
    };
    for alternative in alternatives {
        match either(&alternative) {
            Some(further) => rules.extend(further),
            None => rules.push(without_example(alternative)),
        }
    }
    Matcher(json!({ MATCHER_TYPE: rules, COMBINE: "OR", "value": value }))
}

/// The rules of a matcher that is an alternative itself.
fn either(json: &Json) -> Option<Vec<Json>> {
    let rules = json.get(MATCHER_TYPE)?.as_array()?;
    (json.get(COMBINE)? == "OR").then(|| rules.clone())
}

/// An alternative as a rule that needs no example; [`ONE_OF`] holds what cannot be one.
fn without_example(alternative: Json) -> Json {
    let rule = |name: &str| json!({ MATCHER_TYPE: name });
    let name = alternative.get(MATCHER_TYPE).cloned();
    let value = if name.is_some() { &alternative["value"] } else { &alternative };
    match (name.as_ref().map(Json::as_str), value) {
        (None | Some(Some("equality")), Json::String(text)) => {
            json!({ MATCHER_TYPE: "regex", "regex": format!("^(?:{})$", regex_syntax::escape(text)) })
        }
        (None | Some(Some("equality" | "type")), Json::Null) => rule("null"),
        (Some(Some("type")), Json::Number(_)) => rule("number"),
        (Some(Some("type")), Json::Bool(_)) => rule("boolean"),
        // these compare with the example, or have members of their own
        (None | Some(None | Some("equality" | "type" | "values" | "eachKey" | "eachValue" | "arrayContains")), _) => {
            json!({ MATCHER_TYPE: ONE_OF, "value": alternative })
        }
        _ => rule_and_value(alternative).0,
    }
}

/// A value that the provider's state handler hands back: `${id}`, or text around it. The example is what consumers see.
#[must_use]
#[track_caller]
pub fn from_provider_state(expression: &str, example: impl Serialize) -> Matcher {
    Matcher::named("type", example).with(GENERATOR_TYPE, "ProviderState").with("expression", expression)
}
