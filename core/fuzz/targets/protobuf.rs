//! Protobuf messages are read or refused, and fit themselves.
#![no_main]

use std::sync::LazyLock;

use countersign_core::protobuf::{Schema, decode_actual, decode_expected};
use libfuzzer_sys::fuzz_target;

const PROTO: &str = r#"
syntax = "proto3";
package t;
enum Level { LOW = 0; HIGH = 2; }
message All {
  double d = 1; float f = 2; int32 i = 3; int64 l = 4; uint32 u = 5; uint64 ul = 6; sint32 si = 7; sint64 sl = 8;
  fixed32 x = 9; fixed64 xl = 10; sfixed32 sx = 11; sfixed64 sxl = 12; bool b = 13; string s = 14; bytes y = 15;
  Level level = 16; All child = 17; repeated int32 nums = 18; repeated string names = 19; repeated All children = 20;
  map<string, int32> counts = 21; map<int32, All> by_id = 22; optional string maybe = 23;
  oneof choice { string text = 24; int32 number = 25; }
  repeated Level levels = 29; map<bool, bytes> flags = 30;
}
"#;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("countersign-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let file = folder.join("all.proto");
    std::fs::write(&file, PROTO).expect("the temporary folder can be written");
    let schema = Schema::compile(&file, &[]).expect("the schema is correct");
    let _ = std::fs::remove_dir_all(&folder);
    schema
});

fuzz_target!(|data: &[u8]| {
    let descriptor = SCHEMA.message("t.All").expect("the schema has it");
    let Ok(expected) = decode_expected(&descriptor, data) else { return };
    let actual = decode_actual(&descriptor, data, &expected).expect("it was read before");
    assert_eq!(actual.to_json(), expected.to_json());
});
