//! Finding out which commit and branch is being built, from the CI system's variables or from git.

use std::path::Path;
use std::process::Command;

/// What is known about the version being built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionProperties {
    /// The commit, which serves as version number.
    pub commit: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// Where the build can be looked at.
    pub build_url: Option<String>,
}

const COMMIT: &[&str] = &[
    "BUILDKITE_COMMIT",
    "CIRCLE_SHA1",
    "TRAVIS_COMMIT",
    "GITHUB_SHA",
    "GIT_COMMIT",
    "APPVEYOR_REPO_COMMIT",
    "CI_COMMIT_SHA",
    "CI_COMMIT_ID",
    "BITBUCKET_COMMIT",
    "BUILD_SOURCEVERSION",
];

const BRANCH: &[&str] = &[
    "BUILDKITE_BRANCH",
    "CIRCLE_BRANCH",
    "TRAVIS_PULL_REQUEST_BRANCH",
    "TRAVIS_BRANCH",
    "GITHUB_HEAD_REF",
    "GITHUB_REF",
    "GIT_LOCAL_BRANCH",
    "GIT_BRANCH",
    "APPVEYOR_REPO_BRANCH",
    "CI_COMMIT_REF_NAME",
    "CI_BRANCH",
    "BITBUCKET_BRANCH",
    "BUILD_SOURCEBRANCH",
];

const BUILD_URL: &[&str] =
    &["BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL", "TRAVIS_BUILD_WEB_URL", "BUILD_URL", "CI_JOB_URL", "CI_BUILD_URL"];

/// Addresses put together from several variables.
const COMPOSED_BUILD_URL: &[&str] = &[
    "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
    "{BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",
    "{APPVEYOR_URL}/project/{APPVEYOR_ACCOUNT_NAME}/{APPVEYOR_PROJECT_SLUG}/builds/{APPVEYOR_BUILD_ID}",
    "{SYSTEM_TEAMFOUNDATIONSERVERURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
];

impl VersionProperties {
    /// Asks this process's environment variables, then git in `directory` for what they leave open.
    ///
    /// Knows Buildkite, CircleCI, Travis CI, GitHub Actions, Jenkins, AppVeyor, GitLab, Codeship, Bitbucket and Azure
    /// DevOps.
    #[must_use]
    pub fn detect(directory: &Path) -> Self {
        let mut found = Self::from_variables(|name| std::env::var(name).ok());
        if found.commit.is_none() {
            found.commit = git(directory, &["rev-parse", "HEAD"]);
        }
        if found.branch.is_none() {
            // a detached checkout answers with HEAD, which is no branch
            found.branch = git(directory, &["rev-parse", "--abbrev-ref", "HEAD"]).filter(|name| name != "HEAD");
        }
        found
    }

    /// What CI variables say, read through `lookup`; empty values count as absent.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let given = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let first = |names: &[&str]| names.iter().find_map(|name| given(name));
        Self {
            commit: first(COMMIT),
            branch: BRANCH.iter().find_map(|name| branch_name(&given(name)?)),
            build_url: first(BUILD_URL)
                .or_else(|| COMPOSED_BUILD_URL.iter().find_map(|template| compose(template, &given))),
        }
    }
}

/// A branch from a variable that may hold a full reference; tags and merge references are none.
fn branch_name(text: &str) -> Option<String> {
    let name = text.strip_prefix("refs/heads/").or_else(|| text.strip_prefix("origin/")).unwrap_or(text);
    (!name.starts_with("refs/")).then(|| name.to_owned())
}

/// Fills every `{VARIABLE}`, or nothing when one of them is not set.
fn compose(template: &str, given: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut parts = template.split('{');
    let mut url = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, text) = part.split_once('}')?;
        url.push_str(&given(name)?);
        url.push_str(text);
    }
    Some(url)
}

fn git(directory: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(directory).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], expected: [Option<&str>; 3]) {
        let found = VersionProperties::from_variables(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        });
        assert_eq!([found.commit.as_deref(), found.branch.as_deref(), found.build_url.as_deref()], expected);
    }

    #[test]
    fn ci_systems() {
        check(&[], [None, None, None]);
        check(
            &[
                ("GITHUB_SHA", "abc"),
                ("GITHUB_HEAD_REF", ""),
                ("GITHUB_REF", "refs/heads/feat/x"),
                ("GITHUB_SERVER_URL", "https://github.com"),
                ("GITHUB_REPOSITORY", "o/r"),
                ("GITHUB_RUN_ID", "7"),
            ],
            [Some("abc"), Some("feat/x"), Some("https://github.com/o/r/actions/runs/7")],
        );
        check(&[("GITHUB_HEAD_REF", "fix"), ("GITHUB_REF", "refs/pull/3/merge")], [None, Some("fix"), None]);
        check(&[("GITHUB_REF", "refs/tags/v1")], [None, None, None]);
        check(
            &[("GIT_COMMIT", "c"), ("GIT_BRANCH", "origin/main"), ("BUILD_URL", "http://j/1")],
            [Some("c"), Some("main"), Some("http://j/1")],
        );
        check(&[("GITHUB_SERVER_URL", "https://github.com")], [None, None, None]);
    }

    #[test]
    fn a_directory_without_git_tells_nothing() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(git(directory.path(), &["rev-parse", "HEAD"]), None);
    }
}
