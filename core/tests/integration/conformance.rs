//! Where the conformance data is.

use std::path::{Path, PathBuf};

/// A folder of the conformance data: below `COUNTERSIGN_CONFORMANCE`, or `shared/conformance` beside the workspace. `None`,
/// with a word about it, when it is missing; with `COUNTERSIGN_REQUIRE_ALL=1` that is a failure.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("COUNTERSIGN_CONFORMANCE")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance"), PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    let required = std::env::var("COUNTERSIGN_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(!required, "the conformance data is required, but {} is missing", folder.display());
    eprintln!("skipped: there is no conformance data at {}", folder.display());
    None
}
