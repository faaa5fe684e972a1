//! `multipart/form-data` bodies (RFC 7578).

use countersign_core::pact::ContentType;
use countersign_core::path::PathExpression;
use countersign_core::pattern::Pattern;
use countersign_core::rule::Rule;
use serde::Serialize;

use crate::consumer::text::{TextPattern, to_json};

const BOUNDARY: &str = "countersign-boundary";

/// The parts of a `multipart/form-data` body, see [`multipart`].
#[derive(Debug, Clone, Default)]
#[must_use = "parts take part in a contract once they are handed to a request's or response's `multipart`"]
pub struct Multipart {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    name: String,
    file: Option<String>,
    content_type: Option<String>,
    bytes: Vec<u8>,
    pattern: Option<Pattern>,
    rule: Option<Rule>,
}

/// A body of several parts. They may come in any order and among others.
///
/// ```
/// use countersign_mock_server::prelude::*;
/// use serde_json::json;
///
/// let request = post("/claims").multipart(
///     multipart()
///         .field("order", regex("ord_[0-9]+", "ord_456"))
///         .json_file("details", "details.json", json!({ "damaged": integer(1) }))
///         .file_like("photo", "box.png", "image/png", *b"\x89PNG\r\n\x1a\n"),
/// );
/// # let _ = request;
/// ```
pub fn multipart() -> Multipart {
    Multipart::default()
}

impl Multipart {
    /// A form field: a text or a matcher on one.
    ///
    /// # Panics
    ///
    /// When a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn field(self, name: &str, value: impl Into<TextPattern>) -> Self {
        let value = value.into().checked();
        let bytes = value.single("a form field").into_bytes();
        let pattern = Some(value.pattern().clone());
        self.part(Part { name: name.to_owned(), file: None, content_type: None, bytes, pattern, rule: None })
    }

    /// A file in JSON, with matchers anywhere in it.
    ///
    /// # Panics
    ///
    /// When the value cannot be written as JSON, or a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn json_file(self, name: &str, file: &str, value: impl Serialize) -> Self {
        let pattern = match Pattern::parse(&to_json(value)) {
            Ok(pattern) => pattern,
            Err(error) => panic!("the file {name:?} cannot be used: {error}"),
        };
        let bytes = pattern.example.to_string().into_bytes();
        let (file, content_type) = (Some(file.to_owned()), Some("application/json".to_owned()));
        self.part(Part { name: name.to_owned(), file, content_type, bytes, pattern: Some(pattern), rule: None })
    }

    /// A file with exactly these bytes.
    #[track_caller]
    pub fn file(self, name: &str, file: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.file_part(name, file, content_type, bytes.into(), None)
    }

    /// Any file of this media type, told from its first bytes; these are the example.
    #[track_caller]
    pub fn file_like(self, name: &str, file: &str, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let essence = ContentType::new(ContentType::new(content_type).essence());
        self.file_part(name, file, content_type, bytes.into(), Some(Rule::ContentType(essence)))
    }

    #[track_caller]
    fn file_part(self, name: &str, file: &str, content_type: &str, bytes: Vec<u8>, rule: Option<Rule>) -> Self {
        let (file, content_type) = (Some(file.to_owned()), Some(content_type.to_owned()));
        self.part(Part { name: name.to_owned(), file, content_type, bytes, pattern: None, rule })
    }

    #[track_caller]
    fn part(mut self, part: Part) -> Self {
        let texts = [Some(&part.name), part.file.as_ref(), part.content_type.as_ref()];
        for text in texts.into_iter().flatten() {
            assert!(!text.contains(['\r', '\n', '"']), "{text:?} cannot be told in the header of a part");
        }
        assert!(!part.name.is_empty(), "a part needs a name");
        self.parts.push(part);
        self
    }

    /// The body as it travels, and what is agreed on about its parts.
    #[track_caller]
    pub(super) fn write(self) -> Document {
        assert!(!self.parts.is_empty(), "a multipart body needs a part");
        let boundary = self.boundary();
        let mut document = Document { boundary, bytes: Vec::new(), patterns: Vec::new(), rules: Vec::new() };
        for part in self.parts {
            document.add(part);
        }
        document.bytes.extend(format!("--{}--\r\n", document.boundary).into_bytes());
        document
    }

    /// A boundary that stands in no part; the same for the same parts.
    fn boundary(&self) -> String {
        let stands_in = |boundary: &str| {
            let boundary = boundary.as_bytes();
            self.parts.iter().any(|part| part.bytes.windows(boundary.len()).any(|window| window == boundary))
        };
        let mut boundary = BOUNDARY.to_owned();
        while stands_in(&boundary) {
            boundary.push('-');
        }
        boundary
    }
}

/// A multipart body with what is agreed on about its parts.
pub(super) struct Document {
    pub(super) boundary: String,
    pub(super) bytes: Vec<u8>,
    pub(super) patterns: Vec<(PathExpression, Pattern)>,
    pub(super) rules: Vec<(PathExpression, Rule)>,
}

impl Document {
    fn add(&mut self, part: Part) {
        let mut head = format!("--{}\r\nContent-Disposition: form-data; name=\"{}\"", self.boundary, part.name);
        if let Some(file) = &part.file {
            head.push_str(&format!("; filename=\"{file}\""));
        }
        if let Some(content_type) = &part.content_type {
            head.push_str(&format!("\r\nContent-Type: {content_type}"));
        }
        self.bytes.extend(head.into_bytes());
        self.bytes.extend(b"\r\n\r\n");
        self.bytes.extend(part.bytes);
        self.bytes.extend(b"\r\n");
        let path = PathExpression::field(&part.name);
        self.patterns.extend(part.pattern.map(|pattern| (path.clone(), pattern)));
        self.rules.extend(part.rule.map(|rule| (path, rule)));
    }
}
