//! What can go wrong below the rules.

/// The database failed, or its tables could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A statement or the connection failed.
    #[error("the database answered: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought to the shape this version needs.
    #[error("the tables could not be prepared: {0}; a newer broker may have used this database")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Stored JSON that does not read back.
    #[error("stored data does not read back: {0}")]
    Json(#[from] serde_json::Error),
}

/// What a request can do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The same transaction, once more.
    Repeat,
    /// The same request, some time later.
    Wait,
    /// Another request: it holds text this database cannot keep.
    Change,
    /// Nothing.
    None,
}

impl StoreError {
    /// What helps, judged by what either database reports.
    pub(crate) fn remedy(&self) -> Remedy {
        use super::dialect::Dialect;
        let Self::Database(error) = self else {
            return Remedy::None;
        };
        // SQLite's codes are numbers below 10000, PostgreSQL's have five characters
        let code = error.as_database_error().and_then(|error| error.code());
        let dialect =
            if code.as_deref().is_none_or(|code| code.len() == 5) { Dialect::Postgres } else { Dialect::Sqlite };
        // characters that are none, such as NUL, in a text or a parameter
        if code.as_deref().is_some_and(|code| matches!(code, "22021" | "22P05")) {
            return Remedy::Change;
        }
        if dialect.is_collision(error) {
            Remedy::Repeat
        } else if dialect.is_outage(error) {
            Remedy::Wait
        } else {
            Remedy::None
        }
    }
}
