use serde_json::{Value as Json, json};

use super::lint;

/// A V4 pact with these interactions.
fn pact(interactions: Json) -> Json {
    json!({
        "consumer": { "name": "web" }, "provider": { "name": "stock" },
        "interactions": interactions, "metadata": { "pactSpecification": { "version": "4.0" } }
    })
}

/// A JSON body with rules, in a response.
fn with_body(content: &Json, rules: &Json) -> Json {
    pact(json!([{
        "type": "Synchronous/HTTP", "description": "d", "request": { "method": "GET", "path": "/" },
        "response": {
            "status": 200, "headers": { "Content-Type": ["application/json"] },
            "body": { "content": content, "contentType": "application/json", "encoded": false },
            "matchingRules": { "body": rules }
        }
    }]))
}

fn rule(rule: Json) -> Json {
    json!({ "combine": "AND", "matchers": [rule] })
}

/// Severity and finding, a line each.
fn told(json: &Json) -> String {
    let findings = lint(json.to_string().as_bytes());
    let lines = findings.iter().map(|finding| format!("{} {finding}", finding.severity().as_str()));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_file_that_is_no_pact() {
    let findings = |bytes: &[u8]| lint(bytes).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(findings(b"{\n]"), ["line 2 column 1: not JSON: key must be a string"]);
    assert_eq!(findings(b"{}"), ["pact: not a pact: it has neither interactions nor a specification version"]);
    let pact = pact(json!([7, { "type": "Carrier/Pigeon" }]));
    assert_eq!(
        findings(pact.to_string().as_bytes()),
        [
            "interactions[0]: expected an object",
            "interactions[1].type: unknown type 'Carrier/Pigeon': expected Synchronous/HTTP, Asynchronous/Messages or \
             Synchronous/Messages"
        ]
    );
}

#[test]
fn what_interactions_say_of_themselves() {
    let mut pact = pact(json!([
        { "description": "a", "request": { "path": "stock?x=1", "methods": "GET" }, "response": { "state": 1 } },
        { "description": "a", "request": { "path": "/a?b" }, "providersStates": [], "_id": "7" },
        { "type": "Asynchronous/Messages", "description": " ", "content": 1 },
    ]));
    pact["metadata"] = json!({});
    pact["createdAt"] = json!("today");
    pact["consumers"] = json!([]);
    insta::assert_snapshot!(told(&pact), @r#"
    warning metadata: it states no version of the specification and is read as 3.0.0
    warning consumers: unknown attribute, which nobody reads: is "consumer" meant?
    error interactions[0].request.path: the path 'stock?x=1' does not start with '/', so no request can have it
    warning interactions[0].request.methods: unknown attribute, which nobody reads: is "method" meant?
    warning interactions[0].response.state: unknown attribute in this version of the specification, which nobody reads
    warning interactions[1]: interactions[0] has the same description and provider states
    warning interactions[1].providersStates: unknown attribute, which nobody reads: is "providerStates" meant?
    error interactions[1].request.path: the path '/a?b' holds a query or fragment, so no request can have it: "query" is an attribute of its own
    warning interactions[2]: without a description, reports cannot say which interaction they are about
    warning interactions[2].type: unknown attribute in this version of the specification, which nobody reads
    warning interactions[2].content: unknown attribute, which nobody reads: is "contents" meant?
    "#);
}

#[test]
fn rules_that_lead_nowhere() {
    let body = json!({ "items": [{ "id": 1 }], "none": [], "map": { "a": 1 } });
    let kind = || rule(json!({ "match": "type" }));
    let fine = json!({
        "$": kind(), "$.items": kind(), "$.items[*].id": kind(), "$.items[0].id": kind(), "$.items.*": kind(),
        "$['items'][0]['id']": kind(), "$.none": kind(), "$.map.*": kind(),
    });
    assert_eq!(told(&with_body(&body, &fine)), "");
    let dead = json!({
        "$.item": kind(), "$.items[1]": kind(), "$.items[*].name": kind(), "$.none[*].id": kind(), "$.map[*]": kind(),
        "$.map.a.b": kind(),
    });
    insta::assert_snapshot!(told(&with_body(&body, &dead)), @"
    warning interactions[0].response.matchingRules.body['$.item']: the rule never applies: the example has nothing at $.item
    warning interactions[0].response.matchingRules.body['$.items[1]']: the rule never applies: the example has nothing at $.items[1]
    warning interactions[0].response.matchingRules.body['$.items[*].name']: the rule never applies: the example has nothing at $.items[*].name
    warning interactions[0].response.matchingRules.body['$.none[*].id']: the rule never applies: the example is empty at $.none, so it says nothing of what may be in it
    warning interactions[0].response.matchingRules.body['$.map[*]']: the rule never applies: the example has nothing at $.map[*]
    warning interactions[0].response.matchingRules.body['$.map.a.b']: the rule never applies: the example has nothing at $.map.a.b
    ");
    let variants = json!({ "$.items": rule(json!({ "match": "arrayContains", "variants": [
        { "index": 0, "rules": { "$.id": kind(), "$.name": kind() } }, { "index": 3, "rules": {} },
    ] })) });
    insta::assert_snapshot!(told(&with_body(&body, &variants)), @r#"
    warning interactions[0].response.matchingRules.body['$.items']: a rule of variant 0 never applies: the example has nothing at $.name
    warning interactions[0].response.matchingRules.body['$.items']: the variant 3 has no example: the list has 1 items
    error interactions[0].response.body $.items: the example [{"id":1}] does not fit its own rule: a list that contains these
    "#);
    let schema = json!({ "$.items": rule(json!({ "match": "schema", "schema": {} })), "$.items[*].id": kind() });
    insta::assert_snapshot!(told(&with_body(&body, &schema)), @"warning interactions[0].response.matchingRules.body['$.items[*].id']: the rule never applies: the schema at $.items decides about everything below it");
}

#[test]
fn rules_that_nothing_satisfies_and_examples_that_break_theirs() {
    let body =
        json!({ "a": "x", "b": "x", "c": "x", "d": "x", "e": ["x"], "f": { "k": 1 }, "g": [1], "h": "2026-13-01" });
    let rules = json!({
        "$.a": rule(json!({ "match": "regex", "regex": "(" })),
        "$.b": rule(json!({ "match": "colour" })),
        "$.c": rule(json!({ "match": "regex", "regex": "\\d+" })),
        "$.d": rule(json!({ "match": "integer" })),
        "$.e": rule(json!({ "match": "type", "min": 2 })),
        "$.f": rule(json!({ "match": "eachKey", "rules": [{ "match": "regex", "regex": "[A-Z" }] })),
        "$.g": rule(json!({ "match": "schema", "schema": { "items": { "type": "string" } } })),
        "$.h": rule(json!({ "match": "date", "format": "yyyy-MM-dd" })),
    });
    insta::assert_snapshot!(told(&with_body(&body, &rules)), @r#"
    error interactions[0].response.matchingRules.body['$.a']: the regular expression '(' does not compile: Parsing error at position 9: Opening parenthesis without closing parenthesis
    error interactions[0].response.matchingRules.body['$.b']: the rule "colour" is unknown, so nothing satisfies it
    error interactions[0].response.matchingRules.body['$.f']: the regular expression '[A-Z' does not compile: Parsing error at position 12: Invalid character class
    error interactions[0].response.body $.c: the example "x" does not fit its own rule: text matching \d+
    error interactions[0].response.body $.d: the example "x" does not fit its own rule: an integer
    warning interactions[0].response.body $.e: the example ["x"] does not fit its own rule: at least 2 items
    error interactions[0].response.body $.g: the example [1] does not fit its own rule: what the schema says: {"items":{"type":"string"}}
    error interactions[0].response.body $.h: the example "2026-13-01" does not fit its own rule: a date of the form yyyy-MM-dd (13 is no month)
    "#);
}

#[test]
fn names_of_headers_queries_and_metadata() {
    let kind = || rule(json!({ "match": "regex", "regex": "\\d+" }));
    let http = json!({
        "description": "http",
        "request": {
            "path": "/7", "query": { "page": ["1"] }, "headers": { "X-Id": ["a"] },
            "matchingRules": {
                "path": kind(), "query": { "page": kind(), "pages": kind() }, "header": { "x-id": kind(), "X-No": kind() },
                "status": rule(json!({ "match": "statusCode", "status": "success" })), "fragment": { "x": kind() },
            },
            "generators": {
                "path": { "type": "Uuid" }, "query": { "page": { "type": "RandomInt" }, "no": { "type": "RandomInt" } },
                "header": { "X-Id": { "type": "Dice" } }, "body": { "$.x": { "type": "Regex", "regex": "(" } },
            }
        },
        "response": { "status": 404, "matchingRules": { "status": rule(json!({ "match": "statusCode", "status": "success" })) } }
    });
    let message = json!({
        "type": "Asynchronous/Messages", "description": "message", "metadata": { "key": "x" },
        "contents": { "content": "<a", "contentType": "application/xml", "encoded": false },
        "matchingRules": { "metadata": { "key": kind(), "topic": kind() } }
    });
    insta::assert_snapshot!(told(&pact(json!([http, message]))), @r#"
    warning interactions[0].request.matchingRules['fragment']: the rules never apply: there is no such category of rules
    warning interactions[0].request.matchingRules.header['X-No']: the rule never applies: the example has no header 'X-No'
    warning interactions[0].request.matchingRules.query['pages']: the rule never applies: the example has no query parameter 'pages'
    warning interactions[0].request.matchingRules.status: the rule never applies: there is no status here
    warning interactions[0].request.generators.query['no']: the generator never applies: the example has no query parameter 'no'
    warning interactions[0].request.generators.header['X-Id']: the generator {"type":"Dice"} is unknown or lacks what it needs: the example stays as it is
    error interactions[0].request.generators.body['$.x']: the generator makes no value: regex parse error: ( ^ error: unclosed group
    warning interactions[0].request.generators.body['$.x']: the generator never applies: the example has no body
    error interactions[0].request.headers['X-Id']: the example "a" does not fit its own rule: text matching \d+
    error interactions[0].response.status: the example 404 does not fit its own rule: a status from 200 to 299
    warning interactions[1].contents: the example is not of its content type application/xml: not well-formed XML: the document does not have a root node
    warning interactions[1].matchingRules.metadata['topic']: the rule never applies: the example has no metadata entry 'topic'
    error interactions[1].metadata['key']: the example "x" does not fit its own rule: text matching \d+
    "#);
}

#[test]
fn locations_are_those_of_the_files_version() {
    let v2 = json!({
        "consumer": { "name": "web" }, "provider": { "name": "stock" },
        "interactions": [{
            "description": "d", "request": { "method": "get", "path": "/" }, "key": "x",
            "response": {
                "status": 200, "body": "<a b='1'><c/><c/></a>", "headers": { "Content-Type": "text/xml" },
                "matchingRules": {
                    "$.body.a['@b']": { "match": "type" }, "$.body.a.c['#text']": { "match": "type" },
                    "$.body.a.c[0]": { "match": "type" }, "$.headers.X": { "match": "type" },
                }
            }
        }],
        "metadata": { "pactSpecification": { "version": "2.0.0" } }
    });
    insta::assert_snapshot!(told(&v2), @"
    warning interactions[0].key: unknown attribute in this version of the specification, which nobody reads
    warning interactions[0].response.matchingRules['$.body.a.c[0]']: the rule never applies: the example has nothing at $.a.c[0] (elements are named by namespace, without positions)
    warning interactions[0].response.matchingRules['$.headers.X']: the rule never applies: the example has no header 'X'
    ");
}

#[test]
fn what_a_generator_writes_over_is_no_example() {
    let mut pact = with_body(
        &json!({ "a": null, "list": [{ "id": null }, { "id": null }], "b": null }),
        &json!({
            "$.a": rule(json!({ "match": "integer" })), "$.list[*].id": rule(json!({ "match": "integer" })),
            "$.b": rule(json!({ "match": "integer" })),
        }),
    );
    let random = || json!({ "type": "RandomInt" });
    pact["interactions"][0]["response"]["generators"] =
        json!({ "body": { "$.a": random(), "$.list[*].id": random(), "$.b": { "type": "Dice" } } });
    insta::assert_snapshot!(told(&pact), @r#"
    warning interactions[0].response.generators.body['$.b']: the generator {"type":"Dice"} is unknown or lacks what it needs: the example stays as it is
    error interactions[0].response.body $.b: the example null does not fit its own rule: an integer
    "#);
}

#[test]
fn contents_of_plugins_have_places_that_only_the_plugin_knows() {
    let mut pact = pact(json!([{
        "type": "Asynchronous/Messages", "description": "d",
        "contents": { "content": "Y3N2", "contentType": "text/csv", "encoded": "base64" },
        "matchingRules": { "body": { "$.column": rule(json!({ "match": "type" })) } }
    }]));
    assert!(told(&pact).contains("never applies"));
    pact["metadata"]["plugins"] = json!([{ "name": "csv", "version": "1" }]);
    assert_eq!(told(&pact), "");
}

/// A body of that type in a response.
fn with_text(content_type: &str, content: &str, rules: &Json, generators: &Json) -> Json {
    pact(json!([{
        "type": "Synchronous/HTTP", "description": "d", "request": { "method": "GET", "path": "/" },
        "response": {
            "status": 200, "headers": { "Content-Type": [content_type] },
            "body": { "content": content, "contentType": content_type, "encoded": false },
            "matchingRules": { "body": rules }, "generators": { "body": generators }
        }
    }]))
}

#[test]
fn places_in_markup_forms_and_parts() {
    let (kind, random) = (|| rule(json!({ "match": "type" })), || json!({ "type": "RandomString" }));
    let xml = with_text(
        "application/xml",
        "<n:a xmlns:n='urn:x' n:i='1'><n:b/></n:a>",
        &json!({ "$['urn:x:a']['urn:x:b']": kind(), "$['n:a']['n:b']": kind(), "$['urn:x:a']['@i']": kind(), "$.c": kind() }),
        &json!({ "$['urn:x:a']": random(), "$['urn:x:a']['urn:x:b']['#text']": random(), "$['urn:x:a']['@urn:x:i']": random() }),
    );
    let form = with_text(
        "application/x-www-form-urlencoded",
        "a=1&b=2&b=3",
        &json!({ "$.a": kind(), "$.b[1]": kind(), "$.b[2]": kind(), "$.c": kind() }),
        &json!({ "$.a": random(), "$.c": random() }),
    );
    let part = |head: &str, body: &str| format!("--b\r\nContent-Disposition: form-data; name={head}\r\n\r\n{body}\r\n");
    let parts =
        [part("f", "x"), part("j; filename=j\r\nContent-Type: application/json\r\nX-A: 1", "{\"a\":1}")].concat();
    let multipart = with_text(
        "multipart/form-data; boundary=b",
        &format!("{parts}--b--\r\n"),
        &json!({ "$.f": kind(), "$.j.a": kind(), "$.j['x-a']": kind(), "$.g": kind(), "$.j.b": kind(), "$.f.a": kind() }),
        &json!({ "$.f": random() }),
    );
    let text = with_text("text/plain", "x", &json!({ "$": kind(), "$.a": kind() }), &json!({ "$": random() }));
    insta::assert_snapshot!([told(&xml), told(&form), told(&multipart), told(&text)].join("\n"), @"
    warning interactions[0].response.matchingRules.body['$['n:a']['n:b']']: the rule never applies: the example has nothing at $['n:a'] (rules name it by its namespace: ['urn:x:a'])
    warning interactions[0].response.matchingRules.body['$['urn:x:a']['@i']']: the rule never applies: the example has nothing at $['urn:x:a']['@i'] (rules name it by its namespace: ['@urn:x:i'])
    warning interactions[0].response.matchingRules.body['$.c']: the rule never applies: the example has nothing at $.c (elements are named by namespace, without positions)
    warning interactions[0].response.generators.body['$['urn:x:a']']: the generator never applies: $['urn:x:a'] is an element: its text is $['urn:x:a']['#text'], an attribute $['urn:x:a']['@name']
    warning interactions[0].response.matchingRules.body['$.b[2]']: the rule never applies: the example has nothing at $.b[2]
    warning interactions[0].response.matchingRules.body['$.c']: the rule never applies: the example has nothing at $.c
    warning interactions[0].response.generators.body['$.c']: the generator never applies: the example has nothing at $.c
    warning interactions[0].response.matchingRules.body['$.g']: the rule never applies: the example has no part at $.g
    warning interactions[0].response.matchingRules.body['$.j.b']: the rule never applies: the part at $.j has nothing at $.b
    warning interactions[0].response.matchingRules.body['$.f.a']: the rule never applies: the part at $.f has nothing at $.a
    warning interactions[0].response.generators.body['$.f']: the generator never applies: values are generated in JSON, XML and forms, not in multipart bodies
    warning interactions[0].response.matchingRules.body['$.a']: the rule never applies: the example has nothing at $.a
    warning interactions[0].response.generators.body['$']: the generator never applies: values are generated in JSON, XML and forms, not in text
    ");
}

#[test]
fn attributes_of_rules() {
    let rules = json!({ "$.a": { "matchers": [{ "match": "integer" }, { "match": "type", "mim": 1 }] } });
    insta::assert_snapshot!(told(&with_body(&json!({ "a": 1 }), &rules)), @"warning interactions[0].response.matchingRules.body['$.a']: the rule 'type' has no attribute 'mim', so nobody reads it");
}
