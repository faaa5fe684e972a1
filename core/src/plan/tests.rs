use serde_json::json;

use super::*;
use crate::format::read_interaction;
use crate::pact::Specification;
use crate::render::words;

/// Checks a V4 response with this body and these rules against an actual body; returns the findings in words.
#[track_caller]
fn check(body: serde_json::Value, rules: serde_json::Value, actual: &str) -> Vec<String> {
    let interaction = json!({
        "type": "Synchronous/HTTP", "description": "d",
        "request": { "method": "GET", "path": "/" },
        "response": {
            "status": 200,
            "body": { "content": body, "contentType": "application/json", "encoded": false },
            "matchingRules": { "body": rules }
        }
    });
    let interaction = read_interaction(interaction, Specification::V4).unwrap();
    let plan = ResponsePlan::compile(&interaction.http().unwrap().response);
    let received = ReceivedResponse {
        status: 200,
        headers: vec![("Content-Type".into(), "application/json; charset=utf-8".into())],
        body: actual.as_bytes(),
    };
    plan.check(&received).iter().map(|mismatch| words(mismatch).to_string()).collect()
}

fn rule(rule: serde_json::Value) -> serde_json::Value {
    json!({ "combine": "AND", "matchers": [rule] })
}

#[test]
fn equal_documents_fit() {
    for body in [json!({}), json!([]), json!({"a": [1, 2.50, null, "x", {"b": true}]})] {
        assert_eq!(check(body.clone(), json!({}), &body.to_string()), [""; 0]);
    }
}

