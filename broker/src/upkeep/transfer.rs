//! Everything in a database as lines of JSON, and back, between any two databases.

use std::io::{BufRead, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{AssertSqlSafe, Column as _, Row as _, ValueRef as _};

use super::batch::Batch;
use super::{failed, open};
use crate::config::Config;
use crate::error::BrokerError;
use crate::store::dialect::Dialect;
use crate::store::{Conn, StoreError};

/// The tables in an order in which rows only refer to rows before them, and what orders a table's rows.
const TABLES: &[(&str, &str)] = &[
    ("pacticipants", "id"),
    ("labels", "pacticipant_id, name"),
    ("versions", "id"),
    ("branches", "id"),
    ("branch_versions", "branch_id, version_id"),
    ("branch_heads", "branch_id"),
    ("tags", "version_id, name"),
    ("tag_heads", "pacticipant_id, name"),
    ("integrations", "consumer_id, provider_id"),
    ("pact_contents", "id"),
    ("pact_publications", "id"),
    ("current_pacts", "version_id, provider_id"),
    ("verifications", "id"),
    ("current_verifications", "content_id, provider_version_id"),
    ("environments", "id"),
    ("deployed_versions", "id"),
    ("released_versions", "id"),
    ("settings", "name"),
    ("webhooks", "id"),
    ("triggered_webhooks", "id"),
    ("webhook_executions", "id"),
    ("tokens", "id"),
    ("audit_log", "id"),
];

const EXPORT: &str = "cannot export";
const IMPORT: &str = "cannot import";

/// How many rows are held in memory at a time.
const PAGE: usize = 2_000;

/// The shape of these lines. It changes when a reader must know.
const FORMAT: i64 = 1;

/// Writes everything, as it is at one moment, one row per line. How many rows.
///
/// # Errors
///
/// The database cannot be read, or the lines not written.
pub async fn export(config: &Config, out: &mut impl Write) -> Result<u64, BrokerError> {
    let store = open(config).await?;
    let mut conn = store.read().await.map_err(|error| failed(EXPORT, error))?;
    let head = json!({ "countersign-export": FORMAT, "version": env!("CARGO_PKG_VERSION") });
    writeln!(out, "{head}").map_err(|error| failed(EXPORT, error))?;
    let mut written = 0;
    for (table, order) in TABLES {
        let told = |error: &dyn std::fmt::Display| failed(EXPORT, format!("{table}: {error}"));
        let mut last = None;
        loop {
            let page = page_after(&mut conn, table, order, last.as_ref()).await.map_err(|error| told(&error))?;
            for row in &page {
                let members = members(row).map_err(|error| told(&error))?;
                writeln!(out, "{}", json!({ "table": table, "row": members }))
                    .map_err(|error| failed(EXPORT, error))?;
                written += 1;
            }
            last = page.into_iter().last();
            if last.is_none() {
                break;
            }
        }
    }
    out.flush().map_err(|error| failed(EXPORT, error))?;
    drop(conn);
    store.close().await;
    Ok(written)
}

/// The rows after one, in their order; from the first when there is none.
async fn page_after(
    conn: &mut Conn,
    table: &str,
    order: &str,
    last: Option<&AnyRow>,
) -> Result<Vec<AnyRow>, sqlx::Error> {
    let columns: Vec<&str> = order.split(", ").collect();
    let condition = match last {
        Some(_) => {
            let places: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
            format!("WHERE ({order}) > ({})", places.join(", "))
        }
        None => String::new(),
    };
    let sql = format!("SELECT * FROM {table} {condition} ORDER BY {order} LIMIT {PAGE}");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    if let Some(row) = last {
        for column in columns {
            query = match row.try_get::<i64, _>(column) {
                Ok(number) => query.bind(number),
                Err(_) => query.bind(row.try_get::<String, _>(column)?),
            };
        }
    }
    query.fetch_all(conn).await
}

fn members(row: &AnyRow) -> Result<Map<String, Value>, sqlx::Error> {
    let mut members = Map::new();
    for (index, column) in row.columns().iter().enumerate() {
        let raw = row.try_get_raw(index)?;
        let value = if raw.is_null() {
            Value::Null
        } else {
            match raw.type_info().kind() {
                AnyTypeInfoKind::Text => row.try_get::<String, _>(index)?.into(),
                AnyTypeInfoKind::Blob => json!({ "base64": STANDARD.encode(row.try_get::<Vec<u8>, _>(index)?) }),
                AnyTypeInfoKind::SmallInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::BigInt => {
                    row.try_get::<i64, _>(index)?.into()
                }
                kind => return Err(sqlx::Error::Protocol(format!("a value of kind {kind:?} in {}", column.name()))),
            }
        };
        members.insert(column.name().to_owned(), value);
    }
    Ok(members)
}

/// Reads what [`export`] wrote into an empty database, all of it or nothing. How many rows.
///
/// # Errors
///
/// The database is not empty or failed, or a line does not read.
pub async fn import(config: &Config, lines: impl BufRead) -> Result<u64, BrokerError> {
    let store = open(config).await?;
    let mut tx = store.write().await.map_err(|error| failed(IMPORT, error))?;
    let used: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pacticipants")
        .fetch_one(&mut *tx)
        .await
        .map_err(|error| failed(IMPORT, error))?;
    if used > 0 {
        return Err(failed(IMPORT, "the database is not empty; import into a new one"));
    }
    for statement in ["DELETE FROM environments", "DELETE FROM settings", "DELETE FROM tokens", "DELETE FROM audit_log"]
    {
        sqlx::query(statement).execute(&mut *tx).await.map_err(|error| failed(IMPORT, error))?;
    }
    let read = read_rows(&mut tx, lines).await?;
    if read == 0 {
        return Err(failed(IMPORT, "there are no lines to import"));
    }
    count_on(&mut tx, store.dialect()).await.map_err(|error| failed(IMPORT, error))?;
    tx.commit().await.map_err(|error| failed(IMPORT, error))?;
    if let Some(statement) = store.dialect().after_bulk_load() {
        store.run_alone(AssertSqlSafe(statement.to_owned())).await.map_err(|error| failed(IMPORT, error))?;
    }
    store.close().await;
    Ok(read)
}

/// Writes the rows in these lines, many at a time; how many.
async fn read_rows(conn: &mut Conn, lines: impl BufRead) -> Result<u64, BrokerError> {
    let mut read = 0;
    let mut batch = Batch::of(TABLES[0].0);
    let mut last = 0;
    for (number, line) in (1..).zip(lines.lines()) {
        let at = |reason: String| failed(IMPORT, format!("line {number}: {reason}"));
        let line = line.map_err(|error| at(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let document: Value = serde_json::from_str(&line).map_err(|error| at(error.to_string()))?;
        if number == 1 {
            check_head(&document).map_err(at)?;
            continue;
        }
        let (table, row) = row_of(document).map_err(at)?;
        if batch.is_full() || batch.table() != table {
            batch.write(conn).await.map_err(|error| failed(IMPORT, format!("up to line {last}: {error}")))?;
            batch = Batch::of(table);
        }
        batch.add(row).map_err(at)?;
        last = number;
        read += 1;
    }
    batch.write(conn).await.map_err(|error| failed(IMPORT, format!("up to line {last}: {error}")))?;
    Ok(read)
}

fn row_of(mut document: Value) -> Result<(&'static str, Map<String, Value>), String> {
    let name = document.get("table").and_then(Value::as_str).unwrap_or_default();
    let (table, _) = TABLES.iter().find(|(table, _)| *table == name).ok_or_else(|| format!("no table {name:?}"))?;
    match document.get_mut("row").map(Value::take) {
        Some(Value::Object(row)) => Ok((table, row)),
        _ => Err("there is no row".to_owned()),
    }
}

fn check_head(head: &Value) -> Result<(), String> {
    match head.get("countersign-export").and_then(Value::as_i64) {
        Some(FORMAT) => Ok(()),
        Some(other) => Err(format!("this is an export of format {other}, which another version writes")),
        None => Err("this is no export of a broker".to_owned()),
    }
}

/// Lets new rows get ids after those that were read.
async fn count_on(conn: &mut Conn, dialect: Dialect) -> Result<(), StoreError> {
    // SQLite sees to it itself
    if dialect == Dialect::Postgres {
        for (table, _) in TABLES.iter().filter(|(_, order)| *order == "id") {
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE((SELECT MAX(id) FROM {table}), 0) + 1, false)"
            );
            sqlx::query(AssertSqlSafe(sql)).execute(&mut *conn).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_written() {
        let mut made: Vec<&str> = crate::store::MIGRATIONS
            .iter()
            .flat_map(|(_, _, sql)| sql.split("CREATE TABLE ").skip(1))
            .filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase() && c != '_').next())
            // who cleans right now is nobody's business elsewhere
            .filter(|table| *table != "leases")
            .collect();
        let mut written: Vec<&str> = TABLES.iter().map(|(table, _)| *table).collect();
        made.sort_unstable();
        written.sort_unstable();
        assert_eq!(written, made);
    }
}
