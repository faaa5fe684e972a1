//! Formats and expressions of dates and times: the first line is a format, the second an expression, the third a value.
#![no_main]

use countersign_core::generator::{Context, Expression, Generator};
use countersign_core::rule::{Rule, Typing};
use countersign_core::value::Value;
use libfuzzer_sys::fuzz_target;
use serde_json::json;

const NOW: &str = "2024-02-29T13:05:09.123456789+01:00[Europe/Berlin]";

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (format, expression, value) = (line(), line(), line());
    let now: jiff::Zoned = NOW.parse().expect("it is a moment");
    for parse in [Expression::parse, Expression::parse_time] {
        if let Ok(expression) = parse(expression) {
            let _ = expression.apply(&now);
        }
    }
    let context = Context { now: Some(now), ..Context::default() };
    for (rule, generator) in [("datetime", "DateTime"), ("date", "Date"), ("time", "Time")] {
        let rule = Rule::from_json(&json!({ "match": rule, "format": format })).expect("it is a rule");
        let _ = rule.check(&Value::Null, &Value::from(value), Typing::Textual);
        let generator = Generator::from_json(&json!({ "type": generator, "format": format, "expression": expression }));
        let _ = generator.generate(&context);
    }
});
