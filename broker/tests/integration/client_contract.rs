//! The official client's contract with the broker, replayed by this project's own verifier. What must be there first is
//! set up through the API; placeholder paths stand for links, and are looked up in what the broker really serves.

use std::path::PathBuf;

use countersign_broker::Config;
use countersign_provider_verifier::{PactFiles, StateError, Verifier};
use serde_json::{Value, json};

use crate::support::TestBroker;
use crate::tools::require;

fn contract() -> Option<Value> {
    let folder = std::env::var("COUNTERSIGN_CONFORMANCE")
        .map_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance"), PathBuf::from);
    let file = folder.join("broker-contract/pact_broker_client-pact_broker.json");
    let text = std::fs::read(&file).ok();
    let advice = "set COUNTERSIGN_CONFORMANCE to the folder of the conformance data";
    require(text.is_some(), &file.display().to_string(), advice).then_some(())?;
    Some(serde_json::from_slice(&text?).unwrap())
}

const FOO_VERSION: &str = "5556b8149bf8bac76bc30f50a8a2dd4c22c85f30";

/// A broker in which one interaction can take place, and where its placeholder leads.
struct Stage {
    broker: TestBroker,
    path: Option<String>,
}

impl Stage {
    async fn set(state: &str, path: &str) -> Self {
        // the contract names this host in links
        let base_urls = vec!["http://example.org".to_owned()];
        let config = Config { base_urls, ..Config::in_memory() };
        let mut stage = Self { broker: TestBroker::with(config).await, path: None };
        stage.prepare(state, path).await;
        if path.contains("PLACEHOLDER") && stage.path.is_none() {
            stage.path = Some(stage.resolve(path).await);
        }
        stage
    }

    async fn prepare(&mut self, state: &str, path: &str) {
        let broker = &self.broker;
        match state {
            "" => {}
            s if s.ends_with("the index resource")
                || s.contains("relations exist")
                || s.contains("relations are present") => {}
            s if s.contains("does not exist") || s.starts_with("no pact") => {
                // of the two, the one that is not said to be missing may be there
                if s.contains("'Condor' does not exist") {
                    self.pacticipant("Pricing Service").await;
                }
            }
            "a branch named main exists for pacticipant Foo" => {
                broker.put("/pacticipants/Foo/branches/main/versions/1", &json!({})).await.expect(201);
            }
            "'Condor' exists in the pact-broker" if path == "/pacticipants" => self.version_of("Condor").await,
            "'Condor' exists in the pact-broker" => self.pacticipant("Condor").await,
            "the 'Pricing Service' already exists in the pact-broker" => {
                self.version_of("Pricing Service").await;
                let repository =
                    json!({ "repositoryUrl": "git@git.realestate.com.au:business-systems/pricing-service" });
                broker.patch("/pacticipants/Pricing%20Service", &repository).await.expect(200);
            }
            "the 'Pricing Service' and 'Condor' already exist in the pact-broker" => {
                self.pacticipant("Pricing Service").await;
                self.pacticipant("Condor").await;
            }
            "a pacticipant with name Foo exists" => self.pacticipant("Foo").await,
            "'Condor' exists in the pact-broker with version 1.3.0, tagged with 'prod'" => {
                self.tag("Condor", "1.3.0", "prod").await
            }
            "'Condor' exists in the pact-broker with the latest version 1.2.3" => {
                broker.put("/pacticipants/Condor/versions/1.2.3", &json!({})).await.expect(201);
            }
            "'Condor' exists in the pact-broker with the latest tagged 'production' version 1.2.3" => {
                self.tag("Condor", "1.2.3", "production").await;
            }
            s if s.contains("Condor") => self.condor(s).await,
            s if s.contains("of pacticipant Foo exists with") => self.foo_with_environments(s).await,
            s if s.contains("environment with name test") => self.only_environments(&["test"]).await,
            s if s.contains("is deployed to environment") || s.starts_with("a currently deployed") => {
                self.deployed(s).await
            }
            s if s.starts_with("a webhook with the uuid") => self.webhook().await,
            s => self.foo_and_bar(s).await,
        }
    }

    async fn pacticipant(&self, name: &str) {
        self.broker.post("/pacticipants", &json!({ "name": name })).await.expect(201);
    }

    async fn version_of(&self, name: &str) {
        self.broker.put(&format!("/pacticipants/{name}/versions/1.3.0"), &json!({})).await.expect(201);
    }

