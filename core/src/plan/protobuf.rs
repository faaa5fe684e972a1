//! Protobuf messages.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::Value as Json;

use super::Unexpected;
use super::rule_tree::{Cursor, RuleTree};
use super::walk::Walk;
use crate::mismatch::{Location, Mismatch, Problem};
use crate::path::{PathExpression, Token};
use crate::protobuf::{DecodeError, decode_actual, decode_expected};
use crate::rule::{Bounds, Category, MatchingRules, Rule, Typing};
use crate::value::Value;

/// A protobuf message, ready to be compared with many.
#[derive(Debug, Clone)]
pub(super) struct ProtobufPlan {
    descriptor: MessageDescriptor,
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
    ) -> Result<Self, DecodeError> {
        let mut expected = decode_expected(descriptor, bytes)?;
        let mut open =
            OpenLists { rules: RuleTree::new(rules.of(Category::Body)), stack: Vec::new(), found: Vec::new() };
        let root = open.rules.root(&mut open.stack);
        open.message(descriptor, &mut expected, root, &PathExpression::root(), expectations);
        let mut rules = rules.clone();
        for path in open.found {
            rules.add(Category::Body, path, Rule::Type(Bounds::default()).into());
        }
        Ok(Self { descriptor: descriptor.clone(), expected, rules: RuleTree::new(rules.of(Category::Body)) })
    }

    pub(super) fn check(&self, actual: &[u8], unexpected: Unexpected, found: &mut Vec<Mismatch>) {
        // nothing was said about the message
        if matches!(&self.expected, Value::Map(fields) if fields.is_empty()) {
            return;
        }
        match decode_actual(&self.descriptor, actual, &self.expected) {
            // texts may stand for numbers, as in the ecosystem's plugin
            Ok(actual) => found.extend(Walk::run(&self.rules, Typing::Textual, unexpected, &self.expected, &actual)),
            Err(error) => found.push(Mismatch {
                location: Location::Body { path: error.path },
                problem: Problem::Unreadable { reason: error.reason },
                expected: Some(self.expected.clone()),
                actual: Some(Value::Bytes(actual.to_vec())),
                rule: None,
            }),
        }
    }
}

/// Finds the lists that any list may stand for, and empties their examples: with a `type` rule, an empty example takes
/// everything.
struct OpenLists {
    rules: RuleTree,
    stack: Vec<u32>,
    found: Vec<PathExpression>,
}

impl OpenLists {
    fn message(
        &mut self,
        descriptor: &MessageDescriptor,
        value: &mut Value,
        cursor: Cursor,
        path: &PathExpression,
        written: Option<&Json>,
    ) {
        let Value::Map(fields) = value else { return };
        for (name, value) in fields {
            let Some(field) = descriptor.get_field_by_name(name) else { continue };
            let end = self.stack.len();
            let below = self.rules.key(cursor, name, &mut self.stack);
            let path = path.join(Token::Field(name.clone()));
            self.field(&field, value, below, &path, written.and_then(|written| written.get(name)));
            self.stack.truncate(end);
        }
    }

    fn field(
        &mut self,
        field: &FieldDescriptor,
        value: &mut Value,
        cursor: Cursor,
        path: &PathExpression,
        written: Option<&Json>,
    ) {
        let Kind::Message(descriptor) = field.kind() else {
            if field.is_list() {
                self.open(value, cursor, path, written);
            }
            return;
        };
        if field.is_map() {
            return;
        }
        if !field.is_list() {
            return self.message(&descriptor, value, cursor, path, written);
        }
        if self.open(value, cursor, path, written) {
            return;
        }
        let Value::List(items) = value else { return };
        for (index, item) in items.iter_mut().enumerate() {
            let end = self.stack.len();
            let below = self.rules.index(cursor, index, &mut self.stack);
            let written = written.and_then(|written| written.get(index));
            self.message(&descriptor, item, below, &path.join(Token::Index(index)), written);
            self.stack.truncate(end);
        }
    }

    /// Whether the list was opened.
    fn open(&mut self, value: &mut Value, cursor: Cursor, path: &PathExpression, written: Option<&Json>) -> bool {
        if written.is_some() || self.rules.selected(cursor).is_some() {
            return false;
        }
        *value = Value::List(Vec::new());
        self.found.push(path.clone());
        true
    }
}
