//! Messages from wire bytes to the value tree.

use std::ops::Range;

use prost_reflect::{Kind, MessageDescriptor};

use super::layout::{Content, Field, Form, Layout, Shape, Table};
use super::wire::{Raw, Reader};
use super::{decode_known, scalar};
use crate::path::Place;
use crate::value::{Map, Value};

/// How deep messages may nest.
const DEEPEST: usize = 100;

/// How many fields most messages have, with those around them.
const COMMON_FIELDS: usize = 32;

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
    read(&Layout::of(descriptor), bytes, Wanted::Present, &Place::Root, 0)
}

/// The value tree of a message that came, ready to be compared with `expected`: fields that were agreed on and did not come
/// have their defaults. Defaults and lists that were not agreed on are left out: protobuf hardly tells them from nothing.
/// `expected` has its fields in the schema's order, as [`decode_expected`] gives them.
///
/// # Errors
///
/// The bytes are truncated, or of another type.
pub fn decode_actual(descriptor: &MessageDescriptor, bytes: &[u8], expected: &Value) -> Result<Value, DecodeError> {
    decode_like(&Layout::of(descriptor), bytes, expected)
}

/// As [`decode_actual`], by tables that are at hand.
pub(crate) fn decode_like(layout: &Layout, bytes: &[u8], expected: &Value) -> Result<Value, DecodeError> {
    read(layout, bytes, Wanted::Like(Some(expected)), &Place::Root, 0)
}

/// One scalar field of a message: what is on the wire, or its default. `None` when the field is no single scalar, or the
/// message cannot be read.
pub(crate) fn scalar_field(layout: &Layout, bytes: &[u8], name: &str) -> Option<Value> {
    let field = layout.root().field_near(0, name)?;
    let Shape::One(Content::Scalar(kind)) = &field.shape else { return None };
    let mut reader = Reader::new(bytes);
    while let Some((number, raw)) = reader.field().ok()? {
        if number == field.number {
            return scalar::decode(kind, raw).ok();
        }
    }
    Some(field.default.clone())
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

    /// The fields of the expected message.
    fn fields(self) -> Examples<'e> {
        let map = match self {
            Self::Like(Some(Value::Map(map))) => Some(map),
            _ => None,
        };
        Examples { map, next: 0, shows_all: matches!(self, Self::Present) }
    }

    /// A fraction that is compared as text becomes text.
    fn shaped(self, kind: &Kind, value: Value) -> Value {
        match (self, kind) {
            (Self::Like(Some(Value::String(_))), Kind::Double | Kind::Float) => scalar::float_as_text(kind, &value),
            _ => value,
        }
    }

    /// What the bytes of an `Any` are compared with, where that is the fields of the message in them.
    fn opened(self) -> Option<Self> {
        match self {
            Self::Like(Some(Value::Map(map))) => {
                map.get("value").filter(|value| matches!(value, Value::Map(_))).map(|value| Self::Like(Some(value)))
            }
            _ => None,
        }
    }

    fn is_expected(self) -> bool {
        matches!(self, Self::Like(Some(_)))
    }

    /// Whether whatever is on the wire says something.
    fn shows_all(self) -> bool {
        matches!(self, Self::Present | Self::Like(Some(_)))
    }
}

/// The fields of an expected message, taken one after the other in the schema's order.
struct Examples<'e> {
    map: Option<&'e Map>,
    next: usize,
    shows_all: bool,
}

impl<'e> Examples<'e> {
    fn take(&mut self, name: &str) -> Wanted<'e> {
        if self.shows_all {
            return Wanted::Present;
        }
        match self.map.and_then(|map| map.get_index(self.next)) {
            Some((expected, value)) if expected == name => {
                self.next += 1;
                Wanted::Like(Some(value))
            }
            _ => Wanted::Like(None),
        }
    }

    fn left(&self) -> usize {
        self.map.map_or(0, |map| map.len() - self.next)
    }
}

fn read(
    layout: &Layout,
    bytes: &[u8],
    wanted: Wanted<'_>,
    place: &Place<'_>,
    depth: usize,
) -> Result<Value, DecodeError> {
    Decoder { layout, raws: Vec::with_capacity(COMMON_FIELDS) }.message(layout.root(), bytes, wanted, place, depth)
}

