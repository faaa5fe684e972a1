use serde_json::json;

use super::*;
use crate::pattern::from_provider_state;
use crate::pattern::matchers::*;
use crate::rule::rule_list_to_json;

/// The rules as `path combine [rules]` lines.
fn rules(entries: &[RuleEntry]) -> Vec<String> {
    let line = |entry: &RuleEntry| {
        let json = rule_list_to_json(&entry.rules);
        format!("{} {} {}", entry.path, json["combine"].as_str().unwrap(), json["matchers"])
    };
    entries.iter().map(line).collect()
}

#[track_caller]
fn check(json: Json, example: Json, expected: &[&str]) {
    let pattern = Pattern::parse(&json).unwrap();
    assert_eq!(pattern.example, example);
    assert_eq!(rules(&pattern.rules), expected);
}

#[test]
fn each_matcher_gives_its_example_and_rule() {
    for (matcher, example, rule) in [
        (json!(like("a")), json!("a"), json!({"match": "type"})),
        (json!(equal_to(1)), json!(1), json!({"match": "equality"})),
        (json!(integer(5)), json!(5), json!({"match": "integer"})),
        (json!(decimal(29.99)), json!(29.99), json!({"match": "decimal"})),
        (json!(decimal(2.0)), json!(2.0), json!({"match": "decimal"})),
        (json!(number(5)), json!(5), json!({"match": "number"})),
        (json!(boolean(true)), json!(true), json!({"match": "boolean"})),
        (json!(null_value()), json!(null), json!({"match": "null"})),
        (json!(regex(r"w-\d+", "w-1")), json!("w-1"), json!({"match": "regex", "regex": r"w-\d+"})),
        (json!(include("bc")), json!("bc"), json!({"match": "include", "value": "bc"})),
        (json!(not_empty("x")), json!("x"), json!({"match": "notEmpty"})),
        (json!(schema(json!({"minimum": 1}), 2)), json!(2), json!({"match": "schema", "schema": {"minimum": 1}})),
        (json!(semver("1.2.3")), json!("1.2.3"), json!({"match": "semver"})),
        (
            json!(date("yyyy-MM-dd", "2026-05-24")),
            json!("2026-05-24"),
            json!({"match": "date", "format": "yyyy-MM-dd"}),
        ),
        (json!(Matcher::named("real", 1.5)), json!(1.5), json!({"match": "decimal"})),
    ] {
        check(json!({ "a": matcher }), json!({ "a": example }), &[&format!("$.a AND [{rule}]")]);
    }
}

#[test]
fn lists_of_like_items_repeat_their_example() {
    check(
        json!({ "items": each_like(json!({ "id": integer(1), "tags": each_like("x").max(3) })).min(2) }),
        json!({ "items": [{ "id": 1, "tags": ["x"] }, { "id": 1, "tags": ["x"] }] }),
        &[
            r#"$.items AND [{"match":"type","min":2}]"#,
            r#"$.items[*].id AND [{"match":"integer"}]"#,
            r#"$.items[*].tags AND [{"match":"type","max":3,"min":1}]"#,
        ],
    );
}

