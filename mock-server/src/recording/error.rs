//! Why a pact file was not written.

use std::path::PathBuf;

use countersign_core::format::FormatError;

/// Why a pact file was not written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    File {
        /// What was tried, such as `write`.
        action: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file that is there is no pact, so nothing can be added to it.
    #[error("cannot add to {path}: {source}; delete it to start anew", path = path.display())]
    NotAPact {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: FormatError,
    },
    /// Interactions with the same description and provider states, but different contents; all of them.
    #[error("{path}: {}", list(.conflicts), path = path.display())]
    Conflict {
        /// Which file.
        path: PathBuf,
        /// All conflicts, in the order of the description.
        conflicts: Vec<RecordingConflict>,
    },
}

/// Two tests that mean different things by the same description and provider states.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "two different interactions are called '{interaction}', one in {existing_test}, one in {added_test}: give one of \
     them another description or provider state\n{}",
    .differences.join("\n")
)]
pub struct RecordingConflict {
    /// The description with the provider states.
    pub interaction: String,
    /// The test that recorded the one in the file.
    pub existing_test: String,
    /// The test that wanted to record the other.
    pub added_test: String,
    /// The first few differences, each with its place and both values.
    pub differences: Vec<String>,
}

fn list(conflicts: &[RecordingConflict]) -> String {
    conflicts.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
