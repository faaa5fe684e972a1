//! Every kind of protobuf field under every rule, as pacts of the ecosystem have them: rules beside the example, at the
//! field's path.
//!
//! A cell says of three messages whether they pass, `✓` or `·`: the example itself, one with another value of the same form,
//! and one with nothing at all in the field, which reads as its default.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use countersign_core::format;
use countersign_core::plan::{GrpcResponsePlan, ReceivedReply};
use countersign_core::protobuf::{GrpcCall, Schema, StatusCode, encode};
use serde_json::{Value as Json, json};

use crate::grpc_fields::{PROTO2, PROTO3, schema};

/// The rules, with the name of their column.
fn rules() -> Vec<(&'static str, Json)> {
    let each = |rule: Json| json!({ "match": "eachValue", "rules": [rule] });
    vec![
        ("none", Json::Null),
        ("equality", json!({ "match": "equality" })),
        ("type", json!({ "match": "type" })),
        ("min 2", json!({ "match": "type", "min": 2 })),
        ("max 1", json!({ "match": "type", "max": 1 })),
        ("number", json!({ "match": "number" })),
        ("integer", json!({ "match": "integer" })),
        ("decimal", json!({ "match": "decimal" })),
        ("boolean", json!({ "match": "boolean" })),
        ("regex", json!({ "match": "regex", "regex": ".+" })),
        ("include", json!({ "match": "include", "value": "1" })),
        ("notEmpty", json!({ "match": "notEmpty" })),
        ("null", json!({ "match": "null" })),
        ("semver", json!({ "match": "semver" })),
        ("date", json!({ "match": "date", "format": "yyyy-MM-dd" })),
        ("content", json!({ "match": "contentType", "value": "text/plain" })),
        ("values", json!({ "match": "values" })),
        ("eachKey", json!({ "match": "eachKey", "rules": [{ "match": "regex", "regex": "[a-z0-9]+" }] })),
        ("eachVal", each(json!({ "match": "type" }))),
        ("contains", json!({ "match": "arrayContains", "variants": [{ "index": 0, "rules": {} }] })),
    ]
}

