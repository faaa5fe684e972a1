//! XML bodies: as a text, or as elements with matchers.

use countersign_core::path::{PathExpression, Token};
use countersign_core::pattern::Pattern;
use countersign_core::rule::{Bounds, Rule, RuleEntry, RuleList};

use crate::consumer::text::{CheckedText, TextPattern};

/// An XML document: a text, or an [`element`].
#[derive(Debug, Clone)]
pub enum Xml {
    /// As it is; it has no matchers.
    Text(String),
    /// The root element.
    Element(Element),
}

impl From<&str> for Xml {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Xml {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Element> for Xml {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

/// An XML element with matchers on its attributes and text, see [`element`].
#[derive(Debug, Clone)]
#[must_use = "an element takes part in a contract once it is handed to `xml`"]
pub struct Element {
    name: String,
    attributes: Vec<(String, CheckedText)>,
    text: Option<CheckedText>,
    children: Vec<Element>,
    repeated: Option<Bounds>,
}

/// An XML element by its name, for bodies with matchers in them. A document without matchers, or with namespaces, is said as
/// a text.
///
/// ```
/// use countersign_mock_server::prelude::*;
///
/// let response = ok().xml(
///     element("order")
///         .attribute("id", regex("ord_[0-9]+", "ord_456"))
///         .child(element("placed").text(iso_datetime("2026-05-24T10:30:00Z")))
///         .child(element("line").attribute("sku", like("ABC-1")).text(integer(2)).repeated()),
/// );
/// # let _ = response;
/// ```
///
/// # Panics
///
/// When the name is none, or has a namespace's prefix.
#[track_caller]
pub fn element(name: &str) -> Element {
    check_name(name);
    Element { name: name.to_owned(), attributes: Vec::new(), text: None, children: Vec::new(), repeated: None }
}

impl Element {
    /// An attribute: a text, a number, or a matcher.
    ///
    /// # Panics
    ///
    /// When the name is none, or is said twice, or a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn attribute(mut self, name: &str, value: impl Into<TextPattern>) -> Self {
        check_name(name);
        assert!(self.attributes.iter().all(|(known, _)| known != name), "the attribute {name:?} is said twice");
        let value = value.into().checked();
        value.single("an attribute");
        self.attributes.push((name.to_owned(), value));
        self
    }

    /// The element's text: a text, a number, or a matcher.
    ///
    /// # Panics
    ///
    /// When it is said twice, or a matcher's example does not fit its own rule.
    #[track_caller]
    pub fn text(mut self, text: impl Into<TextPattern>) -> Self {
        assert!(self.text.is_none(), "the text of the element {:?} is said twice", self.name);
        let text = text.into().checked();
        text.single("an element's text");
        self.text = Some(text);
        self
    }

    /// An element inside this one.
    pub fn child(mut self, child: Element) -> Self {
        self.children.push(child);
        self
    }

    /// There may be several of this element beside each other, all like this one.
    pub fn repeated(mut self) -> Self {
        self.repeated = Some(Bounds { min: None, max: None });
        self
    }

    fn write(&self, above: &PathExpression, document: &mut Document) {
        let path = above.join(Token::Field(self.name.clone()));
        if let Some(bounds) = self.repeated {
            document.rule(&path, Rule::Type(bounds));
        }
        document.text.push('<');
        document.text.push_str(&self.name);
        for (name, value) in &self.attributes {
            let text = escaped(&value.single("an attribute")).replace('"', "&quot;");
            document.text.push_str(&format!(" {name}=\"{text}\""));
            document.pattern(path.join(Token::Field(format!("@{name}"))), value);
        }
        document.text.push('>');
        if let Some(text) = &self.text {
            document.text.push_str(&escaped(&text.single("an element's text")));
            document.pattern(path.join(Token::Field("#text".to_owned())), text);
        }
        for child in &self.children {
            child.write(&path, document);
        }
        document.text.push_str(&format!("</{}>", self.name));
    }
}

/// A document with what is agreed on about its places.
pub(super) struct Document {
    pub(super) text: String,
    pub(super) patterns: Vec<(PathExpression, Pattern)>,
}

impl Document {
    fn pattern(&mut self, path: PathExpression, value: &CheckedText) {
        if !value.pattern().rules.is_empty() {
            self.patterns.push((path, value.pattern().clone()));
        }
    }

    fn rule(&mut self, path: &PathExpression, rule: Rule) {
        let entry = RuleEntry { path: PathExpression::root(), rules: RuleList::from(rule) };
        let pattern = Pattern { example: serde_json::Value::Null, rules: vec![entry], generators: Vec::new() };
        self.patterns.push((path.clone(), pattern));
    }
}

impl Xml {
    pub(super) fn checked(self) -> Document {
        match self {
            Self::Text(text) => Document { text, patterns: Vec::new() },
            Self::Element(root) => {
                let mut document = Document { text: String::new(), patterns: Vec::new() };
                root.write(&PathExpression::root(), &mut document);
                document
            }
        }
    }
}

#[track_caller]
fn check_name(name: &str) {
    let is_start = |char: char| char.is_alphabetic() || char == '_';
    let is_further = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.');
    let fits = name.starts_with(is_start) && name.chars().all(is_further);
    assert!(
        fits && name != "xmlns",
        "{name:?} is no name for an element or attribute with matchers: a document with namespaces is said as a text"
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
