//! What a contract says of a call beyond its messages: how streams are compared, and whether fields have to arrive.

use std::time::Duration;

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::{Method, StatusCode};

/// The version of the form in which streams are written; a pact with another one is refused.
const VERSION: u64 = 1;

/// In what way the messages that a provider streams have to be those that were agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sequence {
    /// These messages and no others, then the end.
    #[default]
    Exact,
    /// These messages first. What follows is not looked at, and the stream need not end.
    AtLeast,
    /// These messages in this order; others may come before, between and after. The stream need not end.
    InOrder,
}

impl Sequence {
    const NAMES: [(Self, &'static str); 3] =
        [(Self::Exact, "exact"), (Self::AtLeast, "atLeast"), (Self::InOrder, "inOrder")];

    /// The name in pact files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(sequence, _)| *sequence == self).map_or("exact", |(_, name)| name)
    }

    fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(sequence, _)| *sequence)
    }
}

/// One step of a conversation in which both sides stream, as the consumer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The consumer sends its next message.
    Send,
    /// The consumer receives the next message.
    Receive,
}

/// How a stream is told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamTerms {
    /// How responses are compared.
    pub sequence: Sequence,
    /// Who speaks when; empty when all requests come before all responses.
    pub order: Vec<Step>,
    /// How long the provider may take for what was agreed on; the verifier's own time-out by default.
    pub within: Option<Duration>,
}

/// Whether the fields of an example have to arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Presence {
    /// What the example sets has to arrive. A field whose example is its own default cannot, and need not.
    #[default]
    Required,
    /// A field that does not arrive has its default, and rules are asked of that.
    Open,
}

/// What a call's author says beyond its first request and its outcome. The default is a plain unary call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CallTerms {
    /// Further requests of a client's stream.
    pub further_requests: Vec<Json>,
    /// The failure that ends a stream after its messages.
    pub failure: Option<(StatusCode, Option<Json>)>,
    /// The details of a failure: a serialised `google.rpc.Status`.
    pub details: Option<Vec<u8>>,
    /// Metadata that comes after the messages.
    pub trailers: IndexMap<String, Json>,
    /// How a stream is told.
    pub stream: StreamTerms,
    /// Whether the fields of the responses have to arrive.
    pub presence: Presence,
}

/// What stands behind `#` in a streaming method's name, so that other tools do not take it for a unary call.
pub(super) fn suffix(method: &Method) -> Option<&'static str> {
    match (method.is_client_streaming(), method.is_server_streaming()) {
        (false, false) => None,
        (false, true) => Some("server-streaming"),
        (true, false) => Some("client-streaming"),
        (true, true) => Some("bidi-streaming"),
    }
}

impl StreamTerms {
    pub(super) fn to_json(&self, method: &Method, requests: Vec<Json>) -> Json {
        let mut json = json!({
            "version": VERSION,
            "mode": suffix(method).unwrap_or_default().trim_end_matches("-streaming"),
            "method": method.pact_name(),
            "responses": self.sequence.name(),
        });
        if !requests.is_empty() {
            json["requests"] = Json::Array(requests);
        }
        if !self.order.is_empty() {
            let (mut sent, mut received) = (0, 0);
            let count = |counter: &mut usize, prefix: &str| {
                let text = format!("{prefix}{counter}");
                *counter += 1;
                Json::from(text)
            };
            let name = |step: &Step| match step {
                Step::Send => count(&mut sent, "c"),
                Step::Receive => count(&mut received, "s"),
            };
            json["order"] = self.order.iter().map(name).collect();
        }
        if let Some(within) = self.within {
            json["within"] = u64::try_from(within.as_millis()).unwrap_or(u64::MAX).into();
        }
        json
    }

    /// Reads what a pact says of a stream.
    ///
    /// # Errors
    ///
    /// What this version does not understand.
    pub(super) fn from_json(json: &Json) -> Result<Self, String> {
        let version = json.get("version").and_then(Json::as_u64);
        if version != Some(VERSION) {
            let found = json.get("version").map_or_else(|| "none".to_owned(), Json::to_string);
            return Err(format!("it is written in version {found}, and this reads version {VERSION}"));
        }
        let sequence = match json.get("responses").map(|name| name.as_str().and_then(Sequence::parse).ok_or(name)) {
            None => Sequence::Exact,
            Some(Ok(sequence)) => sequence,
            Some(Err(name)) => return Err(format!("its responses are compared as {name}, which means nothing here")),
        };
        let steps = json.get("order").and_then(Json::as_array).into_iter().flatten();
        let step = |step: &Json| match step.as_str().and_then(|text| text.chars().next()) {
            Some('c') => Ok(Step::Send),
            Some('s') => Ok(Step::Receive),
            _ => Err(format!("the step {step} is neither c0, c1, … nor s0, s1, …")),
        };
        let order = steps.map(step).collect::<Result<_, _>>()?;
        let within = json.get("within").and_then(Json::as_u64).map(Duration::from_millis);
        Ok(Self { sequence, order, within })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_refused() {
        for (json, reason) in [
            (json!({}), "it is written in version none, and this reads version 1"),
            (json!({ "version": 2 }), "it is written in version 2, and this reads version 1"),
            (
                json!({ "version": 1, "responses": "some" }),
                "its responses are compared as \"some\", which means nothing here",
            ),
            (json!({ "version": 1, "order": ["x0"] }), "the step \"x0\" is neither c0, c1, … nor s0, s1, …"),
        ] {
            assert_eq!(StreamTerms::from_json(&json), Err(reason.to_owned()), "{json}");
        }
        assert_eq!(StreamTerms::from_json(&json!({ "version": 1 })), Ok(StreamTerms::default()));
    }
}
