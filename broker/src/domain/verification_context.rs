//! What a verifier was told when it fetched a pact, carried in the pact's address and handed back with the result.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Why and how a pact was handed out for verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerificationContext {
    /// The consumer versions (rows) whose pact this is.
    pub consumer_versions: Vec<i64>,
    /// Whether the pact was pending; `None` when the verifier did not ask.
    pub pending: Option<bool>,
    /// Whether it was handed out as work in progress.
    pub wip: bool,
}

impl VerificationContext {
    /// The context as one path segment.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut members = json!({ "cv": self.consumer_versions });
        if let Some(pending) = self.pending {
            members["p"] = pending.into();
        }
        if self.wip {
            members["w"] = true.into();
        }
        URL_SAFE_NO_PAD.encode(members.to_string())
    }

    /// Reads a segment back. What cannot be read counts as nothing said: results must not be lost over it.
    #[must_use]
    pub fn decode(segment: &str) -> Self {
        let Some(members) = URL_SAFE_NO_PAD
            .decode(segment)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        else {
            return Self::default();
        };
        let consumer_versions = members.get("cv").and_then(Value::as_array);
        Self {
            consumer_versions: consumer_versions
                .into_iter()
                .flatten()
                .filter_map(Value::as_i64)
                .collect(),
            pending: members.get("p").and_then(Value::as_bool),
            wip: members.get("w").and_then(Value::as_bool).unwrap_or(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_comes_back() {
        for context in [
            VerificationContext::default(),
            VerificationContext {
                consumer_versions: vec![3, 99],
                pending: Some(true),
                wip: true,
            },
            VerificationContext {
                consumer_versions: vec![1],
                pending: Some(false),
                wip: false,
            },
        ] {
            assert_eq!(VerificationContext::decode(&context.encode()), context);
        }
        assert_eq!(
            VerificationContext::decode("not base64!"),
            VerificationContext::default()
        );
        assert_eq!(
            VerificationContext::decode("W10"),
            VerificationContext::default()
        );
    }
}
