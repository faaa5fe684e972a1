//! Every page of the web UI, with data to look at: for pictures, for measuring and for tests.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use countersign_broker::config::Credentials;
use countersign_broker::{Broker, Config, RunningBroker};
use serde_json::json;

use crate::browser::Browser;
use crate::seed::{landscape, shop};

/// What a broker knows, and who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// Nothing was published.
    Empty,
    /// A small shop.
    Shop,
    /// 150 services with 1,000 integrations.
    Large,
    /// The shop with authentication on, seen by an admin.
    Admin,
    /// The same, seen by someone who may read.
    Reader,
    /// The same, seen by someone who has not signed in.
    Stranger,
    /// The shop in a browser without scripts.
    Plain,
}

/// The admin of [`Scene::Admin`]: name and password.
pub const ADMIN: (&str, &str) = ("ann", "correct horse");
/// The reader of [`Scene::Reader`].
pub const READER: (&str, &str) = ("rudi", "battery staple");

/// Names and paths of pages.
pub type Pages = &'static [(&'static str, &'static str)];

const SHOP: Pages = &[
    ("overview", "/"),
    ("pact", "/pacts/provider/inventory-service/consumer/order-service/latest"),
    ("pact-xml", "/pacts/provider/payment-gateway/consumer/order-service/latest"),
    ("diff", "/pacts/provider/inventory-service/consumer/order-service/version/1f3c9ab/diff/previous-distinct"),
    ("application", "/pacticipants/order-service"),
    ("version", "/pacticipants/order-service/versions/1f3c9ab"),
    ("network", "/network"),
    ("network-production", "/network?environment=production"),
    ("network-focus", "/network?focus=order-service&whole=yes"),
    ("environments", "/environments"),
    ("promotion", "/environments/promotion?from=test&to=production"),
    ("history", "/environments/history"),
    ("can-i-deploy", "/can-i-deploy?pacticipant=order-service&version=1f3c9ab&environment=production"),
    ("can-i-deploy-yes", "/can-i-deploy?pacticipant=web-shop&version=9c0d1e2&environment=production"),
    ("can-i-deploy-ask", "/can-i-deploy?pacticipant=order-service"),
    ("matrix", "/matrix/provider/inventory-service/consumer/order-service"),
    ("search", "/search?q=s"),
    ("search-none", "/search?q=nothing-like-it"),
    ("overview-none", "/?q=nothing-like-it"),
    ("not-here", "/pacticipants/nobody"),
];

const LARGE: Pages = &[
    ("overview", "/"),
    ("overview-failed", "/?status=failed&sort=verified"),
    ("overview-narrow", "/?environment=production&q=order&label=team:risk"),
    ("overview-branch", "/?branch=main&page=5"),
    ("network", "/network"),
    ("network-production", "/network?environment=production"),
    ("network-teams", "/network?group=team"),
    ("network-team", "/network?team=team:risk"),
    ("network-focus", "/network?focus=order-gateway"),
    ("network-around", "/network?focus=order-gateway&steps=2"),
    ("network-whole", "/network?focus=order-gateway&whole=yes"),
    ("pact", "/pacts/provider/order-gateway/consumer/address-engine/latest"),
    ("diff", "/pacts/provider/order-gateway/consumer/ledger-portal/version/LATEST/diff/previous-distinct"),
    ("application", "/pacticipants/order-gateway"),
    ("version", "/pacticipants/order-gateway/versions/LATEST"),
    ("environments", "/environments"),
    ("environments-differing", "/environments?differing=yes"),
    ("promotion", "/environments/promotion?from=staging&to=production"),
    ("promotion-blocked", "/environments/promotion?from=staging&to=production&only=not-yet"),
    ("history", "/environments/history"),
    ("can-i-deploy", "/can-i-deploy?pacticipant=order-gateway&branch=main&environment=production"),
    ("can-i-deploy-no", "/can-i-deploy?pacticipant=account-archive&branch=main&environment=production"),
    ("matrix", "/matrix"),
    ("matrix-of-pair", "/matrix/provider/order-gateway/consumer/address-engine"),
    ("matrix-of-one", "/matrix?q[][pacticipant]=order-gateway&latestby=cvpv"),
    ("search", "/search?q=order"),
    ("webhooks", "/webhooks"),
];

