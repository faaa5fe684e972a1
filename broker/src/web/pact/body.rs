//! Bodies line by line, each line with the words of its rules beside it.

use countersign_core::content::ContentKind;
use countersign_core::pact::{Body, Contents};
use countersign_core::rule::MatchingRules;
use countersign_core::value::{Map, Value};

use super::markup;
use super::ruled::{Ruled, listed};
use super::view::{BodyView, Line, Piece};

/// How many lines of one body a page shows; the raw document has all.
pub(super) const MOST_LINES: usize = 400;

/// How much of one text is shown.
const LONGEST_TEXT: usize = 1_000;

/// How long a list may be to stand on one line.
const LONGEST_INLINE: usize = 60;

/// A body as the contract states it, at most `most` lines of it.
pub(super) fn view(body: &Body, rules: &MatchingRules, most: usize) -> BodyView {
    match body {
        Body::Missing => BodyView::default(),
        Body::Null | Body::Empty => BodyView { note: "The body is empty.".to_owned(), ..BodyView::default() },
        Body::Present(contents) => BodyView {
            content_type: contents.content_type.as_ref().map(ToString::to_string).unwrap_or_default(),
            ..of_contents(contents, rules, most)
        },
    }
}

fn of_contents(contents: &Contents, rules: &MatchingRules, most: usize) -> BodyView {
    let looks_like_json = || matches!(contents.bytes.trim_ascii_start().first(), Some(b'{' | b'['));
    let is_json = contents.content_type.as_ref().map_or_else(looks_like_json, |content_type| content_type.is_json());
    if is_json && let Ok(json) = serde_json::from_slice::<serde_json::Value>(&contents.bytes) {
        return tree(&Value::from(json), rules, most);
    }
    let kind = ContentKind::of(contents.content_type.as_ref());
    if kind == ContentKind::Xml
        && let Ok(document) = kind.parse(&contents.bytes)
    {
        return markup::view(&document, rules, most);
    }
    if kind == ContentKind::Form
        && let Ok(Value::Map(fields)) = kind.parse(&contents.bytes)
    {
        return form(&fields, rules, most);
    }
    let is_binary = contents.content_type.as_ref().is_some_and(|content_type| content_type.is_protobuf());
    match std::str::from_utf8(&contents.bytes) {
        Ok(text) if !is_binary && !text.chars().any(|char| char.is_control() && !char.is_whitespace()) => {
            plain(text, rules, most)
        }
        _ => BodyView {
            note: format!("{} of binary data.", bytes(contents.bytes.len())),
            rules: listed(rules),
            ..BodyView::default()
        },
    }
}

/// A value tree, written as JSON, at most `most` lines of it.
pub(super) fn tree(value: &Value, rules: &MatchingRules, most: usize) -> BodyView {
    let mut writer = Writer { lines: Vec::new(), cut: false, most };
    writer.value(&Opening { key: None, comma: false, depth: 0 }, value, &Ruled::body(rules));
    BodyView { lines: writer.lines, cut: writer.cut, ..BodyView::default() }
}

/// The fields of a form, one on each line.
fn form(fields: &Map, rules: &MatchingRules, most: usize) -> BodyView {
    let root = Ruled::body(rules);
    let line = |name: &str, value: &Value, ruled: &Ruled<'_>| Line {
        indent: String::new(),
        pieces: vec![
            Piece::new("k", name),
            Piece::new("p", " = "),
            Piece::new("s", shortened(value.as_str().unwrap_or_default())),
        ],
        words: ruled.of_scalar(value),
    };
    let mut lines = Vec::new();
    for (name, value) in fields.iter() {
        let ruled = root.key(name);
        match value {
            Value::List(items) => {
                lines.extend(items.iter().enumerate().map(|(index, item)| line(name, item, &ruled.index(index))));
            }
            value => lines.push(line(name, value, &ruled)),
        }
    }
    let cut = lines.len() > most;
    lines.truncate(most);
    BodyView { lines, cut, ..BodyView::default() }
}

fn plain(text: &str, rules: &MatchingRules, most: usize) -> BodyView {
    let line = |line: &str| Line { pieces: vec![Piece::new("t", shortened(line))], ..Line::default() };
    BodyView {
        lines: text.lines().take(most).map(line).collect(),
        cut: text.lines().nth(most).is_some(),
        rules: listed(rules),
        ..BodyView::default()
    }
}

