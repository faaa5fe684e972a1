//! Protobuf messages.

use prost_reflect::MessageDescriptor;
use serde_json::Value as Json;

use super::protobuf_example::Example;
use super::protobuf_rules::{Author, field_at, rules_of, without_optional_lists};
use super::rule_tree::RuleTree;
use super::walk::Walk;
use super::{MessagePlan, Unexpected};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{ContentType, Message};
use crate::path::{PathExpression, Token};
use crate::protobuf::{
    DecodeError, Layout, Presence, Required, declaration, decode_expected, decode_like, open_any, scalar_field,
};
use crate::rule::{MatchingRules, Rule};
use crate::value::Value;

/// A protobuf message, ready to be compared with many.
#[derive(Debug, Clone)]
pub(super) struct ProtobufPlan {
    descriptor: MessageDescriptor,
    layout: Layout,
    /// The example as it is in the pact.
    example: Value,
    /// The fields of the example that have to arrive where its author says so.
    required: Required,
    /// The example ready for comparing.
    expected: Value,
    rules: RuleTree,
}

impl ProtobufPlan {
    /// Compiles a message. Lists that no rule speaks of count only when `expectations` names them: the ecosystem's plugin
    /// lets an example list stand for any.
    pub(super) fn compile(
        descriptor: &MessageDescriptor,
        bytes: &[u8],
        rules: &MatchingRules,
        expectations: Option<&Json>,
        author: Author,
    ) -> Result<Self, DecodeError> {
        let layout = Layout::of(descriptor);
        let mut expected = decode_expected(descriptor, bytes)?;
        let example = expected.clone();
        if author == Author::Ours {
            open_any(&layout, &mut expected);
        }
        let entries = rules_of(descriptor, rules, author);
        let Example { value, further_rules } = Example::prepare(descriptor, expected, &entries, expectations);
        let rules = RuleTree::new(entries.iter().chain(&further_rules));
        let example = without_optional_lists(example, &entries);
        let required = Required::of(&layout, &example);
        Ok(Self { descriptor: descriptor.clone(), layout, example, required, expected: value, rules })
    }

    /// The example's fields that a message does not have, as mismatches. A message that cannot be read has been reported.
    pub(super) fn absent(&self, actual: &[u8]) -> Vec<Mismatch> {
        let absent = self.required.absent_in(&self.layout, actual).into_iter();
        let mismatch = |(path, example)| Mismatch {
            location: Location::Body { path },
            problem: Problem::Missing,
            expected: Some(example),
            actual: None,
            rule: None,
        };
        absent.map(mismatch).collect()
    }

    /// Adds the absent fields of which nothing was found yet; none of a message that cannot be read.
    pub(super) fn add_absent(&self, actual: &[u8], found: &mut Vec<Mismatch>) {
        let is_unreadable = |mismatch: &Mismatch| matches!(mismatch.problem, Problem::Unreadable { .. });
        if found.iter().any(is_unreadable) {
            return;
        }
        let mut absent = self.absent(actual);
        absent.retain(|absent| !found.iter().any(|known| known.location == absent.location));
        found.append(&mut absent);
    }

