//! Message types as tables: what reading fields from the wire needs to know, gathered once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::scalar;
use crate::path::Place;
use crate::value::Value;

/// How many types are remembered.
const REMEMBERED: usize = 64;

/// A message type, with all types that can be in it. Cloning shares it.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    tables: Arc<[Table]>,
}

/// What stands at a place: a message, or a list or map of something.
enum Spot<'l> {
    Message(&'l Table),
    Members(&'l Field),
}

/// One message type.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) descriptor: MessageDescriptor,
    pub(super) form: Form,
    /// In the schema's order; a field's position is its slot.
    pub(super) fields: Vec<Field>,
    /// Field numbers in order, with their slots.
    slots: Vec<(u32, u32)>,
}

/// How messages of a type are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Field by field.
    Fields,
    /// Field by field; one field holds a message of any other type.
    Any,
    /// As the JSON that a `google.protobuf.Struct` stands for.
    Json,
    /// As the bytes of a `google.protobuf.BytesValue`.
    Bytes,
}

/// A field of a message type.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) shape: Shape,
    /// What a single scalar is when it does not come.
    pub(super) default: Value,
    /// Whether its default can be told from nothing on the wire.
    pub(super) has_presence: bool,
}

#[derive(Debug)]
pub(super) enum Shape {
    One(Content),
    List(Content),
    Map {
        /// The type of its entries, for errors.
        entry: MessageDescriptor,
        key: Kind,
        value: Content,
    },
}

/// What a field holds.
#[derive(Debug)]
pub(super) enum Content {
    Scalar(Kind),
    /// A message of the type at this place in the layout.
    Message(usize),
    /// Likewise, between tags instead of behind its length: proto2's groups.
    Group(usize),
}

impl Layout {
    /// The tables of a message type. Plans are made interaction by interaction, so those last made are remembered.
    pub(crate) fn of(descriptor: &MessageDescriptor) -> Self {
        static RECENT: Mutex<Vec<(MessageDescriptor, Layout)>> = Mutex::new(Vec::new());
        let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, layout)) = recent.iter().find(|(known, _)| known == descriptor) {
            return layout.clone();
        }
        let layout = Self { tables: Builder::build(descriptor).into() };
        if recent.len() >= REMEMBERED {
            recent.remove(0);
        }
        recent.push((descriptor.clone(), layout.clone()));
        layout
    }

    /// Whether the value at a place is a message that is read field by field.
    pub(crate) fn is_message(&self, place: &Place<'_>) -> bool {
        matches!(self.spot(place), Some(Spot::Message(table)) if matches!(table.form, Form::Fields | Form::Any))
    }

    fn spot(&self, place: &Place<'_>) -> Option<Spot<'_>> {
        let member = |content: &Content| content.message().map(|index| Spot::Message(&self.tables[index]));
        match place {
            Place::Root => Some(Spot::Message(self.root())),
            Place::Key(parent, name) => match self.spot(parent)? {
                Spot::Message(table) => {
                    let field = table.field_near(0, name)?;
                    match &field.shape {
                        Shape::One(content) => member(content),
                        Shape::List(_) | Shape::Map { .. } => Some(Spot::Members(field)),
                    }
                }
                Spot::Members(field) => field.message().map(|index| Spot::Message(&self.tables[index])),
            },
            Place::Index(parent, _) => match self.spot(parent)? {
                Spot::Members(field) => field.message().map(|index| Spot::Message(&self.tables[index])),
                Spot::Message(_) => None,
            },
        }
    }

    /// The type itself.
    pub(super) fn root(&self) -> &Table {
        &self.tables[0]
    }

    /// The type of a field's messages.
    pub(super) fn table(&self, index: usize) -> &Table {
        &self.tables[index]
    }
}

