//! Telling the broker what a verification brought.

use serde_json::{Value, json};

use crate::transport::Repeat;
use crate::{BrokerClient, Error, FetchedPact, Resource};

/// The provider version that verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProviderVersion {
    /// Its number.
    pub number: String,
    /// The branch it was built from.
    pub branch: Option<String>,
    /// Tags to put on it.
    pub tags: Vec<String>,
}

/// What verifying one pact brought.
#[derive(Debug, Clone, Default)]
pub struct VerificationResult {
    /// Whether the provider honours the whole pact.
    pub success: bool,
    /// One JSON object per interaction, kept and shown by the broker as given.
    pub test_results: Vec<Value>,
    /// Where the build that verified can be looked at.
    pub build_url: Option<String>,
    /// The tool that verified, as `(implementation, version)`.
    pub verified_by: Option<(String, String)>,
}

impl BrokerClient {
    /// Puts the provider version on its branch, tags it, and hands in the result for `pact`.
    ///
    /// Branch and tags come first, so that the result counts for them from the start. With many pacts, call
    /// [`describe_provider_version`](Self::describe_provider_version) once and
    /// [`publish_result`](Self::publish_result) for each.
    ///
    /// # Errors
    /// [`Error::MissingLink`] for a pact that is not from a broker, and whatever the broker answers.
    pub async fn publish_verification(
        &self,
        pact: &FetchedPact,
        version: &ProviderVersion,
        result: &VerificationResult,
    ) -> Result<Resource, Error> {
        self.describe_provider_version(pact, version).await?;
        self.publish_result(pact, &version.number, result).await
    }

    /// Creates the provider version if needed, on its branch and with its tags. Without either, nothing is sent.
    ///
    /// # Errors
    /// [`Error::MissingLink`] for a pact that is not from a broker, and whatever the broker answers.
    pub async fn describe_provider_version(&self, pact: &FetchedPact, version: &ProviderVersion) -> Result<(), Error> {
        if version.branch.is_none() && version.tags.is_empty() {
            return Ok(());
        }
        let provider = self.get(pact.resource.target("pb:provider", &[])?).await?;
        if let Some(branch) = &version.branch {
            let values = [("branch", branch.as_str()), ("version", &version.number)];
            self.put(provider.target("pb:branch-version", &values)?, json!({})).await?;
        }
        for tag in &version.tags {
            let values = [("tag", tag.as_str()), ("version", &version.number)];
            self.put(provider.target("pb:version-tag", &values)?, json!({})).await?;
        }
        Ok(())
    }

    /// Hands in the result of verifying `pact` with the provider version called `number`.
    ///
    /// # Errors
    /// [`Error::MissingLink`] for a pact that is not from a broker, and whatever the broker answers.
    pub async fn publish_result(
        &self,
        pact: &FetchedPact,
        number: &str,
        result: &VerificationResult,
    ) -> Result<Resource, Error> {
        let url = pact.resource.target("pb:publish-verification-results", &[])?;
        // a second copy changes no verdict, as the newest result decides; a lost one would
        self.post(url, result.to_json(number), Repeat::Safe).await
    }
}

impl VerificationResult {
    fn to_json(&self, number: &str) -> Value {
        let mut body = json!({
            "success": self.success,
            "providerApplicationVersion": number,
            "testResults": self.test_results,
        });
        if let Some(build_url) = &self.build_url {
            body["buildUrl"] = json!(build_url);
        }
        if let Some((implementation, version)) = &self.verified_by {
            body["verifiedBy"] = json!({ "implementation": implementation, "version": version });
        }
        body
    }
}
