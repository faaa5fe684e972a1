//! Sending a webhook's request.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::hosts::Hosts;
use super::template::{Variables, fill, fill_body, fill_url};
use crate::config::WebhookConfig;
use crate::domain::webhook::{STARS, WebhookRequest, is_secret_header};

/// How much of an answer is read.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Sends requests, to where they may go.
#[derive(Clone, Debug)]
pub(crate) struct Courier {
    client: reqwest::Client,
    hosts: Hosts,
    config: WebhookConfig,
}

/// A request as it was sent, and what came of it. Secrets are stars.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) success: bool,
    pub(crate) url: String,
    pub(crate) method: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    /// The answer; or why there is none.
    pub(crate) answer: Result<Answer, String>,
    pub(crate) took: Duration,
}

/// What the receiver said.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// `None` when it is not to be shown.
    pub(crate) body: Option<String>,
}

impl Courier {
    /// Makes ready to send.
    ///
    /// # Errors
    ///
    /// The allow-list or a certificate does not read.
    pub(crate) fn new(config: &WebhookConfig) -> Result<Self, String> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let hosts = Hosts::parse(&config.hosts)?;
        let mut builder = reqwest::Client::builder()
            .user_agent(&config.user_agent)
            .timeout(config.timeout)
            .connect_timeout(config.timeout)
            // an allowed place must not lead to another
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Resolver { hosts: hosts.clone() }))
            .pool_max_idle_per_host(1)
            .tls_danger_accept_invalid_certs(config.accept_any_certificate);
        for pem in &config.certificates {
            let found = reqwest::Certificate::from_pem_bundle(pem.as_bytes());
            for certificate in found.map_err(|error| format!("a certificate does not read: {error}"))? {
                builder = builder.tls_certs_merge([certificate]);
            }
        }
        let client = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { client, hosts, config: config.clone() })
    }

    /// Where webhooks may go.
    pub(crate) fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Sends a request with its places filled. `identity` lets a receiver recognise a repetition.
    pub(crate) async fn deliver(&self, request: &WebhookRequest, variables: &Variables, identity: &str) -> Delivery {
        let url = fill_url(&request.url, variables);
        let body = request.body.as_ref().map(|body| fill_body(body, variables));
        let headers: Vec<(String, String)> =
            request.headers.iter().map(|(name, value)| (name.clone(), fill(value, variables))).collect();
        let begun = Instant::now();
        let answer = self.send(request, &url, &headers, body.clone(), identity).await;
        let success = answer.as_ref().is_ok_and(|answer| self.config.success_codes.contains(&answer.status));
        let shown = |name: &str, value: String| match self.config.redact && is_secret_header(name, &value) {
            true => STARS.to_owned(),
            false => value,
        };
        Delivery {
            success,
            url: without_credentials(&url),
            method: request.method.clone(),
            headers: headers.into_iter().map(|(name, value)| (name.clone(), shown(&name, value))).collect(),
            body,
            answer,
            took: begun.elapsed(),
        }
    }

    async fn send(
        &self,
        request: &WebhookRequest,
        url: &str,
        headers: &[(String, String)],
        body: Option<String>,
        identity: &str,
    ) -> Result<Answer, String> {
        let url = Url::parse(url).map_err(|error| format!("the address is not usable: {error}"))?;
        if !self.config.schemes.iter().any(|scheme| scheme == url.scheme()) {
            return Err(format!("the address must begin with {}://", self.config.schemes.join(":// or ")));
        }
        if let Some(reason) = url.host_str().and_then(|host| self.hosts.refusal(host)) {
            return Err(format!("the request {reason}"));
        }
        let method = request.method.parse().map_err(|_| "the method is not usable".to_owned())?;
        let mut outgoing = self.client.request(method, url).headers(header_map(headers, body.is_some(), request)?);
        outgoing = outgoing.header("X-Countersign-Delivery", identity);
        if let Some(username) = &request.username {
            outgoing = outgoing.basic_auth(username, request.password.as_ref());
        }
        if let Some(body) = body {
            outgoing = outgoing.body(body);
        }
        let response = outgoing.send().await.map_err(|error| reason(&error))?;
        self.read(response).await
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Answer, String> {
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                let value = if is_secret_header(name.as_str(), &value) { STARS.to_owned() } else { value };
                (name.to_string(), value)
            })
            .collect();
        let mut bytes = Vec::new();
        while bytes.len() < ANSWER_LIMIT {
            match response.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk[..chunk.len().min(ANSWER_LIMIT - bytes.len())]),
                // the status is the answer; a body that breaks off is no failure
                Ok(None) | Err(_) => break,
            }
        }
        let body = self.hosts.are_chosen().then(|| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Answer { status, headers, body })
    }
}

fn header_map(headers: &[(String, String)], has_body: bool, request: &WebhookRequest) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::try_from(name).map_err(|_| format!("the header {name:?} is not usable"))?;
        let value = HeaderValue::try_from(value).map_err(|_| format!("the value of header {name} is not usable"))?;
        map.append(name, value);
    }
    let is_json = request.body.as_ref().is_some_and(|body| !body.is_string());
    if has_body && is_json && !map.contains_key("content-type") {
        map.insert("content-type", HeaderValue::from_static("application/json"));
    }
    Ok(map)
}

/// The innermost reason, without the address: that may hold credentials.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the receiver did not answer in time".to_owned();
    }
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    source.to_string()
}

fn without_credentials(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut url) if url.password().is_some() => {
            let _ = url.set_password(Some("***"));
            url.to_string()
        }
        _ => url.to_owned(),
    }
}

/// Looks names up, and leaves out addresses that may not be reached.
struct Resolver {
    hosts: Hosts,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let hosts = self.hosts.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let mut refused = None;
            let mut allowed = Vec::new();
            for address in found {
                match hosts.refuses_address(&host, address.ip()) {
                    Some(reason) => refused = Some(reason),
                    None => allowed.push(address),
                }
            }
            match (allowed.is_empty(), refused) {
                (true, Some(reason)) => Err(format!("the request {reason}").into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

impl Delivery {
    /// The attempt as a log.
    pub(crate) fn log(&self) -> String {
        let mut log = format!("{} {}\n", self.method, self.url);
        for (name, value) in &self.headers {
            log.push_str(&format!("{name}: {value}\n"));
        }
        if let Some(body) = &self.body {
            log.push_str(&format!("\n{body}\n"));
        }
        match &self.answer {
            Ok(answer) => {
                log.push_str(&format!("\nAnswered {} after {} ms\n", answer.status, self.took.as_millis()));
                for (name, value) in &answer.headers {
                    log.push_str(&format!("{name}: {value}\n"));
                }
                match &answer.body {
                    Some(body) => log.push_str(&format!("\n{body}\n")),
                    None => log.push_str(HIDDEN),
                }
            }
            Err(reason) => log.push_str(&format!("\nNot answered: {reason}\n")),
        }
        log.push_str(if self.success { "Delivered\n" } else { "Not delivered\n" });
        log
    }
}

/// Said in place of an answer's body when nobody chose where webhooks may go.
pub(crate) const HIDDEN: &str = "\nThe answer's body is not shown, because no allow-list (--webhook-host-whitelist) says which hosts are trusted.\n";
