//! A running mock server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use countersign_core::pact::Pact;
use tokio::runtime::Handle;

use super::listener::{self, Running};
use super::state::State;
use super::{Refusal, Selection, StartError};
use crate::report::Report;

/// How a mock server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where to listen; by default 127.0.0.1 on a free port.
    pub address: SocketAddr,
    /// Which interaction answers when several fit; by default one that was not exercised yet.
    pub selection: Selection,
    /// The largest HTTP body that is read, in bytes; by default 64 MiB. Larger ones get status 413. Messages of gRPC calls
    /// end at 4 MiB.
    pub max_body: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            selection: Selection::default(),
            max_body: 64 * 1024 * 1024,
        }
    }
}

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

    fn start_on(runtime: &Handle, pact: &Pact, config: &Config) -> Result<Self, StartError> {
        let state = Arc::new(State::prepare(pact, config)?);
        let running = listener::listen(config.address, Arc::clone(&state), runtime)?;
        Ok(Self { state, running })
    }

    /// The address to give to a client, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.running.address)
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

    /// Stops listening, sends the answers that are under way, and closes all connections. The port is free when this
    /// returns.
    pub async fn stop(self) {
        let Running { stop, task, .. } = self.running;
        drop(stop);
        // the task has nothing to return, and would have told of a panic of its own
        let _ = task.await;
    }
}
