use std::io;
use std::path::{Path, PathBuf};

use countersign_mock_server::prelude::Pact;

use super::{CONSUMER, PROVIDER};

/// Where a contract is recorded to, and the `.proto` file it is recorded from.
#[derive(Clone, Debug)]
pub struct Recording {
    folder: Option<PathBuf>,
    pub(super) proto: PathBuf,
}

impl Default for Recording {
    /// As tests record: from this crate's own `.proto` file to where all tests of a workspace put their pacts.
    fn default() -> Self {
        Self { folder: None, proto: concat!(env!("CARGO_MANIFEST_DIR"), "/proto/inventory.proto").into() }
    }
}

impl Recording {
    /// Writes the pact into a folder, and a copy of this service's `inventory.proto` beside it, so that recording works
    /// wherever the program runs.
    ///
    /// # Errors
    ///
    /// When the copy cannot be written.
    pub fn into_folder(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        std::fs::create_dir_all(&folder)?;
        let proto = folder.join("inventory.proto");
        std::fs::write(&proto, crate::INVENTORY_PROTO)?;
        Ok(Self { folder: Some(folder), proto })
    }

    /// The pact file that is recorded into a folder.
    #[must_use]
    pub fn pact_file(folder: &Path) -> PathBuf {
        folder.join(format!("{CONSUMER}-{PROVIDER}.json"))
    }

    /// An empty contract between the two services.
    pub(super) fn contract(&self) -> Pact {
        let contract = Pact::between(CONSUMER, PROVIDER);
        match &self.folder {
            Some(folder) => contract.output_dir(folder),
            None => contract,
        }
    }
}
