//! Matching-rule expressions: `matching(integer, 5)`, `eachValue(matching(regex, '\d+', '1')), atLeast(1)`.

use serde_json::Value as Json;

use super::expression::Parser;
use crate::generator::Generator;
use crate::rule::Rule;

/// What an expression says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Definition {
    /// The example; `None` where the expression gives none.
    pub example: Option<Json>,
    /// The rules, all of which apply. `atLeast` and `atMost` are `type` rules with bounds.
    pub rules: Vec<Rule>,
    /// What makes the value at the moment of use.
    pub generator: Option<Generator>,
    /// `matching($'item')`: the example stands beside the expression under this name.
    pub reference: Option<String>,
    /// `eachValue(matching($'item'))`: every value is like the example under this name.
    pub each_value_reference: Option<String>,
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at character {position} of \"{text}\"")]
pub struct ExpressionError {
    /// The whole expression.
    pub text: String,
    /// Counted from 1.
    pub position: usize,
    /// What is wrong there.
    pub reason: String,
}

impl ExpressionError {
    pub(super) fn new(text: &str, byte: usize, reason: impl Into<String>) -> Self {
        let position = text.get(..byte).map_or(byte, |before| before.chars().count()) + 1;
        Self { text: text.to_owned(), position, reason: reason.into() }
    }
}

/// The words that start an expression.
pub(super) const FUNCTIONS: [&str; 7] =
    ["matching", "notEmpty", "eachKey", "eachValue", "atLeast", "atMost", "arrayContains"];

impl Definition {
    /// Whether a text is meant as an expression: one of the function names with its parenthesis. Everything else is a plain
    /// value.
    #[must_use]
    pub fn is_expression(text: &str) -> bool {
        let text = text.trim_start();
        FUNCTIONS.iter().any(|name| text.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('(')))
    }

    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// Says at which character it went wrong and what was expected there.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        Parser::new(text)?.definition()
    }
}

#[cfg(test)]
#[path = "definition_tests.rs"]
mod tests;
