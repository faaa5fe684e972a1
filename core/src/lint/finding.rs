//! One thing that is wrong or dubious.

use std::fmt;

use serde_json::{Value as Json, json};

/// One thing that is wrong or dubious in a pact file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// The description of the interaction, where it is about one.
    pub interaction: Option<String>,
    /// Where in the file, such as `interactions[0].response.status`; `pact` for all of it.
    pub location: String,
    /// What is wrong there.
    pub message: String,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It may be meant, but most often is not.
    Warning,
    /// It cannot be meant: the pact cannot be read, or nothing can fulfil it.
    Error,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The file cannot be read as a pact.
    Format,
    /// The file does not say which version of the specification it follows.
    NoVersion,
    /// An attribute that the specification does not name.
    UnknownAttribute,
    /// An interaction without a description.
    NoDescription,
    /// Two interactions with the same description and provider states.
    Duplicate,
    /// A request path that no request can have.
    UnusablePath,
    /// A body that is not what its content type says.
    UnreadableBody,
    /// A rule whose place is not in the example.
    RuleNeverApplies,
    /// A rule that this version does not know.
    UnknownRule,
    /// An expression or schema that does not compile.
    BrokenRule,
    /// An example that does not satisfy its own rule.
    ExampleBreaksRule,
    /// An example list with fewer items than its own rule asks for, as some tools write them.
    ExampleTooShort,
    /// A generator that this version does not know, or that lacks what it needs.
    UnknownGenerator,
    /// A generator that can make no value.
    BrokenGenerator,
    /// A generator whose place is not in the example.
    GeneratorNeverApplies,
    /// A gRPC call that does not fit its own `.proto` description.
    Call,
}

impl Check {
    /// A name for programs, such as `rule-never-applies`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::NoVersion => "no-version",
            Self::UnknownAttribute => "unknown-attribute",
            Self::NoDescription => "no-description",
            Self::Duplicate => "duplicate",
            Self::UnusablePath => "unusable-path",
            Self::UnreadableBody => "unreadable-body",
            Self::RuleNeverApplies => "rule-never-applies",
            Self::UnknownRule => "unknown-rule",
            Self::BrokenRule => "broken-rule",
            Self::ExampleBreaksRule => "example-breaks-rule",
            Self::ExampleTooShort => "example-too-short",
            Self::UnknownGenerator => "unknown-generator",
            Self::BrokenGenerator => "broken-generator",
            Self::GeneratorNeverApplies => "generator-never-applies",
            Self::Call => "call",
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Format
            | Self::UnusablePath
            | Self::UnknownRule
            | Self::BrokenRule
            | Self::ExampleBreaksRule
            | Self::BrokenGenerator
            | Self::Call => Severity::Error,
            Self::NoVersion
            | Self::UnknownAttribute
            | Self::NoDescription
            | Self::Duplicate
            | Self::UnreadableBody
            | Self::RuleNeverApplies
            | Self::ExampleTooShort
            | Self::UnknownGenerator
            | Self::GeneratorNeverApplies => Severity::Warning,
        }
    }
}

impl Finding {
    pub(super) fn new(check: Check, location: impl Into<String>, message: impl Into<String>) -> Self {
        Self { check, interaction: None, location: location.into(), message: message.into() }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.check.severity()
    }

    /// `{"severity", "check", "interaction", "location", "message"}`
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({
            "severity": self.severity().as_str(),
            "check": self.check.as_str(),
            "interaction": self.interaction,
            "location": self.location,
            "message": self.message,
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.message)
    }
}
