//! What can be wrong with a pact file.

use std::fmt;

/// Why bytes are no pact.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FormatError {
    /// The bytes are not JSON.
    #[error("not JSON: {reason} at line {line} column {column}")]
    NotJson {
        /// The parser's words.
        reason: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// JSON, but something else than a pact.
    #[error("not a pact: {reason}")]
    NotAPact {
        /// What gives it away.
        reason: &'static str,
    },
    /// A specification version that this implementation does not know.
    #[error("pact specification version {version} is unknown: 1.0.0, 1.1.0, 2.0.0, 3.0.0 and 4.0 are read")]
    UnknownVersion {
        /// The version that the file states.
        version: String,
    },
    /// A pact with mistakes in it.
    #[error("{}", list(.problems))]
    Invalid {
        /// All of them, in file order.
        problems: Vec<Problem>,
    },
}

impl FormatError {
    pub(super) fn not_json(bytes: &[u8], error: &serde_json::Error) -> Self {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Self::NotJson { reason: "the file is empty".to_owned(), line: 1, column: 1 };
        }
        let text = error.to_string();
        let reason = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Self::NotJson { reason, line: error.line(), column: error.column() }
    }
}

/// One mistake in a pact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, such as `interactions[0].response.status`.
    pub location: String,
    /// What is wrong there.
    pub message: String,
}

impl Problem {
    pub(super) fn new(location: impl Into<String>, message: impl Into<String>) -> Self {
        Self { location: location.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.message)
    }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}
