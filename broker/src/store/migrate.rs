//! Bringing the tables to the shape this version needs, and giving a new database its first environments.

use std::borrow::Cow;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, SqlSafeStr as _};

use super::dialect::Dialect;
use super::{Conn, StoreError, environments, rows};
use crate::domain::environment::EnvironmentFields;

pub(crate) const MIGRATIONS: [(i64, &str, &str); 3] = [
    (1, "contracts", include_str!("../../migrations/0001_contracts.sql")),
    (2, "environments", include_str!("../../migrations/0002_environments.sql")),
    (3, "operations", include_str!("../../migrations/0003_operations.sql")),
];

/// How often a start tries again after another process prepared the same SQLite file at the same time. PostgreSQL lets
/// one process prepare the tables while the others wait.
const ATTEMPTS: usize = 5;

pub(super) async fn run(pool: &AnyPool, dialect: Dialect) -> Result<(), StoreError> {
    let mut attempt = 1;
    loop {
        match migrator(dialect).run(pool).await {
            Err(error) if dialect == Dialect::Sqlite && attempt < ATTEMPTS => {
                tracing::warn!(%error, "another process may be preparing the tables");
                tokio::time::sleep(Duration::from_millis(200)).await;
                attempt += 1;
            }
            done => return Ok(done?),
        }
    }
}

fn migrator(dialect: Dialect) -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| {
            let sql = AssertSqlSafe(dialect.spell(sql)).into_sql_str();
            Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
        })
        .collect();
    let mut migrator = Migrator::with_migrations(migrations);
    // tables only ever grow within two versions, so that an older replica starts beside a newer one
    migrator.set_ignore_missing(true);
    migrator
}

/// Creates the environments `test` and `production`, once in the life of a database: deleted ones stay deleted.
pub(super) async fn seed(conn: &mut Conn) -> Result<(), StoreError> {
    let first =
        sqlx::query("INSERT INTO settings (name, value) VALUES ('environments_seeded', 'yes') ON CONFLICT DO NOTHING")
            .execute(&mut *conn)
            .await?
            .rows_affected()
            == 1;
    if !first || !environments::list(conn, None).await?.is_empty() {
        return Ok(());
    }
    for (name, display_name, production) in [("test", "Test", false), ("production", "Production", true)] {
        let fields = EnvironmentFields {
            name: name.to_owned(),
            display_name: Some(display_name.to_owned()),
            production,
            contacts: None,
        };
        environments::create(conn, &fields, rows::now()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_only_add() {
        for (number, name, sql) in MIGRATIONS {
            let sql = sql.to_uppercase();
            for word in ["DROP TABLE", "DROP COLUMN", "RENAME", "ALTER COLUMN", "DELETE FROM"] {
                assert!(!sql.contains(word), "{number} {name}: {word} takes away what the version before needs");
            }
        }
    }
}
