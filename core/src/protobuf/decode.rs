//! Messages from wire bytes to the value tree.

use std::collections::HashMap;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::wire::{Raw, Reader};
use super::{decode_known, scalar};
use crate::path::Place;
use crate::value::{Map, Value};

/// The message that carries any other.
const ANY: &str = "google.protobuf.Any";

/// How deep messages may nest.
const DEEPEST: usize = 100;

/// Why bytes are no message of the type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {message} at {path}: {reason}")]
pub struct DecodeError {
    /// The type that the bytes should be of.
    pub message: String,
    /// Where, such as `$.items[0]`.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

/// The value tree of an agreed message: the fields that its bytes contain, explicit defaults included, in the schema's
/// order. Fields that the schema does not know are left out.
///
/// # Errors
///
/// The bytes are truncated, or of another type.
pub fn decode_expected(descriptor: &MessageDescriptor, bytes: &[u8]) -> Result<Value, DecodeError> {
    decode(descriptor, bytes, Wanted::Present)
}

/// The value tree of a message that came, ready to be compared with `expected`: fields that were agreed on and did not come
/// have their defaults. Defaults and lists that were not agreed on are left out: protobuf hardly tells them from nothing.
///
/// # Errors
///
/// The bytes are truncated, or of another type.
pub fn decode_actual(descriptor: &MessageDescriptor, bytes: &[u8], expected: &Value) -> Result<Value, DecodeError> {
    decode(descriptor, bytes, Wanted::Like(Some(expected)))
}

/// One scalar field of a message: what is on the wire, or its default. `None` when the field is no single scalar, or the
/// message cannot be read.
pub(crate) fn scalar_field(descriptor: &MessageDescriptor, bytes: &[u8], name: &str) -> Option<Value> {
    let field = descriptor.get_field_by_name(name)?;
    let kind = field.kind();
    if field.is_list() || matches!(kind, Kind::Message(_)) {
        return None;
    }
    let mut reader = Reader::new(bytes);
    while let Some((number, raw)) = reader.field().ok()? {
        if number == field.number() {
            return scalar::decode(&kind, raw).ok();
        }
    }
    Some(scalar::field_default(&field))
}

fn decode(descriptor: &MessageDescriptor, bytes: &[u8], wanted: Wanted<'_>) -> Result<Value, DecodeError> {
    message(descriptor, bytes, wanted, &Place::Root, 0)
}

/// Which fields to show.
#[derive(Debug, Clone, Copy)]
enum Wanted<'e> {
    /// Those on the wire.
    Present,
    /// Those of the expected value, and what else is on the wire.
    Like(Option<&'e Value>),
}

impl<'e> Wanted<'e> {
    fn field(self, name: &str) -> Self {
        self.below(|expected| match expected {
            Value::Map(map) => map.get(name),
            _ => None,
        })
    }

    /// What a list item or map value is compared with: its own example, or the first.
    fn item(self, index: usize) -> Self {
        self.below(|expected| match expected {
            Value::List(items) => items.get(index).or_else(|| items.first()),
            _ => None,
        })
    }

    fn entry(self, key: &str) -> Self {
        self.below(|expected| match expected {
            Value::Map(map) => map.get(key).or_else(|| map.values().next()),
            _ => None,
        })
    }