fn bytes(count: usize) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}

/// The beginning of a text that is too long to be looked at.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}… ({} in all)", &text[..at], bytes(text.len())),
    }
}

/// What stands before a value, after it, and how far in.
struct Opening<'a> {
    key: Option<&'a str>,
    comma: bool,
    depth: usize,
}

struct Writer {
    lines: Vec<Line>,
    cut: bool,
    most: usize,
}

impl Writer {
    fn value(&mut self, opening: &Opening<'_>, value: &Value, ruled: &Ruled<'_>) {
        if self.lines.len() >= self.most {
            self.cut = true;
            return;
        }
        match value {
            Value::Map(members) if !members.is_empty() => {
                self.line(opening, vec![Piece::new("p", "{")], ruled.of_collection(value), Ends::Open);
                for (index, (key, member)) in members.iter().enumerate() {
                    let comma = index + 1 < members.len();
                    let below = Opening { key: Some(key), comma, depth: opening.depth + 1 };
                    self.value(&below, member, &ruled.key(key));
                }
                self.close(opening, "}");
            }
            Value::List(items) if !items.is_empty() => self.list(opening, value, items, ruled),
            Value::Map(_) => self.line(opening, vec![Piece::new("p", "{}")], ruled.of_collection(value), Ends::Closed),
            Value::List(_) => self.line(opening, vec![Piece::new("p", "[]")], ruled.of_collection(value), Ends::Closed),
            scalar => self.line(opening, vec![piece(scalar)], ruled.of_scalar(scalar), Ends::Closed),
        }
    }

    fn list(&mut self, opening: &Opening<'_>, value: &Value, items: &[Value], ruled: &Ruled<'_>) {
        let own = ruled.of_collection(value);
        if let Some((pieces, each)) = inline(items, ruled) {
            let words = match (own.is_empty(), each.is_empty()) {
                (true, true) => String::new(),
                (true, false) => format!("each {each}"),
                (false, true) => own,
                (false, false) => format!("{own}, each {each}"),
            };
            return self.line(opening, pieces, words, Ends::Closed);
        }
        self.line(opening, vec![Piece::new("p", "[")], own, Ends::Open);
        for (index, item) in items.iter().enumerate() {
            let below = Opening { key: None, comma: index + 1 < items.len(), depth: opening.depth + 1 };
            self.value(&below, item, &ruled.index(index));
        }
        self.close(opening, "]");
    }

    fn line(&mut self, opening: &Opening<'_>, value: Vec<Piece>, words: String, ends: Ends) {
        let mut pieces = Vec::with_capacity(value.len() + 3);
        if let Some(key) = opening.key {
            pieces.push(Piece::new("k", quoted(key)));
            pieces.push(Piece::new("p", ": "));
        }
        pieces.extend(value);
        if opening.comma && ends == Ends::Closed {
            pieces.push(Piece::new("p", ","));
        }
        self.lines.push(Line { indent: "  ".repeat(opening.depth), pieces, words });
    }

    fn close(&mut self, opening: &Opening<'_>, bracket: &'static str) {
        let end = Opening { key: None, ..*opening };
        self.line(&end, vec![Piece::new("p", bracket)], String::new(), Ends::Closed);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// A bracket opens; what follows the value stands after its end.
    Open,
    Closed,
}

/// A short list of plain values on one line, with the words that hold for each of them.
fn inline(items: &[Value], ruled: &Ruled<'_>) -> Option<(Vec<Piece>, String)> {
    let mut pieces = vec![Piece::new("p", "[")];
    let mut each: Option<String> = None;
    let mut length = 0;
    for (index, item) in items.iter().enumerate() {
        if matches!(item, Value::Map(_) | Value::List(_)) {
            return None;
        }
        if index > 0 {
            pieces.push(Piece::new("p", ", "));
        }
        let piece = piece(item);
        length += piece.text.chars().count() + 2;
        pieces.push(piece);
        let words = ruled.index(index).of_scalar(item);
        if length > LONGEST_INLINE || each.as_ref().is_some_and(|known| *known != words) {
            return None;
        }
        each = Some(words);
    }
    pieces.push(Piece::new("p", "]"));
    Some((pieces, each.unwrap_or_default()))
}

fn piece(scalar: &Value) -> Piece {
    match scalar {
        Value::Null => Piece::new("w", "null"),
        Value::Bool(value) => Piece::new("w", value.to_string()),
        Value::Number(number) => Piece::new("n", number.to_string()),
        Value::String(text) => Piece::new("s", quoted(&shortened(text))),
        Value::Bytes(data) => Piece::new("s", bytes(data.len())),
        collection => Piece::new("t", collection.to_string()),
    }
}

/// A text as JSON writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_core::format;
    use serde_json::json;

