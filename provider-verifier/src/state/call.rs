//! What a state handler is given and what it hands back.

use countersign_core::pact::{Attributes, ProviderState};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// A state that the provider is to be in, with its parameters.
#[derive(Debug, Clone)]
pub struct StateCall {
    state: ProviderState,
}

impl StateCall {
    pub(super) fn new(state: &ProviderState) -> Self {
        Self { state: state.clone() }
    }

    /// The state's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.state.name
    }

    /// All parameters, in the order of the pact.
    #[must_use]
    pub fn params(&self) -> &Attributes {
        &self.state.params
    }

    /// One parameter as the type that is asked for. A parameter that is absent reads as `null`, so that an `Option` takes it.
    ///
    /// # Errors
    ///
    /// Names the parameter when it is absent or of another type, and the parameters there are.
    pub fn param<T: DeserializeOwned>(&self, name: &str) -> Result<T, StateError> {
        let value = self.state.params.get(name);
        serde_json::from_value(value.cloned().unwrap_or(Json::Null)).map_err(|error| {
            let known: Vec<_> = self.state.params.keys().map(String::as_str).collect();
            StateError(match value {
                Some(value) => format!("parameter '{name}' is {value}: {error}"),
                None if known.is_empty() => format!("the pact gives no parameter '{name}', nor any other"),
                None => format!("the pact gives no parameter '{name}'; it gives {}", known.join(", ")),
            })
        })
    }
}

/// Why a state handler could not do its work; every error converts into one with `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateError(String);

impl StateError {
    /// An error with this text.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl<E: std::error::Error> From<E> for StateError {
    /// The error and what caused it, joined by colons.
    fn from(error: E) -> Self {
        Self(crate::provider::chain(&error))
    }
}

/// What a state handler hands back: nothing, or an object whose members feed the pact's `ProviderState` generators.
pub trait StateValues {
    /// The members by name.
    ///
    /// # Errors
    ///
    /// When there is something that is no object.
    fn into_values(self) -> Result<Attributes, StateError>;
}

impl StateValues for () {
    fn into_values(self) -> Result<Attributes, StateError> {
        Ok(Attributes::new())
    }
}

impl StateValues for Attributes {
    fn into_values(self) -> Result<Attributes, StateError> {
        Ok(self)
    }
}

impl StateValues for Json {
    fn into_values(self) -> Result<Attributes, StateError> {
        match self {
            Self::Object(values) => Ok(values),
            Self::Null => Ok(Attributes::new()),
            other => Err(StateError(format!("the handler handed back {other}, which is no object"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parameters_are_read_as_what_is_asked_for() {
        let mut state = ProviderState::new("s");
        state.params = json!({ "sku": "A", "quantity": 5 }).as_object().unwrap().clone();
        let call = StateCall::new(&state);
        assert_eq!(call.param::<String>("sku"), Ok("A".to_owned()));
        assert_eq!(call.param::<u32>("quantity"), Ok(5));
        assert_eq!(call.param::<Option<u32>>("colour"), Ok(None));
        let error = |result: Result<u32, StateError>| result.unwrap_err().into_text();
        assert_eq!(error(call.param("colour")), "the pact gives no parameter 'colour'; it gives sku, quantity");
        assert_eq!(error(call.param("sku")), "parameter 'sku' is \"A\": invalid type: string \"A\", expected u32");
        let bare = StateCall::new(&ProviderState::new("s"));
        assert_eq!(error(bare.param("sku")), "the pact gives no parameter 'sku', nor any other");
    }

    #[test]
    fn only_objects_carry_values() {
        assert_eq!(json!({ "id": 7 }).into_values().unwrap().len(), 1);
        assert!(json!(null).into_values().unwrap().is_empty());
        assert!(json!([1]).into_values().is_err());
    }
}
