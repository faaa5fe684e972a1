//! Making the provider what an interaction needs it to be.

mod call;
mod change_url;
mod handlers;

pub use call::{StateCall, StateError, StateValues};
pub use change_url::StateChangeUrl;
pub(crate) use handlers::Handlers;

use countersign_core::generator::Context;
use countersign_core::pact::{Attributes, Interaction, ProviderState};
use http::HeaderMap;

use crate::outcome::Failure;
use crate::provider::client::Client;

/// What the official tools say when a state change fails, for scripts that look for it.
const SETUP_FAILED: &str = "One or more of the setup state change handlers has failed";
const TEARDOWN_FAILED: &str = "One or more of the teardown state change handlers has failed";

/// Before or after the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Setup,
    Teardown,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Teardown => "teardown",
        }
    }
}

/// How provider states come about: handlers in this process first, then the URL.
#[derive(Default)]
pub(crate) struct States<'a> {
    pub(crate) handlers: Handlers<'a>,
    pub(crate) url: Option<StateChangeUrl>,
}

impl States<'_> {
    /// Whether interactions that name no state are announced to the provider too.
    pub(crate) fn announces_all(&self) -> bool {
        self.url.is_some()
    }

    /// Whether the URL is one of TLS.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.url.as_ref().is_some_and(|url| url.url().starts_with("https"))
    }

    /// Whether anything would happen for an interaction with states.
    pub(crate) fn can_change(&self) -> bool {
        self.url.is_some() || !self.handlers.is_empty()
    }

    /// Puts the provider into all states of the interaction; gives the values that its generators draw on: the states'
    /// parameters, overlaid by what came back.
    ///
    /// # Errors
    ///
    /// Which state could not be set up and why, as a message for people.
    pub(crate) async fn set_up(
        &self,
        interaction: &Interaction,
        client: &Client,
        extra: &HeaderMap,
    ) -> Result<Context, Failure> {
        let mut values = Attributes::new();
        for state in &interaction.provider_states {
            values.extend(state.params.clone());
        }
        values.extend(self.change(Action::Setup, interaction, client, extra).await?);
        Ok(Context {
            provider_state: values,
            now: Some(jiff::Zoned::now()),
            seed: Some(fastrand::u64(..)),
            ..Context::default()
        })
    }

    /// Undoes all states of the interaction, where anyone wants to know.
    pub(crate) async fn tear_down(
        &self,
        interaction: &Interaction,
        client: &Client,
        extra: &HeaderMap,
    ) -> Result<(), Failure> {
        self.change(Action::Teardown, interaction, client, extra).await.map(|_| ())
    }

    async fn change(
        &self,
        action: Action,
        interaction: &Interaction,
        client: &Client,
        extra: &HeaderMap,
    ) -> Result<Attributes, Failure> {
        let nameless = [ProviderState::default()];
        let states = match interaction.provider_states.as_slice() {
            [] if self.announces_all() => &nameless,
            states => states,
        };
        let mut values = Attributes::new();
        for state in states {
            let changed = self.change_one(action, state, client, extra).await;
            values.extend(changed.map_err(|reason| failure(action, state, &reason))?);
        }
        Ok(values)
    }

    async fn change_one(
        &self,
        action: Action,
        state: &ProviderState,
        client: &Client,
        extra: &HeaderMap,
    ) -> Result<Attributes, String> {
        if self.handlers.has(action, &state.name) {
            return self.handlers.call(action, state).await;
        }
        match &self.url {
            Some(url) => url.change(action, state, client, extra).await,
            None if action == Action::Setup && !self.handlers.is_empty() => Err(self.handlers.unknown(&state.name)),
            None => Ok(Attributes::new()),
        }
    }
}

fn failure(action: Action, state: &ProviderState, reason: &str) -> Failure {
    let summary = if action == Action::Setup { SETUP_FAILED } else { TEARDOWN_FAILED };
    let which = if state.name.is_empty() { "no state".to_owned() } else { format!("'{}'", state.name) };
    Failure { message: summary.to_owned(), detail: Some(format!("{which}: {reason}")) }
}
