//! gRPC calls: the messages decoded with the schema that the pact carries.

use countersign_core::pact::{Interaction, Message, Pact, SynchronousMessage};
use countersign_core::protobuf::{GrpcCall, GrpcMessage, Method, decode_expected, message_type};
use countersign_core::rule::Category;
use countersign_core::value::Value;

use super::view::{BodyView, Field, Part};
use super::{body, fields, message, ruled};

/// The parts of a call and what kind of call it is. A call that cannot be decoded is shown as the message it is, with the
/// reason.
pub(super) fn parts(
    pact: &Pact,
    interaction: &Interaction,
    raw: &SynchronousMessage,
    most: usize,
) -> (Vec<Part>, &'static str) {
    match GrpcCall::from_interaction(pact, interaction) {
        Ok(call) => (call_parts(&call, most), kind(&call.method)),
        Err(error) => {
            let mut parts = message::synchronous(raw, most);
            if let Some(first) = parts.first_mut() {
                first.body.note = format!("{} The fields cannot be shown: {error}.", first.body.note).trim().to_owned();
            }
            (parts, "gRPC")
        }
    }
}

fn kind(method: &Method) -> &'static str {
    match (method.is_client_streaming(), method.is_server_streaming()) {
        (false, false) => "gRPC",
        (false, true) => "gRPC server stream",
        (true, false) => "gRPC client stream",
        (true, true) => "gRPC bidirectional stream",
    }
}

fn call_parts(call: &GrpcCall, most: usize) -> Vec<Part> {
    let method = &call.method;
    let input = method.input();
    let several = call.requests().count() > 1;
    let mut requests: Vec<Part> = Vec::new();
    for (index, request) in call.requests().enumerate() {
        let mut part = part(request, input.full_name(), most, |bytes| decode_expected(&input, bytes));
        if several {
            part.heading = format!("request {}", index + 1);
        }
        requests.push(part);
    }
    if let Some(first) = requests.first_mut() {
        first.verb = method.service_name();
        first.target = method.name().to_owned();
    }
    let several = call.responses.len() > 1;
    let responses = call.responses.iter().enumerate().map(|(index, response)| {
        let output = method.output();
        let mut part = part(response, output.full_name(), most, |bytes| decode_expected(&output, bytes));
        part.heading = match &response.status {
            Some(status) => status.code.name().to_owned(),
            None if several => format!("response {}", index + 1),
            None => "OK".to_owned(),
        };
        part
    });
    requests.extend(responses);
    requests
}

/// A protobuf message that travels without gRPC, by its fields; `None` when it is something else, or its type is unknown.
pub(super) fn event(pact: &Pact, interaction: &Interaction, raw: &Message, most: usize) -> Option<Vec<Part>> {
    let descriptor = message_type(pact, interaction).ok().flatten()?;
    let decode = |bytes: &[u8]| decode_expected(&descriptor, bytes);
    Some(vec![part(&GrpcMessage::new(raw, None), descriptor.full_name(), most, decode)])
}

fn part<E: std::fmt::Display>(
    message: &GrpcMessage,
    name: &str,
    most: usize,
    decode: impl FnOnce(&[u8]) -> Result<Value, E>,
) -> Part {
    let entries = message.metadata.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    let mut fields = fields::metadata(&entries, &message.rules, &[]);
    let status = message.status.as_ref();
    if let Some(text) = status.and_then(|status| status.message.as_ref()) {
        let words = ruled::of_named(&message.rules, Category::Metadata, "grpc-message", &Value::String(text.clone()));
        fields.insert(0, Field { kind: "status", name: "message".to_owned(), value: text.clone(), words });
    }
    let body = match decode(&message.bytes) {
        // a failure has no message
        _ if status.is_some() => BodyView::default(),
        Ok(value) => BodyView { content_type: name.to_owned(), ..body::tree(&value, &message.rules, most) },
        Err(error) => BodyView { note: format!("The message cannot be read: {error}."), ..BodyView::default() },
    };
    Part { fields, body, ..Part::default() }
}
