//! What is told of each thing that an older version has no room for.

use serde_json::{Value as Json, json};

use super::*;
use crate::pact::Specification::{V1, V2, V3, V4};

fn pact(version: &str, interactions: Json) -> Pact {
    let pact = json!({
        "consumer": { "name": "web" }, "provider": { "name": "stock" }, "interactions": interactions, "x-note": 1,
        "metadata": { "pactSpecification": { "version": version }, "tool": "t" }
    });
    read(pact.to_string().as_bytes()).unwrap()
}

fn told(pact: &Pact, to: Specification) -> String {
    let conversion = convert(pact, to).unwrap();
    assert_eq!(conversion.pact.specification, to);
    conversion.notes.iter().map(|note| format!("{note}\n")).collect()
}

/// A pact with one of everything that V4 brought.
fn rich() -> Pact {
    let rule = |rule: Json| json!({ "matchers": [rule] });
    let http = json!({
        "type": "Synchronous/HTTP", "description": "http", "key": "k", "pending": true, "transport": "http",
        "comments": { "testname": "t" }, "pluginConfiguration": { "csv": {} }, "interactionMarkup": { "markup": "" },
        "providerStates": [{ "name": "one", "params": { "id": 1 } }, { "name": "two" }],
        "request": {
            "method": "POST", "path": "/", "query": { "q": [null] }, "headers": { "X-L": ["1", "2"], "Accept": ["a/b", "c/d"] },
            "body": { "content": "AQI=", "contentType": "image/png", "encoded": "base64" }
        },
        "response": {
            "status": 200, "headers": { "Content-Type": ["application/json"] },
            "body": { "content": { "a": 1, "b": "x", "u": "http://h/1" }, "contentType": "application/json", "encoded": false },
            "matchingRules": {
                "body": {
                    "$.a": { "combine": "OR", "matchers": [{ "match": "integer" }, { "match": "null" }] },
                    "$.b": { "matchers": [{ "match": "notEmpty" }, { "match": "type" }] },
                },
                "status": rule(json!({ "match": "statusCode", "status": "success" })), "fragment": { "x": 1 },
            },
            "generators": {
                "body": { "$.a": { "type": "RandomInt" },
                    "$.u": { "type": "MockServerURL", "regex": ".*(/1)", "example": "http://h/1" } },
                "status": { "type": "RandomInt", "min": 200, "max": 202 },
            }
        }
    });
    let message = json!({
        "type": "Asynchronous/Messages", "description": "message",
        "contents": { "content": "<a/>", "contentType": "application/xml", "encoded": false },
    });
    let call = json!({ "type": "Synchronous/Messages", "description": "call", "request": {}, "response": [{}] });
    let mut pact = pact("4.0", json!([http, message, call]));
    pact.metadata.insert("plugins".to_owned(), json!([{ "name": "csv" }]));
    pact
}

