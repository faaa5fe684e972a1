//! Pacts as a provider sees them: which ones to verify, and their content.

use serde_json::{Value, json};
use url::Url;

use crate::hal::Resource;
use crate::transport::{Call, Repeat};
use crate::{BrokerClient, ConsumerVersionSelector, Error};

/// What a provider wants to verify.
#[derive(Debug, Clone, Default)]
pub struct PactsForVerification {
    /// Which consumer versions; none leaves the choice to the broker.
    pub selectors: Vec<ConsumerVersionSelector>,
    /// The branch of the provider version that verifies.
    pub provider_branch: Option<String>,
    /// Tags of the provider version that verifies.
    pub provider_tags: Vec<String>,
    /// Whether to be told which pacts may fail without failing the build.
    pub include_pending: bool,
    /// Adds work in progress published since this ISO date or date-time.
    pub wip_since: Option<String>,
}

/// One pact the broker wants verified.
#[derive(Debug, Clone)]
pub struct PactForVerification {
    /// Where to fetch it.
    pub href: String,
    /// The broker's name for it, for example "Pact between …".
    pub name: Option<String>,
    /// Why it was selected, for example "latest from branch main"; empty when the broker does not say.
    pub short_description: String,
    /// Whether it may fail without failing the build.
    pub pending: bool,
    /// Whether it is here as work in progress.
    pub wip: bool,
    /// What to tell people, and when.
    pub notices: Vec<VerificationNotice>,
}

/// A sentence for the people who look at a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationNotice {
    /// `before_verification`, or `after_verification:success_{true|false}_published_{true|false}`.
    pub when: String,
    /// The sentence.
    pub text: String,
}

/// A pact as fetched: the bytes as they came, and where its links lead.
#[derive(Debug, Clone)]
pub struct FetchedPact {
    /// The pact document's bytes, with the broker's additions (`_links`, `createdAt`).
    pub bytes: Vec<u8>,
    /// The same document with its links.
    pub resource: Resource,
}

/// One line of the overview of latest pacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestPact {
    /// The consumer's name.
    pub consumer: String,
    /// The consumer version the pact belongs to.
    pub consumer_version: String,
    /// The provider's name.
    pub provider: String,
    /// When it was published, as the broker writes it.
    pub created_at: Option<String>,
    /// Where it is.
    pub href: Option<String>,
}

impl FetchedPact {
    /// The consumer's name, as the broker links it or the pact says it.
    #[must_use]
    pub fn consumer(&self) -> Option<String> {
        self.resource.link("pb:consumer").and_then(|link| link.name).or_else(|| self.resource.text_at("/consumer/name"))
    }

    /// The consumer version the broker serves this content for.
    #[must_use]
    pub fn consumer_version(&self) -> Option<String> {
        self.resource.link("pb:consumer-version").and_then(|link| link.name)
    }

    /// Where verification results go; `None` for a pact that is not from a broker.
    #[must_use]
    pub fn results_url(&self) -> Option<Url> {
        self.resource.target("pb:publish-verification-results", &[]).ok()
    }
}

impl BrokerClient {
    /// The pacts `provider` should verify, chosen by the broker from the wishes given.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the broker does not know the provider, [`Error::Refused`] when a selector is not valid.
    pub async fn pacts_for_verification(
        &self,
        provider: &str,
        wishes: &PactsForVerification,
    ) -> Result<Vec<PactForVerification>, Error> {
        let index = self.index().await?;
        let values = [("provider", provider)];
        let url = index
            .target("pb:provider-pacts-for-verification", &values)
            .or_else(|missing| index.target("beta:provider-pacts-for-verification", &values).map_err(|_| missing))?;
        // asking changes nothing, although it is a POST
        let answer = self.post(url, wishes.to_json(), Repeat::Safe).await.map_err(|error| unknown(error, provider))?;
        Ok(answer.embedded("pacts").iter().filter_map(PactForVerification::from_resource).collect())
    }

