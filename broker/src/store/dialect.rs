//! What differs between databases, all of it.

use std::path::Path;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Characters a path must not show inside an SQLite address.
const PATH: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');

/// The database spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
}

impl Dialect {
    /// The statements every new connection starts with.
    pub(super) fn session(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                "PRAGMA busy_timeout = 10000",
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                "PRAGMA temp_store = MEMORY",
                "PRAGMA cache_size = -16000",
            ],
        }
    }

    /// Opens a transaction that reads one consistent state.
    pub(super) fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN DEFERRED",
        }
    }

    /// Opens a transaction that will write. SQLite takes its write lock at once, so that a transaction which began
    /// by reading never finds its state overtaken by another process.
    pub(super) fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
        }
    }

    /// Fills in the spellings a migration leaves open.
    pub(super) fn spell(self, migration: &str) -> String {
        match self {
            Self::Sqlite => migration
                .replace("{{id}}", "INTEGER PRIMARY KEY AUTOINCREMENT")
                .replace("{{bytes}}", "BLOB"),
        }
    }
}

/// The driver's address of an SQLite file.
pub(super) fn sqlite_url(file: &Path) -> String {
    format!(
        "sqlite:{}?mode=rwc",
        utf8_percent_encode(&file.to_string_lossy(), PATH)
    )
}
