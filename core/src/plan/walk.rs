//! The walk: both trees at once, top down, with the rules that apply.

use std::collections::HashMap;

use super::Unexpected;
use super::collections::{Whole, is_by_schema};
use super::rule_tree::{CompiledList, CompiledRule, Cursor, RuleTree, Selected};
use crate::mismatch::{Location, Mismatch, Piece, Problem};
use crate::path::Place;
use crate::protobuf::Layout;
use crate::rule::{Combine, Rule, Typing};
use crate::value::Value;

/// How many nodes of the rule tree most walks have in hand at once.
const COMMON_DEPTH: usize = 16;

/// How many expressions may be given up in one comparison before the others are not tried any more, each of which may take
/// as long.
const MOST_GIVEN_UP: u32 = 8;

/// How many differences one comparison reports. More than anybody reads; a body made to differ everywhere must not fill the
/// memory with reports of it.
const MOST_FOUND: usize = 10_000;

/// What a comparison of two trees needs to know throughout.
pub(super) struct Walk<'t> {
    pub(super) rules: &'t RuleTree,
    pub(super) typing: Typing,
    pub(super) unexpected: Unexpected,
    /// Fitting nodes of the rule tree, see [`Cursor`].
    pub(super) stack: Vec<u32>,
    pub(super) found: Vec<Mismatch>,
    /// How many differences there are, also beyond those that are reported.
    pub(super) differences: usize,
    /// How many regular expressions took too many steps.
    given_up: u32,
    /// What protobuf messages look like, where the trees are one.
    layout: Option<&'t Layout>,
}

impl<'t> Walk<'t> {
    /// Compares two trees from their roots.
    pub(super) fn run(
        rules: &'t RuleTree,
        typing: Typing,
        unexpected: Unexpected,
        expected: &Value,
        actual: &Value,
    ) -> Vec<Mismatch> {
        Self::run_with(rules, unexpected, |walk, root| {
            walk.typed_as(typing, |walk| walk.compare(&Place::Root, root, expected, actual));
        })
    }

    /// Compares two protobuf messages.
    pub(super) fn run_declared(
        rules: &'t RuleTree,
        layout: &'t Layout,
        unexpected: Unexpected,
        expected: &Value,
        actual: &Value,
    ) -> Vec<Mismatch> {
        Self::run_with(rules, unexpected, |walk, root| {
            (walk.typing, walk.layout) = (Typing::Declared, Some(layout));
            walk.compare(&Place::Root, root, expected, actual);
        })
    }

    /// Starts a walk at the root of the rules.
    pub(super) fn run_with(
        rules: &'t RuleTree,
        unexpected: Unexpected,
        visit: impl FnOnce(&mut Self, Cursor),
    ) -> Vec<Mismatch> {
        let stack = Vec::with_capacity(COMMON_DEPTH);
        let (typing, found) = (Typing::Typed, Vec::new());
        let mut walk = Self { rules, typing, unexpected, stack, found, differences: 0, given_up: 0, layout: None };
        let root = rules.root(&mut walk.stack);
        visit(&mut walk, root);
        walk.found
    }

    pub(super) fn compare(&mut self, place: &Place<'_>, cursor: Cursor, expected: &Value, actual: &Value) {
        match (expected, actual) {
            (Value::Map(examples), Value::Map(members)) => {
                self.compare_maps(place, cursor, Whole::new(expected, examples), Whole::new(actual, members));
            }
            (Value::List(examples), Value::List(items)) => {
                self.compare_lists(
                    place,
                    cursor,
                    Whole::new(expected, examples.as_slice()),
                    Whole::new(actual, items.as_slice()),
                );
            }
            (Value::Map(_) | Value::List(_), _) => self.compare_structures(place, cursor, expected, actual),
            _ => self.compare_scalars(place, cursor, expected, actual),
        }
    }

    /// A collection was agreed, something else came; a schema may allow that, or one of several alternatives.
    fn compare_structures(&mut self, place: &Place<'_>, cursor: Cursor, expected: &Value, actual: &Value) {
        if let Some(selected) = self.rules.selected(cursor) {
            if is_by_schema(selected, self.typing) {
                return self.check_list(place, selected.list, expected, actual);
            }
            let fits = |compiled: &CompiledRule| {
                compiled.rule.is_about_single_values() && compiled.rule.check(expected, actual, self.typing).is_ok()
            };
            if selected.list.combine == Combine::Or && selected.list.rules.iter().any(fits) {
                return;
            }
        }
        self.report(place, Problem::WrongType, Some(expected), Some(actual), None);
    }

    fn compare_scalars(&mut self, place: &Place<'_>, cursor: Cursor, expected: &Value, actual: &Value) {
        let rules = self.rules;
        match rules.selected(cursor) {
            // what a rule further up asks of a map's or list's members has been asked
            Some(Selected { list, cascaded: true }) if is_settled(list, actual, self.typing) => {}
            Some(Selected { list, cascaded }) => {
                self.check_list(place, list, expected, actual);
                if self.typing == Typing::Declared {
                    self.check_declared(place, list, cascaded, expected, actual);
                }
            }
            None => {
                if let Err(problem) = Rule::Equality.check(expected, actual, self.typing) {
                    self.report(place, problem, Some(expected), Some(actual), None);
                }
            }
        }
    }

