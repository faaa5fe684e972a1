//! Putting a configuration together from a file, the environment and the command line.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Config, Credentials, OidcConfig, SETTINGS, file};
use crate::error::BrokerError;

/// A configuration in the making, with settings that count only together.
#[derive(Debug, Default)]
pub(super) struct Draft {
    config: Config,
    parts: BTreeMap<&'static str, String>,
}

impl std::ops::Deref for Draft {
    type Target = Config;

    fn deref(&self) -> &Config {
        &self.config
    }
}

impl std::ops::DerefMut for Draft {
    fn deref_mut(&mut self) -> &mut Config {
        &mut self.config
    }
}

pub(super) fn set_part(draft: &mut Draft, part: &'static str, text: &str) {
    draft.parts.insert(part, text.to_owned());
}

pub(super) fn user(slot: &mut Option<Credentials>) -> &mut Credentials {
    slot.get_or_insert_with(|| Credentials { username: String::new(), password: String::new() })
}

pub(super) fn oidc(config: &mut Config) -> &mut OidcConfig {
    config.auth.oidc.get_or_insert_with(|| OidcConfig { role_claim: "roles".to_owned(), ..OidcConfig::default() })
}

pub(super) fn read_file(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}"))
}

/// Where settings come from, the strongest last: a file, the environment, the command line.
#[derive(Debug, Default)]
pub struct Layers {
    draft: Draft,
}

impl Layers {
    /// Settings of a TOML file, or of a YAML file by its name's ending: keys are flags without their dashes in front, underscores for dashes allowed; lists may
    /// be lists.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is neither, or has a key or value that makes no sense.
    pub fn file(&mut self, path: &Path) -> Result<(), BrokerError> {
        let refuse = |reason: String| BrokerError::ConfigFile { file: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
        let is_yaml = path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml");
        let written = if is_yaml { file::yaml(&text) } else { file::toml(&text) }.map_err(refuse)?;
        for (key, text) in written {
            // what the official broker calls webhook_scheme_whitelist and the like is called so here too
            let name = key.replace('_', "-");
            if !SETTINGS.iter().any(|setting| setting.name == name) {
                return Err(refuse(format!("there is no setting {key:?}; see countersign broker --help")));
            }
            self.set(&name, &text).map_err(|error| refuse(error.to_string()))?;
        }
        Ok(())
    }

    /// One setting by its name.
    ///
    /// # Errors
    ///
    /// There is no such setting, or the value makes no sense.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), BrokerError> {
        let setting = SETTINGS.iter().find(|setting| setting.name == name);
        let refuse = |reason: String| BrokerError::Setting { name: name.to_owned(), reason };
        let setting = setting.ok_or_else(|| refuse("there is no such setting".to_owned()))?;
        (setting.apply)(&mut self.draft, text).map_err(refuse)
    }

    /// The environment; `look_up` finds a variable. `PACT_BROKER_DATABASE_URL_ENVIRONMENT_VARIABLE_NAME` and
    /// `PACT_BROKER_PORT_ENVIRONMENT_VARIABLE_NAME` name variables to read instead, and
    /// `PACT_BROKER_WEBHOOK_CERTIFICATES__0__CONTENT` or `…__0__PATH` (then `1`, and so on) have certificates.
    ///
    /// # Errors
    ///
    /// A value makes no sense.
    pub fn environment(&mut self, look_up: impl Fn(&str) -> Option<String>) -> Result<(), BrokerError> {
        let look_up = |name: &str| look_up(name).filter(|value| !value.is_empty());
        for setting in SETTINGS {
            let elsewhere = matches!(setting.name, "database-url" | "port")
                .then(|| look_up(&format!("{}_ENVIRONMENT_VARIABLE_NAME", setting.env)))
                .flatten();
            let found = elsewhere
                .and_then(|name| look_up(&name))
                .or_else(|| look_up(setting.env))
                .or_else(|| (setting.name == "base-url").then(|| look_up("PACT_BROKER_BASE_URLS")).flatten());
            if let Some(text) = found {
                self.set(setting.name, &text)?;
            }
        }
        for index in 0.. {
            let variable = |what: &str| look_up(&format!("PACT_BROKER_WEBHOOK_CERTIFICATES__{index}__{what}"));
            let pem = match (variable("CONTENT"), variable("PATH")) {
                (Some(pem), _) => pem,
                (None, Some(path)) => read_file(&path).map_err(|reason| BrokerError::Setting {
                    name: format!("PACT_BROKER_WEBHOOK_CERTIFICATES__{index}__PATH"),
                    reason,
                })?,
                (None, None) => break,
            };
            self.draft.webhooks.certificates.push(pem);
        }
        Ok(())
    }

    /// The configuration all layers make together.
    ///
    /// # Errors
    ///
    /// Settings that need each other are not there.
    pub fn finish(self) -> Result<Config, BrokerError> {
        let Draft { mut config, parts } = self.draft;
        if parts.contains_key("adapter") || parts.contains_key("host") || parts.contains_key("name") {
            config.database_url = url_of_parts(&parts)?;
        }
        if parts.get("badges").is_some_and(|mode| mode == "redirect") {
            let service = parts.get("shields").map_or("https://img.shields.io", String::as_str);
            config.shields = Some(service.trim_end_matches('/').to_owned());
        }
        if parts.get("basic_auth").is_some_and(|enabled| enabled == "false") {
            config.auth.user = None;
            config.auth.read_only_user = None;
        }
        for (user, names) in [
            (&config.auth.user, "basic-auth-username and basic-auth-password"),
            (&config.auth.read_only_user, "basic-auth-read-only-username and basic-auth-read-only-password"),
        ] {
            if user.as_ref().is_some_and(|user| user.username.is_empty() || user.password.is_empty()) {
                return Err(BrokerError::Setting {
                    name: names.to_owned(),
                    reason: "both are needed, and neither may be empty".to_owned(),
                });
            }
        }
        if config.auth.oidc.as_ref().is_some_and(|oidc| oidc.jwks_url.is_empty()) {
            return Err(BrokerError::Setting { name: "oidc-jwks-url".to_owned(), reason: "it is needed".to_owned() });
        }
        Ok(config)
    }
}

