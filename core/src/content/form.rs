//! Forms (`application/x-www-form-urlencoded`): the values of each parameter in order. A parameter without `=` is an empty
//! one.

use crate::format::decode_query;
use crate::value::Value;

pub(super) fn parse(bytes: &[u8]) -> Value {
    let parameters = decode_query(&String::from_utf8_lossy(bytes)).into_iter().map(|(name, values)| {
        let values = values.into_iter().map(|value| Value::String(value.unwrap_or_default())).collect();
        (name, Value::List(values))
    });
    Value::Map(parameters.collect())
}
