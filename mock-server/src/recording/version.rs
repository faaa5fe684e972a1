//! Files in a version of the specification that the test asked for.

use std::path::Path;

use countersign_core::format::{self, losses};
use countersign_core::pact::Pact;

use super::file::Recording;
use super::ledger::Ledger;
use super::{OtherVersion, RecordError};

/// Makes the pact in the file one of the version that is recorded: tests of one run have to agree on it, and what a former
/// run left has to be sayable in it.
pub(super) fn adopt(
    pact: &mut Pact,
    recording: &Recording<'_>,
    path: &Path,
    ledger: &Ledger,
) -> Result<(), RecordError> {
    let (known, wanted) = (pact.specification, recording.pact.specification);
    pact.specification = wanted;
    if known == wanted || pact.interactions.is_empty() {
        return Ok(());
    }
    let reason = match (ledger.is_empty(), losses(pact, wanted).first()) {
        (false, _) => OtherVersion::SameRun,
        (true, Some(loss)) => OtherVersion::Lost(loss.clone()),
        (true, None) => return Ok(()),
    };
    Err(RecordError::OtherVersion { path: path.to_owned(), known, wanted, reason })
}

/// The pact as a reader of its file has it, so that what is compared was said in the same words.
pub(super) fn as_written(pact: &Pact) -> Pact {
    format::from_json(format::to_json(pact)).unwrap_or_else(|_| pact.clone())
}
