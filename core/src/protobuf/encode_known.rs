//! Well-known types in their JSON form: a `Timestamp` as text, a `Struct` as JSON, an `Any` with its `@type`.
//!
//! Their rules stand where the ecosystem's plugin looks for them: below a `Struct` by JSON path, in all other types by the
//! names of the fields that the message really has.

use prost_reflect::MessageDescriptor;
use serde_json::{Map, Value as Json, json};

use super::encode::Encoder;
use super::wire::Encoded;
use crate::path::{PathExpression, Token};
use crate::pattern::{Node, Pattern};
use crate::rule::{Bounds, Rule, RuleList};

/// The wire form and what stands in the expectations.
type Form = (Vec<u8>, Json);

impl Encoder {
    /// The message that a JSON form stands for; `None` when the pattern gives the message's fields, or the type has no form
    /// of its own.
    pub(super) fn known(&mut self, descriptor: &MessageDescriptor, json: &Json, path: &PathExpression) -> Option<Form> {
        match descriptor.full_name().strip_prefix("google.protobuf.")? {
            "Timestamp" => self.text_form(json, path, timestamp, "a time such as 2026-05-24T10:30:00Z"),
            "Duration" => self.text_form(json, path, duration, "a duration such as 1.5s"),
            "FieldMask" => Self::field_mask(json),
            "Struct" => Some(self.structure(json, path)),
            "Value" => Some(self.json_value(json, path)),
            "ListValue" if json.is_array() => Some(self.json_list(json.as_array()?, path)),
            "Any" if json.get("@type").is_some() => Some(self.any(descriptor, json.as_object()?, path)),
            _ => None,
        }
    }

    /// `Timestamp` and `Duration`: seconds and nanoseconds.
    fn text_form(
        &mut self,
        json: &Json,
        path: &PathExpression,
        read: fn(&str) -> Option<(i64, i32)>,
        takes: &str,
    ) -> Option<Form> {
        let node = if json.is_object() { self.take_node(json, path) } else { None };
        let text = node.as_ref().map_or(json, |node| &node.value).as_str()?;
        let Some((seconds, nanos)) = read(text) else {
            self.problem(path, format!("takes {takes}, not \"{text}\""));
            return Some((Vec::new(), Json::Null));
        };
        if let Some(node) = node {
            self.any_moment(&node, path);
        }
        let mut bytes = Vec::new();
        Encoded::Varint(seconds.cast_unsigned()).write_field(1, &mut bytes);
        let mut written = json!({ "seconds": seconds });
        if nanos != 0 {
            Encoded::Varint(i64::from(nanos).cast_unsigned()).write_field(2, &mut bytes);
            written["nanos"] = nanos.into();
        }
        Some((bytes, written))
    }

    /// The wire has numbers and no text, so that any moment fits or exactly this one.
    fn any_moment(&mut self, node: &Node, path: &PathExpression) {
        for rule in &node.rules.rules {
            match rule {
                Rule::Type(bounds) if *bounds == Bounds::default() => {}
                Rule::DateTime(_) | Rule::NotEmpty => {}
                Rule::Equality => return,
                rule => {
                    let name = rule.name();
                    return self.problem(
                        path,
                        format!("has no text on the wire that the rule {name} could be asked of: use like(…)"),
                    );
                }
            }
        }
        self.collected.add_rules(path, &Rule::Type(Bounds::default()).into());
    }

    fn field_mask(json: &Json) -> Option<Form> {
        let text = json.as_str()?;
        let paths: Vec<&str> = text.split(',').filter(|path| !path.is_empty()).collect();
        let mut bytes = Vec::new();
        for path in &paths {
            Encoded::Bytes(snake_case(path).into_bytes()).write_field(1, &mut bytes);
        }
        Some((bytes, json!({ "paths": paths })))
    }

    /// `Struct` is compared as JSON, whose numbers are doubles.
    fn structure(&mut self, json: &Json, path: &PathExpression) -> Form {
        let pattern = match Pattern::parse(json) {
            Ok(pattern) => pattern,
            Err(error) => {
                for problem in error.problems {
                    self.problem(path, problem.to_string());
                }
                return (Vec::new(), Json::Null);
            }
        };
        let Json::Object(members) = &pattern.example else {
            self.problem(path, format!("takes a JSON object, not {}", pattern.example));
            return (Vec::new(), Json::Null);
        };
        for entry in &pattern.rules {
            let below = entry.path.tokens().iter().cloned();
            let place = below.fold(path.clone(), |path, token| path.join(token));
            let rules = entry.rules.rules.iter().map(|rule| match rule {
                Rule::Integer | Rule::Decimal => Rule::Number,
                rule => rule.clone(),
            });
            self.collected.add_rules(
                &place,
                &RuleList { rules: rules.collect(), combine: entry.rules.combine, ..RuleList::default() },
            );
        }
        for (below, generator) in &pattern.generators {
            let place = below.tokens().iter().cloned().fold(path.clone(), |path, token| path.join(token));
            self.collected.add_generator(&place, generator.clone());
        }
        (struct_bytes(members), pattern.example.clone())
    }

