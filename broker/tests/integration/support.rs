//! A broker of one's own, and words for what happens to it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_broker::{Broker, Config, RunningBroker};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A broker that ends with the test, and a client of it.
pub(crate) struct TestBroker {
    broker: RunningBroker,
    client: reqwest::Client,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

/// The members of a list by a pointer, such as the names in a list of objects.
#[track_caller]
pub(crate) fn each(list: &Value, pointer: &str) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("not a list: {list}"));
    list.iter().map(|element| element.pointer(pointer).and_then(Value::as_str).unwrap_or("-").to_owned()).collect()
}

pub(crate) fn pact(consumer: &str, provider: &str, flavour: &str) -> Value {
    json!({
        "consumer": { "name": consumer },
        "provider": { "name": provider },
        "interactions": [{
            "description": format!("a request for {flavour}"),
            "request": { "method": "GET", "path": format!("/{flavour}") },
            "response": { "status": 200 },
        }],
        "metadata": { "pactSpecification": { "version": "2.0.0" } },
    })
}

impl TestBroker {
    pub(crate) async fn start() -> Self {
        Self::with(Config::in_memory()).await
    }

    /// A broker with a database of its own: in memory, or on PostgreSQL when the suite runs there.
    pub(crate) async fn with(mut config: Config) -> Self {
        if config.database_url == "sqlite::memory:"
            && let Some(url) = crate::postgres::fresh()
        {
            config.database_url = url;
            config.webhooks.secrets_key.get_or_insert_with(|| "a key for tests".to_owned());
        }
        // a test before this one may have installed it
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { broker: Broker::start(config).await.unwrap(), client: reqwest::Client::new() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        let own = format!("http://{}", self.broker.address());
        match path.strip_prefix(self.broker.url()) {
            // links may name another address that leads here
            Some(rest) => format!("{own}{rest}"),
            None if path.starts_with("http") => path.to_owned(),
            None => format!("{own}{path}"),
        }
    }

    pub(crate) async fn stop(self) {
        self.broker.stop().await.unwrap();
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, self.url(path)).header("Accept", "application/hal+json, application/json")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::PATCH, path).header("Content-Type", "application/merge-patch+json");
        self.send(request.body(body.to_string())).await
    }

    pub(crate) fn publish(&self, consumer: &str, version: &str, provider: &str) -> Publish<'_> {
        Publish {
            broker: self,
            consumer: consumer.to_owned(),
            version: version.to_owned(),
            provider: provider.to_owned(),
            flavour: "something".to_owned(),
            branch: None,
            tags: Vec::new(),
        }
    }

    /// Records a result for the pact of a consumer version.
    pub(crate) async fn verify(&self, (provider, by): (&str, &str), (consumer, version): (&str, &str), success: bool) {
        let pact =
            self.get(&format!("/pacts/provider/{provider}/consumer/{consumer}/version/{version}")).await.expect(200);
        let results = pact.json()["_links"]["pb:publish-verification-results"]["href"].as_str().unwrap().to_owned();
        self.post(&results, &json!({ "success": success, "providerApplicationVersion": by })).await.expect(201);
    }

    pub(crate) async fn environment(&self, name: &str) -> String {
        let found = self.get(&format!("/environments?name={name}")).await.expect(200).json();
        found["_embedded"]["environments"][0]["uuid"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn deploy(&self, name: &str, version: &str, environment: &str, instance: Option<&str>) {
        let uuid = self.environment(environment).await;
        let path = format!("/pacticipants/{name}/versions/{version}/deployed-versions/environment/{uuid}");
        self.post(&path, &json!({ "applicationInstance": instance })).await.expect(201);
    }

    pub(crate) async fn release(&self, name: &str, version: &str, environment: &str) {
        let uuid = self.environment(environment).await;
        let path = format!("/pacticipants/{name}/versions/{version}/released-versions/environment/{uuid}");
        self.post(&path, &json!({})).await.expect(201);
    }

    /// What for-verification selects: `consumer version: why (pending)`, in order.
    pub(crate) async fn for_verification(&self, provider: &str, question: &Value) -> Vec<String> {
        let answer =
            self.post(&format!("/pacts/provider/{provider}/for-verification"), question).await.expect(200).json();
        let mut selected = Vec::new();
        for pact in answer["_embedded"]["pacts"].as_array().unwrap() {
            let title = pact["_links"]["self"]["name"].as_str().unwrap();
            let who = title.trim_start_matches("Pact between ").split(')').next().unwrap().replace(" (", " ");
            let properties = &pact["verificationProperties"];
            let mut line = format!("{who}: {}", pact["shortDescription"].as_str().unwrap());
            for flag in ["pending", "wip"] {
                if properties[flag] == true {
                    line.push_str(&format!(" [{flag}]"));
                }
            }
            selected.push(line);
        }
        selected
    }
}

/// A publication to be made.
pub(crate) struct Publish<'a> {
    broker: &'a TestBroker,
    consumer: String,
    version: String,
    provider: String,
    flavour: String,
    branch: Option<String>,
    tags: Vec<String>,
}

impl Publish<'_> {
    /// What the contract is about; the same flavour is the same content.
    pub(crate) fn about(mut self, flavour: &str) -> Self {
        self.flavour = flavour.to_owned();
        self
    }

    pub(crate) fn branch(mut self, branch: &str) -> Self {
        self.branch = Some(branch.to_owned());
        self
    }

    pub(crate) fn tag(mut self, tag: &str) -> Self {
        self.tags.push(tag.to_owned());
        self
    }

    pub(crate) fn body(&self) -> Value {
        let content = pact(&self.consumer, &self.provider, &self.flavour).to_string();
        json!({
            "pacticipantName": self.consumer,
            "pacticipantVersionNumber": self.version,
            "branch": self.branch,
            "tags": self.tags,
            "contracts": [{
                "consumerName": self.consumer,
                "providerName": self.provider,
                "specification": "pact",
                "contentType": "application/json",
                "content": STANDARD.encode(content),
            }],
        })
    }

    pub(crate) async fn send(self) -> Answer {
        self.broker.post("/contracts/publish", &self.body()).await
    }

    pub(crate) async fn done(self) {
        self.send().await.expect(200);
    }
}
