use std::path::Path;

use serde_json::json;

use super::*;
use crate::pattern::{array_containing, decimal, each_like, each_value, integer, like, not_empty, regex};
use crate::protobuf::{Schema, decode_actual, decode_expected};
use crate::rule::rule_list_to_json;

const PROTO: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Level { LOW = 0; HIGH = 2; }
message All {
  double d = 1; float f = 2; int32 i = 3; int64 l = 4; uint32 u = 5; uint64 ul = 6; sint32 si = 7; sint64 sl = 8;
  fixed32 x = 9; fixed64 xl = 10; sfixed32 sx = 11; sfixed64 sxl = 12; bool b = 13; string s = 14; bytes y = 15;
  Level level = 16; All child = 17; repeated int32 nums = 18; repeated string names = 19; repeated All children = 20;
  map<string, int32> counts = 21; map<int32, All> by_id = 22; optional string maybe = 23;
  oneof choice { string text = 24; int32 number = 25; }
  google.protobuf.Timestamp at = 26; google.protobuf.StringValue wrapped = 27; string long_name = 28;
  repeated Level levels = 29; map<bool, bytes> flags = 30;
}
"#;

fn compile_all() -> MessageDescriptor {
    let folder = std::env::temp_dir().join(format!("countersign-encode-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("all.proto");
    std::fs::write(&file, PROTO).unwrap();
    let schema = Schema::compile(Path::new(&file), &[]).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    schema.message("t.All").unwrap()
}

fn all() -> MessageDescriptor {
    descriptor_once().clone()
}

/// The pattern's value tree as JSON, and its rules as `path rules` lines.
#[track_caller]
fn check(pattern: Json, tree: Json, rules: &[&str]) {
    let descriptor = all();
    let encoded = encode(&descriptor, &pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    let expected = decode_expected(&descriptor, &encoded.bytes).unwrap();
    assert_eq!(expected.to_json(), tree, "{pattern}");
    let lines: Vec<String> = encoded
        .rules
        .iter()
        .map(|entry| format!("{} {}", entry.path, rule_list_to_json(&entry.rules)["matchers"]))
        .collect();
    assert_eq!(lines, rules, "{pattern}");
    // what was agreed comes back as agreed
    assert_eq!(decode_actual(&descriptor, &encoded.bytes, &expected).unwrap(), expected);
}

#[test]
fn every_kind_of_field_is_written_and_read() {
    let number = |text: &str| serde_json::from_str::<Json>(text).unwrap();
    for (field, value, tree) in [
        ("d", json!(2), number("2.0")),
        ("d", json!("Infinity"), json!("Infinity")),
        ("d", json!(-0.0), number("-0.0")),
        ("f", json!(0.1), number("0.1")),
        ("i", json!(-3), json!(-3)),
        ("i", json!("matching(integer, 0)"), json!(0)),
        ("l", json!(i64::MIN), json!(i64::MIN)),
        ("l", json!("9007199254740993"), json!(9_007_199_254_740_993_i64)),
        ("u", json!(u32::MAX), json!(u32::MAX)),
        ("ul", json!(u64::MAX), json!(u64::MAX)),
        ("si", json!(i32::MIN), json!(i32::MIN)),
        ("si", json!(5), json!(5)),
        ("sl", json!(-1), json!(-1)),
        ("x", json!(8), json!(8)),
        ("xl", json!(9), json!(9)),
        ("sx", json!(-10), json!(-10)),
        ("sxl", json!(-11), json!(-11)),
        ("b", json!(false), json!(false)),
        ("b", json!("true"), json!(true)),
        ("s", json!(""), json!("")),
        ("s", json!(7), json!("7")),
        ("y", json!("AAEC"), json!("AAEC")),
        ("y", json!([0, 1, 2]), json!("AAEC")),
        ("y", json!("no base64!"), json!("bm8gYmFzZTY0IQ==")),
        ("level", json!("HIGH"), json!("HIGH")),
        ("level", json!(2), json!("HIGH")),
        ("level", json!(77), json!("Unknown enum 77")),
        ("level", json!("LOW"), json!("LOW")),
        ("child", json!({}), json!({})),
        ("child", json!({ "child": { "s": "x" } }), json!({ "child": { "s": "x" } })),
        ("nums", json!([1, 0, -2]), json!([1, 0, -2])),
        ("nums", json!(3), json!([3])),
        ("levels", json!(["LOW", "HIGH"]), json!(["LOW", "HIGH"])),
        ("names", json!(["a", ""]), json!(["a", ""])),
        ("children", json!([{}, { "i": 1 }]), json!([{}, { "i": 1 }])),
        ("counts", json!({ "a": 0, "": 2 }), json!({ "a": 0, "": 2 })),
        ("by_id", json!({ "7": { "s": "x" } }), json!({ "7": { "s": "x" } })),
        ("flags", json!({ "true": "AAEC" }), json!({ "true": "AAEC" })),
        ("maybe", json!(""), json!("")),
        ("number", json!(0), json!(0)),
        ("at", json!({ "seconds": 5 }), json!({ "seconds": 5 })),
        ("wrapped", json!("x"), json!({ "value": "x" })),
    ] {
        let rules: &[&str] =
            if value == json!("matching(integer, 0)") { &["$.i [{\"match\":\"integer\"}]"] } else { &[] };
        check(json!({ field: value }), json!({ field: tree }), rules);
    }
    check(json!({ "longName": "x", "s": null }), json!({ "long_name": "x" }), &[]);
    check(json!({ "text": "a", "number": 1 }), json!({ "text": "a", "number": 1 }), &[]);
}

#[test]
fn matchers_become_rules_by_the_fields_own_names() {
    check(
        json!({
            "longName": regex("[a-z]+", "abc"), "i": integer(5), "d": decimal(1.5), "child": like(json!({ "s": not_empty("x") })),
            "names": each_like("a").min(2), "children": each_like(json!({ "i": integer(1) })),
            "counts": each_value(integer(1), json!({ "k": 1 })), "by_id": { "7": { "longName": like("x") } },
            "nums": array_containing([json!(integer(1)), json!(2)]),
        }),
        json!({
            "d": 1.5, "i": 5, "child": { "s": "x" }, "nums": [1, 2], "names": ["a", "a"], "children": [{ "i": 1 }],
            "counts": { "k": 1 }, "by_id": { "7": { "long_name": "x" } }, "long_name": "abc",
        }),
        &[
            r#"$.long_name [{"match":"regex","regex":"[a-z]+"}]"#,
            r#"$.i [{"match":"integer"}]"#,
            r#"$.d [{"match":"decimal"}]"#,
            r#"$.child [{"match":"type"}]"#,
            r#"$.child.s [{"match":"notEmpty"}]"#,
            r#"$.names [{"match":"type","min":2}]"#,
            r#"$.children [{"match":"type","min":1}]"#,
            r#"$.children[*].i [{"match":"integer"}]"#,
            r#"$.counts [{"match":"eachValue","rules":[{"match":"integer"}]}]"#,
            r#"$.by_id[7].long_name [{"match":"type"}]"#,
            concat!(
                r#"$.nums [{"match":"arrayContains","variants":["#,
                r#"{"index":0,"rules":{"$":{"combine":"AND","matchers":[{"match":"integer"}]}}},"#,
                r#"{"index":1,"rules":{"$":{"combine":"AND","matchers":[{"match":"equality"}]}}}]}]"#
            ),
        ],
    );
}

#[test]
fn expressions_stand_where_the_ecosystems_plugin_puts_them() {
    check(
        json!({
            "nums": "atLeast(1), atMost(3), eachValue(matching(integer, 1))", "names": "matching(type, 'a')",
            "children": { "pact:match": "eachValue(matching($'c'))", "c": { "i": "matching(integer, 1)" } },
            "counts": { "pact:match": "eachKey(matching(regex, '[a-z]', 'k')), atLeast(1)", "k": "matching(integer, 2)" },
        }),
        json!({ "nums": [1], "names": ["a"], "children": [{ "i": 1 }], "counts": { "k": 2 } }),
        &[
            r#"$.nums [{"match":"type","max":3,"min":1},{"match":"eachValue","rules":[{"match":"integer"}],"value":"1"}]"#,
            r#"$.names.* [{"match":"type"}]"#,
            r#"$.children.* [{"match":"type"}]"#,
            r#"$.children [{"match":"values"}]"#,
            r#"$.children.*.i [{"match":"integer"}]"#,
            r#"$.counts [{"match":"type","min":1},{"match":"eachKey","rules":[{"match":"regex","regex":"[a-z]"}],"value":"k"}]"#,
            r#"$.counts.k [{"match":"integer"}]"#,
        ],
    );
}

#[test]
fn problems_name_the_field_and_what_it_takes() {
    let pattern = json!({
        "i": 1.5, "u": -1, "b": "yes", "level": "MEDIUM", "child": 5, "counts": [1], "colour": "red",
        "s": "matching(integer, )", "text": { "a": 1 }, "by_id": { "x": {} }, "y": [256], "d": regex("[", "x"),
        "x": "matching(decimal, 2)", "names": [regex("[a-z]+", "1")], "children": "matching(type, 'x')",
        "longName": "a", "long_name": "b", "at": { "secs": 1 },
    });
    insta::assert_snapshot!(encode(&all(), &pattern).unwrap_err(), @r#"
    $.i: takes a whole number from -2147483648 to 2147483647, not 1.5
    $.u: takes a whole number from 0 to 4294967295, not -1
    $.b: takes true or false, not "yes"
    $.level: takes one of LOW, HIGH, not "MEDIUM"
    $.child: takes an object with the fields of t.All
    $.counts: takes an object with the map's entries
    $: t.All has no field 'colour', it has d, f, i, l, u, ul, si, sl, x, xl, sx, sxl, b, s, y, level, child, nums, names, children, counts, by_id, maybe, text, number, at, wrapped, long_name, levels, flags
    $.s: expected a whole number, not ) at character 19 of "matching(integer, )"
    $.text: takes a text, not {"a":1}
    $.by_id: takes a whole number from -2147483648 to 2147483647 as key, not "x"
    $.y: takes a text (base64, or taken as it is) or a list of numbers from 0 to 255, not [256]
    $.d: the regular expression '[' does not compile: Parsing error at position 9: Invalid character class
    $.x: the example 2 does not satisfy its own rule {"match":"decimal"}
    $.names[0]: the example "1" does not match the regular expression '[a-z]+'
    $.children: an expression says nothing about messages: give a list, or an object with "pact:match"
    $: the field 'long_name' is given twice
    $.at: google.protobuf.Timestamp has no field 'secs', it has seconds, nanos
    "#);
}

#[test]
fn absent_fields_that_were_agreed_on_have_their_defaults() {
    let descriptor = all();
    let pattern = json!({
        "i": 1, "s": "x", "level": "HIGH", "maybe": "x", "child": { "b": true, "child": { "y": "AAEC" } }, "nums": [1],
        "counts": { "a": 1 }, "d": 1.5,
    });
    let expected = decode_expected(&descriptor, &encode(&descriptor, &pattern).unwrap().bytes).unwrap();
    let actual = decode_actual(&descriptor, &[], &expected).unwrap();
    let defaults: Json = serde_json::from_str(
        r#"{"d": 0.0, "i": 0, "s": "", "level": "LOW", "child": {"b": false, "child": {"y": ""}}, "nums": [], "counts": {},
            "maybe": ""}"#,
    )
    .unwrap();
    assert_eq!(actual.to_json(), defaults);
}

#[test]
fn defaults_that_nobody_spoke_of_are_left_out() {
    let descriptor = all();
    let came = json!({ "i": 0, "s": "", "maybe": "", "child": { "i": 0 }, "nums": [1], "l": 5, "counts": {} });
    let bytes = encode(&descriptor, &came).unwrap().bytes;
    let expected = decode_expected(&descriptor, &[]).unwrap();
    assert_eq!(decode_actual(&descriptor, &bytes, &expected).unwrap().to_json(), json!({ "l": 5 }));
}

#[test]
fn bytes_that_are_no_message_are_refused_with_their_place() {
    let descriptor = all();
    for (bytes, message) in [
        (
            &[0x72, 0x02, 0xff, 0xff][..],
            "not a t.All at $.s: the text is not UTF-8: invalid utf-8 sequence of 1 bytes from index 0",
        ),
        (
            &[0x8a, 0x01, 0x02, 0x0a, 0x00],
            "not a t.All at $.child.d: a length-delimited value came, but the field's type is double",
        ),
        (&[0x18], "not a t.All at $: the message ends inside a number"),
        (&[0xa3, 0x06, 0xa4, 0x06], "not a t.All at $: field 100 is a group that the schema does not have"),
        (&[0x92, 0x01, 0x01, 0x80], "not a t.All at $.nums: the message ends inside a number"),
    ] {
        assert_eq!(decode_expected(&descriptor, bytes).unwrap_err().to_string(), message);
    }
    let mut nested = Vec::new();
    for _ in 0..200 {
        let mut outer = Vec::new();
        Encoded::Bytes(nested).write_field(17, &mut outer);
        nested = outer;
    }
    assert!(decode_expected(&descriptor, &nested).unwrap_err().to_string().ends_with("messages nest too deeply"));
}

#[test]
fn fields_may_come_in_any_order_and_the_first_of_a_kind_counts() {
    let descriptor = all();
    // s = "b", an unknown field, i = 5, s = "c", and i once more
    let bytes = b"\x72\x01b\xa0\x06\x01\x18\x05\x72\x01c\x18\x07";
    let value = decode_expected(&descriptor, bytes).unwrap();
    assert_eq!(value.to_json().to_string(), r#"{"i":5,"s":"b"}"#);
    assert_eq!(decode_actual(&descriptor, bytes, &value).unwrap(), value);
}

#[test]
fn ten_thousand_levels_are_an_error() {
    let descriptor = all();
    let (mut bytes, mut groups, mut pattern) = (Vec::new(), vec![0x0b; 10_000], json!({}));
    for _ in 0..10_000 {
        let mut outer = Vec::new();
        Encoded::Bytes(bytes).write_field(17, &mut outer);
        bytes = outer;
        let mut outer = json!({ "child": null });
        outer["child"] = pattern;
        pattern = outer;
    }
    groups.extend([0x0c; 10_000]);
    for bytes in [bytes, groups] {
        assert!(decode_expected(&descriptor, &bytes).unwrap_err().to_string().contains("nest too deeply"));
        assert!(decode_actual(&descriptor, &bytes, &crate::value::Value::Null).is_err());
    }
    let error = encode(&descriptor, &pattern).unwrap_err().to_string();
    crate::content::json::dismantle(pattern);
    assert_eq!(error, "$: the pattern is nested deeper than 128 levels");
}

proptest::proptest! {
    #[test]
    fn no_bytes_at_all_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
        let descriptor = descriptor_once();
        if let Ok(expected) = decode_expected(descriptor, &bytes) {
            let actual = decode_actual(descriptor, &bytes, &expected).unwrap();
            proptest::prop_assert_eq!(actual, expected);
        }
    }
}

fn descriptor_once() -> &'static MessageDescriptor {
    static ONCE: std::sync::OnceLock<MessageDescriptor> = std::sync::OnceLock::new();
    ONCE.get_or_init(compile_all)
}
