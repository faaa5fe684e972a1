//! Values that are made anew each time: by the mock server for its answers, by the verifier for its requests. What comes
//! back is compared by the rule that goes with each.

use std::ops::RangeInclusive;

use serde::Serialize;

use super::forms::segments;
use super::matchers::{GENERATOR_TYPE, Matcher, boolean, date, datetime, decimal, integer, like, regex, time, uuid};
use crate::generator::UuidFormat;

fn generated(matcher: Matcher, generator: &str) -> Matcher {
    matcher.with(GENERATOR_TYPE, generator)
}

/// A value that the provider's state handler hands back: `${id}`, or text around it. The example is what consumers see.
///
/// ```
/// # use countersign_core::pattern::{accepts, from_provider_state};
/// assert!(accepts(from_provider_state("/orders/${id}", "/orders/7"), "/orders/8"));
/// ```
#[must_use]
#[track_caller]
pub fn from_provider_state(expression: &str, example: impl Serialize) -> Matcher {
    generated(like(example), "ProviderState").with("expression", expression)
}

/// Any integer; one of these is made. The least is the example.
///
/// ```
/// # use countersign_core::pattern::{accepts, random_int};
/// assert!(accepts(random_int(1..=10), 7));
/// ```
///
/// # Panics
///
/// When the range is empty.
#[must_use]
#[track_caller]
pub fn random_int(range: RangeInclusive<i64>) -> Matcher {
    assert!(!range.is_empty(), "no integer is from {} to {}", range.start(), range.end());
    generated(integer(*range.start()), "RandomInt").with("min", *range.start()).with("max", *range.end())
}

/// Any number with a fraction; one of so many digits is made.
///
/// ```
/// # use countersign_core::pattern::{accepts, random_decimal};
/// assert!(accepts(random_decimal(4), 29.99));
/// ```
#[must_use]
pub fn random_decimal(digits: u16) -> Matcher {
    generated(decimal(1.5), "RandomDecimal").with("digits", digits)
}

/// So many hexadecimal digits, at least one, in either case.
///
/// ```
/// # use countersign_core::pattern::{accepts, random_hexadecimal};
/// assert!(accepts(random_hexadecimal(6), "C0FFEE"));
/// assert!(!accepts(random_hexadecimal(6), "C0FFEE00"));
/// ```
#[must_use]
pub fn random_hexadecimal(digits: u16) -> Matcher {
    let digits = digits.max(1);
    let example: String = "0123456789ABCDEF".chars().cycle().take(usize::from(digits)).collect();
    generated(regex(&format!("^[0-9a-fA-F]{{{digits}}}$"), example), "RandomHexadecimal").with("digits", digits)
}

/// Any text; one of so many letters and digits is made.
///
/// ```
/// # use countersign_core::pattern::{accepts, random_string};
/// assert!(accepts(random_string(8), "whatever comes"));
/// ```
#[must_use]
pub fn random_string(size: u16) -> Matcher {
    let example: String = ('a'..='z').cycle().take(usize::from(size)).collect();
    generated(like(example), "RandomString").with("size", size)
}

/// `true` or `false`.
///
/// ```
/// # use countersign_core::pattern::{accepts, random_boolean};
/// assert!(accepts(random_boolean(), false));
/// ```
#[must_use]
pub fn random_boolean() -> Matcher {
    generated(boolean(true), "RandomBoolean")
}

/// A text that matches the expression; another one is made each time.
///
/// ```
/// # use countersign_core::pattern::{accepts, random_regex};
/// assert!(accepts(random_regex(r"w-\d+", "w-1"), "w-27"));
/// ```
#[must_use]
#[track_caller]
pub fn random_regex(pattern: &str, example: &str) -> Matcher {
    generated(regex(pattern, example), "Regex")
}

/// A UUID with hyphens.
///
/// ```
/// # use countersign_core::pattern::{accepts, random_uuid};
/// assert!(accepts(random_uuid(), "936DA01F-9ABD-4D9D-80C7-02AF85C822A8"));
/// ```
#[must_use]
pub fn random_uuid() -> Matcher {
    generated(uuid("936da01f-9abd-4d9d-80c7-02af85c822a8"), "Uuid")
}

/// A UUID that is made in a form of its own; what comes back has to be of this form as well.
///
/// ```
/// # use countersign_core::pattern::{accepts, random_uuid_as};
/// use countersign_core::generator::UuidFormat;
///
/// assert!(accepts(random_uuid_as(UuidFormat::Simple), "936da01f9abd4d9d80c702af85c822a8"));
/// assert!(!accepts(random_uuid_as(UuidFormat::Simple), "936da01f-9abd-4d9d-80c7-02af85c822a8"));
/// ```
#[must_use]
pub fn random_uuid_as(format: UuidFormat) -> Matcher {
    let (lower, upper) = ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}");
    let matcher = match format {
        UuidFormat::Simple => regex("^[0-9a-f]{32}$", "936da01f9abd4d9d80c702af85c822a8"),
        UuidFormat::LowerCaseHyphenated => regex(&format!("^{lower}$"), "936da01f-9abd-4d9d-80c7-02af85c822a8"),
        UuidFormat::UpperCaseHyphenated => regex(&format!("^{upper}$"), "936DA01F-9ABD-4D9D-80C7-02AF85C822A8"),
        UuidFormat::Urn => regex(&format!("^urn:uuid:{lower}$"), "urn:uuid:936da01f-9abd-4d9d-80c7-02af85c822a8"),
    };
    generated(matcher, "Uuid").with("format", format.as_str())
}

