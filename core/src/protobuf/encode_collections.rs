//! Repeated fields and maps of a pattern.

use prost_reflect::{FieldDescriptor, Kind};
use serde_json::{Map, Value as Json};

use super::encode::{Encoder, framed};
use super::scalar;
use super::wire::Encoded;
use crate::path::{PathExpression, Token};
use crate::pattern::integration::variant_of;
use crate::pattern::{Definition, Node};
use crate::rule::{ArrayContains, Bounds, Rule, RuleList};

/// Names the expression that stands beside the examples of a list or map.
const MATCH: &str = "pact:match";

/// As many examples as a list's bound asks for, within reason.
const MOST_REPEATED: u64 = 1024;

/// Values in their wire form with what stands in the expectations.
type Items = Vec<(Option<Encoded>, Json)>;

impl Encoder {
    pub(super) fn list(
        &mut self,
        field: &FieldDescriptor,
        json: &Json,
        path: &PathExpression,
        out: &mut Vec<u8>,
    ) -> Json {
        let kind = field.kind();
        let problems = self.problems.len();
        let (items, expectation) = if let Some(node) = self.take_node(json, path) {
            self.list_of_node(&kind, node, path)
        } else if let Some(definition) = self.take_expression(json, path) {
            (self.list_of_expression(&kind, definition, path), Some(json.clone()))
        } else if self.problems.len() > problems {
            return Json::Null;
        } else {
            match json {
                Json::Array(items) => (self.items(&kind, items, path, Token::Index), None),
                Json::Object(object) if object.contains_key(MATCH) => self.list_beside(&kind, object, path),
                single => {
                    let item = self.value(&kind, single, &path.join(Token::Star));
                    let expectation = item.1.clone();
                    (vec![item], Some(expectation))
                }
            }
        };
        let (encoded, each): (Vec<_>, Vec<_>) = items.into_iter().unzip();
        write_items(field, encoded.into_iter().flatten(), out);
        expectation.unwrap_or(Json::Array(each))
    }

    fn items(&mut self, kind: &Kind, items: &[Json], path: &PathExpression, token: impl Fn(usize) -> Token) -> Items {
        items.iter().enumerate().map(|(index, item)| self.value(kind, item, &path.join(token(index)))).collect()
    }

    fn list_of_node(&mut self, kind: &Kind, mut node: Node, path: &PathExpression) -> (Items, Option<Json>) {
        if let Some(variants) = node.variants.take() {
            return (self.variants(kind, &mut node, &variants, path), None);
        }
        self.add_node(path, &node);
        let stand_for_all = node.members_stand_for_all();
        let token = |index| if stand_for_all { Token::StarIndex } else { Token::Index(index) };
        match &node.value {
            Json::Array(items) => (self.items(kind, items, path, token), None),
            single => (vec![self.value(kind, single, &path.join(token(0)))], None),
        }
    }

    fn variants(&mut self, kind: &Kind, node: &mut Node, variants: &[Json], path: &PathExpression) -> Items {
        let mut contains = ArrayContains::default();
        let mut items = Items::new();
        for (index, variant) in variants.iter().enumerate() {
            let mut inner = Self::default();
            items.push(inner.value(kind, variant, &PathExpression::root()));
            let at = path.join(Token::Index(index));
            for problem in inner.problems {
                self.problem(&at, format!("in the variant's {problem}"));
            }
            contains.variants.push(variant_of(index, inner.collected));
        }
        node.rules.rules.push(Rule::ArrayContains(contains));
        self.add_node(path, node);
        items
    }

    /// One expression for the whole field: bounds and `eachValue` speak of the list, other rules of each item.
    fn list_of_expression(&mut self, kind: &Kind, mut definition: Definition, path: &PathExpression) -> Items {
        let (of_list, of_items): (Vec<Rule>, Vec<Rule>) =
            std::mem::take(&mut definition.rules).into_iter().partition(speaks_of_list);
        let bounds = bounds(&of_list);
        self.add_list_rules(path, of_list, bounds);
        definition.rules = of_items;
        if let Some(Json::Array(examples)) = &definition.example {
            let examples = examples.clone();
            return self.items(kind, &examples, path, Token::Index);
        }
        if matches!(kind, Kind::Message(_)) {
            self.problem(
                path,
                "an expression says nothing about messages: give a list, or an object with \"pact:match\"",
            );
            return Items::new();
        }
        let item = self.defined(kind, definition, &path.join(Token::Star));
        let count = bounds.min.unwrap_or(1).clamp(1, MOST_REPEATED);
        (0..count).map(|_| (item.clone(), Json::Null)).collect()
    }

    /// `{"pact:match": "eachValue(matching($'item'))", "item": {…}}`
    fn list_beside(&mut self, kind: &Kind, object: &Map<String, Json>, path: &PathExpression) -> (Items, Option<Json>) {
        let Some((definition, mut examples)) = self.beside(object, path) else { return (Items::new(), None) };
        let bounds = bounds(&definition.rules);
        let mut rules = definition.rules;
        let each = path.join(Token::Star);
        let example = match &definition.each_value_reference {
            None => Json::Object(examples),
            Some(name) => {
                let Some(example) = examples.shift_remove(name) else {
                    self.problem(path, format!("\"{MATCH}\" speaks of '{name}', which does not stand beside it"));
                    return (Items::new(), None);
                };
                rules.push(Rule::Values);
                self.collected.add_rules(&each, &Rule::Type(Bounds::default()).into());
                example
            }
        };
        self.add_list_rules(path, rules, bounds);
        let item = self.value(kind, &example, &each);
        let mut expectation = object.clone();
        if let Some(name) = definition.each_value_reference {
            expectation.insert(name, item.1.clone());
        }
        let count = bounds.min.unwrap_or(1).clamp(1, MOST_REPEATED);
        ((0..count).map(|_| item.clone()).collect(), Some(Json::Object(expectation)))
    }

