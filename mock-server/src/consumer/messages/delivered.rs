//! A message as a consumer gets it.

use countersign_core::generator::{Context, Mode, apply_to_message};
use countersign_core::pact::{Attributes, Interaction, Message};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// What values are made from for a message that is delivered at this moment.
pub(super) fn now() -> Context {
    Context { now: Some(jiff::Zoned::now()), seed: Some(fastrand::u64(..)), mode: Mode::Consumer, ..Context::default() }
}

/// A message as the contract promises it, with generated values in place.
#[derive(Debug, Clone)]
pub struct DeliveredMessage {
    description: String,
    contents: Vec<u8>,
    content_type: Option<String>,
    metadata: Attributes,
}

impl DeliveredMessage {
    pub(super) fn new(interaction: &Interaction, message: &Message) -> Self {
        let message = apply_to_message(message, &now());
        Self {
            description: interaction.description.clone(),
            contents: message.contents.bytes().to_vec(),
            content_type: message.contents.content_type().map(ToString::to_string),
            metadata: message.metadata.into_iter().collect(),
        }
    }

    /// The same message with other contents.
    pub(super) fn with_contents(self, contents: Vec<u8>) -> Self {
        Self { contents, ..self }
    }

    /// What the contract calls it, for handlers that take several.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The contents as they travel.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.contents
    }

    /// The contents read as JSON.
    ///
    /// # Errors
    ///
    /// They are no JSON, or not that of the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.contents)
    }

    /// The media type of the contents, if they have any.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// What travels beside the contents, such as the topic; `None` when nothing was agreed on under that name.
    #[must_use]
    pub fn metadata(&self, name: &str) -> Option<&Json> {
        self.metadata.get(name)
    }

    /// All that travels beside the contents.
    #[must_use]
    pub fn all_metadata(&self) -> &Attributes {
        &self.metadata
    }

    /// The message for a report, in one line.
    pub(super) fn in_short(&self) -> String {
        const MOST: usize = 200;
        let mut text = match std::str::from_utf8(&self.contents) {
            Ok(text) if text.chars().count() <= MOST => text.to_owned(),
            Ok(text) => format!("{}…", text.chars().take(MOST).collect::<String>()),
            Err(_) => format!("{} bytes", self.contents.len()),
        };
        for (name, value) in &self.metadata {
            text.push_str(&format!(", {name}: {value}"));
        }
        text
    }
}
