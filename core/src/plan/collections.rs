//! Maps and lists: which members are compared with which.

use super::Unexpected;
use super::rule_tree::{CompiledRule, Cursor, RuleTree, Selected};
use super::walk::Walk;
use crate::mismatch::Problem;
use crate::path::Place;
use crate::rule::{EachRule, Rule, Typing};
use crate::value::{Map, Value};

impl Walk<'_> {
    pub(super) fn compare_maps(&mut self, place: &Place<'_>, cursor: Cursor, expected: &Map, actual: &Map) {
        if expected.is_empty() && self.unexpected == Unexpected::Refused && !actual.is_empty() {
            return self.report_maps(place, Problem::Unexpected, expected, actual);
        }
        let rules = self.rules;
        let Some(Selected { list, cascaded }) = rules.selected(cursor) else {
            self.compare_keys(place, cursor, expected, actual);
            return self.compare_members(place, cursor, expected, actual);
        };
        for compiled in &list.rules {
            match &compiled.rule {
                Rule::Values if !cascaded => self.compare_any_members(place, cursor, expected, actual),
                Rule::EachKey(each) if !cascaded => self.check_keys(place, each, expected, actual),
                Rule::EachValue(each) if !cascaded => self.check_values(place, cursor, each, expected, actual),
                _ => {
                    self.compare_keys(place, cursor, expected, actual);
                    self.compare_members(place, cursor, expected, actual);
                }
            }
        }
    }

    /// Which keys must and may be there.
    fn compare_keys(&mut self, place: &Place<'_>, cursor: Cursor, expected: &Map, actual: &Map) {
        if self.rules.has_star_below(cursor, &self.stack) {
            return;
        }
        for (key, value) in expected {
            if !actual.contains_key(key) {
                self.report(&Place::Key(place, key), Problem::Missing, Some(value), None, None);
            }
        }
        if self.unexpected == Unexpected::Refused {
            for (key, value) in actual {
                if !expected.contains_key(key) {
                    self.report(&Place::Key(place, key), Problem::Unexpected, None, Some(value), None);
                }
            }
        }
    }

    fn compare_members(&mut self, place: &Place<'_>, cursor: Cursor, expected: &Map, actual: &Map) {
        for (key, expected) in expected {
            if let Some(actual) = actual.get(key) {
                self.member(place, cursor, key, expected, actual);
            }
        }
    }

    /// `values`: a key that was not agreed on is compared with the first example.
    fn compare_any_members(&mut self, place: &Place<'_>, cursor: Cursor, expected: &Map, actual: &Map) {
        for (key, actual) in actual {
            if let Some(example) = expected.get(key).or_else(|| expected.values().next()) {
                self.member(place, cursor, key, example, actual);
            }
        }
    }

    fn check_keys(&mut self, place: &Place<'_>, each: &EachRule, expected: &Map, actual: &Map) {
        let example = expected.keys().next().map_or(Value::Null, |key| Value::String(key.clone()));
        for key in actual.keys() {
            let key_value = Value::String(key.clone());
            for rule in &each.rules {
                if let Err(problem) = rule.check(&example, &key_value, Typing::Textual) {
                    self.report(&Place::Key(place, key), problem, Some(&example), Some(&key_value), Some(rule));
                }
            }
        }
    }

    fn check_values(&mut self, place: &Place<'_>, cursor: Cursor, each: &EachRule, expected: &Map, actual: &Map) {
        for (key, actual) in actual {
            let Some(example) = expected.get(key).or_else(|| expected.values().next()) else { continue };
            let place = Place::Key(place, key);
            if each.rules.is_empty() {
                let end = self.stack.len();
                let below = self.rules.key(cursor, key, &mut self.stack);
                self.compare(&place, below, example, actual);
                self.stack.truncate(end);
            } else {
                self.check_each(&place, each, example, actual);
            }
        }
    }

    fn check_each(&mut self, place: &Place<'_>, each: &EachRule, example: &Value, actual: &Value) {
        for rule in &each.rules {
            if let Err(problem) = rule.check(example, actual, self.typing) {
                self.report(place, problem, Some(example), Some(actual), Some(rule));
            }
        }
    }

    pub(super) fn compare_lists(&mut self, place: &Place<'_>, cursor: Cursor, expected: &[Value], actual: &[Value]) {
        let rules = self.rules;
        let Some(Selected { list, cascaded }) = rules.selected(cursor) else {
            return self.compare_items(place, cursor, expected, actual);
        };
        for compiled in &list.rules {
            match &compiled.rule {
                Rule::ArrayContains(_) if !cascaded => self.check_variants(place, compiled, expected, actual),
                Rule::EachValue(each) if !cascaded && !each.rules.is_empty() => {
                    for (index, item) in actual.iter().enumerate() {
                        if let Some(example) = expected.get(index).or_else(|| expected.first()) {
                            self.check_each(&Place::Index(place, index), each, example, item);
                        }
                    }
                }
                Rule::Equality => self.compare_items(place, cursor, expected, actual),
                rule => {
                    if !cascaded {
                        self.check_list_rule(place, rule, expected, actual);
                    }
                    self.compare_by_example(place, cursor, expected, actual);
                }
            }
        }
    }

    /// What a rule says of the list as a whole.
    fn check_list_rule(&mut self, place: &Place<'_>, rule: &Rule, expected: &[Value], actual: &[Value]) {
        let result = match rule {
            Rule::Type(bounds) => bounds.check(actual.len()),
            Rule::NotEmpty if actual.is_empty() => Err(Problem::RuleBroken),
            _ => Ok(()),
        };
        if let Err(problem) = result {
            let (expected, actual) = (Value::List(expected.to_vec()), Value::List(actual.to_vec()));
            self.report(place, problem, Some(&expected), Some(&actual), Some(rule));
        }
    }

    /// Items pair by position; further items are compared with the first example.
    fn compare_by_example(&mut self, place: &Place<'_>, cursor: Cursor, expected: &[Value], actual: &[Value]) {
        for (index, item) in actual.iter().enumerate() {
            if let Some(example) = expected.get(index).or_else(|| expected.first()) {
                self.item(place, cursor, index, example, item);
            }
        }
    }

    /// Without a rule: the same items in the same order.
    fn compare_items(&mut self, place: &Place<'_>, cursor: Cursor, expected: &[Value], actual: &[Value]) {
        for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
            self.item(place, cursor, index, expected, actual);
        }
        for (index, missing) in expected.iter().enumerate().skip(actual.len()) {
            self.report(&Place::Index(place, index), Problem::Missing, Some(missing), None, None);
        }
        if expected.len() != actual.len() {
            let problem = Problem::WrongLength { expected: expected.len(), actual: actual.len() };
            let (expected, actual) = (Value::List(expected.to_vec()), Value::List(actual.to_vec()));
            self.report(place, problem, Some(&expected), Some(&actual), None);
        }
    }

    /// `arrayContains`: some item fits each variant, whatever its place.
    fn check_variants(&mut self, place: &Place<'_>, compiled: &CompiledRule, expected: &[Value], actual: &[Value]) {
        let plain = RuleTree::new([]);
        let all: Vec<(usize, &RuleTree)> = if compiled.variants.is_empty() {
            (0..expected.len()).map(|index| (index, &plain)).collect()
        } else {
            compiled.variants.iter().map(|(index, tree)| (*index, tree)).collect()
        };
        for (index, tree) in all {
            let Some(example) = expected.get(index) else { continue };
            let fits = |item: &Value| Walk::run(tree, self.typing, self.unexpected, example, item).is_empty();
            if !actual.iter().any(fits) {
                let actual = Value::List(actual.to_vec());
                let problem = Problem::VariantNotFound { index };
                self.report(place, problem, Some(example), Some(&actual), Some(&compiled.rule));
            }
        }
    }

    fn report_maps(&mut self, place: &Place<'_>, problem: Problem, expected: &Map, actual: &Map) {
        let (expected, actual) = (Value::Map(expected.clone()), Value::Map(actual.clone()));
        self.report(place, problem, Some(&expected), Some(&actual), None);
    }
}
