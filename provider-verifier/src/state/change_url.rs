//! A provider's own endpoint for state changes.

use std::time::Duration;

use countersign_core::pact::{Attributes, ProviderState};
use serde_json::{Value as Json, json};

use super::Action;
use crate::provider::http::HttpProvider;
use crate::provider::request_failure;

/// An endpoint that puts the provider into a state: `POST {"action": "setup", "state": …, "params": {…}}`, one call for each
/// state, with an empty name for interactions that need none. An object in the answer feeds `ProviderState` generators.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct StateChangeUrl {
    url: String,
    teardown: bool,
    as_query: bool,
}

impl StateChangeUrl {
    /// The endpoint at `url`, called before each exchange only.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), teardown: false, as_query: false }
    }

    /// Calls it after each exchange too, with `"action": "teardown"`. Default `false`.
    pub fn teardown(mut self, teardown: bool) -> Self {
        self.teardown = teardown;
        self
    }

    /// Sends action, state and parameters in the query instead of the body. Default `false`.
    pub fn as_query(mut self, as_query: bool) -> Self {
        self.as_query = as_query;
        self
    }

    /// The address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    pub(super) async fn change(
        &self,
        action: Action,
        state: &ProviderState,
        http: &HttpProvider,
    ) -> Result<Attributes, String> {
        if action == Action::Teardown && !self.teardown {
            return Ok(Attributes::new());
        }
        let what = || format!("POST {}", self.url);
        let request = self.request(action, state, http.client()).timeout(http.timeout());
        let in_words = |error: &reqwest::Error, timeout: Duration| request_failure(&what(), error, timeout);
        let response = request.send().await.map_err(|error| in_words(&error, http.timeout()))?;
        let status = response.status();
        let body = response.bytes().await.map_err(|error| in_words(&error, http.timeout()))?;
        if !status.is_success() {
            let said = String::from_utf8_lossy(&body);
            let said: String = said.trim().chars().take(200).collect();
            let said = if said.is_empty() { said } else { format!(": {said}") };
            return Err(format!("{} answered {status}{said}", what()));
        }
        Ok(match serde_json::from_slice(&body) {
            Ok(Json::Object(values)) => values,
            // an endpoint may answer anything; only an object carries values
            _ => Attributes::new(),
        })
    }

    fn request(&self, action: Action, state: &ProviderState, client: &reqwest::Client) -> reqwest::RequestBuilder {
        let request = client.post(&self.url);
        if !self.as_query {
            return request.json(&json!({ "action": action.as_str(), "params": state.params, "state": state.name }));
        }
        let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut query =
            vec![("action".to_owned(), action.as_str().to_owned()), ("state".to_owned(), state.name.clone())];
        query.extend(state.params.iter().map(|(name, value)| (name.clone(), text(value))));
        request.query(&query)
    }
}