/// Reads messages of one layout.
struct Decoder<'l, 'b> {
    layout: &'l Layout,
    /// The fields of the messages that are being read, innermost last: the slot of each with what is on the wire.
    raws: Vec<(usize, Raw<'b>)>,
}

impl<'l, 'b> Decoder<'l, 'b> {
    fn message(
        &mut self,
        table: &'l Table,
        bytes: &'b [u8],
        wanted: Wanted<'_>,
        place: &Place<'_>,
        depth: usize,
    ) -> Result<Value, DecodeError> {
        let fail = |reason: String| error(&table.descriptor, place, reason);
        if depth > DEEPEST {
            return Err(fail("messages nest too deeply".to_owned()));
        }
        match table.form {
            Form::Json => return decode_known::structure(bytes).map_err(fail),
            Form::Bytes => return decode_known::bytes_value(bytes).map_err(fail),
            Form::Fields | Form::Any => {}
        }
        let start = self.raws.len();
        self.split(table, bytes).map_err(fail)?;
        let end = self.raws.len();
        let mut examples = wanted.fields();
        let most = (end - start + examples.left()).min(table.fields.len());
        let mut map = Map::with_capacity_and_hasher(most, Default::default());
        let mut next = start;
        for (slot, field) in table.fields.iter().enumerate() {
            if next == end && examples.left() == 0 {
                break;
            }
            let first = next;
            while next < end && self.raws[next].0 == slot {
                next += 1;
            }
            let wanted = examples.take(&field.name);
            if first == next && !wanted.is_expected() {
                continue;
            }
            let value = self.field(table, field, first..next, wanted, &Place::Key(place, &field.name), depth)?;
            // as with the ecosystem's plugin, a list that nobody spoke of does no harm either
            if wanted.shows_all() || !(field.is_list() || is_default(field, &value)) {
                map.insert(field.name.clone(), value);
            }
        }
        self.raws.truncate(start);
        if let (Form::Any, Some(inner)) = (table.form, wanted.opened()) {
            open(&table.descriptor, &mut map, inner, place, depth)?;
        }
        Ok(Value::Map(map))
    }

    /// Puts the message's known fields on the stack, in the schema's order; those of one number stay as they came.
    fn split(&mut self, table: &Table, bytes: &'b [u8]) -> Result<(), String> {
        let (start, mut last, mut in_order) = (self.raws.len(), 0, true);
        let mut reader = Reader::new(bytes);
        while let Some((number, raw)) = reader.field()? {
            match (table.slot(number, last), raw) {
                (Some(slot), raw) => {
                    in_order &= slot >= last;
                    last = slot;
                    self.raws.push((slot, raw));
                }
                // as with the ecosystem's plugin, other unknown fields do no harm
                (None, Raw::Group(_)) => {
                    return Err(format!("field {number} is a group that the schema does not have"));
                }
                (None, _) => {}
            }
        }
        if !in_order {
            self.raws[start..].sort_by_key(|(slot, _)| *slot);
        }
        Ok(())
    }

    fn field(
        &mut self,
        table: &'l Table,
        field: &'l Field,
        found: Range<usize>,
        wanted: Wanted<'_>,
        place: &Place<'_>,
        depth: usize,
    ) -> Result<Value, DecodeError> {
        match &field.shape {
            Shape::List(content) => self.list(table, content, found, wanted, place, depth),
            Shape::Map { entry, key, value } => self.map(entry, (key, value), found, wanted, place, depth),
            Shape::One(content) => match (self.raws[found].first().copied(), content) {
                (Some((_, raw)), content) => self.single(&table.descriptor, content, raw, wanted, place, depth),
                (None, Content::Scalar(kind)) => Ok(wanted.shaped(kind, field.default.clone())),
                (None, content) => self.absent(content, wanted, place, depth),
            },
        }
    }

    fn absent(
        &mut self,
        content: &'l Content,
        wanted: Wanted<'_>,
        place: &Place<'_>,
        depth: usize,
    ) -> Result<Value, DecodeError> {
        match content {
            Content::Scalar(kind) => Ok(wanted.shaped(kind, scalar::default(kind))),
            Content::Message(index) | Content::Group(index) => {
                self.message(self.layout.table(*index), &[], wanted, place, depth + 1)
            }
        }
    }

    fn single(
        &mut self,
        within: &MessageDescriptor,
        content: &'l Content,
        raw: Raw<'b>,
        wanted: Wanted<'_>,
        place: &Place<'_>,
        depth: usize,
    ) -> Result<Value, DecodeError> {
        match (content, raw) {
            (Content::Message(index), Raw::Bytes(bytes)) | (Content::Group(index), Raw::Group(bytes)) => {
                self.message(self.layout.table(*index), bytes, wanted, place, depth + 1)
            }
            (Content::Message(index) | Content::Group(index), raw) => {
                let kind = Kind::Message(self.layout.table(*index).descriptor.clone());
                Err(error(within, place, scalar::another_type(&kind, raw)))
            }
            (Content::Scalar(kind), raw) => {
                let value = scalar::decode(kind, raw).map_err(|reason| error(within, place, reason))?;
                Ok(wanted.shaped(kind, value))
            }
        }
    }

