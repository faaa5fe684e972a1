//! Pact files on disk: where they go, and how many tests write one of them together.

mod descriptors;
mod difference;
mod directory;
mod error;
mod file;
mod ledger;
mod run;

pub(crate) use directory::default_directory;
pub use error::{RecordError, RecordingConflict};
pub(crate) use file::{Author, Recording, record};
pub(crate) use run::{OverwritePolicy, RunId, test_name};
