//! Every generator: spelled as it was read, and its values satisfy the rules they stand beside.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Context, Expression, Generator, Generators, Mode, apply_to_message, apply_to_request, apply_to_response};
use crate::pact::{Body, ContentType, HttpRequest, HttpResponse, Message};
use crate::rule::{Category, MatchingRules, Rule, Typing};
use crate::value::Value;

fn context(seed: u64) -> Context {
    Context {
        provider_state: json!({ "id": 7, "name": "Bo" }).as_object().unwrap().clone(),
        now: Some("2000-01-01T10:00:00Z[UTC]".parse().unwrap()),
        seed: Some(seed),
        mock_server_url: Some("http://127.0.0.1:8080".to_owned()),
        mode: Mode::Provider,
    }
}

/// A generator and a rule that all its values satisfy.
fn generators_and_rules() -> Vec<(Json, Json)> {
    let hyphenated = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
    vec![
        (json!({"type": "RandomInt", "min": -5, "max": 5}), json!({"match": "regex", "regex": "-?[0-5]"})),
        (json!({"type": "RandomInt"}), json!({"match": "integer"})),
        (json!({"type": "RandomDecimal", "digits": 6}), json!({"match": "decimal"})),
        (json!({"type": "RandomDecimal", "digits": 6}), json!({"match": "regex", "regex": r"[\d.]{7}"})),
        (json!({"type": "RandomDecimal", "digits": 1}), json!({"match": "decimal"})),
        (json!({"type": "RandomHexadecimal", "digits": 8}), json!({"match": "regex", "regex": "[0-9A-F]{8}"})),
        (json!({"type": "RandomString", "size": 12}), json!({"match": "regex", "regex": "[0-9A-Za-z]{12}"})),
        (json!({"type": "RandomBoolean"}), json!({"match": "boolean"})),
        (json!({"type": "Uuid"}), json!({"match": "regex", "regex": hyphenated})),
        (json!({"type": "Uuid", "format": "simple"}), json!({"match": "regex", "regex": "[0-9a-f]{32}"})),
        (json!({"type": "Uuid", "format": "lower-case-hyphenated"}), json!({"match": "regex", "regex": hyphenated})),
        (
            json!({"type": "Uuid", "format": "upper-case-hyphenated"}),
            json!({"match": "regex", "regex": hyphenated.replace("a-f", "A-F").replace("89ab", "89AB")}),
        ),
        (
            json!({"type": "Uuid", "format": "URN"}),
            json!({"match": "regex", "regex": format!("urn:uuid:{hyphenated}")}),
        ),
        (json!({"type": "Date"}), json!({"match": "date"})),
        (json!({"type": "Time"}), json!({"match": "time"})),
        (json!({"type": "DateTime"}), json!({"match": "datetime"})),
        (
            json!({"type": "Date", "format": "dd/MM/yyyy", "expression": "today + 1 day"}),
            json!({"match": "date", "format": "dd/MM/yyyy"}),
        ),
    ]
}

/// Expressions in which nothing has to be tried twice, and some that need luck.
const EXPRESSIONS: [&str; 14] = [
    r"\d{4}-\d{2}",
    "^[A-Z]{3}[0-9]*$",
    "(a|bc)+d?",
    "w-.+",
    r"\w{2,5}@example\.(com|org)",
    "[^a-z]{3}",
    "(?i)hello",
    "",
    "x{0}",
    r"\bword\b",
    r"\p{Greek}{2}",
    r"(?:\+|-)?\d+(?:\.\d+)?",
    "é+",
    r"https?://[a-z]+(/[a-z]+)*",
];

