//! Versions that run in environments.

use super::environment::Environment;
use super::pacticipant::Pacticipant;
use super::version::Version;

/// A record that a version was deployed to an environment, replacing what ran on the same instance.
#[derive(Clone, Debug)]
pub struct DeployedVersion {
    /// Its public identity.
    pub uuid: String,
    /// Whose version.
    pub pacticipant: Pacticipant,
    /// Which version.
    pub version: Version,
    /// Where.
    pub environment: Environment,
    /// On which instance; `None` is the unnamed one.
    pub application_instance: Option<String>,
    /// Whether it still runs.
    pub currently_deployed: bool,
    /// When it stopped, in microseconds since 1970.
    pub undeployed_at: Option<i64>,
    /// When it was recorded.
    pub created_at: i64,
}

/// A record that a version was released to an environment, beside other releases.
#[derive(Clone, Debug)]
pub struct ReleasedVersion {
    /// Its public identity.
    pub uuid: String,
    /// Whose version.
    pub pacticipant: Pacticipant,
    /// Which version.
    pub version: Version,
    /// Where.
    pub environment: Environment,
    /// Whether it is still supported.
    pub currently_supported: bool,
    /// When support ended, in microseconds since 1970.
    pub support_ended_at: Option<i64>,
    /// When it was recorded.
    pub created_at: i64,
}

/// An instance name as it is stored: blank means the unnamed instance.
#[must_use]
pub fn instance_name(text: Option<&str>) -> Option<String> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}
