//! Rules by path: a tree whose edges are path tokens, walked along with the body.
//!
//! While walking, a [`Cursor`] names the tree nodes that fit the current place (several, when wildcards and names both
//! fit) and the best rule list seen so far. A step costs a look-up for each fitting node, however many rules there are.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::path::{PathExpression, Token};
use crate::rule::{Combine, Rule, RuleEntry, RuleList};

/// Rules by path.
#[derive(Debug, Clone)]
pub(super) struct RuleTree {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    fields: HashMap<String, u32, RandomState>,
    indexes: HashMap<usize, u32, RandomState>,
    star: Option<u32>,
    star_index: Option<u32>,
    rules: Option<CompiledList>,
    weight: u64,
    depth: u32,
}

/// The rules at one path, ready to run.
#[derive(Debug, Clone)]
pub(super) struct CompiledList {
    pub(super) rules: Vec<CompiledRule>,
    pub(super) combine: Combine,
}

/// A rule with the trees of what it asks below its place.
#[derive(Debug, Clone)]
pub(super) struct CompiledRule {
    pub(super) rule: Rule,
    /// `arrayContains`: the rules below each variant.
    pub(super) variants: Vec<(usize, RuleTree)>,
    /// `eachValue`: the rules of each member, which are the only ones there.
    pub(super) members: Option<RuleTree>,
}

impl CompiledRule {
    fn new(rule: &Rule) -> Self {
        let variants = match rule {
            Rule::ArrayContains(contains) => {
                contains.variants.iter().map(|variant| (variant.index, RuleTree::new(&variant.rules))).collect()
            }
            _ => Vec::new(),
        };
        let members = match rule {
            Rule::EachValue(each) => {
                // asking nothing of each value is a mistake that must not pass for a yes
                let nothing = || vec![Rule::Other(rule.to_json())];
                let rules = if each.rules.is_empty() { nothing() } else { each.rules.clone() };
                let rules = RuleList { rules, ..RuleList::default() };
                Some(RuleTree::new(&[RuleEntry { path: PathExpression::root(), rules }]))
            }
            _ => None,
        };
        Self { rule: rule.clone(), variants, members }
    }
}

impl CompiledList {
    pub(super) fn new(list: &RuleList) -> Self {
        Self { rules: list.rules.iter().map(CompiledRule::new).collect(), combine: list.combine }
    }

    /// Whether rules speak of keys and values of a map, so that the example's keys need not be there.
    pub(super) fn leaves_keys_open(&self) -> bool {
        let is_open = |rule: &Rule| matches!(rule, Rule::Values | Rule::EachKey(_) | Rule::EachValue(_));
        self.rules.iter().any(|compiled| is_open(&compiled.rule))
    }

    /// Whether a schema among the rules decides about everything below, so that members are not compared.
    pub(super) fn has_schema(&self) -> bool {
        self.rules.iter().any(|compiled| matches!(compiled.rule, Rule::Schema(_)))
    }
}

/// A place in the tree; its fitting nodes stand in the walk's stack from `start` to `end`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    start: usize,
    end: usize,
    best: Option<u32>,
    depth: u32,
}

/// The list that decides about a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selected<'t> {
    pub(super) list: &'t CompiledList,
    /// The list stands above the value, not at it.
    pub(super) cascaded: bool,
}

impl RuleTree {
    pub(super) fn new<'a>(entries: impl IntoIterator<Item = &'a RuleEntry>) -> Self {
        let mut tree = Self { nodes: vec![Node::default()] };
        for entry in entries {
            tree.add(&entry.path, &entry.rules);
        }
        tree
    }

    fn add(&mut self, path: &PathExpression, list: &RuleList) {
        if list.rules.is_empty() {
            return;
        }
        let mut at = 0;
        for token in path.tokens() {
            at = self.child(at, token);
        }
        let node = &mut self.nodes[at];
        node.rules = Some(CompiledList::new(list));
        node.weight = path.weight();
    }

    fn child(&mut self, at: usize, token: &Token) -> usize {
        let next = self.nodes.len();
        let id = u32::try_from(next).expect("a pact has fewer than 2^32 path tokens");
        let node = &mut self.nodes[at];
        let depth = node.depth + 1;
        let child = match token {
            Token::Field(name) => {
                let child = *node.fields.entry(name.clone()).or_insert(id);
                // `['0']` names a position too
                if let Ok(index) = name.parse() {
                    node.indexes.entry(index).or_insert(child);
                }
                child
            }
            Token::Index(index) => *node.indexes.entry(*index).or_insert(id),
            Token::Star => *node.star.get_or_insert(id),
            Token::StarIndex => *node.star_index.get_or_insert(id),
        };
        if child == id {
            self.nodes.push(Node { depth, ..Node::default() });
        }
        child as usize
    }

    /// The cursor at `$`.
    pub(super) fn root(&self, stack: &mut Vec<u32>) -> Cursor {
        let start = stack.len();
        stack.push(0);
        let best = self.nodes[0].rules.is_some().then_some(0);
        Cursor { start, end: stack.len(), best, depth: 0 }
    }

    /// The cursor at a member. The stack has to be cut back to the parent's end afterwards.
    pub(super) fn key(&self, parent: Cursor, key: &str, stack: &mut Vec<u32>) -> Cursor {
        let index = if key.as_bytes().first().is_some_and(u8::is_ascii_digit) { key.parse().ok() } else { None };
        self.step(parent, stack, |node| [node.fields.get(key).copied(), index.and_then(|index| node.at(index))])
    }

    /// The cursor at a header field, whose name may be written in any case. The stack has to be cut back afterwards.
    pub(super) fn header(&self, parent: Cursor, name: &str, stack: &mut Vec<u32>) -> Cursor {
        self.step(parent, stack, |node| {
            let known = node.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            [known.map(|(_, id)| *id), None]
        })
    }

    /// The cursor at a position. The stack has to be cut back to the parent's end afterwards.
    pub(super) fn index(&self, parent: Cursor, index: usize, stack: &mut Vec<u32>) -> Cursor {
        self.step(parent, stack, |node| [node.indexes.get(&index).copied(), node.star_index])
    }

    fn step(&self, parent: Cursor, stack: &mut Vec<u32>, exact: impl Fn(&Node) -> [Option<u32>; 2]) -> Cursor {
        let start = stack.len();
        let mut best = parent.best;
        for at in parent.start..parent.end {
            let node = &self.nodes[stack[at] as usize];
            for child in exact(node).into_iter().flatten().chain(node.star) {
                stack.push(child);
                let weight = |id: u32| self.nodes[id as usize].weight;
                let has_rules = self.nodes[child as usize].rules.is_some();
                if has_rules && best.is_none_or(|best| weight(child) >= weight(best)) {
                    best = Some(child);
                }
            }
        }
        Cursor { start, end: stack.len(), best, depth: parent.depth + 1 }
    }

    /// The list that decides at the cursor: of all that fit the place or stand above it, the one with the highest weight.
    pub(super) fn selected(&self, cursor: Cursor) -> Option<Selected<'_>> {
        let node = &self.nodes[cursor.best? as usize];
        let list = node.rules.as_ref().expect("only nodes with rules become best");
        Some(Selected { list, cascaded: node.depth < cursor.depth })
    }
}

impl Node {
    /// A map's numeric key reads like an index.
    fn at(&self, index: usize) -> Option<u32> {
        self.indexes.get(&index).copied().or(self.star_index)
    }
}
