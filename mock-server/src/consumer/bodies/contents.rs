//! What requests, responses and messages have in common: a body with its content type, rules and generators.

use countersign_core::content::ContentKind;
use countersign_core::generator::Generators;
use countersign_core::pact::{Body, ContentType, Contents, Fields};
use countersign_core::path::PathExpression;
use countersign_core::pattern::{Pattern, regex};
use countersign_core::rule::{Category, MatchingRules, Rule, RuleList};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value as Json;

use super::{Multipart, Xml};
use crate::consumer::text::{TextPattern, to_json};

const HEADER: &str = "Content-Type";
/// How messages call their content type, in the pacts of all writers.
const METADATA: &str = "contentType";
const FORM: &str = "application/x-www-form-urlencoded";
/// Other boundaries are as good as the example's.
const ANY_BOUNDARY: &str = r"multipart/form-data;(\s*charset=[^;]*;)?\s*boundary=.*";

/// Where the content type stands besides the body.
pub(in crate::consumer) enum Stated<'a> {
    Header(&'a mut Fields),
    Metadata(&'a mut IndexMap<String, Json>),
}

/// The common part of a request, response or message in the making.
pub(in crate::consumer) struct Part<'a> {
    pub(in crate::consumer) stated: Stated<'a>,
    pub(in crate::consumer) body: &'a mut Body,
    pub(in crate::consumer) rules: &'a mut MatchingRules,
    pub(in crate::consumer) generators: &'a mut Generators,
}

