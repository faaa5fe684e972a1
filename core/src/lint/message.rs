//! Where paths lead in a protobuf message. Its type names all places, those included that the example leaves at their
//! defaults.

use prost_reflect::{Kind, MessageDescriptor};

use crate::path::{PathExpression, Token};

/// Why the path leads nowhere, if it does. Types of `google.protobuf` have JSON forms of their own, so below them nothing is
/// claimed.
pub(super) fn dead_end(message: &MessageDescriptor, path: &PathExpression) -> Option<String> {
    let mut at = Kind::Message(message.clone());
    let mut is_collection = false;
    for token in path.tokens() {
        if is_collection {
            // an index or a key
            is_collection = false;
            continue;
        }
        let Kind::Message(message) = &at else {
            return Some(format!("there is nothing below a value of the type {at:?}"));
        };
        let Token::Field(name) = token else { return None };
        if message.full_name().starts_with("google.protobuf.") {
            return None;
        }
        let field = message.get_field_by_name(name).or_else(|| message.get_field_by_json_name(name));
        let Some(field) = field else {
            return Some(format!("the message {} has no field '{name}'", message.full_name()));
        };
        is_collection = field.is_list() || field.is_map();
        at = match field.kind() {
            Kind::Message(entry) if field.is_map() => entry.map_entry_value_field().kind(),
            kind => kind,
        };
    }
    None
}
