//! A broker as a process of its own, which can be killed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::pact;

/// A broker as a process of its own.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Process {
    pub(crate) fn start(database: &str) -> Self {
        Self::wrapped(database, &[], &[])
    }

    /// Starts it with variables of its own.
    pub(crate) fn with(database: &str, variables: &[(&str, &str)]) -> Self {
        Self::wrapped(database, &[], variables)
    }

    /// Starts it by way of a shell that first runs `before`.
    pub(crate) fn wrapped(database: &str, before: &[&str], variables: &[(&str, &str)]) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let script =
            format!("{}exec \"$0\" \"$1\" \"$2\"", before.iter().map(|line| format!("{line}\n")).collect::<String>());
        let child = Command::new("bash")
            .args(["-c", &script])
            .arg(program())
            .args([database, &port.to_string()])
            .env("PACT_BROKER_SECRETS_KEY", "k")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, url: format!("http://127.0.0.1:{port}") }
    }

    pub(crate) async fn ready(self) -> Self {
        let (begun, client) = (Instant::now(), client());
        while client.get(format!("{}/ready", self.url)).send().await.is_err() {
            assert!(begun.elapsed() < Duration::from_secs(120), "the broker does not come up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The example program, which `cargo test` builds beside the tests.
fn program() -> PathBuf {
    let target = std::env::current_exe().unwrap().parent().and_then(|deps| deps.parent()).unwrap().to_owned();
    let program = target.join("examples/serve");
    assert!(program.exists(), "{} is missing: cargo build -p countersign-broker --examples", program.display());
    program
}

pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap()
}

pub(crate) async fn publish(
    client: &reqwest::Client,
    url: &str,
    version: &str,
) -> Result<reqwest::StatusCode, reqwest::Error> {
    let content = STANDARD.encode(pact("web", "orders", version).to_string());
    let body = json!({
        "pacticipantName": "web", "pacticipantVersionNumber": version, "branch": "main", "tags": ["dev"],
        "contracts": [{ "consumerName": "web", "providerName": "orders", "specification": "pact",
                        "contentType": "application/json", "content": content }],
    });
    Ok(client.post(format!("{url}/contracts/publish")).json(&body).send().await?.status())
}

pub(crate) async fn get(client: &reqwest::Client, url: &str) -> Value {
    let response = client.get(url).header("Accept", "application/hal+json").send().await.unwrap();
    assert!(response.status().is_success(), "{url}: {}", response.status());
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}
