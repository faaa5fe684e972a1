//! A pact with all that is known about where it comes from.

use countersign_broker_client::{BrokerClient, FetchedPact, VerificationNotice};
use countersign_core::pact::Pact;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// The provider's name.
    pub(crate) provider: String,
    /// Take the pacts of a folder whatever provider they name.
    pub(crate) any_provider: bool,
    /// The branch of the provider version, for the broker's selectors.
    pub(crate) provider_branch: Option<String>,
    /// The tags of the provider version, for the broker.
    pub(crate) provider_tags: Vec<String>,
    /// It is fine when there are none.
    pub(crate) allow_none: bool,
}

/// Where a pact was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A file or an address.
    Place(String),
    /// The program itself.
    Memory,
}

/// One pact, ready to be planned.
#[derive(Debug, Clone)]
pub(crate) struct LoadedPact {
    pub(crate) pact: Pact,
    pub(crate) origin: Origin,
    /// The broker's copy with its links and the client it came through; results go where it says.
    pub(crate) fetched: Option<(BrokerClient, FetchedPact)>,
    /// Why the broker chose it, such as `latest from branch main`.
    pub(crate) reason: String,
    pub(crate) pending: bool,
    pub(crate) wip: bool,
    pub(crate) notices: Vec<VerificationNotice>,
}

impl LoadedPact {
    pub(crate) fn new(pact: Pact, origin: Origin) -> Self {
        Self { pact, origin, fetched: None, reason: String::new(), pending: false, wip: false, notices: Vec::new() }
    }
}
