//! The official command against this broker and this mock server's pacts, and what it makes of them.

use std::path::Path;
use std::process::Output;

use countersign_broker::{Broker, Config, RunningBroker};
use countersign_provider_verifier::{Broker as PactBroker, StateChangeUrl, Verifier, Version};
use countersign_tests::tools::has_pact;
use inventory_service::{Behaviour, Options, Running};
use order_service::contracts::{self, Recording};

const CONSUMER: &str = contracts::CONSUMER;
const PROVIDER: &str = contracts::PROVIDER;

/// A running broker, a running provider and a recorded REST contract.
struct Story {
    broker: RunningBroker,
    provider: Running,
    folder: tempfile::TempDir,
}

impl Story {
    async fn begin(behaviour: Behaviour) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recording = Recording::into_folder(folder.path().join("pacts")).unwrap();
        // the official verifier needs a plugin for gRPC: the REST half of the contract is enough to talk about
        contracts::checking_stock(&recording).await;
        contracts::reserving(&recording).await;
        let options = Options { behaviour, provider_states: true, ..Options::default() };
        let provider = inventory_service::spawn(options).await.unwrap();
        let broker = Broker::start(Config::in_memory()).await.unwrap();
        Self { broker, provider, folder }
    }

    async fn broker(&self, arguments: &[&str]) -> Output {
        let (command, rest) = arguments.split_first().unwrap();
        let url = self.broker.url().to_owned();
        pact(&[&["broker", command], rest, &["--broker-base-url", &url]].concat()).await
    }

    async fn publish(&self, version: &str) {
        let pacts = self.pact_file();
        let output = self.broker(&["publish", &pacts, "--consumer-app-version", version, "--branch", "main"]).await;
        assert_succeeded(&output);
    }

    fn pact_file(&self) -> String {
        Recording::pact_file(&self.folder.path().join("pacts")).display().to_string()
    }

    /// What the verifier needs to know of the provider.
    fn provider_flags(&self) -> Vec<String> {
        let url = self.provider.http_url();
        let port = url.rsplit(':').next().unwrap().to_owned();
        let states = format!("{url}/_states");
        ["--hostname", "127.0.0.1", "--port", &port, "--provider-name", PROVIDER, "--state-change-url", &states]
            .map(str::to_owned)
            .to_vec()
    }

    async fn verify(&self, version: &str, report: &Path) -> Output {
        let url = self.broker.url().to_owned();
        let report = report.display().to_string();
        let mut arguments: Vec<String> =
            ["verifier", "--broker-url", &url, "--json", &report].map(str::to_owned).into();
        arguments.extend(self.provider_flags());
        arguments.extend(["--consumer-version-selectors", r#"{"mainBranch": true}"#].map(str::to_owned));
        arguments.extend(["--publish", "--provider-version", version, "--provider-branch", "main"].map(str::to_owned));
        pact(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    async fn end(self) {
        self.provider.stop().await;
        self.broker.stop().await.unwrap();
    }
}

/// Runs the official command to its end.
async fn pact(arguments: &[&str]) -> Output {
    let mut command = tokio::process::Command::new("pact");
    command.args(arguments).env_remove("PACT_BROKER_BASE_URL").kill_on_drop(true);
    command.output().await.unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn assert_succeeded(output: &Output) {
    assert!(output.status.success(), "{:?}: {}", output.status, text(output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_from_publishing_to_can_i_deploy() {
    if !has_pact() {
        return;
    }
    let story = Story::begin(Behaviour::Current).await;
    story.publish("1.0.0").await;

    let ask = ["can-i-deploy", "--pacticipant", CONSUMER, "--version", "1.0.0", "--to-environment", "production"];
    let before = story.broker(&ask).await;
    assert!(!before.status.success(), "nothing is verified yet: {}", text(&before));

    let report = story.folder.path().join("report.json");
    assert_succeeded(&story.verify("7.0.0", &report).await);
    let deployed =
        ["record-deployment", "--pacticipant", PROVIDER, "--version", "7.0.0", "--environment", "production"];
    assert_succeeded(&story.broker(&deployed).await);

    let after = story.broker(&ask).await;
    assert_succeeded(&after);
    assert!(text(&after).contains("7.0.0"), "{}", text(&after));

    let described = story.broker(&["describe-version", "--pacticipant", CONSUMER, "--version", "1.0.0"]).await;
    assert_succeeded(&described);
    assert!(text(&described).contains("1.0.0"), "{}", text(&described));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_client_reads_what_our_verifier_published() {
    if !has_pact() {
        return;
    }
    for (behaviour, fine) in [(Behaviour::Current, true), (Behaviour::Breaking, false)] {
        let story = Story::begin(behaviour).await;
        story.publish("1.0.0").await;
        let url = story.provider.http_url();
        let verification = Verifier::of(PROVIDER)
            .http(&url)
            .grpc(story.provider.grpc_url())
            .state_change_url(StateChangeUrl::new(format!("{url}/_states")))
            .pacts(PactBroker::at(story.broker.url()).main_branch())
            .publish(Version::new("9.0.0").branch("main").tag("ci").build_url("http://ci.example/9"))
            .verify()
            .await
            .into_result()
            .unwrap();
        assert_eq!((verification.agreed(), verification.published_as.as_deref()), (fine, Some("9.0.0")));
        let deployed =
            ["record-deployment", "--pacticipant", PROVIDER, "--version", "9.0.0", "--environment", "production"];
        assert_succeeded(&story.broker(&deployed).await);
        let ask = ["can-i-deploy", "--pacticipant", CONSUMER, "--version", "1.0.0", "--to-environment", "production"];
        let answer = story.broker(&ask).await;
        assert_eq!(answer.status.success(), fine, "{}", text(&answer));
        assert!(text(&answer).contains("9.0.0"), "{}", text(&answer));
        let describe = ["describe-version", "--pacticipant", PROVIDER, "--version", "9.0.0", "--output", "json"];
        let described = text(&story.broker(&describe).await);
        assert!(described.contains("\"main\"") && described.contains("\"ci\""), "{described}");
        story.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breaking_provider_is_kept_from_production() {
    if !has_pact() {
        return;
    }
    let story = Story::begin(Behaviour::Breaking).await;
    story.publish("1.0.0").await;
    let consumer =
        ["record-deployment", "--pacticipant", CONSUMER, "--version", "1.0.0", "--environment", "production"];
    assert_succeeded(&story.broker(&consumer).await);

    let report = story.folder.path().join("report.json");
    let verified = story.verify("8.0.0", &report).await;
    assert!(!verified.status.success(), "{}", text(&verified));
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(report["result"], false);

    let ask = ["can-i-deploy", "--pacticipant", PROVIDER, "--version", "8.0.0", "--to-environment", "production"];
    let answer = story.broker(&ask).await;
    assert!(!answer.status.success(), "{}", text(&answer));
    assert!(text(&answer).contains(CONSUMER), "{}", text(&answer));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_are_created_and_deployed_to() {
    if !has_pact() {
        return;
    }
    let story = Story::begin(Behaviour::Current).await;
    story.publish("1.0.0").await;
    let create = ["create-environment", "--name", "staging", "--display-name", "Staging"];
    let created = story.broker(&create).await;
    assert_succeeded(&created);
    let record = ["record-deployment", "--pacticipant", CONSUMER, "--version", "1.0.0", "--environment", "staging"];
    assert_succeeded(&story.broker(&record).await);
    let described = story.broker(&["describe-version", "--pacticipant", CONSUMER, "--environment", "staging"]).await;
    assert!(text(&described).contains("1.0.0"), "{}", text(&described));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_verifier_accepts_a_recorded_rest_pact() {
    if !has_pact() {
        return;
    }
    let story = Story::begin(Behaviour::Current).await;
    let file = story.pact_file();
    let flags = story.provider_flags();
    let mut arguments = vec!["verifier", "--file", &file];
    arguments.extend(flags.iter().map(String::as_str));
    assert_succeeded(&pact(&arguments).await);
    story.end().await;
}
