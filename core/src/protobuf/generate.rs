//! Values made at the moment of use, written into messages.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::Value as Json;

use super::scalar;
use super::wire::{Encoded, Raw, Reader};
use super::{GrpcCall, GrpcMessage};
use crate::generator::{Context, Generator, Mode, Run};
use crate::path::{PathExpression, Token};

/// Why a generated value cannot stand in a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the value for {path} cannot be used: {reason}")]
pub struct GenerateError {
    /// The generator's path.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
}

impl GrpcCall {
    /// The request with the generated values in place of its examples.
    ///
    /// # Errors
    ///
    /// A value is not of its field's type.
    pub fn generate_request(&self, context: &Context) -> Result<GrpcMessage, GenerateError> {
        self.request.generate(&self.method.input(), context)
    }
}

impl GrpcMessage {
    /// The message with the generated values in place of its examples. A list of values takes the place of all items of a
    /// repeated field. Fields that the example does not have stay absent.
    ///
    /// # Errors
    ///
    /// A value is not of its field's type.
    pub fn generate(&self, descriptor: &MessageDescriptor, context: &Context) -> Result<Self, GenerateError> {
        let mut result = self.clone();
        let mut run = Run::new(context);
        for entry in self.generators.iter() {
            // a message's fields know their types, so the value needs no example to follow
            let key = entry.key.as_str();
            let Some(value) = run.value(&entry.generator, &Json::Null) else {
                if let (Generator::ProviderState { expression, .. }, Mode::Provider) = (&entry.generator, context.mode)
                {
                    let reason = format!("the provider's states gave no value for {expression}");
                    return Err(GenerateError { path: key.to_owned(), reason });
                }
                continue;
            };
            match entry.category.as_str() {
                "body" | "content" | "contents" => {
                    let fail = |reason: String| GenerateError { path: key.to_owned(), reason };
                    let path = PathExpression::parse(key).map_err(|error| fail(error.to_string()))?;
                    result.bytes = message(descriptor, &result.bytes, path.tokens(), &value).map_err(fail)?;
                }
                "metadata" => {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let name = PathExpression::parse(key).ok().and_then(|path| match path.tokens() {
                        [Token::Field(name)] => Some(name.clone()),
                        _ => None,
                    });
                    result.metadata.insert(name.unwrap_or_else(|| key.to_owned()), text);
                }
                _ => {}
            }
        }
        Ok(result)
    }
}

/// The message with the value at a path; everything else stays as it is, byte by byte.
fn message(descriptor: &MessageDescriptor, bytes: &[u8], path: &[Token], value: &Json) -> Result<Vec<u8>, String> {
    let Some((Token::Field(name), below)) = path.split_first() else {
        return Err("a message as a whole cannot be generated".to_owned());
    };
    let Some(field) = descriptor.get_field_by_name(name).or_else(|| descriptor.get_field_by_json_name(name)) else {
        return Err(format!("{} has no field '{name}'", descriptor.full_name()));
    };
    let mut replace = Replace { field, below, value, seen: 0 };
    let mut out = Vec::with_capacity(bytes.len());
    let mut reader = Reader::new(bytes);
    loop {
        let start = bytes.len() - reader.remaining();
        let Some((number, raw)) = reader.field()? else { return Ok(out) };
        if number == replace.field.number() {
            replace.field(raw, &mut out)?;
        } else {
            out.extend_from_slice(&bytes[start..bytes.len() - reader.remaining()]);
        }
    }
}

/// One field whose occurrences, or one of them, get a value.
struct Replace<'a> {
    field: FieldDescriptor,
    below: &'a [Token],
    value: &'a Json,
    /// How many items came before.
    seen: usize,
}

