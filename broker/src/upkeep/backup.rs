//! Whole copies of a database, made while brokers go on serving it.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use sqlx::AssertSqlSafe;

use super::{export, failed, import, open};
use crate::config::{Config, Database};
use crate::error::BrokerError;
use crate::webhook::key_file;

const BACKUP: &str = "cannot back up";
const RESTORE: &str = "cannot restore";

/// Writes a copy of the database to a new file: of SQLite a database file, and its key beside it; of PostgreSQL an export.
///
/// # Errors
///
/// The file exists or cannot be written, or the database failed.
pub async fn backup(config: &Config, file: &Path) -> Result<(), BrokerError> {
    if file.exists() {
        return Err(failed(BACKUP, format!("{} exists already", file.display())));
    }
    match Database::parse(&config.database_url)? {
        Database::File(database) => {
            if !database.exists() {
                return Err(failed(BACKUP, format!("there is no database {}", database.display())));
            }
            let store = open(config).await?;
            let path = file.to_str().ok_or_else(|| failed(BACKUP, "the file's name is not UTF-8 text"))?;
            let statement = format!("VACUUM INTO '{}'", path.replace('\'', "''"));
            store.run_alone(AssertSqlSafe(statement)).await.map_err(|error| failed(BACKUP, error))?;
            store.close().await;
            copy_key(&key_file(&database), &key_file(file)).map_err(|error| failed(BACKUP, error))
        }
        Database::Postgres(_) => {
            let mut out = File::create_new(file).map_err(|error| failed(BACKUP, error))?;
            export(config, &mut out).await?;
            out.sync_all().map_err(|error| failed(BACKUP, error))
        }
        Database::Memory => Err(failed(BACKUP, "a database in memory belongs to the broker that made it")),
    }
}

/// Makes a database from what [`backup`] or [`export`] wrote. The database must not exist yet, or be empty.
///
/// # Errors
///
/// The file is neither, the database is in use, or it failed.
pub async fn restore(config: &Config, file: &Path) -> Result<(), BrokerError> {
    let mut start = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(16).read_to_end(&mut start))
        .map_err(|error| failed(RESTORE, format!("{} cannot be read: {error}", file.display())))?;
    if start != b"SQLite format 3\0" {
        let opened = File::open(file).map_err(|error| failed(RESTORE, error))?;
        return import(config, BufReader::new(opened)).await.map(drop);
    }
    let Database::File(database) = Database::parse(&config.database_url)? else {
        return Err(failed(
            RESTORE,
            "this is a copy of an SQLite database: restore it to a file, then move it with export and import",
        ));
    };
    if database.exists() {
        return Err(failed(RESTORE, format!("{} exists already; move it out of the way first", database.display())));
    }
    std::fs::copy(file, &database).map_err(|error| failed(RESTORE, error))?;
    File::open(&database).and_then(|copied| copied.sync_all()).map_err(|error| failed(RESTORE, error))?;
    copy_key(&key_file(file), &key_file(&database)).map_err(|error| failed(RESTORE, error))?;
    open(config).await?.close().await;
    Ok(())
}

fn copy_key(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.exists() {
        // permissions are copied too
        std::fs::copy(from, to)?;
    }
    Ok(())
}
