//! Answers to calls, made ready before the first call comes.

use bytes::{Bytes, BytesMut};
use countersign_core::protobuf::{GrpcCall, StatusCode};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use indexmap::IndexMap;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::frame;
use crate::server::answer_body::AnswerBody;

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// What `grpc-message` must not hold as it is (gRPC over HTTP/2, "Status-Message"); other than ASCII is always encoded.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%');

/// Clients refuse large headers, and what has to be said can be said in this many bytes.
const LONGEST_MESSAGE: usize = 4_000;

/// An agreed answer, ready to be sent any number of times.
#[derive(Debug)]
pub(super) struct GrpcAnswer {
    headers: HeaderMap,
    messages: Bytes,
    trailers: Option<HeaderMap>,
}

impl GrpcAnswer {
    /// The messages that were agreed on with their metadata, or the failure.
    pub(super) fn prepare(call: &GrpcCall) -> Result<Self, String> {
        let mut headers = call_headers();
        let mut messages = BytesMut::new();
        for response in &call.responses {
            add_metadata(&mut headers, &response.metadata)?;
            if response.status.is_none() {
                frame::write(&mut messages, &response.bytes);
            }
        }
        let (code, message) = match call.expected_status() {
            Some(status) => (status.code, status.message.as_deref().unwrap_or_default()),
            None => (StatusCode::OK, ""),
        };
        let mut answer = Self { headers, messages: messages.freeze(), trailers: None };
        if code == StatusCode::OK || !answer.messages.is_empty() {
            answer.trailers = Some(status_fields(HeaderMap::new(), code, message));
        } else {
            answer.headers = status_fields(answer.headers, code, message);
        }
        Ok(answer)
    }

    pub(super) fn response(&self) -> Response<AnswerBody> {
        let body = match &self.trailers {
            Some(trailers) => AnswerBody::with_trailers(self.messages.clone(), trailers.clone()),
            None => AnswerBody::default(),
        };
        let mut response = Response::new(body);
        *response.headers_mut() = self.headers.clone();
        response
    }
}

/// A failure that carries nothing but its code and message.
pub(super) fn failure(code: StatusCode, message: &str) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::default());
    *response.headers_mut() = status_fields(call_headers(), code, message);
    response
}

fn call_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers
}

fn add_metadata(headers: &mut HeaderMap, metadata: &IndexMap<String, String>) -> Result<(), String> {
    for (name, value) in metadata {
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{name:?} is no metadata name"))?;
        let value =
            HeaderValue::from_str(value).map_err(|_| format!("{value:?} is no value for the metadata {name}"))?;
        headers.insert(header, value);
    }
    Ok(())
}

fn status_fields(mut fields: HeaderMap, code: StatusCode, message: &str) -> HeaderMap {
    fields.insert(STATUS, HeaderValue::from(code.number()));
    if !message.is_empty() {
        let mut encoded = utf8_percent_encode(message, ENCODED).to_string();
        truncate(&mut encoded);
        let value = HeaderValue::from_str(&encoded).expect("percent-encoding leaves visible ASCII and spaces only");
        fields.insert(MESSAGE, value);
    }
    fields
}

/// Cuts a percent-encoded text without leaving half a `%XX`.
fn truncate(encoded: &mut String) {
    if encoded.len() <= LONGEST_MESSAGE {
        return;
    }
    encoded.truncate(LONGEST_MESSAGE);
    if let Some(at) = encoded.rfind('%').filter(|at| at + 3 > encoded.len()) {
        encoded.truncate(at);
    }
    encoded.push_str("...");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        failure(StatusCode::UNKNOWN, text).headers()[MESSAGE].to_str().unwrap().to_owned()
    }

    #[test]
    fn status_messages_travel_percent_encoded() {
        for (text, encoded) in [("no such sku", "no such sku"), ("100 %", "100 %25"), ("ä\n", "%C3%A4%0A")] {
            assert_eq!(message(text), encoded);
        }
        let long = message(&"ä".repeat(2_000));
        assert!(long.len() <= LONGEST_MESSAGE + 3 && long.ends_with("..."), "{}", long.len());
        let encoded = long.trim_end_matches("...");
        assert_eq!(encoded.len() % 3, 0, "no half of a %XX");
    }
}
