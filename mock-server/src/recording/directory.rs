//! Where pact files go.

use std::path::{Path, PathBuf};

/// `PACT_OUTPUT_DIR` if it is set, else `pacts` in cargo's target directory.
///
/// That is `CARGO_TARGET_DIR`, or `target` beside the nearest `Cargo.lock` at or above the package under test, or the
/// current directory's `target`.
pub(crate) fn default_directory() -> PathBuf {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let start = variable("CARGO_MANIFEST_DIR").or_else(|| std::env::current_dir().ok()).unwrap_or_default();
    choose(variable("PACT_OUTPUT_DIR"), variable("CARGO_TARGET_DIR"), &start)
}

/// Relative directories are taken from the workspace's root: a test runs in its package's directory, not where the
/// variable was set.
fn choose(output: Option<PathBuf>, target: Option<PathBuf>, start: &Path) -> PathBuf {
    let root = workspace_root(start);
    match (output, target) {
        (Some(output), _) => root.join(output),
        (None, Some(target)) => root.join(target).join("pacts"),
        (None, None) => root.join("target").join("pacts"),
    }
}

fn workspace_root(start: &Path) -> &Path {
    start.ancestors().find(|folder| folder.join("Cargo.lock").is_file()).unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_variables_and_else_finds_the_workspace() {
        let workspace = tempfile::tempdir().unwrap();
        let root = workspace.path();
        let package = root.join("crates/shop");
        std::fs::create_dir_all(&package).unwrap();
        let path = |text: &str| Some(PathBuf::from(text));

        assert_eq!(choose(None, None, &package), package.join("target/pacts"), "without a lock file");
        std::fs::write(root.join("Cargo.lock"), "").unwrap();
        for (output, target, expected) in [
            (None, None, root.join("target/pacts")),
            (None, path("/cache"), PathBuf::from("/cache/pacts")),
            (None, path("out"), root.join("out/pacts")),
            (path("/pacts"), path("/cache"), PathBuf::from("/pacts")),
            (path("pacts"), None, root.join("pacts")),
        ] {
            assert_eq!(choose(output.clone(), target.clone(), &package), expected, "{output:?} {target:?}");
        }
    }
}
