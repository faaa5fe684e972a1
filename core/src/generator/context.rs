//! What generators draw on.

use fastrand::Rng;
use jiff::Zoned;
use serde_json::Value as Json;

use super::Generator;
use crate::pact::Attributes;

/// What generators draw on. What is missing leaves the examples of those generators that need it as they are.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Values from state parameters and from what the state handlers handed back.
    pub provider_state: Attributes,
    /// The present moment, for dates and times.
    pub now: Option<Zoned>,
    /// What random values follow from: the same seed gives the same values.
    pub seed: Option<u64>,
    /// Where the mock server listens, such as `http://127.0.0.1:8080`.
    pub mock_server_url: Option<String>,
    /// Whose side the values are made for.
    pub mode: Mode,
}

/// The sides of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// A consumer is tested against a mock server: there is no provider whose state could be asked.
    Consumer,
    /// A provider is verified.
    #[default]
    Provider,
}

/// One use of a context: values drawn in a row.
pub(crate) struct Run<'c> {
    context: &'c Context,
    rng: Option<Rng>,
}

impl<'c> Run<'c> {
    pub(crate) fn new(context: &'c Context) -> Self {
        Self { context, rng: context.seed.map(Rng::with_seed) }
    }

    /// The next value, of the example's type where the generator can be either; `None` when the generator has nothing to
    /// say here and the example stays.
    pub(crate) fn value(&mut self, generator: &Generator, example: &Json) -> Option<Json> {
        let value = generator.draw(self.context, self.rng.as_mut())?;
        Some(match (generator, example, value) {
            // a provider's values are as the provider has them
            (Generator::ProviderState { .. }, _, value) => value,
            (_, Json::String(_), Json::Number(number)) => number.to_string().into(),
            (_, Json::String(_), Json::Bool(value)) => value.to_string().into(),
            (_, Json::Number(_), Json::String(text)) => text.parse().map_or(Json::String(text), Json::Number),
            (_, _, value) => value,
        })
    }
}
