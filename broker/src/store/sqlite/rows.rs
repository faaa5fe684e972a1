//! Values on their way in and out.

use std::sync::Arc;

use rusqlite::Statement;
use rusqlite::types::{Null, ValueRef};
use sqlx::any::{AnyArguments, AnyRow, AnyTypeInfo, AnyTypeInfoKind, AnyValue};
use sqlx_core::HashMap;
use sqlx_core::any::{AnyColumn, AnyValueKind};
use sqlx_core::ext::ustr::UStr;

use super::error::translated;

/// Fills the places of a statement: `$2` is the second argument, wherever and however often it stands.
pub(super) fn bind(statement: &mut Statement<'_>, arguments: &AnyArguments) -> Result<(), sqlx::Error> {
    for place in 1..=statement.parameter_count() {
        let name = statement.parameter_name(place).unwrap_or_default();
        let number: usize = name.get(1..).and_then(|digits| digits.parse().ok()).unwrap_or(place);
        let value = number
            .checked_sub(1)
            .and_then(|index| arguments.values.0.get(index))
            .ok_or_else(|| sqlx::Error::Protocol(format!("the statement has a place {name} and no argument for it")))?;
        match value {
            AnyValueKind::Null(_) => statement.raw_bind_parameter(place, Null),
            AnyValueKind::Bool(truth) => statement.raw_bind_parameter(place, truth),
            AnyValueKind::SmallInt(number) => statement.raw_bind_parameter(place, number),
            AnyValueKind::Integer(number) => statement.raw_bind_parameter(place, number),
            AnyValueKind::BigInt(number) => statement.raw_bind_parameter(place, number),
            AnyValueKind::Real(number) => statement.raw_bind_parameter(place, number),
            AnyValueKind::Double(number) => statement.raw_bind_parameter(place, number),
            AnyValueKind::Text(text) => statement.raw_bind_parameter(place, text.as_str()),
            AnyValueKind::TextSlice(text) => statement.raw_bind_parameter(place, &**text),
            AnyValueKind::Blob(bytes) => statement.raw_bind_parameter(place, bytes.as_slice()),
            other => return Err(sqlx::Error::Protocol(format!("no value of kind {other:?} can be bound"))),
        }
        .map_err(translated)?;
    }
    Ok(())
}

/// The columns of a statement's rows.
pub(super) struct Columns {
    names: Arc<HashMap<UStr, usize>>,
    columns: Vec<AnyColumn>,
}

impl Columns {
    pub(super) fn of(statement: &Statement<'_>) -> Self {
        // what a value is, each value says itself
        let columns: Vec<AnyColumn> = (0..)
            .zip(statement.column_names())
            .map(|(ordinal, name)| AnyColumn {
                ordinal,
                name: UStr::new(name),
                type_info: AnyTypeInfo { kind: AnyTypeInfoKind::Null },
            })
            .collect();
        let names = columns.iter().map(|column| (column.name.clone(), column.ordinal)).collect();
        Self { names: Arc::new(names), columns }
    }

    pub(super) fn read(&self, row: &rusqlite::Row<'_>) -> Result<AnyRow, sqlx::Error> {
        let each = self.columns.iter();
        let values = each.map(|column| value(row.get_ref(column.ordinal).map_err(translated)?));
        Ok(AnyRow {
            values: values.collect::<Result<_, sqlx::Error>>()?,
            column_names: self.names.clone(),
            columns: self.columns.clone(),
        })
    }
}

fn value(value: ValueRef<'_>) -> Result<AnyValue, sqlx::Error> {
    let kind = match value {
        ValueRef::Null => AnyValueKind::Null(AnyTypeInfoKind::Null),
        ValueRef::Integer(number) => AnyValueKind::BigInt(number),
        ValueRef::Real(number) => AnyValueKind::Double(number),
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|error| sqlx::Error::Decode(error.into()))?;
            AnyValueKind::Text(Arc::new(text.to_owned()))
        }
        ValueRef::Blob(bytes) => AnyValueKind::Blob(Arc::new(bytes.to_vec())),
    };
    Ok(AnyValue { kind })
}
