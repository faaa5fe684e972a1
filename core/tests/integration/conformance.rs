//! Where the conformance data is.

use std::path::{Path, PathBuf};

use crate::tools::require;

/// A folder of the conformance data: below `COUNTERSIGN_CONFORMANCE`, or `shared/conformance` beside the workspace. `None`,
/// with a word about it, when it is missing; with `COUNTERSIGN_REQUIRE_ALL=1` that is a failure.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("COUNTERSIGN_CONFORMANCE")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance"), PathBuf::from);
    let folder = root.join(name);
    require(folder.is_dir(), &folder.display().to_string(), "set COUNTERSIGN_CONFORMANCE").then_some(folder)
}