#[test]
fn findings_name_place_expectation_and_actual() {
    let body = json!({ "left": 5, "tags": ["a"], "id": "w-1" });
    let rules = json!({
        "$.left": rule(json!({ "match": "integer" })),
        "$.id": rule(json!({ "match": "regex", "regex": "w-\\d+" })),
        "$.tags": rule(json!({ "match": "type", "min": 1 })),
    });
    let found = check(body, rules, r#"{"left": "4", "tags": [], "id": "x"}"#);
    insta::assert_snapshot!(found.join("\n"), @r#"
    $.left
      - expected an integer like 5
      + but got "4" (a string)
    $.tags
      - expected at least 1 item
      + but got 0: []
    $.id
      - expected text matching w-\d+ like "w-1"
      + but got "x"
    "#);
}

#[test]
fn further_items_are_compared_with_the_example() {
    let rules = json!({ "$.a": rule(json!({ "match": "type" })) });
    assert_eq!(check(json!({"a": [1]}), rules.clone(), r#"{"a": [2, 3, 4]}"#), [""; 0]);
    assert_eq!(
        check(json!({"a": [1]}), rules, r#"{"a": [2, "3"]}"#),
        ["$.a[1]\n  - expected any number like 1\n  + but got \"3\" (a string)"]
    );
}

#[test]
fn one_of_the_alternatives_has_to_come() {
    let rules = json!({ "$.a": { "combine": "OR", "matchers": [
        { "match": "equality" }, { "match": "regex", "regex": "^(?:shut\\.)$" }, { "match": "null" }, { "match": "integer" }
    ] } });
    for (actual, fits) in
        [("\"open\"", true), ("\"shut.\"", true), ("null", true), ("7", true), ("\"shut!\"", false), ("7.5", false)]
    {
        let found = check(json!({ "a": "open" }), rules.clone(), &format!("{{\"a\":{actual}}}"));
        assert_eq!(found.is_empty(), fits, "{actual}: {found:?}");
    }
}

#[test]
fn deep_bodies_are_reported_and_large_ones_compared() {
    for (text, reason) in [
        (format!("{}{}", "{\"a\":".repeat(10_000), "}".repeat(10_000)), "recursion limit exceeded"),
        ("[".repeat(10_000), "recursion limit exceeded"),
    ] {
        let found = check(json!({ "a": 1 }), json!({}), &text);
        assert!(found.len() == 1 && found[0].contains(reason), "{found:?}");
    }
    let large = format!("{{\"a\":1,\"b\":\"{}\",\"c\":[0{}]}}", "x".repeat(5_000_000), ",0".repeat(2_500_000));
    assert_eq!(check(json!({ "a": 1 }), json!({ "$.c": rule(json!({ "match": "type" })) }), &large), [""; 0]);
}

#[test]
fn an_object_or_null_takes_both() {
    let rules = json!({ "$.a": { "combine": "OR", "matchers": [{ "match": "null" }, { "match": "type" }] } });
    let agreed = json!({ "a": { "b": 1 } });
    assert_eq!(check(agreed.clone(), rules.clone(), r#"{"a": null}"#), [""; 0]);
    assert_eq!(check(agreed.clone(), rules.clone(), r#"{"a": {"b": 2}}"#), [""; 0]);
    assert_eq!(
        check(agreed, rules, r#"{"a": 7}"#),
        ["$.a\n  - expected an object like {\"b\":1}\n  + but got 7 (a number)"]
    );
}

#[test]
fn a_schema_decides_about_everything_below_its_place() {
    let schema = json!({
        "type": ["object", "array", "string"],
        "properties": { "left": { "type": "integer", "minimum": 0 } },
        "items": { "maxLength": 2 },
    });
    let one = |place: &str| json!({ place: rule(json!({ "match": "schema", "schema": schema })) });
    let nested = json!({ "stock": { "left": 5, "tags": ["a"] } });
    for (body, rules, actual, findings) in [
        // other members, missing ones and even other types are the schema's to judge
        (json!({ "left": 5, "tags": [] }), one("$"), r#"{"left": 0, "more": true}"#, 0),
        (json!({ "left": 5 }), one("$"), "[\"ab\", \"c\"]", 0),
        (json!({ "left": 5 }), one("$"), "\"gone\"", 0),
        (json!({ "left": 5 }), one("$"), "{\"left\": -1}", 1),
        (json!(["a"]), one("$"), "[\"abc\"]", 1),
        (json!(["a"]), one("$"), "{}", 0),
        (json!("a"), one("$"), "7", 1),
        (nested.clone(), one("$.stock"), r#"{"stock": {"left": 1}}"#, 0),
        (nested.clone(), one("$.stock"), r#"{"stock": {"left": -1}}"#, 1),
        (nested.clone(), one("$.stock"), "{}", 1),
        (nested, one("$.*"), r#"{"stock": {"left": 1.5}}"#, 1),
        (
            json!([{ "left": 1 }]),
            json!({ "$": rule(json!({ "match": "type" })), "$[*]": one("x")["x"] }),
            r#"[{}, 7]"#,
            1,
        ),
        (
            json!({ "a": {} }),
            json!({ "$": rule(json!({ "match": "eachValue", "rules": [{ "match": "schema", "schema": schema }] })) }),
            r#"{"a": {"left": -1}, "b": [], "c": "x"}"#,
            1,
        ),
        (
            json!({ "a": {} }),
            json!({ "$": { "combine": "OR", "matchers": [{ "match": "null" }, { "match": "schema", "schema": schema }] } }),
            r#"{"left": 3}"#,
            0,
        ),
    ] {
        let found = check(body.clone(), rules.clone(), actual);
        assert_eq!(found.len(), findings, "{body} with {rules} against {actual}: {found:#?}");
    }
}

#[test]
fn a_schema_says_what_it_objects_to() {
    let schema = json!({ "title": "a stock", "required": ["left"], "properties": { "left": { "minimum": 0 } } });
    let rules = json!({ "$.stock": rule(json!({ "match": "schema", "schema": schema })) });
    let found = check(json!({ "stock": { "left": 5 } }), rules, r#"{"stock": {"left": -1}}"#);
    insta::assert_snapshot!(found.join("\n"), @r#"
    $.stock
      - expected what the schema says: a stock like {"left":5}
      + but got {"left":-1} (/left: -1 is less than the minimum of 0)
    "#);
    let rules = json!({ "$.left": rule(json!({ "match": "schema", "schema": { "type": "whole" } })) });
    insta::assert_snapshot!(check(json!({ "left": 5 }), rules, r#"{"left": 5}"#).join("\n"), @r#"
    $.left
      - expected what the schema says: {"type":"whole"} like 5
      + but got 5 (the schema does not compile: /type: "whole" is not valid under any of the schemas listed in the 'anyOf' keyword)
    "#);
}

/// The rules of a JSON object `{path: rule or list of rules}`; a list starting with `"OR"` is one of alternatives.
fn lists(rules: &serde_json::Value) -> serde_json::Value {
    let list = |rules: &serde_json::Value| match rules.as_array() {
        Some(list) if list.first() == Some(&json!("OR")) => json!({ "combine": "OR", "matchers": list[1..] }),
        Some(list) => json!({ "combine": "AND", "matchers": list }),
        None => rule(rules.clone()),
    };
    rules.as_object().into_iter().flatten().map(|(path, rules)| (path.clone(), list(rules))).collect()
}

#[test]
fn rules_on_collections_speak_of_the_whole_or_of_members() {
    let each = |rule: &str| json!({ "match": "eachValue", "rules": [{ "match": rule }] });
    let keys = json!({ "match": "eachKey", "rules": [{ "match": "regex", "regex": "[a-z]" }] });
    for (example, rules, actual, fits) in [
        // rules on single values: each item of a list, never a map
        (json!([1]), json!({"$": {"match": "integer"}}), "[2, 3]", true),
        (json!([1]), json!({"$": {"match": "integer"}}), "[2.5]", false),
        (json!([1]), json!({"$": {"match": "integer"}}), "[]", true),
        (json!({"a": 1}), json!({"$": {"match": "integer"}}), r#"{"a": 2}"#, false),
        (json!({"a": "b"}), json!({"$": {"match": "include", "value": "b"}}), r#"{"a": "b"}"#, false),
        (json!([1]), json!({"$": {"match": "null"}}), "[null]", false),
        (json!({"a": [1]}), json!({"$": {"match": "notEmpty"}}), r#"{"a": []}"#, false),
        // an empty example is like anything
        (json!([]), json!({"$": {"match": "type", "min": 2}}), "[1]", true),
        (json!([]), json!({"$": {"match": "equality"}}), "[1]", false),
        // equality of the whole does not set aside the rules of members
        (json!({"a": "x"}), json!({"$": {"match": "equality"}, "$.a": {"match": "integer"}}), r#"{"a": "x"}"#, false),
        // rules on lists and maps ask nothing of single values
        (json!(1), json!({"$": {"match": "arrayContains", "variants": []}}), r#""x""#, true),
        (json!({"a": 1}), json!({"$": {"match": "arrayContains", "variants": []}}), "{}", true),
        // keys are open where rules speak of keys or values
        (json!({"a": 1}), json!({"$": [{"match": "type"}, each("type")]}), r#"{"b": 2}"#, true),
        (json!({"a": 1}), json!({"$": [{"match": "type"}, each("type")]}), r#"{"b": "2"}"#, false),
        (json!({"a": [1]}), json!({"$": keys}), r#"{"a": 1}"#, false),
        (json!({"a": [1], "b": 1}), json!({"$": keys}), r#"{"a": [2]}"#, true),
        // what eachValue asks of a member is all that is asked there
        (json!({"a": 1}), json!({"$": each("type"), "$.a": {"match": "equality"}}), r#"{"a": 2}"#, true),
        (json!({"a": 1.5}), json!({"$": each("integer"), "$.a": {"match": "type"}}), r#"{"a": 2.5}"#, false),
        (json!([1]), json!({"$": each("integer"), "$[0]": {"match": "equality"}}), "[2, 3]", true),
        (json!({"a": 1}), json!({"$": {"match": "eachValue", "rules": []}}), r#"{"a": 1}"#, false),
        // another kind of value is an alternative where a rule says what it has to be
        (json!([1]), json!({"$": ["OR", {"match": "type"}, {"match": "null"}]}), "null", true),
        (json!([1]), json!({"$": ["OR", {"match": "type"}, {"match": "notEmpty"}]}), r#""x""#, false),
        (json!(1), json!({"$": {"match": "min", "min": 1}}), "2", true),
    ] {
        let found = check(example.clone(), lists(&rules), actual);
        assert_eq!(found.is_empty(), fits, "{example} {rules} {actual}: {found:?}");
    }
}

#[test]
fn rules_of_unknown_categories_speak_of_the_body() {
    let mut rules = crate::rule::MatchingRules::default();
    rules.keep("bodies".to_owned(), json!({ "$.a": rule(json!({ "match": "type" })), "note": 1 }));
    rules.keep("other".to_owned(), json!("x"));
    let found = rules.of_unknown_categories();
    assert_eq!(found.iter().map(|entry| entry.path.to_string()).collect::<Vec<_>>(), ["$.a"]);
}

#[test]
fn an_example_that_is_not_what_it_says_fits_only_itself() {
    let check = |actual: &str| {
        let body = crate::pact::Body::new("<a>", Some(crate::pact::ContentType::new("application/xml")));
        let response = crate::pact::HttpResponse { body, ..crate::pact::HttpResponse::default() };
        let headers = vec![("Content-Type".into(), "application/xml".into())];
        let received = ReceivedResponse { status: 200, headers, body: actual.as_bytes() };
        ResponsePlan::compile(&response)
            .check(&received)
            .iter()
            .map(|found| words(found).to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(check("<a>"), [""; 0]);
    insta::assert_snapshot!(check("<a/>").join("\n"), @r#"
    $
      - expected "<a>"
      + but got a body that cannot be read (nor can the agreed example: not well-formed XML: the root node was opened but never closed): "<a/>"
    "#);
}

#[test]
fn content_types_that_tell_nothing_are_guessed() {
    for (content_type, fits) in [
        ("application/json", true),
        ("json", true),
        ("*/*", true),
        ("application/json; q", true),
        ("text/plain", false),
    ] {
        let body = crate::pact::Body::new("{\"a\": 1}", None);
        let response = crate::pact::HttpResponse { body, ..crate::pact::HttpResponse::default() };
        let headers = vec![("Content-Type".into(), content_type.into())];
        let received = ReceivedResponse { status: 200, headers, body: b"{ \"a\": 1 }" };
        assert_eq!(ResponsePlan::compile(&response).check(&received).is_empty(), fits, "{content_type}");
    }
}

#[test]
fn several_rules_that_cascade_are_asked_once_on_each_level() {
    let nested = |leaf: serde_json::Value| {
        (0..40).fold(leaf, |inner, depth| match depth % 2 {
            0 => json!([inner]),
            _ => json!({ "a": inner }),
        })
    };
    for combine in ["AND", "OR"] {
        let rules = json!({ "$": { "combine": combine, "matchers": [{ "match": "type" }, { "match": "notEmpty" }] } });
        assert_eq!(check(nested(json!(1)), rules.clone(), &nested(json!(2)).to_string()), [""; 0], "{combine}");
        let found = check(nested(json!(1)), rules, &nested(json!({})).to_string());
        assert_eq!(found.len(), 2, "once for each rule: {found:?}");
    }
}

#[test]
fn what_differs_everywhere_is_reported_in_part() {
    let rules = json!({ "$": rule(json!({ "match": "type" })), "$[*]": rule(json!({ "match": "integer" })) });
    let actual = serde_json::Value::from(vec!["x"; 20_000]).to_string();
    assert_eq!(check(json!([1]), rules, &actual).len(), 10_000);
    // beyond what is reported, alternatives still differ
    let either = json!({ "combine": "OR", "matchers": [{ "match": "integer" }, { "match": "null" }] });
    let rules =
        json!({ "$": { "combine": "OR", "matchers": [{ "match": "type" }, { "match": "notEmpty" }] }, "$[*]": either });
    assert_eq!(check(json!([1]), rules, &actual).len(), 10_000);
}

#[test]
fn expressions_are_given_up_a_few_times_only() {
    let rules = json!({
        "$": rule(json!({ "match": "type" })), "$[*]": rule(json!({ "match": "regex", "regex": "((?=a)a+)+b" })),
    });
    let found = check(json!(["ab"]), rules, &json!(vec!["a".repeat(60); 2000]).to_string());
    assert_eq!(found.len(), 2000);
    assert!(found[1999].contains("too many steps"), "{}", found[1999]);
}

#[test]
fn a_form_that_differs_everywhere_is_compared_in_linear_time() {
    let form = "application/x-www-form-urlencoded";
    let interaction = json!({ "type": "Synchronous/HTTP", "description": "d", "request": {}, "response": {
        "body": { "content": "a=1", "contentType": form, "encoded": false },
        "matchingRules": { "body": { "$.a": rule(json!({ "match": "integer" })) } }
    } });
    let interaction = read_interaction(interaction, Specification::V4).unwrap();
    let plan = ResponsePlan::compile(&interaction.http().unwrap().response);
    let body = vec!["a=x"; 20_000].join("&");
    let headers = vec![("Content-Type".into(), form.into())];
    assert_eq!(plan.check(&ReceivedResponse { status: 200, headers, body: body.as_bytes() }).len(), 10_000);
}