impl Replace<'_> {
    fn field(&mut self, raw: Raw<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        if self.field.is_map() {
            return self.entry(raw, out);
        }
        if !self.field.is_list() {
            let encoded = replaced(&self.field.kind(), raw, self.below, self.value)?;
            encoded.write_field(self.field.number(), out);
            return Ok(());
        }
        match self.value {
            Json::Array(values) if self.below.is_empty() => self.all_items(values, out),
            _ => self.items(raw, out),
        }
    }

    /// The list as a whole, written at its first occurrence.
    fn all_items(&mut self, values: &[Json], out: &mut Vec<u8>) -> Result<(), String> {
        self.seen += 1;
        if self.seen > 1 {
            return Ok(());
        }
        for value in values {
            encoded(&self.field.kind(), value)?.write_field(self.field.number(), out);
        }
        Ok(())
    }

    fn items(&mut self, raw: Raw<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        let kind = self.field.kind();
        let (wanted, below) = match self.below.split_first() {
            Some((Token::Index(index), below)) => (Some(*index), below),
            Some((_, below)) => (None, below),
            None => (None, self.below),
        };
        let raws = match raw {
            Raw::Bytes(packed) if scalar::is_packable(&kind) => scalar::split_packed(&kind, packed)?,
            raw => vec![raw],
        };
        for raw in raws {
            let is_wanted = wanted.is_none_or(|wanted| wanted == self.seen);
            self.seen += 1;
            let item = if is_wanted { replaced(&kind, raw, below, self.value)? } else { kept(raw)? };
            item.write_field(self.field.number(), out);
        }
        Ok(())
    }

    fn entry(&self, raw: Raw<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        let (Kind::Message(entry), Raw::Bytes(bytes)) = (self.field.kind(), raw) else {
            return Err("a map's entry is no message".to_owned());
        };
        let key_kind = entry.map_entry_key_field().kind();
        let (mut key, mut value) = (scalar::default(&key_kind), None);
        let mut key_bytes = Vec::new();
        let mut reader = Reader::new(bytes);
        while let Some((number, raw)) = reader.field()? {
            match number {
                1 => {
                    key = scalar::decode(&key_kind, raw)?;
                    kept(raw)?.write_field(1, &mut key_bytes);
                }
                2 => value = Some(raw),
                _ => {}
            }
        }
        let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        let (is_wanted, below) = match self.below.split_first() {
            Some((Token::Field(name), below)) => (*name == key, below),
            Some((Token::Index(index), below)) => (index.to_string() == key, below),
            Some((_, below)) => (true, below),
            None => return Err("a map as a whole cannot be generated".to_owned()),
        };
        let mut bytes = key_bytes;
        if let Some(raw) = value {
            let kind = entry.map_entry_value_field().kind();
            let value = if is_wanted { replaced(&kind, raw, below, self.value)? } else { kept(raw)? };
            value.write_field(2, &mut bytes);
        }
        Encoded::Bytes(bytes).write_field(self.field.number(), out);
        Ok(())
    }
}

fn replaced(kind: &Kind, raw: Raw<'_>, below: &[Token], value: &Json) -> Result<Encoded, String> {
    match (kind, raw) {
        (Kind::Message(descriptor), Raw::Bytes(bytes)) => Ok(Encoded::Bytes(message(descriptor, bytes, below, value)?)),
        (Kind::Message(descriptor), Raw::Group(fields)) => {
            Ok(Encoded::Group(message(descriptor, fields, below, value)?))
        }
        (kind, _) => encoded(kind, value),
    }
}

fn encoded(kind: &Kind, value: &Json) -> Result<Encoded, String> {
    scalar::encode(kind, value).ok_or_else(|| format!("the field takes {}, not {value}", scalar::takes(kind)))
}

