//! Bringing the tables to the shape this version needs, and giving a new database its first environments.

use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, SqlSafeStr as _};

use super::dialect::Dialect;
use super::{Conn, StoreError, environments, rows};
use crate::domain::environment::EnvironmentFields;

const MIGRATIONS: [(i64, &str, &str); 2] = [
    (
        1,
        "contracts",
        include_str!("../../migrations/0001_contracts.sql"),
    ),
    (
        2,
        "environments",
        include_str!("../../migrations/0002_environments.sql"),
    ),
];

pub(super) async fn run(pool: &AnyPool, dialect: Dialect) -> Result<(), StoreError> {
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| {
            let sql = AssertSqlSafe(dialect.spell(sql)).into_sql_str();
            Migration::new(
                *version,
                Cow::Borrowed(*name),
                MigrationType::Simple,
                sql,
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations).run(pool).await?;
    Ok(())
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
    for (name, display_name, production) in
        [("test", "Test", false), ("production", "Production", true)]
    {
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
