//! XML line by line, each line with the words of its rules beside it.
//!
//! Paths name elements and attributes without positions, so a rule speaks of every element of its name.

use countersign_core::rule::MatchingRules;
use countersign_core::value::{Map, Value};

use super::body::shortened;
use super::ruled::Ruled;
use super::view::{BodyView, Line, Piece};

/// The member of an element that holds its text.
const TEXT: &str = "#text";

/// A document, which is a map of its root; at most `most` lines of it.
pub(super) fn view(document: &Value, rules: &MatchingRules, most: usize) -> BodyView {
    let mut writer = Writer { lines: Vec::new(), cut: false, most };
    if let Value::Map(root) = document {
        writer.children(root, 0, &Ruled::body(rules));
    }
    BodyView { lines: writer.lines, cut: writer.cut, ..BodyView::default() }
}

struct Writer {
    lines: Vec<Line>,
    cut: bool,
    most: usize,
}

impl Writer {
    fn children(&mut self, members: &Map, depth: usize, ruled: &Ruled<'_>) {
        for (name, siblings) in members.iter() {
            let Value::List(siblings) = siblings else { continue };
            let below = ruled.key(name);
            for element in siblings {
                if self.lines.len() >= self.most {
                    self.cut = true;
                    return;
                }
                if let Value::Map(members) = element {
                    self.element(name, element, members, depth, &below);
                }
            }
        }
    }

    fn element(&mut self, name: &str, element: &Value, members: &Map, depth: usize, ruled: &Ruled<'_>) {
        let (mut pieces, mut words) = opening(name, members, ruled);
        let of_element = ruled.of_collection(element);
        if !of_element.is_empty() {
            words.insert(0, of_element);
        }
        let text = members.get(TEXT);
        let has_children = members.iter().any(|(_, value)| matches!(value, Value::List(_)));
        if let Some(text) = text {
            pieces.push(Piece::new("p", ">"));
            pieces.push(Piece::new("s", written(text.as_str().unwrap_or_default())));
            let of_text = ruled.key(TEXT).of_scalar(text);
            if !of_text.is_empty() {
                words.push(of_text);
            }
        }
        match (text.is_some(), has_children) {
            (false, false) => pieces.push(Piece::new("p", "/>")),
            (true, false) => pieces.extend(closing(name)),
            (false, true) => pieces.push(Piece::new("p", ">")),
            (true, true) => {}
        }
        self.line(depth, pieces, words.join(", "));
        if has_children {
            self.children(members, depth + 1, ruled);
            self.line(depth, closing(name).into(), String::new());
        }
    }

    fn line(&mut self, depth: usize, pieces: Vec<Piece>, words: String) {
        self.lines.push(Line { indent: "  ".repeat(depth), pieces, words });
    }
}

/// `<name attribute="value"` with what is asked of the attributes.
fn opening(name: &str, members: &Map, ruled: &Ruled<'_>) -> (Vec<Piece>, Vec<String>) {
    let mut pieces = vec![Piece::new("p", "<"), Piece::new("k", name)];
    let mut words = Vec::new();
    let attributes = members.iter().filter_map(|(key, value)| Some((key, key.strip_prefix('@')?, value.as_str()?)));
    for (key, attribute, text) in attributes {
        pieces.push(Piece::new("p", format!(" {attribute}=")));
        pieces.push(Piece::new("s", format!("\"{}\"", written(text))));
        let of_attribute = ruled.key(key).of_scalar(&Value::from(text));
        if !of_attribute.is_empty() {
            words.push(format!("{attribute}: {of_attribute}"));
        }
    }
    (pieces, words)
}

/// A text as XML writes it, or the beginning of one that is too long to be looked at.
fn written(text: &str) -> String {
    shortened(text).replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn closing(name: &str) -> [Piece; 3] {
    [Piece::new("p", "</"), Piece::new("k", name), Piece::new("p", ">")]
}

#[cfg(test)]
mod tests {
    use countersign_core::format;
    use serde_json::json;

    use super::super::body;

    /// The lines of an XML response with these rules, each with its words.
    fn shown(xml: &str, rules: &serde_json::Value) -> String {
        let pact = json!({
            "consumer": { "name": "c" }, "provider": { "name": "p" },
            "interactions": [{
                "description": "d", "request": { "method": "GET", "path": "/" },
                "response": { "status": 200, "headers": { "Content-Type": "application/xml" }, "body": xml,
                              "matchingRules": { "body": rules } },
            }],
            "metadata": { "pactSpecification": { "version": "3.0.0" } },
        });
        let pact = format::from_json(pact).unwrap();
        let response = &pact.interactions[0].http().unwrap().response;
        let view = body::view(&response.body, &response.rules, 100);
        let mut text = String::new();
        for line in &view.lines {
            let pieces: String = line.pieces.iter().map(|piece| piece.text.as_str()).collect();
            text.push_str(format!("{:<32}{}", format!("{}{pieces}", line.indent), line.words).trim_end());
            text.push('\n');
        }
        text
    }

    #[test]
    fn rules_stand_beside_the_elements_they_rule() {
        let xml =
            r#"<?xml version="1.0"?><order id="7"><item sku="a&lt;b">2</item><item sku="b">3</item><gift/></order>"#;
        let rule = |rule: serde_json::Value| json!({ "matchers": [rule] });
        let rules = json!({
            "$.order['@id']": rule(json!({ "match": "regex", "regex": r"\d+" })),
            "$.order.item['#text']": rule(json!({ "match": "integer" })),
        });
        insta::assert_snapshot!(shown(xml, &rules), @r#"
        <order id="7">                  id: text matching \d+
          <item sku="a&lt;b">2</item>   an integer
          <item sku="b">3</item>        an integer
          <gift/>
        </order>
        "#);
    }
}
