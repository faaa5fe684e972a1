//! Every example has to satisfy its own rules: an interaction is compared with itself.

use std::borrow::Cow;

use super::generators::writes_to;
use super::rules::unsatisfiable;
use super::{Check, Finding};
use crate::format::encode_query;
use crate::generator::Generators;
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::{Fields, HttpRequest, HttpResponse, Interaction, InteractionKind, Message, Pact};
use crate::plan::{
    GrpcRequestPlan, GrpcResponsePlan, MessagePlan, ReceivedHeaders, ReceivedMessage, ReceivedRequest,
    ReceivedResponse, RequestPlan, ResponsePlan, Unexpected,
};
use crate::protobuf::GrpcCall;
use crate::render::rule_in_words;
use crate::rule::{Category, Rule};
use crate::value::Value;

pub(super) fn check(pact: &Pact, interaction: &Interaction, at: &str, found: &mut Vec<Finding>) {
    let (request_at, response_at) = (format!("{at}.request"), format!("{at}.response"));
    match &interaction.kind {
        _ if interaction.is_grpc() => check_call(pact, interaction, at, found),
        InteractionKind::Http(http) => {
            let (request, response) = (&http.request, &http.response);
            report(request_mismatches(request), &request.generators, &request_at, "body", found);
            report(response_mismatches(response), &response.generators, &response_at, "body", found);
        }
        InteractionKind::AsynchronousMessage(message) => {
            check_message(message, at, found);
        }
        InteractionKind::SynchronousMessage(messages) => {
            check_message(&messages.request, &request_at, found);
            for (index, response) in messages.responses.iter().enumerate() {
                check_message(response, &format!("{response_at}[{index}]"), found);
            }
        }
    }
}

fn check_call(pact: &Pact, interaction: &Interaction, at: &str, found: &mut Vec<Finding>) {
    let mut problem = |message: String| found.push(Finding::new(Check::Call, at, message));
    let call = match GrpcCall::from_interaction(pact, interaction) {
        Ok(call) => call,
        Err(error) => return problem(error.to_string()),
    };
    if let Err(error) = GrpcRequestPlan::compile(&call) {
        problem(format!("the example of the request: {error}"));
    }
    if let Err(error) = GrpcResponsePlan::compile(&call) {
        problem(format!("the example of the response: {error}"));
    }
}

fn request_mismatches(request: &HttpRequest) -> Vec<Mismatch> {
    let query = request.raw_query.clone().unwrap_or_else(|| encode_query(&request.query));
    RequestPlan::compile(request).check(&ReceivedRequest {
        method: &request.method,
        path: &request.path,
        query: Some(query.as_str()).filter(|query| !query.is_empty()),
        headers: headers(&request.headers),
        body: request.body.bytes(),
    })
}

fn response_mismatches(response: &HttpResponse) -> Vec<Mismatch> {
    ResponsePlan::compile(response).check(&ReceivedResponse {
        status: response.status,
        headers: headers(&response.headers),
        body: response.body.bytes(),
    })
}

fn check_message(message: &Message, at: &str, found: &mut Vec<Finding>) {
    let metadata = message.metadata.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let received = ReceivedMessage { contents: message.contents.bytes(), metadata };
    let mismatches = MessagePlan::compile(message).check(&received, Unexpected::Allowed);
    report(mismatches, &message.generators, at, "contents", found);
}

fn headers(fields: &Fields) -> ReceivedHeaders<'_> {
    let lines = |(name, values): (&'_ String, &'_ Vec<String>)| {
        values.iter().map(|value| (name.clone(), value.clone())).collect::<Vec<_>>()
    };
    fields.iter().flat_map(lines).map(|(name, value)| (Cow::Owned(name), Cow::Owned(value))).collect()
}

/// Only what a rule decided is the example's fault, rules that nothing satisfies are reported as such already, and what a
/// generator writes over is no example.
fn report(mismatches: Vec<Mismatch>, generators: &Generators, at: &str, body: &str, found: &mut Vec<Finding>) {
    for mismatch in mismatches {
        let Some(rule) = &mismatch.rule else { continue };
        if unsatisfiable(rule).is_some() || is_generated(generators, &mismatch.location) {
            continue;
        }
        let location = match &mismatch.location {
            Location::Body { path } => format!("{at}.{body} {path}"),
            Location::Header { name, .. } => format!("{at}.headers['{name}']"),
            Location::Query { name, .. } => format!("{at}.query['{name}']"),
            Location::Metadata { key } => format!("{at}.metadata['{key}']"),
            other => format!("{at}.{other}"),
        };
        let check = match mismatch.problem {
            Problem::TooFew { .. } => Check::ExampleTooShort,
            _ => Check::ExampleBreaksRule,
        };
        let finding = Finding::new(check, location, in_words(&mismatch, rule));
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
}

fn is_generated(generators: &Generators, location: &Location) -> bool {
    let (category, place) = match location {
        Location::Path => (Category::Path, ""),
        Location::Status => (Category::Status, ""),
        Location::Query { name, .. } => (Category::Query, name.as_str()),
        Location::Header { name, .. } => (Category::Header, name.as_str()),
        Location::Metadata { key } => (Category::Metadata, key.as_str()),
        Location::Body { path } => (Category::Body, path.as_str()),
        Location::Method | Location::BodyType => return false,
    };
    generators.iter().any(|entry| writes_to(entry, category, place))
}

fn in_words(mismatch: &Mismatch, rule: &Rule) -> String {
    let example = mismatch.actual.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
    let asked = match mismatch.problem {
        Problem::TooFew { min: 1 } => "at least 1 item".to_owned(),
        Problem::TooFew { min } => format!("at least {min} items"),
        Problem::TooMany { max } => format!("at most {max} items"),
        _ => rule_in_words(rule, None),
    };
    let objection = match (rule, &mismatch.actual) {
        (Rule::DateTime(rule), Some(actual)) => rule.objection(actual).map(|objection| objection.to_string()),
        _ => None,
    };
    let objection = objection.map(|objection| format!(" ({objection})")).unwrap_or_default();
    format!("the example {example} does not fit its own rule: {asked}{objection}")
}
