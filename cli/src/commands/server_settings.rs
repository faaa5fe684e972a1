//! The server's settings as flags. The broker lists them once; here they become what can be typed.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use countersign_broker::Config;
use countersign_broker::config::{Layers, SETTINGS};

use crate::failure::Failure;

const FILE: &str = "config";

/// Settings as typed, over those of the environment and of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServerSettings {
    file: Option<PathBuf>,
    given: Vec<(&'static str, String)>,
}

impl ServerSettings {
    /// The configuration everything makes together.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        let mut layers = Layers::default();
        let official = || std::env::var_os("PACT_BROKER_CONF").filter(|file| !file.is_empty()).map(PathBuf::from);
        if let Some(file) = self.file.clone().or_else(official) {
            layers.file(&file)?;
        }
        layers.environment(|name| std::env::var(name).ok())?;
        for (name, text) in &self.given {
            layers.set(name, text)?;
        }
        Ok(layers.finish()?)
    }
}

impl FromArgMatches for ServerSettings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut settings = Self::default();
        settings.update_from_arg_matches(matches)?;
        Ok(settings)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.file = matches.get_one::<PathBuf>(FILE).cloned();
        self.given = SETTINGS
            .iter()
            .filter_map(|setting| Some((setting.name, matches.get_one::<String>(setting.name)?.clone())))
            .collect();
        Ok(())
    }
}

impl Args for ServerSettings {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new(FILE)
            .long(FILE)
            .value_name("FILE")
            .env("PACT_BROKER_CONFIG")
            .value_parser(clap::value_parser!(PathBuf))
            .help("A TOML or YAML file of settings (PACT_BROKER_CONF names one too): each is a flag below without its dashes in front. The environment comes before the file, and what is typed before both");
        SETTINGS.iter().fold(command.arg(file), |command, setting| {
            let default = match setting.default {
                "" => String::new(),
                default => format!(" [default: {default}]"),
            };
            // some variables have another name, or name a variable themselves
            let also = match setting.name {
                "base-url" => " or PACT_BROKER_BASE_URLS",
                "database-url" => "; PACT_BROKER_DATABASE_URL_ENVIRONMENT_VARIABLE_NAME names another",
                "port" => "; PACT_BROKER_PORT_ENVIRONMENT_VARIABLE_NAME names another",
                "webhook-certificates" => {
                    ", or PACT_BROKER_WEBHOOK_CERTIFICATES__0__CONTENT and PACT_BROKER_WEBHOOK_CERTIFICATES__0__PATH, counting up"
                }
                _ => "",
            };
            let mut arg = Arg::new(setting.name)
                .long(setting.name)
                .value_name(setting.value_name)
                .action(ArgAction::Set)
                .help(format!("{}{default} [env: {}{also}]", setting.help, setting.env));
            if setting.value_name == "BOOL" {
                arg = arg.num_args(0..=1).default_missing_value("true");
            }
            command.arg(arg)
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
