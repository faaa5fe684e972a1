//! The commands that ask a master server for something.

use comfy_table::Cell;
use countersign_core::format;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::master::{Answer, Master};
use super::{Chosen, Create, List, ShutdownMaster};
use crate::app::Exit;
use crate::failure::Failure;
use crate::output::{Style, print, table};

/// The exit code of a verification that failed.
const NOT_VERIFIED: u8 = 2;

/// The exit code when there is no such mock server.
const NOT_FOUND: u8 = 3;

/// The exit code when a pact file cannot be read.
const UNREADABLE: u8 = 20;

impl List {
    pub(super) async fn run(self, master: &Master) -> Result<Exit, Failure> {
        let answer = master.ask(Method::GET, "/").await?;
        let servers = answer.json["mockServers"].as_array();
        let servers = servers.ok_or_else(|| answer.refusal("the mock servers are not known"))?;
        if self.json {
            print(&format!("{:#}", answer.json));
            return Ok(Exit::Well);
        }
        if servers.is_empty() {
            print("No mock servers are running");
            return Ok(Exit::Well);
        }
        let row =
            |server: &Json| ["id", "port", "provider", "status"].map(|key| Cell::new(plain(&server[key]))).to_vec();
        let header = ["Mock Server Id", "Port", "Provider", "Verification State"];
        print(&table(&header, servers.iter().map(row).collect(), Style::for_stdout()));
        Ok(Exit::Well)
    }
}

impl Create {
    pub(super) async fn run(self, master: &Master) -> Result<Exit, Failure> {
        let path = self.file.display();
        let unreadable = |problem: String| Failure::with_code(UNREADABLE, format!("{path} is not usable"), problem);
        let bytes = std::fs::read(&self.file).map_err(|error| unreadable(error.to_string()))?;
        // a pact with matchers inside is read by the master; what is no JSON need not be sent
        serde_json::from_slice::<serde::de::IgnoredAny>(&bytes)
            .map_err(|error| unreadable(format!("not JSON: {error}")))?;
        let options = [("cors", self.cors_preflight), ("tls", self.tls)];
        let mut query: Vec<String> =
            options.iter().filter(|(_, on)| *on).map(|(name, _)| format!("{name}=true")).collect();
        if let Some(specification) = &self.specification {
            let query_of = |text: &str| format::encode_query(&format::decode_query(text));
            query.push(query_of(&format!("specification={specification}")));
        }
        let answer = master.post(&format!("/?{}", query.join("&")), bytes, None).await?;
        let created = &answer.json["mockServer"];
        match (answer.status, created["id"].as_str(), created["port"].as_u64()) {
            (StatusCode::OK, Some(id), Some(port)) => print(&format!("Mock server {id} started on port {port}")),
            _ => return Err(answer.refusal_as(UNREADABLE, format!("no mock server was created from {path}"))),
        }
        Ok(Exit::Well)
    }
}

impl Chosen {
    /// What stands in the address, and the kind of name it is.
    fn name(&self) -> (String, &'static str) {
        match (&self.mock_server_id, self.mock_server_port) {
            (Some(id), _) => (id.clone(), "id"),
            (None, port) => (port.unwrap_or_default().to_string(), "port"),
        }
    }

    fn unknown(&self) -> Failure {
        let (name, kind) = self.name();
        let advice = "`countersign mock list` lists those that run";
        Failure::with_code(NOT_FOUND, format!("there is no mock server with {kind} '{name}'"), advice)
    }

    pub(super) async fn verify(self, master: &Master) -> Result<Exit, Failure> {
        let (name, kind) = self.name();
        let answer = master.ask(Method::POST, &format!("/mockserver/{name}/verify")).await?;
        match answer.status {
            StatusCode::OK | StatusCode::NO_CONTENT => {
                print(&format!("Mock server with {name} '{kind}' verified ok"));
                Ok(Exit::Well)
            }
            StatusCode::NOT_FOUND => Err(self.unknown()),
            StatusCode::UNPROCESSABLE_ENTITY if answer.json["mismatches"].is_array() => {
                print(&not_verified(&answer));
                Ok(Exit::Code(NOT_VERIFIED))
            }
            _ => Err(answer.refusal_as(NOT_VERIFIED, format!("mock server {name} was not verified"))),
        }
    }

    pub(super) async fn stop(self, master: &Master) -> Result<Exit, Failure> {
        let (name, kind) = self.name();
        let answer = master.ask(Method::DELETE, &format!("/mockserver/{name}")).await?;
        match answer.status {
            StatusCode::OK | StatusCode::NO_CONTENT => {
                print(&format!("Mock server with {kind} '{name}' shutdown ok"));
                Ok(Exit::Well)
            }
            StatusCode::NOT_FOUND => Err(self.unknown()),
            _ => Err(answer.refusal(format!("mock server {name} was not stopped"))),
        }
    }
}

impl ShutdownMaster {
    pub(super) async fn run(self, master: &Master) -> Result<Exit, Failure> {
        let body = json!({ "period": self.period }).to_string().into_bytes();
        let answer = master.post("/shutdown", body, Some(&self.server_key)).await?;
        if !answer.status.is_success() {
            return Err(answer.refusal("the master server was not shut down"));
        }
        print("Master server shutting down ok");
        Ok(Exit::Well)
    }
}

/// Our master sends a report for people; of another's answer one is made.
fn not_verified(answer: &Answer) -> String {
    let (server, mismatches) = (&answer.json["mockServer"], &answer.json["mismatches"]);
    let count = mismatches.as_array().map_or(0, Vec::len);
    let plural = if count == 1 { "" } else { "s" };
    let (id, port) = (plain(&server["id"]), plain(&server["port"]));
    let head = format!("Mock server {id}/{port} failed verification with {count} error{plural}\n");
    match answer.json["report"].as_str() {
        Some(report) => format!("{head}\n{report}"),
        None => {
            mismatches.as_array().into_iter().flatten().fold(head, |text, one| format!("{text}\n{}", described(one)))
        }
    }
}

fn described(mismatch: &Json) -> String {
    let (method, path) = (plain(&mismatch["method"]), plain(&mismatch["path"]));
    let what = match mismatch["type"].as_str() {
        Some("request-mismatch") => "is not what was agreed",
        Some("missing-request") => "was agreed but never asked for",
        _ => "was asked for but never agreed on",
    };
    let details = mismatch["mismatches"].as_array().into_iter().flatten();
    let details: String = details.map(|one| format!("\n      {}", plain(&one["mismatch"]))).collect();
    format!("  {method} {path} {what}{details}")
}

fn plain(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}
