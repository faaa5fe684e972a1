//! The body of an example, and where paths lead in it.

use crate::content::ContentKind;
use crate::content::xml::TEXT;
use crate::pact::Body;
use crate::path::{PathExpression, Token};
use crate::value::Value;

/// The body of an example as rules see it.
pub(super) enum Example {
    /// Nothing is said about the body, or there is to be none.
    Nothing,
    /// A value.
    Value { kind: ContentKind, value: Value },
    /// Contents whose places are not known here: parts of a multipart body, a plugin's contents.
    Opaque,
    /// Contents that are not what their content type says.
    Unreadable { content_type: String, reason: String },
}

impl Example {
    pub(super) fn of(body: &Body) -> Self {
        let Some(contents) = body.contents() else { return Self::Nothing };
        let content_type = contents.content_type.as_ref();
        if content_type.is_some_and(|content_type| content_type.is_multipart() || content_type.is_protobuf()) {
            return Self::Opaque;
        }
        let kind = ContentKind::of(content_type);
        match kind.parse(&contents.bytes) {
            Ok(value) => Self::Value { kind, value },
            Err(error) => Self::Unreadable {
                content_type: content_type.map(ToString::to_string).unwrap_or_default(),
                reason: error.reason,
            },
        }
    }

    /// Whether it is text or bytes without places inside.
    pub(super) fn is_unstructured(&self) -> bool {
        match self {
            Self::Value { kind, .. } => matches!(kind, ContentKind::Text | ContentKind::Binary),
            _ => true,
        }
    }

    /// Why the path leads nowhere, if it does.
    pub(super) fn dead_end(&self, path: &PathExpression) -> Option<String> {
        match self {
            Self::Nothing => Some("the example has no body".to_owned()),
            Self::Opaque | Self::Unreadable { .. } => None,
            Self::Value { kind, value } => dead_end(*kind, value, path),
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
                    format!("the example has nothing at {here} (elements are named by namespace, without positions)")
                }
                false => format!("the example has nothing at {here}"),
            });
        }
        reached = next;
    }
    None
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
