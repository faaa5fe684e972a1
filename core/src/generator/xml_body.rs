//! Generated values in XML: `$.a.b['#text']` is the text of the elements `b`, `$.a['@id']` an attribute that is there. The
//! rest of the document stays as it was written, byte by byte.

use std::collections::BTreeMap;
use std::ops::Range;

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value as Json;

use super::body::{Target, text};
use super::context::Run;
use crate::content::xml::{TEXT, qualified};
use crate::path::Token;

/// New texts for pieces of the document, by where they start and end.
type Edits = BTreeMap<(usize, usize), String>;

/// The body with the values in it; `None` when nothing changes.
pub(super) fn write(bytes: &[u8], targets: &[Target], run: &mut Run<'_>) -> Option<Vec<u8>> {
    let source = std::str::from_utf8(bytes).ok()?;
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    let document = Document::parse_with_options(source, options).ok()?;
    let mut edits = Edits::new();
    for target in targets {
        let mut value = |example: &str| run.value(&target.generator, &Json::from(example)).as_ref().map(text);
        edit(source, document.root_element(), &target.path, &mut value, &mut edits);
    }
    if edits.is_empty() {
        return None;
    }
    let mut written = String::with_capacity(source.len());
    let mut from = 0;
    for ((start, end), text) in edits {
        written.push_str(source.get(from..start)?);
        written.push_str(&text);
        from = end;
    }
    written.push_str(source.get(from..)?);
    Some(written.into_bytes())
}

type Draw<'d> = dyn FnMut(&str) -> Option<String> + 'd;

fn edit(source: &str, root: Node<'_, '_>, path: &[Token], value: &mut Draw<'_>, edits: &mut Edits) {
    let Some((last, path)) = path.split_last() else { return };
    let Token::Field(last) = last else { return };
    let elements = elements(source, root, path);
    if let Some(name) = last.strip_prefix('@') {
        for element in elements {
            for attribute in element.attributes() {
                let Some((written, range)) = spelled(source, attribute.range()) else { continue };
                if (qualified(attribute.namespace(), attribute.name()) == name || written == name)
                    && let Some(value) = value(attribute.value())
                {
                    edits.insert((range.start, range.end), escaped(&value));
                }
            }
        }
    } else if last == TEXT {
        for element in elements {
            let old: String = element.children().filter(Node::is_text).filter_map(|node| node.text()).collect();
            if let Some(value) = value(old.trim()) {
                set_text(source, element, &escaped(&value), edits);
            }
        }
    }
}

/// An attribute's name as written, and where its value stands between the quotes.
fn spelled(source: &str, attribute: Range<usize>) -> Option<(&str, Range<usize>)> {
    let written = source.get(attribute.clone())?;
    let equals = written.find('=')?;
    let open = equals + written[equals..].find(['"', '\''])? + 1;
    Some((written[..equals].trim_end(), attribute.start + open..attribute.end - 1))
}

/// The elements at a path, in document order. A position counts the elements of one name under one parent.
fn elements<'a, 'i>(source: &str, root: Node<'a, 'i>, path: &[Token]) -> Vec<Node<'a, 'i>> {
    let mut parents: Vec<Vec<Node<'a, 'i>>> = vec![vec![root]];
    let mut is_root = true;
    for token in path {
        parents = match token {
            Token::Index(index) => parents.iter().filter_map(|group| group.get(*index)).map(|one| vec![*one]).collect(),
            Token::StarIndex => parents,
            Token::Field(_) | Token::Star => {
                let below = parents.iter().flatten().map(|parent| match is_root {
                    true => vec![*parent],
                    false => parent.children().filter(Node::is_element).collect(),
                });
                let fits = |node: &Node<'_, '_>| is_named(source, *node, token);
                let groups = below.map(|group| group.into_iter().filter(fits).collect()).collect();
                is_root = false;
                groups
            }
        };
    }
    if is_root { Vec::new() } else { parents.into_iter().flatten().collect() }
}

/// Whether an element is called so: by its namespace as in rules, or by the prefix that the document uses.
fn is_named(source: &str, node: Node<'_, '_>, token: &Token) -> bool {
    match token {
        Token::Star => true,
        Token::Field(name) => {
            qualified(node.tag_name().namespace(), node.tag_name().name()) == *name
                || written_name(&source[node.range()]) == name
        }
        _ => false,
    }
}

/// `n:a` of `<n:a b="1">…`
fn written_name(element: &str) -> &str {
    let name = element.strip_prefix('<').unwrap_or(element);
    name.split(|char: char| char.is_whitespace() || char == '/' || char == '>').next().unwrap_or(name)
}

/// The first text of an element is replaced, further ones between its children go. Where there is none, the text stands in
/// front of the children.
fn set_text(source: &str, element: Node<'_, '_>, text: &str, edits: &mut Edits) {
    let range = element.range();
    let written = &source[range.clone()];
    let Some(open) = start_tag_end(written) else { return };
    if written[..open].ends_with("/>") {
        edits.insert((range.start + open - 2, range.end), format!(">{text}</{}>", written_name(written)));
        return;
    }
    let Some(close) = written.rfind("</") else { return };
    let inner = range.start + open..range.start + close;
    let mut gaps = gaps(element, &inner);
    let first = gaps.iter().position(|gap| !source[gap.clone()].trim().is_empty()).unwrap_or(0);
    let rest = gaps.split_off(first + 1);
    if let Some(gap) = gaps.pop() {
        edits.insert((gap.start, gap.end), text.to_owned());
    }
    for gap in rest.into_iter().filter(|gap| !source[gap.clone()].trim().is_empty()) {
        edits.insert((gap.start, gap.end), String::new());
    }
}

