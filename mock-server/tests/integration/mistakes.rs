//! What someone new does wrong, and what they are told.

use countersign_mock_server::prelude::*;
use serde_json::json;

use crate::support::told;

fn with_json(body: serde_json::Value) -> String {
    told(move || drop(ok().json(body)))
}

#[test]
fn nothing_is_agreed_on() {
    insta::assert_snapshot!(told(|| drop(Pact::between("web", "shop").start_blocking())), @"the contract between web and shop has no interaction yet: add one with `http` or `grpc`");
    insta::assert_snapshot!(
        told(|| {
            let pact = Pact::between("web", "shop").http("a", |i| i.request(get("/")).response(ok()));
            drop(pact.message("b", |m| m.text("c")));
        }),
        @"this contract has interactions that a server plays: say the messages in a contract of their own, they go into the same file"
    );
}

#[test]
fn something_has_no_name() {
    let unnamed = || drop(Pact::between("web", "shop").http(" ", |i| i.request(get("/")).response(ok())));
    insta::assert_snapshot!(told(unnamed), @r#"an interaction needs a description, such as "a stock check for a known sku": it is what people and reports call it by"#);
    let no_state = || {
        drop(Pact::between("web", "shop").http("a", |i| i.given_state("").request(get("/")).response(ok())));
    };
    insta::assert_snapshot!(told(no_state), @r#"a provider state needs a name, such as "stock exists""#);
}

#[test]
fn one_description_for_two_interactions() {
    let equal = Pact::between("web", "shop")
        .http("a check", |i| i.request(get("/stock")).response(ok()))
        .http("a check", |i| i.request(get("/stock")).response(ok()));
    assert_eq!(equal.into_document().interactions.len(), 1);
    let different = || {
        let pact = Pact::between("web", "shop").http("a check", |i| i.request(get("/stock")).response(ok()));
        drop(pact.http("a check", |i| i.request(get("/prices")).response(ok())));
    };
    insta::assert_snapshot!(told(different), @"two different interactions are called 'a check': give one of them another description or provider state");
}

#[test]
fn bodies_that_are_not_what_they_are_said_to_be() {
    insta::assert_snapshot!(told(|| drop(post("/").body([b'"', 0xff, b'"'], "application/json"))), @"the body is said to be application/json, but cannot be read as such: invalid unicode code point at line 1 column 2");
    insta::assert_snapshot!(told(|| drop(ok().xml("<order>"))), @"the body is said to be application/xml, but cannot be read as such: not well-formed XML: the root node was opened but never closed");
    insta::assert_snapshot!(told(|| drop(ok().header("Content-Type", "text/csv").json(json!({ "a": 1 })))), @r#"the content type "text/csv" is said, but the body is JSON: say the body with `text` or `body`, or another type"#);
    insta::assert_snapshot!(told(|| drop(ok().form(7))), @r#"a form has named fields, such as { "sku": "ABC-1" }, but this is 7"#);
    insta::assert_snapshot!(told(|| drop(ok().multipart(multipart()))), @"a multipart body needs a part");
    // text that is no UTF-8 is text all the same
    drop(ok().body([0xe5, 0xe4], "text/plain; charset=iso-8859-1"));
}

#[test]
fn a_matcher_where_a_plain_value_has_to_stand() {
    let params = || {
        let params = json!({ "sku": "A", "left": [integer(5)] });
        drop(Pact::between("web", "shop").http("a", |i| i.given("stock", params).request(get("/")).response(ok())));
    };
    insta::assert_snapshot!(told(params), @r#"the parameters of a provider state are told to the provider, so they are plain values, but there is the matcher {"pact:matcher:type":"integer","value":5}"#);
    insta::assert_snapshot!(told(|| drop(get(each_like("/a")))), @r#"a path needs one text, but got ["/a"]"#);
    insta::assert_snapshot!(told(|| drop(get("/").query("q", json!({ "a": 1 })))), @r#"a query parameter needs a text or a list of texts, but got {"a":"1"}"#);
    insta::assert_snapshot!(told(|| drop(element("a").text(each_like("b")))), @r#"an element's text needs one text, but got ["b"]"#);
}

#[test]
fn matchers_that_contradict_themselves() {
    insta::assert_snapshot!(with_json(json!({ "id": regex(r"\d+", "abc"), "n": integer("five") })), @r#"
    the body cannot be used: $.id: the example "abc" does not match the regular expression '\d+'
    $.n: the example "five" does not satisfy its own rule {"match":"integer"}
    "#);
    insta::assert_snapshot!(with_json(json!({ "id": regex("[", "abc") })), @"the body cannot be used: $.id: the regular expression '[' does not compile: Parsing error at position 9: Invalid character class");
    insta::assert_snapshot!(with_json(json!(date("yyyy-MM-dd", "24.05.2026"))), @r#"the body cannot be used: $: the example "24.05.2026" is not of the form yyyy-MM-dd: expected "-" at ".05.2026""#);
    insta::assert_snapshot!(with_json(json!(generated_date("yyyy-MM-dd", "someday", "2026-05-24"))), @r#"the body cannot be used: $: the generator Date cannot make a value: expected +, -, next, last or @ at character 1 of "someday""#);
}

#[test]
fn a_matcher_that_nobody_knows() {
    let misspelt = json!({ "pact:matcher:type": "integr", "value": 5 });
    insta::assert_snapshot!(with_json(json!({ "lines": [{ "left": misspelt }] })), @r#"the body cannot be used: $.lines[0].left: there is no matcher "integr": there are type, equality, integer, decimal, number, boolean, null, regex, include, notEmpty, semver, date, time, datetime, contentType, statusCode, values, eachKey, eachValue, arrayContains, schema"#);
    let call = || {
        let pact = Pact::between("web", "shop").proto_include("tests/proto/shared");
        drop(pact.grpc("a call", |i| {
            i.method("tests/proto/inventory.proto", "inventory.v1.InventoryService/CheckStock")
                .request(json!({ "quantity": misspelt }))
                .response(json!({}))
        }));
    };
    for (told, place) in [
        (with_json(json!(each_key(&misspelt, json!({ "a": 1 })))), "the body cannot be used: $: "),
        (told(|| drop(get("/").query("q", &misspelt))), "cannot be used: $: "),
        (told(call), "the call 'a call' cannot be used: request $.quantity: "),
    ] {
        assert!(told.contains(&format!("{place}there is no matcher \"integr\": there are type, equality")), "{told}");
    }
}

#[test]
fn elements_that_are_none() {
    insta::assert_snapshot!(told(|| drop(element("x:order"))), @r#""x:order" is no name for an element or attribute with matchers: a document with namespaces is said as a text"#);
    insta::assert_snapshot!(told(|| drop(element("order").attribute("id", 1).attribute("id", 2))), @r#"the attribute "id" is said twice"#);
}

#[test]
fn things_are_said_twice() {
    insta::assert_snapshot!(told(|| drop(payload().metadata("topic", "a").metadata("topic", "b"))), @r#"the metadata "topic" is said twice"#);
    insta::assert_snapshot!(told(|| drop(payload().text("a").json(1))), @r#"the content type "text/plain" is said, but the body is JSON: say the body with `text` or `body`, or another type"#);
    let own = || drop(Pact::between("a", "b").message("m", |m| m.comment_entry("testname", "x").text("a")));
    insta::assert_snapshot!(told(own), @r#"the comment "testname" has a meaning of its own: texts are said with `comment`, and the test's name is written by itself"#);
}
