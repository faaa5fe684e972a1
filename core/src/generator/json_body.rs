//! Generated values in JSON.

use serde_json::Value as Json;

use super::body::Target;
use super::context::Run;
use crate::path::Token;

/// The body with the values in it; `None` when nothing changes.
pub(super) fn write(bytes: &[u8], targets: &[Target], run: &mut Run<'_>) -> Option<Vec<u8>> {
    let mut json = serde_json::from_slice::<Json>(bytes).ok()?;
    let mut changed = false;
    for target in targets {
        changed |= set(&mut json, &target.path, &mut |example| run.value(&target.generator, example));
    }
    changed.then(|| json.to_string().into_bytes())
}

/// Replaces the values at a path, each with its own; what the path does not reach stays.
fn set(json: &mut Json, path: &[Token], value: &mut dyn FnMut(&Json) -> Option<Json>) -> bool {
    let Some((token, rest)) = path.split_first() else {
        let Some(value) = value(json) else { return false };
        *json = value;
        return true;
    };
    let members: Vec<&mut Json> = match (token, json) {
        (Token::Field(name), Json::Object(object)) => object.get_mut(name).into_iter().collect(),
        (Token::Index(index), Json::Array(items)) => items.get_mut(*index).into_iter().collect(),
        (Token::Star, Json::Object(object)) => object.values_mut().collect(),
        (Token::Star | Token::StarIndex, Json::Array(items)) => items.iter_mut().collect(),
        _ => return false,
    };
    let mut changed = false;
    for member in members {
        changed |= set(member, rest, value);
    }
    changed
}
