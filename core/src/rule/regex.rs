//! `regex`: the whole text matches the expression.

use std::fmt;
use std::sync::Arc;

use fancy_regex::RegexBuilder;
use serde_json::Value as Json;

use super::{RuleError, regex_dialect};
use crate::mismatch::Problem;
use crate::value::Value;

/// A compiled regular expression that has to match a whole text. Cloning shares it.
#[derive(Clone)]
pub struct Regex {
    pattern: Arc<str>,
    whole: Arc<Result<fancy_regex::Regex, String>>,
}

impl Regex {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// Says why the expression does not compile.
    pub fn new(pattern: &str) -> Result<Self, RuleError> {
        let regex = Self::lenient(pattern);
        match regex.whole.as_ref() {
            Ok(_) => Ok(regex),
            Err(reason) => Err(RuleError::Regex { pattern: pattern.to_owned(), reason: reason.clone() }),
        }
    }

    /// An expression from a pact file, where one that does not compile matches nothing.
    fn lenient(pattern: &str) -> Self {
        // with the flag x, a comment at the end would swallow the closing parenthesis
        let end = if pattern.contains("(?x") { "\n" } else { "" };
        let whole = regex_dialect::translate(pattern).and_then(|translated| {
            let whole = format!(r"\A(?:{translated}{end})\z");
            RegexBuilder::new(&whole).multi_line(true).build().map_err(|error| error.to_string())
        });
        Self { pattern: pattern.into(), whole: Arc::new(whole) }
    }

    /// Why the expression does not compile, if it does not.
    #[must_use]
    pub fn defect(&self) -> Option<&str> {
        self.whole.as_ref().as_ref().err().map(String::as_str)
    }

    pub(super) fn from_json(object: &serde_json::Map<String, Json>) -> Result<Self, RuleError> {
        let pattern = object.get("regex").and_then(Json::as_str);
        pattern.map(Self::lenient).ok_or(RuleError::Incomplete { name: "regex", needs: "a text \"regex\"" })
    }

    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Whether the whole text matches. An expression that takes too many steps does not.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.whole.as_ref().as_ref().is_ok_and(|regex| regex.is_match(text).unwrap_or(false))
    }

    pub(super) fn check(&self, actual: &Value) -> Result<(), Problem> {
        let matches = match actual {
            Value::String(text) => self.is_match(text),
            Value::Bytes(bytes) => self.is_match(&String::from_utf8_lossy(bytes)),
            Value::Number(number) => self.is_match(number.as_str()),
            other => self.is_match(&other.to_string()),
        };
        if matches { Ok(()) } else { Err(Problem::RuleBroken) }
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.pattern)
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_matches_in_the_dialects_of_pacts() {
        for (pattern, text, matches) in [
            (r"\d+", "12", true),
            (r"\d+", "12a", false),
            ("a|ab", "ab", true),
            (r"\d+", "1\n", false),
            (r"a++b", "aab", true),
            (r"a*+a", "aa", false),
            (r"(?<=a)b|ab", "ab", true),
            (r"(?<y>a)\k<y>", "aa", true),
            ("(?i)ab", "AB", true),
            ("a.b", "a\nb", false),
            ("(?m)a.b", "a\nb", true),
            ("(?s)a.b", "a\nb", true),
            ("a\n^b$", "a\nb", true),
            ("a$\nb", "a\nb", true),
            (r"[[:alpha:]]+", "é", true),
            (r"[a-z&&[^b]]+", "abc", false),
            (r"\p{javaUpperCase}\p{Lower}", "Éa", true),
            (r"\h", "f", true),
            (r"\X", "e\u{301}", true),
            ("[", "[", false),
            ("(?P<y>a)", "a", false),
        ] {
            assert_eq!(Regex::lenient(pattern).is_match(text), matches, "{pattern} {text:?}");
        }
    }
}
