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
    /// are set with [`with`](Self::with). A name that is none is reported where the pattern is read.
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
///
/// ```
/// # use countersign_core::pattern::{accepts, like};
/// assert!(accepts(like("Oslo"), "Bergen"));
/// assert!(!accepts(like("Oslo"), 5));
/// ```
#[must_use]
#[track_caller]
pub fn like(example: impl Serialize) -> Matcher {
    Matcher::named("type", example)
}

/// Exactly this value; undoes a [`like`] further up.
///
/// ```
/// # use countersign_core::pattern::{accepts, equal_to, like};
/// use serde_json::json;
///
/// let order = like(json!({ "currency": equal_to("EUR"), "total": 5 }));
/// assert!(accepts(&order, json!({ "currency": "EUR", "total": 7 })));
/// assert!(!accepts(&order, json!({ "currency": "USD", "total": 7 })));
/// ```
#[must_use]
#[track_caller]
pub fn equal_to(value: impl Serialize) -> Matcher {
    Matcher::named("equality", value)
}

/// Any number without a fraction.
///
/// ```
/// # use countersign_core::pattern::{accepts, integer};
/// assert!(accepts(integer(5), 7));
/// assert!(!accepts(integer(5), 7.5));
/// ```
#[must_use]
#[track_caller]
pub fn integer(example: impl Serialize) -> Matcher {
    Matcher::named("integer", example)
}

/// Any number with a fraction.
///
/// ```
/// # use countersign_core::pattern::{accepts, decimal};
/// assert!(accepts(decimal(29.99), 0.5));
/// assert!(!accepts(decimal(29.99), 30));
/// ```
#[must_use]
#[track_caller]
pub fn decimal(example: impl Serialize) -> Matcher {
    Matcher::named("decimal", example)
}

/// Any number.
///
/// ```
/// # use countersign_core::pattern::{accepts, number};
/// assert!(accepts(number(5), 7.5));
/// assert!(!accepts(number(5), "7"));
/// ```
#[must_use]
#[track_caller]
pub fn number(example: impl Serialize) -> Matcher {
    Matcher::named("number", example)
}

/// `true` or `false`.
///
/// ```
/// # use countersign_core::pattern::{accepts, boolean};
/// assert!(accepts(boolean(true), false));
/// assert!(!accepts(boolean(true), 1));
/// ```
#[must_use]
pub fn boolean(example: bool) -> Matcher {
    Matcher::named("boolean", example)
}

/// JSON `null`, also inside of [`like`]; `json!` reads a plain `null` by itself.
///
/// ```
/// # use countersign_core::pattern::{accepts, null_value};
/// use serde_json::json;
///
/// assert!(accepts(null_value(), json!(null)));
/// assert!(!accepts(null_value(), ""));
/// ```
#[must_use]
pub fn null_value() -> Matcher {
    Matcher::named("null", Json::Null)
}

/// A text that matches the expression as a whole.
///
/// ```
/// # use countersign_core::pattern::{accepts, regex};
/// assert!(accepts(regex(r"w-\d+", "w-1"), "w-27"));
/// assert!(!accepts(regex(r"w-\d+", "w-1"), "warehouse w-27"));
/// ```
#[must_use]
#[track_caller]
pub fn regex(pattern: &str, example: impl Serialize) -> Matcher {
    Matcher::named("regex", example).with("regex", pattern)
}

/// A text that contains this one.
///
/// ```
/// # use countersign_core::pattern::{accepts, include};
/// assert!(accepts(include("fragile"), "heavy, fragile"));
/// assert!(!accepts(include("fragile"), "heavy"));
/// ```
#[must_use]
pub fn include(part: &str) -> Matcher {
    Matcher::named("include", part)
}

/// Something that is there and not empty.
///
/// ```
/// # use countersign_core::pattern::{accepts, not_empty};
/// assert!(accepts(not_empty("w-1"), "anything"));
/// assert!(!accepts(not_empty("w-1"), ""));
/// ```
#[must_use]
#[track_caller]
pub fn not_empty(example: impl Serialize) -> Matcher {
    Matcher::named("notEmpty", example)
}

/// A version such as `1.2.3` (semver.org).
///
/// ```
/// # use countersign_core::pattern::{accepts, semver};
/// assert!(accepts(semver("1.2.3"), "2.0.0-beta.1"));
/// assert!(!accepts(semver("1.2.3"), "2.0"));
/// ```
#[must_use]
pub fn semver(example: &str) -> Matcher {
    Matcher::named("semver", example)
}

