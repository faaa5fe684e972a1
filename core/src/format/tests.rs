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