/// A field, its example, and another value of the same form.
type Row = (&'static str, Json, Json);

fn scalars() -> Vec<Row> {
    let mut rows: Vec<Row> = ["int32", "int64", "sint32", "sint64", "sfixed32", "sfixed64"]
        .into_iter()
        .map(|field| (field, json!(11), json!(-31)))
        .collect();
    rows.extend(["uint32", "uint64", "fixed32", "fixed64"].into_iter().map(|field| (field, json!(11), json!(31))));
    rows.extend(["double", "float"].into_iter().map(|field| (field, json!(1.5), json!(2.25))));
    rows.extend([
        ("bool", json!(true), json!(true)),
        ("string", json!("a1"), json!("b1")),
        ("bytes", json!([97, 49]), json!([98, 49])),
        ("colour", json!("RED"), json!("GREEN")),
        ("maybe", json!(11), json!(31)),
        ("note", json!("a1"), json!("b1")),
    ]);
    rows
}

fn messages() -> Vec<Row> {
    vec![
        ("part", json!({ "id": "a1", "n": 5 }), json!({ "id": "b1", "n": 31 })),
        ("text", json!("a1"), json!("b1")),
        ("other", json!({ "id": "a1" }), json!({ "id": "b1" })),
        ("tree", json!({ "n": 5, "left": { "n": 5 } }), json!({ "n": 31, "left": { "n": 31 } })),
        ("at", json!("2026-05-24T10:30:00Z"), json!("2027-05-24T10:30:00Z")),
        ("took", json!("5s"), json!("31s")),
        ("empty", json!({}), json!({})),
        ("mask", json!("a1,b"), json!("b1,c")),
        ("doc", json!({ "k": "a1" }), json!({ "k": "b1" })),
        ("any_json", json!("a1"), json!("b1")),
        ("list", json!(["a1"]), json!(["b1"])),
        ("any", json!({ "@type": "t.Part", "id": "a1" }), json!({ "@type": "t.Part", "id": "b1" })),
        ("name", json!("a1"), json!("b1")),
        ("amount", json!(11), json!(31)),
        ("flag", json!(true), json!(true)),
        ("raw", json!([97, 49]), json!([98, 49])),
        ("w_double", json!(1.5), json!(2.25)),
        ("w_float", json!(1.5), json!(2.25)),
        ("w_int32", json!(11), json!(31)),
        ("w_uint32", json!(11), json!(31)),
        ("w_uint64", json!(11), json!(31)),
    ]
}

fn lists() -> Vec<Row> {
    vec![
        ("ints", json!([5, 6]), json!([31, 32])),
        ("loose", json!([5, 6]), json!([31, 32])),
        ("bools", json!([true, true]), json!([true, true])),
        ("strings", json!(["a1", "c1"]), json!(["b1", "d1"])),
        ("blobs", json!([[97, 49]]), json!([[98, 49]])),
        ("colours", json!(["RED"]), json!(["GREEN"])),
        ("parts", json!([{ "id": "a1" }]), json!([{ "id": "b1" }, { "id": "c1" }])),
        ("doubles", json!([1.5]), json!([2.25])),
    ]
}

fn maps() -> Vec<Row> {
    let mut rows: Vec<Row> = vec![
        ("by_text", json!({ "k1": 5 }), json!({ "k1": 31 })),
        ("by_int", json!({ "1": { "id": "a1" } }), json!({ "1": { "id": "b1" } })),
        ("by_bool", json!({ "true": "a1" }), json!({ "true": "b1" })),
        ("by_uint", json!({ "1": "RED" }), json!({ "1": "GREEN" })),
        ("by_sint", json!({ "1": 1.5 }), json!({ "1": 2.25 })),
    ];
    let further = ["m_int64", "m_uint32", "m_sint32", "m_fixed32", "m_fixed64", "m_sfixed32", "m_sfixed64"];
    rows.extend(further.map(|field| (field, json!({ "1": 5 }), json!({ "1": 31 }))));
    rows
}

fn proto2() -> Vec<Row> {
    vec![
        ("id", json!("a1"), json!("b1")),
        ("n", json!(11), json!(31)),
        ("size", json!("SMALL"), json!("LARGE")),
        ("list", json!([5, 6]), json!([31, 32])),
        ("flag", json!(true), json!(true)),
        ("result", json!({ "url": "a1" }), json!({ "url": "b1" })),
        ("entries", json!([{ "n": 5 }]), json!([{ "n": 31 }])),
    ]
}

/// The pact of another tool: this message with one rule at the field's path.
fn plan(schema: &Schema, field: &str, example: &[u8], written: &Json, rule: &Json) -> GrpcResponsePlan {
    let mut rules = json!({});
    if !rule.is_null() {
        rules[format!("$.{field}")] = json!({ "combine": "AND", "matchers": [rule] });
    }
    let pact = json!({
        "consumer": { "name": "a" }, "provider": { "name": "b" },
        "interactions": [{
            "type": "Synchronous/Messages", "transport": "grpc", "description": "a call",
            "pluginConfiguration": { "protobuf": {
                "descriptorKey": schema.key(), "service": ".t.S/Get", "expectations": { "response": written }
            } },
            "request": { "contents": { "content": "" } },
            "response": [{
                "contents": { "content": BASE64.encode(example), "encoded": "base64" },
                "matchingRules": { "body": rules }
            }]
        }],
        "metadata": {
            "pactSpecification": { "version": "4.0" },
            "plugins": [{ "name": "protobuf", "version": "0.6.4", "configuration": {
                schema.key(): { "protoDescriptors": BASE64.encode(schema.descriptors()) }
            } }]
        }
    });
    let pact = format::from_json(pact).unwrap();
    GrpcResponsePlan::compile(&GrpcCall::from_interaction(&pact, &pact.interactions[0]).unwrap()).unwrap()
}

fn passes(plan: &GrpcResponsePlan, message: &[u8]) -> bool {
    let messages = vec![message];
    let (headers, trailers) = (Vec::new(), Vec::new());
    plan.check(&ReceivedReply { status: StatusCode::OK, status_message: "", messages, headers, trailers }).is_empty()
}

fn table(schema: &Schema, rows: &[Row]) -> String {
    let output = schema.method("t.S/Get").unwrap().output();
    let rules = rules();
    let mut text = format!("{:11}", "");
    rules.iter().for_each(|(name, _)| write!(text, "{name:9}").unwrap());
    for (field, example, other) in rows {
        let bytes = |value: &Json| encode(&output, &json!({ *field: value })).unwrap().bytes;
        let (example_bytes, other_bytes) = (bytes(example), bytes(other));
        let written = json!({ *field: example });
        write!(text, "\n{field:11}").unwrap();
        for (_, rule) in &rules {
            let plan = plan(schema, field, &example_bytes, &written, rule);
            let marks = [&example_bytes, &other_bytes, &Vec::new()];
            let marks: String = marks.map(|came| if passes(&plan, came) { '✓' } else { '·' }).iter().collect();
            write!(text, "{marks:9}").unwrap();
        }
    }
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn scalar_fields_under_every_rule() {
    insta::assert_snapshot!(table(&schema(PROTO3), &scalars()), @r"
               none     equality type     min 2    max 1    number   integer  decimal  boolean  regex    include  notEmpty null     semver   date     content  values   eachKey  eachVal  contains
    int32      ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    int64      ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    sint32     ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    sint64     ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    sfixed32   ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    sfixed64   ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    uint32     ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    uint64     ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    fixed32    ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    fixed64    ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    double     ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ✓✓✓      ···      ✓✓✓      ✓··      ···      ···      ···      ···      ···      ···      ···      ···      ···
    float      ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ✓✓✓      ···      ✓✓✓      ✓··      ···      ···      ···      ···      ···      ···      ···      ···      ···
    bool       ✓✓·      ✓✓·      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ···      ···      ···      ···      ···      ···
    string     ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓·      ✓✓·      ✓✓·      ···      ···      ···      ✓✓✓      ✓··      ···      ···      ···
    bytes      ✓··      ✓··      ✓✓✓      ✓✓·      ··✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓·      ···      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓
    colour     ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓✓      ···      ✓✓✓      ···      ···      ···      ✓✓✓      ✓··      ···      ···      ···
    maybe      ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    note       ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓·      ✓✓·      ✓✓·      ···      ···      ···      ✓✓✓      ✓··      ···      ···      ···
    ");
}

#[test]
fn message_fields_under_every_rule() {
    insta::assert_snapshot!(table(&schema(PROTO3), &messages()), @r"
               none     equality type     min 2    max 1    number   integer  decimal  boolean  regex    include  notEmpty null     semver   date     content  values   eachKey  eachVal  contains
    part       ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓·      ·✓·      ···      ···      ···      ···      ···      ✓··      ✓✓✓      ✓✓✓      ···
    text       ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓·      ✓✓·      ✓✓·      ···      ···      ···      ✓✓✓      ✓··      ···      ···      ···
    other      ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓·      ✓✓·      ✓✓·      ···      ···      ···      ✓✓✓      ✓··      ✓✓✓      ✓✓✓      ···
    tree       ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ·✓·      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    at         ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    took       ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ·✓·      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    empty      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓
    mask       ✓✓✓      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ··✓      ··✓      ··✓      ··✓      ✓✓✓      ··✓      ✓✓·      ···      ··✓      ··✓      ✓✓✓      ✓·✓      ✓✓✓      ✓✓✓      ··✓
    doc        ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓·✓      ✓✓✓      ✓✓✓      ···
    any_json   ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓·      ✓✓·      ✓✓·      ···      ···      ···      ✓✓✓      ✓··      ✓✓✓      ✓✓✓      ···
    list       ✓✓✓      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ··✓      ··✓      ··✓      ··✓      ✓✓✓      ✓✓✓      ✓✓·      ···      ··✓      ··✓      ✓✓✓      ✓·✓      ✓✓✓      ✓✓✓      ··✓
    any        ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓·      ···      ✓✓·      ···      ···      ···      ✓✓✓      ✓✓·      ✓✓✓      ✓✓✓      ···
    name       ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓·      ✓✓·      ✓✓·      ···      ···      ···      ✓✓✓      ✓··      ✓✓✓      ✓✓✓      ···
    amount     ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    flag       ✓✓·      ✓✓·      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    raw        ✓··      ✓··      ✓✓✓      ✓✓·      ··✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓·      ···      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓
    w_double   ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ✓✓✓      ···      ✓✓✓      ✓··      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    w_float    ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ✓✓✓      ···      ✓✓✓      ✓··      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    w_int32    ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    w_uint32   ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    w_uint64   ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    ");
}

#[test]
fn repeated_fields_under_every_rule() {
    insta::assert_snapshot!(table(&schema(PROTO3), &lists()), @r"
               none     equality type     min 2    max 1    number   integer  decimal  boolean  regex    include  notEmpty null     semver   date     content  values   eachKey  eachVal  contains
    ints       ✓··      ✓··      ✓✓✓      ✓✓·      ··✓      ✓✓✓      ✓✓✓      ··✓      ··✓      ✓✓✓      ··✓      ···      ···      ··✓      ··✓      ··✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓··
    loose      ✓··      ✓··      ✓✓✓      ✓✓·      ··✓      ✓✓✓      ✓✓✓      ··✓      ··✓      ✓✓✓      ··✓      ···      ···      ··✓      ··✓      ··✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓··
    bools      ✓✓·      ✓✓·      ✓✓✓      ✓✓·      ··✓      ··✓      ··✓      ··✓      ✓✓✓      ✓✓✓      ··✓      ···      ···      ··✓      ··✓      ··✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓·
    strings    ✓··      ✓··      ✓✓✓      ✓✓·      ··✓      ··✓      ··✓      ··✓      ··✓      ✓✓✓      ✓✓✓      ✓✓·      ···      ··✓      ··✓      ✓✓✓      ✓·✓      ✓✓✓      ✓✓✓      ✓··
    blobs      ✓··      ✓··      ✓✓✓      ···      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓·      ···      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓··
    colours    ✓··      ✓··      ✓✓✓      ···      ✓✓✓      ··✓      ··✓      ··✓      ··✓      ✓✓✓      ··✓      ✓✓·      ···      ··✓      ··✓      ✓✓✓      ✓·✓      ✓✓✓      ✓✓✓      ✓··
    parts      ✓··      ✓··      ✓✓✓      ·✓·      ✓·✓      ··✓      ··✓      ··✓      ··✓      ✓✓✓      ✓✓✓      ✓✓·      ···      ··✓      ··✓      ✓✓✓      ✓·✓      ✓✓✓      ✓✓✓      ✓··
    doubles    ✓··      ✓··      ✓✓✓      ···      ✓✓✓      ✓✓✓      ··✓      ✓✓✓      ··✓      ✓✓✓      ✓·✓      ···      ···      ··✓      ··✓      ··✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓··
    ");
}

#[test]
fn map_fields_under_every_rule() {
    insta::assert_snapshot!(table(&schema(PROTO3), &maps()), @r"
               none     equality type     min 2    max 1    number   integer  decimal  boolean  regex    include  notEmpty null     semver   date     content  values   eachKey  eachVal  contains
    by_text    ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    by_int     ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓·✓      ✓✓✓      ✓✓✓      ···
    by_bool    ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓·✓      ✓✓✓      ✓✓✓      ···
    by_uint    ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓·✓      ✓✓✓      ✓✓✓      ···
    by_sint    ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    m_int64    ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    m_uint32   ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    m_sint32   ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    m_fixed32  ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    m_fixed64  ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    m_sfixed32 ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    m_sfixed64 ✓··      ✓··      ✓✓·      ···      ✓✓·      ···      ···      ···      ···      ✓✓·      ···      ···      ···      ···      ···      ···      ✓✓✓      ✓✓✓      ✓✓✓      ···
    ");
}

#[test]
fn fields_of_proto2_under_every_rule() {
    insta::assert_snapshot!(table(&schema(PROTO2), &proto2()), @r"
               none     equality type     min 2    max 1    number   integer  decimal  boolean  regex    include  notEmpty null     semver   date     content  values   eachKey  eachVal  contains
    id         ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓·      ✓✓·      ✓✓·      ···      ···      ···      ✓✓✓      ✓··      ···      ···      ···
    n          ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ✓✓✓      ✓✓·      ···      ···      ···      ···      ···      ···      ···      ···      ···
    size       ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓✓      ···      ✓✓✓      ···      ···      ···      ✓✓✓      ✓··      ···      ···      ···
    list       ✓··      ✓··      ✓✓✓      ✓✓·      ··✓      ✓✓✓      ✓✓✓      ··✓      ··✓      ✓✓✓      ··✓      ···      ···      ··✓      ··✓      ··✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓··
    flag       ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ···      ···      ···      ···      ···      ···
    result     ✓··      ✓··      ✓✓✓      ✓✓✓      ✓✓✓      ···      ···      ···      ···      ✓✓·      ✓✓·      ✓✓·      ···      ···      ···      ✓✓✓      ✓··      ✓✓✓      ✓✓✓      ···
    entries    ✓··      ✓··      ✓✓✓      ···      ✓✓✓      ✓✓✓      ✓✓✓      ··✓      ··✓      ✓✓✓      ·✓✓      ···      ···      ··✓      ··✓      ··✓      ✓✓✓      ✓✓✓      ✓✓✓      ✓··
    ");
}

#[test]
fn every_kind_of_field_has_a_row() {
    let rows = [scalars(), messages(), lists(), maps()].concat();
    let output = schema(PROTO3).method("t.S/Get").unwrap().output();
    let without: Vec<String> = output
        .fields()
        .map(|field| field.name().to_owned())
        .filter(|name| !rows.iter().any(|(field, ..)| field == name) && name != "count")
        .collect();
    assert_eq!(without, [""; 0]);
}
