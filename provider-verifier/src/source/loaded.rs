//! A pact with all that is known about where it comes from.

use std::sync::Arc;

use countersign_broker_client::{BrokerClient, FetchedPact, VerificationNotice};
use countersign_core::format::{FormatError, SharedReader};
use countersign_core::pact::{Interaction, Pact};

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
    /// What is around the interactions, of which it has none itself.
    pub(crate) pact: Pact,
    /// In file order. What several pacts have to the letter is there once.
    pub(crate) interactions: Vec<Arc<Interaction>>,
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
    /// A pact that the program has.
    pub(crate) fn given(mut pact: Pact) -> Self {
        let interactions = std::mem::take(&mut pact.interactions);
        Self::new(pact, interactions.into_iter().map(Arc::new).collect(), Origin::Memory)
    }

    /// The pact that these bytes are, from this place.
    ///
    /// # Errors
    ///
    /// Why they are none.
    pub(super) fn read(reader: &mut SharedReader, bytes: &[u8], place: String) -> Result<Self, FormatError> {
        let (pact, interactions) = reader.read(bytes)?;
        Ok(Self::new(pact, interactions, Origin::Place(place)))
    }

    fn new(pact: Pact, interactions: Vec<Arc<Interaction>>, origin: Origin) -> Self {
        Self {
            pact,
            interactions,
            origin,
            fetched: None,
            reason: String::new(),
            pending: false,
            wip: false,
            notices: Vec::new(),
        }
    }
}
