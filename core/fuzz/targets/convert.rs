//! Pact files convert to each version, and what was converted reads as it was written; nothing is lost without a note.
#![no_main]

use countersign_core::format::{Effect, convert, read, write};
use countersign_core::pact::Specification;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(pact) = read(data) else { return };
    for to in [Specification::V2, Specification::V3, Specification::V4] {
        let Ok(conversion) = convert(&pact, to) else { continue };
        let again = read(&write(&conversion.pact)).expect("what was converted can be read");
        assert_eq!(write(&again), write(&conversion.pact));
        let dropped = conversion.notes.iter().filter(|note| note.effect == Effect::Dropped && is_whole(&note.location));
        assert_eq!(conversion.pact.interactions.len() + dropped.count(), pact.interactions.len());
    }
});

/// `interactions[0]`
fn is_whole(location: &str) -> bool {
    !location.contains('.') && location.ends_with(']')
}