/// A UUID with hyphens, in either case.
///
/// ```
/// # use countersign_core::pattern::{accepts, uuid};
/// let id = uuid("936da01f-9abd-4d9d-80c7-02af85c822a8");
/// assert!(accepts(&id, "00000000-0000-4000-8000-000000000000"));
/// assert!(!accepts(&id, "00000000"));
/// ```
#[must_use]
pub fn uuid(example: &str) -> Matcher {
    regex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", example)
}

/// A date with a time in the given format (Java's `DateTimeFormatter` letters: `yyyy-MM-dd'T'HH:mm:ssXXX`).
///
/// ```
/// # use countersign_core::pattern::{accepts, datetime};
/// let format = "yyyy-MM-dd'T'HH:mm:ssXXX";
/// assert!(accepts(datetime(format, "2026-05-24T10:30:00Z"), "2026-05-24T12:30:00+02:00"));
/// assert!(!accepts(datetime(format, "2026-05-24T10:30:00Z"), "yesterday"));
/// ```
#[must_use]
pub fn datetime(format: &str, example: &str) -> Matcher {
    Matcher::named("datetime", example).with("format", format)
}

/// A date in the given format (`yyyy-MM-dd`).
///
/// ```
/// # use countersign_core::pattern::{accepts, date};
/// assert!(accepts(date("dd.MM.yyyy", "24.05.2026"), "29.02.2028"));
/// assert!(!accepts(date("dd.MM.yyyy", "24.05.2026"), "29.02.2027"));
/// ```
#[must_use]
pub fn date(format: &str, example: &str) -> Matcher {
    Matcher::named("date", example).with("format", format)
}

/// A time of day in the given format (`HH:mm:ss`).
///
/// ```
/// # use countersign_core::pattern::{accepts, time};
/// assert!(accepts(time("HH:mm", "10:30"), "23:59"));
/// assert!(!accepts(time("HH:mm", "10:30"), "24:01"));
/// ```
#[must_use]
pub fn time(format: &str, example: &str) -> Matcher {
    Matcher::named("time", example).with("format", format)
}

/// A list whose items are all like the example; at least one, unless [`EachLike::min`] says otherwise.
///
/// ```
/// # use countersign_core::pattern::{accepts, each_like};
/// use serde_json::json;
///
/// let tags = each_like("fragile").max(3);
/// assert!(accepts(&tags, json!(["heavy", "cold"])));
/// assert!(!accepts(&tags, json!([])));
/// assert!(accepts(each_like("fragile").min(0), json!([])));
/// ```
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
///
/// ```
/// # use countersign_core::pattern::{accepts, each_key, regex};
/// use serde_json::json;
///
/// let rates = each_key(regex("[A-Z]{3}", "EUR"), json!({ "EUR": 1.5 }));
/// assert!(accepts(&rates, json!({ "NOK": 11.7 })));
/// assert!(!accepts(&rates, json!({ "kroner": 11.7 })));
/// ```
#[must_use]
#[track_caller]
pub fn each_key(rule: impl Serialize, example: impl Serialize) -> Matcher {
    Matcher::named("eachKey", example).with("rules", vec![to_json(rule)])
}

/// An object or list whose values all fit the rule; the keys need not be those of the example.
///
/// ```
/// # use countersign_core::pattern::{accepts, each_value, number};
/// use serde_json::json;
///
/// let rates = each_value(number(1.5), json!({ "EUR": 1.5 }));
/// assert!(accepts(&rates, json!({ "NOK": 11.7, "USD": 1 })));
/// assert!(!accepts(&rates, json!({ "NOK": "a lot" })));
/// ```
#[must_use]
#[track_caller]
pub fn each_value(rule: impl Serialize, example: impl Serialize) -> Matcher {
    Matcher::named("eachValue", example).with("rules", vec![to_json(rule)])
}

/// An object whose values are all like the example's, whatever their keys; [`each_value`] says more, but pact files before
/// version 4 do not know it.
///
/// ```
/// # use countersign_core::pattern::{accepts, integer, values_like};
/// use serde_json::json;
///
/// let left = values_like(json!({ "ABC-1": integer(5) }));
/// assert!(accepts(&left, json!({ "XYZ-9": 0, "ABC-1": 2 })));
/// assert!(!accepts(&left, json!({ "XYZ-9": "none" })));
/// ```
#[must_use]
#[track_caller]
pub fn values_like(example: impl Serialize) -> Matcher {
    Matcher::named("values", example)
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
///
/// ```
/// # use countersign_core::pattern::{accepts, integer, nullable};
/// use serde_json::json;
///
/// assert!(accepts(nullable(integer(5)), json!(null)));
/// assert!(accepts(nullable(integer(5)), 7));
/// assert!(!accepts(nullable(integer(5)), "7"));
/// ```
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
