//! Publishing pacts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::notice::{Notice, notices_in};
use crate::transport::Repeat;
use crate::{BrokerClient, Error, Resource};

/// One consumer version's pacts, published together: all of them or none.
#[derive(Debug, Clone, Default)]
pub struct Publication {
    /// The consumer's name; every contract must be its.
    pub consumer: String,
    /// The consumer's version number.
    pub version: String,
    /// The branch the version was built from.
    pub branch: Option<String>,
    /// Tags to put on the version.
    pub tags: Vec<String>,
    /// Where the build that made the pacts can be looked at.
    pub build_url: Option<String>,
    /// The pacts, at most one per provider.
    pub contracts: Vec<Contract>,
}

/// One pact to publish.
#[derive(Debug, Clone)]
pub struct Contract {
    /// The provider's name, as in the pact.
    pub provider: String,
    /// The pact file's bytes, kept by the broker as they are.
    pub content: Vec<u8>,
    /// What happens when this consumer version already has a pact with the provider.
    pub on_conflict: OnConflict,
}

/// What happens when a consumer version already has a different pact with the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnConflict {
    /// The new pact takes its place, where the broker allows that.
    #[default]
    Overwrite,
    /// The new interactions are added to it.
    Merge,
}

/// What the broker made of a [`Publication`].
#[derive(Debug, Clone)]
pub struct Published {
    /// What the broker wants people to read, in its order.
    pub notices: Vec<Notice>,
    /// The addresses of the published pacts.
    pub pact_urls: Vec<String>,
    /// The broker's answer as received.
    pub document: Value,
}

impl BrokerClient {
    /// Publishes pacts, creating the consumer, its version, branch and tags as needed.
    ///
    /// # Errors
    /// [`Error::Conflict`] when this version already has different content, [`Error::Refused`] when the broker does
    /// not accept the pacts as such; both with the broker's explanation.
    pub async fn publish(&self, publication: &Publication) -> Result<Published, Error> {
        let url = self.index_target("pb:publish-contracts", &[]).await?;
        // publishing the same bytes again changes nothing
        let answer = self.post(url, publication.to_json(), Repeat::Safe).await?;
        Ok(Published::from_resource(answer))
    }
}

impl Publication {
    fn to_json(&self) -> Value {
        let contracts: Vec<_> = self.contracts.iter().map(|contract| contract.to_json(&self.consumer)).collect();
        let mut body = json!({
            "pacticipantName": self.consumer,
            "pacticipantVersionNumber": self.version,
            "tags": self.tags,
            "contracts": contracts,
        });
        if let Some(branch) = &self.branch {
            body["branch"] = json!(branch);
        }
        if let Some(build_url) = &self.build_url {
            body["buildUrl"] = json!(build_url);
        }
        body
    }
}

impl Contract {
    fn to_json(&self, consumer: &str) -> Value {
        json!({
            "consumerName": consumer,
            "providerName": self.provider,
            "specification": "pact",
            "contentType": "application/json",
            "content": STANDARD.encode(&self.content),
            "onConflict": match self.on_conflict {
                OnConflict::Overwrite => "overwrite",
                OnConflict::Merge => "merge",
            },
        })
    }
}

impl Published {
    fn from_resource(answer: Resource) -> Self {
        let pact_urls = answer.links("pb:contracts").into_iter().map(|link| link.href).collect();
        Self { notices: notices_in(answer.body()), pact_urls, document: answer.into_body() }
    }
}
