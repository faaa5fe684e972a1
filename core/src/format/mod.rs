//! Pact files: JSON of specification versions 1 to 4 to and from the one [`Pact`] model.
//!
//! Reading is tolerant: attributes the specification does not name are kept and written back. Writing is strict and
//! deterministic: the same pact gives the same bytes.

mod body;
mod convert;
mod error;
mod http;
mod interaction;
mod message;
mod metadata;
mod query;
mod rules;
mod shared;
mod stream;

pub use convert::{Conversion, Effect, Note, convert};
pub use error::{FormatError, Problem};
pub(crate) use message::{message_from_json, message_to_json};
pub(crate) use query::{decode as decode_query_text, encode_form_text};
pub use query::{decode_query, encode_query};
pub use shared::SharedReader;

use serde_json::{Map, Value as Json};

use crate::content::json::{DEEPEST, dismantle, is_deeper_than};
use crate::pact::{Interaction, Pact, Specification};

/// Reads a pact file of any specification version.
///
/// # Errors
///
/// Says whether the bytes are not JSON, not a pact, of an unknown version, or where the pact is wrong; all problems of a
/// pact are reported together.
pub fn read(bytes: &[u8]) -> Result<Pact, FormatError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(pact) = stream::read(bytes) {
        return Ok(pact);
    }
    let json = serde_json::from_slice(bytes).map_err(|error| FormatError::not_json(bytes, &error))?;
    from_json(json)
}

/// Reads a pact file for those who make something else of ten thousand interactions and do not want to hold them all: each one
/// is handed out by itself, together with the pact around it, which has none. Returns that pact and what was made.
///
/// # Errors
///
/// As [`read`].
pub fn read_into<T: Default>(
    bytes: &[u8],
    mut add: impl FnMut(&mut T, &Pact, Interaction),
) -> Result<(Pact, T), FormatError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(unread) = stream::Unread::new(bytes) {
        let mut made = T::default();
        let all_read = unread.items().all(|item| match item.read() {
            Some(interaction) => {
                add(&mut made, &unread.pact, interaction);
                true
            }
            None => false,
        });
        if all_read {
            return Ok((unread.pact, made));
        }
    }
    let mut pact = read(bytes)?;
    let mut made = T::default();
    for interaction in std::mem::take(&mut pact.interactions) {
        add(&mut made, &pact, interaction);
    }
    Ok((pact, made))
}

/// Reads a pact from parsed JSON; see [`read`].
///
/// # Errors
///
/// As [`read`].
pub fn from_json(json: Json) -> Result<Pact, FormatError> {
    if is_deeper_than(&json, DEEPEST) {
        dismantle(json);
        return Err(FormatError::NotAPact { reason: "it is nested deeper than 128 levels" });
    }
    let Json::Object(mut object) = json else {
        return Err(FormatError::NotAPact { reason: "the top level is not an object" });
    };
    let has_interactions = ["interactions", "messages"].iter().any(|list| object.contains_key(*list));
    let (specification, metadata) = metadata::read(object.remove("metadata"), has_interactions)?;
    let consumer = participant(&mut object, "consumer")?;
    let provider = participant(&mut object, "provider")?;
    let mut problems = Vec::new();
    let mut interactions = Vec::new();
    for list in ["interactions", "messages"] {
        let items = match object.remove(list) {
            None => continue,
            Some(Json::Array(items)) => items,
            Some(_) => {
                problems.push(Problem::new(list, "expected a list"));
                continue;
            }
        };
        for (index, item) in items.into_iter().enumerate() {
            let at = format!("{list}[{index}]");
            match interaction::read(item, specification, list == "messages", &at) {
                Ok(interaction) => interactions.push(interaction),
                Err(found) => problems.extend(found),
            }
        }
    }
    if !problems.is_empty() {
        return Err(FormatError::Invalid { problems });
    }
    Ok(Pact { consumer, provider, interactions, specification, metadata, unknown: object })
}

/// Reads one interaction as it stands in a pact file of the given version.
///
/// # Errors
///
/// All problems with their locations inside the interaction.
pub fn read_interaction(json: Json, specification: Specification) -> Result<Interaction, Vec<Problem>> {
    if is_deeper_than(&json, DEEPEST) {
        dismantle(json);
        return Err(vec![Problem::new("interaction", "nested deeper than 128 levels")]);
    }
    interaction::read(json, specification, false, "interaction")
}

/// The pact as pretty-printed JSON in its own specification version, with a final newline.
///
/// V1 and V1.1 pacts are written as V2, which differs only in having rules.
#[must_use]
pub fn write(pact: &Pact) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(&to_json(pact)).expect("a JSON value with string keys always serialises");
    bytes.push(b'\n');
    bytes
}

/// The pact as JSON in its own specification version.
#[must_use]
pub fn to_json(pact: &Pact) -> Json {
    let mut object = Map::new();
    object.insert("consumer".to_owned(), serde_json::json!({ "name": pact.consumer }));
    let mut lists: [(&str, Vec<Json>); 2] = [("interactions", Vec::new()), ("messages", Vec::new())];
    for interaction in &pact.interactions {
        let is_v3_message = pact.specification < Specification::V4 && interaction.http().is_none();
        lists[usize::from(is_v3_message)].1.push(interaction::write(interaction, pact.specification));
    }
    let [interactions, messages] = lists;
    if !interactions.1.is_empty() || messages.1.is_empty() {
        object.insert(interactions.0.to_owned(), Json::Array(interactions.1));
    }
    if !messages.1.is_empty() {
        object.insert(messages.0.to_owned(), Json::Array(messages.1));
    }
    object.insert("metadata".to_owned(), metadata::write(pact));
    object.insert("provider".to_owned(), serde_json::json!({ "name": pact.provider }));
    for (name, value) in &pact.unknown {
        object.insert(name.clone(), value.clone());
    }
    Json::Object(object)
}

fn participant(object: &mut Map<String, Json>, role: &'static str) -> Result<String, FormatError> {
    let name = object.remove(role).and_then(|participant| match participant.get("name") {
        Some(Json::String(name)) if !name.is_empty() => Some(name.clone()),
        _ => None,
    });
    name.ok_or(FormatError::NotAPact {
        reason: if role == "consumer" { "it names no consumer" } else { "it names no provider" },
    })
}

#[cfg(test)]
mod tests;
