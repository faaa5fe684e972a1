//! Path expressions are read or refused, and read back as they are written.
#![no_main]

use countersign_core::path::PathExpression;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(path) = PathExpression::parse(text) {
        assert_eq!(PathExpression::parse(&path.to_string()).as_ref(), Ok(&path));
    }
});
