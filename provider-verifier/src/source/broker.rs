//! A broker that knows which pacts matter to the provider.

use countersign_broker_client::{
    BrokerClient, BrokerClientBuilder, ConsumerVersionSelector, Error, PactForVerification, PactsForVerification,
};
use countersign_core::format::SharedReader;
use futures::StreamExt as _;

use super::loaded::{LoadedPact, Wanted};
use crate::VerifyError;
use crate::error::SourceProblem;

/// How many pacts are fetched at a time.
const AT_ONCE: usize = 8;

/// A broker and which of its pacts are wanted; several wishes are united.
///
/// Without any wish, the broker gives the latest pact of every consumer.
///
/// ```no_run
/// use countersign_provider_verifier::Broker;
///
/// let pacts = Broker::from_env().deployed_or_released().main_branch().matching_branch().pending().wip_since("2026-01-01");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Broker {
    client: Result<BrokerClient, Error>,
    selectors: Vec<ConsumerVersionSelector>,
    pending: bool,
    wip_since: Option<String>,
}

impl Broker {
    /// The broker that `PACT_BROKER_BASE_URL` names, with the credentials in `PACT_BROKER_TOKEN` or
    /// `PACT_BROKER_USERNAME` and `PACT_BROKER_PASSWORD`. What is missing is reported when verifying.
    pub fn from_env() -> Self {
        Self::new(BrokerClient::from_env())
    }

    /// The broker at this address, asked without credentials other than those in the address.
    pub fn at(url: impl Into<String>) -> Self {
        Self::configured(BrokerClient::builder(url))
    }

    /// A broker with credentials, certificates and patience of your choice.
    pub fn configured(client: BrokerClientBuilder) -> Self {
        Self::new(client.build())
    }

    fn new(client: Result<BrokerClient, Error>) -> Self {
        Self { client, selectors: Vec::new(), pending: false, wip_since: None }
    }

    /// Pacts of consumer versions that are deployed, or released and still supported, in any environment.
    pub fn deployed_or_released(self) -> Self {
        self.selector(ConsumerVersionSelector::deployed_or_released())
    }

    /// Pacts from the head of each consumer's main branch.
    pub fn main_branch(self) -> Self {
        self.selector(ConsumerVersionSelector::main_branch())
    }

    /// Pacts from consumer branches called like the branch of the provider version that verifies. Without a provider
    /// branch there is nothing to match, and the wish is left out.
    pub fn matching_branch(self) -> Self {
        self.selector(ConsumerVersionSelector::matching_branch())
    }

    /// Pacts from the head of this branch.
    pub fn branch(self, name: impl Into<String>) -> Self {
        self.selector(ConsumerVersionSelector::branch(name))
    }

    /// One more wish of any kind.
    pub fn selector(mut self, selector: ConsumerVersionSelector) -> Self {
        self.selectors.push(selector);
        self
    }

    /// Lets pacts that this provider has never honoured fail without failing the verification. Default: they fail it.
    pub fn pending(mut self) -> Self {
        self.pending = true;
        self
    }

    /// Adds pacts of no selected version that were published since this ISO date; they cannot fail the verification,
    /// so this brings [`pending`](Self::pending) with it. Default: none are added.
    pub fn wip_since(mut self, date: impl Into<String>) -> Self {
        self.wip_since = Some(date.into());
        self.pending = true;
        self
    }

    pub(super) fn describe(&self) -> String {
        self.client.as_ref().map_or_else(|_| "the broker".to_owned(), |client| client.base_url().to_string())
    }

    fn wishes(&self, wanted: &Wanted) -> PactsForVerification {
        let possible = |selector: &&ConsumerVersionSelector| {
            selector.matching_branch != Some(true) || wanted.provider_branch.is_some()
        };
        PactsForVerification {
            selectors: self.selectors.iter().filter(possible).cloned().collect(),
            provider_branch: wanted.provider_branch.clone(),
            provider_tags: wanted.provider_tags.clone(),
            include_pending: self.pending,
            wip_since: self.wip_since.clone(),
        }
    }

    /// The list of pacts. A broker too old to choose gives the latest of every consumer, and so does one that is not
    /// asked to choose.
    async fn list(&self, client: &BrokerClient, wanted: &Wanted) -> Result<Vec<PactForVerification>, Error> {
        let wishes = self.wishes(wanted);
        if !wishes.selectors.is_empty() || wishes.include_pending {
            return client.pacts_for_verification(&wanted.provider, &wishes).await;
        }
        match client.latest_provider_pacts(&wanted.provider).await {
            Err(Error::MissingLink { .. }) => client.pacts_for_verification(&wanted.provider, &wishes).await,
            listed => listed,
        }
    }
}

/// The pacts in the broker's order, and what is wrong with those that are no pacts.
pub(super) async fn load(
    broker: &Broker,
    wanted: &Wanted,
    reader: &mut SharedReader,
) -> Result<(Vec<LoadedPact>, Vec<SourceProblem>), VerifyError> {
    let client = broker.client.as_ref().map_err(Clone::clone)?;
    let listed = broker.list(client, wanted).await?;
    let fetched: Vec<_> = futures::stream::iter(listed)
        .map(|listed| async move { (client.fetch_pact(&listed.href).await, listed) })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let (mut pacts, mut problems) = (Vec::new(), Vec::new());
    for (fetched, listed) in fetched {
        let fetched = fetched?;
        match LoadedPact::read(reader, &fetched.bytes, listed.href.clone()) {
            Ok(loaded) => pacts.push(LoadedPact {
                fetched: Some((client.clone(), fetched)),
                reason: listed.short_description,
                pending: listed.pending,
                wip: listed.wip,
                notices: listed.notices,
                ..loaded
            }),
            Err(error) => problems.push(SourceProblem { place: listed.href, reason: error.to_string() }),
        }
    }
    Ok((pacts, problems))
}
