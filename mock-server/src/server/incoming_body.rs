//! Reading a request's body: within a limit, from clients that do not hang, and as it was before it was compressed.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::content_coding::{self, CodingError};

/// How much is read, and how long is waited for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    /// In bytes, also for what comes out of a compressed body.
    pub(crate) size: usize,
    /// Between one piece and the next.
    pub(crate) patience: Duration,
}

/// Why a body could not be read, and the status to say so with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) status: StatusCode,
    pub(crate) reason: String,
}

/// The whole body.
pub(crate) async fn read(headers: &HeaderMap, body: Incoming, limits: BodyLimits) -> Result<Bytes, Unreadable> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let stated = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if stated.is_some_and(|length| length > limits.size as u64) {
        return Err(too_large(limits.size));
    }
    let body = collect(body, limits).await?;
    content_coding::decode(headers, body, limits.size).map_err(|error| {
        let status = match error {
            CodingError::Unknown(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            CodingError::Invalid { .. } => StatusCode::BAD_REQUEST,
            CodingError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        };
        Unreadable { status, reason: error.to_string() }
    })
}

async fn collect(mut body: Incoming, limits: BodyLimits) -> Result<Bytes, Unreadable> {
    let mut collected = BytesMut::new();
    loop {
        let frame = match tokio::time::timeout(limits.patience, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => return Ok(collected.freeze()),
            Ok(Some(Err(error))) => {
                let reason = format!("the connection ended within its body: {error}");
                return Err(Unreadable { status: StatusCode::BAD_REQUEST, reason });
            }
            Err(_) => {
                let reason = format!("nothing more of its body came for {} seconds", limits.patience.as_secs_f32());
                return Err(Unreadable { status: StatusCode::REQUEST_TIMEOUT, reason });
            }
        };
        let Ok(data) = frame.into_data() else { continue };
        if collected.len() + data.len() > limits.size {
            return Err(too_large(limits.size));
        }
        if collected.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        collected.extend_from_slice(&data);
    }
}

fn too_large(limit: usize) -> Unreadable {
    Unreadable { status: StatusCode::PAYLOAD_TOO_LARGE, reason: format!("its body is larger than {limit} bytes") }
}
