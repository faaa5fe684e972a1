//! Query strings: V2's text and V3's lists.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value as Json};

use super::Problem;
use crate::pact::{Query, Specification};

/// What stays readable in an encoded query: unreserved characters (RFC 3986 §2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn read(query: Option<Json>, at: &str, problems: &mut Vec<Problem>) -> Query {
    match query {
        None | Some(Json::Null) => Query::new(),
        Some(Json::String(text)) => decode_query(&text),
        Some(Json::Object(object)) => object.into_iter().map(|(name, values)| (name, read_values(values))).collect(),
        Some(_) => {
            problems.push(Problem::new(format!("{at}.query"), "expected a text or an object"));
            Query::new()
        }
    }
}

fn read_values(values: Json) -> Vec<Option<String>> {
    let value = |value: Json| match value {
        Json::Null => None,
        Json::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    match values {
        Json::Array(values) => values.into_iter().map(value).collect(),
        single => vec![value(single)],
    }
}

/// Decodes a query string: `&` between parameters, `%XX` and `+` inside them. A parameter without `=` has the value `None`;
/// bytes that are no UTF-8 are replaced.
#[must_use]
pub fn decode_query(text: &str) -> Query {
    let mut query = Query::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = match pair.split_once('=') {
            Some((name, value)) => (name, Some(decode(value))),
            None => (pair, None),
        };
        query.entry(decode(name)).or_default().push(value);
    }
    query
}

/// A name or value of a query or form as it reads.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains(['+', '%']) {
        return text.to_owned();
    }
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// A name or value as forms carry it, with `+` for a blank.
pub(crate) fn encode_form_text(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string().replace("%20", "+")
}

/// Encodes a query so that [`decode_query`] reads it back.
#[must_use]
pub fn encode_query(query: &Query) -> String {
    let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let pairs = query.iter().flat_map(|(name, values)| {
        values.iter().map(move |value| match value {
            Some(value) => format!("{}={}", encode(name), encode(value)),
            None => encode(name),
        })
    });
    pairs.collect::<Vec<_>>().join("&")
}

pub(super) fn write(query: &Query, specification: Specification) -> Json {
    if specification < Specification::V3 {
        return encode_query(query).into();
    }
    let values = |values: &Vec<Option<String>>| Json::from_iter(values.iter().map(Clone::clone));
    Json::Object(query.iter().map(|(name, list)| (name.clone(), values(list))).collect::<Map<_, _>>())
}
