//! Asynchronous and synchronous messages.

use serde_json::{Map, Value as Json};

use super::interaction::{extend, take_object};
use super::{Problem, body, rules};
use crate::generator::Generators;
use crate::pact::{Attributes, ContentType, Message, Specification, SynchronousMessage};

/// Reads the message whose parts stand in `object` itself, beside attributes that are left there.
pub(super) fn read(
    object: &mut Map<String, Json>,
    specification: Specification,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Message {
    let mut metadata = take_object(object, "metadata");
    if metadata.is_empty() {
        metadata = take_object(object, "metaData");
    }
    let content_type = content_type(&metadata);
    // without a stated type, a V3 message is JSON when it looks like it
    let contents = body::read(object, "contents", content_type, specification);
    Message {
        contents,
        metadata: metadata.into_iter().collect(),
        rules: rules::read(object.shift_remove("matchingRules"), specification, at, problems),
        generators: Generators::from_json(object.shift_remove("generators").as_ref()),
        unknown: Attributes::new(),
    }
}

fn content_type(metadata: &Attributes) -> Option<ContentType> {
    let is_content_type =
        |name: &str| name.eq_ignore_ascii_case("contenttype") || name.eq_ignore_ascii_case("content-type");
    let (_, value) = metadata.iter().find(|(name, _)| is_content_type(name))?;
    value.as_str().map(ContentType::new)
}

pub(super) fn read_synchronous(
    object: &mut Map<String, Json>,
    specification: Specification,
    at: &str,
    problems: &mut Vec<Problem>,
) -> SynchronousMessage {
    let mut part = |json: Json, at: String| match json {
        Json::Object(mut part) => {
            let mut message = read(&mut part, specification, &at, problems);
            message.unknown = part;
            Some(message)
        }
        _ => {
            problems.push(Problem::new(at, "expected an object"));
            None
        }
    };
    let request = object.shift_remove("request").and_then(|request| part(request, format!("{at}.request")));
    let responses = match object.shift_remove("response") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(responses)) => responses
            .into_iter()
            .enumerate()
            .filter_map(|(index, response)| part(response, format!("{at}.response[{index}]")))
            .collect(),
        Some(single) => part(single, format!("{at}.response")).into_iter().collect(),
    };
    SynchronousMessage { request: request.unwrap_or_default(), responses }
}

pub(super) fn write(message: &Message, specification: Specification, object: &mut Map<String, Json>) {
    body::write(&message.contents, "contents", specification, object);
    if !message.metadata.is_empty() {
        let metadata = message.metadata.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        object.insert("metadata".to_owned(), Json::Object(metadata));
    }
    rules::write(&message.rules, specification, object);
    message.generators.write(object);
    extend(object, &message.unknown);
}

pub(super) fn write_synchronous(
    message: &SynchronousMessage,
    specification: Specification,
    object: &mut Map<String, Json>,
) {
    let part = |message: &Message| {
        let mut part = Map::new();
        write(message, specification, &mut part);
        Json::Object(part)
    };
    object.insert("request".to_owned(), part(&message.request));
    object.insert("response".to_owned(), message.responses.iter().map(part).collect());
}

/// A message that stands by itself, as V4 writes those of synchronous messages.
pub(crate) fn message_to_json(message: &Message) -> Json {
    let mut object = Map::new();
    write(message, Specification::V4, &mut object);
    Json::Object(object)
}

/// Reads a message that stands by itself.
///
/// # Errors
///
/// All problems, by their place in the message.
pub(crate) fn message_from_json(json: &Json) -> Result<Message, super::FormatError> {
    let mut problems = Vec::new();
    let Json::Object(mut object) = json.clone() else {
        return Err(super::FormatError::Invalid { problems: vec![Problem::new("$", "expected an object")] });
    };
    let mut message = read(&mut object, Specification::V4, "$", &mut problems);
    message.unknown = object;
    if problems.is_empty() { Ok(message) } else { Err(super::FormatError::Invalid { problems }) }
}