/// A date of the format, see [`date`]; one is made by an expression such as `today`, `tomorrow` or `today + 2 weeks`.
///
/// ```
/// # use countersign_core::pattern::{accepts, generated_date};
/// assert!(accepts(generated_date("yyyy-MM-dd", "tomorrow", "2026-05-24"), "2030-01-01"));
/// ```
#[must_use]
pub fn generated_date(format: &str, expression: &str, example: &str) -> Matcher {
    generated(date(format, example), "Date").with("expression", expression)
}

/// A time of day of the format, see [`time`]; one is made by an expression such as `now`, `noon` or `now + 2 hours`.
///
/// ```
/// # use countersign_core::pattern::{accepts, generated_time};
/// assert!(accepts(generated_time("HH:mm:ss", "now + 2 hours", "10:30:00"), "23:59:59"));
/// ```
#[must_use]
pub fn generated_time(format: &str, expression: &str, example: &str) -> Matcher {
    generated(time(format, example), "Time").with("expression", expression)
}

/// A date with a time of the format, see [`datetime`]; one is made by an expression such as `now`, `tomorrow` or
/// `today @ now + 2 hours`, where `@` stands between what is said of the date and what is said of the time.
///
/// ```
/// # use countersign_core::pattern::{accepts, generated_datetime};
/// let restocked = generated_datetime("yyyy-MM-dd'T'HH:mm:ssXXX", "today @ now + 2 hours", "2026-05-24T10:30:00Z");
/// assert!(accepts(restocked, "2030-01-01T00:00:00+01:00"));
/// ```
#[must_use]
pub fn generated_datetime(format: &str, expression: &str, example: &str) -> Matcher {
    generated(datetime(format, example), "DateTime").with("expression", expression)
}

/// A link into the provider: while the consumer is tested, it leads to the mock server. Its path is like the template, see
/// [`url_path`](super::url_path).
///
/// ```
/// # use countersign_core::pattern::{accepts, mock_server_url};
/// let next = mock_server_url("/orders/{order}", "/orders/7");
/// assert!(accepts(&next, "https://shop.example/orders/8"));
/// assert!(!accepts(&next, "https://shop.example/stock/8"));
/// ```
///
/// # Panics
///
/// When a `{` of the template is not closed.
#[must_use]
#[track_caller]
pub fn mock_server_url(template: &str, path: &str) -> Matcher {
    let pattern = format!(".*({})$", segments(template));
    let example = format!("http://localhost:8080{path}");
    generated(regex(&pattern, &example), "MockServerURL").with("example", example)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::generator::{Context, apply_to_message};
    use crate::pact::{Body, ContentType, Message};
    use crate::pattern::{Pattern, accepts};
    use crate::rule::Category;

    #[test]
    fn what_is_made_fits_what_is_asked() {
        let body = json!({
            "int": random_int(3..=9), "decimal": random_decimal(5), "hex": random_hexadecimal(7), "text": random_string(4),
            "boolean": random_boolean(), "regex": random_regex("[a-c]{3}", "abc"), "uuid": random_uuid(),
            "simple": random_uuid_as(UuidFormat::Simple), "upper": random_uuid_as(UuidFormat::UpperCaseHyphenated),
            "lower": random_uuid_as(UuidFormat::LowerCaseHyphenated), "urn": random_uuid_as(UuidFormat::Urn),
            "date": generated_date("yyyy-MM-dd", "today + 1 day", "2026-05-24"),
            "time": generated_time("HH:mm", "noon", "10:30"),
            "datetime": generated_datetime("yyyy-MM-dd'T'HH:mm", "tomorrow", "2026-05-24T10:30"),
            "url": mock_server_url("/orders/{id}", "/orders/7"),
        });
        let pattern = Pattern::parse(&body).unwrap();
        let contents = Body::new(pattern.example.to_string(), Some(ContentType::json()));
        let mut message = Message { contents, ..Message::default() };
        pattern.add_to(Category::Body, None, &mut message.rules, &mut message.generators);
        assert_eq!(message.generators.iter().count(), 15);
        let context = Context {
            now: Some("2026-05-24T10:30:00Z[UTC]".parse().unwrap()),
            seed: Some(7),
            mock_server_url: Some("http://127.0.0.1:4711".to_owned()),
            ..Context::default()
        };
        let made: serde_json::Value =
            serde_json::from_slice(apply_to_message(&message, &context).contents.bytes()).unwrap();
        assert!(accepts(&body, &made), "{made:#}");
        assert_eq!((&made["date"], &made["time"]), (&json!("2026-05-25"), &json!("12:00")));
        assert_eq!(made["datetime"], "2026-05-25T10:30");
        assert_eq!(made["url"], "http://127.0.0.1:4711/orders/7");
        let unchanged =
            ["int", "hex", "uuid", "simple", "regex"].iter().filter(|name| made[*name] == pattern.example[*name]);
        assert!(unchanged.count() < 4, "{made:#}");
    }

    #[test]
    fn an_expression_that_is_none_is_reported() {
        let error = Pattern::parse(&json!(generated_date("yyyy-MM-dd", "the day after", "2026-05-24"))).unwrap_err();
        assert!(error.to_string().starts_with("$: the generator Date cannot make a value: "), "{error}");
    }

    #[test]
    #[should_panic(expected = "no integer is from 2 to 1")]
    fn an_empty_range_is_refused() {
        #[expect(clippy::reversed_empty_ranges, reason = "that is the mistake")]
        let _ = random_int(2..=1);
    }
}
