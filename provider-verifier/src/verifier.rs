//! The verifier as a user sets it up.

use countersign_core::protobuf::Schema;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::Request;

use crate::filter::Filter;
use crate::provider::client::{ClientSettings, HttpVersions};
use crate::provider::filter::RequestFilter;
use crate::provider::message_handlers::{MessageCall, MessageHandlers, ProducedMessage};
use crate::run::Progress;
use crate::source::PactSource;
use crate::state::{Action, StateCall, StateChangeUrl, StateError, StateValues, States};
use crate::{VerifyError, Version};

/// Replays pacts against a real provider.
///
/// See the [crate's documentation](crate) for an example. Everything but the provider's name has a default; an address of
/// the provider and a place to take pacts from are needed for anything to happen.
#[must_use = "nothing is verified before .verify()"]
pub struct Verifier<'a> {
    pub(crate) provider: String,
    pub(crate) any_provider: bool,
    pub(crate) http: Option<String>,
    pub(crate) grpc: Option<String>,
    pub(crate) grpc_descriptors: Option<Schema>,
    pub(crate) strict: bool,
    pub(crate) messages: Option<String>,
    pub(crate) message_handlers: MessageHandlers<'a>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) request_filter: Option<RequestFilter<'a>>,
    pub(crate) client: ClientSettings,
    pub(crate) run_timeout: Option<Duration>,
    pub(crate) concurrency: usize,
    pub(crate) scoped_states: bool,
    pub(crate) states: States<'a>,
    pub(crate) sources: Vec<PactSource>,
    pub(crate) allow_no_pacts: bool,
    pub(crate) filter: Result<Filter, VerifyError>,
    pub(crate) stop_at_failure: bool,
    pub(crate) version: Option<Version>,
    pub(crate) publish: bool,
    pub(crate) progress: Option<Box<dyn Fn(Progress) + Send + Sync + 'a>>,
}