impl Part<'_> {
    /// Sets a header field; one of the same name, in whatever case, is said once only, except that a content type that came
    /// with a body may be said better.
    #[track_caller]
    pub(in crate::consumer) fn header(&mut self, name: &str, value: TextPattern) {
        let value = value.checked();
        assert!(http::HeaderName::from_bytes(name.as_bytes()).is_ok(), "{name:?} is no header name");
        let values: Vec<String> = value.several("a header field").into_iter().flatten().collect();
        for value in &values {
            assert!(http::HeaderValue::from_str(value).is_ok(), "{value:?} is no value for the header {name}");
        }
        let Stated::Header(headers) = &mut self.stated else { return };
        let is_content_type = name.eq_ignore_ascii_case(HEADER);
        if let Some(known) = headers.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned() {
            assert!(is_content_type, "the header {name:?} is said twice: give one list of values");
            headers.shift_remove(&known);
        }
        headers.insert(name.to_owned(), values.clone());
        if let (true, Some(text), Body::Present(Contents { content_type, .. })) =
            (is_content_type, values.first(), &mut *self.body)
        {
            *content_type = Some(ContentType::new(text));
        }
        value.pattern().add_to(Category::Header, Some(name), self.rules, self.generators);
    }

    /// A body of these bytes, whose content type is said with it.
    #[track_caller]
    pub(in crate::consumer) fn bytes(&mut self, bytes: Vec<u8>, content_type: &str) {
        let content_type = ContentType::new(content_type);
        self.put(bytes, content_type.clone());
        self.state_anew(&content_type);
    }

    /// A body that may be replaced by any other of its media type.
    #[track_caller]
    pub(in crate::consumer) fn bytes_of_type(&mut self, bytes: Vec<u8>, content_type: &str) {
        self.bytes(bytes, content_type);
        self.rule(Rule::ContentType(ContentType::new(ContentType::new(content_type).essence())));
    }

    #[track_caller]
    pub(in crate::consumer) fn json(&mut self, body: impl Serialize) {
        let pattern = checked(Pattern::parse(&to_json(body)));
        let content_type = self.stated_or("application/json");
        assert!(
            content_type.is_json(),
            "the content type {:?} is said, but the body is JSON: say the body with `text` or `body`, or another type",
            content_type.as_str()
        );
        self.put(pattern.example.to_string().into_bytes(), content_type);
        pattern.add_to(Category::Body, None, self.rules, self.generators);
    }

    #[track_caller]
    pub(in crate::consumer) fn text(&mut self, text: TextPattern) {
        let text = text.checked();
        let content_type = self.stated_or("text/plain");
        self.put(text.single("a text").into_bytes(), content_type);
        text.pattern().add_to(Category::Body, None, self.rules, self.generators);
    }

    #[track_caller]
    pub(in crate::consumer) fn xml(&mut self, xml: Xml) {
        let content_type = self.stated_or("application/xml");
        let document = xml.checked();
        self.put(document.text.into_bytes(), content_type);
        for (path, pattern) in document.patterns {
            add_below(&path, &pattern, self.rules);
        }
    }

    #[track_caller]
    pub(in crate::consumer) fn form(&mut self, fields: impl Serialize) {
        let fields = to_json(fields);
        let pattern = checked(Pattern::parse_text(&fields));
        let Json::Object(fields) = &pattern.example else {
            panic!("a form has named fields, such as {{ \"sku\": \"ABC-1\" }}, but this is {fields}")
        };
        let mut query = countersign_core::pact::Query::new();
        for (name, value) in fields {
            let value = TextPattern::from(value).checked();
            query.insert(name.clone(), value.several(&format!("the form's field {name:?}")));
        }
        let content_type = self.stated_or(FORM);
        self.put(countersign_core::format::encode_query(&query).into_bytes(), content_type);
        pattern.add_to(Category::Body, None, self.rules, self.generators);
    }

    #[track_caller]
    pub(in crate::consumer) fn multipart(&mut self, multipart: Multipart) {
        let document = multipart.write();
        let content_type = ContentType::new(format!("multipart/form-data; boundary={}", document.boundary));
        self.put(document.bytes, content_type.clone());
        self.state_anew(&content_type);
        for (path, pattern) in document.patterns {
            add_below(&path, &pattern, self.rules);
        }
        for (path, rule) in document.rules {
            self.rules.add(Category::Body, path, RuleList::from(rule));
        }
        self.header(HEADER, regex(ANY_BOUNDARY, content_type.as_str()).into());
    }

    fn rule(&mut self, rule: Rule) {
        self.rules.add(Category::Body, PathExpression::root(), RuleList::from(rule));
    }

    /// Sets the body, once, and only to what can be read as its content type.
    #[track_caller]
    fn put(&mut self, bytes: Vec<u8>, content_type: ContentType) {
        assert!(*self.body == Body::Missing, "the body is said twice");
        let kind = ContentKind::of(Some(&content_type));
        if let (false, Err(error)) = (bytes.is_empty(), kind.parse(&bytes)) {
            panic!("the body is said to be {}, but cannot be read as such: {error}", content_type.as_str());
        }
        *self.body = Body::new(bytes, Some(content_type));
    }

    /// The content type that was said before, or else this one, which is said from now on.
    fn stated_or(&mut self, default: &str) -> ContentType {
        let stated = match &self.stated {
            Stated::Header(headers) => {
                let known = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(HEADER));
                known.and_then(|(_, values)| values.first().cloned())
            }
            Stated::Metadata(metadata) => {
                let known = metadata.iter().find(|(name, _)| is_content_type(name));
                known.and_then(|(_, value)| value.as_str().map(str::to_owned))
            }
        };
        let content_type = ContentType::new(stated.unwrap_or_else(|| default.to_owned()));
        self.state_anew(&content_type);
        content_type
    }

    fn state_anew(&mut self, content_type: &ContentType) {
        let text = content_type.as_str();
        match &mut self.stated {
            Stated::Header(headers) => {
                let known = headers.keys().find(|name| name.eq_ignore_ascii_case(HEADER)).cloned();
                headers.insert(known.unwrap_or_else(|| HEADER.to_owned()), vec![text.to_owned()]);
            }
            Stated::Metadata(metadata) => {
                let known = metadata.keys().find(|name| is_content_type(name)).cloned();
                metadata.insert(known.unwrap_or_else(|| METADATA.to_owned()), text.into());
            }
        }
    }
}

pub(in crate::consumer) fn is_content_type(name: &str) -> bool {
    name.eq_ignore_ascii_case(METADATA) || name.eq_ignore_ascii_case(HEADER)
}

#[track_caller]
fn checked(pattern: Result<Pattern, countersign_core::pattern::PatternError>) -> Pattern {
    match pattern {
        Ok(pattern) => pattern,
        Err(error) => panic!("the body cannot be used: {error}"),
    }
}

/// Adds what a pattern says of the value at a path.
fn add_below(path: &PathExpression, pattern: &Pattern, rules: &mut MatchingRules) {
    for entry in &pattern.rules {
        let tokens = [path.tokens(), entry.path.tokens()].concat();
        rules.add(Category::Body, PathExpression::from_tokens(tokens), entry.rules.clone());
    }
}
