//! A gRPC call as an interaction of a pact.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use indexmap::IndexMap;
use prost_reflect::MessageDescriptor;
use serde_json::{Map, Value as Json, json};

use super::encode::{EncodedMessage, encode};
use super::plugin::PLUGIN_NAME;
use super::terms::suffix;
use super::{CallTerms, Method, Presence, Schema, StatusCode, markup};
use crate::format::message_to_json;
use crate::generator::Generators;
use crate::pact::{Body, ContentType, Contents, Interaction, InteractionKind, Message, SynchronousMessage};
use crate::pattern::{Definition, Pattern, PatternError, PatternProblem};
use crate::rule::{Category, MatchingRules, RuleList};

/// A gRPC call as its author wrote it: patterns for what is sent and what comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct CallPattern {
    /// The request message.
    pub request: Json,
    /// The request's metadata by key; plain values, matchers or expressions.
    pub request_metadata: IndexMap<String, Json>,
    /// What the provider answers.
    pub outcome: Outcome,
    /// The answer's metadata by key, headers and trailers alike.
    pub response_metadata: IndexMap<String, Json>,
}

/// What the provider answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Success, with these messages; one for a unary method.
    Messages(Vec<Json>),
    /// Failure.
    Status {
        /// With this code.
        code: StatusCode,
        /// And this message, plain, a matcher or an expression; `None` leaves it open.
        message: Option<Json>,
    },
}

impl CallPattern {
    /// Writes the call as an interaction. The pact needs the schema as well, see [`register`](super::register).
    ///
    /// # Errors
    ///
    /// All problems of the patterns, with `request`, `response` or the metadata's name before the place.
    pub fn to_interaction(
        &self,
        description: &str,
        schema: &Schema,
        method: &Method,
    ) -> Result<Interaction, PatternError> {
        self.to_interaction_with(description, schema, method, &CallTerms::default())
    }

    /// As [`to_interaction`](Self::to_interaction), with what is to be said beyond a unary call.
    ///
    /// # Errors
    ///
    /// As [`to_interaction`](Self::to_interaction).
    pub fn to_interaction_with(
        &self,
        description: &str,
        schema: &Schema,
        method: &Method,
        terms: &CallTerms,
    ) -> Result<Interaction, PatternError> {
        let mut writer = Writer::default();
        let (mut request, request_expectation) = writer.message(
            if terms.further_requests.is_empty() { "request" } else { "request[0]" },
            &method.input(),
            &self.request,
        );
        let (further, request_expectation) =
            further_requests(&mut writer, method, &terms.further_requests, request_expectation);
        let request_metadata = writer.metadata("request metadata", &self.request_metadata, &mut request);
        let (mut responses, response_expectation) = self.responses(&mut writer, method, terms);
        let response_metadata = match responses.first_mut() {
            Some(first) => writer.metadata("response metadata", &self.response_metadata, first),
            None => Json::Null,
        };
        if let Some(last) = responses.last_mut() {
            writer.metadata("trailing metadata", &terms.trailers, last);
        }
        if !writer.problems.is_empty() {
            return Err(PatternError { problems: writer.problems });
        }
        let expectations = [
            ("request", request_expectation),
            ("requestMetadata", request_metadata),
            ("response", response_expectation),
            ("responseMetadata", response_metadata),
        ];
        let expectations = expectations.into_iter().filter(|(_, expectation)| !expectation.is_null());
        let expectations = expectations.map(|(name, expectation)| (name.to_owned(), expectation)).collect();
        let message = SynchronousMessage { request, responses };
        let mut interaction = Interaction::new(description, InteractionKind::SynchronousMessage(Box::new(message)));
        interaction.transport = Some("grpc".to_owned());
        let configuration = configuration(schema, method, terms, expectations, further);
        interaction.plugin_configuration.insert(PLUGIN_NAME.to_owned(), configuration);
        let text = markup::message(&method.input()) + &markup::message(&method.output());
        interaction.markup = Some(json!({ "markupType": "COMMON_MARK", "markup": text }));
        Ok(interaction)
    }