    /// The expression under `pact:match` and the examples beside it.
    fn beside(&mut self, object: &Map<String, Json>, path: &PathExpression) -> Option<(Definition, Map<String, Json>)> {
        let mut examples = object.clone();
        let text = examples.shift_remove(MATCH)?;
        match text.as_str().map(Definition::parse) {
            Some(Ok(definition)) => Some((definition, examples)),
            Some(Err(error)) => {
                self.problem(path, error.to_string());
                None
            }
            None => {
                self.problem(path, format!("\"{MATCH}\" takes an expression"));
                None
            }
        }
    }

    /// Several bounds become one rule, so that all are enforced.
    fn add_list_rules(&mut self, path: &PathExpression, rules: Vec<Rule>, bounds: Bounds) {
        let mut rules: Vec<Rule> = rules.into_iter().filter(|rule| !is_bound(rule)).collect();
        if bounds != Bounds::default() {
            rules.insert(0, Rule::Type(bounds));
        }
        self.collected.add_rules(path, &RuleList { rules, ..RuleList::default() });
    }

    pub(super) fn map(
        &mut self,
        field: &FieldDescriptor,
        json: &Json,
        path: &PathExpression,
        out: &mut Vec<u8>,
    ) -> Json {
        let problems = self.problems.len();
        if let Some(node) = self.take_node(json, path) {
            self.add_node(path, &node);
            let all = node.keys_stand_for_all();
            let Json::Object(entries) = node.value else {
                self.problem(path, "takes an object with the map's entries");
                return Json::Null;
            };
            return self.entries(field, &entries, path, if all { Keys::Any } else { Keys::Exact }, out);
        }
        match json {
            _ if self.problems.len() > problems => Json::Null,
            Json::Object(object) if object.contains_key(MATCH) => self.map_beside(field, object, path, out),
            Json::Object(entries) => self.entries(field, entries, path, Keys::Exact, out),
            _ => {
                self.problem(path, "takes an object with the map's entries");
                Json::Null
            }
        }
    }

    fn map_beside(
        &mut self,
        field: &FieldDescriptor,
        object: &Map<String, Json>,
        path: &PathExpression,
        out: &mut Vec<u8>,
    ) -> Json {
        let Some((definition, entries)) = self.beside(object, path) else { return Json::Null };
        let bounds = bounds(&definition.rules);
        let mut rules = definition.rules;
        let keys = if definition.each_value_reference.is_some() {
            rules.push(Rule::Values);
            self.collected.add_rules(&path.join(Token::Star), &Rule::Type(Bounds::default()).into());
            Keys::Any
        } else {
            Keys::Exact
        };
        self.add_list_rules(path, rules, bounds);
        let mut expectation = self.entries(field, &entries, path, keys, out);
        if let Some(expectation) = expectation.as_object_mut() {
            expectation.insert(MATCH.to_owned(), object[MATCH].clone());
        }
        expectation
    }

    fn entries(
        &mut self,
        field: &FieldDescriptor,
        entries: &Map<String, Json>,
        path: &PathExpression,
        keys: Keys,
        out: &mut Vec<u8>,
    ) -> Json {
        let Kind::Message(entry) = field.kind() else { return Json::Null };
        let (key_kind, value_kind) = (entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind());
        let mut expectations = Map::new();
        for (key, value) in entries {
            let token = match keys {
                Keys::Any => Token::Star,
                Keys::Exact => key.parse().map_or_else(|_| Token::Field(key.clone()), Token::Index),
            };
            let Some(encoded_key) = scalar::encode(&key_kind, &Json::String(key.clone())) else {
                self.problem(path, format!("takes {} as key, not \"{key}\"", scalar::takes(&key_kind)));
                continue;
            };
            let (value, expectation) = self.value(&value_kind, value, &path.join(token));
            let mut bytes = Vec::new();
            encoded_key.write_field(1, &mut bytes);
            if let Some(value) = value {
                value.write_field(2, &mut bytes);
            }
            Encoded::Bytes(bytes).write_field(field.number(), out);
            expectations.insert(key.clone(), expectation);
        }
        Json::Object(expectations)
    }
}

/// Whether the keys of a map's examples stand for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    Any,
    Exact,
}

fn speaks_of_list(rule: &Rule) -> bool {
    is_bound(rule) || matches!(rule, Rule::EachValue(_) | Rule::ArrayContains(_) | Rule::Values)
}

fn is_bound(rule: &Rule) -> bool {
    matches!(rule, Rule::Type(bounds) if *bounds != Bounds::default())
}

fn bounds(rules: &[Rule]) -> Bounds {
    let all = || rules.iter().filter_map(|rule| if let Rule::Type(bounds) = rule { Some(bounds) } else { None });
    Bounds { min: all().filter_map(|bounds| bounds.min).max(), max: all().filter_map(|bounds| bounds.max).min() }
}

fn write_items(field: &FieldDescriptor, items: impl Iterator<Item = Encoded>, out: &mut Vec<u8>) {
    if !field.is_packed() {
        return items.for_each(|item| framed(field, item).write_field(field.number(), out));
    }
    let mut packed = Vec::new();
    let mut count = 0;
    for item in items {
        item.write(&mut packed);
        count += 1;
    }
    if count > 0 {
        Encoded::Bytes(packed).write_field(field.number(), out);
    }
}
