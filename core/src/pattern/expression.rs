//! The grammar of matching-rule expressions.

use serde_json::{Value as Json, json};

use super::definition::{Definition, ExpressionError, FUNCTIONS};
use super::tokens::{self, Kind, Word};
use crate::generator::Generator;
use crate::pact::ContentType;
use crate::path::PathExpression;
use crate::rule::{ArrayContains, Bounds, EachRule, Regex, Rule, RuleEntry, RuleList, Variant};

const RULES: &str = "equalTo, type, number, integer, decimal, datetime, date, time, regex, include, boolean, semver or \
                     contentType";

/// How deep functions may stand in functions: with each level the rules nest by several.
const DEEPEST: usize = 16;

type Result<T> = std::result::Result<T, ExpressionError>;

pub(super) struct Parser<'t> {
    text: &'t str,
    words: Vec<Word>,
    at: usize,
    depth: usize,
}

/// A value with what makes it at the moment of use.
struct Primitive {
    value: Option<Json>,
    generator: Option<Generator>,
}

impl Primitive {
    fn plain(value: Json) -> Self {
        Self { value: Some(value), generator: None }
    }
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Result<Self> {
        Ok(Self { text, words: tokens::split(text)?, at: 0, depth: 0 })
    }

    pub(super) fn definition(mut self) -> Result<Definition> {
        let mut all = Definition::default();
        loop {
            let one = self.expression()?;
            all.rules.extend(one.rules);
            all.example = all.example.or(one.example);
            all.generator = all.generator.or(one.generator);
            all.reference = all.reference.or(one.reference);
            all.each_value_reference = all.each_value_reference.or(one.each_value_reference);
            match self.word().kind {
                Kind::End => return Ok(all),
                Kind::Mark(',') => self.at += 1,
                _ => return self.expected("',' or the end"),
            }
        }
    }

    fn word(&self) -> &Word {
        &self.words[self.at.min(self.words.len() - 1)]
    }