    fn list(
        &mut self,
        table: &'l Table,
        content: &'l Content,
        found: Range<usize>,
        wanted: Wanted<'_>,
        place: &Place<'_>,
        depth: usize,
    ) -> Result<Value, DecodeError> {
        let mut items = Vec::with_capacity(found.len());
        for at in found {
            match (self.raws[at].1, content) {
                (Raw::Bytes(bytes), Content::Scalar(kind)) if scalar::is_packable(kind) => {
                    let values =
                        scalar::unpack(kind, bytes).map_err(|reason| error(&table.descriptor, place, reason))?;
                    let start = items.len();
                    let shape = |(index, value)| wanted.item(start + index).shaped(kind, value);
                    items.extend(values.into_iter().enumerate().map(shape));
                }
                (raw, content) => {
                    let index = items.len();
                    let place = Place::Index(place, index);
                    items.push(self.single(&table.descriptor, content, raw, wanted.item(index), &place, depth)?);
                }
            }
        }
        Ok(Value::List(items))
    }

    /// An entry that lacks its key or value has the default there.
    fn map(
        &mut self,
        entry: &'l MessageDescriptor,
        (key_kind, content): (&'l Kind, &'l Content),
        found: Range<usize>,
        wanted: Wanted<'_>,
        place: &Place<'_>,
        depth: usize,
    ) -> Result<Value, DecodeError> {
        let fail = |reason: String| error(entry, place, reason);
        let mut map = Map::with_capacity_and_hasher(found.len(), Default::default());
        for at in found {
            let raw = self.raws[at].1;
            let Raw::Bytes(bytes) = raw else {
                return Err(fail(format!("{} came, but a map's entry is a message", raw.name())));
            };
            let (mut key, mut value) = (None, None);
            let mut reader = Reader::new(bytes);
            while let Some((number, raw)) = reader.field().map_err(|reason| fail(reason.to_owned()))? {
                match number {
                    1 => key = Some(scalar::decode(key_kind, raw).map_err(fail)?),
                    2 => value = Some(raw),
                    _ => {}
                }
            }
            let key = match key.unwrap_or_else(|| scalar::default(key_kind)) {
                Value::String(text) => text,
                Value::Number(number) => number.as_str().to_owned(),
                other => other.to_string(),
            };
            let (wanted, place) = (wanted.entry(&key), Place::Key(place, &key));
            let value = match value {
                Some(raw) => self.single(entry, content, raw, wanted, &place, depth)?,
                None => self.absent(content, wanted, &place, depth)?,
            };
            map.insert(key, value);
        }
        Ok(Value::Map(map))
    }
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
    let value = read(&Layout::of(&descriptor), bytes, wanted, &Place::Key(place, "value"), depth + 1)?;
    map.insert("value".to_owned(), value);
    Ok(())
}

fn type_of_any(any: &MessageDescriptor, map: &Map) -> Option<MessageDescriptor> {
    let url = map.get("type_url").and_then(Value::as_str)?;
    any.parent_pool().get_message_by_name(url.rsplit('/').next().unwrap_or(url))
}

/// Shows every `Any` of a decoded message by the fields of the message in it, if its type is known; messages that are
/// decoded [like it](decode_like) follow.
pub(crate) fn open_any(layout: &Layout, value: &mut Value) {
    open_any_in(layout, layout.root(), value);
}

fn open_any_in(layout: &Layout, table: &Table, value: &mut Value) {
    let Value::Map(map) = value else { return };
    if table.form == Form::Any {
        if let Some(inner) = type_of_any(&table.descriptor, map)
            && let Some(Value::Bytes(bytes)) = map.get("value")
            && let layout = Layout::of(&inner)
            && let Ok(mut opened @ Value::Map(_)) = read(&layout, bytes, Wanted::Present, &Place::Root, 0)
        {
            open_any(&layout, &mut opened);
            map.insert("value".to_owned(), opened);
        }
        return;
    }
    for (slot, (name, value)) in map.iter_mut().enumerate() {
        let Some(field) = table.field_near(slot, name) else { continue };
        let Some(index) = field.message() else { continue };
        let table = layout.table(index);
        match (value, &field.shape) {
            (Value::List(items), _) => items.iter_mut().for_each(|item| open_any_in(layout, table, item)),
            (Value::Map(entries), Shape::Map { .. }) => {
                entries.values_mut().for_each(|item| open_any_in(layout, table, item));
            }
            (single, _) => open_any_in(layout, table, single),
        }
    }
}

fn error(descriptor: &MessageDescriptor, place: &Place<'_>, reason: String) -> DecodeError {
    DecodeError { message: descriptor.full_name().to_owned(), path: place.to_string(), reason }
}

fn is_default(field: &Field, value: &Value) -> bool {
    match value {
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        scalar => *scalar == field.default,
    }
}
