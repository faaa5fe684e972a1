//! Keeping secrets out of everything that is printed, written or handed in.
//!
//! Masked are the values of headers, parameters and body members whose names say that they are secret (see [`is_secret`]),
//! also where a text quotes JSON, XML or a form; user names and passwords in addresses; and the very texts that the verifier
//! was given as credentials. Values that are too long for any reader are cut on the way.

use std::borrow::Cow;
use std::sync::LazyLock;

use countersign_core::mismatch::{Location, Mismatch, Problem};
use countersign_core::pact::{Attributes, ProviderState};
use countersign_core::value::Value;
use fancy_regex::{Captures, Regex};
use serde_json::Value as Json;

use crate::outcome::{Failure, Verdict};

/// What stands in place of a secret.
const MASK: &str = "***";

/// How many characters of a text are kept in findings.
const LONGEST: usize = 20_000;

/// Shorter secrets are not looked for in texts: they would be found everywhere.
const SHORTEST_SECRET: usize = 6;

/// Names of secrets, in lower case without punctuation; longer names that end so are names of secrets too.
const SECRETS: [&str; 13] = [
    "authorization",
    "cookie",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "privatekey",
    "accesskey",
    "credential",
    "credentials",
    "signature",
];

/// Names that end like those of secrets and say where a list goes on.
const PLACES: [&str; 8] = [
    "pagetoken",
    "nexttoken",
    "previoustoken",
    "continuationtoken",
    "cursortoken",
    "synctoken",
    "resumetoken",
    "deltatoken",
];

static USER_IN_ADDRESS: LazyLock<Regex> = LazyLock::new(|| constant(r"(?<=://)[^\s/?#@]+(?=@)"));

/// A name and its value as they stand in queries and forms, in JSON, and in XML. The value is the last group.
static NAMED: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [
        constant(r"((?:^|[?&])([\w.-]+)=)([^&\s#]+)"),
        constant(r#"("([^"\\]+)"\s*:\s*")((?:[^"\\]|\\.)+)"#),
        constant(r"(<([\w.:-]+)(?:\s[^<>]*)?>)([^<]+)"),
    ]
});

fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

/// Whether what goes by this name is nobody's business: without punctuation and whatever its case, it ends like a secret's
/// name, such as `Set-Cookie`, `clientSecret` or `db_password`; but `nextPageToken` and the like only say where a list goes on.
pub(crate) fn is_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    let ends = |endings: &[&str]| endings.iter().any(|ending| plain.ends_with(ending));
    ends(&SECRETS) && !ends(&PLACES)
}

/// A text without users in its addresses and without the values of secrets that it quotes.
pub(crate) fn text(text: &str) -> String {
    quoted(text).into_owned()
}

fn quoted(text: &str) -> Cow<'_, str> {
    let mut masked = Cow::Borrowed(text);
    if text.contains("://") {
        masked = Cow::Owned(USER_IN_ADDRESS.replace_all(text, MASK).into_owned());
    }
    for (pattern, mark) in NAMED.iter().zip(["=", "\":", ">"]) {
        // a blank may stand before the colon
        let there = masked.contains(mark) || (mark == "\":" && masked.contains("\" :"));
        if there {
            let in_place = |found: &Captures<'_, str>| {
                let part = |index: usize| found.get(index).map_or("", |part| part.as_str());
                if is_secret(part(2)) { format!("{}{MASK}", part(1)) } else { part(0).to_owned() }
            };
            masked = Cow::Owned(pattern.replace_all(&masked, in_place).into_owned());
        }
    }
    masked
}

/// The beginning of what someone said, for messages.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    let said = String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]);
    text(&said.trim().chars().take(200).collect::<String>())
}

/// What is known to be secret.
#[derive(Clone, Default)]
pub(crate) struct Mask {
    secrets: Vec<String>,
}

impl Mask {
    /// Masks these headers' values too, where their names say that they are secret.
    pub(crate) fn of_headers(headers: &[(String, String)]) -> Self {
        let mut mask = Self::default();
        for (_, value) in headers.iter().filter(|(name, _)| is_secret(name)) {
            mask.add(value);
            // the scheme before it, such as Bearer, is no secret
            mask.add(value.rsplit(' ').next().unwrap_or(value));
        }
        mask
    }

    fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.len() >= SHORTEST_SECRET && !self.secrets.iter().any(|known| known == secret) {
            self.secrets.push(secret.to_owned());
        }
    }

    /// A text without secrets.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut masked = quoted(text).into_owned();
        for secret in &self.secrets {
            if masked.contains(secret.as_str()) {
                masked = masked.replace(secret.as_str(), MASK);
            }
        }
        masked
    }

    /// A verdict without secrets.
    pub(crate) fn verdict(&self, verdict: Verdict) -> Verdict {
        match verdict {
            Verdict::Agreed => Verdict::Agreed,
            Verdict::Disagreed(mut findings) => {
                for finding in &mut findings {
                    self.mismatch(&mut finding.mismatch);
                    for body in finding.bodies.iter_mut().flat_map(|bodies| [&mut bodies.expected, &mut bodies.actual])
                    {
                        *body = self.text(body);
                    }
                }
                Verdict::Disagreed(findings)
            }
            Verdict::Failed(Failure { message, detail }) => Verdict::Failed(Failure {
                message: self.text(&message),
                detail: detail.map(|detail| self.text(&detail)),
            }),
        }
    }

    /// States whose parameters are without secrets.
    pub(crate) fn states(&self, states: &[ProviderState]) -> Vec<ProviderState> {
        let masked = |state: &ProviderState| {
            let params = self.attributes(&state.params);
            ProviderState { params, ..state.clone() }
        };
        states.iter().map(masked).collect()
    }

    fn attributes(&self, attributes: &Attributes) -> Attributes {
        let masked = |(name, value): (&String, &Json)| (name.clone(), self.json(name, value));
        attributes.iter().map(masked).collect()
    }

    fn json(&self, name: &str, value: &Json) -> Json {
        match value {
            // neither tells anybody anything
            Json::Null | Json::Bool(_) => value.clone(),
            _ if is_secret(name) => MASK.into(),
            Json::String(text) => self.text(text).into(),
            Json::Array(items) => items.iter().map(|item| self.json("", item)).collect(),
            Json::Object(members) => Json::Object(self.attributes(members)),
            other => other.clone(),
        }
    }

    fn mismatch(&self, mismatch: &mut Mismatch) {
        let secret = names_a_secret(&mismatch.location);
        for value in [&mut mismatch.expected, &mut mismatch.actual].into_iter().flatten() {
            if secret && can_be_secret(value) {
                *value = Value::String(MASK.to_owned());
            } else {
                self.value(value);
            }
        }
        if let Problem::Unreadable { reason } = &mut mismatch.problem {
            *reason = self.text(reason);
        }
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                shorten(text);
                *text = self.text(text);
            }
            Value::Bytes(bytes) => bytes.truncate(LONGEST),
            Value::List(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Map(members) => {
                for (name, member) in members {
                    if is_secret(name) && can_be_secret(member) {
                        *member = Value::String(MASK.to_owned());
                    } else {
                        self.value(member);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn can_be_secret(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(_))
}

fn names_a_secret(location: &Location) -> bool {
    match location {
        Location::Query { name, .. } | Location::Header { name, .. } => is_secret(name),
        Location::Metadata { key } => is_secret(key),
        Location::Body { path } => path.split(['.', '[', ']', '\'', '"']).any(is_secret),
        Location::Method | Location::Path | Location::Status | Location::BodyType => false,
    }
}

/// The text of a body, cut where it is longer than any reader wants.
pub(crate) fn body(bytes: &[u8]) -> String {
    let mut text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("({} bytes that are no text)", bytes.len()),
    };
    shorten(&mut text);
    text
}

fn shorten(text: &mut String) {
    if text.len() > LONGEST {
        let all = text.len();
        let end = (0..=LONGEST).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0);
        text.truncate(end);
        text.push_str(&format!("… ({all} bytes in all)"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_say_what_is_secret() {
        for (name, expected) in [
            ("Authorization", true),
            ("Proxy-Authorization", true),
            ("Set-Cookie", true),
            ("X-Api-Key", true),
            ("client_secret", true),
            ("accessToken", true),
            ("password", true),
            ("X-Amz-Signature", true),
            ("refresh_token", true),
            ("nextPageToken", false),
            ("continuation_token", false),
            ("tokenised", false),
            ("max_tokens", false),
            ("author", false),
            ("key", false),
            ("", false),
        ] {
            assert_eq!(is_secret(name), expected, "{name}");
        }
    }

    #[test]
    fn addresses_lose_users_and_secrets() {
        for (given, expected) in [
            ("GET http://me:pw@h/x broke", "GET http://***@h/x broke"),
            ("GET http://h/?api_key=abc&n=1 broke", "GET http://h/?api_key=***&n=1 broke"),
            ("mail me@example.com", "mail me@example.com"),
            ("user=me&password=a%20b&n=1", "user=me&password=***&n=1"),
            (r#"answered {"id_token": "a\"b", "n": "1"}"#, r#"answered {"id_token": "***", "n": "1"}"#),
            (r#"cut {"api-key":"abc"#, r#"cut {"api-key":"***"#),
            (
                "<a><x:password kind='p'>pw</x:password><b>1</b></a>",
                "<a><x:password kind='p'>***</x:password><b>1</b></a>",
            ),
            ("a: 1 < 2 = 3 > 2", "a: 1 < 2 = 3 > 2"),
            ("http://h/@scope/x", "http://h/@scope/x"),
        ] {
            assert_eq!(text(given), expected);
        }
    }

    #[test]
    fn known_secrets_are_found_in_any_text() {
        let headers = [("Authorization".to_owned(), "Bearer s3cret-token".to_owned())];
        let mask = Mask::of_headers(&headers);
        assert_eq!(mask.text("who sent s3cret-token?"), "who sent ***?");
        let plain = Mask::of_headers(&[("X-Tenant".to_owned(), "acme-corp".to_owned())]);
        assert_eq!(plain.text("acme-corp"), "acme-corp");
    }

    #[test]
    fn values_are_masked_by_the_names_around_them() {
        let mut state = ProviderState::new("a user");
        state.params = json!({ "name": "me", "login": { "password": "pw" }, "token": null, "has_secret": true })
            .as_object()
            .unwrap()
            .clone();
        let masked = Mask::default().states(&[state]);
        assert_eq!(
            Json::Object(masked[0].params.clone()),
            json!({ "name": "me", "login": { "password": "***" }, "token": null, "has_secret": true })
        );
        let mismatch = |path: &str, value: Value| Mismatch {
            location: Location::Body { path: path.to_owned() },
            problem: Problem::NotEqual,
            expected: Some(value),
            actual: None,
            rule: None,
        };
        let mut secret = mismatch("$.auth['access_token']", Value::from("abc"));
        Mask::default().mismatch(&mut secret);
        assert_eq!(secret.expected, Some(Value::from("***")));
        let mut long = mismatch("$", Value::String("é".repeat(LONGEST)));
        Mask::default().mismatch(&mut long);
        let text = long.expected.unwrap().as_str().unwrap().to_owned();
        assert!(text.len() < LONGEST + 50 && text.ends_with("… (40000 bytes in all)"));
    }
}