fn kept(raw: Raw<'_>) -> Result<Encoded, String> {
    Ok(match raw {
        Raw::Varint(value) => Encoded::Varint(value),
        Raw::Fixed32(value) => Encoded::Fixed32(value),
        Raw::Fixed64(value) => Encoded::Fixed64(value),
        Raw::Bytes(bytes) => Encoded::Bytes(bytes.to_vec()),
        Raw::Group(fields) => Encoded::Group(fields.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::generator::Generators;
    use crate::protobuf::{Schema, decode_expected, encode};
    use crate::rule::MatchingRules;

    const PROTO: &str = r#"
syntax = "proto3";
package g;
message All {
  string s = 1; repeated int32 nums = 2; repeated string names = 3; All child = 4; repeated All children = 5;
  map<string, int32> counts = 6; map<int32, All> by_id = 7; sint32 signed = 8; bytes raw = 9;
}
"#;

    /// The example with the value of `${v}` written at the path, as JSON.
    fn generated(path: &str, value: Json) -> Result<Json, String> {
        let folder = std::env::temp_dir().join(format!("countersign-generate-{path}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("all.proto"), PROTO).unwrap();
        let schema = Schema::compile(Path::new(&folder.join("all.proto")), &[]).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let descriptor = schema.message("g.All").unwrap();
        let example = json!({
            "s": "x", "nums": [1, 2, 3], "names": ["a", "b"], "child": { "s": "y" }, "signed": -5,
            "children": [{ "s": "c0" }, { "s": "c1" }], "counts": { "k": 1, "l": 2 }, "by_id": { "7": { "s": "z" } },
        });
        let generators = json!({ "body": { path: { "type": "ProviderState", "expression": "${v}" } } });
        let message = GrpcMessage {
            bytes: encode(&descriptor, &example).unwrap().bytes,
            metadata: indexmap::IndexMap::new(),
            status: None,
            rules: MatchingRules::default(),
            generators: Generators::from_json(Some(&generators)),
            expectations: None,
        };
        let provider_state = json!({ "v": value }).as_object().unwrap().clone();
        let context = Context { provider_state, ..Context::default() };
        let result = message.generate(&descriptor, &context).map_err(|error| error.to_string())?;
        let mut tree = decode_expected(&descriptor, &result.bytes).unwrap().to_json();
        let before = decode_expected(&descriptor, &message.bytes).unwrap().to_json();
        // only what changed
        tree.as_object_mut().unwrap().retain(|name, value| before.get(name) != Some(value));
        Ok(tree)
    }

    #[test]
    fn values_take_the_place_of_examples_wherever_they_stand() {
        for (path, value, changed) in [
            ("$.s", json!("new"), json!({ "s": "new" })),
            ("$.s", json!(7), json!({ "s": "7" })),
            ("$.signed", json!(-6), json!({ "signed": -6 })),
            ("$.nums[1]", json!("9"), json!({ "nums": [1, 9, 3] })),
            ("$.nums", json!([4, 5]), json!({ "nums": [4, 5] })),
            ("$.nums[*]", json!(0), json!({ "nums": [0, 0, 0] })),
            ("$.names", json!(["p", "q", "r"]), json!({ "names": ["p", "q", "r"] })),
            ("$.child.s", json!("new"), json!({ "child": { "s": "new" } })),
            ("$.children[1].s", json!("new"), json!({ "children": [{ "s": "c0" }, { "s": "new" }] })),
            ("$.counts.k", json!(5), json!({ "counts": { "k": 5, "l": 2 } })),
            ("$.by_id[7].s", json!("new"), json!({ "by_id": { "7": { "s": "new" } } })),
            ("$.raw", json!("new"), json!({})),
        ] {
            assert_eq!(generated(path, value), Ok(changed), "{path}");
        }
    }

    #[test]
    fn values_of_another_type_are_refused() {
        let message = "the value for $.nums[0] cannot be used: the field takes a whole number from -2147483648 to \
                       2147483647, not \"many\"";
        assert_eq!(generated("$.nums[0]", json!("many")), Err(message.to_owned()));
        let message = "the value for $.colour cannot be used: g.All has no field 'colour'";
        assert_eq!(generated("$.colour", json!(1)), Err(message.to_owned()));
    }
}