proptest! {
    // compiling expressions takes most of the time
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn values_satisfy_their_rules(seed: u64) {
        for (generator, rule) in generators_and_rules() {
            let value = Generator::from_json(&generator).generate(&context(seed)).unwrap();
            let rule = Rule::from_json(&rule).unwrap();
            let outcome = rule.check(&Value::Null, &Value::from(value.clone()), Typing::Typed);
            prop_assert!(outcome.is_ok(), "{} gave {}, not {:?}", generator, value, rule);
        }
    }

    #[test]
    fn texts_match_their_expressions(seed: u64) {
        for pattern in EXPRESSIONS {
            let generator = Generator::from_json(&json!({"type": "Regex", "regex": pattern}));
            let value = generator.generate(&context(seed)).unwrap();
            let regex = crate::rule::Regex::new(pattern).unwrap();
            prop_assert!(regex.is_match(value.as_str().unwrap()), "{} gave {}", pattern, value);
        }
    }

    #[test]
    fn no_expression_panics(expression in "(today|next|last|monday|jan|[+@-]|[0-9]{1,20}|days?|hour|o'clock|é| ){0,8}") {
        let now = context(0).now.unwrap();
        for parsed in [Expression::parse(&expression), Expression::parse_time(&expression)] {
            match parsed {
                Ok(parsed) => drop(parsed.apply(&now)),
                Err(error) => prop_assert!((1..=expression.chars().count() + 1).contains(&error.at), "{}", error),
            }
        }
    }

    #[test]
    fn no_regex_panics(pattern in "[a-c(){}*+?|\\[\\]^$\\\\0-9,.-]{0,16}", seed: u64) {
        let generator = Generator::from_json(&json!({"type": "Regex", "regex": pattern}));
        let _ = generator.generate(&context(seed));
    }
}

#[test]
fn expressions_count_from_now() {
    let now = context(0).now.unwrap();
    for (expression, expected) in [
        ("", "2000-01-01T10:00:00"),
        ("now", "2000-01-01T10:00:00"),
        ("yesterday", "1999-12-31T10:00:00"),
        ("tomorrow+ 4 years", "2004-01-02T10:00:00"),
        ("+ 1 week", "2000-01-08T10:00:00"),
        ("- 2 weeks", "1999-12-18T10:00:00"),
        ("next week", "2000-01-08T10:00:00"),
        ("last month", "1999-12-01T10:00:00"),
        ("next fortnight", "2000-01-15T10:00:00"),
        ("next monday", "2000-01-03T10:00:00"),
        ("next saturday", "2000-01-08T10:00:00"),
        ("last wednesday", "1999-12-29T10:00:00"),
        ("next mon", "2000-01-03T10:00:00"),
        ("last december", "1999-12-01T10:00:00"),
        ("next jan", "2001-01-01T10:00:00"),
        ("next june + 2 weeks", "2000-06-15T10:00:00"),
        ("last december + 2 weeks + 4 days", "1999-12-19T10:00:00"),
        ("+ 1 day - 2 weeks", "1999-12-19T10:00:00"),
        ("@ now", "2000-01-01T10:00:00"),
        ("@ midnight", "2000-01-01T00:00:00"),
        ("now @ noon", "2000-01-01T12:00:00"),
        ("@ 2 o'clock", "2000-01-01T14:00:00"),
        ("now @ 11 o'clock", "2000-01-01T11:00:00"),
        ("@ 22 o'clock", "2000-01-01T22:00:00"),
        ("@ 1 o'clock pm", "2000-01-01T13:00:00"),
        ("@ 1 o'clock am", "2000-01-01T01:00:00"),
        ("@ 12 o'clock am", "2000-01-01T12:00:00"),
        ("@ - 2 minutes", "2000-01-01T09:58:00"),
        ("@ + 4 milliseconds", "2000-01-01T10:00:00.004"),
        ("@ next hour", "2000-01-01T11:00:00"),
        ("today + 1 day @ midnight + 3 minutes last second", "2000-01-02T00:02:59"),
        ("+ 2 weeks - 1 day @ + 1 hour", "2000-01-14T11:00:00"),
        ("NEXT Monday", "2000-01-03T10:00:00"),
    ] {
        let moment = Expression::parse(expression).unwrap().apply(&now).unwrap();
        assert_eq!(moment.datetime().to_string(), expected, "{expression}");
    }
    assert!(Expression::parse("+ 9999 years").unwrap().apply(&now).is_none());
    let now = "2026-08-31T03:26:00Z[UTC]".parse().unwrap();
    for (expression, expected) in [
        ("next february", "2027-02-01T03:26:00"),
        ("last sept", "2025-09-01T03:26:00"),
        ("next august", "2027-08-01T03:26:00"),
        ("- 2 months", "2026-06-30T03:26:00"),
        ("+ 6 months", "2027-02-28T03:26:00"),
        ("today @ 4 o'clock", "2026-08-31T04:00:00"),
        ("today @ 3 o'clock", "2026-08-31T15:00:00"),
        ("@ 23 o'clock + 2 hours", "2026-09-01T01:00:00"),
    ] {
        let moment = Expression::parse(expression).unwrap().apply(&now).unwrap();
        assert_eq!(moment.datetime().to_string(), expected, "{expression}");
    }
}

