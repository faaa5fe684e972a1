//! Maps and lists: which members are compared with which.

use super::Unexpected;
use super::rule_tree::{CompiledList, CompiledRule, Cursor, RuleTree, Selected};
use super::walk::Walk;
use crate::mismatch::Problem;
use crate::path::Place;
use crate::rule::{Combine, EachRule, Rule, Typing};
use crate::value::{Map, Value};

/// A collection: the value it is, and its members.
#[derive(Clone, Copy)]
pub(super) struct Whole<'v, M> {
    value: &'v Value,
    members: M,
}

impl<'v, M> Whole<'v, M> {
    pub(super) fn new(value: &'v Value, members: M) -> Self {
        Self { value, members }
    }
}

/// Whether the members of a collection fit, which is found out once however many rules of a list ask for it: asked again
/// on each level, the answers would double on each.
#[derive(Default)]
struct Below {
    by_name: Option<bool>,
    by_example: Option<bool>,
}

impl<'t> Walk<'t> {
    pub(super) fn compare_maps(
        &mut self,
        place: &Place<'_>,
        cursor: Cursor,
        expected_map: Whole<'_, &Map>,
        actual_map: Whole<'_, &Map>,
    ) {
        let (expected, actual) = (expected_map.members, actual_map.members);
        let selected = self.rules.selected(cursor);
        let whole = selected.is_some_and(|selected| is_by_schema(selected, self.typing));
        if expected.is_empty() && self.unexpected == Unexpected::Refused && !actual.is_empty() && !whole {
            return self.report(place, Problem::Unexpected, Some(expected_map.value), Some(actual_map.value), None);
        }
        let Some(Selected { list, cascaded }) = selected else {
            self.compare_keys(place, expected, actual);
            return self.compare_members(place, cursor, expected, actual);
        };
        if !whole && self.is_message(place) {
            // a rule at a message is one for each of its fields
            self.compare_keys(place, expected, actual);
            return self.compare_members(place, cursor, expected, actual);
        }
        self.apply_list(list, |walk, compiled, below| match &compiled.rule {
            Rule::Values if !cascaded && !whole => {
                walk.once(&mut below.by_example, |walk| walk.compare_any_members(place, cursor, expected, actual))
            }
            Rule::EachValue(_) if !cascaded && !whole => walk.under(compiled, |walk, root| {
                for (key, actual) in actual {
                    if let Some(example) = expected.get(key).or_else(|| expected.values().next()) {
                        walk.compare(&Place::Key(place, key), root, example, actual);
                    }
                }
            }),
            // what else these ask, they ask of keys and of lists; a key that was agreed may be missing
            Rule::EachKey(_) | Rule::ArrayContains(_) if !cascaded && walk.leaves_keys(&compiled.rule) => {
                walk.fits(|walk| {
                    if let Rule::EachKey(each) = &compiled.rule {
                        walk.check_keys(place, each, expected, actual);
                    }
                    walk.compare_members(place, cursor, expected, actual);
                })
            }
            rule => {
                let is_asked = whole || speaks_of_map(rule, cascaded);
                let (mut goes_on, start) = (true, walk.differences);
                if is_asked {
                    goes_on = walk.check_whole(place, rule, expected_map.value, actual_map.value);
                }
                let fits = walk.differences == start;
                if whole || !goes_on {
                    return fits;
                }
                let members = walk.once(&mut below.by_name, |walk| {
                    if cascaded || !list.leaves_keys_open() {
                        walk.compare_keys(place, expected, actual);
                    }
                    walk.compare_members(place, cursor, expected, actual);
                });
                fits && members
            }
        });
    }

    /// Does something under the rules that `eachValue` asks of each member, and no others; says whether they hold.
    fn under(&mut self, compiled: &'t CompiledRule, visit: impl FnOnce(&mut Self, Cursor)) -> bool {
        let Some(members) = &compiled.members else { return true };
        let before = std::mem::replace(&mut self.rules, members);
        let end = self.stack.len();
        let root = members.root(&mut self.stack);
        let fits = self.fits(|walk| visit(walk, root));
        self.stack.truncate(end);
        self.rules = before;
        fits
    }

