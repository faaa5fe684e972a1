//! Nested query strings: `a=1`, `a[]=1&a[]=2`, `a[b]=1`, `a[][b]=1&a[][c]=2`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde_json::{Map, Value};
use std::convert::Infallible;

/// A query string as nested values: objects, lists and strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query(pub(crate) Value);

/// How deep names may nest; what goes deeper is left out.
const MAX_DEPTH: usize = 8;

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

impl Query {
    /// Reads a query string. In a list of objects, a member the last object has already starts the next object.
    pub(crate) fn parse(query: &str) -> Self {
        let mut root = Value::Object(Map::new());
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let steps = steps(&name);
            if steps.len() <= MAX_DEPTH {
                insert(&mut root, &steps, &value);
            }
        }
        Self(root)
    }

    /// A member that is text and not blank.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str().filter(|text| !text.trim().is_empty())
    }

    /// A member that is text, also when blank.
    pub(crate) fn raw(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    /// The texts of a list.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        let list = self.0.get(key).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

/// `a[b][]` is `a`, `b`, and an empty step for the list.
fn steps(name: &str) -> Vec<&str> {
    let Some((first, rest)) = name.split_once('[') else {
        return vec![name];
    };
    let rest = rest.strip_suffix(']').unwrap_or(rest);
    std::iter::once(first).chain(rest.split("][")).collect()
}

fn insert(place: &mut Value, steps: &[&str], value: &str) {
    match steps {
        [] => *place = Value::String(value.to_owned()),
        ["", rest @ ..] => {
            if !place.is_array() {
                *place = Value::Array(Vec::new());
            }
            let Value::Array(elements) = place else {
                return;
            };
            let joins = rest.first().is_some_and(|key| {
                !key.is_empty()
                    && elements.last().and_then(Value::as_object).is_some_and(|last| !last.contains_key(*key))
            });
            if !joins {
                elements.push(Value::Null);
            }
            if let Some(last) = elements.last_mut() {
                insert(last, rest, value);
            }
        }
        [key, rest @ ..] => {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            if let Value::Object(members) = place {
                insert(members.entry(*key).or_insert(Value::Null), rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nested_names() {
        for (query, expected) in [
            ("", json!({})),
            ("a=1&b=&a=2", json!({ "a": "2", "b": "" })),
            ("a[]=1&a[]=2", json!({ "a": ["1", "2"] })),
            ("a[b]=1&a[c][d]=2", json!({ "a": { "b": "1", "c": { "d": "2" } } })),
            (
                "q[][p]=Foo&q[][v]=1&q[][p]=Bar&q[][latest]=true",
                json!({ "q": [{ "p": "Foo", "v": "1" }, { "p": "Bar", "latest": "true" }] }),
            ),
            ("q%5B%5D%5Bp%5D=Foo+Bar", json!({ "q": [{ "p": "Foo Bar" }] })),
            ("s[0][p]=a", json!({ "s": { "0": { "p": "a" } } })),
        ] {
            assert_eq!(Query::parse(query).0, expected, "{query}");
        }
    }

    #[test]
    fn what_makes_no_sense_does_no_harm() {
        for query in ["[", "]", "a[", "a]b[", "a[[]]=1", "a=1&a[b]=2&a[]=3", "%ff=%ff", "[][][][][][][][][][][][]=1"] {
            Query::parse(query);
        }
    }
}
