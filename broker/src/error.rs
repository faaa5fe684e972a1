//! What can keep a broker from starting or running.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::store::StoreError;

/// Why a broker did not start, or stopped; each message says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// Something else listens on the address.
    #[error("cannot listen on {address}: another program uses this port; stop it, or choose another with --port")]
    PortInUse {
        /// The address asked for.
        address: String,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}: {source}; check --host and --port")]
    Listen {
        /// The address asked for.
        address: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// The database address names a kind of database this broker does not store into.
    #[error(
        "cannot use the database {url:?}: {scheme:?} is not supported; give a file (contracts.sqlite or \
         sqlite:contracts.sqlite), sqlite::memory: or postgres://user:password@host/name with --database-url"
    )]
    UnsupportedDatabase {
        /// The address as given, without its password.
        url: String,
        /// The part before the colon.
        scheme: String,
    },
    /// The directory that should hold the database file does not exist.
    #[error("cannot open the database {}: the directory {} does not exist; create it, or give another path with --database-url", .file.display(), .directory.display())]
    DirectoryMissing {
        /// The database file asked for.
        file: PathBuf,
        /// The directory that is missing.
        directory: PathBuf,
    },
    /// The file is there and is something else.
    #[error("cannot open the database {}: the file is not an SQLite database; give another path with --database-url", .file.display())]
    NotADatabase {
        /// The file asked for.
        file: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot open the database {}: {source}; check the path and its permissions", .file.display())]
    Unreadable {
        /// The file asked for.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The database cannot be opened or brought to this version's tables.
    #[error("cannot open the database {database}: {source}")]
    Database {
        /// The database, as shown to people.
        database: String,
        /// What the database said.
        source: StoreError,
    },
    /// A base URL that links could not be built from.
    #[error(
        "the base URL {url:?} is not usable: {reason}; give one such as https://broker.example.com with --base-url"
    )]
    BaseUrl {
        /// The text as given.
        url: String,
        /// Why not.
        reason: String,
    },
    /// Other machines would reach a broker that lets everyone do everything.
    #[error(
        "refusing to listen on {host} without authentication, because other machines reach that address: set up a user \
         (--basic-auth-username and --basic-auth-password), tokens (--token-auth-enabled true) or OIDC \
         (--oidc-jwks-url), or say that everyone may do everything with --allow-anonymous true"
    )]
    Unguarded {
        /// The host asked for.
        host: String,
    },
    /// A setting whose value makes no sense.
    #[error("the setting {name} is not usable: {reason}")]
    Setting {
        /// Its name.
        name: String,
        /// Why not.
        reason: String,
    },
    /// A configuration file that cannot be used.
    #[error("the configuration file {} is not usable: {reason}", .file.display())]
    ConfigFile {
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// What webhooks are sent with could not be set up.
    #[error("webhooks cannot be set up: {0}")]
    Webhooks(String),
    /// What tokens of an identity provider are checked with could not be set up.
    #[error("the identity provider cannot be set up: {0}")]
    Identity(String),
    /// Backing up, restoring, exporting or importing failed.
    #[error("{what}: {reason}")]
    Data {
        /// What was attempted.
        what: String,
        /// Why it failed.
        reason: String,
    },
    /// The server ended on its own.
    #[error("the broker on {address} stopped: {source}")]
    Serve {
        /// The address it listened on.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}
