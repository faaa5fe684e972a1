//! Provider states.

use countersign_core::pact::{Attributes, ProviderState};
use serde::Serialize;
use serde_json::Value as Json;

use super::text::not_json;

/// Parameters of a provider state: anything that serialises to an object, or `()` for none.
///
/// What is wrong with them is said by the method that takes them, at the line that calls that method.
#[derive(Debug, Clone)]
pub struct Params(Result<Attributes, String>);

impl<T: Serialize> From<T> for Params {
    fn from(value: T) -> Self {
        Self(match serde_json::to_value(value) {
            Ok(Json::Object(params)) => Ok(params),
            Ok(Json::Null) => Ok(Attributes::new()),
            Ok(other) => Err(format!(
                "the parameters of a provider state have names, such as {{ \"sku\": \"ABC-1\" }}, but these are {other}"
            )),
            Err(error) => Err(not_json(&error)),
        })
    }
}

/// A state with its parameters.
///
/// # Panics
///
/// When the parameters are none.
#[track_caller]
pub(super) fn provider_state(name: impl Into<String>, params: Params) -> ProviderState {
    match params.0 {
        Ok(params) => ProviderState { name: name.into(), params },
        Err(problem) => panic!("{problem}"),
    }
}
