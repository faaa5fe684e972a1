//! A running mock server.

use std::net::SocketAddr;
use std::sync::Arc;

use countersign_core::pact::Pact;
use tokio::runtime::Handle;

use super::journal::Entry;
use super::listener::{self, Running};
use super::state::State;
use super::traffic::Traffic;
use super::{Config, Refusal, StartError, Tls};
use crate::report::Report;

/// A server that plays the provider of a pact, over HTTP and gRPC on one port. Stops when dropped, see
/// [`MockServer::stop`].
///
/// This is the engine below [`crate::Pact`]: it neither verifies nor writes anything by itself.
///
/// ```
/// use countersign_core::format;
/// use countersign_mock_server::{Config, MockServer};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pact = format::read(br#"{
///     "consumer": {"name": "shop"}, "provider": {"name": "stock"},
///     "interactions": [{
///         "description": "a stock check",
///         "request": {"method": "GET", "path": "/stock/7"},
///         "response": {"status": 200, "body": {"left": 5}}
///     }],
///     "metadata": {"pactSpecification": {"version": "3.0.0"}}
/// }"#)?;
/// let server = MockServer::start(&pact, &Config::default())?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// assert_eq!(server.report().unused.len(), 1);
/// server.stop().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MockServer {
    state: Arc<State>,
    running: Running,
    tls: Option<Tls>,
}

impl MockServer {
    /// Starts a server on the tokio runtime it is called from, or else on a background thread.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or the pact has interactions that no server could play.
    pub fn start(pact: &Pact, config: &Config) -> Result<Self, StartError> {
        match Handle::try_current() {
            Ok(runtime) => Self::start_on(&runtime, pact, config),
            Err(_) => Self::start_in_background(pact, config),
        }
    }

    /// Starts a server on a background thread that all such servers of the process share.
    ///
    /// # Errors
    ///
    /// As [`MockServer::start`].
    pub fn start_in_background(pact: &Pact, config: &Config) -> Result<Self, StartError> {
        Self::start_on(&listener::background()?, pact, config)
    }

    /// Starts a server that plays a pact file, on the tokio runtime it is called from, or else on a background thread. The
    /// document never stands in memory as a whole, so this takes a fraction of what reading it first would.
    ///
    /// # Errors
    ///
    /// As [`MockServer::start`], or the bytes are no pact.
    pub fn start_file(bytes: &[u8], config: &Config) -> Result<Self, StartError> {
        let runtime = Handle::try_current().or_else(|_| listener::background())?;
        Self::listen_on(&runtime, State::prepare_file(bytes, config)?, config)
    }

    fn start_on(runtime: &Handle, pact: &Pact, config: &Config) -> Result<Self, StartError> {
        Self::listen_on(runtime, State::prepare([pact], config)?, config)
    }

    fn listen_on(runtime: &Handle, state: State, config: &Config) -> Result<Self, StartError> {
        let state = Arc::new(state);
        let running = listener::listen(Arc::clone(&state), config, runtime)?;
        let server = Self { state, running, tls: config.tls.clone() };
        server.state.listens_at(server.url());
        Ok(server)
    }

    /// The address to give to a client, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.running.address, self.tls.as_ref())
    }

    /// The certificate that clients have to trust, as PEM, when the server speaks TLS.
    #[must_use]
    pub fn certificate_pem(&self) -> Option<&str> {
        self.tls.as_ref().map(Tls::trusted_pem)
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.running.address.port()
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// The requests that were not answered as agreed, in the order they came; the first 1000 are kept.
    #[must_use]
    pub fn mismatches(&self) -> Vec<Refusal> {
        self.state.journal.refusals()
    }

    /// How the conversation went so far.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::new(self.state.hits(), self.mismatches())
    }

    /// The refusals with the HTTP requests they are about.
    pub(crate) fn refused(&self) -> Vec<Entry> {
        self.state.journal.entries()
    }

    /// What was asked for so far, if the configuration wants it counted.
    pub(crate) fn traffic(&self) -> Traffic {
        self.state.traffic()
    }

    /// Stops listening, sends the answers that are under way, and closes all connections. The port is free when this
    /// returns.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// The address to give to a client.
pub(crate) fn url(address: SocketAddr, tls: Option<&Tls>) -> String {
    let scheme = if tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{address}")
}
