//! What formats take, and that what they write is what they read.

use jiff::Zoned;
use proptest::prelude::*;

use super::{DateTimeFormat, DateTimeKind, DateTimeRule};
use crate::value::Value;

/// Texts that the format takes, and texts that it does not.
#[track_caller]
fn check(pattern: &str, takes: &[&str], refuses: &[&str]) {
    let format = DateTimeFormat::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    for text in takes {
        assert_eq!(format.check(text), Ok(()), "{pattern} takes {text:?}");
    }
    for text in refuses {
        assert!(format.check(text).is_err(), "{pattern} refuses {text:?}");
    }
}

#[test]
fn dates() {
    check("yyyy", &["2021", "20", "0000"], &["12021", "-2021", "+2021", "２０２１", "", "abcd"]);
    check("y", &["2"], &["2021"]);
    check("yy", &["21", "1"], &["2021"]);
    check("uuuuu", &["02021"], &["002021"]);
    check("M", &["1", "12", "01"], &["0", "13", "Jan"]);
    check("LLL", &["1"], &["001", "Jan"]);
    check("MMM", &["Jan", "jan", "JAN", "May"], &["January", "1", "ſep"]);
    check("MMMM", &["January", "january"], &["Jan", "9"]);
    check("MMMMM", &["January"], &["J"]);
    check("d", &["1", "01", "31"], &["0", "32", "031"]);
    check("DDD", &["1", "356", "060"], &["0", "357", "366"]);
    check("ww", &["1", "56"], &["0", "57"]);
    check("W", &["1", "5"], &["0", "6"]);
    check("EEE", &["Mon", "mon"], &["Monday", "Xyz"]);
    check("EEEE", &["Monday"], &["Mon"]);
    check("e", &["1", "7"], &["0", "8", "10"]);
    check("eee", &["Mon"], &["1"]);
    check("Q", &["1", "4", "01"], &["0", "5"]);
    check("QQQ", &["Q1", "q4"], &["Q5", "1"]);
    check("QQQQ", &["1st quarter", "2nd Quarter"], &["Q1"]);
    check("yyyy-MM-dd G", &["2020-01-31 AD", "2020-01-31 bc"], &["2020-01-31 XX", "2020-01-31 BCE"]);
}

#[test]
fn days_of_months() {
    check("yyyy-MM-dd", &["2020-02-29", "2000-02-29", "2021-1-1"], &["2021-02-29", "1900-02-29", "2021-04-31"]);
    check("yy-MM-dd", &["20-02-29"], &["21-02-29"]);
    check("MM-dd", &["02-28"], &["02-29", "04-31"]);
    check("dd MMM yyyy", &["29 Feb 2020"], &["30 Feb 2020"]);
    check("yyyy-LL-dd", &["2021-02-29"], &[]);
    check("yyyyyyyyyyyyyyyyyyyyyyyy-MM-dd", &["123456789012345678902000-02-29"], &["123456789012345678902100-02-29"]);
}

#[test]
fn times() {
    check("HH:mm:ss", &["23:59:59", "0:0:0", "10:00:60"], &["24:00:00", "23:60:00", "10:00:61", "23:59", ""]);
    check("kk", &["24", "1"], &["0", "25"]);
    check("KK", &["0", "11"], &["12"]);
    check("hh:mm a", &["01:30 PM", "12:30 am"], &["13:30 PM", "00:30 AM", "01:30", "01:30 A"]);
    check("ss.SSS", &["59.123", "59.1"], &["59.1234", "59", "59."]);
    check("n", &["0", "12345678901234567890123"], &[""]);
    check("AAA", &["1", "86400000"], &["x"]);
}