const EMPTY: Pages = &[
    ("overview", "/"),
    ("network", "/network"),
    ("environments", "/environments"),
    ("promotion", "/environments/promotion?from=test&to=production"),
    ("history", "/environments/history"),
    ("can-i-deploy", "/can-i-deploy"),
    ("matrix", "/matrix"),
    ("search", "/search"),
    ("webhooks", "/webhooks"),
    ("tokens", "/tokens"),
    ("audit", "/audit"),
];

const ADMINS: Pages = &[
    ("overview", "/"),
    ("webhooks", "/webhooks"),
    ("webhook", "/webhooks/FIRST"),
    ("webhook-new", "/webhooks/new"),
    ("tokens", "/tokens"),
    ("audit", "/audit"),
];

const READERS: Pages = &[
    ("overview", "/"),
    ("webhooks", "/webhooks"),
    ("webhook", "/webhooks/FIRST"),
    ("webhook-new", "/webhooks/new"),
    ("tokens", "/tokens"),
];

const STRANGERS: Pages = &[("overview", "/"), ("webhooks", "/webhooks")];

const PLAIN: Pages = &[
    ("overview", "/"),
    ("pact", "/pacts/provider/inventory-service/consumer/order-service/latest"),
    ("network", "/network"),
    ("network-focus", "/network?focus=order-service"),
    ("environments", "/environments"),
    ("can-i-deploy", "/can-i-deploy?pacticipant=order-service&version=1f3c9ab&environment=production"),
];

impl Scene {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Shop, Self::Large, Self::Empty, Self::Admin, Self::Reader, Self::Stranger, Self::Plain];

    /// What its pictures are called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Shop => "shop",
            Self::Large => "large",
            Self::Admin => "admin",
            Self::Reader => "reader",
            Self::Stranger => "stranger",
            Self::Plain => "plain",
        }
    }

    /// The pages to look at.
    #[must_use]
    pub fn pages(self) -> Pages {
        match self {
            Self::Empty => EMPTY,
            Self::Shop => SHOP,
            Self::Large => LARGE,
            Self::Admin => ADMINS,
            Self::Reader => READERS,
            Self::Stranger => STRANGERS,
            Self::Plain => PLAIN,
        }
    }

    /// Starts a broker with this data in a folder.
    ///
    /// # Errors
    ///
    /// The database failed, or the broker does not start.
    pub async fn start(self, folder: &Path) -> Result<RunningBroker> {
        let mut config = Config::new(folder.join(format!("{}.sqlite", self.name())).to_string_lossy()).port(0);
        match self {
            Self::Empty => {}
            Self::Large => landscape::plant(&config, 150, 1_000).await?,
            _ => shop::plant(&config).await?,
        }
        if matches!(self, Self::Admin | Self::Reader | Self::Stranger) {
            let user = |(name, password): (&str, &str)| {
                Some(Credentials { username: name.to_owned(), password: password.to_owned() })
            };
            (config.auth.user, config.auth.read_only_user) = (user(ADMIN), user(READER));
            config.webhooks.schemes.push("http".to_owned());
            config.webhooks.methods.push("GET".to_owned());
            config.webhooks.hosts = vec!["127.0.0.1".to_owned()];
            config.webhooks.retry_schedule = vec![Duration::from_millis(200)];
        }
        Ok(Broker::start(config).await?)
    }

    /// Has the browser be who looks, and do what these pages show.
    ///
    /// # Errors
    ///
    /// The browser refuses, or the broker does.
    pub fn prepare(self, browser: &mut Browser, address: &str) -> Result<()> {
        browser.allow_scripts(self != Self::Plain)?;
        if matches!(self, Self::Admin | Self::Reader) {
            browser.sign_in(Some(ADMIN))?;
            write(browser, address)?;
        }
        if self == Self::Stranger {
            browser.decline_to_sign_in()?;
        }
        browser.sign_in(match self {
            Self::Admin => Some(ADMIN),
            Self::Reader => Some(READER),
            _ => None,
        })
    }
}

