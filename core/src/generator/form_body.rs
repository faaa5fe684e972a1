//! Generated values in forms: `$.name` is the first value of a parameter, `$.name[1]` the second, `$.name[*]` each of them.

use serde_json::Value as Json;

use super::body::{Target, text};
use super::context::Run;
use crate::format::{decode_query_text, encode_form_text};
use crate::path::Token;

/// The body with the values in it; `None` when nothing changes.
pub(super) fn write(bytes: &[u8], targets: &[Target], run: &mut Run<'_>) -> Option<Vec<u8>> {
    let body = String::from_utf8_lossy(bytes).into_owned();
    let mut parameters: Vec<Parameter> = parameters(&body);
    let mut changed = false;
    for target in targets {
        for parameter in parameters.iter_mut().filter(|parameter| parameter.is_at(&target.path)) {
            if let Some(value) = run.value(&target.generator, &Json::from(decode_query_text(&parameter.value))) {
                parameter.value = encode_form_text(&text(&value));
                changed = true;
            }
        }
    }
    let written: Vec<String> = parameters.iter().map(Parameter::to_text).collect();
    changed.then(|| written.join("&").into_bytes())
}

/// A parameter as it stands in the body, so that what is not generated stays as it was spelled.
struct Parameter {
    name: String,
    /// Which of the values of that name, from 0.
    index: usize,
    raw_name: String,
    value: String,
    has_equals: bool,
}

fn parameters(body: &str) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut seen = std::collections::HashMap::<String, usize>::new();
    for pair in body.split('&') {
        let (raw_name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode_query_text(raw_name);
        let index = seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(0);
        parameters.push(Parameter {
            index: *index,
            name,
            raw_name: raw_name.to_owned(),
            value: value.to_owned(),
            has_equals: pair.contains('='),
        });
    }
    parameters
}

impl Parameter {
    fn is_at(&self, path: &[Token]) -> bool {
        let is_named = |token: &Token| match token {
            Token::Field(name) => *name == self.name,
            Token::Star => !self.raw_name.is_empty(),
            _ => false,
        };
        match path {
            [name] => is_named(name) && self.index == 0,
            [name, Token::Index(index)] => is_named(name) && self.index == *index,
            [name, Token::Star | Token::StarIndex] => is_named(name),
            _ => false,
        }
    }

    fn to_text(&self) -> String {
        let equals = if self.has_equals || !self.value.is_empty() { "=" } else { "" };
        format!("{}{equals}{}", self.raw_name, self.value)
    }
}
