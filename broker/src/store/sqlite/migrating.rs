//! The tables' versions, kept the way sqlx keeps them.

use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use rusqlite::OptionalExtension as _;
use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration};

use super::connection::Connection;
use super::error::translated;

type Done<'a, T> = BoxFuture<'a, Result<T, MigrateError>>;

fn done<'a, T: Send + 'a>(outcome: Result<T, sqlx::Error>) -> Done<'a, T> {
    std::future::ready(outcome.map_err(MigrateError::Execute)).boxed()
}

impl Connection {
    /// Changes the tables and notes that they are changed, both or neither.
    fn migrate(&self, table: &str, migration: &Migration) -> Result<(), sqlx::Error> {
        self.batch("BEGIN")?;
        let outcome = self.batch(migration.sql.as_str()).and_then(|()| {
            let note = format!(
                "INSERT INTO {table} (version, description, success, checksum, execution_time) VALUES (?1, ?2, TRUE, ?3, -1)"
            );
            let noted = (migration.version, &*migration.description, &*migration.checksum);
            self.db.execute(&note, noted).map(drop).map_err(translated)
        });
        match outcome {
            Ok(()) => self.batch("COMMIT"),
            Err(error) => {
                // the first failure says more than one of undoing it
                let _ = self.batch("ROLLBACK");
                Err(error)
            }
        }
    }

    fn applied(&self, table: &str) -> rusqlite::Result<Vec<AppliedMigration>> {
        let mut statement = self.db.prepare(&format!("SELECT version, checksum FROM {table} ORDER BY version"))?;
        let rows = statement.query_map((), |row| {
            let checksum: Vec<u8> = row.get(1)?;
            Ok(AppliedMigration { version: row.get(0)?, checksum: checksum.into() })
        })?;
        rows.collect()
    }
}

impl Migrate for Connection {
    fn create_schema_if_not_exists<'e>(&'e mut self, _: &'e str) -> Done<'e, ()> {
        done(Err(sqlx::Error::Protocol("SQLite has no schemas".to_owned())))
    }

    fn ensure_migrations_table<'e>(&'e mut self, table: &'e str) -> Done<'e, ()> {
        done(self.batch(&format!(
            "CREATE TABLE IF NOT EXISTS {table} (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
             installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
             checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)"
        )))
    }

    fn dirty_version<'e>(&'e mut self, table: &'e str) -> Done<'e, Option<i64>> {
        let sql = format!("SELECT version FROM {table} WHERE success = FALSE ORDER BY version LIMIT 1");
        done(self.db.query_row(&sql, (), |row| row.get(0)).optional().map_err(translated))
    }

    fn list_applied_migrations<'e>(&'e mut self, table: &'e str) -> Done<'e, Vec<AppliedMigration>> {
        done(self.applied(table).map_err(translated))
    }

    fn lock(&mut self) -> Done<'_, ()> {
        // whoever comes second finds the tables changed, or is told that the database is busy
        done(Ok(()))
    }

    fn unlock(&mut self) -> Done<'_, ()> {
        done(Ok(()))
    }

    fn apply<'e>(&'e mut self, table: &'e str, migration: &'e Migration) -> Done<'e, Duration> {
        let begun = Instant::now();
        done(self.migrate(table, migration).map(|()| begun.elapsed()))
    }

    fn revert<'e>(&'e mut self, _: &'e str, _: &'e Migration) -> Done<'e, Duration> {
        done(Err(sqlx::Error::Protocol("the tables only ever grow".to_owned())))
    }
}
