//! The reflection service: tools such as grpcurl learn the schemas of the pact from it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign_core::protobuf::Schema;
use http::{Request, Response};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use tonic::service::Routes;

use crate::server::answer_body::AnswerBody;

/// Where the service's methods are, in both of its versions.
const PREFIX: &str = "/grpc.reflection.v1";

/// Answers questions about schemas.
#[derive(Debug, Clone)]
pub(in crate::server) struct Reflection {
    routes: Routes,
}

impl Reflection {
    /// A service that knows these schemas; `None` when there are none, or they contradict each other.
    pub(in crate::server) fn new(schemas: &[Schema]) -> Option<Self> {
        if schemas.is_empty() {
            return None;
        }
        let builder = || {
            let builder = tonic_reflection::server::Builder::configure();
            schemas
                .iter()
                .fold(builder, |builder, schema| builder.register_encoded_file_descriptor_set(schema.descriptors()))
        };
        let problem = |error: tonic_reflection::server::Error| {
            tracing::debug!(%error, "the schemas cannot be told by reflection");
        };
        let current = builder().build_v1().map_err(problem).ok()?;
        let earlier = builder().build_v1alpha().map_err(problem).ok()?;
        Some(Self { routes: Routes::new(current).add_service(earlier) })
    }

    pub(super) fn is_meant(path: &str) -> bool {
        path.starts_with(PREFIX)
    }

    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<AnswerBody> {
        let mut routes = self.routes.clone();
        let response = match tonic::codegen::Service::call(&mut routes, request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        response.map(|body| AnswerBody::live(UntilError(body)))
    }
}

/// A body that ends where it would fail; the status comes in its trailers all the same.
struct UntilError(tonic::body::Body);

impl Body for UntilError {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.0).poll_frame(context).map(|frame| frame.and_then(Result::ok).map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}
