//! The `--output` option.

use clap::ValueEnum;
use serde_json::Value;

/// How a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Output {
    /// Words and tables for people.
    #[default]
    #[value(alias = "table")]
    Text,
    /// The broker's JSON on one line.
    Json,
    /// The broker's JSON, indented.
    Pretty,
}

impl Output {
    /// The document as this output wants it, or `None` when it wants words.
    pub(crate) fn document(self, document: &Value) -> Option<String> {
        match self {
            Self::Text => None,
            Self::Json => Some(document.to_string()),
            Self::Pretty => Some(json_text(document)),
        }
    }
}

/// How a command about one environment answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum EnvironmentOutput {
    /// Words for people.
    #[default]
    Text,
    /// The broker's JSON on one line.
    Json,
    /// The broker's JSON, indented.
    Pretty,
    /// The environment's UUID alone.
    Id,
}

/// Indented JSON.
pub(crate) fn json_text(document: &Value) -> String {
    format!("{document:#}")
}
