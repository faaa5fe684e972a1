//! `countersign create-webhook`, `create-or-update-webhook`, `test-webhook` and `delete-webhook`.

use clap::Args;
use countersign_broker_client::{Resource, WebhookDetails, WebhookParty, WebhookRequest};
use serde_json::Value;

use crate::app::Exit;
use crate::commands::BrokerOptions;
use crate::failure::Failure;
use crate::output::{Style, json_text, print, print_error};

/// What can be chosen about a webhook.
#[derive(Debug, Clone, Args)]
struct Chosen {
    /// Where the request goes
    url: String,
    /// The request's method
    #[arg(short = 'X', long, value_name = "METHOD")]
    request: String,
    /// A header of the request, as 'Name: value' (can be repeated)
    #[arg(short = 'H', long, value_name = "HEADER", value_parser = header)]
    header: Vec<(String, String)>,
    /// The request's body, or @FILE to read it from a file
    #[arg(short, long)]
    data: Option<String>,
    /// User name and password for basic authentication, as NAME:PASSWORD
    #[arg(long, value_name = "NAME:PASSWORD")]
    user: Option<String>,
    /// Only contracts of this consumer
    #[arg(long)]
    consumer: Option<String>,
    /// Only contracts of consumers with this label
    #[arg(long, conflicts_with = "consumer")]
    consumer_label: Option<String>,
    /// Only contracts with this provider
    #[arg(long)]
    provider: Option<String>,
    /// Only contracts with providers with this label
    #[arg(long, conflicts_with = "provider")]
    provider_label: Option<String>,
    /// What the webhook is for
    #[arg(long)]
    description: Option<String>,
    /// Taken for compatibility: teams are PactFlow's
    #[arg(long, hide = true, value_name = "UUID")]
    team_uuid: Option<String>,
    #[command(flatten)]
    events: Events,
}

/// The events that trigger a webhook.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = true)]
struct Events {
    /// When a pact's content changes
    #[arg(long)]
    contract_content_changed: bool,
    /// When a pact is published
    #[arg(long)]
    contract_published: bool,
    /// When a pact is published that a provider version in use has not verified
    #[arg(long)]
    contract_requiring_verification_published: bool,
    /// When a verification result is published
    #[arg(long)]
    provider_verification_published: bool,
    /// When a successful verification result is published
    #[arg(long)]
    provider_verification_succeeded: bool,
    /// When a failed verification result is published
    #[arg(long)]
    provider_verification_failed: bool,
}

impl Events {
    fn names(&self) -> Vec<String> {
        let all = [
            (self.contract_content_changed, "contract_content_changed"),
            (self.contract_published, "contract_published"),
            (self.contract_requiring_verification_published, "contract_requiring_verification_published"),
            (self.provider_verification_published, "provider_verification_published"),
            (self.provider_verification_succeeded, "provider_verification_succeeded"),
            (self.provider_verification_failed, "provider_verification_failed"),
        ];
        all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, name)| name.to_owned()).collect()
    }
}

impl Chosen {
    fn details(self) -> Result<WebhookDetails, Failure> {
        if self.team_uuid.is_some() {
            print_error("--team-uuid was left out: only PactFlow has teams");
        }
        let party = |name: Option<String>, label: Option<String>| {
            name.map(WebhookParty::Name).or(label.map(WebhookParty::Label))
        };
        let (username, password) = match self.user.as_deref().map(|user| user.split_once(':').unwrap_or((user, ""))) {
            Some((name, password)) => (Some(name.to_owned()), Some(password.to_owned())),
            None => (None, None),
        };
        Ok(WebhookDetails {
            description: self.description,
            consumer: party(self.consumer, self.consumer_label),
            provider: party(self.provider, self.provider_label),
            events: self.events.names(),
            request: WebhookRequest {
                method: self.request,
                url: self.url,
                headers: self.header,
                body: self.data.map(body).transpose()?,
                username,
                password,
            },
        })
    }
}

/// The body as a JSON document where it is one, so that the broker shows it as such, else as the text it is.
fn body(data: String) -> Result<Value, Failure> {
    let text = match data.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file)
            .map_err(|error| Failure::input("no webhook was saved", format!("--data {data}: {error}")))?,
        None => data,
    };
    Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("it is not of the form 'Name: value'")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn saved(webhook: &Resource, uuid: Option<&str>) -> String {
    let link = webhook.link("self").map(|link| link.href);
    let known = uuid.or_else(|| link.as_deref().and_then(|href| href.rsplit('/').next()));
    let check = Style::for_stdout().good("✓");
    format!("{check} webhook is saved, with UUID {}", known.unwrap_or("unknown"))
}

/// Creates a webhook.
#[derive(Debug, Clone, Args)]
pub(crate) struct CreateWebhook {
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl CreateWebhook {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let details = self.chosen.details()?;
        let webhook = self.broker.client()?.create_webhook(&details).await?;
        print(&saved(&webhook, None));
        Ok(Exit::Well)
    }
}

/// Replaces the webhook with a UUID, or creates it; `countersign generate-uuid` makes one.
#[derive(Debug, Clone, Args)]
pub(crate) struct CreateOrUpdateWebhook {
    /// The webhook's UUID
    #[arg(long)]
    uuid: String,
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl CreateOrUpdateWebhook {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let details = self.chosen.details()?;
        let webhook = self.broker.client()?.put_webhook(&self.uuid, &details).await?;
        print(&saved(&webhook, Some(&self.uuid)));
        Ok(Exit::Well)
    }
}

/// Has the broker send a webhook's request now. Ends with exit code 1 when the request fails.
#[derive(Debug, Clone, Args)]
pub(crate) struct TestWebhook {
    /// The webhook's UUID
    #[arg(long)]
    uuid: String,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl TestWebhook {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let execution = self.broker.client()?.test_webhook(&self.uuid).await?;
        let document = execution.body();
        let logs = document.get("logs").and_then(Value::as_str);
        print(&logs.map_or_else(|| json_text(document), str::to_owned));
        let failed = document.get("success") == Some(&Value::Bool(false));
        Ok(if failed { Exit::No } else { Exit::Well })
    }
}

/// Deletes a webhook.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeleteWebhook {
    /// The webhook's UUID
    #[arg(long)]
    uuid: String,
    #[command(flatten)]
    broker: BrokerOptions,
}

impl DeleteWebhook {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        self.broker.client()?.delete_webhook(&self.uuid).await?;
        print(&format!("{} webhook {} is deleted", Style::for_stdout().good("✓"), self.uuid));
        Ok(Exit::Well)
    }
}
