//! gRPC's frames: a byte that says whether the message is compressed, four bytes of length, the message.

use bytes::{BufMut as _, Bytes, BytesMut};

/// The bytes before each message.
pub(super) const HEADER: usize = 5;

/// Why a body holds no message that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FrameError {
    #[error("the call carries no message")]
    NoMessage,
    #[error("the message is compressed, which this server does not read: turn compression off in the client")]
    Compressed,
    #[error("the message is cut off: {announced} bytes were announced, {came} came")]
    CutOff { announced: usize, came: usize },
}

/// Adds a message with its frame.
pub(super) fn write(buffer: &mut BytesMut, message: &[u8]) {
    let length = u32::try_from(message.len()).expect("a message of a pact file is far below 4 GiB");
    buffer.reserve(HEADER + message.len());
    buffer.put_u8(0);
    buffer.put_u32(length);
    buffer.put_slice(message);
}

/// Reads the first message, and whether others follow.
pub(super) fn read(body: &Bytes) -> Result<(Bytes, bool), FrameError> {
    let Some((&[compressed, a, b, c, d], rest)) = body.split_first_chunk::<HEADER>() else {
        return Err(match body.len() {
            0 => FrameError::NoMessage,
            came => FrameError::CutOff { announced: HEADER, came },
        });
    };
    if compressed != 0 {
        return Err(FrameError::Compressed);
    }
    let announced = u32::from_be_bytes([a, b, c, d]) as usize;
    if rest.len() < announced {
        return Err(FrameError::CutOff { announced, came: rest.len() });
    }
    Ok((body.slice(HEADER..HEADER + announced), rest.len() > announced))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut buffer = BytesMut::new();
        write(&mut buffer, b"one");
        assert_eq!(read(&buffer.clone().freeze()), Ok((Bytes::from_static(b"one"), false)));
        write(&mut buffer, b"");
        assert_eq!(read(&buffer.freeze()), Ok((Bytes::from_static(b"one"), true)));
    }

    #[test]
    fn damaged_bodies_are_refused() {
        for (body, error) in [
            (&b""[..], FrameError::NoMessage),
            (b"\0\0\0", FrameError::CutOff { announced: 5, came: 3 }),
            (b"\0\0\0\0\x02a", FrameError::CutOff { announced: 2, came: 1 }),
            (b"\0\xff\xff\xff\xff", FrameError::CutOff { announced: 4_294_967_295, came: 0 }),
            (b"\x01\0\0\0\0", FrameError::Compressed),
        ] {
            assert_eq!(read(&Bytes::copy_from_slice(body)), Err(error), "{body:?}");
        }
    }
}
