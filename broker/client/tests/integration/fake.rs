//! A broker that answers what a test tells it to and remembers what it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A running fake; it stops when dropped.
pub(crate) struct FakeBroker {
    pub(crate) url: String,
    shared: Arc<Shared>,
    server: tokio::task::JoinHandle<()>,
}

struct Shared {
    base: String,
    prefix: String,
    answers: Mutex<HashMap<String, Vec<Answer>>>,
    asked: Mutex<Vec<Asked>>,
}

#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// One request the fake received.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Method, path below the prefix and decoded query.
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A HAL answer; `BASE` in it becomes the fake's address.
pub(crate) fn hal(status: u16, body: &Value) -> Answer {
    let headers = vec![("content-type", "application/hal+json;charset=utf-8".to_owned())];
    Answer { status, headers, body: body.to_string() }
}

/// An answer of any other type.
pub(crate) fn other(status: u16, content_type: &str, body: &str) -> Answer {
    Answer { status, headers: vec![("content-type", content_type.to_owned())], body: body.to_owned() }
}

impl Answer {
    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

impl FakeBroker {
    /// Starts a fake at the root of its address, with the index a broker has.
    pub(crate) async fn start() -> Self {
        Self::start_under("").await
    }

    /// Starts a fake below a path prefix.
    pub(crate) async fn start_under(prefix: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}{prefix}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            base: base.clone(),
            prefix: prefix.to_owned(),
            answers: Mutex::default(),
            asked: Mutex::default(),
        });
        let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let fake = Self { url: base, shared, server };
        fake.on("GET /", hal(200, &index()));
        fake
    }

    /// Answers `line` (method, path, decoded query). Further answers to the same line follow in order; the last stays.
    pub(crate) fn on(&self, line: &str, answer: Answer) {
        self.shared.answers.lock().unwrap().entry(line.to_owned()).or_default().push(answer);
    }

    /// Everything asked so far, except for the index.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let all = self.shared.asked.lock().unwrap();
        all.iter().filter(|asked| asked.line != "GET /").cloned().collect()
    }

    /// The request lines asked so far with their bodies, except for the index.
    pub(crate) fn lines(&self) -> String {
        let lines: Vec<_> = self.asked().iter().map(|asked| format!("{} {}", asked.line, asked.body)).collect();
        lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for FakeBroker {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(path) = uri.path().strip_prefix(&shared.prefix) else {
        return (StatusCode::NOT_FOUND, [("content-type", "text/html")], "<html>proxy</html>").into_response();
    };
    let query = uri.query().map(|query| format!("?{}", decode(query))).unwrap_or_default();
    let line = format!("{method} {path}{query}");
    let body = String::from_utf8_lossy(&body).into_owned();
    shared.asked.lock().unwrap().push(Asked { line: line.clone(), headers, body });
    let mut answers = shared.answers.lock().unwrap();
    let answer = match answers.get_mut(&line) {
        Some(queue) if queue.len() > 1 => queue.remove(0),
        Some(queue) => queue[0].clone(),
        None => hal(404, &json!({ "error": "The requested document was not found on this server." })),
    };
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(answer.body.replace("BASE", &shared.base).into()).unwrap()
}

fn decode(query: &str) -> String {
    query.replace("%5B", "[").replace("%5D", "]")
}

fn index() -> Value {
    let pacticipant = "BASE/pacticipants/{pacticipant}";
    json!({ "_links": {
        "self": { "href": "BASE" },
        "pb:publish-contracts": { "href": "BASE/contracts/publish" },
        "pb:latest-pact-versions": { "href": "BASE/pacts/latest" },
        "pb:latest-provider-pacts": { "href": "BASE/pacts/provider/{provider}/latest", "templated": true },
        "pb:provider-pacts-for-verification":
            { "href": "BASE/pacts/provider/{provider}/for-verification", "templated": true },
        "pb:pacticipants": { "href": "BASE/pacticipants" },
        "pb:pacticipant": { "href": pacticipant },
        "pb:latest-version": { "href": format!("{pacticipant}/latest-version") },
        "pb:latest-tagged-version": { "href": format!("{pacticipant}/latest-version/{{tag}}") },
        "pb:pacticipant-version": { "href": format!("{pacticipant}/versions/{{version}}") },
        "pb:pacticipant-version-tag": { "href": format!("{pacticipant}/versions/{{version}}/tags/{{tag}}") },
        "pb:pacticipant-branch": { "href": format!("{pacticipant}/branches/{{branch}}") },
        "pb:pacticipant-branch-version": { "href": format!("{pacticipant}/branches/{{branch}}/versions/{{version}}") },
        "pb:webhooks": { "href": "BASE/webhooks" },
        "pb:webhook": { "href": "BASE/webhooks/{uuid}" },
        "pb:environments": { "href": "BASE/environments" },
        "pb:environment": { "href": "BASE/environments/{uuid}" },
    }})
}
