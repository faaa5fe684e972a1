//! A provider that is called over gRPC, in cleartext or over TLS.

use std::error::Error;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use bytes::Bytes;
use countersign_core::generator::Context;
use countersign_core::plan::StreamEnd;
use countersign_core::protobuf::{Schema, StatusCode, Step};
use futures::channel::mpsc::{UnboundedSender, unbounded};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::time::{Instant, timeout_at};
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};

use super::chain_end;
use super::client::ClientSettings;
use super::filter::RequestFilter;
use super::grpc::{GrpcCheck, Reply, Strictness};
use super::grpc_codec::RawCodec;
use super::grpc_frames::WholeMessages;
use super::grpc_schema::ProviderSchemas;
use crate::VerifyError;
use crate::outcome::Finding;

/// The details of a failure, which tonic keeps apart from the metadata.
const DETAILS: &str = "grpc-status-details-bin";

/// What a provider is told of the time it has, beyond the time it is waited for: it is the waiting that should end first.
const SLACK: Duration = Duration::from_secs(1);

/// One connection that all calls share.
#[derive(Clone)]
pub(crate) struct GrpcProvider<'a> {
    channel: Channel,
    address: String,
    headers: HeaderMap,
    filter: Option<RequestFilter<'a>>,
    timeout: Duration,
    /// The most bytes that all messages of an answer may have together.
    limit: usize,
    strictness: Strictness,
    schemas: ProviderSchemas,
}

