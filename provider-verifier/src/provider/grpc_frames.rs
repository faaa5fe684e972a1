//! Watches that a provider's messages come whole. The client library takes one that is cut off for the end of the call.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures::future::BoxFuture;
use hyper::body::{Body, Frame};
use tonic::Status;
use tonic::codegen::Service;
use tonic::transport::{Channel, Error};

/// The bytes before each message: whether it is compressed, and its length.
const HEAD: usize = 5;

/// A connection whose answers end with an error where a message is cut off.
#[derive(Debug, Clone)]
pub(super) struct WholeMessages(pub(super) Channel);

impl Service<http::Request<tonic::body::Body>> for WholeMessages {
    type Response = http::Response<Watched>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Self::Response, Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Service::poll_ready(&mut self.0, context)
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        let called = Service::call(&mut self.0, request);
        Box::pin(async move { Ok(called.await?.map(|body| Watched { body, frames: Frames::default() })) })
    }
}

/// A provider's answer.
#[derive(Debug)]
pub(super) struct Watched {
    body: tonic::body::Body,
    frames: Frames,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Err(status)) => return Poll::Ready(Some(Err(status))),
            Some(Ok(frame)) => Some(frame),
            None => None,
        };
        if let Some(data) = frame.as_ref().and_then(Frame::data_ref) {
            self.frames.take(data.clone());
        } else if let Some(cut_off) = self.frames.end() {
            return Poll::Ready(Some(Err(Status::internal(cut_off))));
        }
        Poll::Ready(frame.map(Ok))
    }
}

/// Where in its messages an answer is.
#[derive(Debug, Default)]
struct Frames {
    /// What came of the next message's head.
    head: Vec<u8>,
    announced: usize,
    /// How many bytes of the message are still to come.
    missing: usize,
    whole: usize,
}

impl Frames {
    fn take(&mut self, mut data: Bytes) {
        while data.has_remaining() {
            if self.missing == 0 {
                let head = data.split_to(data.len().min(HEAD - self.head.len()));
                self.head.extend_from_slice(&head);
                let Ok([_, a, b, c, d]) = <[u8; HEAD]>::try_from(self.head.as_slice()) else { return };
                self.head.clear();
                self.announced = u32::from_be_bytes([a, b, c, d]) as usize;
                self.missing = self.announced;
            }
            let came = data.len().min(self.missing);
            data.advance(came);
            self.missing -= came;
            self.whole += usize::from(self.missing == 0);
        }
    }

    /// What is wrong at the end of the answer, said once.
    fn end(&mut self) -> Option<String> {
        let number = self.whole + 1;
        let (announced, missing) = (self.announced, std::mem::take(&mut self.missing));
        let head = std::mem::take(&mut self.head).len();
        match (missing, head) {
            (0, 0) => None,
            (0, came) => Some(format!("message {number} is cut off: {came} of the {HEAD} bytes before it came")),
            (missing, _) => {
                let came = announced - missing;
                Some(format!("message {number} is cut off: {announced} bytes were announced, {came} came"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_followed_however_they_are_cut_into_pieces() {
        let body = b"\0\0\0\0\x02ab\0\0\0\0\0\0\0\0\0\x01c";
        for size in 1..=body.len() {
            for end in 0..=body.len() {
                let mut frames = Frames::default();
                body[..end].chunks(size).for_each(|piece| frames.take(Bytes::copy_from_slice(piece)));
                assert_eq!(frames.end().is_none(), [0, 7, 12, 18].contains(&end), "{end} in pieces of {size}");
                assert_eq!(frames.end(), None, "it is said once");
            }
        }
        let mut frames = Frames::default();
        frames.take(Bytes::from_static(b"\0\0\0\0\0\0\0\0\0\x09abcd"));
        assert_eq!(frames.end().unwrap(), "message 2 is cut off: 9 bytes were announced, 4 came");
    }
}
