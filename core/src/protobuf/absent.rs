//! Fields of an example that did not arrive.
//!
//! In protobuf a field that is not sent reads as its default, so that a provider that no longer has a field passes every
//! rule the default satisfies. What the consumer's example sets tells which fields it counts on.

use super::layout::{Content, Field, Form, Layout, Shape, Table};
use super::scalar;
use super::wire::{Raw, Reader};
use crate::value::Value;

/// How many fields are looked for at once: as many as a word has bits.
const MOST_AT_ONCE: usize = 64;

/// The fields of an example that have to arrive. A field whose example is its default is none of them where protobuf does
/// not send defaults. Of the items of a list, and the values of a map, one that has the field is enough.
#[derive(Debug, Clone, Default)]
pub(crate) struct Required {
    fields: Vec<RequiredField>,
}

#[derive(Debug, Clone)]
struct RequiredField {
    slot: usize,
    name: String,
    example: Value,
    /// The type of the messages in it, with what they have to have.
    below: Option<(usize, Required)>,
}

impl Required {
    /// What an example asks for.
    pub(crate) fn of(layout: &Layout, example: &Value) -> Self {
        let mut required = Self::default();
        required.add(layout, layout.root(), example);
        required
    }

    /// Several examples may ask for the same.
    fn add(&mut self, layout: &Layout, table: &Table, example: &Value) {
        let (Form::Fields | Form::Any, Value::Map(examples)) = (table.form, example) else { return };
        for (name, example) in examples {
            let Some((slot, field)) = table.fields.iter().enumerate().find(|(_, field)| field.name == *name) else {
                continue;
            };
            if cannot_arrive(field, example) {
                continue;
            }
            let known = self.fields.iter().position(|known| known.slot == slot).unwrap_or_else(|| {
                let below = field.message().map(|index| (index, Self::default()));
                self.fields.push(RequiredField { slot, name: name.clone(), example: example.clone(), below });
                self.fields.len() - 1
            });
            let Some((index, below)) = &mut self.fields[known].below else { continue };
            let table = layout.table(*index);
            match (example, &field.shape) {
                (Value::List(items), _) => items.iter().for_each(|item| below.add(layout, table, item)),
                (Value::Map(entries), Shape::Map { .. }) => {
                    entries.values().for_each(|value| below.add(layout, table, value));
                }
                (single, _) => below.add(layout, table, single),
            }
        }
    }

    /// The paths and examples of fields that a message does not have. What cannot be read is not looked at.
    pub(crate) fn absent_in(&self, layout: &Layout, message: &[u8]) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        if self.look(layout, layout.root(), &[message], "$", &mut found).is_err() {
            found.clear();
        }
        found
    }

    /// Looks for the fields in messages that are as good as one, so many at a time as a [`Look`] can remember.
    fn look(
        &self,
        layout: &Layout,
        table: &Table,
        messages: &[&[u8]],
        path: &str,
        found: &mut Vec<(String, Value)>,
    ) -> Result<(), &'static str> {
        for fields in self.fields.chunks(MOST_AT_ONCE) {
            let mut look = Look { fields, arrived: 0, below: Vec::new() };
            let looks_below = fields.iter().any(RequiredField::looks_below);
            for message in messages {
                if !looks_below && look.arrived.count_ones() as usize == fields.len() {
                    break;
                }
                look.at_message(table, message)?;
            }
            for (at, field) in fields.iter().enumerate() {
                if look.arrived & (1 << at) == 0 {
                    found.push((format!("{path}.{}", field.name), field.example.clone()));
                } else if let Some((index, required)) = field.below.as_ref().filter(|_| field.looks_below()) {
                    let of_field = look.below.iter().filter(|(of, _)| *of == at);
                    let below: Vec<&[u8]> = of_field.map(|(_, message)| *message).collect();
                    let path = match table.fields[field.slot].shape {
                        Shape::One(_) => format!("{path}.{}", field.name),
                        Shape::List(_) | Shape::Map { .. } => format!("{path}.{}[*]", field.name),
                    };
                    required.look(layout, layout.table(*index), &below, &path, found)?;
                }
            }
        }
        Ok(())
    }
}

impl RequiredField {
    fn looks_below(&self) -> bool {
        self.below.as_ref().is_some_and(|(_, below)| !below.fields.is_empty())
    }
}

/// Which of some fields messages have, a bit for each, and the messages in those fields.
struct Look<'r, 'b> {
    fields: &'r [RequiredField],
    arrived: u64,
    below: Vec<(usize, &'b [u8])>,
}

impl<'b> Look<'_, 'b> {
    fn at_message(&mut self, table: &Table, message: &'b [u8]) -> Result<(), &'static str> {
        let mut reader = Reader::new(message);
        // of a single field the first occurrence counts
        let (mut last, mut here) = (0, 0_u64);
        while let Some((number, raw)) = reader.field()? {
            let Some(slot) = table.slot(number, last) else { continue };
            last = slot;
            let Some(at) = self.fields.iter().position(|field| field.slot == slot) else { continue };
            let (field, bit) = (&table.fields[slot], 1 << at);
            let is_repetition = here & bit != 0 && matches!(field.shape, Shape::One(_));
            here |= bit;
            if is_repetition || is_empty_list(field, raw) {
                continue;
            }
            self.arrived |= bit;
            if self.fields[at].looks_below() {
                self.below.extend(message_in(field, raw)?.map(|message| (at, message)));
            }
        }
        Ok(())
    }
}

/// The message in a field, or in the value of a map's entry.
fn message_in<'b>(field: &Field, raw: Raw<'b>) -> Result<Option<&'b [u8]>, &'static str> {
    let (Raw::Bytes(bytes) | Raw::Group(bytes)) = raw else { return Ok(None) };
    if !matches!(field.shape, Shape::Map { .. }) {
        return Ok(Some(bytes));
    }
    let mut value: &[u8] = &[];
    let mut reader = Reader::new(bytes);
    while let Some((number, raw)) = reader.field()? {
        if let (2, Raw::Bytes(bytes)) = (number, raw) {
            value = bytes;
        }
    }
    Ok(Some(value))
}

/// A packed list without items.
fn is_empty_list(field: &Field, raw: Raw<'_>) -> bool {
    matches!((&field.shape, raw), (Shape::List(Content::Scalar(kind)), Raw::Bytes([])) if scalar::is_packable(kind))
}

fn cannot_arrive(field: &Field, example: &Value) -> bool {
    match (&field.shape, example) {
        (Shape::List(_), Value::List(items)) => items.is_empty(),
        (Shape::One(Content::Scalar(_)), example) => !field.has_presence && *example == field.default,
        _ => false,
    }
}
