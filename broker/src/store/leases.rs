//! Work that one broker does at a time.

use std::time::Duration;

use super::{Conn, StoreError, now};

/// Takes a lease, unless another holder has it; whether it is `holder`'s now.
///
/// # Errors
///
/// The database failed.
pub async fn take(conn: &mut Conn, name: &str, holder: &str, span: Duration) -> Result<bool, StoreError> {
    let now = now();
    let until = now.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX));
    let done = sqlx::query(
        "INSERT INTO leases (name, holder, held_until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET \
         holder = excluded.holder, held_until = excluded.held_until WHERE leases.held_until < $4 OR leases.holder = $2",
    )
    .bind(name)
    .bind(holder)
    .bind(until)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
