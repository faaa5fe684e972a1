//! A provider that is called over gRPC (cleartext HTTP/2).

use std::borrow::Cow;
use std::time::Duration;

use bytes::{Buf as _, BufMut as _, Bytes};
use countersign_core::generator::Context;
use countersign_core::mismatch::{Location, Mismatch, Problem};
use countersign_core::pact::{Interaction, Pact};
use countersign_core::plan::{GrpcResponsePlan, ReceivedReply};
use countersign_core::protobuf::{GrpcCall, PLUGIN_NAME, StatusCode};
use countersign_core::value::Value;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use super::{chain_end, http::received};
use crate::VerifyError;
use crate::outcome::Finding;

/// A gRPC call of a pact, compiled once.
#[derive(Debug)]
pub(crate) struct GrpcCheck {
    call: GrpcCall,
    path: PathAndQuery,
    /// One for each agreed response; a unary call has at most one.
    plans: Vec<GrpcResponsePlan>,
    /// Whether the pact tells the whole stream. Otherwise the first response counts alone.
    whole_stream: bool,
}

impl GrpcCheck {
    /// Compiles a call.
    ///
    /// # Errors
    ///
    /// Why it cannot be replayed, in words.
    pub(crate) fn compile(pact: &Pact, interaction: &Interaction) -> Result<Self, String> {
        let call = GrpcCall::from_interaction(pact, interaction).map_err(|error| error.to_string())?;
        if call.method.is_client_streaming() {
            let name = call.method.pact_name();
            return Err(format!("{name} takes a stream of requests, which this version does not replay"));
        }
        let service = interaction
            .plugin_configuration
            .get(PLUGIN_NAME)
            .and_then(|configuration| configuration.get("service")?.as_str().map(str::to_owned));
        let told = service.is_some_and(|service| service.contains('#'));
        let whole_stream = call.method.is_server_streaming() && (told || call.responses.len() > 1);
        let counting = if whole_stream { call.responses.len() } else { 1 };
        let plans = if call.responses.is_empty() {
            vec![GrpcResponsePlan::compile(&call)]
        } else {
            let one = |response: &_| GrpcCall { responses: vec![Clone::clone(response)], ..call.clone() };
            call.responses.iter().take(counting).map(|response| GrpcResponsePlan::compile(&one(response))).collect()
        };
        let plans = plans.into_iter().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        let path = PathAndQuery::try_from(call.method.path()).map_err(|error| error.to_string())?;
        Ok(Self { call, path, plans, whole_stream })
    }

    /// The message and metadata to send.
    fn request(&self, context: &Context) -> Result<(Bytes, HeaderMap), String> {
        let agreed = &self.call.request;
        let generated = if agreed.generators.is_empty() {
            Cow::Borrowed(agreed)
        } else {
            Cow::Owned(self.call.generate_request(context).map_err(|error| error.to_string())?)
        };
        let metadata = header_map(generated.metadata.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
        Ok((generated.bytes.clone().into(), metadata))
    }

    fn check(&self, reply: &Reply) -> Vec<Finding> {
        if !self.whole_stream {
            let found = self.plans.iter().flat_map(|plan| plan.check(&reply.received(0)));
            return found.map(Finding::from).collect();
        }
        self.check_stream(reply)
    }

    /// Each agreed message with the one that came in its place; then what came beyond them, and how it ended.
    fn check_stream(&self, reply: &Reply) -> Vec<Finding> {
        let mut found = Vec::new();
        for (index, plan) in self.plans.iter().enumerate() {
            let is_message = plan.status() == StatusCode::OK;
            let came = index < reply.messages.len();
            let mut received = reply.received(index);
            if is_message && came {
                // how the call ended is no fault of the messages before
                received.status = StatusCode::OK;
            }
            let mismatches = plan.check(&received).into_iter();
            found.extend(mismatches.map(|mismatch| Finding { response: Some(index + 1), mismatch }));
            if is_message && !came {
                return found;
            }
        }
        let agreed = self.plans.iter().filter(|plan| plan.status() == StatusCode::OK).count();
        if let Some(message) = reply.messages.get(agreed) {
            found.push(Finding { response: Some(agreed + 1), mismatch: unexpected(message) });
        }
        if let (Some(last), true) = (self.plans.last(), agreed == self.plans.len() && reply.status != StatusCode::OK) {
            found.extend(last.check(&reply.received(usize::MAX)).into_iter().map(Finding::from));
        }
        found
    }
}

fn unexpected(message: &Bytes) -> Mismatch {
    Mismatch {
        location: Location::Body { path: "$".to_owned() },
        problem: Problem::Unexpected,
        expected: None,
        actual: Some(Value::Bytes(message.to_vec())),
        rule: None,
    }
}

/// Header fields of texts; the values of `-bin` fields are base64, in the pact as on the wire.
fn header_map<'t>(fields: impl Iterator<Item = (&'t str, &'t str)>) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        let key = HeaderName::try_from(name).map_err(|_| format!("'{name}' is no metadata name"))?;
        let value = HeaderValue::try_from(value)
            .map_err(|_| format!("metadata {name} cannot carry the value '{}'", value.escape_debug()))?;
        map.append(key, value);
    }
    Ok(map)
}