#[test]
fn from_v4_to_v3() {
    insta::assert_snapshot!(told(&rich(), V3), @"
    dropped interactions[0].key: version 3.0.0 has no such attribute
    dropped interactions[0].comments: version 3.0.0 has no such attribute
    dropped interactions[0].transport: version 3.0.0 has no such attribute
    dropped interactions[0].pluginConfiguration: version 3.0.0 has no such attribute
    dropped interactions[0].interactionMarkup: version 3.0.0 has no such attribute
    dropped interactions[0].pending: in version 3.0.0 a failure of this interaction fails the build
    changed interactions[0].request.headers['X-L']: its 2 values become the one text '1, 2'
    kept interactions[0].response.matchingRules.body['$.b']: the rule 'notEmpty' is of version 4.0; the official tools apply it in version 3.0.0 as well
    kept interactions[0].response.matchingRules.status: the rule 'statusCode' is of version 4.0; the official tools apply it in version 3.0.0 as well
    kept interactions[0].response.generators.body['$.u']: this generator is of version 4.0; the official tools run it in version 3.0.0 as well
    kept interactions[0].response.generators.status: this generator is of version 4.0; the official tools run it in version 3.0.0 as well
    dropped interactions[2]: version 3.0.0 has no synchronous messages
    dropped metadata.plugins: no plugins are loaded for version 3.0.0
    changed interactions: HTTP interactions and messages stand in one file, where the official tools read the messages alone
    changed interactions[0].request.body: without a header for it, its content type image/png is lost, and it is read as text/plain
    ");
}

#[test]
fn from_v4_to_v2() {
    insta::assert_snapshot!(told(&rich(), V2), @"
    dropped interactions[0].key: version 2.0.0 has no such attribute
    dropped interactions[0].comments: version 2.0.0 has no such attribute
    dropped interactions[0].transport: version 2.0.0 has no such attribute
    dropped interactions[0].pluginConfiguration: version 2.0.0 has no such attribute
    dropped interactions[0].interactionMarkup: version 2.0.0 has no such attribute
    dropped interactions[0].pending: in version 2.0.0 a failure of this interaction fails the build
    dropped interactions[0].providerStates: the parameters of provider states have no place in version 2
    changed interactions[0].providerStates: version 2 has one provider state, so they become the state 'one and two'
    changed interactions[0].request.headers['X-L']: its 2 values become the one text '1, 2'
    changed interactions[0].response.matchingRules.body['$.a']: version 2 has one rule at a path: 'integer' stays, without 'null', so that it has to hold, where one of them was enough
    kept interactions[0].response.matchingRules.body['$.a']: the rule 'integer' is of version 3.0.0; the official tools apply it in version 2.0.0 as well
    dropped interactions[0].response.matchingRules.body['$.b']: version 2 has one rule at a path: 'notEmpty' stays, without 'type'
    kept interactions[0].response.matchingRules.body['$.b']: the rule 'notEmpty' is of version 4.0; the official tools apply it in version 2.0.0 as well
    kept interactions[0].response.matchingRules.status: the rule 'statusCode' is of version 4.0; the official tools apply it in version 2.0.0 as well
    kept interactions[0].response.generators.body['$.a']: this generator is of version 3.0.0; the official tools run it in version 2.0.0 as well
    kept interactions[0].response.generators.body['$.u']: this generator is of version 4.0; the official tools run it in version 2.0.0 as well
    kept interactions[0].response.generators.status: this generator is of version 4.0; the official tools run it in version 2.0.0 as well
    dropped interactions[1]: version 2.0.0 has no messages
    dropped interactions[2]: version 2.0.0 has no synchronous messages
    dropped metadata.plugins: no plugins are loaded for version 2.0.0
    changed interactions[0].request.body: without a header for it, its content type image/png is lost, and it is read as text/plain
    ");
}

#[test]
fn nothing_is_lost_on_the_way_up() {
    let rules = json!({ "$.body.a": { "match": "type" }, "$.headers.X": { "match": "regex", "regex": "\\d" } });
    let v2 = pact(
        "2.0.0",
        json!([{
            "description": "d", "providerState": "s", "request": { "method": "get", "path": "/", "query": "a=1&a=2&b=" },
            "response": { "status": 200, "body": { "a": 1 }, "headers": { "X": "1", "Vary": "a, b" }, "matchingRules": rules },
        }]),
    );
    for to in [V3, V4] {
        assert_eq!(told(&v2, to), "");
        let again = convert(&convert(&v2, to).unwrap().pact, V2).unwrap();
        assert_eq!((again.pact, again.notes), (v2.clone(), Vec::new()), "{to}");
    }
}

#[test]
fn what_means_nothing_must_not_begin_to() {
    let odd = json!([{ "description": "d", "type": "X", "pending": true, "request": { "method": "GET", "path": "/" },
        "response": { "status": 200, "matchingRules": { "$.body.a": { "match": "type" } } } }]);
    insta::assert_snapshot!(told(&pact("1.0.0", odd.clone()), V4), @"
    dropped interactions[0].type: version 1.0.0 does not know it, in 4.0 it has a meaning
    dropped interactions[0].pending: version 1.0.0 does not know it, in 4.0 it has a meaning
    dropped interactions[0].response.matchingRules: version 1.0.0 has no rules, so they never applied
    ");
    assert_eq!(told(&pact("1.0.0", odd.clone()), V2).lines().count(), 1);
    assert_eq!(convert(&pact("2.0.0", odd), V1).unwrap().pact.specification, V2);
    assert_eq!(convert(&rich(), V4).unwrap().pact, rich());
}
