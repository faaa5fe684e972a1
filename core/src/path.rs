//! Path expressions (`$.a[*]['b c']`) that say where a rule or generator applies, and locations found while walking.

use std::fmt::{self, Write as _};

/// One step of a path expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Token {
    /// A named member.
    Field(String),
    /// A list position, counted from 0.
    Index(usize),
    /// `.*` or `['*']`'s unquoted form: any member, any position.
    Star,
    /// `[*]`: any position.
    StarIndex,
}

/// A parsed path expression; the root `$` is the empty list of tokens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct PathExpression {
    tokens: Vec<Token>,
}

/// Why a text is no path expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at character {position} of path expression '{text}'")]
pub struct PathError {
    /// The whole expression.
    pub text: String,
    /// Counted from 1.
    pub position: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

impl PathExpression {
    /// The root, `$`.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// A path of one member below the root, whatever characters its name has.
    #[must_use]
    pub fn field(name: impl Into<String>) -> Self {
        Self { tokens: vec![Token::Field(name.into())] }
    }

    /// A path from its tokens.
    #[must_use]
    pub fn from_tokens(tokens: Vec<Token>) -> Self {
        Self { tokens }
    }

    /// The steps below the root.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// This path with one more step.
    #[must_use]
    pub fn join(&self, token: Token) -> Self {
        let mut tokens = self.tokens.clone();
        tokens.push(token);
        Self { tokens }
    }

    /// Reads an expression that starts with `$` (Pact specification V2, "Matcher path expressions").
    ///
    /// # Errors
    ///
    /// Names the position and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut parser = Parser { text, chars: text.chars().collect(), at: 0 };
        parser.path()
    }

    /// How specific the expression is: 2 for the root and each exact token, 1 for each wildcard, multiplied, times the
    /// number of tokens including the root. The rule with the highest weight that fits a value decides about it (Pact
    /// specification V2, "Matcher selection").
    #[must_use]
    pub fn weight(&self) -> u64 {
        let product = self.tokens.iter().fold(2_u64, |product, token| match token {
            Token::Field(_) | Token::Index(_) => product.saturating_mul(2),
            Token::Star | Token::StarIndex => product,
        });
        product.saturating_mul(self.tokens.len() as u64 + 1)
    }
}

