//! The provider version that verifies.

use std::fmt;
use std::path::Path;

use countersign_broker_client::VersionProperties;

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
    number: Option<String>,
    branch: Option<String>,
    tags: Vec<String>,
    build_url: Option<String>,
    detected: bool,
    decided: bool,
}

impl Version {
    /// A version of this number, on no branch and without tags.
    pub fn new(number: impl Into<String>) -> Self {
        Self {
            number: Some(number.into()),
            branch: None,
            tags: Vec::new(),
            build_url: None,
            detected: false,
            decided: true,
        }
    }

    /// The commit that is built as number, its branch and the build's address: what the variables of CI systems say (GitHub
    /// Actions, GitLab, Jenkins, CircleCI, Travis CI, Azure DevOps, Buildkite, Bitbucket, AppVeyor, Codeship), and `git` in the
    /// current directory where they say nothing. That nothing is known is reported when verifying.
    ///
    /// Results of such a version are published by CI builds only, see [`Verifier::publish`](crate::Verifier::publish).
    pub fn from_git() -> Self {
        let found = VersionProperties::detect(Path::new("."));
        Self {
            number: found.commit,
            branch: found.branch,
            tags: Vec::new(),
            build_url: found.build_url,
            detected: true,
            decided: false,
        }
    }

    /// The same version as one that somebody decided to publish: from anywhere, not by CI builds only.
    pub fn decided(mut self) -> Self {
        self.decided = true;
        self
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

    /// The number; `None` when it was to be detected and could not.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// Whether number, branch and build were detected rather than given.
    #[must_use]
    pub fn is_detected(&self) -> bool {
        self.detected
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
        let reason = match &self.number {
            Some(number) if !number.trim().is_empty() => return Ok(()),
            Some(_) => "it is empty; give a number such as the commit's hash",
            None => {
                "neither the variables of a CI system nor git tell the commit; give it with Version::new or \
                 --provider-version"
            }
        };
        Err(VerifyError::InvalidSetting { what: "the provider version".to_owned(), reason: reason.to_owned() })
    }

    /// Why results of this version are not for everyone to see, if they are not.
    pub(crate) fn objection_to_publishing(&self, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
        if self.decided || is_wanted(&variable).unwrap_or_else(|| is_ci(&variable)) {
            return None;
        }
        Some(format!(
            "this is no CI build (CI is not set); to publish all the same set {PUBLISH}=true or give the version's number"
        ))
    }
}

impl fmt::Display for Version {
    /// `77aa012 (main), as the build or git tells`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.number.as_deref().unwrap_or("of unknown version"))?;
        let places: Vec<_> = self.branch.iter().chain(&self.tags).map(String::as_str).collect();
        if !places.is_empty() {
            write!(f, " ({})", places.join(", "))?;
        }
        if self.detected { f.write_str(", as the build or git tells") } else { Ok(()) }
    }
}

/// Says whether results are to be published, whoever asks.
const PUBLISH: &str = "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS";

/// What CI systems set; most set `CI` too.
const CI_SYSTEMS: [&str; 5] =
    ["TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION", "BITBUCKET_BUILD_NUMBER", "CODEBUILD_BUILD_ID"];

fn is_wanted(variable: &impl Fn(&str) -> Option<String>) -> Option<bool> {
    variable(PUBLISH).filter(|text| !text.is_empty()).map(|text| is_true(&text))
}

fn is_ci(variable: &impl Fn(&str) -> Option<String>) -> bool {
    variable("CI").is_some_and(|text| is_true(&text))
        || CI_SYSTEMS.iter().any(|name| variable(name).is_some_and(|text| !text.is_empty()))
}

fn is_true(text: &str) -> bool {
    !matches!(text.to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_detected_is_published_by_builds_only() {
        let detected = Version { detected: true, decided: false, ..Version::new("1") };
        let published = |version: &Version, set: &[(&str, &str)]| {
            let lookup = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            version.objection_to_publishing(lookup).is_none()
        };
        for (set, expected) in [
            (&[][..], false),
            (&[("CI", "true")], true),
            (&[("CI", "false")], false),
            (&[("TF_BUILD", "True")], true),
            (&[("JENKINS_URL", "http://j")], true),
            (&[(PUBLISH, "true")], true),
            (&[("CI", "true"), (PUBLISH, "false")], false),
        ] {
            assert_eq!(published(&detected, set), expected, "{set:?}");
            assert!(published(&Version::new("1"), set), "{set:?}");
        }
    }

    #[test]
    fn an_unusable_number_is_refused() {
        for (version, usable) in [
            (Version::new("1"), true),
            (Version::new(" "), false),
            (Version { number: None, ..Version::new("") }, false),
        ] {
            assert_eq!(version.check().is_ok(), usable, "{version:?}");
        }
    }
}