impl<'a> Verifier<'a> {
    /// A verifier of the provider that pacts know under this name.
    pub fn of(provider: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            any_provider: false,
            http: None,
            grpc: None,
            grpc_descriptors: None,
            strict: false,
            messages: None,
            message_handlers: MessageHandlers::default(),
            headers: Vec::new(),
            request_filter: None,
            client: ClientSettings::default(),
            run_timeout: None,
            scoped_states: false,
            concurrency: std::thread::available_parallelism().map_or(4, |cores| cores.get() * 4),
            states: States::default(),
            sources: Vec::new(),
            allow_no_pacts: false,
            filter: Ok(Filter::default()),
            stop_at_failure: false,
            version: None,
            publish: false,
            progress: None,
        }
    }

    /// Where the provider answers over HTTP, with the path that all of the pacts' paths are below, if there is one.
    pub fn http(mut self, url: impl ToString) -> Self {
        self.http = Some(url.to_string());
        self
    }

    /// Where the provider answers over gRPC, as `http://host:port` or `https://host:port`. Default: the address for HTTP.
    pub fn grpc(mut self, url: impl ToString) -> Self {
        self.grpc = Some(url.to_string());
        self
    }

    /// The provider's own schema, which is compared with the pacts': fields they read must not be gone or changed. Default:
    /// the provider is asked for it by reflection, and not compared when it does not offer that.
    pub fn grpc_schema(mut self, schema: Schema) -> Self {
        self.grpc_descriptors = Some(schema);
        self
    }

    /// Fails where a pact of other tools is satisfied only because a protobuf field that did not arrive reads as its
    /// default, or where a provider's schema no longer has what such a pact reads. Default `false`: a warning says so.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Where the provider answers `POST / {"description": …}` with the message of that description, for messages that no
    /// [handler](Self::message) makes. Default: the address for HTTP.
    pub fn messages(mut self, url: impl ToString) -> Self {
        self.messages = Some(url.to_string());
        self
    }

    /// Sends one more header with every request and call, in place of what the pacts say under its name. Default: none.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Changes every request just before it is sent, for example to sign it. It is the last to have a say, after the
    /// pact and [`header`](Self::header); an error keeps the request from being sent and fails the interaction.
    ///
    /// A gRPC call is shown as a POST to the method's address, with its metadata as headers and its message as body, encoded
    /// and without its frame; of a stream of messages the body is empty and stays out of account, as does a changed address.
    ///
    /// ```
    /// use countersign_provider_verifier::Verifier;
    ///
    /// let verifier = Verifier::of("inventory-service").request_filter(|mut request| async move {
    ///     let length = request.body().len().to_string();
    ///     request.headers_mut().insert("x-signature", format!("signed-{length}").parse()?);
    ///     Ok(request)
    /// });
    /// ```
    pub fn request_filter<F, R>(mut self, change: F) -> Self
    where
        F: Fn(Request<Bytes>) -> R + Send + Sync + 'a,
        R: Future<Output = Result<Request<Bytes>, StateError>> + Send + 'a,
    {
        self.request_filter = Some(RequestFilter::new(change));
        self
    }

    /// How long an answer may take from connecting to its last byte, also that of a state change. Default 5 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.client.timeout = timeout;
        self
    }

    /// How long all replays may take together; what is left then has failed. Default: as long as it takes.
    pub fn run_timeout(mut self, timeout: Duration) -> Self {
        self.run_timeout = Some(timeout);
        self
    }

    /// The most bytes that an answer may have, decompressed. Default 64 MiB.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.client.limit = bytes;
        self
    }

    /// Speaks HTTP/2 only, over cleartext without asking first. Default: HTTP/1.1, and over TLS what the provider prefers.
    pub fn http2(mut self) -> Self {
        self.client.versions = HttpVersions::Http2;
        self
    }

    /// Trusts the certificate authorities in this PEM text besides the system's. May be called several times.
    pub fn certificate_authority(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.client.tls.authorities.push(pem.into());
        self
    }

    /// Shows the provider a certificate: one PEM text with certificate and private key. Default: none is shown.
    pub fn client_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.client.tls.identity = Some(pem.into());
        self
    }

    /// Believes whoever answers over TLS. Default `false`.
    pub fn accept_any_certificate(mut self, accept: bool) -> Self {
        self.client.tls.any_certificate = accept;
        self
    }

    /// How many interactions without provider states are under way at a time. Default: four for each core.
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// The provider keeps the states of interactions apart by the header `Countersign-State-Scope`, which carries a fresh id
    /// through the state changes and the request of each interaction; interactions with states then run side by side too.
    /// Default `false`: they run one after another.
    pub fn scoped_states(mut self, scoped: bool) -> Self {
        self.scoped_states = scoped;
        self
    }

    /// Told after each exchange how far the run has come. Default: nobody is.
    pub fn on_progress(mut self, tell: impl Fn(Progress) + Send + Sync + 'a) -> Self {
        self.progress = Some(Box::new(tell));
        self
    }

    /// How a provider state comes about. What the handler hands back (nothing, or a JSON object) feeds the pact's
    /// `ProviderState` generators. A pact that names another state fails, unless a [state change URL](Self::state_change_url)
    /// takes it.
    pub fn state<F, R, V>(mut self, name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(StateCall) -> R + Send + Sync + 'a,
        R: Future<Output = Result<V, StateError>> + Send + 'a,
        V: StateValues,
    {
        self.states.handlers.add(Action::Setup, name.into(), handler);
        self
    }

    /// How a provider state is undone after the exchange. Default: it is not.
    pub fn state_teardown<F, R, V>(mut self, name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(StateCall) -> R + Send + Sync + 'a,
        R: Future<Output = Result<V, StateError>> + Send + 'a,
        V: StateValues,
    {
        self.states.handlers.add(Action::Teardown, name.into(), handler);
        self
    }

    /// The provider's own endpoint for state changes; handlers given with [`state`](Self::state) come first. Default: none.
    pub fn state_change_url(mut self, url: StateChangeUrl) -> Self {
        self.states.url = Some(url);
        self
    }

    /// Makes the message of this description, which is then not asked for over HTTP: what the handler gives is what the
    /// provider would send.
    ///
    /// ```
    /// use countersign_provider_verifier::{ProducedMessage, Verifier};
    /// use serde_json::json;
    ///
    /// let verifier = Verifier::of("order-service").message("an order was placed", |_| async {
    ///     Ok(ProducedMessage::json(json!({ "orderId": "ord_456" })).metadata("topic", "order.placed"))
    /// });
    /// ```
    pub fn message<F, R, M>(mut self, description: impl Into<String>, handler: F) -> Self
    where
        F: Fn(MessageCall) -> R + Send + Sync + 'a,
        R: Future<Output = Result<M, StateError>> + Send + 'a,
        M: Into<ProducedMessage>,
    {
        self.message_handlers.add(description.into(), handler);
        self
    }

    /// Adds pacts from a broker, files, folders, patterns, addresses, or the program itself. May be called several times.
    pub fn pacts(mut self, source: impl Into<PactSource>) -> Self {
        self.sources.push(source.into());
        self
    }

    /// Takes the pacts of folders and patterns whatever provider they name. Default: those with this provider.
    pub fn any_provider(mut self) -> Self {
        self.any_provider = true;
        self
    }

    /// Whether it is fine that there are no pacts. Default `false`.
    pub fn allow_no_pacts(mut self, allow: bool) -> Self {
        self.allow_no_pacts = allow;
        self
    }

    /// Replays one interaction after another and ends at the first failure that is not pending. Default `false`.
    pub fn stop_at_failure(mut self, stop: bool) -> Self {
        self.stop_at_failure = stop;
        self
    }

    /// The version that is verified: its branch and tags take part in choosing pacts. Nothing is published. Default: unknown.
    pub fn version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// The version that is verified; the results are handed in at the broker that the pacts come from. Default: they are not.
    ///
    /// A version that was [detected](Version::from_git) is published by CI builds only, so that a test run on somebody's own
    /// machine tells nobody anything: builds are told by `CI` and the like, and
    /// `PACT_BROKER_PUBLISH_VERIFICATION_RESULTS=true` overrides that. A [number given](Version::new) is published from
    /// anywhere.
    pub fn publish(mut self, version: Version) -> Self {
        self.publish = true;
        self.version(version)
    }
}
