//! `MockServerURL`: a link that points at the mock server of this run.

use serde_json::{Map, Value as Json, json};

use super::attributes::text;

/// A URL whose beginning depends on where the mock server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MockServerUrl {
    /// A URL as it was when the pact was written.
    pub example: String,
    /// An expression whose first group is the part that stays.
    pub regex: String,
}

impl MockServerUrl {
    pub(super) fn from_json(object: &Map<String, Json>) -> Option<Self> {
        Some(Self { example: text(object, "example")?, regex: text(object, "regex")? })
    }

    pub(super) fn to_json(&self) -> Json {
        json!({ "type": "MockServerURL", "example": self.example, "regex": self.regex })
    }

    pub(super) fn defect(&self) -> Option<String> {
        fancy_regex::Regex::new(&self.regex).err().map(|error| error.to_string())
    }

    /// The part that stays behind the server's URL; `None` when the example does not match the expression.
    pub(super) fn generate(&self, server: &str) -> Option<Json> {
        let regex = fancy_regex::Regex::new(&self.regex).ok()?;
        let captures = regex.captures(&self.example).ok()??;
        let rest = captures.get(1)?.as_str();
        let slash = if rest.is_empty() || rest.starts_with(['/', '?', '#']) { "" } else { "/" };
        Some(format!("{}{slash}{rest}", server.trim_end_matches('/')).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_captured_part() {
        for (regex, example, expected) in [
            (r".*(/o/\d+)$", "http://localhost:1234/o/1", Some("http://127.0.0.1:80/o/1")),
            (r"^https?://[^/]+/(.*)$", "http://a/b?c=1", Some("http://127.0.0.1:80/b?c=1")),
            (r".*(/o/\d+)$", "http://localhost:1234/p", None),
            (r"no group", "no group", None),
            (r"(", "(", None),
        ] {
            let generator = MockServerUrl { example: example.to_owned(), regex: regex.to_owned() };
            assert_eq!(generator.generate("http://127.0.0.1:80/"), expected.map(Json::from), "{regex}");
        }
    }
}
