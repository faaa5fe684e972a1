//! Messages, answered or not.

use countersign_core::pact::{Message, SynchronousMessage};

use super::view::Part;
use super::{body, fields};

pub(super) fn asynchronous(message: &Message) -> Vec<Part> {
    vec![part(message, String::new())]
}

pub(super) fn synchronous(message: &SynchronousMessage) -> Vec<Part> {
    let several = message.responses.len() > 1;
    let responses = message.responses.iter().enumerate().map(|(index, response)| {
        part(response, if several { format!("response {}", index + 1) } else { "response".to_owned() })
    });
    std::iter::once(part(&message.request, "request".to_owned())).chain(responses).collect()
}

fn part(message: &Message, heading: String) -> Part {
    Part {
        heading,
        fields: fields::metadata(&message.metadata, &message.rules, &["contentType", "content-type"]),
        body: body::view(&message.contents, &message.rules),
        ..Part::default()
    }
}
