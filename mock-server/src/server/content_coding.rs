//! Bodies that travel compressed.

use std::io::{Read, Take};

use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// Why a body cannot be read as what its `Content-Encoding` says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CodingError {
    #[error("its body has the content coding '{0}': gzip, deflate and br are read")]
    Unknown(String),
    #[error("its body is no valid {coding}: {reason}")]
    Invalid { coding: &'static str, reason: String },
    #[error("its body is larger than {0} bytes once it is decompressed")]
    TooLarge(usize),
}

/// The body as it was before it was compressed; `limit` is for that, in bytes.
pub(super) fn decode(headers: &HeaderMap, body: Bytes, limit: usize) -> Result<Bytes, CodingError> {
    if body.is_empty() || !headers.contains_key(CONTENT_ENCODING) {
        return Ok(body);
    }
    let lines = headers.get_all(CONTENT_ENCODING).iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
    let codings: Vec<String> = lines.flat_map(|line| line.split(',').map(normal).collect::<Vec<_>>()).collect();
    // applied in the order of the list (RFC 9110 §8.4), so undone from its end
    codings.iter().rev().filter(|coding| !coding.is_empty()).try_fold(body, |body, coding| undo(coding, &body, limit))
}

fn normal(coding: &str) -> String {
    coding.trim().to_ascii_lowercase()
}

fn undo(coding: &str, body: &Bytes, limit: usize) -> Result<Bytes, CodingError> {
    let bytes: &[u8] = body;
    match coding {
        "identity" => Ok(body.clone()),
        "gzip" | "x-gzip" => read_all("gzip", MultiGzDecoder::new(bytes), limit),
        // the name stands for zlib's format, yet some clients send the bare stream
        "deflate" => read_all("deflate", ZlibDecoder::new(bytes), limit).or_else(|error| match error {
            CodingError::Invalid { .. } => read_all("deflate", DeflateDecoder::new(bytes), limit),
            other => Err(other),
        }),
        "br" => read_all("br", brotli_decompressor::Decompressor::new(bytes, 4096), limit),
        other => Err(CodingError::Unknown(other.to_owned())),
    }
}

fn read_all(coding: &'static str, decoder: impl Read, limit: usize) -> Result<Bytes, CodingError> {
    let mut decoded = Vec::new();
    let mut limited: Take<_> = decoder.take(limit as u64 + 1);
    limited.read_to_end(&mut decoded).map_err(|error| CodingError::Invalid { coding, reason: error.to_string() })?;
    if decoded.len() > limit { Err(CodingError::TooLarge(limit)) } else { Ok(decoded.into()) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn decoded(coding: &str, body: Vec<u8>, limit: usize) -> Result<Bytes, CodingError> {
        let headers = [(CONTENT_ENCODING, coding.parse().unwrap())].into_iter().collect();
        decode(&headers, body.into(), limit)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn bare_deflate(text: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn codings_are_undone() {
        // `hello` as `br` writes it without compressing
        let brotli = vec![0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];
        for (coding, body) in [
            ("gzip", gzip(b"hello")),
            ("X-GZIP", gzip(b"hello")),
            ("deflate", zlib(b"hello")),
            ("deflate", bare_deflate(b"hello")),
            ("br", brotli),
            ("identity", b"hello".to_vec()),
            ("deflate, gzip", gzip(&zlib(b"hello"))),
        ] {
            assert_eq!(decoded(coding, body, 100).unwrap(), "hello", "{coding}");
        }
    }

    #[test]
    fn what_cannot_be_undone_is_named() {
        for (coding, body, expected) in [
            ("zstd", b"x".to_vec(), "its body has the content coding 'zstd': gzip, deflate and br are read"),
            ("gzip", b"x".to_vec(), "its body is no valid gzip"),
            ("gzip", gzip(&[0; 1_000]), "its body is larger than 100 bytes once it is decompressed"),
        ] {
            let error = decoded(coding, body, 100).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        assert_eq!(decoded("gzip", Vec::new(), 100).unwrap(), "", "no body has no coding");
    }
}
