//! Messages, answered or not.

use countersign_core::pact::{Message, SynchronousMessage};

use super::view::Part;
use super::{body, fields};

pub(super) fn asynchronous(message: &Message, most: usize) -> Vec<Part> {
    vec![part(message, String::new(), most)]
}

pub(super) fn synchronous(message: &SynchronousMessage, most: usize) -> Vec<Part> {
    let several = message.responses.len() > 1;
    let responses = message.responses.iter().enumerate().map(|(index, response)| {
        let heading = if several { format!("response {}", index + 1) } else { "response".to_owned() };
        part(response, heading, most)
    });
    std::iter::once(part(&message.request, "request".to_owned(), most)).chain(responses).collect()
}

fn part(message: &Message, heading: String, most: usize) -> Part {
    Part {
        heading,
        fields: fields::metadata(&message.metadata, &message.rules, &["contentType", "content-type"]),
        body: body::view(&message.contents, &message.rules, most),
        ..Part::default()
    }
}
