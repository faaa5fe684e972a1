//! Bodies: inline JSON up to V3, an object with content and content type in V4.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value as Json};

use crate::content::json::is_deeper_than;
use crate::pact::{Body, ContentType, Contents, Specification};

/// What may stand beside `content` in a V4 body; alone it says nothing of a body.
const BESIDE_CONTENT: [&str; 3] = ["contentType", "contentTypeHint", "encoded"];

/// Deeper bodies are written as text, so that the file around them stays within what JSON readers take.
const DEEPEST_INLINE: usize = 100;

pub(super) fn read(
    object: &mut Map<String, Json>,
    name: &str,
    header: Option<ContentType>,
    specification: Specification,
) -> Body {
    let Some(json) = object.shift_remove(name) else { return Body::Missing };
    if specification < Specification::V4 {
        return read_inline(json, header);
    }
    match json {
        Json::Null => Body::Null,
        Json::Object(object) if object.keys().all(|key| BESIDE_CONTENT.contains(&key.as_str())) => Body::Missing,
        Json::Object(object) if object.contains_key("content") => read_v4(object, header),
        // no V4 file should carry it, yet some writers put the plain value there
        other => {
            let text = other.to_string();
            let content_type = header.or_else(|| crate::content::detect(text.as_bytes()));
            Body::new(text, content_type)
        }
    }
}

/// V1 to V3: the value itself; text that is no JSON where the content type is neither JSON nor text is base64.
fn read_inline(json: Json, header: Option<ContentType>) -> Body {
    match json {
        Json::Null => Body::Null,
        Json::String(text) if text.is_empty() => Body::Empty,
        Json::String(text) => {
            let bytes = match &header {
                // a text that is an object or a text in quotes is the document itself, as the tools in use read it, and so is
                // what could not be written otherwise
                Some(header) if header.is_json() => match serde_json::from_str::<Json>(&text) {
                    Ok(Json::Object(_) | Json::String(_) | Json::Null) => text.into_bytes(),
                    Ok(json) if is_deeper_than(&json, DEEPEST_INLINE) => text.into_bytes(),
                    _ => Json::String(text).to_string().into_bytes(),
                },
                Some(header) if header.is_media_type() && !header.is_text() => {
                    BASE64.decode(&text).unwrap_or_else(|_| text.into_bytes())
                }
                _ => text.into_bytes(),
            };
            Body::new(bytes, header)
        }
        other => Body::new(other.to_string(), Some(header.unwrap_or_else(ContentType::json))),
    }
}

fn read_v4(mut object: Map<String, Json>, header: Option<ContentType>) -> Body {
    let content = match object.shift_remove("content") {
        None | Some(Json::Null) => return Body::Null,
        Some(content) => content,
    };
    let text = |name: &str| object.get(name).and_then(Json::as_str).map(str::to_owned);
    let content_type = text("contentType").map(ContentType::new).or(header);
    let encoding = text("encoded");
    let is = |name: &str| encoding.as_deref().is_some_and(|encoding| encoding.eq_ignore_ascii_case(name));
    let is_json = content_type.as_ref().is_some_and(ContentType::is_json);
    let (bytes, encoding) = match content {
        // text that is no base64 after all stands for itself
        Json::String(text) if is("base64") => (BASE64.decode(&text).unwrap_or_else(|_| text.into_bytes()), None),
        Json::String(text) if text.is_empty() => return Body::Empty,
        Json::String(text) if is_json && !is("json") => (Json::String(text).to_string().into_bytes(), encoding),
        Json::String(text) => (text.into_bytes(), encoding),
        content => (content.to_string().into_bytes(), encoding),
    };
    if bytes.is_empty() {
        return Body::Empty;
    }
    let content_type = content_type.or_else(|| crate::content::detect(&bytes));
    Body::Present(Contents { bytes, content_type, hint: text("contentTypeHint"), encoding })
}

pub(super) fn write(body: &Body, name: &str, specification: Specification, object: &mut Map<String, Json>) {
    let json = match body {
        Body::Missing => return,
        Body::Null => match specification {
            Specification::V4 => serde_json::json!({ "content": null }),
            _ => Json::Null,
        },
        Body::Empty => match specification {
            Specification::V4 => serde_json::json!({ "content": "" }),
            _ => Json::String(String::new()),
        },
        Body::Present(contents) if specification == Specification::V4 => write_v4(contents),
        Body::Present(contents) => write_inline(contents),
    };
    object.insert(name.to_owned(), json);
}

fn is_json(contents: &Contents) -> bool {
    contents.content_type.as_ref().is_some_and(ContentType::is_json)
}

fn write_inline(contents: &Contents) -> Json {
    if is_json(contents)
        && let Ok(json) = serde_json::from_slice(&contents.bytes)
    {
        return match &json {
            // these would read as something else: they stand as the text of their document
            Json::Null => "null".into(),
            Json::String(text) if text.is_empty() || is_document(text) => json.to_string().into(),
            _ if is_deeper_than(&json, DEEPEST_INLINE) => json.to_string().into(),
            _ => json,
        };
    }
    let is_text = contents.content_type.as_ref().is_none_or(ContentType::is_text);
    match std::str::from_utf8(&contents.bytes) {
        Ok(text) if is_text => text.into(),
        _ => BASE64.encode(&contents.bytes).into(),
    }
}

/// Whether a text is JSON itself.
fn is_document(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

fn write_v4(contents: &Contents) -> Json {
    let mut object = Map::new();
    let is_text = contents.content_type.as_ref().is_none_or(ContentType::is_text);
    // text under a JSON type would read as a JSON text
    let is_base64 = |text: &str| {
        contents.hint.as_deref() == Some("BINARY") || !is_text || is_json(contents) || text.contains('\u{0}')
    };
    let (content, encoded) = match (inline_json(contents), std::str::from_utf8(&contents.bytes)) {
        (Some(written), _) => written,
        (None, Ok(text)) if !is_base64(text) => (text.into(), Json::Bool(false)),
        _ => (BASE64.encode(&contents.bytes).into(), "base64".into()),
    };
    object.insert("content".to_owned(), content);
    if let Some(content_type) = &contents.content_type {
        object.insert("contentType".to_owned(), content_type.as_str().into());
    }
    if let Some(hint) = &contents.hint {
        object.insert("contentTypeHint".to_owned(), hint.as_str().into());
    }
    object.insert("encoded".to_owned(), encoded);
    Json::Object(object)
}

/// The contents as a JSON value. The document `null` would read as no body, so it stays text with `encoded: "JSON"`.
fn inline_json(contents: &Contents) -> Option<(Json, Json)> {
    if !is_json(contents) {
        return None;
    }
    let json: Json = serde_json::from_slice(&contents.bytes).ok()?;
    let marked = contents.encoding.as_deref().is_some_and(|encoding| encoding.eq_ignore_ascii_case("json"));
    match json {
        Json::Null => Some(("null".into(), "JSON".into())),
        Json::String(text) if marked || text.is_empty() => {
            Some((String::from_utf8_lossy(&contents.bytes).into(), "JSON".into()))
        }
        json if is_deeper_than(&json, DEEPEST_INLINE) => {
            Some((String::from_utf8_lossy(&contents.bytes).into(), "JSON".into()))
        }
        json if marked => Some((json, "JSON".into())),
        json => Some((json, Json::Bool(false))),
    }
}