    /// The scalar fields that have to be exactly what the example has, as texts.
    pub(super) fn literals(&self) -> Vec<(&str, String)> {
        let Value::Map(fields) = &self.expected else { return Vec::new() };
        let mut stack = Vec::new();
        let root = self.rules.root(&mut stack);
        let mut literals = Vec::new();
        for (name, value) in fields {
            let end = stack.len();
            let cursor = self.rules.key(root, name, &mut stack);
            let is_scalar = matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Bytes(_));
            if is_scalar && self.rules.selected(cursor).is_none() {
                literals.push((name.as_str(), value.to_string()));
            }
            stack.truncate(end);
        }
        literals
    }

    /// A scalar field of a message as text, in the form of [`literals`](Self::literals).
    pub(super) fn field_of(&self, message: &[u8], name: &str) -> Option<String> {
        scalar_field(&self.layout, message, name).map(|value| value.to_string())
    }

    pub(super) fn example(&self) -> &Value {
        &self.example
    }

    pub(super) fn check(&self, actual: &[u8], unexpected: Unexpected, found: &mut Vec<Mismatch>) {
        // nothing was said about the message
        if matches!(&self.expected, Value::Map(fields) if fields.is_empty()) {
            return;
        }
        match decode_like(&self.layout, actual, &self.expected) {
            Ok(actual) => {
                found.extend(Walk::run_declared(&self.rules, &self.layout, unexpected, &self.expected, &actual));
            }
            Err(error) => found.push(self.unreadable(error, actual)),
        }
    }

    /// What was agreed at the place where a message cannot be read, with its rule.
    fn unreadable(&self, error: DecodeError, actual: &[u8]) -> Mismatch {
        let path = PathExpression::parse(&error.path).ok();
        let tokens = path.as_ref().map(PathExpression::tokens).unwrap_or_default();
        let declared = || field_at(&self.descriptor, tokens).map(|field| Value::String(declaration(&field)));
        let expected = part_at(&self.expected, tokens).cloned().or_else(declared);
        Mismatch {
            rule: self.rule_at(tokens),
            expected: Some(expected.unwrap_or_else(|| self.expected.clone())),
            location: Location::Body { path: error.path },
            problem: Problem::Unreadable { reason: error.reason },
            actual: Some(Value::Bytes(actual.to_vec())),
        }
    }

    fn rule_at(&self, path: &[Token]) -> Option<Rule> {
        let mut stack = Vec::new();
        let mut cursor = self.rules.root(&mut stack);
        for token in path {
            cursor = match token {
                Token::Field(name) => self.rules.key(cursor, name, &mut stack),
                Token::Index(index) => self.rules.index(cursor, *index, &mut stack),
                Token::Star | Token::StarIndex => return None,
            };
        }
        self.rules.selected(cursor)?.list.rules.first().map(|compiled| compiled.rule.clone())
    }
}

fn part_at<'a>(expected: &'a Value, path: &[Token]) -> Option<&'a Value> {
    path.iter().try_fold(expected, |value, token| match (value, token) {
        (Value::Map(fields), Token::Field(name)) => fields.get(name),
        (Value::List(items), Token::Index(index)) => items.get(*index),
        _ => None,
    })
}

/// The protobuf contents of a message that travels without gRPC, with their type.
#[derive(Debug, Clone)]
pub(super) struct ProtobufBody {
    plan: ProtobufPlan,
    content_type: Option<ContentType>,
    presence: Presence,
}

impl MessagePlan {
    /// Compiles a message whose contents are protobuf of this type, see
    /// [`message_type`](crate::protobuf::message_type).
    ///
    /// # Errors
    ///
    /// The pact's own example is no message of the type.
    pub fn compile_protobuf(message: &Message, descriptor: &MessageDescriptor) -> Result<Self, DecodeError> {
        Self::compile_protobuf_of(message, descriptor, None)
    }

    /// As [`compile_protobuf`](Self::compile_protobuf), where the pact says whether fields have to arrive, see
    /// [`message_presence`](crate::protobuf::message_presence).
    ///
    /// # Errors
    ///
    /// As [`compile_protobuf`](Self::compile_protobuf).
    pub fn compile_protobuf_of(
        message: &Message,
        descriptor: &MessageDescriptor,
        presence: Option<Presence>,
    ) -> Result<Self, DecodeError> {
        let author = if presence.is_some() { Author::Ours } else { Author::Others };
        let plan = ProtobufPlan::compile(descriptor, message.contents.bytes(), &message.rules, None, author)?;
        let mut compiled = Self::compile(message);
        let content_type = message.contents.content_type().cloned();
        compiled.protobuf = Some(ProtobufBody { plan, content_type, presence: presence.unwrap_or(Presence::Open) });
        Ok(compiled)
    }
}

impl ProtobufBody {
    pub(super) fn check(
        &self,
        actual: &[u8],
        actual_type: Option<&ContentType>,
        unexpected: Unexpected,
        found: &mut Vec<Mismatch>,
    ) {
        let value = |content_type: &ContentType| Value::from(content_type.as_str());
        if let (Some(expected), Some(actual)) = (&self.content_type, actual_type)
            && !same_type(expected, actual)
        {
            return found.push(Mismatch {
                location: Location::BodyType,
                problem: Problem::NotEqual,
                expected: Some(value(expected)),
                actual: Some(value(actual)),
                rule: None,
            });
        }
        self.plan.check(actual, unexpected, found);
        if self.presence == Presence::Required {
            self.plan.add_absent(actual, found);
        }
    }
}

/// The same media type, and the same message type where one is named.
fn same_type(expected: &ContentType, actual: &ContentType) -> bool {
    let message = expected.parameter("message");
    expected.essence() == actual.essence() && (message.is_none() || message == actual.parameter("message"))
}