/// How a call ended.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    status_message: String,
    messages: Vec<Bytes>,
    headers: HeaderMap,
    trailers: HeaderMap,
}

impl Reply {
    fn failed(status: &Status, messages: Vec<Bytes>, headers: HeaderMap) -> Self {
        Self {
            status: StatusCode::from_number(status.code().into()),
            status_message: status.message().to_owned(),
            messages,
            headers,
            trailers: status.metadata().clone().into_headers(),
        }
    }

    /// The reply as if message `index` were its only one.
    fn received(&self, index: usize) -> ReceivedReply<'_> {
        ReceivedReply {
            status: self.status,
            status_message: &self.status_message,
            messages: self.messages.get(index).map(|message| &**message).into_iter().collect(),
            headers: received(&self.headers),
            trailers: received(&self.trailers),
        }
    }
}

/// One connection that all calls share.
#[derive(Debug, Clone)]
pub(crate) struct GrpcProvider {
    channel: Channel,
    address: String,
    headers: HeaderMap,
    timeout: Duration,
}

impl GrpcProvider {
    /// Nothing is sent yet.
    pub(crate) fn new(address: &str, headers: HeaderMap, timeout: Duration) -> Result<Self, VerifyError> {
        let invalid = |reason: String| VerifyError::InvalidSetting {
            what: format!("the provider's gRPC address '{address}'"),
            reason: format!("{reason}; give it as http://host:port"),
        };
        if !address.starts_with("http://") {
            return Err(invalid("calls travel over cleartext HTTP/2".to_owned()));
        }
        let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|error| invalid(error.to_string()))?;
        let channel = endpoint.connect_timeout(timeout).tcp_nodelay(true).connect_lazy();
        Ok(Self { channel, address: address.to_owned(), headers, timeout })
    }

    /// The same provider, called with more metadata.
    pub(crate) fn with_metadata(&self, extra: &HeaderMap) -> Self {
        let mut provider = self.clone();
        provider.headers.extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        provider
    }

    /// Replays the call and compares the reply.
    ///
    /// # Errors
    ///
    /// Why there was no reply, in words.
    pub(crate) async fn replay(&self, check: &GrpcCheck, context: &Context) -> Result<Vec<Finding>, String> {
        let (message, mut metadata) = check.request(context)?;
        for name in self.headers.keys() {
            metadata.remove(name);
        }
        metadata.extend(self.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
        let request = Request::from_parts(MetadataMap::from_headers(metadata), tonic::Extensions::default(), message);
        let call = self.call(check, request);
        let reply = tokio::time::timeout(self.timeout, call).await.map_err(|_| {
            let seconds = self.timeout.as_secs_f64();
            format!("{} at {} brought no answer within {seconds} s", check.path, self.address)
        })??;
        Ok(check.check(&reply))
    }

    async fn call(&self, check: &GrpcCheck, request: Request<Bytes>) -> Result<Reply, String> {
        let mut client = tonic::client::Grpc::new(self.channel.clone()).max_decoding_message_size(usize::MAX);
        client.ready().await.map_err(|error| self.unreachable(check, &error))?;
        let path = check.path.clone();
        let response = match client.server_streaming(request, path, RawCodec).await {
            Ok(response) => response,
            Err(status) => return self.failed(check, &status, Vec::new(), HeaderMap::new()),
        };
        let (metadata, mut stream, _) = response.into_parts();
        let headers = metadata.into_headers();
        let mut messages = Vec::new();
        loop {
            match stream.message().await {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(status) => return self.failed(check, &status, messages, headers),
            }
        }
        let trailers = stream.trailers().await.ok().flatten().map(MetadataMap::into_headers).unwrap_or_default();
        Ok(Reply { status: StatusCode::OK, status_message: String::new(), messages, headers, trailers })
    }

    /// A status that the provider sent is a reply; one that stands for a broken connection is none.
    fn failed(
        &self,
        check: &GrpcCheck,
        status: &Status,
        messages: Vec<Bytes>,
        headers: HeaderMap,
    ) -> Result<Reply, String> {
        match std::error::Error::source(status) {
            Some(cause) => Err(self.unreachable(check, cause)),
            None => Ok(Reply::failed(status, messages, headers)),
        }
    }

    fn unreachable(&self, check: &GrpcCheck, error: &dyn std::error::Error) -> String {
        let reason = chain_end(error);
        format!("{} found nobody to answer at {} ({reason}): is the provider running?", check.path, self.address)
    }
}

/// Messages as they are on the wire; what they mean is decided by the pact's descriptors.
#[derive(Debug, Clone, Copy)]
struct RawCodec;

impl Codec for RawCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