    /// What rules ask of a protobuf field besides, as the ecosystem's plugin has it: bounds speak of the length of its bytes;
    /// those about members want it to have some, where they are meant for it.
    fn check_declared(
        &mut self,
        place: &Place<'_>,
        list: &CompiledList,
        cascaded: bool,
        expected: &Value,
        actual: &Value,
    ) {
        let is_plain = matches!(actual, Value::Number(_) | Value::Bool(_));
        for CompiledRule { rule, .. } in &list.rules {
            let problem = match (rule, actual) {
                (Rule::Type(bounds), Value::Bytes(bytes)) if !cascaded => bounds.check(bytes.len()).err(),
                (_, Value::Bytes(_)) => None,
                (Rule::Values, _) if is_plain && !cascaded => Some(Problem::RuleBroken),
                _ if list.combine == Combine::Or => None,
                (Rule::ArrayContains(_), _) => Some(Problem::RuleBroken),
                (Rule::EachKey(_) | Rule::EachValue(_), _) if !cascaded => Some(Problem::RuleBroken),
                _ => None,
            };
            if let Some(problem) = problem {
                self.report(place, problem, Some(expected), Some(actual), Some(rule));
            }
        }
    }

    /// Whether the value at a place is a protobuf message with fields, and not a map. It is asked where rules stand at or
    /// above such values only, so that it may take the way from the root again.
    pub(super) fn is_message(&self, place: &Place<'_>) -> bool {
        self.layout.is_some_and(|layout| layout.is_message(place))
    }

    fn check_list(&mut self, place: &Place<'_>, list: &CompiledList, expected: &Value, actual: &Value) {
        if self.given_up >= MOST_GIVEN_UP
            && let Some(regex) = list.rules.iter().find(|compiled| matches!(compiled.rule, Rule::Regex(_)))
        {
            return self.report(place, Problem::TooManySteps, Some(expected), Some(actual), Some(&regex.rule));
        }
        super::scalar::check_list(list, expected, actual, self.typing, |problem, rule| {
            self.given_up += u32::from(problem == Problem::TooManySteps);
            self.report(place, problem, Some(expected), Some(actual), Some(rule));
        });
    }

    /// Visits a member of both trees.
    pub(super) fn member(&mut self, place: &Place<'_>, cursor: Cursor, key: &str, expected: &Value, actual: &Value) {
        self.at_key(cursor, key, |walk, below| walk.compare(&Place::Key(place, key), below, expected, actual));
    }

    /// Does something with the cursor of a member.
    pub(super) fn at_key(&mut self, cursor: Cursor, key: &str, visit: impl FnOnce(&mut Self, Cursor)) {
        let end = self.stack.len();
        let below = self.rules.key(cursor, key, &mut self.stack);
        visit(self, below);
        self.stack.truncate(end);
    }

    /// Does something while values are typed in another way.
    pub(super) fn typed_as(&mut self, typing: Typing, visit: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.typing, typing);
        visit(self);
        self.typing = before;
    }

    /// Visits an item of the actual list, with the item it is compared with.
    pub(super) fn item(&mut self, place: &Place<'_>, cursor: Cursor, index: usize, expected: &Value, actual: &Value) {
        let end = self.stack.len();
        let below = self.rules.index(cursor, index, &mut self.stack);
        self.compare(&Place::Index(place, index), below, expected, actual);
        self.stack.truncate(end);
    }

    /// Says of the findings from `start` on that they are inside a piece; what several rules found alike counts once.
    pub(super) fn within(&mut self, start: usize, piece: &Piece) {
        let mut at_place: HashMap<Location, Vec<usize>> = HashMap::new();
        for mut mismatch in self.found.split_off(start) {
            mismatch.problem.put_within(piece.clone());
            let known = at_place.entry(mismatch.location.clone()).or_default();
            if !known.iter().any(|index| self.found[*index] == mismatch) {
                known.push(self.found.len());
                self.found.push(mismatch);
            }
        }
    }

    pub(super) fn report(
        &mut self,
        place: &Place<'_>,
        problem: Problem,
        expected: Option<&Value>,
        actual: Option<&Value>,
        rule: Option<&Rule>,
    ) {
        self.differences += 1;
        if self.found.len() < MOST_FOUND {
            self.found.push(body_mismatch(place, problem, expected, actual, rule));
        }
    }
}

/// As the ecosystem's plugin has it, `values` of a collection asks nothing more of the numbers, booleans and bytes in it.
fn is_settled(list: &CompiledList, actual: &Value, typing: Typing) -> bool {
    typing == Typing::Declared
        && matches!(actual, Value::Number(_) | Value::Bool(_) | Value::Bytes(_))
        && list.rules.iter().all(|compiled| matches!(compiled.rule, Rule::Values))
}

fn body_mismatch(
    place: &Place<'_>,
    problem: Problem,
    expected: Option<&Value>,
    actual: Option<&Value>,
    rule: Option<&Rule>,
) -> Mismatch {
    Mismatch {
        location: Location::Body { path: place.to_string() },
        problem,
        expected: expected.cloned(),
        actual: actual.cloned(),
        rule: rule.cloned(),
    }
}