    fn below(self, child: impl FnOnce(&'e Value) -> Option<&'e Value>) -> Self {
        match self {
            Self::Present => Self::Present,
            Self::Like(expected) => Self::Like(expected.and_then(child)),
        }
    }

    /// A fraction that is compared as text becomes text.
    fn shaped(self, kind: &Kind, value: Value) -> Value {
        match (self, kind) {
            (Self::Like(Some(Value::String(_))), Kind::Double | Kind::Float) => scalar::float_as_text(kind, &value),
            _ => value,
        }
    }

    /// Whether an `Any` is compared by the fields of the message in it.
    fn is_opened(self) -> bool {
        matches!(self, Self::Like(Some(Value::Map(map))) if matches!(map.get("value"), Some(Value::Map(_))))
    }

    fn is_expected(self) -> bool {
        matches!(self, Self::Like(Some(_)))
    }

    /// Whether whatever is on the wire says something.
    fn shows_all(self) -> bool {
        matches!(self, Self::Present | Self::Like(Some(_)))
    }
}

fn message(
    descriptor: &MessageDescriptor,
    bytes: &[u8],
    wanted: Wanted<'_>,
    place: &Place<'_>,
    depth: usize,
) -> Result<Value, DecodeError> {
    let fail = |reason: String| error(descriptor, place, reason);
    if depth > DEEPEST {
        return Err(fail("messages nest too deeply".to_owned()));
    }
    if let Some(value) = decode_known::json_form(descriptor, bytes) {
        return value.map_err(fail);
    }
    let mut reader = Reader::new(bytes);
    let mut fields: HashMap<u32, Vec<Raw<'_>>> = HashMap::new();
    while let Some((number, raw)) = reader.field().map_err(|reason| fail(reason.to_owned()))? {
        if raw == Raw::Group {
            return Err(fail(format!("field {number} is a group, which contracts cannot speak of")));
        }
        fields.entry(number).or_default().push(raw);
    }
    let mut map = Map::default();
    for field in descriptor.fields() {
        let found = fields.get(&field.number()).map_or(&[][..], Vec::as_slice);
        let name = field.name();
        let wanted = wanted.field(name);
        if found.is_empty() && !wanted.is_expected() {
            continue;
        }
        let place = Place::Key(place, name);
        let value = if field.is_map() {
            map_field(&field, found, wanted, &place, depth)?
        } else if field.is_list() {
            list_field(&field, found, wanted, &place, depth)?
        } else {
            match found.first() {
                Some(raw) => singular(&field.kind(), *raw, wanted, &place, depth, descriptor)?,
                None => absent_field(&field, wanted, &place, depth)?,
            }
        };
        // as with the ecosystem's plugin, a list that nobody spoke of does no harm either
        let says_nothing = is_default(&field, &value) || (field.is_list() && !field.is_map());
        if wanted.shows_all() || !says_nothing {
            map.insert(name.to_owned(), value);
        }
    }
    if descriptor.full_name() == ANY && wanted.is_opened() {
        open(descriptor, &mut map, wanted, place, depth)?;
    }
    Ok(Value::Map(map))
}

/// Puts the fields of the message that an `Any` carries in place of its bytes, if its type is known.
fn open(
    any: &MessageDescriptor,
    map: &mut Map,
    wanted: Wanted<'_>,
    place: &Place<'_>,
    depth: usize,
) -> Result<(), DecodeError> {
    let Some(descriptor) = type_of_any(any, map) else { return Ok(()) };
    let Some(Value::Bytes(bytes)) = map.get("value") else { return Ok(()) };
    let value = message(&descriptor, bytes, wanted.field("value"), &Place::Key(place, "value"), depth + 1)?;
    map.insert("value".to_owned(), value);
    Ok(())
}

fn type_of_any(any: &MessageDescriptor, map: &Map) -> Option<MessageDescriptor> {
    let url = map.get("type_url").and_then(Value::as_str)?;
    any.parent_pool().get_message_by_name(url.rsplit('/').next().unwrap_or(url))
}

/// Shows every `Any` of a decoded message by the fields of the message in it, if its type is known; messages that are
/// decoded [like it](decode_actual) follow.
pub(crate) fn open_any(descriptor: &MessageDescriptor, value: &mut Value) {
    let Value::Map(map) = value else { return };
    if descriptor.full_name() == ANY {
        if let Some(inner) = type_of_any(descriptor, map)
            && let Some(Value::Bytes(bytes)) = map.get("value")
            && let Ok(mut opened @ Value::Map(_)) = decode_expected(&inner, bytes)
        {
            open_any(&inner, &mut opened);
            map.insert("value".to_owned(), opened);
        }
        return;
    }
    for (name, value) in map {
        let Some(field) = descriptor.get_field_by_name(name) else { continue };
        let kind = match field.kind() {
            Kind::Message(entry) if field.is_map() => entry.map_entry_value_field().kind(),
            kind => kind,
        };
        let Kind::Message(descriptor) = kind else { continue };
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| open_any(&descriptor, item)),
            Value::Map(entries) if field.is_map() => entries.values_mut().for_each(|item| open_any(&descriptor, item)),
            single => open_any(&descriptor, single),
        }
    }
}

