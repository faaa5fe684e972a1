//! The body of an answer.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;

/// A body that is there at once, with trailers where gRPC needs them; or one that comes bit by bit.
#[derive(Debug, Default)]
pub(crate) struct AnswerBody {
    data: Option<Bytes>,
    trailers: Option<HeaderMap>,
    live: Option<UnsyncBoxBody<Bytes, Infallible>>,
}

impl AnswerBody {
    pub(crate) fn new(data: Bytes) -> Self {
        Self { data: (!data.is_empty()).then_some(data), ..Self::default() }
    }

    pub(super) fn with_trailers(data: Bytes, trailers: HeaderMap) -> Self {
        Self { trailers: Some(trailers), ..Self::new(data) }
    }

    /// A body whose parts are still to come.
    pub(super) fn live(body: impl Body<Data = Bytes, Error = Infallible> + Send + 'static) -> Self {
        Self { live: Some(body.boxed_unsync()), ..Self::default() }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Some(live) = &mut self.live {
            return Pin::new(live).poll_frame(context);
        }
        let data = self.data.take().map(Frame::data);
        Poll::Ready(data.or_else(|| self.trailers.take().map(Frame::trailers)).map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        match &self.live {
            Some(live) => live.is_end_stream(),
            None => self.data.is_none() && self.trailers.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.live {
            Some(live) => live.size_hint(),
            None => SizeHint::with_exact(self.data.as_ref().map_or(0, |data| data.len() as u64)),
        }
    }
}