    /// The body of the first response of a V3 pact, each line with its words.
    fn shown(body: serde_json::Value, rules: serde_json::Value) -> String {
        let pact = json!({
            "consumer": { "name": "c" }, "provider": { "name": "p" },
            "interactions": [{
                "description": "d", "request": { "method": "GET", "path": "/" },
                "response": { "status": 200, "headers": { "Content-Type": "application/json" }, "body": body,
                              "matchingRules": { "body": rules } },
            }],
            "metadata": { "pactSpecification": { "version": "3.0.0" } },
        });
        let pact = format::from_json(pact).unwrap();
        let response = &pact.interactions[0].http().unwrap().response;
        let view = view(&response.body, &response.rules, MOST_LINES);
        let line = |line: &Line| {
            let text: String = line.pieces.iter().map(|piece| piece.text.as_str()).collect();
            format!("{:<32}{}", format!("{}{text}", line.indent), line.words).trim_end().to_owned()
        };
        view.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn rule(rule: serde_json::Value) -> serde_json::Value {
        json!({ "matchers": [rule] })
    }

    #[test]
    fn rules_stand_beside_the_values_they_rule() {
        let body = json!({
            "available": true,
            "quantity_left": 5,
            "warehouse": { "id": "w-1", "city": "Oslo" },
            "tags": ["fragile"],
        });
        let rules = json!({
            "$.quantity_left": rule(json!({ "match": "integer" })),
            "$.warehouse.id": rule(json!({ "match": "regex", "regex": r"w-\d+" })),
            "$.warehouse.city": rule(json!({ "match": "type" })),
            "$.tags": rule(json!({ "match": "type", "min": 1 })),
            "$.tags[*]": rule(json!({ "match": "type" })),
        });
        insta::assert_snapshot!(shown(body, rules), @r#"
        {
          "available": true,
          "quantity_left": 5,           an integer
          "warehouse": {
            "id": "w-1",                text matching w-\d+
            "city": "Oslo"              any string
          },
          "tags": ["fragile"]           1 or more items, each any string
        }
        "#);
    }

    #[test]
    fn a_rule_on_a_collection_reaches_down_until_another_takes_over() {
        let body = json!({ "a": { "b": 1, "c": "x", "d": [] } });
        let rules = json!({
            "$.a": rule(json!({ "match": "type" })),
            "$.a.c": rule(json!({ "match": "equality" })),
        });
        insta::assert_snapshot!(shown(body, rules), @r#"
        {
          "a": {                        of this shape
            "b": 1,                     any number
            "c": "x",                   exactly this
            "d": []
          }
        }
        "#);
    }

    #[test]
    fn a_list_that_has_to_contain_items_has_rules_for_each() {
        let body = json!([{ "rel": "self", "href": "/1" }]);
        let variants = json!([{ "index": 0, "rules": { "$.href": rule(json!({ "match": "type" })) } }]);
        let rules = json!({ "$": rule(json!({ "match": "arrayContains", "variants": variants })) });
        insta::assert_snapshot!(shown(body, rules), @r#"
        [                               a list that contains these
          {
            "rel": "self",
            "href": "/1"                any string
          }
        ]
        "#);
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let items: Vec<_> = (0..2_000).map(|index| json!({ "index": index })).collect();
        let contents = serde_json::to_vec(&items).unwrap();
        let body = Body::new(contents, None);
        let view = view(&body, &MatchingRules::default(), MOST_LINES);
        assert!(view.cut && view.lines.len() <= MOST_LINES + 2, "{}", view.lines.len());
        assert_eq!(shortened(&"ä".repeat(1_001)).chars().filter(|char| *char == 'ä').count(), 1_000);
    }
}
