//! Which rules speak of a value, and their words.

use countersign_core::path::Token;
use countersign_core::render::rule_in_words;
use countersign_core::rule::{Bounds, Category, Combine, MatchingRules, Rule, RuleEntry, RuleList};
use countersign_core::value::Value;

/// A place in a body with the rules at it, above it and below it.
#[derive(Clone, Debug, Default)]
pub(super) struct Ruled<'r> {
    /// Rules further down.
    below: Vec<Below<'r>>,
    /// The rules that decide here: of all that fit, those with the most specific path.
    decides: Option<Decides<'r>>,
}

#[derive(Clone, Copy, Debug)]
struct Below<'r> {
    rest: &'r [Token],
    weight: u64,
    list: &'r RuleList,
}

#[derive(Clone, Copy, Debug)]
struct Decides<'r> {
    weight: u64,
    list: &'r RuleList,
    /// Whether they stand at this very place, not above it.
    own: bool,
}

impl<'r> Ruled<'r> {
    /// The root of a body.
    pub(super) fn body(rules: &'r MatchingRules) -> Self {
        Self::root(rules.of(Category::Body))
    }

    fn root(entries: impl Iterator<Item = &'r RuleEntry>) -> Self {
        let below = entries
            .filter(|entry| !entry.rules.rules.is_empty())
            .map(|entry| Below { rest: entry.path.tokens(), weight: entry.path.weight(), list: &entry.rules })
            .collect();
        Self { below, decides: None }.settled()
    }

    /// The place of a member.
    pub(super) fn key(&self, key: &str) -> Self {
        self.step(|token| match token {
            Token::Field(name) => name == key,
            Token::Star => true,
            Token::Index(_) | Token::StarIndex => false,
        })
    }

    /// The place of an item; a list that has to contain certain items has rules of its own for each.
    pub(super) fn index(&self, index: usize) -> Self {
        if let Some(variant) = self.variant(index) {
            return Self::root(variant.iter());
        }
        self.step(|token| match token {
            Token::Index(at) => *at == index,
            Token::Field(name) => name.parse() == Ok(index),
            Token::Star | Token::StarIndex => true,
        })
    }

    fn variant(&self, index: usize) -> Option<&'r [RuleEntry]> {
        let own = self.decides.filter(|decides| decides.own)?;
        own.list.rules.iter().find_map(|rule| match rule {
            Rule::ArrayContains(contains) => {
                let variant = contains.variants.iter().find(|variant| variant.index == index)?;
                Some(variant.rules.as_slice())
            }
            _ => None,
        })
    }

    fn step(&self, fits: impl Fn(&Token) -> bool) -> Self {
        let below = self
            .below
            .iter()
            .filter_map(|open| match open.rest {
                [first, rest @ ..] if fits(first) => Some(Below { rest, ..*open }),
                _ => None,
            })
            .collect();
        let decides = self.decides.map(|decides| Decides { own: false, ..decides });
        Self { below, decides }.settled()
    }

    /// Lets the rules whose path ends here decide, if they are specific enough.
    fn settled(mut self) -> Self {
        for open in &self.below {
            if open.rest.is_empty() && self.decides.is_none_or(|decides| open.weight >= decides.weight) {
                self.decides = Some(Decides { weight: open.weight, list: open.list, own: true });
            }
        }
        self.below.retain(|open| !open.rest.is_empty());
        self
    }

    /// What is asked of a value that has no members; empty when it has to be just this.
    pub(super) fn of_scalar(&self, value: &Value) -> String {
        let Some(decides) = self.decides else { return String::new() };
        words(decides.list, |rule| match rule {
            // what is said of a collection says nothing of its members' own values
            Rule::EachKey(_) | Rule::EachValue(_) | Rule::Values | Rule::ArrayContains(_) if !decides.own => None,
            Rule::Type(_) => Some(rule_in_words(&Rule::Type(Bounds::default()), Some(value))),
            rule => Some(rule_in_words(rule, Some(value))),
        })
    }

    /// What is asked of a collection as such.
    pub(super) fn of_collection(&self, value: &Value) -> String {
        let Some(decides) = self.decides.filter(|decides| decides.own) else { return String::new() };
        words(decides.list, |rule| match rule {
            Rule::Type(Bounds { min: None, max: None }) => Some("of this shape".to_owned()),
            rule => Some(rule_in_words(rule, Some(value))),
        })
    }
}

/// The words of a list of rules.
fn words<'r>(list: &'r RuleList, of: impl Fn(&'r Rule) -> Option<String>) -> String {
    let mut all: Vec<String> = list.rules.iter().filter_map(of).collect();
    all.dedup();
    all.join(match list.combine {
        Combine::And => " and ",
        Combine::Or => " or ",
    })
}

/// What is asked of the one value of a category (path, status).
pub(super) fn of_single(rules: &MatchingRules, category: Category, value: &Value) -> String {
    rules.single(category).map_or_else(String::new, |list| words(list, |rule| Some(rule_in_words(rule, Some(value)))))
}

/// What is asked of a named entry of a category (query, header, metadata). Names of headers differ in case only by
/// accident.
pub(super) fn of_named(rules: &MatchingRules, category: Category, name: &str, value: &Value) -> String {
    let named = |token: &Token| match token {
        Token::Field(field) if category == Category::Header => field.eq_ignore_ascii_case(name),
        Token::Field(field) => field == name,
        _ => false,
    };
    let lists = rules.of(category).filter(|entry| entry.path.tokens().first().is_some_and(named));
    let mut all: Vec<String> =
        lists.map(|entry| words(&entry.rules, |rule| Some(rule_in_words(rule, Some(value))))).collect();
    all.retain(|words| !words.is_empty());
    all.dedup();
    all.join(", each ")
}

/// Every rule on a body whose lines are not its values: place and words.
pub(super) fn listed(rules: &MatchingRules) -> Vec<(String, String)> {
    let entry = |entry: &RuleEntry| {
        let text = words(&entry.rules, |rule| match rule {
            Rule::Type(Bounds { min: None, max: None }) => Some("any value of this type".to_owned()),
            rule => Some(rule_in_words(rule, None)),
        });
        (entry.path.to_string(), text)
    };
    rules.of(Category::Body).map(entry).filter(|(_, words)| !words.is_empty()).collect()
}
