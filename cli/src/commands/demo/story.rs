//! What happens, step by step.

use countersign_broker::{Broker, Config, RunningBroker};
use countersign_broker_client::{
    BrokerClient, Contract, EnvironmentDetails, Error as ClientError, MatrixQuery, MatrixSelector, OnConflict,
    Publication, Target, Verdict, VersionChoice,
};
use countersign_provider_verifier::report::{self, Colours};
use countersign_provider_verifier::{Broker as PactBroker, StateChangeUrl, Transport, Verification, Verifier, Version};
use inventory_service::Behaviour;
use jiff::Timestamp;
use order_service::contracts::{CONSUMER, PROVIDER};
use tempfile::TempDir;

use super::narrator::{Narrator, seconds};
use super::shop;
use crate::failure::Failure;
use crate::output::{Style, notice_lines, print, render_verdict};

const ENVIRONMENT: &str = "production";
const CONSUMER_VERSION: &str = "1.0.0";
const PROVIDER_VERSION: &str = "1.0.0";
const BROKEN_VERSION: &str = "1.1.0";

/// The story and everything that runs while it is told.
pub(super) struct Story {
    narrator: Narrator,
    broker: RunningBroker,
    client: BrokerClient,
    folder: TempDir,
    /// How many interactions the pact has.
    agreed: usize,
}

impl Story {
    /// Step 1: the broker starts.
    pub(super) async fn begin(port: u16) -> Result<Self, Failure> {
        let mut narrator = Narrator::open(Style::for_stdout());
        narrator.step("A broker starts");
        let folder =
            tempfile::tempdir().map_err(|error| not_as_told(&narrator, format!("no temporary folder: {error}")))?;
        let database = folder.path().join("demo.sqlite");
        let config = Config::new(format!("sqlite:{}", database.display())).port(port);
        let broker = Broker::start(config).await.map_err(|error| not_as_told(&narrator, error.to_string()))?;
        let client = BrokerClient::builder(broker.url()).build()?;
        narrator.by_hand(&[&format!("broker --port {}", broker.address().port())]);
        narrator.done(&format!("{}, its data in a temporary SQLite file", broker.url()));
        narrator.say(
            &narrator.style.quiet("With its address in PACT_BROKER_BASE_URL, the commands below do the steps by hand."),
        );
        Ok(Self { narrator, broker, client, folder, agreed: 0 })
    }

    /// Steps 2 to the end.
    pub(super) async fn play(&mut self) -> Result<(), Failure> {
        let pact = self.record().await?;
        self.publish(pact).await?;
        self.verify_current().await?;
        self.deploy_provider().await?;
        self.ask_about_consumer().await?;
        self.verify_breaking().await?;
        self.ask_about_breaking().await?;
        self.narrator.close();
        Ok(())
    }

    async fn record(&mut self) -> Result<Vec<u8>, Failure> {
        self.narrator.step("order-service says what it needs");
        self.narrator.say("Its contract tests send its real clients to a mock server that plays inventory-service.");
        let recorded = self.expect(shop::record(self.folder.path()).await)?;
        let shop::Recorded { rest, grpc, took, bytes } = recorded;
        self.check(rest > 0 && grpc > 0, || format!("recorded {rest} REST and {grpc} gRPC interactions"))?;
        self.agreed = rest + grpc;
        let took = seconds(took);
        self.narrator.done(&format!("{rest} REST and {grpc} gRPC interactions recorded as a pact, in {took}"));
        Ok(bytes)
    }

    async fn publish(&mut self, pact: Vec<u8>) -> Result<(), Failure> {
        self.narrator.step(&format!("order-service {CONSUMER_VERSION} publishes its pact"));
        self.narrator
            .by_hand(&[&format!("publish target/pacts --consumer-app-version {CONSUMER_VERSION} --branch main")]);
        let contract = Contract { provider: PROVIDER.to_owned(), content: pact, on_conflict: OnConflict::Overwrite };
        let publication = Publication {
            consumer: CONSUMER.to_owned(),
            version: CONSUMER_VERSION.to_owned(),
            branch: Some("main".to_owned()),
            contracts: vec![contract],
            ..Publication::default()
        };
        let published = self.client.publish(&publication).await?;
        self.narrator.show(&notice_lines(&published.notices, self.narrator.style));
        Ok(())
    }

    async fn verify_current(&mut self) -> Result<(), Failure> {
        self.narrator.step(&format!("inventory-service {PROVIDER_VERSION} verifies that it honours the pact"));
        let verification = self.verify(Behaviour::Current, PROVIDER_VERSION, "main").await?;
        self.check(verification.agreed(), || "the inventory-service should have honoured the pact".to_owned())?;
        let replayed = verification.interactions().count();
        self.check(replayed == self.agreed, || format!("{replayed} of {} interactions were replayed", self.agreed))
    }

    async fn verify_breaking(&mut self) -> Result<(), Failure> {
        self.narrator.step(&format!("inventory-service {BROKEN_VERSION} has a tidier API, and verifies again"));
        self.narrator
            .say("quantity_left has become a text, and the warehouse has moved. It looked harmless in the review.");
        let verification = self.verify(Behaviour::Breaking, BROKEN_VERSION, "tidy-api").await?;
        for transport in [Transport::Rest, Transport::Grpc] {
            let mut interactions = verification.interactions().filter(|it| it.transport == transport);
            let caught = interactions.any(|it| !it.replayed.verdict.agreed());
            self.check(caught, || format!("the change was not noticed over {transport}"))?;
        }
        Ok(())
    }

