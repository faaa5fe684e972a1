//! Matchers on texts of well-known forms. Each is a [`regex`] with an expression that every Pact tool understands.

use serde_json::json;

use super::matchers::{Matcher, date, datetime, regex};

/// An IPv4 address.
///
/// ```
/// # use countersign_core::pattern::{accepts, ipv4};
/// assert!(accepts(ipv4("127.0.0.1"), "10.0.0.255"));
/// assert!(!accepts(ipv4("127.0.0.1"), "10.0.0.256"));
/// ```
#[must_use]
pub fn ipv4(example: &str) -> Matcher {
    let byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    regex(&format!(r"^{byte}(\.{byte}){{3}}$"), example)
}

/// An IPv6 address in any of the forms of RFC 4291, §2.2, without a zone.
///
/// ```
/// # use countersign_core::pattern::{accepts, ipv6};
/// assert!(accepts(ipv6("::1"), "2001:db8::8:800:200c:417a"));
/// assert!(accepts(ipv6("::1"), "::ffff:129.144.52.38"));
/// assert!(!accepts(ipv6("::1"), "1::2::3"));
/// ```
#[must_use]
pub fn ipv6(example: &str) -> Matcher {
    let group = "[0-9a-fA-F]{1,4}";
    let byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    // what stands left and right of `::`, of which there are seven groups together at most
    let mut forms: Vec<String> =
        vec![format!("({group}:){{7}}{group}"), format!("({group}:){{1,7}}:"), "::".to_owned()];
    forms.extend((1..=6).map(|left| format!("({group}:){{1,{left}}}(:{group}){{1,{right}}}", right = 7 - left)));
    forms.push(format!(":(:{group}){{1,7}}"));
    forms.push(format!(r"({group}:){{6}}{byte}(\.{byte}){{3}}"));
    forms.push(format!(r"::({group}:){{0,5}}{byte}(\.{byte}){{3}}"));
    regex(&format!("^({})$", forms.join("|")), example)
}

/// Hexadecimal digits in either case.
///
/// ```
/// # use countersign_core::pattern::{accepts, hexadecimal};
/// assert!(accepts(hexadecimal("5f"), "00C0ffee"));
/// assert!(!accepts(hexadecimal("5f"), "0x5f"));
/// ```
#[must_use]
pub fn hexadecimal(example: &str) -> Matcher {
    regex("^[0-9a-fA-F]+$", example)
}

/// A date such as `2026-05-24` (ISO 8601).
///
/// ```
/// # use countersign_core::pattern::{accepts, iso_date};
/// assert!(accepts(iso_date("2026-05-24"), "2028-02-29"));
/// assert!(!accepts(iso_date("2026-05-24"), "2027-02-29"));
/// ```
#[must_use]
pub fn iso_date(example: &str) -> Matcher {
    date("yyyy-MM-dd", example)
}

/// A date with a time and its distance from UTC, such as `2026-05-24T10:30:00Z` or `2026-05-24T12:30:00+02:00` (ISO 8601 and
/// RFC 3339). Fractions of a second are another form: say them with [`datetime`].
///
/// ```
/// # use countersign_core::pattern::{accepts, iso_datetime};
/// assert!(accepts(iso_datetime("2026-05-24T10:30:00Z"), "2026-05-24T12:30:00+02:00"));
/// assert!(!accepts(iso_datetime("2026-05-24T10:30:00Z"), "2026-05-24"));
/// ```
#[must_use]
pub fn iso_datetime(example: &str) -> Matcher {
    datetime("yyyy-MM-dd'T'HH:mm:ssXXX", example)
}

/// A path in which `{…}` stands for one segment of any text.
///
/// ```
/// # use countersign_core::pattern::{accepts, url_path};
/// let line = url_path("/orders/{order}/lines/{line}", "/orders/7/lines/2");
/// assert!(accepts(&line, "/orders/ord_456/lines/1"));
/// assert!(!accepts(&line, "/orders/7/lines/2/3"));
/// ```
///
/// # Panics
///
/// When a `{` is not closed.
#[must_use]
#[track_caller]
pub fn url_path(template: &str, example: &str) -> Matcher {
    regex(&format!("^{}$", segments(template)), example)
}

/// A URL whose path is like the template (see [`url_path`]), at whatever host and with whatever query.
///
/// ```
/// # use countersign_core::pattern::{accepts, url};
/// let link = url("/orders/{order}", "https://shop.example/orders/7");
/// assert!(accepts(&link, "http://127.0.0.1:8080/orders/8?lines=all"));
/// assert!(!accepts(&link, "http://127.0.0.1:8080/stock/8"));
/// ```
///
/// # Panics
///
/// When a `{` is not closed.
#[must_use]
#[track_caller]
pub fn url(template: &str, example: &str) -> Matcher {
    regex(&format!(r"^https?://[^/?#]+{}(\?[^#]*)?(#.*)?$", segments(template)), example)
}

/// Bytes written in base64 (RFC 4648, §4).
///
/// ```
/// # use countersign_core::pattern::{accepts, base64};
/// assert!(accepts(base64("c3RvY2s="), "b3JkZXJz"));
/// assert!(!accepts(base64("c3RvY2s="), "c3RvY2s"));
/// ```
#[must_use]
pub fn base64(example: &str) -> Matcher {
    regex("^([0-9a-zA-Z+/]{4})*([0-9a-zA-Z+/]{2}==|[0-9a-zA-Z+/]{3}=)?$", json!(example))
}

/// A template as an expression, without anchors.
#[track_caller]
pub(super) fn segments(template: &str) -> String {
    let mut expression = String::new();
    let mut rest = template;
    while let Some((plain, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else {
            panic!("the path {template:?} has a '{{' without its '}}'");
        };
        expression.push_str(&regex_syntax::escape(plain));
        expression.push_str("[^/?#]+");
        rest = after;
    }
    expression.push_str(&regex_syntax::escape(rest));
    expression
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::accepts;

    #[test]
    fn ipv6_addresses_have_many_forms() {
        for (text, fits) in [
            ("2001:db8:0:0:8:800:200c:417a", true),
            ("2001:DB8::8:800:200C:417A", true),
            ("::", true),
            ("1::", true),
            ("1:2:3:4:5:6:7::", true),
            ("::2:3:4:5:6:7:8", true),
            ("1:2:3:4:5:6:1.2.3.4", true),
            ("1:2:3:4:5:6:7", false),
            ("1:2:3:4:5:6:7:8:9", false),
            ("12345::", false),
            ("fe80::1%eth0", false),
            ("", false),
        ] {
            assert_eq!(accepts(ipv6("::1"), text), fits, "{text}");
        }
    }

    #[test]
    fn templates_hold_what_expressions_would_read() {
        assert!(accepts(url_path("/a.b/{id}", "/a.b/1"), "/a.b/2"));
        assert!(!accepts(url_path("/a.b/{id}", "/a.b/1"), "/acb/2"));
        assert!(!accepts(url_path("/a/{id}", "/a/1"), "/a/"));
    }

    #[test]
    #[should_panic(expected = "the path \"/a/{id\" has a '{' without its '}'")]
    fn a_brace_that_is_not_closed_is_refused() {
        let _ = url_path("/a/{id", "/a/1");
    }
}
