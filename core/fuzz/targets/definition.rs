//! Matching-rule expressions are read or refused; their rules are written and read back.
#![no_main]

use countersign_core::pattern::Definition;
use countersign_core::rule::Rule;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(definition) = Definition::parse(text) else { return };
    for rule in &definition.rules {
        let json = rule.to_json();
        let again = Rule::from_json(&json).expect("a rule that was written can be read");
        assert_eq!(again.to_json(), json);
    }
});
