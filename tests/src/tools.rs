//! Tools that tests drive but do not build: the official command, a browser.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Whether a test can run. When what it needs is missing, it says so in a sentence; with `COUNTERSIGN_REQUIRE_ALL=1` it fails
/// instead of passing unseen.
///
/// # Panics
///
/// When it is missing and `COUNTERSIGN_REQUIRE_ALL` is `1`.
#[must_use]
pub fn require(available: bool, what: &str, advice: &str) -> bool {
    if available {
        return true;
    }
    let sentence = format!("{what} is missing: {advice}");
    assert!(std::env::var("COUNTERSIGN_REQUIRE_ALL").as_deref() != Ok("1"), "{sentence}");
    eprintln!("skipped, {sentence}");
    false
}

/// Whether the official `pact` command can be run; see [`require`].
#[must_use]
pub fn has_pact() -> bool {
    let runs = Command::new("pact").arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status();
    require(runs.is_ok_and(|status| status.success()), "the official `pact` command", "pip install pact-python-cli")
}

/// The Chromium to drive, if there is one; see [`require`].
#[must_use]
pub fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let found = folders.iter().flat_map(|folder| names.map(|name| folder.join(name))).find(|file| file.is_file());
    require(found.is_some(), "Chromium", "apt-get install chromium").then_some(found).flatten()
}

/// A Python with pact-python, from the tests' own tools or the system; see [`require`].
#[must_use]
pub fn pact_python() -> Option<PathBuf> {
    python_with("pact.match", "pip install pact-python")
}

/// The folder of node modules with pact-js, in the tests' own tools or `NODE_PATH`; see [`require`].
#[must_use]
pub fn pact_js() -> Option<PathBuf> {
    let path = std::env::var_os("NODE_PATH").unwrap_or_default();
    let mut folders = vec![test_tools().join("node_modules")];
    folders.extend(std::env::split_paths(&path));
    let found = folders.into_iter().find(|folder| folder.join("@pact-foundation/pact").is_dir());
    let runs = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let available = found.is_some() && runs.is_ok_and(|status| status.success());
    let advice = "npm install --prefix target/test-tools @pact-foundation/pact";
    require(available, "pact-js", advice).then_some(found).flatten()
}

/// Where `scripts/test` installs what it needs.
fn test_tools() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/test-tools")
}

/// A Python that has these modules (`a, b`): the one in `target/test-tools`, where `scripts/test` installs them, or the
/// system's; see [`require`].
#[must_use]
pub fn python_with(modules: &str, advice: &str) -> Option<PathBuf> {
    let own = test_tools().join("bin/python");
    let imports = |python: &PathBuf| {
        let script = format!("import {modules}");
        let run = Command::new(python).args(["-c", &script]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    };
    let found = [own, PathBuf::from("python3")].into_iter().find(imports);
    require(found.is_some(), &format!("Python with {modules}"), advice).then_some(found).flatten()
}
