//! One interaction in all its kinds and versions.

use serde_json::{Map, Value as Json, json};

use super::{Problem, http, message};
use crate::pact::{Attributes, Interaction, InteractionKind, ProviderState, Specification};

const HTTP: &str = "Synchronous/HTTP";
const ASYNCHRONOUS: &str = "Asynchronous/Messages";
const SYNCHRONOUS: &str = "Synchronous/Messages";

pub(super) fn read(
    json: Json,
    specification: Specification,
    is_v3_message: bool,
    at: &str,
) -> Result<Interaction, Vec<Problem>> {
    let Json::Object(mut object) = json else {
        return Err(vec![Problem::new(at, "expected an object")]);
    };
    let mut problems = Vec::new();
    let kind_name = kind_name(&mut object, specification, is_v3_message);
    let kind = match kind_name.as_str() {
        HTTP => InteractionKind::Http(Box::new(http::read(&mut object, specification, at, &mut problems))),
        ASYNCHRONOUS => {
            let message = message::read(&mut object, specification, at, &mut problems);
            InteractionKind::AsynchronousMessage(Box::new(message))
        }
        SYNCHRONOUS => {
            let message = message::read_synchronous(&mut object, specification, at, &mut problems);
            InteractionKind::SynchronousMessage(Box::new(message))
        }
        other => {
            let message = format!("unknown type '{other}': expected {HTTP}, {ASYNCHRONOUS} or {SYNCHRONOUS}");
            return Err(vec![Problem::new(format!("{at}.type"), message)]);
        }
    };
    let mut interaction = Interaction::new(take_text(&mut object, "description"), kind);
    interaction.provider_states = read_states(&mut object, at, &mut problems);
    if specification == Specification::V4 {
        read_v4_attributes(&mut object, &mut interaction);
    }
    interaction.unknown = object;
    if problems.is_empty() { Ok(interaction) } else { Err(problems) }
}

fn kind_name(object: &mut Map<String, Json>, specification: Specification, is_v3_message: bool) -> String {
    if specification < Specification::V4 {
        return if is_v3_message { ASYNCHRONOUS } else { HTTP }.to_owned();
    }
    match object.shift_remove("type") {
        Some(Json::String(name)) => name,
        Some(other) => other.to_string(),
        None => HTTP.to_owned(),
    }
}

fn read_v4_attributes(object: &mut Map<String, Json>, interaction: &mut Interaction) {
    let text = |object: &mut Map<String, Json>, name| match object.shift_remove(name) {
        Some(Json::String(text)) => Some(text),
        _ => None,
    };
    interaction.key = text(object, "key").filter(|key| !key.is_empty());
    interaction.transport = text(object, "transport");
    interaction.pending = object.shift_remove("pending").and_then(|pending| pending.as_bool()).unwrap_or(false);
    interaction.comments = take_object(object, "comments");
    interaction.plugin_configuration = take_object(object, "pluginConfiguration");
    interaction.markup = object.shift_remove("interactionMarkup");
}

/// V3's `providerStates`, else V2's `providerState` (or V1's spelling of it).
fn read_states(object: &mut Map<String, Json>, at: &str, problems: &mut Vec<Problem>) -> Vec<ProviderState> {
    let single = ["providerState", "provider_state"].map(|name| object.shift_remove(name));
    match object.shift_remove("providerStates") {
        Some(Json::Array(states)) => states
            .into_iter()
            .enumerate()
            .filter_map(|(index, state)| match read_state(state) {
                Some(state) => Some(state),
                None => {
                    let at = format!("{at}.providerStates[{index}]");
                    problems.push(Problem::new(at, "expected an object with a text \"name\""));
                    None
                }
            })
            .collect(),
        Some(Json::String(name)) => vec![ProviderState::new(name)],
        _ => single.into_iter().flatten().filter_map(read_state).filter(|state| !state.name.is_empty()).collect(),
    }
}

fn read_state(state: Json) -> Option<ProviderState> {
    match state {
        Json::String(name) => Some(ProviderState::new(name)),
        Json::Object(mut object) => {
            let Some(Json::String(name)) = object.shift_remove("name") else { return None };
            Some(ProviderState { name, params: take_object(&mut object, "params") })
        }
        _ => None,
    }
}

pub(super) fn write(interaction: &Interaction, specification: Specification) -> Json {
    let mut object = Map::new();
    if specification == Specification::V4 {
        let kind = match interaction.kind {
            InteractionKind::Http(_) => HTTP,
            InteractionKind::AsynchronousMessage(_) => ASYNCHRONOUS,
            InteractionKind::SynchronousMessage(_) => SYNCHRONOUS,
        };
        object.insert("type".to_owned(), kind.into());
        write_v4_attributes(interaction, &mut object);
    }
    object.insert("description".to_owned(), interaction.description.as_str().into());
    write_states(&interaction.provider_states, specification, &mut object);
    match &interaction.kind {
        InteractionKind::Http(interaction) => http::write(interaction, specification, &mut object),
        InteractionKind::AsynchronousMessage(message) => message::write(message, specification, &mut object),
        InteractionKind::SynchronousMessage(message) => {
            message::write_synchronous(message, specification, &mut object);
        }
    }
    extend(&mut object, &interaction.unknown);
    Json::Object(object)
}

fn write_v4_attributes(interaction: &Interaction, object: &mut Map<String, Json>) {
    for (name, text) in [("transport", &interaction.transport), ("key", &interaction.key)] {
        if let Some(text) = text {
            object.insert(name.to_owned(), text.as_str().into());
        }
    }
    object.insert("pending".to_owned(), interaction.pending.into());
    for (name, attributes) in
        [("comments", &interaction.comments), ("pluginConfiguration", &interaction.plugin_configuration)]
    {
        if !attributes.is_empty() {
            object.insert(name.to_owned(), Json::Object(attributes.clone()));
        }
    }
    if let Some(markup) = &interaction.markup {
        object.insert("interactionMarkup".to_owned(), markup.clone());
    }
}

fn write_states(states: &[ProviderState], specification: Specification, object: &mut Map<String, Json>) {
    if states.is_empty() {
        return;
    }
    if specification < Specification::V3 {
        // V2 has room for one state; joined, the others are at least seen by the provider's author
        let names: Vec<_> = states.iter().map(|state| state.name.as_str()).filter(|name| !name.is_empty()).collect();
        if names.is_empty() {
            return;
        }
        object.insert("providerState".to_owned(), names.join(" and ").into());
        return;
    }
    let states = states.iter().map(|state| {
        let mut json = json!({ "name": state.name });
        if !state.params.is_empty() {
            json["params"] = Json::Object(state.params.clone());
        }
        json
    });
    object.insert("providerStates".to_owned(), states.collect());
}

/// Removes an attribute that has to be a text; what is no text reads as its JSON.
pub(super) fn take_text(object: &mut Map<String, Json>, name: &str) -> String {
    match object.shift_remove(name) {
        Some(Json::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// Removes an attribute that has to be an object; anything else reads as an empty one.
pub(super) fn take_object(object: &mut Map<String, Json>, name: &str) -> Attributes {
    match object.shift_remove(name) {
        Some(Json::Object(attributes)) => attributes,
        _ => Attributes::new(),
    }
}

/// Writes unknown attributes back.
pub(super) fn extend(object: &mut Map<String, Json>, unknown: &Attributes) {
    for (name, value) in unknown {
        object.insert(name.clone(), value.clone());
    }
}
