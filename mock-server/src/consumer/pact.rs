//! Where every consumer test starts.

use std::future::{Future, ready};
use std::path::PathBuf;

use countersign_core::pact::{self as model, Interaction};
use countersign_core::protobuf::register;

use super::draft::{self, draft_methods};
use super::grpc::{AnsweredGrpc, Grpc};
use super::guard::Guard;
use super::http::{AnsweredHttp, Http};
use super::messages::{AnsweredMessage, ExchangePact, Message, MessagePact, SynchronousMessage, WrittenMessage};
use super::running::{BlockingProvider, MockProvider};
use crate::server::{AllowedOrigin, Config, Cors, Tls};

/// A contract in the making; see the [crate's page](crate) for a whole test.
#[derive(Debug, Clone)]
#[must_use = "a contract does something once it is started"]
pub struct Pact {
    pact: model::Pact,
    directory: Option<PathBuf>,
    proto_includes: Vec<PathBuf>,
    server: Config,
}

draft_methods!(Pact);

impl Pact {
    /// A contract between the side that asks and the side that answers, by the names that both go by everywhere.
    ///
    /// # Panics
    ///
    /// When a name is empty.
    #[track_caller]
    pub fn between(consumer: impl Into<String>, provider: impl Into<String>) -> Self {
        let pact = model::Pact::new(consumer, provider);
        assert!(!pact.consumer.is_empty(), "a consumer needs a name");
        assert!(!pact.provider.is_empty(), "a provider needs a name");
        Self { pact, directory: None, proto_includes: Vec::new(), server: Config::default() }
    }

    /// Adds an HTTP interaction. Its description, together with its provider states, tells it from all others of this
    /// consumer and provider.
    ///
    /// # Panics
    ///
    /// When this contract has a different interaction with the same description and provider states.
    #[track_caller]
    pub fn http(mut self, description: impl Into<String>, build: impl FnOnce(Http) -> AnsweredHttp) -> Self {
        self.add(build(Http::default()).build(description.into()));
        self
    }

    /// Adds a gRPC call. The `.proto` file that declares its method is compiled here and now, and travels with the pact.
    ///
    /// # Panics
    ///
    /// When the `.proto` file does not compile or does not have the method, when a message does not fit its type, or as
    /// [`Pact::http`].
    #[track_caller]
    pub fn grpc(mut self, description: impl Into<String>, build: impl FnOnce(Grpc) -> AnsweredGrpc) -> Self {
        let description = description.into();
        let call = build(Grpc::default());
        let schema = match call.method().schema(&self.proto_includes) {
            Ok(schema) => schema,
            Err(error) => panic!("the call '{description}' cannot be used: {error}"),
        };
        let method = match schema.method(&call.method().name) {
            Ok(method) => method,
            Err(error) => panic!("the call '{description}' cannot be used: {error}"),
        };
        self.add(call.build(&description, &schema, &method));
        register(&mut self.pact, &schema);
        self
    }

    /// A further folder in which imports of `.proto` files are looked up, after the file's own folder. Has to be said before
    /// the calls and messages that need it.
    pub fn proto_include(mut self, directory: impl Into<PathBuf>) -> Self {
        self.proto_includes.push(directory.into());
        self
    }

    /// Speaks TLS, over which REST and gRPC answer as well; `url` then begins with `https`. The certificate is made for
    /// `localhost`, `127.0.0.1` and `::1`, and whoever connects has to trust
    /// [`certificate_pem`](MockProvider::certificate_pem).
    ///
    /// # Panics
    ///
    /// When the system gives no randomness to make a certificate with.
    #[track_caller]
    pub fn tls(mut self) -> Self {
        match Tls::generated() {
            Ok(tls) => self.server.tls = Some(tls),
            Err(error) => panic!("the mock server cannot speak TLS: {error}"),
        }
        self
    }

    /// Lets pages of any origin call the server, for consumers that run in a browser: preflight requests that were not agreed
    /// on are answered with permission to go on, and answers may be read. Neither is part of the contract.
    pub fn cors(mut self) -> Self {
        self.server.cors = Cors::Preflight(AllowedOrigin::Caller);
        self
    }

    #[track_caller]
    fn add(&mut self, interaction: Interaction) {
        draft::add(&mut self.pact, interaction);
    }

    /// Adds a message that the provider sends and the consumer takes, such as an event on a topic. Messages are tested
    /// apart from HTTP and gRPC, but go into the same file.
    ///
    /// # Panics
    ///
    /// When HTTP or gRPC interactions were added to this contract, or as [`Pact::http`].
    #[track_caller]
    pub fn message(self, description: impl Into<String>, build: impl FnOnce(Message) -> WrittenMessage) -> MessagePact {
        MessagePact::new(self.without_interactions(), self.directory, self.proto_includes).message(description, build)
    }

    /// Adds a message that the consumer sends, with what the provider answers to it, over whatever both use for that.
    ///
    /// # Panics
    ///
    /// As [`Pact::message`].
    #[track_caller]
    pub fn synchronous_message(
        self,
        description: impl Into<String>,
        build: impl FnOnce(SynchronousMessage) -> AnsweredMessage,
    ) -> ExchangePact {
        ExchangePact::new(self.without_interactions(), self.directory).synchronous_message(description, build)
    }

    #[track_caller]
    fn without_interactions(&self) -> model::Pact {
        assert!(
            self.pact.interactions.is_empty(),
            "this contract has interactions that a server plays: say the messages in a contract of their own, they go \
             into the same file"
        );
        self.pact.clone()
    }

    /// Starts a server that plays the provider on a free port. It runs on threads of its own, so that a test may block
    /// its thread.
    ///
    /// # Panics
    ///
    /// When nothing was agreed on, or no server can be started.
    #[track_caller]
    pub fn start(self) -> impl Future<Output = MockProvider> + Send {
        ready(MockProvider::new(self.guard()))
    }

    /// As [`Pact::start`], for tests without an async runtime.
    ///
    /// # Panics
    ///
    /// As [`Pact::start`].
    #[track_caller]
    pub fn start_blocking(self) -> BlockingProvider {
        BlockingProvider::new(self.guard())
    }

    #[track_caller]
    fn guard(self) -> Guard {
        draft::check(&self.pact, "add one with `http` or `grpc`");
        match Guard::start(self.pact, self.directory, &self.server) {
            Ok(guard) => guard,
            Err(error) => panic!("the mock server did not start: {error}"),
        }
    }
}
