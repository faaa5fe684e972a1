//! `regex`: the whole text matches the expression.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError, Weak};

use fancy_regex::RegexBuilder;
use serde_json::Value as Json;

use super::{RuleError, regex_dialect};
use crate::mismatch::Problem;
use crate::value::Value;

/// How many steps one comparison may take. Only expressions that have to go back, such as those with look-around or
/// back-references, take steps at all; the others take time linear in the text.
const MOST_STEPS: usize = 500_000;

/// A compiled regular expression that has to match a whole text. Cloning shares it, and so do all that are spelled alike.
#[derive(Clone)]
pub struct Regex(Arc<Compiled>);

struct Compiled {
    pattern: String,
    /// Compiled when it is first asked: a mock server never looks at the rules of responses, and compiled expressions take
    /// kilobytes.
    whole: OnceLock<Result<fancy_regex::Regex, String>>,
}

/// The expressions in use. Pacts ask for the same few in many places, and compiling one takes longer than a whole comparison.
static IN_USE: LazyLock<Mutex<InUse>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct InUse {
    by_pattern: HashMap<String, Weak<Compiled>>,
    /// When those that nobody uses any more are taken out.
    sweep_at: usize,
}

impl InUse {
    fn get(&mut self, pattern: &str) -> Arc<Compiled> {
        if let Some(known) = self.by_pattern.get(pattern).and_then(Weak::upgrade) {
            return known;
        }
        if self.by_pattern.len() >= self.sweep_at {
            self.by_pattern.retain(|_, known| known.strong_count() > 0);
            self.sweep_at = (self.by_pattern.len() * 2).max(64);
        }
        let new = Arc::new(Compiled { pattern: pattern.to_owned(), whole: OnceLock::new() });
        self.by_pattern.insert(pattern.to_owned(), Arc::downgrade(&new));
        new
    }
}

impl Regex {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// Says why the expression does not compile.
    pub fn new(pattern: &str) -> Result<Self, RuleError> {
        let regex = Self::lenient(pattern);
        match regex.whole() {
            Ok(_) => Ok(regex),
            Err(reason) => Err(RuleError::Regex { pattern: pattern.to_owned(), reason: reason.clone() }),
        }
    }

    /// An expression from a pact file, where one that does not compile matches nothing.
    fn lenient(pattern: &str) -> Self {
        // nothing that panics is done while it is locked
        Self(IN_USE.lock().unwrap_or_else(PoisonError::into_inner).get(pattern))
    }

    fn whole(&self) -> &Result<fancy_regex::Regex, String> {
        self.0.whole.get_or_init(|| compile(&self.0.pattern))
    }

    /// Why the expression does not compile, if it does not.
    #[must_use]
    pub fn defect(&self) -> Option<&str> {
        self.whole().as_ref().err().map(String::as_str)
    }

    pub(super) fn from_json(object: &serde_json::Map<String, Json>) -> Result<Self, RuleError> {
        let pattern = object.get("regex").and_then(Json::as_str);
        pattern.map(Self::lenient).ok_or(RuleError::Incomplete { name: "regex", needs: "a text \"regex\"" })
    }

    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.pattern
    }

    /// Whether the whole text matches. An expression that takes too many steps does not.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.check_text(text).is_ok()
    }

    /// What every text begins with that matches; empty when that cannot be told.
    #[must_use]
    pub fn literal_prefix(&self) -> String {
        let translated = regex_dialect::translate(&self.0.pattern).unwrap_or_default();
        let Ok(hir) = regex_syntax::parse(&translated) else { return String::new() };
        let prefixes = regex_syntax::hir::literal::Extractor::new().extract(&hir);
        let common = prefixes.longest_common_prefix().unwrap_or_default();
        // a prefix may end within a character
        let end = std::str::from_utf8(common).map_or_else(|error| error.valid_up_to(), |_| common.len());
        String::from_utf8_lossy(&common[..end]).into_owned()
    }

    pub(super) fn check(&self, actual: &Value) -> Result<(), Problem> {
        match actual {
            Value::String(text) => self.check_text(text),
            Value::Bytes(bytes) => self.check_text(&String::from_utf8_lossy(bytes)),
            Value::Number(number) => self.check_text(number.as_str()),
            other => self.check_text(&other.to_string()),
        }
    }

    fn check_text(&self, text: &str) -> Result<(), Problem> {
        let Ok(regex) = self.whole() else { return Err(Problem::RuleBroken) };
        match regex.is_match(text) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Problem::RuleBroken),
            Err(_) => Err(Problem::TooManySteps),
        }
    }
}

fn compile(pattern: &str) -> Result<fancy_regex::Regex, String> {
    // with the flag x, a comment at the end would swallow the closing parenthesis
    let end = if pattern.contains("(?x") { "\n" } else { "" };
    let translated = regex_dialect::translate(pattern)?;
    let mut builder = RegexBuilder::new(&format!(r"\A(?:{translated}{end})\z"));
    builder.multi_line(true).backtrack_limit(MOST_STEPS).build().map_err(|error| error.to_string())
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.0.pattern)
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.pattern == other.0.pattern
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

    #[test]
    fn expressions_that_are_spelled_alike_are_one() {
        let mut in_use = InUse::default();
        let first = in_use.get("a+");
        assert!(Arc::ptr_eq(&first, &in_use.get("a+")));
        assert!(!Arc::ptr_eq(&first, &in_use.get("b+")));
        for number in 0..1000 {
            in_use.get(&number.to_string());
        }
        assert!(in_use.by_pattern.len() <= 64, "what nobody uses is forgotten");
        assert!(Arc::ptr_eq(&first, &in_use.get("a+")));
    }

    #[test]
    fn expressions_that_go_back_too_often_are_given_up() {
        let text = format!("{}!", "a".repeat(40));
        for (pattern, expected) in [
            (r"((?=a)a+)+b", Err(Problem::TooManySteps)),
            (r"(a+(?!b))+\?", Err(Problem::TooManySteps)),
            ("(a+)+", Err(Problem::RuleBroken)),
            ("(a|aa)+!", Ok(())),
            ("(?=a)a+!", Ok(())),
        ] {
            assert_eq!(Regex::new(pattern).unwrap().check(&Value::from(text.as_str())), expected, "{pattern}");
        }
    }

    #[test]
    fn what_every_match_begins_with() {
        for (pattern, prefix) in [
            (r"/items/\d+", "/items/"),
            (r"^/items/\d+$", "/items/"),
            (r"\/items\/[A-Z]+/parts", "/items/"),
            (r"/items/(a|b)\d", "/items/"),
            (r"/(items|item-lists)/\d+", "/item"),
            (r"/a|/b", "/"),
            (r".*/items", ""),
            (r"(?i)/items", "/"),
            (r"/items/7", "/items/7"),
            (r"/it?ems", "/i"),
            (r"(?!/x)/items", ""),
            (r"(", ""),
        ] {
            assert_eq!(Regex::lenient(pattern).literal_prefix(), prefix, "{pattern}");
        }
    }
}
