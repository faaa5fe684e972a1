//! Provider states.

use countersign_core::pact::{Attributes, ProviderState};
use serde::Serialize;
use serde_json::Value as Json;

use super::text::not_json;

/// Parameters of a provider state: anything that serialises to an object, or `()` for none.
///
/// They are what the provider is told, so no matcher can stand in them. What is wrong with them is said by the method that takes them, at the line that calls that method.
#[derive(Debug, Clone)]
pub struct Params(Result<Attributes, String>);

impl<T: Serialize> From<T> for Params {
    fn from(value: T) -> Self {
        let json = serde_json::to_value(value);
        if let Some(matcher) = json.as_ref().ok().and_then(first_matcher) {
            return Self(Err(format!(
                "the parameters of a provider state are told to the provider, so they are plain values, but there is the \
                 matcher {matcher}"
            )));
        }
        Self(match json {
            Ok(Json::Object(params)) => Ok(params),
            Ok(Json::Null) => Ok(Attributes::new()),
            Ok(other) => Err(format!(
                "the parameters of a provider state have names, such as {{ \"sku\": \"ABC-1\" }}, but these are {other}"
            )),
            Err(error) => Err(not_json(&error)),
        })
    }
}

fn first_matcher(json: &Json) -> Option<&Json> {
    match json {
        Json::Object(object) if object.keys().any(|key| key.starts_with("pact:")) => Some(json),
        Json::Object(object) => object.values().find_map(first_matcher),
        Json::Array(items) => items.iter().find_map(first_matcher),
        _ => None,
    }
}

/// A state with its parameters.
///
/// # Panics
///
/// When it has no name, or the parameters are none.
#[track_caller]
pub(super) fn provider_state(name: impl Into<String>, params: Params) -> ProviderState {
    let name = name.into();
    assert!(!name.trim().is_empty(), "a provider state needs a name, such as \"stock exists\"");
    match params.0 {
        Ok(params) => ProviderState { name, params },
        Err(problem) => panic!("{problem}"),
    }
}
