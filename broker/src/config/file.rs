//! Settings as files have them: one name and one text each.

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};

type Written = Vec<(String, String)>;

/// The settings of a TOML file.
pub(super) fn toml(text: &str) -> Result<Written, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    table.into_iter().map(|(key, value)| of(key, of_toml(&value))).collect()
}

/// The settings of a YAML file, as the official broker has them.
pub(super) fn yaml(text: &str) -> Result<Written, String> {
    let documents = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
    let Some(document) = documents.first() else {
        return Ok(Vec::new());
    };
    let Yaml::Mapping(mapping) = document else {
        return Err("it is no list of names with values".to_owned());
    };
    let settings = mapping.iter().map(|(key, value)| {
        let key = key.as_str().ok_or_else(|| "a name is no text".to_owned())?;
        of(key.to_owned(), of_yaml(value))
    });
    settings.collect()
}

fn of(key: String, text: Option<String>) -> Result<(String, String), String> {
    match text {
        Some(text) => Ok((key, text)),
        None => Err(format!("{key} must be a text, number, truth value or list")),
    }
}

fn of_toml(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(items) => Some(items.iter().map(of_toml).collect::<Option<Vec<_>>>()?.join(" ")),
        toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

fn of_yaml(value: &Yaml<'_>) -> Option<String> {
    match value {
        Yaml::Value(Scalar::String(text)) => Some(text.to_string()),
        Yaml::Value(Scalar::Integer(number)) => Some(number.to_string()),
        Yaml::Value(Scalar::FloatingPoint(number)) => Some(number.to_string()),
        Yaml::Value(Scalar::Boolean(flag)) => Some(flag.to_string()),
        Yaml::Sequence(items) => Some(items.iter().map(of_yaml).collect::<Option<Vec<_>>>()?.join(" ")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_file_say_the_same() {
        let of_toml =
            toml("port = 1\nhost = \"::1\"\nwebhook_host_whitelist = [\"a\", \"*.b\"]\nseed_example_data = false\n");
        let of_yaml = yaml(
            "# ours\nport: 1\nhost: \"::1\"\nwebhook_host_whitelist:\n  - a\n  - \"*.b\"\nseed_example_data: false\n",
        );
        let mut sorted = of_toml.unwrap();
        let mut other = of_yaml.unwrap();
        sorted.sort();
        other.sort();
        assert_eq!(sorted, other);
        assert_eq!(sorted[3], ("webhook_host_whitelist".to_owned(), "a *.b".to_owned()));
        assert!(yaml("a: {b: c}").unwrap_err().contains("a must be a text"));
        assert!(yaml("- a").is_err() && yaml("a: [").is_err() && toml("a").is_err());
        assert!(yaml("").unwrap().is_empty());
    }
}
