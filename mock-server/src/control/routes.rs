//! Which request to the control API does what.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, AUTHORIZATION, LOCATION};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::{Value as Json, json};

use super::create::{self, Wishes};
use super::master::Shared;
use super::problem::{Problem, empty, json_response, with_type};
use super::registry::Playing;
use super::{verify, view};
use crate::server::{AnswerBody, Answers, BodyLimits, Tls, read_body};

/// What the API is, for programs.
const OPENAPI: &str = include_str!("../../../docs/mock-openapi.json");

/// Pacts larger than 64 MiB are refused.
const LIMITS: BodyLimits = BodyLimits { size: 64 * 1024 * 1024, patience: Duration::from_secs(30) };

/// How long the answer to a shutdown may take to arrive before the server goes, unless the request says otherwise.
const SHUTDOWN_PERIOD: Duration = Duration::from_millis(100);

/// The longest such time that is taken from a request.
const LONGEST_PERIOD: u64 = 60_000;

type Answer = Result<Response<AnswerBody>, Problem>;

impl Answers for Shared {
    async fn answer(&self, request: Request<Incoming>) -> Response<AnswerBody> {
        let (parts, body) = request.into_parts();
        let answer = match read_body(&parts.headers, body, LIMITS).await {
            Ok(body) => self.route(&parts, body).await,
            Err(unreadable) => Err(Problem::new(unreadable.status, format!("the request: {}", unreadable.reason))),
        };
        answer.unwrap_or_else(|problem| {
            tracing::warn!(method = %parts.method, uri = %parts.uri, problem.sentence, "not done");
            problem.response()
        })
    }
}

impl Shared {
    async fn route(&self, parts: &Parts, body: Bytes) -> Answer {
        let segments: Vec<&str> = parts.uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
        let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
        match (method, segments.as_slice()) {
            (&Method::GET, []) => Ok(self.list()),
            (&Method::POST, []) => self.create(parts.uri.query().unwrap_or_default(), &body),
            (&Method::GET, ["openapi.json"]) => Ok(with_type(StatusCode::OK, "application/json", OPENAPI)),
            (&Method::GET, ["certificate.pem"]) => certificate(),
            (&Method::POST, ["shutdown"]) => self.shut_down(parts, &body),
            (&Method::GET, ["mockserver", name]) => Ok(ok(&view::server(&*self.find(name)?))),
            (&Method::DELETE, ["mockserver", name]) => self.delete(name).await,
            (&Method::GET, ["mockserver", name, "mismatches"]) => {
                Ok(ok(&json!({ "mismatches": view::mismatches(&*self.find(name)?) })))
            }
            (&Method::POST, ["mockserver", name, "verify"]) => self.verify(name).await,
            (_, []) => allowing(not_allowed(&parts.method), "GET, HEAD, POST"),
            (_, ["openapi.json" | "certificate.pem"] | ["mockserver", _, "mismatches"]) => {
                allowing(not_allowed(&parts.method), "GET, HEAD")
            }
            (_, ["shutdown"] | ["mockserver", _, "verify"]) => allowing(not_allowed(&parts.method), "POST"),
            (_, ["mockserver", _]) => allowing(not_allowed(&parts.method), "GET, HEAD, DELETE"),
            _ => Err(Problem::new(
                StatusCode::NOT_FOUND,
                format!("there is nothing at {}: GET /openapi.json says what there is", parts.uri.path()),
            )),
        }
    }

    fn find(&self, name: &str) -> Result<Arc<Playing>, Problem> {
        self.servers.find(name).ok_or_else(|| Problem::unknown_server(name))
    }

    fn list(&self) -> Response<AnswerBody> {
        let servers: Json = self.servers.all().iter().map(|playing| view::server(playing)).collect();
        ok(&json!({ "mockServers": servers }))
    }

    fn create(&self, query: &str, body: &[u8]) -> Answer {
        let wishes = Wishes::read(query)?;
        let pact = create::pact(body, wishes.specification)?;
        let server = create::start(&pact, &wishes, self.address, self.base_port)?;
        let playing = self.servers.add(pact, server);
        let (id, url) = (&playing.id, playing.server.url());
        let json = json!({ "mockServer": { "id": id, "port": playing.server.port(), "url": url } });
        let mut response = ok(&json);
        let location =
            HeaderValue::from_str(&format!("/mockserver/{id}")).expect("an id is made of hexadecimal digits");
        response.headers_mut().insert(LOCATION, location);
        Ok(response)
    }

    async fn delete(&self, name: &str) -> Answer {
        let playing = self.servers.remove(name).ok_or_else(|| Problem::unknown_server(name))?;
        // someone who looks at it just now stops it by letting go
        if let Some(playing) = Arc::into_inner(playing) {
            playing.server.stop().await;
        }
        Ok(empty(StatusCode::NO_CONTENT))
    }

    async fn verify(&self, name: &str) -> Answer {
        let (playing, directory) = (self.find(name)?, self.output_dir.clone());
        // files are locked and written, which may take its time
        let verified = tokio::task::spawn_blocking(move || verify::verify(&playing, &directory)).await;
        verified.unwrap_or_else(|error| Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())))
    }

    fn shut_down(&self, parts: &Parts, body: &[u8]) -> Answer {
        let given = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        if given.and_then(|value| value.strip_prefix("Bearer ")) != Some(self.server_key.as_str()) {
            let sentence =
                "shutting down takes the server key that was printed at the start: Authorization: Bearer KEY";
            return Err(Problem::new(StatusCode::FORBIDDEN, sentence));
        }
        let wished = serde_json::from_slice::<Json>(body).ok().and_then(|json| json["period"].as_u64());
        let period = wished.map_or(SHUTDOWN_PERIOD, |wished| Duration::from_millis(wished.min(LONGEST_PERIOD)));
        let end = self.end.clone();
        tokio::spawn(async move {
            tokio::time::sleep(period).await;
            end.send_replace(true);
        });
        Ok(ok(&json!({ "status": "shutting down" })))
    }
}

fn ok(json: &Json) -> Response<AnswerBody> {
    json_response(StatusCode::OK, json)
}

fn certificate() -> Answer {
    let tls = Tls::generated()?;
    Ok(with_type(StatusCode::OK, "application/x-pem-file", tls.trusted_pem().to_owned()))
}

fn not_allowed(method: &Method) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("{method} means nothing here"))
}

fn allowing(problem: Problem, methods: &'static str) -> Answer {
    let mut response = problem.response();
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    Ok(response)
}
