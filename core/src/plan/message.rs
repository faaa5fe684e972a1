//! A message's contents and metadata.

use super::body::{BodyPlan, ReceivedBody};
use super::protobuf::ProtobufBody;
use super::rule_tree::{RuleTree, Selected};
use super::{Unexpected, scalar};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{Attributes, ContentType, Message};
use crate::rule::{Category, Typing};
use crate::value::Value;

/// A message as it came.
#[derive(Debug, Clone)]
pub struct ReceivedMessage<'a> {
    /// Its contents.
    pub contents: &'a [u8],
    /// What came beside them; `contentType` or `content-type` says what the contents are.
    pub metadata: Attributes,
}

/// A message, ready to be compared with many.
#[derive(Debug, Clone)]
pub struct MessagePlan {
    contents: BodyPlan,
    /// Takes the place of `contents` where the schema is known.
    pub(super) protobuf: Option<ProtobufBody>,
    metadata: Vec<(String, Value)>,
    rules: RuleTree,
}

impl MessagePlan {
    /// Compiles a message.
    #[must_use]
    pub fn compile(message: &Message) -> Self {
        let metadata = message
            .metadata
            .iter()
            .filter(|(key, _)| !is_content_type(key))
            .map(|(key, value)| (key.clone(), Value::from(value.clone())));
        Self {
            contents: BodyPlan::compile(&message.contents, &message.rules),
            protobuf: None,
            metadata: metadata.collect(),
            rules: RuleTree::new(message.rules.of(Category::Metadata)),
        }
    }

    /// Compiles the metadata of a call, where `content-type` is an entry like any other.
    pub(super) fn compile_call(message: &Message) -> Self {
        let all = message.metadata.iter().map(|(key, value)| (key.clone(), Value::from(value.clone())));
        Self { metadata: all.collect(), ..Self::compile(message) }
    }

    /// Whether any metadata was agreed on.
    pub(super) fn has_metadata(&self) -> bool {
        !self.metadata.is_empty()
    }

    /// All differences between what was agreed and what came; `unexpected` says what to make of members that were not
    /// agreed on.
    #[must_use]
    pub fn check(&self, received: &ReceivedMessage<'_>, unexpected: Unexpected) -> Vec<Mismatch> {
        let mut found = Vec::new();
        let content_type = received
            .metadata
            .iter()
            .find(|(key, _)| is_content_type(key))
            .and_then(|(_, value)| value.as_str())
            .map(ContentType::new);
        if let Some(protobuf) = &self.protobuf {
            protobuf.check(received.contents, content_type.as_ref(), unexpected, &mut found);
            self.check_metadata(&received.metadata, &mut found);
            return found;
        }
        let contents = ReceivedBody {
            bytes: received.contents,
            content_type: content_type.as_ref(),
            type_allowed: false,
            parsed: None,
        };
        self.contents.check(&contents, unexpected, &mut found);
        self.check_metadata(&received.metadata, &mut found);
        found
    }

    /// All differences between agreed and actual metadata; entries that were not agreed on do no harm.
    pub fn check_metadata(&self, actual: &Attributes, found: &mut Vec<Mismatch>) {
        for (key, expected) in &self.metadata {
            let mismatch = |problem, actual: Option<Value>| Mismatch {
                location: Location::Metadata { key: key.clone() },
                problem,
                expected: Some(expected.clone()),
                actual,
                rule: None,
            };
            let Some((_, actual)) = actual.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) else {
                // what the transport says of its own contents need not be known here
                if !is_content_type(key) {
                    found.push(mismatch(Problem::Missing, None));
                }
                continue;
            };
            let actual = Value::from(actual.clone());
            let mut stack = Vec::new();
            let root = self.rules.root(&mut stack);
            let cursor = self.rules.key(root, key, &mut stack);
            match self.rules.selected(cursor) {
                Some(Selected { list, .. }) => {
                    scalar::check_list(list, expected, &actual, Typing::Textual, |problem, rule| {
                        let mut mismatch = mismatch(problem, Some(actual.clone()));
                        mismatch.rule = Some(rule.clone());
                        found.push(mismatch);
                    });
                }
                None if *expected == actual => {}
                None => found.push(mismatch(Problem::NotEqual, Some(actual))),
            }
        }
    }
}

fn is_content_type(key: &str) -> bool {
    key.eq_ignore_ascii_case("contenttype") || key.eq_ignore_ascii_case("content-type")
}
