//! What travels in one message: contents and metadata.

use countersign_core::pact::{Body, ContentType, Message};
use countersign_core::pattern::Pattern;
use countersign_core::rule::Category;
use serde::Serialize;
use serde_json::Value as Json;

use crate::consumer::bodies::{Part, Stated, body_methods, is_content_type};
use crate::consumer::text::to_json;

/// A message's contents and metadata in the making, see [`payload`].
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use = "a payload takes part in a contract once it is handed to `request` or `response`"]
pub struct Payload {
    message: Message,
}

/// What travels in a message with responses. A JSON value is a payload as well.
///
/// ```
/// use countersign_mock_server::prelude::*;
/// use serde_json::json;
///
/// let answer = payload().metadata("topic", "prices").json(json!({ "amount": decimal(29.99) }));
/// # let _ = answer;
/// ```
pub fn payload() -> Payload {
    Payload::default()
}

impl From<Json> for Payload {
    #[track_caller]
    fn from(json: Json) -> Self {
        payload().json(json)
    }
}

body_methods!(Payload);

impl Payload {
    /// What travels beside the contents, such as a topic or a key: a plain value or a matcher.
    ///
    /// # Panics
    ///
    /// When it is said twice, or a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.set_metadata(name.into(), &to_json(value));
        self
    }

    #[track_caller]
    pub(super) fn set_metadata(&mut self, name: String, value: &Json) {
        let pattern = match Pattern::parse(value) {
            Ok(pattern) => pattern,
            Err(error) => panic!("the metadata {name:?} cannot be used: {error}"),
        };
        let Message { metadata, rules, generators, .. } = &mut self.message;
        assert!(!metadata.contains_key(&name), "the metadata {name:?} is said twice");
        pattern.add_to(Category::Metadata, Some(&name), rules, generators);
        metadata.insert(name, pattern.example);
    }

    /// Contents that were written elsewhere, with what is said of them. A content type that was said before is theirs.
    #[track_caller]
    pub(super) fn put(&mut self, written: Message) {
        let Message { contents, metadata, rules, generators, .. } = &mut self.message;
        *contents = written.contents;
        for entry in written.rules.of(Category::Body) {
            rules.add(Category::Body, entry.path.clone(), entry.rules.clone());
        }
        for entry in written.generators.iter() {
            generators.add(&entry.category, entry.key.as_str(), entry.generator.clone());
        }
        let stated = metadata.iter().find(|(name, _)| is_content_type(name)).and_then(|(_, value)| value.as_str());
        match (stated, contents) {
            (None, _) => metadata.extend(written.metadata),
            (Some(stated), Body::Present(contents)) => contents.content_type = Some(ContentType::new(stated)),
            (Some(_), _) => {}
        }
    }

    pub(super) fn part(&mut self) -> Part<'_> {
        let Message { contents, metadata, rules, generators, .. } = &mut self.message;
        Part { stated: Stated::Metadata(metadata), body: contents, rules, generators }
    }

    pub(super) fn is_without_contents(&self) -> bool {
        self.message.contents == Body::Missing
    }

    pub(super) fn build(mut self) -> Message {
        // the order in which metadata was said means nothing, and two tests may differ in it
        self.message.metadata.sort_keys();
        self.message
    }
}