impl fmt::Display for PathExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('$')?;
        for token in &self.tokens {
            match token {
                Token::Field(name) => write_field(f, name)?,
                Token::Index(index) => write!(f, "[{index}]")?,
                Token::Star => f.write_str(".*")?,
                Token::StarIndex => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

/// Writes `.name` where the name is a plain identifier, `['na me']` otherwise.
fn write_field(f: &mut impl fmt::Write, name: &str) -> fmt::Result {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    if plain { write!(f, ".{name}") } else { write!(f, "['{name}']") }
}

struct Parser<'a> {
    text: &'a str,
    chars: Vec<char>,
    at: usize,
}

impl Parser<'_> {
    fn fail<T>(&self, reason: &'static str) -> Result<T, PathError> {
        Err(PathError { text: self.text.to_owned(), position: self.at + 1, reason })
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn path(&mut self) -> Result<PathExpression, PathError> {
        if self.peek() != Some('$') {
            return self.fail("expected '$'");
        }
        self.at += 1;
        let mut tokens = Vec::new();
        while let Some(next) = self.peek() {
            match next {
                '.' => {
                    self.at += 1;
                    tokens.push(self.after_dot()?);
                }
                '[' => {
                    self.at += 1;
                    tokens.push(self.bracket()?);
                }
                _ => return self.fail("expected '.' or '['"),
            }
        }
        Ok(PathExpression { tokens })
    }

    fn after_dot(&mut self) -> Result<Token, PathError> {
        if self.peek() == Some('*') {
            self.at += 1;
            return Ok(Token::Star);
        }
        let start = self.at;
        while self.peek().is_some_and(is_name_char) {
            self.at += 1;
        }
        if start == self.at {
            return self.fail("expected a name or '*' after '.'");
        }
        Ok(Token::Field(self.chars[start..self.at].iter().collect()))
    }

    fn bracket(&mut self) -> Result<Token, PathError> {
        let token = match self.peek() {
            Some('\'') => self.quoted()?,
            Some('*') => {
                self.at += 1;
                Token::StarIndex
            }
            Some(digit) if digit.is_ascii_digit() => {
                let start = self.at;
                while self.peek().is_some_and(|char| char.is_ascii_digit()) {
                    self.at += 1;
                }
                let digits: String = self.chars[start..self.at].iter().collect();
                match digits.parse() {
                    Ok(index) => Token::Index(index),
                    Err(_) => return self.fail("the index is too large"),
                }
            }
            _ => return self.fail("expected a quoted name, an index or '*' after '['"),
        };
        if self.peek() != Some(']') {
            return self.fail("expected ']'");
        }
        self.at += 1;
        Ok(token)
    }

    fn quoted(&mut self) -> Result<Token, PathError> {
        self.at += 1;
        let start = self.at;
        // there are no escapes, so a quote ends the name only where the bracket closes: `['it's']`
        while self.peek().is_some_and(|char| char != '\'' || self.chars.get(self.at + 1) != Some(&']')) {
            self.at += 1;
        }
        if self.peek().is_none() {
            return self.fail("the quoted name is not closed");
        }
        if start == self.at {
            return self.fail("the quoted name is empty");
        }
        let name: String = self.chars[start..self.at].iter().collect();
        self.at += 1;
        Ok(Token::Field(name))
    }
}

/// What may stand in an unquoted name; tolerant, because real pacts carry names of every kind.
fn is_name_char(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-' | ':' | '#' | '@' | '$' | '%' | '+' | '~' | '!' | '/')
}

/// A place in a body, linked to its parents on the stack and spelled out only when a finding needs it.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// `$`
    Root,
    /// A member of the parent.
    Key(&'a Place<'a>, &'a str),
    /// A position of the parent.
    Index(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_char('$'),
            Self::Key(parent, key) => {
                parent.fmt(f)?;
                write_field(f, key)
            }
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_spellings_of_the_specification() {
        for (text, written) in [
            ("$", "$"),
            ("$.a.b", "$.a.b"),
            ("$['a']", "$.a"),
            ("$['a b'][0]", "$['a b'][0]"),
            ("$.a[*].b", "$.a[*].b"),
            ("$.*.b", "$.*.b"),
            ("$.a-b.c_d", "$['a-b'].c_d"),
            ("$.a:b.#text", "$['a:b']['#text']"),
            ("$.animals[0]['@phylum']", "$.animals[0]['@phylum']"),
            ("$['x.y']", "$['x.y']"),
            ("$['it's']['a'']", "$['it's']['a'']"),
        ] {
            assert_eq!(PathExpression::parse(text).unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn says_where_an_expression_is_wrong() {
        for (text, message) in [
            ("", "expected '$' at character 1 of path expression ''"),
            ("a.b", "expected '$' at character 1 of path expression 'a.b'"),
            ("$.", "expected a name or '*' after '.' at character 3 of path expression '$.'"),
            ("$[", "expected a quoted name, an index or '*' after '[' at character 3 of path expression '$['"),
            ("$['a", "the quoted name is not closed at character 5 of path expression '$['a'"),
            ("$['']", "the quoted name is empty at character 4 of path expression '$['']'"),
            ("$[0", "expected ']' at character 4 of path expression '$[0'"),
            ("$a", "expected '.' or '[' at character 2 of path expression '$a'"),
        ] {
            assert_eq!(PathExpression::parse(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn exact_paths_weigh_more_than_wildcards() {
        let weight = |text| PathExpression::parse(text).unwrap().weight();
        assert!(weight("$.a.b") > weight("$.a.*"));
        assert!(weight("$.a.*") > weight("$.*.*"));
        assert_eq!(weight("$.a"), 8);
        assert_eq!(weight("$.*.*"), 6);
    }
}