    async fn tag(&self, name: &str, version: &str, tag: &str) {
        self.broker.put(&format!("/pacticipants/{name}/versions/{version}/tags/{tag}"), &json!({})).await.expect(201);
    }

    async fn condor(&self, state: &str) {
        let pact = json!({
            "consumer": { "name": "Condor" }, "provider": { "name": "Pricing Service" }, "interactions": [],
        });
        let place = "/pacts/provider/Pricing%20Service/consumer/Condor/version/1.3.0";
        self.broker.put(place, &pact).await.expect(201);
        if state.contains("prod") {
            self.tag("Condor", "1.3.0", "prod").await;
        }
    }

    async fn only_environments(&self, names: &[&str]) {
        let all = self.broker.get("/environments").await.expect(200).json();
        for environment in all["_embedded"]["environments"].as_array().unwrap() {
            self.broker.delete(environment["_links"]["self"]["href"].as_str().unwrap()).await.expect(204);
        }
        for name in names {
            self.broker.post("/environments", &json!({ "name": name, "production": false })).await.expect(201);
        }
    }

    async fn foo_with_environments(&self, state: &str) {
        let names: &[&str] = if state.contains("2 environments") { &["prod", "dev"] } else { &["test"] };
        self.only_environments(names).await;
        let place = format!("/pacticipants/Foo/versions/{FOO_VERSION}");
        self.broker.put(&place, &json!({})).await.expect(201);
    }

    async fn deployed(&self, state: &str) {
        self.only_environments(&["test"]).await;
        self.broker.put("/pacticipants/Foo/versions/2", &json!({})).await.expect(201);
        let instance = state.contains("customer-1").then_some("customer-1");
        self.broker.deploy("Foo", "2", "test", instance).await;
    }

    async fn webhook(&self) {
        self.pacticipant("Pricing Service").await;
        self.pacticipant("Condor").await;
        let webhook = json!({
            "events": [{ "name": "contract_published" }],
            "request": { "method": "POST", "url": "https://webhook" },
        });
        self.broker.put("/webhooks/696c5f93-1b7f-44bc-8d03-59440fcaa9a0", &webhook).await.expect(201);
    }

    /// Pacts of Foo and results of Bar, as the state tells.
    async fn foo_and_bar(&self, state: &str) {
        let consumer = if state.contains("Foo Thing") { "Foo Thing" } else { "Foo" };
        let story: &[(&str, &str, bool)] = match state {
            s if s.contains("failed verification for version 3.4.5") => {
                &[("1.2.3", "4.5.6", true), ("3.4.5", "4.5.6", false)]
            }
            s if s.contains("unsuccessfully by 9.9.9") => &[("1.2.3", "4.5.6", true), ("1.2.4", "9.9.9", false)],
            s if s.contains("1.2.3 and 1.2.4") => &[("1.2.3", "4.5.6", true), ("1.2.4", "4.5.6", true)],
            s if s.contains("version 5.6.7") => &[("1.2.3", "4.5.6", true), ("1.2.3", "5.6.7", true)],
            s if s.ends_with("has been verified by Bar version 4.5.6") => &[("1.2.3", "4.5.6", true)],
            s => panic!("nobody has said how to set up {s:?}"),
        };
        for (version, by, success) in story {
            let pact = self.broker.publish(consumer, version, "Bar").about(version);
            let pact = if state.contains("3.4.5 tagged prod") { pact.tag("prod") } else { pact };
            pact.done().await;
            self.broker.verify(("Bar", by), (&consumer.replace(' ', "%20"), version), *success).await;
        }
        if state.contains("4.5.6 with tag prod") || state.contains("4.5.6 (tagged prod)") {
            self.tag("Bar", "4.5.6", "prod").await;
        }
    }

