//! The list of all rules, how they are told apart in pact files, and which one decides what.

use serde_json::{Value as Json, json};

use super::{
    ArrayContains, Bounds, DateTimeKind, DateTimeRule, EachRule, JsonSchema, Regex, StatusClass, boolean, content_type,
    decimal, equality, include, integer, not_empty, null, number, semver, type_rule,
};
use crate::mismatch::Problem;
use crate::pact::{Attributes, ContentType};
use crate::value::Value;

/// One matching rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// The values are equal.
    Equality,
    /// The values are of the same type; a list's length may be bounded. Applies to everything below its path.
    Type(Bounds),
    /// The whole text matches the expression.
    Regex(Regex),
    /// The text contains this one.
    Include(String),
    /// A number without fraction.
    Integer,
    /// A number with a fraction.
    Decimal,
    /// Any number.
    Number,
    /// A boolean.
    Boolean,
    /// JSON `null`.
    Null,
    /// Present and not empty.
    NotEmpty,
    /// A version of semver.org.
    Semver,
    /// `date`, `time`, `datetime`: a text written by a format.
    DateTime(DateTimeRule),
    /// Bytes of this media type.
    ContentType(ContentType),
    /// A class of status codes, or a list of them.
    StatusCode(StatusClass),
    /// The values of a map are compared whatever their keys.
    Values,
    /// Each key of a map fits.
    EachKey(EachRule),
    /// Each value of a map or list fits.
    EachValue(EachRule),
    /// The list contains an item for each variant.
    ArrayContains(ArrayContains),
    /// The value and everything below it fit a JSON Schema, whatever the example is; an extension of Countersign's.
    Schema(JsonSchema),
    /// A rule this version does not know; it is kept, and no value satisfies it.
    Other(Json),
}

/// Whether a value carries a type of its own, or is text that stands for one (headers, query, path, forms).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// JSON: `1` and `"1"` differ.
    Typed,
    /// Protobuf: the schema says what a field is, so text stands for a number where a rule on numbers was put on it.
    Declared,
    /// Everything is text: `1` in a header is an integer.
    Textual,
}

/// Why a rule in a pact file is none.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RuleError {
    /// It is not an object with a `match` attribute, nor one of the V2 short forms.
    #[error("{rule} is not a matching rule: expected an object with \"match\"")]
    NotARule {
        /// The JSON that stands there.
        rule: String,
    },
    /// An attribute that the rule needs is missing or of the wrong type.
    #[error("the rule \"{name}\" needs {needs}")]
    Incomplete {
        /// The rule's name.
        name: &'static str,
        /// What is missing.
        needs: &'static str,
    },
    /// The regular expression does not compile.
    #[error("the regular expression '{pattern}' does not compile: {reason}")]
    Regex {
        /// The expression.
        pattern: String,
        /// The compiler's words.
        reason: String,
    },
}

impl Rule {
    /// Reads a rule as it stands in a pact file of any version: `{"match": "type", "min": 1}`, and V2's short forms
    /// `{"regex": …}` and `{"min": 1}`.
    ///
    /// # Errors
    ///
    /// Says what is missing.
    pub fn from_json(json: &Json) -> Result<Self, RuleError> {
        let object = json.as_object().ok_or_else(|| RuleError::NotARule { rule: json.to_string() })?;
        let name = match object.get("match").and_then(Json::as_str) {
            Some(name) => name,
            None if object.contains_key("regex") => "regex",
            None if object.contains_key("min") || object.contains_key("max") => {
                return Ok(Self::Type(Bounds::alone(object)));
            }
            None if let Some(kind) = DateTimeKind::alone(object) => kind.as_str(),
            None => return Err(RuleError::NotARule { rule: json.to_string() }),
        };
        Ok(match name {
            "equality" => Self::Equality,
            "type" | "min" | "max" => Self::Type(Bounds::from_json(object)),
            "regex" => Self::Regex(Regex::from_json(object)?),
            "include" => Self::Include(include::from_json(object)?),
            "integer" => Self::Integer,
            "decimal" | "real" => Self::Decimal,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "null" => Self::Null,
            "notEmpty" => Self::NotEmpty,
            "semver" => Self::Semver,
            "contentType" | "content-type" => Self::ContentType(content_type::from_json(object)?),
            "statusCode" => Self::StatusCode(StatusClass::from_json(object)?),
            "values" => Self::Values,
            "eachKey" => Self::EachKey(EachRule::from_json(object, "eachKey")?),
            "eachValue" => Self::EachValue(EachRule::from_json(object, "eachValue")?),
            "arrayContains" | "array-contains" => Self::ArrayContains(ArrayContains::from_json(object)?),
            "schema" => Self::Schema(JsonSchema::from_json(object)?),
            name => match DateTimeKind::parse(name) {
                Some(kind) => Self::DateTime(DateTimeRule::from_json(object, kind)),
                None => Self::Other(json.clone()),
            },
        })
    }