fn error(descriptor: &MessageDescriptor, place: &Place<'_>, reason: String) -> DecodeError {
    DecodeError { message: descriptor.full_name().to_owned(), path: place.to_string(), reason }
}

fn is_default(field: &FieldDescriptor, value: &Value) -> bool {
    match value {
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        scalar => *scalar == scalar::field_default(field),
    }
}

fn absent_field(
    field: &FieldDescriptor,
    wanted: Wanted<'_>,
    place: &Place<'_>,
    depth: usize,
) -> Result<Value, DecodeError> {
    match field.kind() {
        Kind::Message(_) => absent(&field.kind(), wanted, place, depth),
        kind => Ok(wanted.shaped(&kind, scalar::field_default(field))),
    }
}

fn absent(kind: &Kind, wanted: Wanted<'_>, place: &Place<'_>, depth: usize) -> Result<Value, DecodeError> {
    match kind {
        Kind::Message(descriptor) => message(descriptor, &[], wanted, place, depth + 1),
        kind => Ok(wanted.shaped(kind, scalar::default(kind))),
    }
}

fn singular(
    kind: &Kind,
    raw: Raw<'_>,
    wanted: Wanted<'_>,
    place: &Place<'_>,
    depth: usize,
    within: &MessageDescriptor,
) -> Result<Value, DecodeError> {
    match (kind, raw) {
        (Kind::Message(descriptor), Raw::Bytes(bytes)) => message(descriptor, bytes, wanted, place, depth + 1),
        (kind, raw) => {
            let value = scalar::decode(kind, raw).map_err(|reason| error(within, place, reason))?;
            Ok(wanted.shaped(kind, value))
        }
    }
}

fn list_field(
    field: &FieldDescriptor,
    found: &[Raw<'_>],
    wanted: Wanted<'_>,
    place: &Place<'_>,
    depth: usize,
) -> Result<Value, DecodeError> {
    let (kind, within) = (field.kind(), field.parent_message());
    let mut items = Vec::new();
    for raw in found {
        match raw {
            Raw::Bytes(bytes) if scalar::is_packable(&kind) => {
                let values = scalar::unpack(&kind, bytes).map_err(|reason| error(within, place, reason))?;
                let start = items.len();
                let shape = |(index, value)| wanted.item(start + index).shaped(&kind, value);
                items.extend(values.into_iter().enumerate().map(shape));
            }
            raw => {
                let index = items.len();
                let place = Place::Index(place, index);
                items.push(singular(&kind, *raw, wanted.item(index), &place, depth, within)?);
            }
        }
    }
    Ok(Value::List(items))
}

/// An entry that lacks its key or value has the default there.
fn map_field(
    field: &FieldDescriptor,
    found: &[Raw<'_>],
    wanted: Wanted<'_>,
    place: &Place<'_>,
    depth: usize,
) -> Result<Value, DecodeError> {
    let Kind::Message(entry) = field.kind() else { return Ok(Value::Map(Map::default())) };
    let (key_kind, value_kind) = (entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind());
    let fail = |reason: String| error(&entry, place, reason);
    let mut map = Map::default();
    for raw in found {
        let Raw::Bytes(bytes) = raw else {
            return Err(fail(format!("{} came, but a map's entry is a message", raw.name())));
        };
        let (mut key, mut value) = (None, None);
        let mut reader = Reader::new(bytes);
        while let Some((number, raw)) = reader.field().map_err(|reason| fail(reason.to_owned()))? {
            match number {
                1 => key = Some(scalar::decode(&key_kind, raw).map_err(fail)?),
                2 => value = Some(raw),
                _ => {}
            }
        }
        let key = match key.unwrap_or_else(|| scalar::default(&key_kind)) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let (wanted, place) = (wanted.entry(&key), Place::Key(place, &key));
        let value = match value {
            Some(raw) => singular(&value_kind, raw, wanted, &place, depth, &entry)?,
            None => absent(&value_kind, wanted, &place, depth)?,
        };
        map.insert(key, value);
    }
    Ok(Value::Map(map))
}
