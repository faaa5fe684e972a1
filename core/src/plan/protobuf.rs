//! Protobuf messages.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::Value as Json;

use super::rule_tree::{Cursor, RuleTree};
use super::walk::Walk;
use super::{MessagePlan, Unexpected};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{ContentType, Message};
use crate::path::{PathExpression, Token};
use crate::protobuf::{DecodeError, decode_actual, decode_expected};
use crate::rule::{Bounds, Category, MatchingRules, Rule, RuleEntry, Typing};
use crate::value::{Map, Value};

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
        let entries: Vec<RuleEntry> =
            rules.of(Category::Body).map(|entry| without_text_rules(descriptor, entry)).collect();
        let mut open = OpenLists { rules: RuleTree::new(&entries), stack: Vec::new(), found: Vec::new() };
        let root = open.rules.root(&mut open.stack);
        open.message(descriptor, &mut expected, root, &PathExpression::root(), expectations);
        let any = |path| RuleEntry { path, rules: Rule::Type(Bounds::default()).into() };
        let opened: Vec<RuleEntry> = open.found.into_iter().map(any).collect();
        let rules = RuleTree::new(entries.iter().chain(&opened));
        Ok(Self { descriptor: descriptor.clone(), expected, rules })
    }

    pub(super) fn check(&self, actual: &[u8], unexpected: Unexpected, found: &mut Vec<Mismatch>) {
        // nothing was said about the message
        if matches!(&self.expected, Value::Map(fields) if fields.is_empty()) {
            return;
        }
        match decode_actual(&self.descriptor, actual, &self.expected) {
            Ok(actual) => found.extend(Walk::run(&self.rules, Typing::Declared, unexpected, &self.expected, &actual)),
            Err(error) => found.push(Mismatch {
                expected: Some(part_at(&self.expected, &error.path).unwrap_or(&self.expected).clone()),
                location: Location::Body { path: error.path },
                problem: Problem::Unreadable { reason: error.reason },
                actual: Some(Value::Bytes(actual.to_vec())),
                rule: None,
            }),
        }
    }
}

/// What was agreed at the place where a message cannot be read.
fn part_at<'a>(expected: &'a Value, path: &str) -> Option<&'a Value> {
    let path = PathExpression::parse(path).ok()?;
    path.tokens().iter().try_fold(expected, |value, token| match (value, token) {
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
}

impl MessagePlan {
    /// Compiles a message whose contents are protobuf of this type, see
    /// [`message_type`](crate::protobuf::message_type).
    ///
    /// # Errors
    ///
    /// The pact's own example is no message of the type.
    pub fn compile_protobuf(message: &Message, descriptor: &MessageDescriptor) -> Result<Self, DecodeError> {
        let plan = ProtobufPlan::compile(descriptor, message.contents.bytes(), &message.rules, None)?;
        let mut compiled = Self::compile(message);
        compiled.protobuf = Some(ProtobufBody { plan, content_type: message.contents.content_type().cloned() });
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
    }
}

/// The same media type, and the same message type where one is named.
fn same_type(expected: &ContentType, actual: &ContentType) -> bool {
    let message = expected.parameter("message");
    expected.essence() == actual.essence() && (message.is_none() || message == actual.parameter("message"))
}

/// Rules on text say nothing of a `bytes` field: any bytes satisfy them, as in the ecosystem's plugin.
fn without_text_rules(descriptor: &MessageDescriptor, entry: &RuleEntry) -> RuleEntry {
    let mut entry = entry.clone();
    if matches!(kind_at(descriptor, entry.path.tokens()), Some(Kind::Bytes)) {
        for rule in &mut entry.rules.rules {
            let is_content_type = matches!(rule, Rule::ContentType(_));
            if is_content_type || matches!(rule, Rule::Regex(_) | Rule::Include(_)) {
                *rule = Rule::Type(Bounds::default());
            }
        }
    }
    entry
}

/// The kind of the value at a path: of a field, a list's item or a map's value.
fn kind_at(descriptor: &MessageDescriptor, path: &[Token]) -> Option<Kind> {
    let (Token::Field(name), mut rest) = path.split_first()? else { return None };
    let field = descriptor.get_field_by_name(name)?;
    let mut kind = field.kind();
    if (field.is_map() || field.is_list())
        && let Some((_, below)) = rest.split_first()
    {
        rest = below;
    }
    if field.is_map()
        && let Kind::Message(entry) = &kind
    {
        kind = entry.map_entry_value_field().kind();
    }
    match kind {
        _ if rest.is_empty() => Some(kind),
        Kind::Message(descriptor) => kind_at(&descriptor, rest),
        _ => None,
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
        for (name, value) in &mut *fields {
            let Some(field) = descriptor.get_field_by_name(name) else { continue };
            let end = self.stack.len();
            let below = self.rules.key(cursor, name, &mut self.stack);
            let path = path.join(Token::Field(name.clone()));
            self.field(&field, value, below, &path, written.and_then(|written| written.get(name)));
            self.stack.truncate(end);
        }
        self.add_empty_lists(descriptor, fields, cursor, written);
    }

    /// A list that was written as empty leaves no bytes, yet it says that nothing may come.
    fn add_empty_lists(
        &mut self,
        descriptor: &MessageDescriptor,
        fields: &mut Map,
        cursor: Cursor,
        written: Option<&Json>,
    ) {
        for (name, _) in
            written.and_then(Json::as_object).into_iter().flatten().filter(|(_, value)| is_empty_list(value))
        {
            let is_list = descriptor.get_field_by_name(name).is_some_and(|field| field.is_list());
            let end = self.stack.len();
            let below = self.rules.key(cursor, name, &mut self.stack);
            if is_list && !fields.contains_key(name) && self.rules.selected(below).is_none() {
                fields.insert(name.clone(), Value::List(Vec::new()));
            }
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

fn is_empty_list(json: &Json) -> bool {
    json.as_array().is_some_and(Vec::is_empty)
}
