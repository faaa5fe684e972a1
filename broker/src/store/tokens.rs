//! API tokens. Only their digests are stored.

use super::{Conn, StoreError};
use crate::auth::Role;

/// What is known about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its public identity.
    pub uuid: String,
    /// What people call it.
    pub name: String,
    /// What its holder may do.
    pub roles: Vec<Role>,
    /// Whose contracts its holder may write; `None` is everyone's.
    pub pacticipants: Option<Vec<String>>,
    /// Who created it.
    pub created_by: String,
    /// When, in microseconds since 1970.
    pub created_at: i64,
    /// From when on it is refused.
    pub expires_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    uuid: String,
    name: String,
    roles: String,
    pacticipants: Option<String>,
    created_by: String,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TokenRow {
    fn read(self) -> Result<Token, StoreError> {
        Ok(Token {
            uuid: self.uuid,
            name: self.name,
            roles: self.roles.split(' ').filter_map(Role::parse).collect(),
            pacticipants: self.pacticipants.as_deref().map(serde_json::from_str).transpose()?,
            created_by: self.created_by,
            created_at: self.created_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
        })
    }
}

/// Stores a token's digest and what its holder may do.
///
/// # Errors
///
/// The database failed; so for every function of this module.
pub async fn create(conn: &mut Conn, token: &Token, digest: &str) -> Result<(), StoreError> {
    let roles: Vec<&str> = token.roles.iter().map(|role| role.name()).collect();
    sqlx::query(
        "INSERT INTO tokens (uuid, name, digest, roles, pacticipants, created_by, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&token.uuid)
    .bind(&token.name)
    .bind(digest)
    .bind(roles.join(" "))
    .bind(token.pacticipants.as_ref().map(serde_json::to_string).transpose()?)
    .bind(&token.created_by)
    .bind(token.created_at)
    .bind(token.expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The token with this digest, whether or not it still counts.
pub async fn by_digest(conn: &mut Conn, digest: &str) -> Result<Option<Token>, StoreError> {
    let row: Option<TokenRow> =
        sqlx::query_as("SELECT * FROM tokens WHERE digest = $1").bind(digest).fetch_optional(conn).await?;
    row.map(TokenRow::read).transpose()
}

/// The token with this identity.
pub async fn find(conn: &mut Conn, uuid: &str) -> Result<Option<Token>, StoreError> {
    let row: Option<TokenRow> =
        sqlx::query_as("SELECT * FROM tokens WHERE uuid = $1").bind(uuid).fetch_optional(conn).await?;
    row.map(TokenRow::read).transpose()
}

/// All tokens, oldest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<Token>, StoreError> {
    let rows: Vec<TokenRow> = sqlx::query_as("SELECT * FROM tokens ORDER BY id").fetch_all(conn).await?;
    rows.into_iter().map(TokenRow::read).collect()
}

/// Revokes a token; whether there was one to revoke.
pub async fn revoke(conn: &mut Conn, uuid: &str, now: i64) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE tokens SET revoked_at = $2 WHERE uuid = $1 AND revoked_at IS NULL")
        .bind(uuid)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}
