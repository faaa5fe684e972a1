//! Values in reports: short, and readable for people.

use crate::rule::types_of;
use crate::value::Value;

/// How many characters of a value a report shows before its middle is left out.
const LONGEST: usize = 200;

/// How many bytes of binary contents a report shows.
const BYTES: usize = 16;

/// How many characters around a difference are shown.
const AROUND: usize = 24;

/// A value as compact JSON, shortened; of bytes their number, their type where it can be told, and the first of them.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Bytes(bytes) => bytes_in_words(value, bytes),
        value => shorten(&value.to_string()),
    }
}

fn bytes_in_words(value: &Value, bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "no bytes".to_owned();
    }
    let digits: Vec<String> = bytes.iter().take(BYTES).map(|byte| format!("{byte:02x}")).collect();
    let more = if bytes.len() > BYTES { " …" } else { "" };
    let noun = if bytes.len() == 1 { "byte" } else { "bytes" };
    let known =
        types_of(value).into_iter().find(|known| !matches!(known.as_str(), "text/plain" | "application/octet-stream"));
    let of_type = known.map(|known| format!(" of {known}")).unwrap_or_default();
    format!("{} {noun}{of_type}: {}{more}", bytes.len(), digits.join(" "))
}

/// A text without its middle, when it is long.
pub(super) fn shorten(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONGEST {
        return text.to_owned();
    }
    let (head, tail) = (LONGEST * 3 / 4, LONGEST / 8);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{start} … {end} ({count} characters)")
}

/// The parts of two long texts around what differs, and the first character that does, from 1; `None` for texts that are
/// short enough to be shown, or have nothing in common.
pub(super) fn apart(expected: &str, actual: &str) -> Option<(String, String, usize)> {
    let (expected, actual): (Vec<char>, Vec<char>) = (expected.chars().collect(), actual.chars().collect());
    if expected.len().max(actual.len()) <= LONGEST / 2 {
        return None;
    }
    let same = |pair: &(&char, &char)| pair.0 == pair.1;
    let before = expected.iter().zip(&actual).take_while(same).count();
    let rest = expected.len().min(actual.len()) - before;
    let after = expected.iter().rev().zip(actual.iter().rev()).take(rest).take_while(same).count();
    if before + after <= 2 * AROUND {
        return None;
    }
    let part = |text: &[char]| {
        let (start, end) = (before.saturating_sub(AROUND), (text.len() - after + AROUND).min(text.len()));
        let left_out = |is_more: bool| if is_more { "…" } else { "" };
        let middle: String = text[start..end].iter().collect();
        let middle = shorten(&Value::from(middle.as_str()).to_string());
        format!("{}{middle}{}", left_out(start > 0), left_out(end < text.len()))
    };
    Some((part(&expected), part(&actual), before + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shown_where_they_differ() {
        let long = |middle: &str| format!("{}{middle}{}", "start ".repeat(30), " end".repeat(30));
        for (expected, actual, parts) in [
            ("short".to_owned(), "shore".to_owned(), None),
            ("x".repeat(300), "y".repeat(300), None),
            (
                long("fox"),
                long("cat"),
                Some((
                    "…\"start start start start fox end end end end end end\"…",
                    "…\"start start start start cat end end end end end end\"…",
                    181,
                )),
            ),
            (
                long(""),
                long("\n"),
                Some((
                    "…\"start start start start  end end end end end end\"…",
                    "…\"start start start start \\n end end end end end end\"…",
                    181,
                )),
            ),
            (
                "é".repeat(120),
                "é".repeat(121),
                Some(("…\"éééééééééééééééééééééééé\"", "…\"ééééééééééééééééééééééééé\"", 121)),
            ),
        ] {
            let found = apart(&expected, &actual);
            let found = found.as_ref().map(|(expected, actual, at)| (expected.as_str(), actual.as_str(), *at));
            assert_eq!(found, parts, "{expected} {actual}");
        }
    }

    #[test]
    fn values_are_short() {
        for (value, expected) in [
            (Value::Bytes(Vec::new()), "no bytes"),
            (Value::Bytes(vec![0]), "1 byte: 00"),
            (
                Value::Bytes(b"\x89PNG\r\n\x1a\n0123456789".to_vec()),
                "18 bytes of image/png: 89 50 4e 47 0d 0a 1a 0a 30 31 32 33 34 35 36 37 …",
            ),
        ] {
            assert_eq!(shown(&value), expected);
        }
        let long = shown(&Value::from("x".repeat(10_000).as_str()));
        assert!(long.chars().count() < 260 && long.ends_with("(10002 characters)"), "{long}");
    }
}