fn url_of_parts(parts: &BTreeMap<&'static str, String>) -> Result<String, BrokerError> {
    let part = |name: &str| parts.get(name).map(String::as_str);
    let name = part("name").ok_or_else(|| BrokerError::Setting {
        name: "database-name".to_owned(),
        reason: "it is needed when the database is given in parts".to_owned(),
    })?;
    if part("adapter").is_some_and(|adapter| adapter.starts_with("sqlite")) {
        return Ok(format!("sqlite:{name}"));
    }
    let mut url = url::Url::parse("postgres://localhost").expect("the constant is an address");
    let refuse =
        |what: &str| BrokerError::Setting { name: format!("database-{what}"), reason: "it is not usable".to_owned() };
    url.set_host(Some(part("host").unwrap_or("localhost"))).map_err(|_| refuse("host"))?;
    url.set_username(part("username").unwrap_or("")).map_err(|()| refuse("username"))?;
    url.set_password(part("password")).map_err(|()| refuse("password"))?;
    if let Some(port) = part("port") {
        let port = port.parse().map_err(|_| refuse("port"))?;
        url.set_port(Some(port)).map_err(|()| refuse("port"))?;
    }
    url.path_segments_mut().map_err(|()| refuse("name"))?.push(name);
    if let Some(mode) = part("sslmode") {
        url.query_pairs_mut().append_pair("sslmode", mode);
    }
    Ok(url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_comes_before_the_environment_and_that_before_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("broker.toml");
        std::fs::write(&file, "port = 1\nhost = \"::1\"\nwebhook_host_whitelist = [\"a\", \"*.b\"]\nbody-limit = 7\n")
            .unwrap();
        let mut layers = Layers::default();
        layers.file(&file).unwrap();
        let variables = [
            ("PACT_BROKER_PORT", "2"),
            ("PACT_BROKER_HOST", "127.0.0.2"),
            ("PACT_BROKER_BASE_URLS", "http://a http://b"),
        ];
        let look_up = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        layers.environment(look_up).unwrap();
        layers.set("port", "3").unwrap();
        let config = layers.finish().unwrap();
        assert_eq!((config.port, config.host.as_str(), config.body_limit), (3, "127.0.0.2", 7));
        assert_eq!(config.webhooks.hosts, ["a", "*.b"]);
        assert_eq!(config.base_urls, ["http://a", "http://b"]);
    }

    #[test]
    fn variables_of_variables() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("ca.pem");
        std::fs::write(&file, "two").unwrap();
        let variables = [
            ("PACT_BROKER_PORT_ENVIRONMENT_VARIABLE_NAME", "PORT".to_owned()),
            ("PORT", "7".to_owned()),
            ("PACT_BROKER_WEBHOOK_CERTIFICATES__0__CONTENT", "one".to_owned()),
            ("PACT_BROKER_WEBHOOK_CERTIFICATES__1__PATH", file.display().to_string()),
            ("PACT_BROKER_BADGE_PROVIDER_MODE", "redirect".to_owned()),
            ("PACT_BROKER_SHIELDS_IO_BASE_URL", "https://badges.corp/".to_owned()),
        ];
        let mut layers = Layers::default();
        let look_up = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        layers.environment(look_up).unwrap();
        let config = layers.finish().unwrap();
        assert_eq!(
            (config.port, config.webhooks.certificates.as_slice()),
            (7, ["one", "two"].map(str::to_owned).as_slice())
        );
        assert_eq!(config.shields.as_deref(), Some("https://badges.corp"));
    }

    #[test]
    fn a_database_in_parts() {
        let mut layers = Layers::default();
        for (name, text) in [
            ("database-adapter", "postgres"),
            ("database-username", "me"),
            ("database-password", "p@ss/"),
            ("database-host", "db"),
            ("database-name", "pacts"),
            ("database-port", "5433"),
        ] {
            layers.set(name, text).unwrap();
        }
        assert_eq!(layers.finish().unwrap().database_url, "postgres://me:p%40ss%2F@db:5433/pacts");
    }

    #[test]
    fn nonsense_is_refused_with_its_name() {
        let mut layers = Layers::default();
        assert!(layers.set("badge-provider-mode", "draw").unwrap_err().to_string().contains("proxy or redirect"));
        insta::assert_snapshot!(layers.set("port", "high").unwrap_err(), @"the setting port is not usable: give a whole number in range");
        layers.set("basic-auth-username", "me").unwrap();
        assert!(layers.finish().unwrap_err().to_string().contains("both are needed"));
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("broker.toml");
        std::fs::write(&file, "prot = 1").unwrap();
        assert!(Layers::default().file(&file).unwrap_err().to_string().contains("\"prot\""));
    }
}
