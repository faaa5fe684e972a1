//! Points in time as a distance from now.

use jiff::Timestamp;

/// How long ago `time` (as a broker writes it) was; the text itself when it is no time.
pub(crate) fn ago(time: &str, now: Timestamp) -> String {
    let Ok(then) = time.parse::<Timestamp>() else {
        return time.to_owned();
    };
    let seconds = (now.as_second() - then.as_second()).max(0);
    match seconds {
        0..10 => "just now".to_owned(),
        10..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let now = "2026-05-24T10:30:00Z".parse().unwrap();
        let cases = [
            ("2026-05-24T10:29:55+00:00", "just now"),
            ("2026-05-24T10:31:00+00:00", "just now"),
            ("2026-05-24T10:29:15+00:00", "45 s ago"),
            ("2026-05-24T12:28:00+02:00", "2 min ago"),
            ("2026-05-23T10:30:00Z", "24 h ago"),
            ("2026-05-21T10:30:00Z", "3 days ago"),
            ("yesterday", "yesterday"),
        ];
        for (time, expected) in cases {
            assert_eq!(ago(time, now), expected, "{time}");
        }
    }
}
