//! How a consumer fared with its messages.

use std::fmt;

use countersign_core::pact::Interaction;

/// How a consumer fared with its messages; displays as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageReport {
    /// In the order they were agreed on.
    pub outcomes: Vec<MessageOutcome>,
}

/// How a consumer fared with one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageOutcome {
    /// The message's description and provider states.
    pub message: String,
    /// What went wrong, in lines; empty when nothing did.
    pub problems: Vec<String>,
}

impl MessageOutcome {
    pub(super) fn new(interaction: &Interaction, problems: Vec<String>) -> Self {
        let states: Vec<_> = interaction.provider_states.iter().map(|state| state.name.as_str()).collect();
        let given = if states.is_empty() { String::new() } else { format!(" (given {})", states.join(", ")) };
        Self { message: format!("{}{given}", interaction.description), problems }
    }
}

impl MessageReport {
    /// Whether nothing went wrong.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.problems.is_empty())
    }
}

impl fmt::Display for MessageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for MessageOutcome { message, problems } in &self.outcomes {
            writeln!(f, "  {} {message}", if problems.is_empty() { "✓" } else { "✗" })?;
            for line in problems.iter().flat_map(|problem| problem.lines()) {
                writeln!(f, "      {line}")?;
            }
        }
        Ok(())
    }
}
