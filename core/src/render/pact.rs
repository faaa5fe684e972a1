//! A whole pact for people: what is asked, what is answered, and the rules in words.

use std::fmt::Write as _;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::rule_words::rule_in_words;
use crate::format::encode_query;
use crate::pact::{
    Body, Fields, HttpRequest, HttpResponse, Interaction, InteractionKind, Message, Pact, ProviderState,
};
use crate::protobuf::{GrpcCall, GrpcMessage, Sequence, Step, decode_expected, message_type};
use crate::rule::{Category, Combine, MatchingRules, RuleEntry, RuleList};
use crate::value::Value;

/// What values are shown as when they are longer: a contract has short examples.
const LONGEST_TEXT: usize = 4_000;

/// The pact as text: each interaction with its states, its messages with field names (protobuf messages are decoded by the
/// schema that the pact carries), and its rules in words.
#[must_use]
pub fn pact_text(pact: &Pact) -> String {
    let count = pact.interactions.len();
    let mut text =
        format!("{} → {} · {count} interaction{}\n", pact.consumer, pact.provider, if count == 1 { "" } else { "s" });
    for interaction in &pact.interactions {
        text.push('\n');
        Page { text: &mut text }.interaction(pact, interaction);
    }
    text
}

struct Page<'t> {
    text: &'t mut String,
}

impl Page<'_> {
    fn line(&mut self, indent: usize, line: &str) {
        for line in line.lines() {
            let _ = writeln!(self.text, "{:indent$}{line}", "");
        }
    }

    fn interaction(&mut self, pact: &Pact, interaction: &Interaction) {
        self.line(0, if interaction.description.is_empty() { "(no description)" } else { &interaction.description });
        for state in &interaction.provider_states {
            self.line(2, &format!("given {}", state_in_words(state)));
        }
        if interaction.pending {
            self.line(2, "pending: its failure does not count yet");
        }
        match &interaction.kind {
            InteractionKind::Http(http) => {
                self.http_request(&http.request);
                self.http_response(&http.response);
            }
            InteractionKind::AsynchronousMessage(message) => {
                self.line(2, "message");
                match message_type(pact, interaction) {
                    Ok(Some(descriptor)) => {
                        self.line(4, descriptor.full_name());
                        self.message(message, &decoded(decode_expected(&descriptor, message.contents.bytes())));
                    }
                    Ok(None) => self.message(message, &body_text(&message.contents)),
                    Err(error) => self.message(message, &format!("cannot be decoded: {error}")),
                }
            }
            InteractionKind::SynchronousMessage(message) => match GrpcCall::from_interaction(pact, interaction) {
                Ok(call) => self.call(&call),
                Err(error) => {
                    if interaction.is_grpc() {
                        self.line(2, &format!("a gRPC call that cannot be decoded: {error}"));
                    }
                    self.line(2, "request");
                    self.message(&message.request, &body_text(&message.request.contents));
                    for response in &message.responses {
                        self.line(2, "response");
                        self.message(response, &body_text(&response.contents));
                    }
                }
            },
        }
    }

    fn http_request(&mut self, request: &HttpRequest) {
        let query = encode_query(&request.query);
        let mark = if query.is_empty() { "" } else { "?" };
        self.line(2, &format!("{} {}{mark}{query}", request.method, request.path));
        self.fields(&request.headers);
        self.line(4, &body_text(&request.body));
        self.rules(&request.rules);
    }

    fn http_response(&mut self, response: &HttpResponse) {
        self.line(2, &format!("answers {}", response.status));
        self.fields(&response.headers);
        self.line(4, &body_text(&response.body));
        self.rules(&response.rules);
    }

    fn fields(&mut self, fields: &Fields) {
        for (name, values) in fields {
            self.line(4, &format!("{name}: {}", values.join(", ")));
        }
    }

    fn message(&mut self, message: &Message, contents: &str) {
        for (name, value) in &message.metadata {
            self.line(4, &format!("{name}: {}", plain(value)));
        }
        self.line(4, contents);
        self.rules(&message.rules);
    }

    fn call(&mut self, call: &GrpcCall) {
        let (input, output) = (call.method.input(), call.method.output());
        self.line(2, &format!("gRPC {}/{}{}", call.method.service_name(), call.method.name(), stream_in_words(call)));
        let several = call.requests().count() > 1;
        for (index, request) in call.requests().enumerate() {
            let title = if several { format!("request {}", index + 1) } else { "request".to_owned() };
            self.line(2, &format!("{title} · {}", input.full_name()));
            self.grpc_message(request, &decoded(decode_expected(&input, &request.bytes)));
        }
        let several = call.responses.len() > 1;
        for (index, response) in call.responses.iter().enumerate() {
            if let Some(status) = &response.status {
                let message = status.message.as_deref().map_or_else(String::new, |message| format!(": {message}"));
                self.line(2, &format!("fails with {}{message}", status.code));
                self.grpc_message(response, "");
                continue;
            }
            let title = if several { format!("response {}", index + 1) } else { "response".to_owned() };
            self.line(2, &format!("{title} · {}", output.full_name()));
            self.grpc_message(response, &decoded(decode_expected(&output, &response.bytes)));
        }
    }

    fn grpc_message(&mut self, message: &GrpcMessage, contents: &str) {
        let metadata: &IndexMap<String, String> = &message.metadata;
        for (name, value) in metadata {
            self.line(4, &format!("{name}: {value}"));
        }
        self.line(4, contents);
        self.rules(&message.rules);
    }

    fn rules(&mut self, rules: &MatchingRules) {
        for category in Category::ALL {
            for entry in rules.of(category) {
                self.line(6, &format!("{} is {}", place(category, entry), rules_in_words(&entry.rules)));
            }
        }
    }
}

