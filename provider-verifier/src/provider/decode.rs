//! Content encodings: what a provider compressed is compared as what it was before.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use ruzstd::decoding::StreamingDecoder;

/// The encodings that are asked for, unless a pact asks for others itself.
pub(super) const ACCEPTED: &str = "gzip, deflate";

/// What can be undone, also when it was not asked for.
const KNOWN: [&str; 6] = ["gzip", "x-gzip", "deflate", "br", "zstd", "identity"];

/// The body without its encodings, the last of which is undone first; as it came when one is not known here.
///
/// # Errors
///
/// Why it cannot be decoded, in words that follow the request.
pub(super) fn decoded(headers: &HeaderMap, body: Bytes, limit: usize) -> Result<Bytes, String> {
    let stated = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let encodings: Vec<String> =
        stated.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    if body.is_empty() || !encodings.iter().all(|name| KNOWN.contains(&name.as_str())) {
        return Ok(body);
    }
    encodings.iter().rev().try_fold(body, |body, encoding| undone(encoding, body, limit))
}

fn undone(encoding: &str, body: Bytes, limit: usize) -> Result<Bytes, String> {
    let read = match encoding {
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(&*body), limit),
        // the standard means the zlib format, some servers send it bare
        "deflate" => read(ZlibDecoder::new(&*body), limit).or_else(|_| read(DeflateDecoder::new(&*body), limit)),
        "br" => read(brotli_decompressor::Decompressor::new(&*body, 4096), limit),
        "zstd" => StreamingDecoder::new(&*body).map_err(std::io::Error::other).and_then(|it| read(it, limit)),
        _ => return Ok(body),
    };
    let plain = read
        .map_err(|error| format!("brought a body that is not the {encoding} that Content-Encoding claims: {error}"))?;
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

    /// `stock`, as node's zlib and the zstd command compress it.
    const BROTLI: [u8; 9] = [0x0b, 0x02, 0x80, 0x73, 0x74, 0x6f, 0x63, 0x6b, 0x03];
    const ZSTD: [u8; 18] =
        [0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x29, 0x00, 0x00, 0x73, 0x74, 0x6f, 0x63, 0x6b, 0xfa, 0x72, 0xdd, 0xd2];

    fn check(encoding: &'static str, body: Vec<u8>) -> Result<Bytes, String> {
        let headers = HeaderMap::from_iter([(CONTENT_ENCODING, encoding.parse().unwrap())]);
        decoded(&headers, body.into(), 100)
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
            ("br", BROTLI.to_vec(), "stock"),
            ("zstd", ZSTD.to_vec(), "stock"),
            ("br, identity , gzip", gzip(&BROTLI), "stock"),
            ("compress", b"as it came".to_vec(), "as it came"),
            ("compress, gzip", b"as it came".to_vec(), "as it came"),
            ("gzip", Vec::new(), ""),
        ] {
            assert_eq!(check(encoding, body), Ok(expected.into()), "{encoding}");
        }
        assert!(check("gzip", b"no gzip".to_vec()).unwrap_err().contains("not the gzip that"));
        assert!(check("br", b"no brotli".to_vec()).unwrap_err().contains("not the br that"));
        assert!(check("zstd", b"no zstd".to_vec()).unwrap_err().contains("not the zstd that"));
        assert!(check("gzip", gzip(&[b'a'; 5000])).unwrap_err().contains("once decompressed"));
    }
}
