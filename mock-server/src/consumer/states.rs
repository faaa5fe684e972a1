//! Provider states.

use countersign_core::pact::{Attributes, ProviderState};
use serde::Serialize;
use serde_json::Value as Json;

/// Parameters of a provider state: anything that serialises to an object, or `()` for none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Params(Attributes);

impl<T: Serialize> From<T> for Params {
    /// # Panics
    ///
    /// When the value does not become a JSON object or `null`.
    #[track_caller]
    fn from(value: T) -> Self {
        match super::text::to_json(value) {
            Json::Object(params) => Self(params),
            Json::Null => Self::default(),
            other => panic!("the parameters of a provider state are named, such as {{ \"sku\": \"ABC-1\" }}; got {other}"),
        }
    }
}

pub(super) fn provider_state(name: impl Into<String>, params: Params) -> ProviderState {
    ProviderState { name: name.into(), params: params.0 }
}
