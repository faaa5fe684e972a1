//! XML: elements by name, attributes and text, each with the rules at its path. Repeated elements have no positions in
//! paths: `$.people.person['@id']` speaks of every person.

use super::Unexpected;
use super::rule_tree::{Cursor, Selected};
use super::walk::Walk;
use crate::content::xml::{TEXT, to_text};
use crate::mismatch::{Piece, PieceKind, Problem};
use crate::path::Place;
use crate::rule::{Bounds, Combine, Rule};
use crate::value::{Map, Value};

static NO_TEXT: Value = Value::String(String::new());

/// An element and what it is called.
#[derive(Clone, Copy)]
struct Element<'v> {
    name: &'v str,
    value: &'v Value,
    members: &'v Map,
}

impl<'v> Element<'v> {
    fn new(name: &'v str, value: &'v Value) -> Option<Self> {
        match value {
            Value::Map(members) => Some(Self { name, value, members }),
            _ => None,
        }
    }

    /// The elements of this name below a parent.
    fn named(name: &'v str, value: &'v Value) -> Vec<Self> {
        match value {
            Value::List(items) => items.iter().filter_map(|item| Self::new(name, item)).collect(),
            _ => Vec::new(),
        }
    }

    fn attributes(self) -> impl Iterator<Item = (&'v str, &'v Value)> {
        let attributes = self.members.iter().filter(|(key, value)| key.starts_with('@') && value.as_str().is_some());
        attributes.map(|(key, value)| (key.as_str(), value))
    }

    /// The names of its children, and the children of each name.
    fn children(self) -> impl Iterator<Item = (&'v str, Vec<Self>)> {
        let lists = self.members.iter().filter(|(_, value)| matches!(value, Value::List(_)));
        lists.map(|(name, value)| (name.as_str(), Self::named(name, value)))
    }

    fn text(self) -> &'v Value {
        self.members.get(TEXT).unwrap_or(&NO_TEXT)
    }

    /// Text is a child too.
    fn child_count(self) -> usize {
        let elements: usize = self.children().map(|(_, children)| children.len()).sum();
        elements + usize::from(self.members.contains_key(TEXT))
    }

    fn as_text(self) -> Value {
        Value::String(to_text(self.name, self.value))
    }
}

