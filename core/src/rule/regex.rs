//! `regex`: the whole text matches the expression.

use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

use super::RuleError;
use crate::mismatch::Problem;
use crate::value::Value;

/// A compiled regular expression that has to match a whole text. Cloning shares it.
#[derive(Clone)]
pub struct Regex {
    pattern: Arc<str>,
    whole: Arc<fancy_regex::Regex>,
}

impl Regex {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// Says why the expression does not compile.
    pub fn new(pattern: &str) -> Result<Self, RuleError> {
        let whole = fancy_regex::Regex::new(&format!(r"\A(?:{pattern})\z"))
            .map_err(|error| RuleError::Regex { pattern: pattern.to_owned(), reason: error.to_string() })?;
        Ok(Self { pattern: pattern.into(), whole: Arc::new(whole) })
    }

    pub(super) fn from_json(object: &serde_json::Map<String, Json>) -> Result<Self, RuleError> {
        let pattern = object.get("regex").and_then(Json::as_str);
        Self::new(pattern.ok_or(RuleError::Incomplete { name: "regex", needs: "a text \"regex\"" })?)
    }

    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Whether the whole text matches. An expression that takes too many steps does not.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.whole.is_match(text).unwrap_or(false)
    }

    pub(super) fn check(&self, actual: &Value) -> Result<(), Problem> {
        let matches = match actual {
            Value::String(text) => self.is_match(text),
            Value::Number(number) => self.is_match(number.as_str()),
            other => self.is_match(&other.to_string()),
        };
        if matches { Ok(()) } else { Err(Problem::RuleBroken) }
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.pattern)
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}
