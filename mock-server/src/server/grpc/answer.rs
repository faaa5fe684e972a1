//! Answers to calls, made ready before the first call comes.

use bytes::{Bytes, BytesMut};
use countersign_core::protobuf::{GrpcCall, StatusCode};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::frame;
use crate::server::answer_body::AnswerBody;

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
/// Details of a failure, which belong to the status.
const DETAILS: &str = "grpc-status-details-bin";
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// What `grpc-message` must not hold as it is (gRPC over HTTP/2, "Status-Message"); other than ASCII is always encoded.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%');

/// Clients refuse large headers, and what has to be said can be said in this many bytes.
const LONGEST_MESSAGE: usize = 4_000;

/// An agreed answer, ready to be sent any number of times.
#[derive(Debug)]
pub(super) struct GrpcAnswer {
    headers: HeaderMap,
    /// Each message as it is.
    each: Vec<Bytes>,
    /// All messages in their frames.
    messages: Bytes,
    trailers: HeaderMap,
}

impl GrpcAnswer {
    /// The messages that were agreed on with their metadata, or the failure.
    pub(super) fn prepare(call: &GrpcCall) -> Result<Self, String> {
        let (code, message) = match call.expected_status() {
            Some(status) => (status.code, status.message.as_deref().unwrap_or_default()),
            None => (StatusCode::OK, ""),
        };
        let mut headers = call_headers();
        let mut trailers = status_fields(HeaderMap::new(), code, message);
        let mut messages = BytesMut::new();
        let mut each = Vec::new();
        for response in &call.responses {
            for (name, value) in &response.metadata {
                let late = name == DETAILS || call.trailers.iter().any(|trailer| trailer.eq_ignore_ascii_case(name));
                add_metadata(if late { &mut trailers } else { &mut headers }, name, value)?;
            }
            if response.status.is_none() {
                frame::write(&mut messages, &response.bytes);
                each.push(response.bytes.clone().into());
            }
        }
        // success without a word about the message: an empty one
        if each.is_empty() && code == StatusCode::OK && !call.method.is_server_streaming() {
            frame::write(&mut messages, &[]);
            each.push(Bytes::new());
        }
        Ok(Self { headers, each, messages: messages.freeze(), trailers })
    }

    pub(super) fn response(&self, as_gzip: bool) -> Response<AnswerBody> {
        let is_failure = self.messages.is_empty() && self.trailers.get(STATUS) != Some(&HeaderValue::from_static("0"));
        let mut headers = self.headers.clone();
        let body = if is_failure {
            // nothing but headers, as gRPC has it for calls that fail at once
            headers.extend(self.trailers.clone());
            AnswerBody::default()
        } else {
            let messages = if as_gzip { self.as_gzip(&mut headers) } else { self.messages.clone() };
            AnswerBody::with_trailers(messages, self.trailers.clone())
        };
        live_response(headers, body)
    }

    fn as_gzip(&self, headers: &mut HeaderMap) -> Bytes {
        headers.insert(ENCODING, HeaderValue::from_static("gzip"));
        let mut messages = BytesMut::new();
        for message in &self.each {
            frame::write_gzip(&mut messages, message);
        }
        messages.freeze()
    }

    /// The headers alone, for an answer that comes bit by bit.
    pub(super) fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    /// A message in its frame.
    pub(super) fn message(&self, index: usize) -> Bytes {
        let mut buffer = BytesMut::new();
        frame::write(&mut buffer, self.each.get(index).map_or(&[][..], |message| message));
        buffer.freeze()
    }

    /// What ends the call.
    pub(super) fn trailers(&self) -> HeaderMap {
        self.trailers.clone()
    }
}

/// A response with these headers.
pub(super) fn live_response(headers: HeaderMap, body: AnswerBody) -> Response<AnswerBody> {
    let mut response = Response::new(body);
    *response.headers_mut() = if headers.is_empty() { call_headers() } else { headers };
    response
}

/// What ends a call that failed after it began.
pub(super) fn failure_trailers(code: StatusCode, message: &str) -> HeaderMap {
    status_fields(HeaderMap::new(), code, message)
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
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity,gzip"));
    headers
}

fn add_metadata(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), String> {
    // the transport says itself what its contents are
    if name.eq_ignore_ascii_case("content-type") {
        return Ok(());
    }
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{name:?} is no metadata name"))?;
    let value = HeaderValue::from_str(value).map_err(|_| format!("{value:?} is no value for the metadata {name}"))?;
    headers.insert(header, value);
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
