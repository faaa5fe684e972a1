//! The broker as it is run: what it logs, where its traces go, how it ends.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::routing::post;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::serving::http;

const PATIENCE: Duration = Duration::from_secs(60);
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A broker that is killed with the test.
struct Running {
    child: Child,
    url: String,
    log: tokio::task::JoinHandle<String>,
}

impl Running {
    async fn start(folder: &std::path::Path, line: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(line.split_whitespace()).current_dir(folder).env_clear().envs(variables.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut stderr = child.stderr.take().unwrap();
        let log = tokio::spawn(async move {
            let mut text = String::new();
            stderr.read_to_string(&mut text).await.unwrap();
            text
        });
        let begun = tokio::time::timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some(rest) = line.strip_prefix("countersign broker on ") {
                    let url = rest.split(' ').next().unwrap().to_owned();
                    // what follows must not fill the pipe
                    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                    return Some(url);
                }
            }
            None
        });
        let url = begun.await.unwrap().unwrap();
        Self { child, url, log }
    }

    /// Asks it to end, as a service manager does; its exit code and log.
    async fn end(mut self) -> (Option<i32>, String) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap();
        (status.code(), self.log.await.unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_name_requests_and_traces_and_keep_secrets() {
    let spans = Arc::new(Mutex::new(Vec::<u8>::new()));
    let kept = Arc::clone(&spans);
    let collector = axum::Router::new()
        .route("/v1/traces", post(move |body: Bytes| async move { kept.lock().unwrap().extend_from_slice(&body) }))
        .fallback(|| async { "a webhook's receiver" });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, collector).await });

    let folder = tempfile::tempdir().unwrap();
    let broker = Running::start(
        folder.path(),
        "broker --port 0 --log-format json --log-level trace",
        &[
            ("PACT_BROKER_BASIC_AUTH_USERNAME", "root"),
            ("PACT_BROKER_BASIC_AUTH_PASSWORD", "pa55word-root"),
            ("PACT_BROKER_HTTP_DEBUG_LOGGING_ENABLED", "true"),
            ("PACT_BROKER_SECRETS_KEY", "k3y-of-secrets"),
            ("PACT_BROKER_WEBHOOK_SCHEME_WHITELIST", "http"),
            ("PACT_BROKER_WEBHOOK_HOST_WHITELIST", "127.0.0.1"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &elsewhere),
        ],
    )
    .await;
    let client = http();
    let root = |method: &str, path: &str| {
        let request = client.request(method.parse().unwrap(), format!("{}{path}", broker.url));
        request.basic_auth("root", Some("pa55word-root")).header("Accept", "application/hal+json")
    };
    let created = root("POST", "/tokens").json(&json!({ "name": "ci", "roles": ["publish"] })).send().await.unwrap();
    let token: Value = serde_json::from_str(&created.text().await.unwrap()).unwrap();
    let token = token["token"].as_str().unwrap().to_owned();
    let version = format!("{}/pacticipants/web/versions/1", broker.url);
    let traced = client.put(&version).bearer_auth(&token).json(&json!({}));
    let traced =
        traced.header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01")).header("X-Request-Id", "req-7");
    assert_eq!(traced.send().await.unwrap().status().as_u16(), 201);
    let unknown = client.get(&version).bearer_auth("csn_wr0ng-token").send().await.unwrap();
    assert_eq!(unknown.status().as_u16(), 401);
    let hook = json!({
        "events": [{ "name": "contract_published" }],
        "request": {
            "method": "POST", "url": elsewhere, "username": "me", "password": "pa55word-hook",
            "headers": { "X-Api-Token": "t0ken-of-hook" },
        },
    });
    let saved = root("PUT", "/webhooks/0123456789abcdef").json(&hook).send().await.unwrap();
    assert_eq!(saved.status().as_u16(), 201, "{}", saved.text().await.unwrap());
    let executed = root("POST", "/webhooks/0123456789abcdef/execute").json(&json!({})).send().await.unwrap();
    assert!(executed.text().await.unwrap().contains(r#""success":true"#));

    let (code, log) = broker.end().await;
    assert_eq!(code, Some(0), "{log}");
    for secret in [token.as_str(), "wr0ng-token", "pa55word-root", "pa55word-hook", "t0ken-of-hook", "k3y-of-secrets"] {
        assert!(!log.contains(secret), "{secret} is in the log");
        let encoded = base64(&format!("root:{secret}"));
        assert!(!log.contains(&encoded), "{secret} is in the log, encoded");
    }
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().find(|line| line["message"] == "answered" && line["span"]["id"] == "req-7").unwrap();
    assert_eq!((&answered["status"], &answered["span"]["trace"]), (&json!(201), &json!(TRACE)), "{answered}");
    let shown = lines.iter().filter(|line| line["message"] == "asked").count();
    assert!(shown >= 5 && log.contains("authorization: **********"), "{shown}");
    let spans = spans.lock().unwrap();
    let contains = |piece: &[u8]| spans.windows(piece.len()).any(|window| window == piece);
    let trace: Vec<u8> = (0..16).map(|at| u8::from_str_radix(&TRACE[at * 2..at * 2 + 2], 16).unwrap()).collect();
    assert!(contains(&trace), "the request's span is not part of its client's trace");
    assert!(contains(b"request") && contains(b"/pacticipants/web/versions/1"));
    assert!(!contains(token.as_bytes()) && !contains(b"pa55word"));
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            encoded.push(char::from(DIGITS[(bits >> (18 - 6 * index) & 63) as usize]));
        }
    }
    // the end depends on what follows, so only what does not is compared
    encoded.truncate(text.len() / 3 * 4);
    encoded
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_finished_before_the_end() {
    let (arrived, arrival) = tokio::sync::oneshot::channel();
    let arrived = Arc::new(Mutex::new(Some(arrived)));
    let slow = axum::Router::new().fallback(move || {
        let arrived = arrived.lock().unwrap().take();
        async move {
            if let Some(arrived) = arrived {
                arrived.send(()).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(1500)).await;
            "at last"
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, slow).await });
    let folder = tempfile::tempdir().unwrap();
    let allowed =
        [("PACT_BROKER_WEBHOOK_SCHEME_WHITELIST", "http"), ("PACT_BROKER_WEBHOOK_HOST_WHITELIST", "127.0.0.1")];
    let broker = Running::start(folder.path(), "broker --port 0 --log-stream file --log-level info", &allowed).await;
    let hook = json!({
        "events": [{ "name": "contract_published" }], "request": { "method": "POST", "url": elsewhere },
    });
    let url = broker.url.clone();
    let asking =
        tokio::spawn(async move { http().post(format!("{url}/webhooks/execute")).json(&hook).send().await.unwrap() });
    tokio::time::timeout(PATIENCE, arrival).await.unwrap().unwrap();
    let url = broker.url.clone();
    let ending = tokio::spawn(broker.end());
    let answer = asking.await.unwrap().text().await.unwrap();
    assert!(answer.contains(r#""success":true"#), "{answer}");
    let (code, log) = ending.await.unwrap();
    assert_eq!((code, log.as_str()), (Some(0), ""));
    assert!(http().get(url).send().await.is_err());
    let file = std::fs::read_to_string(folder.path().join("log/countersign.log")).unwrap();
    assert!(file.contains("broker started") && file.contains("answered"), "{file}");
}