impl Walk<'_> {
    /// Compares two documents, each a map of its root.
    pub(super) fn compare_documents(&mut self, place: &Place<'_>, cursor: Cursor, expected: &Map, actual: &Map) {
        let root = |map| Map::iter(map).flat_map(|(name, value)| Element::named(name, value)).next();
        if let (Some(expected), Some(actual)) = (root(expected), root(actual)) {
            self.at_key(cursor, expected.name, |walk, cursor| {
                walk.compare_elements(&Place::Key(place, expected.name), cursor, expected, actual);
            });
        }
    }

    fn compare_elements(&mut self, place: &Place<'_>, cursor: Cursor, expected: Element<'_>, actual: Element<'_>) {
        if self.check_element(place, cursor, expected, actual) {
            self.compare_attributes(place, cursor, expected, actual);
            self.member(place, cursor, TEXT, expected.text(), actual.text());
            self.compare_children(place, cursor, expected, actual);
        }
    }

    /// The name and what rules say of the element itself; false ends its comparison, since it is another element.
    fn check_element(&mut self, place: &Place<'_>, cursor: Cursor, expected: Element<'_>, actual: Element<'_>) -> bool {
        let rules = self.rules;
        let Some(Selected { list, cascaded }) = rules.selected(cursor) else {
            if expected.name != actual.name {
                self.report_element(place, Problem::WrongElement, expected, actual, None);
            }
            return expected.name == actual.name;
        };
        let check = |rule: &Rule| check_rule(rule, cascaded, expected, actual);
        if list.combine == Combine::Or && list.rules.iter().any(|compiled| check(&compiled.rule).is_ok()) {
            return true;
        }
        for compiled in &list.rules {
            if let Err(problem) = check(&compiled.rule) {
                self.report_element(place, problem, expected, actual, Some(&compiled.rule));
            }
        }
        expected.name == actual.name
    }

    fn report_element(
        &mut self,
        place: &Place<'_>,
        problem: Problem,
        expected: Element<'_>,
        actual: Element<'_>,
        rule: Option<&Rule>,
    ) {
        let (expected, actual) = match problem {
            Problem::WrongElement => (Value::from(expected.name), Value::from(actual.name)),
            _ => (expected.as_text(), actual.as_text()),
        };
        self.report(place, problem, Some(&expected), Some(&actual), rule);
    }

    fn compare_attributes(&mut self, place: &Place<'_>, cursor: Cursor, expected: Element<'_>, actual: Element<'_>) {
        for (key, value) in expected.attributes() {
            match actual.members.get(key) {
                Some(actual) => self.member(place, cursor, key, value, actual),
                None => {
                    let problem = Problem::MissingPiece(Piece::new(PieceKind::Attribute, &key[1..]));
                    self.report(&Place::Key(place, key), problem, Some(value), None, None);
                }
            }
        }
        if self.unexpected == Unexpected::Refused {
            for (key, value) in actual.attributes().filter(|(key, _)| !expected.members.contains_key(*key)) {
                let problem = Problem::UnexpectedPiece(Piece::new(PieceKind::Attribute, &key[1..]));
                self.report(&Place::Key(place, key), problem, None, Some(value), None);
            }
        }
    }

    fn compare_children(&mut self, place: &Place<'_>, cursor: Cursor, expected: Element<'_>, actual: Element<'_>) {
        for (name, examples) in expected.children() {
            let came = actual.members.get(name).map_or_else(Vec::new, |value| Element::named(name, value));
            self.at_key(cursor, name, |walk, cursor| match examples.first() {
                Some(example) if !came.is_empty() && walk.is_by_type(cursor) => {
                    let place = Place::Key(place, name);
                    for (index, came) in came.iter().enumerate() {
                        let same_place = examples.get(index).filter(|example| example.value == came.value);
                        walk.compare_elements(&place, cursor, *same_place.unwrap_or(example), *came);
                    }
                }
                _ => walk.compare_siblings(place, cursor, &examples, &came),
            });
        }
        for (name, came) in actual.children().filter(|(name, _)| !expected.members.contains_key(*name)) {
            self.at_key(cursor, name, |walk, cursor| {
                // of elements that may repeat, the example names all there are
                if walk.unexpected == Unexpected::Refused || walk.is_by_type(cursor) {
                    came.iter().for_each(|came| walk.report_unexpected(place, *came));
                }
            });
        }
    }

    /// Elements of one name pair in their order; the place is their parent's, the cursor their own.
    fn compare_siblings(
        &mut self,
        place: &Place<'_>,
        cursor: Cursor,
        expected: &[Element<'_>],
        actual: &[Element<'_>],
    ) {
        for (expected, actual) in expected.iter().zip(actual) {
            self.compare_elements(&Place::Key(place, expected.name), cursor, *expected, *actual);
        }
        for missing in expected.iter().skip(actual.len()) {
            let problem = Problem::MissingPiece(Piece::new(PieceKind::Element, missing.name));
            self.report(place, problem, Some(&missing.as_text()), None, None);
        }
        if self.unexpected == Unexpected::Refused {
            actual.iter().skip(expected.len()).for_each(|further| self.report_unexpected(place, *further));
        }
    }

    fn report_unexpected(&mut self, place: &Place<'_>, element: Element<'_>) {
        let problem = Problem::UnexpectedPiece(Piece::new(PieceKind::Element, element.name));
        self.report(place, problem, None, Some(&element.as_text()), None);
    }

    /// Whether elements here are compared by type: any number of them may come, each like the first example, or just the
    /// example in its own place.
    fn is_by_type(&self, cursor: Cursor) -> bool {
        let selected = self.rules.selected(cursor);
        selected.is_some_and(|selected| selected.list.rules.iter().any(|rule| matches!(rule.rule, Rule::Type(_))))
    }
}

/// What a rule says of an element itself; of its attributes, text and children it speaks at their own paths.
fn check_rule(rule: &Rule, cascaded: bool, expected: Element<'_>, actual: Element<'_>) -> Result<(), Problem> {
    let children = actual.child_count();
    match rule {
        Rule::Type(_) | Rule::Equality | Rule::Regex(_) if expected.name != actual.name => Err(Problem::WrongElement),
        Rule::Type(bounds) if !cascaded && bounds.check(children).is_err() => {
            Err(Problem::WrongChildCount { name: actual.name.to_owned(), bounds: *bounds, actual: children })
        }
        // what else a regular expression asks, it asks of the text below
        Rule::Type(_) | Rule::Equality | Rule::Regex(_) => Ok(()),
        Rule::NotEmpty if children > 0 => Ok(()),
        Rule::NotEmpty => {
            let bounds = Bounds { min: Some(1), max: None };
            Err(Problem::WrongChildCount { name: actual.name.to_owned(), bounds, actual: children })
        }
        _ => Err(Problem::RuleOnElement { name: actual.name.to_owned() }),
    }
}
