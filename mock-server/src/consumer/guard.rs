//! What a running contract owes: to be verified and written, at the latest when it goes out of scope.

use std::path::PathBuf;

use countersign_core::pact::Pact;

use crate::recording::{Author, OverwritePolicy, RecordError, Recording, RunId, default_directory, record, test_name};
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
    /// The conversation was as agreed, but the pact file could not be written.
    #[error("the pact file was not written: {0}")]
    NotRecorded(#[from] RecordError),
}

impl ContractError {
    /// The error for whoever reads this process's stderr: with colours if that is a terminal and `NO_COLOR` is unset.
    fn for_stderr(&self) -> String {
        match self {
            Self::NotKept { consumer, provider, report } => {
                format!("the contract between {consumer} and {provider} was not kept:\n{}", report.for_stderr())
            }
            Self::NotRecorded(_) => self.to_string(),
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

#[derive(Debug)]
struct Owed {
    pact: Pact,
    directory: Option<PathBuf>,
    test: Option<String>,
}

impl Guard {
    pub(super) fn start(pact: Pact, directory: Option<PathBuf>) -> Result<Self, StartError> {
        let server = MockServer::start_in_background(&pact, &Config::default())?;
        Ok(Self { server, owed: Some(Owed { pact, directory, test: test_name() }) })
    }

    /// Verifies the conversation and writes the pact file; returns where it is.
    pub(super) fn try_finish(&mut self) -> Result<PathBuf, ContractError> {
        let owed = self.owed.take().expect("a contract is finished once: finishing consumes it");
        let report = self.server.report();
        if !report.is_success() {
            let Pact { consumer, provider, .. } = owed.pact;
            return Err(ContractError::NotKept { consumer, provider, report: Box::new(report) });
        }
        let directory = owed.directory.unwrap_or_else(default_directory);
        let recording = Recording {
            pact: owed.pact,
            directory: &directory,
            author: Author::Test(owed.test.as_deref()),
            run: RunId::current(),
            overwrite: OverwritePolicy::from_env(),
        };
        Ok(record(recording)?)
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
