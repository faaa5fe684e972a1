//! XML, forms and multipart bodies against their examples and rules.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::format::read_interaction;
use crate::mismatch::Mismatch;
use crate::pact::{Interaction, Specification};
use crate::render::{official_json, words};

const XML: &str = "application/xml";
const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=B";

/// An interaction whose request and response both have this body and these rules, each a rule by its path.
fn interaction(content_type: &str, body: &str, rules: &Json) -> Interaction {
    let lists: serde_json::Map<String, Json> = rules
        .as_object()
        .into_iter()
        .flatten()
        .map(|(path, rule)| (path.clone(), json!({ "matchers": [rule] })))
        .collect();
    let side = json!({
        "method": "POST", "path": "/", "status": 200,
        "headers": { "Content-Type": [content_type] },
        "body": { "content": body, "contentType": content_type, "encoded": false },
        "matchingRules": {
            "body": lists,
            "header": { "Content-Type": { "matchers": [{ "match": "regex", "regex": ".*" }] } }
        }
    });
    let interaction = json!({ "type": "Synchronous/HTTP", "description": "d", "request": side, "response": side });
    read_interaction(interaction, Specification::V4).unwrap()
}

fn check_response(content_type: &str, body: &str, rules: &Json, actual: &[u8]) -> Vec<Mismatch> {
    let interaction = interaction(content_type, body, rules);
    let headers = vec![("Content-Type".into(), content_type.into())];
    let received = ReceivedResponse { status: 200, headers, body: actual };
    ResponsePlan::compile(&interaction.http().unwrap().response).check(&received)
}

fn check_request(content_type: &str, body: &str, rules: &Json, actual: &[u8]) -> Vec<Mismatch> {
    let interaction = interaction(content_type, body, rules);
    let headers = vec![("Content-Type".into(), content_type.into())];
    let received = ReceivedRequest { method: "POST", path: "/", query: None, headers, body: actual };
    RequestPlan::compile(&interaction.http().unwrap().request).check(&received)
}

/// Findings as people read them, and after `=` as scripts do.
fn report(found: &[Mismatch]) -> String {
    found.iter().fold(String::new(), |mut report, mismatch| {
        let official = official_json(mismatch);
        let sentence = official["mismatch"].as_str().unwrap();
        writeln!(report, "{}\n  = {sentence}", words(mismatch)).unwrap();
        report
    })
}

/// Whether responses fit: expected body, rules, actual body, verdict.
#[track_caller]
fn check_all(content_type: &str, cases: &[(&str, Json, &str, bool)]) {
    for (expected, rules, actual, fits) in cases {
        let found = check_response(content_type, expected, rules, actual.as_bytes());
        assert_eq!(found.is_empty(), *fits, "{expected} {rules} {actual}\n{}", report(&found));
    }
}

fn rule(name: &str) -> Json {
    json!({ "match": name })
}

fn regex(regex: &str) -> Json {
    json!({ "match": "regex", "regex": regex })
}

fn min(min: u64) -> Json {
    json!({ "match": "type", "min": min })
}

/// A multipart body with the boundary `B`: the headers and the content of each part.
fn parts(parts: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (headers, content) in parts {
        write!(body, "--B\r\n{headers}\r\n\r\n{content}\r\n").unwrap();
    }
    body + "--B--\r\n"
}

const FIELD: &str = "Content-Disposition: form-data; name=\"f\"";
const FILE: &str = "Content-Disposition: form-data; name=\"f\"; filename=\"x\"";
const JSON_FILE: &str = "Content-Disposition: form-data; name=\"f\"; filename=\"x\"\r\nContent-Type: application/json";

#[test]
fn xml_is_compared_by_meaning() {
    let none = json!({});
    check_all(
        XML,
        &[
            (
                "<a><b>x</b><c d='1'/></a>",
                none.clone(),
                "<?xml version='1.0'?>\n<a>\n <c d=\"1\"></c><b> x </b></a>",
                true,
            ),
            ("<a x='1' y='2'/>", none.clone(), "<a y='2' x='1'/>", true),
            ("<a/>", none.clone(), "<a more='1'><b/></a>", true),
            ("<a/>", none.clone(), "<a>text</a>", false),
            ("<a><b/></a>", none.clone(), "<a><B/></a>", false),
            ("<a><b>1</b><b>2</b></a>", none.clone(), "<a><b>2</b><b>1</b></a>", false),
            ("<a><b>1</b><c>2</c><b>3</b></a>", none.clone(), "<a><b>1</b><b>3</b><c>2</c></a>", true),
            ("<n:a xmlns:n='urn:x' n:i='1'/>", none.clone(), "<m:a xmlns:m='urn:x' m:i='1'/>", true),
            ("<n:a xmlns:n='urn:x'/>", none.clone(), "<n:a xmlns:n='urn:y'/>", false),
            ("<a xmlns:n='urn:x' n:i='1'/>", none.clone(), "<a i='1'/>", false),
            ("<a>é</a>", none, "<a>&#233;</a>", true),
        ],
    );
}