/// What stands before, between and behind the children that are no text.
fn gaps(element: Node<'_, '_>, inner: &Range<usize>) -> Vec<Range<usize>> {
    let mut gaps = Vec::new();
    let mut from = inner.start;
    for child in element.children().filter(|child| !child.is_text()) {
        gaps.push(from..child.range().start);
        from = child.range().end;
    }
    gaps.push(from..inner.end);
    gaps
}

/// Where the start tag ends; `>` in attribute values does not end it.
fn start_tag_end(element: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in element.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    None
}

/// Text for an element or an attribute; characters that XML cannot carry are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' => escaped.push_str(&format!("&#{};", u32::from(char))),
            char if char < ' ' || matches!(char, '\u{fffe}' | '\u{ffff}') => {}
            char => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::{Context, Generator};
    use crate::path::PathExpression;

    /// The document with `${v}` written at the paths.
    fn written(source: &str, paths: &[&str]) -> Option<String> {
        let values = serde_json::json!({ "v": "<&\"'\n1" });
        let context = Context { provider_state: values.as_object().unwrap().clone(), ..Context::default() };
        let target = |path: &&str| Target {
            path: PathExpression::parse(path).unwrap().tokens().to_vec(),
            generator: Generator::ProviderState { expression: "v".to_owned(), data_type: None },
        };
        let targets: Vec<Target> = paths.iter().map(target).collect();
        let bytes = write(source.as_bytes(), &targets, &mut Run::new(&context))?;
        Some(String::from_utf8(bytes).unwrap().replace("&lt;&amp;&quot;&apos;&#10;1", "V"))
    }

    #[test]
    fn values_go_where_the_path_leads_and_the_rest_stays() {
        for (source, path, expected) in [
            ("<a>1</a>", "$.a['#text']", Some("<a>V</a>")),
            (
                "<?xml version='1.0'?>\n<a  x='1' ><!-- c --></a >",
                "$.a['@x']",
                Some("<?xml version='1.0'?>\n<a  x='V' ><!-- c --></a >"),
            ),
            ("<a x=\"1\"/>", "$.a['@x']", Some("<a x=\"V\"/>")),
            ("<a x=\"1\"/>", "$.a['@y']", None),
            ("<a><b>1</b><c/><b>2</b></a>", "$.a.b['#text']", Some("<a><b>V</b><c/><b>V</b></a>")),
            ("<a><b>1</b><c/><b>2</b></a>", "$.a.b[1]['#text']", Some("<a><b>1</b><c/><b>V</b></a>")),
            ("<a><b>1</b><b>2</b></a>", "$.a.b[*]['#text']", Some("<a><b>V</b><b>V</b></a>")),
            ("<a><b>1</b><c/></a>", "$.a.*['#text']", Some("<a><b>V</b><c>V</c></a>")),
            ("<a><b/></a>", "$.a.b['#text']", Some("<a><b>V</b></a>")),
            ("<a><b x='>' /></a>", "$.a.b['#text']", Some("<a><b x='>' >V</b></a>")),
            ("<a></a>", "$.a['#text']", Some("<a>V</a>")),
            ("<a><![CDATA[x]]>y&#33;</a>", "$.a['#text']", Some("<a>V</a>")),
            ("<a> <b/>x<c/>y</a>", "$.a['#text']", Some("<a> <b/>V<c/></a>")),
            ("<a><b/></a>", "$.a['#text']", Some("<a>V<b/></a>")),
            ("<a>x<!-- </a> --></a>", "$.a['#text']", Some("<a>V<!-- </a> --></a>")),
            (
                "<n:a xmlns:n='urn:x'><n:b n:i='1'/></n:a>",
                "$['urn:x:a']['urn:x:b']['@urn:x:i']",
                Some("<n:a xmlns:n='urn:x'><n:b n:i='V'/></n:a>"),
            ),
            (
                "<n:a xmlns:n='urn:x'><n:b n:i='1'/></n:a>",
                "$['n:a']['n:b']['@n:i']",
                Some("<n:a xmlns:n='urn:x'><n:b n:i='V'/></n:a>"),
            ),
            (
                "<n:a xmlns:n='urn:x'><n:b/></n:a>",
                "$['n:a']['n:b']['#text']",
                Some("<n:a xmlns:n='urn:x'><n:b>V</n:b></n:a>"),
            ),
            ("<a>1</a>", "$.a", None),
            ("<a>1</a>", "$.b['#text']", None),
            ("<a>1</a>", "$['#text']", None),
            ("<a>1</a>", "$", None),
            ("<a>1", "$.a['#text']", None),
        ] {
            assert_eq!(written(source, &[path]).as_deref(), expected, "{path} in {source}");
        }
    }

    #[test]
    fn several_generators_share_a_document() {
        let paths = ["$.a.b['#text']", "$.a['@x']", "$.a['#text']", "$.a.b['#text']"];
        let text = written("<a x='1'>t<b>1</b> u</a>", &paths).unwrap();
        assert_eq!(text, "<a x='V'>V<b>V</b></a>");
        assert!(Document::parse(&text).is_ok());
    }
}
