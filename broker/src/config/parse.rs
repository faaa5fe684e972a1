//! Reading the texts settings are given as.

use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;

use super::clean::KeepSelector;
use crate::auth::Role;

pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("give true or false".to_owned()),
    }
}

pub(super) fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "give a whole number in range".to_owned())
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "give a number of seconds, 0 or more".to_owned())
}

pub(super) fn days(text: &str) -> Result<Duration, String> {
    let days: u64 = text.parse().map_err(|_| "give a number of days".to_owned())?;
    Ok(Duration::from_secs(days.saturating_mul(24 * 60 * 60)))
}

/// One of these words.
pub(super) fn one_of<'a>(text: &'a str, words: &[&str]) -> Result<&'a str, String> {
    if words.contains(&text) { Ok(text) } else { Err(format!("give {}", words.join(" or "))) }
}

/// An address that begins with http:// or https://.
pub(super) fn http_url(text: &str) -> Result<&str, String> {
    let parsed = url::Url::parse(text).map_err(|error| format!("it is no address: {error}"))?;
    if matches!(parsed.scheme(), "http" | "https") {
        Ok(text)
    } else {
        Err("give http://… or https://…".to_owned())
    }
}

/// Words separated by spaces; a regular expression between slashes may hold spaces itself.
pub(super) fn list(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let regex_ends = rest.strip_prefix('/').and_then(|inner| inner.find("/ ").map(|at| at + 2));
        let end = match regex_ends {
            Some(end) => end,
            None if rest.starts_with('/') => rest.len(),
            None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        words.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    words
}

pub(super) fn each<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    list(text).iter().map(|word| read(word)).collect()
}

/// `claim-value=role`, separated by spaces.
pub(super) fn role_map(text: &str) -> Result<Vec<(String, Role)>, String> {
    each(text, |pair| {
        let (value, role) = pair.split_once('=').ok_or_else(|| format!("{pair:?} is not of the form value=role"))?;
        let role = Role::parse(role).ok_or_else(|| format!("{role:?} is no role: {}", Role::NAMES))?;
        Ok((value.to_owned(), role))
    })
}

/// The official broker's selectors, as a JSON list.
pub(super) fn keep_selectors(text: &str) -> Result<Vec<KeepSelector>, String> {
    let parsed: Value = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
    let list = parsed.as_array().ok_or_else(|| "give a JSON list of selectors".to_owned())?;
    list.iter().map(keep_selector).collect()
}

fn keep_selector(selector: &Value) -> Result<KeepSelector, String> {
    let members = selector.as_object().ok_or_else(|| "each selector is an object".to_owned())?;
    let mut keep = KeepSelector::default();
    for (key, value) in members {
        let text = || value.as_str().map(str::to_owned).ok_or_else(|| format!("{key} must be text"));
        let flag = || value.as_bool().ok_or_else(|| format!("{key} must be true or false"));
        match key.as_str() {
            "pacticipant" | "pacticipant_name" => keep.pacticipant = Some(text()?),
            "branch" if value.is_boolean() => keep.any_branch = flag()?,
            "branch" => keep.branch = Some(text()?),
            "tag" if value.is_boolean() => keep.any_tag = flag()?,
            "tag" => keep.tag = Some(text()?),
            "latest" => keep.latest = flag()?,
            "max_age" => keep.max_age_days = Some(value.as_i64().ok_or("max_age must be a number of days")?),
            "environment" | "environment_name" => keep.environment = Some(text()?),
            "deployed" => keep.deployed = flag()?,
            "released" => keep.released = flag()?,
            "main_branch" => keep.main_branch = flag()?,
            _ => return Err(format!("{key:?} is not known here")),
        }
    }
    Ok(keep)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_regular_expressions_whole() {
        assert_eq!(
            list(" a  *.b.c /x y\\.z/ 10.0.0.0/8"),
            ["a", "*.b.c", "/x y\\.z/", "10.0.0.0/8"].map(str::to_owned)
        );
        assert_eq!(list("/a b/"), ["/a b/"]);
        assert!(list("  ").is_empty());
    }

    #[test]
    fn selectors_of_what_to_keep() {
        let kept = keep_selectors(r#"[{"branch":true,"latest":true},{"tag":"prod","max_age":30}]"#).unwrap();
        assert!(kept[0].any_branch && kept[0].latest);
        assert_eq!((kept[1].tag.as_deref(), kept[1].max_age_days), (Some("prod"), Some(30)));
        assert!(keep_selectors(r#"[{"brunch":true}]"#).unwrap_err().contains("brunch"));
    }
}
