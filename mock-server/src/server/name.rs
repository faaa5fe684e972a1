//! What interactions are called.

use std::fmt;

use countersign_core::pact::Interaction;

/// How people tell an interaction from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InteractionName {
    /// Its description.
    pub description: String,
    /// The names of its provider states.
    pub states: Vec<String>,
    /// The request in short, such as `GET /inventory/ABC-1?quantity=2` or `inventory.v1.InventoryService/CheckStock`.
    pub request: String,
}

impl InteractionName {
    pub(super) fn new(interaction: &Interaction, request: String) -> Self {
        let states = interaction.provider_states.iter().map(|state| state.name.clone()).collect();
        Self { description: interaction.description.clone(), states, request }
    }
}

impl fmt::Display for InteractionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)?;
        if self.states.is_empty() {
            return Ok(());
        }
        write!(f, " (given {})", self.states.join(", "))
    }
}
