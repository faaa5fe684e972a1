//! Files that options name.

use std::path::Path;

use serde_json::Value as Json;

use crate::failure::Failure;

/// A PEM file.
pub(super) fn pem(option: &str, file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file)
        .map_err(|error| Failure::input("could not verify", format!("{option} {}: {error}", file.display())))
}

pub(super) fn write_report(file: &Path, text: &str) -> Result<(), Failure> {
    let written = match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder).and_then(|()| std::fs::write(file, text)),
        None => std::fs::write(file, text),
    };
    written.map_err(|error| Failure::input(format!("could not write the report {}", file.display()), error.to_string()))
}

/// The report that the last run left.
pub(super) fn earlier_report(file: &Path) -> Result<Json, Failure> {
    let unusable =
        |reason: String| Failure::input(format!("could not read the last report {}", file.display()), reason);
    let bytes = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| unusable(format!("not JSON: {error}")))
}