    /// Where a placeholder leads, by the relation it stands for.
    async fn resolve(&self, placeholder: &str) -> String {
        let index = self.broker.get("/").await.expect(200).json();
        let of_index = |rel: &str, values: &[(&str, &str)]| {
            let mut href = index["_links"][rel]["href"].as_str().unwrap_or_else(|| panic!("no {rel}")).to_owned();
            for (name, value) in values {
                href = href.replace(&format!("{{{name}}}"), value);
            }
            href
        };
        let of_foo = [("pacticipant", "Foo"), ("version", FOO_VERSION)];
        let environment = of_index("pb:environment", &[("uuid", &self.uuid_of("test").await)]);
        let url = match placeholder.rsplit("PLACEHOLDER-").next().unwrap() {
            "PB-PACTICIPANT-BRANCH-Foo-main" => {
                of_index("pb:pacticipant-branch", &[("pacticipant", "Foo"), ("branch", "main")])
            }
            "INDEX-PB-LATEST-VERSION-Condor" => of_index("pb:latest-version", &[("pacticipant", "Condor")]),
            "INDEX-PB-LATEST-TAGGED-VERSION-Condor-production" => {
                of_index("pb:latest-tagged-version", &[("pacticipant", "Condor"), ("tag", "production")])
            }
            "PB-PUBLISH-CONTRACTS" => of_index("pb:publish-contracts", &[]),
            "PB-ENVIRONMENTS" => of_index("pb:environments", &[]),
            "PB-WEBHOOKS" => of_index("pb:webhooks", &[]),
            name if name.starts_with("PB-PACTICIPANT-VERSION-Foo") => of_index("pb:pacticipant-version", &of_foo),
            name if name.starts_with("PB-RECORD-DEPLOYMENT") => {
                self.link(&of_index("pb:pacticipant-version", &of_foo), "/_links/pb:record-deployment/0/href").await
            }
            name if name.starts_with("PB-RECORD-RELEASE") => {
                self.link(&of_index("pb:pacticipant-version", &of_foo), "/_links/pb:record-release/0/href").await
            }
            name if name.starts_with("PB-ENVIRONMENT-") => environment,
            name if name.starts_with("ENVIRONMENT-CURRENTLY-DEPLOYED") => {
                self.link(&environment, "/_links/pb:currently-deployed-deployed-versions/href").await
            }
            name if name.starts_with("DEPLOYED-VERSION") => {
                let running = self.link(&environment, "/_links/pb:currently-deployed-deployed-versions/href").await;
                self.link(&running, "/_embedded/deployedVersions/0/_links/self/href").await
            }
            other => panic!("nobody has said what {other} stands for"),
        };
        url.strip_prefix("http://example.org").unwrap().to_owned()
    }

    async fn uuid_of(&self, environment: &str) -> String {
        let found = self.broker.get(&format!("/environments?name={environment}")).await.expect(200).json();
        found["_embedded"]["environments"][0]["uuid"].as_str().unwrap_or("none").to_owned()
    }

    async fn link(&self, url: &str, pointer: &str) -> String {
        let document = self.broker.get(url).await.expect(200).json();
        document
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no {pointer} in {document}"))
            .to_owned()
    }
}

/// Replays one interaction against a broker of its own; what is wrong, if anything.
async fn replay(contract: &Value, interaction: &Value, folder: &std::path::Path, number: usize) -> Option<String> {
    let state = interaction["providerState"].as_str().unwrap_or("").to_owned();
    let stage = Stage::set(&state, interaction["request"]["path"].as_str().unwrap()).await;
    let mut alone = contract.clone();
    let mut interaction = interaction.clone();
    if let Some(path) = &stage.path {
        interaction["request"]["path"] = path.as_str().into();
    }
    alone["interactions"] = json!([interaction]);
    let file = folder.join(format!("{number}.json"));
    std::fs::write(&file, alone.to_string()).unwrap();
    let verifier = Verifier::of("Pact Broker").any_provider().http(stage.broker.url("")).pacts(PactFiles::at([&file]));
    let outcome = if state.is_empty() {
        verifier.verify().await
    } else {
        // the stage is set before, because placeholders can be looked up only then
        verifier.state(state, |_| async { Ok::<_, StateError>(json!({})) }).verify().await
    };
    stage.broker.stop().await;
    (outcome.exit_code() != 0).then(|| format!("{}\n{outcome}", interaction["description"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_clients_contract_is_kept() {
    let Some(contract) = contract() else { return };
    let folder = tempfile::tempdir().unwrap();
    let interactions = contract["interactions"].as_array().unwrap();
    assert!(interactions.len() >= 60, "{} interactions", interactions.len());
    let mut broken = Vec::new();
    for (number, interaction) in interactions.iter().enumerate() {
        broken.extend(replay(&contract, interaction, folder.path(), number).await);
    }
    // none of them is of PactFlow alone, so every one counts
    assert!(broken.is_empty(), "{} of {} broken:\n\n{}", broken.len(), interactions.len(), broken.join("\n\n"));
}
