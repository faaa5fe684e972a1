//! A request as the mock server checks it.

use std::cell::OnceCell;

use super::body::{BodyPlan, ReceivedBody};
use super::contents::ParsedJson;
use super::fields::FieldsPlan;
use super::query::QueryPlan;
use super::rule_tree::CompiledList;
use super::{ReceivedHeaders, Unexpected, scalar};
use crate::format::decode_query;
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{ContentType, HttpRequest, Query};
use crate::rule::{Category, Combine, Rule, Typing};
use crate::value::Value;

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct ReceivedRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// The raw path, still percent-encoded.
    pub path: &'a str,
    /// The raw query, without `?`.
    pub query: Option<&'a str>,
    /// Header fields in order.
    pub headers: ReceivedHeaders<'a>,
    /// The body; empty when there is none.
    pub body: &'a [u8],
}

/// A received request whose parts are read once, however many plans it is checked against.
pub struct ReadRequest<'a> {
    received: &'a ReceivedRequest<'a>,
    query: OnceCell<Query>,
    content_type: OnceCell<Option<ContentType>>,
    json: ParsedJson,
}

impl<'a> ReadRequest<'a> {
    /// Reads nothing yet: each part is read when the first plan asks for it.
    #[must_use]
    pub fn new(received: &'a ReceivedRequest<'a>) -> Self {
        Self { received, query: OnceCell::new(), content_type: OnceCell::new(), json: ParsedJson::default() }
    }
}

/// A request, ready to be compared with many. What was not agreed on must not come.
#[derive(Debug, Clone)]
pub struct RequestPlan {
    method: String,
    path: Value,
    path_rules: Option<CompiledList>,
    query: QueryPlan,
    raw_query: Option<String>,
    headers: FieldsPlan,
    body: BodyPlan,
}

impl RequestPlan {
    /// Compiles a request.
    #[must_use]
    pub fn compile(request: &HttpRequest) -> Self {
        Self {
            method: request.method.clone(),
            path: Value::from(request.path.as_str()),
            path_rules: request.rules.single(Category::Path).map(CompiledList::new),
            query: QueryPlan::compile(&request.query, &request.rules),
            raw_query: request.raw_query.clone(),
            headers: FieldsPlan::compile(&request.headers, &request.rules),
            body: BodyPlan::compile(&request.body, &request.rules),
        }
    }

    /// The method that has to come, in upper case.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path that has to come, escapes as they are written, when no rule widens it; an index of requests can be built on it.
    #[must_use]
    pub fn literal_path(&self) -> Option<&str> {
        if self.path_rules.is_some() { None } else { self.path.as_str() }
    }

    /// What every path begins with that the rules on the path can accept; empty when that cannot be told.
    #[must_use]
    pub fn path_prefix(&self) -> String {
        let Some(list) = &self.path_rules else { return self.path.as_str().unwrap_or_default().to_owned() };
        if list.rules.len() > 1 && list.combine == Combine::Or {
            return String::new();
        }
        let prefixes = list.rules.iter().map(|compiled| match &compiled.rule {
            Rule::Regex(regex) => regex.literal_prefix(),
            _ => String::new(),
        });
        prefixes.max_by_key(String::len).unwrap_or_default()
    }

    /// Whether a request may come at this path, whatever else is said in it.
    #[must_use]
    pub fn accepts_path(&self, path: &str) -> bool {
        match &self.path_rules {
            None => self.path.as_str() == Some(path),
            Some(list) => {
                let mut fits = true;
                scalar::check_list(list, &self.path, &Value::from(path), Typing::Textual, |_, _| fits = false);
                fits
            }
        }
    }

    /// All differences between what was agreed and what came.
    #[must_use]
    pub fn check(&self, received: &ReceivedRequest<'_>) -> Vec<Mismatch> {
        self.check_read(&ReadRequest::new(received))
    }

    /// As [`check`](Self::check), for a request that is checked against several plans.
    #[must_use]
    pub fn check_read(&self, request: &ReadRequest<'_>) -> Vec<Mismatch> {
        let received = request.received;
        let mut found = Vec::new();
        self.check_line(received, &mut found);
        self.check_query(request, &mut found);
        self.headers.check(&received.headers, &mut found);
        let content_type = request.content_type.get_or_init(|| content_type(&received.headers));
        let received_body =
            ReceivedBody::new(received.body, content_type.as_ref(), &self.headers).parsed_in(&request.json);
        self.body.check(&received_body, Unexpected::Refused, &mut found);
        found
    }

    fn check_query(&self, request: &ReadRequest<'_>, found: &mut Vec<Mismatch>) {
        let actual = request.received.query.unwrap_or_default();
        match &self.raw_query {
            None => self.query.check(request.query.get_or_init(|| decode_query(actual)), found),
            Some(expected) if decoded(expected) == decoded(actual) => {}
            Some(expected) => found.push(Mismatch {
                location: Location::Query { name: String::new(), index: None },
                problem: Problem::NotEqual,
                expected: Some(Value::from(expected.as_str())),
                actual: Some(Value::from(actual)),
                rule: None,
            }),
        }
    }

    fn check_line(&self, received: &ReceivedRequest<'_>, found: &mut Vec<Mismatch>) {
        let mismatch = |location, problem, expected: &Value, actual: &str| Mismatch {
            location,
            problem,
            expected: Some(expected.clone()),
            actual: Some(Value::from(actual)),
            rule: None,
        };
        if !self.method.eq_ignore_ascii_case(received.method) {
            let expected = Value::from(self.method.as_str());
            found.push(mismatch(Location::Method, Problem::NotEqual, &expected, received.method));
        }
        match &self.path_rules {
            None if self.path.as_str() == Some(received.path) => {}
            None => found.push(mismatch(Location::Path, Problem::NotEqual, &self.path, received.path)),
            Some(list) => {
                let actual = Value::from(received.path);
                scalar::check_list(list, &self.path, &actual, Typing::Textual, |problem, rule| {
                    let mut mismatch = mismatch(Location::Path, problem, &self.path, received.path);
                    mismatch.rule = Some(rule.clone());
                    found.push(mismatch);
                });
            }
        }
    }
}

/// A query as one text with its escapes resolved.
fn decoded(query: &str) -> String {
    percent_encoding::percent_decode_str(query).decode_utf8_lossy().into_owned()
}

/// The content type that the headers state, if it is one. A range of types tells nothing.
pub(super) fn content_type(headers: &ReceivedHeaders<'_>) -> Option<ContentType> {
    let (_, value) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"))?;
    Some(ContentType::new(value.as_ref())).filter(|actual| actual.is_media_type() && !actual.is_range())
}
