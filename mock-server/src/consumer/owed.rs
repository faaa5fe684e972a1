//! A contract that was kept owes its file.

use std::path::PathBuf;

use countersign_core::pact::Pact;

use crate::recording::{Author, OverwritePolicy, RecordError, Recording, RunId, default_directory, record, test_name};

/// What is written once the contract was kept, on behalf of the test that runs on this thread.
#[derive(Debug)]
pub(super) struct Owed {
    pub(super) pact: Pact,
    directory: Option<PathBuf>,
    test: Option<String>,
}

impl Owed {
    pub(super) fn new(pact: Pact, directory: Option<PathBuf>) -> Self {
        Self { pact, directory, test: test_name() }
    }

    /// Adds the contract to its pact file; returns where it is.
    pub(super) fn record(self) -> Result<PathBuf, RecordError> {
        let directory = self.directory.unwrap_or_else(default_directory);
        record(Recording {
            pact: self.pact,
            directory: &directory,
            author: Author::Test(self.test.as_deref()),
            run: RunId::current(),
            overwrite: OverwritePolicy::from_env(),
        })
    }
}
