//! How findings about dates and content types read.

use serde_json::json;

use super::{official_json, words};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::rule::Rule;
use crate::value::Value;

/// The finding in words, and in the official wording.
fn rendered(rule: &serde_json::Value, expected: Value, actual: Value) -> String {
    let mismatch = Mismatch {
        location: Location::Body { path: "$.d".to_owned() },
        problem: Problem::RuleBroken,
        expected: Some(expected),
        actual: Some(actual),
        rule: Some(Rule::from_json(rule).unwrap()),
    };
    format!("{}\n{}", words(&mismatch), official_json(&mismatch)["mismatch"].as_str().unwrap())
}

#[test]
fn dates() {
    let rule = json!({"match": "date", "format": "yyyy-MM-dd"});
    let all: Vec<String> = ["2021-13-01", "2021-02-29", "2021-01-01T10:00", "x", "", "2021/01/01"]
        .into_iter()
        .map(|actual| rendered(&rule, Value::from("2020-01-31"), Value::from(actual)))
        .collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    $.d
      - expected a date of the form yyyy-MM-dd like "2020-01-31"
      + but got "2021-13-01" (13 is no month)
    Expected '2021-13-01' to match a date pattern of 'yyyy-MM-dd': Error(InvalidMonth("13"))
    $.d
      - expected a date of the form yyyy-MM-dd like "2020-01-31"
      + but got "2021-02-29" (month 02 has no day 29 in 2021)
    Expected '2021-02-29' to match a date pattern of 'yyyy-MM-dd': '29' is not a valid day for month '02' in year 2021
    $.d
      - expected a date of the form yyyy-MM-dd like "2020-01-31"
      + but got "2021-01-01T10:00" ("T10:00" is left over)
    Expected '2021-01-01T10:00' to match a date pattern of 'yyyy-MM-dd': Remaining data after applying pattern "T10:00"
    $.d
      - expected a date of the form yyyy-MM-dd like "2020-01-31"
      + but got "x" (expected digits at "x")
    Expected 'x' to match a date pattern of 'yyyy-MM-dd': Error(Nom("x", TakeWhileMN))
    $.d
      - expected a date of the form yyyy-MM-dd like "2020-01-31"
      + but got "" (expected digits at the end)
    Expected '' to match a date pattern of 'yyyy-MM-dd': Error(Nom("", TakeWhileMN))
    $.d
      - expected a date of the form yyyy-MM-dd like "2020-01-31"
      + but got "2021/01/01" (expected "-" at "/01/01")
    Expected '2021/01/01' to match a date pattern of 'yyyy-MM-dd': Error(Nom("/01/01", Tag))
    "#);
}

#[test]
fn dates_and_times() {
    let all = [
        rendered(
            &json!({"match": "timestamp"}),
            Value::from("2020-01-31T10:00:00Z"),
            Value::from("2020-01-31T10:00:00"),
        ),
        rendered(
            &json!({"match": "datetime", "format": "VV"}),
            Value::from("Europe/Oslo"),
            Value::from("Europe/Atlantis"),
        ),
        rendered(&json!({"match": "time", "format": "HH:nope"}), Value::from("10"), Value::from("10")),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    $.d
      - expected a date and time of the form yyyy-MM-dd'T'HH:mm:ssXXX like "2020-01-31T10:00:00Z"
      + but got "2020-01-31T10:00:00" (expected an offset such as +01:00 at the end)
    Expected '2020-01-31T10:00:00' to match a timestamp pattern of 'yyyy-MM-dd'T'HH:mm:ssXXX': Error(Nom("", IsA))
    $.d
      - expected a date and time of the form VV like "Europe/Oslo"
      + but got "Europe/Atlantis" (there is no time zone Europe/Atlantis)
    Expected 'Europe/Atlantis' to match a timestamp pattern of 'VV': Error(InvalidTimezone("Europe/Atlantis"))
    $.d
      - expected a time of the form HH:nope like "10"
      + but got "10" (the format is none: 'o' at position 5 means nothing in a date format; text belongs in quotes ('…'))
    Expected '10' to match a time pattern of 'HH:nope': Error parsing '10': "'o' at position 5 means nothing in a date format; text belongs in quotes ('…')"
    "#);
}

#[test]
fn content_types() {
    let rule = json!({"match": "contentType", "value": "image/png"});
    let text = rendered(&rule, Value::Bytes(b"\x89PNG".to_vec()), Value::Bytes(b"%PDF-1.4".to_vec()));
    insta::assert_snapshot!(text, @"
    $.d
      - expected contents of type image/png
      + but got 8 bytes of application/pdf: 25 50 44 46 2d 31 2e 34
    Expected binary contents to have content type 'image/png' but detected contents was 'application/pdf'
    ");
}

#[test]
fn schemas() {
    let rule = json!({"match": "schema", "schema": {"type": "object", "required": ["id"]}});
    let actual = Value::from(json!({ "name": "x" }));
    insta::assert_snapshot!(rendered(&rule, Value::from(json!({ "id": 1 })), actual), @r#"
    $.d
      - expected what the schema says: {"type":"object","required":["id"]} like {"id":1}
      + but got {"name":"x"} ("id" is a required property)
    Expected {"name":"x"} (Object) to match the JSON schema: "id" is a required property
    "#);
}
