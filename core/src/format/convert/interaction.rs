//! One interaction in another version.

use super::note::{Effect, NotesAbout};
use super::part;
use crate::pact::{Attributes, Interaction, InteractionKind, ProviderState, Specification};

/// Attributes that mean something from V4 on.
const OF_V4: [&str; 7] =
    ["type", "key", "pending", "comments", "transport", "pluginConfiguration", "interactionMarkup"];

/// `None` when the version has no such interactions.
pub(super) fn convert(
    interaction: &Interaction,
    from: Specification,
    to: Specification,
    notes: &mut NotesAbout<'_>,
) -> Option<Interaction> {
    if let Some(what) = unsupported(&interaction.kind, to) {
        notes.add(Effect::Dropped, "", format!("version {to} has no {what}"));
        return None;
    }
    let mut converted = interaction.clone();
    if to < Specification::V4 {
        drop_v4_attributes(&mut converted, to, notes);
    } else if from < Specification::V4 {
        for name in OF_V4 {
            if converted.unknown.shift_remove(name).is_some() {
                notes.add(Effect::Dropped, name, format!("version {from} does not know it, in {to} it has a meaning"));
            }
        }
    }
    if to < Specification::V3 {
        join_states(&mut converted.provider_states, notes);
    }
    match &mut converted.kind {
        InteractionKind::Http(http) => {
            part::request(&mut http.request, from, to, notes);
            part::response(&mut http.response, from, to, notes);
        }
        InteractionKind::AsynchronousMessage(message) => part::message(message, to, "", notes),
        InteractionKind::SynchronousMessage(call) => {
            part::message(&mut call.request, to, "request", notes);
            for (index, response) in call.responses.iter_mut().enumerate() {
                part::message(response, to, &format!("response[{index}]"), notes);
            }
        }
    }
    Some(converted)
}

fn unsupported(kind: &InteractionKind, to: Specification) -> Option<&'static str> {
    match kind {
        InteractionKind::SynchronousMessage(_) if to < Specification::V4 => Some("synchronous messages"),
        InteractionKind::AsynchronousMessage(_) if to < Specification::V3 => Some("messages"),
        _ => None,
    }
}

fn drop_v4_attributes(interaction: &mut Interaction, to: Specification, notes: &mut NotesAbout<'_>) {
    let mut dropped = |name: &str, was_there: bool| {
        if was_there {
            notes.add(Effect::Dropped, name, format!("version {to} has no such attribute"));
        }
    };
    dropped("key", interaction.key.take().is_some());
    dropped("comments", !std::mem::take(&mut interaction.comments).is_empty());
    dropped("transport", interaction.transport.take().is_some());
    dropped("pluginConfiguration", !std::mem::take(&mut interaction.plugin_configuration).is_empty());
    dropped("interactionMarkup", interaction.markup.take().is_some());
    if std::mem::take(&mut interaction.pending) {
        notes.add(Effect::Dropped, "pending", format!("in version {to} a failure of this interaction fails the build"));
    }
}

/// V2 has room for the name of one state.
fn join_states(states: &mut Vec<ProviderState>, notes: &mut NotesAbout<'_>) {
    if states.iter().any(|state| !state.params.is_empty()) {
        notes.add(Effect::Dropped, "providerStates", "the parameters of provider states have no place in version 2");
    }
    let names: Vec<&str> = states.iter().map(|state| state.name.as_str()).filter(|name| !name.is_empty()).collect();
    let name = names.join(" and ");
    if names.len() > 1 {
        let message = format!("version 2 has one provider state, so they become the state '{name}'");
        notes.add(Effect::Changed, "providerStates", message);
    }
    *states = if name.is_empty() { Vec::new() } else { vec![ProviderState { name, params: Attributes::new() }] };
}
