//! What each kind of finding reads like, made by real comparisons: in words, and as data.

use serde_json::{Value as Json, json};

use super::{mismatch_json, words};
use crate::format;
use crate::mismatch::Mismatch;
use crate::pact::HttpInteraction;
use crate::plan::{
    MessagePlan, ReceivedMessage, ReceivedRequest, ReceivedResponse, RequestPlan, ResponsePlan, Unexpected,
};

fn interaction(interaction: Json) -> crate::pact::Interaction {
    let pact = json!({
        "consumer": { "name": "a" }, "provider": { "name": "b" }, "interactions": [interaction],
        "metadata": { "pactSpecification": { "version": "4.0" } }
    });
    format::read(pact.to_string().as_bytes()).unwrap().interactions.remove(0)
}

fn http(request: Json, response: Json) -> HttpInteraction {
    interaction(json!({ "description": "d", "request": request, "response": response })).http().unwrap().clone()
}

fn rule(rule: Json) -> Json {
    json!({ "matchers": [rule] })
}

/// What comes instead of an agreed body of that type.
fn bodies(content_type: &str, expected: Json, rules: Json, actual: &[u8]) -> Vec<Mismatch> {
    let response = json!({
        "status": 200, "headers": { "Content-Type": [content_type] },
        "body": { "content": expected, "contentType": content_type, "encoded": false }, "matchingRules": { "body": rules }
    });
    let plan = ResponsePlan::compile(&http(json!({}), response).response);
    let headers = vec![("content-type".into(), content_type.to_owned().into())];
    plan.check(&ReceivedResponse { status: 200, headers, body: actual })
}

fn json_bodies(expected: Json, rules: Json, actual: Json) -> Vec<Mismatch> {
    bodies("application/json", expected, rules, actual.to_string().as_bytes())
}

/// Each finding in words, then as data.
fn told(found: &[Mismatch]) -> String {
    let told = |mismatch: &Mismatch| format!("{}\n{}\n", words(mismatch), mismatch_json(mismatch));
    found.iter().map(told).collect()
}

