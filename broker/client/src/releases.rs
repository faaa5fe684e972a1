//! Recording which versions were released where, and which of them are still supported.

use serde_json::json;

use crate::deployments::recording_link;
use crate::transport::Repeat;
use crate::{BrokerClient, Error, Resource};

/// A version that is, or was, released to an environment.
#[derive(Debug, Clone)]
pub struct ReleasedVersion {
    /// The version number; empty when the broker does not say.
    pub version: String,
    /// The broker's document.
    pub resource: Resource,
}

impl BrokerClient {
    /// Records that a version was released to an environment, beside the versions released there before.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the version does not exist, [`Error::UnknownEnvironment`] when the environment does
    /// not.
    pub async fn record_release(
        &self,
        pacticipant: &str,
        version: &str,
        environment: &str,
    ) -> Result<ReleasedVersion, Error> {
        let resource = self.version_resource(pacticipant, version).await?;
        let url = recording_link(&resource, "pb:record-release", environment)?;
        let recorded = self.post(url, json!({}), Repeat::Safe).await?;
        Ok(ReleasedVersion { version: version.to_owned(), resource: recorded })
    }

    /// The versions of an application that are released to an environment and still supported.
    ///
    /// # Errors
    /// [`Error::UnknownEnvironment`] when there is no such environment.
    pub async fn currently_supported(
        &self,
        pacticipant: &str,
        environment: &str,
    ) -> Result<Vec<ReleasedVersion>, Error> {
        let rel = "pb:currently-supported-released-versions";
        let mut url = self.environment_target(environment, rel).await?;
        url.query_pairs_mut().append_pair("pacticipant", pacticipant);
        let list = self.get(url).await?;
        Ok(list.embedded("releasedVersions").into_iter().map(ReleasedVersion::from_resource).collect())
    }

    /// Records that a released version is no longer supported in an environment.
    ///
    /// # Errors
    /// [`Error::UnknownEnvironment`], or [`Error::NothingRecorded`] when it is not released and supported there.
    pub async fn record_support_ended(
        &self,
        pacticipant: &str,
        version: &str,
        environment: &str,
    ) -> Result<ReleasedVersion, Error> {
        let supported = self.currently_supported(pacticipant, environment).await?;
        let Some(released) = supported.iter().find(|released| released.version == version) else {
            return Err(not_released(pacticipant, version, environment, &supported));
        };
        let url = released.resource.target("self", &[])?;
        let updated = self.patch(url, json!({ "currentlySupported": false })).await?;
        Ok(ReleasedVersion { version: version.to_owned(), resource: updated })
    }
}

fn not_released(pacticipant: &str, version: &str, environment: &str, supported: &[ReleasedVersion]) -> Error {
    let mut what = format!("version {version} of `{pacticipant}` is not recorded as released to `{environment}`");
    if !supported.is_empty() {
        let numbers: Vec<_> = supported.iter().map(|released| released.version.as_str()).collect();
        what = format!("{what}; supported there: {}", numbers.join(", "));
    }
    Error::NothingRecorded { what }
}

impl ReleasedVersion {
    fn from_resource(resource: Resource) -> Self {
        Self { version: resource.text_at("/_embedded/version/number").unwrap_or_default(), resource }
    }
}
