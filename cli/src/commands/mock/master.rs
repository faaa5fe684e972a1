//! A master server, ours or the official one, as a client sees it.

use reqwest::{Client, Method, StatusCode};
use serde_json::Value as Json;

use crate::failure::Failure;

/// The exit code when the master cannot be reached.
const UNREACHABLE: u8 = 10;

/// The exit code when the master does not do what it is asked.
pub(super) const REFUSED: u8 = 30;

/// A master server.
pub(super) struct Master {
    client: Client,
    url: String,
}

/// What it answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Null when there was no JSON.
    pub(super) json: Json,
}

impl Master {
    pub(super) fn at(host: &str, port: u16) -> Result<Self, Failure> {
        // set already when another part of the program needed it first
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build();
        let client = client.map_err(|error| Failure::input("no request can be made", error.to_string()))?;
        Ok(Self { client, url: format!("http://{host}:{port}") })
    }

    pub(super) async fn ask(&self, method: Method, path: &str) -> Result<Answer, Failure> {
        self.send(self.client.request(method, format!("{}{path}", self.url))).await
    }

    /// With a JSON body.
    pub(super) async fn post(&self, path: &str, body: Vec<u8>, key: Option<&str>) -> Result<Answer, Failure> {
        let mut request = self.client.post(format!("{}{path}", self.url)).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        self.send(request.body(body)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, Failure> {
        let unreachable = |error: reqwest::Error| {
            let problem = format!(
                "{}: start it with `countersign mock start`, or say where it is with --host and --port",
                innermost(&error)
            );
            Failure::with_code(UNREACHABLE, format!("the master server {} cannot be reached", self.url), problem)
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(unreachable)?;
        Ok(Answer { status, json: serde_json::from_slice(&bytes).unwrap_or_default() })
    }
}

/// What the system said.
fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

impl Answer {
    /// Why something was not done.
    pub(super) fn refusal(&self, what: impl Into<String>) -> Failure {
        self.refusal_as(REFUSED, what)
    }

    pub(super) fn refusal_as(&self, code: u8, what: impl Into<String>) -> Failure {
        let said = self.json["error"].as_str().map(str::to_owned);
        Failure::with_code(code, what, said.unwrap_or_else(|| format!("the master server answers {}", self.status)))
    }
}
