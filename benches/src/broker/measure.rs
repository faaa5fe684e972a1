//! What is asked, and what is counted.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::client::Client;
use super::process::Broker;
use super::seed::{self, Size, pact};

/// Clients side by side at full size.
const CLIENTS: usize = 16;
/// Questions each of them asks.
const QUESTIONS: i64 = 200;
/// Questions each of them asks before, so that connections are open and statements prepared, as in a broker that runs.
const BEFORE: i64 = 25;

/// Lines of `name value unit`.
#[derive(Debug, Default)]
pub(crate) struct Report(Vec<(String, f64, &'static str)>);

impl Report {
    fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        let name = name.into();
        eprintln!("{name}: {value:.2} {unit}");
        self.0.push((name, value, unit));
    }

    fn percentiles(&mut self, name: &str, mut times: Vec<Duration>) {
        times.sort_unstable();
        for (label, share) in [("p50", 0.5), ("p99", 0.99)] {
            let at = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
            if let Some(time) = times.get(at) {
                self.add(format!("{name} {label}"), time.as_secs_f64() * 1000.0, "ms");
            }
        }
    }

    pub(crate) fn to_text(&self) -> String {
        self.0.iter().map(|(name, value, unit)| format!("{name:55} {value:>10.3} {unit}\n")).collect()
    }
}

fn publication(consumer: &str, version: &str, provider: &str, flavour: &str) -> Value {
    json!({
        "pacticipantName": consumer,
        "pacticipantVersionNumber": version,
        "branch": "main",
        "contracts": [{
            "consumerName": consumer,
            "providerName": provider,
            "specification": "pact",
            "contentType": "application/json",
            "content": STANDARD.encode(pact(consumer, provider, flavour).to_string()),
        }],
    })
}

async fn results_url(client: &mut Client, consumer: &str, version: &str, provider: &str) -> anyhow::Result<String> {
    let path = format!("/pacts/provider/{provider}/consumer/{consumer}/version/{version}");
    let (answer, _) = client.send("GET", &path, None).await?;
    let document: Value = serde_json::from_slice(&answer)?;
    let url = document["_links"]["pb:publish-verification-results"]["href"].as_str().unwrap_or_default();
    Ok(url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default())
}

/// One integration with 3,000 verified versions, one client.
pub(crate) async fn small(broker: &Broker, report: &mut Report) -> anyhow::Result<()> {
    report.add("start", broker.startup.as_secs_f64() * 1000.0, "ms");
    if let Some(resident) = broker.resident() {
        report.add("resident when idle", resident, "MB");
    }
    let mut client = Client::connect(broker.port).await?;
    let (mut publishing, mut verifying) = (Duration::ZERO, Duration::ZERO);
    const VERSIONS: u32 = 3000;
    for number in 1..=VERSIONS {
        let version = number.to_string();
        let body = publication("consumer", &version, "provider", &version);
        publishing += client.send("POST", "/contracts/publish", Some(&body)).await?.1;
        let results = results_url(&mut client, "consumer", &version, "provider").await?;
        let body = json!({ "success": true, "providerApplicationVersion": version });
        verifying += client.send("POST", &results, Some(&body)).await?.1;
    }
    report.add("publish", f64::from(VERSIONS) / publishing.as_secs_f64(), "/s");
    report.add("verification result", f64::from(VERSIONS) / verifying.as_secs_f64(), "/s");
    let (environments, _) = client.send("GET", "/environments?name=production", None).await?;
    let environments: Value = serde_json::from_slice(&environments)?;
    let uuid = environments["_embedded"]["environments"][0]["uuid"].as_str().unwrap_or_default();
    let deploy = format!("/pacticipants/provider/versions/{VERSIONS}/deployed-versions/environment/{uuid}");
    client.send("POST", &deploy, Some(&json!({}))).await?;
    let mut times = Vec::new();
    for _ in 0..1000 {
        let path = format!("/can-i-deploy?pacticipant=consumer&version={VERSIONS}&environment=production");
        times.push(client.get(&path).await?);
    }
    report.percentiles("can-i-deploy to an environment", times);
    let mut times = Vec::new();
    for _ in 0..30 {
        let path = "/matrix?q[][pacticipant]=consumer&q[][pacticipant]=provider&latestby=cvpv&limit=1000";
        times.push(client.get(path).await?);
    }
    report.percentiles("matrix of the integration (1,000 rows)", times);
    if let Some(resident) = broker.resident() {
        report.add("resident after that", resident, "MB");
    }
    Ok(())
}

/// Asks by 16 clients at once; the time of each question, and how many were answered in a second.
async fn side_by_side<F>(broker: &Broker, question: F) -> anyhow::Result<(Vec<Duration>, f64)>
where
    F: Fn(i64) -> (&'static str, String, Option<Value>) + Clone + Send + 'static,
{
    let begun = Instant::now();
    let clients: Vec<_> = (0..CLIENTS as i64)
        .map(|number| {
            let (question, port) = (question.clone(), broker.port);
            tokio::spawn(async move {
                let mut client = Client::connect(port).await?;
                let mut times = Vec::new();
                // what is written has numbers of its own, so the first of them are below zero
                for index in -BEFORE..QUESTIONS {
                    let place = if index < 0 { index - number * BEFORE } else { number * QUESTIONS + index };
                    let (method, path, body) = question(place);
                    let took = client.send(method, &path, body.as_ref()).await?.1;
                    if index >= 0 {
                        times.push(took);
                    }
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await??);
    }
    let answered = CLIENTS as f64 * (BEFORE + QUESTIONS) as f64;
    Ok((times, answered / begun.elapsed().as_secs_f64()))
}

/// The generated landscape, 16 clients.
pub(crate) async fn full(broker: &Broker, size: Size, imported: f64, report: &mut Report) -> anyhow::Result<()> {
    let name = size.name;
    report.add(format!("{name}: import"), imported, "s");
    report.add(format!("{name}: start"), broker.startup.as_secs_f64() * 1000.0, "ms");
    let (pairs, newest) = (size.pairs, size.versions);
    let (times, _) = side_by_side(broker, move |index| {
        let consumer = seed::consumer(index.rem_euclid(pairs) + 1);
        let version = newest - index.rem_euclid(7);
        ("GET", format!("/can-i-deploy?pacticipant={consumer}&version={version}&environment=production"), None)
    })
    .await?;
    report.percentiles(&format!("{name}: can-i-deploy"), times);
    let (times, _) = side_by_side(broker, move |index| {
        let path = format!("/pacts/provider/{}/for-verification", seed::provider(index.rem_euclid(pairs) + 1));
        let question = json!({
            "consumerVersionSelectors": [{ "mainBranch": true }, { "deployedOrReleased": true }],
            "providerVersionBranch": "main", "includePendingStatus": true, "includeWipPactsSince": "2026-01-01",
        });
        ("POST", path, Some(question))
    })
    .await?;
    report.percentiles(&format!("{name}: pacts for verification"), times);
    let (_, rate) = side_by_side(broker, move |index| {
        let (consumer, provider) =
            (seed::consumer(index.rem_euclid(pairs) + 1), seed::provider(index.rem_euclid(pairs) + 1));
        let version = format!("new-{index}");
        ("POST", "/contracts/publish".to_owned(), Some(publication(&consumer, &version, &provider, &version)))
    })
    .await?;
    report.add(format!("{name}: publish"), rate, "/s");
    let (_, rate) = side_by_side(broker, move |index| {
        let version = format!("crowded-{index}");
        let body = publication(&seed::consumer(1), &version, &seed::provider(1), &version);
        ("POST", "/contracts/publish".to_owned(), Some(body))
    })
    .await?;
    report.add(format!("{name}: publish, all for one consumer"), rate, "/s");
    let (_, rate) = side_by_side(broker, move |index| {
        let number = index.rem_euclid(pairs) + 1;
        // the content of the pair's first pact
        let content = (number - 1) * 2 * (newest / 5) + 1;
        let path = format!(
            "/pacts/provider/{}/consumer/{}/pact-version/{content:040x}/verification-results",
            seed::provider(number),
            seed::consumer(number)
        );
        ("POST", path, Some(json!({ "success": true, "providerApplicationVersion": format!("new-{index}") })))
    })
    .await?;
    report.add(format!("{name}: verification result"), rate, "/s");
    if let Some(resident) = broker.resident() {
        report.add(format!("{name}: resident"), resident, "MB");
    }
    Ok(())
}
