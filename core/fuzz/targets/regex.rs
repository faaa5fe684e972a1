//! Expressions compile or not, match any text in bounded time, and texts that are written by them match. The first line is
//! the expression, the rest the text.
#![no_main]

use std::time::{Duration, Instant};

use countersign_core::generator::{Context, Generator};
use countersign_core::rule::Regex;
use libfuzzer_sys::fuzz_target;
use serde_json::json;

/// Fuzzing is slower than use, and shares its machine.
const LONGEST: Duration = Duration::from_secs(10);

fuzz_target!(|text: &str| {
    let (pattern, text) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(regex) = Regex::new(pattern) else { return };
    let start = Instant::now();
    let _ = regex.is_match(text);
    let generator = Generator::from_json(&json!({ "type": "Regex", "regex": pattern }));
    let context = Context { seed: Some(1), ..Context::default() };
    if let Some(generated) = generator.generate(&context) {
        assert!(regex.is_match(generated.as_str().expect("it is a text")), "{generated} does not match {pattern}");
    }
    assert!(start.elapsed() < LONGEST, "it took {:?}", start.elapsed());
});
