//! What GitHub Actions shows of a verification: annotations and the summary of the step.

use std::io::Write as _;

use countersign_provider_verifier::{Outcome, report};

use crate::failure::Failure;
use crate::output::print;

/// Tells GitHub Actions about the outcome, when the command runs there.
pub(super) fn tell(outcome: &Outcome, variable: impl Fn(&str) -> Option<String>) -> Result<(), Failure> {
    if variable("GITHUB_ACTIONS").as_deref() != Some("true") {
        return Ok(());
    }
    print(&report::github_annotations(outcome));
    let Some(file) = variable("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else { return Ok(()) };
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(&file);
    let written = opened.and_then(|mut file| file.write_all(report::markdown(outcome).as_bytes()));
    written.map_err(|error| Failure::input(format!("could not write the summary {file}"), error.to_string()))
}
