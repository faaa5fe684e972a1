//! Rows on their way into a table, many with each statement.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use serde_json::{Map, Value};
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

use crate::store::Conn;

/// Rows written by one statement.
const ROWS: usize = 200;
/// Rows held in memory.
const HELD: usize = 10 * ROWS;

/// Rows of one table.
#[derive(Debug)]
pub(super) struct Batch {
    table: &'static str,
    rows: Vec<Map<String, Value>>,
}

impl Batch {
    pub(super) fn of(table: &'static str) -> Self {
        Self { table, rows: Vec::with_capacity(HELD) }
    }

    /// The table they go to.
    pub(super) fn table(&self) -> &'static str {
        self.table
    }

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// A column's name is none.
    pub(super) fn add(&mut self, mut row: Map<String, Value>) -> Result<(), String> {
        let is_name =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if let Some(odd) = row.keys().find(|name| !is_name(name)) {
            return Err(format!("{odd:?} is no column"));
        }
        // what is not mentioned is null
        row.retain(|_, value| !value.is_null());
        self.rows.push(row);
        Ok(())
    }

    /// Whether it is time to write.
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= HELD
    }

    /// Writes the rows that were added. Those with the same columns go together.
    ///
    /// # Errors
    ///
    /// The database does not take them, or a value is of no known kind.
    pub(super) async fn write(&mut self, conn: &mut Conn) -> Result<(), String> {
        let rows = std::mem::take(&mut self.rows);
        let mut groups: IndexMap<String, Vec<Map<String, Value>>> = IndexMap::new();
        for row in rows {
            let columns: Vec<&str> = row.keys().map(String::as_str).collect();
            groups.entry(columns.join(", ")).or_default().push(row);
        }
        for (columns, rows) in groups {
            for rows in rows.chunks(ROWS) {
                let sql = statement(self.table, &columns, rows);
                // only full statements come again
                let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(rows.len() == ROWS);
                for value in rows.iter().flat_map(Map::values) {
                    query = bind(query, value)?;
                }
                query.execute(&mut *conn).await.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}

fn statement(table: &str, columns: &str, rows: &[Map<String, Value>]) -> String {
    let mut place = 0;
    let tuples: Vec<String> = rows
        .iter()
        .map(|row| {
            let places: Vec<String> = row
                .keys()
                .map(|_| {
                    place += 1;
                    format!("${place}")
                })
                .collect();
            format!("({})", places.join(", "))
        })
        .collect();
    format!("INSERT INTO {table} ({columns}) VALUES {}", tuples.join(", "))
}

fn bind<'q>(query: Query<'q, Any, AnyArguments>, value: &Value) -> Result<Query<'q, Any, AnyArguments>, String> {
    Ok(match value {
        Value::String(text) => query.bind(text.clone()),
        Value::Number(number) => query.bind(number.as_i64().ok_or_else(|| format!("{number} is too large"))?),
        Value::Object(_) => {
            let text = value.get("base64").and_then(Value::as_str).ok_or("a value is of no known kind")?;
            query.bind(STANDARD.decode(text).map_err(|error| error.to_string())?)
        }
        _ => return Err("a value is of no known kind".to_owned()),
    })
}
