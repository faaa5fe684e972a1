use std::io;
use std::path::{Path, PathBuf};

use super::{CONSUMER, PROVIDER};

/// Where a contract is recorded to, and the `.proto` file it is recorded from.
#[derive(Clone, Debug)]
pub struct Recording {
    pub(super) pacts: PathBuf,
    pub(super) proto: PathBuf,
}

impl Recording {
    /// Writes the pact below `folder`, and a copy of this service's `inventory.proto` beside it, so that recording
    /// works wherever the program runs.
    ///
    /// # Errors
    ///
    /// When the folder or the copy cannot be written.
    pub fn below(folder: &Path) -> io::Result<Self> {
        let (pacts, protos) = (folder.join("pacts"), folder.join("proto"));
        std::fs::create_dir_all(&pacts)?;
        std::fs::create_dir_all(&protos)?;
        let proto = protos.join("inventory.proto");
        std::fs::write(&proto, crate::INVENTORY_PROTO)?;
        Ok(Self { pacts, proto })
    }

    /// The folder the pact is written to.
    #[must_use]
    pub fn pacts(&self) -> &Path {
        &self.pacts
    }

    /// The pact file, once recorded.
    #[must_use]
    pub fn pact_file(&self) -> PathBuf {
        self.pacts.join(format!("{CONSUMER}-{PROVIDER}.json"))
    }
}
