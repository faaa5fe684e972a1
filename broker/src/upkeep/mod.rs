//! What operators do with a broker's data, while brokers run or while none does: tokens, clean-up, copies.

mod backup;
mod batch;
mod tokens;
mod transfer;

pub use backup::{backup, restore};
pub use tokens::{NewToken, create_token, list_tokens, revoke_token};
pub use transfer::{export, import};

pub use crate::clean::Swept;
use crate::clean::sweep;
use crate::config::{Config, Database};
use crate::error::BrokerError;
use crate::store::Store;

/// Opens the database a configuration names, without serving it.
async fn open(config: &Config) -> Result<Store, BrokerError> {
    let database = Database::parse(&config.database_url)?;
    database.check()?;
    Store::open(&database, &config.database, config.rules.seed_environments)
        .await
        .map_err(|source| BrokerError::Database { database: database.to_string(), source })
}

fn failed(what: &str, reason: impl ToString) -> BrokerError {
    BrokerError::Data { what: what.to_owned(), reason: reason.to_string() }
}

/// Cleans up once, as configured.
///
/// # Errors
///
/// The database cannot be opened, or failed.
pub async fn clean(config: &Config) -> Result<Swept, BrokerError> {
    let store = open(config).await?;
    let swept = sweep(&store, &config.clean).await.map_err(|error| failed("cannot clean up", error))?;
    store.close().await;
    Ok(swept)
}
