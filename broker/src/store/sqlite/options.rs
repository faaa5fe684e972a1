//! Which database file an address means.

use std::path::PathBuf;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use rusqlite::OpenFlags;
use sqlx::any::AnyConnectOptions;
use sqlx_core::connection::ConnectOptions;
use url::Url;

use super::connection::Connection;
use super::error::translated;

/// How many statements a connection keeps prepared: more than this broker has.
const PREPARED: usize = 400;

/// A database to open; see [`super::super::dialect::sqlite_url`] for how addresses are written.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// `None` is a database in memory.
    file: Option<PathBuf>,
}

impl FromStr for Options {
    type Err = sqlx::Error;

    fn from_str(url: &str) -> Result<Self, sqlx::Error> {
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        if path == ":memory:" {
            return Ok(Self { file: None });
        }
        let path = percent_decode_str(path).decode_utf8().map_err(|error| sqlx::Error::Configuration(error.into()))?;
        Ok(Self { file: Some(PathBuf::from(path.as_ref())) })
    }
}

impl TryFrom<&AnyConnectOptions> for Options {
    type Error = sqlx::Error;

    fn try_from(options: &AnyConnectOptions) -> Result<Self, sqlx::Error> {
        options.database_url.as_str().parse()
    }
}

impl Options {
    fn open(&self) -> rusqlite::Result<rusqlite::Connection> {
        // a connection is used by one task at a time, so it needs no lock of its own
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = match &self.file {
            Some(file) => rusqlite::Connection::open_with_flags(file, flags)?,
            None => rusqlite::Connection::open_in_memory_with_flags(flags)?,
        };
        db.set_prepared_statement_cache_capacity(PREPARED);
        Ok(db)
    }
}

impl ConnectOptions for Options {
    type Connection = Connection;

    fn from_url(url: &Url) -> Result<Self, sqlx::Error> {
        url.as_str().parse()
    }

    async fn connect(&self) -> Result<Connection, sqlx::Error> {
        Ok(Connection::new(self.open().map_err(translated)?))
    }

    fn log_statements(self, _: log::LevelFilter) -> Self {
        self
    }

    fn log_slow_statements(self, _: log::LevelFilter, _: std::time::Duration) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_files() {
        let file = |url: &str| url.parse::<Options>().unwrap().file;
        assert_eq!(file("sqlite::memory:"), None);
        assert_eq!(file("sqlite:/a/b%20c%3F.db?mode=rwc"), Some(PathBuf::from("/a/b c?.db")));
        assert_eq!(file("sqlite:a.db?mode=rwc"), Some(PathBuf::from("a.db")));
    }
}
