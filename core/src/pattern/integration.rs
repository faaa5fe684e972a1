//! Integration JSON: example values with matcher objects inside.

use std::fmt;

use serde_json::{Map, Value as Json};

use super::node::{Collected, Node, check_example};
use crate::content::json::{DEEPEST, is_deeper_than};
use crate::generator::{Generator, Generators};
use crate::path::{PathExpression, Token};
use crate::rule::{ArrayContains, Category, MatchingRules, Rule, RuleEntry, RuleList, Typing, Variant};
use crate::value::Value;

/// An example with the rules and generators that stood inside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// The plain example.
    pub example: Json,
    /// Rules by path from the example's root, in the order they were written.
    pub rules: Vec<RuleEntry>,
    /// Generators by path from the example's root.
    pub generators: Vec<(PathExpression, Generator)>,
}

/// Why a pattern cannot be used: all its problems.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", list(.problems))]
pub struct PatternError {
    /// In the order of the pattern.
    pub problems: Vec<PatternProblem>,
}

/// One problem of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternProblem {
    /// Where in the example, such as `$.items[0].id`.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for PatternProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

fn list(problems: &[PatternProblem]) -> String {
    problems.iter().map(PatternProblem::to_string).collect::<Vec<_>>().join("\n")
}

impl Pattern {
    /// Reads a body: values keep their types, and matchers may stand anywhere.
    ///
    /// # Errors
    ///
    /// All problems: unknown shapes, regular expressions that do not compile, examples that do not fit their own rules.
    pub fn parse(json: &Json) -> Result<Self, PatternError> {
        Self::read(json, Typing::Typed)
    }

    /// Reads a value that travels as text (a path, a header field, a query parameter, metadata): numbers and booleans
    /// become texts, and the rules take texts that stand for numbers.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_text(json: &Json) -> Result<Self, PatternError> {
        Self::read(json, Typing::Textual)
    }

    fn read(json: &Json, typing: Typing) -> Result<Self, PatternError> {
        if is_deeper_than(json, DEEPEST) {
            let message = format!("the pattern is nested deeper than {DEEPEST} levels");
            return Err(PatternError { problems: vec![PatternProblem { path: "$".to_owned(), message }] });
        }
        let mut reader = Reader { typing, collected: Collected::default(), problems: Vec::new() };
        let example = reader.value(json, &PathExpression::root(), Members::ByThemselves);
        reader.refuse_odd_names();
        if !reader.problems.is_empty() {
            return Err(PatternError { problems: reader.problems });
        }
        Ok(Self { example, rules: reader.collected.rules, generators: reader.collected.generators })
    }

    /// Adds the rules and generators to those of a request, response or message. In categories with names
    /// ([`Category::is_named`]), `name` is whose value this is.
    pub fn add_to(
        &self,
        category: Category,
        name: Option<&str>,
        rules: &mut MatchingRules,
        generators: &mut Generators,
    ) {
        let below = |path: &PathExpression| match name {
            None => path.clone(),
            Some(name) => {
                let mut tokens = vec![Token::Field(name.to_owned())];
                tokens.extend_from_slice(path.tokens());
                PathExpression::from_tokens(tokens)
            }
        };
        for entry in &self.rules {
            let known = rules.of(category).any(|known| known.path == below(&entry.path));
            if !known {
                rules.add(category, below(&entry.path), entry.rules.clone());
            }
        }
        for (path, generator) in &self.generators {
            let key = match (name, category.is_single()) {
                (Some(name), _) if path.tokens().is_empty() => name.to_owned(),
                (None, true) => String::new(),
                _ => below(path).to_string(),
            };
            generators.add(category.as_str(), key, generator.clone());
        }
    }
}

/// Whether the members of an example have paths of their own, or stand for all members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Members {
    ByThemselves,
    /// List items: `[*]`.
    AllItems,
    /// List items and map values: `[*]` and `.*`.
    AllValues,
}

struct Reader {
    typing: Typing,
    collected: Collected,
    problems: Vec<PatternProblem>,
}

impl Reader {
    fn problem(&mut self, path: &PathExpression, message: impl Into<String>) {
        self.problems.push(PatternProblem { path: path.to_string(), message: message.into() });
    }