/// What an admin may have done on a day: webhooks with deliveries, tokens, and so an audit log.
fn write(browser: &mut Browser, address: &str) -> Result<()> {
    browser.open(&format!("{address}/tokens"))?;
    let hook = |description: &str, url: &str, event: &str| {
        json!({
            "description": description, "enabled": true, "events": [{ "name": event }],
            "provider": { "name": "inventory-service" },
            "request": { "method": "GET", "url": url, "headers": { "X-Api-Key": "hush" } },
        })
    };
    let fine = hook("run the provider's build", &format!("{address}/health"), "contract_content_changed");
    let lost = hook("tell the chat", "http://127.0.0.1:9/chat", "contract_published");
    let off = json!({ "description": "", "enabled": false, "events": [{ "name": "provider_verification_failed" }],
        "request": { "method": "POST", "url": "http://127.0.0.1:9/hooks?pact=${pactbroker.pactUrl}", "body": { "pact": "${pactbroker.pactUrl}" } } });
    let tokens = [
        json!({ "name": "the pipeline of order-service", "roles": ["publish", "verify"], "pacticipants": ["order-service"] }),
        json!({ "name": "deployments", "roles": ["deploy"], "expiresAt": "2027-01-01T00:00:00Z" }),
    ];
    let pact =
        json!({ "consumer": { "name": "till" }, "provider": { "name": "inventory-service" }, "interactions": [] });
    let send = |method: &str, path: &str, body: &serde_json::Value| {
        format!(
            "await fetch('{path}', {{ method: '{method}', headers: {{ 'Content-Type': 'application/json' }}, body: {} }});",
            json!(body.to_string())
        )
    };
    let script = [
        send("POST", "/webhooks", &fine),
        send("POST", "/webhooks", &lost),
        send("POST", "/webhooks", &off),
        send("POST", "/tokens", &tokens[0]),
        send("POST", "/tokens", &tokens[1]),
        send("PUT", "/pacts/provider/inventory-service/consumer/till/version/1", &pact),
        send("PUT", "/pacticipants/till/branches/main/versions/1", &json!({})),
    ];
    browser.settle(&format!("(async () => {{ {} }})()", script.join(" ")))?;
    let delivered = "document.body.innerText.includes('delivered') && document.body.innerText.includes('✗ failed')";
    for _ in 0..100 {
        browser.open(&format!("{address}/webhooks"))?;
        if browser.value(delivered)? == true {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// The address behind a page's path: `FIRST` stands for the first entry of the list before it, `LATEST` for the newest
/// version of the application that the path is about. `page` gets the HTML at an address.
///
/// # Errors
///
/// There is no such page.
pub fn address_of(broker: &str, path: &str, page: impl FnOnce(&str) -> Result<String>) -> Result<String> {
    let (list, begins) = if let Some((list, _)) = path.split_once("/FIRST") {
        (list.to_owned(), "<tbody")
    } else if let Some((before, _)) = path.split_once("/version/LATEST") {
        (format!("/pacticipants/{}", before.rsplit('/').next().unwrap_or_default()), "class=\"timeline\"")
    } else if let Some((before, _)) = path.split_once("/versions/LATEST") {
        (before.to_owned(), "class=\"timeline\"")
    } else {
        return Ok(format!("{broker}{path}"));
    };
    let html = page(&format!("{broker}{list}"))?;
    let link = html.split_once(begins).and_then(|(_, rest)| rest.split_once("href=\"")?.1.split('"').next());
    let name = link.and_then(|link| link.rsplit('/').next()).with_context(|| format!("nothing is listed at {list}"))?;
    Ok(format!("{broker}{}", path.replace("FIRST", name).replace("LATEST", name)))
}
