//! Why a mock server does not start.

use std::net::SocketAddr;

use countersign_core::format::FormatError;

use super::TlsError;

/// Why a mock server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; port 0 picks a free one")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// No thread could be started for the server.
    #[error("cannot start a thread for the mock server: {0}")]
    Runtime(std::io::Error),
    /// There is no certificate to speak TLS with.
    #[error("cannot speak TLS: {0}")]
    Tls(#[from] TlsError),
    /// What was to be played is no pact.
    #[error(transparent)]
    NotAPact(#[from] FormatError),
    /// Interactions that no server could play; all of them.
    #[error("{}", list(.0))]
    Unplayable(Vec<UnplayableInteraction>),
}

/// An interaction that no server could play.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{description}' cannot be played: {reason}")]
pub struct UnplayableInteraction {
    /// The interaction's description.
    pub description: String,
    /// What is in the way.
    pub reason: String,
}

fn list(problems: &[UnplayableInteraction]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
