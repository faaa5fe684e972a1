//! What must be true of the provider before an interaction.

use super::Attributes;

/// A named state of the provider with its parameters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProviderState {
    /// The name that the provider's state handler knows.
    pub name: String,
    /// Parameters for the handler.
    pub params: Attributes,
}

impl ProviderState {
    /// A state without parameters.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), params: Attributes::new() }
    }
}