    fn responses(&self, writer: &mut Writer, method: &Method, terms: &CallTerms) -> (Vec<Message>, Json) {
        let output = method.output();
        let (mut messages, expectation) = self.outcome(writer, &output);
        if let Some((code, text)) = &terms.failure {
            messages.push(failure(writer, &output, *code, text.as_ref()));
        }
        if let (Some(details), Some(last)) = (&terms.details, messages.last_mut()) {
            last.metadata.insert("grpc-status-details-bin".to_owned(), BASE64.encode(details).into());
        }
        (messages, expectation)
    }

    fn outcome(&self, writer: &mut Writer, output: &MessageDescriptor) -> (Vec<Message>, Json) {
        match &self.outcome {
            Outcome::Messages(patterns) => {
                let several = patterns.len() > 1;
                let mut expectations = Vec::new();
                let messages = patterns.iter().enumerate().map(|(index, pattern)| {
                    let place = if several { format!("response[{index}]") } else { "response".to_owned() };
                    let (message, expectation) = writer.message(&place, output, pattern);
                    expectations.push(expectation);
                    message
                });
                let messages = messages.collect();
                (messages, if several { Json::Array(expectations) } else { expectations.pop().unwrap_or(Json::Null) })
            }
            Outcome::Status { code, message } => (vec![failure(writer, output, *code, message.as_ref())], Json::Null),
        }
    }
}

/// A call that fails: no message, and the status as metadata.
fn failure(writer: &mut Writer, output: &MessageDescriptor, code: StatusCode, text: Option<&Json>) -> Message {
    let mut message = empty_message(output);
    message.metadata.insert("grpc-status".to_owned(), code.name().into());
    if let Some(text) = text {
        let text = IndexMap::from([("grpc-message".to_owned(), text.clone())]);
        writer.metadata("response metadata", &text, &mut message);
    }
    message
}

/// The requests after the first, with the expectations of all of them.
fn further_requests(writer: &mut Writer, method: &Method, patterns: &[Json], first: Json) -> (Vec<Message>, Json) {
    if patterns.is_empty() {
        return (Vec::new(), first);
    }
    let mut expectations = vec![first];
    let messages = patterns.iter().enumerate().map(|(index, pattern)| {
        let (message, expectation) = writer.message(&format!("request[{}]", index + 1), &method.input(), pattern);
        expectations.push(expectation);
        message
    });
    let messages = messages.collect();
    (messages, Json::Array(expectations))
}

/// What stands under `pluginConfiguration`. Beyond what the ecosystem's plugin writes: `presence`, the names of trailers,
/// and how a stream is told.
fn configuration(
    schema: &Schema,
    method: &Method,
    terms: &CallTerms,
    expectations: Map<String, Json>,
    further: Vec<Message>,
) -> Json {
    let mut configuration = json!({
        "descriptorKey": schema.key(),
        "service": method.pact_name(),
        "expectations": expectations,
    });
    configuration["presence"] = match terms.presence {
        Presence::Required => "required",
        Presence::Open => "open",
    }
    .into();
    if !terms.trailers.is_empty() {
        configuration["trailers"] = terms.trailers.keys().map(|name| Json::from(name.as_str())).collect();
    }
    if let Some(suffix) = suffix(method) {
        configuration["service"] = format!("{}#{suffix}", method.pact_name()).into();
        let requests = further.into_iter().map(|message| message_to_json(&message)).collect();
        configuration["streaming"] = terms.stream.to_json(method, requests);
    }
    configuration
}

/// A protobuf message that travels without gRPC, such as an event: its contents with rules, and what stands under
/// `pluginConfiguration.protobuf` of its interaction. The pact needs the schema as well, see [`register`](super::register).
///
/// # Errors
///
/// All problems of the pattern, with `contents` before the place.
pub fn write_message(
    schema: &Schema,
    descriptor: &MessageDescriptor,
    pattern: &Json,
) -> Result<(Message, Json), PatternError> {
    let mut writer = Writer::default();
    let (message, _) = writer.message("contents", descriptor, pattern);
    if !writer.problems.is_empty() {
        return Err(PatternError { problems: writer.problems });
    }
    let configuration = json!({
        "descriptorKey": schema.key(),
        "message": format!(".{}", descriptor.full_name()),
        "presence": "required",
    });
    Ok((message, configuration))
}

