//! Which test of which test run is recording.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// Tells runs of the tests apart: what a former run recorded may be outdated, what this run recorded may not be
/// contradicted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct RunId(String);

impl RunId {
    /// The run this process belongs to: all test binaries that one `cargo test` or `cargo nextest` starts are one run.
    pub(crate) fn current() -> Self {
        if let Ok(run) = std::env::var("NEXTEST_RUN_ID") {
            return Self(format!("nextest {run}"));
        }
        Self(format!("process {}", parent_process()))
    }

    /// A run of its own, for a program that serves tests for as long as it lives.
    pub(crate) fn of_this_process() -> Self {
        static STARTED: OnceLock<String> = OnceLock::new();
        let started = STARTED.get_or_init(|| format!("{} {}", std::process::id(), fastrand::u64(..)));
        Self(format!("program {started}"))
    }

    #[cfg(test)]
    pub(crate) fn named(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// The process that started this one, with its start time where the system tells, because numbers are used again.
#[cfg(unix)]
fn parent_process() -> String {
    let parent = std::os::unix::process::parent_id();
    let stat = std::fs::read_to_string(format!("/proc/{parent}/stat")).unwrap_or_default();
    // field 22 of proc(5)'s stat; the name in field 2 may hold spaces, so counting starts behind it
    let start = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(19));
    format!("{parent} {}", start.unwrap_or_default())
}

#[cfg(not(unix))]
fn parent_process() -> String {
    std::process::id().to_string()
}

/// What to make of interactions that a former run left in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OverwritePolicy {
    /// Keep them.
    Merge,
    /// The first test of a run starts with an empty file.
    StartAnew,
}

impl OverwritePolicy {
    /// [`OverwritePolicy::StartAnew`] if `PACT_OVERWRITE` is `true` or `1`.
    pub(crate) fn from_env() -> Self {
        match std::env::var("PACT_OVERWRITE").as_deref() {
            Ok("true" | "1") => Self::StartAnew,
            _ => Self::Merge,
        }
    }
}

/// The name of the test that runs on this thread, as far as the test harness tells.
pub(crate) fn test_name() -> Option<String> {
    let thread = std::thread::current();
    match thread.name() {
        // harnesses that run one test at a time do so on the main thread
        None | Some("main") => std::env::var("NEXTEST_TEST_NAME").ok(),
        Some(name) => Some(name.to_owned()),
    }
}
