//! Where two interactions differ.

use serde_json::Value as Json;

/// How many differences are told.
const TOLD: usize = 5;

/// The first few places where two JSON values differ, each with both values.
pub(super) fn differences(left: &Json, right: &Json) -> Vec<String> {
    let mut found = Vec::new();
    compare("$", left, right, &mut found);
    if found.len() > TOLD {
        let rest = found.len() - TOLD;
        found.truncate(TOLD);
        found.push(format!("  … and {rest} more differences"));
    }
    found
}

fn compare(place: &str, left: &Json, right: &Json, found: &mut Vec<String>) {
    match (left, right) {
        (Json::Object(left), Json::Object(right)) => {
            for (name, value) in left {
                compare_members(&format!("{place}.{name}"), Some(value), right.get(name), found);
            }
            for (name, value) in right.iter().filter(|(name, _)| !left.contains_key(*name)) {
                compare_members(&format!("{place}.{name}"), None, Some(value), found);
            }
        }
        (Json::Array(left), Json::Array(right)) => {
            for index in 0..left.len().max(right.len()) {
                compare_members(&format!("{place}[{index}]"), left.get(index), right.get(index), found);
            }
        }
        _ if left == right => {}
        _ => found.push(format!("  {place}: {left} and {right}")),
    }
}

fn compare_members(place: &str, left: Option<&Json>, right: Option<&Json>, found: &mut Vec<String>) {
    match (left, right) {
        (Some(left), Some(right)) => compare(place, left, right, found),
        (Some(left), None) => found.push(format!("  {place}: {left} and nothing")),
        (None, Some(right)) => found.push(format!("  {place}: nothing and {right}")),
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_the_places() {
        let left = json!({ "a": 1, "b": [1, 2], "c": { "d": "x" }, "same": null });
        let right = json!({ "a": "1", "b": [1, 3, 4], "c": {}, "e": true, "same": null });
        insta::assert_snapshot!(differences(&left, &right).join("\n"), @r#"
        $.a: 1 and "1"
        $.b[1]: 2 and 3
        $.b[2]: nothing and 4
        $.c.d: "x" and nothing
        $.e: nothing and true
        "#);
    }

    #[test]
    fn does_not_tell_all_of_many() {
        let many = |start: u32| (start..start + 10).collect::<Json>();
        assert_eq!(differences(&many(0), &many(1)).last().unwrap(), "  … and 5 more differences");
        assert!(differences(&many(0), &many(0)).is_empty());
    }
}
