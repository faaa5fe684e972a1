//! Names and bodies made to break pages: they stay whole, quiet and small.

use countersign_broker::Config;
use countersign_tests::accessibility::problems;
use countersign_tests::browser::{Browser, get};
use countersign_tests::seed::{Planter, Run, Verified};
use countersign_tests::tools::chromium;
use serde_json::{Value, json};

use super::Broker;

/// Markup, a way out of attributes and of scripts, text from right to left with an override that is never closed.
const EVIL: &str = "</title></script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">'\"&<!-- \u{202e}שלום";

fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    })
}

fn interaction(description: &str, body: &Value) -> Value {
    json!({
        "description": description,
        "providerStates": [{ "name": description, "params": { description: description } }],
        "request": { "method": "GET", "path": format!("/{description}"), "headers": { "X-Evil": description } },
        "response": {
            "status": 200, "headers": { "Content-Type": "application/json" }, "body": body,
            "matchingRules": { "body": { "$.*": { "matchers": [{ "match": "regex", "regex": description }] } } },
        },
    })
}

fn pact(interactions: Vec<Value>) -> Value {
    json!({ "interactions": interactions, "metadata": { "pactSpecification": { "version": "3.0.0" } } })
}

/// Plants an evil pair, a pair with 500-character names, a pact of 5 MB and one of 300 interactions.
async fn plant(config: &Config) -> anyhow::Result<()> {
    let mut planter = Planter::open(config).await?;
    let long = "x".repeat(500);
    for (name, version) in [(EVIL, EVIL), (long.as_str(), long.as_str())] {
        let run = Run { name, version, branch: name, minutes_ago: 5 };
        let body = json!({ name: [name, { name: "</code></script>" }] });
        planter.publish(run, name, pact(vec![interaction(name, &body)])).await?;
        let findings = json!([{ "identifier": name, "description": name }]);
        let came = Verified { failing: Some((name.to_owned(), findings)), pending: false };
        planter.verify(run, (name, version), &came).await?;
        planter.deploy(run, "production").await?;
        planter.label(name, name).await?;
        planter.tag(run, name).await?;
    }
    let heavy = json!((0..40_000).map(|index| json!({ "index": index, "text": "y".repeat(90) })).collect::<Vec<_>>());
    for version in ["1", "2"] {
        let run = Run { name: "heavy", version, branch: "main", minutes_ago: 4 };
        let mut body = heavy.clone();
        body[7]["index"] = json!(version);
        planter.publish(run, "shelf", pact(vec![interaction("heavy", &body)])).await?;
        let many = (0..300).map(|index| interaction(&format!("number {index}"), &json!({ "version": version })));
        let run = Run { name: "many", ..run };
        planter.publish(run, "shelf", pact(many.collect())).await?;
    }
    planter.finish().await
}

fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    for name in [encoded(EVIL), "x".repeat(500)] {
        pages.push(format!("/?q={name}"));
        pages.push(format!("/pacts/provider/{name}/consumer/{name}/latest"));
        pages.push(format!("/pacticipants/{name}"));
        pages.push(format!("/pacticipants/{name}/versions/{name}"));
        pages.push(format!("/network?focus={name}"));
        pages.push(format!("/can-i-deploy?pacticipant={name}&version={name}&environment=production"));
        pages.push(format!("/matrix/provider/{name}/consumer/{name}"));
        pages.push(format!("/environments/history?application={name}"));
    }
    let own = |page: &str| page.to_owned();
    pages.extend(["/", "/network", "/environments", "/environments/promotion?from=test&to=production"].map(own));
    for name in ["heavy", "many"] {
        pages.push(format!("/pacts/provider/shelf/consumer/{name}/latest"));
        pages.push(format!("/pacts/provider/shelf/consumer/{name}/version/2/diff/previous-distinct"));
    }
    pages.push(own("/pacts/provider/shelf/consumer/many/latest?q=number+2&page=2"));
    pages
}

fn look(browser: &mut Browser, address: &str) -> anyhow::Result<()> {
    for width in [1440, 360] {
        browser.resize(width)?;
        for page in pages() {
            browser.open(&format!("{address}{page}"))?;
            let short: String = page.chars().take(60).collect();
            assert_ne!(browser.value("document.title")?, "owned", "{short}");
            assert_eq!(
                browser.value("document.querySelectorAll('main img[src=x], main script').length")?,
                0,
                "{short}"
            );
            assert_eq!(browser.overhanging()?, Vec::<String>::new(), "{short} in {width}");
            let found = problems(browser)?;
            assert!(found.is_empty(), "{short}: {found:#?}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_data_breaks_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(folder.path().join("broker.sqlite").to_string_lossy()).port(0);
    plant(&config).await.unwrap();
    let broker = Broker::start(config).await.unwrap();
    let address = broker.url().to_owned();
    let looked = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        for page in pages() {
            let size = get(&format!("{address}{page}"))?.len();
            let short: String = page.chars().take(60).collect();
            assert!(size <= 100 * 1024, "{short} has {size} bytes");
        }
        let Some(executable) = chromium() else { return Ok(()) };
        let mut browser = Browser::launch(&executable)?;
        look(&mut browser, &address)?;
        assert_eq!(browser.leave()?, Vec::<String>::new(), "in the browser's console");
        Ok(())
    });
    looked.await.unwrap().unwrap();
    broker.stop().await.unwrap();
}
