//! Where contracts are kept.

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::error::BrokerError;

/// How the database is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseOptions {
    /// Connections to PostgreSQL, at most (default: 10), of which half read and half write. SQLite has one writer
    /// and four readers whatever is set here.
    pub max_connections: u32,
    /// How long a request waits for a connection before it is answered with 503 (default: 5 s).
    pub pool_timeout: Duration,
    /// How long PostgreSQL works on one statement before it gives up (default: 15 s).
    pub statement_timeout: Duration,
    /// How often a start repeats connecting to a PostgreSQL that does not answer, a second apart (default: 0).
    pub connect_max_retries: u32,
    /// Whether a start brings the tables to the shape this version needs (default: yes).
    pub auto_migrate: bool,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            max_connections: 10,
            pool_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
            connect_max_retries: 0,
            auto_migrate: true,
        }
    }
}

/// A database this broker can store into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// Kept in memory, gone when the broker stops.
    Memory,
    /// An SQLite file, created when it does not exist.
    File(PathBuf),
    /// A PostgreSQL database, which any number of brokers may share; its address.
    Postgres(String),
}

impl Database {
    /// Reads a database address.
    ///
    /// # Errors
    ///
    /// [`BrokerError::UnsupportedDatabase`] when it names another kind of database.
    pub fn parse(url: &str) -> Result<Self, BrokerError> {
        let path = match url.split_once(':') {
            Some(("sqlite" | "sqlite3", rest)) => rest.strip_prefix("//").unwrap_or(rest),
            Some(("postgres" | "postgresql", rest)) if Url::parse(url).is_ok() => {
                return Ok(Self::Postgres(format!("postgres:{rest}")));
            }
            // one letter before the colon is a drive
            Some((scheme, _)) if scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+') => {
                return Err(BrokerError::UnsupportedDatabase { url: without_password(url), scheme: scheme.to_owned() });
            }
            _ => url,
        };
        match path {
            ":memory:" => Ok(Self::Memory),
            path => Ok(Self::File(PathBuf::from(path.split_once('?').map_or(path, |(path, _)| path)))),
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
            return Err(BrokerError::DirectoryMissing { file: file.clone(), directory: directory.to_owned() });
        }
        if file.is_dir() {
            return Err(BrokerError::NotADatabase { file: file.clone() });
        }
        if file.exists() { check_header(file) } else { Ok(()) }
    }
}

impl std::fmt::Display for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory => f.write_str("in memory"),
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

fn check_header(file: &Path) -> Result<(), BrokerError> {
    use std::io::Read as _;
    let mut header = Vec::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(16).read_to_end(&mut header))
        .map_err(|source| BrokerError::Unreadable { file: file.to_owned(), source })?;
    if header.is_empty() || header == b"SQLite format 3\0" {
        Ok(())
    } else {
        Err(BrokerError::NotADatabase { file: file.to_owned() })
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
            ("postgresql://me@host/db", Database::Postgres("postgres://me@host/db".to_owned())),
        ] {
            assert_eq!(Database::parse(url).unwrap(), expected, "{url}");
        }
        let shown = Database::parse("postgres://me:secret@host/db").unwrap().to_string();
        assert_eq!(shown, "postgres://me:***@host/db");
    }

    #[test]
    fn other_databases_are_refused_with_advice_and_without_the_password() {
        let error = Database::parse("mysql://me:secret@host/db").unwrap_err().to_string();
        insta::assert_snapshot!(error, @r#"cannot use the database "mysql://me:***@host/db": "mysql" is not supported; give a file (contracts.sqlite or sqlite:contracts.sqlite), sqlite::memory: or postgres://user:password@host/name with --database-url"#);
    }

    #[test]
    fn a_file_that_is_something_else_is_not_touched() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("notes.txt");
        std::fs::write(&file, "shopping list").unwrap();
        assert!(matches!(Database::File(file).check(), Err(BrokerError::NotADatabase { .. })));
        let missing = directory.path().join("no/such/place.sqlite");
        assert!(matches!(Database::File(missing).check(), Err(BrokerError::DirectoryMissing { .. })));
        assert!(Database::File(directory.path().join("new.sqlite")).check().is_ok());
    }
}