    /// Rules need a path, and path expressions have no escapes for the few names that end them.
    fn refuse_odd_names(&mut self) {
        let rules = self.collected.rules.iter().map(|entry| &entry.path);
        let paths = rules.chain(self.collected.generators.iter().map(|(path, _)| path));
        let odd = paths.filter(|path| PathExpression::parse(&path.to_string()).as_ref() != Ok(*path));
        let message = "no path expression can name this member, so it cannot have a matcher";
        let problem = |path: &PathExpression| PatternProblem { path: path.to_string(), message: message.to_owned() };
        let problems: Vec<_> = odd.map(problem).collect();
        self.problems.extend(problems);
    }

    /// Reads one value and returns its plain example.
    fn value(&mut self, json: &Json, path: &PathExpression, members: Members) -> Json {
        match Node::take(json) {
            Some(Ok(node)) => return self.matcher(node, path, members),
            Some(Err(message)) => {
                self.problem(path, message);
                return Json::Null;
            }
            None => {}
        }
        match json {
            Json::Object(object) => self.object(object, path, members),
            Json::Array(items) => self.array(items, path, members),
            Json::String(_) | Json::Null => json.clone(),
            scalar if self.typing == Typing::Textual => Json::String(scalar.to_string()),
            scalar => scalar.clone(),
        }
    }

    fn object(&mut self, object: &Map<String, Json>, path: &PathExpression, members: Members) -> Json {
        let member = |(key, value): (&String, &Json)| {
            let token = if members == Members::AllValues { Token::Star } else { Token::Field(key.clone()) };
            (key.clone(), self.value(value, &path.join(token), Members::ByThemselves))
        };
        Json::Object(object.iter().map(member).collect())
    }

    fn array(&mut self, items: &[Json], path: &PathExpression, members: Members) -> Json {
        let item = |(index, value): (usize, &Json)| {
            let token = if members == Members::ByThemselves { Token::Index(index) } else { Token::StarIndex };
            self.value(value, &path.join(token), Members::ByThemselves)
        };
        items.iter().enumerate().map(item).collect()
    }

    fn matcher(&mut self, mut node: Node, path: &PathExpression, above: Members) -> Json {
        if let Some(variants) = node.variants.take() {
            return self.variants(node, &variants, path);
        }
        let members = if node.keys_stand_for_all() {
            Members::AllValues
        } else if node.members_stand_for_all() {
            Members::AllItems
        } else {
            above
        };
        self.collected.add_rules(path, &node.rules);
        let has_schema = node.has_schema();
        if let Some(generator) = node.generator {
            self.collected.add_generator(path, generator);
        }
        let rules_before = self.collected.rules.len();
        let example = self.value(&node.value, path, members);
        if has_schema && self.collected.rules.len() > rules_before {
            self.problem(
                path,
                "matchers inside the example of a schema never apply: the schema decides about all of it",
            );
        }
        if let Err(message) = check_example(&node.rules, &Value::from(example.clone()), self.typing) {
            self.problem(path, message);
        }
        example
    }

    fn variants(&mut self, mut node: Node, variants: &[Json], path: &PathExpression) -> Json {
        let mut examples = Vec::new();
        let mut contains = ArrayContains::default();
        for (index, variant) in variants.iter().enumerate() {
            let mut inner = Self { typing: self.typing, collected: Collected::default(), problems: Vec::new() };
            examples.push(inner.value(variant, &PathExpression::root(), Members::ByThemselves));
            for problem in inner.problems {
                let at = path.join(Token::Index(index));
                self.problem(&at, format!("in the variant's {problem}"));
            }
            contains.variants.push(variant_of(index, inner.collected));
        }
        node.rules.rules.push(Rule::ArrayContains(contains));
        self.collected.add_rules(path, &node.rules);
        Json::Array(examples)
    }
}

/// A variant of `arrayContains`; one without rules of its own is compared by equality, which the file has to say.
pub(crate) fn variant_of(index: usize, collected: Collected) -> Variant {
    let mut rules = collected.rules;
    if rules.is_empty() {
        rules.push(RuleEntry { path: PathExpression::root(), rules: RuleList::from(Rule::Equality) });
    }
    let mut generators = Map::new();
    for (path, generator) in collected.generators {
        generators.insert(path.to_string(), generator.to_json());
    }
    let generators = (!generators.is_empty()).then_some(Json::Object(generators));
    Variant { index, rules, generators }
}

#[cfg(test)]
#[path = "integration_tests.rs"]
mod tests;