    /// Starts the real service, verifies it against the broker's pacts and hands the results in.
    async fn verify(&self, behaviour: Behaviour, version: &str, branch: &str) -> Result<Verification, Failure> {
        let service = self.expect(shop::start_inventory(behaviour).await)?;
        let (http, grpc_port) = (service.http_url(), service.grpc_addr().port());
        let states = format!("{http}/_states");
        let grpc = service.grpc_url();
        self.narrator.say(&format!("The real service answers at {http} (REST) and {grpc} (gRPC)."));
        self.narrator.by_hand(&[
            &format!("verify --provider {PROVIDER} --provider-base-url {http} --grpc-port {grpc_port}"),
            &format!("--state-change-url {states}"),
            &format!("--provider-version {version} --provider-branch {branch} --publish"),
        ]);
        let outcome = Verifier::of(PROVIDER)
            .http(http)
            .grpc(grpc)
            .state_change_url(StateChangeUrl::new(states))
            .pacts(PactBroker::at(self.broker.url()).main_branch().deployed_or_released())
            .publish(Version::new(version).branch(branch))
            .verify()
            .await;
        service.stop().await;
        self.narrator.show(&report::console(&outcome, Colours::for_terminal()));
        let verification = self.expect(outcome.into_result().map_err(|error| error.to_string()))?;
        self.check(verification.published_as.is_some(), || {
            format!("the results were not published: {}", verification.publication_problems.join("; "))
        })?;
        Ok(verification)
    }

    async fn deploy_provider(&mut self) -> Result<(), Failure> {
        self.narrator.step(&format!("inventory-service {PROVIDER_VERSION} goes to {ENVIRONMENT}"));
        self.create_environment().await?;
        self.record_deployment(PROVIDER, PROVIDER_VERSION).await
    }

    /// A broker may know the environment from the start.
    async fn create_environment(&self) -> Result<(), Failure> {
        match self.client.environment_named(ENVIRONMENT).await {
            Ok(_) => Ok(()),
            Err(ClientError::UnknownEnvironment { .. }) => {
                let details = EnvironmentDetails {
                    name: ENVIRONMENT.to_owned(),
                    production: true,
                    ..EnvironmentDetails::default()
                };
                self.client.create_environment(&details).await?;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn record_deployment(&self, pacticipant: &str, version: &str) -> Result<(), Failure> {
        self.narrator.by_hand(&[&format!(
            "record-deployment --pacticipant {pacticipant} --version {version} --environment {ENVIRONMENT}"
        )]);
        self.client.record_deployment(pacticipant, version, ENVIRONMENT, None).await?;
        let deployed = self.client.currently_deployed(pacticipant, ENVIRONMENT).await?;
        let here = deployed.iter().any(|deployed| deployed.version == version);
        self.check(here, || format!("the broker does not list {pacticipant} {version} in {ENVIRONMENT}"))?;
        self.narrator.done(&format!("{pacticipant} {version} is in {ENVIRONMENT}"));
        Ok(())
    }

    async fn ask_about_consumer(&mut self) -> Result<(), Failure> {
        self.narrator.step(&format!("May order-service {CONSUMER_VERSION} follow?"));
        let verdict = self.can_i_deploy(CONSUMER, CONSUMER_VERSION).await?;
        self.check(verdict.deployable == Some(true), || "the answer should have been yes".to_owned())?;
        self.record_deployment(CONSUMER, CONSUMER_VERSION).await
    }

    async fn ask_about_breaking(&mut self) -> Result<(), Failure> {
        self.narrator.step(&format!("May inventory-service {BROKEN_VERSION} go to {ENVIRONMENT}?"));
        let verdict = self.can_i_deploy(PROVIDER, BROKEN_VERSION).await?;
        self.check(verdict.deployable == Some(false), || "the answer should have been no".to_owned())?;
        self.check(verdict.failed > 0, || "no failed verification stands behind the answer".to_owned())
    }

    async fn can_i_deploy(&self, pacticipant: &str, version: &str) -> Result<Verdict, Failure> {
        self.narrator.by_hand(&[&format!(
            "can-i-deploy --pacticipant {pacticipant} --version {version} --to-environment {ENVIRONMENT}"
        )]);
        let selector =
            MatrixSelector { pacticipant: pacticipant.to_owned(), version: VersionChoice::Number(version.to_owned()) };
        let query = MatrixQuery {
            selectors: vec![selector],
            target: Some(Target::Environment(ENVIRONMENT.to_owned())),
            ..MatrixQuery::default()
        };
        let verdict = self.client.can_i_deploy(&query).await?;
        self.narrator.show(&render_verdict(&verdict, Timestamp::now(), self.narrator.style));
        Ok(verdict)
    }

    /// Keeps the broker up until Ctrl-C.
    pub(super) async fn linger(&self) {
        print(&format!(
            "Look around: {}   {}",
            self.narrator.style.prompt(self.broker.url()),
            self.narrator.style.quiet("(Ctrl-C ends the demo)")
        ));
        // without signals there is no way to be told to end, so the demo ends by itself
        let _ = tokio::signal::ctrl_c().await;
    }

    /// Stops the broker and removes its data.
    pub(super) async fn end(self) -> Result<(), Failure> {
        let Self { broker, narrator, .. } = self;
        broker.stop().await.map_err(|error| not_as_told(&narrator, error.to_string()))
    }

    fn expect<T>(&self, outcome: Result<T, String>) -> Result<T, Failure> {
        outcome.map_err(|problem| not_as_told(&self.narrator, problem))
    }

    fn check(&self, as_told: bool, problem: impl FnOnce() -> String) -> Result<(), Failure> {
        if as_told { Ok(()) } else { Err(not_as_told(&self.narrator, problem())) }
    }
}

fn not_as_told(narrator: &Narrator, problem: String) -> Failure {
    Failure::NotAsTold { step: narrator.current(), problem }
}
