//! Writing generated values into requests and responses.

use serde_json::Value as Json;

use super::provider_state;
use super::registry::{Generator, Generators};
use crate::pact::{Attributes, Body, Fields, HttpRequest, HttpResponse, Message};
use crate::path::{PathExpression, Token};

/// What generators draw on.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Values from state parameters and from what the state handlers handed back.
    pub provider_state: Attributes,
}

impl Context {
    /// The generated value; `None` when the generator has nothing to say here and the example stays.
    fn value(&self, generator: &Generator) -> Option<Json> {
        match generator {
            Generator::ProviderState { expression, .. } => provider_state::evaluate(expression, &self.provider_state),
            Generator::Other(_) => None,
        }
    }

    pub(crate) fn values<'a>(&'a self, generators: &'a Generators) -> impl Iterator<Item = (&'a str, &'a str, Json)> {
        generators.iter().filter_map(|entry| {
            let value = self.value(&entry.generator)?;
            Some((entry.category.as_str(), entry.key.as_str(), value))
        })
    }
}

/// The request with the generated values in place of its examples.
#[must_use]
pub fn apply_to_request(request: &HttpRequest, context: &Context) -> HttpRequest {
    let mut result = request.clone();
    for (category, key, value) in context.values(&request.generators) {
        match category {
            "path" => result.path = text(&value),
            "header" => set_field(&mut result.headers, key, &value),
            "query" => set_query(&mut result, key, &value),
            "body" => set_in_body(&mut result.body, key, value),
            _ => {}
        }
    }
    result
}

/// The response with the generated values in place of its examples.
#[must_use]
pub fn apply_to_response(response: &HttpResponse, context: &Context) -> HttpResponse {
    let mut result = response.clone();
    for (category, key, value) in context.values(&response.generators) {
        match category {
            "status" => {
                if let Some(status) = value.as_u64().and_then(|status| u16::try_from(status).ok()) {
                    result.status = status;
                }
            }
            "header" => set_field(&mut result.headers, key, &value),
            "body" => set_in_body(&mut result.body, key, value),
            _ => {}
        }
    }
    result
}

/// The message with the generated values in place of its examples.
#[must_use]
pub fn apply_to_message(message: &Message, context: &Context) -> Message {
    let mut result = message.clone();
    for (category, key, value) in context.values(&message.generators) {
        match category {
            "metadata" => {
                result.metadata.insert(key.to_owned(), value);
            }
            "body" | "content" | "contents" => set_in_body(&mut result.contents, key, value),
            _ => {}
        }
    }
    result
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The name and index of `name` or `name[0]`, also in the spellings `$.name[0]` and `$['name']`.
fn name_and_index(key: &str) -> (String, usize) {
    let path = if key.starts_with('$') { PathExpression::parse(key).ok() } else { None };
    if let Some([Token::Field(name), rest @ ..]) = path.as_ref().map(PathExpression::tokens) {
        let index = rest.iter().find_map(|token| if let Token::Index(index) = token { Some(*index) } else { None });
        return (name.clone(), index.unwrap_or(0));
    }
    let indexed = key.strip_suffix(']').and_then(|key| key.split_once('['));
    match indexed.and_then(|(name, index)| Some((name, index.parse().ok()?))) {
        Some((name, index)) => (name.to_owned(), index),
        None => (key.to_owned(), 0),
    }
}

fn set_field(fields: &mut Fields, key: &str, value: &Json) {
    let (name, index) = name_and_index(key);
    let known = fields.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&name));
    match known.and_then(|(_, values)| values.get_mut(index)) {
        Some(known) => *known = text(value),
        None => {
            fields.insert(name, vec![text(value)]);
        }
    }
}

fn set_query(request: &mut HttpRequest, key: &str, value: &Json) {
    let (name, index) = name_and_index(key);
    match request.query.get_mut(&name).and_then(|values| values.get_mut(index)) {
        Some(known) => *known = Some(text(value)),
        None => {
            request.query.insert(name, vec![Some(text(value))]);
        }
    }
}

fn set_in_body(body: &mut Body, key: &str, value: Json) {
    let Body::Present(contents) = body else { return };
    let Ok(path) = PathExpression::parse(key) else { return };
    let Ok(mut json) = serde_json::from_slice::<Json>(&contents.bytes) else { return };
    set(&mut json, path.tokens(), &value);
    contents.bytes = json.to_string().into_bytes();
}

/// Replaces the values at a path; what the path does not reach stays.
fn set(json: &mut Json, path: &[Token], value: &Json) {
    let Some((token, rest)) = path.split_first() else {
        *json = value.clone();
        return;
    };
    match (token, json) {
        (Token::Field(name), Json::Object(object)) => {
            if let Some(member) = object.get_mut(name) {
                set(member, rest, value);
            }
        }
        (Token::Index(index), Json::Array(items)) => {
            if let Some(item) = items.get_mut(*index) {
                set(item, rest, value);
            }
        }
        (Token::Star, Json::Object(object)) => object.values_mut().for_each(|member| set(member, rest, value)),
        (Token::Star | Token::StarIndex, Json::Array(items)) => {
            items.iter_mut().for_each(|item| set(item, rest, value));
        }
        _ => {}
    }
}
