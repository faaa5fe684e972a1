//! XML bodies (XML 1.0 with namespaces).
//!
//! Elements and attributes are named by namespace and local name (`urn:x:item`), so prefixes do not matter; neither do
//! comments, processing instructions and blanks around text. Document type declarations are refused, with them entities
//! that grow. Nesting deeper than 128 levels is refused.

use roxmltree::{Document, Node, ParsingOptions};

use super::ContentError;
use crate::value::{Map, Value};

/// The member that holds an element's text.
pub(crate) const TEXT: &str = "#text";

/// The same limit as for JSON.
const DEEPEST: usize = 128;

pub(super) fn parse(bytes: &[u8]) -> Result<Value, ContentError> {
    let text = std::str::from_utf8(bytes).map_err(|error| ContentError::new(format!("not UTF-8: {error}")))?;
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => ContentError::new("document type declarations are not read"),
        error => ContentError::new(error.to_string()),
    })?;
    let root = document.root_element();
    let element = element(root, 1)?;
    Ok(Value::Map(Map::from_iter([(element_name(root), Value::List(vec![element]))])))
}

fn element(node: Node<'_, '_>, depth: usize) -> Result<Value, ContentError> {
    if depth > DEEPEST {
        return Err(ContentError::new(format!("nested deeper than {DEEPEST} levels")));
    }
    let mut members = Map::new();
    for attribute in node.attributes() {
        let name = qualified(attribute.namespace(), attribute.name());
        members.insert(format!("@{name}"), Value::from(attribute.value()));
    }
    // text in front of the children, whatever its place among them: their order is not compared either
    let text: String = node.children().filter(Node::is_text).filter_map(|node| node.text()).map(str::trim).collect();
    if !text.is_empty() {
        members.insert(TEXT.to_owned(), Value::String(text));
    }
    for child in node.children().filter(Node::is_element) {
        let name = element_name(child);
        let value = element(child, depth + 1)?;
        match members.entry(name).or_insert_with(|| Value::List(Vec::new())) {
            Value::List(siblings) => siblings.push(value),
            // a namespace such as `@urn` makes an element look like an attribute
            _ => return Err(ContentError::new("an element and an attribute have the same qualified name")),
        }
    }
    Ok(Value::Map(members))
}

fn element_name(node: Node<'_, '_>) -> String {
    qualified(node.tag_name().namespace(), node.tag_name().name())
}

fn qualified(namespace: Option<&str>, name: &str) -> String {
    match namespace {
        Some(namespace) if !namespace.is_empty() => format!("{namespace}:{name}"),
        _ => name.to_owned(),
    }
}

/// An element as it reads in a report: `<b id="1">x</b>`.
pub(crate) fn to_text(name: &str, element: &Value) -> String {
    let mut text = String::new();
    write(&mut text, name, element);
    text
}

fn write(text: &mut String, name: &str, element: &Value) {
    text.push('<');
    text.push_str(name);
    let mut inner = String::new();
    let members = if let Value::Map(members) = element { Some(members) } else { None };
    for (key, value) in members.into_iter().flatten() {
        match (value, key.strip_prefix('@')) {
            (Value::String(value), Some(attribute)) => {
                text.push_str(&format!(" {attribute}=\"{}\"", escaped(value).replace('"', "&quot;")));
            }
            (Value::String(value), None) => inner.push_str(&escaped(value)),
            (Value::List(children), _) => children.iter().for_each(|child| write(&mut inner, key, child)),
            _ => {}
        }
    }
    if inner.is_empty() {
        text.push_str("/>");
    } else {
        text.push_str(&format!(">{inner}</{name}>"));
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