impl<'a> GrpcProvider<'a> {
    /// Nothing is sent yet.
    pub(crate) fn new(
        address: &str,
        headers: HeaderMap,
        filter: Option<RequestFilter<'a>>,
        settings: &ClientSettings,
    ) -> Result<Self, VerifyError> {
        let invalid = |reason: String| VerifyError::InvalidSetting {
            what: format!("the provider's gRPC address '{address}'"),
            reason: format!("{reason}; give it as http://host:port or https://host:port"),
        };
        if !address.starts_with("http://") && !address.starts_with("https://") {
            return Err(invalid("it does not say how calls travel".to_owned()));
        }
        let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|error| invalid(error.to_string()))?;
        let endpoint = endpoint.connect_timeout(settings.timeout).tcp_nodelay(true);
        let channel = if address.starts_with("https://") {
            let mut tcp = HttpConnector::new();
            tcp.set_nodelay(true);
            tcp.enforce_http(false);
            let tls = HttpsConnectorBuilder::new().with_tls_config(settings.tls.config()?);
            endpoint.connect_with_connector_lazy(tls.https_only().enable_http2().wrap_connector(tcp))
        } else {
            endpoint.connect_lazy()
        };
        Ok(Self {
            channel,
            address: address.to_owned(),
            headers,
            filter,
            timeout: settings.timeout,
            limit: settings.limit,
            strictness: Strictness::default(),
            schemas: ProviderSchemas::default(),
        })
    }

    /// The same provider, with what is known of its schema and what to make of fields that did not arrive.
    pub(crate) fn judged(mut self, strictness: Strictness, descriptors: Option<Schema>) -> Self {
        self.strictness = strictness;
        self.schemas = ProviderSchemas::known(descriptors);
        self
    }

    /// The same provider, called with more metadata.
    pub(crate) fn with_metadata(&self, extra: &HeaderMap) -> Self {
        let mut provider = self.clone();
        provider.headers.extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        provider
    }

    /// Replays the call and compares the reply; then the provider's own schema, where it tells it.
    ///
    /// # Errors
    ///
    /// Why there was no reply, in words.
    pub(crate) async fn replay(&self, check: &GrpcCheck, context: &Context) -> Result<Vec<Finding>, String> {
        let (messages, mut metadata) = check.request(context)?;
        for name in self.headers.keys() {
            metadata.remove(name);
        }
        metadata.extend(self.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
        let (messages, metadata) = self.filtered(check, messages, metadata).await?;
        let reply = self.call(check, messages, metadata).await?;
        let mut found = check.check(&reply, self.strictness);
        let service = check.call.method.service_name();
        if let Some(schema) = self.schemas.of_service(&self.channel, &self.headers, &service).await {
            let known =
                |finding: &Finding| found.iter().any(|known| known.mismatch.location == finding.mismatch.location);
            let changes: Vec<Finding> = check.check_schema(&schema, self.strictness);
            let changes: Vec<Finding> = changes.into_iter().filter(|change| !known(change)).collect();
            found.extend(changes);
        }
        Ok(found)
    }

    /// The call after the filter for requests has seen it, as a POST of its message to the method's address. What a stream
    /// sends is not shown to it.
    async fn filtered(
        &self,
        check: &GrpcCheck,
        mut messages: Vec<Bytes>,
        metadata: HeaderMap,
    ) -> Result<(Vec<Bytes>, HeaderMap), String> {
        let Some(filter) = &self.filter else { return Ok((messages, metadata)) };
        let only = if let [message] = messages.as_mut_slice() { Some(message) } else { None };
        let mut request = http::Request::new(only.as_deref().cloned().unwrap_or_default());
        *request.method_mut() = http::Method::POST;
        let address = format!("{}{}", self.address.trim_end_matches('/'), check.path);
        *request.uri_mut() = address.parse().map_err(|error| format!("'{address}' is no address: {error}"))?;
        *request.headers_mut() = metadata;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        let (mut parts, body) = filter.apply(request).await?.into_parts();
        // the transport says itself what its contents are
        parts.headers.remove(CONTENT_TYPE);
        if let Some(message) = only {
            *message = body;
        }
        Ok((messages, parts.headers))
    }

    async fn call(&self, check: &GrpcCheck, messages: Vec<Bytes>, metadata: HeaderMap) -> Result<Reply, String> {
        let patience = check.within().unwrap_or(self.timeout);
        let end = Instant::now() + patience;
        let mut client = tonic::client::Grpc::new(WholeMessages(self.channel.clone()))
            .max_decoding_message_size(self.limit)
            .accept_compressed(CompressionEncoding::Gzip);
        let ready = timeout_at(end, client.ready()).await.map_err(|_| self.late(check, patience))?;
        ready.map_err(|error| self.unreachable(check, &error))?;

        let mut conversation = Conversation::new(check.order(), messages);
        let mut request = Request::from_parts(
            MetadataMap::from_headers(metadata),
            tonic::Extensions::default(),
            conversation.stream(),
        );
        request.set_timeout(patience + SLACK);
        conversation.send_until_receive();
        let called = client.streaming(request, check.path.clone(), RawCodec);
        let response = match timeout_at(end, called).await.map_err(|_| self.late(check, patience))? {
            Ok(response) => response,
            Err(status) => return self.failed(check, &status, Vec::new(), HeaderMap::new()),
        };
        let (headers, mut stream, _) = response.into_parts();
        let headers = headers.into_headers();
        let mut progress = check.progress();
        let mut messages = Vec::new();
        let mut length = 0;
        loop {
            match timeout_at(end, stream.message()).await {
                Err(_) if progress.is_none() => return Err(self.late(check, patience)),
                Err(_) => return Ok(reply(messages, headers, HeaderMap::new(), StreamEnd::TimedOut(patience))),
                Ok(Err(status)) => return self.failed(check, &status, messages, headers),
                Ok(Ok(None)) => break,
                Ok(Ok(Some(message))) => {
                    length += message.len();
                    if length > self.limit {
                        return Err(self.too_large(check));
                    }
                    let enough = progress.as_mut().is_some_and(|progress| progress.take(&message));
                    messages.push(message);
                    conversation.received();
                    if enough && conversation.is_over() {
                        return Ok(reply(messages, headers, HeaderMap::new(), StreamEnd::Enough));
                    }
                }
            }
        }
        let trailers = trailers(&mut stream).await;
        Ok(reply(messages, headers, trailers, StreamEnd::Ended))
    }

    /// A status that the provider sent is a reply; one that stands for a broken connection is none.
    fn failed(
        &self,
        check: &GrpcCheck,
        status: &Status,
        messages: Vec<Bytes>,
        headers: HeaderMap,
    ) -> Result<Reply, String> {
        if status.code() == tonic::Code::OutOfRange && status.message().contains("message length too large") {
            return Err(self.too_large(check));
        }
        match Error::source(status) {
            Some(cause) if is_unreachable(cause) => return Err(self.unreachable(check, cause)),
            Some(cause) => return Err(self.broken(check, cause, &headers, messages.len())),
            None => {}
        }
        let mut trailers = status.metadata().clone().into_headers();
        if let (false, Ok(details)) =
            (status.details().is_empty(), HeaderValue::try_from(BASE64.encode(status.details())))
        {
            trailers.insert(DETAILS, details);
        }
        Ok(Reply {
            status: StatusCode::from_number(status.code().into()),
            status_message: status.message().to_owned(),
            ..reply(messages, headers, trailers, StreamEnd::Ended)
        })
    }

    fn too_large(&self, check: &GrpcCheck) -> String {
        let limit = self.limit >> 20;
        format!("{} brought more than {limit} MiB, which is where reading ends (--max-response-size)", check.path)
    }

    fn late(&self, check: &GrpcCheck, patience: Duration) -> String {
        format!("{} at {} brought no answer within {} s", check.path, self.address, patience.as_secs_f64())
    }

    /// Something answers there, and the connection or the call breaks.
    fn broken(&self, check: &GrpcCheck, error: &dyn Error, headers: &HeaderMap, came: usize) -> String {
        let (path, address, reason) = (&check.path, &self.address, chain_end(error));
        if headers.is_empty() {
            return format!(
                "{address} gave {path} no answer in gRPC, the connection broke ({reason}): is it a gRPC server that listens there?"
            );
        }
        let messages = if came == 1 { "message" } else { "messages" };
        format!("{path} at {address} broke off after {came} {messages} ({reason})")
    }

    fn unreachable(&self, check: &GrpcCheck, error: &dyn Error) -> String {
        let reason = chain_end(error);
        format!("{} found nobody to answer at {} ({reason}): is the provider running?", check.path, self.address)
    }
}

