//! The one value tree that rules are matched on.
//!
//! JSON, XML, forms and protobuf messages all become a [`Value`], so a rule is written once. Numbers keep the text they
//! were written with, because `1`, `1.0` and `1e0` are different answers to the rules `integer` and `decimal`.

use std::fmt;

use indexmap::IndexMap;

/// Named members in the order they were written. Hashing short names is most of the work of reading a body, so they are
/// hashed the cheap way.
pub type Map = IndexMap<String, Value, foldhash::fast::RandomState>;

/// A node of the value tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// JSON `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number with its exact text.
    Number(Number),
    /// Text.
    String(String),
    /// Raw bytes (binary bodies, protobuf `bytes` fields).
    Bytes(Vec<u8>),
    /// An ordered list.
    List(Vec<Value>),
    /// Named members.
    Map(Map),
}

impl Value {
    /// The name of the value's type, as the Pact specification's texts spell it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "Null",
            Self::Bool(_) => "Boolean",
            Self::Number(number) if number.is_integer() => "Integer",
            Self::Number(_) => "Decimal",
            Self::String(_) => "String",
            Self::Bytes(_) => "Bytes",
            Self::List(_) => "Array",
            Self::Map(_) => "Object",
        }
    }

    /// Whether both values are of the same type; integers and decimals are both numbers.
    #[must_use]
    pub fn same_type(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// The text, when this is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value as compact JSON; bytes become a base64 string.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use base64::Engine as _;
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(number) => number.to_json(),
            Self::String(text) => text.as_str().into(),
            Self::Bytes(bytes) => base64::engine::general_purpose::STANDARD.encode(bytes).into(),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(map) => {
                serde_json::Value::Object(map.iter().map(|(key, value)| (key.clone(), value.to_json())).collect())
            }
        }
    }
}

/// Compact JSON, the way values appear in reports.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_json())
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => Self::Number(Number::new(number.as_str())),
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(map) => {
                Self::Map(map.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

/// A number, kept as the text it was written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(String);

impl Number {
    /// A number with this text, which must be a JSON number (RFC 8259 §6) or one of protobuf's `NaN`, `Infinity`,
    /// `-Infinity`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it was written without fraction and exponent. `-0` is none: no integer type holds it.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        let digits = self.0.strip_prefix('-').unwrap_or(&self.0);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && self.0 != "-0"
    }

    /// Whether it is an integer that a signed or unsigned type of 64 bits holds.
    #[must_use]
    pub fn fits_64_bits(&self) -> bool {
        self.0.parse::<u64>().is_ok() || self.0.parse::<i64>().is_ok()
    }

    /// The nearest double.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    fn to_json(&self) -> serde_json::Value {
        // NaN and the infinities are no JSON numbers; protobuf's JSON form writes them as strings
        serde_json::from_str(&self.0).unwrap_or_else(|_| serde_json::Value::String(self.0.clone()))
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(value.to_string())
    }
}

/// Like [`Number::new`].
impl From<String> for Number {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
