//! Fields of an example that did not arrive.
//!
//! In protobuf a field that is not sent reads as its default, so that a provider that no longer has a field passes every
//! rule the default satisfies. What the consumer's example sets tells which fields it counts on.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::scalar;
use crate::value::Value;

/// The paths and examples of fields that the example sets and the message that came does not have. A field whose example
/// is its default is left out where protobuf does not send defaults. Of the items of a list, and the values of a map, one
/// that has the field is enough.
#[must_use]
pub fn absent_fields(descriptor: &MessageDescriptor, example: &Value, came: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    fields(descriptor, example, &[came], "$", &mut found);
    found
}

fn fields(
    descriptor: &MessageDescriptor,
    example: &Value,
    came: &[&Value],
    path: &str,
    found: &mut Vec<(String, Value)>,
) {
    let Value::Map(examples) = example else { return };
    for (name, example) in examples {
        let Some(field) = descriptor.get_field_by_name(name) else { continue };
        if cannot_arrive(&field, example) {
            continue;
        }
        let path = format!("{path}.{name}");
        let here: Vec<&Value> = came.iter().filter_map(|value| member(value, name)).collect();
        if here.is_empty() {
            found.push((path, example.clone()));
            continue;
        }
        members(&field, example, &here, &path, found);
    }
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Map(map) => map.get(name).filter(|value| !is_empty(value)),
        _ => None,
    }
}

/// The fields inside a message, the items of a list, or the values of a map.
fn members(field: &FieldDescriptor, example: &Value, came: &[&Value], path: &str, found: &mut Vec<(String, Value)>) {
    let mut kind = field.kind();
    if let (true, Kind::Message(entry)) = (field.is_map(), &kind) {
        kind = entry.map_entry_value_field().kind();
    }
    let Kind::Message(descriptor) = kind else { return };
    let below = |value: &Value| -> Vec<Value> {
        match value {
            Value::List(items) => items.clone(),
            Value::Map(entries) if field.is_map() => entries.values().cloned().collect(),
            single => vec![single.clone()],
        }
    };
    let several = field.is_list() || field.is_map();
    let all: Vec<Value> = came.iter().flat_map(|value| below(value)).collect();
    let all: Vec<&Value> = all.iter().collect();
    let path = if several { format!("{path}[*]") } else { path.to_owned() };
    for example in below(example) {
        let start = found.len();
        fields(&descriptor, &example, &all, &path, found);
        // several examples may miss the same
        for (path, value) in found.split_off(start) {
            if !found.iter().any(|(known, _)| *known == path) {
                found.push((path, value));
            }
        }
    }
}

fn cannot_arrive(field: &FieldDescriptor, example: &Value) -> bool {
    if field.is_list() || field.is_map() {
        return is_empty(example);
    }
    !field.supports_presence() && *example == scalar::field_default(field)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::List(items) => items.is_empty(),
        _ => false,
    }
}
