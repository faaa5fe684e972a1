//! Content encodings: what a provider compressed is compared as what it was before.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use http::HeaderValue;

/// The encodings that are asked for, unless a pact asks for others itself.
pub(super) const ACCEPTED: &str = "gzip, deflate";

/// The body without its encoding; as it came when the encoding is not known here.
///
/// # Errors
///
/// Why it cannot be decoded, in words that follow the request.
pub(super) fn decoded(encoding: &HeaderValue, body: Bytes, limit: usize) -> Result<Bytes, String> {
    if body.is_empty() {
        return Ok(body);
    }
    let read = match encoding.as_bytes().to_ascii_lowercase().as_slice() {
        b"gzip" | b"x-gzip" => read(GzDecoder::new(&*body), limit),
        // the standard means the zlib format, some servers send it bare
        b"deflate" => read(ZlibDecoder::new(&*body), limit).or_else(|_| read(DeflateDecoder::new(&*body), limit)),
        _ => return Ok(body),
    };
    let plain = read.map_err(|error| {
        format!("brought a body that is not the {} it claims to be: {error}", encoding.to_str().unwrap_or("encoding"))
    })?;
    if plain.len() > limit {
        return Err(format!("brought more than {} MiB once decompressed (--max-response-size)", limit >> 20));
    }
    Ok(plain.into())
}

/// Reads at most one byte more than allowed, so that a small body cannot become a huge one.
fn read(decoder: impl std::io::Read, limit: usize) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut plain)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn check(encoding: &'static str, body: Vec<u8>) -> Result<Bytes, String> {
        decoded(&HeaderValue::from_static(encoding), body.into(), 100)
    }

    #[test]
    fn known_encodings_are_undone_within_the_limit() {
        let gzip = |text: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        };
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(b"stock").unwrap();
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::fast());
        bare.write_all(b"stock").unwrap();
        for (encoding, body, expected) in [
            ("gzip", gzip(b"stock"), "stock"),
            ("GZIP", gzip(b"stock"), "stock"),
            ("deflate", zlib.finish().unwrap(), "stock"),
            ("deflate", bare.finish().unwrap(), "stock"),
            ("identity", b"stock".to_vec(), "stock"),
            ("br", b"as it came".to_vec(), "as it came"),
            ("gzip", Vec::new(), ""),
        ] {
            assert_eq!(check(encoding, body), Ok(expected.into()), "{encoding}");
        }
        assert!(check("gzip", b"no gzip".to_vec()).unwrap_err().contains("not the gzip it claims to be"));
        assert!(check("gzip", gzip(&[b'a'; 5000])).unwrap_err().contains("once decompressed"));
    }
}