    fn source(&self, word: &Word) -> &'t str {
        &self.text[word.at.clone()]
    }

    fn fail<T>(&self, reason: impl Into<String>) -> Result<T> {
        Err(ExpressionError::new(self.text, self.word().at.start, reason))
    }

    fn expected<T>(&self, what: &str) -> Result<T> {
        match self.word().kind {
            Kind::End => self.fail(format!("expected {what}, but the text ends")),
            _ => self.fail(format!("expected {what}, not {}", self.source(self.word()))),
        }
    }

    fn mark(&mut self, mark: char) -> Result<()> {
        if self.word().kind != Kind::Mark(mark) {
            return self.expected(&format!("'{mark}'"));
        }
        self.at += 1;
        Ok(())
    }

    fn name(&mut self, what: &str) -> Result<&'t str> {
        if self.word().kind != Kind::Name {
            return self.expected(what);
        }
        let name = self.source(self.word());
        self.at += 1;
        Ok(name)
    }

    /// A quoted text without its quotes, escapes untouched.
    fn raw_text(&mut self) -> Result<&'t str> {
        if self.word().kind != Kind::Text {
            return self.expected("a quoted text");
        }
        let quoted = self.source(self.word());
        self.at += 1;
        Ok(&quoted[1..quoted.len() - 1])
    }

    /// A quoted text with its escapes resolved.
    fn text(&mut self) -> Result<String> {
        let at = self.at;
        let raw = self.raw_text()?;
        unescape(raw).or_else(|reason| {
            self.at = at;
            self.fail(reason)
        })
    }

    fn count(&mut self) -> Result<u64> {
        let count = self.source(self.word()).parse();
        match (self.word().kind, count) {
            (Kind::Integer, Ok(count)) => {
                self.at += 1;
                Ok(count)
            }
            _ => self.expected("a number of items"),
        }
    }

    fn expression(&mut self) -> Result<Definition> {
        let start = self.at;
        let name = self.name("a function such as matching(…)")?;
        if !FUNCTIONS.contains(&name) {
            self.at = start;
            return self.expected(&format!("one of {}", FUNCTIONS.join(", ")));
        }
        self.mark('(')?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fail(format!("functions nest deeper than {DEEPEST} levels"));
        }
        let definition = match name {
            "matching" => self.matching()?,
            "notEmpty" => {
                let value = self.primitive()?;
                with(Rule::NotEmpty, value)
            }
            "eachKey" => self.each_key()?,
            "eachValue" => self.each_value()?,
            "arrayContains" => self.array_contains()?,
            bound => {
                let count = Some(self.count()?);
                let bounds = if bound == "atLeast" {
                    Bounds { min: count, max: None }
                } else {
                    Bounds { min: None, max: count }
                };
                Definition { rules: vec![Rule::Type(bounds)], ..Definition::default() }
            }
        };
        self.depth -= 1;
        self.mark(')')?;
        Ok(definition)
    }

    fn each_key(&mut self) -> Result<Definition> {
        let start = self.at;
        let inner = self.expression()?;
        if inner.reference.is_some() || inner.each_value_reference.is_some() {
            self.at = start;
            return self.fail("keys are texts, a reference has no meaning here");
        }
        // the example of a key is no example of the value
        Ok(Definition { rules: vec![Rule::EachKey(each(inner))], ..Definition::default() })
    }

    fn each_value(&mut self) -> Result<Definition> {
        let inner = self.expression()?;
        if let Some(name) = inner.reference {
            return Ok(Definition { each_value_reference: Some(name), ..Definition::default() });
        }
        let example = inner.example.clone();
        Ok(Definition { example, rules: vec![Rule::EachValue(each(inner))], ..Definition::default() })
    }

    fn array_contains(&mut self) -> Result<Definition> {
        let (mut examples, mut contains) = (Vec::new(), ArrayContains::default());
        loop {
            let inner = self.expression()?;
            let rules = RuleList { rules: inner.rules, ..RuleList::default() };
            let entry = RuleEntry { path: PathExpression::root(), rules };
            contains.variants.push(Variant { index: examples.len(), rules: vec![entry], generators: None });
            examples.push(inner.example.unwrap_or(Json::Null));
            if self.word().kind != Kind::Mark(',') {
                break;
            }
            self.at += 1;
        }
        let example = Some(Json::Array(examples));
        Ok(Definition { example, rules: vec![Rule::ArrayContains(contains)], ..Definition::default() })
    }

    fn matching(&mut self) -> Result<Definition> {
        if self.word().kind == Kind::Mark('$') {
            self.at += 1;
            return Ok(Definition { reference: Some(self.text()?), ..Definition::default() });
        }
        let start = self.at;
        let name = self.name("the name of a rule, or $'name'")?;
        self.mark(',')?;
        match name {
            "equalTo" => Ok(with(Rule::Equality, self.primitive()?)),
            "type" => Ok(with(Rule::Type(Bounds::default()), self.primitive()?)),
            "number" => Ok(with(Rule::Number, self.number(&[Kind::Integer, Kind::Decimal])?)),
            "integer" => Ok(with(Rule::Integer, self.number(&[Kind::Integer])?)),
            "decimal" => Ok(with(Rule::Decimal, self.number(&[Kind::Decimal, Kind::Integer])?)),
            "datetime" | "date" | "time" => self.moment(name),
            "regex" => self.regex(),
            "include" => {
                let part = self.text()?;
                Ok(with(Rule::Include(part.clone()), Primitive::plain(part.into())))
            }
            "boolean" => Ok(with(Rule::Boolean, self.boolean()?)),
            "semver" => Ok(with(Rule::Semver, Primitive::plain(self.text()?.into()))),
            "contentType" => {
                let rule = Rule::ContentType(ContentType::new(self.text()?));
                self.mark(',')?;
                Ok(with(rule, Primitive::plain(self.text()?.into())))
            }
            _ => {
                self.at = start;
                self.expected(RULES)
            }
        }
    }

    fn regex(&mut self) -> Result<Definition> {
        let start = self.at;
        let pattern = self.text()?;
        let regex = Regex::new(&pattern).or_else(|error| {
            self.at = start;
            self.fail(error.to_string())
        })?;
        self.mark(',')?;
        let start = self.at;
        let example = self.text_or_state()?;
        let fits = example.value.as_ref().and_then(Json::as_str).is_none_or(|example| regex.is_match(example));
        if !fits {
            self.at = start;
            return self.fail(format!("the example does not match the regular expression '{pattern}'"));
        }
        Ok(with(Rule::Regex(regex), example))
    }

    fn moment(&mut self, name: &str) -> Result<Definition> {
        let format = self.text()?;
        self.mark(',')?;
        let mut example = self.text_or_state()?;
        if example.generator.is_none() {
            let generator = match name {
                "datetime" => "DateTime",
                "date" => "Date",
                _ => "Time",
            };
            example.generator = Some(Generator::from_json(&json!({ "type": generator, "format": format })));
        }
        let json = json!({ "match": name, "format": format });
        let rule = Rule::from_json(&json).unwrap_or(Rule::Other(json));
        Ok(with(rule, example))
    }

    fn text_or_state(&mut self) -> Result<Primitive> {
        if self.word().kind == Kind::Name { self.state() } else { Ok(Primitive::plain(self.text()?.into())) }
    }

    fn boolean(&mut self) -> Result<Primitive> {
        match self.source(self.word()) {
            "true" | "false" => self.primitive(),
            _ => self.expected("true or false"),
        }
    }

    fn number(&mut self, kinds: &[Kind]) -> Result<Primitive> {
        match self.word().kind {
            Kind::Name => self.state(),
            kind if kinds.contains(&kind) => self.primitive(),
            _ => self.expected(if kinds.contains(&Kind::Decimal) { "a number" } else { "a whole number" }),
        }
    }

    fn primitive(&mut self) -> Result<Primitive> {
        let source = self.source(self.word());
        let value = match self.word().kind {
            Kind::Text => return Ok(Primitive::plain(self.raw_text()?.into())),
            Kind::Name if source == "fromProviderState" => return self.state(),
            Kind::Name if source == "null" => None,
            Kind::Name if source == "true" || source == "false" => Some(Json::Bool(source == "true")),
            Kind::Integer | Kind::Decimal => match serde_json::from_str(source) {
                Ok(number) => Some(number),
                Err(_) => return self.fail(format!("{source} is no number: it starts with a needless 0")),
            },
            _ => return self.expected("a value: a quoted text, a number, true, false or null"),
        };
        self.at += 1;
        Ok(Primitive { value, generator: None })
    }

    /// `fromProviderState('${id}', 7)`
    fn state(&mut self) -> Result<Primitive> {
        if self.source(self.word()) != "fromProviderState" {
            return self.expected("a value or fromProviderState(…)");
        }
        self.at += 1;
        self.mark('(')?;
        let expression = self.text()?;
        self.mark(',')?;
        if self.source(self.word()) == "fromProviderState" {
            return self.fail("fromProviderState cannot stand inside itself");
        }
        let kind = self.word().kind;
        let value = self.primitive()?.value;
        self.mark(')')?;
        let data_type = match (kind, &value) {
            (Kind::Text, _) => Some("STRING"),
            (Kind::Integer, _) => Some("INTEGER"),
            (Kind::Decimal, _) => Some("DECIMAL"),
            (_, Some(Json::Bool(_))) => Some("BOOLEAN"),
            _ => None,
        };
        let generator = Generator::ProviderState { expression, data_type: data_type.map(str::to_owned) };
        Ok(Primitive { value, generator: Some(generator) })
    }
}