#[test]
fn xml_rules_speak_of_attributes_text_and_elements() {
    check_all(
        XML,
        &[
            ("<a i='1'/>", json!({"$.a['@i']": rule("integer")}), "<a i='22'/>", true),
            ("<a i='1'/>", json!({"$.a.@i": rule("integer")}), "<a i='x'/>", false),
            ("<a><b>1</b></a>", json!({"$.a.b['#text']": regex("\\d")}), "<a><b> 2 </b></a>", true),
            ("<a><b>1</b></a>", json!({"$.a.b['#text']": regex("\\d")}), "<a><b/></a>", false),
            ("<a><b>1</b></a>", json!({"$.a.b": regex("\\d")}), "<a><b>2</b></a>", true),
            ("<a><b>1</b></a>", json!({"$.a.b": regex("\\d")}), "<a><b>x</b></a>", false),
            ("<a><b>1</b></a>", json!({"$.a.b": rule("integer")}), "<a><b>1</b></a>", false),
            ("<a><b>1</b><c>2</c></a>", json!({"$.a.*['#text']": rule("integer")}), "<a><b>5</b><c>6</c></a>", true),
            ("<a><b>1</b></a>", json!({"$.a.b[0]['#text']": rule("integer")}), "<a><b>5</b></a>", false),
            (
                "<a><k>x</k><v>1</v></a>",
                json!({"$.a": rule("type"), "$.a.k['#text']": rule("equality")}),
                "<a><k>y</k><v>2</v></a>",
                false,
            ),
            (
                "<n:a xmlns:n='urn:x'>1</n:a>",
                json!({"$['urn:x:a']['#text']": rule("integer")}),
                "<m:a xmlns:m='urn:x'>7</m:a>",
                true,
            ),
            (
                "<n:a xmlns:n='urn:x'>1</n:a>",
                json!({"$.a['#text']": rule("integer")}),
                "<n:a xmlns:n='urn:x'>7</n:a>",
                false,
            ),
        ],
    );
}

#[test]
fn xml_elements_compared_by_type_may_repeat() {
    check_all(
        XML,
        &[
            ("<a><b i='1'>x</b></a>", json!({"$.a.b": rule("type")}), "<a><b i='2'>y</b><b i='3'>z</b></a>", true),
            ("<a><b i='1'>x</b></a>", json!({"$.a.b": rule("type")}), "<a><b i='2'>y</b><b>z</b></a>", false),
            ("<a><b>1</b><b>2</b></a>", json!({"$.a": rule("type")}), "<a><b>3</b></a>", true),
            ("<a><b/></a>", json!({"$.a.b": rule("type")}), "<a/>", false),
            ("<a><b/></a>", json!({"$.a.b": rule("type")}), "<a><b/><c/></a>", true),
            ("<a><b/></a>", json!({"$.a": rule("type")}), "<a><b/><c/></a>", false),
            ("<a/>", json!({"$": rule("type")}), "<z/>", false),
            ("<a><b/></a>", json!({"$.a": min(2)}), "<a><b/><b/></a>", true),
            ("<a><b/></a>", json!({"$.a": min(2)}), "<a>t<b/></a>", true),
            ("<a><b/></a>", json!({"$.a": min(2)}), "<a><b/></a>", false),
            ("<a><b/></a>", json!({"$.a": {"match": "type", "max": 1}}), "<a><b/><b/></a>", false),
            ("<a><b/></a>", json!({"$.a.b": rule("notEmpty")}), "<a><b/></a>", false),
        ],
    );
}

#[test]
fn xml_requests_bring_nothing_more() {
    let fits = |expected, actual: &str| check_request(XML, expected, &json!({}), actual.as_bytes()).is_empty();
    assert!(fits("<a x='1'><b/></a>", "<a x='1'><!-- c --><b/></a>"));
    assert!(!fits("<a/>", "<a x='1'/>"));
    assert!(!fits("<a/>", "<a><b/></a>"));
    assert!(!fits("<a><b/></a>", "<a><b/><b/></a>"));
    assert!(!fits("<a><b/></a>", "<a><b/><c/></a>"));
    assert!(check_request(XML, "<a><b/></a>", &json!({"$.a": rule("type")}), b"<a><b/><b/></a>").is_empty());
}

