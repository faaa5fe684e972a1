//! Compressed messages: gzip, as gRPC clients use it.

use std::io::{Read as _, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::HeaderMap;

/// How the messages of a call are compressed, where they say that they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Not at all.
    Identity,
    /// With gzip.
    Gzip,
    /// In a way that is not known here.
    Other(String),
}

impl Encoding {
    /// The encoding that a call announces.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        match headers.get("grpc-encoding").map(|value| String::from_utf8_lossy(value.as_bytes())).as_deref() {
            None | Some("identity") => Self::Identity,
            Some("gzip") => Self::Gzip,
            Some(other) => Self::Other(other.to_owned()),
        }
    }
}

/// Whether a caller that compresses takes compressed answers.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepts = |value: &http::HeaderValue| {
        value.to_str().is_ok_and(|value| value.split(',').any(|encoding| encoding.trim() == "gzip"))
    };
    Encoding::of(headers) == Encoding::Gzip && headers.get_all("grpc-accept-encoding").iter().any(accepts)
}

pub(super) fn gzip(message: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(message).expect("writing to memory does not fail");
    encoder.finish().expect("writing to memory does not fail")
}

/// The message, unless it is larger than `max` bytes (`None`) or damaged (why).
pub(super) fn gunzip(bytes: &[u8], max: usize) -> Result<Bytes, Option<String>> {
    let mut message = Vec::new();
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    GzDecoder::new(bytes).take(limit).read_to_end(&mut message).map_err(|error| Some(error.to_string()))?;
    if message.len() > max { Err(None) } else { Ok(message.into()) }
}
