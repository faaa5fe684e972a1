//! Which interactions are replayed.

use countersign_core::pact::{Interaction, Pact};
use fancy_regex::Regex;

use crate::VerifyError;
use crate::report::title;

/// Which interactions are replayed. Default: all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) description: Option<Regex>,
    pub(crate) state: Option<Regex>,
    pub(crate) no_state: bool,
    pub(crate) consumers: Vec<String>,
    /// Only interactions with one of these titles.
    pub(crate) titles: Option<Vec<String>>,
}

impl Filter {
    /// Whether some interactions may be left out.
    pub(crate) fn is_set(&self) -> bool {
        self.description.is_some()
            || self.state.is_some()
            || self.no_state
            || !self.consumers.is_empty()
            || self.titles.is_some()
    }

    pub(crate) fn lets_through(&self, pact: &Pact, interaction: &Interaction) -> bool {
        let fits = |regex: &Regex, text: &str| regex.is_match(text).unwrap_or(false);
        let described = self.description.as_ref().is_none_or(|regex| fits(regex, &interaction.description));
        let consumed = self.consumers.is_empty() || self.consumers.contains(&pact.consumer);
        let titled = self.titles.as_ref().is_none_or(|titles| {
            let title = title(&pact.consumer, &pact.provider, &interaction.provider_states, &interaction.description);
            titles.contains(&title)
        });
        let states = &interaction.provider_states;
        let in_state = match (&self.state, self.no_state) {
            (None, false) => true,
            (None, true) => states.is_empty(),
            (Some(regex), or_none) => {
                (or_none && states.is_empty()) || states.iter().any(|state| fits(regex, &state.name))
            }
        };
        described && consumed && titled && in_state
    }
}

/// Compiles a pattern that a user gave.
pub(crate) fn pattern(what: &str, text: &str) -> Result<Regex, VerifyError> {
    Regex::new(text).map_err(|error| VerifyError::InvalidSetting {
        what: format!("the {what} filter '{text}'"),
        reason: format!("it is no regular expression: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_core::pact::{HttpInteraction, InteractionKind, ProviderState};

    #[test]
    fn filters_by_description_state_and_consumer() {
        let mut with_state =
            Interaction::new("a stock check", InteractionKind::Http(Box::<HttpInteraction>::default()));
        let bare = with_state.clone();
        with_state.provider_states = vec![ProviderState::new("stock exists")];
        let regex = |text| Some(pattern("state", text).unwrap());
        let titles = |title: &str| Some(vec![title.to_owned()]);
        let default = Filter::default;
        let pact = Pact::new("shop", "stock");
        for (filter, expected) in [
            (default(), [true, true]),
            (Filter { description: regex("stock"), ..default() }, [true, true]),
            (Filter { description: regex("^stock"), ..default() }, [false, false]),
            (Filter { state: regex("exists$"), ..default() }, [true, false]),
            (Filter { no_state: true, ..default() }, [false, true]),
            (Filter { state: regex("exists"), no_state: true, ..default() }, [true, true]),
            (Filter { consumers: vec!["shop".to_owned()], ..default() }, [true, true]),
            (Filter { consumers: vec!["web".to_owned()], ..default() }, [false, false]),
            (
                Filter { titles: titles("Verifying a pact between shop and stock - a stock check"), ..default() },
                [false, true],
            ),
        ] {
            let actual = [&with_state, &bare].map(|interaction| filter.lets_through(&pact, interaction));
            assert_eq!(actual, expected, "{filter:?}");
        }
        assert!(pattern("state", "(").is_err());
    }
}
