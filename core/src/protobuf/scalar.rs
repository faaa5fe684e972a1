//! Scalar fields: what a pattern may say for each kind, its wire form, and its place in the value tree.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, Value as ReflectValue};
use serde_json::Value as Json;

use super::wire::{Encoded, Raw, Reader};
use crate::value::{Number, Value};

/// What a kind of field takes, in words.
pub(super) fn takes(kind: &Kind) -> String {
    match kind {
        Kind::Double | Kind::Float => "a number".to_owned(),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => "a whole number from -2147483648 to 2147483647".to_owned(),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => "a whole number of 64 bits".to_owned(),
        Kind::Uint32 | Kind::Fixed32 => "a whole number from 0 to 4294967295".to_owned(),
        Kind::Uint64 | Kind::Fixed64 => "a whole number of 64 bits, from 0".to_owned(),
        Kind::Bool => "true or false".to_owned(),
        Kind::String => "a text".to_owned(),
        Kind::Bytes => "a text (base64, or taken as it is) or a list of numbers from 0 to 255".to_owned(),
        Kind::Enum(descriptor) => {
            let names: Vec<String> = descriptor.values().map(|value| value.name().to_owned()).collect();
            format!("one of {}", names.join(", "))
        }
        Kind::Message(descriptor) => format!("an object with the fields of {}", descriptor.full_name()),
    }
}

/// The wire form of a plain value; `None` when the kind does not take it.
pub(super) fn encode(kind: &Kind, json: &Json) -> Option<Encoded> {
    Some(match kind {
        Kind::Double => Encoded::Fixed64(float(json)?.to_bits()),
        #[expect(clippy::cast_possible_truncation, reason = "a float field holds the nearest float")]
        Kind::Float => Encoded::Fixed32((float(json)? as f32).to_bits()),
        Kind::Int32 => Encoded::Varint(i64::from(integer::<i32>(json)?).cast_unsigned()),
        Kind::Int64 => Encoded::Varint(integer::<i64>(json)?.cast_unsigned()),
        Kind::Uint32 => Encoded::Varint(u64::from(integer::<u32>(json)?)),
        Kind::Uint64 => Encoded::Varint(integer::<u64>(json)?),
        Kind::Sint32 => Encoded::Varint(zigzag(i64::from(integer::<i32>(json)?))),
        Kind::Sint64 => Encoded::Varint(zigzag(integer::<i64>(json)?)),
        Kind::Fixed32 => Encoded::Fixed32(integer::<u32>(json)?),
        Kind::Fixed64 => Encoded::Fixed64(integer::<u64>(json)?),
        Kind::Sfixed32 => Encoded::Fixed32(integer::<i32>(json)?.cast_unsigned()),
        Kind::Sfixed64 => Encoded::Fixed64(integer::<i64>(json)?.cast_unsigned()),
        Kind::Bool => Encoded::Varint(u64::from(match json {
            Json::Bool(value) => *value,
            Json::String(text) => text.parse().ok()?,
            _ => return None,
        })),
        Kind::String => Encoded::Bytes(text(json)?.into_bytes()),
        Kind::Bytes => Encoded::Bytes(bytes(json)?),
        Kind::Enum(descriptor) => Encoded::Varint(i64::from(enum_number(descriptor, json)?).cast_unsigned()),
        Kind::Message(_) => return None,
    })
}

fn text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(json.to_string()),
        _ => None,
    }
}

