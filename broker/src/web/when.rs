//! Times as people say them.

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::Timestamp;

/// A time: "2 min ago", exact on hover.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(source = r#"<time datetime="{{ exact }}" title="{{ shown }}">{{ words }}</time>"#, ext = "html")]
pub(super) struct When {
    words: String,
    exact: String,
    shown: String,
}

impl HtmlSafe for When {}

impl When {
    /// The time `at`, seen at the time `now`, both in microseconds since 1970.
    pub(super) fn new(at: i64, now: i64) -> Self {
        let (exact, shown) = match Timestamp::from_microsecond(at) {
            Ok(time) => {
                (time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), time.strftime("%-d %B %Y, %H:%M:%S UTC").to_string())
            }
            Err(_) => (String::new(), String::new()),
        };
        Self { words: ago(now.saturating_sub(at)), exact, shown }
    }
}

/// "2 min ago" for a number of microseconds.
fn ago(microseconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    let seconds = microseconds / 1_000_000;
    let plural =
        |count: i64, unit: &str| if count == 1 { format!("1 {unit} ago") } else { format!("{count} {unit}s ago") };
    match seconds {
        // clocks of replicas differ a little
        ..10 => "just now".to_owned(),
        10..MINUTE => format!("{seconds} s ago"),
        MINUTE..HOUR => format!("{} min ago", seconds / MINUTE),
        HOUR..DAY => format!("{} h ago", seconds / HOUR),
        _ if seconds < 60 * DAY => plural(seconds / DAY, "day"),
        _ if seconds < 730 * DAY => plural(seconds / (30 * DAY), "month"),
        _ => plural(seconds / (365 * DAY), "year"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_now() {
        let day = 86_400;
        for (seconds, words) in [
            (-5, "just now"),
            (9, "just now"),
            (59, "59 s ago"),
            (60, "1 min ago"),
            (3_599, "59 min ago"),
            (3_600, "1 h ago"),
            (day - 1, "23 h ago"),
            (day, "1 day ago"),
            (59 * day, "59 days ago"),
            (60 * day, "2 months ago"),
            (729 * day, "24 months ago"),
            (730 * day, "2 years ago"),
        ] {
            assert_eq!(ago(seconds * 1_000_000), words, "{seconds}");
        }
    }

    #[test]
    fn the_exact_time_is_on_hover() {
        let when = When::new(1_700_000_000_000_000, 1_700_000_120_000_000);
        insta::assert_snapshot!(when, @r#"<time datetime="2023-11-14T22:13:20Z" title="14 November 2023, 22:13:20 UTC">2 min ago</time>"#);
    }
}
