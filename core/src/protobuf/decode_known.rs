//! Well-known types that are compared as what they stand for: `Struct` as JSON, `BytesValue` as its bytes.

use super::wire::{Raw, Reader};
use crate::value::{Map, Number, Value};

/// How deep JSON may nest.
const DEEPEST: usize = 100;

type Result<T> = std::result::Result<T, String>;

/// The JSON that a `google.protobuf.Struct` stands for. Numbers are doubles, and keep a fraction.
pub(super) fn structure(bytes: &[u8]) -> Result<Value> {
    members(bytes, 0)
}

/// The bytes that a `google.protobuf.BytesValue` stands for.
pub(super) fn bytes_value(bytes: &[u8]) -> Result<Value> {
    first_bytes(bytes).map(|bytes| Value::Bytes(bytes.unwrap_or_default().to_vec()))
}

fn first_bytes(bytes: &[u8]) -> Result<Option<&[u8]>> {
    let mut reader = Reader::new(bytes);
    while let Some((number, raw)) = reader.field()? {
        match (number, raw) {
            (1, Raw::Bytes(bytes)) => return Ok(Some(bytes)),
            (1, raw) => return Err(format!("{} came, but the field's type is bytes", raw.name())),
            _ => {}
        }
    }
    Ok(None)
}

/// `google.protobuf.Struct`: entries of a map from text to `Value`.
fn members(bytes: &[u8], depth: usize) -> Result<Value> {
    let mut map = Map::default();
    let mut reader = Reader::new(bytes);
    while let Some((number, raw)) = reader.field()? {
        let (1, Raw::Bytes(entry)) = (number, raw) else { continue };
        let (mut key, mut value) = (String::new(), Value::Null);
        let mut entry = Reader::new(entry);
        while let Some((number, raw)) = entry.field()? {
            match (number, raw) {
                (1, Raw::Bytes(bytes)) => key = text(bytes)?,
                (2, Raw::Bytes(bytes)) => value = json(bytes, depth + 1)?,
                _ => {}
            }
        }
        map.insert(key, value);
    }
    Ok(Value::Map(map))
}

/// `google.protobuf.Value`: the last of its alternatives counts.
fn json(bytes: &[u8], depth: usize) -> Result<Value> {
    if depth > DEEPEST {
        return Err("JSON nests too deeply".to_owned());
    }
    let mut value = Value::Null;
    let mut reader = Reader::new(bytes);
    while let Some((number, raw)) = reader.field()? {
        value = match (number, raw) {
            (1, _) => Value::Null,
            (2, Raw::Fixed64(bits)) => Value::Number(Number::new(&format!("{:?}", f64::from_bits(bits)))),
            (3, Raw::Bytes(bytes)) => Value::String(text(bytes)?),
            (4, Raw::Varint(flag)) => Value::Bool(flag != 0),
            (5, Raw::Bytes(bytes)) => members(bytes, depth + 1)?,
            (6, Raw::Bytes(bytes)) => list(bytes, depth + 1)?,
            _ => continue,
        };
    }
    Ok(value)
}

fn list(bytes: &[u8], depth: usize) -> Result<Value> {
    let mut items = Vec::new();
    let mut reader = Reader::new(bytes);
    while let Some((number, raw)) = reader.field()? {
        if let (1, Raw::Bytes(item)) = (number, raw) {
            items.push(json(item, depth + 1)?);
        }
    }
    Ok(Value::List(items))
}

fn text(bytes: &[u8]) -> Result<String> {
    String::from_utf8(bytes.to_vec()).map_err(|error| format!("the text is not UTF-8: {error}"))
}
