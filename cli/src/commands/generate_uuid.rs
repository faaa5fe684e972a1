//! `countersign generate-uuid`.

use clap::Args;

use crate::app::Exit;
use crate::output::print;

/// Prints a new random UUID.
#[derive(Debug, Clone, Args)]
pub(crate) struct GenerateUuid {}

impl GenerateUuid {
    pub(crate) fn run(self) -> Exit {
        print(&uuid::Uuid::new_v4().to_string());
        Exit::Well
    }
}