#[test]
fn plain_lists_keep_their_positions_and_odd_names_are_quoted() {
    check(
        json!([1, { "a b": like(2) }, [integer(3)]]),
        json!([1, { "a b": 2 }, [3]]),
        &[r#"$[1]['a b'] AND [{"match":"type"}]"#, r#"$[2][0] AND [{"match":"integer"}]"#],
    );
}

#[test]
fn maps_may_have_rules_for_keys_and_values() {
    let prices = json!({ "EUR": { "amount": decimal(1.5) } });
    check(
        json!(each_key(regex("[A-Z]{3}", "EUR"), each_value(like(json!({})), prices))),
        json!({ "EUR": { "amount": 1.5 } }),
        &[
            r#"$ AND [{"match":"eachKey","rules":[{"match":"regex","regex":"[A-Z]{3}"}]},{"match":"eachValue","rules":[{"match":"type"}]}]"#,
            r#"$.*.amount AND [{"match":"decimal"}]"#,
        ],
    );
}

#[test]
fn variants_have_rules_of_their_own() {
    check(
        json!({ "links": array_containing([json!({ "rel": "self", "href": like("/a") }), json!("plain")]) }),
        json!({ "links": [{ "rel": "self", "href": "/a" }, "plain"] }),
        &[concat!(
            r#"$.links AND [{"match":"arrayContains","variants":["#,
            r#"{"index":0,"rules":{"$.href":{"combine":"AND","matchers":[{"match":"type"}]}}},"#,
            r#"{"index":1,"rules":{"$":{"combine":"AND","matchers":[{"match":"equality"}]}}}]}]"#
        )],
    );
}

#[test]
fn nullable_is_an_alternative() {
    check(
        json!({ "a": nullable(integer(5)), "b": nullable("x"), "c": nullable(include("y")), "d": null }),
        json!({ "a": 5, "b": "x", "c": "y", "d": null }),
        &[
            r#"$.a OR [{"match":"null"},{"match":"integer"}]"#,
            r#"$.b OR [{"match":"null"},{"match":"equality"}]"#,
            r#"$.c OR [{"match":"null"},{"match":"include","value":"y"}]"#,
        ],
    );
    check(
        json!({ "a": nullable(json!({ "n": integer(1) })) }),
        json!({ "a": { "n": 1 } }),
        &[r#"$.a OR [{"match":"null"},{"match":"type"}]"#, r#"$.a.n AND [{"match":"integer"}]"#],
    );
}

#[test]
fn one_of_takes_texts_and_rules_as_alternatives() {
    check(
        json!({
            "a": one_of(["open", "a+b"]),
            "b": one_of([json!(integer(5)), json!("x"), json!(null), json!(like(1.5)), json!(regex("y+", "y"))]),
            "c": one_of([json!(nullable(include("z"))), json!(one_of([boolean(true), date("yyyy", "2020")]))]),
            "d": one_of([json!({ "n": integer(1) }), json!(null)]),
        }),
        json!({ "a": "open", "b": 5, "c": "z", "d": { "n": 1 } }),
        &[
            r#"$.a OR [{"match":"equality"},{"match":"regex","regex":"^(?:a\\+b)$"}]"#,
            concat!(
                r#"$.b OR [{"match":"integer"},{"match":"regex","regex":"^(?:x)$"},{"match":"null"},{"match":"number"},"#,
                r#"{"match":"regex","regex":"y+"}]"#
            ),
            concat!(
                r#"$.c OR [{"match":"null"},{"match":"include","value":"z"},{"match":"boolean"},"#,
                r#"{"match":"date","format":"yyyy"}]"#
            ),
            r#"$.d OR [{"match":"type"},{"match":"null"}]"#,
            r#"$.d.n AND [{"match":"integer"}]"#,
        ],
    );
}

#[test]
fn one_of_reports_alternatives_that_no_rule_can_say() {
    let json = json!({
        "a": one_of([1, 2]),
        "b": one_of([json!("x"), json!(like("y"))]),
        "c": one_of([json!(null), json!({ "n": 1 })]),
    });
    insta::assert_snapshot!(Pattern::parse(&json).unwrap_err(), @r#"
    $.a: one_of can accept 2 as its first alternative only: a contract has one example to compare with
    $.b: one_of can accept {"pact:matcher:type":"type","value":"y"} as its first alternative only: a contract has one example to compare with
    $.c: one_of can accept {"n":1} as its first alternative only: a contract has one example to compare with
    "#);
}

#[test]
fn members_that_no_path_names_have_no_matchers() {
    assert!(Pattern::parse(&json!({ "": 1, "a']": 2, "it's": like(3) })).is_ok());
    insta::assert_snapshot!(Pattern::parse(&json!({ "": like(1), "a']": like(2) })).unwrap_err(), @r#"
    $['']: no path expression can name this member, so it cannot have a matcher
    $['a']']: no path expression can name this member, so it cannot have a matcher
    "#);
}

#[test]
fn deep_nesting_is_an_error() {
    // lists in lists, and matchers in matchers, whose depth no path shows
    for matcher in [false, true] {
        let mut json = json!(1);
        for _ in 0..10_000 {
            let mut outer = if matcher { json!({ "pact:matcher:type": "type", "value": null }) } else { json!([null]) };
            *if matcher { &mut outer["value"] } else { &mut outer[0] } = json;
            json = outer;
        }
        let error = Pattern::parse(&json).unwrap_err().to_string();
        crate::content::json::dismantle(json);
        assert_eq!(error, "$: the pattern is nested deeper than 128 levels");
    }
}

#[test]
fn foreign_spellings_are_read() {
    let json = json!({ "a": {
        "pact:matcher:type": ["integer", { "pact:matcher:type": "notEmpty" }],
        "pact:generator:type": "RandomInt", "min": 1, "max": 9, "value": 5
    }});
    let pattern = Pattern::parse(&json).unwrap();
    assert_eq!(rules(&pattern.rules), [r#"$.a AND [{"match":"integer"},{"match":"notEmpty"}]"#]);
    let (path, generator) = &pattern.generators[0];
    assert_eq!(
        (path.to_string().as_str(), generator.to_json()),
        ("$.a", json!({"type": "RandomInt", "min": 1, "max": 9}))
    );
}

#[test]
fn provider_state_values_have_a_generator() {
    let pattern = Pattern::parse(&json!({ "id": from_provider_state("${id}", 7) })).unwrap();
    assert_eq!(pattern.example, json!({ "id": 7 }));
    assert_eq!(rules(&pattern.rules), [r#"$.id AND [{"match":"type"}]"#]);
    let (mut found, mut generators) = (MatchingRules::default(), Generators::default());
    pattern.add_to(Category::Body, None, &mut found, &mut generators);
    let generator = Generator::ProviderState { expression: "${id}".to_owned(), data_type: None };
    let entry = generators.iter().next().unwrap();
    assert_eq!((entry.category.as_str(), entry.key.as_str(), &entry.generator), ("body", "$.id", &generator));
}

#[test]
fn values_that_travel_as_text_become_text() {
    let pattern = Pattern::parse_text(&json!([integer(5), true, "x"])).unwrap();
    assert_eq!(pattern.example, json!(["5", "true", "x"]));
    let (mut found, mut generators) = (MatchingRules::default(), Generators::default());
    pattern.add_to(Category::Query, Some("q"), &mut found, &mut generators);
    let paths: Vec<_> = found.of(Category::Query).map(|entry| entry.path.to_string()).collect();
    assert_eq!(paths, ["$.q[0]"]);
}

#[test]
fn all_problems_are_reported_with_their_places() {
    let json = json!({
        "a": regex("[", "x"),
        "b": regex("[a-z]+", "1"),
        "c": [integer(1.5), each_like("x").min(3).max(2)],
        "d": { "pact:matcher:type": 7 },
        "e": { "pact:matcher:type": "regex", "value": "x" },
        "f": { "pact:generator:type": "ProviderState", "value": 1 },
        "g": array_containing([semver("one")]),
        "h": each_like(1).min(1_000_000_000),
        "i": { "pact:matcher:type": ["type"], "pact:matcher:combine": "XOR" },
    });
    insta::assert_snapshot!(Pattern::parse(&json).unwrap_err(), @r#"
    $.a: the regular expression '[' does not compile: Parsing error at position 9: Invalid character class
    $.b: the example "1" does not match the regular expression '[a-z]+'
    $.c[0]: the example 1.5 does not satisfy its own rule {"match":"integer"}
    $.c[1]: the example ["x","x","x"] does not satisfy its own rule {"match":"type","max":2,"min":3}
    $.d: "pact:matcher:type" is 7: expected a name, an object or a list
    $.e: the rule "regex" needs a text "regex"
    $.f: the generator ProviderState needs a text "expression"
    $.g[0]: in the variant's $: the example "one" does not satisfy its own rule {"match":"semver"}
    $.h: a list of at least 1000000000 items needs an example with as many
    $.i: "pact:matcher:combine" has to be "AND" or "OR"
    "#);
}

#[test]
fn patterns_written_as_json_read_back_the_same() {
    let json =
        json!({ "a": each_like(regex("a+", "aa")), "b": nullable(like(1)), "c": array_containing([integer(1)]) });
    let text: Json = serde_json::from_str(&json.to_string()).unwrap();
    assert_eq!(Pattern::parse(&json).unwrap(), Pattern::parse(&text).unwrap());
}

#[test]
fn schemas_have_to_compile_fit_their_examples_and_hold_no_matchers() {
    for (matcher, message) in [
        (schema("x", 1), "$.a: the schema does not compile: \"x\" is no schema: expected an object"),
        (
            schema(json!({ "items": { "minimum": 3 } }), json!([1])),
            "$.a: the example [1] does not fit its schema: /0: 1 is less than the minimum of 3",
        ),
        (
            schema(json!({}), json!({ "id": integer(1) })),
            "$.a: matchers inside the example of a schema never apply: the schema decides about all of it",
        ),
        (Matcher::named("schema", 1), "$.a: the rule \"schema\" needs a JSON Schema \"schema\""),
    ] {
        assert_eq!(Pattern::parse(&json!({ "a": matcher })).unwrap_err().to_string(), message);
    }
}

#[test]
fn matchers_that_nobody_knows_are_refused_with_the_names_there_are() {
    let (shade, inside) =
        (Matcher::named("colour", "red"), each_key(Matcher::named("colour", "red"), json!({ "a": 1 })));
    for (matcher, place) in [(json!([shade]), "$.a[0]"), (json!(inside), "$.a"), (json!([like(inside)]), "$.a[0]")] {
        let error = Pattern::parse(&json!({ "a": matcher })).unwrap_err().to_string();
        let expected = format!("{place}: there is no matcher \"colour\": there are type, equality, integer, ");
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn optional_is_refused_with_what_to_do_instead() {
    let json =
        json!({ "a": { "pact:matcher:type": "optional", "value": { "pact:matcher:type": "integer", "value": 1 } } });
    insta::assert_snapshot!(Pattern::parse(&json).unwrap_err(), @"$.a: there is no optional: what was agreed has to come, in every version of the specification. leave the member out where the consumer can do without it, use nullable where null may come, or record one interaction with it and one without");
}
