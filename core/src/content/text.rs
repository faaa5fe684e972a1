//! Text bodies: one string; bytes that are no UTF-8 stay bytes.

use crate::value::Value;

pub(super) fn parse(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::String(text.to_owned()),
        Err(_) => Value::Bytes(bytes.to_vec()),
    }
}