fn content_type(descriptor: &MessageDescriptor) -> ContentType {
    ContentType::new(format!("application/protobuf;message=.{}", descriptor.full_name()))
}

fn empty_message(descriptor: &MessageDescriptor) -> Message {
    let metadata = IndexMap::from([("contentType".to_owned(), Json::from(content_type(descriptor).as_str()))]);
    Message { contents: Body::Empty, metadata, ..Message::default() }
}

/// Gathers the problems of all parts.
#[derive(Default)]
struct Writer {
    problems: Vec<PatternProblem>,
}

impl Writer {
    fn message(&mut self, place: &str, descriptor: &MessageDescriptor, pattern: &Json) -> (Message, Json) {
        let mut message = empty_message(descriptor);
        let EncodedMessage { bytes, rules, generators, expectations } = match encode(descriptor, pattern) {
            Ok(encoded) => encoded,
            Err(error) => {
                self.add(place, error);
                return (message, Json::Null);
            }
        };
        if !bytes.is_empty() {
            let (content_type, hint) = (Some(content_type(descriptor)), Some("BINARY".to_owned()));
            message.contents = Body::Present(Contents { bytes, content_type, hint, encoding: None });
        }
        for entry in rules {
            message.rules.add(Category::Body, entry.path, entry.rules);
        }
        for (path, generator) in generators {
            message.generators.add("body", path.to_string(), generator);
        }
        (message, expectations)
    }

    /// Adds metadata to a message and gives what stands in the expectations: nothing when there is no metadata.
    fn metadata(&mut self, place: &str, patterns: &IndexMap<String, Json>, message: &mut Message) -> Json {
        if patterns.is_empty() {
            return Json::Null;
        }
        let mut expectations = Map::new();
        for (name, json) in patterns {
            match entry(name, json, &mut message.rules, &mut message.generators) {
                Ok(example) => {
                    let expression = json.as_str().map(Json::from);
                    expectations.insert(name.clone(), expression.unwrap_or_else(|| example.clone()));
                    message.metadata.insert(name.clone(), example);
                }
                Err(error) => self.add(&format!("{place} {name}"), error),
            }
        }
        Json::Object(expectations)
    }

    fn add(&mut self, place: &str, error: PatternError) {
        self.problems.extend(
            error
                .problems
                .into_iter()
                .map(|problem| PatternProblem { path: format!("{place} {}", problem.path), ..problem }),
        );
    }
}

/// Reads the pattern of one metadata entry and adds its rules; gives the example as text.
fn entry(
    name: &str,
    json: &Json,
    rules: &mut MatchingRules,
    generators: &mut Generators,
) -> Result<Json, PatternError> {
    let fail = |message: String| PatternError { problems: vec![PatternProblem { path: "$".to_owned(), message }] };
    if let Some(text) = json.as_str().filter(|text| Definition::is_expression(text)) {
        let definition = Definition::parse(text).map_err(|error| fail(error.to_string()))?;
        if definition.reference.is_some() || definition.each_value_reference.is_some() {
            return Err(fail("a reference has no meaning in metadata".to_owned()));
        }
        let list = RuleList { rules: definition.rules, ..RuleList::default() };
        rules.add(Category::Metadata, crate::path::PathExpression::field(name), list);
        if let Some(generator) = definition.generator {
            generators.add("metadata", name, generator);
        }
        return Ok(match definition.example {
            Some(Json::String(text)) => text.into(),
            Some(other) => other.to_string().into(),
            None => "".into(),
        });
    }
    let pattern = Pattern::parse_text(json)?;
    if !pattern.example.is_string() {
        return Err(fail(format!("takes a text, not {}", pattern.example)));
    }
    pattern.add_to(Category::Metadata, Some(name), rules, generators);
    Ok(pattern.example)
}

#[cfg(test)]
#[path = "interaction_tests.rs"]
mod tests;