    /// The attributes in a file that say nothing to this rule.
    pub(super) fn unknown_attributes(&self, json: &Json) -> Attributes {
        let known: &[&str] = match self {
            Self::Other(_) => return Attributes::new(),
            Self::Type(_) => &["min", "max"],
            Self::Regex(_) => &["regex"],
            Self::Include(_) | Self::ContentType(_) => &["value"],
            Self::DateTime(_) => &["format", "date", "time", "timestamp", "datetime"],
            Self::StatusCode(_) => &["status"],
            Self::EachKey(_) | Self::EachValue(_) => &["rules", "value", "generators"],
            Self::ArrayContains(_) => &["variants"],
            Self::Schema(_) => &["schema"],
            _ => &[],
        };
        let mut unknown = json.as_object().cloned().unwrap_or_default();
        unknown.retain(|name, _| name != "match" && !known.contains(&name.as_str()));
        unknown
    }

    /// The rule as V3 and V4 files spell it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Type(bounds) => bounds.to_json(),
            Self::Regex(regex) => json!({ "match": "regex", "regex": regex.as_str() }),
            Self::Include(text) => json!({ "match": "include", "value": text }),
            Self::DateTime(rule) => rule.to_json(),
            Self::ContentType(expected) => json!({ "match": "contentType", "value": expected.as_str() }),
            Self::StatusCode(class) => json!({ "match": "statusCode", "status": class.to_json() }),
            Self::EachKey(each) => each.to_json("eachKey"),
            Self::EachValue(each) => each.to_json("eachValue"),
            Self::ArrayContains(contains) => contains.to_json(),
            Self::Schema(schema) => schema.to_json(),
            Self::Other(json) => json.clone(),
            _ => json!({ "match": self.name() }),
        }
    }

    /// The name in the `match` attribute.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Equality => "equality",
            Self::Type(_) => "type",
            Self::Regex(_) => "regex",
            Self::Include(_) => "include",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Null => "null",
            Self::NotEmpty => "notEmpty",
            Self::Semver => "semver",
            Self::DateTime(rule) => rule.kind().as_str(),
            Self::ContentType(_) => "contentType",
            Self::StatusCode(_) => "statusCode",
            Self::Values => "values",
            Self::EachKey(_) => "eachKey",
            Self::EachValue(_) => "eachValue",
            Self::ArrayContains(_) => "arrayContains",
            Self::Schema(_) => "schema",
            Self::Other(json) => json.get("match").and_then(Json::as_str).unwrap_or("unknown"),
        }
    }

    /// Whether the rule says what a single value has to be, whatever the example is.
    pub(crate) fn is_about_single_values(&self) -> bool {
        match self {
            Self::Regex(_) | Self::Include(_) | Self::Semver | Self::DateTime(_) => true,
            Self::Integer | Self::Decimal | Self::Number | Self::Boolean | Self::Null => true,
            Self::Equality | Self::Type(_) | Self::NotEmpty | Self::ContentType(_) | Self::StatusCode(_) => false,
            Self::Values | Self::EachKey(_) | Self::EachValue(_) | Self::ArrayContains(_) => false,
            Self::Schema(_) | Self::Other(_) => false,
        }
    }

    /// Whether the rule asks something of a protobuf field of type `bytes`; with the ecosystem's plugin the others let any
    /// bytes pass.
    fn speaks_of_bytes(&self) -> bool {
        matches!(
            self,
            Self::Equality
                | Self::Type(_)
                | Self::NotEmpty
                | Self::Null
                | Self::StatusCode(_)
                | Self::Schema(_)
                | Self::Other(_)
        )
    }

    /// Decides about one value by itself. What needs a walk (the items of a list, the keys of a map) is the plan's.
    ///
    /// # Errors
    ///
    /// The problem that the rule has with the value.
    pub fn check(&self, expected: &Value, actual: &Value, typing: Typing) -> Result<(), Problem> {
        let is_plain = matches!(actual, Value::Number(_) | Value::Bool(_));
        match self {
            // in protobuf a number or boolean is always there, so that these speak of other kinds of fields
            Self::NotEmpty | Self::Semver | Self::ContentType(_) if typing == Typing::Declared && is_plain => {
                Err(Problem::RuleBroken)
            }
            // nor does what is asked of text and numbers say anything of a protobuf field's bytes
            _ if typing == Typing::Declared && matches!(actual, Value::Bytes(_)) && !self.speaks_of_bytes() => Ok(()),
            Self::Equality | Self::Values => equality::check(expected, actual),
            Self::Other(_) => Err(Problem::RuleBroken),
            // they speak of a collection's members; of a single value they ask nothing, unless it is text
            Self::ArrayContains(_) | Self::EachKey(_) | Self::EachValue(_) if typing != Typing::Textual => Ok(()),
            Self::ArrayContains(_) | Self::EachKey(_) | Self::EachValue(_) => Err(Problem::RuleBroken),
            Self::Type(_) => type_rule::check(expected, actual),
            Self::Regex(regex) => regex.check(actual),
            Self::Include(text) => include::check(text, actual),
            Self::Integer => integer::check(actual, typing),
            Self::Decimal => decimal::check(actual, typing),
            Self::Number => number::check(actual, typing),
            Self::Boolean => boolean::check(actual),
            Self::Null => null::check(actual),
            Self::NotEmpty => not_empty::check(actual),
            Self::Semver => semver::check(actual),
            Self::DateTime(rule) => rule.check(actual, typing),
            Self::ContentType(expected) => content_type::check(expected, actual),
            Self::StatusCode(class) => class.check(actual),
            Self::Schema(schema) => schema.check(actual, typing),
        }
    }
}
