//! Which interactions a stub plays.

use countersign_core::pact::{Interaction, Pact};
use fancy_regex::Regex;

/// Which interactions a stub plays, by their provider states; by default all.
#[derive(Debug, Clone, Default)]
pub struct StateFilter {
    matching: Option<Regex>,
    stateless: bool,
}

impl StateFilter {
    /// Only interactions with a provider state that this expression finds something in, and with `stateless` also those
    /// without any state.
    ///
    /// # Errors
    ///
    /// Says why the expression does not compile.
    pub fn matching(expression: &str, stateless: bool) -> Result<Self, String> {
        let matching = Regex::new(expression).map_err(|error| error.to_string())?;
        Ok(Self { matching: Some(matching), stateless })
    }

    /// Takes the other interactions out.
    pub(super) fn apply(&self, pact: &mut Pact) {
        pact.interactions.retain(|interaction| self.allows(interaction));
    }

    fn allows(&self, interaction: &Interaction) -> bool {
        let Some(regex) = &self.matching else { return true };
        let states = &interaction.provider_states;
        (self.stateless && states.is_empty()) || states.iter().any(|state| regex.is_match(&state.name).unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use countersign_core::pact::{HttpInteraction, InteractionKind, ProviderState};

    use super::*;

    #[test]
    fn states_choose_interactions() {
        let interaction = |description: &str, states: &[&str]| {
            let kind = InteractionKind::Http(Box::<HttpInteraction>::default());
            let mut interaction = Interaction::new(description, kind);
            interaction.provider_states = states.iter().map(|state| ProviderState::new(*state)).collect();
            interaction
        };
        let filters = [
            (StateFilter::default(), "abc"),
            (StateFilter::matching("five", false).unwrap(), "a"),
            (StateFilter::matching("^(five|none) exist$", false).unwrap(), "ab"),
            (StateFilter::matching("five", true).unwrap(), "ac"),
        ];
        for (filter, expected) in filters {
            let mut pact = Pact::new("shop", "stock");
            let interactions = [("a", &["x", "five exist"][..]), ("b", &["none exist"]), ("c", &[])];
            pact.interactions = interactions.map(|(description, states)| interaction(description, states)).into();
            filter.apply(&mut pact);
            let left: String = pact.interactions.iter().map(|interaction| interaction.description.as_str()).collect();
            assert_eq!(left, expected, "{filter:?}");
        }
        assert!(StateFilter::matching("(", false).is_err());
    }
}
