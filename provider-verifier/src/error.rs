//! Why a verification could not run at all.

use std::fmt;

/// Why no interaction was replayed, or why results could not be handed in.
///
/// What a provider does wrong is never an error: it is part of the [`Verification`](crate::Verification).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A setting cannot be used as given.
    #[error("{what} cannot be used: {reason}")]
    InvalidSetting {
        /// Which setting, with its value.
        what: String,
        /// What is wrong with it and what to give instead.
        reason: String,
    },
    /// Nothing says where pacts come from.
    #[error("no pacts were named\n  hint: name files, folders, URLs or a broker to take them from")]
    NoSource,
    /// Some pacts could not be loaded. All of them are listed.
    #[error("{} could not be loaded{}", pacts(.problems.len()), list(.problems))]
    Pacts {
        /// What is wrong, in the order the sources were named.
        problems: Vec<SourceProblem>,
    },
    /// The broker could not be asked.
    #[error("{error}{}", hint(.error))]
    Broker {
        /// What the broker's client says.
        #[from]
        error: countersign_broker_client::Error,
    },
    /// There is nothing to verify.
    #[error("no pacts were found for {provider} in {places}\n  hint: {hint}")]
    NoPacts {
        /// The provider's name.
        provider: String,
        /// Where they were looked for.
        places: String,
        /// What to do about it.
        hint: String,
    },
}

/// One pact that could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceProblem {
    /// The file or address.
    pub place: String,
    /// What is wrong there, possibly of several lines.
    pub reason: String,
}

impl fmt::Display for SourceProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason.replace('\n', "\n    "))
    }
}

fn pacts(count: usize) -> String {
    if count == 1 { "a pact".to_owned() } else { format!("{count} pacts") }
}

fn list(problems: &[SourceProblem]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}

fn hint(error: &countersign_broker_client::Error) -> String {
    error.hint().map_or_else(String::new, |hint| format!("\n  hint: {hint}"))
}
