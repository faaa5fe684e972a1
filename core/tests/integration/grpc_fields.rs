//! Every kind of protobuf field with the rules that make sense on it: what each lets pass and what it does not.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_core::pact::Pact;
use countersign_core::pattern::{
    array_containing, boolean, datetime, decimal, each_key, each_like, each_value, equal_to, include, integer, like,
    not_empty, number, regex, semver,
};
use countersign_core::plan::{GrpcResponsePlan, ReceivedReply};
use countersign_core::protobuf::{CallPattern, GrpcCall, Outcome, Schema, StatusCode, encode, register};
use countersign_core::render;
use serde_json::{Value as Json, json};

pub(crate) const PROTO3: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Colour { NONE = 0; RED = 1; GREEN = 2; NEGATIVE = -1; }
message Part { string id = 1; int32 n = 2; repeated string tags = 3; }
message Tree { int32 n = 1; Tree left = 2; repeated Tree others = 3; }
message All {
  double double = 1; float float = 2; int32 int32 = 3; int64 int64 = 4; uint32 uint32 = 5; uint64 uint64 = 6;
  sint32 sint32 = 7; sint64 sint64 = 8; fixed32 fixed32 = 9; fixed64 fixed64 = 10; sfixed32 sfixed32 = 11;
  sfixed64 sfixed64 = 12; bool bool = 13; string string = 14; bytes bytes = 15; Colour colour = 16; Part part = 17;
  oneof choice { string text = 18; Part other = 19; int32 count = 20; }
  optional int32 maybe = 21; optional string note = 22;
  repeated int32 ints = 23; repeated string strings = 24; repeated Part parts = 25; repeated Colour colours = 26;
  repeated sint32 loose = 27 [packed = false]; repeated bool bools = 28; repeated bytes blobs = 29;
  map<string, int32> by_text = 30; map<int32, Part> by_int = 31; map<bool, string> by_bool = 32;
  map<uint64, Colour> by_uint = 33; map<sint64, double> by_sint = 34;
  google.protobuf.Timestamp at = 35; google.protobuf.Duration took = 36; google.protobuf.StringValue name = 37;
  google.protobuf.Int64Value amount = 38; google.protobuf.BoolValue flag = 39; google.protobuf.BytesValue raw = 40;
  google.protobuf.Struct doc = 41; google.protobuf.Value any_json = 42; google.protobuf.ListValue list = 43;
  google.protobuf.Any any = 44; google.protobuf.FieldMask mask = 45; google.protobuf.Empty empty = 46;
  google.protobuf.DoubleValue w_double = 47; google.protobuf.FloatValue w_float = 48;
  google.protobuf.Int32Value w_int32 = 49; google.protobuf.UInt32Value w_uint32 = 50;
  google.protobuf.UInt64Value w_uint64 = 51; Tree tree = 52; repeated double doubles = 53;
  map<int64, int32> m_int64 = 54; map<uint32, int32> m_uint32 = 55; map<sint32, int32> m_sint32 = 56;
  map<fixed32, int32> m_fixed32 = 57; map<fixed64, int32> m_fixed64 = 58; map<sfixed32, int32> m_sfixed32 = 59;
  map<sfixed64, int32> m_sfixed64 = 60;
}
service S { rpc Get(Part) returns (All); }
"#;

pub(crate) const PROTO2: &str = r#"
syntax = "proto2";
package t;
enum Size { SMALL = 1; LARGE = 2; }
message Old {
  required string id = 1; optional int32 n = 2 [default = 7]; optional Size size = 3 [default = LARGE];
  repeated int32 list = 4 [packed = true]; optional bool flag = 5 [default = true];
  optional group Result = 6 { optional string url = 1; } repeated group Entries = 7 { optional int32 n = 1; }
}
message Ask { optional string id = 1; }
service S { rpc Get(Ask) returns (Old); }
"#;

