//! Writing generated values into requests, responses and messages.

use serde_json::Value as Json;

use super::body::{self, text};
use super::context::{Context, Run};
use crate::pact::{Fields, HttpRequest, HttpResponse, Message};
use crate::path::{PathExpression, Token};

/// The request with the generated values in place of its examples.
#[must_use]
pub fn apply_to_request(request: &HttpRequest, context: &Context) -> HttpRequest {
    let mut result = request.clone();
    let mut run = Run::new(context);
    for entry in request.generators.iter() {
        let mut value = |example: &str| run.value(&entry.generator, &Json::from(example)).as_ref().map(text);
        match entry.category.as_str() {
            "path" => {
                if let Some(path) = value(&request.path) {
                    result.path = path;
                }
            }
            "header" => set_field(&mut result.headers, &entry.key, value),
            "query" => set_query(&mut result, &entry.key, value),
            _ => {}
        }
    }
    body::apply(&mut result.body, &request.generators, &request.rules, &mut run);
    result
}

/// The response with the generated values in place of its examples.
#[must_use]
pub fn apply_to_response(response: &HttpResponse, context: &Context) -> HttpResponse {
    let mut result = response.clone();
    let mut run = Run::new(context);
    for entry in response.generators.iter() {
        match entry.category.as_str() {
            "status" => {
                let value = run.value(&entry.generator, &Json::from(response.status));
                if let Some(status) = value.and_then(|value| u16::try_from(value.as_u64()?).ok()) {
                    result.status = status;
                }
            }
            "header" => {
                let value = |example: &str| run.value(&entry.generator, &Json::from(example)).as_ref().map(text);
                set_field(&mut result.headers, &entry.key, value);
            }
            _ => {}
        }
    }
    body::apply(&mut result.body, &response.generators, &response.rules, &mut run);
    result
}

/// The message with the generated values in place of its examples.
#[must_use]
pub fn apply_to_message(message: &Message, context: &Context) -> Message {
    let mut result = message.clone();
    let mut run = Run::new(context);
    for entry in message.generators.iter().filter(|entry| entry.category == "metadata") {
        let example = message.metadata.get(&entry.key).unwrap_or(&Json::Null);
        if let Some(value) = run.value(&entry.generator, example) {
            result.metadata.insert(entry.key.clone(), value);
        }
    }
    body::apply(&mut result.contents, &message.generators, &message.rules, &mut run);
    result
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

fn set_field(fields: &mut Fields, key: &str, value: impl FnOnce(&str) -> Option<String>) {
    let (name, index) = name_and_index(key);
    let known = fields.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&name));
    match known.and_then(|(_, values)| values.get_mut(index)) {
        Some(known) => {
            if let Some(value) = value(known) {
                *known = value;
            }
        }
        None => {
            if let Some(value) = value("") {
                fields.insert(name, vec![value]);
            }
        }
    }
}

fn set_query(request: &mut HttpRequest, key: &str, value: impl FnOnce(&str) -> Option<String>) {
    let (name, index) = name_and_index(key);
    match request.query.get_mut(&name).and_then(|values| values.get_mut(index)) {
        Some(known) => {
            if let Some(value) = value(known.as_deref().unwrap_or_default()) {
                *known = Some(value);
            }
        }
        None => {
            if let Some(value) = value("") {
                request.query.insert(name, vec![Some(value)]);
            }
        }
    }
}