#[test]
fn values_in_json() {
    let found = json_bodies(
        json!({ "equal": "a", "kind": 1, "text": "1", "gone": [1], "count": [1, 2], "deep": { "x": [true] } }),
        json!({}),
        json!({ "equal": "b", "kind": "1", "text": 1, "count": [1], "deep": { "x": {} } }),
    );
    insta::assert_snapshot!(told(&found), @r#"
    $.gone
      - expected [1]
      + but got nothing
    {"part":"body","location":"$.gone","kind":"missing","rule":null,"expected":[1],"actual":null,"text":"expected [1], but got nothing"}
    $.equal
      - expected "a"
      + but got "b"
    {"part":"body","location":"$.equal","kind":"not-equal","rule":null,"expected":"a","actual":"b","text":"expected \"a\", but got \"b\""}
    $.kind
      - expected 1
      + but got "1" (a string)
    {"part":"body","location":"$.kind","kind":"not-equal","rule":null,"expected":1,"actual":"1","text":"expected 1, but got \"1\" (a string)"}
    $.text
      - expected "1"
      + but got 1 (a number)
    {"part":"body","location":"$.text","kind":"not-equal","rule":null,"expected":"1","actual":1,"text":"expected \"1\", but got 1 (a number)"}
    $.count[1]
      - expected 2
      + but got nothing
    {"part":"body","location":"$.count[1]","kind":"missing","rule":null,"expected":2,"actual":null,"text":"expected 2, but got nothing"}
    $.count
      - expected 2 items: [1,2]
      + but got 1: [1]
    {"part":"body","location":"$.count","kind":"wrong-length","rule":null,"expected":[1,2],"actual":[1],"text":"expected 2 items: [1,2], but got 1: [1]"}
    $.deep.x
      - expected a list like [true]
      + but got {} (an object)
    {"part":"body","location":"$.deep.x","kind":"wrong-type","rule":null,"expected":[true],"actual":{},"text":"expected a list like [true], but got {} (an object)"}
    "#);
}

#[test]
fn rules_on_json() {
    let found = json_bodies(
        json!({ "re": "w-1", "int": 1, "type": "x", "in": "abc", "few": [1], "many": [1], "some": [1, 2], "each": { "a": 1 },
            "none": "x", "date": "2024-01-01", "sem": "1.0.0", "slow": "a" }),
        json!({
            "$.re": rule(json!({ "match": "regex", "regex": "w-\\d+" })), "$.int": rule(json!({ "match": "integer" })),
            "$.type": rule(json!({ "match": "type" })), "$.in": rule(json!({ "match": "include", "value": "b" })),
            "$.few": rule(json!({ "match": "type", "min": 2 })), "$.many": rule(json!({ "match": "type", "max": 2 })),
            "$.some": rule(json!({ "match": "arrayContains", "variants": [{ "index": 1, "rules": {} }] })),
            "$.each": rule(json!({ "match": "eachKey", "rules": [{ "match": "regex", "regex": "[a-z]" }] })),
            "$.none": rule(json!({ "match": "notEmpty" })),
            "$.date": rule(json!({ "match": "date", "format": "yyyy-MM-dd" })), "$.sem": rule(json!({ "match": "semver" })),
            "$.slow": rule(json!({ "match": "regex", "regex": "((?=a)a+)+b" })),
        }),
        json!({ "re": "v-1", "int": 1.5, "type": 1, "in": "xyz", "few": [1], "many": [1, 2, 3], "some": [1, 3], "each": { "A": 1 },
            "none": "", "date": "2024-02-30", "sem": "1.0", "slow": "a".repeat(60) }),
    );
    insta::assert_snapshot!(told(&found), @r#"
    $.re
      - expected text matching w-\d+ like "w-1"
      + but got "v-1"
    {"part":"body","location":"$.re","kind":"rule-broken","rule":{"match":"regex","regex":"w-\\d+"},"expected":"w-1","actual":"v-1","text":"expected text matching w-\\d+ like \"w-1\", but got \"v-1\""}
    $.int
      - expected an integer like 1
      + but got 1.5 (a decimal number)
    {"part":"body","location":"$.int","kind":"rule-broken","rule":{"match":"integer"},"expected":1,"actual":1.5,"text":"expected an integer like 1, but got 1.5 (a decimal number)"}
    $.type
      - expected any string like "x"
      + but got 1 (a number)
    {"part":"body","location":"$.type","kind":"wrong-type","rule":{"match":"type"},"expected":"x","actual":1,"text":"expected any string like \"x\", but got 1 (a number)"}
    $.in
      - expected text that includes "b"
      + but got "xyz"
    {"part":"body","location":"$.in","kind":"rule-broken","rule":{"match":"include","value":"b"},"expected":"abc","actual":"xyz","text":"expected text that includes \"b\", but got \"xyz\""}
    $.few
      - expected at least 2 items
      + but got 1: [1]
    {"part":"body","location":"$.few","kind":"too-few","rule":{"match":"type","min":2},"expected":[1],"actual":[1],"text":"expected at least 2 items, but got 1: [1]"}
    $.many
      - expected at most 2 items
      + but got 3: [1,2,3]
    {"part":"body","location":"$.many","kind":"too-many","rule":{"match":"type","max":2},"expected":[1],"actual":[1,2,3],"text":"expected at most 2 items, but got 3: [1,2,3]"}
    $.some
      - expected an item like 2
      + but got none such in [1,3]
    {"part":"body","location":"$.some","kind":"variant-not-found","rule":{"match":"arrayContains","variants":[{"index":1,"rules":{}}]},"expected":2,"actual":[1,3],"text":"expected an item like 2, but got none such in [1,3]"}
    $.each.A
      - expected text matching [a-z] like "a"
      + but got "A"
    {"part":"body","location":"$.each.A","kind":"rule-broken","rule":{"match":"regex","regex":"[a-z]"},"expected":"a","actual":"A","text":"expected text matching [a-z] like \"a\", but got \"A\""}
    $.none
      - expected something not empty like "x"
      + but got "" (a string)
    {"part":"body","location":"$.none","kind":"rule-broken","rule":{"match":"notEmpty"},"expected":"x","actual":"","text":"expected something not empty like \"x\", but got \"\" (a string)"}
    $.date
      - expected a date of the form yyyy-MM-dd like "2024-01-01"
      + but got "2024-02-30" (month 02 has no day 30 in 2024)
    {"part":"body","location":"$.date","kind":"rule-broken","rule":{"match":"date","format":"yyyy-MM-dd"},"expected":"2024-01-01","actual":"2024-02-30","text":"expected a date of the form yyyy-MM-dd like \"2024-01-01\", but got \"2024-02-30\" (month 02 has no day 30 in 2024)"}
    $.sem
      - expected a semantic version like "1.0.0"
      + but got "1.0"
    {"part":"body","location":"$.sem","kind":"rule-broken","rule":{"match":"semver"},"expected":"1.0.0","actual":"1.0","text":"expected a semantic version like \"1.0.0\", but got \"1.0\""}
    $.slow
      - expected text matching ((?=a)a+)+b like "a"
      + but got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", on which the expression took too many steps
    {"part":"body","location":"$.slow","kind":"too-many-steps","rule":{"match":"regex","regex":"((?=a)a+)+b"},"expected":"a","actual":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","text":"expected text matching ((?=a)a+)+b like \"a\", but got \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", on which the expression took too many steps"}
    "#);
}

#[test]
fn large_values() {
    let long = |middle: &str| format!("{}{middle}{}", "lorem ipsum ".repeat(100), " dolor sit".repeat(100));
    let items = |count: usize| json!((0..count).map(|index| json!({ "id": index })).collect::<Vec<_>>());
    let found = json_bodies(
        json!({ "text": long("one"), "list": items(500) }),
        json!({}),
        json!({ "text": long("two"), "list": 1 }),
    );
    let words: Vec<String> = found.iter().map(|mismatch| words(mismatch).to_string()).collect();
    insta::assert_snapshot!(words.join("\n"), @r#"
    $.text
      - expected …"lorem ipsum lorem ipsum one dolor sit dolor sit dol"…
      + but got …"lorem ipsum lorem ipsum two dolor sit dolor sit dol"… (different from character 1201 on)
    $.list
      - expected a list like [{"id":0},{"id":1},{"id":2},{"id":3},{"id":4},{"id":5},{"id":6},{"id":7},{"id":8},{"id":9},{"id":10},{"id":11},{"id":12},{"id":13},{"id":14},{"id":15} … 7},{"id":498},{"id":499}] (5391 characters)
      + but got 1 (a number)
    "#);
}

#[test]
fn whole_bodies() {
    let mut found = bodies("application/json", json!({ "a": 1 }), json!({}), b"{\"a\": 1");
    found.extend(bodies("application/json", json!({ "a": 1 }), json!({}), b""));
    found.extend(bodies("application/json", json!({}), json!({}), b"[]"));
    found.extend(bodies("text/plain", json!("hello"), json!({}), b"bye"));
    found.extend(bodies("image/png", json!("\u{1}\u{2}"), json!({}), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
    let png = json!({ "$": rule(json!({ "match": "contentType", "value": "image/png" })) });
    found.extend(bodies("application/octet-stream", json!("\u{1}"), png, b"%PDF-1.4"));
    let response = http(json!({}), json!({ "body": { "content": "" } })).response;
    let unagreed = ReceivedResponse { status: 200, headers: Vec::new(), body: b"surprise" };
    found.extend(ResponsePlan::compile(&response).check(&unagreed));
    insta::assert_snapshot!(told(&found), @r#"
    $
      - expected {"a":1}
      + but got a body that cannot be read (EOF while parsing an object at line 1 column 7): "{\"a\": 1"
    {"part":"body","location":"$","kind":"unreadable","rule":null,"expected":{"a":1},"actual":"{\"a\": 1","text":"expected {\"a\":1}, but got a body that cannot be read (EOF while parsing an object at line 1 column 7): \"{\\\"a\\\": 1\""}
    $
      - expected {"a":1}
      + but got nothing
    {"part":"body","location":"$","kind":"missing","rule":null,"expected":{"a":1},"actual":null,"text":"expected {\"a\":1}, but got nothing"}
    $
      - expected an object like {}
      + but got [] (a list)
    {"part":"body","location":"$","kind":"wrong-type","rule":null,"expected":{},"actual":[],"text":"expected an object like {}, but got [] (a list)"}
    $
      - expected "hello"
      + but got "bye"
    {"part":"body","location":"$","kind":"not-equal","rule":null,"expected":"hello","actual":"bye","text":"expected \"hello\", but got \"bye\""}
    $
      - expected 2 bytes: 01 02
      + but got 16 bytes of image/png: 89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52
    {"part":"body","location":"$","kind":"not-equal","rule":null,"expected":"AQI=","actual":"iVBORw0KGgoAAAANSUhEUg==","text":"expected 2 bytes: 01 02, but got 16 bytes of image/png: 89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52"}
    $
      - expected contents of type image/png
      + but got 8 bytes of application/pdf: 25 50 44 46 2d 31 2e 34
    {"part":"body","location":"$","kind":"rule-broken","rule":{"match":"contentType","value":"image/png"},"expected":"AQ==","actual":"JVBERi0xLjQ=","text":"expected contents of type image/png, but got 8 bytes of application/pdf: 25 50 44 46 2d 31 2e 34"}
    $
      - expected no body
      + but got "surprise"
    {"part":"body","location":"$","kind":"unexpected","rule":null,"expected":null,"actual":"surprise","text":"expected no body, but got \"surprise\""}
    "#);
}

#[test]
fn markup() {
    let found = bodies(
        "application/xml",
        json!("<a x='1' y='2'><b>1</b><c/><d><e/></d><f/></a>"),
        json!({ "$.a.d": rule(json!({ "match": "type", "min": 2 })), "$.a.f": rule(json!({ "match": "integer" })) }),
        b"<a x='2'><b>2</b><d><e/></d><f/></a>",
    );
    let other = bodies("application/xml", json!("<a/>"), json!({}), b"<b/>");
    let unread = bodies("application/xml", json!("<a/>"), json!({}), b"<a>");
    let request = json!({ "method": "POST", "headers": { "Content-Type": ["application/xml"] },
        "body": { "content": "<a/>", "contentType": "application/xml", "encoded": false } });
    let plan = RequestPlan::compile(&http(request, json!({})).request);
    let headers = vec![("content-type".into(), "application/xml".into())];
    let more =
        plan.check(&ReceivedRequest { method: "POST", path: "/", query: None, headers, body: b"<a z='1'><n/></a>" });
    insta::assert_snapshot!(told(&[found, other, unread, more].concat()), @r#"
    $.a['@x']
      - expected "1"
      + but got "2"
    {"part":"body","location":"$.a['@x']","kind":"not-equal","rule":null,"expected":"1","actual":"2","text":"expected \"1\", but got \"2\""}
    $.a['@y']
      - expected an attribute y="2"
      + but got none
    {"part":"body","location":"$.a['@y']","kind":"missing","rule":null,"expected":"2","actual":null,"text":"expected an attribute y=\"2\", but got none"}
    $.a.b['#text']
      - expected "1"
      + but got "2"
    {"part":"body","location":"$.a.b['#text']","kind":"not-equal","rule":null,"expected":"1","actual":"2","text":"expected \"1\", but got \"2\""}
    $.a
      - expected a child <c/>
      + but got none
    {"part":"body","location":"$.a","kind":"missing","rule":null,"expected":"<c/>","actual":null,"text":"expected a child <c/>, but got none"}
    $.a.d
      - expected at least 2 children
      + but got 1: <d><e/></d>
    {"part":"body","location":"$.a.d","kind":"wrong-child-count","rule":{"match":"type","min":2},"expected":"<d><e/></d>","actual":"<d><e/></d>","text":"expected at least 2 children, but got 1: <d><e/></d>"}
    $.a.f
      - expected an integer
      + but got the element <f/>; rules on values belong to its ['#text'] or to an ['@attribute']
    {"part":"body","location":"$.a.f","kind":"rule-on-element","rule":{"match":"integer"},"expected":"<f/>","actual":"<f/>","text":"expected an integer, but got the element <f/>; rules on values belong to its ['#text'] or to an ['@attribute']"}
    $.a.f['#text']
      - expected an integer like ""
      + but got ""
    {"part":"body","location":"$.a.f['#text']","kind":"rule-broken","rule":{"match":"integer"},"expected":"","actual":"","text":"expected an integer like \"\", but got \"\""}
    $.a
      - expected the element <a>
      + but got <b>
    {"part":"body","location":"$.a","kind":"wrong-element","rule":null,"expected":"a","actual":"b","text":"expected the element <a>, but got <b>"}
    $
      - expected "<a/>"
      + but got a body that cannot be read (not well-formed XML: the root node was opened but never closed): "<a>"
    {"part":"body","location":"$","kind":"unreadable","rule":null,"expected":"<a/>","actual":"<a>","text":"expected \"<a/>\", but got a body that cannot be read (not well-formed XML: the root node was opened but never closed): \"<a>\""}
    $.a['@z']
      - expected no attribute z
      + but got "1"
    {"part":"body","location":"$.a['@z']","kind":"unexpected","rule":null,"expected":null,"actual":"1","text":"expected no attribute z, but got \"1\""}
    $.a
      - expected no child <n>
      + but got <n/>
    {"part":"body","location":"$.a","kind":"unexpected","rule":null,"expected":null,"actual":"<n/>","text":"expected no child <n>, but got <n/>"}
    "#);
}

#[test]
fn forms_and_parts() {
    let form = bodies("application/x-www-form-urlencoded", json!("a=1&b=2&l=1&l=2"), json!({}), b"a=2&c=3&l=1");
    let part = |head: &str, body: &str| format!("--b\r\n{head}\r\n\r\n{body}\r\n");
    let disposition = "Content-Disposition: form-data; name=";
    let expected = [
        part(&format!("{disposition}\"f\""), "one"),
        part(&format!("{disposition}\"gone\""), "x"),
        part(
            &format!("{disposition}\"file\"; filename=\"f\"\r\nContent-Type: application/json\r\nX-A: 1"),
            "{\"a\":1}",
        ),
        part(&format!("{disposition}\"j\"; filename=\"f\"\r\nContent-Type: application/json"), "{\"a\":1}"),
    ];
    let actual = [
        part(&format!("{disposition}\"f\""), "two"),
        part(&format!("{disposition}\"file\"; filename=\"f\"\r\nContent-Type: text/plain"), "{\"a\":1}"),
        part(&format!("{disposition}\"j\"; filename=\"f\"\r\nContent-Type: application/json"), "{\"a\":2}"),
    ];
    let (expected, actual) = (format!("{}--b--\r\n", expected.concat()), format!("{}--b--\r\n", actual.concat()));
    let parts = bodies("multipart/form-data; boundary=b", json!(expected), json!({}), actual.as_bytes());
    insta::assert_snapshot!(told(&[form, parts].concat()), @r#"
    $.a[0]
      - expected "1"
      + but got "2"
    {"part":"body","location":"$.a[0]","kind":"not-equal","rule":null,"expected":"1","actual":"2","text":"expected \"1\", but got \"2\""}
    $.b
      - expected a form parameter "b" with "2"
      + but got none
    {"part":"body","location":"$.b","kind":"missing","rule":null,"expected":["2"],"actual":null,"text":"expected a form parameter \"b\" with \"2\", but got none"}
    $.l[1]
      - expected "2"
      + but got nothing
    {"part":"body","location":"$.l[1]","kind":"missing","rule":null,"expected":"2","actual":null,"text":"expected \"2\", but got nothing"}
    $.l
      - expected 2 items: ["1","2"]
      + but got 1: ["1"]
    {"part":"body","location":"$.l","kind":"wrong-length","rule":null,"expected":["1","2"],"actual":["1"],"text":"expected 2 items: [\"1\",\"2\"], but got 1: [\"1\"]"}
    $.c
      - expected no form parameter "c"
      + but got "3"
    {"part":"body","location":"$.c","kind":"unexpected","rule":null,"expected":null,"actual":["3"],"text":"expected no form parameter \"c\", but got \"3\""}
    $.f
      - expected "one"
      + but got "two"
    {"part":"body","location":"$.f","kind":"not-equal","rule":null,"expected":"one","actual":"two","text":"expected \"one\", but got \"two\""}
    $
      - expected a form field named "gone"
      + but got none
    {"part":"body","location":"$","kind":"missing","rule":null,"expected":null,"actual":null,"text":"expected a form field named \"gone\", but got none"}
    $.file['content-type']
      - expected "application/json"
      + but got "text/plain"
    {"part":"body","location":"$.file['content-type']","kind":"not-equal","rule":null,"expected":"application/json","actual":"text/plain","text":"expected \"application/json\", but got \"text/plain\""}
    $.file['x-a']
      - expected a part header x-a: 1
      + but got none
    {"part":"body","location":"$.file['x-a']","kind":"missing","rule":null,"expected":"1","actual":null,"text":"expected a part header x-a: 1, but got none"}
    $.j.a
      - expected 1
      + but got 2
    {"part":"body","location":"$.j.a","kind":"not-equal","rule":null,"expected":1,"actual":2,"text":"expected 1, but got 2"}
    "#);
}

#[test]
fn requests_and_responses() {
    let request = json!({
        "method": "GET", "path": "/orders", "query": { "page": ["1"], "tags": ["a", "b"], "gone": ["1"] },
        "headers": { "Accept": ["text/html", "text/plain"], "X-Id": ["1"], "X-Gone": ["1"] },
        "matchingRules": { "header": { "X-Id": rule(json!({ "match": "regex", "regex": "\\d" })) },
            "query": { "page": rule(json!({ "match": "integer" })) } }
    });
    let plan = RequestPlan::compile(&http(request, json!({})).request);
    let headers = vec![("accept".into(), "text/html".into()), ("x-id".into(), "abc".into())];
    let query = Some("page=x&tags=a&more=1");
    let mut found = plan.check(&ReceivedRequest { method: "POST", path: "/order", query, headers, body: b"" });
    let response = json!({ "status": 200, "body": { "content": {}, "contentType": "application/json" } });
    let plain = http(json!({}), response).response;
    let headers = vec![("content-type".into(), "text/html".into())];
    found.extend(ResponsePlan::compile(&plain).check(&ReceivedResponse { status: 500, headers, body: b"<html>" }));
    let class = json!({ "status": 200, "matchingRules": { "status": rule(json!({ "match": "statusCode", "status": "success" })) } });
    let class = http(json!({}), class).response;
    found.extend(ResponsePlan::compile(&class).check(&ReceivedResponse {
        status: 404,
        headers: Vec::new(),
        body: b"",
    }));
    insta::assert_snapshot!(told(&found), @r#"
    method
      - expected "GET"
      + but got "POST"
    {"part":"method","location":"method","kind":"not-equal","rule":null,"expected":"GET","actual":"POST","text":"expected \"GET\", but got \"POST\""}
    path
      - expected "/orders"
      + but got "/order"
    {"part":"path","location":"path","kind":"not-equal","rule":null,"expected":"/orders","actual":"/order","text":"expected \"/orders\", but got \"/order\""}
    query page[0]
      - expected an integer like "1"
      + but got "x"
    {"part":"query","location":"query page[0]","kind":"rule-broken","rule":{"match":"integer"},"expected":"1","actual":"x","text":"expected an integer like \"1\", but got \"x\""}
    query tags[1]
      - expected "b"
      + but got nothing
    {"part":"query","location":"query tags[1]","kind":"missing","rule":null,"expected":"b","actual":null,"text":"expected \"b\", but got nothing"}
    query tags
      - expected 2 values: ["a","b"]
      + but got 1: ["a"]
    {"part":"query","location":"query tags","kind":"wrong-length","rule":null,"expected":["a","b"],"actual":["a"],"text":"expected 2 values: [\"a\",\"b\"], but got 1: [\"a\"]"}
    query gone
      - expected "1"
      + but got nothing
    {"part":"query","location":"query gone","kind":"missing","rule":null,"expected":"1","actual":null,"text":"expected \"1\", but got nothing"}
    query more
      - expected no such parameter
      + but got "1"
    {"part":"query","location":"query more","kind":"unexpected","rule":null,"expected":null,"actual":"1","text":"expected no such parameter, but got \"1\""}
    header Accept[1]
      - expected "text/plain"
      + but got nothing
    {"part":"header","location":"header Accept[1]","kind":"missing","rule":null,"expected":"text/plain","actual":null,"text":"expected \"text/plain\", but got nothing"}
    header X-Id
      - expected text matching \d like "1"
      + but got "abc"
    {"part":"header","location":"header X-Id","kind":"rule-broken","rule":{"match":"regex","regex":"\\d"},"expected":"1","actual":"abc","text":"expected text matching \\d like \"1\", but got \"abc\""}
    header X-Gone
      - expected "1"
      + but got nothing
    {"part":"header","location":"header X-Gone","kind":"missing","rule":null,"expected":"1","actual":null,"text":"expected \"1\", but got nothing"}
    status
      - expected 200
      + but got 500
    {"part":"status","location":"status","kind":"not-equal","rule":null,"expected":200,"actual":500,"text":"expected 200, but got 500"}
    content type
      - expected "application/json"
      + but got "text/html"
    {"part":"body-type","location":"content type","kind":"not-equal","rule":null,"expected":"application/json","actual":"text/html","text":"expected \"application/json\", but got \"text/html\""}
    status
      - expected a status from 200 to 299 like 200
      + but got 404
    {"part":"status","location":"status","kind":"rule-broken","rule":{"match":"statusCode","status":"success"},"expected":200,"actual":404,"text":"expected a status from 200 to 299 like 200, but got 404"}
    "#);
}

#[test]
fn messages() {
    let message = json!({
        "type": "Asynchronous/Messages", "description": "d", "metadata": { "topic": "orders", "gone": 1, "n": 1 },
        "contents": { "content": { "id": 1 }, "contentType": "application/json", "encoded": false },
    });
    let crate::pact::InteractionKind::AsynchronousMessage(message) = interaction(message).kind else {
        panic!("another kind")
    };
    let metadata = [("topic".to_owned(), json!("order")), ("n".to_owned(), json!("1"))].into_iter().collect();
    let received = ReceivedMessage { contents: b"{\"id\":2}", metadata };
    let found = MessagePlan::compile(&message).check(&received, Unexpected::Allowed);
    insta::assert_snapshot!(told(&found), @r#"
    $.id
      - expected 1
      + but got 2
    {"part":"body","location":"$.id","kind":"not-equal","rule":null,"expected":1,"actual":2,"text":"expected 1, but got 2"}
    metadata topic
      - expected "orders"
      + but got "order"
    {"part":"metadata","location":"metadata topic","kind":"not-equal","rule":null,"expected":"orders","actual":"order","text":"expected \"orders\", but got \"order\""}
    metadata gone
      - expected 1
      + but got nothing
    {"part":"metadata","location":"metadata gone","kind":"missing","rule":null,"expected":1,"actual":null,"text":"expected 1, but got nothing"}
    metadata n
      - expected 1
      + but got "1" (a string)
    {"part":"metadata","location":"metadata n","kind":"not-equal","rule":null,"expected":1,"actual":"1","text":"expected 1, but got \"1\" (a string)"}
    "#);
}

#[test]
fn colours() {
    let found = json_bodies(json!({ "a": 1 }), json!({}), json!({ "a": 2 }));
    insta::assert_snapshot!(words(&found[0]).coloured().replace('\u{1b}', "^"), @"
    ^[1m$.a^[0m
      ^[31m- expected 1^[39m
      ^[32m+ but got 2^[39m
    ");
}
