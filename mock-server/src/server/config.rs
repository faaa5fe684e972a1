//! How a server runs.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use http::{HeaderName, StatusCode};

use super::{Cors, Selection, Tls};

/// How a mock server runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; by default 127.0.0.1 on a free port.
    pub address: SocketAddr,
    /// Which interaction answers when several fit; by default one that was not exercised yet.
    pub selection: Selection,
    /// The largest HTTP body that is read, in bytes; by default 64 MiB. Larger ones get status 413, and so do compressed
    /// ones that become larger. Messages of gRPC calls end at 4 MiB.
    pub max_body: usize,
    /// Speak TLS with this certificate; by default none, and both HTTP/1.1 and HTTP/2 are spoken in the clear.
    pub tls: Option<Tls>,
    /// What browsers are told about requests from pages of other origins; by default nothing that was not agreed on.
    pub cors: Cors,
    /// How long a client may take for its TLS handshake, for the head of a request, and between two pieces of a body; by
    /// default 30 seconds. Later it gets status 408, or its connection is closed.
    pub patience: Duration,
    /// The status for HTTP requests that were not agreed on; by default 500.
    pub refused_status: StatusCode,
    /// A header field by which requests choose among interactions; by default none.
    pub state_header: Option<StateHeader>,
    /// Whether requests are counted by path; by default they are not.
    pub counts_requests: bool,
}

/// A header field by which a request chooses among interactions: its value is a regular expression that one of their provider
/// states has to match somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateHeader {
    /// The field.
    pub name: HeaderName,
    /// Whether interactions without a provider state may answer too.
    pub stateless_too: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            selection: Selection::default(),
            max_body: 64 * 1024 * 1024,
            tls: None,
            cors: Cors::Off,
            patience: Duration::from_secs(30),
            refused_status: StatusCode::INTERNAL_SERVER_ERROR,
            state_header: None,
            counts_requests: false,
        }
    }
}
