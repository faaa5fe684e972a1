//! A provider of messages: handlers in this process, or over HTTP, where `POST / {"description": …}` brings the message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use countersign_core::generator::{Context, apply_to_message};
use countersign_core::pact::{Attributes, Interaction, InteractionKind, Message};
use countersign_core::plan::{MessagePlan, ReceivedMessage, Unexpected};
use http::HeaderMap;
use serde_json::{Value as Json, json};

use super::client::Answer;
use super::http::HttpProvider;
use super::message_handlers::{MessageCall, MessageHandlers, ProducedMessage};
use crate::outcome::Finding;

/// The header with the message's metadata as base64 of a JSON object.
const METADATA: &str = "pact-message-metadata";

/// Where messages come from: handlers in this process first, then the provider over HTTP.
#[derive(Clone, Copy)]
pub(crate) struct MessageSource<'r, 'a> {
    pub(crate) handlers: &'r MessageHandlers<'a>,
    pub(crate) http: &'r HttpProvider<'a>,
}

impl MessageSource<'_, '_> {
    /// Asks for a message, or for the answers to one, and compares.
    ///
    /// # Errors
    ///
    /// Why there was no message, in words.
    pub(crate) async fn replay(
        &self,
        interaction: &Interaction,
        plans: &[MessagePlan],
        context: &Context,
        extra: &HeaderMap,
    ) -> Result<Vec<Finding>, String> {
        let made = if self.handlers.has(&interaction.description) {
            self.handlers.make(call(interaction, context)).await?
        } else if self.handlers.is_empty() || self.http.has_address() {
            self.asked(interaction, context, extra).await?
        } else {
            let (description, known) = (&interaction.description, self.handlers.known());
            return Err(format!("no handler makes the message '{description}'; there are handlers for {known}"));
        };
        let received = ReceivedMessage { contents: &made.contents, metadata: made.metadata };
        // one exchange brings one message, so where several answers were agreed on, it has to be like each of them
        let agreed = match &interaction.kind {
            InteractionKind::AsynchronousMessage(message) => std::slice::from_ref(&**message),
            InteractionKind::SynchronousMessage(call) => &call.responses,
            InteractionKind::Http(_) => &[],
        };
        let found = plans.iter().zip(agreed).flat_map(|(plan, agreed)| {
            let found = plan.check(&received, Unexpected::Allowed);
            found.into_iter().map(|mismatch| Finding::beside(mismatch, &agreed.contents, received.contents))
        });
        Ok(found.collect())
    }

    async fn asked(
        &self,
        interaction: &Interaction,
        context: &Context,
        extra: &HeaderMap,
    ) -> Result<ProducedMessage, String> {
        let answer = self.http.ask_json(&question(interaction, context), extra).await?;
        if !answer.status.is_success() {
            let said = crate::mask::excerpt(&answer.body);
            return Err(format!("the provider answered {} instead of a message: {said}", answer.status));
        }
        let metadata = metadata(&answer)?;
        Ok(ProducedMessage { contents: answer.body, metadata })
    }
}

fn call(interaction: &Interaction, context: &Context) -> MessageCall {
    let mut question = question(interaction, context);
    MessageCall {
        description: interaction.description.clone(),
        states: interaction.provider_states.clone(),
        request: question.get_mut("request").map(Json::take),
    }
}

/// What the provider is asked: the description, the states, and for synchronous messages the request.
fn question(interaction: &Interaction, context: &Context) -> Json {
    let mut question = json!({ "description": interaction.description });
    if !interaction.provider_states.is_empty() {
        let state =
            |state: &countersign_core::pact::ProviderState| json!({ "name": state.name, "params": state.params });
        question["providerStates"] = interaction.provider_states.iter().map(state).collect();
    }
    if let InteractionKind::SynchronousMessage(message) = &interaction.kind {
        question["request"] = request(&apply_to_message(&message.request, context));
    }
    question
}

fn request(message: &Message) -> Json {
    let mut json = json!({});
    if let Some(contents) = message.contents.contents() {
        let is_json = contents.content_type.as_ref().is_some_and(|content_type| content_type.is_json());
        let (content, encoded) = match (serde_json::from_slice(&contents.bytes), std::str::from_utf8(&contents.bytes)) {
            (Ok(json), _) if is_json => (json, Json::Bool(false)),
            (_, Ok(text)) => (Json::from(text), Json::Bool(false)),
            _ => (Json::from(BASE64.encode(&contents.bytes)), Json::from("base64")),
        };
        json["contents"] = json!({ "content": content, "encoded": encoded });
        if let Some(content_type) = &contents.content_type {
            json["contents"]["contentType"] = content_type.as_str().into();
        }
    }
    if !message.metadata.is_empty() {
        let metadata = message.metadata.iter().map(|(name, value)| (name.clone(), value.clone()));
        json["metadata"] = Json::Object(metadata.collect());
    }
    json
}

/// The metadata header's entries and the content type.
fn metadata(answer: &Answer) -> Result<Attributes, String> {
    let mut metadata = match answer.headers.get(METADATA) {
        None => Attributes::new(),
        Some(value) => {
            let decoded = BASE64.decode(value.as_bytes()).map_err(|error| error.to_string());
            let parsed = decoded.and_then(|json| serde_json::from_slice(&json).map_err(|error| error.to_string()));
            parsed.map_err(|reason| {
                format!("the provider's {METADATA} header is not the base64 text of a JSON object: {reason}")
            })?
        }
    };
    let stated =
        metadata.keys().any(|name| matches!(name.to_ascii_lowercase().as_str(), "contenttype" | "content-type"));
    if let (false, Some(content_type)) = (stated, content_type(&answer.headers)) {
        metadata.insert("contentType".to_owned(), content_type.into());
    }
    Ok(metadata)
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(http::header::CONTENT_TYPE)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(metadata: Option<&str>, content_type: Option<&'static str>) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(metadata) = metadata {
            headers.insert(METADATA, metadata.parse().unwrap());
        }
        if let Some(content_type) = content_type {
            headers.insert("content-type", content_type.parse().unwrap());
        }
        Answer { status: http::StatusCode::OK, headers, body: bytes::Bytes::new() }
    }

    #[test]
    fn metadata_comes_from_two_headers() {
        let encoded = BASE64.encode(r#"{"topic":"orders"}"#);
        let read = |metadata, content_type| metadata_json(&answer(metadata, content_type));
        assert_eq!(read(None, None), Ok(json!({})));
        assert_eq!(read(None, Some("text/plain")), Ok(json!({ "contentType": "text/plain" })));
        assert_eq!(
            read(Some(&encoded), Some("application/json")),
            Ok(json!({ "topic": "orders", "contentType": "application/json" }))
        );
        let stated = BASE64.encode(r#"{"contentType":"a/b"}"#);
        assert_eq!(read(Some(&stated), Some("application/json")), Ok(json!({ "contentType": "a/b" })));
        assert!(read(Some("not base64"), None).is_err());
    }

    fn metadata_json(answer: &Answer) -> Result<Json, String> {
        metadata(answer).map(Json::Object)
    }
}
