//! Messages from patterns to wire bytes, rules and generators.
//!
//! Everything the pattern names is written, defaults and several members of a `oneof` included: presence on the wire is
//! what makes a field part of the contract.

use std::collections::BTreeMap;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value as Json};

use super::scalar;
use super::wire::Encoded;
use crate::content::json::{DEEPEST, is_deeper_than};
use crate::generator::Generator;
use crate::path::{PathExpression, Token};
use crate::pattern::{Collected, Definition, Node, PatternError, PatternProblem, check_example};
use crate::rule::{RuleEntry, RuleList, Typing};
use crate::value::Value;

/// A pattern as a message.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedMessage {
    /// The example in the wire format.
    pub bytes: Vec<u8>,
    /// Rules by path from the message, with the fields' names of the `.proto` file.
    pub rules: Vec<RuleEntry>,
    /// Generators by path, likewise.
    pub generators: Vec<(PathExpression, Generator)>,
    /// The pattern by the fields' names, expressions as they were written, matchers as their examples.
    pub expectations: Json,
}

/// Encodes a pattern: an object of fields by their names in the `.proto` file or in JSON. Values may be plain, matchers, or
/// expressions such as `matching(integer, 2)`.
///
/// # Errors
///
/// All problems, each naming the field and what it takes.
pub fn encode(descriptor: &MessageDescriptor, pattern: &Json) -> Result<EncodedMessage, PatternError> {
    if is_deeper_than(pattern, DEEPEST) {
        let message = format!("the pattern is nested deeper than {DEEPEST} levels");
        return Err(PatternError { problems: vec![PatternProblem { path: "$".to_owned(), message }] });
    }
    let mut encoder = Encoder::default();
    let (bytes, expectations) = encoder.message(descriptor, pattern, &PathExpression::root());
    if !encoder.problems.is_empty() {
        return Err(PatternError { problems: encoder.problems });
    }
    let Collected { rules, generators } = encoder.collected;
    Ok(EncodedMessage { bytes, rules, generators, expectations })
}

/// What it found so far. Each method gives the wire form and what stands in the expectations.
#[derive(Default)]
pub(super) struct Encoder {
    pub(super) collected: Collected,
    pub(super) problems: Vec<PatternProblem>,
}

impl Encoder {
    pub(super) fn problem(&mut self, path: &PathExpression, message: impl Into<String>) {
        self.problems.push(PatternProblem { path: path.to_string(), message: message.into() });
    }

    /// Adds a matcher's rules and generator at a path.
    pub(super) fn add_node(&mut self, path: &PathExpression, node: &Node) {
        self.collected.add_rules(path, &node.rules);
        if let Some(generator) = &node.generator {
            self.collected.add_generator(path, generator.clone());
        }
    }

    /// A matcher, unless the value is plain; problems are noted.
    pub(super) fn take_node(&mut self, json: &Json, path: &PathExpression) -> Option<Node> {
        match Node::take(json)? {
            Ok(node) => Some(node),
            Err(message) => {
                self.problem(path, message);
                None
            }
        }
    }

    /// An expression, unless the value is plain; problems are noted.
    pub(super) fn take_expression(&mut self, json: &Json, path: &PathExpression) -> Option<Definition> {
        let text = json.as_str().filter(|text| Definition::is_expression(text))?;
        match Definition::parse(text) {
            Ok(definition) => Some(definition),
            Err(error) => {
                self.problem(path, error.to_string());
                None
            }
        }
    }

    pub(super) fn message(
        &mut self,
        descriptor: &MessageDescriptor,
        json: &Json,
        path: &PathExpression,
    ) -> (Vec<u8>, Json) {
        let problems = self.problems.len();
        if let Some(form) = self.known(descriptor, json, path) {
            return form;
        }
        if let Some(node) = self.take_node(json, path) {
            self.add_node(path, &node);
            return self.message(descriptor, &node.value, path);
        }
        if self.problems.len() > problems {
            return (Vec::new(), Json::Null);
        }
        let wrapped;
        let object = match json {
            Json::Object(object) => object,
            // a bare value for a type such as google.protobuf.StringValue is its value
            Json::String(_) | Json::Number(_) | Json::Bool(_) | Json::Array(_) if is_wrapper(descriptor) => {
                wrapped = Map::from_iter([("value".to_owned(), json.clone())]);
                &wrapped
            }
            _ => {
                self.problem(path, format!("takes {}", scalar::takes(&Kind::Message(descriptor.clone()))));
                return (Vec::new(), Json::Null);
            }
        };
        self.fields(descriptor, object, path)
    }

