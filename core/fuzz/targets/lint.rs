//! Any file can be looked at, and each finding has a place and words.
#![no_main]

use countersign_core::lint::lint;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for finding in lint(data) {
        assert!(!finding.location.is_empty() && !finding.message.is_empty(), "{finding:?}");
    }
});