#[test]
fn zones_and_offsets() {
    check("z", &["GMT", "AEST", "CEST"], &["UTC", "Z", "XYZ", "gmt", "AB", "+10", "GMT+10"]);
    check("zzzz", &[], &["GMT", "Pacific Standard Time", ""]);
    check("VV", &["Europe/Oslo", "Etc/UTC"], &["UTC", "Europe/Nowhere", "europe/oslo", "America/New_York", "/", "A/"]);
    check("X", &["Z", "+10", "+1", "+1000", "-00"], &["z", "+10:00", "+25", "10", ""]);
    check("XX", &["Z", "+1000", "+100"], &["+10", "+10:00"]);
    check("XXX", &["Z", "+10:00", "+13:45", "+1:0"], &["+10", "+1000", "+19:00", "+10:60", "+10:00:00"]);
    check("XXXX", &["Z", "+1000", "+100059"], &["+10:00"]);
    check("XXXXX", &["Z", "+10:00", "+10:00:59"], &["+10:00:61"]);
    check("xxx", &["+00:00"], &["Z"]);
    check("Z", &["+1000", "++1000"], &["Z", "+10", "+10:00"]);
    check("ZZZZ", &["GMT", "GMT+10:00", "UTC-1:00"], &["GMT+10", "+10:00"]);
    check("ZZZZZ", &["+10:00"], &["Z", "+1000"]);
    check("O", &["GMT+8", "UTC-08:30"], &["GMT", "gmt+8", "+8"]);
    check("OOOO", &["GMT+08:00"], &["GMT+8"]);
}

#[test]
fn text_between_fields() {
    check("'on' yyyy", &["on 2020"], &["2020", "ON 2020"]);
    check("yyyy-MM-dd'T'HH", &["2020-01-01T10"], &["2020-01-01t10", "2020-01-01 10"]);
    check("''HH", &["'10"], &["10"]);
    check("''''", &["'"], &["''"]);
    check("'a''b'", &["a'b"], &[]);
    check("'a'''HH", &["a'10"], &[]);
    check("yyyy年MM月", &["2021年01月"], &["2021-01"]);
    check("#_(HH)", &["#_(10)"], &[]);
}