    fn fields(
        &mut self,
        descriptor: &MessageDescriptor,
        object: &Map<String, Json>,
        path: &PathExpression,
    ) -> (Vec<u8>, Json) {
        let mut encoded: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        let mut expectations = Map::new();
        for (name, value) in object {
            let field = descriptor.get_field_by_name(name).or_else(|| descriptor.get_field_by_json_name(name));
            let Some(field) = field else {
                self.problem(path, unknown_field(descriptor, name));
                continue;
            };
            if value.is_null() {
                continue;
            }
            if encoded.contains_key(&field.number()) {
                self.problem(path, format!("the field '{}' is given twice", field.name()));
                continue;
            }
            let path = path.join(Token::Field(field.name().to_owned()));
            let mut bytes = Vec::new();
            let expectation = self.field(&field, value, &path, &mut bytes);
            encoded.insert(field.number(), bytes);
            expectations.insert(field.name().to_owned(), expectation);
        }
        (encoded.into_values().flatten().collect(), Json::Object(expectations))
    }

    fn field(&mut self, field: &FieldDescriptor, json: &Json, path: &PathExpression, out: &mut Vec<u8>) -> Json {
        if field.is_map() {
            return self.map(field, json, path, out);
        }
        if field.is_list() {
            return self.list(field, json, path, out);
        }
        let (value, expectation) = self.value(&field.kind(), json, path);
        if let Some(value) = value {
            framed(field, value).write_field(field.number(), out);
        }
        expectation
    }

    /// One value of a field: a message or a scalar.
    pub(super) fn value(&mut self, kind: &Kind, json: &Json, path: &PathExpression) -> (Option<Encoded>, Json) {
        match kind {
            Kind::Message(descriptor) => {
                let (bytes, expectation) = self.message(descriptor, json, path);
                (Some(Encoded::Bytes(bytes)), expectation)
            }
            kind => self.scalar(kind, json, path),
        }
    }

    fn scalar(&mut self, kind: &Kind, json: &Json, path: &PathExpression) -> (Option<Encoded>, Json) {
        let problems = self.problems.len();
        if let Some(node) = self.take_node(json, path) {
            self.add_node(path, &node);
            let encoded = self.plain(kind, &node.value, path);
            self.check(kind, encoded.as_ref(), &node.rules, path);
            return (encoded, node.value);
        }
        if let Some(definition) = self.take_expression(json, path) {
            return (self.defined(kind, definition, path), json.clone());
        }
        if self.problems.len() > problems {
            return (None, Json::Null);
        }
        (self.plain(kind, json, path), json.clone())
    }

    /// The value that an expression speaks of.
    pub(super) fn defined(&mut self, kind: &Kind, definition: Definition, path: &PathExpression) -> Option<Encoded> {
        if definition.reference.is_some() || definition.each_value_reference.is_some() {
            self.problem(path, "a reference needs a list or map of messages with \"pact:match\"");
            return None;
        }
        let rules = RuleList { rules: definition.rules, ..RuleList::default() };
        self.collected.add_rules(path, &rules);
        if let Some(generator) = definition.generator {
            self.collected.add_generator(path, generator);
        }
        let encoded = match definition.example {
            Some(example) => self.plain(kind, &example, path),
            None => default(kind),
        };
        self.check(kind, encoded.as_ref(), &rules, path);
        encoded
    }

    fn plain(&mut self, kind: &Kind, json: &Json, path: &PathExpression) -> Option<Encoded> {
        let encoded = scalar::encode(kind, json);
        if encoded.is_none() {
            self.problem(path, format!("takes {}, not {json}", scalar::takes(kind)));
        }
        encoded
    }

    /// An example has to fit its own rule. Bytes are left alone: most rules do not look at them.
    fn check(&mut self, kind: &Kind, encoded: Option<&Encoded>, rules: &RuleList, path: &PathExpression) {
        if matches!(kind, Kind::Bytes) {
            return;
        }
        let Some(example) = encoded.and_then(|encoded| scalar::decode(kind, encoded.as_raw()).ok()) else { return };
        if let Err(message) = check_example(rules, &example, Typing::Declared) {
            self.problem(path, message);
        }
    }
}

/// A group's fields stand between tags, and not behind their length as those of other messages.
pub(super) fn framed(field: &FieldDescriptor, value: Encoded) -> Encoded {
    match value {
        Encoded::Bytes(fields) if field.is_group() => Encoded::Group(fields),
        value => value,
    }
}

/// The wire form of a field's default.
fn default(kind: &Kind) -> Option<Encoded> {
    let json = match scalar::default(kind) {
        Value::Bytes(_) => Json::String(String::new()),
        value => value.to_json(),
    };
    let json = match (kind, json) {
        (Kind::Double | Kind::Float, _) => Json::from(0),
        (_, json) => json,
    };
    scalar::encode(kind, &json)
}

fn is_wrapper(descriptor: &MessageDescriptor) -> bool {
    let name = descriptor.full_name().strip_prefix("google.protobuf.");
    name.is_some_and(|name| name.ends_with("Value") && descriptor.fields().len() == 1 && name != "ListValue")
}

fn unknown_field(descriptor: &MessageDescriptor, name: &str) -> String {
    let known: Vec<String> = descriptor.fields().map(|field| field.name().to_owned()).collect();
    let known = if known.is_empty() { "no fields at all".to_owned() } else { known.join(", ") };
    format!("{} has no field '{name}', it has {known}", descriptor.full_name())
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