#[test]
fn what_is_no_expression_says_where() {
    let mut messages = String::new();
    for expression in [
        "today day",
        "+",
        "+ day",
        "+ 1",
        "+ 1 hour",
        "next",
        "next foo",
        "@ 25 o'clock",
        "@ 13 o'clock pm",
        "@ 1",
        "@ noon noon",
        "today ; drop",
        "+ 99999999999999999999 days",
    ] {
        messages.push_str(&format!("{}\n", Expression::parse(expression).unwrap_err()));
    }
    messages.push_str(&format!("{}\n", Expression::parse_time("tomorrow").unwrap_err()));
    insta::assert_snapshot!(messages, @r#"
    expected +, -, next, last or @ at character 7 of "today day"
    expected a number at character 2 of "+"
    expected a number at character 3 of "+ day"
    expected days, weeks, months or years at character 4 of "+ 1"
    expected days, weeks, months or years at character 5 of "+ 1 hour"
    expected day, week, fortnight, month, year, a weekday or a month at character 5 of "next"
    expected day, week, fortnight, month, year, a weekday or a month at character 6 of "next foo"
    expected an hour from 0 to 23 at character 3 of "@ 25 o'clock"
    expected an hour from 1 to 12 at character 3 of "@ 13 o'clock pm"
    expected o'clock at character 4 of "@ 1"
    expected +, -, next, last or @ at character 8 of "@ noon noon"
    expected +, -, next, last or @ at character 7 of "today ; drop"
    expected a smaller number at character 3 of "+ 99999999999999999999 days"
    expected +, -, next or last at character 1 of "tomorrow"
    "#);
}

#[test]
fn files_are_written_back_with_all_attributes() {
    let file = json!({
        "path": {"type": "ProviderState", "expression": "/u/${id}", "dataType": "STRING", "extra": 1},
        "header": {"X-Id": {"type": "RandomHexadecimal", "digits": "8"}},
        "body": {
            "$.a": {"type": "RandomInt", "max": 5, "note": "x"},
            "$.b": {"type": "Uuid", "format": "unheard-of"},
            "$.c": {"type": "Frobnicate", "by": 2},
            "$.d": {"type": "DateTime", "expression": "next ;"},
        },
    });
    let generators = Generators::from_json(Some(&file));
    let mut written = serde_json::Map::new();
    generators.write(&mut written);
    assert_eq!(written["generators"], file);
}

#[test]
fn generators_are_spelled_as_they_are_read() {
    for (generator, _) in generators_and_rules() {
        let written = Generator::from_json(&generator).to_json();
        for (name, value) in generator.as_object().unwrap() {
            assert_eq!(&written[name], value, "{generator}");
        }
        assert_eq!(Generator::from_json(&written), Generator::from_json(&generator));
    }
}

#[test]
fn defects_are_named() {
    let defect = |json: Json| Generator::from_json(&json).defect();
    assert_eq!(defect(json!({"type": "Date", "expression": "today + 1 day"})), None);
    let bad = defect(json!({"type": "Date", "expression": "someday"})).unwrap();
    assert_eq!(bad, r#"expected +, -, next, last or @ at character 1 of "someday""#);
    assert!(defect(json!({"type": "Time", "format": "HH:nope"})).is_some());
    assert!(defect(json!({"type": "Regex", "regex": "("})).is_some());
}

fn body(json: &Json) -> Body {
    Body::new(json.to_string(), Some(ContentType::json()))
}

fn parsed(body: &Body) -> Json {
    serde_json::from_slice(body.bytes()).unwrap()
}

#[test]
fn responses_get_values_of_their_examples_types() {
    let mut response = HttpResponse {
        status: 200,
        body: body(&json!({ "n": 1, "s": "1", "items": [{"id": "x"}, {"id": "y"}], "at": 20000101, "kept": "k" })),
        ..HttpResponse::default()
    };
    response.headers.insert("X-Id".to_owned(), vec!["a".to_owned()]);
    response.generators = Generators::from_json(Some(&json!({
        "status": {"type": "RandomInt", "min": 201, "max": 201},
        "header": {"x-id": {"type": "RandomString", "size": 4}},
        "body": {
            "$.n": {"type": "RandomInt", "min": 50, "max": 59},
            "$.s": {"type": "RandomInt", "min": 50, "max": 59},
            "$.items[*].id": {"type": "Uuid", "format": "simple"},
            "$.at": {"type": "Date", "format": "yyyyMMdd", "expression": "tomorrow"},
            "$.kept": {"type": "Frobnicate"},
            "$.absent": {"type": "Uuid"},
        },
    })));
    let result = apply_to_response(&response, &context(1));
    assert_eq!(result.status, 201);
    assert_eq!(result.headers["X-Id"][0].len(), 4);
    let body = parsed(&result.body);
    assert!((50..=59).contains(&body["n"].as_i64().unwrap()));
    assert!(body["s"].as_str().unwrap().starts_with('5'));
    assert_ne!(body["items"][0]["id"], body["items"][1]["id"]);
    assert_eq!(body["at"], json!(20_000_102));
    assert_eq!(body["kept"], json!("k"));
    assert!(body.get("absent").is_none());
    assert_eq!(apply_to_response(&response, &context(1)).body, result.body, "the seed decides");
    assert_eq!(apply_to_response(&response, &Context::default()).body, response.body, "nothing to draw on");
}

#[test]
fn provider_states_speak_on_the_providers_side() {
    let mut request =
        HttpRequest { path: "/u/1".to_owned(), body: body(&json!({"id": "1"})), ..HttpRequest::default() };
    request.generators = Generators::from_json(Some(&json!({
        "path": {"type": "ProviderState", "expression": "/u/${id}"},
        "query": {"token": {"type": "ProviderState", "expression": "${name}"}},
        "body": {"$.id": {"type": "ProviderState", "expression": "${id}", "dataType": "STRING"}},
    })));
    let result = apply_to_request(&request, &context(1));
    assert_eq!((result.path.as_str(), result.query["token"][0].as_deref()), ("/u/7", Some("Bo")));
    assert_eq!(parsed(&result.body), json!({"id": "7"}));
    let consumer = Context { mode: Mode::Consumer, ..context(1) };
    assert_eq!(apply_to_request(&request, &consumer), request);
}

#[test]
fn variants_have_generators_of_their_own() {
    let rule = json!({ "match": "arrayContains", "variants": [
        { "index": 1, "rules": {}, "generators": {
            "$.href": {"type": "MockServerURL", "regex": ".*(/o/\\d+)$", "example": "http://localhost:1/o/1"} } },
    ]});
    let mut rules = MatchingRules::default();
    let path = crate::path::PathExpression::parse("$.links").unwrap();
    rules.add(Category::Body, path, Rule::from_json(&rule).unwrap().into());
    let links = json!({"links": [{"href": "a"}, {"href": "b"}]});
    let message = Message { contents: body(&links), rules, ..Message::default() };
    let result = apply_to_message(&message, &context(1));
    assert_eq!(parsed(&result.contents), json!({"links": [{"href": "a"}, {"href": "http://127.0.0.1:8080/o/1"}]}));
}

#[test]
fn clock_seed_and_states_decide_every_value() {
    let regex = r"\d{3}-(a|b)";
    let url = json!({ "type": "MockServerURL", "regex": ".*(/o/\\d+)$", "example": "http://localhost:1/o/1" });
    let generators = [
        json!({ "type": "RandomInt", "min": 1, "max": 100 }),
        json!({ "type": "RandomDecimal", "digits": 5 }),
        json!({ "type": "RandomHexadecimal", "digits": 6 }),
        json!({ "type": "RandomString", "size": 6 }),
        json!({ "type": "RandomBoolean" }),
        json!({ "type": "Regex", "regex": regex }),
        json!({ "type": "Uuid", "format": "simple" }),
        json!({ "type": "Date" }),
        json!({ "type": "Date", "format": "EEE dd MMM yyyy", "expression": "next monday" }),
        json!({ "type": "Time" }),
        json!({ "type": "Time", "format": "HH:mm:ss", "expression": "+ 90 minutes" }),
        json!({ "type": "DateTime" }),
        json!({ "type": "DateTime", "format": "yyyy-MM-dd HH:mm", "expression": "today + 1 day @ 10 o'clock" }),
        json!({ "type": "ProviderState", "expression": "/users/${id}/${name}" }),
        json!({ "type": "ProviderState", "expression": "${id}" }),
        json!({ "type": "ProviderState", "expression": "id", "dataType": "STRING" }),
        url,
    ];
    let mut values = String::new();
    for json in &generators {
        let generator = Generator::from_json(json);
        let value = generator.generate(&context(7)).unwrap();
        assert_eq!(generator.generate(&context(7)), Some(value.clone()), "{json}");
        values.push_str(&format!("{}: {value}\n", json["type"].as_str().unwrap()));
    }
    insta::assert_snapshot!(values, @r#"
    RandomInt: 78
    RandomDecimal: 3469.2
    RandomHexadecimal: "746AF3"
    RandomString: "vNsdHK"
    RandomBoolean: false
    Regex: "490-a"
    Uuid: "c5fc598e707e4291b8f4d74b451e8c20"
    Date: "2000-01-01"
    Date: "Mon 03 Jan 2000"
    Time: "10:00:00"
    Time: "11:30:00"
    DateTime: "2000-01-01T10:00:00Z"
    DateTime: "2000-01-02 22:00"
    ProviderState: "/users/7/Bo"
    ProviderState: 7
    ProviderState: "7"
    MockServerURL: "http://127.0.0.1:8080/o/1"
    "#);
}

#[test]
fn every_part_of_requests_and_messages_gets_values() {
    let state = |name: &str| json!({ "type": "ProviderState", "expression": name });
    let mut request = HttpRequest { path: "/u/1".to_owned(), ..HttpRequest::default() };
    request.headers.insert("X-List".to_owned(), vec!["a".to_owned(), "b".to_owned()]);
    request.query.insert("q".to_owned(), vec![Some("1".to_owned()), Some("2".to_owned())]);
    request.body = Body::new("<a b='1'><c>x</c></a>", Some(ContentType::new("application/xml")));
    request.generators = Generators::from_json(Some(&json!({
        "path": state("/u/${id}"), "header": { "x-list[1]": state("${name}") }, "query": { "$.q[1]": state("${id}") },
        "body": { "$.a['@b']": state("${id}"), "$.a.c['#text']": state("${name}") },
    })));
    let result = apply_to_request(&request, &context(1));
    assert_eq!(result.path, "/u/7");
    assert_eq!(result.headers["X-List"], ["a", "Bo"]);
    assert_eq!(result.query["q"], [Some("1".to_owned()), Some("7".to_owned())]);
    assert_eq!(result.body.bytes(), b"<a b='7'><c>Bo</c></a>");
    let mut message = Message::default();
    message.metadata.insert("key".to_owned(), json!("k"));
    message.contents = Body::new("a=1&b=x%20y&a=2&c", Some(ContentType::new("application/x-www-form-urlencoded")));
    message.generators = Generators::from_json(Some(&json!({
        "metadata": { "key": state("${name}") },
        "body": { "$.a[1]": state("a & ${name}"), "$.b": state("${id}"), "$['c']": state("${name}") },
    })));
    let result = apply_to_message(&message, &context(1));
    assert_eq!(result.metadata["key"], "Bo");
    assert_eq!(result.contents.bytes(), b"a=1&b=7&a=a+%26+Bo&c=Bo");
    let kept = Message { contents: Body::new("7", Some(ContentType::new("text/plain"))), ..message.clone() };
    let everywhere = Generators::from_json(Some(&json!({ "body": { "$": state("${name}") } })));
    let kept = Message { generators: everywhere, ..kept };
    assert_eq!(apply_to_message(&kept, &context(1)).contents, kept.contents, "text has no places");
}
