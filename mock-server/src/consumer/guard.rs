//! What a running contract owes: to be verified and written, at the latest when it goes out of scope.

use std::path::PathBuf;

use countersign_core::pact::Pact;

use super::messages::MessageReport;
use super::owed::Owed;
use crate::recording::RecordError;
use crate::report::Report;
use crate::server::{Config, MockServer, StartError};

/// Why a contract was not written.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// The conversation was not what was agreed.
    #[error("the contract between {consumer} and {provider} was not kept:\n{report}")]
    NotKept {
        /// The consumer's name.
        consumer: String,
        /// The provider's name.
        provider: String,
        /// What was agreed but not asked for, what was asked for but not agreed, and what differs.
        report: Box<Report>,
    },
    /// The consumer did not take its messages, or sent others than agreed.
    #[error("the messages agreed on between {consumer} and {provider} were not all taken:\n{report}")]
    NotTaken {
        /// The consumer's name.
        consumer: String,
        /// The provider's name.
        provider: String,
        /// How the consumer fared with each message.
        report: MessageReport,
    },
    /// The conversation was as agreed, but the pact file could not be written.
    #[error("the pact file was not written: {0}")]
    NotRecorded(#[from] RecordError),
}

impl ContractError {
    /// The error for whoever reads this process's stderr: with colours if that is a terminal and `NO_COLOR` is unset.
    pub(super) fn for_stderr(&self) -> String {
        match self {
            Self::NotKept { consumer, provider, report } => {
                format!("the contract between {consumer} and {provider} was not kept:\n{}", report.for_stderr())
            }
            Self::NotTaken { .. } | Self::NotRecorded(_) => self.to_string(),
        }
    }
}

/// A running contract.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) server: MockServer,
    /// Taken when the contract is finished.
    owed: Option<Owed>,
}

impl Guard {
    pub(super) fn start(pact: Pact, directory: Option<PathBuf>, config: &Config) -> Result<Self, StartError> {
        let server = MockServer::start_in_background(&pact, config)?;
        Ok(Self { server, owed: Some(Owed::new(pact, directory)) })
    }

    /// Verifies the conversation and writes the pact file; returns where it is.
    pub(super) fn try_finish(&mut self) -> Result<PathBuf, ContractError> {
        let owed = self.owed.take().expect("a contract is finished once: finishing consumes it");
        let report = self.server.report();
        if !report.is_success() {
            let Pact { consumer, provider, .. } = owed.pact;
            return Err(ContractError::NotKept { consumer, provider, report: Box::new(report) });
        }
        Ok(owed.record()?)
    }

    #[track_caller]
    pub(super) fn finish(&mut self) {
        if let Err(error) = self.try_finish() {
            panic!("{}", error.for_stderr());
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // a test that fails already has something better to say
        if self.owed.is_some() && !std::thread::panicking() {
            self.finish();
        }
    }
}
