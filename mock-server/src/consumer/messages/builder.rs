//! Messages in the making; their types say what is still missing.

use std::path::{Path, PathBuf};

use countersign_core::pact::{Interaction, InteractionKind, SynchronousMessage as Exchange};
use countersign_core::protobuf::Schema;
use serde::Serialize;

use super::payload::Payload;
use super::protobuf::{self, Declared};
use crate::consumer::Xml;
use crate::consumer::about::{About, about_methods};
use crate::consumer::text::{TextPattern, to_json};

/// A message of which the contents are still missing.
#[derive(Debug, Clone, Default)]
#[must_use = "a message needs contents"]
pub struct Message {
    about: About,
    payload: Payload,
    proto_includes: Vec<PathBuf>,
}

/// A message with all that it needs.
#[derive(Debug, Clone)]
#[must_use = "a message takes part in a contract once it is handed to it"]
pub struct WrittenMessage {
    about: About,
    payload: Payload,
    protobuf: Option<Declared>,
}

about_methods!(Message);

impl Message {
    /// A message whose `.proto` files may be imported from these folders.
    pub(super) fn with_proto_includes(proto_includes: Vec<PathBuf>) -> Self {
        Self { proto_includes, ..Self::default() }
    }

    fn written(self, payload: impl FnOnce(Payload) -> Payload) -> WrittenMessage {
        WrittenMessage { about: self.about, payload: payload(self.payload), protobuf: None }
    }

    /// What travels beside the contents, such as a topic or a key: a plain value or a matcher.
    ///
    /// # Panics
    ///
    /// When it is said twice, or a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.payload.set_metadata(name.into(), &to_json(value));
        self
    }

    /// Contents in JSON, with the members that the consumer relies on and matchers anywhere in them. Their content type is
    /// `application/json` unless the metadata `contentType` says another.
    ///
    /// # Panics
    ///
    /// When the value cannot be written as JSON, or a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn json(self, contents: impl Serialize) -> WrittenMessage {
        self.written(|payload| payload.json(contents))
    }

    /// A text or a matcher on one.
    ///
    /// # Panics
    ///
    /// When a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn text(self, contents: impl Into<TextPattern>) -> WrittenMessage {
        self.written(|payload| payload.text(contents))
    }

    /// Contents in XML: a text, or an [`element`](crate::consumer::element) with matchers.
    ///
    /// # Panics
    ///
    /// When the text is no well-formed XML, or a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn xml(self, contents: impl Into<Xml>) -> WrittenMessage {
        self.written(|payload| payload.xml(contents))
    }

    /// Exactly these bytes, with their content type.
    ///
    /// # Panics
    ///
    /// When the content type says JSON or XML, and the bytes are none (not being UTF-8, for one).
    #[track_caller]
    pub fn body(self, contents: impl Into<Vec<u8>>, content_type: &str) -> WrittenMessage {
        self.written(|payload| payload.body(contents, content_type))
    }

    /// Any contents of this media type, told from their first bytes; these are the example.
    ///
    /// # Panics
    ///
    /// As [`body`](Self::body).
    #[track_caller]
    pub fn body_like(self, contents: impl Into<Vec<u8>>, content_type: &str) -> WrittenMessage {
        self.written(|payload| payload.body_like(contents, content_type))
    }

    /// Nothing is agreed on about the contents; the metadata says it all, as for a record that marks a key as deleted.
    pub fn without_contents(self) -> WrittenMessage {
        self.written(|payload| payload)
    }

    /// Contents in protobuf: a message of this type, such as `shop.v1.OrderPlaced`, with the fields that the consumer relies on
    /// and matchers anywhere in them, as in gRPC calls. The `.proto` file that declares it is taken from the package's
    /// directory, where tests run; it is compiled here and now, and travels with the pact. The content type is
    /// `application/protobuf` with the type as its parameter `message`, unless the metadata `contentType`, said before, is
    /// another.
    ///
    /// # Panics
    ///
    /// When the file does not compile or does not have the type, or a value does not fit its field or its own matcher.
    #[track_caller]
    pub fn protobuf(self, proto: impl AsRef<Path>, message_type: &str, contents: impl Serialize) -> WrittenMessage {
        let Self { about, mut payload, proto_includes } = self;
        let (message, declared) = protobuf::write(proto.as_ref(), &proto_includes, message_type, &to_json(contents));
        payload.put(message);
        WrittenMessage { about, payload, protobuf: Some(declared) }
    }
}

impl WrittenMessage {
    /// The interaction, and the schema of its contents where they are protobuf.
    pub(super) fn build(self, description: String) -> (Interaction, Option<Schema>) {
        let message = self.payload.build();
        let mut interaction = Interaction::new(description, InteractionKind::AsynchronousMessage(Box::new(message)));
        self.about.say(&mut interaction);
        let schema = self.protobuf.map(|declared| declared.say(&mut interaction));
        (interaction, schema)
    }
}

/// A message with responses of which the request is still missing.
#[derive(Debug, Clone, Default)]
#[must_use = "a message with responses needs a request and a response"]
pub struct SynchronousMessage {
    about: About,
}

/// A message with responses of which the response is still missing.
#[derive(Debug, Clone)]
#[must_use = "a message with responses needs a response"]
pub struct RequestedMessage {
    about: About,
    request: Payload,
}

/// A message with its responses.
#[derive(Debug, Clone)]
#[must_use = "a message takes part in a contract once it is handed to it"]
pub struct AnsweredMessage {
    about: About,
    request: Payload,
    responses: Vec<Payload>,
}

about_methods!(SynchronousMessage);

impl SynchronousMessage {
    /// What the consumer sends: a [`payload`](super::payload), or JSON.
    ///
    /// # Panics
    ///
    /// When it has no contents.
    #[track_caller]
    pub fn request(self, request: impl Into<Payload>) -> RequestedMessage {
        let request = request.into();
        assert!(!request.is_without_contents(), "a message that is answered needs contents");
        RequestedMessage { about: self.about, request }
    }
}

impl RequestedMessage {
    /// What the provider answers: a [`payload`](super::payload), or JSON.
    #[track_caller]
    pub fn response(self, response: impl Into<Payload>) -> AnsweredMessage {
        AnsweredMessage { about: self.about, request: self.request, responses: vec![response.into()] }
    }
}

impl AnsweredMessage {
    /// What the provider answers besides, after what was said before.
    #[track_caller]
    pub fn response(mut self, response: impl Into<Payload>) -> Self {
        self.responses.push(response.into());
        self
    }

    pub(super) fn build(self, description: String) -> Interaction {
        let responses = self.responses.into_iter().map(Payload::build).collect();
        let exchange = Exchange { request: self.request.build(), responses };
        let mut interaction = Interaction::new(description, InteractionKind::SynchronousMessage(Box::new(exchange)));
        self.about.say(&mut interaction);
        interaction
    }
}