#[test]
fn xml_findings_read_well() {
    let rules = json!({
        "$.order.id['#text']": rule("integer"), "$.order.line": min(2), "$.order.note": rule("integer"),
    });
    let expected = "<order state='new'><id>1</id><line><sku>a</sku></line><note>5</note><to/></order>";
    let actual = b"<order><id>x</id><line><sku>b</sku></line><note>5</note></order>";
    insta::assert_snapshot!(report(&check_response(XML, expected, &rules, actual)), @r#"
    $.order['@state']
      - expected an attribute state="new"
      + but got none
      = Expected attribute 'state'='new' but was missing
    $.order.id['#text']
      - expected an integer like "1"
      + but got "x"
      = Expected 'x' to match an integer number
    $.order.line
      - expected at least 2 children
      + but got 1: <line><sku>b</sku></line>
      = Expected 'line' to have at least 2 children
    $.order.note
      - expected an integer
      + but got the element <note>5</note>; rules on values belong to its ['#text'] or to an ['@attribute']
      = Unable to match Element <note/> using integer
    $.order
      - expected a child <to/>
      + but got none
      = Expected child <to/> but was missing
    "#);
    insta::assert_snapshot!(report(&check_request(XML, "<a/>", &json!({}), b"<a x='1'>t<b y='2'>u</b></a>")), @r#"
    $.a['@x']
      - expected no attribute x
      + but got "1"
      = Unexpected attribute 'x'
    $.a['#text']
      - expected ""
      + but got "t"
      = Expected 't' to be equal to ''
    $.a
      - expected no child <b>
      + but got <b y="2">u</b>
      = Unexpected child <b/>
    "#);
    insta::assert_snapshot!(report(&check_response(XML, "<a/>", &json!({}), b"<b/>")), @r#"
    $.a
      - expected the element <a>
      + but got <b>
      = Expected 'a' to be equal to 'b'
    "#);
    insta::assert_snapshot!(report(&check_response(XML, "<a b='c'/>", &json!({}), b"<a>")), @r#"
    $
      - expected "<a b=\"c\"/>"
      + but got a body that cannot be read (not well-formed XML: the root node was opened but never closed): "<a>"
      = Failed to parse the actual body: 'not well-formed XML: the root node was opened but never closed'
    "#);
}

#[test]
fn forms_are_compared_like_queries() {
    let none = json!({});
    check_all(
        FORM,
        &[
            ("a=1&b=x+y", none.clone(), "b=x%20y&a=1", true),
            ("a=1", none.clone(), "a=1&b=2", false),
            ("a=1&a=2", none.clone(), "a=2&a=1", false),
            ("a=&b", none, "a&b=", true),
            ("a=1&b=x", json!({"$.a": regex("\\d+")}), "a=55&b=x", true),
            ("a=1", json!({"$.a": regex("\\d+")}), "a=5&a=6", true),
            ("a=1&a=2", json!({"$.a": regex("\\d+")}), "a=5", true),
            ("a=1", json!({"$.a[*]": regex("\\d+")}), "a=5&a=6", false),
            ("a=1&a=2", json!({"$.a[0]": rule("integer")}), "a=5&a=2", true),
            ("a=1&a=2", json!({"$.a[0]": rule("integer")}), "a=5&a=3", false),
            ("a=1", json!({"$.a": min(2)}), "a=5", false),
            ("a=1", json!({"$.a": min(2)}), "a=5&a=6", true),
            ("a=1", json!({"$": rule("type")}), "a=5&b=6", false),
            ("a-b=1", json!({"$['a-b']": rule("integer")}), "a-b=7", true),
        ],
    );
}

#[test]
fn form_findings_read_well() {
    let rules = json!({ "$.n": rule("integer") });
    let found = check_response(FORM, "a=1&b=x&c=1&c=2&n=1", &rules, b"a=2&c=1&d=4&n=x");
    insta::assert_snapshot!(report(&found), @r#"
    $.a[0]
      - expected "1"
      + but got "2"
      = Expected form post parameter 'a' with value '1' but was '2'
    $.b
      - expected a form parameter "b" with "x"
      + but got none
      = Expected form post parameter 'b' but was missing
    $.c[1]
      - expected "2"
      + but got nothing
      = Expected form post parameter 'c' value '2' but was missing
    $.c
      - expected 2 items: ["1","2"]
      + but got 1: ["1"]
      = Expected form post parameter 'c' with 2 value(s) but received 1 value(s)
    $.n[0]
      - expected an integer like "1"
      + but got "x" (a string)
      = Expected 'x' to match an integer number
    $.d
      - expected no form parameter "d"
      + but got "4"
      = Unexpected form post parameter 'd' received
    "#);
}

#[test]
fn parts_are_compared_by_name() {
    let none = json!({});
    let type_of = |content_type: &str| format!("{FIELD}\r\nContent-Type: {content_type}");
    let (plain, html) = (type_of("text/plain"), type_of("text/html"));
    let other = "Content-Disposition: form-data; name=g";
    for (expected, rules, actual, fits) in [
        (parts(&[(FIELD, "1"), (other, "2")]), none.clone(), parts(&[(other, "2"), (FIELD, "1"), (FILE, "")]), true),
        (parts(&[(FIELD, "1")]), none.clone(), parts(&[(FIELD, "2")]), false),
        (parts(&[(FIELD, "1")]), none.clone(), parts(&[(other, "1")]), false),
        (parts(&[(FIELD, "1")]), none.clone(), parts(&[(FILE, "1")]), false),
        (parts(&[(FIELD, "1"), (FIELD, "2")]), none.clone(), parts(&[(FIELD, "1"), (FIELD, "2")]), true),
        (parts(&[(FIELD, "1"), (FIELD, "2")]), none.clone(), parts(&[(FIELD, "2"), (FIELD, "1")]), false),
        (parts(&[(&plain, "1")]), none.clone(), parts(&[(FIELD, "1")]), true),
        (parts(&[(&plain, "1")]), none.clone(), parts(&[(&html, "1")]), false),
        (parts(&[(&plain, "1")]), json!({"$.f['content-type']": regex("text/.*")}), parts(&[(&html, "1")]), true),
        (parts(&[(FIELD, "1")]), json!({"$.f": rule("integer")}), parts(&[(FIELD, "22")]), true),
        (parts(&[(FIELD, "1")]), json!({"$.f": rule("integer")}), parts(&[(FIELD, "x")]), false),
        (parts(&[(FILE, "{}")]), none.clone(), parts(&[(FILE, "{ }")]), false),
        (parts(&[(JSON_FILE, "{\"a\":1}")]), none.clone(), parts(&[(JSON_FILE, "{ \"a\": 1 }")]), true),
        (
            parts(&[(JSON_FILE, "{\"a\":1}")]),
            json!({"$.f.a": rule("integer")}),
            parts(&[(JSON_FILE, "{\"a\":5}")]),
            true,
        ),
        (
            parts(&[(JSON_FILE, "{\"a\":1}")]),
            json!({"$.f.a": rule("integer")}),
            parts(&[(JSON_FILE, "{\"a\":\"5\"}")]),
            false,
        ),
        (parts(&[("X-A: 1", "1")]), none.clone(), parts(&[("X-A: 1", "1")]), true),
        (parts(&[("X-A: 1", "1")]), none.clone(), parts(&[("X-A: 1", "2")]), false),
        (parts(&[(FIELD, "1")]), none, "nothing of the kind".to_owned(), false),
    ] {
        check_all(PARTS, &[(&expected, rules, &actual, fits)]);
    }
}

#[test]
fn parts_may_have_parts() {
    let outer = format!("{FILE}\r\nContent-Type: multipart/mixed; boundary=C");
    let inner = |number: &str| {
        parts(&[(&outer, &format!("--C\r\n{JSON_FILE}\r\n\r\n{{\"a\": {number}}}\r\n--C\r\n\r\nx\r\n--C--"))])
    };
    check_all(
        PARTS,
        &[
            (&inner("1"), json!({}), &inner("1 "), true),
            (&inner("1"), json!({}), &inner("2"), false),
            (&inner("1"), json!({"$.f.f.a": rule("integer")}), &inner("2"), true),
            (&inner("1"), json!({"$.f.f.a": rule("integer")}), &inner("2.5"), false),
        ],
    );
}

#[test]
fn the_boundary_is_anybodys_choice() {
    let interaction = interaction("multipart/form-data; boundary=B", &parts(&[(FIELD, "1")]), &json!({}));
    let plan = ResponsePlan::compile(&interaction.http().unwrap().response);
    let body = parts(&[(FIELD, "1")]).replace("--B", "--other one");
    let headers = vec![("content-type".into(), "multipart/form-data; boundary=\"other one\"".into())];
    assert_eq!(plan.check(&ReceivedResponse { status: 200, headers, body: body.as_bytes() }), []);
}

#[test]
fn part_findings_read_well() {
    let text_type = format!("{FIELD}\r\nContent-Type: text/plain\r\nX-A: 1");
    let json_file = JSON_FILE.replace("\"f\"", "\"meta\"");
    let photo = FILE.replace("\"f\"", "\"photo\"");
    let note = FIELD.replace("\"f\"", "\"note\"");
    let count = FIELD.replace("\"f\"", "\"count\"");
    let expected =
        parts(&[(&text_type, "1"), (&json_file, "{\"a\":1}"), (&photo, "x"), (&note, "hello"), (&count, "1")]);
    let as_html = text_type.replace("plain", "html").replace("X-A", "X-B");
    let as_field = FIELD.replace("\"f\"", "\"photo\"");
    let actual = parts(&[(&as_html, "1"), (&json_file, "{\"a\":2}"), (&as_field, "x"), (&count, "many")]);
    let rules = json!({ "$.count": rule("integer") });
    insta::assert_snapshot!(report(&check_response(PARTS, &expected, &rules, actual.as_bytes())), @r#"
    $.f['content-type']
      - expected "text/plain"
      + but got "text/html"
      = MIME part 'f': header 'content-type': Expected 'text/html' to be equal to 'text/plain'
    $.f['x-a']
      - expected a part header x-a: 1
      + but got none
      = MIME part 'f': Expected multipart header 'x-a' with value '1' but was missing
    $.meta.a
      - expected 1
      + but got 2
      = MIME part 'meta': Expected 2 (Integer) to be equal to 1 (Integer)
    $
      - expected a file named "photo"
      + but got a field of that name
      = Expected a MIME file 'photo' but was field
    $
      - expected a form field named "note"
      + but got none
      = Expected a MIME part 'note' but was missing
    $.count
      - expected an integer like "1"
      + but got "many" (a string)
      = Expected 'many' to match an integer number
    "#);
    insta::assert_snapshot!(report(&check_response(PARTS, &parts(&[(FIELD, "1")]), &json!({}), b"--B\n")), @r#"
    $
      - expected ["f"]
      + but got a body that cannot be read (there is no line --B that ends in CRLF): "--B\n"
      = Failed to parse the actual body: 'there is no line --B that ends in CRLF'
    "#);
}

/// Elements with attributes, text and children, as text.
fn elements() -> impl Strategy<Value = String> {
    let leaf = ("[a-c]", proptest::option::of("[a-z0-9]{0,3}"), "[a-z &]{0,4}").prop_map(|(name, attribute, text)| {
        let attribute = attribute.map(|value| format!(" i=\"{value}\"")).unwrap_or_default();
        format!("<{name}{attribute}>{}</{name}>", text.replace('&', "&amp;"))
    });
    leaf.prop_recursive(4, 24, 4, |inner| {
        ("[a-c]", proptest::collection::vec(inner, 0..4))
            .prop_map(|(name, children)| format!("<{name}>{}</{name}>", children.concat()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_xml_example_matches_itself(example in elements()) {
        for rules in [json!({}), json!({"$": rule("type")})] {
            prop_assert_eq!(report(&check_response(XML, &example, &rules, example.as_bytes())), "");
            prop_assert_eq!(report(&check_request(XML, &example, &rules, example.as_bytes())), "");
        }
    }

    #[test]
    fn a_form_example_matches_itself(example in "[a-c&=+%0-9]{1,16}") {
        for rules in [json!({}), json!({"$": rule("type")})] {
            prop_assert_eq!(report(&check_response(FORM, &example, &rules, example.as_bytes())), "");
            prop_assert_eq!(report(&check_request(FORM, &example, &rules, example.as_bytes())), "");
        }
    }

    #[test]
    fn a_multipart_example_matches_itself(contents in proptest::collection::vec(("[a-c]", any::<bool>(), "[a-z\r\n -]{0,8}"), 0..5)) {
        let headers: Vec<(String, &str)> = contents.iter().map(|(name, is_file, content)| {
            let file = if *is_file { "; filename=x\r\nContent-Type: text/plain" } else { "" };
            (format!("Content-Disposition: form-data; name={name}{file}"), content.as_str())
        }).collect();
        let example = parts(&headers.iter().map(|(headers, content)| (headers.as_str(), *content)).collect::<Vec<_>>());
        prop_assert_eq!(report(&check_response(PARTS, &example, &json!({}), example.as_bytes())), "");
    }

    #[test]
    fn nothing_that_comes_causes_a_panic(bytes: Vec<u8>) {
        for (content_type, example) in [(XML, "<a/>".to_owned()), (FORM, "a=1".to_owned()), (PARTS, parts(&[(FIELD, "1")]))] {
            let found = check_response(content_type, &example, &json!({}), &bytes);
            prop_assert_eq!(report(&found).is_empty(), found.is_empty());
        }
    }
}