    /// The latest pact of each consumer of `provider`.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the broker does not know the provider.
    pub async fn latest_provider_pacts(&self, provider: &str) -> Result<Vec<PactForVerification>, Error> {
        let url = self.index_target("pb:latest-provider-pacts", &[("provider", provider)]).await?;
        let list = self.get(url).await.map_err(|error| unknown(error, provider))?;
        let mut links = list.links("pb:pacts");
        if links.is_empty() {
            links = list.links("pacts");
        }
        let resolved = links.into_iter().filter_map(|link| {
            let href = list.resolve(&link.href)?.to_string();
            Some(PactForVerification {
                href,
                name: link.title.or(link.name),
                short_description: "latest".to_owned(),
                pending: false,
                wip: false,
                notices: Vec::new(),
            })
        });
        Ok(resolved.collect())
    }

    /// Fetches a pact by an address that a list gave.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such pact (any more).
    pub async fn fetch_pact(&self, href: &str) -> Result<FetchedPact, Error> {
        let url = self.below_base(href)?;
        let call = Call::new(http::Method::GET, url);
        let answer = self.send_raw(call).await.map_err(|error| error.looking_for("the pact"))?;
        let document = answer.parse()?;
        Ok(FetchedPact { bytes: answer.bytes, resource: Resource::new(answer.url, document) })
    }

    /// The latest pact of every consumer and provider.
    ///
    /// # Errors
    /// When the broker cannot be asked.
    pub async fn latest_pact_versions(&self) -> Result<Vec<LatestPact>, Error> {
        let url = self.index_target("pb:latest-pact-versions", &[]).await?;
        let list = self.get(url).await?;
        let pacts = list.body().get("pacts").and_then(Value::as_array);
        Ok(pacts.into_iter().flatten().filter_map(|pact| LatestPact::from_value(pact, list.url())).collect())
    }
}

fn unknown(error: Error, provider: &str) -> Error {
    error.looking_for(format!("provider `{provider}`"))
}

impl PactsForVerification {
    fn to_json(&self) -> Value {
        let mut body = json!({
            "consumerVersionSelectors": self.selectors,
            "providerVersionTags": self.provider_tags,
            "includePendingStatus": self.include_pending,
        });
        if let Some(branch) = &self.provider_branch {
            body["providerVersionBranch"] = json!(branch);
        }
        if let Some(since) = &self.wip_since {
            body["includeWipPactsSince"] = json!(since);
        }
        body
    }
}

impl PactForVerification {
    fn from_resource(pact: &Resource) -> Option<Self> {
        let link = pact.link("self")?;
        let properties = pact.body().get("verificationProperties");
        let flag = |key: &str| properties.and_then(|all| all.get(key)).and_then(Value::as_bool).unwrap_or(false);
        let notices = properties.and_then(|all| all.get("notices")).and_then(Value::as_array);
        Some(Self {
            href: pact.resolve(&link.href)?.to_string(),
            name: link.name,
            short_description: pact.text("shortDescription").unwrap_or_default(),
            pending: flag("pending"),
            wip: flag("wip"),
            notices: notices.into_iter().flatten().filter_map(VerificationNotice::from_value).collect(),
        })
    }
}

impl VerificationNotice {
    fn from_value(value: &Value) -> Option<Self> {
        let text = value.get("text").and_then(Value::as_str)?.to_owned();
        let when = value.get("when").and_then(Value::as_str).unwrap_or("before_verification").to_owned();
        Some(Self { when, text })
    }
}

impl LatestPact {
    fn from_value(pact: &Value, url: &Url) -> Option<Self> {
        let pact = Resource::new(url.clone(), pact.clone());
        Some(Self {
            consumer: pact.text_at("/_embedded/consumer/name")?,
            consumer_version: pact.text_at("/_embedded/consumer/_embedded/version/number").unwrap_or_default(),
            provider: pact.text_at("/_embedded/provider/name")?,
            created_at: pact.text("createdAt"),
            href: pact.link("self").and_then(|link| pact.resolve(&link.href)).map(String::from),
        })
    }
}
