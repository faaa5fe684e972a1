//! The provider version that verifies.

use std::process::Command;

use crate::VerifyError;

/// The provider version that verifies: its number, and where in the history of builds it stands.
///
/// ```
/// use countersign_provider_verifier::Version;
///
/// let version = Version::new("1.2.3").branch("main").tag("ci").build_url("https://ci.example.com/42");
/// assert_eq!(version.number(), Some("1.2.3"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Version {
    number: Result<String, String>,
    branch: Option<String>,
    tags: Vec<String>,
    build_url: Option<String>,
}

impl Version {
    /// A version of this number, on no branch and without tags.
    pub fn new(number: impl Into<String>) -> Self {
        Self { number: Ok(number.into()), branch: None, tags: Vec::new(), build_url: None }
    }

    /// The checked-out commit as number and its branch, asked from `git` in the current directory.
    ///
    /// On a detached head, as most CI systems check out, the branch comes from `GITHUB_HEAD_REF`, `GITHUB_REF_NAME`,
    /// `CI_COMMIT_REF_NAME` or `BRANCH_NAME`, else there is none. That git cannot answer is reported when verifying.
    pub fn from_git() -> Self {
        let number = git(&["rev-parse", "HEAD"]);
        let branch = git(&["rev-parse", "--abbrev-ref", "HEAD"]).ok().filter(|branch| branch != "HEAD");
        let branch = branch.or_else(|| branch_from(|name| std::env::var(name).ok()));
        Self { number, branch, tags: Vec::new(), build_url: None }
    }

    /// The branch it was built from. Default: none.
    pub fn branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = Some(branch.into());
        self
    }

    /// One more tag to put on it when results are published. Default: none.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Where the build that verifies can be looked at. Default: nowhere.
    pub fn build_url(mut self, url: impl Into<String>) -> Self {
        self.build_url = Some(url.into());
        self
    }

    /// The number; `None` when git could not tell it.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref().ok()
    }

    /// The branch, if there is one.
    #[must_use]
    pub fn branch_name(&self) -> Option<&str> {
        self.branch.as_deref()
    }

    /// The tags, in the order they were given.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// Where the build can be looked at.
    #[must_use]
    pub fn build(&self) -> Option<&str> {
        self.build_url.as_deref()
    }

    /// Refuses what cannot be published.
    pub(crate) fn check(&self) -> Result<(), VerifyError> {
        let problem = |reason: &str| {
            Err(VerifyError::InvalidSetting { what: "the provider version".to_owned(), reason: reason.to_owned() })
        };
        match &self.number {
            Ok(number) if number.trim().is_empty() => problem("it is empty; give a number such as the commit's hash"),
            Ok(_) => Ok(()),
            Err(reason) => problem(&format!("{reason}; give it with Version::new or --provider-version")),
        }
    }
}

/// What CI systems say about the branch of a detached head.
fn branch_from(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    ["GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "BRANCH_NAME"]
        .into_iter()
        .find_map(|name| variable(name).filter(|branch| !branch.is_empty()))
}

fn git(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").args(arguments).output().map_err(|error| format!("git cannot be run: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("git does not know the commit: {}", said.lines().next().unwrap_or("no reason given")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_says_something_names_the_branch() {
        let variables = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        for (pairs, expected) in [
            (&[][..], None),
            (&[("GITHUB_HEAD_REF", ""), ("GITHUB_REF_NAME", "main")], Some("main")),
            (&[("GITHUB_HEAD_REF", "feat/x"), ("GITHUB_REF_NAME", "7/merge")], Some("feat/x")),
            (&[("CI_COMMIT_REF_NAME", "dev")], Some("dev")),
        ] {
            assert_eq!(branch_from(variables(pairs)).as_deref(), expected);
        }
    }

    #[test]
    fn an_unusable_number_is_refused() {
        for (version, usable) in [
            (Version::new("1"), true),
            (Version::new(" "), false),
            (Version { number: Err("no git".to_owned()), ..Version::new("") }, false),
        ] {
            assert_eq!(version.check().is_ok(), usable, "{version:?}");
        }
    }
}
