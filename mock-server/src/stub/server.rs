//! A running stub.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use countersign_core::pact::Pact;
use http::{HeaderName, Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::runtime::Handle;

use super::StateFilter;
use crate::server::{
    AnswerBody, Answers, Config, Cors, Running, Selection, StartError, State, StateHeader, Tls, listen, url,
};

/// How a stub runs.
#[derive(Debug, Clone)]
pub struct StubConfig {
    /// Where to listen; by default 127.0.0.1 on a free port.
    pub address: SocketAddr,
    /// Which interactions are played; by default all.
    pub states: StateFilter,
    /// A header field whose value, a regular expression, chooses among interactions by provider state, one request at a
    /// time; by default none.
    pub state_header: Option<HeaderName>,
    /// Whether interactions without a provider state may answer requests with such a header; by default they may not.
    pub stateless_too: bool,
    /// What browsers are told; by default that pages of any origin may read answers.
    pub cors: Cors,
    /// Speak TLS with this certificate; by default none.
    pub tls: Option<Tls>,
}

impl Default for StubConfig {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            states: StateFilter::default(),
            state_header: None,
            stateless_too: false,
            cors: Cors::AnyOrigin,
            tls: None,
        }
    }
}

impl StubConfig {
    fn server(&self) -> Config {
        let header = |name: &HeaderName| StateHeader { name: name.clone(), stateless_too: self.stateless_too };
        Config {
            address: self.address,
            selection: Selection::FirstWhateverTheHeaders,
            refused_status: StatusCode::NOT_FOUND,
            cors: self.cors,
            tls: self.tls.clone(),
            state_header: self.state_header.as_ref().map(header),
            ..Config::default()
        }
    }

    fn prepare(&self, mut pacts: Vec<Pact>) -> Result<State, StartError> {
        pacts.iter_mut().for_each(|pact| self.states.apply(pact));
        State::prepare(&pacts, &self.server())
    }
}

/// A server that answers as pacts say, over HTTP and gRPC on one port. A request that no interaction fits gets status 404
/// and a body that says which one came closest; header fields alone are no reason for that.
#[derive(Debug)]
pub struct StubServer {
    shared: Arc<Shared>,
    running: Running,
}

#[derive(Debug)]
struct Shared {
    config: StubConfig,
    state: RwLock<Arc<State>>,
}

impl Shared {
    fn current(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Answers for Shared {
    async fn answer(&self, request: Request<Incoming>) -> Response<AnswerBody> {
        self.current().answer(request).await
    }
}

impl StubServer {
    /// Starts a stub of these pacts on the tokio runtime it is called from.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or the pacts have interactions that no server could play.
    ///
    /// # Panics
    ///
    /// When it is called outside a tokio runtime.
    pub fn start(pacts: Vec<Pact>, config: StubConfig) -> Result<Self, StartError> {
        let state = RwLock::new(Arc::new(config.prepare(pacts)?));
        let listening = config.server();
        let shared = Arc::new(Shared { config, state });
        let running = listen(Arc::clone(&shared), &listening, &Handle::current())?;
        let stub = Self { shared, running };
        stub.shared.current().listens_at(stub.url());
        Ok(stub)
    }

    /// Plays other pacts from now on. Requests that are under way are still answered by the former ones.
    ///
    /// # Errors
    ///
    /// The pacts have interactions that no server could play; then the former ones stay.
    pub fn reload(&self, pacts: Vec<Pact>) -> Result<(), StartError> {
        let state = self.shared.config.prepare(pacts)?;
        state.listens_at(self.url());
        *self.shared.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
        Ok(())
    }

    /// How many interactions are played.
    #[must_use]
    pub fn size(&self) -> usize {
        self.shared.current().size()
    }

    /// The address to give to a client, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.running.address, self.shared.config.tls.as_ref())
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.running.address.port()
    }

    /// Stops listening, sends the answers that are under way, and closes all connections.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
