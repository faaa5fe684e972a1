//! The body of an example, and where paths lead in it.

use prost_reflect::MessageDescriptor;

use super::parts::PartExample;
use super::{message, parts};
use crate::content::xml::TEXT;
use crate::content::{ContentKind, multipart};
use crate::pact::{Body, ContentType};
use crate::path::{PathExpression, Token};
use crate::value::Value;

/// The body of an example as rules see it.
pub(super) enum Example {
    /// Nothing is said about the body, or there is to be none.
    Nothing,
    /// A value.
    Value { kind: ContentKind, value: Value },
    /// The parts of a multipart body.
    Parts(Vec<PartExample>),
    /// A protobuf message; its type names all places, those included that the example leaves at their defaults.
    Message(MessageDescriptor),
    /// Contents whose places are not known here: a plugin's.
    Opaque,
    /// Contents that are not what their content type says.
    Unreadable { content_type: String, reason: String },
}

impl Example {
    pub(super) fn of(body: &Body) -> Self {
        let Some(contents) = body.contents() else { return Self::Nothing };
        Self::of_contents(&contents.bytes, contents.content_type.as_ref())
    }

    pub(super) fn of_contents(bytes: &[u8], content_type: Option<&ContentType>) -> Self {
        if content_type.is_some_and(ContentType::is_protobuf) {
            return Self::Opaque;
        }
        if let Some(content_type) = content_type.filter(|content_type| content_type.is_multipart()) {
            return Self::of_parts(bytes, content_type);
        }
        let kind = ContentKind::of(content_type);
        match kind.parse(bytes) {
            Ok(value) => Self::Value { kind, value },
            Err(error) => Self::Unreadable {
                content_type: content_type.map(ToString::to_string).unwrap_or_default(),
                reason: error.reason,
            },
        }
    }

    fn of_parts(bytes: &[u8], content_type: &ContentType) -> Self {
        match multipart::parse_example(bytes, content_type) {
            Ok(parts) => Self::Parts(parts.into_iter().enumerate().map(PartExample::new).collect()),
            Err(error) => Self::Unreadable { content_type: content_type.to_string(), reason: error.reason },
        }
    }

    /// Why generators cannot write here, if they cannot.
    pub(super) fn refuses_values(&self) -> Option<&'static str> {
        match self {
            Self::Parts(_) => Some("values are generated in JSON, XML and forms, not in multipart bodies"),
            Self::Value { kind: ContentKind::Text, .. } => {
                Some("values are generated in JSON, XML and forms, not in text")
            }
            Self::Value { kind: ContentKind::Binary, .. } => {
                Some("values are generated in JSON, XML and forms, not in binary contents")
            }
            _ => None,
        }
    }

    pub(super) fn is_xml(&self) -> bool {
        matches!(self, Self::Value { kind: ContentKind::Xml, .. })
    }

    /// Whether it is text or bytes without places inside.
    pub(super) fn is_unstructured(&self) -> bool {
        match self {
            Self::Value { kind, .. } => matches!(kind, ContentKind::Text | ContentKind::Binary),
            Self::Message(_) | Self::Parts(_) => false,
            _ => true,
        }
    }

    /// Why the path leads nowhere, if it does.
    pub(super) fn dead_end(&self, path: &PathExpression) -> Option<String> {
        match self {
            Self::Nothing => Some("the example has no body".to_owned()),
            Self::Opaque | Self::Unreadable { .. } => None,
            Self::Value { kind, value } => dead_end(*kind, value, path),
            Self::Parts(parts) => parts::dead_end(parts, path),
            Self::Message(message) => message::dead_end(message, path),
        }
    }
}

/// Why the path leads nowhere in the value, if it does.
pub(super) fn dead_end(kind: ContentKind, value: &Value, path: &PathExpression) -> Option<String> {
    let mut reached = vec![value];
    for (index, token) in path.tokens().iter().enumerate() {
        let mut next = Vec::new();
        for value in &reached {
            step(kind, value, token, &mut next);
        }
        if next.is_empty() {
            let before = PathExpression::from_tokens(path.tokens()[..index].to_vec());
            let here = before.join(token.clone());
            let is_wildcard = matches!(token, Token::Star | Token::StarIndex);
            return Some(match is_wildcard && reached.iter().all(|value| is_empty(value)) {
                true => format!("the example is empty at {before}, so it says nothing of what may be in it"),
                false if kind == ContentKind::Xml => {
                    format!("the example has nothing at {here} ({})", hint_for_elements(&reached, token))
                }
                false => format!("the example has nothing at {here}"),
            });
        }
        reached = next;
    }
    None
}

/// What a wrong step in XML may have meant: elements are often named by the prefix that the document uses.
fn hint_for_elements(reached: &[&Value], token: &Token) -> String {
    let local = match token {
        Token::Field(name) => name.rsplit(':').next().unwrap_or(name).trim_start_matches('@'),
        _ => "",
    };
    let maps = reached.iter().flat_map(|value| match value {
        Value::List(items) => items.as_slice(),
        value => std::slice::from_ref(*value),
    });
    let names = maps.filter_map(|value| if let Value::Map(members) = value { Some(members.keys()) } else { None });
    let meant = names.flatten().find(|name| !local.is_empty() && name.ends_with(&format!(":{local}")));
    match meant {
        Some(meant) => format!("rules name it by its namespace: ['{meant}']"),
        None => "elements are named by namespace, without positions".to_owned(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::List(items) => items.is_empty(),
        Value::Map(members) => members.is_empty(),
        _ => false,
    }
}

static TEXT_OF_ELEMENT: Value = Value::String(String::new());

/// The members that a token names.
fn step<'v>(kind: ContentKind, value: &'v Value, token: &Token, next: &mut Vec<&'v Value>) {
    match (value, token) {
        // the elements of one name have no positions
        (Value::List(items), token) if kind == ContentKind::Xml => {
            items.iter().for_each(|item| step(kind, item, token, next));
        }
        (Value::Map(_), Token::Index(_) | Token::StarIndex) if kind == ContentKind::Xml => {}
        (Value::Map(members), Token::Field(name)) => {
            next.extend(members.get(name));
            if kind == ContentKind::Xml && name == TEXT && !members.contains_key(TEXT) {
                next.push(&TEXT_OF_ELEMENT);
            }
        }
        (Value::Map(members), Token::Index(index)) => next.extend(members.get(&index.to_string())),
        (Value::Map(members), Token::Star) => next.extend(members.values()),
        (Value::Map(members), Token::StarIndex) => {
            next.extend(members.iter().filter(|(key, _)| key.parse::<usize>().is_ok()).map(|(_, value)| value));
        }
        (Value::List(items), Token::Index(index)) => next.extend(items.get(*index)),
        (Value::List(items), Token::Star | Token::StarIndex) => next.extend(items),
        (Value::List(items), Token::Field(name)) => next.extend(name.parse().ok().and_then(|at: usize| items.get(at))),
        _ => {}
    }
}
