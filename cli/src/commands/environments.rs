//! `countersign create-environment`, `update-`, `describe-`, `list-environments` and `delete-environment`.

use clap::Args;
use comfy_table::Cell;
use countersign_broker_client::{Contact, Environment, EnvironmentDetails};
use serde_json::{Value, json};

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{EnvironmentOutput, Output, Style, fields, json_text, print, table};

/// Creates an environment that versions can be deployed or released to.
#[derive(Debug, Clone, Args)]
pub(crate) struct CreateEnvironment {
    /// Unique name without spaces, as used in commands
    #[arg(long)]
    name: String,
    #[command(flatten)]
    chosen: Chosen,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: EnvironmentOutput,
    #[command(flatten)]
    broker: BrokerOptions,
}

/// Changes what is given of an environment; the rest stays as it is.
#[derive(Debug, Clone, Args)]
pub(crate) struct UpdateEnvironment {
    /// The environment's UUID
    #[arg(long)]
    uuid: String,
    /// Unique name without spaces, as used in commands
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    chosen: Chosen,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: EnvironmentOutput,
    #[command(flatten)]
    broker: BrokerOptions,
}

/// What can be chosen about an environment besides its name.
#[derive(Debug, Clone, Args)]
struct Chosen {
    /// Name for people
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// It is a production environment
    #[arg(long, overrides_with = "no_production")]
    production: bool,
    /// It is no production environment (the default)
    #[arg(long)]
    no_production: bool,
    /// The person or team who looks after it
    #[arg(long, value_name = "NAME")]
    contact_name: Option<String>,
    /// Their e-mail address
    #[arg(long, value_name = "ADDRESS")]
    contact_email_address: Option<String>,
}

impl Chosen {
    /// Puts what was given into `details`.
    fn apply(&self, details: &mut EnvironmentDetails) {
        if self.display_name.is_some() {
            details.display_name.clone_from(&self.display_name);
        }
        if self.production || self.no_production {
            details.production = self.production;
        }
        if self.contact_name.is_some() || self.contact_email_address.is_some() {
            let contact_details = match &self.contact_email_address {
                Some(address) => json!({ "emailAddress": address }),
                None => json!({}),
            };
            let name = self.contact_name.clone().or_else(|| self.contact_email_address.clone());
            details.contacts = vec![Contact { name: name.unwrap_or_default(), details: contact_details }];
        }
    }
}

impl CreateEnvironment {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let mut details = EnvironmentDetails { name: self.name, ..EnvironmentDetails::default() };
        self.chosen.apply(&mut details);
        let created = self.broker.client()?.create_environment(&details).await?;
        tell(&created, self.output, "created");
        Ok(Exit::Well)
    }
}

impl UpdateEnvironment {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let client = self.broker.client()?;
        let mut details = client.environment(&self.uuid).await?.details;
        if let Some(name) = self.name {
            details.name = name;
        }
        self.chosen.apply(&mut details);
        let updated = client.update_environment(&self.uuid, &details).await?;
        tell(&updated, self.output, "updated");
        Ok(Exit::Well)
    }
}

fn tell(environment: &Environment, output: EnvironmentOutput, done: &str) {
    print(&match output {
        EnvironmentOutput::Text => {
            let check = Style::for_stdout().good("✓");
            format!("{check} environment {} is {done}, with UUID {}", environment.details.name, environment.uuid)
        }
        EnvironmentOutput::Json => environment.resource.body().to_string(),
        EnvironmentOutput::Pretty => json_text(environment.resource.body()),
        EnvironmentOutput::Id => environment.uuid.clone(),
    });
}

/// Shows an environment.
#[derive(Debug, Clone, Args)]
pub(crate) struct DescribeEnvironment {
    /// The environment's UUID
    #[arg(long, required_unless_present = "name")]
    uuid: Option<String>,
    /// The environment's name, instead of its UUID
    #[arg(long, conflicts_with = "uuid")]
    name: Option<String>,
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl DescribeEnvironment {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let client = self.broker.client()?;
        let found = match (&self.uuid, &self.name) {
            (Some(uuid), _) => client.environment(uuid).await?,
            (None, name) => client.environment_named(name.as_deref().unwrap_or_default()).await?,
        };
        print(&self.output.document(found.resource.body()).unwrap_or_else(|| description(&found)));
        Ok(Exit::Well)
    }
}

fn description(environment: &Environment) -> String {
    let details = &environment.details;
    let contacts = details.contacts.iter().map(|contact| {
        let ways = contact.details.as_object().into_iter().flatten();
        let ways: Vec<_> = ways.map(|(_, way)| way.as_str().map_or_else(|| way.to_string(), str::to_owned)).collect();
        if ways.is_empty() { contact.name.clone() } else { format!("{} <{}>", contact.name, ways.join(", ")) }
    });
    let contacts = contacts.collect::<Vec<_>>().join("; ");
    fields(&[
        ("Name", Some(details.name.clone())),
        ("Display name", details.display_name.clone()),
        ("UUID", Some(environment.uuid.clone())),
        ("Production", Some(yes_or_no(details.production).to_owned())),
        ("Contacts", Some(contacts).filter(|contacts| !contacts.is_empty())),
        ("Created", environment.created_at.clone()),
    ])
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// Lists environments.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListEnvironments {
    /// How to answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl ListEnvironments {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let environments = self.broker.client()?.environments().await?;
        let documents: Vec<_> = environments.iter().map(|found| found.resource.body().clone()).collect();
        print(&self.output.document(&Value::Array(documents)).unwrap_or_else(|| {
            let rows = environments.iter().map(|found| {
                let display_name = found.details.display_name.as_deref().unwrap_or_default();
                [&found.details.name, display_name, yes_or_no(found.details.production), &found.uuid]
                    .into_iter()
                    .map(Cell::new)
                    .collect()
            });
            table(&["NAME", "DISPLAY NAME", "PRODUCTION", "UUID"], rows.collect(), Style::for_stdout())
        }));
        Ok(Exit::Well)
    }
}

/// Deletes an environment and what is recorded as deployed or released to it.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeleteEnvironment {
    /// The environment's UUID
    #[arg(long)]
    uuid: String,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl DeleteEnvironment {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        self.broker.client()?.delete_environment(&self.uuid).await?;
        print(&format!("{} environment {} is deleted", Style::for_stdout().good("✓"), self.uuid));
        Ok(Exit::Well)
    }
}
