//! What is thrown away, and when.

use std::time::Duration;

/// What is thrown away, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanConfig {
    /// Clean up by schedule (default: no).
    pub enabled: bool,
    /// Minute, hour, day of month, month and weekday, UTC (default: `15 2 * * *`).
    pub schedule: String,
    /// Pacticipant versions deleted by one run, at most (default: 500).
    pub deletion_limit: i64,
    /// Versions younger than this are kept (default: 90 days).
    pub max_age: Duration,
    /// Branches without a new version for this long are deleted, except main branches (default: 90 days).
    pub branch_max_age: Duration,
    /// Overwritten pact revisions and results, finished webhook deliveries and audit entries older than this are
    /// deleted (default: 90 days).
    pub overwritten_max_age: Duration,
    /// Which versions are kept beside the young ones, as the official broker's selectors; `None` keeps the latest of each
    /// branch and tag, the latest of all, and what is deployed or released.
    pub keep: Option<Vec<KeepSelector>>,
    /// Report what would be deleted, and delete nothing (default: no).
    pub dry_run: bool,
}

/// Versions to keep: those that fit every member that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeepSelector {
    /// Of this pacticipant.
    pub pacticipant: Option<String>,
    /// On this branch.
    pub branch: Option<String>,
    /// On any branch.
    pub any_branch: bool,
    /// With this tag.
    pub tag: Option<String>,
    /// With any tag.
    pub any_tag: bool,
    /// Only the latest of the branch, tag or pacticipant.
    pub latest: bool,
    /// Younger than so many days.
    pub max_age_days: Option<i64>,
    /// Deployed or released in this environment.
    pub environment: Option<String>,
    /// Deployed somewhere.
    pub deployed: bool,
    /// Released somewhere.
    pub released: bool,
    /// On the pacticipant's main branch.
    pub main_branch: bool,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Default for CleanConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            schedule: "15 2 * * *".to_owned(),
            deletion_limit: 500,
            max_age: DAY * 90,
            branch_max_age: DAY * 90,
            overwritten_max_age: DAY * 90,
            keep: None,
            dry_run: false,
        }
    }
}
