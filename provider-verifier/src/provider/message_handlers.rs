//! Messages that the test's own process makes.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use bytes::Bytes;
use countersign_core::pact::{Attributes, ProviderState};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::Value as Json;

use super::panic_text;
use crate::state::StateError;

/// A message that a consumer relies on, as a handler is asked for it.
#[derive(Debug, Clone)]
pub struct MessageCall {
    pub(super) description: String,
    pub(super) states: Vec<ProviderState>,
    pub(super) request: Option<Json>,
}

impl MessageCall {
    /// The message's description.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The states that were set up for it.
    #[must_use]
    pub fn states(&self) -> &[ProviderState] {
        &self.states
    }

    /// For a message that answers another one, that other one:
    /// `{"contents": {"content", "encoded", "contentType"}, "metadata": {…}}`.
    #[must_use]
    pub fn request(&self) -> Option<&Json> {
        self.request.as_ref()
    }
}

/// A message as the provider would send it. JSON converts into one.
///
/// ```
/// use countersign_provider_verifier::ProducedMessage;
/// use serde_json::json;
///
/// let message = ProducedMessage::json(json!({ "orderId": "ord_456" })).metadata("topic", "order.placed");
/// let bytes = ProducedMessage::new("application/octet-stream", vec![1, 2, 3]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct ProducedMessage {
    pub(super) contents: Bytes,
    pub(super) metadata: Attributes,
}

impl ProducedMessage {
    /// A message of these contents, whose metadata says its content type.
    pub fn new(content_type: impl Into<String>, contents: impl Into<Bytes>) -> Self {
        let message = Self { contents: contents.into(), metadata: Attributes::new() };
        message.metadata("contentType", content_type.into())
    }

    /// A message of JSON.
    pub fn json(contents: impl Into<Json>) -> Self {
        Self::new("application/json", contents.into().to_string())
    }

    /// Adds an entry to its metadata. Default: the content type alone.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Json>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }
}

impl From<Json> for ProducedMessage {
    fn from(contents: Json) -> Self {
        Self::json(contents)
    }
}

type Handler<'a> = Box<dyn Fn(MessageCall) -> BoxFuture<'a, Result<ProducedMessage, String>> + Send + Sync + 'a>;

/// Handlers by the description of the message they make.
#[derive(Default)]
pub(crate) struct MessageHandlers<'a>(BTreeMap<String, Handler<'a>>);

impl<'a> MessageHandlers<'a> {
    pub(crate) fn add<F, R, M>(&mut self, description: String, handler: F)
    where
        F: Fn(MessageCall) -> R + Send + Sync + 'a,
        R: Future<Output = Result<M, StateError>> + Send + 'a,
        M: Into<ProducedMessage>,
    {
        let boxed: Handler<'a> =
            Box::new(move |call| handler(call).map(|made| made.map(Into::into).map_err(StateError::into_text)).boxed());
        self.0.insert(description, boxed);
    }

    pub(super) fn has(&self, description: &str) -> bool {
        self.0.contains_key(description)
    }

    /// The descriptions there are handlers for, in words.
    pub(super) fn known(&self) -> String {
        self.0.keys().map(|known| format!("'{known}'")).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The message of a handler that [`has`](Self::has) found.
    ///
    /// # Errors
    ///
    /// Why the handler made none, in words.
    pub(super) async fn make(&self, call: MessageCall) -> Result<ProducedMessage, String> {
        let description = call.description.clone();
        let Some(handler) = self.0.get(&description) else {
            return Err(format!("no handler makes the message '{description}'"));
        };
        let made = AssertUnwindSafe(async { handler(call).await }).catch_unwind().await;
        match made {
            Ok(made) => made.map_err(|reason| format!("the handler of the message '{description}' failed: {reason}")),
            Err(panic) => Err(format!("the handler of the message '{description}' panicked: {}", panic_text(&*panic))),
        }
    }
}