    /// Runs a list of rules, each of which says whether it holds; with OR, one that does is enough.
    fn apply_list(
        &mut self,
        list: &'t CompiledList,
        mut apply: impl FnMut(&mut Self, &'t CompiledRule, &mut Below) -> bool,
    ) {
        let (before, differences) = (self.found.len(), self.differences);
        let mut below = Below::default();
        for compiled in &list.rules {
            if apply(self, compiled, &mut below) && list.combine == Combine::Or {
                self.found.truncate(before);
                self.differences = differences;
                return;
            }
        }
    }

    /// Whether a key that was agreed may be missing. A protobuf map is no list, so that `arrayContains` says nothing of it.
    fn leaves_keys(&self, rule: &Rule) -> bool {
        self.typing != Typing::Declared || matches!(rule, Rule::EachKey(_))
    }

    /// Whether a comparison finds nothing.
    fn fits(&mut self, compare: impl FnOnce(&mut Self)) -> bool {
        let start = self.differences;
        compare(self);
        self.differences == start
    }

    /// The same for a comparison whose answer may be known.
    fn once(&mut self, known: &mut Option<bool>, compare: impl FnOnce(&mut Self)) -> bool {
        *known.get_or_insert_with(|| self.fits(compare))
    }

    /// What a rule says of a collection as a whole; false ends the comparison of its members.
    fn check_whole(&mut self, place: &Place<'_>, rule: &Rule, expected: &Value, actual: &Value) -> bool {
        let result = match (rule, actual) {
            (Rule::Type(bounds), Value::Map(map)) => bounds.check(map.len()),
            (Rule::Type(bounds), Value::List(items)) => bounds.check(items.len()),
            (Rule::Equality | Rule::NotEmpty | Rule::Schema(_), _) | (_, Value::List(_)) => {
                rule.check(expected, actual, self.typing)
            }
            // only a single value can satisfy it
            (_, Value::Map(_)) => Err(Problem::RuleBroken),
            _ => rule.check(expected, actual, self.typing),
        };
        // of what is not equal, the whole has been said
        let goes_on = matches!(rule, Rule::Type(_) | Rule::NotEmpty) || (*rule == Rule::Equality && result.is_ok());
        if let Err(problem) = result {
            self.report(place, problem, Some(expected), Some(actual), Some(rule));
        }
        goes_on
    }

    /// Which keys must and may be there.
    fn compare_keys(&mut self, place: &Place<'_>, expected: &Map, actual: &Map) {
        let mut missing = 0;
        for (position, (key, value)) in expected.iter().enumerate() {
            if member_near(actual, position, key).is_none() {
                missing += 1;
                self.report(&Place::Key(place, key), Problem::Missing, Some(value), None, None);
            }
        }
        if self.unexpected == Unexpected::Refused && actual.len() > expected.len() - missing {
            for (key, value) in actual {
                if !expected.contains_key(key) {
                    self.report(&Place::Key(place, key), Problem::Unexpected, None, Some(value), None);
                }
            }
        }
    }

    fn compare_members(&mut self, place: &Place<'_>, cursor: Cursor, expected: &Map, actual: &Map) {
        for (position, (key, expected)) in expected.iter().enumerate() {
            if let Some(actual) = member_near(actual, position, key) {
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

    pub(super) fn compare_lists(
        &mut self,
        place: &Place<'_>,
        cursor: Cursor,
        expected_list: Whole<'_, &[Value]>,
        actual_list: Whole<'_, &[Value]>,
    ) {
        let (expected, actual) = (expected_list.members, actual_list.members);
        let Some(selected @ Selected { list, cascaded }) = self.rules.selected(cursor) else {
            return self.compare_items(place, cursor, expected_list, actual_list);
        };
        let whole = is_by_schema(selected, self.typing);
        // an empty example is like anything; equality alone takes it at its word
        let is_equality = |compiled: &CompiledRule| compiled.rule == Rule::Equality;
        if expected.is_empty() && !whole && !list.rules.iter().any(is_equality) {
            return;
        }
        self.apply_list(list, |walk, compiled, below| match &compiled.rule {
            Rule::ArrayContains(_) if !cascaded => {
                walk.fits(|walk| walk.check_variants(place, compiled, expected, actual_list))
            }
            Rule::EachValue(_) if !cascaded && !whole => walk.under(compiled, |walk, root| {
                for (index, item) in actual.iter().enumerate() {
                    if let Some(example) = expected.get(index).or_else(|| expected.first()) {
                        walk.compare(&Place::Index(place, index), root, example, item);
                    }
                }
            }),
            rule => {
                let (mut goes_on, start) = (true, walk.differences);
                if whole || speaks_of_list(rule, cascaded, walk.typing) {
                    goes_on = walk.check_whole(place, rule, expected_list.value, actual_list.value);
                }
                let fits = walk.differences == start;
                if whole || !goes_on {
                    return fits;
                }
                walk.once(&mut below.by_example, |walk| walk.compare_by_example(place, cursor, expected, actual))
                    && fits
            }
        });
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
    fn compare_items(
        &mut self,
        place: &Place<'_>,
        cursor: Cursor,
        expected_list: Whole<'_, &[Value]>,
        actual_list: Whole<'_, &[Value]>,
    ) {
        let (expected, actual) = (expected_list.members, actual_list.members);
        for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
            self.item(place, cursor, index, expected, actual);
        }
        for (index, missing) in expected.iter().enumerate().skip(actual.len()) {
            self.report(&Place::Index(place, index), Problem::Missing, Some(missing), None, None);
        }
        if expected.len() != actual.len() {
            let problem = Problem::WrongLength { expected: expected.len(), actual: actual.len() };
            self.report(place, problem, Some(expected_list.value), Some(actual_list.value), None);
        }
    }

    /// `arrayContains`: some item fits each variant, whatever its place.
    fn check_variants(
        &mut self,
        place: &Place<'_>,
        compiled: &CompiledRule,
        expected: &[Value],
        actual: Whole<'_, &[Value]>,
    ) {
        let plain = RuleTree::new([]);
        let all: Vec<(usize, &RuleTree)> = if compiled.variants.is_empty() {
            (0..expected.len()).map(|index| (index, &plain)).collect()
        } else {
            compiled.variants.iter().map(|(index, tree)| (*index, tree)).collect()
        };
        for (index, tree) in all {
            // a variant without an example is found nowhere
            let example = expected.get(index);
            let fits = |item: &Value| {
                example.is_some_and(|example| Walk::run(tree, self.typing, self.unexpected, example, item).is_empty())
            };
            if !actual.members.iter().any(fits) {
                let problem = Problem::VariantNotFound { index };
                self.report(place, problem, example, Some(actual.value), Some(&compiled.rule));
            }
        }
    }
}

/// The member of this name. Most bodies keep the order of the example, so it is looked for at the example's position first,
/// which is cheaper than hashing its name.
fn member_near<'m>(map: &'m Map, position: usize, key: &str) -> Option<&'m Value> {
    match map.get_index(position) {
        Some((name, value)) if name == key => Some(value),
        _ => map.get(key),
    }
}

/// Whether a rule decides about a map itself: bounds, equality, and rules that only a single value can satisfy.
fn speaks_of_map(rule: &Rule, cascaded: bool) -> bool {
    match rule {
        Rule::Type(bounds) => !cascaded && (bounds.min.is_some() || bounds.max.is_some()),
        Rule::Regex(_)
        | Rule::Values
        | Rule::EachKey(_)
        | Rule::EachValue(_)
        | Rule::ArrayContains(_)
        | Rule::Schema(_) => false,
        _ => true,
    }
}

/// Whether a rule decides about a list itself; what else it asks, it asks of each item. The values of a repeated parameter
/// are no list of their own.
fn speaks_of_list(rule: &Rule, cascaded: bool, typing: Typing) -> bool {
    match rule {
        Rule::Equality => true,
        Rule::Type(bounds) => !cascaded && (bounds.min.is_some() || bounds.max.is_some()),
        Rule::NotEmpty | Rule::Null | Rule::StatusCode(_) | Rule::Other(_) => typing != Typing::Textual,
        _ => false,
    }
}

/// Whether a schema decides about the collection and all its members. The values of a repeated parameter are no collection.
pub(super) fn is_by_schema(selected: Selected<'_>, typing: Typing) -> bool {
    !selected.cascaded && typing != Typing::Textual && selected.list.has_schema()
}
