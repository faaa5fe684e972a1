//! What a provider's schema makes of the fields that a consumer reads.

use prost_reflect::{Cardinality, FieldDescriptor, Kind, MessageDescriptor};

use crate::value::Value;

/// A field that a consumer reads and a provider's schema has in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaChange {
    /// Where in the message, such as `$.warehouse.id`.
    pub path: String,
    /// The field as the consumer knows it, such as `uint32 quantity_left = 2`.
    pub agreed: String,
    /// What the provider has instead; `None` when the field is gone.
    pub provided: Option<String>,
}

/// What a provider's message type has in another way than the consumer's, as far as the example uses it: fields that are
/// gone, have another number, or another type. New fields and enum values do no harm, nor does a new name, nor an integer
/// that has become wider.
#[must_use]
pub fn schema_changes(agreed: &MessageDescriptor, provided: &MessageDescriptor, example: &Value) -> Vec<SchemaChange> {
    let mut found = Vec::new();
    compare(agreed, provided, &[example], "$", &mut found);
    found
}

fn compare(
    agreed: &MessageDescriptor,
    provided: &MessageDescriptor,
    examples: &[&Value],
    path: &str,
    found: &mut Vec<SchemaChange>,
) {
    for field in agreed.fields() {
        let name = field.name();
        let used: Vec<&Value> = examples
            .iter()
            .filter_map(|example| if let Value::Map(map) = example { map.get(name) } else { None })
            .collect();
        if used.is_empty() {
            continue;
        }
        let path = format!("{path}.{name}");
        let mut change = |provided: Option<String>| {
            found.push(SchemaChange { path: path.clone(), agreed: declaration(&field), provided });
        };
        let Some(other) = provided.get_field(field.number()) else {
            change(provided.get_field_by_name(name).map(|moved| declaration(&moved)));
            continue;
        };
        // another field under the number, while the name went elsewhere
        if other.name() != name && provided.get_field_by_name(name).is_some() {
            change(provided.get_field_by_name(name).map(|moved| declaration(&moved)));
        } else if !is_same_type(&field, &other) {
            change(Some(declaration(&other)));
        } else if let (Some(agreed), Some(provided)) = (message_of(&field), message_of(&other)) {
            compare(&agreed, &provided, &members(&field, &used), &path, found);
        }
    }
}

/// The messages in a field: of a list its items, of a map its values.
fn members<'v>(field: &FieldDescriptor, values: &[&'v Value]) -> Vec<&'v Value> {
    values
        .iter()
        .flat_map(|value| match value {
            Value::List(items) => items.iter().collect::<Vec<_>>(),
            Value::Map(map) if field.is_map() => map.values().collect(),
            single => vec![*single],
        })
        .collect()
}

fn message_of(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match value_kind(field) {
        Kind::Message(descriptor) => Some(descriptor),
        _ => None,
    }
}

fn value_kind(field: &FieldDescriptor) -> Kind {
    match field.kind() {
        Kind::Message(entry) if field.is_map() => entry.map_entry_value_field().kind(),
        kind => kind,
    }
}

fn is_same_type(agreed: &FieldDescriptor, provided: &FieldDescriptor) -> bool {
    let key = |field: &FieldDescriptor| match field.kind() {
        Kind::Message(entry) if field.is_map() => Some(entry.map_entry_key_field().kind()),
        _ => None,
    };
    let shape = |field: &FieldDescriptor| (key(field), field.is_group(), field.cardinality() == Cardinality::Repeated);
    if shape(agreed) != shape(provided) {
        return false;
    }
    match (value_kind(agreed), value_kind(provided)) {
        (Kind::Message(_), Kind::Message(_)) | (Kind::Enum(_), Kind::Enum(_)) => true,
        (Kind::Int32, Kind::Int64) | (Kind::Uint32, Kind::Uint64) | (Kind::Sint32, Kind::Sint64) => true,
        (agreed, provided) => agreed == provided,
    }
}

/// The field as a `.proto` file declares it.
pub(crate) fn declaration(field: &FieldDescriptor) -> String {
    format!("{} {} = {}", super::markup::field_type(field), field.name(), field.number())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protobuf::{Schema, decode_expected, encode};

    fn message(fields: &str) -> MessageDescriptor {
        let text = format!(
            "syntax = \"proto3\"; package t; enum Colour {{ NONE = 0; RED = 1; }}
             message Part {{ string id = 1; int32 n = 2; }}
             message Other {{ int32 n = 1; string id = 2; }}
             message M {{ {fields} }}"
        );
        let folder = tempfile_folder();
        let file = folder.join("m.proto");
        std::fs::write(&file, text).unwrap();
        let schema = Schema::compile(&file, &[]).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        schema.message("t.M").unwrap()
    }

    fn tempfile_folder() -> std::path::PathBuf {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("countersign-compatibility-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn only_what_the_consumer_reads_and_can_no_longer_read_is_a_change() {
        let agreed =
            message("uint32 left = 1; Part part = 2; repeated Part parts = 3; string unread = 4; Colour c = 5;");
        let example = json!({ "left": 5, "part": { "id": "a" }, "parts": [{ "id": "b" }], "c": "RED" });
        let example = decode_expected(&agreed, &encode(&agreed, &example).unwrap().bytes).unwrap();
        let rest = "Part part = 2; repeated Part parts = 3; Colour c = 5;";
        for (provided, changes) in [
            (format!("uint32 left = 1; {rest}"), vec![]),
            (format!("uint32 left = 1; bool more = 9; {rest}"), vec![]),
            (format!("uint32 renamed = 1; {rest}"), vec![]),
            (format!("uint64 left = 1; {rest}"), vec![]),
            (rest.to_owned(), vec!["$.left: uint32 left = 1, nothing"]),
            (format!("uint32 left = 7; {rest}"), vec!["$.left: uint32 left = 1, uint32 left = 7"]),
            (format!("uint32 left = 7; bool other = 1; {rest}"), vec!["$.left: uint32 left = 1, uint32 left = 7"]),
            (format!("string left = 1; {rest}"), vec!["$.left: uint32 left = 1, string left = 1"]),
            (format!("repeated uint32 left = 1; {rest}"), vec!["$.left: uint32 left = 1, repeated uint32 left = 1"]),
            (
                "uint32 left = 1; Other part = 2; repeated Other parts = 3; Colour c = 5;".to_owned(),
                vec!["$.part.id: string id = 1, string id = 2", "$.parts.id: string id = 1, string id = 2"],
            ),
        ] {
            let found = schema_changes(&agreed, &message(&provided), &example).into_iter();
            let found: Vec<String> = found
                .map(|change| {
                    let provided = change.provided.unwrap_or_else(|| "nothing".to_owned());
                    format!("{}: {}, {provided}", change.path, change.agreed)
                })
                .collect();
            assert_eq!(found, changes, "{provided}");
        }
    }
}
