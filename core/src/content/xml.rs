//! XML bodies (XML 1.0 with namespaces).
//!
//! Elements and attributes are named by namespace and local name (`urn:x:item`), so prefixes do not matter; neither do
//! comments, processing instructions and blanks around text. Document type declarations are refused, with them entities
//! that grow; so are byte order marks, as in JSON, and nesting deeper than 128 levels.

use roxmltree::{Document, Node, ParsingOptions};

use super::ContentError;
use crate::value::{Map, Value};

/// The member that holds an element's text.
pub(crate) const TEXT: &str = "#text";

/// The same limit as for JSON.
const DEEPEST: usize = 128;

pub(super) fn parse(bytes: &[u8]) -> Result<Value, ContentError> {
    let text = std::str::from_utf8(bytes).map_err(|error| ContentError::new(format!("not UTF-8: {error}")))?;
    if text.starts_with('\u{feff}') {
        return Err(ContentError::new("it starts with a byte order mark"));
    }
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => ContentError::new("document type declarations are not read"),
        error => ContentError::new(format!("not well-formed XML: {error}")),
    })?;
    let root = document.root_element();
    let element = element(root, 1)?;
    Ok(Value::Map(Map::from_iter([(element_name(root), Value::List(vec![element]))])))
}

fn element(node: Node<'_, '_>, depth: usize) -> Result<Value, ContentError> {
    if depth > DEEPEST {
        return Err(ContentError::new(format!("nested deeper than {DEEPEST} levels")));
    }
    let mut members = Map::default();
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

pub(crate) fn qualified(namespace: Option<&str>, name: &str) -> String {
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

/// A document, which is a map of its root, as it reads in a report.
pub(crate) fn document_to_text(document: &Value) -> String {
    let Value::Map(roots) = document else { return document.to_string() };
    let elements = roots.iter().filter_map(|(name, elements)| match elements {
        Value::List(elements) => Some(elements.iter().map(|element| to_text(name, element))),
        _ => None,
    });
    elements.flatten().collect()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_become_maps() {
        for (text, expected) in [
            ("<a/>", json!({"a": [{}]})),
            (
                "<?xml version=\"1.0\"?><!-- c -->\n<a x=\"1\" y=\"&lt;\">t</a>",
                json!({"a": [{"@x": "1", "@y": "<", "#text": "t"}]}),
            ),
            ("<a><b>1</b><c/><b>2</b></a>", json!({"a": [{"b": [{"#text": "1"}, {"#text": "2"}], "c": [{}]}]})),
            ("<a>\n  <b> x  y </b>\n</a>", json!({"a": [{"b": [{"#text": "x  y"}]}]})),
            ("<a>one <b/> two</a>", json!({"a": [{"#text": "onetwo", "b": [{}]}]})),
            ("<a>x<!-- c --><?p i?>y</a>", json!({"a": [{"#text": "xy"}]})),
            ("<a><![CDATA[<x>]]>&#233;&amp;</a>", json!({"a": [{"#text": "<x>é&"}]})),
            ("<n:a xmlns:n=\"urn:x\" n:i=\"1\" j=\"2\"/>", json!({"urn:x:a": [{"@urn:x:i": "1", "@j": "2"}]})),
            ("<a xmlns=\"urn:x\"><b xmlns=\"\"/></a>", json!({"urn:x:a": [{"b": [{}]}]})),
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap().to_json(), expected, "{text}");
        }
    }

    #[test]
    fn says_why_a_document_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(129), "</a>".repeat(129));
        let deeper = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
        for (text, reason) in [
            ("<a>", "not well-formed XML: the root node was opened but never closed"),
            ("nope", "not well-formed XML: unknown token at 1:1"),
            ("<n:a/>", "not well-formed XML: an unknown namespace prefix 'n' at 1:2"),
            ("<a x='1' x='1'/>", "not well-formed XML: attribute 'x' at 1:10 is already defined"),
            ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "document type declarations are not read"),
            ("\u{feff}<a/>", "it starts with a byte order mark"),
            ("<a xmlns:n='@x' b=''><n:b/></a>", ""),
            (
                "<a xmlns:n='@x' xmlns:m='x' m:b=''><n:b/></a>",
                "an element and an attribute have the same qualified name",
            ),
            (&deep, "nested deeper than 128 levels"),
            (&deeper, "nested deeper than 128 levels"),
        ] {
            let error = parse(text.as_bytes()).map_or_else(|error| error.reason, |_| String::new());
            assert_eq!(error, reason, "{}", &text[..text.len().min(60)]);
        }
        assert!(parse(b"<a>\xe9</a>").unwrap_err().reason.starts_with("not UTF-8"));
    }

    #[test]
    fn elements_read_as_markup_in_reports() {
        for text in ["<a/>", "<a x=\"1\">t<b>2</b></a>", "<a x=\"&quot;\">&lt;&amp;</a>"] {
            assert_eq!(document_to_text(&parse(text.as_bytes()).unwrap()), text);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }

        #[test]
        fn anything_like_markup_is_read_or_refused(text in "(<|>|</|/>|a|b:c|x=\"1\"|&|;|<!--|-->|<\\?|<!\\[CDATA\\[|\\]\\]>| |é|<!DOCTYPE ){0,24}") {
            let _ = parse(text.as_bytes());
        }
    }
}
