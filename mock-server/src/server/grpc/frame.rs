//! gRPC's frames: a byte that says whether the message is compressed, four bytes of length, the message.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};

use super::compression::{self, Encoding};

/// The bytes before each message.
pub(super) const HEADER: usize = 5;

/// Why a body holds no message that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum FrameError {
    #[error("the call carries no message")]
    NoMessage,
    #[error("message {number} is compressed as {encoding}, which this server does not read: it reads gzip")]
    Compression { number: usize, encoding: String },
    #[error("message {number} is marked as compressed, but the call names no grpc-encoding")]
    Unnamed { number: usize },
    #[error(
        "message {number} begins with the byte {flag}, but a frame begins with 0, or with 1 where it is compressed"
    )]
    Flag { number: usize, flag: u8 },
    #[error("message {number} is not the {encoding} that it says it is: {reason}")]
    Inflate { number: usize, encoding: &'static str, reason: String },
    #[error("message {number} is larger than {max} bytes")]
    TooLarge { number: usize, max: usize },
    #[error("message {number} is cut off: {announced} bytes were announced, {came} came")]
    CutOff { number: usize, announced: usize, came: usize },
}

/// Adds a message with its frame.
pub(super) fn write(buffer: &mut BytesMut, message: &[u8]) {
    write_marked(buffer, message, 0);
}

/// Adds a message compressed with gzip.
pub(super) fn write_gzip(buffer: &mut BytesMut, message: &[u8]) {
    write_marked(buffer, &compression::gzip(message), 1);
}

fn write_marked(buffer: &mut BytesMut, message: &[u8], compressed: u8) {
    let length = u32::try_from(message.len()).expect("a message of a pact file is far below 4 GiB");
    buffer.reserve(HEADER + message.len());
    buffer.put_u8(compressed);
    buffer.put_u32(length);
    buffer.put_slice(message);
}

/// Takes messages out of bytes as they come.
#[derive(Debug)]
pub(super) struct Frames {
    rest: BytesMut,
    encoding: Encoding,
    /// The most bytes that a message may have, decompressed.
    max: usize,
    read: usize,
}

impl Frames {
    pub(super) fn new(encoding: Encoding, max: usize) -> Self {
        Self { rest: BytesMut::new(), encoding, max, read: 0 }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
    }

    /// How many messages were read.
    pub(super) fn read(&self) -> usize {
        self.read
    }

    /// The next message, if all of it is there.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, FrameError> {
        let Some(&[compressed, a, b, c, d]) = self.rest.first_chunk::<HEADER>() else { return Ok(None) };
        let (number, max) = (self.read + 1, self.max);
        let announced = u32::from_be_bytes([a, b, c, d]) as usize;
        if announced > max {
            return Err(FrameError::TooLarge { number, max });
        }
        if self.rest.len() < HEADER + announced {
            return Ok(None);
        }
        self.rest.advance(HEADER);
        let message = self.rest.split_to(announced).freeze();
        self.read = number;
        match (compressed, &self.encoding) {
            (0, _) => Ok(Some(message)),
            (flag @ 2.., _) => Err(FrameError::Flag { number, flag }),
            (_, Encoding::Identity) => Err(FrameError::Unnamed { number }),
            (_, Encoding::Gzip) => compression::gunzip(&message, max).map(Some).map_err(|reason| match reason {
                None => FrameError::TooLarge { number, max },
                Some(reason) => FrameError::Inflate { number, encoding: "gzip", reason },
            }),
            (_, Encoding::Other(encoding)) => Err(FrameError::Compression { number, encoding: encoding.clone() }),
        }
    }

    /// Whether the bytes ended between messages.
    pub(super) fn end(&self) -> Result<(), FrameError> {
        let number = self.read + 1;
        match (self.rest.first_chunk::<HEADER>(), self.rest.len()) {
            (_, 0) => Ok(()),
            (None, came) => Err(FrameError::CutOff { number, announced: HEADER, came }),
            (Some(&[_, a, b, c, d]), came) => {
                let announced = u32::from_be_bytes([a, b, c, d]) as usize;
                Err(FrameError::CutOff { number, announced, came: came - HEADER })
            }
        }
    }
}

/// The messages of a whole body.
pub(super) fn read_all(body: &[u8], encoding: Encoding, max: usize) -> Result<Vec<Bytes>, FrameError> {
    let mut frames = Frames::new(encoding, max);
    frames.add(body);
    let mut messages = Vec::new();
    while let Some(message) = frames.next()? {
        messages.push(message);
    }
    frames.end()?;
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &[u8]) -> Result<Vec<Bytes>, FrameError> {
        read_all(body, Encoding::Gzip, 1_000)
    }

    #[test]
    fn what_is_written_is_read() {
        let mut buffer = BytesMut::new();
        write(&mut buffer, b"one");
        write(&mut buffer, b"");
        write_gzip(&mut buffer, b"two");
        let expected = ["one", "", "two"].map(|text| Bytes::from_static(text.as_bytes())).to_vec();
        assert_eq!(read(&buffer), Ok(expected.clone()));
        let mut frames = Frames::new(Encoding::Gzip, 1_000);
        let mut messages = Vec::new();
        for byte in buffer {
            frames.add(&[byte]);
            messages.extend(frames.next().unwrap());
        }
        assert_eq!((messages, frames.end()), (expected, Ok(())), "byte by byte");
    }

    #[test]
    fn damaged_bodies_are_refused() {
        let bomb = {
            let mut buffer = BytesMut::new();
            write_gzip(&mut buffer, &[0; 100_000]);
            buffer
        };
        for (body, error) in [
            (&b"\0\0\0"[..], FrameError::CutOff { number: 1, announced: 5, came: 3 }),
            (b"\0\0\0\0\x02a", FrameError::CutOff { number: 1, announced: 2, came: 1 }),
            (b"\0\0\0\0\0\0\0\0\0\x02a", FrameError::CutOff { number: 2, announced: 2, came: 1 }),
            (b"\0\xff\xff\xff\xff", FrameError::TooLarge { number: 1, max: 1_000 }),
            (b"\x02\0\0\0\x01a", FrameError::Flag { number: 1, flag: 2 }),
            (&bomb, FrameError::TooLarge { number: 1, max: 1_000 }),
        ] {
            assert_eq!(read(body), Err(error), "{body:?}");
        }
        assert!(matches!(read(b"\x01\0\0\0\x01a"), Err(FrameError::Inflate { number: 1, .. })));
        let unknown = read_all(b"\x01\0\0\0\0", Encoding::Other("snappy".to_owned()), 1_000).unwrap_err();
        assert!(unknown.to_string().contains("compressed as snappy"), "{unknown}");
        assert_eq!(read_all(b"\x01\0\0\0\0", Encoding::Identity, 1_000), Err(FrameError::Unnamed { number: 1 }));
    }
}