fn place(category: Category, entry: &RuleEntry) -> String {
    let path = entry.path.to_string();
    match category {
        Category::Body => path,
        category => {
            let name = path.trim_start_matches('$').trim_start_matches('.');
            format!("{} {name}", category.as_str()).trim_end().to_owned()
        }
    }
}

fn rules_in_words(list: &RuleList) -> String {
    let joint = if list.combine == Combine::Or { " or " } else { " and " };
    let words: Vec<String> = list.rules.iter().map(|rule| rule_in_words(rule, None)).collect();
    words.join(joint)
}

fn state_in_words(state: &ProviderState) -> String {
    let params: Vec<String> = state.params.iter().map(|(name, value)| format!("{name} {value}")).collect();
    if params.is_empty() { state.name.clone() } else { format!("{} ({})", state.name, params.join(", ")) }
}

fn stream_in_words(call: &GrpcCall) -> String {
    let method = &call.method;
    let kind = match (method.is_client_streaming(), method.is_server_streaming()) {
        (false, false) => return String::new(),
        (false, true) => "the provider streams",
        (true, false) => "the consumer streams",
        (true, true) => "both sides stream",
    };
    let Some(terms) = &call.stream else { return format!(" ({kind}; only the first response is compared)") };
    let sequence = match terms.sequence {
        Sequence::Exact => "exactly these messages",
        Sequence::AtLeast => "at least these messages",
        Sequence::InOrder => "these messages in order, among others",
    };
    let order: Vec<&str> =
        terms.order.iter().map(|step| if *step == Step::Send { "request" } else { "response" }).collect();
    let order = if order.is_empty() { String::new() } else { format!("; in turn: {}", order.join(", ")) };
    format!(" ({kind}; {sequence}{order})")
}

fn decoded<E: std::fmt::Display>(value: Result<Value, E>) -> String {
    match value {
        Ok(value) => pretty(&value.to_json()),
        Err(error) => format!("cannot be decoded: {error}"),
    }
}

fn body_text(body: &Body) -> String {
    let Some(contents) = body.contents() else { return String::new() };
    if let Ok(json) = serde_json::from_slice::<Json>(&contents.bytes) {
        return pretty(&json);
    }
    match std::str::from_utf8(&contents.bytes) {
        Ok(text) => cut(text.to_owned()),
        Err(_) => format!("{} bytes", contents.bytes.len()),
    }
}

fn pretty(json: &Json) -> String {
    cut(format!("{json:#}"))
}

fn cut(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(LONGEST_TEXT) {
        text.truncate(at);
        text.push('…');
    }
    text
}

fn plain(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}
