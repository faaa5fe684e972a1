use super::*;

const MINIMAL: &str = r#"{
    "consumer": {"name": "shop"}, "provider": {"name": "stock"}, "extra": [1.0],
    "interactions": [{"description": "d", "request": {"method": "get", "path": "/", "x": 1}, "response": {"status": 200}}],
    "metadata": {"pactSpecification": {"version": "2.0.0"}}
}"#;

#[test]
fn keeps_what_the_specification_does_not_name() {
    let pact = read(MINIMAL.as_bytes()).unwrap();
    let json = to_json(&pact);
    assert_eq!(json["extra"].to_string(), "[1.0]");
    assert_eq!(json["interactions"][0]["request"]["x"], 1);
    assert_eq!(json["interactions"][0]["request"]["method"], "GET");
}

#[test]
fn writing_what_was_read_reads_the_same() {
    let pact = read(MINIMAL.as_bytes()).unwrap();
    for specification in [Specification::V2, Specification::V3, Specification::V4] {
        let pact = Pact { specification, ..pact.clone() };
        assert_eq!(read(&write(&pact)).unwrap(), pact);
    }
}

/// A pact of one response whose `matchingRules`, `body` and headers are these.
fn with_body(specification: &str, body: &str, headers: &str) -> String {
    format!(
        r#"{{"consumer": {{"name": "a"}}, "provider": {{"name": "b"}},
            "interactions": [{{"response": {{"headers": {headers}, "body": {body}}}}}],
            "metadata": {{"pactSpecification": {{"version": "{specification}"}}}}}}"#
    )
}

