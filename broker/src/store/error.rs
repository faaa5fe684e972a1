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
