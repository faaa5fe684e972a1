//! Which interaction of one pact is which of the other.

use std::collections::HashMap;

use countersign_core::pact::{Interaction, InteractionKind, ProviderState};

/// What became of an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pairing {
    /// Only the later pact has it, at this place.
    Added(usize),
    /// Only the earlier pact has it.
    Removed(usize),
    /// Both have it, and it changed: its place in the earlier and in the later pact.
    Changed(usize, usize),
    /// Both have it as it is.
    Same,
}

/// One pact's interactions with their identities.
pub(super) struct Side<'a> {
    pub(super) interactions: &'a [Interaction],
    /// What each is down to its last value.
    pub(super) ids: &'a [String],
}

/// What people tell interactions apart by.
type Key<'a> = (std::mem::Discriminant<InteractionKind>, &'a str, &'a [ProviderState]);

/// Whether two interactions are the same to people.
type Alike = fn(Key<'_>, Key<'_>) -> bool;

fn key(interaction: &Interaction) -> Key<'_> {
    (std::mem::discriminant(&interaction.kind), &interaction.description, &interaction.provider_states)
}

/// Pairs by content first, then by kind, description and provider states, then by kind and description alone. Order:
/// as in the later pact, what was removed at the end.
pub(super) fn pair(before: &Side<'_>, after: &Side<'_>) -> Vec<Pairing> {
    let mut partners: Vec<Option<Pairing>> = vec![None; after.interactions.len()];
    let mut open: Vec<bool> = vec![true; before.interactions.len()];
    let mut same: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, id) in before.ids.iter().enumerate().rev() {
        same.entry(id).or_default().push(place);
    }
    for (place, id) in after.ids.iter().enumerate() {
        if let Some(partner) = same.get_mut(id.as_str()).and_then(Vec::pop) {
            open[partner] = false;
            partners[place] = Some(Pairing::Same);
        }
    }
    let states: Alike = |one, other| one == other;
    let description: Alike = |one, other| (one.0, one.1) == (other.0, other.1);
    for alike in [states, description] {
        for (place, partner) in partners.iter_mut().enumerate().filter(|(_, partner)| partner.is_none()) {
            let own = key(&after.interactions[place]);
            let fits = |at: &usize| open[*at] && alike(key(&before.interactions[*at]), own);
            if let Some(at) = (0..open.len()).find(fits) {
                open[at] = false;
                *partner = Some(Pairing::Changed(at, place));
            }
        }
    }
    let kept = partners.into_iter().enumerate().map(|(place, partner)| partner.unwrap_or(Pairing::Added(place)));
    let removed = open.iter().enumerate().filter(|(_, open)| **open).map(|(place, _)| Pairing::Removed(place));
    kept.chain(removed).collect()
}

#[cfg(test)]
mod tests {

    use super::*;

    /// An interaction for each `(description, state, id)`.
    fn paired(before: &[(&str, &str, &str)], after: &[(&str, &str, &str)]) -> Vec<Pairing> {
        let make = |list: &[(&str, &str, &str)]| -> (Vec<Interaction>, Vec<String>) {
            list.iter()
                .map(|(description, state, id)| {
                    let kind = InteractionKind::Http(Box::default());
                    let mut interaction = Interaction::new(*description, kind);
                    interaction.provider_states.push(ProviderState::new(*state));
                    (interaction, (*id).to_owned())
                })
                .unzip()
        };
        let (before, after) = (make(before), make(after));
        pair(&Side { interactions: &before.0, ids: &before.1 }, &Side { interactions: &after.0, ids: &after.1 })
    }

    #[test]
    fn interactions_are_found_again() {
        use Pairing::{Added, Changed, Removed, Same};
        let a = ("a", "s", "1");
        for (before, after, expected) in [
            (vec![a], vec![a], vec![Same]),
            (vec![a], vec![("a", "s", "2")], vec![Changed(0, 0)]),
            (vec![a], vec![("a", "t", "2")], vec![Changed(0, 0)]),
            (vec![a], vec![("b", "s", "2")], vec![Added(0), Removed(0)]),
            (vec![a, ("a", "t", "2")], vec![("a", "t", "3"), ("a", "s", "4")], vec![Changed(1, 0), Changed(0, 1)]),
            (vec![a, a], vec![a], vec![Same, Removed(1)]),
            (vec![], vec![a], vec![Added(0)]),
        ] {
            assert_eq!(paired(&before, &after), expected, "{before:?} {after:?}");
        }
    }
}