pub(crate) fn schema(text: &str) -> Schema {
    // tests of one process run side by side
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("countersign-fields-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("t.proto");
    std::fs::write(&file, text).unwrap();
    let schema = Schema::compile(Path::new(&file), &[]).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    schema
}

/// The plan of a call that answers this message.
fn plan(schema: &Schema, response: Json) -> GrpcResponsePlan {
    let method = schema.method("t.S/Get").unwrap();
    let pattern = CallPattern {
        request: json!({}),
        request_metadata: Default::default(),
        outcome: Outcome::Messages(vec![response]),
        response_metadata: Default::default(),
    };
    let mut pact = Pact::new("a", "b");
    let interaction = pattern.to_interaction("a call", schema, &method).unwrap();
    pact.interactions.push(interaction);
    register(&mut pact, schema);
    // as it is read from a file
    let pact = countersign_core::format::read(&countersign_core::format::write(&pact)).unwrap();
    GrpcResponsePlan::compile(&GrpcCall::from_interaction(&pact, &pact.interactions[0]).unwrap()).unwrap()
}

fn differences(schema: &Schema, plan: &GrpcResponsePlan, came: &Json) -> Vec<String> {
    let output = schema.method("t.S/Get").unwrap().output();
    let bytes = encode(&output, came).unwrap_or_else(|error| panic!("{came}: {error}")).bytes;
    let found = plan.check(&ReceivedReply {
        status: StatusCode::OK,
        status_message: "",
        messages: vec![&bytes],
        headers: Vec::new(),
        trailers: Vec::new(),
    });
    found.iter().map(|mismatch| render::words(mismatch).to_string()).collect()
}

#[track_caller]
fn check(schema: &Schema, field: &str, pattern: Json, fits: &[Json], does_not: &[Json]) {
    let plan = plan(schema, json!({ field: pattern.clone() }));
    for came in fits {
        let found = differences(schema, &plan, &json!({ field: came }));
        assert!(found.is_empty(), "{field}: {pattern} should let {came} pass: {found:?}");
    }
    for came in does_not {
        let found = differences(schema, &plan, &json!({ field: came }));
        assert!(!found.is_empty(), "{field}: {pattern} should not let {came} pass");
        assert!(found[0].starts_with(&format!("$.{field}")), "{field}: {found:?}");
    }
    // nothing at all is no answer to an agreement on a field
    assert!(!differences(schema, &plan, &json!({})).is_empty(), "{field}: {pattern} should miss the field");
}

fn to_json(value: impl serde::Serialize) -> Json {
    serde_json::to_value(value).unwrap()
}

#[test]
fn scalars() {
    let schema = schema(PROTO3);
    for kind in ["int32", "int64", "sint32", "sint64", "sfixed32", "sfixed64"] {
        check(&schema, kind, json!(-5), &[json!(-5)], &[json!(5), json!(-6)]);
        check(&schema, kind, to_json(integer(-5)), &[json!(7), json!(-7)], &[]);
        check(&schema, kind, to_json(number(-5)), &[json!(7)], &[]);
        check(&schema, kind, to_json(like(-5)), &[json!(7)], &[]);
        check(&schema, kind, to_json(equal_to(-5)), &[json!(-5)], &[json!(1)]);
        check(&schema, kind, to_json(regex("-?[0-9]", -5)), &[json!(-6), json!(6)], &[json!(55)]);
        check(&schema, kind, to_json(include("5")), &[json!(-15)], &[json!(-16)]);
    }
    for kind in ["uint32", "uint64", "fixed32", "fixed64"] {
        check(&schema, kind, json!(5), &[json!(5)], &[json!(6)]);
        check(&schema, kind, to_json(integer(5)), &[json!(7)], &[]);
        check(&schema, kind, json!("matching(integer, 5)"), &[json!(7)], &[]);
    }
    for kind in ["double", "float"] {
        check(&schema, kind, json!(1.5), &[json!(1.5)], &[json!(1.25), json!("NaN")]);
        check(&schema, kind, to_json(decimal(1.5)), &[json!(2.5), json!(-2)], &[]);
        check(&schema, kind, to_json(number(1.5)), &[json!(2)], &[]);
        check(&schema, kind, to_json(regex(r"[0-9]\.5", "1.5")), &[json!(2.5)], &[json!(2)]);
    }
    check(&schema, "bool", json!(true), &[json!(true)], &[]);
    check(&schema, "bool", to_json(boolean(true)), &[json!(true)], &[]);
    check(&schema, "string", json!("a"), &[json!("a")], &[json!("b")]);
    check(&schema, "string", to_json(like("a")), &[json!("b")], &[]);
    check(&schema, "string", to_json(regex("[a-c]+", "abc")), &[json!("cab")], &[json!("abd"), json!("ab ")]);
    check(&schema, "string", to_json(include("b")), &[json!("abc")], &[json!("ac")]);
    check(&schema, "string", to_json(not_empty("a")), &[json!("b")], &[json!("")]);
    check(&schema, "string", to_json(semver("1.2.3")), &[json!("2.0.0-rc.1")], &[json!("2.0")]);
    check(&schema, "string", to_json(datetime("yyyy-MM-dd", "2026-05-24")), &[json!("2027-01-31")], &[json!("x")]);
    check(&schema, "bytes", json!([1, 2]), &[json!([1, 2])], &[json!([1, 3])]);
    check(&schema, "bytes", to_json(like(json!([1, 2]))), &[json!([7])], &[]);
    check(&schema, "bytes", to_json(not_empty("AQI=")), &[json!([7])], &[json!("")]);
}

#[test]
fn enums_by_name_and_by_number() {
    let schema = schema(PROTO3);
    check(&schema, "colour", json!("RED"), &[json!("RED"), json!(1)], &[json!("GREEN"), json!(9)]);
    check(&schema, "colour", json!(2), &[json!("GREEN")], &[json!("RED"), json!("NEGATIVE")]);
    check(&schema, "colour", to_json(like("RED")), &[json!("GREEN"), json!(-1), json!(9)], &[]);
    check(&schema, "colour", to_json(regex("RED|GREEN", "RED")), &[json!("GREEN")], &[json!("NEGATIVE"), json!(9)]);
    check(&schema, "colours", to_json(each_like("RED")), &[json!(["GREEN", "RED"])], &[json!([])]);
}

#[test]
fn messages_and_oneofs() {
    let schema = schema(PROTO3);
    let part = |id: &str, n: i32| json!({ "id": id, "n": n });
    check(&schema, "part", part("a", 1), &[part("a", 1)], &[part("b", 1), part("a", 2), json!({ "id": "a" })]);
    check(&schema, "part", to_json(like(part("a", 1))), &[part("b", 2)], &[json!({ "id": "b" }), json!({})]);
    check(&schema, "part", json!({ "id": regex("[a-z]", "a") }), &[part("b", 7)], &[part("B", 1)]);
    check(&schema, "text", to_json(like("a")), &[json!("b")], &[]);
    check(&schema, "other", json!({ "id": like("a") }), &[part("b", 0)], &[json!({ "n": 1 })]);
    check(&schema, "count", to_json(integer(1)), &[json!(0), json!(5)], &[]);
    // another member of the oneof is not the one that was agreed on
    let plan = plan(&schema, json!({ "text": like("a") }));
    assert_eq!(differences(&schema, &plan, &json!({ "count": 1 })).len(), 1);
}

#[test]
fn optional_fields_tell_absence_from_the_default() {
    let schema = schema(PROTO3);
    check(&schema, "maybe", json!(0), &[json!(0)], &[json!(1)]);
    check(&schema, "maybe", to_json(integer(3)), &[json!(0), json!(7)], &[]);
    check(&schema, "note", json!(""), &[json!("")], &[json!("x")]);
}

#[test]
fn what_has_presence_has_to_arrive_though_its_example_is_the_default() {
    let schema = schema(PROTO3);
    for (field, default) in [
        ("maybe", json!(0)),
        ("note", json!("")),
        ("text", json!("")),
        ("count", json!(0)),
        ("other", json!({})),
        ("part", json!({})),
        ("amount", json!(0)),
        ("empty", json!({})),
    ] {
        let plan = plan(&schema, json!({ field: default.clone(), "double": 1.5 }));
        assert_eq!(differences(&schema, &plan, &json!({ "double": 1.5, field: default })), [""; 0], "{field}");
        let found = differences(&schema, &plan, &json!({ "double": 1.5 }));
        assert_eq!(found.len(), 1, "{field}: {found:?}");
        assert!(found[0].starts_with(&format!("$.{field}\n")), "{found:?}");
    }
}

#[test]
fn defaults_of_plain_fields_cannot_be_told_from_absence() {
    let schema = schema(PROTO3);
    for (field, default) in
        [("int32", json!(0)), ("string", json!("")), ("bool", json!(false)), ("colour", json!("NONE"))]
    {
        let plan = plan(&schema, json!({ field: default.clone(), "double": 1.5 }));
        assert_eq!(differences(&schema, &plan, &json!({ "double": 1.5 })), [""; 0], "{field}");
        assert_eq!(differences(&schema, &plan, &json!({ "double": 1.5, field: default })), [""; 0], "{field}");
    }
}

#[test]
fn lists() {
    let schema = schema(PROTO3);
    check(&schema, "ints", json!([1, 2]), &[json!([1, 2])], &[json!([1]), json!([1, 2, 3]), json!([2, 1])]);
    check(&schema, "ints", to_json(each_like(1)), &[json!([5]), json!([1, 2, 3])], &[json!([])]);
    check(
        &schema,
        "ints",
        to_json(each_like(integer(1)).min(2).max(3)),
        &[json!([1, 2])],
        &[json!([1]), json!([1, 2, 3, 4])],
    );
    check(&schema, "strings", to_json(each_like(regex("[a-z]", "a"))), &[json!(["b", "c"])], &[json!(["b", "C"])]);
    check(&schema, "strings", to_json(array_containing([regex("x.", "xy")])), &[json!(["a", "xz"])], &[json!(["a"])]);
    check(&schema, "strings", json!("eachValue(matching(regex, '[a-z]', 'a'))"), &[json!(["b", "c"])], &[json!(["B"])]);
    check(
        &schema,
        "parts",
        to_json(each_like(json!({ "id": like("a") }))),
        &[json!([{ "id": "x" }, { "id": "y" }])],
        &[],
    );
    check(&schema, "parts", json!([{ "id": "a" }]), &[json!([{ "id": "a", "n": 7 }])], &[json!([{ "id": "b" }])]);
    check(&schema, "loose", json!([-1, 2]), &[json!([-1, 2])], &[json!([1, 2])]);
    check(&schema, "bools", json!([true, false]), &[json!([true, false])], &[json!([false, true])]);
    check(&schema, "blobs", json!([[1], [2]]), &[json!([[1], [2]])], &[json!([[1], [3]])]);
}

#[test]
fn maps_with_any_key_type() {
    let schema = schema(PROTO3);
    check(&schema, "by_text", json!({ "a": 1 }), &[json!({ "a": 1, "b": 2 })], &[json!({ "a": 2 }), json!({ "b": 1 })]);
    check(
        &schema,
        "by_int",
        json!({ "-7": { "id": "a" } }),
        &[json!({ "-7": { "id": "a" } })],
        &[json!({ "7": { "id": "a" } })],
    );
    check(&schema, "by_bool", json!({ "true": "x" }), &[json!({ "true": "x" })], &[json!({ "false": "x" })]);
    check(&schema, "by_uint", json!({ "5": "RED" }), &[json!({ "5": "RED" })], &[json!({ "5": "GREEN" })]);
    check(&schema, "by_sint", json!({ "-5": 1.5 }), &[json!({ "-5": 1.5 })], &[json!({ "-5": 2.5 })]);
    let keys = to_json(each_key(regex("[a-z]", "a"), json!({ "a": 1 })));
    check(&schema, "by_text", keys, &[json!({ "b": 1 })], &[json!({ "B": 1 })]);
    let values = to_json(each_value(integer(1), json!({ "a": 1 })));
    check(&schema, "by_text", values, &[json!({ "b": 5, "c": 6 })], &[]);
}

#[test]
fn well_known_types_in_their_json_form() {
    let schema = schema(PROTO3);
    let at = "2026-05-24T10:30:00Z";
    check(
        &schema,
        "at",
        json!(at),
        &[json!(at), json!({ "seconds": 1_779_618_600 })],
        &[json!("2026-05-24T10:30:01Z")],
    );
    check(&schema, "at", to_json(like(at)), &[json!("2027-01-01T00:00:00.5Z")], &[]);
    check(&schema, "took", json!("1.5s"), &[json!("1.500s")], &[json!("2.5s"), json!("-1.5s")]);
    check(&schema, "name", json!("a"), &[json!("a"), json!({ "value": "a" })], &[json!("b")]);
    check(&schema, "name", json!({ "value": like("a") }), &[json!("b")], &[]);
    check(&schema, "amount", json!(7), &[json!(7)], &[json!(8)]);
    check(&schema, "flag", json!(true), &[json!(true)], &[]);
    check(&schema, "raw", json!({ "value": "AQI=" }), &[json!({ "value": [1, 2] })], &[json!({ "value": [1] })]);
    check(
        &schema,
        "doc",
        json!({ "a": 1, "list": each_like("x"), "deep": { "b": regex("[a-z]", "b") } }),
        &[json!({ "a": 1, "list": ["y", "z"], "deep": { "b": "c" }, "more": null })],
        &[
            json!({ "a": 2, "list": ["y"], "deep": { "b": "c" } }),
            json!({ "a": 1, "list": ["y"], "deep": { "b": "C" } }),
            json!({ "a": 1, "list": [], "deep": { "b": "c" } }),
        ],
    );
    check(&schema, "any_json", json!("x"), &[json!("x")], &[json!("y")]);
    check(&schema, "any_json", to_json(like(1)), &[json!(2)], &[json!("y")]);
    check(&schema, "list", json!([1, "a"]), &[json!([1, "a"])], &[json!([1, "b"]), json!([1])]);
    check(&schema, "mask", json!("userName,id"), &[json!({ "paths": ["user_name", "id"] })], &[json!("id")]);
}

#[test]
fn any_is_compared_by_the_message_in_it() {
    let schema = schema(PROTO3);
    let any = |id: &str, n: i32| json!({ "@type": "type.googleapis.com/t.Part", "id": id, "n": n });
    check(&schema, "any", any("a", 1), &[any("a", 1)], &[any("b", 1), any("a", 2)]);
    let pattern = json!({ "@type": "t.Part", "id": regex("[a-z]", "a"), "n": 1 });
    check(&schema, "any", pattern, &[any("b", 1)], &[any("B", 1), any("b", 2)]);
}

#[test]
fn proto2_has_required_fields_and_defaults_of_its_own() {
    let schema = schema(PROTO2);
    check(&schema, "id", json!("a"), &[json!("a")], &[json!("b")]);
    check(&schema, "n", json!(7), &[json!(7)], &[json!(0)]);
    check(&schema, "size", json!("SMALL"), &[json!("SMALL")], &[json!("LARGE")]);
    check(&schema, "list", json!([1, 2]), &[json!([1, 2])], &[json!([1])]);
    check(&schema, "flag", json!(false), &[json!(false)], &[json!(true)]);
    check(&schema, "result", json!({ "url": like("a") }), &[json!({ "url": "b" })], &[json!({})]);
    check(
        &schema,
        "entries",
        json!([{ "n": 1 }, { "n": 2 }]),
        &[json!([{ "n": 1 }, { "n": 2 }])],
        &[json!([{ "n": 1 }])],
    );
}

#[test]
fn unknown_fields_do_no_harm() {
    let newer = schema(&PROTO3.replace("message Part {", "message Part { string more = 99; "));
    let schema = schema(PROTO3);
    let plan = plan(&schema, json!({ "part": { "id": "a" } }));
    let output = newer.method("t.S/Get").unwrap().output();
    let bytes = encode(&output, &json!({ "part": { "id": "a", "more": "x" } })).unwrap().bytes;
    let reply = ReceivedReply {
        status: StatusCode::OK,
        status_message: "",
        messages: vec![&bytes],
        headers: Vec::new(),
        trailers: Vec::new(),
    };
    assert!(plan.check(&reply).is_empty());
}

#[test]
fn what_cannot_be_agreed_on_names_the_field_and_what_it_takes() {
    let schema = schema(PROTO3);
    let output = schema.method("t.S/Get").unwrap().output();
    for (pattern, problem) in [
        (json!({ "int32": "x" }), "$.int32: takes a whole number from -2147483648 to 2147483647, not \"x\""),
        (json!({ "uint32": -1 }), "$.uint32: takes a whole number from 0 to 4294967295, not -1"),
        (json!({ "colour": "BLUE" }), "$.colour: takes one of NEGATIVE, NONE, RED, GREEN, not \"BLUE\""),
        (json!({ "bool": 1 }), "$.bool: takes true or false, not 1"),
        (json!({ "part": 1 }), "$.part: takes an object with the fields of t.Part"),
        (json!({ "part": { "idd": "a" } }), "$.part: t.Part has no field 'idd', it has id, n, tags"),
        (
            json!({ "by_int": { "x": {} } }),
            "$.by_int: takes a whole number from -2147483648 to 2147483647 as key, not \"x\"",
        ),
        (json!({ "at": "yesterday" }), "$.at: takes a time such as 2026-05-24T10:30:00Z, not \"yesterday\""),
        (
            json!({ "any": { "@type": "t.Nothing" } }),
            "$.any: has the @type 't.Nothing', which the .proto files do not have: import its file",
        ),
        (json!({ "int32": not_empty(5) }), "$.int32: "),
        (json!({ "string": "matching(integer, 'x')" }), "$.string: "),
    ] {
        let error = encode(&output, &pattern).unwrap_err().to_string();
        assert!(error.starts_with(problem), "{pattern}: {error}");
    }
}

#[test]
fn events_travel_as_protobuf_without_grpc() {
    use countersign_core::pact::{Interaction, InteractionKind};
    use countersign_core::plan::{MessagePlan, ReceivedMessage, Unexpected};
    use countersign_core::protobuf::{PLUGIN_NAME, message_presence, message_type, write_message};

    let schema = schema(PROTO3);
    let event = schema.message("t.Part").unwrap();
    let pattern = json!({ "id": regex("ord_[0-9]+", "ord_456"), "n": integer(2) });
    let (message, configuration) = write_message(&schema, &event, &pattern).unwrap();
    let mut interaction =
        Interaction::new("an order was placed", InteractionKind::AsynchronousMessage(Box::new(message)));
    interaction.plugin_configuration.insert(PLUGIN_NAME.to_owned(), configuration);
    let mut pact = Pact::new("a", "b");
    pact.interactions.push(interaction);
    register(&mut pact, &schema);
    let pact = countersign_core::format::read(&countersign_core::format::write(&pact)).unwrap();

    let interaction = &pact.interactions[0];
    let InteractionKind::AsynchronousMessage(message) = &interaction.kind else { panic!("it is a message") };
    let descriptor = message_type(&pact, interaction).unwrap().unwrap();
    let plan = MessagePlan::compile_protobuf_of(message, &descriptor, message_presence(interaction)).unwrap();
    let found = |came: Json| -> Vec<String> {
        let bytes = encode(&event, &came).unwrap().bytes;
        let received = ReceivedMessage { contents: &bytes, metadata: Default::default() };
        plan.check(&received, Unexpected::Allowed).iter().map(|found| found.location.to_string()).collect()
    };
    assert_eq!(found(json!({ "id": "ord_7", "n": 5, "tags": ["x"] })), [""; 0]);
    assert_eq!(found(json!({ "id": "order", "n": 5 })), ["$.id"]);
    assert_eq!(found(json!({ "id": "ord_7" })), ["$.n"]);
}

#[test]
fn a_pact_is_shown_with_the_names_of_its_fields_and_its_rules_in_words() {
    let schema = schema(PROTO3);
    let method = schema.method("t.S/Get").unwrap();
    let pattern = CallPattern {
        request: json!({ "id": "a" }),
        request_metadata: [("x-tenant".to_owned(), json!("acme"))].into_iter().collect(),
        outcome: Outcome::Messages(vec![json!({ "part": { "id": regex("[a-z]", "b") }, "colour": "RED" })]),
        response_metadata: Default::default(),
    };
    let mut pact = Pact::new("shop", "stock");
    pact.interactions.push(pattern.to_interaction("a call", &schema, &method).unwrap());
    register(&mut pact, &schema);
    let text = render::pact_text(&pact);
    for line in [
        "shop → stock · 1 interaction",
        "a call",
        "  gRPC t.S/Get",
        "  request · t.Part",
        "    x-tenant: acme",
        "      \"id\": \"a\"",
        "  response · t.All",
        "      \"colour\": \"RED\"",
        "      $.part.id is text matching [a-z]",
    ] {
        assert!(text.lines().any(|found| found.trim_end_matches(',') == line), "{line:?} is not in\n{text}");
    }
}
