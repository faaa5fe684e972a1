//! Pact files are read or refused; what is written reads as the same pact.
#![no_main]

use countersign_core::format::{read, write};
use countersign_core::pact::Specification;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(pact) = read(data) else { return };
    let written = write(&pact);
    // V1 is written as V2, where what V1 does not know may mean something
    if pact.specification <= Specification::V1_1 {
        return;
    }
    let again = read(&written).expect("what was written can be read");
    // bodies lose their blanks, and V2 has one rule at a path, so the files are compared
    let rewritten = write(&again);
    assert_eq!(String::from_utf8_lossy(&rewritten), String::from_utf8_lossy(&written));
    assert_eq!(read(&rewritten).expect("what was written can be read"), again);
});
