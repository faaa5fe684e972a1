//! What a broker says to people: notices, and the messages inside its error documents.

use serde_json::Value;

/// One sentence a broker wants a person to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How it is meant.
    pub kind: NoticeKind,
    /// The sentence, possibly of several lines.
    pub text: String,
}

/// How a [`Notice`] is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Detail of what was done.
    Debug,
    /// Something worth knowing.
    Info,
    /// Something that may go wrong.
    Warning,
    /// A suggested next step.
    Prompt,
    /// Something that went well.
    Success,
    /// Something that went wrong, or stands in the way.
    Error,
}

impl NoticeKind {
    fn parse(text: &str) -> Self {
        match text {
            "debug" => Self::Debug,
            "warning" | "warn" => Self::Warning,
            "prompt" => Self::Prompt,
            "success" => Self::Success,
            "error" | "danger" => Self::Error,
            _ => Self::Info,
        }
    }
}

/// The `notices` of a document, in its order; empty when there are none.
pub(crate) fn notices_in(document: &Value) -> Vec<Notice> {
    let listed = document.get("notices").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(notice_from).collect()
}

fn notice_from(value: &Value) -> Option<Notice> {
    let text = value.get("text").and_then(Value::as_str)?.to_owned();
    let kind = NoticeKind::parse(value.get("type").and_then(Value::as_str).unwrap_or_default());
    Some(Notice { kind, text })
}

/// Every message in an error document, whichever of the broker's several shapes it has.
///
/// Known shapes: `errors` as a list of texts, as field → texts (possibly nested), or as problem objects with a
/// `detail`; `error` as a text or an object with a `message`; a problem document's own `detail` or `title`; and
/// `notices` of type error or warning.
pub(crate) fn messages_in(document: &Value) -> Vec<String> {
    let mut messages = Vec::new();
    for notice in notices_in(document) {
        if matches!(notice.kind, NoticeKind::Error | NoticeKind::Warning) {
            push_new(&mut messages, notice.text);
        }
    }
    if let Some(errors) = document.get("errors") {
        collect_errors(errors, "", &mut messages);
    }
    match document.get("error") {
        Some(Value::String(text)) => push_new(&mut messages, text.clone()),
        Some(error) => {
            if let Some(text) = error.get("message").and_then(Value::as_str) {
                push_new(&mut messages, text.to_owned());
            }
        }
        None => {}
    }
    if messages.is_empty() {
        let problem = document.get("detail").or_else(|| document.get("title")).and_then(Value::as_str);
        messages.extend(problem.map(str::to_owned));
    }
    messages
}

fn collect_errors(errors: &Value, field: &str, messages: &mut Vec<String>) {
    match errors {
        Value::String(text) if field.is_empty() => push_new(messages, text.clone()),
        Value::String(text) => push_new(messages, format!("{field}: {text}")),
        Value::Array(items) => {
            for item in items {
                collect_errors(item, field, messages);
            }
        }
        Value::Object(fields) => match fields.get("detail").or_else(|| fields.get("title")) {
            Some(Value::String(text)) => push_new(messages, text.clone()),
            _ => {
                for (name, nested) in fields {
                    let path = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
                    collect_errors(nested, &path, messages);
                }
            }
        },
        _ => {}
    }
}

/// A broker says a conflict both as a notice and as an error: once is enough.
fn push_new(messages: &mut Vec<String>, text: String) {
    let says_the_same =
        |known: &String| text.strip_suffix(known.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with(": "));
    if !messages.iter().any(says_the_same) {
        messages.push(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn messages_of_every_shape() {
        let cases = [
            (json!({"errors": ["no selectors"]}), vec!["no selectors"]),
            (
                json!({"errors": {"name": ["is missing"], "": ["say where to"]}}),
                vec!["name: is missing", "say where to"],
            ),
            (json!({"errors": {"request": {"url": ["is not absolute"]}}}), vec!["request.url: is not absolute"]),
            (json!({"title": "t", "errors": [{"type": "x", "detail": "too long"}]}), vec!["too long"]),
            (json!({"error": "unknown provider"}), vec!["unknown provider"]),
            (json!({"error": {"message": "boom", "reference": "r1"}}), vec!["boom"]),
            (json!({"title": "Not found", "status": 404}), vec!["Not found"]),
            (
                json!({"notices": [{"type": "error", "text": "differs"}, {"type": "debug", "text": "made"}],
                       "errors": {"contracts": ["differs"]}}),
                vec!["differs"],
            ),
            (json!("text"), vec![]),
            (json!({"errors": 3}), vec![]),
        ];
        for (document, expected) in cases {
            assert_eq!(messages_in(&document), expected, "{document}");
        }
    }

    #[test]
    fn notices_keep_their_order_and_unknown_kinds_inform() {
        let document = json!({"notices": [{"type": "prompt", "text": "a"}, {"type": "new", "text": "b"}, {"no": 1}]});
        let kinds: Vec<_> = notices_in(&document).into_iter().map(|n| (n.kind, n.text)).collect();
        assert_eq!(kinds, [(NoticeKind::Prompt, "a".to_owned()), (NoticeKind::Info, "b".to_owned())]);
    }
}
