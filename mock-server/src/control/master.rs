//! The master server: the control API's listener and what its requests share.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use countersign_core::pact::Pact;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::create;
use super::problem::MasterError;
use super::registry::Registry;
use crate::server::{Config, Running, listen, url};

/// How a master server runs.
#[derive(Debug, Clone)]
pub struct MasterConfig {
    /// Where the control API listens; by default 127.0.0.1 on a free port. Mock servers listen on the same address.
    pub address: SocketAddr,
    /// Where verified pacts are written; by default the current folder.
    pub output_dir: PathBuf,
    /// Mock servers get the first free port from this one on; by default any free port.
    pub base_port: Option<u16>,
    /// The key that shutting the master down takes; by default a random one, see [`MasterServer::server_key`].
    pub server_key: Option<String>,
}

impl Default for MasterConfig {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            output_dir: PathBuf::from("."),
            base_port: None,
            server_key: None,
        }
    }
}

/// What all requests to the control API share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) servers: Registry,
    pub(super) address: SocketAddr,
    pub(super) output_dir: PathBuf,
    pub(super) base_port: Option<u16>,
    pub(super) server_key: String,
    /// Set when someone with the key asked for the end.
    pub(super) end: watch::Sender<bool>,
}

/// A server that starts, lists, verifies and stops mock servers on behalf of programs in any language, over HTTP.
///
/// ```
/// use countersign_mock_server::control::{MasterConfig, MasterServer};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let master = MasterServer::start(&MasterConfig::default())?;
/// assert!(master.url().starts_with("http://127.0.0.1:"));
/// master.stop().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MasterServer {
    shared: Arc<Shared>,
    running: Running,
}

impl MasterServer {
    /// Starts a master server on the tokio runtime it is called from.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or the system gives no randomness for a key.
    ///
    /// # Panics
    ///
    /// When it is called outside a tokio runtime.
    pub fn start(config: &MasterConfig) -> Result<Self, MasterError> {
        let server_key = match &config.server_key {
            Some(key) => key.clone(),
            None => random_key()?,
        };
        let shared = Arc::new(Shared {
            servers: Registry::default(),
            address: config.address,
            output_dir: config.output_dir.clone(),
            base_port: config.base_port,
            server_key,
            end: watch::Sender::new(false),
        });
        let listening = Config { address: config.address, ..Config::default() };
        let running = listen(Arc::clone(&shared), &listening, &Handle::current())?;
        Ok(Self { shared, running })
    }

    /// Where the control API listens, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.running.address, None)
    }

    /// The port of [`url`](Self::url).
    #[must_use]
    pub fn port(&self) -> u16 {
        self.running.address.port()
    }

    /// The key that shutting the master down takes.
    #[must_use]
    pub fn server_key(&self) -> &str {
        &self.shared.server_key
    }

    /// Creates a mock server, as a POST to the control API does; returns its id and address.
    ///
    /// # Errors
    ///
    /// A sentence that says why not.
    pub fn create(&self, pact: Pact) -> Result<(String, String), String> {
        let wishes = create::Wishes::default();
        let server = create::start(&pact, &wishes, self.shared.address, self.shared.base_port)
            .map_err(|problem| problem.sentence)?;
        let playing = self.shared.servers.add(pact, server);
        Ok((playing.id.clone(), playing.server.url()))
    }

    /// Waits until someone with the key asks for the end.
    pub async fn ended(&self) {
        // the sender lives as long as this does
        let _ = self.shared.end.subscribe().wait_for(|ended| *ended).await;
    }

    /// Stops the control API and all mock servers.
    pub async fn stop(self) {
        self.running.stop().await;
        for playing in self.shared.servers.drain() {
            if let Some(playing) = Arc::into_inner(playing) {
                playing.server.stop().await;
            }
        }
    }
}

fn random_key() -> Result<String, MasterError> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz012345678901";
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(MasterError::Key)?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 64)])).collect())
}