impl Table {
    /// The slot of a field number, if the type has it. Fields mostly come in the schema's order, so the slot after `last` is
    /// looked at first.
    pub(super) fn slot(&self, number: u32, last: usize) -> Option<usize> {
        let is_at = |slot: usize| self.fields.get(slot).is_some_and(|field| field.number == number);
        if is_at(last) {
            return Some(last);
        }
        if is_at(last + 1) {
            return Some(last + 1);
        }
        let found = self.slots.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(self.slots[found].1 as usize)
    }

    /// The field of this name, looked for at a slot first.
    pub(super) fn field_near(&self, slot: usize, name: &str) -> Option<&Field> {
        let is_it = |field: &&Field| field.name == name;
        self.fields.get(slot).filter(is_it).or_else(|| self.fields.iter().find(is_it))
    }
}

impl Field {
    pub(super) fn is_list(&self) -> bool {
        matches!(self.shape, Shape::List(_))
    }

    /// The type of the messages that it, its items or its values hold; none for scalars.
    pub(super) fn message(&self) -> Option<usize> {
        match &self.shape {
            Shape::One(content) | Shape::List(content) | Shape::Map { value: content, .. } => content.message(),
        }
    }
}

impl Content {
    /// The type of the messages; none for scalars.
    pub(super) fn message(&self) -> Option<usize> {
        match self {
            Self::Message(index) | Self::Group(index) => Some(*index),
            Self::Scalar(_) => None,
        }
    }
}

#[derive(Default)]
struct Builder {
    /// Types that are known, in the order in which they get their tables.
    types: Vec<MessageDescriptor>,
    indexes: HashMap<String, usize>,
}

impl Builder {
    fn build(root: &MessageDescriptor) -> Vec<Table> {
        let mut builder = Self::default();
        builder.index(root);
        let mut tables = Vec::new();
        while let Some(descriptor) = builder.types.get(tables.len()).cloned() {
            tables.push(builder.table(descriptor));
        }
        tables
    }

    fn index(&mut self, descriptor: &MessageDescriptor) -> usize {
        if let Some(index) = self.indexes.get(descriptor.full_name()) {
            return *index;
        }
        self.types.push(descriptor.clone());
        self.indexes.insert(descriptor.full_name().to_owned(), self.types.len() - 1);
        self.types.len() - 1
    }

    fn table(&mut self, descriptor: MessageDescriptor) -> Table {
        let form = form(&descriptor);
        let fields: Vec<Field> = match form {
            Form::Fields | Form::Any => descriptor.fields().map(|field| self.field(&field)).collect(),
            Form::Json | Form::Bytes => Vec::new(),
        };
        let mut slots: Vec<(u32, u32)> = fields.iter().map(|field| field.number).zip(0..).collect();
        slots.sort_unstable();
        Table { descriptor, form, fields, slots }
    }

    fn field(&mut self, field: &FieldDescriptor) -> Field {
        let shape = match field.kind() {
            Kind::Message(entry) if field.is_map() => Shape::Map {
                key: entry.map_entry_key_field().kind(),
                value: self.content(&entry.map_entry_value_field()),
                entry,
            },
            _ if field.is_list() => Shape::List(self.content(field)),
            _ => Shape::One(self.content(field)),
        };
        let default = match &shape {
            Shape::One(Content::Scalar(_)) => scalar::field_default(field),
            _ => Value::Null,
        };
        let (number, name) = (field.number(), field.name().to_owned());
        Field { number, name, shape, default, has_presence: field.supports_presence() }
    }

    fn content(&mut self, field: &FieldDescriptor) -> Content {
        match field.kind() {
            Kind::Message(descriptor) if field.is_group() => Content::Group(self.index(&descriptor)),
            Kind::Message(descriptor) => Content::Message(self.index(&descriptor)),
            kind => Content::Scalar(kind),
        }
    }
}

fn form(descriptor: &MessageDescriptor) -> Form {
    match descriptor.full_name().strip_prefix("google.protobuf.") {
        Some("Any") => Form::Any,
        Some("Struct") => Form::Json,
        Some("BytesValue") => Form::Bytes,
        _ => Form::Fields,
    }
}
