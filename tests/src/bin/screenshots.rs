//! Takes pictures of the web UI: `screenshots FOLDER` takes those of the documentation, `screenshots FOLDER --all` every
//! page with no, a little and much data, wide and narrow, light and dark.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use countersign_broker::{Broker, Config, RunningBroker};
use countersign_tests::browser::Browser;
use countersign_tests::seed::{landscape, shop};
use countersign_tests::tools::chromium;

/// Pages of the shop: name and path.
const SHOP: [(&str, &str); 13] = [
    ("overview", "/"),
    ("pact", "/pacts/provider/inventory-service/consumer/order-service/latest"),
    ("pact-xml", "/pacts/provider/payment-gateway/consumer/order-service/latest"),
    ("diff", "/pacts/provider/inventory-service/consumer/order-service/version/1f3c9ab/diff/previous-distinct"),
    ("application", "/pacticipants/order-service"),
    ("version", "/pacticipants/order-service/versions/1f3c9ab"),
    ("network", "/network"),
    ("network-production", "/network?environment=production"),
    ("environments", "/environments"),
    ("promotion", "/environments/promotion?from=test&to=production"),
    ("history", "/environments/history"),
    ("can-i-deploy", "/can-i-deploy?pacticipant=order-service&version=1f3c9ab&environment=production"),
    ("matrix", "/matrix/provider/inventory-service/consumer/order-service"),
];

/// What the documentation shows: page, width, dark.
const DOCUMENTED: [(&str, u32, bool); 9] = [
    ("overview", 1440, false),
    ("overview", 360, false),
    ("pact", 1440, false),
    ("diff", 1440, true),
    ("network", 1440, false),
    ("application", 1440, false),
    ("environments", 1440, false),
    ("promotion", 1440, false),
    ("can-i-deploy", 1440, false),
];

/// Pages of the large landscape.
const LANDSCAPE: [(&str, &str); 7] = [
    ("overview", "/"),
    ("overview-failed", "/?status=failed&sort=verified"),
    ("network", "/network"),
    ("network-focus", "/network?focus=order-gateway"),
    ("application", "/pacticipants/order-gateway"),
    ("environments", "/environments?differing=yes"),
    ("promotion", "/environments/promotion?from=staging&to=production"),
];

/// Pages of a broker that knows nothing.
const EMPTY: [(&str, &str); 4] =
    [("overview", "/"), ("network", "/network"), ("environments", "/environments"), ("can-i-deploy", "/can-i-deploy")];

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("give the folder for the pictures")?);
    let all = arguments.any(|argument| argument == "--all");
    std::fs::create_dir_all(&folder)?;
    let executable = chromium().context("Chromium is needed: apt-get install chromium")?;
    let data = tempfile::tempdir()?;
    let mut brokers = vec![("shop", stocked(data.path(), "shop").await?, &SHOP[..])];
    if all {
        brokers.push(("large", stocked(data.path(), "large").await?, &LANDSCAPE[..]));
        brokers.push(("empty", stocked(data.path(), "empty").await?, &EMPTY[..]));
    }
    let visits: Vec<_> =
        brokers.iter().map(|(name, broker, pages)| ((*name).to_owned(), broker.url().to_owned(), *pages)).collect();
    let complaints = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::launch(&executable)?;
        for (name, address, pages) in visits {
            for (width, dark) in [(1440, false), (1440, true), (360, false), (360, true)] {
                take(&mut browser, &folder, (&name, &address, pages), (width, dark), all)?;
            }
        }
        browser.leave()
    });
    let complaints = complaints.await??;
    anyhow::ensure!(complaints.is_empty(), "the browser complains: {}", complaints.join("; "));
    for (_, broker, _) in brokers {
        broker.stop().await?;
    }
    Ok(())
}

async fn stocked(folder: &Path, what: &str) -> Result<RunningBroker> {
    let config = Config::new(folder.join(format!("{what}.sqlite")).to_string_lossy()).port(0);
    match what {
        "shop" => shop::plant(&config).await?,
        "large" => landscape::plant(&config, 150, 1_000).await?,
        _ => {}
    }
    Ok(Broker::start(config).await?)
}

fn take(
    browser: &mut Browser,
    folder: &Path,
    (name, address, pages): (&str, &str, &[(&str, &str)]),
    (width, dark): (u32, bool),
    all: bool,
) -> Result<()> {
    browser.resize(width)?;
    browser.prefer_dark(dark)?;
    let theme = if dark { "-dark" } else { "" };
    for (page, path) in pages {
        if !all && !DOCUMENTED.contains(&(*page, width, dark)) {
            continue;
        }
        browser.open(&format!("{address}{path}"))?;
        let start = if all { format!("{name}-") } else { String::new() };
        browser.save(&folder.join(format!("{start}{page}-{width}{theme}.png")))?;
    }
    Ok(())
}