#[test]
fn odd_bodies_keep_their_bytes_and_type() {
    let json = r#"{"Content-Type": "application/json"}"#;
    for (specification, body, headers, bytes) in [
        ("3.0.0", r#""\"\"""#, json, r#""""#),
        ("3.0.0", r#""\"1\"""#, json, r#""1""#),
        ("3.0.0", r#""null""#, json, "null"),
        ("2.0.0", r#""1""#, json, r#""1""#),
        ("3.0.0", r#""[1]""#, json, r#""[1]""#),
        ("3.0.0", r#""{\"a\":1}""#, json, r#"{"a":1}"#),
        ("3.0.0", r#""a \"b\"""#, json, r#""a \"b\"""#),
        ("4.0", r#"{"content": "[1", "contentType": "application/json", "encoded": "JSON"}"#, "{}", "[1"),
        ("4.0", r#"{"content": "\"\"", "contentType": "application/json", "encoded": "json"}"#, "{}", r#""""#),
        ("4.0", r#"{"content": "null", "contentType": "application/json", "encoded": "JSON"}"#, "{}", "null"),
        ("4.0", r#"{"a": 1}"#, "{}", r#"{"a":1}"#),
    ] {
        let pact = read(with_body(specification, body, headers).as_bytes()).unwrap();
        let response = |pact: &Pact| pact.interactions[0].http().unwrap().response.clone();
        assert_eq!(std::str::from_utf8(response(&pact).body.bytes()).unwrap(), bytes, "{body}");
        let again = read(&write(&pact)).unwrap();
        assert_eq!(response(&again).body.bytes(), bytes.as_bytes(), "{body}");
        assert_eq!(response(&again).body.content_type(), response(&pact).body.content_type(), "{body}");
    }
}

#[test]
fn odd_names_of_rules_are_written_as_they_are_read() {
    let text = with_body("3.0.0", "1", "{}").replace(
        r#""body": 1"#,
        r#""matchingRules": {"header": {"": {"match": "type"}, "$": {"match": "integer"}},
            "metadata": {"$['$x']": {"match": "type"}, "y-z": {"match": "type"}}}"#,
    );
    let pact = read(text.as_bytes()).unwrap();
    assert_eq!(read(&write(&pact)).unwrap(), pact);
}

#[test]
fn deep_nesting_is_an_error_and_never_written() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let error = read(with_body("3.0.0", &nested(10_000), "{}").as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("not JSON: recursion limit exceeded"), "{error}");
    let deep = || (0..10_000).fold(Json::Null, |inner, _| Json::Array(vec![inner]));
    let error = from_json(deep()).unwrap_err().to_string();
    assert_eq!(error, "not a pact: it is nested deeper than 128 levels");
    assert_eq!(read_interaction(deep(), Specification::V4).unwrap_err()[0].message, "nested deeper than 128 levels");

    // a body that is just read as JSON stands deeper in a file
    for specification in [Specification::V3, Specification::V4] {
        let mut pact = read(with_body("3.0.0", "1", r#"{"Content-Type": "application/json"}"#).as_bytes()).unwrap();
        pact.specification = specification;
        let crate::pact::InteractionKind::Http(http) = &mut pact.interactions[0].kind else { panic!("it is HTTP") };
        http.response.body = crate::pact::Body::new(nested(126), Some(crate::pact::ContentType::json()));
        let again = read(&write(&pact)).unwrap();
        assert_eq!(again.interactions[0].http().unwrap().response.body.bytes(), nested(126).as_bytes());
    }
}

#[test]
fn large_files_and_duplicate_keys_do_no_harm() {
    let text = "x".repeat(10_000_000);
    let pact = read(with_body("3.0.0", &format!("\"{text}\""), "{}").as_bytes()).unwrap();
    assert_eq!(read(&write(&pact)).unwrap(), pact);
    let twice = MINIMAL.replacen('{', r#"{"interactions": [{"description": "first"}], "provider": 7, "#, 1);
    assert_eq!(read(twice.as_bytes()).unwrap(), read(MINIMAL.as_bytes()).unwrap());
}

#[test]
fn says_what_is_wrong_with_a_file() {
    for (text, message) in [
        ("", "not JSON: the file is empty at line 1 column 1"),
        ("{\n  \"a\": }", "not JSON: expected value at line 2 column 8"),
        ("[]", "not a pact: the top level is not an object"),
        ("{}", "not a pact: it has neither interactions nor a specification version"),
        (r#"{"interactions": []}"#, "not a pact: it names no consumer"),
        (r#"{"interactions": [], "consumer": {"name": "a"}}"#, "not a pact: it names no provider"),
        (
            r#"{"metadata": {"pactSpecification": {"version": "9.1"}}}"#,
            "pact specification version 9.1 is unknown: 1.0.0, 1.1.0, 2.0.0, 3.0.0 and 4.0 are read",
        ),
        (
            r#"{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [
                {"response": {"status": "abc", "matchingRules": {"body": {"$[": {"match": "type"}}}}}, 7]}"#,
            "interactions[0].response.status: \"abc\" is no status code\n\
             interactions[0].response.matchingRules['body']: expected a quoted name, an index or '*' after '[' at \
             character 3 of path expression '$['\n\
             interactions[1]: expected an object",
        ),
    ] {
        assert_eq!(read(text.as_bytes()).unwrap_err().to_string(), message);
    }
}

#[test]
fn unknown_attributes_of_rules_are_written_back() {
    let rules =
        r#"{"body": {"$.a": {"combine": "AND", "matchers": [{"match": "type"}, {"match": "type", "x-note": [1.0]}]}}}"#;
    let text = with_body("3.0.0", r#"{"a": 1}"#, "{}")
        .replace("\"headers\"", &format!("\"matchingRules\": {rules}, \"headers\""));
    let pact = read(text.as_bytes()).unwrap();
    let written = to_json(&pact);
    assert_eq!(written["interactions"][0]["response"]["matchingRules"].to_string(), rules.replace([' ', '\n'], ""));
    assert_eq!(read(&write(&pact)).unwrap(), pact);
    let v2 = text.replace("3.0.0", "2.0.0").replace(rules, r#"{"$.body.a": {"match": "type", "x-note": 1}}"#);
    let written = to_json(&read(v2.as_bytes()).unwrap());
    assert_eq!(written["interactions"][0]["response"]["matchingRules"]["$.body.a"]["x-note"], 1);
}