/// Whether there is no connection at all.
fn is_unreachable(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<tonic::ConnectError>() {
            return true;
        }
        next = error.source();
    }
    false
}

fn reply(messages: Vec<Bytes>, headers: HeaderMap, trailers: HeaderMap, end: StreamEnd) -> Reply {
    Reply { status: StatusCode::OK, status_message: String::new(), messages, headers, trailers, end }
}

async fn trailers(stream: &mut Streaming<Bytes>) -> HeaderMap {
    stream.trailers().await.ok().flatten().map(MetadataMap::into_headers).unwrap_or_default()
}

/// The client's side of a call: its messages, each in its turn.
struct Conversation {
    order: std::iter::Peekable<std::vec::IntoIter<Step>>,
    messages: std::vec::IntoIter<Bytes>,
    /// Gone when there is nothing more to say, which ends the client's stream.
    sender: Option<UnboundedSender<Bytes>>,
}

impl Conversation {
    fn new(order: Vec<Step>, messages: Vec<Bytes>) -> Self {
        Self { order: order.into_iter().peekable(), messages: messages.into_iter(), sender: None }
    }

    fn stream(&mut self) -> futures::channel::mpsc::UnboundedReceiver<Bytes> {
        let (sender, receiver) = unbounded();
        self.sender = Some(sender);
        receiver
    }

    /// Sends what is to be sent before the next message of the provider.
    fn send_until_receive(&mut self) {
        while self.order.next_if_eq(&Step::Send).is_some() {
            if let (Some(sender), Some(message)) = (&self.sender, self.messages.next()) {
                // a call that is over takes nothing more
                let _ = sender.unbounded_send(message);
            }
        }
        if self.messages.len() == 0 {
            self.sender = None;
        }
    }

    fn received(&mut self) {
        self.order.next_if_eq(&Step::Receive);
        self.send_until_receive();
    }

    fn is_over(&self) -> bool {
        self.sender.is_none()
    }
}
