//! How a broker is set up: its database, its address and its behaviour.

use std::path::{Path, PathBuf};

use url::Url;

use crate::error::BrokerError;

/// Settings of one broker. Every field has a default; [`Config::default`] listens on `127.0.0.1:9292` and keeps its
/// data in `countersign.sqlite` in the working directory.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where contracts are kept: a path, `sqlite:path`, `sqlite://path`, or `sqlite::memory:`.
    pub database_url: String,
    /// The host name or address to listen on.
    pub host: String,
    /// The port to listen on; 0 lets the operating system choose a free one.
    pub port: u16,
    /// The addresses people and clients reach this broker by. Links start with the one that matches the request's
    /// host, else the first; with none, links repeat the host of the request.
    pub base_urls: Vec<String>,
    /// Refuse a new pacticipant whose name differs from a known one only in case, separators, a plural or a word such
    /// as "service" (default: true).
    pub check_for_duplicate_names: bool,
    /// Let a publication replace the contract of a version that has one already (default: false).
    pub allow_contract_modification: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: "countersign.sqlite".to_owned(),
            host: "127.0.0.1".to_owned(),
            port: 9292,
            base_urls: Vec::new(),
            check_for_duplicate_names: true,
            allow_contract_modification: false,
        }
    }
}

impl Config {
    /// Settings for a database, all else at its default.
    #[must_use]
    pub fn new(database_url: impl Into<String>) -> Self {
        Self {
            database_url: database_url.into(),
            ..Self::default()
        }
    }

    /// Settings for a broker that forgets everything when it stops, on any free port: for tests and demonstrations.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            port: 0,
            ..Self::new("sqlite::memory:")
        }
    }

    /// The port to listen on; 0 lets the operating system choose.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The base URLs, checked and without a trailing slash.
    pub(crate) fn checked_base_urls(&self) -> Result<Vec<String>, BrokerError> {
        self.base_urls
            .iter()
            .map(|url| checked_base_url(url))
            .collect()
    }
}

fn checked_base_url(text: &str) -> Result<String, BrokerError> {
    let refuse = |reason: String| BrokerError::BaseUrl {
        url: text.to_owned(),
        reason,
    };
    let url = Url::parse(text).map_err(|error| refuse(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("it must start with http:// or https://".to_owned()));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// A database this broker can store into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// Kept in memory, gone when the broker stops.
    Memory,
    /// An SQLite file, created when it does not exist.
    File(PathBuf),
}

impl Database {
    /// Reads a database address.
    ///
    /// # Errors
    ///
    /// [`BrokerError::UnsupportedDatabase`] when it names another kind of database.
    pub fn parse(url: &str) -> Result<Self, BrokerError> {
        let path = match url.split_once(':') {
            Some(("sqlite", rest)) => rest.strip_prefix("//").unwrap_or(rest),
            // one letter before the colon is a drive
            Some((scheme, _))
                if scheme.len() > 1
                    && scheme
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '+') =>
            {
                return Err(BrokerError::UnsupportedDatabase {
                    url: without_password(url),
                    scheme: scheme.to_owned(),
                });
            }
            _ => url,
        };
        match path {
            ":memory:" => Ok(Self::Memory),
            path => Ok(Self::File(PathBuf::from(
                path.split_once('?').map_or(path, |(path, _)| path),
            ))),
        }
    }

    /// Finds out early, and says plainly, when the file cannot be this broker's database.
    ///
    /// # Errors
    ///
    /// The directory is missing, or the file is there and no SQLite database.
    pub fn check(&self) -> Result<(), BrokerError> {
        let Self::File(file) = self else {
            return Ok(());
        };
        let directory = match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if !directory.is_dir() {
            return Err(BrokerError::DirectoryMissing {
                file: file.clone(),
                directory: directory.to_owned(),
            });
        }
        if file.is_dir() {
            return Err(BrokerError::NotADatabase { file: file.clone() });
        }
        if file.exists() {
            check_header(file)
        } else {
            Ok(())
        }
    }
}

impl std::fmt::Display for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory => f.write_str("in memory"),
            Self::File(file) => write!(f, "{}", file.display()),
        }
    }
}

fn check_header(file: &Path) -> Result<(), BrokerError> {
    use std::io::Read as _;
    let mut header = Vec::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(16).read_to_end(&mut header))
        .map_err(|source| BrokerError::Unreadable {
            file: file.to_owned(),
            source,
        })?;
    if header.is_empty() || header == b"SQLite format 3\0" {
        Ok(())
    } else {
        Err(BrokerError::NotADatabase {
            file: file.to_owned(),
        })
    }
}

fn without_password(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let _ = parsed.set_password(Some("***"));
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_addresses() {
        let file = |path: &str| Database::File(PathBuf::from(path));
        for (url, expected) in [
            ("contracts.sqlite", file("contracts.sqlite")),
            ("/var/lib/broker.db", file("/var/lib/broker.db")),
            ("sqlite:a/b.db", file("a/b.db")),
            ("sqlite://a/b.db?mode=rwc", file("a/b.db")),
            ("sqlite:///a/b.db", file("/a/b.db")),
            ("sqlite::memory:", Database::Memory),
            ("sqlite://:memory:", Database::Memory),
            (":memory:", Database::Memory),
        ] {
            assert_eq!(Database::parse(url).unwrap(), expected, "{url}");
        }
    }

    #[test]
    fn other_databases_are_refused_with_advice_and_without_the_password() {
        let error = Database::parse("mysql://me:secret@host/db")
            .unwrap_err()
            .to_string();
        insta::assert_snapshot!(error, @r#"cannot use the database "mysql://me:***@host/db": "mysql" is not supported; give a file (contracts.sqlite or sqlite:contracts.sqlite) or sqlite::memory: with --database-url"#);
    }

    #[test]
    fn a_file_that_is_something_else_is_not_touched() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("notes.txt");
        std::fs::write(&file, "shopping list").unwrap();
        assert!(matches!(
            Database::File(file).check(),
            Err(BrokerError::NotADatabase { .. })
        ));
        let missing = directory.path().join("no/such/place.sqlite");
        assert!(matches!(
            Database::File(missing).check(),
            Err(BrokerError::DirectoryMissing { .. })
        ));
        assert!(
            Database::File(directory.path().join("new.sqlite"))
                .check()
                .is_ok()
        );
    }

    #[test]
    fn base_urls_are_checked() {
        assert_eq!(
            checked_base_url("https://broker/prefix/").unwrap(),
            "https://broker/prefix"
        );
        assert!(checked_base_url("broker.example").is_err());
        assert!(checked_base_url("ftp://broker").is_err());
    }
}