fn integer<T: std::str::FromStr>(json: &Json) -> Option<T> {
    match json {
        Json::Number(number) => number.as_str().parse().ok(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn float(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => number.as_str().parse().ok(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Text that decodes as base64 stands for those bytes, other text for its own.
fn bytes(json: &Json) -> Option<Vec<u8>> {
    match json {
        Json::String(text) => Some(BASE64.decode(text).unwrap_or_else(|_| text.clone().into_bytes())),
        Json::Array(items) => items.iter().map(integer::<u8>).collect(),
        _ => None,
    }
}

fn enum_number(descriptor: &EnumDescriptor, json: &Json) -> Option<i32> {
    if let Json::String(name) = json
        && let Some(value) = descriptor.get_value_by_name(name)
    {
        return Some(value.number());
    }
    integer(json)
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}

/// The value of a field that is not on the wire.
pub(super) fn default(kind: &Kind) -> Value {
    let zero = match kind {
        Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => Raw::Fixed64(0),
        Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => Raw::Fixed32(0),
        Kind::String | Kind::Bytes => Raw::Bytes(&[]),
        Kind::Enum(descriptor) => return Value::String(descriptor.default_value().name().to_owned()),
        _ => Raw::Varint(0),
    };
    decode(kind, zero).unwrap_or(Value::Null)
}

/// The value of a field that is not on the wire: proto2 lets a file choose it.
pub(super) fn field_default(field: &FieldDescriptor) -> Value {
    let kind = field.kind();
    let number = |text: String| Value::Number(Number::from(text));
    match (field.default_value(), &kind) {
        (ReflectValue::Bool(value), _) => Value::Bool(value),
        (ReflectValue::I32(value), _) => number(value.to_string()),
        (ReflectValue::I64(value), _) => number(value.to_string()),
        (ReflectValue::U32(value), _) => number(value.to_string()),
        (ReflectValue::U64(value), _) => number(value.to_string()),
        (ReflectValue::F32(value), _) => number(float_text(f64::from(value), || format!("{value:?}"))),
        (ReflectValue::F64(value), _) => number(double_text(value)),
        (ReflectValue::String(value), _) => Value::String(value),
        (ReflectValue::Bytes(value), _) => Value::Bytes(value.to_vec()),
        (ReflectValue::EnumNumber(value), Kind::Enum(descriptor)) => Value::String(
            descriptor.get_value(value).map_or_else(|| value.to_string(), |value| value.name().to_owned()),
        ),
        _ => default(&kind),
    }
}

/// The value in the value tree: whole numbers without a fraction, floats with one, enums by name.
///
/// # Errors
///
/// What is wrong with the bytes.
#[expect(clippy::cast_possible_truncation, reason = "the 32-bit kinds take the low 32 bits, as protobuf prescribes")]
pub(super) fn decode(kind: &Kind, raw: Raw<'_>) -> Result<Value, String> {
    let number = |text: String| Value::Number(Number::from(text));
    Ok(match (kind, raw) {
        (Kind::Double, Raw::Fixed64(bits)) => number(double_text(f64::from_bits(bits))),
        (Kind::Float, Raw::Fixed32(bits)) => {
            let value = f32::from_bits(bits);
            number(float_text(f64::from(value), || format!("{value:?}")))
        }
        (Kind::Int32, Raw::Varint(value)) => number((value as i32).to_string()),
        (Kind::Int64, Raw::Varint(value)) => number(value.cast_signed().to_string()),
        (Kind::Uint32, Raw::Varint(value)) => number((value as u32).to_string()),
        (Kind::Uint64, Raw::Varint(value)) => number(value.to_string()),
        (Kind::Sint32, Raw::Varint(value)) => number(unzigzag(u64::from(value as u32)).to_string()),
        (Kind::Sint64, Raw::Varint(value)) => number(unzigzag(value).to_string()),
        (Kind::Fixed32, Raw::Fixed32(value)) => number(value.to_string()),
        (Kind::Fixed64, Raw::Fixed64(value)) => number(value.to_string()),
        (Kind::Sfixed32, Raw::Fixed32(value)) => number(value.cast_signed().to_string()),
        (Kind::Sfixed64, Raw::Fixed64(value)) => number(value.cast_signed().to_string()),
        (Kind::Bool, Raw::Varint(value)) => Value::Bool(value != 0),
        (Kind::Enum(descriptor), Raw::Varint(value)) => Value::String(match descriptor.get_value(value as i32) {
            Some(known) => known.name().to_owned(),
            None => format!("Unknown enum {}", value as i32),
        }),
        (Kind::String, Raw::Bytes(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::String(text.to_owned()),
            Err(error) => return Err(format!("the text is not UTF-8: {error}")),
        },
        (Kind::Bytes, Raw::Bytes(bytes)) => Value::Bytes(bytes.to_vec()),
        (kind, raw) => return Err(another_type(kind, raw)),
    })
}

/// Says that what came is of another type than the field.
pub(super) fn another_type(kind: &Kind, raw: Raw<'_>) -> String {
    format!("{} came, but the field's type is {kind:?}", raw.name())
}

/// The shortest text of a double. Most doubles in messages have two decimals at most, and are written faster as hundredths.
fn double_text(value: f64) -> String {
    let hundredths = (value * 100.0).round();
    // below 10^15 no other number with as few digits is the same double
    #[expect(clippy::float_cmp, reason = "only the very same double has the text of the hundredths")]
    let is_exact = value != 0.0 && hundredths.abs() < 1e15 && hundredths / 100.0 == value;
    if !is_exact {
        return float_text(value, || format!("{value:?}"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole, and far below 2^64")]
    let digits = hundredths.abs() as u64;
    let sign = if value < 0.0 { "-" } else { "" };
    match digits % 100 {
        tenths if tenths % 10 == 0 => format!("{sign}{}.{}", digits / 100, tenths / 10),
        rest => format!("{sign}{}.{rest:02}", digits / 100),
    }
}

fn float_text(value: f64, finite: impl FnOnce() -> String) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        finite()
    }
}

/// A fraction as the text on which rules are matched: that of the nearest double, without a fraction where it has none.
pub(crate) fn float_as_text(kind: &Kind, value: &Value) -> Value {
    let Value::Number(number) = value else { return value.clone() };
    let double = match kind {
        Kind::Float => number.as_str().parse::<f32>().map(f64::from),
        _ => number.as_str().parse(),
    };
    Value::String(double.map_or_else(|_| number.as_str().to_owned(), |double: f64| double.to_string()))
}

/// Whether values of the kind may be packed.
pub(super) fn is_packable(kind: &Kind) -> bool {
    !matches!(kind, Kind::String | Kind::Bytes | Kind::Message(_))
}

/// The values of a packed field.
///
/// # Errors
///
/// What is wrong with the bytes.
pub(super) fn unpack(kind: &Kind, bytes: &[u8]) -> Result<Vec<Value>, String> {
    split_packed(kind, bytes)?.into_iter().map(|raw| decode(kind, raw)).collect()
}

/// The raw values of a packed field.
///
/// # Errors
///
/// What is wrong with the bytes.
pub(super) fn split_packed<'a>(kind: &Kind, bytes: &'a [u8]) -> Result<Vec<Raw<'a>>, String> {
    let mut reader = Reader::new(bytes);
    let mut values = Vec::new();
    while !reader.is_empty() {
        values.push(match kind {
            Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => Raw::Fixed64(reader.fixed64()?),
            Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => Raw::Fixed32(reader.fixed32()?),
            _ => Raw::Varint(reader.varint()?),
        });
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_have_their_shortest_text() {
        let near = |value: f64| [value, value.next_up(), value.next_down()];
        let hundredths = (-2_000..2_000).map(|hundredths| f64::from(hundredths) / 100.0);
        let others =
            [0.0, -0.0, 1e-5, 1e15, 1e16, 1e300, f64::MIN_POSITIVE, 99_999_999_999.99, 1e13 + 0.25, -7.0, 0.29];
        for value in hundredths.chain(others).flat_map(near) {
            assert_eq!(double_text(value), format!("{value:?}"));
        }
        assert_eq!(double_text(f64::NEG_INFINITY), "-Infinity");
    }
}
