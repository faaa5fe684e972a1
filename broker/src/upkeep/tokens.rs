//! API tokens, made and revoked with the database at hand.

use uuid::Uuid;

use super::{failed, open};
use crate::auth::{Role, digest, new_secret};
use crate::config::Config;
use crate::error::BrokerError;
use crate::store::tokens::{self, Token};
use crate::store::{StoreError, now};

/// A token to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewToken {
    /// What people call it.
    pub name: String,
    /// What its holder may do.
    pub roles: Vec<Role>,
    /// Whose contracts its holder may write; empty for everyone's.
    pub pacticipants: Vec<String>,
    /// After how many days it ends.
    pub days: Option<u32>,
}

/// Makes a token; what is stored, and the text its holder sends, which is nowhere else.
///
/// # Errors
///
/// The database cannot be opened, or failed.
pub async fn create_token(config: &Config, new: &NewToken) -> Result<(Token, String), BrokerError> {
    const WHAT: &str = "cannot create the token";
    let secret = new_secret().map_err(|error| failed(WHAT, error))?;
    let now = now();
    let token = Token {
        uuid: Uuid::new_v4().to_string(),
        name: new.name.clone(),
        roles: new.roles.clone(),
        pacticipants: (!new.pacticipants.is_empty()).then(|| new.pacticipants.clone()),
        created_by: "the command line".to_owned(),
        created_at: now,
        expires_at: new.days.map(|days| now + i64::from(days) * 24 * 60 * 60 * 1_000_000),
        revoked_at: None,
    };
    let store = open(config).await?;
    let write = async {
        let mut tx = store.write().await?;
        tokens::create(&mut tx, &token, &digest(&secret)).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(())
    };
    write.await.map_err(|error| failed(WHAT, error))?;
    store.close().await;
    Ok((token, secret))
}

/// All tokens, oldest first.
///
/// # Errors
///
/// The database cannot be opened, or failed.
pub async fn list_tokens(config: &Config) -> Result<Vec<Token>, BrokerError> {
    let store = open(config).await?;
    let read = async {
        let mut conn = store.read().await?;
        tokens::list(&mut conn).await
    };
    let found = read.await.map_err(|error| failed("cannot list the tokens", error))?;
    store.close().await;
    Ok(found)
}

/// Revokes a token; whether there was one to revoke.
///
/// # Errors
///
/// The database cannot be opened, or failed.
pub async fn revoke_token(config: &Config, uuid: &str) -> Result<bool, BrokerError> {
    let store = open(config).await?;
    let write = async {
        let mut tx = store.write().await?;
        let revoked = tokens::revoke(&mut tx, uuid, now()).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(revoked)
    };
    let revoked = write.await.map_err(|error| failed("cannot revoke the token", error))?;
    store.close().await;
    Ok(revoked)
}
