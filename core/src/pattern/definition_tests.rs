use serde_json::json;

use super::*;

#[track_caller]
fn check(text: &str, example: Option<Json>, rules: Json) {
    let definition = Definition::parse(text).unwrap();
    let found: Vec<Json> = definition.rules.iter().map(Rule::to_json).collect();
    assert_eq!((definition.example, Json::Array(found)), (example, rules), "{text}");
}

#[test]
fn expressions_give_example_and_rules() {
    for (text, example, rules) in [
        ("matching(equalTo, 'a')", Some(json!("a")), json!([{"match": "equality"}])),
        ("matching(type, 100)", Some(json!(100)), json!([{"match": "type"}])),
        ("matching(type, null)", None, json!([{"match": "type"}])),
        ("matching(number, -1.50)", Some(serde_json::from_str("-1.50").unwrap()), json!([{"match": "number"}])),
        ("matching(integer, 9007199254740993)", Some(json!(9_007_199_254_740_993_i64)), json!([{"match": "integer"}])),
        ("matching ( decimal , 2 )", Some(json!(2)), json!([{"match": "decimal"}])),
        ("matching(boolean, false)", Some(json!(false)), json!([{"match": "boolean"}])),
        ("matching(regex, '\\d+', '12')", Some(json!("12")), json!([{"match": "regex", "regex": "\\d+"}])),
        ("matching(regex, 'a\\\\.b', 'a.b')", Some(json!("a.b")), json!([{"match": "regex", "regex": "a\\.b"}])),
        ("matching(include, 'b\\u{e9}\\u00e9')", Some(json!("béé")), json!([{"match": "include", "value": "béé"}])),
        ("matching(semver, '1.2.3')", Some(json!("1.2.3")), json!([{"match": "semver"}])),
        ("matching(type, 'it\\'s')", Some(json!("it\\'s")), json!([{"match": "type"}])),
        (
            "matching(contentType, 'application/json', '{}')",
            Some(json!("{}")),
            json!([{"match": "contentType", "value": "application/json"}]),
        ),
        ("notEmpty('x')", Some(json!("x")), json!([{"match": "notEmpty"}])),
        (
            "atLeast(1), atMost(3), eachValue(matching(integer, 1))",
            Some(json!(1)),
            json!([
                {"match": "type", "min": 1}, {"match": "type", "max": 3},
                {"match": "eachValue", "rules": [{"match": "integer"}], "value": "1"}
            ]),
        ),
        (
            "eachKey(matching(regex, '[a-z]', 'k')), eachValue(notEmpty('v'))",
            Some(json!("v")),
            json!([
                {"match": "eachKey", "rules": [{"match": "regex", "regex": "[a-z]"}], "value": "k"},
                {"match": "eachValue", "rules": [{"match": "notEmpty"}], "value": "v"}
            ]),
        ),
        (
            "arrayContains(matching(integer, 1), matching(equalTo, 'b'))",
            Some(json!([1, "b"])),
            json!([{"match": "arrayContains", "variants": [
                {"index": 0, "rules": {"$": {"combine": "AND", "matchers": [{"match": "integer"}]}}},
                {"index": 1, "rules": {"$": {"combine": "AND", "matchers": [{"match": "equality"}]}}}
            ]}]),
        ),
    ] {
        check(text, example, rules);
    }
}

#[test]
fn references_and_generators_are_kept_apart() {
    let definition = Definition::parse("eachValue(matching($'item'))").unwrap();
    assert_eq!(definition.each_value_reference.as_deref(), Some("item"));
    let definition = Definition::parse("matching($'item')").unwrap();
    assert_eq!(definition.reference.as_deref(), Some("item"));
    for (text, generator) in [
        ("matching(date, 'yyyy-MM-dd', '2020-01-31')", json!({"type": "Date", "format": "yyyy-MM-dd"})),
        (
            "matching(type, fromProviderState('${id}', 7))",
            json!({"type": "ProviderState", "expression": "${id}", "dataType": "INTEGER"}),
        ),
        (
            "matching(date, 'yyyy', fromProviderState('${y}', '2020'))",
            json!({"type": "ProviderState", "expression": "${y}", "dataType": "STRING"}),
        ),
    ] {
        assert_eq!(Definition::parse(text).unwrap().generator.unwrap().to_json(), generator, "{text}");
    }
}

#[test]
fn plain_texts_are_told_from_expressions() {
    for text in ["matching(type, 1)", " atLeast (1)", "notEmpty("] {
        assert!(Definition::is_expression(text), "{text}");
    }
    for text in ["matching the order", "", "matchingX(1)", "like(1)", "x matching(type, 1)"] {
        assert!(!Definition::is_expression(text), "{text}");
    }
}

#[test]
fn deep_nesting_is_an_error() {
    for function in ["eachKey(", "eachValue(", "arrayContains("] {
        let nested = |depth: usize| format!("{}matching(type, 1){}", function.repeat(depth), ")".repeat(depth));
        assert!(Definition::parse(&nested(15)).is_ok(), "{function}");
        for text in [nested(16), nested(10_000), function.repeat(10_000)] {
            let error = Definition::parse(&text).unwrap_err();
            assert_eq!(error.reason, "functions nest deeper than 16 levels", "{function}");
        }
    }
    let inner = "matching(type, fromProviderState(".repeat(10_000);
    assert!(Definition::parse(&inner).is_err());
}

#[test]
fn errors_name_the_character_and_what_was_expected() {
    let errors: Vec<String> = [
        "matching(integer, 1.5)",
        "matching(integer, 1",
        "matching(colour, 'red')",
        "matching(regex, '[', 'a')",
        "matching(regex, '[a-z]', '1')",
        "matching(regex, '[a-z], '1')",
        "atLeast(-1)",
        "eachKey(matching($'x'))",
        "matching(type, fromProviderState('a', fromProviderState('b', 1)))",
        "matching(type, 1) matching(type, 2)",
        "matching(type, 1), likes(2)",
        "matching(boolean, 'é', %)",
        "matching(type, 007)",
        "",
    ]
    .into_iter()
    .map(|text| Definition::parse(text).unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    expected a whole number, not 1.5 at character 19 of "matching(integer, 1.5)"
    expected ')', but the text ends at character 20 of "matching(integer, 1"
    expected equalTo, type, number, integer, decimal, datetime, date, time, regex, include, boolean, semver or contentType, not colour at character 10 of "matching(colour, 'red')"
    the regular expression '[' does not compile: Parsing error at position 9: Invalid character class at character 17 of "matching(regex, '[', 'a')"
    the example does not match the regular expression '[a-z]' at character 26 of "matching(regex, '[a-z]', '1')"
    the quoted text is not closed at character 27 of "matching(regex, '[a-z], '1')"
    expected a number of items, not -1 at character 9 of "atLeast(-1)"
    keys are texts, a reference has no meaning here at character 9 of "eachKey(matching($'x'))"
    fromProviderState cannot stand inside itself at character 39 of "matching(type, fromProviderState('a', fromProviderState('b', 1)))"
    expected ',' or the end, not matching at character 19 of "matching(type, 1) matching(type, 2)"
    expected one of matching, notEmpty, eachKey, eachValue, atLeast, atMost, arrayContains, not likes at character 20 of "matching(type, 1), likes(2)"
    '%' has no meaning here at character 24 of "matching(boolean, 'é', %)"
    007 is no number: it starts with a needless 0 at character 16 of "matching(type, 007)"
    expected a function such as matching(…), but the text ends at character 1 of ""
    "#);
}
