//! The description of messages that people read in a pact.

use std::fmt::Write as _;

use prost_reflect::{Cardinality, FieldDescriptor, Kind, MessageDescriptor};

/// A message type as a Markdown block.
pub(super) fn message(descriptor: &MessageDescriptor) -> String {
    let mut text = format!("```protobuf\nmessage {} {{\n", descriptor.name());
    for field in descriptor.fields() {
        let _ = writeln!(text, "    {} {} = {};", field_type(&field), field.name(), field.number());
    }
    text.push_str("}\n```\n");
    text
}

pub(super) fn field_type(field: &FieldDescriptor) -> String {
    if field.is_map()
        && let Kind::Message(entry) = field.kind()
    {
        let (key, value) = (entry.map_entry_key_field(), entry.map_entry_value_field());
        return format!("map<{}, {}>", kind_name(&key.kind()), kind_name(&value.kind()));
    }
    let name = kind_name(&field.kind());
    if field.cardinality() == Cardinality::Repeated { format!("repeated {name}") } else { name }
}

fn kind_name(kind: &Kind) -> String {
    match kind {
        Kind::Message(descriptor) => format!(".{}", descriptor.full_name()),
        Kind::Enum(descriptor) => format!(".{}", descriptor.full_name()),
        scalar => format!("{scalar:?}"),
    }
}