fn with(rule: Rule, primitive: Primitive) -> Definition {
    let Primitive { value, generator } = primitive;
    Definition { example: value, rules: vec![rule], generator, ..Definition::default() }
}

/// The example inside `eachKey` and `eachValue` is written as text.
fn each(inner: Definition) -> EachRule {
    let text = |value: Json| match value {
        Json::String(_) => value,
        other => Json::String(other.to_string()),
    };
    let generator = inner.generator.as_ref().map(Generator::to_json);
    EachRule { rules: inner.rules, value: inner.example.map(text), generator }
}

/// Resolves `\\ \b \f \n \r \t \uXXXX \u{…}`; other escapes stay as they are, so `\d` can be written plainly.
fn unescape(raw: &str) -> std::result::Result<String, String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let Some(escaped) = after.chars().next() else {
            text.push('\\');
            return Ok(text);
        };
        rest = &after[escaped.len_utf8()..];
        match escaped {
            '\\' => text.push('\\'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            'u' => {
                let (char, length) = unicode(rest).ok_or("\\u needs four hexadecimal digits, or some in braces")?;
                text.push(char);
                rest = &rest[length..];
            }
            other => {
                text.push('\\');
                text.push(other);
            }
        }
    }
    text.push_str(rest);
    Ok(text)
}

/// The character of `XXXX` or `{…}` and the length of that.
fn unicode(text: &str) -> Option<(char, usize)> {
    let (digits, length) = match text.strip_prefix('{') {
        Some(rest) => {
            let digits = rest.split_once('}')?.0;
            (digits, digits.len() + 2)
        }
        None => (text.get(..4)?, 4),
    };
    Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, length))
}