    /// `Value`: the one of its fields that fits the JSON.
    fn json_value(&mut self, json: &Json, path: &PathExpression) -> Form {
        let node = self.take_node(json, path);
        let plain = node.as_ref().map_or(json, |node| &node.value);
        let (number, name) = value_field(plain);
        let place = path.join(Token::Field(name.to_owned()));
        if let Some(node) = &node {
            let rules =
                node.rules.rules.iter().map(|rule| if *rule == Rule::Integer { Rule::Number } else { rule.clone() });
            let rules = RuleList { rules: rules.collect(), combine: node.rules.combine, ..RuleList::default() };
            self.add_node(
                &place,
                &Node { rules, variants: None, generator: node.generator.clone(), value: Json::Null },
            );
        }
        let mut bytes = Vec::new();
        let written = match plain {
            Json::Object(_) => {
                let (inner, written) = self.structure(plain, &place);
                Encoded::Bytes(inner).write_field(number, &mut bytes);
                written
            }
            Json::Array(items) => {
                let (inner, written) = self.json_list(items, &place);
                Encoded::Bytes(inner).write_field(number, &mut bytes);
                written
            }
            plain => {
                bytes = value_bytes(plain);
                plain.clone()
            }
        };
        (bytes, Json::Object(Map::from_iter([(name.to_owned(), written)])))
    }

    fn json_list(&mut self, items: &[Json], path: &PathExpression) -> Form {
        let path = path.join(Token::Field("values".to_owned()));
        let (mut bytes, mut written) = (Vec::new(), Vec::new());
        for (index, item) in items.iter().enumerate() {
            let (inner, expectation) = self.json_value(item, &path.join(Token::Index(index)));
            Encoded::Bytes(inner).write_field(1, &mut bytes);
            written.push(expectation);
        }
        (bytes, json!({ "values": written }))
    }

    /// `Any`: the message that `@type` names. Others compare its bytes as a whole, so that rules inside loosen that to any
    /// bytes; those who know the type ask the rules.
    fn any(&mut self, descriptor: &MessageDescriptor, object: &Map<String, Json>, path: &PathExpression) -> Form {
        let url = object.get("@type").and_then(Json::as_str).unwrap_or_default();
        let name = url.rsplit('/').next().unwrap_or(url);
        let Some(inner) = descriptor.parent_pool().get_message_by_name(name) else {
            self.problem(path, format!("has the @type '{url}', which the .proto files do not have: import its file"));
            return (Vec::new(), Json::Null);
        };
        let url = if url.contains('/') { url.to_owned() } else { format!("type.googleapis.com/{url}") };
        let mut fields = object.clone();
        fields.shift_remove("@type");
        // types with a JSON form of their own stand under `value`
        let content = match fields.get("value") {
            Some(value) if inner.full_name().starts_with("google.protobuf.") => value.clone(),
            _ => Json::Object(fields),
        };
        let place = path.join(Token::Field("value".to_owned()));
        let rules = self.collected.rules.len();
        let (value, _) = self.message(&inner, &content, &place);
        if self.collected.rules.len() > rules {
            self.collected.add_rules(&place, &Rule::Type(Bounds::default()).into());
        }
        let mut bytes = Vec::new();
        Encoded::Bytes(url.clone().into_bytes()).write_field(1, &mut bytes);
        Encoded::Bytes(value).write_field(2, &mut bytes);
        (bytes, json!({ "type_url": url, "value": "" }))
    }
}

/// The field of `google.protobuf.Value` that holds a JSON value.
fn value_field(json: &Json) -> (u32, &'static str) {
    match json {
        Json::Null => (1, "null_value"),
        Json::Number(_) => (2, "number_value"),
        Json::String(_) => (3, "string_value"),
        Json::Bool(_) => (4, "bool_value"),
        Json::Object(_) => (5, "struct_value"),
        Json::Array(_) => (6, "list_value"),
    }
}

fn value_bytes(json: &Json) -> Vec<u8> {
    let (number, _) = value_field(json);
    let encoded = match json {
        Json::Null => Encoded::Varint(0),
        Json::Number(value) => Encoded::Fixed64(value.as_str().parse().unwrap_or(f64::NAN).to_bits()),
        Json::String(text) => Encoded::Bytes(text.clone().into_bytes()),
        Json::Bool(value) => Encoded::Varint(u64::from(*value)),
        Json::Object(members) => Encoded::Bytes(struct_bytes(members)),
        Json::Array(items) => {
            let mut bytes = Vec::new();
            for item in items {
                Encoded::Bytes(value_bytes(item)).write_field(1, &mut bytes);
            }
            Encoded::Bytes(bytes)
        }
    };
    let mut bytes = Vec::new();
    encoded.write_field(number, &mut bytes);
    bytes
}

fn struct_bytes(members: &Map<String, Json>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, value) in members {
        let mut entry = Vec::new();
        Encoded::Bytes(key.clone().into_bytes()).write_field(1, &mut entry);
        Encoded::Bytes(value_bytes(value)).write_field(2, &mut entry);
        Encoded::Bytes(entry).write_field(1, &mut bytes);
    }
    bytes
}

fn timestamp(text: &str) -> Option<(i64, i32)> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    let (mut seconds, mut nanos) = (moment.as_second(), moment.subsec_nanosecond());
    // protobuf counts nanoseconds forward, before 1970 too
    if nanos < 0 {
        seconds -= 1;
        nanos += 1_000_000_000;
    }
    Some((seconds, nanos))
}

/// `1.5s`, with up to nine digits behind the point.
fn duration(text: &str) -> Option<(i64, i32)> {
    let number = text.strip_suffix('s')?;
    let (sign, digits) = number.strip_prefix('-').map_or((1, number), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 9 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let nanos: i32 = format!("{fraction:0<9}").parse().ok()?;
    Some((sign * whole.parse::<i64>().ok()?, i32::try_from(sign).ok()? * nanos))
}

/// JSON has the paths of a mask in camel case, the wire in snake case.
fn snake_case(path: &str) -> String {
    let mut text = String::new();
    for letter in path.chars() {
        if letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
