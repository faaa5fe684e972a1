//! Writes what a pipeline would have published.

use anyhow::{Context as _, Result, bail};
use countersign_broker::Config;
use countersign_broker::app::AppState;
use countersign_broker::config::Rules;
use countersign_broker::domain::environment::EnvironmentFields;
use countersign_broker::domain::pacticipant::Pacticipant;
use countersign_broker::domain::publication::PactDocument;
use countersign_broker::domain::verification::NewVerification;
use countersign_broker::domain::verification_context::VerificationContext;
use countersign_broker::domain::version::Version;
use countersign_broker::store::pacts::Pair;
use countersign_broker::store::{
    self, Store, Tx, branches, deployments, environments, labels, pacticipants, publish, tags, verifications, versions,
};
use serde_json::Value;

const MINUTE: i64 = 60_000_000;

/// Who ran what, how long ago.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The application.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The branch of the version.
    pub branch: &'a str,
    /// How many minutes ago.
    pub minutes_ago: i64,
}

/// What came of a verification.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// The description of the interaction that failed, with its findings as a verifier tells them.
    pub failing: Option<(String, Value)>,
    /// Whether the pact was pending.
    pub pending: bool,
}

/// An open store that is being filled in one transaction.
pub struct Planter {
    store: Store,
    tx: Tx,
    rules: Rules,
    now: i64,
}

impl Planter {
    /// Opens the database that a configuration names.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    pub async fn open(config: &Config) -> Result<Self> {
        let store = AppState::open(config).await?.store;
        let tx = store.write().await?;
        Ok(Self { store, tx, rules: config.rules.clone(), now: store::now() })
    }

    /// Keeps what was written and closes the database.
    ///
    /// # Errors
    ///
    /// The database failed; so for every method.
    pub async fn finish(self) -> Result<()> {
        self.tx.commit().await?;
        self.store.close().await;
        Ok(())
    }

    /// Creates an environment, unless there is one of this name.
    ///
    /// # Errors
    ///
    /// See [`Planter::finish`].
    pub async fn environment(&mut self, name: &str, production: bool) -> Result<()> {
        if environments::by_name(&mut self.tx, name).await?.is_none() {
            let fields = EnvironmentFields { name: name.to_owned(), display_name: None, production, contacts: None };
            environments::create(&mut self.tx, &fields, self.now).await?;
        }
        Ok(())
    }

    /// Labels an application.
    ///
    /// # Errors
    ///
    /// See [`Planter::finish`].
    pub async fn label(&mut self, name: &str, label: &str) -> Result<()> {
        let known = pacticipants::ensure(&mut self.tx, name, self.now).await?;
        labels::put(&mut self.tx, known.id, label, self.now).await?;
        Ok(())
    }

    /// Tags a version that there is.
    ///
    /// # Errors
    ///
    /// See [`Planter::finish`].
    pub async fn tag(&mut self, run: Run<'_>, tag: &str) -> Result<()> {
        let (known, version) = self.version(run).await?;
        tags::put(&mut self.tx, &self.rules, &known, &version, tag, self.now - run.minutes_ago * MINUTE).await?;
        Ok(())
    }

    /// The version, created when it is new.
    ///
    /// # Errors
    ///
    /// See [`Planter::finish`].
    pub async fn version(&mut self, run: Run<'_>) -> Result<(Pacticipant, Version)> {
        let at = self.now - run.minutes_ago * MINUTE;
        let known = pacticipants::ensure(&mut self.tx, run.name, at).await?;
        let (version, created) = versions::ensure(&mut self.tx, known.id, run.version, at).await?;
        if created {
            branches::add_version(&mut self.tx, &self.rules, &known, run.branch, version.id, at).await?;
            let build = format!("https://ci.example/{}/{}", run.name, run.version);
            versions::set_build_url(&mut self.tx, version.id, Some(&build), at).await?;
        }
        Ok((known, version))
    }

    /// Publishes a pact of a consumer version; the names in it are set.
    ///
    /// # Errors
    ///
    /// See [`Planter::finish`].
    pub async fn publish(&mut self, run: Run<'_>, provider: &str, mut pact: Value) -> Result<()> {
        let at = self.now - run.minutes_ago * MINUTE;
        let (consumer, version) = self.version(run).await?;
        let provider = pacticipants::ensure(&mut self.tx, provider, at).await?;
        pact["consumer"] = serde_json::json!({ "name": consumer.name });
        pact["provider"] = serde_json::json!({ "name": provider.name });
        let pair = Pair { consumer: consumer.id, provider: provider.id };
        let before = publish::current(&mut self.tx, version.id, provider.id).await?;
        publish::store(&mut self.tx, pair, version.id, &PactDocument::from_json(pact), before, at).await?;
        Ok(())
    }

    /// Verifies the pact of a consumer version by a provider version.
    ///
    /// # Errors
    ///
    /// There is no such pact; see [`Planter::finish`].
    pub async fn verify(&mut self, provider: Run<'_>, consumer: (&str, &str), came: &Verified) -> Result<()> {
        let at = self.now - provider.minutes_ago * MINUTE;
        let (known, version) = self.version(provider).await?;
        let sought = pacticipants::find(&mut self.tx, consumer.0).await?.context("a consumer that published")?;
        let consumer_version = versions::find(&mut self.tx, sought.id, consumer.1).await?.context("a version of it")?;
        let Some(current) = publish::current(&mut self.tx, consumer_version.id, known.id).await? else {
            bail!("{} {} has no pact with {}", consumer.0, consumer.1, provider.name);
        };
        let bytes = countersign_broker::store::pacts::bytes(&mut self.tx, current.content_id).await?;
        let document = countersign_core::pact::digest::with_ids(serde_json::from_slice(&bytes)?);
        let lists = ["interactions", "messages"].iter().filter_map(|list| document.get(list)?.as_array()).flatten();
        let account = lists.map(|interaction| {
            let failed = came.failing.as_ref().filter(|(description, _)| interaction["description"] == **description);
            serde_json::json!({
                "interactionId": interaction["_id"], "success": failed.is_none(),
                "mismatches": failed.map_or_else(|| serde_json::json!([]), |(_, findings)| findings.clone()),
            })
        });
        let result = NewVerification {
            success: came.failing.is_none(),
            provider_version: provider.version.to_owned(),
            build_url: Some(format!("https://ci.example/{}/{}", provider.name, provider.version)),
            test_results: Some(account.collect()),
            verified_by: None,
        };
        let context = VerificationContext {
            consumer_versions: vec![consumer_version.id],
            pending: Some(came.pending),
            wip: false,
        };
        verifications::record(&mut self.tx, current.content_id, version.id, result, &context, at).await?;
        Ok(())
    }

    /// Records that a version that there is was deployed.
    ///
    /// # Errors
    ///
    /// There is no such environment; see [`Planter::finish`].
    pub async fn deploy(&mut self, run: Run<'_>, environment: &str) -> Result<()> {
        let at = self.now - run.minutes_ago * MINUTE;
        let (_, version) = self.version(run).await?;
        let place = environments::by_name(&mut self.tx, environment).await?.context("an environment there is")?;
        deployments::record(&mut self.tx, &version, place.id, None, at).await?;
        Ok(())
    }
}
