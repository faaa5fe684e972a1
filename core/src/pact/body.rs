//! Bodies: missing, null, empty, or bytes with a content type.

use std::fmt;

/// A body as the contract states it.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Body {
    /// Nothing is said about the body: anything fits.
    #[default]
    Missing,
    /// The file says `null`.
    Null,
    /// The body must be empty.
    Empty,
    /// The body has contents.
    Present(Contents),
}

/// The bytes of a body and what they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Contents {
    /// The body as it travels.
    pub bytes: Vec<u8>,
    /// The content type the file states with the body (V4) or in the headers or metadata.
    pub content_type: Option<ContentType>,
    /// V4's `contentTypeHint`: `BINARY`, `TEXT` or `DEFAULT`, kept for writing back.
    pub hint: Option<String>,
    /// V4's `encoded` when it is a text other than `base64`, such as `JSON`; kept for writing back.
    pub encoding: Option<String>,
}

impl Body {
    /// A body of these bytes; no bytes make an [`Body::Empty`] one.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>, content_type: Option<ContentType>) -> Self {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Self::Empty;
        }
        Self::Present(Contents { bytes, content_type, hint: None, encoding: None })
    }

    /// The bytes that travel; none for a missing, null or empty body.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Present(contents) => &contents.bytes,
            _ => &[],
        }
    }

    /// The contents, if there are any.
    #[must_use]
    pub fn contents(&self) -> Option<&Contents> {
        match self {
            Self::Present(contents) => Some(contents),
            _ => None,
        }
    }

    /// The content type stated with the body.
    #[must_use]
    pub fn content_type(&self) -> Option<&ContentType> {
        self.contents().and_then(|contents| contents.content_type.as_ref())
    }
}

/// A media type (RFC 9110 §8.3.1), compared without regard to case.
#[derive(Debug, Clone)]
pub struct ContentType {
    text: String,
    essence: String,
}

impl ContentType {
    /// Reads `type/subtype; parameter=value`. Anything goes: what is no media type is kept as its text, see
    /// [`ContentType::is_media_type`].
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let essence = if is_media_type(&text) { text.split(';').next().unwrap_or_default() } else { "" };
        Self { essence: essence.trim().to_ascii_lowercase(), text }
    }

    /// `application/json`
    #[must_use]
    pub fn json() -> Self {
        Self::new("application/json")
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `type/subtype` in lower case, without parameters; empty when it is no media type.
    #[must_use]
    pub fn essence(&self) -> &str {
        &self.essence
    }

    /// Whether it is a media type by its grammar. Anything else says nothing of the contents.
    #[must_use]
    pub fn is_media_type(&self) -> bool {
        !self.essence.is_empty()
    }

    /// Whether it names all types, or all of a kind: `*/*`, `application/*`.
    #[must_use]
    pub fn is_range(&self) -> bool {
        self.essence.ends_with("/*")
    }

    /// A parameter's value without its quotes; the name is compared without regard to case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.text.split(';').skip(1).find_map(|parameter| {
            let (key, value) = parameter.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
        })
    }

    /// Whether it is a JSON type: `application/json`, `application/vnd.api+json`, `application/json-rpc` … GraphQL requests
    /// are JSON too.
    #[must_use]
    pub fn is_json(&self) -> bool {
        let subtype = self.essence.strip_prefix("application/").unwrap_or_default();
        subtype == "graphql" || subtype.rsplit('+').next().is_some_and(|form| form.starts_with("json"))
    }

    /// `application/json` for `application/vnd.api+json`: the type that a structured suffix names (RFC 6839).
    #[must_use]
    pub fn base(&self) -> Self {
        match (self.essence.split_once('/'), self.essence.rsplit_once('+')) {
            (Some((main, _)), Some((_, suffix))) => Self::new(format!("{main}/{suffix}")),
            _ => self.clone(),
        }
    }

    /// Whether it is XML or ends in `+xml`.
    #[must_use]
    pub fn is_xml(&self) -> bool {
        self.has_form("xml")
    }

    /// Whether it is `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn is_form(&self) -> bool {
        self.essence == "application/x-www-form-urlencoded"
    }

    /// Whether it is `multipart/…`.
    #[must_use]
    pub fn is_multipart(&self) -> bool {
        self.essence.starts_with("multipart/")
    }

    /// Whether it is a protobuf or gRPC message.
    #[must_use]
    pub fn is_protobuf(&self) -> bool {
        matches!(self.essence.as_str(), "application/protobuf" | "application/x-protobuf" | "application/grpc")
            || self.essence.ends_with("+proto")
    }

    /// Whether the bytes are text for people: `text/…`, JSON, XML, forms.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.essence.starts_with("text/") || self.is_json() || self.is_xml() || self.is_form()
    }

    /// `type/NAME` or `type/…+NAME`
    fn has_form(&self, name: &str) -> bool {
        let subtype = self.essence.split_once('/').map_or("", |(_, subtype)| subtype);
        subtype == name || subtype.rsplit_once('+').is_some_and(|(_, suffix)| suffix == name)
    }
}

/// Whether a text follows the grammar of media types (RFC 9110 §8.3.1).
fn is_media_type(text: &str) -> bool {
    let is_token = |text: &str| {
        let is_char = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !text.is_empty() && text.bytes().all(is_char)
    };
    let (essence, parameters) = match text.split_once(';') {
        Some((essence, parameters)) => (essence, parameters),
        // blanks may end the text, but not stand before a semicolon
        None => (text.trim_end(), ""),
    };
    let Some((main, sub)) = essence.trim_start().split_once('/') else { return false };
    // what stands in quotes may be anything, semicolons too
    let unquoted = parameters.split('"').step_by(2).collect::<Vec<_>>().join("q");
    let mut parameters = unquoted.split(';').map(str::trim).filter(|parameter| !parameter.is_empty());
    let is_parameter =
        |parameter: &str| parameter.split_once('=').is_some_and(|(name, value)| is_token(name) && is_token(value));
    is_token(main) && is_token(sub) && parameters.all(is_parameter)
}

impl PartialEq for ContentType {
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_media_type_has_no_essence() {
        for (text, essence) in [
            ("application/json", "application/json"),
            (" Text/HTML ", "text/html"),
            ("a/b;", "a/b"),
            ("a/b;c=d; e=\"f;g\"", "a/b"),
            ("a/b; c=\"\"", "a/b"),
            ("application/vnd.x.v1+json;charset=utf-8", "application/vnd.x.v1+json"),
            ("*/*", "*/*"),
            ("", ""),
            ("json", ""),
            ("a/", ""),
            ("a/b/c", ""),
            ("a,b/c", ""),
            ("a/b; c", ""),
            ("a/b; c=d e", ""),
            ("a/b ;c=d", ""),
        ] {
            assert_eq!(ContentType::new(text).essence(), essence, "{text}");
        }
    }
}