#[test]
fn what_is_no_format_takes_nothing() {
    let mut messages = String::new();
    for pattern in ["yyyy-bb", "T", "'abc", "yyyy'''yy", "aa", "HHH", "ddd", "MMMMMM", "1HH", "HH[:mm]", "{HH}", "VVV"]
    {
        let error = DateTimeFormat::new(pattern).unwrap_err();
        messages.push_str(&format!("{pattern}: {error}\n"));
        assert!(DateTimeFormat::lenient(pattern).check(pattern).is_err(), "{pattern}");
    }
    insta::assert_snapshot!(messages, @r#"
    yyyy-bb: 'b' at position 6 means nothing in a date format; text belongs in quotes ('…')
    T: 'T' at position 1 means nothing in a date format; text belongs in quotes ('…')
    'abc: the quote at position 1 is not closed
    yyyy'''yy: the quote at position 5 is not closed
    aa: 'a' stands 2 times at position 1, which means nothing in a date format
    HHH: 'H' stands 3 times at position 1, which means nothing in a date format
    ddd: 'd' stands 3 times at position 1, which means nothing in a date format
    MMMMMM: 'M' stands 6 times at position 1, which means nothing in a date format
    1HH: '1' at position 1 means nothing in a date format; text belongs in quotes ('…')
    HH[:mm]: '[' at position 3 means nothing in a date format; text belongs in quotes ('…')
    {HH}: '{' at position 1 means nothing in a date format; text belongs in quotes ('…')
    VVV: 'V' stands 3 times at position 1, which means nothing in a date format
    "#);
}

#[test]
fn numbers_are_read_by_their_digits() {
    let format = DateTimeFormat::new("yyyyMMdd").unwrap();
    let rule = DateTimeRule::new(DateTimeKind::Date, Some(format));
    for (value, fits) in
        [("20201231", true), ("20201331", false), ("20201231.0", false), ("null", false), ("[]", false)]
    {
        let value = Value::from(serde_json::from_str::<serde_json::Value>(value).unwrap());
        assert_eq!(rule.objection(&value).is_none(), fits, "{value}");
    }
}

#[test]
fn writes_moments() {
    let moment: Zoned = "2020-03-09T08:05:07.0123+05:30[Asia/Kolkata]".parse().unwrap();
    for (pattern, expected) in [
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2020-03-09T08:05:07.012+05:30"),
        ("y yy yyy yyyyy", "0 20 020 02020"),
        ("M MM MMM MMMM L d dd DDDD", "3 03 Mar March 3 9 09 069"),
        ("EEE EEEE e Q QQQ QQQQ G", "Mon Monday 1 1 Q1 1st quarter AD"),
        ("H k K h hh a", "8 8 8 8 08 AM"),
        ("SSSSSSSSSSSS n A N", "012300000000 12300000 29107012 29107012300000"),
        ("YYYY-'W'ww-e W F", "2020-W11-1 2 2"),
        ("X XX XXX XXXXX Z ZZZZ O OOOO", "+0530 +0530 +05:30 +05:30 +0530 GMT+05:30 GMT+5:30 GMT+05:30"),
        ("z VV", "IST Asia/Kolkata"),
    ] {
        let written = DateTimeFormat::new(pattern).unwrap().write(&moment).unwrap();
        assert_eq!(written, expected, "{pattern}");
    }
}

#[test]
fn what_a_format_cannot_name_is_written_in_utc() {
    let moment: Zoned = "2020-03-09T08:00:00-04:00[America/New_York]".parse().unwrap();
    for (pattern, expected) in [("HH:mm z", "08:00 EDT"), ("HH:mm VV", "12:00 Etc/UTC"), ("HH:mm XXX", "08:00 -04:00")]
    {
        assert_eq!(DateTimeFormat::new(pattern).unwrap().write(&moment).unwrap(), expected, "{pattern}");
    }
    let utc: Zoned = "2020-03-09T08:00:00Z[UTC]".parse().unwrap();
    assert_eq!(DateTimeFormat::new("HH:mm z X VV").unwrap().write(&utc).unwrap(), "08:00 GMT Z Etc/UTC");
}

/// Formats of fields with something between them; the day of the year is left out, for not all days can be read.
fn formats() -> impl Strategy<Value = String> {
    let fields = "yyyy|yyyyy|yy|u|YYYY|M|MM|MMM|MMMM|L|d|dd|w|ww|W|F|E|EEEE|e|eee|c|Q|QQQ|QQQQ|G|a|H|HH|k|kk|K|h|hh|m|mm|s|ss\
                  |S|SSS|SSSSSSSSS|A|n|N|z|VV|X|XX|XXX|XXXX|XXXXX|x|xxx|Z|ZZZZ|ZZZZZ|O|OOOO";
    let field = proptest::sample::select(fields.split('|').collect::<Vec<_>>());
    let between = proptest::sample::select(vec![" ", "/", " 'T'", "'_o''clock'", ", "]);
    proptest::collection::vec((field, between), 1..8)
        .prop_map(|parts| parts.into_iter().flat_map(|(field, between)| [field, between]).collect())
}

fn moments() -> impl Strategy<Value = Zoned> {
    let zones = ["UTC", "Europe/Oslo", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Asia/Tokyo"];
    let seconds = -5_000_000_000_i64..20_000_000_000;
    (seconds, 0..1_000_000_000, proptest::sample::select(zones.to_vec())).prop_map(|(seconds, nanoseconds, zone)| {
        let zone = jiff::tz::TimeZone::get(zone).unwrap();
        jiff::Timestamp::new(seconds, nanoseconds).unwrap().to_zoned(zone)
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(pattern in formats(), moment in moments()) {
        // whether there is such a day takes the whole year
        prop_assume!(moment.date() != moment.date().with().month(2).day(29).build().unwrap_or(jiff::civil::Date::MIN));
        let format = DateTimeFormat::new(&pattern).unwrap();
        let written = format.write(&moment).unwrap();
        prop_assert_eq!(format.check(&written), Ok(()), "{} wrote {}", pattern, written);
    }

    #[test]
    fn nothing_panics(pattern in "[a-zA-Z' \\-:\\[é]{0,12}", text in "[0-9A-Za-z:+\\-é ]{0,20}", moment in moments()) {
        let format = DateTimeFormat::lenient(&pattern);
        let _ = format.check(&text);
        let _ = format.write(&moment);
    }
}
